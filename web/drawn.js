// One wire, one node, one box of the scene as SVG.

import { set, svg, writeName } from "./elements.js";
import { formatExactly, formatShape, formatSizes, formatTensor, nest, sizeOf } from "./format.js";
import { Label } from "./label.js";
import { glide } from "./motion.js";

/** @typedef {import("./editable.js").Editable} Editable */
/** @typedef {import("./motion.js").Point} Point */
/** @typedef {import("./backflow-wasm.js").Mode} Mode */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneBox} SceneBox */
/** @typedef {import("./backflow-wasm.js").SceneFold} SceneFold */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */

/** Room about a number that takes a finger. */
const GRIP = { width: 56, height: 26 };

/** The same where two numbers stand over each other: its height, and its top from the baseline. */
const SHARED = { height: 21, top: { value: -13, gradient: -18, tangent: -18 } };

/** Where the baselines of the labels stand, from the wire. */
const ABOVE = -5;
const BELOW = 14;
const OVER = -21;

/** The baseline of each label. */
const BASELINES = { value: ABOVE, gradient: BELOW, tangent: OVER };

/** The classes that say how an element stands out. Of thousands few differ from one step to the next. */
class Marks {
  #element;
  /** @type {Record<string, boolean>} */
  #shown = {};

  /** @param {SVGElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {Record<string, boolean>} marks @returns {boolean} whether any differs from what was shown */
  show(marks) {
    let differs = false;
    for (const [name, isOn] of Object.entries(marks)) {
      if (isOn === (this.#shown[name] ?? false)) continue;
      this.#element.classList.toggle(name, isOn);
      differs = true;
    }
    this.#shown = marks;
    return differs;
  }

  /** The element has other classes, and none of these. */
  forget() {
    this.#shown = {};
  }
}

/** What takes the pointer and the keys that change a number of a wire. */
export class Grip {
  grip = svg("rect", "grip");
  /** The number. @type {Editable | null} */
  editable = null;

  constructor() {
    this.grip.setAttribute("role", "spinbutton");
    this.grip.setAttribute("tabindex", "-1");
  }

  /** Lets a number be edited, or none. @param {Editable | null} editable @param {Label} label that it lies under */
  edit(editable, label) {
    this.editable = editable;
    if (!editable) {
      this.grip.remove();
      return;
    }
    const { width, height } = GRIP;
    this.grip.setAttribute("aria-label", editable.name);
    const { kind, at, shares } = editable;
    const baseline = at.y + BASELINES[kind];
    const room = shares
      ? { y: baseline + SHARED.top[kind], height: SHARED.height }
      : { y: baseline - 5 - height / 2, height };
    set(this.grip, { x: at.x - width / 2, width, rx: 4, ...room });
    this.grip.setAttribute("class", `grip ${kind}-grip${shares ? " shared" : ""}`);
    label.element.before(this.grip);
  }

  /** Writes the number that can be edited for who cannot see it. @param {Float64Array} values */
  tell(values) {
    if (!this.editable) return;
    const value = values[this.editable.offset] ?? Number.NaN;
    if (Number.isFinite(value)) this.grip.setAttribute("aria-valuenow", String(value));
    else this.grip.removeAttribute("aria-valuenow");
    this.grip.setAttribute("aria-valuetext", formatExactly(value));
  }
}

/** A wire: its curve, its value above it and over that its tangent, and its gradient below. */
export class DrawnWire {
  element = svg("g");
  marks = new Marks(this.element);
  #hit = svg("path", "hit");
  #curve = svg("path", "curve");
  #title = svg("title");
  value = new Label("value");
  gradient = new Label("gradient");
  tangent = new Label("tangent");
  /** Its numbers that can be edited: an input's value, or the upstream gradient; and an input's tangent. */
  own = new Grip();
  seed = new Grip();
  /** Where the labels are. */
  at = { x: 0, y: 0 };
  /** Its path data. */
  path = "";
  /** Whether the labels may differ from the values. */
  stale = true;
  /** Whether it carries a gradient, as a value. */
  #isDerivative = false;
  /** Whether it leads into the backward pass. */
  #isOneWay = false;
  #level = -1;
  #forward = 0;
  #backward = 0;
  /** Which numbers it has. */
  #has = { tangent: false, gradient: true };

  constructor() {
    // The nodes tell their numbers.
    for (const { element } of [this.value, this.gradient, this.tangent]) {
      element.setAttribute("aria-hidden", "true");
    }
    this.element.append(
      this.#title,
      this.#hit,
      this.#curve,
      this.value.element,
      this.gradient.element,
    );
  }

  /** What takes the pointer and the keys that change its number. */
  get grip() {
    return this.own.grip;
  }

  /** The number of it that can be edited. */
  get editable() {
    return this.own.editable;
  }

  /** @param {SceneWire} wire @param {Pick<Scene, "nodes" | "mode">} scene @param {boolean} glides */
  place(wire, { nodes, mode }, glides) {
    const to = wire.to === null ? null : nodes[wire.to];
    this.#isDerivative = nodes[wire.from]?.derivative ?? false;
    // No gradient comes back from the backward pass itself.
    this.#isOneWay = !this.#isDerivative && (to?.derivative ?? false);
    const way = this.#isOneWay ? " one-way" : "";
    const kind = `wire${this.#isDerivative ? " derivative" : way}`;
    this.element.setAttribute("class", to ? kind : `${kind} output`);
    this.marks.forget();
    this.element.dataset.from = nodes[wire.from]?.key ?? "";
    if (to) this.element.dataset.to = to.key;
    else delete this.element.dataset.to;
    this.path = wire.path;
    this.#forward = wire.forward;
    this.#backward = wire.backward;
    this.#curve.setAttribute("d", wire.path);
    this.#hit.setAttribute("d", wire.path);
    const at = { x: wire.labelX, y: wire.labelY };
    this.#has = { tangent: wire.tangent !== null, gradient: mode !== "forward" };
    for (const kind of /** @type {const} */ (["tangent", "gradient"])) {
      const { element } = this[kind];
      if (!this.#has[kind]) element.remove();
      else if (!element.parentNode) this.element.append(element);
    }
    if (glides) {
      for (const { element } of [this.value, this.gradient, this.tangent]) {
        glide(element, this.at, at);
      }
    }
    this.at = at;
    const { shape } = wire;
    const side = this.#isDerivative ? BELOW : ABOVE;
    this.value.place(wire.value, shape, { x: at.x, y: at.y + side }, shapeOf(wire));
    this.gradient.place(wire.gradient, shape, { x: at.x, y: at.y + BELOW }, summedOf(wire));
    // What a broadcast does to a tangent is what it does to the value.
    const over = { x: at.x, y: at.y + OVER };
    if (wire.tangent !== null) this.tangent.place(wire.tangent, shape, over);
    this.stale = true;
  }

  /** Lets numbers be edited, or none. @param {Editable | null} own @param {Editable | null} seed */
  edit(own, seed) {
    this.own.edit(own, own?.kind === "gradient" ? this.gradient : this.value);
    this.seed.edit(seed, this.tangent);
  }

  /** @param {Float64Array} values */
  write(values) {
    this.stale = false;
    this.value.write(values);
    if (this.#has.gradient) this.gradient.write(values);
    if (this.#has.tangent) this.tangent.write(values);
  }

  /** Writes the numbers that can be edited for who cannot see them. @param {Float64Array} values */
  tell(values) {
    this.own.tell(values);
    this.seed.tell(values);
  }

  /** From afar the size of the gradient, or else of the tangent, is the width of the wire. @param {Float64Array} values */
  weigh(values) {
    const weighs = this.#has.gradient ? this.gradient : this.tangent;
    const label = this.#isDerivative ? this.value : weighs;
    const level = levelOf(label.largest(values));
    if (level === this.#level) return;
    this.#level = level;
    this.element.dataset.level = String(level);
  }

  /** Puts every digit into the tooltip. @param {Float64Array} values @param {number} step */
  explain(values, step) {
    const value = this.#forward > step ? BLANK : this.value.exactly(values);
    const said = [`${this.#isDerivative ? "gradient" : "value"} ${value}`];
    if (this.#has.tangent) {
      said.push(`tangent ${this.#forward > step ? BLANK : this.tangent.exactly(values)}`);
    }
    if (this.#has.gradient && !this.#isDerivative && !this.#isOneWay) {
      said.push(`gradient ${this.#backward > step ? BLANK : this.gradient.exactly(values)}`);
    }
    this.#title.textContent = said.join("\n");
  }
}

/** The shape that a wire carries, and to which it is copied. @param {SceneWire} wire */
function shapeOf({ shape, spread }) {
  const sizes = formatSizes(shape);
  return spread ? `${sizes} → ${formatSizes(spread.to)}` : sizes;
}

/** What was copied forward is summed backward. @param {SceneWire} wire */
function summedOf({ spread }) {
  if (!spread || spread.axes.length === 0) return "";
  return `Σ ${spread.axes.length === 1 ? "axis" : "axes"} ${spread.axes.join(", ")}`;
}

/**
 * How wide a wire is drawn from afar: 0 where no gradient flows, 1 below 0.01,
 * then a step for each power of ten to 5 from 10 on; 6 for what is not finite.
 * @param {number} size
 */
function levelOf(size) {
  if (size === 0) return 0;
  if (!Number.isFinite(size)) return 6;
  if (size < 0.01) return 1;
  if (size < 0.1) return 2;
  if (size < 1) return 3;
  return size < 10 ? 4 : 5;
}

/** A gate, an input, a constant, a copy, or a box that is closed. */
export class DrawnNode {
  element = svg("g");
  marks = new Marks(this.element);
  #title = svg("title");
  #frame = svg("rect", "frame");
  #symbol = svg("text", "symbol");
  #name = svg("text", "name");
  #kept = svg("circle", "kept");
  /** Its centre. */
  at = { x: 0, y: 0 };
  /** @type {SceneNode | null} */
  node = null;
  /** Which passes are drawn. @type {Mode} */
  mode = "reverse";

  constructor() {
    this.element.setAttribute("role", "button");
    this.element.setAttribute("tabindex", "-1");
  }

  /** @param {SceneNode} node @param {boolean} glides */
  place(node, glides) {
    const { key, name, op, kind, symbol, x, y, width, height } = node;
    if (glides) glide(this.element, this.at, node);
    this.at = { x, y };
    this.node = node;
    const more = `${node.opens ? " opens" : ""}${node.derivative ? " derivative" : ""}`;
    this.element.setAttribute("class", `node ${kind}${more}`);
    this.element.setAttribute("aria-pressed", "false");
    this.marks.forget();
    this.element.dataset.key = key;
    this.element.dataset.op = op;
    if (node.opens) this.element.setAttribute("aria-expanded", "false");
    else this.element.removeAttribute("aria-expanded");
    // What is read as a gate's number is kept where its wire starts.
    set(this.#kept, { cx: x + width / 2, cy: y, r: 4 });
    const isRound = (kind === "gate" || kind === "copy") && width <= height;
    const rx = isRound ? height / 2 : kind === "gate" || kind === "box" ? 10 : 4;
    set(this.#frame, { x: x - width / 2, y: y - height / 2, width, height, rx });
    // An input's and a constant's text ends where the wire starts.
    const end = { x: x + width / 2 - 5, y };
    if (kind === "copy") {
      this.element.replaceChildren(this.#title, this.#frame);
    } else if (kind === "gate" || kind === "box") {
      set(this.#symbol, { x, y });
      set(this.#name, { x, y: y - height / 2 - 9 });
      this.#symbol.textContent = symbol;
      writeName(this.#name, name ?? "");
      this.element.replaceChildren(this.#title, this.#frame, this.#symbol, this.#name);
    } else if (kind === "input" || kind === "end") {
      set(this.#name, kind === "input" ? end : { x: x - width / 2 + 5, y });
      writeName(this.#name, name ?? symbol);
      this.element.replaceChildren(this.#title, this.#frame, this.#name);
    } else {
      set(this.#symbol, end);
      this.#symbol.textContent = symbol;
      this.element.replaceChildren(this.#title, this.#frame, this.#symbol);
    }
    if (node.kept) this.element.append(this.#kept);
    if (node.opens) this.element.append(opener(x + width / 2 - 3, y - height / 2 + 3, "+"));
  }

  /** Writes what it is called, with its numbers. @param {Float64Array} values @param {number} step */
  tell(values, step) {
    if (this.node)
      this.element.setAttribute("aria-label", labelOf(this.node, values, step, this.mode));
  }

  /** Puts every digit into the tooltip. @param {Float64Array} values @param {number} step */
  explain(values, step) {
    if (!this.node) return;
    const { shape } = this.node;
    const said = numbersOf(this.node, this.mode).map(([what, at, from]) => {
      const told = from > step ? BLANK : formatTensor(nest(values, at, shape), formatExactly);
      return `${what} ${told}`;
    });
    this.#title.textContent = said.join("\n");
  }

  /** Every digit of its value, as a program writes it. @param {Float64Array} values */
  plainly(values) {
    const { value = 0, shape = [] } = this.node ?? {};
    return formatTensor(nest(values, value, shape), String);
  }
}

/** Past this many numbers a tensor is told by its shape. */
const TOLD = 4;

/** What stands for a number that is not computed yet. */
const BLANK = "not computed yet";

const KINDS = {
  gate: "gate",
  box: "box",
  copy: "copy gate",
  input: "input",
  constant: "constant",
  end: "gradient",
};

/**
 * What a node is called, with its numbers.
 * @param {SceneNode} node
 * @param {Float64Array} values
 * @param {number} step the step that is shown
 * @param {Mode} [mode]
 */
export function labelOf(node, values, step, mode = "reverse") {
  const { name, symbol, kind, shape, value, forward, derivative } = node;
  /** @param {number} at @param {number} from */
  const told = (at, from) => {
    if (from > step) return BLANK;
    return sizeOf(shape) <= TOLD ? formatTensor(nest(values, at, shape)) : formatShape(shape);
  };
  const sign = kind === "gate" || kind === "box" ? `${symbol} ` : "";
  const called = name ?? (kind === "constant" ? symbol : "");
  if (derivative) {
    return `${called} ${sign}${KINDS[kind]} of the backward pass: ${told(value, forward)}`.trim();
  }
  const numbers = numbersOf(node, mode).map(([what, at, from]) => `${what} ${told(at, from)}`);
  return `${called} ${sign}${KINDS[kind]}: ${numbers.join(", ")}`.trim();
}

/** The numbers of a node: what each is, where it lies, and from which step it is there. @param {SceneNode} node @param {Mode} mode @returns {[string, number, number][]} */
function numbersOf({ value, tangent, gradient, forward, backward, derivative }, mode) {
  // What a gate of the backward pass computes is a gradient.
  if (derivative) return [["gradient", value, forward]];
  /** @type {[string, number, number][]} */
  const numbers = [["value", value, forward]];
  if (tangent !== null) numbers.push(["tangent", tangent, forward]);
  if (mode !== "forward") numbers.push(["gradient", gradient, backward]);
  return numbers;
}

/** A box around what it holds, open. */
export class DrawnBox {
  element = svg("g");
  #frame = svg("rect", "border");
  #title = svg("text", "title");
  /** Its upper left corner. */
  at = { x: 0, y: 0 };
  /** @type {SceneBox | null} */
  box = null;

  constructor() {
    this.element.setAttribute("role", "button");
    this.element.setAttribute("tabindex", "-1");
    this.element.setAttribute("aria-expanded", "true");
  }

  /** @param {SceneBox} box @param {boolean} glides */
  place(box, glides) {
    const { key, title, kind, x, y, width, height } = box;
    if (glides) glide(this.element, this.at, { x, y });
    this.at = { x, y };
    this.box = box;
    this.element.setAttribute("class", `box ${kind}`);
    this.element.setAttribute("aria-label", `box ${title}, open`);
    this.element.dataset.box = key;
    set(this.#frame, { x, y, width, height, rx: 12 });
    set(this.#title, { x: x + 26, y: y + 15 });
    this.#title.textContent = title;
    this.element.replaceChildren(this.#frame, opener(x + 13, y + 11, MINUS), this.#title);
  }
}

const MINUS = "\u2212";

/** What opens or closes: a sign in a small circle, with room for a finger. @param {number} x @param {number} y @param {string} sign */
function opener(x, y, sign) {
  const [room, disc, text] = [svg("circle", "room"), svg("circle", "disc"), svg("text", "", sign)];
  set(room, { cx: x, cy: y, r: 15 });
  set(disc, { cx: x, cy: y, r: 7 });
  set(text, { x, y });
  const element = svg("g", "opener", room, disc, text);
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** An offer to fold gates into one. */
export class DrawnFold {
  element = svg("g", "fold");
  #title = svg("title");
  #room = svg("rect", "room");
  #text = svg("text");
  at = { x: 0, y: 0 };
  /** @type {SceneFold | null} */
  fold = null;

  constructor() {
    this.element.setAttribute("role", "button");
    this.element.setAttribute("tabindex", "-1");
    this.element.append(this.#title, this.#room, this.#text);
  }

  /** @param {SceneFold} fold @param {SceneNode} last the gate it is offered at @param {number} steps the number of the last step as it is drawn */
  place(fold, last, steps) {
    this.fold = fold;
    this.at = { x: last.x, y: last.y + last.height / 2 + 16 };
    const { x, y } = this.at;
    const width = 8 * (fold.op.length + 6);
    this.element.dataset.fold = fold.key;
    const offer = offerOf(fold, steps);
    this.element.setAttribute("aria-label", offer);
    this.#title.textContent = offer;
    set(this.#room, { x: x - width / 2, y: y - 12, width, height: 24, rx: 12 });
    set(this.#text, { x, y });
    this.#text.textContent = `fold: ${fold.op}`;
  }
}

/** What a fold does. @param {SceneFold} fold @param {number} steps the number of the last step as it is drawn */
export function offerOf({ nodes, op, steps: fewer }, steps) {
  return `Fold ${nodes.length} gates into one ${op} gate: ${fewer} steps instead of ${steps}, the same gradients`;
}

// One wire, one node, one box of the scene as SVG.

import { set, svg, writeName } from "./elements.js";
import { formatExactly, formatShape, formatSizes, formatTensor, nest, sizeOf } from "./format.js";
import { Label } from "./label.js";
import { glide } from "./motion.js";

/** @typedef {import("./editable.js").Editable} Editable */
/** @typedef {import("./motion.js").Point} Point */
/** @typedef {import("./backflow-wasm.js").SceneBox} SceneBox */
/** @typedef {import("./backflow-wasm.js").SceneFold} SceneFold */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */

/** Room about a number that takes a finger. */
const GRIP = { width: 56, height: 26 };

/** Where the baselines of the labels stand, from the wire. */
const ABOVE = -5;
const BELOW = 14;

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

/** A wire: its curve, and its value above and its gradient below. */
export class DrawnWire {
  element = svg("g");
  marks = new Marks(this.element);
  #hit = svg("path", "hit");
  #curve = svg("path", "curve");
  #title = svg("title");
  /** Takes the pointer and the keys that change the number. */
  grip = svg("rect", "grip");
  value = new Label("value");
  gradient = new Label("gradient");
  /** Where the labels are. */
  at = { x: 0, y: 0 };
  /** Its path data. */
  path = "";
  /** Whether the labels may differ from the values. */
  stale = true;
  /** The number of it that can be edited. @type {Editable | null} */
  editable = null;
  #level = -1;
  #forward = 0;
  #backward = 0;

  constructor() {
    this.grip.setAttribute("role", "spinbutton");
    this.grip.setAttribute("tabindex", "-1");
    // The nodes tell their numbers.
    for (const { element } of [this.value, this.gradient]) {
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

  /** @param {SceneWire} wire @param {SceneNode[]} nodes @param {boolean} glides */
  place(wire, nodes, glides) {
    const to = wire.to === null ? null : nodes[wire.to];
    this.element.setAttribute("class", to ? "wire" : "wire output");
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
    if (glides) {
      glide(this.value.element, this.at, at);
      glide(this.gradient.element, this.at, at);
    }
    this.at = at;
    const { shape } = wire;
    this.value.place(wire.value, shape, { x: at.x, y: at.y + ABOVE }, shapeOf(wire));
    this.gradient.place(wire.gradient, shape, { x: at.x, y: at.y + BELOW }, summedOf(wire));
    this.stale = true;
  }

  /** Lets a number be edited, or none. @param {Editable | null} editable */
  edit(editable) {
    this.editable = editable;
    if (!editable) {
      this.grip.remove();
      return;
    }
    const label = editable.kind === "value" ? this.value : this.gradient;
    const baseline = editable.at.y + (editable.kind === "value" ? ABOVE : BELOW);
    const { width, height } = GRIP;
    this.grip.setAttribute("aria-label", editable.name);
    const [x, y] = [editable.at.x - width / 2, baseline - 5 - height / 2];
    set(this.grip, { x, y, width, height, rx: 4 });
    this.grip.setAttribute("class", `grip ${editable.kind}-grip`);
    label.element.before(this.grip);
  }

  /** @param {Float64Array} values */
  write(values) {
    this.stale = false;
    this.value.write(values);
    this.gradient.write(values);
  }

  /** Writes the number that can be edited for who cannot see it. @param {Float64Array} values */
  tell(values) {
    if (!this.editable) return;
    const value = values[this.editable.offset] ?? Number.NaN;
    if (Number.isFinite(value)) this.grip.setAttribute("aria-valuenow", String(value));
    else this.grip.removeAttribute("aria-valuenow");
    this.grip.setAttribute("aria-valuetext", formatExactly(value));
  }

  /** From afar the size of the gradient is the width of the wire. @param {Float64Array} values */
  weigh(values) {
    const level = levelOf(this.gradient.largest(values));
    if (level === this.#level) return;
    this.#level = level;
    this.element.dataset.level = String(level);
  }

  /** Puts every digit into the tooltip. @param {Float64Array} values @param {number} step */
  explain(values, step) {
    const value = this.#forward > step ? BLANK : this.value.exactly(values);
    const gradient = this.#backward > step ? BLANK : this.gradient.exactly(values);
    this.#title.textContent = `value ${value}\ngradient ${gradient}`;
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
    this.element.setAttribute("class", `node ${kind}${node.opens ? " opens" : ""}`);
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
    } else if (kind === "input") {
      set(this.#name, end);
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
    if (this.node) this.element.setAttribute("aria-label", labelOf(this.node, values, step));
  }

  /** Puts every digit into the tooltip. @param {Float64Array} values @param {number} step */
  explain(values, step) {
    if (!this.node) return;
    const { value, gradient, shape, forward, backward } = this.node;
    /** @param {number} at @param {number} from */
    const told = (at, from) =>
      from > step ? BLANK : formatTensor(nest(values, at, shape), formatExactly);
    this.#title.textContent = `value ${told(value, forward)}\ngradient ${told(gradient, backward)}`;
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

const KINDS = { gate: "gate", box: "box", copy: "copy gate", input: "input", constant: "constant" };

/**
 * What a node is called, with its numbers.
 * @param {SceneNode} node
 * @param {Float64Array} values
 * @param {number} step the step that is shown
 */
export function labelOf(node, values, step) {
  const { name, symbol, kind, shape, value, gradient, forward, backward } = node;
  /** @param {number} at @param {number} from */
  const told = (at, from) => {
    if (from > step) return BLANK;
    return sizeOf(shape) <= TOLD ? formatTensor(nest(values, at, shape)) : formatShape(shape);
  };
  const sign = kind === "gate" || kind === "box" ? `${symbol} ` : "";
  const called = name ?? (kind === "constant" ? symbol : "");
  return `${called} ${sign}${KINDS[kind]}: value ${told(value, forward)}, gradient ${told(gradient, backward)}`.trim();
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

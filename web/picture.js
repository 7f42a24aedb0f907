// The graph as SVG: drawn when the structure changes, and when only values
// change, nothing but the texts that differ is written.

import { svg, writeName } from "./elements.js";
import {
  formatBriefly,
  formatExactly,
  formatNumber,
  formatShape,
  formatTensor,
  isWrittenOut,
  nest,
} from "./format.js";
import { patch } from "./keyed.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */
/** @typedef {{ x: number, y: number }} Point */

/** A text of a wire and what it shows. */
class Label {
  element = svg("text");
  #text = new Text();
  #offset = 0;
  /** @type {number[]} */
  #shape = [];
  /** The last number shown; none of a tensor. */
  #shown = Number.NaN;

  /** @param {"value" | "gradient"} kind */
  constructor(kind) {
    this.element.setAttribute("class", kind);
    this.element.append(this.#text);
  }

  /** @param {number} offset @param {number[]} shape @param {Point} at its baseline's middle */
  place(offset, shape, at) {
    this.#offset = offset;
    this.#shape = shape;
    set(this.element, at);
    this.#text.data = isWrittenOut(shape) ? "" : formatShape(shape);
  }

  /** @param {Float64Array} values */
  write(values) {
    if (this.#shape.length === 0) {
      const number = values[this.#offset] ?? Number.NaN;
      if (Object.is(number, this.#shown) && this.#text.data !== "") return;
      this.#shown = number;
      this.#change(formatNumber(number));
    } else if (isWrittenOut(this.#shape)) {
      this.#change(formatBriefly(values, this.#offset, this.#shape));
    }
  }

  /** @param {string} text */
  #change(text) {
    if (this.#text.data !== text) this.#text.data = text;
  }

  /** Every digit. @param {Float64Array} values @returns {string} */
  exactly(values) {
    return formatTensor(nest(values, this.#offset, this.#shape), formatExactly);
  }
}

/** A wire: its curve, and its value above and its gradient below. */
class DrawnWire {
  element = svg("g");
  #curve = svg("path");
  #title = svg("title");
  #value = new Label("value");
  #gradient = new Label("gradient");
  /** Where the labels are. */
  at = { x: 0, y: 0 };
  /** Whether the labels may differ from the values. */
  stale = true;

  constructor() {
    this.element.append(this.#title, this.#curve, this.#value.element, this.#gradient.element);
  }

  /** @param {SceneWire} wire @param {SceneNode[]} nodes @param {boolean} glides */
  place(wire, nodes, glides) {
    const to = wire.to === null ? null : nodes[wire.to];
    this.element.setAttribute("class", to ? "wire" : "wire output");
    this.element.dataset.from = nodes[wire.from]?.key ?? "";
    if (to) this.element.dataset.to = to.key;
    else delete this.element.dataset.to;
    this.#curve.setAttribute("d", wire.path);
    const at = pointOf(wire);
    if (glides) {
      glide(this.#value.element, this.at, at);
      glide(this.#gradient.element, this.at, at);
    }
    this.at = at;
    this.#value.place(wire.value, wire.shape, { x: at.x, y: at.y - 5 });
    this.#gradient.place(wire.gradient, wire.shape, { x: at.x, y: at.y + 15 });
  }

  /** @param {Float64Array} values */
  write(values) {
    this.stale = false;
    this.#value.write(values);
    this.#gradient.write(values);
  }

  /** Puts every digit into the tooltip. @param {Float64Array} values */
  explain(values) {
    this.#title.textContent = `value ${this.#value.exactly(values)}\ngradient ${this.#gradient.exactly(values)}`;
  }
}

/** A gate, an input or a constant. */
class DrawnNode {
  element = svg("g");
  #frame = svg("rect");
  #symbol = svg("text", "symbol");
  #name = svg("text", "name");

  /** Its centre. */
  at = { x: 0, y: 0 };

  /** @param {SceneNode} node @param {boolean} glides */
  place(node, glides) {
    const { key, name, op, kind, symbol, x, y, width, height } = node;
    if (glides) glide(this.element, this.at, node);
    this.at = { x, y };
    this.element.setAttribute("class", `node ${kind}`);
    this.element.dataset.key = key;
    this.element.dataset.op = op;
    // An input's and a constant's text ends where the wire starts.
    const end = { x: x + width / 2 - 5, y };
    if (kind === "gate") {
      const rx = width > height ? 10 : height / 2;
      set(this.#frame, { x: x - width / 2, y: y - height / 2, width, height, rx });
      set(this.#symbol, { x, y });
      set(this.#name, { x, y: y - height / 2 - 9 });
      this.#symbol.textContent = symbol;
      writeName(this.#name, name ?? "");
      this.element.replaceChildren(this.#frame, this.#symbol, this.#name);
    } else if (kind === "input") {
      set(this.#name, end);
      writeName(this.#name, name ?? symbol);
      this.element.replaceChildren(this.#name);
    } else {
      set(this.#symbol, end);
      this.#symbol.textContent = symbol;
      this.element.replaceChildren(this.#symbol);
    }
  }
}

/** Above this many nodes the picture changes at once, without gliding. */
const GLIDES = 300;

/** Room above the picture for the name of a gate in its first row. */
const HEADROOM = 10;

/** How long things glide and fade, in milliseconds. */
const GLIDE = 200;

/** Up to this many wires all labels are written at once, also those out of sight. */
const WRITES = 300;

/** Of more wires, so many at a time are brought up to date out of sight. */
const CHUNK = 100;

/** The picture of one program. */
export class Picture {
  element = svg("svg", "picture");
  #wires = svg("g");
  #nodes = svg("g");
  /** Fading, and no longer part of the graph. */
  #leaving = svg("g", "leaving");
  /** @type {Map<string, DrawnWire>} */
  #wireRecords = new Map();
  /** @type {Map<string, DrawnNode>} */
  #nodeRecords = new Map();

  constructor() {
    this.element.setAttribute("role", "img");
    this.#leaving.setAttribute("aria-hidden", "true");
    this.element.append(this.#leaving, this.#wires, this.#nodes);
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { nodes, width } = scene;
    const height = scene.height + HEADROOM;
    const glides = this.#nodeRecords.size > 0 && nodes.length <= GLIDES && !prefersStill();
    this.element.classList.toggle("gliding", glides);
    this.element.setAttribute("viewBox", `0 ${-HEADROOM} ${width} ${height}`);
    this.element.style.setProperty("--width", String(width));
    this.element.style.setProperty("--height", String(height));

    patch(this.#nodes, this.#nodeRecords, nodes, {
      key: (node) => node.key,
      create: (node) => enter(new DrawnNode(), node, glides),
      update: (record, node) => record.place(node, glides),
      leave: (record) => this.#leave(record.element, glides),
    });
    patch(this.#wires, this.#wireRecords, scene.wires, {
      key: (wire) => keyOfWire(wire, nodes),
      create: (wire) => enter(new DrawnWire(), pointOf(wire), glides),
      update: (record, wire) => record.place(wire, nodes, glides),
      leave: (record) => this.#leave(record.element, glides),
    });
  }

  /**
   * Writes what changed. In a large picture what is out of sight waits for `catchUp`.
   * @param {Float64Array} values
   * @param {(at: Point) => boolean} isSeen
   */
  write(values, isSeen) {
    const all = this.#wireRecords.size <= WRITES;
    for (const wire of this.#wireRecords.values()) {
      if (all || isSeen(wire.at)) wire.write(values);
      else wire.stale = true;
    }
  }

  /** Writes some of what waits. @param {Float64Array} values @returns {boolean} whether more does */
  catchUp(values) {
    let room = CHUNK;
    for (const wire of this.#wireRecords.values()) {
      if (!wire.stale) continue;
      if (room === 0) return true;
      wire.write(values);
      room -= 1;
    }
    return false;
  }

  /** Writes the tooltip of the wire at an element of the picture. @param {Element} at @param {Float64Array} values */
  explain(at, values) {
    const element = at.closest(".wire");
    if (!element) return;
    for (const wire of this.#wireRecords.values()) {
      if (wire.element === element) wire.explain(values);
    }
  }

  /** @param {SVGElement} element @param {boolean} glides */
  #leave(element, glides) {
    if (!glides) {
      element.remove();
      return;
    }
    // No longer found by whoever looks for gates and wires.
    element.setAttribute("class", "");
    for (const name of Object.keys(element.dataset)) delete element.dataset[name];
    this.#leaving.append(element);
    const fade = element.animate({ opacity: [1, 0] }, { duration: GLIDE, fill: "forwards" });
    const remove = () => element.remove();
    fade.finished.then(remove, remove);
  }
}

/** @param {SceneWire} wire @param {SceneNode[]} nodes @returns {string} */
function keyOfWire(wire, nodes) {
  const to = wire.to === null ? null : nodes[wire.to]?.key;
  return JSON.stringify([nodes[wire.from]?.key, to, wire.operand]);
}

/** Where a wire's labels are. @param {SceneWire} wire @returns {Point} */
function pointOf({ labelX, labelY }) {
  return { x: labelX, y: labelY };
}

/**
 * A new record, at its place from the start.
 * @template {{ element: SVGElement, at: Point }} Drawn
 * @param {Drawn} drawn
 * @param {Point} at
 * @param {boolean} glides
 */
function enter(drawn, { x, y }, glides) {
  drawn.at = { x, y };
  if (glides) drawn.element.animate({ opacity: [0, 1] }, { duration: GLIDE });
  return drawn;
}

/**
 * Lets an element that has its new place come there from its old one. It needs
 * no transform at rest: thousands of them would slow every frame.
 * @param {SVGElement} element
 * @param {Point} from
 * @param {Point} to
 */
function glide(element, from, to) {
  const [x, y] = [from.x - to.x, from.y - to.y];
  if (x === 0 && y === 0) return;
  // Added up, so that a second move in the middle of one does not jump.
  element.animate(
    { transform: [`translate(${x}px, ${y}px)`, "translate(0, 0)"] },
    { duration: GLIDE, easing: "ease-out", composite: "add" },
  );
}

/** @param {SVGElement} element @param {Record<string, number>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

function prefersStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

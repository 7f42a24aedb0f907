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
    this.element.setAttribute("y", kind === "value" ? "-6" : "15");
    this.element.append(this.#text);
  }

  /** @param {number} offset @param {number[]} shape @param {number} x @param {number} y */
  place(offset, shape, x, y) {
    this.#offset = offset;
    this.#shape = shape;
    this.element.style.transform = `translate(${x}px, ${y}px)`;
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

  constructor() {
    this.element.append(this.#title, this.#curve, this.#value.element, this.#gradient.element);
  }

  /** @param {SceneWire} wire @param {SceneNode[]} nodes */
  place(wire, nodes) {
    const to = wire.to === null ? null : nodes[wire.to];
    this.element.setAttribute("class", to ? "wire" : "wire output");
    this.element.dataset.from = nodes[wire.from]?.key ?? "";
    if (to) this.element.dataset.to = to.key;
    else delete this.element.dataset.to;
    this.#curve.setAttribute("d", wire.path);
    this.#value.place(wire.value, wire.shape, wire.labelX, wire.labelY);
    this.#gradient.place(wire.gradient, wire.shape, wire.labelX, wire.labelY);
  }

  /** @param {Float64Array} values */
  write(values) {
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

  /** @param {SceneNode} node */
  place(node) {
    const { width, height } = node;
    this.element.setAttribute("class", `node ${node.kind}`);
    this.element.dataset.key = node.key;
    this.element.dataset.op = node.op;
    this.element.style.transform = `translate(${node.x}px, ${node.y}px)`;
    if (node.kind === "gate") {
      this.#frame.setAttribute("x", String(-width / 2));
      this.#frame.setAttribute("y", String(-height / 2));
      this.#frame.setAttribute("width", String(width));
      this.#frame.setAttribute("height", String(height));
      this.#frame.setAttribute("rx", String(width > height ? 10 : height / 2));
      this.#symbol.textContent = node.symbol;
      this.#name.setAttribute("y", String(-height / 2 - 9));
      writeName(this.#name, node.name ?? "");
      this.element.replaceChildren(this.#frame, this.#symbol, this.#name);
      return;
    }
    const text = node.kind === "input" ? this.#name : this.#symbol;
    // At the end of its box, where the wire starts.
    text.setAttribute("x", String(width / 2 - 5));
    if (node.kind === "input") writeName(text, node.name ?? node.symbol);
    else text.textContent = node.symbol;
    this.element.replaceChildren(text);
  }
}

/** Above this many nodes the picture changes at once, without gliding. */
const GLIDES = 300;

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
    const { nodes } = scene;
    const glides = this.#nodeRecords.size > 0 && nodes.length <= GLIDES && !prefersStill();
    this.element.classList.toggle("gliding", glides);
    this.element.setAttribute("viewBox", `0 0 ${scene.width} ${scene.height}`);
    this.element.style.setProperty("--width", String(scene.width));
    this.element.style.setProperty("--height", String(scene.height));

    patch(this.#nodes, this.#nodeRecords, nodes, {
      key: (node) => node.key,
      create: () => enter(new DrawnNode(), glides),
      update: (record, node) => record.place(node),
      leave: (record) => this.#leave(record.element, glides),
    });
    patch(this.#wires, this.#wireRecords, scene.wires, {
      key: (wire) => keyOfWire(wire, nodes),
      create: () => enter(new DrawnWire(), glides),
      update: (record, wire) => record.place(wire, nodes),
      leave: (record) => this.#leave(record.element, glides),
    });
  }

  /** @param {Float64Array} values */
  write(values) {
    for (const wire of this.#wireRecords.values()) wire.write(values);
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
    const fade = element.animate({ opacity: [1, 0] }, { duration: 200, fill: "forwards" });
    const remove = () => element.remove();
    fade.finished.then(remove, remove);
  }
}

/** @param {SceneWire} wire @param {SceneNode[]} nodes @returns {string} */
function keyOfWire(wire, nodes) {
  const to = wire.to === null ? null : nodes[wire.to]?.key;
  return JSON.stringify([nodes[wire.from]?.key, to, wire.operand]);
}

/** @template {{ element: SVGElement }} Kept @param {Kept} record @param {boolean} glides */
function enter(record, glides) {
  if (glides) record.element.animate({ opacity: [0, 1] }, { duration: 200 });
  return record;
}

function prefersStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// The controls of the inputs: a slider and a number field for each scalar, a
// grid of number fields for a small tensor.

import { html, htmlName } from "./elements.js";
import { formatShape, sizeOf } from "./format.js";
import { patch } from "./keyed.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneInput} SceneInput */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {(offset: number, value: number) => void} OnInput */

/** Tensors up to this many numbers have a field for each. */
const EDITED = 16;

/** What the output's upstream gradient is called, and the key of its fields: no name has such a letter. */
const UPSTREAM = "upstream";
const UPSTREAM_KEY = "∂";

/** One number of an input: a field, and for a scalar a slider beside it. */
class NumberControl {
  #offset = 0;
  #shown = Number.NaN;
  field = html("input", "number");
  slider = html("input", "slider");

  /** @param {OnInput} onInput */
  constructor(onInput) {
    this.field.type = "number";
    this.field.step = "any";
    this.field.addEventListener("input", () => {
      const value = this.field.valueAsNumber;
      const valid = Number.isFinite(value);
      this.field.setAttribute("aria-invalid", String(!valid));
      if (!valid) return;
      this.#shown = value;
      this.slider.valueAsNumber = value;
      onInput(this.#offset, value);
    });
    // What was not a number gives way to the value that still holds.
    this.field.addEventListener("change", () => {
      if (!Number.isFinite(this.field.valueAsNumber)) this.#show(this.#shown);
    });
    this.slider.type = "range";
    this.slider.addEventListener("input", () => {
      const value = this.slider.valueAsNumber;
      this.#shown = value;
      this.field.value = this.slider.value;
      this.field.setAttribute("aria-invalid", "false");
      onInput(this.#offset, value);
    });
  }

  /** @param {number} offset @param {string} name */
  place(offset, name) {
    this.#offset = offset;
    this.field.ariaLabel = name;
    this.slider.ariaLabel = `${name}, slider`;
  }

  /** @param {SceneInput} input */
  limit({ min, max, step }) {
    this.slider.min = String(min);
    this.slider.max = String(max);
    this.slider.step = String(step);
    this.field.step = String(step);
  }

  /** Shows a value that came from elsewhere. @param {Float64Array} values */
  write(values) {
    const value = values[this.#offset] ?? Number.NaN;
    if (!Object.is(value, this.#shown)) this.#show(value);
  }

  /** @param {number} value */
  #show(value) {
    this.#shown = value;
    this.field.value = Number.isFinite(value) ? String(value) : "";
    this.field.placeholder = Number.isFinite(value) ? "" : String(value);
    this.field.setAttribute("aria-invalid", "false");
    this.slider.valueAsNumber = Number.isFinite(value) ? value : 0;
  }
}

/** The controls of one input. */
class InputControl {
  element = html("li");
  /** @type {NumberControl[]} */
  #numbers = [];
  #made = "";
  #onInput;

  /** @param {OnInput} onInput */
  constructor(onInput) {
    this.#onInput = onInput;
  }

  /** @param {SceneInput} input @param {SceneNode} node */
  place(input, node) {
    const { shape, key } = node;
    const made = JSON.stringify([input.name, shape]);
    if (made !== this.#made) this.#make(input.name, shape);
    this.#made = made;
    this.element.dataset.key = key;
    this.element.classList.toggle("upstream", key === UPSTREAM_KEY);
    this.#numbers.forEach((number, i) => {
      number.place(node.value + i, shape.length === 0 ? input.name : input.name + at(i, shape));
      number.limit(input);
    });
  }

  /** @param {string} name @param {number[]} shape */
  #make(name, shape) {
    const size = sizeOf(shape);
    const onInput = this.#onInput;
    this.#numbers =
      size > EDITED ? [] : Array.from({ length: size }, () => new NumberControl(onInput));
    const fields = this.#numbers.map((number) => number.field);
    this.element.className = shape.length === 0 ? "scalar" : "tensor";
    const label = html("span", "of", htmlName(name));
    if (shape.length === 0) {
      this.element.replaceChildren(label, ...this.#numbers.map((n) => n.slider), ...fields);
      return;
    }
    label.append(" ", html("span", "shape", formatShape(shape)));
    const grid = html("span", "grid", ...fields);
    grid.style.setProperty("--columns", String(shape.at(-1)));
    this.element.replaceChildren(label, grid);
  }

  /** @param {Float64Array} values */
  write(values) {
    for (const number of this.#numbers) number.write(values);
  }
}

/** The list of all inputs' controls. */
export class Inputs {
  #list = html("ul", "inputs");
  /** @type {Map<string, InputControl>} */
  #records = new Map();
  #onInput;
  element = this.#list;

  /** @param {OnInput} onInput called with the offset and the value of what was edited */
  constructor(onInput) {
    this.#onInput = onInput;
    this.#list.ariaLabel = "Inputs";
    this.#list.setAttribute("role", "list");
  }

  /** @param {Scene} scene */
  draw({ inputs, nodes, output, upstream }) {
    const placed = inputs.flatMap((input) => {
      const node = nodes[input.node];
      return node ? [{ input, node }] : [];
    });
    const end = nodes[output];
    // A scalar's is edited in the picture.
    if (end && end.shape.length > 0) {
      placed.push({
        input: { node: output, name: UPSTREAM, min: -10, max: 10, step: 0.1 },
        node: { ...end, key: UPSTREAM_KEY, value: upstream },
      });
    }
    patch(this.#list, this.#records, placed, {
      key: ({ node }) => node.key,
      create: () => new InputControl(this.#onInput),
      update: (record, { input, node }) => record.place(input, node),
      leave: (record) => record.element.remove(),
    });
  }

  /** @param {Float64Array} values */
  write(values) {
    for (const record of this.#records.values()) record.write(values);
  }
}

/** Where element `i` of a tensor stands, as Python writes it. @param {number} i @param {number[]} shape */
function at(i, shape) {
  const indices = [];
  let rest = i;
  for (const length of [...shape].reverse()) {
    indices.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${indices.join(", ")}]`;
}

// The controls of the inputs: a slider and a number field for each scalar, a grid for a tensor.

import { Account } from "./account.js";
import { html, htmlName } from "./elements.js";
import { constant } from "./engine.js";
import { patch } from "./keyed.js";
import { NumberInput, sentence, written } from "./number-input.js";
import { Slider } from "./slider.js";
import { TensorControl } from "./tensor-control.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneInput} SceneInput */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./tensor-control.js").Does} TensorDoes */
/** @typedef {(offset: number, value: number) => void} OnInput */

/** What comes of it; a slider or a field of a number calls `onInput`. @typedef {TensorDoes & { onInput: OnInput }} Does */

/** What the output's upstream gradient is called, and the key of its fields: no name has such a letter. */
const UPSTREAM = "upstream";
const UPSTREAM_KEY = "∂";

/** A number: a field, and a slider beside it. */
class NumberControl {
  #offset = 0;
  #shown = Number.NaN;
  #isTyped = false;
  #number;
  field;
  slider;

  /** @param {Does} does */
  constructor({ onInput, onEdit }) {
    this.#number = new NumberInput({
      onInput: (value) => {
        // However long it is typed on, it is one step to undo.
        if (!this.#isTyped) onEdit(this.#offset, this.#shown, "start");
        this.#isTyped = true;
        this.#shown = value;
        this.slider.show(value);
        onEdit(this.#offset, value, "move");
      },
      onEnd: () => {
        if (this.#isTyped) onEdit(this.#offset, this.#shown, "end");
        this.#isTyped = false;
      },
    });
    this.field = this.#number.element;
    this.slider = new Slider((value) => {
      this.#shown = value;
      this.#number.start(value, written(value));
      onInput(this.#offset, value);
    });
  }

  /** @param {number} offset @param {string} name */
  place(offset, name) {
    this.#offset = offset;
    this.field.ariaLabel = name;
    this.#number.rest();
    this.slider.element.ariaLabel = `${name}, slider`;
  }

  /** @param {SceneInput} input */
  limit({ min, max, step }) {
    this.slider.limit({ min, max, step });
    this.#number.takes = { step };
  }

  /** Shows a value that came from elsewhere. @param {Float64Array} values */
  write(values) {
    const value = values[this.#offset] ?? Number.NaN;
    if (!Object.is(value, this.#shown)) this.#show(value);
  }

  /** @param {number} value */
  #show(value) {
    this.#shown = value;
    this.#isTyped = false;
    this.#number.show(value);
    this.slider.show(value);
  }
}

/** An input of the scene with its node and its place among them; the upstream gradient has none. @typedef {{ input: SceneInput, node: SceneNode, at: number | null }} Placed */

/** The control of an input that is a number. */
class ScalarControl {
  #does;
  #offset = 0;
  #name = "";
  #label = html("span", "of");
  #account = new Account();
  #number;
  element = html("li", "scalar");

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#number = new NumberControl(does);
    const { slider, field } = this.#number;
    this.element.append(this.#label, slider.element, field, this.#account.element);
  }

  /** @param {Placed} placed */
  place({ input, node }) {
    if (this.#name !== input.name) this.#label.replaceChildren(htmlName(input.name));
    this.#name = input.name;
    this.#offset = node.value;
    this.element.dataset.key = node.key;
    this.#number.place(node.value, input.name);
    this.#number.limit(input);
    this.#account.clear();
  }

  /** @param {Float64Array} values */
  write(values) {
    this.#number.write(values);
  }

  /** @param {string} text */
  paste(text) {
    const one = constant(text);
    // A number as other programs print it: `tensor(2.5)`.
    const read = "value" in one ? { values: [one.value] } : this.#does.read(text);
    if ("values" in read && read.values.length === 1) {
      this.#account.clear();
      this.#does.onFill(this.#offset, Float64Array.from(read.values));
    } else if ("message" in one) {
      this.#account.say(
        `This cannot be inserted: ${sentence(one.message)} ${this.#name} is one number.`,
      );
    }
  }
}

/** The control of an input that is a tensor, and of the upstream gradient of one. */
class TensorItem {
  #control;
  element = html("li", "tensor");

  /** @param {Does} does */
  constructor(does) {
    this.#control = new TensorControl(does);
    this.element.append(...this.#control.parts);
  }

  /** @param {Placed} placed */
  place({ input, node, at }) {
    const { key, shape, value: offset } = node;
    this.element.dataset.key = key;
    this.element.classList.toggle("upstream", at === null);
    const { name, step } = input;
    const kind = at === null ? "gradient" : "value";
    this.#control.place({ name, kind, offset, shape, step }, at);
  }

  write() {
    this.#control.write();
  }

  /** @param {string} text */
  paste(text) {
    this.#control.pasteWhole(text);
  }
}

/** The list of all inputs' controls. */
export class Inputs {
  #list = html("ul", "inputs");
  /** @type {Map<string, ScalarControl | TensorItem>} */
  #records = new Map();
  #does;
  /** @type {Placed[]} */
  #placed = [];
  element = this.#list;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#list.ariaLabel = "Inputs";
    this.#list.setAttribute("role", "list");
  }

  /** @param {Scene} scene */
  draw({ inputs, nodes, output, upstream, mode }) {
    /** @type {Placed[]} */
    const placed = inputs.flatMap((input, at) => {
      const node = nodes[input.node];
      return node ? [{ input, node, at }] : [];
    });
    const end = nodes[output];
    // A scalar's is edited in the picture.
    if (end && end.shape.length > 0 && mode !== "forward") {
      placed.push({
        input: { node: output, seed: null, name: UPSTREAM, min: -10, max: 10, step: 0.1 },
        node: { ...end, key: UPSTREAM_KEY, value: upstream },
        at: null,
      });
    }
    this.#placed = placed;
    patch(this.#list, this.#records, placed, {
      key: keyOf,
      create: ({ node }) =>
        node.shape.length === 0 ? new ScalarControl(this.#does) : new TensorItem(this.#does),
      update: (record, one) => record.place(one),
      leave: (record) => record.element.remove(),
    });
  }

  /** @param {Float64Array} values */
  write(values) {
    for (const record of this.#records.values()) record.write(values);
  }

  /**
   * Puts a text in as the value of an input, or as the upstream gradient of the output.
   * @param {number} node of the scene
   * @param {string} text
   */
  pasteInto(node, text) {
    const placed = this.#placed.find(({ input }) => input.node === node);
    if (placed) this.#records.get(keyOf(placed))?.paste(text);
  }
}

/** A control stays while its input does, and is a number or a tensor. @param {Placed} placed */
function keyOf({ node }) {
  return node.shape.length === 0 ? node.key : `${node.key} []`;
}

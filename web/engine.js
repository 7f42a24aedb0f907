// The wasm engine: one module for all elements of a page, one evaluator each.

import init, { Engine } from "./backflow-wasm.js";
import { sizeOf } from "./format.js";

/** @typedef {import("./backflow-wasm.js").Compiled} Compiled */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./format.js").Tensor} Tensor */

/** What the program says of an input and what it is now. @typedef {{ literal: Float64Array, value: Float64Array }} Edit */

/** @type {Promise<WebAssembly.Memory> | undefined} */
let loading;

/**
 * Loads the module, once. A load that failed is tried again.
 * @returns {Promise<WebAssembly.Memory>}
 */
function load() {
  loading ??= init().then(
    ({ memory }) => memory,
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** The last good program: its graph and its values. To be freed. */
export class Evaluator {
  #engine = new Engine();
  #memory;
  #values = new Float64Array();
  /** What the program says of each input, by its key. @type {Map<string, Float64Array>} */
  #literals = new Map();
  /** @type {Scene | null} */
  scene = null;

  static async load() {
    return new Evaluator(await load());
  }

  /** @param {WebAssembly.Memory} memory */
  constructor(memory) {
    this.#memory = memory;
  }

  /** All values. The array holds until the next compile. */
  get values() {
    const buffer = this.#memory.buffer;
    const pointer = this.#engine.values_pointer();
    const length = this.#engine.values_length();
    const view = this.#values;
    if (view.buffer !== buffer || view.byteOffset !== pointer || view.length !== length) {
      this.#values = new Float64Array(buffer, pointer, length);
    }
    return this.#values;
  }

  /**
   * Compiles and runs a program. An input whose text is as it was before keeps
   * its edited value.
   * @param {string} program
   * @param {Map<string, Edit>} edits
   * @returns {Compiled}
   */
  compile(program, edits) {
    const compiled = this.#engine.compile(program);
    if (!compiled.scene) return compiled;
    this.scene = compiled.scene;
    this.#literals.clear();
    let edited = false;
    for (const node of this.#inputs()) {
      const literal = this.#read(node);
      this.#literals.set(node.key, literal);
      const edit = edits.get(node.key);
      if (!edit || !sameNumbers(edit.literal, literal) || sameNumbers(edit.value, literal))
        continue;
      edit.value.forEach((number, i) => {
        this.#engine.set(node.value + i, number);
      });
      edited = true;
    }
    if (edited) this.#engine.run();
    return compiled;
  }

  /** The inputs as they are now, for the next compile. @returns {Map<string, Edit>} */
  edits() {
    const edits = new Map();
    for (const node of this.#inputs()) {
      const literal = this.#literals.get(node.key);
      if (literal) edits.set(node.key, { literal, value: this.#read(node) });
    }
    return edits;
  }

  /** Changes one number and runs. @param {number} offset @param {number} value */
  set(offset, value) {
    this.#engine.set(offset, value);
    this.#engine.run();
  }

  /** Changes the last input of a name and runs. @param {string} name @param {Tensor} value */
  setInput(name, value) {
    const index = this.scene?.inputs.findLast((input) => input.name === name)?.node ?? -1;
    const node = this.scene?.nodes[index];
    if (!node) throw new RangeError(`no input is called '${name}'`);
    flatten(value, node.shape, name).forEach((number, i) => {
      this.#engine.set(node.value + i, number);
    });
    this.#engine.run();
  }

  free() {
    this.#engine.free();
  }

  /** @returns {SceneNode[]} */
  #inputs() {
    return this.scene?.nodes.filter((node) => node.kind === "input") ?? [];
  }

  /** A copy of a node's value. @param {SceneNode} node */
  #read({ value, shape }) {
    return this.values.slice(value, value + sizeOf(shape));
  }
}

/** @param {Float64Array} a @param {Float64Array} b */
function sameNumbers(a, b) {
  return a.length === b.length && a.every((number, i) => Object.is(number, b[i]));
}

/**
 * The numbers of a tensor that must have a shape, row by row.
 * @param {unknown} value
 * @param {number[]} shape
 * @param {string} name
 * @returns {number[]}
 */
function flatten(value, shape, name) {
  const [length, ...rest] = shape;
  if (length === undefined) {
    if (typeof value === "number") return [value];
    if (Array.isArray(value)) throw new RangeError(`'${name}' has fewer dimensions than this`);
    throw new TypeError(`'${name}' takes numbers, not ${typeof value}`);
  }
  if (!Array.isArray(value)) {
    throw new TypeError(`'${name}' takes nested arrays, ${shape.length} deep here`);
  }
  if (value.length !== length) {
    throw new RangeError(`'${name}' takes ${length} elements here, not ${value.length}`);
  }
  return value.flatMap((part) => flatten(part, rest, name));
}

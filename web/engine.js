// The wasm engine: one module for all elements of a page, one evaluator each.

import init, { Engine, orders, sizes } from "./backflow-wasm.js";
import { sizeOf } from "./format.js";
import { plainView } from "./view.js";

export { constant, pasted } from "./backflow-wasm.js";

/** @typedef {import("./backflow-wasm.js").Compiled} Compiled */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").View} View */
/** @typedef {import("./format.js").Tensor} Tensor */
/** @typedef {import("./lesson.js").Selection} Selection */

/** A program with the values that its inputs and its upstream gradient had, as it was viewed. @typedef {{ program: string, view: View, inputs: { key: string, value: Float64Array }[] }} State */

/** The key of the upstream gradient, and what the keys of tangents begin with; no name has such letters. */
const UPSTREAM = "∂";
const TANGENT = "˙";

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

// Of the module as a whole, which whoever asks has seen loaded.
export { sizes };

/** The last good program: its graph and its values. To be freed. */
export class Evaluator {
  #engine = new Engine();
  #memory;
  #values = new Float64Array();
  #program = "";
  #view = plainView();
  /** The tangents that inputs were given, for when they are drawn again. @type {Record<string, number[]>} */
  #tangents = {};
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

  /** Compiles a program with its inputs as it says. @param {string} program */
  open(program) {
    const [before, view] = [this.#engine, this.#view];
    this.#engine = new Engine();
    // What was opened and folded is of another program; copy gates, modes and the backward pass
    // are shown in any.
    const { copies, mode, derivative } = view;
    this.#view = { ...plainView(), copies, mode, derivative };
    this.#tangents = {};
    this.#engine.setView(this.#view);
    const compiled = this.edit(program);
    if (compiled.scene) {
      before.free();
    } else {
      this.#engine.free();
      this.#engine = before;
      this.#view = view;
    }
    return compiled;
  }

  /** What is open, closed and folded. */
  get view() {
    return this.#view;
  }

  /** Draws the program in another view. @param {View} view */
  look(view) {
    const before = this.scene?.mode;
    if (before && before !== "reverse") this.#tangents = this.edited().tangents;
    const compiled = this.#engine.setView(view);
    if (compiled.scene) this.scene = compiled.scene;
    // Where no tangents were drawn they begin as the program has them.
    if (before === "reverse" && view.mode !== "reverse") this.giveAll({}, null, this.#tangents);
    // One with which the program is too large changes nothing.
    if (compiled.scene || !this.scene) this.#view = view;
    return compiled;
  }

  /**
   * Compiles a program that came of the last one: inputs whose text stays keep
   * the values they were given since.
   * @param {string} program
   */
  edit(program) {
    const compiled = this.#engine.compile(program);
    if (compiled.scene) {
      this.scene = compiled.scene;
      this.#program = program;
    }
    return compiled;
  }

  /** Changes one number and runs. @param {number} offset @param {number} value */
  set(offset, value) {
    this.#engine.set(offset, value);
    this.#engine.run();
  }

  /** Changes a run of numbers and runs. @param {number} offset @param {Float64Array} values */
  setAll(offset, values) {
    this.#engine.set_all(offset, values);
    this.#engine.run();
  }

  /**
   * A program with another shape for an input, by its place among those of the scene.
   * @param {string} program that came of the last good one
   * @param {number} input
   * @param {number[]} shape
   * @param {number[] | null} values where there are none, those there are keep their places
   */
  resized(program, input, shape, values) {
    const given = values && Float64Array.from(values);
    return this.#engine.resized(program, input, Uint32Array.from(shape), given);
  }

  /** Changes the last input of a name and runs. @param {string} name @param {Tensor} value */
  setInput(name, value) {
    const index = this.scene?.inputs.findLast((input) => input.name === name)?.node ?? -1;
    const node = this.scene?.nodes[index];
    if (!node) throw new RangeError(`no input is called '${name}'`);
    this.#engine.set_all(node.value, new Float64Array(flatten(value, node.shape, name)));
    this.#engine.run();
  }

  /** The dot products at both ends; null unless there are both passes. */
  identity() {
    return this.#engine.identity();
  }

  /** How many passes each mode needs. */
  passes() {
    return this.#engine.passes();
  }

  /** A column of the Jacobian by forward mode, numbers of the output. @param {number} k */
  column(k) {
    return this.#engine.column(k);
  }

  /** A row of the Jacobian by reverse mode, numbers of all inputs. @param {number} k */
  row(k) {
    return this.#engine.row(k);
  }

  /** The sentence of a step. @param {number} step */
  sentence(step) {
    return this.#engine.sentence(step);
  }

  /** What there is to say of a gate or a wire at a step. @param {Selection} selection @param {number} step */
  card(selection, step) {
    return "node" in selection
      ? this.#engine.cardOfNode(selection.node, step)
      : this.#engine.cardOfWire(selection.wire, step);
  }

  /** Where the number of an element comes from. @param {import("./plate-hands.js").Spot} spot @param {number} step */
  element({ node, side, element }, step) {
    return this.#engine.element(node, side, element, step);
  }

  /** The derivative of the output by a node, on paper; null where there is none. @param {number} node */
  paper(node) {
    return this.#engine.paper(node);
  }

  /** The chain from a node to the output; null if there is none, or none alone. @param {number} node */
  chained(node) {
    return this.#engine.chained(node);
  }

  /**
   * The program as code with asserts of its numbers, or why there is none.
   * @param {import("./backflow-wasm.js").CodeStyle} style
   * @param {string | null} composite what an autograd.Function is made of; null for the first there is
   */
  code(style, composite) {
    return this.#engine.code(style, composite);
  }

  /** The same as a Jupyter notebook. @param {import("./backflow-wasm.js").CodeStyle} style @param {string | null} composite */
  notebook(style, composite) {
    return this.#engine.notebook(style, composite);
  }

  /** What each way to multiply a chain takes. @param {Uint32Array} sizes @param {Uint32Array} hand */
  orders(sizes, hand) {
    return orders(sizes, hand);
  }

  /** The Hessian of the output by a node. @param {number} node */
  hessian(node) {
    return node < 0 ? null : this.#engine.hessian(node);
  }

  /** The Hessian by a node times a vector. @param {number} node @param {Float64Array} v */
  hvp(node, v) {
    return node < 0 ? null : this.#engine.hvp(node, v);
  }

  /** The program with lines behind it that compute something of second order by an input. @param {string} kind @param {number} node */
  extended(kind, node) {
    return this.#engine.extended(kind, Math.max(node, 0));
  }

  /** What changing a scalar node by `h` is predicted to do, and does. @param {number} node @param {number} h */
  nudge(node, h) {
    return this.#engine.nudge(node, h);
  }

  /** The Jacobian of the gate that a wire enters with respect to what it carries. @param {number} wire @param {number} step */
  lens(wire, step) {
    return wire < 0 ? null : this.#engine.lensOfWire(wire, step);
  }

  /** The Jacobian of a node with respect to another. @param {number} of @param {number} by @param {number} step */
  lensOfPair(of, by, step) {
    return this.#engine.lensOfPair(of, by, step);
  }

  /** What an element of what a wire carries does to all of its gate's value. @param {number} wire @param {number} element @param {number} step */
  slice(wire, element, step) {
    return wire < 0 ? null : this.#engine.slice(wire, element, step);
  }

  /** What the slices of all elements come to. @param {number} wire @param {number} step */
  whole(wire, step) {
    return wire < 0 ? null : this.#engine.whole(wire, step);
  }

  /**
   * The numbers that are not the program's: those of inputs and their tangents, by their keys, and
   * the upstream gradient.
   * @returns {{ values: Record<string, number[]>, tangents: Record<string, number[]>, upstream: number[] | null }}
   */
  edited() {
    const { scene } = this;
    if (!scene) return { values: {}, tangents: {}, upstream: null };
    const offsets = new Set(this.#engine.edited());
    /** @type {[string, number[]][]} */
    const values = scene.inputs.flatMap(({ node }) => {
      const input = scene.nodes[node];
      if (!input || !offsets.has(input.value)) return [];
      return [[input.key, this.#numbers(input.value, input.shape)]];
    });
    /** @type {[string, number[]][]} */
    const tangents = scene.inputs.flatMap(({ node, seed }) => {
      const input = scene.nodes[node];
      if (!input || seed === null || !offsets.has(seed)) return [];
      return [[input.key, this.#numbers(seed, input.shape)]];
    });
    const shape = scene.nodes[scene.output]?.shape ?? [];
    const upstream = offsets.has(scene.upstream) ? this.#numbers(scene.upstream, shape) : null;
    const [given, along] = [values, tangents].map((pairs) => Object.fromEntries(pairs));
    return { values: given ?? {}, tangents: along ?? {}, upstream };
  }

  /**
   * Gives inputs and their tangents by their keys, and the upstream gradient, other numbers. What does
   * not fit is ignored.
   * @param {Record<string, number[]>} values
   * @param {number[] | null} upstream
   * @param {Record<string, number[]>} [tangents]
   */
  giveAll(values, upstream, tangents = {}) {
    const { scene } = this;
    if (!scene) return;
    for (const { node, seed } of scene.inputs) {
      const input = scene.nodes[node];
      if (!input) continue;
      const [numbers, along] = [values, tangents].map((all) =>
        Object.hasOwn(all, input.key) ? all[input.key] : undefined,
      );
      if (numbers) this.#give(input.value, input.shape, numbers);
      if (along && seed !== null) this.#give(seed, input.shape, along);
    }
    const output = scene.nodes[scene.output];
    if (output && upstream) this.#give(scene.upstream, output.shape, upstream);
    this.#engine.run();
  }

  /** @param {number} offset @param {number[]} shape */
  #numbers(offset, shape) {
    return [...this.values.subarray(offset, offset + sizeOf(shape))];
  }

  /** @param {number} offset @param {number[]} shape @param {number[]} numbers */
  #give(offset, shape, numbers) {
    if (numbers.length === sizeOf(shape)) this.#engine.set_all(offset, new Float64Array(numbers));
  }

  /** Where what can be edited lies, by keys. @returns {Map<string, { offset: number, size: number }>} */
  #places() {
    const places = new Map();
    const { nodes, output, upstream } = this.scene ?? { nodes: [], output: 0, upstream: 0 };
    for (const { kind, key, value, tangent, shape } of nodes) {
      if (kind !== "input") continue;
      const size = sizeOf(shape);
      places.set(key, { offset: value, size });
      if (tangent !== null) places.set(TANGENT + key, { offset: tangent, size });
    }
    const end = nodes[output];
    if (end) places.set(UPSTREAM, { offset: upstream, size: sizeOf(end.shape) });
    return places;
  }

  /** @returns {State | undefined} */
  save() {
    if (!this.scene) return undefined;
    const inputs = [...this.#places()].map(([key, { offset, size }]) => ({
      key,
      value: this.values.slice(offset, offset + size),
    }));
    return { program: this.#program, view: this.#view, inputs };
  }

  /**
   * Goes back to a program with the values it had, in the view there is now.
   * @param {State} state
   * @returns {Compiled | null} null where only values differ
   */
  rewind({ program, inputs }) {
    const compiled = program === this.#program ? null : this.edit(program);
    const places = this.#places();
    for (const { key, value } of inputs) {
      const place = places.get(key);
      if (place?.size === value.length) this.#engine.set_all(place.offset, value);
    }
    this.#engine.run();
    return compiled;
  }

  /** @param {State} state */
  restore(state) {
    this.open(state.program);
    this.look(state.view);
    this.rewind(state);
  }

  free() {
    this.#engine.free();
  }
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

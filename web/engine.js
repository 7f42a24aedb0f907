// The engine: an evaluator for each connected element, in the one instance of its module.

import {
  sizes as costs,
  Engine,
  orders,
  constant as readNumber,
  pasted as readNumbers,
} from "./backflow-wasm.js";
import { mistakeOf, staysOut, wentWrong } from "./fault.js";
import { sizeOf } from "./format.js";
import { attempt, buffer, tenants } from "./instance.js";
import { plainView } from "./view.js";

/** @typedef {import("./backflow-wasm.js").Compiled} Compiled */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").View} View */
/** @typedef {import("./format.js").Tensor} Tensor */
/** @typedef {import("./fault.js").Fault} Fault */
/** @typedef {import("./lesson.js").Selection} Selection */

/** A program with the values that its inputs and its upstream gradient had, as it was viewed. @typedef {{ program: string, view: View, inputs: { key: string, value: Float64Array }[] }} State */

/** The numbers of an input as they are, where they lie, and whether a state shares them. @typedef {{ key: string, value: Float64Array, offset: number, isShared: boolean }} KeptInput */

/** The last good program as it stands, in the order of where its numbers lie. @typedef {{ program: string, inputs: KeptInput[] }} Kept */

/** What the engine is asked, without a change. @typedef {Exclude<keyof Engine, "free" | "compile" | "setView" | "set" | "set_all" | "run" | typeof Symbol.dispose>} Question */

/** The key of the upstream gradient, and what the keys of tangents begin with; no name has such letters. */
const UPSTREAM = "∂";
const TANGENT = "˙";

/** The values of no program. */
const NONE = new Float64Array();

/** Of the module as a whole, which whoever asks has seen loaded. @param {Parameters<typeof costs>} given */
export function sizes(...given) {
  return attempt(
    () => costs(...given),
    () => null,
  );
}

/** What is told of a text with which the engine failed. */
const UNREAD = { message: "reading it made Backflow fail" };

/** The number that a text is, or what is wrong with it. @param {string} text */
export function constant(text) {
  return attempt(
    () => readNumber(text),
    () => UNREAD,
  );
}

/** Numbers from a text that was copied elsewhere, or what is wrong with it. @param {string} text */
export function pasted(text) {
  return attempt(
    () => readNumbers(text),
    () => UNREAD,
  );
}

/** The last good program: its graph and its values. To be made once the module is loaded, and freed. */
export class Evaluator {
  #onMoved;
  /** There from the first use on. @type {Engine | null} */
  #engine = null;
  /** @type {Float64Array} */
  #values = NONE;
  #view = plainView();
  /** The tangents that inputs were given, for when they are drawn again. @type {Record<string, number[]>} */
  #tangents = {};
  /** What the engine holds, for when it fails. @type {Kept | null} */
  #kept = null;
  /** What made it fail since the last good program, and is not asked again. @type {Set<string>} */
  #failing = new Set();
  /** Whether the instance has no room for it. */
  #isOut = false;
  /** @type {Scene | null} */
  scene = null;
  /** How many gates the last good program has. */
  gates = 0;
  /** What there is to say of a failure since then. */
  notice = "";

  /** @param {() => void} onMoved called when it was moved into a new instance */
  constructor(onMoved) {
    this.#onMoved = onMoved;
    tenants.add(this);
  }

  // In an instance

  /** Takes what is kept into a new engine. */
  enter() {
    if (this.#isOut) this.notice = "";
    this.#isOut = false;
    this.#values = NONE;
    const engine = new Engine();
    this.#engine = engine;
    engine.setView(this.#view);
    if (!this.#kept) return;
    const { program, inputs } = this.#kept;
    const { scene, gates } = engine.compile(program);
    [this.scene, this.gates] = [scene, gates];
    this.#write(engine, inputs);
    this.#keep(program);
  }

  moved() {
    this.#onMoved();
  }

  /** @param {Fault} fault */
  stayOut(fault) {
    this.#isOut = true;
    this.#values = NONE;
    this.notice = staysOut(fault);
    const nothing = { nodes: [], wires: [], boxes: [], folds: [], inputs: [], steps: [] };
    this.scene &&= { ...this.scene, ...nothing };
  }

  /**
   * What the engine answers; null where that makes it fail, and from then on until the program
   * changes.
   * @template {Question} Name
   * @param {Name} name
   * @param {Parameters<Engine[Name]>} given
   * @returns {ReturnType<Engine[Name]> | null}
   */
  #ask(name, ...given) {
    if (this.#isOut || !this.#engine) return null;
    const question = () => `${name} ${given.join()}`;
    if (this.#failing.size > 0 && this.#failing.has(question())) return null;
    return attempt(
      () => {
        const engine = this.#engine;
        if (this.#isOut || !engine) return null;
        const answer =
          /** @type {(...given: Parameters<Engine[Name]>) => ReturnType<Engine[Name]>} */ (
            engine[name]
          );
        return answer.apply(engine, given);
      },
      (fault) => {
        this.#failing.add(question());
        return this.#fail(fault, null);
      },
    );
  }

  /**
   * Changes something in the engine, which is there from now on.
   * @template T
   * @param {(engine: Engine) => T} act
   * @param {(fault: Fault) => T} otherwise
   * @returns {T}
   */
  #change(act, otherwise) {
    return attempt(() => {
      if (this.#isOut || !this.#engine) this.enter();
      return act(/** @type {Engine} */ (this.#engine));
    }, otherwise);
  }

  /** @template T @param {Fault} fault @param {T} outcome @returns {T} */
  #fail(fault, outcome) {
    // Who stays out has said so.
    if (!this.#isOut) this.notice = wentWrong(fault);
    return outcome;
  }

  /** What comes of a program that made the engine fail. @param {string} program @param {Fault} fault @returns {Compiled} */
  #failAt(program, fault) {
    const diagnostic = mistakeOf(fault, this.#kept?.program ?? "", program);
    return { diagnostics: [diagnostic], scene: null, gates: 0 };
  }

  /** What the engine made of a program that is good. @param {Compiled} compiled */
  #take({ scene, gates }) {
    this.scene = scene;
    this.gates = gates;
    this.notice = "";
    this.#failing.clear();
  }

  /** Keeps the last good program as it is now. @param {string} program */
  #keep(program) {
    const values = this.#read();
    const before = new Map(this.#kept?.inputs.map((input) => [input.key, input]));
    const inputs = this.#places().map(({ key, offset, size }) => {
      const now = values.subarray(offset, offset + size);
      const was = before.get(key);
      // Of large inputs many states share one copy.
      if (was && isSame(was.value, now)) return { ...was, offset };
      return { key, offset, value: now.slice(), isShared: false };
    });
    this.#kept = { program, inputs: inputs.sort((a, b) => a.offset - b.offset) };
  }

  /** Keeps numbers that were written since. @param {number} offset @param {ArrayLike<number>} numbers */
  #keepAt(offset, numbers) {
    const inputs = this.#kept?.inputs ?? [];
    let [low, high] = [0, inputs.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((inputs[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const input = inputs[low];
    const at = offset - (input?.offset ?? 0);
    if (!input || at + numbers.length > input.value.length) return;
    if (input.isShared) input.value = input.value.slice();
    input.isShared = false;
    input.value.set(numbers, at);
  }

  /** All values. The array holds until the next compile. */
  get values() {
    if (this.#isOut || !this.#engine) return NONE;
    return attempt(
      () => this.#read(),
      () => this.#values,
    );
  }

  #read() {
    const engine = this.#engine;
    if (!engine) return NONE;
    const [all, pointer, length] = [buffer(), engine.values_pointer(), engine.values_length()];
    const view = this.#values;
    if (view.buffer !== all || view.byteOffset !== pointer || view.length !== length) {
      this.#values = new Float64Array(all, pointer, length);
    }
    return this.#values;
  }

  /** Compiles a program as it says, as if there had been none before: with a mistake in it there is none. @param {string} program @returns {Compiled} */
  open(program) {
    return attempt(
      () => {
        const engine = new Engine();
        const compiled = engine.compile(program);
        if (!this.#isOut) this.#engine?.free();
        this.#isOut = false;
        this.#engine = engine;
        this.#view = plainView();
        this.#tangents = {};
        this.#take(compiled);
        if (compiled.scene) this.#keep(program);
        else this.#kept = null;
        return compiled;
      },
      (fault) => this.#failAt(program, fault),
    );
  }

  /** What is open, closed and folded. */
  get view() {
    return this.#view;
  }

  /** Draws the program in another view. @param {View} view @returns {Compiled} */
  look(view) {
    const before = this.scene?.mode;
    if (before && before !== "reverse") this.#tangents = this.edited().tangents;
    /** @type {Compiled} */
    const nothing = { diagnostics: [], scene: null, gates: 0 };
    return this.#change(
      (engine) => {
        const compiled = engine.setView(view);
        // One with which the program is too large changes nothing.
        if (compiled.scene || !this.scene) this.#view = view;
        if (!this.#kept || !compiled.scene) return compiled;
        this.#take(compiled);
        this.#keep(this.#kept.program);
        // Where no tangents were drawn they begin as the program has them.
        if (before === "reverse" && view.mode !== "reverse") this.giveAll({}, null, this.#tangents);
        return compiled;
      },
      (fault) => this.#fail(fault, nothing),
    );
  }

  /**
   * Compiles a program that came of the last one: inputs whose text stays keep
   * the values they were given since.
   * @param {string} program
   * @returns {Compiled}
   */
  edit(program) {
    return this.#change(
      (engine) => {
        const compiled = engine.compile(program);
        if (compiled.scene) {
          this.#take(compiled);
          this.#keep(program);
        }
        return compiled;
      },
      (fault) => this.#failAt(program, fault),
    );
  }

  /** Changes one number and runs. @param {number} offset @param {number} value */
  set(offset, value) {
    this.#change(
      (engine) => {
        engine.set(offset, value);
        engine.run();
        this.#keepAt(offset, [value]);
      },
      (fault) => this.#fail(fault, undefined),
    );
  }

  /** Changes a run of numbers and runs. @param {number} offset @param {Float64Array} values */
  setAll(offset, values) {
    this.#change(
      (engine) => {
        engine.set_all(offset, values);
        engine.run();
        this.#keepAt(offset, values);
      },
      (fault) => this.#fail(fault, undefined),
    );
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
    return this.#ask("resized", program, input, Uint32Array.from(shape), given);
  }

  /** Changes the last input of a name and runs. @param {string} name @param {Tensor} value */
  setInput(name, value) {
    // Names are known in the form that Python gives them.
    const known = String(name).normalize("NFKC");
    const index = this.scene?.inputs.findLast((input) => input.name === known)?.node ?? -1;
    const node = this.scene?.nodes[index];
    if (!node) throw new RangeError(`no input is called '${name}'`);
    this.setAll(node.value, new Float64Array(flatten(value, node.shape, name)));
  }

  /** The dot products at both ends; null unless there are both passes. */
  identity() {
    return this.#ask("identity");
  }

  /** How many passes each mode needs. */
  passes() {
    return this.#ask("passes");
  }

  /** A column of the Jacobian by forward mode, numbers of the output. @param {number} k */
  column(k) {
    return this.#ask("column", k);
  }

  /** A row of the Jacobian by reverse mode, numbers of all inputs. @param {number} k */
  row(k) {
    return this.#ask("row", k);
  }

  /** The sentence of a step. @param {number} step */
  sentence(step) {
    return this.#ask("sentence", step);
  }

  /** What there is to say of a gate or a wire at a step. @param {Selection} selection @param {number} step */
  card(selection, step) {
    return "node" in selection
      ? this.#ask("cardOfNode", selection.node, step)
      : this.#ask("cardOfWire", selection.wire, step);
  }

  /** Where the number of an element comes from. @param {import("./plate-hands.js").Spot} spot @param {number} step */
  element({ node, side, element }, step) {
    return this.#ask("element", node, side, element, step);
  }

  /** The derivative of the output by a node, on paper; null where there is none. @param {number} node */
  paper(node) {
    return this.#ask("paper", node);
  }

  /** The chain from a node to the output; null if there is none, or none alone. @param {number} node */
  chained(node) {
    return this.#ask("chained", node);
  }

  /**
   * The program as code with asserts of its numbers, or why there is none.
   * @param {import("./backflow-wasm.js").CodeStyle} style
   * @param {string | null} composite what an autograd.Function is made of; null for the first there is
   */
  code(style, composite) {
    return this.#ask("code", style, composite);
  }

  /** The same as a Jupyter notebook. @param {import("./backflow-wasm.js").CodeStyle} style @param {string | null} composite */
  notebook(style, composite) {
    return this.#ask("notebook", style, composite);
  }

  /** What each way to multiply a chain takes. @param {Uint32Array} sizes @param {Uint32Array} hand */
  orders(sizes, hand) {
    return attempt(
      () => orders(sizes, hand),
      () => null,
    );
  }

  /** The Hessian of the output by a node. @param {number} node */
  hessian(node) {
    return node < 0 ? null : this.#ask("hessian", node);
  }

  /** The Hessian by a node times a vector. @param {number} node @param {Float64Array} v */
  hvp(node, v) {
    return node < 0 ? null : this.#ask("hvp", node, v);
  }

  /** The program with lines behind it that compute something of second order by an input. @param {string} kind @param {number} node */
  extended(kind, node) {
    return this.#ask("extended", kind, Math.max(node, 0));
  }

  /** What changing a scalar node by `h` is predicted to do, and does. @param {number} node @param {number} h */
  nudge(node, h) {
    return this.#ask("nudge", node, h);
  }

  /** The Jacobian of the gate that a wire enters with respect to what it carries. @param {number} wire @param {number} step */
  lens(wire, step) {
    return wire < 0 ? null : this.#ask("lensOfWire", wire, step);
  }

  /** The Jacobian of a node with respect to another. @param {number} of @param {number} by @param {number} step */
  lensOfPair(of, by, step) {
    return this.#ask("lensOfPair", of, by, step);
  }

  /** What an element of what a wire carries does to all of its gate's value. @param {number} wire @param {number} element @param {number} step */
  slice(wire, element, step) {
    return wire < 0 ? null : this.#ask("slice", wire, element, step);
  }

  /** What the slices of all elements come to. @param {number} wire @param {number} step */
  whole(wire, step) {
    return wire < 0 ? null : this.#ask("whole", wire, step);
  }

  /**
   * The numbers that are not the program's: those of inputs and their tangents, by their keys, and
   * the upstream gradient.
   * @returns {{ values: Record<string, number[]>, tangents: Record<string, number[]>, upstream: number[] | null }}
   */
  edited() {
    const inputs = this.#kept?.inputs ?? [];
    const offsets = new Set(this.#isOut ? inputs.map(({ offset }) => offset) : this.#ask("edited"));
    const given = inputs.filter(({ offset }) => offsets.has(offset));
    const upstream = given.find(({ key }) => key === UPSTREAM)?.value ?? null;
    const numbers = (/** @type {(key: string) => string | null} */ nameOf) =>
      Object.fromEntries(
        given.flatMap(({ key, value }) => {
          const name = nameOf(key);
          return name === null ? [] : [[name, [...value]]];
        }),
      );
    return {
      values: numbers((key) => (key === UPSTREAM || key.startsWith(TANGENT) ? null : key)),
      tangents: numbers((key) => (key.startsWith(TANGENT) ? key.slice(TANGENT.length) : null)),
      upstream: upstream && [...upstream],
    };
  }

  /**
   * Gives inputs and their tangents by their keys, and the upstream gradient, other numbers. What does
   * not fit is ignored.
   * @param {Record<string, number[]>} values
   * @param {number[] | null} upstream
   * @param {Record<string, number[]>} [tangents]
   */
  giveAll(values, upstream, tangents = {}) {
    const given = Object.entries(values);
    for (const [key, numbers] of Object.entries(tangents)) given.push([TANGENT + key, numbers]);
    if (upstream) given.push([UPSTREAM, upstream]);
    this.#give(given.map(([key, numbers]) => ({ key, value: Float64Array.from(numbers) })));
  }

  /** Gives what has these keys other numbers. @param {State["inputs"]} inputs */
  #give(inputs) {
    const program = this.#kept?.program;
    if (program === undefined) return;
    this.#change(
      (engine) => {
        this.#write(engine, inputs);
        this.#keep(program);
      },
      (fault) => this.#fail(fault, undefined),
    );
  }

  /** @param {Engine} engine @param {State["inputs"]} inputs */
  #write(engine, inputs) {
    const places = new Map(this.#places().map((place) => [place.key, place]));
    for (const { key, value } of inputs) {
      const place = places.get(key);
      if (place?.size === value.length) engine.set_all(place.offset, value);
    }
    engine.run();
  }

  /** Where what can be edited lies, by keys. @returns {{ key: string, offset: number, size: number }[]} */
  #places() {
    const places = [];
    const { nodes, output, upstream } = this.scene ?? { nodes: [], output: 0, upstream: 0 };
    for (const { kind, key, value, tangent, shape } of nodes) {
      if (kind !== "input") continue;
      const size = sizeOf(shape);
      places.push({ key, offset: value, size });
      if (tangent !== null) places.push({ key: TANGENT + key, offset: tangent, size });
    }
    const end = nodes[output];
    if (end) places.push({ key: UPSTREAM, offset: upstream, size: sizeOf(end.shape) });
    return places;
  }

  /** @returns {State | undefined} */
  save() {
    if (!this.#kept) return undefined;
    const { program, inputs } = this.#kept;
    for (const input of inputs) input.isShared = true;
    const shared = inputs.map(({ key, value }) => ({ key, value }));
    return { program, view: this.#view, inputs: shared };
  }

  /**
   * Goes back to a program with the values it had, in the view there is now.
   * @param {State} state
   * @returns {Compiled | null} null where only values differ
   */
  rewind({ program, inputs }) {
    const compiled = program === this.#kept?.program ? null : this.edit(program);
    this.#give(inputs);
    return compiled;
  }

  /** @param {State} state */
  restore({ program, view, inputs }) {
    this.#view = view;
    const kept = inputs.map((input) => ({ ...input, offset: 0, isShared: true }));
    this.#kept = { program, inputs: kept };
    this.#change(
      () => {},
      (fault) => this.#fail(fault, undefined),
    );
  }

  free() {
    tenants.delete(this);
    if (!this.#isOut && this.#engine)
      attempt(
        () => this.#engine?.free(),
        () => undefined,
      );
  }
}

/** Whether numbers are the same to the bit, or all not numbers. @param {Float64Array} a @param {Float64Array} b */
function isSame(a, b) {
  return a.length === b.length && a.every((number, at) => Object.is(number, b[at]));
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

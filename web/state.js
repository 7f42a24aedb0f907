// The state of an element: what can be linked, and one table by which any value is read as one.

import { LARGEST, TABS } from "./looking.js";
import { MODES } from "./view.js";
import { styleOf } from "./writing.js";

/** @typedef {import("./looking.js").Looking} Looking */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./writing.js").Writing} Writing */

/**
 * What can be linked. What is not there is as the program has it.
 * @typedef {object} State
 * @property {string} program
 * @property {Record<string, number[]>} values of the inputs that were given others, by their keys
 * @property {Record<string, number[]>} tangents of the inputs that were given others than at first
 * @property {number[] | null} upstream the upstream gradient, where it is not 1
 * @property {View} view what is open, closed and folded
 * @property {number | null} step null at the end
 * @property {boolean} explicit whether backward steps are told by their Jacobians
 * @property {Looking} looking what is looked at in the card
 * @property {string | null} pane the view beside the graph that is open, if any
 * @property {Writing} writing how the program is written as code
 */

/** Reads anything as a value of a type; what is none is as if it were not there. @template T @typedef {(given: unknown) => T} Reads */

/** The largest count that is read: of a step, an operand, an element. */
const MOST = 9_999_999;

/** @type {Reads<string | null>} */
const text = (given) => (typeof given === "string" && given !== "" ? given : null);

/** @type {Reads<boolean>} */
const yes = (given) => given === true;

/** @type {Reads<number | null>} */
const count = (given) =>
  typeof given === "number" && Number.isInteger(given) && given >= 0 && given <= MOST
    ? given + 0
    : null;

/** @type {Reads<string[]>} */
const texts = (given) => (Array.isArray(given) ? given.filter((one) => text(one) !== null) : []);

/** @type {Reads<number[] | null>} */
const numbers = (given) => {
  const list = given instanceof Float64Array ? [...given] : given;
  return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === "number")
    ? [...list]
    : null;
};

/** Numbers by the keys of inputs. @type {Reads<Record<string, number[]>>} */
const byKey = (given) => {
  const read = Object.entries(isObject(given) ? given : {}).flatMap(([key, list]) => {
    const own = numbers(list);
    /** @type {[string, number[]][]} */
    return own ? [[key, own]] : [];
  });
  // Not by assignment: a key may be one that objects have.
  return Object.fromEntries(read);
};

/** One of some names, else the first. @template {string} Name @param {readonly Name[]} names @returns {Reads<Name>} */
const oneOf = (names) => (given) =>
  names.find((name) => name === given) ?? /** @type {Name} */ (names[0]);

/** @type {Reads<[string, string] | null>} */
const pair = (given) => {
  const [of, by, ...rest] = Array.isArray(given) ? given.map(text) : [];
  return of && by && rest.length === 0 ? [of, by] : null;
};

/** @type {Reads<[number, number, number] | null>} */
const layer = (given) => {
  const [rows, inputs, outputs, ...rest] = Array.isArray(given) ? given.map(count) : [];
  const isLayer = [rows, inputs, outputs].every((size) => size && size <= LARGEST);
  return rows && inputs && outputs && isLayer && rest.length === 0 ? [rows, inputs, outputs] : null;
};

/** @type {Reads<View>} */
const view = object({
  open: texts,
  closed: texts,
  folded: texts,
  copies: yes,
  mode: oneOf(MODES),
  derivative: yes,
});

/** @type {Reads<Looking>} */
const looking = object({
  chosen: text,
  tab: oneOf(TABS),
  operand: count,
  pair,
  element: count,
  sizes: layer,
});

/** @type {Reads<Omit<State, "program"> & { program: string | null }>} */
const state = object({
  program: (given) => (typeof given === "string" ? given : null),
  values: byKey,
  tangents: byKey,
  upstream: numbers,
  view,
  step: count,
  explicit: yes,
  looking,
  pane: text,
  writing: object({ style: (given) => styleOf(text(given)), composite: text }),
});

/**
 * Reads an object's own properties, each by the table; others it has are left alone.
 * @template {Record<string, Reads<unknown>>} Table
 * @param {Table} table
 * @returns {Reads<{ [Name in keyof Table]: ReturnType<Table[Name]> }>}
 */
function object(table) {
  return (given) => {
    const own = isObject(given) ? given : {};
    const parts = Object.entries(table).map(([name, read]) => [
      name,
      read(Object.hasOwn(own, name) ? own[name] : undefined),
    ]);
    return Object.fromEntries(parts);
  };
}

/** @param {unknown} given @returns {given is Record<string, unknown>} */
function isObject(given) {
  return typeof given === "object" && given !== null;
}

/**
 * Anything as a state. What is missing or of another type is as a program has it by itself; the
 * program may be missing too.
 * @param {unknown} given
 */
export function stateOf(given) {
  return state(given);
}

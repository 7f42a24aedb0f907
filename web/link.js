// The state of an element as the fragment of an address, and back. One table says how.

import { withFieldsLines } from "./start.js";
import { stateOf } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** A state that is being read: anything may stand in it. @typedef {{ [part: string]: any, view: Record<string, unknown>, looking: Record<string, unknown>, writing: Record<string, unknown> }} Draft */

/**
 * A part of the state: its name in the fragment, how it is written (null where it says nothing
 * new), and how it is read into one that `stateOf` reads: what cannot be is as if it were not there.
 * @typedef {object} Field
 * @property {string} name
 * @property {(state: State) => string | null} write
 * @property {(text: string, draft: Draft) => void} read
 */

/** @type {Field[]} */
const FIELDS = [
  {
    name: "program",
    write: ({ program }) => program,
    read: (text, state) => {
      state.program = withFieldsLines(text);
    },
  },
  numbers("values"),
  numbers("tangents"),
  {
    name: "upstream",
    write: ({ upstream }) => upstream && writeNumbers(upstream),
    read: (text, state) => {
      state.upstream = readNumbers(text);
    },
  },
  keys("open"),
  keys("closed"),
  keys("folded"),
  {
    name: "copies",
    write: ({ view }) => (view.copies ? "yes" : null),
    read: (text, { view }) => {
      view.copies = text === "yes";
    },
  },
  {
    name: "mode",
    write: ({ view }) => (view.mode === "reverse" ? null : view.mode),
    read: (text, { view }) => {
      view.mode = text;
    },
  },
  {
    name: "derivative",
    write: ({ view }) => (view.derivative ? "yes" : null),
    read: (text, { view }) => {
      view.derivative = text === "yes";
    },
  },
  {
    name: "step",
    write: ({ step }) => step?.toString() ?? null,
    read: (text, state) => {
      state.step = readCount(text);
    },
  },
  {
    name: "jacobian",
    write: ({ explicit }) => (explicit ? "explicit" : null),
    read: (text, state) => {
      state.explicit = text === "explicit";
    },
  },
  {
    name: "chosen",
    write: ({ looking }) => looking.chosen,
    read: (text, { looking }) => {
      looking.chosen = text;
    },
  },
  {
    name: "tab",
    write: ({ looking }) => (looking.tab === "gate" ? null : looking.tab),
    read: (text, { looking }) => {
      looking.tab = text;
    },
  },
  count("operand"),
  {
    name: "pair",
    write: ({ looking }) => looking.pair?.join(";") ?? null,
    read: (text, { looking }) => {
      looking.pair = text.split(";");
    },
  },
  count("element"),
  {
    name: "sizes",
    write: ({ looking }) => looking.sizes?.join() ?? null,
    read: (text, { looking }) => {
      looking.sizes = text.split(",").map(readCount);
    },
  },
  {
    name: "code",
    write: ({ writing }) => (writing.style === "flat" ? null : writing.style),
    read: (text, { writing }) => {
      writing.style = text;
    },
  },
  {
    name: "function",
    write: ({ writing }) => writing.composite,
    read: (text, { writing }) => {
      writing.composite = text;
    },
  },
  {
    name: "pane",
    write: ({ pane }) => pane,
    read: (text, state) => {
      state.pane = text;
    },
  },
];

/** A number of what is looked at. @param {"operand" | "element"} name @returns {Field} */
function count(name) {
  return {
    name,
    write: ({ looking }) => looking[name]?.toString() ?? null,
    read: (text, { looking }) => {
      looking[name] = readCount(text);
    },
  };
}

/** @param {string} text */
function readCount(text) {
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/** Numbers of inputs, by their keys. @param {"values" | "tangents"} name @returns {Field} */
function numbers(name) {
  return {
    name,
    write: (state) => {
      const written = Object.entries(state[name]).map(
        ([key, list]) => `${key}:${writeNumbers(list)}`,
      );
      return written.join(";") || null;
    },
    read: (text, state) => {
      state[name] = readValues(text);
    },
  };
}

/** A list of keys of the view. @param {"open" | "closed" | "folded"} name @returns {Field} */
function keys(name) {
  return {
    name,
    write: ({ view }) => view[name].join(";") || null,
    read: (text, { view }) => {
      view[name] = text.split(";");
    },
  };
}

/** A state as a fragment, without its `#`. @param {State} state @returns {string} */
export function writeLink(state) {
  const parameters = new URLSearchParams();
  for (const { name, write } of FIELDS) {
    const text = write(state);
    if (text !== null) parameters.set(name, text);
  }
  // What may stand in a fragment as it is makes a link that can be read.
  return parameters.toString().replace(/%(?:3A|3B|2C|2F|28|29|40)/g, decodeURIComponent);
}

/**
 * The state that a fragment tells of; null where it tells of no program.
 * @param {string} fragment with or without its `#`
 * @returns {State | null}
 */
export function readLink(fragment) {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  /** @type {Draft} */
  const draft = { view: {}, looking: {}, writing: {} };
  for (const { name, read } of FIELDS) {
    const text = parameters.get(name);
    if (text !== null) read(text, draft);
  }
  const state = stateOf(draft);
  return state.program === null ? null : { ...state, program: state.program };
}

/** @param {string} text @returns {Record<string, number[]>} */
function readValues(text) {
  /** @type {[string, number[]][]} */
  const read = [];
  for (const part of text.split(";")) {
    const at = part.lastIndexOf(":");
    const numbers = readNumbers(part.slice(at + 1));
    if (at > 0 && numbers) read.push([part.slice(0, at), numbers]);
  }
  // Not by assignment: a key may be one that objects have.
  return Object.fromEntries(read);
}

/** @param {number[]} numbers */
function writeNumbers(numbers) {
  return numbers.map((number) => (Object.is(number, -0) ? "-0" : String(number))).join();
}

/** Numbers with commas between, all of them or none. @param {string} text @returns {number[] | null} */
function readNumbers(text) {
  const parts = text.split(",").map((part) => part.trim());
  const numbers = parts.map(Number);
  const isRead = numbers.every((number, at) => parts[at] === "NaN" || !Number.isNaN(number));
  return isRead && !parts.includes("") ? numbers : null;
}

// What there is to say where the engine failed.

/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */

/** What failed: whether memory did not suffice. @typedef {{ isFull: boolean }} Fault */

/**
 * A panic comes as an error with its message, so `unreachable` is memory that cannot be had; a new
 * instance that cannot have its own is a RangeError.
 * @param {unknown} error
 * @returns {Fault}
 */
export function faultOf(error) {
  const { message = "" } = error instanceof Error ? error : {};
  const isTrap = error instanceof WebAssembly.RuntimeError;
  const isFull = isTrap ? /unreachable/i.test(message) : /capacity overflow|memory/i.test(message);
  return { isFull };
}

/** Of a graph that the engine cannot have. @param {Fault} fault */
export function staysOut({ isFull }) {
  return isFull
    ? "The memory of this page has no room for this graph. Its program and its values are kept: close other graphs or make the program smaller, and edit it to try again."
    : "This graph makes Backflow fail, by a fault of its own. Its program and its values are kept: edit it to go on.";
}

/** Of anything but a program. @param {Fault} fault */
export function wentWrong({ isFull }) {
  return isFull
    ? "The memory of this page has no room for what you asked for last. All values are as they were: close other graphs or make the program smaller."
    : "What you asked for last made Backflow fail, by a fault of its own. It started again with all values as they were: go on with something else.";
}

/**
 * Of a program, as of a mistake where it differs from the last good one.
 * @param {Fault} fault
 * @param {string} before
 * @param {string} program
 * @returns {Diagnostic}
 */
export function mistakeOf({ isFull }, before, program) {
  const why = isFull
    ? "the memory of this page has no room for this: make it smaller, or close other graphs."
    : "this makes Backflow fail, by a fault of its own and not of the program: take it back or write it in another way.";
  const message = `${why} The picture stays that of the last program that worked.`;
  return { message, ...changed(before, program), shapes: null };
}

/** Where a text differs from the one before, as a mistake has its place. @param {string} before @param {string} after */
function changed(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const lines = after.slice(0, start).split("\n");
  const column = (lines.at(-1) ?? "").length + 1;
  return { start, end: after.length - same, line: lines.length, column };
}

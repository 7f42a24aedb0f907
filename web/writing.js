// How the program is written as code, which can be linked.

/** @typedef {import("./backflow-wasm.js").CodeStyle} CodeStyle */

/**
 * @typedef {object} Writing
 * @property {CodeStyle} style
 * @property {string | null} composite what an autograd.Function is made of; null for the first there is
 */

/** @type {readonly CodeStyle[]} */
const STYLES = ["flat", "modular", "torch", "autograd-function", "numpy", "jax", "latex"];

/** The style of a name; the flat one where there is none. @param {string | null} [name] */
export function styleOf(name) {
  return STYLES.find((style) => style === name) ?? "flat";
}

/** A writing of which parts are known. @param {Partial<Writing> | null} [part] @returns {Writing} */
export function writingOf(part) {
  return { style: styleOf(part?.style), composite: part?.composite ?? null };
}

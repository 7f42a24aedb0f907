// A text of a wire.

import { set, svg } from "./elements.js";
import { formatExactly, formatNumber, formatTensor, nest, sizeOf } from "./format.js";

/** @typedef {import("./motion.js").Point} Point */

/** A text of a wire and what it shows. */
export class Label {
  element = svg("text");
  #text = new Text();
  #offset = 0;
  /** @type {number[]} */
  #shape = [];
  /** The last number shown; none of a tensor. */
  #shown = Number.NaN;

  /** @param {"value" | "gradient" | "tangent"} kind */
  constructor(kind) {
    this.element.setAttribute("class", kind);
    this.element.append(this.#text);
  }

  /**
   * @param {number} offset
   * @param {number[]} shape
   * @param {Point} at its baseline's middle
   * @param {string} [said] what a tensor's says
   */
  place(offset, shape, at, said = "") {
    this.#offset = offset;
    this.#shape = shape;
    set(this.element, at);
    if (shape.length > 0) this.#change(said);
    this.element.classList.toggle("shape", shape.length > 0);
  }

  /** Writes a number; the numbers of a tensor are in its grids. @param {Float64Array} values */
  write(values) {
    if (this.#shape.length > 0) return;
    const number = values[this.#offset] ?? Number.NaN;
    if (Object.is(number, this.#shown) && this.#text.data !== "") return;
    this.#shown = number;
    this.#change(formatNumber(number));
  }

  /** @param {string} text */
  #change(text) {
    if (this.#text.data !== text) this.#text.data = text;
  }

  /** The largest magnitude of its numbers. @param {Float64Array} values */
  largest(values) {
    let largest = 0;
    for (let i = this.#offset + sizeOf(this.#shape) - 1; i >= this.#offset; i--) {
      const size = Math.abs(values[i] ?? 0);
      if (!(size <= largest)) largest = size;
    }
    return largest;
  }

  /** Every digit. @param {Float64Array} values @returns {string} */
  exactly(values) {
    return formatTensor(nest(values, this.#offset, this.#shape), formatExactly);
  }

  /** Every digit, as a program writes it. @param {Float64Array} values @returns {string} */
  plainly(values) {
    return formatTensor(nest(values, this.#offset, this.#shape), String);
  }
}

// A tensor as a grid of numbers under its title, as squares where it is large. Axes before the last
// stand below each other.

import { html } from "./elements.js";
import { formatNumber, formatShape, sizeOf } from "./format.js";
import { writeText } from "./line.js";
import { Sheet } from "./sheet.js";
import { Squares } from "./squares.js";

/** @typedef {import("./sheet.js").Cell} Cell */

/** Up to so many rows and columns numbers are written. */
const WRITTEN = 8;

/**
 * @typedef {object} Drawn
 * @property {string} title
 * @property {string} name what it is, to be spoken
 * @property {number[]} shape
 * @property {number[] | null} numbers null where they are not computed yet
 * @property {"local" | "gradient"} kind
 * @property {boolean[]} [zeros] for each whether it is zero whatever the numbers are
 * @property {(at: number) => boolean} [isBlank] whether one is not shown yet
 * @property {(at: number) => boolean} [isLit] whether one stands out
 * @property {number | null} [at] the one that is looked at
 */

export class Cells {
  #title = html("p", "caption");
  #sheet;
  #squares;
  #frame = html("div", "frame");
  #columns = 1;
  element = html("div", "cells", this.#title, this.#frame);

  /** @param {(at: number) => void} [onPick] an element was chosen @param {(at: number | null) => void} [onPoint] */
  constructor(onPick, onPoint) {
    const at = (/** @type {{ row: number, column: number }} */ { row, column }) =>
      row * this.#columns + column;
    /** @type {import("./sheet.js").Does} */
    const does = {
      onPoint: (place) => {
        const { row = null, column = null } = place ?? {};
        onPoint?.(row === null || column === null ? null : at({ row, column }));
      },
    };
    if (onPick) does.onPick = (place) => onPick(at(place));
    this.#sheet = new Sheet(does);
    this.#squares = new Squares(does);
    this.element.classList.toggle("pickable", onPick !== undefined);
  }

  /** @param {Drawn} drawn */
  show(drawn) {
    const { title, name, shape, at = null } = drawn;
    const columns = Math.max(1, shape.at(-1) ?? 1);
    const rows = Math.max(1, sizeOf(shape) / columns);
    this.#columns = columns;
    writeText(this.#title, `${title} ${shape.length > 0 ? formatShape(shape) : ""}`.trim());
    const isWritten = rows <= WRITTEN && columns <= WRITTEN;
    const shown = isWritten ? this.#sheet : this.#squares;
    if (shown.element.parentElement !== this.#frame) this.#frame.replaceChildren(shown.element);
    if (isWritten) this.#sheet.show(name, cellsOf(drawn, rows, columns));
    else this.#squares.show(squaresOf(drawn, rows, columns));
    if (at === null) {
      this.#squares.light(null);
      return;
    }
    const [row, column] = [Math.floor(at / columns), at % columns];
    shown.stopAt(row, column);
    if (!isWritten) this.#squares.light({ row, column });
  }

  /** The element of a number that is written. @param {number} at */
  at(at) {
    return this.#sheet.element.isConnected
      ? this.#sheet.at(Math.floor(at / this.#columns), at % this.#columns)
      : undefined;
  }
}

/** @param {Drawn} drawn @param {number} rows @param {number} columns @returns {Cell[][]} */
function cellsOf({ shape, numbers, kind, zeros, isBlank, isLit, at }, rows, columns) {
  const sheet = shape.at(-2) ?? 1;
  return Array.from({ length: rows }, (_, row) => {
    const begins = shape.length > 2 && row > 0 && row % sheet === 0;
    return Array.from({ length: columns }, (_, column) => {
      const index = row * columns + column;
      const number = isBlank?.(index) ? undefined : numbers?.[index];
      const isZero = zeros?.[index] ?? false;
      /** @type {string[]} */
      const kinds = [kind];
      if (begins) kinds.push("begins");
      if (isZero) kinds.push("zero");
      if (isLit?.(index)) kinds.push("strong");
      if (index === at) kinds.push("at");
      const text = number === undefined ? "" : isZero ? "·" : formatNumber(number);
      const spoken = isZero && number !== undefined ? "always 0" : text ? "" : "blank";
      return { text, kind: kinds.join(" "), spoken, at: { row, column } };
    });
  });
}

/** @param {Drawn} drawn @param {number} rows @param {number} columns */
function squaresOf({ name, numbers, kind, zeros, isBlank, isLit }, rows, columns) {
  const entries = numbers ?? [];
  const lit = isLit ? Array.from(entries, (_, at) => at).filter(isLit) : [];
  return {
    name: `${name}: ${rows} × ${columns}`,
    rows,
    columns,
    entries,
    zeros: zeros ?? [],
    isGradient: kind === "gradient",
    isBlank: (/** @type {number} */ at) => numbers === null || (isBlank?.(at) ?? false),
    lit,
  };
}

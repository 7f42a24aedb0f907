// A tensor as a grid of numbers under its title, as squares where it is large, and where it is very
// large what is near to the element that is looked at. Axes before the last stand below each other.

import { html } from "./elements.js";
import { formatNumber, formatShape, sizeOf } from "./format.js";
import { writeText } from "./line.js";
import { placeOf } from "./looking.js";
import { Sheet } from "./sheet.js";
import { Squares } from "./squares.js";

/** @typedef {import("./sheet.js").Cell} Cell */

/** Up to so many rows and columns numbers are written. */
const WRITTEN = 8;

/** Up to so many are drawn. */
const DRAWN = 64;

/** A part of a tensor's rows and columns. @typedef {{ row: number, column: number, rows: number, columns: number }} Part */

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
  /** @type {Part} */
  #part = { row: 0, column: 0, rows: 1, columns: 1 };
  element = html("div", "cells", this.#title, this.#frame);

  /** @type {Drawn | null} */
  #drawn = null;
  /** The square that is pointed at. @type {number | null} */
  #pointed = null;

  /** @param {(at: number) => void} [onPick] an element was chosen */
  constructor(onPick) {
    const at = (/** @type {{ row: number, column: number }} */ { row, column }) =>
      (this.#part.row + row) * this.#columns + this.#part.column + column;
    /** @type {import("./sheet.js").Does} */
    const does = {
      onPoint: (place) => {
        const { row = null, column = null } = place ?? {};
        const isAt = row !== null && column !== null && this.#squares.element.isConnected;
        this.#pointed = isAt ? at({ row, column }) : null;
        if (isAt) this.#squares.light({ row, column });
        else this.#mark();
        this.#entitle();
      },
    };
    if (onPick) does.onPick = (place) => onPick(at(place));
    this.#sheet = new Sheet(does);
    this.#squares = new Squares(does);
    this.element.classList.toggle("pickable", onPick !== undefined);
  }

  /** @param {Drawn} drawn */
  show(drawn) {
    const { name, shape } = drawn;
    const columns = Math.max(1, shape.at(-1) ?? 1);
    const rows = Math.max(1, sizeOf(shape) / columns);
    this.#drawn = drawn;
    this.#columns = columns;
    const part = partOf(drawn, rows, columns);
    this.#part = part;
    this.#entitle();
    const isWritten = rows <= WRITTEN && columns <= WRITTEN;
    const shown = isWritten ? this.#sheet : this.#squares;
    if (shown.element.parentElement !== this.#frame) this.#frame.replaceChildren(shown.element);
    if (isWritten) this.#sheet.show(name, cellsOf(drawn, rows, columns));
    else this.#squares.show(squaresOf(drawn, part, columns));
    if (this.#pointed === null) this.#mark();
  }

  /** Marks the element that is looked at, where keys begin too. */
  #mark() {
    const at = this.#drawn?.at ?? null;
    if (at === null) {
      this.#squares.light(null);
      return;
    }
    const row = Math.floor(at / this.#columns) - this.#part.row;
    const column = (at % this.#columns) - this.#part.column;
    this.#sheet.stopAt(row, column);
    this.#squares.stopAt(row, column);
    this.#squares.light({ row, column });
  }

  /** Writes the title: the shape, what is drawn of it, and the number that is pointed at. */
  #entitle() {
    if (!this.#drawn) return;
    const { title, shape, numbers, isBlank } = this.#drawn;
    const words = [title, shape.length > 0 ? formatShape(shape) : ""];
    words.push(told(this.#part, Math.max(1, sizeOf(shape) / this.#columns), this.#columns));
    const at = this.#pointed;
    if (at !== null) {
      const number = isBlank?.(at) ? undefined : numbers?.[at];
      words.push(
        `· [${placeOf(shape, at).join(", ")}] ${number === undefined ? "blank" : `= ${formatNumber(number)}`}`,
      );
    }
    writeText(this.#title, words.filter(Boolean).join(" "));
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

/** @param {Drawn} drawn @param {Part} part @param {number} width of a row of the tensor */
function squaresOf({ name, numbers, kind, zeros, isBlank, isLit }, part, width) {
  const { rows, columns } = part;
  const places = Array.from({ length: rows * columns }, (_, at) => {
    const row = part.row + Math.floor(at / columns);
    return row * width + part.column + (at % columns);
  });
  const of = (/** @type {number} */ at) => places[at] ?? 0;
  return {
    name: `${name}: ${rows} × ${columns}`,
    rows,
    columns,
    entries: places.map((at) => numbers?.[at] ?? 0),
    zeros: places.map((at) => zeros?.[at] ?? false),
    isGradient: kind === "gradient",
    isBlank: (/** @type {number} */ at) => numbers === null || (isBlank?.(of(at)) ?? false),
    lit: isLit ? places.flatMap((place, at) => (isLit(place) ? [at] : [])) : [],
  };
}

/**
 * What is drawn of a tensor: all, or what is around the element that is looked at or the first that stands out.
 * @param {Drawn} drawn
 * @param {number} rows
 * @param {number} columns
 * @returns {Part}
 */
function partOf({ at = null, isLit }, rows, columns) {
  let middle = at ?? 0;
  if (at === null && isLit) while (middle < rows * columns && !isLit(middle)) middle += 1;
  const from = (/** @type {number} */ place, /** @type {number} */ length) =>
    Math.max(0, Math.min(place - DRAWN / 2, length - DRAWN));
  return {
    row: from(Math.floor(middle / columns), rows),
    column: from(middle % columns, columns),
    rows: Math.min(rows, DRAWN),
    columns: Math.min(columns, DRAWN),
  };
}

/** Which rows and columns are drawn where not all are. @param {Part} part @param {number} rows @param {number} columns */
function told(part, rows, columns) {
  const parts = [];
  const last = (/** @type {number} */ from, /** @type {number} */ count) => from + count - 1;
  if (part.rows < rows) parts.push(`rows ${part.row} to ${last(part.row, part.rows)}`);
  if (part.columns < columns) {
    parts.push(`columns ${part.column} to ${last(part.column, part.columns)}`);
  }
  return parts.length > 0 ? `· ${parts.join(", ")}` : "";
}

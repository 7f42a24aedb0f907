// A Jacobian drawn: a row for each element of the result with its upstream gradient before it, a
// column for each element of the operand with its downstream gradient under it.

import { html } from "./elements.js";
import { formatNumber } from "./format.js";
import { writeText } from "./line.js";
import { Sheet } from "./sheet.js";
import { Squares } from "./squares.js";

/** @typedef {import("./backflow-wasm.js").Lens} Lens */
/** @typedef {import("./sheet.js").Cell} Cell */
/** @typedef {import("./sheet.js").Place} Place */

/** Up to so many rows and columns entries are written as numbers. */
const WRITTEN = 12;

/** Up to so many products of a sum are written. */
const PRODUCTS = 8;

/** Column names stand upright where there are more of them, or one is longer. */
const LYING = { columns: 4, letters: 4 };

export class Matrix {
  #sheet;
  #squares;
  #frame = html("div", "frame");
  #readout = html("p", "readout");
  /** @type {Lens | null} */
  #lens = null;
  /** @type {Place | null} */
  #at = null;
  #isWritten = true;
  element = html("div", "matrix", this.#frame, this.#readout);

  constructor() {
    const does = { onPoint: (/** @type {Place | null} */ at) => this.#point(at) };
    this.#sheet = new Sheet(does);
    this.#squares = new Squares(does);
    this.#readout.ariaLive = "polite";
  }

  /** Shows a Jacobian whose entries are known, else nothing. @param {Lens | null} lens */
  show(lens) {
    this.#lens = lens;
    this.element.hidden = !lens?.entries;
    if (!lens?.entries) return;
    const isWritten = lens.rows <= WRITTEN && lens.columns <= WRITTEN;
    this.#isWritten = isWritten;
    const drawn = isWritten ? this.#sheet : this.#squares;
    if (drawn.element.parentElement !== this.#frame) this.#frame.replaceChildren(drawn.element);
    if (isWritten) this.#sheet.show(captionOf(lens), cellsOf(lens));
    else this.#squares.show(squaresOf(lens));
    const { columns, letters } = LYING;
    const isUpright =
      lens.columns > columns || lens.columnNames.some((name) => [...name].length > letters);
    this.#sheet.element.classList.toggle("upright", isUpright);
    this.#tell();
  }

  /** @param {Place | null} at */
  #point(at) {
    this.#at = at;
    this.#sheet.light(at);
    this.#squares.light(at);
    this.#tell();
  }

  #tell() {
    const lens = this.#lens;
    writeText(this.#readout, lens ? told(lens, this.#at) || key(lens, this.#isWritten) : "");
  }
}

/** @param {Lens} lens */
function captionOf({ text, rows, columns, structure }) {
  return `${text}: ${rows} × ${columns}, ${structure}`;
}

/** @param {Lens} lens @returns {Cell[][]} */
function cellsOf({ rowNames, columnNames, entries, zeros, upstream, explicit, columns }) {
  const names = columnNames.map((text, column) => ({
    text,
    kind: "name",
    head: /** @type {const} */ ("col"),
    at: { row: null, column },
  }));
  const corner = [
    { text: "upstream", kind: "flank", head: /** @type {const} */ ("col") },
    { text: "", kind: "" },
  ];
  const rows = rowNames.map((name, row) => [
    { text: written(upstream?.[row]), kind: "gradient flank", at: { row, column: null } },
    { text: name, kind: "name", head: /** @type {const} */ ("row"), at: { row, column: null } },
    ...columnNames.map((_, column) => {
      const at = row * columns + column;
      return entry(entries?.[at], zeros?.[at] ?? false, { row, column });
    }),
  ]);
  const sums = columnNames.map((_, column) => ({
    text: written(explicit?.[column]),
    kind: "gradient",
    at: { row: null, column },
  }));
  const foot = [
    { text: "downstream", kind: "flank", head: /** @type {const} */ ("row"), span: 2 },
    ...sums,
  ];
  return [[...corner, ...names], ...rows, foot];
}

/** @param {number | undefined} number @param {boolean} isZero @param {Place} at @returns {Cell} */
function entry(number, isZero, at) {
  if (isZero) return { text: "·", kind: "local zero", spoken: "always 0", at };
  return { text: written(number), kind: "local", at };
}

/** @param {Lens} lens */
function squaresOf(lens) {
  const { rows, columns, entries, zeros, upstream, explicit } = lens;
  return {
    name: captionOf(lens),
    rows,
    columns,
    entries: entries ?? [],
    zeros: zeros ?? [],
    left: upstream,
    below: explicit,
  };
}

/** What is not computed yet is blank. @param {number | undefined} number */
function written(number) {
  return number === undefined ? "" : formatNumber(number);
}

/** What the signs mean. @param {Lens} lens @param {boolean} isWritten */
function key({ zeros }, isWritten) {
  const empty = zeros?.includes(true);
  if (isWritten) return empty ? "· is 0 whatever the numbers are." : "";
  const words = "The larger the square, the larger the number; hollow where negative";
  return empty ? `${words}, empty where 0 whatever the numbers are.` : `${words}.`;
}

/** What there is at a place, and the sum of its column. @param {Lens} lens @param {Place | null} at */
function told(lens, at) {
  const { row = null, column = null } = at ?? {};
  const { rowNames, columnNames, entries, zeros, columns, upstream } = lens;
  const parts = [];
  if (row !== null && column !== null) {
    const place = row * columns + column;
    const name = `∂${rowNames[row] ?? ""}/∂${columnNames[column] ?? ""}`;
    const number = written(entries?.[place]);
    parts.push(`${name} = ${number}${zeros?.[place] ? ", whatever the numbers are" : ""}`);
  } else if (row !== null && upstream) {
    parts.push(`upstream of ${rowNames[row] ?? ""}: ${written(upstream[row])}`);
  }
  if (column !== null) parts.push(sumOf(lens, column));
  return parts.filter(Boolean).join(" · ");
}

/** Downstream of a column: upstream times entry, over the rows. @param {Lens} lens @param {number} column */
function sumOf({ rows, columns, entries, zeros, upstream, explicit, columnNames }, column) {
  const sum = explicit?.[column];
  if (!upstream || !entries || sum === undefined) return "";
  const products = [];
  for (let row = 0; row < rows; row += 1) {
    const place = row * columns + column;
    if (zeros?.[place]) continue;
    products.push(`${bracketed(upstream[row])}·${bracketed(entries[place])}`);
  }
  const shown = products.slice(0, PRODUCTS);
  if (shown.length < products.length) shown.push("…");
  const terms = shown.length > 0 ? `${shown.join(" + ")} = ` : "";
  return `downstream of ${columnNames[column] ?? ""}: ${terms}${written(sum)}`;
}

/** @param {number | undefined} number */
function bracketed(number) {
  const text = written(number);
  return text.startsWith("−") ? `(${text})` : text;
}

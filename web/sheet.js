// A table of cells that is one stop of Tab: arrow keys go from number to number.

import { html } from "./elements.js";

/** A place in a sheet; null for all of a row or of a column. @typedef {{ row: number | null, column: number | null }} Place */

/**
 * A cell. What has both a row and a column can have the focus.
 * @typedef {object} Cell
 * @property {string} text
 * @property {string} kind its classes
 * @property {string} [spoken] its name, where the text is not enough
 * @property {"row" | "col"} [head] what it names
 * @property {number} [span] over how many columns it goes
 * @property {Place} [at]
 */

/**
 * @typedef {object} Does
 * @property {(at: Place | null) => void} [onPoint] the pointer or the focus is at a cell, or left
 * @property {(at: { row: number, column: number }) => void} [onPick] a number was chosen
 */

/** Where keys lead, in rows and columns. @type {Record<string, [number, number]>} */
const WAYS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/** How a cell was written last. @typedef {{ element: HTMLTableCellElement, text: string, kind: string, spoken: string, at: Place | undefined }} Written */

export class Sheet {
  #does;
  #caption = html("caption", "spoken");
  #body = html("tbody");
  /** @type {Written[]} */
  #cells = [];
  #form = "";
  /** The place that Tab comes to. */
  #stop = { row: 0, column: 0 };
  element = html("table", "ruled", this.#caption, this.#body);

  /** @param {Does} [does] */
  constructor(does = {}) {
    this.#does = does;
    this.element.setAttribute("role", "grid");
    this.element.ariaReadOnly = "true";
    const point = (/** @type {Event} */ { target }) => does.onPoint?.(this.#placeOf(target));
    this.element.addEventListener("pointerover", point);
    this.element.addEventListener("focusin", point);
    for (const event of ["pointerleave", "focusout"]) {
      this.element.addEventListener(event, () => does.onPoint?.(null));
    }
    this.element.addEventListener("click", ({ target }) => {
      const { row = null, column = null } = this.#placeOf(target) ?? {};
      if (row === null || column === null) return;
      this.#focus(row, column);
      does.onPick?.({ row, column });
    });
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {string} caption @param {Cell[][]} rows */
  show(caption, rows) {
    if (this.#caption.textContent !== caption) this.#caption.textContent = caption;
    const form = rows.map((row) => row.map(({ head, at }) => `${head} ${at?.row} ${at?.column}`));
    const wanted = JSON.stringify(form);
    if (this.#form !== wanted) this.#build(rows);
    this.#form = wanted;
    for (const [at, cell] of rows.flat().entries()) {
      const record = this.#cells[at];
      if (record) write(record, cell);
    }
  }

  /** Lights rows and columns. @param {Place | null} at */
  light(at) {
    for (const { element, at: place } of this.#cells) {
      const { row = null, column = null } = place ?? {};
      const inRow = row !== null && row === at?.row;
      const inColumn = column !== null && column === at?.column;
      element.classList.toggle("lit", inRow || inColumn);
      element.classList.toggle("met", inRow && inColumn);
    }
  }

  /** The element of a number. @param {number} row @param {number} column */
  at(row, column) {
    return this.#cells.find(({ at }) => at?.row === row && at.column === column)?.element;
  }

  /** Lets Tab come to a number. @param {number} row @param {number} column */
  stopAt(row, column) {
    const next = this.at(row, column);
    if (!next) return;
    const before = this.at(this.#stop.row, this.#stop.column);
    if (before && before !== next) before.tabIndex = -1;
    next.tabIndex = 0;
    this.#stop = { row, column };
  }

  /** @param {Cell[][]} rows */
  #build(rows) {
    this.#cells = [];
    const built = rows.map((row) => {
      const cells = row.map((cell) => {
        const element = html(cell.head ? "th" : "td");
        if (cell.head) element.scope = cell.head;
        if (cell.span) element.colSpan = cell.span;
        if (isNumber(cell)) element.tabIndex = -1;
        this.#cells.push({ element, text: "", kind: "", spoken: "", at: cell.at });
        return element;
      });
      return html("tr", "", ...cells);
    });
    this.#body.replaceChildren(...built);
    const { row, column } = this.#stop;
    if (this.at(row, column)) this.stopAt(row, column);
    else this.stopAt(0, 0);
  }

  /** @param {EventTarget | null} target @returns {Place | null} */
  #placeOf(target) {
    const element = target instanceof Element ? target.closest("td, th") : null;
    return this.#cells.find((cell) => cell.element === element)?.at ?? null;
  }

  /** @param {number} row @param {number} column */
  #focus(row, column) {
    this.stopAt(row, column);
    this.at(row, column)?.focus({ preventScroll: false });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { row = null, column = null } = this.#placeOf(event.target) ?? {};
    if (row === null || column === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way) {
      const [rows, columns] = this.#size();
      const next = [within(row + way[0], rows), within(column + way[1], columns)];
      this.#focus(next[0] ?? 0, next[1] ?? 0);
    } else if (this.#does.onPick && (event.key === "Enter" || event.key === " ")) {
      this.#does.onPick({ row, column });
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #size() {
    const size = [0, 0];
    for (const { at } of this.#cells) {
      size[0] = Math.max(size[0] ?? 0, (at?.row ?? -1) + 1);
      size[1] = Math.max(size[1] ?? 0, (at?.column ?? -1) + 1);
    }
    return size;
  }
}

/** @param {Cell} cell */
function isNumber({ at }) {
  return typeof at?.row === "number" && typeof at.column === "number";
}

/** @param {number} at @param {number | undefined} length */
function within(at, length = 1) {
  return Math.min(Math.max(at, 0), length - 1);
}

/** What stands there already is not written again. @param {Written} record @param {Cell} cell */
function write(record, { text, kind, spoken = "" }) {
  const { element } = record;
  if (record.text !== text) element.textContent = text;
  if (record.kind !== kind) {
    for (const name of record.kind.split(" ").filter(Boolean)) element.classList.remove(name);
    for (const name of kind.split(" ").filter(Boolean)) element.classList.add(name);
  }
  if (record.spoken !== spoken) {
    if (spoken) element.ariaLabel = spoken;
    else element.removeAttribute("aria-label");
  }
  Object.assign(record, { text, kind, spoken });
}

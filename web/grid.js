// The numbers of a tensor as a grid of cells. Of a large one only the cells in sight are there.

import { html } from "./elements.js";
import { formatExactly, formatNumber, sizeOf } from "./format.js";

/** A row and a column, from 0. @typedef {{ row: number, column: number }} Cell */

/** From a first to a last row and column, both within. @typedef {{ top: number, bottom: number, left: number, right: number }} Range */

/**
 * What a grid shows: where its numbers lie, and what they are called.
 * @typedef {object} Shown
 * @property {string} name
 * @property {"value" | "gradient"} kind
 * @property {number} offset
 * @property {number[]} shape
 * @property {number} step by how much a number changes in a step
 */

/** So many rows and columns, and so many elements of a vector, are shown without headers. */
const SMALL = 8;
const SHORT = 10;

/** So many of a larger one are in sight at once, at most, and one more in part. */
const ROWS = 12;
const COLUMNS = 8;

/** Up to so many columns there is room for wider cells. */
const FEW = 3;

/** A number in its place. */
class DrawnCell {
  #text = document.createTextNode("");
  #value = Number.NaN;
  #mark = "";
  index = -1;
  element = html("div", "cell", this.#text);

  constructor() {
    this.element.setAttribute("role", "gridcell");
  }

  /** @param {number} value */
  write(value) {
    if (Object.is(value, this.#value) && this.#text.data) return;
    this.#value = value;
    this.#text.data = formatNumber(value);
  }

  /** @param {boolean} isChosen @param {boolean} isActive */
  mark(isChosen, isActive) {
    const mark = `cell${isChosen ? " chosen" : ""}${isActive ? " active" : ""}`;
    if (mark === this.#mark) return;
    this.#mark = mark;
    this.element.className = mark;
    this.element.setAttribute("aria-selected", String(isChosen));
  }

  /** All digits, for who points at it. */
  explain() {
    this.element.title = formatExactly(this.#value);
  }
}

/** Makes an id for the cells of each grid. */
let grids = 0;

export class Grid {
  #id = `grid${grids++}`;
  #across = html("div", "across");
  #down = html("div", "down");
  #numbers = html("div", "numbers");
  /** The grid itself, which takes the keys. */
  keys = html("div", "canvas", html("div", "corner"), this.#across, this.#down, this.#numbers);
  /** @type {{ element: HTMLElement, cells: DrawnCell[] }[]} */
  #drawn = [];
  #values;
  #made = "";
  /** The first row and column that are drawn. @type {Cell} */
  #first = { row: 0, column: 0 };
  /** Where the sheet starts that is shown, of a tensor of three axes or more. */
  #sheet = 0;
  /** @type {Shown} */
  shown = { name: "", kind: "value", offset: 0, shape: [0], step: 1 };
  rows = 0;
  columns = 0;
  /** Where the keys are, and the other end of what is chosen. @type {Cell} */
  active = { row: 0, column: 0 };
  /** @type {Cell} */
  anchor = { row: 0, column: 0 };
  /** What it scrolls in. */
  element = html("div", "sheet", this.keys);

  /** @param {() => Float64Array} values all values, as they are now */
  constructor(values) {
    this.#values = values;
    this.keys.setAttribute("role", "grid");
    this.keys.ariaMultiSelectable = "true";
    this.keys.tabIndex = 0;
    this.#numbers.setAttribute("role", "presentation");
    for (const heads of [this.#across, this.#down]) heads.setAttribute("aria-hidden", "true");
    this.element.addEventListener("scroll", () => this.#follow(), { passive: true });
    this.element.addEventListener("pointerover", ({ target }) => this.#drawnOf(target)?.explain());
  }

  /** @param {Shown} shown */
  place(shown) {
    const { name, shape } = shown;
    this.shown = shown;
    this.keys.ariaLabel = `${name}, ${shape.join(" by ")}`;
    const made = JSON.stringify(shape);
    if (made !== this.#made) this.#make(shape);
    this.#made = made;
    this.element.classList.toggle("gradient", shown.kind === "gradient");
    this.write();
  }

  /** @param {number[]} shape */
  #make(shape) {
    this.columns = shape.at(-1) ?? 1;
    this.rows = shape.length > 1 ? (shape.at(-2) ?? 1) : 1;
    this.#sheet = 0;
    this.keys.ariaRowCount = String(this.rows);
    this.keys.ariaColCount = String(this.columns);
    const isSmall = shape.length === 1 ? this.columns <= SHORT : this.columns <= SMALL;
    const isWhole = isSmall && this.rows <= SMALL;
    this.element.classList.toggle("large", !isWhole);
    this.element.classList.toggle("few", this.columns <= FEW);
    this.keys.style.setProperty("--rows", String(this.rows));
    this.keys.style.setProperty("--columns", String(this.columns));
    this.#draw(
      Math.min(this.rows, isWhole ? SMALL : ROWS + 1),
      Math.min(this.columns, isWhole ? SHORT : COLUMNS + 1),
    );
    this.active = this.#within(this.active);
    this.anchor = this.#within(this.anchor);
    this.#frame(this.#first);
  }

  /** Makes so many cells, which stand for other elements as the grid scrolls. @param {number} rows @param {number} columns */
  #draw(rows, columns) {
    this.#drawn = Array.from({ length: rows }, () => {
      const cells = Array.from({ length: columns }, () => new DrawnCell());
      const element = html("div", "row", ...cells.map((cell) => cell.element));
      element.setAttribute("role", "row");
      return { element, cells };
    });
    this.#numbers.replaceChildren(...this.#drawn.map(({ element }) => element));
    this.#across.replaceChildren(...Array.from({ length: columns }, () => html("span")));
    this.#down.replaceChildren(...Array.from({ length: rows }, () => html("span")));
  }

  /** Puts the cells that are drawn where they are in sight. @param {Cell} first */
  #frame(first) {
    const [{ cells } = { cells: [] }] = this.#drawn;
    const top = Math.max(0, Math.min(first.row, this.rows - this.#drawn.length));
    const left = Math.max(0, Math.min(first.column, this.columns - cells.length));
    this.#first = { row: top, column: left };
    this.#drawn.forEach(({ element, cells }, i) => {
      const row = top + i;
      element.style.setProperty("--row", String(row));
      element.ariaRowIndex = String(row + 1);
      cells.forEach((cell, j) => {
        const column = left + j;
        cell.index = row * this.columns + column;
        cell.element.id = this.#idOf({ row, column });
        cell.element.style.setProperty("--column", String(column));
        cell.element.ariaColIndex = String(column + 1);
      });
    });
    headed(this.#across, left, "--column");
    headed(this.#down, top, "--row");
    this.write();
    this.mark();
  }

  /** @param {Cell} cell */
  #idOf({ row, column }) {
    return `${this.#id}-${row}-${column}`;
  }

  /** Draws what scrolled into sight. */
  #follow() {
    const { clientWidth, clientHeight } = this.#numbers;
    if (clientWidth === 0) return;
    const { scrollTop, scrollLeft } = this.element;
    const row = Math.floor((scrollTop / clientHeight) * this.rows);
    const column = Math.floor((scrollLeft / clientWidth) * this.columns);
    if (row !== this.#first.row || column !== this.#first.column) this.#frame({ row, column });
  }

  /** Writes the numbers that changed. */
  write() {
    const values = this.#values();
    const start = this.shown.offset + this.#sheet;
    for (const { cells } of this.#drawn) {
      for (const cell of cells) cell.write(values[start + cell.index] ?? Number.NaN);
    }
  }

  /** Shows what is chosen. */
  mark() {
    const { top, bottom, left, right } = this.range;
    const { row: activeRow, column: activeColumn } = this.active;
    this.#drawn.forEach(({ cells }, i) => {
      const row = this.#first.row + i;
      cells.forEach((cell, j) => {
        const column = this.#first.column + j;
        const isChosen = row >= top && row <= bottom && column >= left && column <= right;
        cell.mark(isChosen, row === activeRow && column === activeColumn);
      });
    });
    this.keys.setAttribute("aria-activedescendant", this.#idOf(this.active));
  }

  /** Chooses a cell, or all from the anchor to it, and brings it into sight. @param {Cell} cell @param {boolean} [extends_] */
  choose(cell, extends_ = false) {
    this.active = this.#within(cell);
    if (!extends_) this.anchor = this.active;
    this.#reveal(this.active);
    this.mark();
  }

  /** @param {Cell} cell */
  #within({ row, column }) {
    return {
      row: Math.max(0, Math.min(row, this.rows - 1)),
      column: Math.max(0, Math.min(column, this.columns - 1)),
    };
  }

  /** Scrolls within the grid, as far as it must. @param {Cell} cell */
  #reveal({ row, column }) {
    const grid = this.element;
    const { clientWidth, clientHeight, offsetLeft, offsetTop } = this.#numbers;
    const [width, height] = [clientWidth / this.columns, clientHeight / this.rows];
    const [x, y] = [column * width, row * height];
    const [across, down] = [grid.clientWidth - offsetLeft, grid.clientHeight - offsetTop];
    if (x < grid.scrollLeft) grid.scrollLeft = x;
    else if (x + width > grid.scrollLeft + across) grid.scrollLeft = x + width - across;
    if (y < grid.scrollTop) grid.scrollTop = y;
    else if (y + height > grid.scrollTop + down) grid.scrollTop = y + height - down;
    this.#follow();
  }

  /** What is chosen. @returns {Range} */
  get range() {
    const { active, anchor } = this;
    return {
      top: Math.min(active.row, anchor.row),
      bottom: Math.max(active.row, anchor.row),
      left: Math.min(active.column, anchor.column),
      right: Math.max(active.column, anchor.column),
    };
  }

  /** Shows another sheet: an index for each axis before the last two. @param {number[]} indices */
  turn(indices) {
    const { shape } = this.shown;
    const sheet = indices.reduce((sum, index, axis) => sum * (shape[axis] ?? 1) + index, 0);
    this.#sheet = sheet * this.rows * this.columns;
    this.write();
  }

  /** Where the number of a cell lies. @param {Cell} cell */
  offsetOf({ row, column }) {
    return this.shown.offset + this.#sheet + row * this.columns + column;
  }

  /** @param {Cell} cell */
  valueOf(cell) {
    return this.numberAt(this.offsetOf(cell));
  }

  /** The number at an offset, as it is now. @param {number} offset */
  numberAt(offset) {
    return this.#values()[offset] ?? Number.NaN;
  }

  /** A cell as Python writes it: `W[1, 0]`. @param {Cell} cell */
  nameOf(cell) {
    const { name, shape, offset } = this.shown;
    const indices = [];
    let rest = this.offsetOf(cell) - offset;
    for (const length of [...shape].reverse()) {
      indices.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return `${name}[${indices.join(", ")}]`;
  }

  /** All numbers of the tensor, as they are now: a copy. */
  numbers() {
    const { offset, shape } = this.shown;
    return this.#values().slice(offset, offset + sizeOf(shape));
  }

  /** The element of a cell, if it is in sight. @param {Cell} cell */
  elementOf({ row, column }) {
    const cell = this.#drawn[row - this.#first.row]?.cells[column - this.#first.column];
    return cell?.element;
  }

  /** The cell that an event is about. @param {EventTarget | null} target @returns {Cell | null} */
  cellOf(target) {
    const index = this.#drawnOf(target)?.index ?? -1;
    if (index < 0) return null;
    return { row: Math.floor(index / this.columns), column: index % this.columns };
  }

  /** @param {EventTarget | null} target */
  #drawnOf(target) {
    for (const { cells } of this.#drawn) {
      const cell = cells.find(({ element }) => element === target);
      if (cell) return cell;
    }
    return undefined;
  }
}

/** Numbers the headers. @param {HTMLElement} heads @param {number} first @param {string} place */
function headed(heads, first, place) {
  [...heads.children].forEach((head, i) => {
    head.textContent = String(first + i);
    if (head instanceof HTMLElement) head.style.setProperty(place, String(first + i));
  });
}

// Many numbers as squares: the larger a number the larger its square, filled where it is
// positive and hollow where it is negative.

import { html, svg } from "./elements.js";

/** @typedef {import("./sheet.js").Place} Place */
/** @typedef {import("./sheet.js").Does} Does */

/**
 * Numbers, row by row. Zeros that are zero whatever the numbers are leave their place empty.
 * @typedef {object} Numbers
 * @property {string} name
 * @property {number} rows
 * @property {number} columns
 * @property {ArrayLike<number>} entries
 * @property {boolean[]} [zeros]
 * @property {ArrayLike<number> | null} [left] numbers before each row
 * @property {ArrayLike<number> | null} [below] numbers under each column
 * @property {boolean} [isGradient]
 * @property {(at: number) => boolean} [isBlank] whether an entry is left out
 * @property {number[]} [lit] entries that stand out
 */

/** A cell is so wide: whole numbers make short paths. */
const CELL = 100;

/** The side of the square of the largest number. */
const LARGEST = 92;

/** The smallest that can be seen, and that of a zero that was computed. */
const [SMALLEST, ZERO] = [22, 14];

/** How wide the rim of a hollow square is, of its side. */
const RIM = 0.22;

/** The gap between the numbers and those beside them, in cells. */
const GAP = 0.5;

/** Each square from its upper left corner on, by its side; hollow ones by its negative. @type {Map<number, string>} */
const SHAPES = new Map();

/** How many cells a page goes. */
const FAR = 10;

/** Where keys lead, in rows and columns. @type {Record<string, [number, number]>} */
const WAYS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-FAR, 0],
  PageDown: [FAR, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

export class Squares {
  #does;
  #paper = svg("rect", "paper");
  #rowBand = svg("rect", "band");
  #columnBand = svg("rect", "band");
  #lit = svg("path", "band");
  #local = svg("path", "local");
  #beside = svg("path", "gradient");
  #cursor = svg("rect", "cursor");
  #drawing = svg(
    "svg",
    "",
    this.#paper,
    this.#rowBand,
    this.#columnBand,
    this.#lit,
    this.#local,
    this.#beside,
    this.#cursor,
  );
  #size = { rows: 0, columns: 0, left: 0 };
  #at = { row: 0, column: 0 };
  element = html("div", "squares", this.#drawing);

  /** @param {Does} [does] */
  constructor(does = {}) {
    this.#does = does;
    const drawing = this.#drawing;
    drawing.setAttribute("role", "application");
    drawing.setAttribute("aria-roledescription", "heat map");
    drawing.setAttribute("tabindex", "0");
    drawing.addEventListener("pointermove", (event) => does.onPoint?.(this.#placeOf(event)));
    drawing.addEventListener("pointerleave", () => does.onPoint?.(null));
    drawing.addEventListener("focus", () => does.onPoint?.(this.#at));
    drawing.addEventListener("blur", () => does.onPoint?.(null));
    drawing.addEventListener("click", (event) => {
      const { row, column } = this.#placeOf(event) ?? {};
      if (typeof row !== "number" || typeof column !== "number") return;
      this.#at = { row, column };
      does.onPick?.(this.#at);
    });
    drawing.addEventListener("keydown", (event) => this.#press(event));
    this.light(null);
  }

  /** @param {Numbers} numbers */
  show(numbers) {
    const { name, rows, columns, entries, left = null, below = null, isGradient = false } = numbers;
    const zeros = numbers.zeros ?? [];
    const isBlank = numbers.isBlank ?? (() => false);
    const before = left ? 1 + GAP : 0;
    const size = { rows, columns, left: before };
    if (JSON.stringify(size) !== JSON.stringify(this.#size)) this.#resize(size, below !== null);
    if (this.#drawing.ariaLabel !== name) this.#drawing.ariaLabel = name;
    const scale = largest(entries);
    let path = "";
    for (let at = 0; at < rows * columns; at += 1) {
      if (zeros[at] || isBlank(at)) continue;
      path += square(before + (at % columns), Math.floor(at / columns), entries[at] ?? 0, scale);
    }
    this.#local.setAttribute("d", path);
    this.#local.setAttribute("class", isGradient ? "gradient" : "local");
    const most = Math.max(largest(left ?? []), largest(below ?? []));
    let beside = "";
    for (let at = 0; left && at < rows; at += 1) beside += square(0, at, left[at] ?? 0, most);
    for (let at = 0; below && at < columns; at += 1) {
      beside += square(before + at, rows + GAP, below[at] ?? 0, most);
    }
    this.#beside.setAttribute("d", beside);
    const cell = `h${CELL}v${CELL}h-${CELL}z`;
    const lit = (numbers.lit ?? []).map(
      (at) => `M${(before + (at % columns)) * CELL} ${Math.floor(at / columns) * CELL}${cell}`,
    );
    this.#lit.setAttribute("d", lit.join(""));
    this.#at.row = Math.min(this.#at.row, rows - 1);
    this.#at.column = Math.min(this.#at.column, columns - 1);
  }

  /** Lights a row and a column, and marks where they meet. @param {Place | null} at */
  light(at) {
    const { rows, columns, left } = this.#size;
    const { row = null, column = null } = at ?? {};
    place(this.#rowBand, row === null ? null : [0, row, left + columns, 1]);
    place(this.#columnBand, column === null ? null : [left + column, 0, 1, rows + GAP + 1]);
    const isMet = row !== null && column !== null;
    place(this.#cursor, isMet ? [left + column, row, 1, 1] : null);
  }

  /** Lets keys begin at an entry. @param {number} row @param {number} column */
  stopAt(row, column) {
    this.#at = { row, column };
  }

  /** @param {{ rows: number, columns: number, left: number }} size @param {boolean} isBelow */
  #resize(size, isBelow) {
    this.#size = size;
    const width = size.left + size.columns;
    const height = size.rows + (isBelow ? 1 + GAP : 0);
    this.#drawing.setAttribute("viewBox", `0 0 ${width * CELL} ${height * CELL}`);
    this.element.style.setProperty("--width", String(width));
    place(this.#paper, [size.left, 0, size.columns, size.rows]);
    this.light(null);
  }

  /** @param {MouseEvent} event @returns {Place | null} */
  #placeOf({ clientX, clientY }) {
    const { rows, columns, left } = this.#size;
    const { x, y, width } = this.#drawing.getBoundingClientRect();
    const cell = width / (left + columns);
    if (!(cell > 0)) return null;
    const column = Math.floor((clientX - x) / cell - left);
    const row = Math.floor((clientY - y) / cell);
    const at = {
      row: row >= 0 && row < rows ? row : null,
      column: column >= 0 && column < columns ? column : null,
    };
    return at.row === null && at.column === null ? null : at;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    const { rows, columns } = this.#size;
    if (way) {
      const within = (/** @type {number} */ at, /** @type {number} */ length) =>
        Math.min(Math.max(at, 0), length - 1);
      this.#at = {
        row: within(this.#at.row + way[0], rows),
        column: within(this.#at.column + way[1], columns),
      };
      this.#does.onPoint?.(this.#at);
    } else if (this.#does.onPick && (event.key === "Enter" || event.key === " ")) {
      this.#does.onPick(this.#at);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The largest size among numbers, of those that are finite. @param {ArrayLike<number>} numbers */
function largest(numbers) {
  let most = 0;
  for (let at = 0; at < numbers.length; at += 1) {
    const size = Math.abs(numbers[at] ?? 0);
    if (size > most && Number.isFinite(size)) most = size;
  }
  return most;
}

/**
 * A number's square, as path data. What is not finite is as large as a cell.
 * @param {number} column
 * @param {number} row
 * @param {number} number
 * @param {number} scale
 */
function square(column, row, number, scale) {
  const part = Number.isFinite(number) ? Math.abs(number) / (scale || 1) : 1;
  // Areas are compared, not sides.
  const side = number === 0 ? ZERO : Math.max(SMALLEST, Math.round(LARGEST * Math.sqrt(part)));
  const [x, y] = [column * CELL + (CELL - side) / 2, row * CELL + (CELL - side) / 2];
  return `M${x} ${y}${shapeOf(number < 0 ? -side : side)}`;
}

/** @param {number} side negative where it is hollow */
function shapeOf(side) {
  let shape = SHAPES.get(side);
  if (shape === undefined) {
    const size = Math.abs(side);
    const rim = Math.round(size * RIM);
    shape = box(size) + (side < 0 ? `m${rim} ${rim}${box(size - 2 * rim)}` : "");
    SHAPES.set(side, shape);
  }
  return shape;
}

/** @param {number} side */
function box(side) {
  return `h${side}v${side}h-${side}z`;
}

/** @param {SVGRectElement} rect @param {number[] | null} at x, y, width and height in cells; null hides it */
function place(rect, at) {
  rect.setAttribute("visibility", at ? "visible" : "hidden");
  for (const [index, name] of ["x", "y", "width", "height"].entries()) {
    if (at) rect.setAttribute(name, String((at[index] ?? 0) * CELL));
  }
}

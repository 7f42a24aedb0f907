// What a reader does in a grid: choose, type, drag, copy and paste.

import { constant } from "./engine.js";
import { NumberField } from "./number-field.js";
import { moved, startsNumber, written } from "./number-input.js";

/** @typedef {import("./grid.js").Cell} Cell */
/** @typedef {import("./grid.js").Grid} Grid */

/**
 * What comes of it.
 * @typedef {object} Does
 * @property {(offset: number, value: number, phase: "start" | "move" | "end") => void} onEdit
 *   changes a number; `start` comes with the value before, `end` with the one that stays
 * @property {(offset: number, values: Float64Array) => void} onFill changes all numbers at once
 * @property {(text: string, at: Cell) => void} onPaste a text is put in, from a cell on
 */

/** How far a pointer moves before it drags, in CSS pixels. */
const SLACK = 3;

/** How many rows a page is. */
const PAGE = 10;

/** A text that is more than the number of one cell. */
const MANY = /[\t\n[\](){};]|\d\s+[-\d.]/;

export class GridHands {
  #grid;
  #does;
  #field = new NumberField();
  /** A number under the pointer. @type {{ cell: Cell, offset: number, x: number, y: number, value: number, moves: boolean, wasActive: boolean } | null} */
  #drag = null;
  /** A number that a key changes as long as it is down. @type {{ offset: number, value: number } | null} */
  #stepped = null;
  /** Whether what is done ends because the numbers lie elsewhere. */
  #isOver = false;
  /** Where the keys go when the field closes. @type {{ rows: number, columns: number } | null} */
  #next = null;

  /** @param {Grid} grid @param {Does} does */
  constructor(grid, does) {
    this.#grid = grid;
    this.#does = does;
    const { element } = grid;
    element.append(this.#field.element);
    element.addEventListener("keydown", (event) => this.#pressInField(event), { capture: true });
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("keyup", ({ altKey }) => {
      if (!altKey) this.#endSteps();
    });
    element.addEventListener("focusout", () => this.#endSteps());
    element.addEventListener("pointerdown", (event) => this.#grab(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#release(event, true));
    element.addEventListener("pointercancel", (event) => this.#release(event, false));
    element.addEventListener("touchmove", (event) => this.#keep(event), { passive: false });
    element.addEventListener("dblclick", ({ target }) => {
      if (grid.cellOf(target)) this.#type();
    });
    element.addEventListener("copy", (event) => this.#copy(event));
    element.addEventListener("cut", (event) => {
      if (this.#copy(event)) this.#clear();
    });
    element.addEventListener("paste", (event) => this.#paste(event));
  }

  /** Ends what the reader does: the numbers lie elsewhere now, and are what they are. */
  release() {
    this.#isOver = true;
    this.#field.close(true);
    this.#endSteps();
    if (this.#drag?.moves) this.#end(this.#drag.offset, this.#drag.value);
    this.#drag = null;
    this.#isOver = false;
  }

  /** @param {number} offset @param {number} value */
  #end(offset, value) {
    this.#does.onEdit(offset, this.#isOver ? this.#grid.numberAt(offset) : value, "end");
  }

  // Pointer

  /** @param {PointerEvent} event */
  #grab(event) {
    const grid = this.#grid;
    const cell = grid.cellOf(event.target);
    if (!cell || event.button !== 0 || !event.isPrimary) return;
    const { row, column } = grid.active;
    const isAt = row === cell.row && column === cell.column;
    const wasActive = isAt && isFocused(grid.element);
    // A finger drags the number that it chose before; on others it scrolls.
    if (event.pointerType !== "touch" || wasActive) capture(event);
    const value = grid.valueOf(cell);
    const offset = grid.offsetOf(cell);
    const [x, y] = [event.clientX, event.clientY];
    this.#drag = { cell, offset, x, y, value, moves: false, wasActive };
    if (event.pointerType !== "touch" && !event.shiftKey) grid.choose(cell);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const pixels = event.clientX - drag.x;
    if (!drag.moves) {
      const across = Math.abs(event.clientY - drag.y);
      const isTouch = event.pointerType === "touch";
      if (isTouch && Math.max(across, Math.abs(pixels)) > SLACK) {
        // Across the number a finger scrolls, and over one that was not chosen.
        if (!drag.wasActive || across > Math.abs(pixels)) {
          this.#drag = null;
          return;
        }
      }
      if (Math.abs(pixels) < SLACK || event.shiftKey) return;
      drag.moves = true;
      this.#does.onEdit(drag.offset, drag.value, "start");
    }
    const steps = Math.trunc(pixels);
    if (steps === 0) return;
    drag.x += steps;
    drag.value = moved(this.#grid.shown, drag.value, steps, event);
    this.#does.onEdit(drag.offset, drag.value, "move");
  }

  /** A finger that moves a number scrolls nothing. @param {TouchEvent} event */
  #keep(event) {
    if (this.#drag?.moves && event.cancelable) event.preventDefault();
  }

  /** @param {PointerEvent} event @param {boolean} isWhole false where the browser took the pointer away */
  #release(event, isWhole) {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return;
    if (drag.moves) {
      this.#end(drag.offset, drag.value);
    } else if (isWhole) {
      this.#grid.choose(drag.cell, event.shiftKey);
      if (event.pointerType === "touch" && drag.wasActive) this.#type();
    }
  }

  // Keys

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.target !== this.#grid.keys || event.isComposing) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const isHandled =
      this.#step(event) || this.#walk(event, isCommand) || this.#act(event, isCommand);
    if (isHandled) {
      event.preventDefault();
      event.stopPropagation();
    } else if (!isCommand && !event.altKey && startsNumber(event.key)) {
      // The key itself goes into the field.
      event.stopPropagation();
      this.#type("");
    }
  }

  /** Changes the number by a step: Alt with an arrow up or down. @param {KeyboardEvent} event */
  #step(event) {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!steps || !event.altKey) return false;
    const grid = this.#grid;
    const offset = grid.offsetOf(grid.active);
    const before = grid.valueOf(grid.active);
    const { shiftKey } = event;
    const value = moved(grid.shown, before, steps, { shiftKey, altKey: false });
    // All steps while Alt is held down are one to undo.
    if (this.#stepped?.offset !== offset) {
      this.#endSteps();
      this.#does.onEdit(offset, before, "start");
    }
    this.#stepped = { offset, value };
    this.#does.onEdit(offset, value, "move");
    return true;
  }

  #endSteps() {
    const stepped = this.#stepped;
    this.#stepped = null;
    if (stepped) this.#end(stepped.offset, stepped.value);
  }

  /** @param {KeyboardEvent} event @param {boolean} isFar */
  #walk({ key, altKey, shiftKey }, isFar) {
    if (altKey) return false;
    const { active, rows, columns } = this.#grid;
    const { row, column } = active;
    const next = {
      ArrowUp: { row: isFar ? 0 : row - 1, column },
      ArrowDown: { row: isFar ? rows : row + 1, column },
      ArrowLeft: { row, column: isFar ? 0 : column - 1 },
      ArrowRight: { row, column: isFar ? columns : column + 1 },
      Home: { row: isFar ? 0 : row, column: 0 },
      End: { row: isFar ? rows : row, column: columns },
      PageUp: { row: row - PAGE, column },
      PageDown: { row: row + PAGE, column },
    }[key];
    if (!next) return false;
    this.#grid.choose(next, shiftKey);
    return true;
  }

  /** @param {KeyboardEvent} event @param {boolean} isCommand */
  #act({ key, altKey, shiftKey }, isCommand) {
    const grid = this.#grid;
    if (altKey || (isCommand && key !== "a")) return false;
    if (key === "Enter" || key === "F2") this.#type();
    else if (key === "Delete" || key === "Backspace") this.#clear();
    else if (key === "a" && isCommand && !shiftKey) {
      grid.choose({ row: 0, column: 0 });
      grid.choose({ row: grid.rows, column: grid.columns }, true);
    } else if (key === "Escape" && grid.anchor !== grid.active) grid.choose(grid.active);
    else return false;
    return true;
  }

  // Typing

  /** Opens a field in the place of the number. @param {string} [typed] what it starts with instead */
  #type(typed) {
    const grid = this.#grid;
    const { active: cell } = grid;
    grid.choose(cell);
    const place = grid.elementOf(cell);
    if (!place) return;
    const { kind, step } = grid.shown;
    const offset = grid.offsetOf(cell);
    const value = grid.valueOf(cell);
    const editable = { kind, step, name: grid.nameOf(cell) };
    const [at, box] = [place.getBoundingClientRect(), grid.element.getBoundingClientRect()];
    const middle = {
      x: at.x + at.width / 2 - box.x - grid.element.clientLeft + grid.element.scrollLeft,
      y: at.y + at.height / 2 - box.y - grid.element.clientTop + grid.element.scrollTop,
    };
    let last = value;
    let changes = false;
    this.#next = null;
    this.#field.open(
      editable,
      middle,
      { value, text: typed },
      {
        onInput: (next) => {
          if (!changes) this.#does.onEdit(offset, value, "start");
          changes = true;
          last = next;
          this.#does.onEdit(offset, next, "move");
        },
        onClose: (isKept) => {
          if (changes) this.#end(offset, isKept ? last : value);
          this.#goOn();
        },
      },
    );
  }

  /** The keys go on in the grid, unless the reader is elsewhere. */
  #goOn() {
    const grid = this.#grid;
    const next = this.#next;
    this.#next = null;
    const active = activeIn(grid.element);
    if (active && active !== this.#field.element) return;
    grid.keys.focus({ preventScroll: true });
    if (!next) return;
    const { row, column } = grid.active;
    grid.choose({ row: row + next.rows, column: column + next.columns });
  }

  /** Enter goes on below and Tab beside, as in a spreadsheet. @param {KeyboardEvent} event */
  #pressInField(event) {
    if (event.target !== this.#field.element || event.isComposing) return;
    const back = event.shiftKey ? -1 : 1;
    const goesOn = event.key === "Enter" || event.key === "Tab";
    if (goesOn && this.#field.refuses()) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Enter") this.#next = { rows: back, columns: 0 };
    if (event.key !== "Tab") return;
    const { active, rows, columns } = this.#grid;
    const index = active.row * columns + active.column + back;
    // From the last cell on Tab leaves the grid.
    if (index < 0 || index >= rows * columns) return;
    event.preventDefault();
    event.stopPropagation();
    const row = Math.floor(index / columns);
    this.#next = { rows: row - active.row, columns: (index % columns) - active.column };
    this.#field.close(true);
  }

  // Several numbers at once

  /** Writes numbers from a cell on. @param {Cell} at @param {number} columns @param {ArrayLike<number>} values */
  put({ row, column }, columns, values) {
    const grid = this.#grid;
    const numbers = grid.numbers();
    const { offset } = grid.shown;
    for (let i = 0; i < values.length; i += 1) {
      const cell = { row: row + Math.floor(i / columns), column: column + (i % columns) };
      numbers[grid.offsetOf(cell) - offset] = values[i] ?? Number.NaN;
    }
    this.#does.onFill(offset, numbers);
  }

  /** Writes one number into all cells that are chosen. @param {number} value */
  fill(value) {
    const { top, bottom, left, right } = this.#grid.range;
    const columns = right - left + 1;
    const values = new Array((bottom - top + 1) * columns).fill(value);
    this.put({ row: top, column: left }, columns, values);
  }

  #clear() {
    this.fill(0);
  }

  /** What is chosen, as spreadsheets read it. @param {ClipboardEvent} event */
  #copy(event) {
    if (event.target === this.#field.element) return false;
    const grid = this.#grid;
    const { top, bottom, left, right } = grid.range;
    const lines = [];
    for (let row = top; row <= bottom; row += 1) {
      const cells = [];
      for (let column = left; column <= right; column += 1) {
        cells.push(written(grid.valueOf({ row, column })));
      }
      lines.push(cells.join("\t"));
    }
    event.clipboardData?.setData("text/plain", lines.join("\n"));
    event.preventDefault();
    return true;
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const isTyped = event.target === this.#field.element;
    // One number goes into the field as it is.
    if (isTyped && (!MANY.test(text.trim()) || "value" in constant(text))) return;
    event.preventDefault();
    if (isTyped) this.#field.close(false);
    const { top, left } = this.#grid.range;
    this.#does.onPaste(text, { row: top, column: left });
  }
}

/** @param {PointerEvent} event */
function capture({ target, pointerId }) {
  if (target instanceof Element) target.setPointerCapture(pointerId);
}

/** What has the focus where an element is. @param {Element} element */
function activeIn(element) {
  const root = element.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}

/** @param {Element} element */
function isFocused(element) {
  const active = activeIn(element);
  return active !== null && element.contains(active);
}

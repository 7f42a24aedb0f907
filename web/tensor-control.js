// The controls of a vector or matrix: its grid, its shape, and a place to put a text in.

import { Account } from "./account.js";
import { html, htmlName } from "./elements.js";
import { sizeOf } from "./format.js";
import { Grid } from "./grid.js";
import { GridHands } from "./grid-hands.js";
import { NumberInput } from "./number-input.js";
import { Refusal } from "./refusal.js";

/** A number with a decimal comma, or two of a table. */
const EITHER = /^([-+\u2212]?\d+),(\d+)$/;

/** @typedef {import("./backflow-wasm.js").Pasted} Pasted */
/** @typedef {import("./backflow-wasm.js").Resized} Resized */
/** @typedef {import("./grid.js").Cell} Cell */
/** @typedef {import("./grid.js").Shown} Shown */

/**
 * What comes of it, and what must be asked of the engine.
 * @typedef {object} Does
 * @property {(offset: number, value: number, phase: "start" | "move" | "end") => void} onEdit
 *   changes a number; `start` comes with the value before, `end` with the one that stays
 * @property {(offset: number, values: Float64Array) => void} onFill changes all numbers at once
 * @property {(program: string, input: number, values: number[]) => void} onProgram
 *   takes over a program with another shape of an input, and the values it is to have
 * @property {() => Float64Array} values all values, as they are now
 * @property {(text: string) => Pasted} read numbers from a text
 * @property {() => string} program the text as it is, which may have mistakes
 * @property {(input: number, shape: number[], values: number[] | null) => Resized | null} resized
 */

/** How long rows and columns may be, as a field takes them. */
const LONGEST = 1_000_000;

export class TensorControl {
  #does;
  #grid;
  #hands;
  #account = new Account();
  #name = html("span", "name");
  #size = html("input", "size");
  #refusal = new Refusal(this.#size);
  #ones = html("button", "", "ones");
  #more = html("button", "more", "⋯");
  #panel = html("div", "shaping");
  #sheets = html("span", "sheets");
  #steppers = html("span", "steppers");
  #unit = html("button", "", "identity");
  #text = html("textarea", "pasted");
  /** The place among the inputs; none of the upstream gradient, whose shape is the output's. @type {number | null} */
  #input = null;
  #placed = "";
  /** What stands in the list. */
  parts;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#grid = new Grid(does.values);
    this.#hands = new GridHands(this.#grid, {
      onEdit: does.onEdit,
      onFill: does.onFill,
      onPaste: (text, at) => this.#paste(text, at),
    });
    const heading = html(
      "div",
      "head",
      this.#name,
      this.#size,
      this.#sheets,
      html("span", "at-end", this.#ones, this.#more),
    );
    this.parts = [heading, this.#panel, this.#grid.element, this.#account.element];
    this.#makeSize();
    this.#makePanel();
  }

  #makeSize() {
    const size = this.#size;
    size.type = "text";
    size.autocomplete = "off";
    size.spellcheck = false;
    const commit = () => {
      const shape = readShape(size.value);
      if (!shape && size.value.trim() !== "") {
        const stays = this.#grid.shown.shape.join("×");
        const name = this.#grid.shown.name;
        this.#refusal.show(
          `'${size.value}' is not a shape: write whole numbers with × between, such as 2×3. ${name} stays ${stays}.`,
        );
        return;
      }
      if (shape) this.#resize(shape);
      this.#writeSize();
    };
    size.addEventListener("change", commit);
    size.addEventListener("blur", () => this.#refusal.leave());
    size.addEventListener("input", () => {
      size.setAttribute("aria-invalid", String(readShape(size.value) === null));
      this.#refusal.hide();
    });
    size.addEventListener("keydown", (event) => {
      // Where the same is typed again Firefox tells of no change.
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        commit();
      }
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#writeSize();
      this.#account.clear();
    });
  }

  #makePanel() {
    const more = this.#more;
    more.type = "button";
    more.ariaExpanded = "false";
    more.addEventListener("click", () => {
      this.#panel.hidden = !this.#panel.hidden;
      more.ariaExpanded = String(!this.#panel.hidden);
    });
    this.#panel.hidden = true;
    this.#button(this.#ones, () => this.#fill(() => 1));
    const fills = html(
      "span",
      "fills",
      this.#button(html("button", "", "zeros"), () => this.#fill(() => 0)),
      this.#button(html("button", "", "ones"), () => this.#fill(() => 1)),
      this.#button(this.#unit, () => this.#fill((row, column) => (row === column ? 1 : 0))),
    );
    const text = this.#text;
    text.rows = 2;
    text.spellcheck = false;
    text.placeholder = "Paste from a spreadsheet, NumPy or PyTorch";
    const put = this.#button(html("button", "", "Insert"), () => {
      if (this.#paste(text.value, null)) text.value = "";
    });
    this.#panel.append(this.#steppers, fills, text, put);
  }

  /** @param {HTMLButtonElement} button @param {() => void} act */
  #button(button, act) {
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /** @param {Shown} shown @param {number | null} input its place among the inputs */
  place(shown, input) {
    const { name, shape } = shown;
    const placed = JSON.stringify([name, shape, input === null]);
    // The offset may be another too: what is done to the numbers ends before it is.
    this.#hands.release();
    this.#input = input;
    this.#account.clear();
    this.#grid.place(shown);
    if (placed === this.#placed) return;
    this.#placed = placed;
    this.#name.replaceChildren(htmlName(name));
    this.#size.readOnly = input === null;
    this.#size.title = input === null ? "" : "Type another shape";
    this.#ones.hidden = input !== null;
    this.#size.ariaLabel = `shape of ${name}`;
    this.#more.ariaLabel = `More of ${name}`;
    this.#more.title = "Shape, fill, paste";
    this.#text.ariaLabel = `Numbers for ${name}, to be pasted`;
    this.#unit.hidden = shape.length !== 2 || shape[0] !== shape[1];
    this.#writeSize();
    this.#makeSteppers();
    this.#makeSheets();
  }

  write() {
    this.#grid.write();
  }

  #writeSize() {
    const size = this.#size;
    size.value = this.#grid.shown.shape.join("×");
    // As wide as what it holds, with room for a digit more.
    size.style.inlineSize = `${size.value.length + 3}ch`;
    size.removeAttribute("aria-invalid");
    this.#refusal.hide();
  }

  /** Buttons for one row or column less or more; those there are stay. */
  #makeSteppers() {
    const axes = this.#input === null ? [] : [-2, -1].slice(-this.#grid.shown.shape.length);
    if (this.#steppers.children.length === axes.length) return;
    this.#steppers.replaceChildren(
      ...axes.map((axis) => {
        const what = axes.length === 1 ? "length" : axis === -1 ? "columns" : "rows";
        const step = (/** @type {number} */ by) => {
          const shape = [...this.#grid.shown.shape];
          const at = shape.length + axis;
          shape[at] = (shape[at] ?? 1) + by;
          if ((shape[at] ?? 0) > 0) this.#resize(shape);
        };
        const less = this.#button(html("button", "", "−"), () => step(-1));
        const more = this.#button(html("button", "", "+"), () => step(1));
        [less.ariaLabel, more.ariaLabel] = [`${what}: one less`, `${what}: one more`];
        return html("span", "stepper", `${what} `, less, more);
      }),
    );
  }

  /** Which sheet of a tensor of three axes or more is shown: a field for each axis before the last two. */
  #makeSheets() {
    const { shape, name } = this.#grid.shown;
    const leading = shape.slice(0, -2);
    const indices = leading.map(() => 0);
    const fields = leading.map((length, axis) => {
      const onInput = (/** @type {number} */ index) => {
        indices[axis] = index;
        this.#hands.release();
        this.#grid.turn(indices);
      };
      const field = new NumberInput({ onInput }, { isWhole: true, min: 0, max: length - 1 });
      field.element.className = "sheet-index";
      field.element.ariaLabel = `index of ${name} along axis ${axis}`;
      field.show(0);
      return field.element;
    });
    const parts = fields.flatMap((field) => [field, ", "]);
    this.#sheets.replaceChildren(...(fields.length > 0 ? ["[", ...parts, ":, :]"] : []));
  }

  /** @param {(row: number, column: number) => number} number */
  #fill(number) {
    const { shown, columns } = this.#grid;
    const values = Float64Array.from({ length: sizeOf(shown.shape) }, (_, at) =>
      number(Math.floor(at / columns), at % columns),
    );
    this.#does.onFill(shown.offset, values);
  }

  // Another shape

  /** @param {number[]} shape */
  #resize(shape) {
    const { shape: old } = this.#grid.shown;
    if (this.#input === null || same(shape, old)) return;
    const resized = this.#does.resized(this.#input, shape, null);
    if (!resized) return;
    if (resized.diagnostics.length === 0) this.#take(resized, resized.program);
    else this.#ask(resized, `${tuple(old)} → ${tuple(shape)}`, "Resize anyway");
  }

  /** @param {Resized} resized @param {string} change @param {string} act */
  #ask(resized, change, act) {
    const { program, diagnostics } = resized;
    if (program === this.#does.program()) {
      // The engine would not write it.
      this.#account.say(`${change}: ${diagnostics.map(({ message }) => message).join(", ")}.`);
      return;
    }
    const words = { change, act, keep: `Keep ${tuple(this.#grid.shown.shape)}` };
    this.#account.ask(resized, words, (taken) => this.#take(resized, taken));
  }

  /** @param {Resized} resized @param {string} program */
  #take({ values }, program) {
    this.#account.clear();
    if (this.#input !== null) this.#does.onProgram(program, this.#input, values);
  }

  // A text

  /** Puts a text in as the whole tensor. @param {string} text */
  pasteWhole(text) {
    this.#paste(text, null);
    this.#grid.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} text @param {Cell | null} at from where on; as the whole if it is nowhere @returns {boolean} whether it is in, or asked for */
  #paste(text, at) {
    this.#account.clear();
    const read = this.#does.read(text);
    if ("message" in read) {
      this.#account.say(`This cannot be inserted: ${read.message}.`);
      return false;
    }
    const { shown, rows, columns, range } = this.#grid;
    const [either, whole, part] = EITHER.exec(text.trim()) ?? [];
    if (at && either && range.top === range.bottom && range.left === range.right) {
      const ways = `write ${whole}.${part} for one, ${whole}, ${part} for two`;
      this.#account.say(`'${either}' may be one number or two: ${ways}.`);
      return false;
    }
    const { values } = read;
    const shape = turned(read.shape, shown.shape.length);
    if (at && read.shape.length === 0) {
      this.#hands.fill(values[0] ?? 0);
      return true;
    }
    const [height, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
    const fits = range.top + height <= rows && range.left + width <= columns;
    if (same(shape, shown.shape)) {
      this.#does.onFill(shown.offset, Float64Array.from(values));
    } else if (at && height * width === values.length && fits) {
      this.#hands.put(at, width, values);
    } else {
      return this.#offer(shape, values);
    }
    return true;
  }

  /** Offers the shape of a text that does not fit. @param {number[]} shape @param {number[]} values */
  #offer(shape, values) {
    const { name, shape: old } = this.#grid.shown;
    const differs = `The text is ${tuple(shape)}, ${name} is ${tuple(old)}.`;
    const resized = this.#input === null ? null : this.#does.resized(this.#input, shape, values);
    if (!resized) {
      this.#account.say(differs);
      return false;
    }
    const isBroken = resized.diagnostics.length > 0;
    const change = isBroken ? `${differs} ${tuple(shape)}` : differs;
    this.#ask(resized, change, isBroken ? "Resize anyway" : `Resize to ${tuple(shape)}`);
    return true;
  }
}

/** A shape as it is typed: `2×3`, `(2, 3)`, `2 x 3`. @param {string} text @returns {number[] | null} */
function readShape(text) {
  const bare = /^\((.*)\)$|^\[(.*)\]$|^([^()[\]]*)$/.exec(text.trim());
  const inside = (bare?.[1] ?? bare?.[2] ?? bare?.[3] ?? "").trim();
  // Python writes a comma behind a sole size.
  const parts = inside.replace(/,$/, "").split(/\s*[×xX*,;]\s*|\s+/);
  const shape = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
  return shape.every((n) => n > 0 && n <= LONGEST) ? shape : null;
}

/** A shape of another rank, where axes of one element make the difference. @param {number[]} shape @param {number} rank */
function turned(shape, rank) {
  const turned = [...shape];
  while (turned.length > rank && turned[0] === 1) turned.shift();
  while (turned.length > rank && turned.at(-1) === 1) turned.pop();
  while (turned.length < rank) turned.unshift(1);
  return turned;
}

/** @param {number[]} shape @param {number[]} other */
function same(shape, other) {
  return shape.length === other.length && shape.every((n, axis) => n === other[axis]);
}

/** A shape as programs write it. @param {number[]} shape */
function tuple(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

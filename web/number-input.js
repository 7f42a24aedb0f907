// A text field for one number, which the engine reads: `-0.5`, `1/3`, `2*pi`. What is no number is
// told beside the field, and the number before stays.

import { html } from "./elements.js";
import { constant } from "./engine.js";
import { formatExactly } from "./format.js";
import { Refusal } from "./refusal.js";

/** How long an unfinished number may wait before it is called wrong, in milliseconds. */
const PATIENCE = 1000;

/** A text that may become a number as it is typed on. */
const UNFINISHED = /(?:^|[-\u2212+*/(.,\p{L}])\s*$/u;

/**
 * What numbers it takes.
 * @typedef {object} Takes
 * @property {number} [step] how far an arrow key goes
 * @property {number} [min]
 * @property {number} [max]
 * @property {boolean} [isWhole] whole numbers alone
 * @property {boolean} [isFinite] neither infinities nor NaN
 */

/**
 * What comes of it.
 * @typedef {object} Does
 * @property {(value: number) => void} onInput the number is another: one that was typed, or again
 *   the one before where what was typed on is none
 * @property {(isKept: boolean) => void} [onEnd] Enter, Escape or the focus's leaving ended it
 * @property {boolean} [closes] whether Escape is always the field's, which closes then
 */

/**
 * A value moved by some steps; Shift takes ten times as far, Alt a tenth.
 * @param {{ step: number }} editable
 * @param {number} value
 * @param {number} steps
 * @param {{ shiftKey: boolean, altKey: boolean }} keys
 * @returns {number}
 */
export function moved({ step }, value, steps, { shiftKey, altKey }) {
  const size = step * (shiftKey ? 10 : altKey ? 0.1 : 1);
  const start = Number.isFinite(value) ? value : 0;
  // Without the digits that binary fractions leave.
  return Number((start + steps * size).toPrecision(12));
}

/** Whether a key begins a number, so that a field opens for it. @param {string} key */
export function startsNumber(key) {
  return /^[-\u2212\d.]$/.test(key);
}

/**
 * A number with all digits, as the engine, spreadsheets and programs read it: -0 would be the whole
 * number 0.
 * @param {number} value
 */
export function written(value) {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** What is wrong as a sentence. @param {string} why */
export function sentence(why) {
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}${/[.?]$/.test(why) ? "" : "."}`;
}

export class NumberInput {
  #does;
  /** @type {Takes} */
  #takes;
  /** The number that is there if nothing more is typed, and the one before. */
  #live = Number.NaN;
  #held = Number.NaN;
  #isShown = false;
  /** What is wrong with what is typed. @type {string | null} */
  #wrong = null;
  #refusal;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  element = html("input", "number");

  /** @param {Does} does @param {Takes} [takes] */
  constructor(does, takes = {}) {
    this.#does = does;
    this.#takes = takes;
    const field = this.element;
    // Not of type number, which drops what it does not know: 1/3 would be 13. And the keyboard of
    // a phone for decimals has no minus.
    field.type = "text";
    field.autocomplete = "off";
    field.autocapitalize = "none";
    field.spellcheck = false;
    field.enterKeyHint = "done";
    field.setAttribute("role", "spinbutton");
    field.addEventListener("input", () => this.#read());
    field.addEventListener("paste", (event) => this.#paste(event));
    field.addEventListener("keydown", (event) => this.#press(event));
    field.addEventListener("focus", () => {
      if (this.#wrong !== null) this.#refusal.show(this.#wrong);
    });
    this.#refusal = new Refusal(field);
    field.addEventListener("blur", () => this.#leave());
    this.takes = takes;
  }

  /** @param {Takes} takes */
  set takes(takes) {
    this.#takes = takes;
    const { min, max } = takes;
    if (min !== undefined) this.element.setAttribute("aria-valuemin", String(min));
    if (max !== undefined) this.element.setAttribute("aria-valuemax", String(max));
  }

  /** Shows a number that came from elsewhere. @param {number} value */
  show(value) {
    if (this.#isShown && Object.is(value, this.#live)) return;
    this.start(value, written(value));
  }

  /** Begins with a number, and with a text in place of it. @param {number} value @param {string} text */
  start(value, text) {
    this.#isShown = true;
    this.#held = value;
    this.#live = value;
    this.element.value = text;
    this.#accept();
  }

  /** Whether what is typed is no number; says so. */
  refuses() {
    if (this.#wrong === null) return false;
    clearTimeout(this.#waiting);
    this.#refusal.show(this.#wrong);
    return true;
  }

  /** Gives the number back that was there before something was typed. */
  restore() {
    this.element.value = written(this.#held);
    this.#put(this.#held);
    this.#accept();
  }

  /** What was typed is over where it was no number and nobody types on. */
  rest() {
    if (this.#wrong !== null && !this.element.matches(":focus")) this.restore();
  }

  /** What is wrong is told no longer. */
  quiet() {
    clearTimeout(this.#waiting);
    this.#refusal.hide();
  }

  #read() {
    const read = this.#understood(this.element.value);
    if ("message" in read) {
      this.#refuse(read.message, read.isFinal === true);
    } else {
      this.#put(read.value);
      this.#accept();
    }
  }

  /** @param {string} text @returns {{ value: number } | { message: string, isFinal?: boolean }} */
  #understood(text) {
    const read = constant(text);
    if ("message" in read) return read;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = this.#takes;
    const { value } = read;
    const { isWhole } = this.#takes;
    const isIn = value >= min && value <= max && (!isWhole || Number.isInteger(value));
    const isFinal = true;
    if (isWhole && !isIn) {
      return { message: `a whole number from ${min} to ${max} is taken`, isFinal };
    }
    if (this.#takes.isFinite && !Number.isFinite(value)) {
      return { message: "a finite number is taken", isFinal };
    }
    return read;
  }

  /** @param {number} value */
  #put(value) {
    if (Object.is(value, this.#live)) return;
    this.#live = value;
    this.#does.onInput(value);
  }

  #accept() {
    this.#wrong = null;
    this.quiet();
    const field = this.element;
    field.setAttribute("aria-invalid", "false");
    field.removeAttribute("title");
    const value = this.#live;
    if (Number.isFinite(value)) {
      field.setAttribute("aria-valuenow", String(value));
      field.removeAttribute("aria-valuetext");
    } else {
      field.removeAttribute("aria-valuenow");
      field.setAttribute("aria-valuetext", written(value));
    }
  }

  /** @param {string} why @param {boolean} isFinal whether it is a number, but not one that is taken */
  #refuse(why, isFinal) {
    const field = this.element;
    const text = field.value;
    // Not what was typed on the way: the 1 of 1,5 was never meant.
    this.#put(this.#held);
    const name = field.ariaLabel || "it";
    this.#wrong = `${sentence(why)} ${name} stays ${formatExactly(this.#held)}.`;
    field.setAttribute("aria-invalid", "true");
    field.title = this.#wrong;
    clearTimeout(this.#waiting);
    const open = text.split("(").length > text.split(")").length;
    if (!isFinal && (open || UNFINISHED.test(text))) {
      this.#refusal.hide();
      this.#waiting = setTimeout(() => this.refuses(), PATIENCE);
    } else {
      this.refuses();
    }
  }

  #leave() {
    clearTimeout(this.#waiting);
    const isEmpty = this.element.value.trim() === "";
    if (this.#wrong === null) this.#held = this.#live;
    else if (isEmpty) this.restore();
    else this.refuses();
    this.#refusal.leave();
    this.#does.onEnd?.(true);
  }

  /** Lines would become one number where a field of one line takes them. @param {ClipboardEvent} event */
  #paste(event) {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (event.defaultPrevented || !/[\n\r\t]/.test(text)) return;
    event.preventDefault();
    const field = this.element;
    const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? field.value.length];
    field.setRangeText(text.replace(/\s+/g, " "), start, end, "end");
    this.#read();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return;
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (steps && !event.ctrlKey && !event.metaKey) this.#step(steps, event);
    else if (event.key === "Enter") this.#enter();
    else if (event.key !== "Escape" || !this.#escape()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} steps @param {KeyboardEvent} event */
  #step(steps, { shiftKey, altKey }) {
    const { step = 1, isWhole, min, max } = this.#takes;
    const keys = { shiftKey, altKey: altKey && !isWhole };
    const to = moved({ step }, this.#live, steps, keys);
    const value = Math.max(min ?? to, Math.min(max ?? to, to));
    this.element.value = written(value);
    this.#put(value);
    this.#accept();
  }

  #enter() {
    if (this.refuses()) return;
    this.#held = this.#live;
    this.#does.onEnd?.(true);
  }

  /** @returns {boolean} whether there was something to give back */
  #escape() {
    const isTyped = this.#wrong !== null || !Object.is(this.#live, this.#held);
    if (isTyped) this.restore();
    this.#does.onEnd?.(false);
    return isTyped || this.#does.closes === true;
  }
}

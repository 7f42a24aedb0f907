// A number of the picture typed in its place, and how far keys and drags change one.

import { html } from "./elements.js";

/** @typedef {import("./editable.js").Editable} Editable */

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

/** What is typed. @typedef {Pick<Editable, "name" | "kind" | "step">} Typed */

/** What the field tells. @typedef {object} Tells
 * @property {(value: number) => void} onInput
 * @property {(isKept: boolean) => void} onClose whether what was typed stays
 */

/** A text field over a number of the picture. */
export class NumberField {
  element = html("input", "in-place");
  /** @type {(Tells & { editable: Typed }) | null} */
  #open = null;

  constructor() {
    const field = this.element;
    field.type = "number";
    field.step = "any";
    field.autocomplete = "off";
    field.hidden = true;
    field.addEventListener("input", () => {
      const value = field.valueAsNumber;
      field.setAttribute("aria-invalid", String(!Number.isFinite(value)));
      if (Number.isFinite(value)) this.#open?.onInput(value);
    });
    field.addEventListener("blur", () => this.close(true));
    field.addEventListener("keydown", (event) => this.#press(event));
  }

  get isOpen() {
    return this.#open !== null;
  }

  /**
   * Opens over a place of its parent.
   * @param {Typed} editable
   * @param {{ x: number, y: number }} middle in CSS pixels
   * @param {string} text
   * @param {Tells} tells
   */
  open(editable, { x, y }, text, tells) {
    this.close(true);
    const field = this.element;
    this.#open = { ...tells, editable };
    field.hidden = false;
    field.value = text;
    field.ariaLabel = editable.name;
    field.className = `in-place ${editable.kind}`;
    field.removeAttribute("aria-invalid");
    field.style.insetInlineStart = `${x}px`;
    field.style.insetBlockStart = `${y}px`;
    field.focus({ preventScroll: true });
    field.select();
  }

  /**
   * Opens over a part of the picture, and tells of the change as a drag would.
   * @param {Editable} editable
   * @param {{ parent: Element, place: Element }} at the box that the picture is in, and what it opens over
   * @param {number} value
   * @param {string | undefined} typed what it starts with instead of the value
   * @param {{ onEdit: (value: number, phase: "start" | "move" | "end") => void, onLeave: () => void }} tells
   */
  type(editable, { parent, place }, value, typed, { onEdit, onLeave }) {
    if (this.element.parentElement !== parent) parent.append(this.element);
    const [at, box] = [place.getBoundingClientRect(), parent.getBoundingClientRect()];
    const middle = {
      x: at.x + at.width / 2 - box.x - parent.clientLeft + parent.scrollLeft,
      y: at.y + at.height / 2 - box.y - parent.clientTop + parent.scrollTop,
    };
    let last = value;
    let changes = false;
    this.open(editable, middle, typed ?? (Number.isFinite(value) ? String(value) : ""), {
      onInput: (next) => {
        if (!changes) onEdit(value, "start");
        changes = true;
        last = next;
        onEdit(next, "move");
      },
      onClose: (isKept) => {
        if (changes) onEdit(isKept ? last : value, "end");
        onLeave();
      },
    });
  }

  /** @param {boolean} isKept */
  close(isKept) {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.element.hidden = true;
    open.onClose(isKept);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#open || event.isComposing) return;
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (steps && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const value = moved(this.#open.editable, this.element.valueAsNumber, steps, event);
      this.element.value = String(value);
      this.element.setAttribute("aria-invalid", "false");
      this.#open.onInput(value);
    } else if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      this.close(event.key === "Enter");
    } else {
      return;
    }
    event.stopPropagation();
  }
}

// A number of the picture typed in its place.

import { NumberInput, written } from "./number-input.js";

/** @typedef {import("./editable.js").Editable} Editable */

/** What is typed. @typedef {Pick<Editable, "name" | "kind" | "step">} Typed */

/** What the field tells. @typedef {object} Tells
 * @property {(value: number) => void} onInput
 * @property {(isKept: boolean) => void} onClose whether what was typed stays
 */

/** A text field over a number of the picture. */
export class NumberField {
  #number = new NumberInput({
    onInput: (value) => this.#open?.onInput(value),
    onEnd: (isKept) => this.#end(isKept),
    closes: true,
  });
  element = this.#number.element;
  /** @type {Tells | null} */
  #open = null;

  constructor() {
    this.element.className = "in-place";
    this.element.hidden = true;
  }

  get isOpen() {
    return this.#open !== null;
  }

  /** Whether what is typed is no number; says so. */
  refuses() {
    return this.isOpen && this.#number.refuses();
  }

  /**
   * Opens over a place of its parent.
   * @param {Typed} editable
   * @param {{ x: number, y: number }} middle in CSS pixels
   * @param {{ value: number, text?: string | undefined }} start the number, and what stands there instead
   * @param {Tells} tells
   */
  open(editable, { x, y }, { value, text = written(value) }, tells) {
    this.close(true);
    const field = this.element;
    this.#open = tells;
    field.hidden = false;
    field.ariaLabel = editable.name;
    field.className = `in-place ${editable.kind}`;
    this.#number.takes = { step: editable.step };
    this.#number.start(value, text);
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
    this.open(
      editable,
      middle,
      { value, text: typed },
      {
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
      },
    );
  }

  /** Ends it; what is no number is not kept. @param {boolean} isKept */
  close(isKept) {
    if (!this.#open) return;
    this.#number.quiet();
    this.#end(isKept);
  }

  /** @param {boolean} isKept */
  #end(isKept) {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.element.hidden = true;
    open.onClose(isKept);
  }
}

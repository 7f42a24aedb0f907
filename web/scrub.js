// A number changed by a drag over it, or by keys held down.

import { moved } from "./number-input.js";

/** @typedef {import("./editable.js").Editable} Editable */
/** @typedef {(editable: Editable, value: number, phase: "start" | "move" | "end") => void} OnEdit */

/** How far a pointer moves before it drags, in CSS pixels. */
const SLACK = 3;

/** How many pixels drag a number by one step. */
const PIXELS = 1;

export class Scrub {
  #onEdit;
  /** A number under the pointer. @type {{ editable: Editable, x: number, y: number, value: number, moves: boolean } | null} */
  #drag = null;
  /** A number that a key changes as long as it is down. @type {{ editable: Editable, value: number } | null} */
  #stepped = null;

  /** @param {OnEdit} onEdit */
  constructor(onEdit) {
    this.#onEdit = onEdit;
  }

  /** Whether a number is dragged. */
  get moves() {
    return this.#drag?.moves ?? false;
  }

  /** @param {PointerEvent} event @param {Element} grip what the pointer is on @param {Editable} editable @param {number} value */
  grab(event, grip, editable, value) {
    if (event.button !== 0 || !event.isPrimary) return;
    // Not a drag of the picture, and no selection of text.
    event.stopPropagation();
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    this.#drag = { editable, x: event.clientX, y: event.clientY, value, moves: false };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const pixels = event.clientX - drag.x;
    if (!drag.moves) {
      const across = Math.abs(event.clientY - drag.y);
      // Across the number a finger scrolls.
      if (event.pointerType === "touch" && across > Math.max(SLACK, Math.abs(pixels))) {
        this.#drag = null;
        return;
      }
      if (Math.abs(pixels) < SLACK) return;
      drag.moves = true;
      this.#onEdit(drag.editable, drag.value, "start");
    }
    const steps = Math.trunc(pixels / PIXELS);
    if (steps === 0) return;
    drag.x += steps * PIXELS;
    drag.value = moved(drag.editable, drag.value, steps, event);
    this.#onEdit(drag.editable, drag.value, "move");
  }

  /** A finger that moves a number scrolls nothing. @param {TouchEvent} event */
  keep(event) {
    if (this.#drag?.moves && event.cancelable) event.preventDefault();
  }

  /** Ends a drag. @returns {"moved" | "pressed" | null} null where there was none */
  release() {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return null;
    if (!drag.moves) return "pressed";
    this.#onEdit(drag.editable, drag.value, "end");
    return "moved";
  }

  /**
   * Changes a number by some steps, as long as a key is down.
   * @param {Editable} editable
   * @param {number} value
   * @param {number} steps
   * @param {{ shiftKey: boolean, altKey: boolean }} keys
   */
  step(editable, value, steps, keys) {
    const next = moved(editable, value, steps, keys);
    // A key that is held down is one step.
    if (!this.#stepped) this.#onEdit(editable, value, "start");
    this.#stepped = { editable, value: next };
    this.#onEdit(editable, next, "move");
  }

  endSteps() {
    const stepped = this.#stepped;
    this.#stepped = null;
    if (stepped) this.#onEdit(stepped.editable, stepped.value, "end");
  }
}

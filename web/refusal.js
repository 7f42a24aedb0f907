// What is wrong with what was typed, told beside the field: over everything, and in the way of nothing.

import { html } from "./elements.js";

/** How far it stays from the field and from the edges of the window, in CSS pixels. */
const GAP = 6;

/** Makes an id for each. */
let refusals = 0;

export class Refusal {
  #field;
  #note = html("div", "refusal");
  /** Ends what follows the field while it is shown. @type {AbortController | null} */
  #follows = null;

  /** @param {HTMLInputElement} field */
  constructor(field) {
    this.#field = field;
    this.#note.id = `refusal${refusals++}`;
    this.#note.setAttribute("role", "alert");
    // Where a browser has popovers nothing that scrolls cuts it off.
    this.#note.setAttribute("popover", "manual");
  }

  /** @param {string} message */
  show(message) {
    const [field, note] = [this.#field, this.#note];
    // It may have left the page since it was typed in.
    if (!field.isConnected) return;
    if (this.#follows === null) {
      // Not within a label, which would be named by it.
      (field.closest("label") ?? field).after(note);
      note.showPopover?.();
      field.setAttribute("aria-describedby", note.id);
      this.#follows = new AbortController();
      const options = { signal: this.#follows.signal, capture: true, passive: true };
      for (const one of [window, field.getRootNode()]) {
        one.addEventListener("scroll", () => this.#place(), options);
      }
      window.addEventListener("resize", () => this.#place(), options);
    }
    if (note.textContent !== message) note.textContent = message;
    this.#place();
  }

  hide() {
    if (this.#follows === null) return;
    this.#follows.abort();
    this.#follows = null;
    this.#note.remove();
    this.#field.removeAttribute("aria-describedby");
  }

  /** Whoever left the field still reads it, until the next key or press. */
  leave() {
    if (this.#follows === null) return;
    const options = { signal: this.#follows.signal, capture: true };
    for (const type of ["keydown", "pointerdown"]) {
      window.addEventListener(type, () => this.hide(), options);
    }
  }

  #place() {
    const [field, note] = [this.#field, this.#note];
    if (!field.isConnected) return this.hide();
    // A field that closed leaves it where it was.
    if (!field.checkVisibility()) return;
    const at = field.getBoundingClientRect();
    const { width, height } = note.getBoundingClientRect();
    const { offsetTop = 0, height: seen = innerHeight } = window.visualViewport ?? {};
    const left = Math.max(
      GAP,
      Math.min(at.left, document.documentElement.clientWidth - width - GAP),
    );
    const isBelow = at.bottom + GAP + height <= offsetTop + seen;
    const top = isBelow ? at.bottom + GAP : at.top - GAP - height;
    note.style.left = `${left}px`;
    note.style.top = `${top}px`;
  }
}

// A button that copies a text. Where the clipboard is closed to the page the text is shown, chosen
// and ready to be copied by hand.

import { html, svg } from "./elements.js";

/** How long the button says that it is done, in milliseconds. */
const SAID = 2000;

/** A chain and a tick, drawn in a square of 16. */
const SIGNS = {
  link: "M7 9a3 3 0 0 0 4 0l2-2a3 3 0 0 0-4-4L8 4M9 7a3 3 0 0 0-4 0L3 9a3 3 0 0 0 4 4l1-1",
  done: "m3 8 4 4 6-8",
};

export class CopyButton {
  #words = html("span");
  #sign = svg("path");
  #button = html("button", "", drawing(this.#sign), this.#words);
  /** There once it is wanted. @type {HTMLInputElement | HTMLTextAreaElement | undefined} */
  #field;
  #of;
  #popover = html("div", "by-hand", html("p", "caption", "Copy this:"));
  #label;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saying;
  element = html("span", "copy", this.#button, this.#popover);

  /**
   * @param {string} label
   * @param {() => string} text what is copied, asked for at a click
   * @param {"line" | "lines"} [of] whether the text has one line or several
   */
  constructor(label, text, of = "line") {
    this.#label = label;
    this.#of = of;
    this.#button.type = "button";
    this.#say(label, SIGNS.link);
    this.#popover.popover = "auto";
    this.#button.addEventListener("click", () => this.#copy(text()));
  }

  /** @param {string} text */
  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#sayDone();
    } catch {
      this.#show(text);
    }
  }

  /** @param {string} text */
  #show(text) {
    const field = this.#field ?? html(this.#of === "line" ? "input" : "textarea", "copied");
    if (!this.#field) {
      this.#field = field;
      field.readOnly = true;
      field.ariaLabel = this.#label;
      this.#popover.append(field);
    }
    field.value = text;
    this.#popover.showPopover();
    field.focus();
    field.select();
  }

  #sayDone() {
    clearTimeout(this.#saying);
    this.#say("Copied", SIGNS.done);
    this.#saying = setTimeout(() => this.#say(this.#label, SIGNS.link), SAID);
  }

  /** @param {string} words @param {string} sign */
  #say(words, sign) {
    this.#words.textContent = words;
    this.#sign.setAttribute("d", sign);
  }
}

/** @param {SVGPathElement} path */
function drawing(path) {
  const element = svg("svg", "", path);
  element.setAttribute("viewBox", "0 0 16 16");
  element.setAttribute("aria-hidden", "true");
  return element;
}

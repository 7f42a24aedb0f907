// The slider of a number. A number beyond its ends, or between its steps, stays as it is: the range
// widens to it, and keys go on from it.

import { html } from "./elements.js";
import { moved } from "./number-input.js";

/** How many steps a key goes; where it goes to the side, which depends on the script. @type {Record<string, number>} */
const STEPS = { ArrowUp: 1, ArrowDown: -1, ArrowRight: 1, ArrowLeft: -1 };

/** What part of the range a key goes. @type {Record<string, number>} */
const PARTS = { PageUp: 0.1, PageDown: -0.1 };

export class Slider {
  #onInput;
  #limits = { min: 0, max: 0, step: 1 };
  #value = Number.NaN;
  element = html("input", "slider");

  /** @param {(value: number) => void} onInput */
  constructor(onInput) {
    this.#onInput = onInput;
    this.element.type = "range";
    this.element.addEventListener("input", () => {
      this.#value = this.element.valueAsNumber;
      this.element.removeAttribute("aria-valuetext");
      onInput(this.#value);
    });
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {{ min: number, max: number, step: number }} limits */
  limit({ min, max, step }) {
    this.#limits = { min, max, step };
    this.show(this.#value);
  }

  /** @param {number} value */
  show(value) {
    this.#value = value;
    const { min, max, step } = this.#limits;
    const isNumber = Number.isFinite(value);
    // As round as the range of a number that a program gives.
    const round = Math.min(10 ** Math.ceil(Math.log10(Math.abs(value))), Number.MAX_VALUE);
    const { element } = this;
    element.step = String(step);
    element.min = String(value < min && isNumber ? -round : min);
    element.max = String(value > max && isNumber ? round : max);
    element.valueAsNumber = isNumber ? value : 0;
    if (element.valueAsNumber === value) element.removeAttribute("aria-valuetext");
    else element.setAttribute("aria-valuetext", String(value));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, ctrlKey, metaKey, altKey } = event;
    const isAside = key === "ArrowLeft" || key === "ArrowRight";
    // To the side with Alt a browser goes back.
    if (ctrlKey || metaKey || (altKey && isAside)) return;
    const { min, max, step } = this.#limits;
    const part = PARTS[key];
    const way = isAside && this.element.matches(":dir(rtl)") ? -1 : 1;
    const steps = part === undefined ? STEPS[key] : Math.round(((max - min) * part) / step);
    if (steps === undefined) return;
    event.preventDefault();
    const value = moved({ step }, this.#value, steps * way, event);
    this.show(value);
    this.#onInput(value);
  }
}

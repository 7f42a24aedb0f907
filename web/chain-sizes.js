// The sizes of a chain: a slider and a field for each value in it.

import { html } from "./elements.js";
import { Formula } from "./math.js";
import { NumberInput } from "./number-input.js";

/** @typedef {import("./backflow-wasm.js").Chained} Chained */

/** As the engine allows. */
const MOST = 12;
const LARGEST = 2 ** 20;
/** Sliders go by powers of two up to this. */
const SLIDES = 13;

export class Sizes {
  /** From the input to the loss. @type {number[]} */
  sizes;
  #list = html("ul", "sizes");
  #buttons = html("div", "buttons");
  #offered = html("button", "offered");
  #path = new Formula();
  /** @type {Chained | null} */
  #chained = null;
  #onChange;
  element = html("div", "chain-sizes", this.#list, this.#buttons);

  /** @param {number[]} sizes @param {() => void} onChange */
  constructor(sizes, onChange) {
    this.sizes = [...sizes];
    this.#onChange = onChange;
    this.#list.setAttribute("role", "list");
    this.#list.ariaLabel = "Sizes";
    this.#offered.type = "button";
    this.#offered.hidden = true;
    this.#offered.append("Take the program's: ", this.#path.element);
    this.#offered.addEventListener("click", () => {
      if (this.#chained) this.#set([...this.#chained.sizes]);
    });
    this.#buttons.append(
      button("Turn around", () => this.#set([...this.sizes].reverse())),
      button("One gate more", () => {
        if (this.sizes.length <= MOST) this.#set([...this.sizes.slice(0, 1), ...this.sizes]);
      }),
      button("One gate fewer", () => {
        if (this.sizes.length > 3) this.#set(this.sizes.slice(1));
      }),
      this.#offered,
    );
    this.#make();
  }

  /** @param {Chained | null} chained */
  offer(chained) {
    this.#chained = chained && chained.sizes.length > 2 ? chained : null;
    this.#offered.hidden = this.#chained === null;
    if (!this.#chained) return;
    const row = this.#chained.names.flatMap((name, at) => (at > 0 ? [{ op: "→" }, name] : [name]));
    this.#path.write({ row });
  }

  /** @param {number[]} sizes */
  #set(sizes) {
    this.sizes = sizes;
    this.#make();
    this.#onChange();
  }

  #make() {
    this.#list.replaceChildren(...this.sizes.map((_, at) => this.#control(at)));
  }

  /** @param {number} at */
  #control(at) {
    const size = this.sizes[at] ?? 1;
    const slider = html("input", "slider");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(SLIDES);
    slider.step = "any";
    slider.value = String(Math.log2(size));
    const last = at === this.sizes.length - 1;
    const name = `elements of x${at}${at === 0 ? ", the input" : last ? ", the loss" : ""}`;
    slider.ariaLabel = `${name}, slider`;
    const change = (/** @type {number} */ value) => {
      this.sizes[at] = value;
      this.#onChange();
    };
    slider.addEventListener("input", () => {
      const value = Math.round(2 ** slider.valueAsNumber);
      slider.ariaValueText = String(value);
      field.start(value, String(value));
      change(value);
    });
    const onInput = (/** @type {number} */ value) => {
      slider.value = String(Math.log2(value));
      change(value);
    };
    const field = new NumberInput({ onInput }, { isWhole: true, min: 1, max: LARGEST });
    field.element.ariaLabel = name;
    field.show(size);
    const label = html("span", "of", html("var", "", "x", html("sub", "", String(at))));
    return html("li", "", label, slider, field.element);
  }
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const element = html("button", "", text);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

// How a backward step of tensors goes: by the implicit rule, or by the explicit Jacobian.

import { Costs } from "./costs.js";
import { html } from "./elements.js";
import { patch } from "./keyed.js";
import { vector } from "./lens.js";
import { Lines, say, writeText } from "./line.js";
import { Formula } from "./math.js";
import { Matrix } from "./matrix.js";

/** @typedef {import("./backflow-wasm.js").Lens} LensData */
/** @typedef {import("./line.js").Paths} Paths */

/** Up to so many numbers of a gradient are written. */
const WRITTEN = 8;

/** Upstream times Jacobian for one operand, or the rule. */
class Product {
  #title = new Formula();
  #heading = html("p", "", this.#title.element);
  #product = html("p", "product");
  #matrix = new Matrix();
  #large = html("p", "large");
  #costs = new Costs();
  #rule;
  element;

  /** @param {(paths: Paths | null) => void} onLight */
  constructor(onLight) {
    this.#rule = new Lines(onLight);
    this.#heading.setAttribute("role", "math");
    this.#title.element.ariaHidden = "true";
    const { element: costs } = this.#costs;
    const parts = [this.#heading, this.#product, this.#matrix.element, this.#large, costs];
    this.element = html("li", "", ...parts, this.#rule.element);
  }

  /** @param {LensData} lens @param {boolean} isExplicit */
  show(lens, isExplicit) {
    const { title, text, upstream, explicit, rows, columns, tooLarge, rule } = lens;
    for (const part of [this.#heading, this.#product, this.#large, this.#costs.element]) {
      part.hidden = !isExplicit;
    }
    // The sentence has the rule for whole values; here is what it is for an element.
    this.#rule.show(isExplicit ? [] : rule.slice(1));
    this.#matrix.show(isExplicit ? lens : null);
    if (!isExplicit) return;
    this.#title.write(title);
    say(this.#heading, text);
    const size = `[${rows} × ${columns}]`;
    const told =
      upstream && explicit
        ? `upstream ${vector(upstream, WRITTEN)} · Jacobian ${size} = downstream ${vector(explicit, WRITTEN)}`
        : `upstream · Jacobian ${size} = downstream`;
    writeText(this.#product, told);
    writeText(this.#large, tooLarge ?? "");
    this.#large.hidden = !tooLarge;
    this.#costs.element.hidden = !tooLarge;
    if (tooLarge) this.#costs.show(lens.byMatrix, lens.byRule);
  }
}

export class Backward {
  #onLight;
  #switch;
  #list = html("ul", "products");
  /** @type {Map<string, Product>} */
  #records = new Map();
  element;

  /** @param {{ onChoose: (isExplicit: boolean) => void, onLight: (paths: Paths | null) => void }} does */
  constructor({ onChoose, onLight }) {
    this.#onLight = onLight;
    this.#switch = ["implicit rule", "explicit Jacobian"].map((name, at) => {
      const button = html("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => onChoose(at === 1));
      return button;
    });
    const group = html("div", "switch", ...this.#switch);
    group.setAttribute("role", "group");
    group.ariaLabel = "This step by";
    this.element = html("div", "backward-by", group, this.#list);
    this.element.hidden = true;
  }

  /** Shows a step's Jacobians, an operand each; none where it has no tensors. @param {{ key: string, lens: LensData }[]} lenses @param {boolean} isExplicit */
  show(lenses, isExplicit) {
    this.element.hidden = lenses.length === 0;
    for (const [at, button] of this.#switch.entries()) {
      button.ariaPressed = String((at === 1) === isExplicit);
    }
    this.element.classList.toggle("explicit", isExplicit);
    patch(this.#list, this.#records, lenses, {
      key: ({ key }) => key,
      create: () => new Product(this.#onLight),
      update: (record, { lens }) => record.show(lens, isExplicit),
      leave: (record) => record.element.remove(),
    });
  }
}

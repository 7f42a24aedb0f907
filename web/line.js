// A line of mathematics in a card; one that tells of gates and wires lights them.

import { html } from "./elements.js";
import { patch } from "./keyed.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Line} LineData */
/** @typedef {import("./backflow-wasm.js").Lit} Lit */

/** What lights up in the picture. @typedef {{ nodes: number[], wires: number[], elements?: Lit[] }} Paths */

class Line {
  #formula = new Formula();
  /** @type {Paths} */
  #paths = { nodes: [], wires: [] };
  element = html("li", "line");
  #math = html("span", "math", this.#formula.element);

  /** @param {(paths: Paths | null) => void} onLight */
  constructor(onLight) {
    this.#formula.element.ariaHidden = "true";
    this.#math.setAttribute("role", "math");
    this.element.append(this.#math);
    const light = () => onLight(this.#lights ? this.#paths : null);
    for (const event of ["pointerenter", "focusin"]) this.element.addEventListener(event, light);
    for (const event of ["pointerleave", "focusout"]) {
      this.element.addEventListener(event, () => onLight(null));
    }
  }

  get #lights() {
    return this.#paths.nodes.length + this.#paths.wires.length > 0;
  }

  /** @param {LineData} line */
  show({ math, text, nodes, wires }) {
    this.#formula.write(math);
    say(this.#math, text);
    this.#paths = { nodes, wires };
    if (this.element.classList.contains("lights") === this.#lights) return;
    this.element.classList.toggle("lights", this.#lights);
    if (this.#lights) this.#math.tabIndex = 0;
    else this.#math.removeAttribute("tabindex");
  }
}

/** Lines below each other. */
export class Lines {
  #onLight;
  /** @type {Map<string, Line>} */
  #records = new Map();
  element = html("ul", "lines");

  /** @param {(paths: Paths | null) => void} onLight */
  constructor(onLight) {
    this.#onLight = onLight;
  }

  /** @param {LineData[]} lines */
  show(lines) {
    this.element.hidden = lines.length === 0;
    patch(
      this.element,
      this.#records,
      lines.map((line, at) => ({ line, at })),
      {
        key: ({ at }) => String(at),
        create: () => new Line(this.#onLight),
        update: (record, { line }) => record.show(line),
        leave: (record) => record.element.remove(),
      },
    );
  }
}

// Each frame of a drag tells all anew: what is written already is not written again.

/** @param {HTMLElement} element @param {string} text */
export function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} text for who cannot see it */
export function say(element, text) {
  if (element.ariaLabel !== text) element.ariaLabel = text;
}

// What a layer's Jacobian would take and what the rule takes, for sizes of the reader's choice.

import { html } from "./elements.js";
import { sizes } from "./engine.js";
import { Lines, writeText } from "./line.js";
import { LARGEST } from "./looking.js";
import { NumberInput } from "./number-input.js";

/** @typedef {import("./backflow-wasm.js").Cost} Cost */
/** @typedef {import("./panels.js").Asked} Asked */
/** @typedef {import("./panels.js").Does} Does */

/** @typedef {[number, number, number]} Layer */

/** The lecture's. @type {Layer} */
const LECTURE = [64, 4096, 4096];

const NAMES = [
  ["N", "batch"],
  ["D", "inputs"],
  ["M", "outputs"],
];

/** One of the sizes: a slider over powers of 2, and a field for any. */
class Size {
  #slider = html("input", "slider");
  #field;
  element;

  /** @param {string} letter @param {string} words @param {(size: number) => void} onSet */
  constructor(letter, words, onSet) {
    const slider = this.#slider;
    slider.type = "range";
    slider.min = "0";
    slider.max = String(Math.log2(LARGEST));
    slider.step = "1";
    slider.ariaLabel = `${words}, a power of 2`;
    slider.addEventListener("input", () => onSet(2 ** slider.valueAsNumber));
    this.#field = new NumberInput({ onInput: onSet }, { isWhole: true, min: 1, max: LARGEST });
    this.#field.element.ariaLabel = words;
    this.element = html(
      "div",
      "extent",
      html("var", "", letter),
      html("span", "", words),
      slider,
      this.#field.element,
    );
  }

  /** @param {number} size */
  show(size) {
    const power = String(Math.round(Math.log2(size)));
    if (this.#slider.value !== power) this.#slider.value = power;
    this.#slider.setAttribute("aria-valuetext", String(size));
    this.#field.show(size);
  }
}

/** Two numbers as bars, by their powers of ten. */
class Bars {
  #bars = ["matrix", "rule"].map((name) => {
    const bar = html("span", "length");
    const number = html("span", "told");
    return { bar, number, row: html("div", "of", html("span", "caption", name), bar, number) };
  });
  element;

  /** @param {string} title */
  constructor(title) {
    const rows = this.#bars.map(({ row }) => row);
    this.element = html("div", "bars", html("h3", "caption", title), ...rows);
  }

  /** @param {[number, string][]} told each number and how it is written @param {number} most */
  show(told, most) {
    for (const [at, [number, text]] of told.entries()) {
      const one = this.#bars[at];
      if (!one) continue;
      const part = Math.log10(1 + number) / Math.log10(1 + most);
      one.bar.style.setProperty("--part", part.toFixed(4));
      writeText(one.number, text);
    }
  }
}

export class SizePanel {
  #does;
  #sizes;
  /** @type {Layer} */
  #layer = LECTURE;
  #lines;
  #memory = new Bars("Numbers kept, in 4 bytes each");
  #work = new Bars("Multiplications");

  element;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#lines = new Lines(does.onLight);
    this.#sizes = NAMES.map(
      ([letter = "", words = ""], at) => new Size(letter, words, (size) => this.#set(at, size)),
    );
    const lecture = html("button", "quiet", `the lecture's: ${LECTURE.join(", ")}`);
    lecture.type = "button";
    lecture.addEventListener("click", () => does.onLook({ sizes: LECTURE }));
    const words = "A layer y = x w: x is N × D, w is D × M. Back to x:";
    this.element = html(
      "div",
      "layer",
      html("p", "caption", words),
      html("div", "three", ...this.#sizes.map(({ element }) => element)),
      lecture,
      this.#lines.element,
      this.#memory.element,
      this.#work.element,
      html("p", "caption", "Bars by powers of ten."),
    );
  }

  /** @param {Asked} asked */
  show(asked) {
    this.#layer = asked.looking.sizes ?? layerOf(asked) ?? LECTURE;
    for (const [at, size] of this.#layer.entries()) this.#sizes[at]?.show(size);
    const told = sizes(...this.#layer);
    if (!told) return;
    this.#lines.show(told.lines);
    const { byMatrix, byRule } = told;
    // One scale for all sizes, so that a bar grows as its number does.
    const most = sizes(LARGEST, LARGEST, LARGEST) ?? told;
    this.#memory.show(memoryOf([byMatrix, byRule]), most.byMatrix.entries);
    this.#work.show(
      [byMatrix, byRule].map(({ multiplications, work }) => [multiplications, work]),
      most.byMatrix.multiplications,
    );
  }

  /** @param {number} at @param {number} size */
  #set(at, size) {
    const [rows, inputs, outputs] = this.#layer;
    /** @type {Layer} */
    const layer = [rows, inputs, outputs];
    layer[at] = size;
    this.#does.onLook({ sizes: layer });
  }
}

/** @param {Cost[]} costs @returns {[number, string][]} */
function memoryOf(costs) {
  return costs.map(({ entries, memory }) => [entries, memory]);
}

/** The sizes of the product of matrices that is looked at. @param {Asked} asked @returns {Layer | null} */
function layerOf({ scene, wire }) {
  const gate = scene.wires[wire]?.to ?? -1;
  if (scene.nodes[gate]?.op !== "matmul") return null;
  const into = scene.wires.filter(({ to }) => to === gate).sort((a, b) => a.operand - b.operand);
  const [x, w] = into.map(({ shape }) => shape);
  if (x?.length !== 2 || w?.length !== 2) return null;
  const [rows, inputs, outputs] = [x[0] ?? 1, x[1] ?? 1, w[1] ?? 1];
  const isShown = Math.max(rows, inputs, outputs) <= LARGEST;
  return isShown ? [rows, inputs, outputs] : null;
}

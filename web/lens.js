// The Jacobian lens: the explicit matrix beside the implicit rule that gives the same gradient.

import { Choice } from "./choice.js";
import { Costs } from "./costs.js";
import { html } from "./elements.js";
import { formatNumber } from "./format.js";
import { Lines, say, writeText } from "./line.js";
import { nameOf, operandsOf } from "./looking.js";
import { Formula } from "./math.js";
import { Matrix } from "./matrix.js";

/** @typedef {import("./backflow-wasm.js").Lens} LensData */
/** @typedef {import("./panels.js").Asked} Asked */
/** @typedef {import("./panels.js").Does} Does */

/** Up to so many numbers of a gradient are written. */
const WRITTEN = 12;

export class Lens {
  #does;
  /** @type {Asked | null} */
  #asked = null;
  #of = new Choice("of", (key) => this.#ask({ of: key }));
  #by = new Choice("with respect to", (key) => this.#ask({ by: key }));
  #title = new Formula();
  #heading = html("h3", "", this.#title.element);
  #form = html("p", "form");
  #why = html("p", "form");
  #matrix = new Matrix();
  #large = html("p", "large");
  #sizes = html("button", "quiet", "Sizes");
  #note = html(
    "p",
    "caption",
    "The lecture writes the transpose: a row for each element of the operand.",
  );
  #rule;
  #compared = html("dl", "compared");
  #costs = new Costs();
  #told;
  #nothing = html("p", "caption", "No Jacobian here.");
  element;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#rule = new Lines(does.onLight);
    this.#sizes.type = "button";
    this.#sizes.addEventListener("click", () => does.onLook({ tab: "sizes" }));
    this.#told = html(
      "div",
      "sections",
      html("div", "", this.#heading, this.#form, this.#why),
      html("div", "", this.#matrix.element, this.#large, this.#sizes, this.#note),
      section("By the rule, without the matrix", this.#rule.element),
      section("The gradient, both ways", this.#compared),
      section("What each takes", this.#costs.element),
    );
    const pair = html("div", "pair", this.#of.element, this.#by.element);
    this.element = html("div", "lens", pair, this.#told, this.#nothing);
  }

  /** @param {Asked} asked */
  show(asked) {
    this.#asked = asked;
    this.#showChoices(asked);
    const lens = lensOf(asked);
    this.#told.hidden = !lens;
    this.#nothing.hidden = lens !== null;
    if (!lens) return;
    this.#title.write(lens.title);
    say(this.#heading, lens.text);
    writeText(this.#form, `${lens.rows} × ${lens.columns}, ${lens.structure}`);
    writeText(this.#why, lens.why);
    this.#why.hidden = lens.why === "";
    this.#matrix.show(lens);
    const large = lens.tooLarge ?? (lens.entries ? "" : "Not computed yet.");
    writeText(this.#large, large);
    this.#large.hidden = large === "";
    this.#sizes.hidden = !lens.tooLarge;
    this.#note.hidden = !lens.entries || lens.rows * lens.columns === 1;
    this.#rule.show(lens.rule);
    show(this.#rule.element, lens.rule.length > 0);
    compare(this.#compared, lens);
    show(this.#compared, lens.explicit !== null || lens.implicit !== null);
    this.#costs.show(lens.byMatrix, lens.byRule);
  }

  /** @param {Asked} asked */
  #showChoices({ scene, wires, wire, looking }) {
    const { nodes } = scene;
    const gate = nodes[scene.wires[wire]?.to ?? -1];
    const named = nodes.flatMap(({ key }, node) => {
      const name = nameOf(scene, node);
      return name === null ? [] : [{ value: key, text: name }];
    });
    const own = gate && named.every(({ value }) => value !== gate.key);
    const shown = own ? [[{ value: gate.key, text: gate.symbol }], named] : [named];
    const of = looking.pair?.[0] ?? gate?.key ?? "";
    this.#of.show(shown, of);
    const operands = operandsOf(scene, wires).map((text, at) => ({ value: `operand ${at}`, text }));
    const isOwn = of === gate?.key;
    const at = wires.indexOf(wire);
    // An operand that has a name is told once.
    const keys = new Set(wires.map((one) => nodes[scene.wires[one]?.from ?? -1]?.key));
    const others = isOwn ? named.filter(({ value }) => !keys.has(value) && value !== of) : named;
    this.#by.show([isOwn ? operands : [], others], looking.pair?.[1] ?? `operand ${at}`);
  }

  /** @param {{ of?: string, by?: string }} chosen */
  #ask({ of, by }) {
    const { scene, wires, wire, looking } = this.#asked ?? {};
    if (!scene || !wires || wire === undefined || !looking) return;
    const gate = scene.nodes[scene.wires[wire]?.to ?? -1]?.key ?? "";
    const operand = /^operand (\d+)$/.exec(by ?? "")?.[1];
    if (operand !== undefined) {
      this.#does.onLook({ operand: Number(operand), pair: null });
      return;
    }
    const from = scene.nodes[scene.wires[wire]?.from ?? -1]?.key ?? "";
    const pair = [of ?? looking.pair?.[0] ?? gate, by ?? looking.pair?.[1] ?? from];
    const isWire = of !== undefined && pair[0] === gate && pair[1] === from;
    this.#does.onLook({ pair: isWire ? null : [pair[0] ?? "", pair[1] ?? ""] });
  }
}

/** @param {Asked} asked @returns {LensData | null} */
function lensOf({ evaluator, scene, wire, step, looking }) {
  if (!looking.pair) return evaluator.lens(wire, step);
  const [of, by] = looking.pair.map((key) => scene.nodes.findIndex((node) => node.key === key));
  if (of === undefined || by === undefined || of < 0 || by < 0) return evaluator.lens(wire, step);
  return evaluator.lensOfPair(of, by, step);
}

/** @param {string} title @param {HTMLElement} inside */
function section(title, inside) {
  return html("section", "", html("h3", "caption", title), inside);
}

/** Shows a part with its title. @param {HTMLElement} inside @param {boolean} isShown */
function show(inside, isShown) {
  if (inside.parentElement) inside.parentElement.hidden = !isShown;
}

/** @param {HTMLDListElement} list @param {LensData} lens */
function compare(list, { explicit, implicit, difference }) {
  const lines = [
    ["by the matrix", explicit && vector(explicit), "gradient"],
    ["by the rule", implicit && vector(implicit), "gradient"],
    ["largest difference", difference === null ? null : formatNumber(difference), ""],
  ];
  if (list.children.length === 0) {
    list.append(...lines.map(([name]) => html("div", "", html("dt", "", name ?? ""), html("dd"))));
  }
  for (const [at, [, text, kind]] of lines.entries()) {
    const line = list.children[at];
    const told = line?.lastElementChild;
    if (!(line instanceof HTMLElement) || !(told instanceof HTMLElement)) continue;
    line.hidden = !text;
    told.className = kind ?? "";
    writeText(told, text ?? "");
  }
}

/** @param {number[]} numbers @param {number} [most] so many are written */
export function vector(numbers, most = WRITTEN) {
  const shown = numbers.slice(0, most).map(formatNumber);
  if (shown.length < numbers.length) shown.push("…");
  return `[${shown.join(", ")}]`;
}

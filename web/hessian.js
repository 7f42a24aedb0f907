// Second order: the Hessian written out beside the product that does without it, Newton's step,
// and the lines that put either into the program.

import { html, htmlName, svg } from "./elements.js";
import { formatExactly, formatNumber } from "./format.js";
import { Formula } from "./math.js";
import { NumberInput } from "./number-input.js";

/** @typedef {import("./backflow-wasm.js").Hessian} HessianData */
/** @typedef {import("./backflow-wasm.js").HessianProduct} Product */
/** @typedef {import("./backflow-wasm.js").Extended} Extended */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */

/**
 * What is asked of the engine, each of a node of the scene.
 * @typedef {object} Asks
 * @property {(node: number) => HessianData | null} hessian
 * @property {(node: number, v: Float64Array) => Product | null} product
 * @property {(kind: string, node: number) => Extended} extended
 */

/** What a program is extended by: for the engine, and on its button. */
const KINDS = /** @type {const} */ ([
  ["hvp", "Hessian-vector product"],
  ["penalty", "Gradient-norm penalty"],
  ["l2", "L2 regularisation"],
  ["newton", "Newton’s step"],
]);

/** Room of the number line, in its own units. */
const LINE = { width: 480, height: 84, y: 44, side: 48 };

export class HessianPane {
  #asks;
  #onExtend;
  /** @type {Scene | null} */
  #scene = null;
  /** The key of the input that derivatives are by. */
  #key = "";
  /** How many columns are filled; all as long as the reader says nothing. @type {number | null} */
  #filled = null;
  /** @type {number[]} */
  #v = [];
  /** What the table is built for. */
  #built = "";
  #frame = 0;
  #isOpen = false;
  #by = html("select");
  #said = html("p", "said");
  #title = new Formula();
  #table = html("table");
  #scroll = html("div", "matrix", this.#table);
  /** @type {{ entries: HTMLTableCellElement[][], byMatrix: HTMLTableCellElement[], byProduct: HTMLTableCellElement[] }} */
  #cells = { entries: [], byMatrix: [], byProduct: [] };
  #passes = html("input", "passes");
  #passed = html("span");
  #compared = html("p", "compared");
  #why = html("p");
  #costs = html("ul", "costs");
  #newton = html("div", "step");
  #step = new Formula();
  #nowhere = html(
    "p",
    "caption",
    "h is 0: the slope does not change here, so no step leads to where it is 0.",
  );
  #line = svg("svg", "number-line");
  element;

  /** @param {Asks} asks @param {(program: string) => void} onExtend */
  constructor(asks, onExtend) {
    this.#asks = asks;
    this.#onExtend = onExtend;
    this.#by.addEventListener("change", () => {
      this.#key = this.#by.value;
      this.#filled = null;
      this.#write();
    });
    this.#passes.type = "range";
    this.#passes.min = "0";
    this.#passes.ariaLabel = "Passes made";
    this.#passes.addEventListener("input", () => {
      this.#filled = this.#passes.valueAsNumber;
      this.#write();
    });
    this.#said.setAttribute("role", "status");
    this.#line.setAttribute("viewBox", `0 0 ${LINE.width} ${LINE.height}`);
    this.#line.setAttribute("role", "img");
    this.#newton.append(
      html("h3", "", "Newton’s step"),
      this.#step.element,
      this.#nowhere,
      this.#line,
    );
    const buttons = KINDS.map(([kind, name]) => {
      const button = html("button", kind, name);
      button.type = "button";
      button.addEventListener("click", () => this.#extend(kind));
      return button;
    });
    this.element = html(
      "section",
      "hessian",
      html("h2", "", "Second order"),
      html("label", "by", html("span", "caption", "Derivatives with respect to"), this.#by),
      html(
        "div",
        "adds",
        html("span", "caption", "Add to the program, for this input"),
        html("div", "buttons", ...buttons),
        this.#said,
      ),
      html(
        "div",
        "whole",
        html("h3", "", "The Hessian ", this.#title.element),
        this.#scroll,
        html("label", "filling", this.#passes, this.#passed),
        this.#compared,
        this.#why,
        this.#costs,
      ),
      this.#newton,
    );
  }

  /** Takes over a program. @param {Scene} scene */
  draw(scene) {
    this.#scene = scene;
    const options = scene.inputs.map(({ node, name }) => {
      const option = html("option", "", name);
      option.value = scene.nodes[node]?.key ?? "";
      return option;
    });
    this.#by.replaceChildren(...options);
    const keys = options.map((option) => option.value);
    if (!keys.includes(this.#key)) this.#key = keys[0] ?? "";
    this.#by.value = this.#key;
    this.#built = "";
    this.#said.textContent = "";
  }

  /** Numbers have changed: they follow in the next frame. */
  refresh() {
    if (!this.#isOpen) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#write());
  }

  open() {
    this.#isOpen = true;
    this.#write();
  }

  close() {
    this.#isOpen = false;
    this.disconnect();
  }

  disconnect() {
    cancelAnimationFrame(this.#frame);
  }

  get #node() {
    const nodes = this.#scene?.nodes ?? [];
    return nodes.findIndex(({ key, kind }) => kind === "input" && key === this.#key);
  }

  /** @param {string} kind */
  #extend(kind) {
    const { program, message } = this.#asks.extended(kind, this.#node);
    if (program !== null) this.#onExtend(program);
    this.#said.textContent = message ?? "";
  }

  #write() {
    const data = this.#isOpen ? this.#asks.hessian(this.#node) : null;
    for (const part of this.element.querySelectorAll(".by, .adds, .whole")) {
      part.toggleAttribute("hidden", this.#isOpen && data === null);
    }
    this.#newton.hidden = !data?.newton;
    if (!data) return;
    this.#title.write(data.title);
    this.#build(data);
    this.#fill(data);
    const { takes, productTakes, ofALayer } = data;
    this.#costs.replaceChildren(
      html("li", "", `All of it: ${takes}`),
      html("li", "", `One product H v: ${productTakes}`),
      html("li", "", `Of a layer of 4096 × 4096 weights, all of it: ${ofALayer}`),
    );
    if (data.newton) this.#writeNewton(data.newton);
  }

  /** The table, where it has other rows than before. @param {HessianData} data */
  #build({ names, rows, entries, tooLarge }) {
    const built = JSON.stringify([this.#key, names, rows]);
    if (built === this.#built) return;
    this.#built = built;
    this.#scroll.hidden = entries === null || rows === 0;
    this.#why.textContent = tooLarge ?? "";
    this.#passes.max = String(rows);
    if (this.#filled !== null && this.#filled > rows) this.#filled = null;
    if (this.#v.length !== rows)
      this.#v = Array.from({ length: rows }, (_, at) => Number(at === 0));
    const heading = (/** @type {string | Node} */ text) => {
      const cell = html("th", "", text);
      cell.scope = "col";
      return cell;
    };
    const ends = ["v", "H v by the matrix", "H v by the product"].map(heading);
    const head = html(
      "tr",
      "",
      html("td"),
      ...names.map((name) => heading(htmlName(name))),
      ...ends,
    );
    this.#cells = { entries: [], byMatrix: [], byProduct: [] };
    const lines = names.map((name, row) => {
      const title = html("th", "", htmlName(name));
      title.scope = "row";
      const cells = names.map(() => html("td", "entry"));
      const onInput = (/** @type {number} */ value) => {
        this.#v[row] = value;
        this.#write();
      };
      const field = new NumberInput({ onInput }, { step: 0.1, isFinite: true });
      field.element.ariaLabel = `v for ${name}`;
      field.show(this.#v[row] ?? 0);
      const [byMatrix, byProduct] = [html("td", "by-matrix"), html("td", "by-product")];
      this.#cells.entries.push(cells);
      this.#cells.byMatrix.push(byMatrix);
      this.#cells.byProduct.push(byProduct);
      return html("tr", "", title, ...cells, html("td", "v", field.element), byMatrix, byProduct);
    });
    this.#table.replaceChildren(html("thead", "", head), html("tbody", "", ...lines));
  }

  /** @param {HessianData} data */
  #fill({ entries, rows, asymmetry }) {
    const filled = this.#filled ?? rows;
    this.#passes.parentElement?.toggleAttribute("hidden", entries === null || rows === 0);
    this.#passes.value = String(filled);
    const within = asymmetry ? ` to within ${formatNumber(asymmetry)}` : "";
    const all = filled < rows ? "" : `; symmetric${within}`;
    this.#passed.textContent = `${filled} of ${rows} Hessian-vector products, a column each${all}`;
    for (const [row, cells] of this.#cells.entries.entries()) {
      for (const [column, cell] of cells.entries()) {
        writeCell(cell, column < filled ? entries?.[row * rows + column] : undefined);
        cell.classList.toggle("last", column === filled - 1 && filled < rows);
      }
    }
    const product = this.#asks.product(this.#node, Float64Array.from(this.#v));
    for (const [row, cell] of this.#cells.byMatrix.entries()) {
      writeCell(cell, filled === rows ? product?.byMatrix?.[row] : undefined);
    }
    for (const [row, cell] of this.#cells.byProduct.entries()) {
      writeCell(cell, product?.byProduct[row]);
    }
    const difference = product?.difference ?? null;
    this.#compared.textContent =
      difference === null
        ? ""
        : `Both are the same to within ${formatNumber(difference)}: the matrix takes ${rows} ${rows === 1 ? "pass" : "passes"}, the product 1, whatever v is.`;
  }

  /** @param {NonNullable<HessianData["newton"]>} newton */
  #writeNewton({ x, next, math }) {
    this.#step.write(math);
    this.#nowhere.hidden = next !== null;
    const isSeen = next !== null && [x, next].every(Number.isFinite);
    this.#line.toggleAttribute("hidden", !isSeen);
    if (!isSeen) return;
    this.#line.setAttribute("aria-label", `from ${formatNumber(x)} to ${formatNumber(next)}`);
    const [low, high] = [Math.min(x, next), Math.max(x, next)];
    const span = high - low || 1;
    const place = (/** @type {number} */ value) =>
      LINE.side + ((value - low) / span) * (LINE.width - 2 * LINE.side);
    const axis = drawn("line", "axis", { x1: 8, y1: LINE.y, x2: LINE.width - 8, y2: LINE.y });
    const [from, to] = [place(x), place(next)];
    const rise = 26;
    const way = drawn("path", "way", {
      d: `M${from} ${LINE.y - 5}Q${(from + to) / 2} ${LINE.y - 5 - rise * 2} ${to} ${LINE.y - 5}`,
    });
    const marks = [
      { at: from, text: `x = ${formatNumber(x)}`, kind: "start" },
      { at: to, text: `x − g/h = ${formatNumber(next)}`, kind: "end" },
    ].flatMap(({ at, text, kind }) => {
      const label = drawn("text", kind, { x: at, y: LINE.y + 24 });
      label.textContent = text;
      return [drawn("circle", kind, { cx: at, cy: LINE.y, r: 5 }), label];
    });
    const moves = Math.abs(to - from) > 1;
    this.#line.replaceChildren(axis, ...(moves ? [way] : []), ...(moves ? marks : marks.slice(2)));
  }
}

/** @param {HTMLTableCellElement} cell @param {number | undefined} number */
function writeCell(cell, number) {
  const text = number === undefined ? "" : formatNumber(number);
  if (cell.textContent !== text) cell.textContent = text;
  cell.title = number === undefined ? "" : formatExactly(number);
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} kind
 * @param {Record<string, string | number>} attributes
 */
function drawn(tag, kind, attributes) {
  const element = svg(tag, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

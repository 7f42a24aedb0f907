// Reverse mode, forward mode or both: the switch, what each takes, and the Jacobian that
// their passes fill.

import { html } from "./elements.js";
import { formatExactly, formatNumber } from "./format.js";
import { Formula } from "./math.js";
import { prefersStill } from "./motion.js";

/** @typedef {import("./backflow-wasm.js").Mode} Mode */
/** @typedef {import("./backflow-wasm.js").Passes} Passes */
/** @typedef {import("./backflow-wasm.js").Line} Line */
/** @typedef {import("./engine.js").Evaluator} Evaluator */

/** @type {{ mode: Mode, name: string, title: string }[]} */
const MODES = [
  { mode: "reverse", name: "Reverse", title: "Values, then gradients from the output back" },
  { mode: "forward", name: "Forward", title: "With each value its tangent, in one pass" },
  { mode: "both", name: "Both", title: "Values with their tangents, then gradients" },
];

/** How long a pass stays before the next one, and all of them at most, in milliseconds. */
const STAYS = 300;
const ALL = 3000;

/** By which passes the Jacobian is filled. @typedef {"columns" | "rows"} Way */

export class Modes {
  #onMode;
  /** @type {Evaluator | undefined} */
  #evaluator;
  /** @type {HTMLInputElement[]} */
  #radios = [];
  #passes = html("p", "passes-needed caption");
  #identity = html("ul", "lines");
  /** @type {Formula[]} */
  #formulas = [];
  #verdict = html("p", "caption verdict");
  #duality = html("div", "duality", this.#identity, this.#verdict);
  #buttons = html("div", "filling");
  #table = new Table();
  element;

  /** @param {(mode: Mode) => void} onMode called when the reader chooses one */
  constructor(onMode) {
    this.#onMode = onMode;
    const group = html("div", "choosing", ...MODES.map((one) => this.#radio(one)));
    group.setAttribute("role", "radiogroup");
    group.ariaLabel = "Mode";
    this.#duality.setAttribute("role", "group");
    this.#duality.ariaLabel = "Dot products at both ends";
    this.element = html(
      "div",
      "modes",
      html("div", "chooses", group, this.#buttons),
      this.#passes,
      this.#duality,
      this.#table.element,
    );
  }

  /** @param {{ mode: Mode, name: string, title: string }} one */
  #radio({ mode, name, title }) {
    const radio = html("input");
    radio.type = "radio";
    // Of one shadow root, so that elements of a page keep apart.
    radio.name = "mode";
    radio.value = mode;
    radio.addEventListener("change", () => {
      if (radio.checked) this.#onMode(mode);
    });
    this.#radios.push(radio);
    const label = html("label", mode, html("span", "", name), radio);
    label.title = title;
    return label;
  }

  /** Shows the mode of another graph. @param {Evaluator} evaluator with a scene */
  draw(evaluator) {
    const { scene } = evaluator;
    this.#evaluator = evaluator;
    this.element.hidden = !scene || scene.nodes.length === 0;
    this.#table.clear();
    if (!scene || scene.nodes.length === 0) return;
    for (const radio of this.#radios) radio.checked = radio.value === scene.mode;
    const passes = evaluator.passes();
    this.#passes.textContent = passes?.text ?? "";
    this.#offer(passes, scene.mode);
    this.write();
  }

  /** Tells anew what depends on values. */
  write() {
    const identity = this.#evaluator?.identity() ?? null;
    this.#duality.hidden = identity === null;
    this.#table.outdate();
    if (!identity) return;
    this.#writeLines(identity.lines);
    const { left, right, holds } = identity;
    const [sign, word] = holds ? ["=", "the same at both ends"] : ["≠", "not the same"];
    const said = `${formatNumber(left)} ${sign} ${formatNumber(right)}: ${word}`;
    if (this.#verdict.textContent !== said) this.#verdict.textContent = said;
    this.#verdict.title = `${formatExactly(left)} and ${formatExactly(right)}`;
  }

  /** Fills anew what was filled before values changed. */
  settle() {
    if (this.#evaluator) this.#table.refill(this.#evaluator);
  }

  disconnect() {
    this.#table.clear();
    this.#evaluator = undefined;
  }

  /** @param {Line[]} lines */
  #writeLines(lines) {
    if (this.#formulas.length !== lines.length) {
      this.#formulas = lines.map(() => new Formula());
      this.#identity.replaceChildren(
        ...this.#formulas.map(({ element }) => html("li", "line", html("span", "", element))),
      );
    }
    for (const [at, { math, text }] of lines.entries()) {
      const formula = this.#formulas[at];
      if (!formula) continue;
      formula.write(math);
      formula.element.ariaHidden = "true";
      const around = formula.element.parentElement;
      around?.setAttribute("role", "math");
      if (around && around.ariaLabel !== text) around.ariaLabel = text;
    }
  }

  /** Offers to run all passes of each mode that is shown. @param {Passes | null} passes @param {Mode} mode */
  #offer(passes, mode) {
    this.#buttons.replaceChildren();
    if (!passes || passes.forward === 0) return;
    if (passes.tooLarge !== null) {
      this.#buttons.append(html("span", "caption", passes.tooLarge));
      return;
    }
    if (mode !== "reverse") this.#buttons.append(this.#fill(passes, "columns"));
    if (mode !== "forward") this.#buttons.append(this.#fill(passes, "rows"));
  }

  /** @param {Passes} passes @param {Way} way */
  #fill(passes, way) {
    const count = way === "columns" ? passes.forward : passes.reverse;
    const one = way === "columns" ? "column" : "row";
    const text = `Jacobian by ${one}s: ${count} ${count === 1 ? "pass" : "passes"}`;
    const button = html("button", "fill", text);
    button.type = "button";
    button.addEventListener("click", () => {
      if (this.#evaluator) this.#table.fill(this.#evaluator, passes, way);
    });
    return button;
  }
}

/** The Jacobian of the output by all inputs: a row for each number of the output. */
class Table {
  #caption = html("p", "caption");
  #head = html("thead");
  #body = html("tbody");
  #count = html("p", "spoken");
  /** @type {HTMLElement[][]} */
  #cells = [];
  /** What is filled. @type {{ passes: Passes, way: Way } | null} */
  #filled = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  element = html("div", "jacobian");

  constructor() {
    this.#count.setAttribute("role", "status");
    const table = html("table", "", this.#head, this.#body);
    // It may be wider than its place.
    const scrolls = html("div", "scrolls", table);
    scrolls.tabIndex = 0;
    scrolls.setAttribute("role", "group");
    scrolls.ariaLabel = "Jacobian";
    this.element.hidden = true;
    this.element.append(this.#caption, scrolls, this.#count);
  }

  /** Fills all of it, a pass at a time. @param {Evaluator} evaluator @param {Passes} passes @param {Way} way */
  fill(evaluator, passes, way) {
    this.clear();
    this.#make(passes, way);
    this.#filled = { passes, way };
    this.element.hidden = false;
    const count = this.#countOf(passes, way);
    const stays = prefersStill() ? 0 : Math.min(STAYS, ALL / count);
    this.#pass(evaluator, 0, count, stays);
  }

  /** The values have changed since. */
  outdate() {
    if (this.#filled) this.element.classList.add("outdated");
  }

  /** Fills it anew, at once. @param {Evaluator} evaluator */
  refill(evaluator) {
    if (!this.#filled || !this.element.classList.contains("outdated")) return;
    clearTimeout(this.#waiting);
    const { passes, way } = this.#filled;
    this.#pass(evaluator, 0, this.#countOf(passes, way), 0);
  }

  clear() {
    clearTimeout(this.#waiting);
    this.#filled = null;
    this.element.hidden = true;
    this.element.classList.remove("outdated");
    this.#count.textContent = "";
  }

  /** @param {Passes} passes @param {Way} way */
  #countOf(passes, way) {
    return way === "columns" ? passes.forward : passes.reverse;
  }

  /** Runs a pass, and then those behind it: where they stay each by itself. @param {Evaluator} evaluator @param {number} k @param {number} count @param {number} stays */
  #pass(evaluator, k, count, stays) {
    for (let at = k; at < count; at++) {
      this.#write(evaluator, at);
      if (stays > 0 && at + 1 < count) {
        this.#waiting = setTimeout(() => this.#pass(evaluator, at + 1, count, stays), stays);
        return;
      }
    }
    this.element.classList.remove("outdated");
    const { way } = this.#filled ?? {};
    const one = way === "rows" ? "row" : "column";
    this.#count.textContent = `${count} ${count === 1 ? one : `${one}s`} filled`;
  }

  /** @param {Evaluator} evaluator @param {number} k */
  #write(evaluator, k) {
    const isColumn = this.#filled?.way === "columns";
    const numbers = (isColumn ? evaluator.column(k) : evaluator.row(k)) ?? [];
    for (const [at, number] of numbers.entries()) {
      const cell = isColumn ? this.#cells[at]?.[k] : this.#cells[k]?.[at];
      if (!cell) continue;
      cell.textContent = formatNumber(number);
      cell.title = formatExactly(number);
      cell.classList.add("filled");
    }
  }

  /** @param {Passes} passes @param {Way} way */
  #make({ rows, columns }, way) {
    this.element.classList.toggle("by-columns", way === "columns");
    this.#caption.textContent =
      way === "columns"
        ? "The output by the inputs: a forward pass fills a column"
        : "The output by the inputs: a reverse pass fills a row";
    const names = columns.map((name) => heading(name, "col"));
    this.#head.replaceChildren(html("tr", "", html("td"), ...names));
    this.#cells = rows.map(() => columns.map(() => html("td")));
    const lines = rows.map((name, at) =>
      html("tr", "", heading(name, "row"), ...(this.#cells[at] ?? [])),
    );
    this.#body.replaceChildren(...lines);
  }
}

/** @param {string} name @param {"row" | "col"} scope */
function heading(name, scope) {
  const cell = html("th", "", name);
  cell.scope = scope;
  return cell;
}

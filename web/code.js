// The program as code, in several styles: a pane whose lines are linked to the graph.

import { Choice } from "./choice.js";
import { CopyButton } from "./copying.js";
import { download } from "./download.js";
import { html } from "./elements.js";
import { Listing } from "./listing.js";
import { Tabs } from "./tabs.js";
import { writingOf } from "./writing.js";

/** @typedef {import("./backflow-wasm.js").Code} Code */
/** @typedef {import("./backflow-wasm.js").CodeLine} CodeLine */
/** @typedef {import("./backflow-wasm.js").CodeStyle} CodeStyle */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./engine.js").Evaluator} Evaluator */
/** @typedef {import("./lesson.js").Selection} Selection */
/** @typedef {import("./line.js").Paths} Paths */
/** @typedef {import("./writing.js").Writing} Writing */

/**
 * @typedef {object} Does
 * @property {(paths: Paths | null) => void} onLight for as long as a line is pointed at
 * @property {(selection: { node: number } | null) => void} onSelect
 * @property {(step: number) => void} onStep
 * @property {() => void} onLook the reader looks at another style
 */

/** @type {Record<CodeStyle, string>} */
const TITLES = {
  flat: "flat",
  modular: "modular",
  torch: "PyTorch",
  "autograd-function": "autograd.Function",
  numpy: "NumPy",
  jax: "JAX",
  latex: "LaTeX",
};

/** What a line is, by its pass. @type {Record<CodeLine["pass"], string>} */
const PASSES = { forward: "forward", base: "backward", backward: "backward", other: "" };

export class CodePane {
  #does;
  #writing = writingOf();
  #isOpen = false;
  /** Whether the graph is another than the lines are of. */
  #isStale = true;
  /** @type {Evaluator | undefined} */
  #evaluator;
  /** @type {Code | null} */
  #code = null;
  /** @type {Selection | null} */
  #selection = null;
  /** @type {number | null} */
  #step = null;
  #tabs;
  #composite;
  #listing;
  #message = html("p", "message");
  #told = html("span", "told");
  #go = html("button", "quiet");
  #files = html("span", "files");
  #notebook;
  #script;
  element;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#listing = new Listing({
      onLight: (line) => does.onLight(line && this.#pathsOf(line)),
      onChoose: (line) => this.#choose(line),
      onStep: (line) => this.#goTo(line),
      onLeave: () => does.onSelect(null),
      onCurrent: () => this.#tell(),
    });
    this.#composite = new Choice("Function of", (composite) => {
      this.#look({ ...this.#writing, composite: composite || null });
    });
    const copy = new CopyButton("Copy code", () => this.#code?.text ?? "", "lines");
    this.#script = this.#button(() => this.#saveText());
    this.#notebook = this.#button(() => this.#saveNotebook());
    this.#notebook.textContent = "Save .ipynb";
    this.#files.append(copy.element, this.#script, this.#notebook);
    this.#go.type = "button";
    this.#go.addEventListener("click", () => {
      if (this.#listing.current) this.#goTo(this.#listing.current);
    });
    this.#message.setAttribute("role", "status");
    const text = html("div", "text-of", this.#message, this.#listing.element);
    this.#tabs = new Tabs("Styles of code", TITLES, text, (style) => {
      this.#look({ ...this.#writing, style });
    });
    this.element = html(
      "section",
      "program-code",
      html("div", "styles", this.#tabs.element),
      html("div", "choices", this.#composite.element, this.#files),
      text,
      html("div", "of-line", this.#told, this.#go),
    );
    this.element.ariaLabel = "Code";
  }

  /** Which style is shown. @returns {Writing} */
  get writing() {
    return { ...this.#writing };
  }

  set writing(writing) {
    const before = this.#writing;
    this.#writing = writingOf(writing);
    if (before.style !== this.#writing.style) this.#listing.rewind();
    this.#ask();
  }

  open() {
    this.#isOpen = true;
    this.#ask();
  }

  close() {
    this.#isOpen = false;
    this.#does.onLight(null);
  }

  disconnect() {
    this.#listing.disconnect();
    this.#evaluator = undefined;
  }

  /** There is another graph; its code is asked for when it rests. @param {Evaluator} evaluator */
  draw(evaluator) {
    this.#evaluator = evaluator;
    this.#isStale = true;
  }

  /** Values rest: the numbers that are asserted are those on screen. */
  rest() {
    this.#ask();
  }

  /** Marks the lines of what is chosen and of the step at work. @param {Selection | null} selection @param {number | null} step null where none is at work */
  follow(selection, step) {
    this.#selection = selection;
    this.#step = step;
    this.#mark();
  }

  #ask() {
    const evaluator = this.#evaluator;
    if (!this.#isOpen || !evaluator?.scene) return;
    const { style } = this.#writing;
    const isFunction = style === "autograd-function";
    const composite = this.#offer(evaluator.scene);
    const told = evaluator.code(style, isFunction ? composite : null);
    const isWrong = told !== null && "message" in told;
    this.#code = told && !isWrong ? told : null;
    this.#isStale = false;
    this.#tabs.show(style);
    this.#composite.element.hidden = !isFunction;
    this.#message.textContent = isWrong ? `No code: ${told.message}.` : "";
    this.#message.hidden = !isWrong;
    this.#listing.element.hidden = this.#code === null;
    this.#files.hidden = this.#code === null;
    const isPython = style !== "latex";
    this.#notebook.hidden = !isPython;
    this.#script.textContent = `Save ${isPython ? ".py" : ".tex"}`;
    this.#listing.show(this.#code, `${TITLES[style]}, line by line`);
    this.#mark(true);
    this.#tell();
  }

  /** Offers what a function can be made of; tells which one is. @param {Scene} scene */
  #offer(scene) {
    const { calls, gates } = composites(scene);
    const { composite } = this.#writing;
    // One of another program is asked for no more.
    const known = composite !== null && [...calls, ...gates].includes(composite);
    const options = (/** @type {string[]} */ names) =>
      names.map((name) => ({ value: name, text: name }));
    const first = [{ value: "", text: "first composite" }];
    this.#composite.show([first, options(calls), options(gates)], known ? composite : "");
    return known ? composite : null;
  }

  /** @param {boolean} [isNew] whether the lines are new */
  #mark(isNew = false) {
    if (!this.#isOpen || this.#isStale) return;
    const scene = this.#evaluator?.scene;
    const selection = this.#selection;
    // A wire carries what a gate made.
    const of = selection && "wire" in selection ? scene?.wires[selection.wire]?.from : undefined;
    const node = selection && "node" in selection ? selection.node : of;
    this.#listing.mark({ node: node ?? -1, step: this.#step ?? -1 }, isNew);
  }

  /** What lights up with a line. @param {CodeLine} line @returns {Paths | null} */
  #pathsOf({ nodes, steps }) {
    const scene = this.#evaluator?.scene;
    if (!scene || this.#isStale || nodes.length === 0) return null;
    const ofSteps = steps
      .filter((step) => scene.steps[step]?.pass !== "inputs")
      .flatMap((step) => scene.steps[step]?.wires ?? []);
    const near = scene.wires.flatMap(({ from, to }, index) =>
      nodes.includes(from) || (to !== null && nodes.includes(to)) ? [index] : [],
    );
    return { nodes, wires: ofSteps.length > 0 ? ofSteps : near };
  }

  /** Chooses the gate of a line; of several, by turns. @param {CodeLine} line */
  #choose({ nodes }) {
    if (this.#isStale || nodes.length === 0) return;
    const selection = this.#selection;
    const at = selection && "node" in selection ? nodes.indexOf(selection.node) : -1;
    const node = nodes[(at + 1) % nodes.length];
    if (node !== undefined) this.#does.onSelect({ node });
  }

  /** Goes to the step of a line; of several, by turns. @param {CodeLine} line */
  #goTo({ steps }) {
    const step = this.#next(steps);
    if (!this.#isStale && step !== undefined) this.#does.onStep(step);
  }

  /** @param {number[]} steps */
  #next(steps) {
    const at = this.#step === null ? -1 : steps.indexOf(this.#step);
    return steps[(at + 1) % steps.length];
  }

  /** Tells of the line where the keys are. */
  #tell() {
    const line = this.#code && this.#listing.current;
    const { nodes = [], steps = [], pass = "other" } = line ?? {};
    const names = nodes.flatMap((node) => {
      const { name, symbol } = this.#evaluator?.scene?.nodes[node] ?? {};
      return name || symbol || [];
    });
    const distinct = [...new Set(names)].join(", ");
    const step = this.#next(steps);
    this.#told.textContent = [PASSES[pass], distinct].filter(Boolean).join(" · ");
    this.#go.hidden = step === undefined;
    this.#go.textContent = `Go to step ${step ?? ""}`;
    this.#go.title = "Alt+Enter, or a double click on the line";
  }

  /** The reader looks at another style. @param {Writing} writing */
  #look(writing) {
    this.writing = writing;
    this.#does.onLook();
  }

  /** @param {() => void} act */
  #button(act) {
    const button = html("button", "quiet");
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /** What a file is called: the program's output and the style. */
  get #name() {
    const output = this.#evaluator?.scene?.outputName ?? "backflow";
    return `${output}_${this.#writing.style.replaceAll("-", "_")}`;
  }

  #saveText() {
    // As it is now, though values may not rest.
    this.#ask();
    if (!this.#code) return;
    const isPython = this.#writing.style !== "latex";
    const [end, type] = isPython ? ["py", "text/x-python"] : ["tex", "text/x-tex"];
    download(`${this.#name}.${end}`, this.#code.text, type);
  }

  #saveNotebook() {
    this.#ask();
    const evaluator = this.#evaluator;
    if (!evaluator?.scene) return;
    const { style } = this.#writing;
    const composite = style === "autograd-function" ? this.#offer(evaluator.scene) : null;
    const text = evaluator.notebook(style, composite);
    if (text) download(`${this.#name}.ipynb`, text, "application/x-ipynb+json");
  }
}

/** What there is to make a function of: definitions that are called, and operations. @param {Scene} scene */
function composites({ nodes, boxes }) {
  const called = boxes.filter(({ kind }) => kind === "call").map(({ title }) => title);
  const closed = nodes.filter(({ op }) => op === "call").map(({ symbol }) => symbol);
  const gates = nodes.filter(({ kind, op }) => kind === "gate" && op !== "composite");
  return {
    calls: [...new Set([...called, ...closed])],
    gates: [...new Set(gates.map(({ op }) => op))],
  };
}

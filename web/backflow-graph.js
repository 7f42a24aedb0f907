// <backflow-graph>: a program, its computational graph and its inputs.

import { Orders } from "./chain.js";
import { copyFrom, pasteInto } from "./clipboard.js";
import { CodePane } from "./code.js";
import { CopyButton } from "./copying.js";
import { offerOf } from "./drawn.js";
import { Editor } from "./editor.js";
import { html } from "./elements.js";
import { Evaluator, pasted } from "./engine.js";
import { DEFAULT_PROGRAM } from "./examples.js";
import { loadFonts } from "./fonts.js";
import { HessianPane } from "./hessian.js";
import { History } from "./history.js";
import { Inputs } from "./inputs.js";
import { load } from "./instance.js";
import { Lesson } from "./lesson.js";
import { writeLink } from "./link.js";
import { Menu } from "./menu.js";
import { MisfitNote, namesThatMeet } from "./misfit.js";
import { Modes } from "./modes.js";
import { Panes } from "./panes.js";
import { Picture } from "./picture.js";
import { Presentation } from "./presentation.js";
import { describe, snapshot } from "./snapshot.js";
import { dedent, loadStyles, parsed, withFieldsLines, withResolvers } from "./start.js";
import { stateOf } from "./state.js";
import { legend, Tools } from "./tools.js";
import { folded, plainView, toggled } from "./view.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./backflow-wasm.js").Compiled} Compiled */
/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").View} View */
/** @typedef {import("./engine.js").State} Saved */
/** @typedef {import("./state.js").State} State */
/** A state of which the program may be missing. @typedef {ReturnType<typeof stateOf>} Given */
/** @typedef {import("./format.js").Tensor} Tensor */
/** @typedef {import("./snapshot.js").Snapshot} Snapshot */

/**
 * What undo goes back to: the text, the last good program with its values, and how many had been
 * opened, each in a view of its own.
 * @typedef {{ text: string, good: Saved | null, opened: number }} Past
 */

/** What a `backflow-change` event tells in `detail`. @typedef {{ cause: "program" | "input" | "view" | "step" | "error" }} Change */

/** A page may be rendered on a server, where there are no elements. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

/** How long after the last change what is not seen follows, in milliseconds. */
const SETTLES = 300;

/** Where compiling takes longer than this it waits for a pause in typing, in milliseconds. */
const SLOW = 50;

/** The values before there are any. */
const NONE = new Float64Array();
/** Of so many inputs at most is sought whether a chain leads from them to the output. */
const TRIED = 20;

/** The pause that it waits for. */
const PAUSE = 300;

/**
 * A live computational graph of a program.
 *
 * @fires CustomEvent<Change>#backflow-change after each compile and each change of an input
 */
export class BackflowGraph extends Base {
  static observedAttributes = ["program"];

  #picture = new Picture({
    onSelect: (selection) => this.#lesson.select(selection),
    onToggle: (key, opens) => this.#look((view) => toggled(view, key, opens)),
    onFold: (key) => this.#look((view) => folded(view, key)),
    onEdit: (offset, value, phase) => this.#editNumber(offset, value, phase),
    onPoint: (how, spot) => this.#lesson.point(how, spot),
    onPaste: (node, text) => this.#inputs.pasteInto(node, text),
    onWork: (at) => this.#viewport.follow(at),
    onPass: (isStepping) => this.#body.classList.toggle("stepping", isStepping),
  });
  #editor = new Editor((program, isPiece) => this.#edit(program, isPiece));
  #misfit = new MisfitNote({
    onFix: (program) => this.#fix(program),
    onClose: () => this.#graph.focus({ preventScroll: true }),
    onPlace: (start, end) => this.#editor.choose(start, end),
  });
  #inputs = new Inputs({
    onInput: (offset, value) => {
      this.#history.before(`number ${offset}`, this.#isPressed);
      this.#setNumber(offset, value);
    },
    onEdit: (offset, value, phase) => this.#editNumber(offset, value, phase),
    onFill: (offset, values) => this.#fill(offset, values),
    onProgram: (program, input, values) => this.#reshape(program, input, values),
    values: () => this.#evaluator?.values ?? NONE,
    read: pasted,
    program: () => this.#text,
    resized: (input, shape, values) =>
      this.#evaluator?.resized(this.#text, input, shape, values) ?? null,
  });
  #menu = new Menu((example) => {
    this.#history.before("example");
    this.#history.end();
    this.#openExample(example);
  });
  /** @type {History<Past>} */
  #history = new History(
    () => this.#save(),
    (past) => this.#goBack(past),
    () => this.#enableTools(),
  );
  #notice = html("p", "notice");
  #graph = html("div", "graph", this.#picture.plates.under, this.#picture.element, this.#notice);
  #viewport = new Viewport(this.#graph, this.#picture.element, {
    onMove: () => this.#writePicture(),
    onScale: (isFar) => {
      if (!this.#evaluator) return;
      this.#body.classList.toggle("far", isFar);
      this.#picture.seeFrom(isFar, this.#evaluator.values);
    },
  });
  #tools = new Tools({
    undo: { name: "Undo", keys: "Ctrl+Z", act: () => this.#history.undo() },
    redo: { name: "Redo", keys: "Ctrl+Y", act: () => this.#history.redo() },
    fold: { name: "Fold", act: () => this.#foldNext() },
    copies: {
      name: "Copy gates",
      act: () => this.#look((view) => ({ ...view, copies: !view.copies })),
    },
    derivative: {
      name: "Backward pass as a graph",
      act: () => this.#look((view) => ({ ...view, derivative: !view.derivative })),
    },
    smaller: { name: "Zoom out", keys: "−", act: () => this.#viewport.zoomOut() },
    fit: { name: "Fit", keys: "0", act: () => this.#viewport.fit() },
    larger: { name: "Zoom in", keys: "+", act: () => this.#viewport.zoomIn() },
    present: { name: "Present", keys: "P", act: () => this.#presentation.toggle() },
  });
  #orders = new Orders((sizes, hand) => this.#evaluator?.orders(sizes, hand) ?? null);
  #code = new CodePane({
    onLight: (paths) => this.#lesson.light(paths),
    onSelect: (selection) => {
      this.#lesson.select(selection);
      const node = selection && this.#evaluator?.scene?.nodes[selection.node];
      if (node) this.#viewport.follow(node);
    },
    onStep: (step) => this.#lesson.goTo(step),
    onLook: () => this.#tell("view"),
  });
  #hessian = new HessianPane(
    {
      hessian: (node) => this.#evaluator?.hessian(node) ?? null,
      product: (node, v) => this.#evaluator?.hvp(node, v) ?? null,
      extended: (kind, node) =>
        this.#evaluator?.extended(kind, node) ?? { program: null, message: "" },
    },
    (program) => this.#extend(program),
  );
  #panes = new Panes(
    {
      order: {
        title: "Order of multiplication",
        element: this.#orders.element,
        open: () => this.#orders.open(),
        close: () => this.#orders.disconnect(),
      },
      hessian: {
        title: "Second order",
        element: this.#hessian.element,
        open: () => this.#hessian.open(),
        close: () => this.#hessian.close(),
      },
      code: {
        title: "Code",
        element: this.#code.element,
        open: () => this.#code.open(),
        close: () => this.#code.close(),
      },
    },
    () => this.#tell("view"),
  );
  #lesson = new Lesson(
    this.#picture,
    () => this.#tell("step"),
    () => this.#tell("view"),
  );
  #modes = new Modes((mode) => this.#look((view) => ({ ...view, mode })));
  #share = new CopyButton("Copy link", () => `${this.#address}#${writeLink(this.state)}`);

  #body = html(
    "div",
    "body",
    html(
      "div",
      "bar",
      this.#menu.element,
      this.#tools.element,
      this.#panes.buttons,
      this.#share.element,
    ),
    html(
      "div",
      "stage",
      this.#misfit.element,
      this.#graph,
      legend(),
      this.#lesson.timeline,
      this.#modes.element,
      this.#panes.element,
    ),
    this.#lesson.card,
    html("div", "side", this.#editor.element, this.#inputs.element),
  );
  #presentation = new Presentation(this, this.#body, {
    onChange: (isOn) => {
      this.#viewport.present(isOn);
      this.#lesson.present(isOn);
      this.#tools.press("present", isOn);
    },
    onStep: (event) => this.#lesson.turn(event),
  });
  #root = this.attachShadow({ mode: "open" });

  /** There while connected, once loaded. @type {Evaluator | undefined} */
  #evaluator;
  /** What was given before the element was ready. @type {string | undefined} */
  #program;
  /** What was given before the element was ready. @type {Given | undefined} */
  #given;
  /** What is in the picture, kept while disconnected. @type {Saved | undefined} */
  #state;
  /** What stands in the editor. */
  #text = "";
  /** How many programs were opened. */
  #opened = 0;
  /** Whether a pointer holds a control. */
  #isPressed = false;
  /** A number before the reader began to change it. */
  #numberBefore = 0;
  #address = "";
  /** @type {Diagnostic[]} */
  #diagnostics = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  #isSlow = false;
  /** @type {PromiseWithResolvers<void>} */
  #readiness = withResolvers();
  #isFailed = false;

  constructor() {
    super();
    // A click gives it the focus; Tab goes to what is in it.
    this.#graph.tabIndex = -1;
    this.#graph.setAttribute("role", "region");
    this.#graph.ariaLabel = "Graph";
    this.#picture.follow(this.#graph);
    this.#graph.addEventListener("pointerover", ({ target }) => {
      if (target instanceof Element && this.#evaluator) {
        this.#picture.explain(target, this.#evaluator.values);
      }
    });
    this.#inputs.element.addEventListener("pointerdown", () => this.#hold(true));
    for (const type of ["pointerup", "pointercancel"]) {
      this.#inputs.element.addEventListener(type, () => this.#hold(false));
    }
    this.#root.addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent) this.#press(event);
    });
    this.#root.addEventListener("beforeinput", (event) => {
      if (event instanceof InputEvent) this.#undoByMenu(event);
    });
    this.#root.addEventListener("copy", (event) => {
      if (event instanceof ClipboardEvent) copyFrom(this.#picture, this.#graph, event);
    });
    this.#root.addEventListener("paste", (event) => {
      if (event instanceof ClipboardEvent) pasteInto(this.#picture, event);
    });
    this.#enableTools();
    // Not to be seen without its style.
    this.#body.hidden = true;
    this.#share.element.hidden = true;
    // A click on what takes no focus gives it to the body, whose keys are those of the timeline.
    this.#body.tabIndex = -1;
    this.#root.append(this.#body);
  }

  connectedCallback() {
    this.#viewport.connect();
    this.#picture.plates.connect();
    this.#takeEarlyProgram();
    if (this.#isFailed) this.#readiness = withResolvers();
    this.#isFailed = false;
    this.#start().catch((error) => {
      this.#isFailed = true;
      this.#notice.textContent = "The graph could not be loaded.";
      this.#readiness.reject(error);
    });
  }

  disconnectedCallback() {
    this.#presentation.leave();
    this.#viewport.disconnect();
    this.#picture.plates.disconnect();
    this.#unsettle();
    clearTimeout(this.#typing);
    this.#misfit.disconnect();
    this.#lesson.disconnect();
    this.#orders.disconnect();
    this.#modes.disconnect();
    this.#code.disconnect();
    this.#hessian.disconnect();
    if (!this.#evaluator) return;
    this.#state = this.#evaluator.save();
    this.#program = this.#editor.program;
    this.#evaluator.free();
    this.#evaluator = undefined;
  }

  /** @param {string} _name @param {string | null} before @param {string | null} program */
  attributeChangedCallback(_name, before, program) {
    // The first one is read when the element starts.
    if (before !== null && program !== null && before !== program) this.program = program;
  }

  /** Fulfilled when the first program is drawn. @returns {Promise<void>} */
  get ready() {
    return this.#readiness.promise;
  }

  /** The text in the editor, whether or not it has mistakes. */
  get program() {
    return this.#program ?? this.#editor.program;
  }

  set program(program) {
    this.#open(withFieldsLines(String(program)));
    this.#history.clear();
  }

  /** Opens a program as it says. @param {string} text */
  #open(text) {
    clearTimeout(this.#typing);
    if (this.#evaluator) {
      this.#show(this.#evaluator, text, this.#evaluator.open(text), true);
      this.#lookAtStart();
    } else {
      this.#program = text;
      this.#state = undefined;
    }
    this.#given = undefined;
  }

  /** What can be linked: the program, what was edited since, and the step that is shown. @returns {State} */
  get state() {
    if (!this.#evaluator && this.#given) {
      return { ...this.#given, program: this.#given.program ?? this.program };
    }
    const edited = this.#evaluator?.edited() ?? { values: {}, tangents: {}, upstream: null };
    const { step, isExplicit: explicit, looking } = this.#lesson;
    const view = structuredClone(this.#evaluator?.view ?? plainView());
    const pane = this.#panes.open;
    const { writing } = this.#code;
    const shown = { view, step, explicit, looking, pane, writing };
    return { program: this.program, ...edited, ...shown };
  }

  set state(state) {
    const given = stateOf(state);
    if (!this.#evaluator) {
      this.#given = given;
      return;
    }
    this.program = given.program ?? this.program;
    this.#take(this.#evaluator, given);
  }

  /** Where links to the element's states lead: an address without a fragment. Without it there are none. */
  get address() {
    return this.#address;
  }

  set address(address) {
    this.#address = String(address);
    this.#share.element.hidden = this.#address === "";
  }

  /**
   * Changes the last input of a name.
   * @param {string} name
   * @param {Tensor} value a number, or nested arrays of the input's shape
   */
  setInput(name, value) {
    if (!this.#evaluator) throw new RangeError(`no input '${name}' yet: await ready first`);
    this.#evaluator.setInput(name, value);
    this.#inputs.write(this.#evaluator.values);
    this.#write();
    this.#tell("input");
  }

  /** The program, its graph and all values at this moment. @returns {Snapshot} */
  snapshot() {
    return {
      program: this.program,
      diagnostics: this.#diagnostics.map((diagnostic) => ({ ...diagnostic })),
      ...snapshot(this.#evaluator?.scene ?? null, this.#evaluator?.values ?? new Float64Array()),
    };
  }

  /** A program that was set as a property before the element was defined. */
  #takeEarlyProgram() {
    if (!Object.hasOwn(this, "program")) return;
    const { program } = this;
    Reflect.deleteProperty(this, "program");
    this.program = program;
  }

  async #start() {
    await Promise.all([load(), this.#dress(), parsed()]);
    // It may have left the page meanwhile, or left and come back.
    if (!this.isConnected || this.#evaluator) return;
    const evaluator = new Evaluator(() => queueMicrotask(() => this.#drawAnew()));
    const given = this.#given;
    this.#given = undefined;
    const program = withFieldsLines(
      given?.program ??
        this.#program ??
        this.getAttribute("program") ??
        (dedent(this.textContent) || DEFAULT_PROGRAM),
    );
    this.#program = undefined;
    this.#evaluator = evaluator;
    const before = given ? undefined : this.#state;
    if (before) evaluator.restore(before);
    this.#show(evaluator, program, evaluator.edit(program), !before);
    if (given) this.#take(evaluator, given);
    this.#lookAtStart();
    this.#readiness.resolve();
  }

  async #dress() {
    try {
      [this.#root.adoptedStyleSheets] = await Promise.all([loadStyles(), loadFonts()]);
    } finally {
      this.#body.hidden = false;
    }
  }

  /** The reader typed. @param {string} program @param {boolean} isPiece whether undo takes it back apart from what was typed before */
  #edit(program, isPiece) {
    clearTimeout(this.#typing);
    if (isPiece) this.#history.end();
    this.#history.before("program");
    this.#text = program;
    if (this.#isSlow) this.#typing = setTimeout(() => this.#compileEdit(program), PAUSE);
    else this.#compileEdit(program);
  }

  /** The reader took a fix. @param {string} program */
  #fix(program) {
    clearTimeout(this.#typing);
    this.#history.before("fix");
    this.#history.end();
    this.#compileEdit(program);
    // The button is gone.
    if (!this.#misfit.focus()) this.#graph.focus({ preventScroll: true });
  }

  /** @param {string} program */
  #compileEdit(program) {
    if (!this.#evaluator) return;
    const start = performance.now();
    const isFirst = this.#evaluator.scene === null;
    this.#show(this.#evaluator, program, this.#evaluator.edit(program), isFirst);
    if (isFirst) this.#lookAtStart();
    this.#isSlow = performance.now() - start > SLOW;
  }

  /** @param {Evaluator} evaluator @param {string} program @param {Compiled} compiled @param {boolean} [isOpened] whether it has nothing to do with the one before */
  #show(evaluator, program, { diagnostics, scene, gates }, isOpened = false) {
    this.#diagnostics = diagnostics;
    this.#text = program;
    this.#editor.program = program;
    this.#editor.show(diagnostics);
    this.#misfit.show(diagnostics);
    this.#picture.blame(namesThatMeet(diagnostics));
    this.#menu.show(program);
    this.#graph.classList.toggle("outdated", scene === null);
    // Of a program that never was good there is nothing to see but its text.
    this.#body.classList.toggle("blank", evaluator.scene === null);
    if (scene && isOpened) this.#viewport.begin();
    if (scene) this.#draw(evaluator, scene, gates);
    if (scene && isOpened) this.#begin();
    this.#tell(scene ? "program" : "error");
  }

  /** Nothing is left of how the program before was looked at. */
  #begin() {
    this.#opened += 1;
    this.#lesson.begin();
    const { pane, writing } = stateOf({});
    this.#panes.open = pane;
    this.#code.writing = writing;
  }

  /** @param {Evaluator} evaluator @param {Scene} scene @param {number} gates */
  #draw(evaluator, scene, gates) {
    this.#picture.draw(scene);
    this.#picture.element.ariaLabel = describe(scene, evaluator.values);
    this.#viewport.show(this.#picture.size, gates);
    this.#inputs.draw(scene);
    this.#inputs.write(evaluator.values);
    this.#lesson.draw(evaluator);
    this.#modes.draw(evaluator);
    this.#body.dataset.mode = scene.mode;
    const undrawn = scene.undrawn ? `${scene.undrawn}.` : "";
    this.#notice.textContent = evaluator.notice || undrawn;
    this.#orders.offer(chainOf(evaluator, scene));
    this.#code.draw(evaluator);
    this.#tools.press("copies", evaluator.view.copies);
    this.#hessian.draw(scene);
    this.#tools.press("derivative", evaluator.view.derivative);
    this.#tools.show("fold", scene.folds.length > 0);
    const fold = scene.folds[0];
    if (fold) this.#tools.name("fold", offerOf(fold, scene.steps.length - 1));
    this.#write();
  }

  /** Draws what the engine has, which was made anew. */
  #drawAnew() {
    const evaluator = this.#evaluator;
    if (!evaluator) return;
    if (evaluator.scene) this.#draw(evaluator, evaluator.scene, evaluator.gates);
    else this.#notice.textContent = evaluator.notice;
    this.#tell("view");
  }

  /** Draws the program in another view. @param {(view: View) => View} change */
  #look(change) {
    const evaluator = this.#evaluator;
    if (!evaluator?.scene) return;
    const compiled = evaluator.look(change(evaluator.view));
    // What is in the editor may have a mistake, and stays.
    if (!compiled.scene) return;
    this.#draw(evaluator, compiled.scene, compiled.gates);
    this.#tell("view");
  }

  /** A graph too large to be seen begins with its first input. */
  #lookAtStart() {
    const start = this.#evaluator?.scene?.nodes[0];
    if (start) this.#viewport.reveal(start);
  }

  /** Folds the first gates that can be folded. */
  #foldNext() {
    const fold = this.#evaluator?.scene?.folds[0];
    if (fold) this.#look((view) => folded(view, fold.key));
  }

  /** @param {import("./examples.js").Example} example */
  #openExample({ program, upstream, closed = [], mode }) {
    this.#open(program);
    if (!this.#evaluator?.scene || (!upstream && closed.length === 0 && !mode)) return;
    const view = { ...plainView(), closed, mode: mode ?? "reverse" };
    const edited = { values: {}, tangents: {}, upstream: upstream ?? null };
    this.#take(this.#evaluator, { ...this.state, ...edited, view, step: null });
    this.#tell("input");
  }

  /** Takes over a program with more lines, as if they had been typed. @param {string} program */
  #extend(program) {
    this.#history.before("extend");
    this.#history.end();
    clearTimeout(this.#typing);
    this.#compileEdit(program);
    this.#lookAtStart();
  }

  /** Takes over what a state says besides the program. @param {Evaluator} evaluator @param {Given} state */
  #take(evaluator, { values, tangents, upstream, view, step, explicit, looking, pane, writing }) {
    if (JSON.stringify(view) !== JSON.stringify(evaluator.view)) this.#look(() => view);
    evaluator.giveAll(values, upstream, tangents);
    this.#inputs.write(evaluator.values);
    this.#write();
    this.#lesson.step = step;
    this.#lesson.isExplicit = explicit;
    this.#lesson.looking = looking;
    this.#code.writing = writing;
    this.#panes.open = pane;
    this.#code.follow(this.#lesson.selection, this.#lesson.working);
  }

  /** The reader moved a control. @param {number} offset @param {number} value */
  #setNumber(offset, value) {
    if (!this.#evaluator) return;
    this.#evaluator.set(offset, value);
    this.#write();
    this.#tell("input");
  }

  /** The reader changes a number of the picture. @param {number} offset @param {number} value @param {"start" | "move" | "end"} phase */
  #editNumber(offset, value, phase) {
    if (!this.#evaluator) return;
    if (phase === "start") {
      this.#numberBefore = value;
      this.#history.before(`picture ${offset}`, true);
      return;
    }
    if (!Object.is(this.#evaluator.values[offset], value)) {
      this.#setNumber(offset, value);
      this.#inputs.write(this.#evaluator.values);
    }
    if (phase === "end") this.#history.end(!Object.is(value, this.#numberBefore));
  }

  /** The reader changes all numbers of a tensor at once. @param {number} offset @param {Float64Array} values */
  #fill(offset, values) {
    this.#history.before(`numbers ${offset}`);
    this.#setNumbers(offset, values);
    this.#history.end();
  }

  /** @param {number} offset @param {Float64Array} values */
  #setNumbers(offset, values) {
    if (!this.#evaluator) return;
    this.#evaluator.setAll(offset, values);
    this.#inputs.write(this.#evaluator.values);
    this.#write();
    this.#tell("input");
  }

  /** The reader gives an input another shape: the program says it. @param {string} program @param {number} input its place among the inputs @param {number[]} values */
  #reshape(program, input, values) {
    clearTimeout(this.#typing);
    this.#history.before("shape");
    this.#text = program;
    this.#compileEdit(program);
    this.#history.end();
    // What is not finite no program can write.
    if (this.#diagnostics.length > 0 || values.every(Number.isFinite)) return;
    const { nodes, inputs } = this.#evaluator?.scene ?? { nodes: [], inputs: [] };
    const node = nodes[inputs[input]?.node ?? -1];
    if (node) this.#setNumbers(node.value, Float64Array.from(values));
  }

  // Undo and redo

  /** @returns {Past} */
  #save() {
    const good = this.#evaluator?.save() ?? null;
    return { text: this.#text, good, opened: this.#opened };
  }

  /** @param {Past} past */
  #goBack({ text, good, opened }) {
    const evaluator = this.#evaluator;
    if (!evaluator || !good) return;
    clearTimeout(this.#typing);
    if (this.#opened !== opened) evaluator.look(good.view);
    this.#opened = opened;
    const compiled = evaluator.rewind(good);
    if (compiled) this.#show(evaluator, good.program, compiled);
    if (text !== good.program) {
      this.#show(evaluator, text, evaluator.edit(text));
    } else if (!compiled) {
      if (this.#text !== text) this.#show(evaluator, text, evaluator.edit(text));
      this.#inputs.write(evaluator.values);
      this.#write();
      this.#tell("input");
    }
  }

  #enableTools() {
    this.#tools.enable("undo", this.#history.canUndo);
    this.#tools.enable("redo", this.#history.canRedo);
  }

  /** @param {boolean} isPressed */
  #hold(isPressed) {
    this.#isPressed = isPressed;
    this.#history.end();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
    const key = event.key.toLowerCase();
    const isText = target instanceof HTMLElement && target.matches("input, textarea, select");
    if ((ctrlKey || metaKey) && !altKey) {
      // What is being typed in the picture or to be put in is undone there.
      if (isText && target.matches(".in-place, .pasted")) return;
      if (key === "z" && shiftKey) this.#history.redo();
      else if (key === "z") this.#history.undo();
      else if (key === "y" && ctrlKey) this.#history.redo();
      else return;
    } else if (key === "escape" && this.#presentation.isOn) {
      this.#presentation.leave();
    } else if (key === "p" && !isText && !altKey) {
      this.#presentation.toggle();
    } else {
      this.#pressAtRest(event);
      return;
    }
    event.preventDefault();
  }

  /** Keys of the timeline, where the focus is there or nowhere. @param {KeyboardEvent} event */
  #pressAtRest(event) {
    const { target } = event;
    const isHere = target instanceof Node && this.#lesson.timeline.contains(target);
    if (isHere || target === this.#body) this.#lesson.press(event);
  }

  /** Undo as a browser's menu or a shaken phone asks for it. @param {InputEvent} event */
  #undoByMenu(event) {
    if (!event.inputType.startsWith("history")) return;
    if (event.target instanceof Element && event.target.matches(".in-place, .pasted")) return;
    event.preventDefault();
    if (event.inputType === "historyUndo") this.#history.undo();
    else this.#history.redo();
  }

  #write() {
    this.#writePicture();
    this.#lesson.refresh();
    this.#modes.write();
    this.#hessian.refresh();
    this.#unsettle();
    this.#settling = setTimeout(() => {
      this.#code.rest();
      this.#settle();
    }, SETTLES);
  }

  #writePicture() {
    if (!this.#evaluator) return;
    this.#picture.write(this.#evaluator.values, (at) => this.#viewport.shows(at));
  }

  #unsettle() {
    clearTimeout(this.#settling);
    cancelAnimationFrame(this.#frame);
  }

  /** Lets follow what is out of sight, and what is said of the picture. */
  #settle() {
    if (!this.#evaluator?.scene) return;
    const { scene, values } = this.#evaluator;
    // A piece a frame, so that a drag can begin at any moment.
    if (this.#picture.catchUp(values)) this.#frame = requestAnimationFrame(() => this.#settle());
    else this.#picture.element.ariaLabel = describe(scene, values);
    this.#modes.settle();
  }

  /** @param {Change["cause"]} cause */
  #tell(cause) {
    this.#code.follow(this.#lesson.selection, this.#lesson.working);
    /** @type {Change} */
    const detail = { cause };
    this.dispatchEvent(
      new CustomEvent("backflow-change", { bubbles: true, composed: true, detail }),
    );
  }
}

/** The longest chain that leads from an input to the output alone. @param {Evaluator} evaluator @param {Scene} scene */
function chainOf(evaluator, { inputs }) {
  const chains = inputs.slice(0, TRIED).map(({ node }) => evaluator.chained(node));
  return chains.reduce((a, b) => (b && b.sizes.length > (a?.sizes.length ?? 0) ? b : a), null);
}

globalThis.customElements?.define("backflow-graph", BackflowGraph);

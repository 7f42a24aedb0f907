// What is told of a program: the step that is shown, its sentence, and the card of what is chosen.

import { Backward } from "./backward.js";
import { Card } from "./card.js";
import { chosenBy, hasTensor, keyOf, plainLooking } from "./looking.js";
import { Pointing } from "./pointing.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./line.js").Paths} Paths */
/** @typedef {import("./engine.js").Evaluator} Evaluator */
/** @typedef {import("./looking.js").Looking} Looking */
/** @typedef {{ node: number } | { wire: number }} Selection */
/** @typedef {import("./backflow-wasm.js").Element} Told */
/** @typedef {import("./plate-hands.js").Spot} Spot */

/**
 * What the picture does for the lesson.
 * @typedef {object} Stage
 * @property {SVGSVGElement} element
 * @property {(step: number, scene: Scene) => void} showStep
 * @property {(selection: Selection | null) => void} select
 * @property {boolean} works whether the gate of the step stands out
 * @property {Selection | null} selection what is chosen, kept by its key in another drawing
 * @property {(paths: Paths | null) => void} light
 * @property {(spot: Spot | null, told: Told | null) => void} point
 * @property {(spot: Spot) => string} tell
 */

/** By how much a number is nudged at first: a card comes with it. */
const NUDGE = 0.1;

/** Of so many operands a backward step tells the Jacobians. */
const OPERANDS = 4;

export class Lesson {
  #stage;
  #onStep;
  #onLook;
  /** What is lit for as long as a part of the card is seen. @type {Paths | null} */
  #stay = null;
  /** Whether something is pointed at, which is lit instead. */
  #isPointed = false;
  #isExplicit = false;
  /** @type {Evaluator | undefined} */
  #evaluator;
  #h = NUDGE;
  #frame = 0;
  #timeline = new Timeline({ onStep: (step) => this.#toStep(step) });
  #backward = new Backward({
    onChoose: (isExplicit) => {
      this.isExplicit = isExplicit;
      this.#onLook();
    },
    onLight: (paths) => this.#point(paths),
  });
  #card;
  #pointing;
  timeline = this.#timeline.element;
  card;

  /**
   * @param {Stage} stage
   * @param {(step: number) => void} onStep called when the reader went to a step
   * @param {() => void} onLook called when the reader looks at something else
   */
  constructor(stage, onStep, onLook) {
    this.#stage = stage;
    this.#onStep = onStep;
    this.#onLook = onLook;
    this.timeline.append(this.#backward.element);
    this.#card = new Card({
      onLight: (paths) => this.#point(paths),
      onStay: (paths) => this.#stayLit(paths),
      onLook: () => {
        this.#tellCard();
        this.#onLook();
      },
      onNudge: (h) => {
        this.#h = h;
        this.#tellCard();
      },
      onClose: () => this.#close(),
    });
    this.card = this.#card.element;
    this.#pointing = new Pointing({
      light: (spot, told) => stage.point(spot, told),
      tell: (spot) => stage.tell(spot),
      say: (explained, cause) => {
        this.#timeline.explain(explained, cause);
        if (!explained) this.#say("quiet");
      },
    });
  }

  /** The step that is shown, null at the end. */
  get step() {
    return this.#timeline.step === this.#timeline.last ? null : this.#timeline.step;
  }

  set step(step) {
    this.#timeline.step = step ?? this.#timeline.last;
    this.#showStep("step");
  }

  /** The step whose gate is at work in the picture; null at rest. */
  get working() {
    return this.#stage.works ? this.#timeline.step : null;
  }

  /** What is chosen. */
  get selection() {
    return this.#stage.selection;
  }

  /** Goes to a step as if from the one before, so that its gate stands out. @param {number} step */
  goTo(step) {
    if (step > 0 && step === this.#timeline.last) this.step = step - 1;
    this.step = step;
    this.#onStep(step);
  }

  /** Whether backward steps are told by their Jacobians. */
  get isExplicit() {
    return this.#isExplicit;
  }

  set isExplicit(isExplicit) {
    this.#isExplicit = isExplicit;
    this.#tellBackward();
  }

  /** What is looked at in the card. @returns {Looking} */
  get looking() {
    const scene = this.#evaluator?.scene;
    const chosen = scene ? keyOf(scene, this.#stage.selection) : null;
    return chosen === null ? plainLooking() : { ...this.#card.panels.looking, chosen };
  }

  set looking(looking) {
    const scene = this.#evaluator?.scene;
    this.#card.panels.looking = looking;
    this.#show(scene ? chosenBy(scene, looking.chosen) : null);
  }

  /** At the end, with nothing chosen, as the graph of another program is seen at first. */
  begin() {
    this.point("pin", null);
    this.#h = NUDGE;
    this.#isExplicit = false;
    this.looking = plainLooking();
    this.step = null;
  }

  /** Shows another graph. @param {Evaluator} evaluator with a scene */
  draw(evaluator) {
    this.#evaluator = evaluator;
    const { scene } = evaluator;
    if (!scene) return;
    this.#timeline.draw(scene);
    this.#pointing.draw(evaluator, this.#timeline.step);
    this.#dim();
    this.#showStep("quiet");
  }

  /** Tells anew what depends on values, in the next frame. */
  refresh() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#say("drag");
      if (this.#isExplicit) this.#tellBackward();
      this.#pointing.refresh(this.#timeline.step, "drag");
      this.#tellCard(true);
    });
  }

  /** Points at an element of a tensor, or no longer. @type {Pointing["point"]} */
  point(how, spot) {
    return this.#pointing.point(how, spot);
  }

  /** Lights gates and wires for as long as something outside is pointed at. @param {Paths | null} paths */
  light(paths) {
    this.#point(paths);
  }

  /** Chooses a gate or a wire. @param {Selection | null} selection */
  select(selection) {
    const scene = this.#evaluator?.scene;
    // Where nothing was chosen and nothing is, there is no news.
    if (!selection && !this.#stage.selection) return;
    const { tab } = this.#card.panels.looking;
    // Who compares tensors goes on with the next one.
    const stays = scene && selection && hasTensor(scene, selection);
    this.#card.panels.looking = { ...plainLooking(), tab: stays ? tab : "gate" };
    this.#show(selection);
    this.#onLook();
  }

  /** A key that was pressed where it means nothing else. @param {KeyboardEvent} event */
  press(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target instanceof Element && means(target, key)) return;
    if (key === "Escape" && this.point("pin", null)) return;
    if (key === "Escape" && this.#stage.selection) this.select(null);
    else if (!this.#timeline.press(key)) return;
    event.preventDefault();
  }

  /** @param {boolean} isOn whether the graph and the timeline are presented */
  present(isOn) {
    this.#timeline.present(isOn);
  }

  /** A key while they are. @param {KeyboardEvent} event */
  turn(event) {
    this.#timeline.turn(event);
  }

  disconnect() {
    this.#timeline.disconnect();
    this.#card.panels.leave();
    this.#pointing.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#evaluator = undefined;
  }

  /** @param {Selection | null} selection */
  #show(selection) {
    this.#dim();
    this.#stage.select(selection);
    this.#tellCard();
  }

  /** Lights what is pointed at. @param {Paths | null} paths */
  #point(paths) {
    this.#isPointed = paths !== null;
    this.#stage.light(paths ?? this.#stay);
  }

  /** Lights what a part of the card is about. @param {Paths | null} paths */
  #stayLit(paths) {
    const isSame = JSON.stringify(paths) === JSON.stringify(this.#stay);
    this.#stay = paths;
    if (!isSame && !this.#isPointed) this.#stage.light(paths);
  }

  #dim() {
    this.#stay = null;
    this.#isPointed = false;
    this.#stage.light(null);
  }

  #close() {
    this.select(null);
    // Where Tab comes back to the picture.
    const stop = this.#stage.element.querySelector("[tabindex='0']");
    if (stop instanceof SVGElement) stop.focus({ preventScroll: true });
  }

  /** @param {number} step */
  #toStep(step) {
    this.#showStep(this.#timeline.isDragged ? "drag" : "step");
    this.#onStep(step);
  }

  /** @param {"step" | "drag" | "quiet"} cause */
  #showStep(cause) {
    const scene = this.#evaluator?.scene;
    if (!scene) return;
    this.#stage.showStep(this.#timeline.step, scene);
    this.#pointing.refresh(this.#timeline.step, cause);
    this.#say(cause);
    this.#tellBackward();
    this.#tellCard();
  }

  /** @param {"step" | "drag" | "quiet"} cause */
  #say(cause) {
    this.#timeline.say(this.#evaluator?.sentence(this.#timeline.step) ?? null, cause);
  }

  /** Tells the Jacobians of a backward step that has tensors. */
  #tellBackward() {
    const evaluator = this.#evaluator;
    const scene = evaluator?.scene;
    const { step } = this.#timeline;
    const { pass, node } = scene?.steps[step] ?? {};
    if (!evaluator || !scene || pass !== "backward" || typeof node !== "number") {
      this.#backward.show([], this.#isExplicit);
      return;
    }
    const isTensor = (scene.nodes[node]?.shape.length ?? 0) > 0;
    const wires = scene.wires.flatMap((wire, index) => {
      const isOperand = wire.to === node && (isTensor || wire.shape.length > 0);
      return isOperand ? [{ index, operand: wire.operand }] : [];
    });
    wires.sort((a, b) => a.operand - b.operand);
    const lenses = wires.slice(0, OPERANDS).flatMap(({ index }) => {
      const lens = evaluator.lens(index, step);
      return lens ? [{ key: keyOf(scene, { wire: index }) ?? "", lens }] : [];
    });
    this.#backward.show(lenses, this.#isExplicit);
  }

  /** @param {boolean} [isDragged] whether nothing but values changed, many times a second */
  #tellCard(isDragged = false) {
    const { selection } = this.#stage;
    const { step } = this.#timeline;
    const { panels } = this.#card;
    const evaluator = this.#evaluator;
    const scene = evaluator?.scene;
    if (!selection || !evaluator || !scene) {
      this.#card.show(null, this.#h);
      panels.leave();
      return;
    }
    // Behind another tab only a title with a value in it follows a drag.
    const isTold = "node" in selection && scene.nodes[selection.node]?.kind === "input";
    if (!isDragged || isTold || panels.isGate) {
      const card = evaluator.card(selection, step);
      if (!card) {
        this.#card.show(null, this.#h);
        return;
      }
      const asks = "node" in selection && this.#h !== NUDGE;
      const nudge = asks ? evaluator.nudge(selection.node, this.#h) : null;
      const sections = card.sections.map((one) => (one.kind === "nudge" && nudge ? nudge : one));
      this.#card.show({ ...card, sections }, this.#h);
    }
    panels.show({ evaluator, scene, selection, step });
  }
}

/** Whether a control has a use of its own for a key. @param {Element} control @param {string} key */
function means(control, key) {
  if (control.matches("button")) return key === " ";
  return control.matches("select") || (control.matches("input") && key !== " ");
}

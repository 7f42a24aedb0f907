// What is told of a program: the step that is shown, its sentence, and the card of what is chosen.

import { Card } from "./card.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./card.js").Paths} Paths */
/** @typedef {import("./engine.js").Evaluator} Evaluator */
/** @typedef {{ node: number } | { wire: number }} Selection */

/**
 * What the picture does for the lesson.
 * @typedef {object} Stage
 * @property {SVGSVGElement} element
 * @property {(step: number, scene: Scene) => void} showStep
 * @property {(selection: Selection | null) => void} select
 * @property {Selection | null} selection what is chosen, kept by its key in another drawing
 * @property {(paths: Paths | null) => void} light
 */

/** By how much a number is nudged at first: a card comes with it. */
const NUDGE = 0.1;

export class Lesson {
  #stage;
  #onStep;
  /** @type {Evaluator | undefined} */
  #evaluator;
  #h = NUDGE;
  #frame = 0;
  #timeline = new Timeline({ onStep: (step) => this.#toStep(step) });
  #card;
  timeline = this.#timeline.element;
  card;

  /** @param {Stage} stage @param {(step: number) => void} onStep called when the reader went to a step */
  constructor(stage, onStep) {
    this.#stage = stage;
    this.#onStep = onStep;
    this.#card = new Card({
      onLight: (paths) => stage.light(paths),
      onNudge: (h) => {
        this.#h = h;
        this.#tellCard();
      },
      onClose: () => this.#close(),
    });
    this.card = this.#card.element;
  }

  /** The step that is shown, null at the end. */
  get step() {
    return this.#timeline.step === this.#timeline.last ? null : this.#timeline.step;
  }

  set step(step) {
    this.#timeline.step = step ?? this.#timeline.last;
    this.#showStep("step");
  }

  /** Shows another graph. @param {Evaluator} evaluator with a scene */
  draw(evaluator) {
    this.#evaluator = evaluator;
    const { scene } = evaluator;
    if (!scene) return;
    this.#timeline.draw(scene);
    this.#stage.light(null);
    this.#showStep("quiet");
  }

  /** Tells anew what depends on values, in the next frame. */
  refresh() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#say("drag");
      this.#tellCard();
    });
  }

  /** Chooses a gate or a wire. @param {Selection | null} selection */
  select(selection) {
    this.#stage.light(null);
    this.#stage.select(selection);
    this.#tellCard();
  }

  /** A key that was pressed where it means nothing else. @param {KeyboardEvent} event */
  press(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target instanceof Element && means(target, key)) return;
    if (key === "Escape" && this.#stage.selection) this.select(null);
    else if (!this.#timeline.press(key)) return;
    event.preventDefault();
  }

  disconnect() {
    this.#timeline.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#evaluator = undefined;
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
    this.#say(cause);
    this.#tellCard();
  }

  /** @param {"step" | "drag" | "quiet"} cause */
  #say(cause) {
    this.#timeline.say(this.#evaluator?.sentence(this.#timeline.step) ?? null, cause);
  }

  #tellCard() {
    const { selection } = this.#stage;
    const { step } = this.#timeline;
    const card = selection && this.#evaluator?.card(selection, step);
    if (!card || !selection) {
      this.#card.show(null, this.#h);
      return;
    }
    const asks = "node" in selection && this.#h !== NUDGE;
    const nudge = asks ? this.#evaluator?.nudge(selection.node, this.#h) : null;
    const sections = card.sections.map((one) => (one.kind === "nudge" && nudge ? nudge : one));
    this.#card.show({ ...card, sections }, this.#h);
  }
}

/** Whether a control has a use of its own for a key. @param {Element} control @param {string} key */
function means(control, key) {
  if (control.matches("button")) return key === " ";
  return control.matches("select") || (control.matches("input") && key !== " ");
}

// The timeline: forward then backward, one gate a step, with the sentence of the step.

import { html } from "./elements.js";
import { Explained } from "./explained.js";
import { ICONS, iconButton } from "./icon.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneStep} SceneStep */
/** @typedef {import("./backflow-wasm.js").Sentence} Sentence */
/** @typedef {import("./backflow-wasm.js").Element} Told */

/** How long a step stays when playing, in milliseconds. */
const STAYS = 1000;

/** What may be chosen of how many times as fast. */
const SPEEDS = ["0.5", "1", "2", "4"];

/** Sentences are not spoken faster than this, in milliseconds. */
const SPOKEN = 1000;

/** While values or steps are dragged nothing is spoken until they rest so long. */
const RESTS = 400;

/** Up to this many steps each has a mark. */
const MARKED = 80;

/** What a pass is called. */
const PASSES = { inputs: "inputs", forward: "forward", base: "backward", backward: "backward" };

export class Timeline {
  #onStep;
  #step = 0;
  /** @type {SceneStep[]} */
  #steps = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #playing;
  #first = iconButton("First step (Home)", ICONS.first, () => this.#go(0));
  #back = iconButton("Step back (←)", ICONS.back, () => this.#go(this.#step - 1));
  #play = iconButton("Play (Space)", ICONS.play, () => this.#toggle());
  /** Whether Space steps instead, as it turns slides. */
  #isPresented = false;
  #forward = iconButton("Step forward (→)", ICONS.forward, () => this.#go(this.#step + 1));
  #last = iconButton("Last step (End)", ICONS.last, () => this.#go(this.last));
  #scrubber = html("input", "scrubber");
  #marks = html("div", "marks");
  #speed = html("select");
  #count = html("p", "count caption");
  #formula = new Formula();
  /** What is pointed at, in the place of the sentence. */
  #explained = new Explained();
  #sentence = html("div", "sentence", this.#formula.element, this.#explained.element);
  #voice = new Voice();
  element;

  /** @param {{ onStep: (step: number) => void }} does called when the reader goes to a step */
  constructor({ onStep }) {
    this.#onStep = onStep;
    this.#scrubber.type = "range";
    this.#scrubber.min = "0";
    this.#scrubber.ariaLabel = "Step";
    this.#scrubber.addEventListener("input", () => {
      this.#go(this.#scrubber.valueAsNumber, true);
    });
    for (const speed of SPEEDS) {
      const option = html("option", "", `${speed === "0.5" ? "½" : speed}×`);
      option.value = speed;
      this.#speed.append(option);
    }
    this.#speed.value = "1";
    this.#speed.ariaLabel = "Speed";
    const passes = html("div", "passes", html("span", "", "forward"), html("span", "", "backward"));
    for (const shown of [passes, this.#marks, this.#sentence]) shown.ariaHidden = "true";
    this.element = html(
      "div",
      "timeline",
      html(
        "div",
        "steps",
        ...[this.#first, this.#back, this.#play, this.#forward, this.#last].map((b) => b.element),
      ),
      html("div", "track", this.#marks, this.#scrubber),
      passes,
      html("span", "speed", this.#speed),
      this.#count,
      this.#sentence,
      this.#voice.element,
    );
    this.element.setAttribute("role", "group");
    this.element.ariaLabel = "Timeline";
  }

  /** The number of the step that is shown. */
  get step() {
    return this.#step;
  }

  set step(step) {
    this.#step = Math.min(Math.max(0, Math.trunc(step) || 0), this.last);
    this.#show();
  }

  /** The number of the last step. */
  get last() {
    return Math.max(0, this.#steps.length - 1);
  }

  /** Shows the steps of another graph; who was at the end is at the end. @param {Scene} scene */
  draw({ steps, mode }) {
    const rests = this.#step === this.last;
    this.pause();
    this.#steps = steps;
    this.element.hidden = steps.length === 0;
    const turn = steps.findIndex(({ pass }) => pass === "base");
    const part = turn < 0 ? 1 : turn / Math.max(1, this.last);
    this.element.style.setProperty("--turn", String(part));
    this.element.dataset.mode = mode;
    this.element.style.setProperty("--steps", String(Math.max(1, this.last)));
    this.#marks.classList.toggle("dense", this.last > MARKED);
    this.#scrubber.max = String(this.last);
    this.step = rests ? this.last : this.#step;
  }

  /**
   * Shows the sentence of the step.
   * @param {Sentence | null} sentence
   * @param {"step" | "drag" | "quiet"} cause whether it is spoken: at once, when all rests, or not
   */
  say(sentence, cause) {
    if (sentence) this.#formula.write(sentence.math);
    else this.#formula.clear();
    if (this.#explained.element.hidden) this.#voice.say(sentence?.text ?? "", cause);
  }

  /**
   * Tells of an element in the place of the sentence, and where none is pointed at, the sentence.
   * @param {{ told: Told | null, text: string } | null} explained
   * @param {"step" | "drag" | "quiet"} cause
   */
  explain(explained, cause) {
    const { style } = this.#sentence;
    // What stands below stays where it is.
    if (!explained) style.blockSize = "";
    else if (this.#explained.element.hidden) style.blockSize = `${this.#sentence.offsetHeight}px`;
    this.#formula.element.hidden = explained !== null;
    this.#explained.write(explained);
    if (explained) this.#voice.say(explained.text, cause);
  }

  /** Does what a key means here. @param {string} key @returns {boolean} whether it means anything */
  press(key) {
    if (key === "ArrowLeft") this.#go(this.#step - 1);
    else if (key === "ArrowRight") this.#go(this.#step + 1);
    else if (key === "Home") this.#go(0);
    else if (key === "End") this.#go(this.last);
    else if (key === " ") this.#toggle();
    else return false;
    return true;
  }

  /** @param {boolean} isOn */
  present(isOn) {
    this.#isPresented = isOn;
    this.#showPlay();
  }

  /** Goes on or back by a key of a presentation; Space at the end starts again. @param {{ key: string, shiftKey: boolean }} event */
  turn({ key, shiftKey }) {
    const isBack = key === "PageUp" || (key === " " && shiftKey);
    if (key === " " && !isBack && this.#step === this.last) this.#go(0);
    else if (isBack) this.#go(this.#step - 1);
    else if (key === "PageDown" || key === " ") this.#go(this.#step + 1);
    else this.press(key);
  }

  pause() {
    clearTimeout(this.#playing);
    this.#playing = undefined;
    this.#showPlay();
  }

  #showPlay() {
    const [name, icon] =
      this.#playing === undefined ? ["Play", ICONS.play] : ["Pause", ICONS.pause];
    this.#play.show(this.#isPresented ? name : `${name} (Space)`, icon);
  }

  /** Ends what runs by itself. */
  disconnect() {
    this.pause();
    this.#voice.disconnect();
  }

  /** Whether the reader holds the scrubber. */
  isDragged = false;

  /** @param {number} step @param {boolean} [isDragged] */
  #go(step, isDragged = false) {
    this.pause();
    this.#move(step, isDragged);
  }

  /** @param {number} step @param {boolean} isDragged */
  #move(step, isDragged) {
    const before = this.#step;
    this.step = step;
    this.isDragged = isDragged;
    if (this.#step !== before) this.#onStep(this.#step);
  }

  #toggle() {
    if (this.#playing !== undefined) {
      this.pause();
      return;
    }
    if (this.#step === this.last) this.#move(0, false);
    this.#await();
    this.#showPlay();
  }

  #await() {
    const stays = STAYS / Number(this.#speed.value);
    this.#playing = setTimeout(() => {
      this.#move(this.#step + 1, false);
      if (this.#step === this.last) this.pause();
      else this.#await();
    }, stays);
  }

  #show() {
    const pass = PASSES[this.#steps[this.#step]?.pass ?? "inputs"];
    const count = `step ${this.#step} of ${this.last} · ${pass}`;
    this.#count.textContent = count;
    this.#scrubber.value = String(this.#step);
    this.#scrubber.setAttribute("aria-valuetext", count);
    // A button that is disabled loses the focus.
    for (const one of [this.#first, this.#back]) one.able = this.#step > 0;
    for (const one of [this.#forward, this.#last]) one.able = this.#step < this.last;
  }
}

/** What a screen reader is told, not too often. */
class Voice {
  element = html("div", "spoken");
  #text = "";
  #spoken = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  constructor() {
    this.element.setAttribute("role", "status");
  }

  /** @param {string} text @param {"step" | "drag" | "quiet"} cause */
  say(text, cause) {
    if (text === this.#text) return;
    this.#text = text;
    if (cause === "quiet") {
      this.disconnect();
      // Nobody is interrupted, and what is no longer so stays nowhere.
      this.element.textContent = "";
      return;
    }
    const soonest = this.#spoken + SPOKEN - performance.now();
    if (cause === "drag") this.disconnect();
    this.#waiting ??= setTimeout(
      () => this.#speak(),
      cause === "drag" ? RESTS : Math.max(0, soonest),
    );
  }

  #speak() {
    this.#waiting = undefined;
    this.#spoken = performance.now();
    this.element.textContent = this.#text;
  }

  disconnect() {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }
}

// What is pointed at: an element of a tensor, and what its number was made of.

/** @typedef {import("./backflow-wasm.js").Element} Told */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./engine.js").Evaluator} Evaluator */
/** @typedef {import("./plate-hands.js").Spot} Spot */
/** @typedef {"hover" | "focus" | "pin"} How */

/**
 * What shows it.
 * @typedef {object} Shows
 * @property {(spot: Spot | null, told: Told | null) => void} light
 * @property {(spot: Spot) => string} tell the element with every digit
 * @property {(told: { told: Told | null, text: string } | null, cause: "step" | "drag" | "quiet") => void} say
 */

export class Pointing {
  #shows;
  /** @type {Record<How, Spot | null>} */
  #spots = { hover: null, focus: null, pin: null };
  /** The key of the node that the pinned element is of, since an edit changes the indices. */
  #key = "";
  #frame = 0;
  /** @type {"step" | "drag" | "quiet"} */
  #cause = "quiet";
  #isShown = false;
  /** @type {Evaluator | undefined} */
  #evaluator;
  #step = 0;

  /** @param {Shows} shows */
  constructor(shows) {
    this.#shows = shows;
  }

  /** What is shown: what is under the pointer, else what is pinned, else what has the focus. */
  get #spot() {
    const { hover, pin, focus } = this.#spots;
    return hover ?? pin ?? focus;
  }

  /**
   * Points at an element, or no longer.
   * @param {How} how
   * @param {Spot | null} spot
   * @returns {boolean} whether one was pointed at in this way before
   */
  point(how, spot) {
    const before = this.#spots[how];
    if (before === spot) return false;
    if (how === "pin") this.#key = this.#evaluator?.scene?.nodes[spot?.node ?? -1]?.key ?? "";
    if (before && spot && isSame(before, spot)) return true;
    this.#spots[how] = spot;
    this.#ask(how === "hover" ? "quiet" : "step");
    return before !== null;
  }

  /** Another graph. @param {Evaluator} evaluator with a scene @param {number} step */
  draw(evaluator, step) {
    this.#evaluator = evaluator;
    this.#step = step;
    const { pin } = this.#spots;
    const node = evaluator.scene?.nodes.findIndex(({ key }) => key === this.#key) ?? -1;
    const size = evaluator.scene?.nodes[node]?.shape.reduce((all, one) => all * one, 1) ?? 0;
    const isThere = pin !== null && node >= 0 && pin.element < size;
    this.#spots = { hover: null, focus: null, pin: isThere ? { ...pin, node } : null };
    this.#ask("quiet");
  }

  /** Another step, or other values. @param {number} step @param {"step" | "drag" | "quiet"} cause */
  refresh(step, cause) {
    // Whoever goes on to a step looks at that: a pointer counts again once it moves.
    if (step !== this.#step && cause !== "quiet") this.#spots.hover = null;
    this.#step = step;
    if (this.#spot || this.#isShown) this.#ask(cause);
  }

  disconnect() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#evaluator = undefined;
  }

  /** Shows it in the next frame, once. @param {"step" | "drag" | "quiet"} cause */
  #ask(cause) {
    if (cause !== "quiet" || this.#frame === 0) this.#cause = cause;
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#frame = 0;
    const spot = this.#spot;
    if (!spot || !this.#evaluator?.scene) {
      if (!this.#isShown) return;
      this.#isShown = false;
      this.#shows.light(null, null);
      this.#shows.say(null, "quiet");
      return;
    }
    this.#isShown = true;
    const told = this.#evaluator.element(spot, this.#step);
    this.#shows.light(spot, told);
    this.#shows.say({ told, text: told?.text ?? this.#shows.tell(spot) }, this.#cause);
  }
}

/** Whether two spots are one element. @param {Spot | null} a @param {Spot | null} b */
export function isSame(a, b) {
  return a?.node === b?.node && a?.side === b?.side && a?.element === b?.element;
}

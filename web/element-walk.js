// A timeline of the elements of a tensor; behind the last of them is all of it.

import { html } from "./elements.js";
import { ICONS, iconButton } from "./icon.js";
import { writeText } from "./line.js";

/** How long an element stays when playing, in milliseconds. */
const STAYS = 900;

/** Of more elements playing goes from row to row. */
const WALKED = 64;

export class Walk {
  #onGo;
  #at = 0;
  #count = 0;
  #row = 1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #playing;
  #back = iconButton("Element before", ICONS.back, () => this.#step(-1));
  #play = iconButton("Play the elements", ICONS.play, () => this.#toggle());
  #forward = iconButton("Next element", ICONS.forward, () => this.#step(1));
  #scrubber = html("input", "slider");
  #all = html("button", "quiet", "all of it");
  #told = html("p", "caption");
  element;

  /** @param {(element: number, isDragged: boolean) => void} onGo */
  constructor(onGo) {
    this.#onGo = onGo;
    this.#scrubber.type = "range";
    this.#scrubber.min = "0";
    this.#scrubber.ariaLabel = "Element";
    this.#scrubber.addEventListener("input", () => {
      this.pause();
      this.#onGo(this.#scrubber.valueAsNumber, true);
    });
    this.#all.type = "button";
    this.#all.addEventListener("click", () => {
      this.pause();
      this.#onGo(this.#count, false);
    });
    const buttons = [this.#back, this.#play, this.#forward].map(({ element }) => element);
    this.element = html(
      "div",
      "walk",
      html("div", "steps", ...buttons),
      this.#scrubber,
      this.#all,
      this.#told,
    );
    this.element.setAttribute("role", "group");
    this.element.ariaLabel = "Elements";
    this.#told.ariaLive = "polite";
  }

  /** @param {number} at @param {number} count @param {number} row how many are in a row @param {string} name of the one that is shown */
  show(at, count, row, name) {
    [this.#at, this.#count, this.#row] = [at, count, row];
    const told = at < count ? `element ${at + 1} of ${count}: ${name}` : name;
    writeText(this.#told, told);
    this.#scrubber.max = String(count);
    this.#scrubber.value = String(at);
    this.#scrubber.setAttribute("aria-valuetext", told);
    this.#back.able = at > 0;
    this.#forward.able = at < count;
  }

  pause() {
    clearTimeout(this.#playing);
    this.#playing = undefined;
    this.#play.show("Play the elements", ICONS.play);
  }

  /** @param {number} by */
  #step(by) {
    this.pause();
    this.#onGo(this.#at + by, false);
  }

  #toggle() {
    if (this.#playing !== undefined) {
      this.pause();
      return;
    }
    this.#play.show("Pause", ICONS.pause);
    if (this.#at >= this.#count) this.#onGo(0, false);
    this.#await();
  }

  #await() {
    this.#playing = setTimeout(() => {
      const by = this.#count > WALKED ? Math.max(1, this.#row) : 1;
      const next = Math.min(this.#at + by, this.#count);
      // A row that is passed by is passed by as a drag does it.
      this.#onGo(next, by > 1);
      if (next >= this.#count) this.pause();
      else this.#await();
    }, STAYS);
  }
}

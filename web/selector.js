// Which sheet of a stack is shown, an axis at a time: ‹ [0] of 4 ›.

import { set, svg } from "./elements.js";
import { sizeOf } from "./format.js";

/** @typedef {import("./backflow-wasm.js").Plate} Plate */

/** The room of an axis, from one button to the other: where there is some, and at least. */
const AXIS = { wide: 104, least: 72 };

/** Room for a finger about a button. */
const ROOM = { width: 18, height: 18 };

export class Selector {
  element = svg("g", "selector");
  /** @type {number[]} */
  #leading = [];
  /** @type {{ back: SVGGElement, text: SVGTextElement, next: SVGGElement }[]} */
  #axes = [];

  /** @param {Plate} plate @param {string} name */
  place({ leading, x, y, width }, name) {
    this.#leading = leading;
    const axes = Math.max(1, leading.length);
    const room = Math.max(AXIS.least, Math.min(AXIS.wide, width / axes));
    const left = x + (width - room * axes) / 2;
    this.#axes = leading.map((_, axis) => {
      const [from, to] = [left + axis * room, left + (axis + 1) * room];
      const middle = y + ROOM.height / 2 + 2;
      const text = svg("text", "sheet");
      set(text, { x: (from + to) / 2, y: middle });
      return {
        back: button("‹", `previous sheet of ${name}, axis ${axis}`, from, middle),
        text,
        next: button("›", `next sheet of ${name}, axis ${axis}`, to - ROOM.width, middle),
      };
    });
    this.element.replaceChildren(
      ...this.#axes.flatMap(({ back, text, next }) => [back, text, next]),
    );
  }

  /** @param {number} sheet */
  show(sheet) {
    for (const [axis, { back, text, next }] of this.#axes.entries()) {
      const [index, length] = [this.#indexOf(sheet, axis), this.#leading[axis] ?? 1];
      text.textContent = `[${index}] of ${length}`;
      back.setAttribute("aria-disabled", String(index === 0));
      next.setAttribute("aria-disabled", String(index === length - 1));
    }
  }

  /** @param {number} sheet @param {number} axis */
  #indexOf(sheet, axis) {
    const inner = sizeOf(this.#leading.slice(axis + 1));
    return Math.floor(sheet / inner) % (this.#leading[axis] ?? 1);
  }

  /** Where a button leads from a sheet; null where it is none, or leads nowhere. @param {Element} target @param {number} sheet */
  leadsTo(target, sheet) {
    for (const [axis, { back, next }] of this.#axes.entries()) {
      const by = back.contains(target) ? -1 : next.contains(target) ? 1 : 0;
      if (by === 0) continue;
      const index = this.#indexOf(sheet, axis) + by;
      if (index < 0 || index >= (this.#leading[axis] ?? 1)) return null;
      return sheet + by * sizeOf(this.#leading.slice(axis + 1));
    }
    return null;
  }
}

/** @param {string} sign @param {string} name @param {number} x its left edge @param {number} y its middle */
function button(sign, name, x, y) {
  const [room, text] = [svg("rect", "room"), svg("text", "", sign)];
  set(room, { x, y: y - ROOM.height / 2, ...ROOM, rx: 4 });
  set(text, { x: x + ROOM.width / 2, y });
  text.setAttribute("aria-hidden", "true");
  const element = svg("g", "turn", room, text);
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "-1");
  element.setAttribute("aria-label", name);
  return element;
}

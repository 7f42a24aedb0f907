// Tensors too large to be written: an element a pixel, its magnitude the strength of its colour.

import { html } from "./elements.js";
import { GLIDE } from "./motion.js";

/** @typedef {import("./motion.js").Point} Point */

/** Shades on either side of zero. */
const SHADES = 255;

/** The colours of the style sheet that maps are made of, each in a property of the probe. */
const COLOURS = /** @type {const} */ ({
  paper: "backgroundColor",
  negative: "outlineColor",
  value: "color",
  gradient: "borderTopColor",
  tangent: "borderLeftColor",
});

/** From the largest negative over zero to the largest positive, each a pixel. @typedef {Uint32Array<ArrayBuffer>} Ramp */

/** The shades of each kind of map, as the theme has them. */
export class Palette {
  /** Its colours are those of the theme; it shows nothing. */
  element = html("span", "palette");
  /** @type {{ value: Ramp, gradient: Ramp, tangent: Ramp }} */
  #ramps = { value: ramp(), gradient: ramp(), tangent: ramp() };
  #isRead = false;
  #listening = new AbortController();
  #onChange;

  /** @param {() => void} onChange the colours are others */
  constructor(onChange) {
    this.#onChange = onChange;
    // Whatever changes the colours, they come there by a transition, which tells so.
    this.element.addEventListener("transitionend", () => this.#change());
  }

  connect() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const prints = matchMedia("print");
    prints.addEventListener("change", () => this.#change(), { signal });
    // Firefox makes no transition of colours that the reader's system changed.
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      const changed = () => requestAnimationFrame(() => this.#change());
      matchMedia(query).addEventListener("change", changed, { signal });
    }
  }

  disconnect() {
    this.#listening.abort();
    this.#isRead = false;
  }

  /** @param {"value" | "gradient" | "tangent"} side @returns {Ramp} */
  of(side) {
    if (!this.#isRead) this.#read();
    return this.#ramps[side];
  }

  #change() {
    this.#isRead = false;
    this.#onChange();
  }

  #read() {
    const style = getComputedStyle(this.element);
    const [paper, negative, value, gradient, tangent] = coloursOf(
      Object.values(COLOURS).map((property) => style[property]),
    );
    if (!paper || !negative || !value || !gradient || !tangent) return;
    fill(this.#ramps.value, negative, paper, value);
    fill(this.#ramps.gradient, negative, paper, gradient);
    fill(this.#ramps.tangent, negative, paper, tangent);
    this.#isRead = true;
  }
}

/** @returns {Ramp} */
function ramp() {
  return new Uint32Array(2 * SHADES + 1);
}

/** The red, green and blue of colours over the first of them, however a style sheet writes them. @param {string[]} colours */
function coloursOf(colours) {
  const canvas = html("canvas");
  canvas.width = colours.length;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return [];
  context.fillStyle = colours[0] ?? "";
  context.fillRect(0, 0, colours.length, 1);
  for (const [at, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.fillRect(at, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, colours.length, 1);
  return colours.map((_, at) => data.subarray(4 * at, 4 * at + 3));
}

/**
 * @param {Ramp} shades
 * @param {Uint8ClampedArray} negative
 * @param {Uint8ClampedArray} paper
 * @param {Uint8ClampedArray} positive
 */
function fill(shades, negative, paper, positive) {
  const bytes = new Uint8ClampedArray(shades.buffer);
  for (let at = 0; at <= 2 * SHADES; at++) {
    const part = Math.abs(at - SHADES) / SHADES;
    const end = at < SHADES ? negative : positive;
    for (let i = 0; i < 3; i++) {
      const from = paper[i] ?? 0;
      bytes[4 * at + i] = Math.round(from + part * ((end[i] ?? 0) - from));
    }
    bytes[4 * at + 3] = 255;
  }
}

/** One map: a canvas with a pixel for each element, which the style sheet enlarges. */
export class HeatMap {
  element = html("canvas", "map");
  /** The largest finite magnitude that was painted. */
  largest = 0;
  /** How many elements are not finite, and a number that tells which. */
  broken = 0;
  #context = this.element.getContext("2d", { willReadFrequently: true });
  #image = new ImageData(1, 1);
  #pixels = new Uint32Array(this.#image.data.buffer);
  #places = 0;

  /** A number that differs where other elements are not finite. */
  get places() {
    return this.#places;
  }

  /** @param {number} rows @param {number} columns */
  size(rows, columns) {
    const [width, height] = [Math.max(1, columns), Math.max(1, rows)];
    if (this.#image.width === width && this.#image.height === height) return;
    this.element.width = width;
    this.element.height = height;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /**
   * Paints the elements from an offset on.
   * @param {Float64Array} values
   * @param {number} offset
   * @param {number} count
   * @param {Ramp} shades
   */
  paint(values, offset, count, shades) {
    const pixels = this.#pixels;
    let largest = 0;
    let broken = 0;
    let places = 0;
    for (let i = 0; i < count; i++) {
      const size = Math.abs(values[offset + i] ?? Number.NaN);
      if (size < Number.POSITIVE_INFINITY) {
        if (size > largest) largest = size;
      } else {
        broken += 1;
        places = (Math.imul(places, 31) + i) | 0;
      }
    }
    this.largest = largest;
    this.broken = broken;
    this.#places = places;
    let changes = false;
    for (let i = 0; i < count; i++) {
      const value = values[offset + i] ?? Number.NaN;
      // What is not finite is paper, as zero is, and marked over it.
      const isPaper = largest === 0 || !Number.isFinite(value);
      const shade = isPaper ? SHADES : SHADES + Math.round((value / largest) * SHADES);
      const pixel = shades[shade] ?? 0;
      if (pixels[i] === pixel) continue;
      pixels[i] = pixel;
      changes = true;
    }
    if (changes) this.#context?.putImageData(this.#image, 0, 0);
  }
}

/**
 * Places what is drawn in HTML under a picture, in the picture's units.
 * @param {HTMLElement} element
 * @param {{ x: number, y: number, width: number, height: number }} at
 * @param {{ width: number, height: number, top: number }} picture
 */
export function lay(element, { x, y, width, height }, picture) {
  const { style } = element;
  style.left = `${(100 * x) / picture.width}%`;
  style.top = `${(100 * (y - picture.top)) / picture.height}%`;
  style.width = `${(100 * width) / picture.width}%`;
  style.height = `${(100 * height) / picture.height}%`;
}

/**
 * Lets it come to its place from another one, as `glide` does in the picture.
 * @param {HTMLElement} element
 * @param {{ x: number, y: number, width: number, height: number }} from its size is the one that it has now
 * @param {Point} to
 */
export function glideUnder(element, { x, y, width, height }, to) {
  const [left, top] = [(100 * (x - to.x)) / width, (100 * (y - to.y)) / height];
  if (left === 0 && top === 0) return;
  element.animate(
    { transform: [`translate(${left}%, ${top}%)`, "translate(0, 0)"] },
    { duration: GLIDE, easing: "ease-out", composite: "add" },
  );
}

// How large the picture is and which part of it can be seen. It lies in a box
// that scrolls: scrolling is what the browser does best, with every device, and
// it draws nothing anew.

import { prefersStill } from "./motion.js";

/** @typedef {import("./motion.js").Point} Point */

/** Beyond the edges of the box, in CSS pixels: what a quick scroll uncovers. */
const MARGIN = 200;

/** What a step of a button or a key zooms by. */
const STEP = 1.25;

/** The largest scale. */
const LARGEST = 4;

/** The largest scale that fitting takes, so that two gates do not fill a page. */
const FITTING = 1.5;

/** Below this scale no label can be read. */
const LEGIBLE = 0.5;

/** On paper they can still be read at this one, for it is finer than a screen. */
const PRINTED = 0.2;

/** The scale from which labels are read without effort. */
const READ = 0.7;

/** More gates than this are shown as a whole first, as few as they may be to read. */
const OVERVIEW = 150;

/** As high the box is at least for a graph that is long and low, in CSS pixels. */
const LOW = 120;

/** What is to be seen about a gate at work: its wires' numbers, in the picture's units. */
const AROUND = 110;

/** How far a pointer moves before it drags the picture, in CSS pixels. */
const SLACK = 4;

/**
 * @typedef {object} Tells
 * @property {() => void} onMove another part may be seen
 * @property {(isFar: boolean) => void} onScale
 */

export class Viewport {
  #box;
  #picture;
  #tells;
  #resizing;
  #scrolled = () => this.#measure();
  #listening = new AbortController();
  /** Of the picture in its own units. */
  #size = { width: 1, height: 1 };
  /** Its scale: as wide as can be read, all of it, or what the reader chose. @type {"legible" | "whole" | number} */
  #scale = /** @type {"legible" | "whole" | number} */ ("legible");
  /** Whether the reader chose it. */
  #isChosen = false;
  #presents = false;
  #gates = 0;
  /** What can be seen, in the picture's units; nothing until measured. */
  #left = 0;
  #top = 0;
  #right = 0;
  #bottom = 0;
  /** @type {{ x: number, y: number, moves: boolean } | null} */
  #pan = null;
  /** Two fingers: how far apart, and their middle. @type {{ apart: number, middle: Point } | null} */
  #pinch = null;
  /** The point that the next frame scrolls to. @type {Point} */
  #followed = { x: 0, y: 0 };
  #frame = 0;
  /** What the box has for all of the picture; it does not depend on what is drawn. Null until measured. @type {{ width: number, height: number, window: number } | null} */
  #room = null;
  /** Of the box, as it was last observed. */
  #width = 0;

  /** @param {HTMLElement} box @param {SVGSVGElement} picture @param {Tells} tells */
  constructor(box, picture, tells) {
    this.#box = box;
    this.#picture = picture;
    this.#tells = tells;
    this.#resizing = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (target === box) this.#forgetRoom(contentRect.width);
      }
      // Here all is laid out: whoever asks next need not lay out what is new twice.
      this.#room ??= this.#measureRoom();
      if (this.#scale === "whole") this.#apply();
      this.#measure();
    });
  }

  connect() {
    this.#resizing.observe(this.#box);
    this.#resizing.observe(this.#picture);
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const box = this.#box;
    const active = { signal, passive: false };
    box.addEventListener("scroll", this.#scrolled, { passive: true, signal });
    box.addEventListener("wheel", (event) => this.#wheel(event), active);
    box.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    box.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    box.addEventListener("pointerup", () => this.#drop(), { signal });
    box.addEventListener("pointercancel", () => this.#drop(), { signal });
    box.addEventListener("keydown", (event) => this.#press(event), { signal });
    box.addEventListener("touchstart", (event) => this.#touch(event), active);
    box.addEventListener("touchmove", (event) => this.#touch(event), active);
    box.addEventListener("touchend", () => this.#lift(), { signal });
    box.addEventListener("touchcancel", () => this.#lift(), { signal });
  }

  disconnect() {
    this.#resizing.disconnect();
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** Another picture. @param {{ width: number, height: number }} size @param {number} gates */
  show({ width, height }, gates) {
    this.#size = { width, height };
    this.#gates = gates;
    if (!this.#isChosen) this.#scale = gates > OVERVIEW ? "whole" : "legible";
    this.#apply();
  }

  /** Whether some of an area can be seen, or a point. @param {{ x: number, y: number, width?: number, height?: number }} area */
  shows({ x, y, width = 0, height = 0 }) {
    const across = x + width >= this.#left && x <= this.#right;
    return across && y + height >= this.#top && y <= this.#bottom;
  }

  /**
   * Scrolls to a point of the picture as `reveal` does, in the next frame, where what
   * is read is laid out anyway: of several steps in a frame the last is followed.
   * @param {Point} point
   */
  follow(point) {
    this.#followed = point;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.reveal(this.#followed, !prefersStill());
    });
  }

  /** Scrolls to a point of the picture that cannot be seen, with what is about it. @param {Point} point @param {boolean} [glides] */
  reveal({ x, y }, glides = false) {
    const picture = this.#picture.getBoundingClientRect();
    const box = this.#box.getBoundingClientRect();
    const scale = picture.width / this.#size.width;
    const top = this.#picture.viewBox.baseVal.y;
    const room = Math.min(AROUND * scale, box.width / 2, box.height / 2);
    /** @param {number} at @param {number} from @param {number} to */
    const beyond = (at, from, to) => Math.min(at - room - from, 0) || Math.max(at + room - to, 0);
    this.#box.scrollBy({
      left: beyond(picture.left + x * scale, box.left, box.right),
      top: beyond(picture.top + (y - top) * scale, box.top, box.bottom),
      behavior: glides ? "smooth" : "instant",
    });
  }

  /** Another program: nothing is left of what the reader chose to see of the one before. */
  begin() {
    this.#isChosen = false;
    this.#before = { scale: "legible", blockSize: "" };
    if (!this.#presents) this.#box.style.blockSize = "";
    this.#box.scrollTo({ left: 0, top: 0, behavior: "instant" });
  }

  zoomIn() {
    this.#zoom(STEP);
  }

  zoomOut() {
    this.#zoom(1 / STEP);
  }

  /** Shows all of the picture. */
  fit() {
    this.#isChosen = true;
    this.#scale = "whole";
    this.#box.style.blockSize = "";
    this.#apply();
  }

  /** Fits the picture to a screen, and back. @param {boolean} presents */
  present(presents) {
    this.#presents = presents;
    this.#room = null;
    if (presents) {
      this.#before = { scale: this.#scale, blockSize: this.#box.style.blockSize };
      // On a small screen a graph that can be read is scrolled instead.
      this.#scale = this.#gates <= OVERVIEW && this.#whole < READ ? READ : "whole";
      this.#box.style.blockSize = "";
    } else {
      this.#scale = this.#before.scale;
      this.#box.style.blockSize = this.#before.blockSize;
    }
    this.#apply();
  }

  /** How it was before it was presented. @type {{ scale: "legible" | "whole" | number, blockSize: string }} */
  #before = { scale: "legible", blockSize: "" };

  /** The scale at which all of it is seen. */
  get #whole() {
    if (this.#room?.window !== innerHeight) this.#room = null;
    this.#room ??= this.#measureRoom();
    const { width, height } = this.#size;
    const room = Math.min(this.#room.width / width, this.#room.height / height);
    return Math.min(room, this.#presents ? LARGEST : FITTING);
  }

  /** All of it as it is shown at first: of a chain of a thousand gates nothing would be seen. */
  get #overview() {
    if (this.#isChosen || this.#presents) return this.#whole;
    return Math.max(this.#whole, Math.min(LOW / this.#size.height, LEGIBLE));
  }

  #measureRoom() {
    const high = this.#presents
      ? this.#box.clientHeight
      : Number.parseFloat(getComputedStyle(this.#box).maxHeight);
    const height = Number.isFinite(high) ? high : innerHeight;
    return { width: this.#box.clientWidth, height, window: innerHeight };
  }

  /** The box has another width; while presenting, another height may be all that it has. @param {number} width */
  #forgetRoom(width) {
    if (this.#presents || this.#width !== width) this.#room = null;
    this.#width = width;
  }

  #apply() {
    // Of the box: what lies under the picture is as large.
    const { style } = this.#box;
    if (this.#scale === "legible") {
      style.removeProperty("--zoomed");
    } else {
      const scale = this.#scale === "whole" ? this.#overview : this.#scale;
      if (!(scale > 0)) return;
      style.setProperty("--zoomed", `${this.#size.width * scale}px`);
      // Before anything is laid out: of thousands of texts that takes its time.
      this.#tells.onScale(isFar(scale));
    }
    this.#measure();
  }

  /** @param {number} factor @param {Point} [at] what stays in its place, in CSS pixels of the window; else the middle */
  #zoom(factor, at) {
    const box = this.#box.getBoundingClientRect();
    const before = this.#picture.getBoundingClientRect();
    if (before.width === 0) return;
    const scale = before.width / this.#size.width;
    const least = Math.min(this.#whole, 0.25, scale);
    const next = Math.min(Math.max(scale * factor, least), LARGEST);
    const { x, y } = at ?? { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    // What is below the box stays where it is.
    if (!this.#presents && !this.#isChosen) {
      this.#box.style.blockSize = `${Math.max(box.height, LOW)}px`;
    }
    this.#isChosen = true;
    this.#scale = next;
    this.#apply();
    const grown = next / scale;
    const after = this.#picture.getBoundingClientRect();
    this.#box.scrollBy({
      left: after.x - x + (x - before.x) * grown,
      top: after.y - y + (y - before.y) * grown,
      behavior: "instant",
    });
    this.#measure();
  }

  #measure() {
    const picture = this.#picture.getBoundingClientRect();
    const box = this.#box.getBoundingClientRect();
    const scale = picture.width / this.#size.width;
    if (scale === 0) return;
    this.#left = (box.left - picture.left - MARGIN) / scale;
    this.#top = (box.top - picture.top - MARGIN) / scale;
    this.#right = (box.right - picture.left + MARGIN) / scale;
    this.#bottom = (box.bottom - picture.top + MARGIN) / scale;
    // Where the picture goes on it fades, or an end that is out of sight would be missed.
    const beyond = {
      left: box.left - picture.left,
      right: picture.right - box.right,
      top: box.top - picture.top,
      bottom: picture.bottom - box.bottom,
    };
    for (const [side, hidden] of Object.entries(beyond)) {
      this.#box.classList.toggle(`more-${side}`, hidden > 1);
    }
    this.#tells.onScale(isFar(scale));
    this.#tells.onMove();
  }

  /** Without focus or a key the wheel is the page's. @param {WheelEvent} event */
  #wheel(event) {
    const pinches = event.ctrlKey || event.metaKey;
    if (!pinches && !this.#presents && !this.#box.matches(":focus-within")) return;
    // Sideways it scrolls.
    if (!pinches && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) return;
    event.preventDefault();
    const unit = [1, 16, this.#box.clientHeight][event.deltaMode] ?? 1;
    // Two fingers on a pad come as small steps with Ctrl.
    const speed = event.ctrlKey && Math.abs(event.deltaY) < 50 ? 0.01 : 0.002;
    const factor = Math.exp(-event.deltaY * unit * speed);
    this.#zoom(factor, { x: event.clientX, y: event.clientY });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === "+" || event.key === "=") this.zoomIn();
    else if (event.key === "-" || event.key === "_") this.zoomOut();
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  // A mouse drags the picture; a finger scrolls it by itself.

  /** @param {PointerEvent} event */
  #grab(event) {
    const isMouse = event.pointerType === "mouse" && event.button === 0;
    const { target } = event;
    const isPaper = target instanceof Node && this.#picture.contains(target);
    if (!isMouse || !(isPaper || target === this.#box)) return;
    this.#pan = { x: event.clientX, y: event.clientY, moves: false };
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const pan = this.#pan;
    if (!pan) return;
    const [x, y] = [event.clientX - pan.x, event.clientY - pan.y];
    if (!pan.moves) {
      if (Math.hypot(x, y) < SLACK) return;
      pan.moves = true;
      this.#box.setPointerCapture(event.pointerId);
      this.#box.classList.add("dragged");
    }
    this.#box.scrollBy({ left: -x, top: -y, behavior: "instant" });
    [pan.x, pan.y] = [event.clientX, event.clientY];
  }

  #drop() {
    const moved = this.#pan?.moves;
    this.#pan = null;
    this.#box.classList.remove("dragged");
    if (!moved) return;
    // The click that ends a drag chooses nothing.
    const swallow = (/** @type {Event} */ event) => event.stopPropagation();
    this.#box.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => this.#box.removeEventListener("click", swallow, { capture: true }));
  }

  /** @param {TouchEvent} event */
  #touch(event) {
    const [one, two] = event.touches;
    if (!one || !two) return;
    event.preventDefault();
    const apart = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    const middle = { x: (one.clientX + two.clientX) / 2, y: (one.clientY + two.clientY) / 2 };
    const before = this.#pinch;
    this.#pinch = { apart, middle };
    if (!before || before.apart === 0) return;
    this.#box.scrollBy({
      left: before.middle.x - middle.x,
      top: before.middle.y - middle.y,
      behavior: "instant",
    });
    this.#zoom(apart / before.apart, middle);
  }

  #lift() {
    this.#pinch = null;
  }
}

/** Whether no label can be read at a scale. @param {number} scale */
function isFar(scale) {
  return scale < (matchMedia("print").matches ? PRINTED : LEGIBLE);
}

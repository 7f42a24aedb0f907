// Which part of a picture can be seen in the box that it scrolls in.

/** Beyond the edges of the box, in CSS pixels: what a quick scroll uncovers. */
const MARGIN = 200;

export class Viewport {
  #box;
  #picture;
  #onMove;
  #resizing;
  #scrolled = () => this.#measure();
  /** Width of the picture in its own units. */
  width = 1;
  /** What can be seen, in the picture's units; nothing until measured. */
  #left = 0;
  #top = 0;
  #right = 0;
  #bottom = 0;

  /**
   * @param {HTMLElement} box
   * @param {SVGSVGElement} picture
   * @param {() => void} onMove called when another part may be seen
   */
  constructor(box, picture, onMove) {
    this.#box = box;
    this.#picture = picture;
    this.#onMove = onMove;
    this.#resizing = new ResizeObserver(this.#scrolled);
  }

  connect() {
    this.#resizing.observe(this.#box);
    this.#resizing.observe(this.#picture);
    this.#box.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  disconnect() {
    this.#resizing.disconnect();
    this.#box.removeEventListener("scroll", this.#scrolled);
  }

  /** @param {{ x: number, y: number }} point */
  shows({ x, y }) {
    return x >= this.#left && x <= this.#right && y >= this.#top && y <= this.#bottom;
  }

  #measure() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#box;
    const scale = this.#picture.clientWidth / this.width;
    if (scale === 0) return;
    this.#left = (scrollLeft - MARGIN) / scale;
    this.#top = (scrollTop - MARGIN) / scale;
    this.#right = (scrollLeft + clientWidth + MARGIN) / scale;
    this.#bottom = (scrollTop + clientHeight + MARGIN) / scale;
    this.#onMove();
  }
}

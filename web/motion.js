// What moves in the picture: things glide to their places, a step's number comes along its wire.

import { svg } from "./elements.js";

/** @typedef {{ x: number, y: number }} Point */

/** How long things glide and fade, in milliseconds. */
export const GLIDE = 200;

/** How long a number travels along its wire. */
const TRAVEL = 320;

/** How much of a wire the pulse on it covers. */
const PULSE = 0.22;

/** Whether the reader wants nothing that moves. */
export function prefersStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * A new record, at its place from the start.
 * @template {{ element: SVGElement, at: Point }} Drawn
 * @param {Drawn} drawn
 * @param {Point} at
 * @param {boolean} glides
 */
export function enter(drawn, { x, y }, glides) {
  drawn.at = { x, y };
  if (glides) drawn.element.animate({ opacity: [0, 1] }, { duration: GLIDE });
  return drawn;
}

/**
 * Lets an element that has its new place come there from its old one. It needs
 * no transform at rest: thousands of them would slow every frame.
 * @param {SVGElement} element
 * @param {Point} from
 * @param {Point} to
 */
export function glide(element, from, to) {
  const [x, y] = [from.x - to.x, from.y - to.y];
  if (x === 0 && y === 0) return;
  // Added up, so that a second move in the middle of one does not jump.
  element.animate(
    { transform: [`translate(${x}px, ${y}px)`, "translate(0, 0)"] },
    { duration: GLIDE, easing: "ease-out", composite: "add" },
  );
}

/**
 * A pulse along a curve, and the number that it brings.
 * @param {Element} parent what the pulse is drawn in meanwhile
 * @param {string} curve path data, from left to right
 * @param {SVGElement} number appears as the pulse arrives
 * @param {boolean} backward from right to left
 */
export function pulse(parent, curve, number, backward) {
  const path = svg("path", backward ? "pulse backward" : "pulse");
  path.setAttribute("d", curve);
  path.setAttribute("pathLength", "1");
  path.setAttribute("stroke-dasharray", `${PULSE} 2`);
  parent.append(path);
  const ends = [PULSE, -1];
  if (backward) ends.reverse();
  const moving = path.animate(
    { strokeDashoffset: ends.map(String) },
    { duration: TRAVEL, easing: "ease-in-out", fill: "both" },
  );
  const remove = () => path.remove();
  moving.finished.then(remove, remove);
  number.animate(
    { opacity: [0, 0, 1], offset: [0, 0.6, 1] },
    { duration: TRAVEL, easing: "ease-out" },
  );
}

/**
 * Fades an element that is no longer part of the graph, and removes it.
 * @param {SVGElement} element
 * @param {Element} parent where it stays until then
 * @param {boolean} glides
 */
export function leave(element, parent, glides) {
  if (!glides) {
    element.remove();
    return;
  }
  // No longer found by whoever looks for gates and wires, or walks along them.
  element.setAttribute("class", "");
  for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
  for (const name of Object.keys(element.dataset)) delete element.dataset[name];
  parent.append(element);
  const fade = element.animate({ opacity: [1, 0] }, { duration: GLIDE, fill: "forwards" });
  const remove = () => element.remove();
  fade.finished.then(remove, remove);
}

// Making elements: text goes in as text, never as markup.

import { splitName } from "./format.js";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function html(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, className = "", ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  if (className) element.setAttribute("class", className);
  element.append(...children);
  return element;
}

/** @param {SVGElement} element @param {Record<string, number>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** A name of the program in HTML. @param {string} name */
export function htmlName(name) {
  const { base, subscript } = splitName(name);
  const element = html("var", "", base);
  if (subscript) element.append(html("sub", "", subscript));
  return element;
}

/** Writes a name of the program into a text, or what is made of names: `∂f/∂x0 = ∂f/∂w`. @param {SVGTextElement} text @param {string} name */
export function writeName(text, name) {
  text.replaceChildren();
  let isLow = false;
  for (const part of name.split(/(?=\/∂| = )/u)) {
    const { base, subscript } = splitName(part);
    if (isLow) {
      const back = svg("tspan", "", base);
      back.setAttribute("dy", "-4");
      text.append(back);
    } else {
      text.append(base);
    }
    isLow = subscript !== "";
    if (!isLow) continue;
    const small = svg("tspan", "subscript", subscript);
    small.setAttribute("dy", "4");
    text.append(small);
  }
}

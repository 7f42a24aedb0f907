// A button with a picture, drawn in a square of 16.

import { html, svg } from "./elements.js";

/** What is drawn on the buttons that walk. */
export const ICONS = {
  first: "M4 3v10M13 3 6 8l7 5z",
  back: "M12 3 5 8l7 5z",
  play: "M5 3l8 5-8 5z",
  pause: "M5.5 3v10M10.5 3v10",
  forward: "M4 3l7 5-7 5z",
  last: "M12 3v10M3 3l7 5-7 5z",
};

/** One that can do nothing now keeps the focus. @param {string} label with its key in brackets @param {string} icon @param {() => void} onClick */
export function iconButton(label, icon, onClick) {
  const path = svg("path");
  const drawing = svg("svg", "", path);
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const element = html("button", "icon", drawing);
  element.type = "button";
  element.addEventListener("click", () => {
    if (element.ariaDisabled !== "true") onClick();
  });
  const made = {
    element,
    /** @param {string} text @param {string} shape */
    show(text, shape) {
      element.ariaLabel = text.replace(/ \(.*/, "");
      element.title = text;
      path.setAttribute("d", shape);
    },
    /** @param {boolean} able */
    set able(able) {
      element.ariaDisabled = String(!able);
    },
  };
  made.show(label, icon);
  return made;
}

// The page around one element: its address tells the element's state.

import "./backflow-graph.js";
import { readLink, writeLink } from "./link.js";

/** @typedef {import("./backflow-graph.js").BackflowGraph} BackflowGraph */

/** How long nothing must change until the address follows, in milliseconds. */
const SETTLES = 400;

/** @type {BackflowGraph | null} */
const element = document.querySelector("backflow-graph");

if (element) follow(element);

/** @param {BackflowGraph} element */
function follow(element) {
  const { origin, pathname, search } = location;
  element.address = (origin === "null" ? "" : origin) + pathname + search;
  const read = () => {
    const state = readLink(location.hash);
    if (state) element.state = state;
  };
  read();
  addEventListener("hashchange", read);
  // What it opens on needs no address of its own.
  element.ready.then(
    () => {
      let written = writeLink(element.state);
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let settling;
      element.addEventListener("backflow-change", () => {
        clearTimeout(settling);
        settling = setTimeout(() => {
          const link = writeLink(element.state);
          if (link !== written) history.replaceState(history.state, "", `#${link}`);
          written = link;
        }, SETTLES);
      });
    },
    () => {},
  );
}

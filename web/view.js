// What is open, closed and folded in the picture. A key has its own say until it is toggled back.

/** @typedef {import("./backflow-wasm.js").View} View */

/** @type {readonly import("./backflow-wasm.js").Mode[]} */
export const MODES = ["reverse", "forward", "both"];

/** As a program is drawn by itself. @returns {View} */
export function plainView() {
  return {
    open: [],
    closed: [],
    folded: [],
    copies: false,
    mode: "reverse",
    derivative: false,
  };
}

/** A box opened or closed; a gate that was folded unfolds. @param {View} view @param {string} key @param {boolean} opens @returns {View} */
export function toggled(view, key, opens) {
  if (view.folded.includes(key)) return { ...view, folded: without(view.folded, key) };
  const [open, closed] = [without(view.open, key), without(view.closed, key)];
  (opens ? open : closed).push(key);
  return { ...view, open, closed };
}

/** Gates folded into the one of a key. @param {View} view @param {string} key @returns {View} */
export function folded(view, key) {
  return { ...view, folded: [...without(view.folded, key), key], open: without(view.open, key) };
}

/** @param {string[]} keys @param {string} key */
function without(keys, key) {
  return keys.filter((one) => one !== key);
}

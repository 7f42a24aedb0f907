// What the clipboard gets of a picture, and gives it.

/** @typedef {import("./picture.js").Picture} Picture */

/** All digits of a number of the picture. @param {Picture} picture @param {HTMLElement} graph that it is in @param {ClipboardEvent} event */
export function copyFrom(picture, graph, event) {
  const { target } = event;
  if (!(target instanceof Node) || !graph.contains(target)) return;
  if (target instanceof HTMLInputElement) return;
  const copied = picture.copied();
  if (copied === undefined) return;
  event.clipboardData?.setData("text/plain", copied);
  event.preventDefault();
}

/** Numbers for a grid of the picture. @param {Picture} picture @param {ClipboardEvent} event */
export function pasteInto(picture, event) {
  const { target } = event;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (picture.paste(text)) event.preventDefault();
}

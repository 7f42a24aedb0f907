// Which numbers of a picture can be edited: those of inputs, their tangents, and the upstream gradient.

import { formatIndex } from "./format.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneInput} SceneInput */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */
/** @typedef {import("./motion.js").Point} Point */
/** @typedef {import("./plate-hands.js").Spot} Spot */

/** A number of the picture that can be edited. @typedef {{ offset: number, kind: "value" | "gradient" | "tangent", at: Point, name: string, step: number, min: number, max: number, shares?: boolean }} Editable `shares`: with another number over or under it */

/** By how much the upstream gradient or a tangent changes in a step. */
const UPSTREAM = { min: -10, max: 10, step: 0.1 };

/**
 * The number of a wire that can be edited.
 * @param {SceneWire} wire
 * @param {Scene} scene
 * @param {SceneInput | undefined} input that the wire comes from
 * @returns {Editable | null}
 */
export function editableOf(wire, { upstream, outputName, mode }, input) {
  if (wire.shape.length > 0) return null;
  const at = { x: wire.labelX, y: wire.labelY };
  if (input) {
    const { name, min, max, step } = input;
    const shares = input.seed !== null;
    return { offset: wire.value, kind: "value", at, name, min, max, step, shares };
  }
  if (wire.to !== null || mode === "forward") return null;
  const name = `upstream gradient of ${outputName ?? "the output"}`;
  return { offset: upstream, kind: "gradient", at, name, ...UPSTREAM };
}

/**
 * The tangent of a wire, if it is an input's: it can be edited.
 * @param {SceneWire} wire
 * @param {SceneInput | undefined} input that the wire comes from
 * @returns {Editable | null}
 */
export function seedOf(wire, input) {
  if (!input || input.seed === null || wire.shape.length > 0) return null;
  const at = { x: wire.labelX, y: wire.labelY };
  const name = `tangent of ${input.name}`;
  return { offset: input.seed, kind: "tangent", at, name, ...UPSTREAM, shares: true };
}

/**
 * The number of an element, if it can be edited.
 * @param {Spot} spot
 * @param {Scene} scene
 * @param {Point} at
 * @returns {Editable | null}
 */
export function editableElement({ node: index, side, element }, scene, at) {
  const node = scene.nodes[index];
  if (!node) return null;
  const place = formatIndex(element, node.shape);
  if (side === "value") {
    const input = scene.inputs.find((one) => one.node === index);
    if (!input) return null;
    const { min, max, step } = input;
    return {
      offset: node.value + element,
      kind: "value",
      at,
      name: input.name + place,
      min,
      max,
      step,
    };
  }
  if (side === "tangent") {
    const input = scene.inputs.find((one) => one.node === index);
    if (!input || input.seed === null) return null;
    const name = `tangent of ${input.name}${place}`;
    return { offset: input.seed + element, kind: "tangent", at, name, ...UPSTREAM };
  }
  if (index !== scene.output || scene.mode === "forward") return null;
  const name = `upstream gradient of ${scene.outputName ?? "the output"}${place}`;
  return { offset: scene.upstream + element, kind: "gradient", at, name, ...UPSTREAM };
}

// What the picture needs of a scene, complete: boxes, folds and the steps of both passes.

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */

/**
 * @typedef {object} Box an open call, iteration or composite
 * @property {string} key
 * @property {string} title
 * @property {"call" | "loop" | "composite"} kind
 * @property {number | null} parent index of the box it stands in
 * @property {number} x left edge
 * @property {number} y top edge
 * @property {number} width
 * @property {number} height
 */

/** Gates that can be folded into one. @typedef {{ key: string, op: string, nodes: number[] }} Fold */

/** @typedef {Omit<SceneNode, "kind"> & { kind: SceneNode["kind"] | "copy" | "box", box: number | null, opens: boolean }} StagedNode */
/** @typedef {SceneWire} StagedWire */
/** @typedef {Omit<Scene, "nodes"> & { nodes: StagedNode[], boxes: Box[], folds: Fold[] }} StagedScene */

/**
 * A scene with all of it; one that says nothing of them has no boxes.
 * @param {Scene & Partial<Pick<StagedScene, "boxes" | "folds">>} scene
 * @returns {StagedScene}
 */
export function staged(scene) {
  return {
    ...scene,
    nodes: scene.nodes.map((node) => ({ box: null, opens: false, ...node })),
    boxes: scene.boxes ?? [],
    folds: scene.folds ?? [],
  };
}

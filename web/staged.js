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

/**
 * @typedef {object} Step
 * @property {"inputs" | "forward" | "base" | "backward"} pass
 * @property {number | null} node the gate at work
 * @property {number[]} wires those it fills or reads
 * @property {number[]} reads nodes whose kept values a backward step uses
 */

/** @typedef {Omit<SceneNode, "kind"> & { kind: SceneNode["kind"] | "copy" | "box", box: number | null, opens: boolean, forward: number, backward: number, kept: boolean }} StagedNode */
/** @typedef {SceneWire & { forward: number, backward: number }} StagedWire */
/** @typedef {Omit<Scene, "nodes" | "wires"> & { nodes: StagedNode[], wires: StagedWire[], boxes: Box[], folds: Fold[], steps: Step[] }} StagedScene */

/**
 * A scene with all of it; what it does not say has neither boxes nor steps.
 * @param {Scene & Partial<Pick<StagedScene, "boxes" | "folds" | "steps">>} scene
 * @returns {StagedScene}
 */
export function staged(scene) {
  return {
    ...scene,
    nodes: scene.nodes.map((node) => ({
      box: null,
      opens: false,
      forward: 0,
      backward: 0,
      kept: false,
      ...node,
    })),
    wires: scene.wires.map((wire) => ({ forward: 0, backward: 0, ...wire })),
    boxes: scene.boxes ?? [],
    folds: scene.folds ?? [],
    steps: scene.steps ?? [{ pass: "inputs", node: null, wires: [], reads: [] }],
  };
}

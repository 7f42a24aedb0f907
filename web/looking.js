// What is looked at in the card, beside what it says of a gate: where the gate's tensors are.

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */
/** @typedef {import("./lesson.js").Selection} Selection */

/** @typedef {"gate" | "jacobian" | "elements" | "sizes" | "paper"} Tab */

/**
 * @typedef {object} Looking
 * @property {string | null} chosen the gate or the wire that is chosen, by its key
 * @property {Tab} tab
 * @property {number | null} operand which of the wires at hand; null for the first
 * @property {[string, string] | null} pair keys of two nodes: the Jacobian of the one by the other
 * @property {number | null} element of the operand, row by row; their number for all of them
 * @property {[number, number, number] | null} sizes rows, inputs and outputs of a layer
 */

/** @type {readonly Tab[]} */
export const TABS = ["gate", "jacobian", "elements", "sizes", "paper"];

/** The largest size of a layer that is asked for. */
export const LARGEST = 8192;

/** The gate itself. @returns {Looking} */
export function plainLooking() {
  return { chosen: null, tab: "gate", operand: null, pair: null, element: null, sizes: null };
}

/** The key of what is chosen; of a wire its ends' and its operand's number, which no key of a node is like. @param {Scene} scene @param {Selection | null} selection */
export function keyOf({ nodes, wires }, selection) {
  if (!selection) return null;
  if ("node" in selection) return nodes[selection.node]?.key ?? null;
  const wire = wires[selection.wire];
  if (!wire) return null;
  const to = wire.to === null ? "" : (nodes[wire.to]?.key ?? "");
  return `${nodes[wire.from]?.key ?? ""},${to},${wire.operand}`;
}

/** What has a key; null where nothing has. @param {Scene} scene @param {string | null} key @returns {Selection | null} */
export function chosenBy(scene, key) {
  if (key === null) return null;
  if (!key.includes(",")) {
    const node = scene.nodes.findIndex((one) => one.key === key);
    return node < 0 ? null : { node };
  }
  const wire = scene.wires.findIndex((_, at) => keyOf(scene, { wire: at }) === key);
  return wire < 0 ? null : { wire };
}

/**
 * The wires into the gate that is chosen, that which is chosen first; out of what has none: an
 * operand of a gate each.
 * @param {Scene} scene
 * @param {Selection} selection
 * @returns {number[]}
 */
export function wiresOf({ wires }, selection) {
  const all = wires.map((wire, index) => ({ ...wire, index }));
  const into = (/** @type {number | null | undefined} */ node) =>
    all
      .filter(({ to }) => to !== null && to === node)
      .sort((a, b) => a.operand - b.operand)
      .map(({ index }) => index);
  if ("wire" in selection) {
    const wire = wires[selection.wire];
    if (wire && wire.to === null) return into(wire.from);
    const others = into(wire?.to).filter((one) => one !== selection.wire);
    return wire ? [selection.wire, ...others] : [];
  }
  const operands = into(selection.node);
  if (operands.length > 0) return operands;
  return all.flatMap(({ from, to, index }) =>
    from === selection.node && to !== null ? [index] : [],
  );
}

/** Whether a tensor is at hand: carried or made. @param {Scene} scene @param {Selection} selection */
export function hasTensor(scene, selection) {
  const { nodes, wires } = scene;
  const shapes = wiresOf(scene, selection).flatMap((index) => {
    const wire = wires[index];
    return wire ? [wire.shape, nodes[wire.to ?? -1]?.shape ?? []] : [];
  });
  if ("node" in selection) shapes.push(nodes[selection.node]?.shape ?? []);
  return shapes.some((shape) => shape.length > 0);
}

/** What a node is called where it is one of several; null where it has no name. @param {Scene} scene @param {number} node */
export function nameOf({ nodes }, node) {
  const { name, key } = nodes[node] ?? {};
  if (!name) return null;
  // A name that is bound again, and that of another call, are told they differ by their keys.
  return nodes.some((other, index) => index !== node && other.name === name) ? (key ?? name) : name;
}

/** What wires carry, as a choice among them tells it. @param {Scene} scene @param {number[]} wires */
export function operandsOf(scene, wires) {
  const called = (/** @type {number} */ node) =>
    nameOf(scene, node) ?? scene.nodes[node]?.symbol ?? "";
  const gates = new Set(wires.map((wire) => scene.wires[wire]?.to));
  return wires.map((wire) => {
    const { from = -1, to = -1 } = scene.wires[wire] ?? {};
    // What is used several times is told by its uses.
    return gates.size > 1 ? `${called(from)} into ${called(to ?? -1)}` : called(from);
  });
}

/** Where an element is along each axis. @param {number[]} shape @param {number} at row by row @returns {number[]} */
export function placeOf(shape, at) {
  const places = [];
  let rest = at;
  for (const length of [...shape].reverse()) {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return places;
}

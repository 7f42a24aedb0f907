// Walking along the wires by keys: to operands, to users, among siblings.

/** @typedef {import("./backflow-wasm.js").Scene} Scene */

/** Where a walk is, and the gate that it came through: its operands or its users are siblings. @typedef {{ node: number, via: number | null, side: "operands" | "users" }} Place */

/** How far two nodes of one column stand apart at most, in the picture's units. */
const COLUMN = 40;

/**
 * Where a key leads; null where nothing lies that way.
 * @param {Scene} scene
 * @param {Place} from
 * @param {"left" | "right" | "up" | "down"} way
 * @returns {Place | null}
 */
export function walk(scene, from, way) {
  const { node } = from;
  if (way === "left") return along(operands(scene, node), from, "users", "operands");
  if (way === "right") return along(users(scene, node), from, "operands", "users");
  const beside = sibling(scene, from, way === "up" ? -1 : 1);
  return beside === null ? null : { ...from, node: beside };
}

/**
 * The next node along a wire: the one that the walk came from, if it turns back, else the first.
 * @param {number[]} ends
 * @param {Place} from
 * @param {Place["side"]} back
 * @param {Place["side"]} side
 * @returns {Place | null}
 */
function along(ends, { node, via, side: came }, back, side) {
  const returns = came === back && via !== null && ends.includes(via);
  const next = returns ? via : ends[0];
  return next === undefined ? null : { node: next, via: node, side };
}

/** The wire that a walk takes. @param {Scene} scene @param {number} from @param {number} to */
export function wireBetween({ wires }, from, to) {
  return wires.findIndex((wire) => wire.from === from && wire.to === to);
}

/** @param {Scene} scene @param {number} node */
function operands({ wires }, node) {
  const into = wires.filter((wire) => wire.to === node);
  return [...new Set(into.sort((a, b) => a.operand - b.operand).map((wire) => wire.from))];
}

/** From the top. @param {Scene} scene @param {number} node */
function users({ wires, nodes }, node) {
  const found = wires.flatMap((wire) => (wire.from === node && wire.to !== null ? wire.to : []));
  return [...new Set(found)].sort((a, b) => (nodes[a]?.y ?? 0) - (nodes[b]?.y ?? 0));
}

/**
 * The next one up or down: among the operands or the users of the gate that the
 * walk came through, else in the column.
 * @param {Scene} scene
 * @param {Place} from
 * @param {1 | -1} direction
 * @returns {number | null}
 */
function sibling(scene, { node, via, side }, direction) {
  const through = via ?? users(scene, node)[0];
  const kin =
    through === undefined
      ? []
      : via !== null && side === "users"
        ? users(scene, through)
        : operands(scene, through);
  return (
    nearest(scene, node, kin, direction) ?? nearest(scene, node, column(scene, node), direction)
  );
}

/** @param {Scene} scene @param {number} node */
function column({ nodes }, node) {
  const x = nodes[node]?.x ?? 0;
  return nodes.flatMap((other, index) => (Math.abs(other.x - x) <= COLUMN ? index : []));
}

/** @param {Scene} scene @param {number} node @param {number[]} among @param {1 | -1} direction */
function nearest({ nodes }, node, among, direction) {
  const y = nodes[node]?.y ?? 0;
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (const index of among) {
    const distance = ((nodes[index]?.y ?? 0) - y) * direction;
    if (distance > 0 && distance < least) [best, least] = [index, distance];
  }
  return best;
}

// A graph with its values, as data for scripts and as a sentence for screen readers.

import { formatNumber, formatShape, nest } from "./format.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */
/** @typedef {import("./format.js").Tensor} Tensor */

/**
 * @typedef {object} NodeSnapshot
 * @property {string} key
 * @property {string | null} name
 * @property {string} op
 * @property {"input" | "constant" | "gate" | "copy" | "box" | "end"} kind
 * @property {number[]} shape
 * @property {Tensor} value
 * @property {Tensor} gradient of the output with respect to the node
 * @property {Tensor} [tangent] where forward mode is shown
 */

/**
 * @typedef {object} WireSnapshot
 * @property {string} from key of the node whose value it carries
 * @property {string} to key of the gate that uses it
 * @property {number} operand which operand of that gate it is, from 0
 * @property {Tensor} value
 * @property {Tensor} gradient what flows back along this wire alone
 */

/**
 * @typedef {object} Snapshot
 * @property {string} program
 * @property {string | null} output key of the output; null where nothing is drawn
 * @property {Diagnostic[]} diagnostics
 * @property {NodeSnapshot[]} nodes
 * @property {WireSnapshot[]} wires without the output's open end
 */

/**
 * @param {Scene | null} scene
 * @param {Float64Array} values
 * @returns {Pick<Snapshot, "output" | "nodes" | "wires">}
 */
export function snapshot(scene, values) {
  const nodes = (scene?.nodes ?? []).map(
    ({ key, name, op, kind, shape, value, gradient, tangent }) => ({
      key,
      name,
      op,
      kind,
      shape: [...shape],
      value: nest(values, value, shape),
      gradient: nest(values, gradient, shape),
      ...(tangent === null ? {} : { tangent: nest(values, tangent, shape) }),
    }),
  );
  const wires = [];
  for (const { from, to, operand, shape, value, gradient } of scene?.wires ?? []) {
    const source = nodes[from];
    const target = to === null ? undefined : nodes[to];
    if (!source || !target) continue;
    wires.push({
      from: source.key,
      to: target.key,
      operand,
      value: nest(values, value, shape),
      gradient: nest(values, gradient, shape),
    });
  }
  return { output: nodes[scene?.output ?? -1]?.key ?? null, nodes, wires };
}

/** Past this many inputs a sentence is no longer read to its end. */
const TOLD = 12;

/**
 * @param {Scene} scene
 * @param {Float64Array} values
 * @returns {string}
 */
export function describe(scene, values) {
  const { nodes, inputs, output, outputName, mode } = scene;
  /** @param {number} offset @param {number[]} shape */
  const told = (offset, shape) =>
    shape.length === 0 ? formatNumber(values[offset] ?? Number.NaN) : formatShape(shape);
  const end = nodes[output];
  const name = outputName ?? "the output";
  const sentences = end ? [`${name} = ${told(end.value, end.shape)}`] : [];
  for (const input of inputs.slice(0, TOLD)) {
    const node = nodes[input.node];
    if (!node) continue;
    const { value, gradient, tangent, shape } = node;
    const said = [`${input.name} = ${told(value, shape)}`];
    if (tangent !== null) said.push(`tangent ${told(tangent, shape)}`);
    if (mode !== "forward") said.push(`gradient ${told(gradient, shape)}`);
    sentences.push(said.join(", "));
  }
  if (inputs.length > TOLD) sentences.push(`${inputs.length - TOLD} more inputs`);
  const gates = nodes.filter((node) => node.kind === "gate").length;
  const count = gates === 1 ? "1 gate" : `${gates} gates`;
  return `Computational graph of ${count}: ${sentences.join("; ")}.`;
}

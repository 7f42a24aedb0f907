//! The types of what crosses to the page by serde, as TypeScript reads them.
//!
//! `tests/types.rs` at the top holds them against what is really sent.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = r#"
/** What came of compiling a program. Where `scene` is null the last good program is still there. */
export interface Compiled {
  diagnostics: Diagnostic[];
  scene: Scene | null;
  /** Number of gates of the program; `scene.nodes` is empty when they are too many to draw. */
  gates: number;
}

/** A mistake in the program. Offsets count UTF-16 units; line and column start at 1. */
export interface Diagnostic {
  message: string;
  start: number;
  end: number;
  line: number;
  column: number;
}

export interface Scene {
  width: number;
  height: number;
  nodes: SceneNode[];
  wires: SceneWire[];
  inputs: SceneInput[];
  names: SceneName[];
  output: number;
  outputName: string | null;
  upstream: number;
  /** Both passes, a gate each; the picture at rest shows the last. */
  steps: SceneStep[];
  /** The open boxes, outer ones first. */
  boxes: SceneBox[];
  /** The gates that can be folded into one. */
  folds: SceneFold[];
}

export interface SceneNode {
  key: string;
  name: string | null;
  op: string;
  symbol: string;
  /** `copy`: where a value goes on to several uses. `box`: a closed call or turn of a loop. */
  kind: "input" | "constant" | "gate" | "copy" | "box";
  shape: number[];
  value: number;
  gradient: number;
  x: number;
  y: number;
  width: number;
  height: number;
  start: number;
  end: number;
  /** The step from which its value is there. */
  forward: number;
  /** The step from which its gradient is complete. */
  backward: number;
  /** Whether the backward pass reads its value. */
  kept: boolean;
  /** The innermost open box that it stands in. */
  box: number | null;
  /** Whether it can be opened: a closed call or turn of a loop, a composite gate. */
  opens: boolean;
}

/** A call, a turn of a loop or a composite gate that is open; x and y are its upper left corner. */
export interface SceneBox {
  key: string;
  title: string;
  kind: "call" | "loop" | "composite";
  parent: number | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Gates that together are one: the key of the last of them folds them. */
export interface SceneFold {
  key: string;
  op: string;
  nodes: number[];
  /** The number of the last step with the gates folded. */
  steps: number;
}

/**
 * What is drawn as one gate, by keys. Composite gates are closed unless they are in
 * `open`; calls and turns of loops are open unless they are in `closed` or the
 * program has more than 200 gates. `closed` counts before `open`; keys that nothing
 * has are of no effect.
 */
export interface View {
  open: string[];
  closed: string[];
  /** Gates of a sigmoid that are folded into one, each by its fold's key. */
  folded: string[];
  /** Whether copy gates are drawn at every fan-out. */
  copies: boolean;
}

export interface SceneWire {
  from: number;
  to: number | null;
  operand: number;
  shape: number[];
  value: number;
  gradient: number;
  path: string;
  labelX: number;
  labelY: number;
  forward: number;
  backward: number;
}

export interface SceneInput {
  node: number;
  name: string;
  min: number;
  max: number;
  step: number;
}

export interface SceneName {
  name: string;
  node: number | null;
}

/** One step of both passes; its number is its index. */
export interface SceneStep {
  pass: "inputs" | "forward" | "base" | "backward";
  /** The gate at work; none for the inputs. */
  node: number | null;
  /** The wires it reads or fills. */
  wires: number[];
  /** The nodes whose kept values a backward step uses. */
  reads: number[];
}

/** Mathematics as structure: what MathML needs, in leaves of text. */
export type Math =
  | { row: Math[] }
  | { frac: [Math, Math] }
  | { sup: [Math, Math] }
  | { sub: [Math, Math] }
  | { sqrt: Math }
  | { id: string }
  | { num: string; exact: string; as: "value" | "gradient" | "local" | "plain" }
  | { op: string }
  | { fn: string }
  | { text: string }
  | { fence: [string, Math, string] }
  | { table: Math[][] };

/** What happens in one step; `text` is to be spoken. */
export interface Sentence {
  math: Math;
  text: string;
}

/** A line of a card, and what lights up with it. */
export interface Line {
  math: Math;
  latex: string;
  text: string;
  nodes: number[];
  wires: number[];
}

export interface Section {
  kind: "chain" | "local" | "role" | "sum" | "check" | "nudge" | "notes" | "paths";
  title: string;
  lines: Line[];
}

/** What there is to say of a gate or a wire. */
export interface Card {
  title: Math;
  /** The title, to be spoken. */
  text: string;
  subtitle: string;
  latex: string;
  sections: Section[];
}
"#;

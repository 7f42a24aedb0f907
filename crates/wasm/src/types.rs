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
}

export interface SceneNode {
  key: string;
  name: string | null;
  op: string;
  symbol: string;
  kind: "input" | "constant" | "gate";
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
  subtitle: string;
  latex: string;
  sections: Section[];
}
"#;

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
"#;

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
  /** Number of gates of the program; where it is too much to draw, `scene.undrawn` says so. */
  gates: number;
}

/** A mistake in the program. Offsets count UTF-16 units; line and column start at 1. */
export interface Diagnostic {
  message: string;
  start: number;
  end: number;
  line: number;
  column: number;
  /** The shapes that do not fit, where it is about shapes. */
  shapes: Misfit | null;
}

/** Shapes that met and do not fit. */
export interface Misfit {
  /** As they are written, with their places and shapes; `name` where one is a name of the program. */
  operands: { text: string; name: string | null; start: number; end: number; shape: number[] }[];
  /** `@`, `+`, `reshape`: what they met at. */
  operation: string;
  /** The axes that met: one of each operand, null where it has no such axis. */
  met: { axes: (number | null)[]; fits: boolean }[];
  /** What may be meant, the likeliest first; `program` is the whole text with it. */
  fixes: { message: string; program: string | null }[];
}

/** Gradients back, tangents forward, or both. */
export type Mode = "reverse" | "forward" | "both";

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
  /** Which passes are drawn. */
  mode: Mode;
  /** The passes, a gate each; the picture at rest shows the last. */
  steps: SceneStep[];
  /** The open boxes, outer ones first. */
  boxes: SceneBox[];
  /** The gates that can be folded into one. */
  folds: SceneFold[];
  /** Why nothing is drawn: then `nodes` is empty. */
  undrawn: string | null;
}

export interface SceneNode {
  key: string;
  name: string | null;
  op: string;
  symbol: string;
  /** `copy`: where a value goes on to several uses. `box`: a closed call or turn of a loop. `end`: where a drawn backward pass ends with the gradient of an input. */
  kind: "input" | "constant" | "gate" | "copy" | "box" | "end";
  shape: number[];
  value: number;
  gradient: number;
  /** Offset of the tangent, which is there with the value; null without a forward-mode pass. */
  tangent: number | null;
  x: number;
  y: number;
  width: number;
  height: number;
  start: number;
  end: number;
  /** The step from which its value is there. */
  forward: number;
  /** The step from which its gradient is complete; past the last without a backward pass. */
  backward: number;
  /** Whether the backward pass reads its value. */
  kept: boolean;
  /** The innermost open box that it stands in. */
  box: number | null;
  /** Whether it can be opened: a closed call or turn of a loop, a composite gate. */
  opens: boolean;
  /** Where its value and its gradient are drawn as grids; null for a number. */
  plate: Plate | null;
  /** Index of the node whose gradient it serves; null of what is no part of a derivative. */
  origin: number | null;
  /** Whether it is a part of the backward pass itself: its value is a gradient. */
  derivative: boolean;
}

/** The grids of a tensor: its value, and in the same shape beside it its gradient. */
export interface Plate {
  /** Rows of a sheet: 1 of a vector. */
  rows: number;
  columns: number;
  /** The axes before the last two; the plate shows one sheet of them. */
  leading: number[];
  /** Whether elements are coloured cells and not numbers. */
  map: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
  cellWidth: number;
  cellHeight: number;
  valueX: number;
  valueY: number;
  gradientX: number;
  gradientY: number;
  /** Of the tangent's grid; null without a forward-mode pass. */
  tangentX: number | null;
  tangentY: number | null;
}

/** What a broadcast along a wire copies on its way forward, and sums on its way back. */
export interface Spread {
  /** The shape that the gate receives. */
  to: number[];
  /** The axes of that shape along which it was copied. */
  axes: number[];
}

/** A call, a turn of a loop or a composite gate that is open; x and y are its upper left corner. */
export interface SceneBox {
  key: string;
  title: string;
  kind: "call" | "loop" | "composite" | "derivative";
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
  /** Which passes are drawn. */
  mode: Mode;
  /** Whether the gates of the backward pass are drawn behind those that they mirror. */
  derivative: boolean;
}

export interface SceneWire {
  from: number;
  to: number | null;
  operand: number;
  shape: number[];
  value: number;
  gradient: number;
  /** Offset of the tangent of what it carries; null without a forward-mode pass. */
  tangent: number | null;
  path: string;
  /** What a broadcast on its way does. */
  spread: Spread | null;
  labelX: number;
  labelY: number;
  forward: number;
  backward: number;
}

export interface SceneInput {
  node: number;
  /** Offset of the tangent that it is given; null without a forward-mode pass. */
  seed: number | null;
  name: string;
  min: number;
  max: number;
  step: number;
}

export interface SceneName {
  name: string;
  node: number | null;
}

/** One step of the passes; its number is its index. */
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
  | { dot: Math }
  | { num: string; exact: string; as: "value" | "gradient" | "tangent" | "local" | "plain" }
  | { op: string }
  | { fn: string }
  | { text: string }
  | { fence: [string, Math, string] }
  | { under: [Math, Math] }
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
  kind:
    | "chain"
    | "tangent"
    | "local"
    | "role"
    | "sum"
    | "check"
    | "nudge"
    | "notes"
    | "paths"
    | "axes";
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

/** Elements that light up: places in a tensor of a node, row-major. */
export interface Lit {
  node: number;
  side: "value" | "gradient";
  elements: number[];
}

/** Where the number of one element comes from. */
export interface Element {
  title: Math;
  text: string;
  /** The arithmetic in names, then in numbers; of a gradient the sum of its ways first, then each. */
  lines: Line[];
  lit: Lit[];
  wires: number[];
}

export interface Cost {
  entries: number;
  memory: string;
  multiplications: number;
  work: string;
}

/** A Jacobian, a row for each element of the result, beside the rule that does without. */
export interface Lens {
  title: Math;
  text: string;
  rows: number;
  columns: number;
  rowNames: string[];
  columnNames: string[];
  structure: string;
  why: string;
  entries: number[] | null;
  zeros: boolean[] | null;
  tooLarge: string | null;
  upstream: number[] | null;
  explicit: number[] | null;
  implicit: number[] | null;
  difference: number | null;
  rule: Line[];
  byMatrix: Cost;
  byRule: Cost;
}

/** Upstream · tangent at the output and gradient · tangent over the inputs. */
export interface Identity {
  lines: Line[];
  left: number;
  right: number;
  /** Whether both are the same but for rounding. */
  holds: boolean;
}

/** How many passes each mode needs for the Jacobian of the output by all inputs. */
export interface Passes {
  forward: number;
  reverse: number;
  text: string;
  rows: string[];
  columns: string[];
  tooLarge: string | null;
}

export interface Sizes {
  lines: Line[];
  byMatrix: Cost;
  byRule: Cost;
}

/** What one element of an operand does to all of a gate's value. */
export interface Slice {
  title: Math;
  text: string;
  gate: number;
  operand: number;
  element: number;
  count: number;
  shape: number[];
  entries: number[] | null;
  zeros: boolean[];
  upstream: number[] | null;
  lines: Line[];
  result: number | null;
  downstream: number[] | null;
  operandShape: number[];
  lit: Lit[];
}

/** A product of matrices, and whether its shapes fit. */
export interface Order {
  line: Line;
  fits: boolean;
  why: string;
}

/** What the slices of all elements come to. */
export interface Whole {
  lines: Line[];
  orders: Order[];
}

/** A product of two neighbouring products of a chain; factors count from the input's side. */
export interface OrderProduct {
  low: number;
  mid: number;
  high: number;
  rows: number;
  inner: number;
  columns: number;
  work: string;
}

/** A way to set the parentheses in a product of Jacobians. */
export interface OrderWay {
  formula: Math;
  text: string;
  products: OrderProduct[];
  cost: Cost;
}

/** What each way to multiply a chain of Jacobians takes. */
export interface Orders {
  sizes: number[];
  formed: string;
  reverse: OrderWay;
  forward: OrderWay;
  best: OrderWay;
  hand: OrderWay;
  said: string;
}

/** The one path from a node to the output. */
export interface Chained {
  names: Math[];
  sizes: number[];
}

/** A derivative as one would derive it by hand, in terms of the inputs alone. */
export interface Paper {
  /** What it is written in: `the inputs alone`, or a gate and the inputs. */
  terms: string;
  /** Null where it is too long to be written out. */
  line: Line | null;
  said: string;
  /** How it grows on the way to the output. */
  growth: Growth[];
}

export interface Growth {
  name: Math;
  symbols: number;
  written: string;
  gates: number;
}
/** The second derivatives of the output with respect to a node. */
export interface Hessian {
  title: Math;
  text: string;
  shape: number[];
  /** How many rows it has, and columns. */
  rows: number;
  /** For each row and column; empty where it is not written out. */
  names: string[];
  /** Row by row; column i is a Hessian-vector product with the i-th unit vector. */
  entries: number[] | null;
  /** The largest difference across the diagonal. */
  asymmetry: number | null;
  tooLarge: string | null;
  takes: string;
  productTakes: string;
  ofALayer: string;
  /** `math`: x − g/h in symbols, then in numbers. */
  newton: { x: number; g: number; h: number; next: number | null; math: Math } | null;
}

/** The Hessian times a vector, in both ways. */
export interface HessianProduct {
  byProduct: number[];
  byMatrix: number[] | null;
  difference: number | null;
}

/** The program with lines behind it, or why it cannot have them. */
export type Extended = { program: string; message: null } | { program: null; message: string };

/** Numbers read from a text, or what is wrong with it. */
export type Pasted = { shape: number[]; values: number[] } | { message: string };

/** A number read from a text, or what is wrong with it. */
export type Constant = { value: number } | { message: string };

/** How a program is written as code. */
export type CodeStyle =
  | "flat"
  | "modular"
  | "torch"
  | "autograd-function"
  | "numpy"
  | "jax"
  | "latex";

/** A program as text, with an entry of `lines` for each of its lines. */
export interface Code {
  text: string;
  lines: CodeLine[];
}

/** What a line of code has to do with the graph. */
export interface CodeLine {
  /** `base` is where the backward pass begins; `other` is about no gate. */
  pass: "forward" | "base" | "backward" | "other";
  /** The nodes of the scene whose work it does: one, or all gates of a class. */
  nodes: number[];
  /** The steps in which it is at work. */
  steps: number[];
}

/** The program with another literal for an input, and what would be wrong with it. */
export interface Resized {
  program: string;
  /** What the literal says; what is not finite is written as 0. */
  values: number[];
  diagnostics: Diagnostic[];
}
"#;

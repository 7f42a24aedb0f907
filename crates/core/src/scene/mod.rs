//! What is drawn, as plain data: one [`Scene`] per structure of a program.
//!
//! A scene holds no values. Where a value belongs it holds the offset of the
//! value's first element in the [arena](crate::plan::Plan), so that a new value
//! of an input changes nothing here.

mod behind;
mod build;
mod plate;
mod room;
mod spread;
mod steps;
mod symbol;

use crate::graph::NodeId;
use crate::model::Model;
pub use crate::view::{MAX_DRAWN, MAX_WIRES};
use crate::view::{Mode, Outline, core};
use serde::Serialize;
pub use steps::last_step;

/// A program's picture: its nodes and wires with their places.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    /// Width of the picture in its own units (CSS pixels at scale 1).
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Every drawn node, operands before the gates that use them.
    pub nodes: Vec<SceneNode>,
    /// Every drawn wire; the last one is the output's open end.
    pub wires: Vec<SceneWire>,
    /// The inputs, in the order of the program.
    pub inputs: Vec<SceneInput>,
    /// Every name of the program with the node its last binding names.
    pub names: Vec<SceneName>,
    /// Index in `nodes` of the output.
    pub output: usize,
    /// Name of the output; none for a bare final expression.
    pub output_name: Option<String>,
    /// Where the output's upstream gradient stands in the arena.
    pub upstream: usize,
    /// Which passes are drawn.
    pub mode: Mode,
    /// The passes, a gate each; the picture at rest shows the last.
    pub steps: Vec<SceneStep>,
    /// The open boxes, outer ones first.
    pub boxes: Vec<SceneBox>,
    /// The gates that can be folded into one.
    pub folds: Vec<SceneFold>,
    /// Why nothing is drawn; none where something is.
    pub undrawn: Option<String>,
    /// What `nodes` and `wires` show of the graph.
    #[serde(skip)]
    outline: Outline,
}

/// Whether a node is given or computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A literal at top level: it can be edited.
    Input,
    /// A number written inside an expression.
    Constant,
    /// Computed from operands.
    Gate,
    /// Where a value goes on to several uses; its gradient is the sum of theirs.
    Copy,
    /// A closed call or turn of a loop, drawn as one gate.
    Box,
    /// Where the backward pass that is drawn ends with the gradient of an input.
    End,
}

/// One gate, input or constant.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneNode {
    /// Stable name of the node: made of names and source structure, so that an
    /// edit elsewhere leaves it as it is.
    pub key: String,
    /// The name the program gives it, if any.
    pub name: Option<String>,
    /// The operation: `input`, `constant`, `add`, `mul`, `exp` …
    pub op: &'static str,
    /// What is written in the gate: `+`, `×`, `exp`, `+1` …
    pub symbol: String,
    /// Given or computed.
    pub kind: Kind,
    /// Shape of the value; empty for a scalar.
    pub shape: Vec<usize>,
    /// Offset of the value in the arena.
    pub value: usize,
    /// Offset of the gradient of the output with respect to the node.
    pub gradient: usize,
    /// Offset of the tangent, which is there with the value; none without a forward-mode pass.
    pub tangent: Option<usize>,
    /// Centre of the node.
    pub x: f64,
    /// Centre of the node.
    pub y: f64,
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
    /// First byte of the source it was written in, counted as JavaScript counts
    /// (UTF-16 units) once it has crossed to the page.
    pub start: usize,
    /// The end of that source.
    pub end: usize,
    /// The step from which its value is there.
    pub forward: usize,
    /// The step from which its gradient is complete; the last where it is zero
    /// because no path leads to the output, and past the last where there is no
    /// backward pass.
    pub backward: usize,
    /// Whether the backward pass reads its value.
    pub kept: bool,
    /// The innermost open box that it stands in: an index in `boxes`.
    pub r#box: Option<usize>,
    /// Whether it can be opened: a closed call or turn of a loop, a composite gate.
    pub opens: bool,
    /// Where its value and its derivatives are drawn as grids; none for a number.
    pub plate: Option<Plate>,
    /// Index in `nodes` of the node whose gradient it serves; none of what is no part of a
    /// derivative.
    pub origin: Option<usize>,
    /// Whether it is a part of the backward pass itself: its value is a gradient, and it
    /// has none.
    pub derivative: bool,
}

/// The grids of a tensor: its value, and in the same shape beside it its gradient and its
/// tangent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plate {
    /// Rows of a sheet: 1 of a vector.
    pub rows: usize,
    /// Columns of a sheet.
    pub columns: usize,
    /// The axes before the last two; the plate shows one sheet of them.
    pub leading: Vec<usize>,
    /// Whether elements are coloured cells and not numbers.
    pub map: bool,
    /// Upper left corner of all of it.
    pub x: f64,
    /// Upper left corner of all of it.
    pub y: f64,
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
    /// Width of an element.
    pub cell_width: f64,
    /// Height of an element.
    pub cell_height: f64,
    /// Upper left corner of the value's grid.
    pub value_x: f64,
    /// Upper left corner of the value's grid.
    pub value_y: f64,
    /// Upper left corner of the gradient's grid; the value's where there is no backward pass.
    pub gradient_x: f64,
    /// Upper left corner of the gradient's grid.
    pub gradient_y: f64,
    /// Upper left corner of the tangent's grid; none without a forward-mode pass.
    pub tangent_x: Option<f64>,
    /// Upper left corner of the tangent's grid.
    pub tangent_y: Option<f64>,
}

/// What a broadcast along a wire copies on its way forward, and sums on its way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// The shape that the gate receives.
    pub to: Vec<usize>,
    /// The axes of that shape along which it was copied.
    pub axes: Vec<usize>,
}

/// A call, a turn of a loop or a composite gate that is open: a border around its gates.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneBox {
    /// Its key; a composite gate's is the one it has when closed.
    pub key: String,
    /// What is written over it: `neuron`, `i = 2`, `softmax`.
    pub title: String,
    /// `call`, `loop` or `composite`.
    pub kind: &'static str,
    /// The box it is in: an index in `boxes`.
    pub parent: Option<usize>,
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
}

/// Gates that together are one, and can be folded into it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneFold {
    /// The key of the last of them, which the one gate has then.
    pub key: String,
    /// The operation of the one gate: `sigmoid`.
    pub op: &'static str,
    /// Indices in `nodes` of the gates, the last one last.
    pub nodes: Vec<usize>,
    /// The number of the last step with the gates folded.
    pub steps: usize,
}

/// One use of a node's value by a gate, or the open end behind the output.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneWire {
    /// Index in `nodes` of the node that it leaves. Of a box with several outputs, each
    /// wire carries its own.
    pub from: usize,
    /// Index in `nodes` of the gate that uses it; none for the open end.
    pub to: Option<usize>,
    /// Which operand of that gate it is, from 0; of a box, which wire into it.
    pub operand: usize,
    /// Shape of what it carries.
    pub shape: Vec<usize>,
    /// Offset of the carried value in the arena.
    pub value: usize,
    /// Offset of the gradient that flows back along this wire.
    pub gradient: usize,
    /// Offset of the tangent of what it carries; none without a forward-mode pass.
    pub tangent: Option<usize>,
    /// The curve, as SVG path data.
    pub path: String,
    /// What a broadcast on its way does; none without one.
    pub spread: Option<Spread>,
    /// Where the labels stand: the value above and over it the tangent, the gradient below. A
    /// tensor's wire has its shape above, and below it the axes that are summed, if any.
    pub label_x: f64,
    /// The wire's height at the labels.
    pub label_y: f64,
    /// The step from which its value is there.
    pub forward: usize,
    /// The step from which its gradient is there.
    pub backward: usize,
}

/// What happens in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pass {
    /// The inputs have their values.
    Inputs,
    /// A gate computes its value, and in forward mode its tangent with it.
    Forward,
    /// The upstream gradient arrives at the output.
    Base,
    /// A gate hands its gradient on to its operands.
    Backward,
}

/// One step of the passes: its number is its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneStep {
    /// What happens.
    pub pass: Pass,
    /// Index in `nodes` of the gate at work; none for the inputs.
    pub node: Option<usize>,
    /// Indices of the wires it reads or fills.
    pub wires: Vec<usize>,
    /// Indices of the nodes whose kept values a backward step uses.
    pub reads: Vec<usize>,
}

/// An input that can be edited.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneInput {
    /// Index in `nodes`, and there its key, shape and offset.
    pub node: usize,
    /// Offset of the tangent that it is given; none without a forward-mode pass.
    pub seed: Option<usize>,
    /// Its name.
    pub name: String,
    /// Lowest value of the slider.
    pub min: f64,
    /// Highest value of the slider.
    pub max: f64,
    /// Step of the slider.
    pub step: f64,
}

/// A name of the program: its last binding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneName {
    /// The name.
    pub name: String,
    /// Index in `nodes`; none where its last binding is not drawn.
    pub node: Option<usize>,
}

impl Scene {
    /// What is drawn: a unit for every node, a thread for every wire, in the same order.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The node of the program's graph whose value a drawn node shows.
    pub(crate) fn graph_node(&self, place: usize) -> NodeId {
        self.outline.units[place].node
    }

    /// The gate whose operands a drawn node has: the node itself, or its inner part.
    /// A copy's and a closed box's is the gate whose value they show.
    pub(crate) fn gate(&self, model: &Model, place: usize) -> NodeId {
        core(&model.program.graph, self.graph_node(place))
    }
}

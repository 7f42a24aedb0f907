//! Which parts of a program are drawn as one gate, and which are open: a view
//! changes what is drawn, never a value or a gradient.
//!
//! Sigmoids are folded and composite gates opened by rewriting the
//! program; calls, turns of loops are closed by drawing them as one: [`Outline`].

mod behind;
mod constants;
mod copies;
mod excess;
mod fold;
mod groups;
mod keys;
mod outline;
mod rewrite;

use crate::graph::{Graph, NodeId, Role};
use crate::lower::program::Program;
use crate::op::Op;
pub use behind::{Behind, bare, served};
pub use constants::Constants;
pub use excess::{Excess, MAX_DRAWN, MAX_WIRES};
pub use fold::{Fold, sigmoids};
pub use keys::title;
pub use outline::{Block, Outline, Thread, Unit, What};
pub use rewrite::{Opened, Rewritten, rewritten};
use serde::{Deserialize, Serialize};

/// Most gates that are drawn without being asked for: of more, calls and turns of
/// loops are closed.
pub const MAX_OPEN: usize = 200;

/// Which passes are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Values, then gradients from the output back: reverse mode.
    #[default]
    Reverse,
    /// Values and with each its tangent: forward mode, in one pass.
    Forward,
    /// Values with their tangents, then gradients.
    Both,
}

impl Mode {
    /// Whether tangents go forward.
    pub fn has_tangents(self) -> bool {
        self != Self::Reverse
    }

    /// Whether gradients go back.
    pub fn has_gradients(self) -> bool {
        self != Self::Forward
    }
}

/// What is open, closed and folded, by keys of the [scene](crate::scene). Keys that
/// nothing has are of no effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct View {
    /// Composite gates that are opened; calls and turns that are open where there
    /// are many gates.
    pub open: Vec<String>,
    /// What is closed. It counts before `open`.
    pub closed: Vec<String>,
    /// Gates of a sigmoid that are folded into one: the key of the last of them.
    pub folded: Vec<String>,
    /// Whether copy gates are drawn at every fan-out.
    pub copies: bool,
    /// Which passes are drawn.
    pub mode: Mode,
    /// Whether the gates of the backward pass are drawn behind those that they mirror.
    pub derivative: bool,
}

/// A program with what its view knows of it.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The program.
    pub program: &'a Program,
    /// The key of each node, or none where the program tells them.
    pub keys: &'a [String],
    /// The composite gates that were opened.
    pub opened: &'a [Opened],
}

impl<'a> From<&'a Program> for Source<'a> {
    /// A program as it is.
    fn from(program: &'a Program) -> Self {
        Self {
            program,
            keys: &[],
            opened: &[],
        }
    }
}

impl<'a> From<&'a Rewritten> for Source<'a> {
    fn from(made: &'a Rewritten) -> Self {
        Self {
            program: &made.program,
            keys: &made.keys,
            opened: &made.opened,
        }
    }
}

impl View {
    fn opens(&self, key: &String) -> bool {
        self.open.contains(key) && !self.closed.contains(key)
    }
}

/// Whether one of the first `forward` nodes of a graph, the program's own, is drawn
/// where all is open.
fn is_drawn(graph: &Graph, constants: &Constants, forward: usize, node: NodeId) -> bool {
    if graph.is_constant(node) {
        return constants.stands(node);
    }
    match graph.node(node).origin.role {
        Role::Implied => shared(graph, forward, node),
        // A derivative's reshape is a part of the wire that it is on, if it is one wire.
        _ if behind::is_bare_reshape(graph, node) => {
            let users = graph.uses(node).map(|edge| graph.user(edge).0);
            users.filter(|user| user.index() < forward).count() != 1
        }
        _ => true,
    }
}

/// Whether what a gate needed is used by others too, as a derivative does.
fn shared(graph: &Graph, forward: usize, node: NodeId) -> bool {
    let users = graph.uses(node).map(|edge| graph.user(edge).0);
    let users: Vec<NodeId> = users.filter(|user| user.index() < forward).collect();
    users.len() > 1 && !users.iter().any(|&user| inner(graph, user) == Some(node))
}

/// The gate that a written reshape belongs to as the last part of it.
fn inner(graph: &Graph, node: NodeId) -> Option<NodeId> {
    let made = graph.node(node);
    let inner = (made.op == Op::Reshape).then(|| graph.operand(node, 0))?;
    let of = graph.node(inner);
    let spread = matches!(of.op, Op::Reshape | Op::Broadcast(_));
    (made.origin.role != Role::Implied && of.origin.role == Role::Implied && !spread)
        .then_some(inner)
}

/// The gate whose operands a drawn node has: its inner part, if it has one.
pub fn core(graph: &Graph, node: NodeId) -> NodeId {
    inner(graph, node).unwrap_or(node)
}

/// The gates that a wire goes through on its way into a slot of a gate: those that the
/// gate needed, from the operand back to the value that the wire carries.
pub fn way(graph: &Graph, gate: NodeId, slot: usize, carried: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    let inner = core(graph, carried);
    let mut node = graph.operand(gate, slot);
    while node != carried && node != inner {
        if graph.node(node).origin.role != Role::Implied || graph.arity(node) == 0 {
            break;
        }
        found.push(node);
        node = graph.operand(node, 0);
    }
    found
}

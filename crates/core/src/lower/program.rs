//! What a program means: its graph, its names, its inputs and its output.

use crate::graph::{Graph, NodeId};
use crate::source::Span;
use crate::syntax::ast::{Pragma, Symbol};

/// Most gates of a program.
pub const MAX_GATES: usize = 1_000_000;
/// Most bytes of all its values.
pub const MAX_BYTES: usize = 64 << 20;

/// A program's meaning.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its gates, inputs and constants; the first `forward` nodes are the program's own.
    pub graph: Graph,
    /// Every name, in the order of first binding, with its last binding.
    pub names: Vec<Name>,
    /// Every input, in order.
    pub inputs: Vec<Input>,
    /// The output.
    pub output: NodeId,
    /// Its name; none for a bare expression.
    pub output_name: Option<String>,
    /// The statements that made nodes: what keys are made of.
    pub labels: Vec<Label>,
    /// The texts of the names in `labels`.
    pub words: Vec<Box<str>>,
    /// The calls of definitions.
    pub scopes: Vec<Scope>,
    /// How many gates were written.
    pub gates: usize,
}

/// A name and what it stands for at the program's end.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Its node.
    pub node: NodeId,
    /// Whether the name stands for a number known before anything runs, as a
    /// loop variable does; no path leads from it.
    pub folded: bool,
}

/// A literal at top level.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its node.
    pub node: NodeId,
    /// What a `#:` comment says of it.
    pub pragma: Pragma,
    /// The source of the literal.
    pub span: Span,
}

/// One statement as it ran once: what its nodes are called after.
#[derive(Clone, Debug)]
pub struct Label {
    /// The call it ran in.
    pub scope: u32,
    /// The name it assigns; none for a bare or returned expression.
    pub name: Option<Symbol>,
    /// How many times that name had been assigned before in this call.
    pub version: u32,
    /// The node that got the name.
    pub root: Option<NodeId>,
}

/// A call of a definition; the first is the program itself.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The name of the definition.
    pub name: String,
    /// The statement that calls.
    pub label: u32,
    /// How many calls that statement had made before.
    pub ordinal: u32,
}

impl Program {
    /// The text of a label's name.
    pub fn word(&self, label: &Label) -> Option<&str> {
        label.name.map(|name| &*self.words[name.0 as usize])
    }
}

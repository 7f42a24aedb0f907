//! What a program means: its graph, its names, its inputs and its output.

use crate::graph::{Graph, NodeId, Role};
use crate::source::Span;
use crate::syntax::ast::{Pragma, Symbol};
use std::ops::Range;

/// Most gates of a program.
pub const MAX_GATES: usize = 1_000_000;
/// Most operands of all its gates: more than as many gates of three would have.
pub const MAX_OPERANDS: usize = 4_000_000;
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
    /// The calls and the turns of loops that made nodes, an outer one before those
    /// within it.
    pub groups: Vec<Group>,
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
    /// The name of the definition; none of the program itself.
    pub name: Option<Symbol>,
    /// The statement that calls.
    pub label: u32,
    /// How many calls that statement had made before.
    pub ordinal: u32,
    /// Of a function of the prelude, which is drawn closed unless it is opened, what it is
    /// called with; none of a definition of the program's.
    pub closed: Option<Box<Closed>>,
}

/// A call of a function of the prelude, as code writes it.
#[derive(Clone, Debug)]
pub struct Closed {
    /// How libraries write a call of it that have it, a line each: `# torch: F.mish(input)`.
    pub calls: &'static str,
    /// What it is given.
    pub arguments: Vec<Argument>,
    /// What it gives; none where that is a number known before anything runs.
    pub gives: Option<NodeId>,
}

impl Closed {
    /// How a library writes a call.
    pub fn call(&self, library: &str) -> Option<&'static str> {
        let mut lines = self.calls.lines();
        lines.find_map(|line| {
            let line = line.strip_prefix("# ")?.strip_prefix(library)?;
            line.strip_prefix(": ")
        })
    }
}

/// An argument of such a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter's name.
    pub name: Symbol,
    /// Where it is written.
    pub span: Span,
    /// What it is.
    pub value: Written,
}

/// What an argument is.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// A value of the graph.
    Node(NodeId),
    /// A number known now.
    Number(f64),
    /// `True` or `False`
    Bool(bool),
    /// A tuple of whole numbers.
    Sizes(Vec<usize>),
    /// `None`
    None,
}

/// Nodes with a boundary of their own around them: one after the other in the
/// graph, so that to take them for one gate makes no cycle.
#[derive(Clone, Debug)]
pub struct Group {
    /// What made them.
    pub made: Made,
    /// The group that it is in; an index less than its own.
    pub parent: Option<u32>,
    /// Its nodes, those of groups within it among them.
    pub nodes: Range<u32>,
    /// The source of the call, or of the loop.
    pub span: Span,
}

/// What a group's nodes were made by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Made {
    /// A call: an index into the program's scopes.
    Call(u32),
    /// A turn of a loop.
    Turn {
        /// The loop's variable.
        name: Symbol,
        /// Its value in this turn.
        value: f64,
        /// How many loops over this variable stand before it in its block.
        ordinal: u32,
    },
    /// A composite gate that was [opened](crate::composite): which one, in the order
    /// of opening.
    Composite(u32),
    /// The backward pass through another group, which comes before it.
    Mirror {
        /// That group.
        of: u32,
        /// How many backward passes through it stand before.
        ordinal: u32,
    },
}

impl Program {
    /// The text of a label's name.
    pub fn word(&self, label: &Label) -> Option<&str> {
        label.name.map(|name| &*self.words[name.0 as usize])
    }

    /// The name of the definition that a scope is a call of.
    pub fn called(&self, scope: u32) -> &str {
        let name = self.scopes.get(scope as usize).and_then(|scope| scope.name);
        name.map_or("", |name| &self.words[name.0 as usize])
    }

    /// Whether a group is a call of a function of the prelude, or a backward pass through one.
    pub fn is_closed(&self, mut group: u32) -> bool {
        loop {
            group = match self.groups[group as usize].made {
                Made::Mirror { of, .. } => of,
                Made::Call(scope) => return self.scopes[scope as usize].closed.is_some(),
                _ => return false,
            };
        }
    }

    /// Follows nodes to their new places: what served the gradient of one serves that
    /// of the one in its place.
    pub fn trace(&mut self, place: impl Fn(NodeId) -> Option<NodeId>) {
        for node in self.graph.nodes() {
            if let Role::Cotangent(of) = self.graph.node(node).origin.role {
                let role = place(of).map_or(Role::Written, Role::Cotangent);
                self.graph.set_role(node, role);
            }
        }
    }

    /// The innermost group of each of the first so many nodes.
    pub fn group_of(&self, nodes: usize) -> Vec<Option<u32>> {
        let mut found = vec![None; nodes];
        let mut next = 0;
        let mut open: Vec<u32> = Vec::new();
        for (at, found) in found.iter_mut().enumerate() {
            let at = at as u32;
            let ends = |&group: &u32| self.groups[group as usize].nodes.end;
            while open.last().is_some_and(|group| ends(group) <= at) {
                open.pop();
            }
            while let Some(group) = self.groups.get(next)
                && group.nodes.start <= at
            {
                if group.nodes.end > at {
                    open.push(next as u32);
                }
                next += 1;
            }
            *found = open.last().copied();
        }
        found
    }
}

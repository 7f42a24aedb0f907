//! Which gates of a backward pass are drawn behind the gates that they mirror.

use super::Constants;
use crate::diff::Gradient;
use crate::graph::{Graph, NodeId, Role};
use crate::lower::program::Program;
use crate::op::Op;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// The part of a backward pass that is drawn: what the gradient of some input needs.
#[derive(Clone, Debug, Default)]
pub struct Behind {
    /// How many nodes are the program's own.
    forward: usize,
    /// For each node whether a drawn gate is it, or needs it as a wire.
    lives: Vec<bool>,
}

impl Behind {
    /// Of a program whose graph has its backward pass appended behind the first
    /// `forward` nodes.
    pub fn new(
        program: &Program,
        constants: &Constants,
        forward: usize,
        gradient: &Gradient,
    ) -> Self {
        let graph = &program.graph;
        let mut lives = vec![false; graph.len()];
        lives[gradient.seed.index()] = true;
        for input in &program.inputs {
            if let Some(node) = gradient.of(input.node) {
                lives[node.index()] = true;
            }
        }
        for gate in (forward..graph.len()).rev().map(NodeId::new) {
            if !lives[gate.index()] {
                continue;
            }
            for slot in 0..graph.arity(gate) {
                let x = graph.operand(gate, slot);
                let own = x.index() < forward && !graph.is_constant(x);
                if !own && !constants.holds(graph, gate, slot) {
                    lives[x.index()] = true;
                }
            }
        }
        Self { forward, lives }
    }

    /// Whether a node is one of the backward pass that is drawn, or a number that a gate
    /// of it needs as a wire.
    pub fn lives(&self, node: NodeId) -> bool {
        self.lives.get(node.index()) == Some(&true)
    }

    /// Whether a node is one of the backward pass that is drawn.
    pub fn has(&self, node: NodeId) -> bool {
        node.index() >= self.forward && self.lives(node)
    }
}

/// The node that computes what another one of a backward pass has, but for its shape: a
/// reshape that a derivative needed computes nothing.
pub fn bare(graph: &Graph, mut node: NodeId) -> NodeId {
    while is_bare_reshape(graph, node) {
        node = graph.operand(node, 0);
    }
    node
}

/// Whether a node is a reshape that a derivative needed.
pub fn is_bare_reshape(graph: &Graph, node: NodeId) -> bool {
    let made = graph.node(node);
    made.op == Op::Reshape && matches!(made.origin.role, Role::Cotangent(_))
}

/// The node whose gradient a node serves.
pub fn served(graph: &Graph, node: NodeId) -> Option<NodeId> {
    match graph.node(node).origin.role {
        Role::Cotangent(of) => Some(of),
        _ => None,
    }
}

/// Keys of gates of a backward pass: each that of the node whose gradient it serves,
/// with its operation unless it is that gradient.
#[derive(Debug, Default)]
pub struct Served {
    counts: FxHashMap<String, usize>,
}

impl Served {
    /// The key of a gate that serves the gradient of what has a key.
    pub fn key(&mut self, of: &str, op: Op, is_gradient: bool) -> String {
        let mut key = format!("∂/{of}");
        if !is_gradient {
            key.push(':');
            key.push_str(op.info().name);
        }
        let count = self.counts.entry(key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(key, "~{count}");
        }
        key
    }
}

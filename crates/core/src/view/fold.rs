//! The gates of a sigmoid recognised wherever they are written, and folded into one.
//!
//! The gates between are folded away only where nothing else uses them, they are
//! not the output, and all stand in the same call and turn of a loop. A name that
//! one of them has goes with it.

use super::Constants;
use crate::composite::{Remade, remade};
use crate::graph::{Graph, NodeId, Role};
use crate::lower::program::Program;
use crate::op::Op;
use crate::sort;

/// Gates that together are one sigmoid.
#[derive(Clone, Debug)]
pub struct Fold {
    /// What the sigmoid is of.
    pub of: NodeId,
    /// The gates, in the order of the graph; the last one has the sigmoid's value.
    pub gates: Vec<NodeId>,
}

impl Fold {
    /// The gate that has the sigmoid's value.
    pub fn last(&self) -> NodeId {
        self.gates.last().copied().unwrap_or_default()
    }
}

/// Every sigmoid that is written as 1/(1 + e⁻ˣ) or eˣ/(1 + eˣ) in a program, of
/// whose graph the first `forward` nodes are its own.
pub fn sigmoids(
    program: &Program,
    constants: &Constants,
    group_of: &[Option<u32>],
    forward: usize,
) -> Vec<Fold> {
    let graph = &program.graph;
    let written = Written { graph, constants };
    let found = (0..forward).filter_map(|last| written.sigmoid(NodeId::new(last)));
    found
        .filter(|fold| {
            let last = fold.last();
            let inner = &fold.gates[..fold.gates.len() - 1];
            let used = |node: NodeId| {
                let mut users = graph.uses(node).map(|edge| graph.user(edge).0);
                users.any(|user| user.index() < forward && !fold.gates.contains(&user))
            };
            inner
                .iter()
                .all(|&node| node != program.output && !used(node))
                && fold.gates.iter().all(|&node| {
                    group_of[node.index()] == group_of[last.index()]
                        && graph.node(node).origin.role == Role::Written
                })
        })
        .collect()
}

/// A copy of a graph with some folds' gates each folded into one.
pub fn folded(graph: &Graph, folds: &[&Fold]) -> Remade {
    let mut last = vec![None; graph.len()];
    let mut goes = vec![false; graph.len()];
    for fold in folds {
        last[fold.last().index()] = Some(fold.of);
        for gate in &fold.gates[..fold.gates.len() - 1] {
            goes[gate.index()] = true;
        }
    }
    remade(graph, |new, node, operands, places| {
        let old = graph.node(node);
        match last[node.index()] {
            Some(of) => new.push(Op::Sigmoid, old.shape, &[places[of.index()]], old.origin),
            None if goes[node.index()] => NodeId::end(),
            None => new.push_copy(graph, node, operands),
        }
    })
}

struct Written<'a> {
    graph: &'a Graph,
    constants: &'a Constants,
}

impl Written<'_> {
    /// The sigmoid whose last gate a node is.
    fn sigmoid(&self, last: NodeId) -> Option<Fold> {
        let graph = self.graph;
        let two = || (graph.operand(last, 0), graph.operand(last, 1));
        let (above, below) = match graph.node(last).op {
            Op::Reciprocal => (None, graph.operand(last, 0)),
            Op::Pow if self.is(two().1, -1.0) => (None, two().0),
            Op::Div if self.is(two().0, 1.0) => (None, two().1),
            Op::Div => (Some(two().0), two().1),
            _ => return None,
        };
        let exp = self.plus_one(below)?;
        let exponent = self.exponent(exp)?;
        let mut gates = vec![exp, below, last];
        let of = match above {
            None => {
                let (of, gate) = self.negated(exponent)?;
                gates.insert(0, gate);
                of
            }
            Some(above) if above == exp => exponent,
            Some(above) => {
                // eˣ written twice.
                gates.insert(0, above);
                self.exponent(above).filter(|&of| of == exponent)?
            }
        };
        sort::ascending(&mut gates);
        (!graph.is_constant(of)).then_some(Fold { of, gates })
    }

    /// Whether a node is a number without a name.
    fn is(&self, node: NodeId, number: f64) -> bool {
        self.graph.constant(node) == Some(number) && !self.constants.is_named(node)
    }

    /// The other operand of a sum with 1.
    fn plus_one(&self, node: NodeId) -> Option<NodeId> {
        self.beside(node, Op::Add, 1.0)
    }

    /// The other operand beside a number, of an operation in which their order is free.
    fn beside(&self, node: NodeId, op: Op, number: f64) -> Option<NodeId> {
        let graph = self.graph;
        if graph.node(node).op != op || graph.arity(node) != 2 {
            return None;
        }
        let (a, b) = (graph.operand(node, 0), graph.operand(node, 1));
        match (self.is(a, number), self.is(b, number)) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        }
    }

    fn exponent(&self, node: NodeId) -> Option<NodeId> {
        (self.graph.node(node).op == Op::Exp).then(|| self.graph.operand(node, 0))
    }

    /// What a node is the negative of, with the gate that makes it so.
    fn negated(&self, node: NodeId) -> Option<(NodeId, NodeId)> {
        let graph = self.graph;
        let of = match graph.node(node).op {
            Op::Neg => Some(graph.operand(node, 0)),
            Op::Mul => self.beside(node, Op::Mul, -1.0),
            Op::Div if self.is(graph.operand(node, 1), -1.0) => Some(graph.operand(node, 0)),
            Op::Sub if self.is(graph.operand(node, 0), 0.0) => Some(graph.operand(node, 1)),
            _ => None,
        };
        of.map(|of| (of, node))
    }
}

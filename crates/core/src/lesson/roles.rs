//! What gates do to gradients, in the lecture's words.

use super::{Lesson, Now};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::scene::Kind;

impl Lesson {
    /// The role of a gate and what that means; none where it has none.
    pub(super) fn role_of(
        &self,
        now: Now<'_>,
        node: usize,
    ) -> Option<(&'static str, &'static str)> {
        let graph = &now.model.program.graph;
        if self.into[node].is_empty() {
            return (self.uses(now, node).len() > 1).then_some(COPY);
        }
        match now.scene.nodes[node].kind {
            Kind::Copy => return Some(COPY),
            Kind::Box => return None,
            _ => {}
        }
        role(graph, now.scene.gate(now.model, node))
    }
}

const COPY: (&str, &str) = (
    "Copy: gradient adder",
    "the value goes to several gates; the gradients that come back add",
);

fn role(graph: &Graph, gate: NodeId) -> Option<(&'static str, &'static str)> {
    let fixed = graph
        .operands(gate)
        .filter(|&x| graph.is_constant(x))
        .count();
    Some(match graph.node(gate).op {
        Op::Add => (
            "Add gate: gradient distributor",
            "each operand gets the upstream gradient as it is",
        ),
        Op::Sub => (
            "Sub gate: gradient distributor",
            "the first operand gets the upstream gradient as it is, the second its negative",
        ),
        Op::Mul if fixed > 0 => (
            "Mul gate with a constant: gradient scaler",
            "the operand gets the upstream gradient times the constant",
        ),
        Op::Mul => (
            "Mul gate: swap multiplier",
            "each operand gets the upstream gradient times the other operand",
        ),
        Op::Maximum | Op::Minimum | Op::Max(_) | Op::Min(_) => {
            let least = matches!(graph.node(gate).op, Op::Minimum | Op::Min(_));
            if least {
                (
                    "Min gate: gradient router",
                    "the least gets all of the upstream gradient, the others get 0",
                )
            } else {
                (
                    "Max gate: gradient router",
                    "the greatest gets all of the upstream gradient, the others get 0",
                )
            }
        }
        Op::Relu => (
            "ReLU gate: gradient router",
            "the upstream gradient passes where the operand is above 0, else 0",
        ),
        Op::Where | Op::Clip => (
            "Gradient router",
            "only what was chosen gets the upstream gradient, the rest gets 0",
        ),
        Op::Neg => (
            "Neg gate: sign changer",
            "the operand gets the negative of the upstream gradient",
        ),
        Op::Sum(_) => (
            "Sum gate: gradient distributor",
            "each element gets the upstream gradient as it is",
        ),
        Op::Mean(_) => (
            "Mean gate: gradient distributor",
            "each element gets an even share of the upstream gradient",
        ),
        Op::Broadcast(_) => (
            "Copy gate: gradient adder",
            "the value is copied; the gradients that come back add",
        ),
        Op::Matmul => (
            "Matmul gate: swap multiplier",
            "each operand gets the upstream gradient times the other, transposed: the only way the shapes fit",
        ),
        Op::Slice(_) => (
            "Slice: gradient router",
            "the places that were chosen get the upstream gradient, the others get 0",
        ),
        Op::Take(_) => (
            "Take: gradient router",
            "the upstream gradient goes to the places that the indices name and adds up there, the others get 0",
        ),
        Op::Concat(_) => (
            "Join: gradient router",
            "each operand gets its own part of the upstream gradient",
        ),
        Op::CumSum(_, false) => (
            "Running sum: gradient adder",
            "each element gets the sum of the upstream gradient from its place on",
        ),
        Op::CumSum(_, true) => (
            "Running sum from the end: gradient adder",
            "each element gets the sum of the upstream gradient up to its place",
        ),
        Op::Reshape | Op::Permute(_) => (
            "The same elements elsewhere",
            "each element's gradient goes back to where the element came from",
        ),
        Op::Detach => (
            "Gradient stop",
            "the value counts as a constant: no gradient passes",
        ),
        // A function has a derivative, and no role besides.
        _ => return None,
    })
}

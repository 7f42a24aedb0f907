//! What goes back from a gate, where roots over axes may cancel.

use crate::build::Builder;
use crate::definition;
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::Axes;

/// What is divided by a root: x for the norm, (x − mean) / n for the deviation.
fn direction(b: &mut Builder<'_>, y: NodeId, axes: Axes) -> NodeId {
    let x = b.graph.operand(y, 0);
    match b.graph.node(y).op {
        Op::Std(_) => definition::deviation(b, y, axes),
        _ => x,
    }
}

/// What a gate `y` sends back to its operand `slot`; none if that is structurally zero.
pub fn back(b: &mut Builder<'_>, y: NodeId, slot: usize, upstream: NodeId) -> Option<NodeId> {
    if let Some(part) = cancelled(b, y, upstream) {
        return Some(part);
    }
    definition::partial(b, y, slot)
        .adjoint(b)
        .apply(b, upstream)
}

/// What a root y sends back of an upstream gradient that is a multiple of it, as of
/// y²: the two cancel, so that the second derivative is right where y is 0 too.
fn cancelled(b: &mut Builder<'_>, y: NodeId, upstream: NodeId) -> Option<NodeId> {
    let (Op::Norm(axes) | Op::Std(axes)) = b.graph.node(y).op else {
        return None;
    };
    if !has_factor(b.graph, upstream, y, &mut 32) {
        return None;
    }
    let from = b.graph.node(b.graph.operand(y, 0)).shape;
    let rest = without(b, upstream, y);
    let rest = b.broadcast(axes, from, rest);
    let direction = direction(b, y, axes);
    Some(b.mul(rest, direction))
}

/// Whether a node is a root or the same root of the same operand, as in n(x) · n(x).
fn is_same(graph: &Graph, node: NodeId, root: NodeId) -> bool {
    let same = graph.node(node).op == graph.node(root).op;
    node == root || (same && graph.operands(node).eq(graph.operands(root)))
}

/// Whether a node is a product of which another is a factor; looked for in a few steps.
fn has_factor(graph: &Graph, product: NodeId, factor: NodeId, steps: &mut u32) -> bool {
    if is_same(graph, product, factor) {
        return true;
    }
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    let mut parts = graph.operands(product);
    match graph.node(product).op {
        Op::Neg | Op::Mul => parts.any(|part| has_factor(graph, part, factor, steps)),
        Op::Div => has_factor(graph, graph.operand(product, 0), factor, steps),
        Op::Add => parts.all(|part| has_factor(graph, part, factor, steps)),
        _ => false,
    }
}

/// A product without one of its factors. It goes as deep as [`has_factor`] went.
fn without(b: &mut Builder<'_>, product: NodeId, factor: NodeId) -> NodeId {
    if is_same(b.graph, product, factor) {
        return b.constant_like(1.0, factor);
    }
    let parts: Vec<NodeId> = b.graph.operands(product).collect();
    match (b.graph.node(product).op, parts.as_slice()) {
        (Op::Neg, &[a]) => {
            let rest = without(b, a, factor);
            b.neg(rest)
        }
        (Op::Mul, &[a, c]) => {
            let first = has_factor(b.graph, a, factor, &mut 32);
            let (within, other) = if first { (a, c) } else { (c, a) };
            let rest = without(b, within, factor);
            b.mul(rest, other)
        }
        (Op::Div, &[a, c]) => {
            let rest = without(b, a, factor);
            b.div(rest, c)
        }
        _ => {
            let rests: Vec<NodeId> = parts.iter().map(|&a| without(b, a, factor)).collect();
            b.sum_of(&rests)
        }
    }
}

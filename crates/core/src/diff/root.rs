//! The derivative of a root over axes: the norm and the standard deviation.

use crate::build::Builder;
use crate::diff::linear::Linear;
use crate::diff::rules::{centred, count};
use crate::graph::{Graph, NodeId};
use crate::op::{Op, Relation};
use crate::shape::Axes;

/// What is divided by the root: x for the norm, (x − mean) / n for the deviation.
fn direction(b: &mut Builder<'_>, y: NodeId, axes: Axes) -> NodeId {
    let x = b.graph.operand(y, 0);
    match b.graph.node(y).op {
        Op::Std(_) => {
            let centred = centred(b, axes, x);
            b.times(centred, 1.0 / count(b, x, axes))
        }
        _ => x,
    }
}

/// The derivative of a root y: a direction over y, and 0 where y is 0. There the
/// deviation lets nothing through, whatever arrives, as PyTorch has it.
pub fn root(b: &mut Builder<'_>, y: NodeId, axes: Axes) -> Linear {
    let from = b.graph.node(b.graph.operand(y, 0)).shape;
    let some = b.compare(y, Relation::NotEqual, 0.0);
    // Nothing is divided by 0, so that a second derivative stays finite there.
    let one = b.constant_like(1.0, y);
    let safe = b.choose(some, y, one);
    let safe = b.broadcast(axes, from, safe);
    let direction = direction(b, y, axes);
    let ratio = b.div(direction, safe);
    let sum = Linear::Sum(axes, from);
    if matches!(b.graph.node(y).op, Op::Std(_)) {
        let through = sum.then(Linear::mask(b, some));
        return Linear::scale(b, ratio).then(through);
    }
    let some = b.broadcast(axes, from, some);
    let d = b.mask(some, ratio);
    Linear::scale(b, d).then(sum)
}

/// What a root y sends back of an upstream gradient that is a multiple of it, as of
/// y²: the two cancel, so that the second derivative is right where y is 0 too.
pub fn cancelled(b: &mut Builder<'_>, y: NodeId, upstream: NodeId) -> Option<NodeId> {
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

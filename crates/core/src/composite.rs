//! Composite gates opened: the simpler gates they stand for.
//!
//! Closed, a composite is one gate with its own rule; open, it is gates with
//! theirs. Values and gradients are the same where both are finite; far out the
//! closed gate keeps what the open one loses to overflow.

use crate::build::Builder;
use crate::diff::by_pairs;
use crate::diff::rules::{bounded_log, count, hinge_margins, last_axis, rows};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::Axes;

/// Appends the gates that a composite of some operands stands for, one level
/// down; none if the operation is no composite.
pub fn open(b: &mut Builder<'_>, op: Op, operands: &[NodeId]) -> Option<NodeId> {
    let &x = operands.first()?;
    let shape = b.graph.node(x).shape;
    let all = Axes::all(b.graph.shape(x).len());
    Some(match op {
        Op::Sigmoid => {
            // 1 / (1 + e⁻ˣ)
            let neg = b.neg(x);
            let exp = b.one(Op::Exp, neg);
            let one = b.constant_like(1.0, x);
            let sum = b.add(exp, one);
            b.div(one, sum)
        }
        Op::Silu => {
            let s = b.one(Op::Sigmoid, x);
            b.mul(x, s)
        }
        Op::Gelu => {
            let below = b.one(Op::NormalCdf, x);
            b.mul(x, below)
        }
        Op::Softplus => {
            // log(1 + eˣ)
            let exp = b.one(Op::Exp, x);
            let one = b.constant_like(1.0, x);
            let sum = b.add(one, exp);
            b.one(Op::Log, sum)
        }
        Op::Prod(axes) => by_pairs(b, x, axes),
        Op::Var(axes) => {
            let mean = b.over(Op::Mean, axes, x);
            let mean = b.broadcast(axes, shape, mean);
            let centred = b.sub(x, mean);
            let square = b.one(Op::Square, centred);
            b.over(Op::Mean, axes, square)
        }
        Op::Std(axes) => {
            let var = b.over(Op::Var, axes, x);
            b.one(Op::Sqrt, var)
        }
        Op::Norm(axes) => {
            let square = b.one(Op::Square, x);
            let sum = b.sum(axes, square);
            b.one(Op::Sqrt, sum)
        }
        Op::LogSumExp(axes) => {
            // m + log Σ e^(x − m), for the greatest m, which is held constant.
            let (most, shifted) = shifted(b, axes, x);
            let exp = b.one(Op::Exp, shifted);
            let sum = b.sum(axes, exp);
            let log = b.one(Op::Log, sum);
            b.add(most, log)
        }
        Op::Softmax(axes) => {
            let (_, shifted) = shifted(b, axes, x);
            let exp = b.one(Op::Exp, shifted);
            let sum = b.sum(axes, exp);
            let sum = b.broadcast(axes, shape, sum);
            b.div(exp, sum)
        }
        Op::LogSoftmax(axes) => {
            let lse = b.over(Op::LogSumExp, axes, x);
            let lse = b.broadcast(axes, shape, lse);
            b.sub(x, lse)
        }
        Op::MseLoss => {
            let difference = b.sub(x, operands[1]);
            let square = b.one(Op::Square, difference);
            b.over(Op::Mean, all, square)
        }
        Op::CrossEntropy => {
            let log = b.along(Op::LogSoftmax(last_axis(b, x)), x);
            // Where a class has no part in the target, nothing is asked of its score.
            let each = b.mask(operands[1], log);
            let sum = b.sum(all, each);
            b.times(sum, -1.0 / rows(b, x))
        }
        Op::BceLoss => {
            let t = operands[1];
            let (rest, other) = (b.from(1.0, x), b.from(1.0, t));
            let (log, log_rest) = (bounded_log(b, x), bounded_log(b, rest));
            let (hit, miss) = (b.mul(t, log), b.mul(other, log_rest));
            let sum = b.add(hit, miss);
            let total = b.sum(all, sum);
            b.times(total, -1.0 / count(b, x, all))
        }
        Op::HingeLoss => {
            let (margins, wrong) = hinge_margins(b, [x, operands[1], operands[2]]);
            let cut = b.one(Op::Relu, margins);
            let each = b.mul(cut, wrong);
            let sum = b.sum(all, each);
            b.times(sum, 1.0 / rows(b, x))
        }
        _ => return None,
    })
}

/// The greatest over axes, held constant, and the values less it.
fn shifted(b: &mut Builder<'_>, axes: Axes, x: NodeId) -> (NodeId, NodeId) {
    let shape = b.graph.node(x).shape;
    let most = b.over(Op::Max, axes, x);
    let most = b.one(Op::Detach, most);
    let spread = b.broadcast(axes, shape, most);
    (most, b.sub(x, spread))
}

/// A copy of a graph with the composites that `which` holds for opened, and what
/// they are made of too, until none is left; with it the place of each node of
/// the old graph in the new one.
pub fn opened(graph: &Graph, which: impl Fn(NodeId) -> bool) -> (Graph, Vec<NodeId>) {
    let composite = |graph: &Graph, node| graph.node(node).op.is_composite();
    let mut opens: Vec<bool> = graph
        .nodes()
        .map(|node| composite(graph, node) && which(node))
        .collect();
    let mut places: Vec<NodeId> = graph.nodes().collect();
    let mut current = graph.clone();
    while opens.contains(&true) {
        let mut new = current.emptied();
        let (mut now, mut next) = (Vec::with_capacity(current.len()), Vec::new());
        let mut operands = Vec::new();
        for node in current.nodes() {
            operands.clear();
            operands.extend(current.operands(node).map(|x: NodeId| now[x.index()]));
            if !opens[node.index()] {
                now.push(new.push_copy(&current, node, &operands));
                next.push(false);
                continue;
            }
            let mut b = Builder::new(&mut new);
            let old = current.node(node);
            b.origin = old.origin;
            let whole = open(&mut b, old.op, &operands).unwrap_or_default();
            next.extend((next.len()..new.len()).map(|i| composite(&new, NodeId::new(i))));
            now.push(whole);
        }
        for place in &mut places {
            *place = now[place.index()];
        }
        (current, opens) = (new, next);
    }
    (current, places)
}

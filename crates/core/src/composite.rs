//! Composite gates opened: the simpler gates they stand for.
//!
//! Closed, a composite is one gate with its own rule; open, it is gates with
//! theirs. Values and gradients are the same where both are finite; far out the
//! closed gate keeps what the open one loses to overflow.

use crate::build::Builder;
use crate::diff::by_pairs;
use crate::diff::rules::{bounded_log, count, hinge_margins, last_axis, rows};
use crate::graph::{Graph, NodeId, Role};
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
            let each = b.mask(wrong, cut);
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

/// A graph that was made of another one.
pub struct Remade {
    /// The new graph.
    pub graph: Graph,
    /// The place of each node of the old graph in the new one; the
    /// [end](NodeId::end) for one that is gone.
    pub places: Vec<NodeId>,
    /// How many nodes the new graph had before each node of the old one was copied,
    /// and how many it has in the end.
    pub starts: Vec<usize>,
}

/// Copies a graph node by node: `copy` appends to the new graph what stands for a
/// node of the old one, whose operands' places it is given, and says which node
/// that is.
pub fn remade(
    graph: &Graph,
    mut copy: impl FnMut(&mut Graph, NodeId, &[NodeId], &[NodeId]) -> NodeId,
) -> Remade {
    let mut new = graph.emptied();
    let mut places: Vec<NodeId> = Vec::with_capacity(graph.len());
    let mut starts = Vec::with_capacity(graph.len() + 1);
    let mut operands = Vec::new();
    for node in graph.nodes() {
        operands.clear();
        operands.extend(graph.operands(node).map(|x: NodeId| places[x.index()]));
        starts.push(new.len());
        let place = copy(&mut new, node, &operands, &places);
        places.push(place);
    }
    starts.push(new.len());
    Remade {
        graph: new,
        places,
        starts,
    }
}

/// A copy of a graph with the composites that `which` holds for opened one level down.
pub fn opened_once(graph: &Graph, mut which: impl FnMut(NodeId) -> bool) -> Remade {
    remade(graph, |new, node, operands, _| {
        let old = graph.node(node);
        if !old.op.is_composite() || !which(node) {
            return new.push_copy(graph, node, operands);
        }
        let start = new.len();
        let mut b = Builder::new(new);
        b.origin = old.origin;
        let inner = old.origin.role == Role::Implied;
        if inner {
            // The gate is a part of the one behind it: that is its last gate alone.
            b.origin.role = Role::Written;
        }
        let whole = open(&mut b, old.op, operands).unwrap_or_default();
        if inner && whole.index() >= start {
            new.demote(whole);
        }
        whole
    })
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
        let made = opened_once(&current, |node| opens[node.index()]);
        // What an opened gate is made of opens in its turn.
        let mut next = vec![false; made.graph.len()];
        for (at, _) in opens.iter().enumerate().filter(|(_, opens)| **opens) {
            for part in (made.starts[at]..made.starts[at + 1]).map(NodeId::new) {
                next[part.index()] = composite(&made.graph, part);
            }
        }
        for place in &mut places {
            *place = made.places[place.index()];
        }
        (current, opens) = (made.graph, next);
    }
    (current, places)
}

//! The table of derivatives: one line for every operation and slot.
//!
//! A rule may read the gate's own output (tanh′ = 1 − y²). Every operation a
//! rule emits stands in the table itself.

use super::linear::Linear;
use super::product::others;
use super::root::{cancelled, root};
use crate::build::Builder;
use crate::graph::{NodeId, Role};
use crate::op::{BCE_LEAST_LOG, BCE_SMALLEST, Op, Relation};
use crate::shape::{Axes, Cut};
use std::f64::consts::PI;

/// Whether no gradient goes to the results of an operation: masks and what is
/// held constant. Nothing is emitted on the way to them.
pub fn stops(op: Op) -> bool {
    matches!(
        op,
        Op::Compare(_) | Op::Detach | Op::OneHot | Op::Step | Op::Tie | Op::Winner(..)
    )
}

/// The derivative of gate `y` with respect to its operand `slot`, a linear map
/// from values of the operand's shape to values of `y`'s.
pub fn partial(b: &mut Builder<'_>, y: NodeId, slot: usize) -> Linear {
    let op = b.graph.node(y).op;
    let at = |b: &Builder<'_>, slot| b.graph.operand(y, slot);
    let x = at(b, slot);
    let (from, to) = (b.graph.node(x).shape, b.graph.node(y).shape);
    let all = |b: &Builder<'_>| Linear::Sum(Axes::all(b.graph.shapes.get(from).len()), from);
    let d = match (op, slot) {
        // Arithmetic.
        (Op::Add, _) | (Op::Sub, 0) => return Linear::Identity,
        (Op::Sub | Op::Neg, _) => return Linear::Negate,
        (Op::Mul, 0) => at(b, 1),
        (Op::Mul, _) => at(b, 0),
        (Op::Div, 0) => return Linear::divide(b, at(b, 1)),
        (Op::Div, _) => {
            // d(a / x) = −(y / x) dx. But what a derivative emitted may be a name's value,
            // and is no part of its own derivative.
            let emitted = matches!(
                b.graph.node(y).origin.role,
                Role::Cotangent(_) | Role::Tangent(_)
            );
            let y = if emitted { b.div(at(b, 0), x) } else { y };
            let ratio = b.div(y, x);
            b.neg(ratio)
        }
        (Op::Pow, 0) => return power_base(b, y, x),
        (Op::Pow, _) => {
            // y log a, and 0 where a is 0 and p ≥ 0
            let log = b.two(Op::PowLog, at(b, 0), x);
            b.mul(y, log)
        }
        (Op::Log | Op::PowLog, 0) => return Linear::divide(b, x),
        (Op::Square, _) => b.times(x, 2.0),
        (Op::Reciprocal, _) => {
            // −y²
            let square = b.mul(y, y);
            b.neg(square)
        }
        (Op::Sqrt, _) => {
            // 1 / (2 y): infinite at 0
            let twice = b.times(y, 2.0);
            return Linear::divide(b, twice);
        }

        // Functions of one number.
        (Op::Exp, _) => y,
        (Op::Sin, _) => b.one(Op::Cos, x),
        (Op::Cos, _) => {
            let sin = b.one(Op::Sin, x);
            b.neg(sin)
        }
        (Op::Tan, _) => {
            // 1 + y²
            let square = b.mul(y, y);
            let one = b.constant_like(1.0, y);
            b.add(one, square)
        }
        (Op::Sinh, _) => b.one(Op::Cosh, x),
        (Op::Cosh, _) => b.one(Op::Sinh, x),
        (Op::Tanh, _) => {
            // 1 − y²
            let square = b.mul(y, y);
            b.from(1.0, square)
        }
        (Op::NormalCdf, _) => density(b, x),
        (Op::Abs, _) => b.one(Op::Sign, x),
        (Op::Relu, _) => {
            let step = b.one(Op::Step, x);
            return Linear::mask(b, step);
        }
        (Op::LeakyRelu, 0) => {
            let above = b.compare(x, Relation::Greater, 0.0);
            let one = b.constant_like(1.0, x);
            b.choose(above, one, at(b, 1))
        }
        (Op::LeakyRelu, _) => {
            let above = b.compare(at(b, 0), Relation::Greater, 0.0);
            let below = b.from(1.0, above);
            return Linear::scale(b, at(b, 0)).then(Linear::mask(b, below));
        }
        (Op::Elu, _) => {
            // 1, but eˣ where x < 0. Both are 1 at 0, where the second derivative is
            // that of the right side. Nothing overflows on the side that is not taken.
            let (zero, one) = (b.constant_like(0.0, x), b.constant_like(1.0, x));
            let below = b.two(Op::Compare(Relation::Less), x, zero);
            let least = b.either(Op::Minimum, x, zero);
            let exp = b.one(Op::Exp, least);
            b.choose(below, exp, one)
        }

        // Choices: masks, which let through or give 0 whatever arrives.
        (Op::Maximum | Op::Minimum, _) => {
            let operands: Vec<NodeId> = b.graph.operands(y).collect();
            return Linear::Mask(b.winner(slot as u16, op == Op::Minimum, &operands));
        }
        (Op::Clip, _) => {
            let share = super::clip::share(b, y, slot);
            return Linear::mask(b, share);
        }
        (Op::Where, 1 | 2) => {
            let relation = [Relation::NotEqual, Relation::Equal][slot - 1];
            let chosen = b.compare(at(b, 0), relation, 0.0);
            return Linear::mask(b, chosen);
        }
        (Op::Mask, 0) => at(b, 1),
        (Op::Mask, _) => return Linear::Mask(at(b, 0)),

        // Products and reductions.
        (Op::Matmul, 0) => return Linear::RightProduct(at(b, 1)),
        (Op::Matmul, _) => return Linear::LeftProduct(at(b, 0)),
        (Op::Sum(axes), _) => return Linear::Sum(axes, from),
        (Op::Mean(axes), _) => {
            let share = b.constant(1.0 / count(b, x, axes), to);
            return Linear::Sum(axes, from).then(Linear::scale(b, share));
        }
        (Op::Prod(axes), _) => {
            let others = others(b, x, y, axes);
            return Linear::scale(b, others).then(Linear::Sum(axes, from));
        }
        (Op::Max(axes) | Op::Min(axes), _) => {
            return Linear::Mask(extreme_share(b, axes, x, y)).then(Linear::Sum(axes, from));
        }

        // The same elements elsewhere.
        (Op::Broadcast(axes), _) => return Linear::Broadcast(axes, to),
        (Op::Reshape, _) => return Linear::Reshape(from, to),
        (Op::Transpose, _) => return Linear::Transpose,
        (Op::Permute(order), _) => return Linear::Permute(order),
        (Op::Slice(cuts), _) => return Linear::Slice(cuts, from),
        (Op::Scatter(cuts), _) => return Linear::Scatter(cuts, to),
        (Op::Concat(axis), _) => {
            let cuts = part(b, y, slot, axis as usize);
            return Linear::Scatter(b.graph.shapes.intern_cuts(&cuts), to);
        }

        // Composites, each by its own simple rule.
        (Op::Sigmoid, _) => {
            // (1 − y) y
            let rest = b.from(1.0, y);
            b.mul(rest, y)
        }
        (Op::Silu, _) => {
            // s (1 + x (1 − s))
            let s = b.one(Op::Sigmoid, x);
            let rest = b.from(1.0, s);
            let rest = b.mul(x, rest);
            let one = b.constant_like(1.0, x);
            let sum = b.add(one, rest);
            b.mul(s, sum)
        }
        (Op::Gelu, _) => {
            // Φ(x) + x φ(x)
            let (below, density) = (b.one(Op::NormalCdf, x), density(b, x));
            let moved = b.mul(x, density);
            b.add(below, moved)
        }
        (Op::Softplus, _) => b.one(Op::Sigmoid, x),
        (Op::Var(axes), _) => {
            // 2 (x − mean) / n
            let centred = centred(b, axes, x);
            let d = b.times(centred, 2.0 / count(b, x, axes));
            return Linear::scale(b, d).then(Linear::Sum(axes, from));
        }
        (Op::Std(axes) | Op::Norm(axes), _) => {
            return root(b, y, axes);
        }
        (Op::LogSumExp(axes), _) => {
            // Not exp(x − y), which loses digits where y is large. But of an infinite
            // y the softmax is NaN in all places, and exp(x − y) 0 in all but those
            // that made it so.
            let softmax = b.along(Op::Softmax(axes), x);
            let most = b.broadcast(axes, from, y);
            let less = b.sub(x, most);
            let some = b.compare(less, Relation::NotEqual, f64::NEG_INFINITY);
            let d = b.mask(some, softmax);
            return Linear::scale(b, d).then(Linear::Sum(axes, from));
        }
        (Op::Softmax(axes), _) => {
            // u ↦ w − y Σ w for w = y u
            let total = Linear::Sum(axes, from).then(Linear::Broadcast(axes, from));
            let less = total.then(Linear::Scale(y)).then(Linear::Negate);
            return Linear::Scale(y).then(Linear::Identity.plus(less));
        }
        (Op::LogSoftmax(axes), _) => {
            // u ↦ u − Σ eʸ u
            let d = b.one(Op::Exp, y);
            let total = Linear::Scale(d).then(Linear::Sum(axes, from));
            let less = total
                .then(Linear::Broadcast(axes, from))
                .then(Linear::Negate);
            return Linear::Identity.plus(less);
        }
        (Op::MseLoss, _) => {
            // ±2 (a − b) / n
            let difference = b.sub(at(b, 0), at(b, 1));
            let n = b.graph.shape(x).iter().product::<usize>() as f64;
            let sign = [1.0, -1.0][slot];
            let d = b.times(difference, sign * 2.0 / n);
            return Linear::scale(b, d).then(all(b));
        }
        (Op::CrossEntropy, 0) => {
            // (softmax Σp − p) / rows
            let last = last_axis(b, x);
            let (p, q) = (at(b, 1), b.along(Op::Softmax(last), x));
            let weight = b.sum(last, p);
            let weight = b.broadcast(last, from, weight);
            let q = b.mul(q, weight);
            let difference = b.sub(q, p);
            let d = b.times(difference, 1.0 / rows(b, x));
            return Linear::scale(b, d).then(all(b));
        }
        (Op::CrossEntropy, _) => {
            // −log softmax / rows
            let scores = at(b, 0);
            let last = last_axis(b, scores);
            let log = b.along(Op::LogSoftmax(last), scores);
            let d = b.times(log, -1.0 / rows(b, x));
            return Linear::scale(b, d).then(all(b));
        }
        (Op::BceLoss, 0) => {
            // (p − t) / ((1 − p) p) / n
            let (rest, difference) = (b.from(1.0, x), b.sub(x, at(b, 1)));
            let size = b.mul(rest, x);
            let least = b.constant_like(BCE_SMALLEST, x);
            let size = b.either(Op::Maximum, size, least);
            let ratio = b.div(difference, size);
            let n = b.graph.shape(x).iter().product::<usize>() as f64;
            let d = b.times(ratio, 1.0 / n);
            return Linear::scale(b, d).then(all(b));
        }
        (Op::BceLoss, _) => {
            // (log(1 − p) − log p) / n
            let p = at(b, 0);
            let rest = b.from(1.0, p);
            let (log, log_rest) = (bounded_log(b, p), bounded_log(b, rest));
            let difference = b.sub(log_rest, log);
            let n = b.graph.shape(x).iter().product::<usize>() as f64;
            let d = b.times(difference, 1.0 / n);
            return Linear::scale(b, d).then(all(b));
        }
        (Op::HingeLoss, 0) => {
            // (active − right Σ active) / rows
            let last = last_axis(b, x);
            let active = hinge_active(b, y);
            let count = b.sum(last, active);
            let count = b.broadcast(last, from, count);
            let right = b.mul(at(b, 1), count);
            let difference = b.sub(active, right);
            let d = b.times(difference, 1.0 / rows(b, x));
            return Linear::mask(b, d).then(all(b));
        }
        (Op::HingeLoss, 2) => {
            let active = hinge_active(b, y);
            let d = b.times(active, 1.0 / rows(b, x));
            return Linear::mask(b, d).then(all(b));
        }

        // Constant between their jumps, or held constant.
        (Op::Step | Op::Sign | Op::Tie | Op::Winner(..) | Op::Compare(_), _) => {
            return Linear::Zero;
        }
        (Op::PowLog | Op::Detach | Op::OneHot | Op::Where | Op::HingeLoss, _) => {
            return Linear::Zero;
        }
        // No such operand.
        (Op::Input(_) | Op::Constant(_) | Op::Log, _) => return Linear::Zero,
    };
    Linear::scale(b, d)
}

/// What a gate `y` sends back to its operand `slot`; none if that is structurally zero.
pub fn back(b: &mut Builder<'_>, y: NodeId, slot: usize, upstream: NodeId) -> Option<NodeId> {
    if let Some(part) = cancelled(b, y, upstream) {
        return Some(part);
    }
    partial(b, y, slot).adjoint(b).apply(b, upstream)
}

/// p x^(p − 1), and 0 where p is 0, for x⁰ is 1 everywhere.
fn power_base(b: &mut Builder<'_>, y: NodeId, x: NodeId) -> Linear {
    let p = b.graph.operand(y, 1);
    let known = b.graph.constant(p);
    if known == Some(0.0) {
        return Linear::Zero;
    }
    let one = b.constant_like(1.0, y);
    let less = b.sub(p, one);
    let power = b.pow(x, less);
    let d = b.mask(p, power);
    let scale = Linear::scale(b, d);
    if known.is_some() {
        return scale;
    }
    let powers = b.compare(p, Relation::NotEqual, 0.0);
    // Where p is 0 this lets nothing through, but d has a derivative by p, x^(p − 1).
    let flat = b.from(1.0, powers);
    let away = b.compare(x, Relation::NotEqual, 0.0);
    let flat = b.mul(flat, away);
    let nothing = b.mask(flat, p);
    let nothing = b.mask(nothing, power);
    scale.then(Linear::Mask(powers)).plus(Linear::Mask(nothing))
}

/// The standard normal distribution's density: e^(−x²/2) / √(2π).
fn density(b: &mut Builder<'_>, x: NodeId) -> NodeId {
    let square = b.mul(x, x);
    let half = b.times(square, -0.5);
    let bell = b.one(Op::Exp, half);
    b.times(bell, 1.0 / (2.0 * PI).sqrt())
}

/// The part each element of `x` has in being the extreme `y` over axes: ties share evenly.
fn extreme_share(b: &mut Builder<'_>, axes: Axes, x: NodeId, y: NodeId) -> NodeId {
    let shape = b.graph.node(x).shape;
    let best = b.broadcast(axes, shape, y);
    let ties = b.two(Op::Tie, x, best);
    let count = b.sum(axes, ties);
    let counts = b.broadcast(axes, shape, count);
    b.div(ties, counts)
}

/// x less its mean over axes.
pub(crate) fn centred(b: &mut Builder<'_>, axes: Axes, x: NodeId) -> NodeId {
    let shape = b.graph.node(x).shape;
    let mean = b.over(Op::Mean, axes, x);
    let mean = b.broadcast(axes, shape, mean);
    b.sub(x, mean)
}

/// log p, no less than −100.
pub(crate) fn bounded_log(b: &mut Builder<'_>, p: NodeId) -> NodeId {
    let log = b.one(Op::Log, p);
    let least = b.constant_like(BCE_LEAST_LOG, p);
    b.either(Op::Maximum, log, least)
}

/// scores − right score + margin, and 1 − right: what the hinge loss cuts at 0 and masks.
pub(crate) fn hinge_margins(b: &mut Builder<'_>, operands: [NodeId; 3]) -> (NodeId, NodeId) {
    let [scores, right, margin] = operands;
    let shape = b.graph.node(scores).shape;
    let last = last_axis(b, scores);
    let own = b.mask(right, scores);
    let own = b.sum(last, own);
    let own = b.broadcast(last, shape, own);
    let less = b.sub(scores, own);
    let margins = b.add(less, margin);
    let wrong = b.from(1.0, right);
    (margins, wrong)
}

/// 1 where a class but the right one is within the margin.
fn hinge_active(b: &mut Builder<'_>, y: NodeId) -> NodeId {
    let operands = [0, 1, 2].map(|slot| b.graph.operand(y, slot));
    let (margins, wrong) = hinge_margins(b, operands);
    let step = b.one(Op::Step, margins);
    b.mul(step, wrong)
}

/// How many elements of `x` each element of a reduction over axes comes from.
pub(crate) fn count(b: &Builder<'_>, x: NodeId, axes: Axes) -> f64 {
    let shape = b.graph.shape(x);
    axes.iter().map(|axis| shape[axis]).product::<usize>() as f64
}

/// How many rows a value has along its last axis.
pub(crate) fn rows(b: &Builder<'_>, x: NodeId) -> f64 {
    let shape = b.graph.shape(x);
    shape[..shape.len().saturating_sub(1)]
        .iter()
        .product::<usize>() as f64
}

/// The last axis, if there is one.
pub(crate) fn last_axis(b: &Builder<'_>, x: NodeId) -> Axes {
    b.graph.shape(x).len().checked_sub(1).into_iter().collect()
}

/// Where an operand of a concatenation lies in the result.
fn part(b: &Builder<'_>, y: NodeId, slot: usize, axis: usize) -> Vec<Cut> {
    let before = b.graph.operands(y).take(slot);
    let start = before.map(|x| b.graph.shape(x)[axis]).sum();
    let own = b.graph.shape(b.graph.operand(y, slot));
    let cuts = own.iter().enumerate();
    cuts.map(|(i, &size)| Cut::run(if i == axis { start } else { 0 }, size))
        .collect()
}

//! The table of derivatives: one line for every operation and slot.
//!
//! A rule may read the gate's own output (tanh′ = 1 − y²). Every operation a
//! rule emits stands in the table itself.

use super::linear::Linear;
use crate::build::Builder;
use crate::graph::NodeId;
use crate::op::Op;
use crate::shape::Axes;

/// The derivative of gate `y` with respect to its operand `slot`, a linear map
/// from values of the operand's shape to values of `y`'s.
pub fn partial(b: &mut Builder<'_>, y: NodeId, slot: usize) -> Linear {
    let op = b.graph.node(y).op;
    let at = |b: &Builder<'_>, slot| b.graph.operand(y, slot);
    let x = at(b, slot);
    let (from, to) = (b.graph.node(x).shape, b.graph.node(y).shape);
    match (op, slot) {
        (Op::Add, _) | (Op::Sub, 0) => Linear::Identity,
        (Op::Sub | Op::Neg, _) => Linear::Negate,
        (Op::Mul, 0) => Linear::scale(b, at(b, 1)),
        (Op::Mul, _) => Linear::scale(b, at(b, 0)),
        (Op::Div, 0) => {
            let one = b.constant_like(1.0, y);
            let reciprocal = b.div(one, at(b, 1));
            Linear::scale(b, reciprocal)
        }
        (Op::Div, _) => {
            // d(a / x) = −(y / x) dx
            let ratio = b.div(y, x);
            let d = b.neg(ratio);
            Linear::scale(b, d)
        }
        (Op::Pow, 0) => {
            // p x^(p − 1), and 0 where p is 0 (x⁰ is 1 everywhere)
            let p = at(b, 1);
            if b.graph.constant(p) == Some(0.0) {
                return Linear::Zero;
            }
            let one = b.constant_like(1.0, y);
            let less = b.sub(p, one);
            let power = b.pow(x, less);
            let d = b.mask(p, power);
            Linear::scale(b, d)
        }
        (Op::Pow, _) => {
            // y log a, and 0 where a is 0 and p ≥ 0
            let log = b.pow_log(at(b, 0), x);
            let d = b.mul(y, log);
            Linear::scale(b, d)
        }
        (Op::Matmul, 0) => Linear::RightProduct(at(b, 1)),
        (Op::Matmul, _) => Linear::LeftProduct(at(b, 0)),
        (Op::Exp, _) => Linear::scale(b, y),
        (Op::Log | Op::PowLog, 0) => {
            let one = b.constant_like(1.0, y);
            let d = b.div(one, x);
            Linear::scale(b, d)
        }
        (Op::Sqrt, _) => {
            // 1 / (2 y): infinite at 0
            let half = b.constant_like(0.5, y);
            let d = b.div(half, y);
            Linear::scale(b, d)
        }
        (Op::Sin, _) => {
            let d = b.cos(x);
            Linear::scale(b, d)
        }
        (Op::Cos, _) => {
            let sin = b.sin(x);
            let d = b.neg(sin);
            Linear::scale(b, d)
        }
        (Op::Tanh, _) => {
            // 1 − y²
            let square = b.mul(y, y);
            let one = b.constant_like(1.0, y);
            let d = b.sub(one, square);
            Linear::scale(b, d)
        }
        (Op::Sigmoid, _) => {
            // (1 − y) y
            let one = b.constant_like(1.0, y);
            let rest = b.sub(one, y);
            let d = b.mul(rest, y);
            Linear::scale(b, d)
        }
        (Op::Relu, _) => Linear::Mask(b.step(x)),
        (Op::Maximum | Op::Minimum, _) => {
            let operands: Vec<NodeId> = b.graph.operands(y).collect();
            Linear::Mask(b.winner(slot as u16, op == Op::Minimum, &operands))
        }
        (Op::Sum(axes), _) => Linear::Sum(axes, from),
        (Op::Mean(axes), _) => {
            let (all, some) = (b.graph.shapes.get(from), b.graph.shapes.get(to));
            let size = |shape: &[usize]| shape.iter().product::<usize>() as f64;
            let share = size(some) / size(all);
            let share = b.constant(share, to);
            Linear::Sum(axes, from).then(Linear::Scale(share))
        }
        (Op::Max(axes) | Op::Min(axes), _) => {
            Linear::Mask(extreme_share(b, axes, x, y)).then(Linear::Sum(axes, from))
        }
        (Op::Broadcast(axes), _) => Linear::Broadcast(axes, to),
        (Op::Reshape, _) => Linear::Reshape(from, to),
        (Op::Transpose, _) => Linear::Transpose,
        (Op::Mask, 0) => Linear::scale(b, at(b, 1)),
        (Op::Mask, _) => Linear::Mask(at(b, 0)),
        // Constant between their jumps.
        (Op::Step | Op::Equal | Op::Winner(..) | Op::PowLog, _) => Linear::Zero,
        // No such operand.
        (Op::Input(_) | Op::Constant(_) | Op::Log, _) => Linear::Zero,
    }
}

/// The part each element of `x` has in being the extreme `y` over axes: ties share evenly.
fn extreme_share(b: &mut Builder<'_>, axes: Axes, x: NodeId, y: NodeId) -> NodeId {
    let shape = b.graph.node(x).shape;
    let best = b.broadcast(axes, shape, y);
    let ties = b.equal(x, best);
    let count = b.sum(axes, ties);
    let counts = b.broadcast(axes, shape, count);
    b.div(ties, counts)
}

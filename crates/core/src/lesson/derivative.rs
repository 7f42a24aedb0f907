//! The derivative of each operation as a formula: what the upstream gradient is
//! multiplied by, or else what becomes of it.

use super::expr::Expr::{self, Add, Along, Copies, Mul, N, Over, Product, Said, Transposed, U, Y};
use super::expr::{call, choose, div, holds, mul, n, neg, pow, sub, x};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::Axes;

/// How a gate's gradient goes on to one operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Not at all.
    Zero,
    /// Element by element: upstream times this.
    Times(Expr),
    /// Copied back along axes, and element by element times this.
    Spread(Axes, Expr),
    /// By a rule for the whole value, in which the upstream gradient stands.
    Whole(Expr),
}

/// The rule for an operand of a gate; none for inputs and constants.
pub fn rule(graph: &Graph, gate: NodeId, slot: usize) -> Rule {
    use Rule::{Spread, Times, Whole, Zero};
    let one = || n(1.0);
    let number = |slot: usize| graph.constant(graph.operand(gate, slot));
    let boxed = |e: Expr| Box::new(e);
    let size = |slot: usize| {
        let shape = graph.shape(graph.operand(gate, slot));
        shape.iter().product::<usize>() as f64
    };
    let rows = || {
        let shape = graph.shape(graph.operand(gate, 0));
        let before = &shape[..shape.len().saturating_sub(1)];
        before.iter().product::<usize>() as f64
    };
    // A result over axes, beside the operand it was made of.
    let back = |axes, e: Expr| Copies(axes, 0, boxed(e));
    let many = |axes: Axes| {
        let shape = graph.shape(graph.operand(gate, 0));
        axes.iter().map(|axis| shape[axis]).product::<usize>() as f64
    };
    let centred = |axes| {
        let mean = Over("mean", axes, boxed(x(0)));
        sub(x(0), back(axes, mean))
    };
    let op = graph.node(gate).op;
    match (op, slot) {
        (Op::Input(_) | Op::Constant(_), _) => Zero,

        (Op::Add, _) | (Op::Sub, 0) => Times(one()),
        (Op::Sub | Op::Neg, _) => Times(n(-1.0)),
        (Op::Mul, 0) => Times(x(1)),
        (Op::Mul, _) => Times(x(0)),
        (Op::Div, 0) => Times(div(one(), x(1))),
        (Op::Div, _) => Times(neg(div(x(0), pow(x(1), n(2.0))))),
        (Op::Pow, 0) => Times(match number(1) {
            Some(2.0) => mul(n(2.0), x(0)),
            Some(p) if p == 0.0 || p == 1.0 => n(p),
            Some(p) => mul(n(p), pow(x(0), n(p - 1.0))),
            None => mul(x(1), pow(x(0), sub(x(1), one()))),
        }),
        (Op::Pow, _) => Times(mul(Y, call("log", x(0)))),
        (Op::Exp, _) => Times(Y),
        (Op::Log, _) => Times(div(one(), x(0))),
        (Op::Sqrt, _) => Times(div(one(), mul(n(2.0), Y))),
        (Op::Sin, _) => Times(call("cos", x(0))),
        (Op::Cos, _) => Times(neg(call("sin", x(0)))),
        (Op::Tan, _) => Times(Add(vec![one(), pow(Y, n(2.0))])),
        (Op::Sinh, _) => Times(call("cosh", x(0))),
        (Op::Cosh, _) => Times(call("sinh", x(0))),
        (Op::Tanh, _) => Times(sub(one(), pow(Y, n(2.0)))),
        (Op::Abs, _) => Times(call("sign", x(0))),
        (Op::Square, _) => Times(mul(n(2.0), x(0))),
        (Op::Reciprocal, _) => Times(neg(pow(Y, n(2.0)))),
        (Op::Relu, _) => Times(choose(holds(">", x(0), n(0.0)), one(), n(0.0))),
        (Op::LeakyRelu, 0) => Times(choose(holds(">", x(0), n(0.0)), one(), x(1))),
        (Op::LeakyRelu, _) => Times(choose(holds(">", x(0), n(0.0)), n(0.0), x(0))),
        (Op::Elu, _) => Times(choose(holds(">", x(0), n(0.0)), one(), call("exp", x(0)))),
        (Op::NormalCdf, _) => Times(call("φ", x(0))),
        (Op::Sigmoid, _) => Times(mul(sub(one(), Y), Y)),
        (Op::Silu, _) => {
            let s = || call("sigmoid", x(0));
            Times(mul(s(), Add(vec![one(), mul(x(0), sub(one(), s()))])))
        }
        (Op::Gelu, _) => Times(Add(vec![call("Φ", x(0)), mul(x(0), call("φ", x(0)))])),
        (Op::Softplus, _) => Times(call("sigmoid", x(0))),

        // Of the greatest, or of all that are.
        (Op::Maximum | Op::Minimum, slot) => {
            let ties = (0..graph.arity(gate)).map(|other| holds("=", x(other), Y));
            let won = holds("=", x(slot), Y);
            Times(div(won, Add(ties.collect())))
        }
        (Op::Clip, 0) => {
            let inside = mul(holds(">", x(0), x(1)), holds("<", x(0), x(2)));
            Times(inside)
        }
        (Op::Clip, 1) => Times(mul(holds("<", x(0), x(1)), holds("<", x(1), x(2)))),
        (Op::Clip, _) => {
            let raised = Expr::Call("max", vec![x(0), x(1)]);
            Times(holds(">", raised, x(2)))
        }
        (Op::Where, 0) => Zero,
        (Op::Where, 1) => Times(holds("≠", x(0), n(0.0))),
        (Op::Where, _) => Times(holds("=", x(0), n(0.0))),
        (Op::Mask, 0) => Times(x(1)),
        (Op::Mask, _) => Times(x(0)),
        (Op::PowLog, 0) => Times(div(one(), x(0))),
        (Op::PowLog, _) => Zero,
        (Op::Sign | Op::Step | Op::Tie | Op::Winner(..) | Op::Compare(_), _) => Zero,
        (Op::Detach | Op::OneHot, _) => Zero,

        (Op::Matmul, 0) => {
            let other = Transposed(boxed(x(1)));
            Whole(Product(Box::new([U, other])))
        }
        (Op::Matmul, _) => {
            let other = Transposed(boxed(x(0)));
            Whole(Product(Box::new([other, U])))
        }
        (Op::Sum(axes), _) => Spread(axes, one()),
        (Op::Mean(axes), _) => Spread(axes, div(one(), n(many(axes)))),
        (Op::Prod(axes), _) => Spread(axes, div(back(axes, Y), x(0))),
        (Op::Max(axes) | Op::Min(axes), _) => {
            let won = || holds("=", x(0), back(axes, Y));
            let ties = Over("sum", axes, boxed(won()));
            Spread(axes, div(won(), back(axes, ties)))
        }
        (Op::Var(axes), _) => {
            let twice = mul(n(2.0), centred(axes));
            Spread(axes, div(twice, n(many(axes))))
        }
        (Op::Std(axes), _) => {
            let under = mul(n(many(axes)), back(axes, Y));
            Spread(axes, div(centred(axes), under))
        }
        (Op::Norm(axes), _) => Spread(axes, div(x(0), back(axes, Y))),
        (Op::LogSumExp(axes), _) => Spread(axes, Along("softmax", axes, boxed(x(0)))),
        (Op::Softmax(axes), _) => {
            let total = Over("sum", axes, boxed(mul(U, Y)));
            Whole(mul(Y, sub(U, back(axes, total))))
        }
        (Op::LogSoftmax(axes), _) => {
            let total = Over("sum", axes, boxed(U));
            Whole(sub(U, mul(call("exp", Y), back(axes, total))))
        }

        (Op::MseLoss, slot) => {
            let difference = if slot == 0 {
                sub(x(0), x(1))
            } else {
                sub(x(1), x(0))
            };
            loss(graph, gate, div(mul(n(2.0), difference), n(size(0))))
        }
        (Op::CrossEntropy, 0) => {
            let last = last_axis(graph, gate);
            let weight = back(last, Over("sum", last, boxed(x(1))));
            let softmax = Along("softmax", last, boxed(x(0)));
            let difference = sub(mul(softmax, weight), x(1));
            loss(graph, gate, div(difference, n(rows())))
        }
        (Op::CrossEntropy, _) => {
            let log = Along("log_softmax", last_axis(graph, gate), boxed(x(0)));
            loss(graph, gate, neg(div(log, n(rows()))))
        }
        (Op::BceLoss, 0) => {
            let spread = mul(sub(one(), x(0)), x(0));
            let ratio = div(sub(x(0), x(1)), spread);
            loss(graph, gate, over_count(ratio, size(0)))
        }
        (Op::BceLoss, _) => {
            let log = |e| call("log", e);
            let difference = sub(log(sub(one(), x(0))), log(x(0)));
            loss(graph, gate, over_count(difference, size(0)))
        }
        (Op::HingeLoss, 1) => Zero,
        (Op::HingeLoss, 0) => Whole(Said(
            "+ wrong in the margin, − right:",
            boxed(over_count(U, rows())),
        )),
        (Op::HingeLoss, _) => Whole(Said(
            "for each wrong in the margin:",
            boxed(over_count(U, rows())),
        )),

        (Op::Broadcast(axes), _) => Whole(Over("sum", axes, boxed(U))),
        (Op::Reshape, _) => Whole(Said("in the operand's shape:", boxed(U))),
        (Op::Transpose, _) => Whole(Transposed(boxed(U))),
        (Op::Permute(_), _) => Whole(Said("axes put back:", boxed(U))),
        (Op::Slice(_), _) => Whole(Said("put back into zeros:", boxed(U))),
        (Op::Scatter(_), _) => Whole(Said("the same places of", boxed(U))),
        (Op::Concat(_), _) => Whole(Said("this operand's part of", boxed(U))),
    }
}

/// A loss is one number: its gradient goes to every element.
fn loss(graph: &Graph, gate: NodeId, factor: Expr) -> Rule {
    let rank = graph.shape(graph.operand(gate, 0)).len();
    Rule::Spread(Axes::all(rank), factor)
}

fn over_count(factor: Expr, count: f64) -> Expr {
    if count == 1.0 {
        factor
    } else {
        div(factor, N(count))
    }
}

fn last_axis(graph: &Graph, gate: NodeId) -> Axes {
    let rank = graph.shape(graph.operand(gate, 0)).len();
    rank.checked_sub(1).into_iter().collect()
}

impl Rule {
    /// Whether no derivative goes through.
    pub fn is_zero(&self) -> bool {
        *self == Self::Zero
    }

    /// What an operand's tangent adds to the gate's: a formula in which the tangent stands
    /// for the upstream gradient. None where only the Jacobian can be named.
    pub fn tangent(&self, op: Op) -> Option<Expr> {
        match self {
            Self::Zero => Some(n(0.0)),
            Self::Times(local) => Some(times(U, local)),
            Self::Spread(axes, local) => Some(Over("sum", *axes, Box::new(times(U, local)))),
            // Its Jacobian is symmetric.
            Self::Whole(rule) if matches!(op, Op::Softmax(_)) => Some(rule.clone()),
            Self::Whole(_) => None,
        }
    }

    /// The gradient with respect to the operand, in which the upstream gradient stands.
    pub fn gradient(&self) -> Expr {
        match self {
            Self::Zero => n(0.0),
            Self::Times(local) => times(U, local),
            Self::Spread(axes, local) => times(Copies(*axes, 0, Box::new(U)), local),
            Self::Whole(rule) => rule.clone(),
        }
    }
}

fn times(upstream: Expr, local: &Expr) -> Expr {
    match local {
        N(1.0) => upstream,
        N(-1.0) => neg(upstream),
        local => Mul(vec![upstream, local.clone()]),
    }
}

//! What a derivative does with the upstream gradient, as a formula.

use super::expr::{Expr, ONE, U, ZERO, n, of, of_both};
use super::linear::Linear;
use super::{At, Map, Partial, Places, table};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{Axes, CutsId, Permutation};

const TRANSPOSE: Op = Op::Permute(Permutation::TRANSPOSE);

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

/// The rule for an operand of a gate, as mathematics writes it; none for inputs and
/// constants.
pub fn rule(graph: &Graph, gate: NodeId, slot: usize) -> Rule {
    of_map(&shown(graph, gate, slot))
}

/// Whether a gate only moves and adds up the elements of an operand: its derivative is
/// what it does itself.
pub fn moves(graph: &Graph, gate: NodeId, slot: usize) -> bool {
    is_move(&partial(graph, gate, slot).map)
}

fn is_move(map: &Map) -> bool {
    match map {
        Linear::Then(parts) => parts.iter().all(is_move),
        Linear::Sum(..) | Linear::Broadcast(..) | Linear::CumSum(..) | Linear::Reshape(..) => true,
        Linear::Permute(_) | Linear::Slice(..) => true,
        Linear::Take(..) | Linear::Put(..) => true,
        Linear::Scatter(places, _) => matches!(places, Places::Cuts(_)),
        _ => false,
    }
}

/// The derivative of a gate as mathematics writes it.
pub fn shown(graph: &Graph, gate: NodeId, slot: usize) -> Map {
    let Partial { map, shown } = partial(graph, gate, slot);
    shown.unwrap_or(map)
}

fn partial(graph: &Graph, gate: NodeId, slot: usize) -> Partial {
    let operands: Vec<NodeId> = graph.operands(gate).collect();
    table::define(&At::gate(graph, gate, &operands, slot)).partial
}

/// What a gate computes, of its operands; none for inputs and constants.
pub fn formula(graph: &Graph, gate: NodeId) -> Option<Expr> {
    let op = graph.node(gate).op;
    let operands = || (0..graph.arity(gate)).map(Expr::X).collect();
    (!matches!(op, Op::Input(_) | Op::Constant(_))).then(|| Expr::Gate(op, operands()))
}

fn of_map(map: &Map) -> Rule {
    if let Some(factor) = factor(map) {
        return Rule::Times(factor);
    }
    match map {
        Linear::Zero => Rule::Zero,
        Linear::Sum(axes, _) => Rule::Spread(*axes, ONE),
        Linear::Then(parts) => match (&parts[0], &parts[1]) {
            (Linear::Sum(axes, _), scale) | (scale, Linear::Sum(axes, _)) => match factor(scale) {
                Some(factor) => Rule::Spread(*axes, factor),
                None => whole(map),
            },
            _ => whole(map),
        },
        _ => whole(map),
    }
}

/// What a map multiplies each element by, if it does no more.
fn factor(map: &Map) -> Option<Expr> {
    Some(match map {
        Linear::Identity => ONE,
        Linear::Negate => n(-1.0),
        Linear::Scale(d) | Linear::Mask(d) => d.clone().as_written(),
        Linear::Divide(d) => ONE / d.clone().as_written(),
        _ => return None,
    })
}

fn whole(map: &Map) -> Rule {
    Rule::Whole(adjoint(map, (false, U)).map_or(ZERO, signed))
}

fn signed((negative, of): (bool, Expr)) -> Expr {
    if negative { -of } else { of }
}

/// What the adjoint of a map makes of a formula, and whether of its negative; none for
/// zero.
fn adjoint(map: &Map, (negative, u): (bool, Expr)) -> Option<(bool, Expr)> {
    let found = match map {
        Linear::Zero => return None,
        Linear::Identity => u,
        Linear::Negate => return Some((!negative, u)),
        Linear::Scale(d) | Linear::Mask(d) => {
            let d = d.clone().as_written();
            if u == U { u * d } else { d * u }
        }
        Linear::Divide(d) => u / d.clone().as_written(),
        Linear::LeftProduct(left) => {
            let left = of(TRANSPOSE, left.clone().as_written());
            of_both(Op::Matmul, left, u)
        }
        Linear::RightProduct(right) => {
            let right = of(TRANSPOSE, right.clone().as_written());
            of_both(Op::Matmul, u, right)
        }
        Linear::Sum(axes, _) => super::expr::copies(*axes, u),
        Linear::Broadcast(axes, _) => of(Op::Sum(*axes), u),
        Linear::CumSum(axis, back) => of(Op::CumSum(*axis, !back), u),
        Linear::Reshape(..) => of(Op::Reshape, u),
        Linear::Permute(order) => of(Op::Permute(*order), u),
        // Where is told in words beside the formula.
        Linear::Slice(..) => of(Op::Scatter(CutsId::WHOLE), u),
        Linear::Scatter(..) => of(Op::Slice(CutsId::WHOLE), u),
        Linear::Take(axis, indices, _) => at_indices(Op::Put(*axis), u, indices),
        Linear::Put(axis, indices, _) => at_indices(Op::Take(*axis), u, indices),
        Linear::Then(parts) => {
            let last = adjoint(&parts[1], (negative, u))?;
            return adjoint(&parts[0], last);
        }
        Linear::Plus(parts) => {
            let both = parts
                .each_ref()
                .map(|part| adjoint(part, (false, u.clone())));
            match both {
                [None, None] => return None,
                [Some(only), None] | [None, Some(only)] => signed(only),
                [Some(first), Some((false, second))] => signed(first) + second,
                [Some(first), Some((true, second))] => signed(first) - second,
            }
        }
    };
    Some((negative, found))
}

fn at_indices(op: Op, of: Expr, indices: &[Expr]) -> Expr {
    Expr::Gate(op, [&[of], indices].concat())
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
            Self::Zero => Some(ZERO),
            Self::Times(local) => Some(times(U, local)),
            Self::Spread(axes, local) => Some(of(Op::Sum(*axes), times(U, local))),
            // Its Jacobian is symmetric.
            Self::Whole(rule) if matches!(op, Op::Softmax(_)) => Some(rule.clone()),
            Self::Whole(_) => None,
        }
    }

    /// The gradient with respect to the operand, in which the upstream gradient stands.
    pub fn gradient(&self) -> Expr {
        match self {
            Self::Zero => ZERO,
            Self::Times(local) => times(U, local),
            Self::Spread(axes, local) => times(super::expr::copies(*axes, U), local),
            Self::Whole(rule) => rule.clone(),
        }
    }
}

fn times(upstream: Expr, local: &Expr) -> Expr {
    match local {
        Expr::N(1.0) => upstream,
        Expr::N(-1.0) => -upstream,
        local => upstream * local.clone(),
    }
}

//! Definitions as gates: formulas appended to a graph.

use super::expr::{Expr, Routine};
use super::linear::Linear;
use super::{At, Map, Places, part, product, table, value};
use crate::build::Builder;
use crate::graph::NodeId;
use crate::op::{Form, Op};
use crate::shape::{self, Axes, ShapeId};

/// The derivative of gate `y` with respect to its operand `slot`, a linear map from values
/// of the operand's shape to values of `y`'s.
pub fn partial(b: &mut Builder<'_>, y: NodeId, slot: usize) -> Linear {
    let operands: Vec<NodeId> = b.graph.operands(y).collect();
    let definition = table::define(&At::gate(b.graph, y, &operands, slot));
    let from = b.graph.node(operands[slot]).shape;
    let mut emit = Emit {
        b,
        operands: &operands,
        y,
    };
    emit.map(&definition.partial.map, &mut from.clone())
}

/// Appends the gates that a composite of some operands stands for, one level down; none if
/// the operation is no composite.
pub fn opened(b: &mut Builder<'_>, op: Op, operands: &[NodeId]) -> Option<NodeId> {
    let &x = operands.first()?;
    let value = value(b.graph, op, operands)?;
    let shape = b.graph.node(x).shape;
    let mut emit = Emit { b, operands, y: x };
    Some(emit.formula(&value, shape))
}

/// (x − mean) / n of a standard deviation: its derivative, but for the root below.
pub fn deviation(b: &mut Builder<'_>, y: NodeId, axes: Axes) -> NodeId {
    let x = b.graph.operand(y, 0);
    let shape = b.graph.node(x).shape;
    let sizes = b.graph.shape(x);
    let count = axes.iter().map(|axis| sizes[axis]).product::<usize>() as f64;
    let operands = [x];
    let mut emit = Emit {
        b,
        operands: &operands,
        y,
    };
    emit.formula(&super::words::deviation(axes, count), shape)
}

/// Appends formulas over a gate's operands and its value.
struct Emit<'e, 'g> {
    b: &'e mut Builder<'g>,
    operands: &'e [NodeId],
    y: NodeId,
}

impl Emit<'_, '_> {
    /// A map from values of a shape, which becomes that of its results.
    fn map(&mut self, map: &Map, shape: &mut ShapeId) -> Linear {
        match map {
            Linear::Zero => Linear::Zero,
            Linear::Identity => Linear::Identity,
            Linear::Negate => Linear::Negate,
            Linear::Scale(d) => {
                let d = self.formula(d, *shape);
                Linear::scale(self.b, d)
            }
            Linear::Divide(d) => {
                let d = self.formula(d, *shape);
                Linear::divide(self.b, d)
            }
            Linear::Mask(d) => {
                let d = self.formula(d, *shape);
                Linear::mask(self.b, d)
            }
            Linear::LeftProduct(left) => Linear::LeftProduct(self.formula(left, *shape)),
            Linear::RightProduct(right) => Linear::RightProduct(self.formula(right, *shape)),
            Linear::Sum(axes, from) => {
                let sizes = shape::without(self.b.graph.shapes.get(*from), *axes);
                *shape = self.b.graph.shapes.intern(&sizes);
                Linear::Sum(*axes, *from)
            }
            Linear::Broadcast(axes, to) => {
                *shape = *to;
                Linear::Broadcast(*axes, *to)
            }
            Linear::CumSum(axis, back) => Linear::CumSum(*axis, *back),
            Linear::Reshape(from, to) => Linear::Reshape(*from, *to),
            Linear::Permute(order) => Linear::Permute(*order),
            Linear::Slice(places, from) => Linear::Slice(self.cuts(*places), *from),
            Linear::Scatter(places, to) => Linear::Scatter(self.cuts(*places), *to),
            Linear::Take(axis, indices, from) => {
                let indices = self.indices(indices, *shape);
                let of = indices.first().map_or(&[][..], |&i| self.b.graph.shape(i));
                let whole = self.b.graph.shapes.get(*from);
                let sizes = shape::taken(whole, usize::from(*axis), indices.len(), of);
                *shape = self.b.graph.shapes.intern(&sizes);
                Linear::Take(*axis, indices, *from)
            }
            Linear::Put(axis, indices, to) => {
                let indices = self.indices(indices, *shape);
                *shape = *to;
                Linear::Put(*axis, indices, *to)
            }
            Linear::Then(parts) => {
                let first = self.map(&parts[0], shape);
                first.then(self.map(&parts[1], shape))
            }
            Linear::Plus(parts) => {
                let first = self.map(&parts[0], &mut shape.clone());
                first.plus(self.map(&parts[1], shape))
            }
        }
    }

    fn indices(&mut self, indices: &[Expr], shape: ShapeId) -> Vec<NodeId> {
        indices.iter().map(|i| self.formula(i, shape)).collect()
    }

    fn cuts(&mut self, places: Places) -> shape::CutsId {
        match places {
            Places::Cuts(cuts) => cuts,
            Places::Part(slot, axis) => {
                let cuts = part(self.b.graph, self.operands, slot, axis);
                self.b.graph.shapes.intern_cuts(&cuts)
            }
        }
    }

    /// A formula; a number alone has a shape given.
    fn formula(&mut self, formula: &Expr, shape: ShapeId) -> NodeId {
        match formula {
            Expr::X(slot) => self.operands.get(*slot).copied().unwrap_or(self.y),
            Expr::N(value) => self.b.constant(*value, shape),
            Expr::Written(both) => self.formula(&both[0], shape),
            Expr::Copies(axes, slot, part) => {
                let inner = self.formula(part, ShapeId::SCALAR);
                let whole = self.operands.get(*slot).copied().unwrap_or(self.y);
                let shape = self.b.graph.node(whole).shape;
                self.b.broadcast(*axes, shape, inner)
            }
            Expr::Gate(op, parts) => self.gate(*op, parts, shape),
            Expr::Routine(routine, part) => {
                let x = self.formula(part, shape);
                match *routine {
                    Routine::Others(axes) => product::others(self.b, x, self.y, axes),
                    Routine::Pairs(axes) => product::by_pairs(self.b, x, axes),
                }
            }
            Expr::Y => self.y,
            // No gate has these: they stand in what is written only.
            Expr::U | Expr::Named(..) => self.y,
        }
    }

    /// A gate of some parts, numbers among them of the shape of the others.
    fn gate(&mut self, op: Op, parts: &[Expr], shape: ShapeId) -> NodeId {
        let mut nodes: Vec<Option<NodeId>> = Vec::with_capacity(parts.len());
        let mut like = None;
        for part in parts {
            let node = match part {
                Expr::N(_) => None,
                part => Some(self.formula(part, shape)),
            };
            like = like.or(node);
            nodes.push(node);
        }
        let like = like.map_or(shape, |node| self.b.graph.node(node).shape);
        let nodes: Vec<NodeId> = parts
            .iter()
            .zip(nodes)
            .map(|(part, node)| node.unwrap_or_else(|| self.formula(part, like)))
            .collect();
        let b = &mut *self.b;
        match (op, nodes.as_slice()) {
            (Op::Add, &[a, c]) => b.add(a, c),
            (Op::Add, terms) => b.sum_of(terms),
            (Op::Sub, &[a, c]) => b.sub(a, c),
            // A number is the second factor.
            (Op::Mul, &[a, c]) if matches!(parts[0], Expr::N(_)) => b.mul(c, a),
            (Op::Mul, &[a, c]) => b.mul(a, c),
            (Op::Div, &[a, c]) => b.div(a, c),
            (Op::Pow, &[a, c]) => b.pow(a, c),
            (Op::Neg, &[a]) => b.neg(a),
            (Op::Mask, &[w, a]) => b.mask(w, a),
            (Op::Where, &[w, a, c]) => b.choose(w, a, c),
            (Op::Sum(axes), &[a]) => b.sum(axes, a),
            (Op::Matmul, &[a, c]) => b.matmul(a, c),
            (op, &[a]) => match op.info().form {
                Form::Reduction => b.over(op, a),
                Form::Along => b.along(op, a),
                _ => b.one(op, a),
            },
            (op, &[a, c]) => b.two(op, a, c),
            (op, all) => b.each(op, all),
        }
    }
}

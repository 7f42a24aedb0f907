//! What each operation is, said once.
//!
//! `table.rs` has for every operation its derivatives, and of a composite what it stands
//! for, as formulas ([`expr`]) and linear maps ([`linear`]). They are read by `emit.rs`,
//! which appends them to a graph, and by whoever shows them.

pub mod clip;
mod emit;
pub mod expr;
pub mod linear;
mod product;
pub mod rule;
mod table;
mod words;

use crate::graph::{Graph, NodeId, Role};
use crate::op::{Form, Op};
use crate::shape::{Axes, Cut, CutsId, ShapeId};
pub use emit::{deviation, opened, partial};
use expr::Expr;
use linear::Linear;

/// The derivative of a gate as a definition has it.
pub type Map = Linear<Expr, Places>;

/// Which elements a map takes or puts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Places {
    /// Those of the operation.
    Cuts(CutsId),
    /// Where an operand of a concatenation lies in the result, along an axis.
    Part(usize, usize),
}

/// A gate that is defined, and the operand that is asked for.
pub struct At<'a> {
    graph: &'a Graph,
    op: Op,
    operands: &'a [NodeId],
    /// None of what is only opened.
    gate: Option<NodeId>,
    slot: usize,
}

impl<'a> At<'a> {
    /// A gate of a graph with its operands.
    pub fn gate(graph: &'a Graph, gate: NodeId, operands: &'a [NodeId], slot: usize) -> Self {
        let op = graph.node(gate).op;
        Self {
            graph,
            op,
            operands,
            gate: Some(gate),
            slot,
        }
    }

    fn op(&self) -> Op {
        self.op
    }

    fn arity(&self) -> usize {
        self.operands.len()
    }

    /// The shape of an operand.
    fn shape(&self, slot: usize) -> &'a [usize] {
        let operand = self.operands.get(slot);
        operand.map_or(&[], |&operand| self.graph.shape(operand))
    }

    /// The shape of the operand that is asked for, and that of the gate.
    fn from(&self) -> ShapeId {
        let operand = self.operands.get(self.slot);
        operand.map_or(ShapeId::SCALAR, |&x| self.graph.node(x).shape)
    }

    fn to(&self) -> ShapeId {
        self.gate
            .map_or(ShapeId::SCALAR, |gate| self.graph.node(gate).shape)
    }

    /// The number that an operand is, if it is the same in every element and never changes.
    fn number(&self, slot: usize) -> Option<f64> {
        self.graph.constant(*self.operands.get(slot)?)
    }

    /// The operands behind the first.
    fn indices(&self) -> Vec<Expr> {
        (1..self.arity()).map(Expr::X).collect()
    }

    /// How many elements of the first operand each element of a reduction comes from.
    fn count(&self, axes: Axes) -> f64 {
        let shape = self.shape(0);
        axes.iter().map(|axis| shape[axis]).product::<usize>() as f64
    }

    /// How many rows the first operand has along its last axis.
    fn rows(&self) -> f64 {
        let shape = self.shape(0);
        let before = &shape[..shape.len().saturating_sub(1)];
        before.iter().product::<usize>() as f64
    }

    /// All axes of the first operand, and its last one if there is one.
    fn all(&self) -> Axes {
        Axes::all(self.shape(0).len())
    }

    fn last(&self) -> Axes {
        self.shape(0).len().checked_sub(1).into_iter().collect()
    }

    /// Whether an operand is rows with a 1 at a class each.
    fn is_one_hot(&self, slot: usize) -> bool {
        let operand = self.operands.get(slot);
        operand.is_some_and(|&operand| self.graph.node(operand).op == Op::OneHot)
    }

    /// Whether a derivative emitted the gate.
    fn is_emitted(&self) -> bool {
        let role = self.gate.map(|gate| self.graph.node(gate).origin.role);
        matches!(role, Some(Role::Cotangent(_) | Role::Tangent(_)))
    }
}

/// A derivative: what is computed, and what is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    map: Map,
    shown: Option<Map>,
}

impl From<Map> for Partial {
    fn from(map: Map) -> Self {
        Self { map, shown: None }
    }
}

impl Map {
    /// Is written as another one.
    fn written(self, shown: Self) -> Partial {
        let shown = Some(shown);
        Partial { map: self, shown }
    }
}

/// What an operation is, with the derivative that was asked for.
pub struct Definition {
    slot: usize,
    /// What a composite stands for.
    value: Option<Expr>,
    partial: Partial,
}

impl Definition {
    /// No composite, and nothing goes back.
    fn of(slot: usize) -> Self {
        Self {
            slot,
            value: None,
            partial: Linear::Zero.into(),
        }
    }

    /// Stands for a formula.
    fn value(self, value: Expr) -> Self {
        Self {
            value: Some(value),
            ..self
        }
    }

    /// The derivative with respect to the only operand.
    fn partial(self, partial: impl Into<Partial>) -> Self {
        self.each(|_| partial.into())
    }

    /// The derivatives with respect to the operands, in order.
    fn partials<const N: usize>(self, partials: [impl Into<Partial>; N]) -> Self {
        match partials.into_iter().nth(self.slot) {
            Some(partial) => self.partial(partial),
            None => self,
        }
    }

    /// The derivative with respect to any operand.
    fn each<P: Into<Partial>>(self, partial: impl FnOnce(usize) -> P) -> Self {
        let partial = partial(self.slot).into();
        Self { partial, ..self }
    }
}

/// Whether no gradient goes to the results of an operation: masks and what is
/// held constant. Nothing is emitted on the way to them.
pub fn stops(op: Op) -> bool {
    matches!(
        op,
        Op::Compare(_) | Op::Detach | Op::OneHot | Op::Step | Op::Tie | Op::Winner(..)
    )
}

/// What a composite of some operands stands for; none if the operation is no composite.
pub fn value(graph: &Graph, op: Op, operands: &[NodeId]) -> Option<Expr> {
    let at = At {
        graph,
        op,
        operands,
        gate: None,
        slot: 0,
    };
    table::define(&at).value
}

/// What an elementwise composite stands for, whatever its operands are.
pub fn stands_for(op: Op) -> Option<Expr> {
    let elementwise = op.info().form == Form::Elementwise && op.is_composite();
    elementwise.then(|| value(&Graph::default(), op, &[]))?
}

/// Where an operand of a concatenation lies in the result.
fn part(graph: &Graph, operands: &[NodeId], slot: usize, axis: usize) -> Vec<Cut> {
    let before = operands.iter().take(slot);
    let start = before.map(|&x| graph.shape(x)[axis]).sum();
    let own = operands.get(slot).map_or(&[][..], |&x| graph.shape(x));
    let cuts = own.iter().enumerate();
    cuts.map(|(i, &size)| Cut::run(if i == axis { start } else { 0 }, size))
        .collect()
}

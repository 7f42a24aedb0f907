//! Names, values and gradients as mathematics, as far as they are computed.

use super::math::{self, As, Math, op, partial, row, text};
use super::{Lesson, Now};
use crate::graph::NodeId;
use crate::modes::Locals;
use crate::scene::Kind;

/// Longest vector that is written out, and most rows and columns of a matrix.
const WRITTEN_OUT: usize = 4;

/// The last step of all: everything is computed.
pub const END: usize = usize::MAX;

/// Numbers at a place of the arena: a number, a short vector, or a shape.
pub fn numbers(arena: &[f64], at: usize, shape: &[usize], role: As) -> Math {
    let count: usize = shape.iter().product();
    match (shape.len(), arena.get(at..at + count)) {
        (0, Some(&[value])) => math::num(value, role),
        (1, Some(values)) if count <= WRITTEN_OUT => vector(values, role),
        _ => shaped(shape),
    }
}

/// What a step computes: [`numbers`], and a small matrix written out as well.
pub fn result(arena: &[f64], at: usize, shape: &[usize], role: As) -> Math {
    let &[rows, columns] = shape else {
        return numbers(arena, at, shape, role);
    };
    let small = (1..=WRITTEN_OUT).contains(&rows) && (1..=WRITTEN_OUT).contains(&columns);
    match arena.get(at..at + rows * columns) {
        Some(values) if small => matrix(values, columns, role),
        _ => shaped(shape),
    }
}

/// A matrix, written out row by row.
pub fn matrix(values: &[f64], columns: usize, role: As) -> Math {
    let cells = |row: &[f64]| row.iter().map(|&value| math::num(value, role)).collect();
    let table = values.chunks(columns.max(1)).map(cells).collect();
    math::fence("[", Math::Table { table }, "]")
}

/// A vector, written out.
pub fn vector(values: &[f64], role: As) -> Math {
    let values = values.iter().map(|&value| math::num(value, role));
    math::fence("[", row(math::joined(values, &op(","))), "]")
}

/// A shape in place of the numbers.
pub fn shaped(shape: &[usize]) -> Math {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    text(format!("({})", sizes.join("×")))
}

/// What lies at a place of the arena, once it is computed.
fn known(
    now: Now<'_>,
    is: bool,
    (at, shape): (usize, &[usize]),
    role: As,
    write: fn(&[f64], usize, &[usize], As) -> Math,
) -> Math {
    if is {
        write(now.arena, at, shape, role)
    } else {
        math::blank(role)
    }
}

impl Lesson {
    /// Whether a value is a number.
    pub(super) fn is_scalar(now: Now<'_>, place: usize) -> bool {
        now.scene.nodes[place].shape.is_empty()
    }

    /// A node's value at a step.
    pub(super) fn value(now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        let at = (node.value, &node.shape[..]);
        known(now, node.forward <= step, at, As::Value, numbers)
    }

    /// The value of a gate's operand at a step; a number that stands in the gate is
    /// always there.
    pub(super) fn operand_value(&self, now: Now<'_>, operand: NodeId, step: usize) -> Math {
        let graph = &now.model.program.graph;
        if let Some((from, at)) = self.names.carried(operand) {
            if now.scene.nodes[from].forward > step {
                return math::blank(As::Value);
            }
            let offset = now.model.plan.offset(at);
            return numbers(now.arena, offset, graph.shape(at), As::Value);
        }
        match self.names.place(graph, operand) {
            Some(place) => Self::value(now, place, step),
            None => self.names.operand(graph, operand),
        }
    }

    /// A node's gradient at a step.
    pub(super) fn gradient(now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        let at = (node.gradient, &node.shape[..]);
        known(now, node.backward <= step, at, As::Gradient, numbers)
    }

    /// What a step computes of a node's value.
    pub(super) fn value_result(now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        let at = (node.value, &node.shape[..]);
        known(now, node.forward <= step, at, As::Value, result)
    }

    /// What a step computes of a node's gradient.
    pub(super) fn gradient_result(now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        let at = (node.gradient, &node.shape[..]);
        known(now, node.backward <= step, at, As::Gradient, result)
    }

    /// What a step computes of the part of a gradient that flows back along a wire.
    pub(super) fn share_result(now: Now<'_>, wire: usize, step: usize) -> Math {
        let wire = &now.scene.wires[wire];
        let at = (wire.gradient, &wire.shape[..]);
        known(now, wire.backward <= step, at, As::Gradient, result)
    }

    /// The part of a gradient that flows back along a wire at a step.
    pub(super) fn share(now: Now<'_>, wire: usize, step: usize) -> Math {
        let wire = &now.scene.wires[wire];
        let at = (wire.gradient, &wire.shape[..]);
        known(now, wire.backward <= step, at, As::Gradient, numbers)
    }

    /// Whether a gradient flows back along a wire.
    pub(super) fn flows(now: Now<'_>, wire: usize) -> bool {
        now.scene.wires[wire].gradient != now.model.plan.zeros()
    }

    /// Whether the output's gradient is 1, so that gradients are of the output itself.
    pub(super) fn is_base(now: Now<'_>) -> bool {
        Self::is_scalar(now, now.scene.output) && now.arena[now.scene.upstream] == 1.0
    }

    /// What is differentiated: the output, or a loss behind it where the
    /// upstream gradient is another.
    pub(super) fn root(&self, now: Now<'_>) -> Math {
        if Self::is_base(now) {
            self.names.of(now.scene.output).clone()
        } else {
            self.names.beyond().clone()
        }
    }

    /// The gradient's symbol: ∂f/∂x.
    pub(super) fn symbol(&self, now: Now<'_>, place: usize) -> Math {
        partial(&self.root(now), self.names.of(place))
    }

    /// The gradient's symbol of the value that a wire carries.
    pub(super) fn symbol_along(&self, now: Now<'_>, wire: usize) -> Math {
        partial(&self.root(now), self.names.of_wire(now.scene, wire))
    }

    /// Takes the local derivatives at this moment.
    pub(super) fn look(&mut self, now: Now<'_>) {
        match &mut self.locals {
            Some(locals) => locals.load(now.model, now.arena),
            none => {
                let mut locals = Locals::new(now.model, now.arena);
                locals.load(now.model, now.arena);
                *none = Some(locals);
            }
        }
    }

    /// The local derivative along a wire between numbers, as last looked at.
    pub(super) fn local(&self, now: Now<'_>, wire: usize) -> Option<f64> {
        let wire = &now.scene.wires[wire];
        let to = wire.to?;
        if !wire.shape.is_empty() || !Self::is_scalar(now, to) {
            return None;
        }
        match now.scene.nodes[to].kind {
            Kind::Copy => return Some(1.0),
            Kind::Box => return None,
            _ => {}
        }
        let gate = now.scene.gate(now.model, to);
        let graph = &now.model.program.graph;
        self.locals.as_ref()?.of(graph, gate, wire.operand)
    }
}

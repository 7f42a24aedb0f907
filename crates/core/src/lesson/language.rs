//! Formulas as the language writes them, which is how the tests evaluate them.

use super::derivative::rule;
use super::formula;
use crate::graph::{Graph, NodeId};
use crate::shape::{Axes, Display, kept};

/// The gradient with respect to an operand as the language writes it, in the
/// names of the operands, of the gate's value and of the upstream gradient; none
/// if the language has no words for it.
pub fn gradient_in_python(
    graph: &Graph,
    gate: NodeId,
    slot: usize,
    operands: &[&str],
    [value, upstream]: [&str; 2],
) -> Option<String> {
    let names: Vec<&str> = operands.iter().copied().chain([value, upstream]).collect();
    let gradient = rule(graph, gate, slot).gradient();
    gradient.python(&names, &along(graph, gate))
}

/// What a gate computes as the language writes it, in the names of its operands;
/// none if the language has no words for it.
pub fn value_in_python(graph: &Graph, gate: NodeId, operands: &[&str]) -> Option<String> {
    let names: Vec<&str> = operands.iter().copied().chain(["", ""]).collect();
    formula::value(graph, gate)?.python(&names, &along(graph, gate))
}

/// A result over axes reshaped to lie along an operand.
fn along(graph: &Graph, gate: NodeId) -> impl Fn(&str, usize, Axes) -> String {
    move |text, slot, axes| {
        let shape = graph.shape(graph.operand(gate, slot));
        format!("reshape({text}, {})", Display(&kept(shape, axes)))
    }
}

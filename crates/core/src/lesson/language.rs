//! Formulas as the language writes them, which is how the tests evaluate them.

use super::formula::Write;
use crate::definition::rule::{formula, rule};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{Axes, Cut, Display, kept};

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
    let all = || operands.join(", ");
    let x = operands.first().copied().unwrap_or_default();
    let of_shapes = match graph.node(gate).op {
        Op::Reshape => format!("reshape({x}, {})", Display(graph.shape(gate))),
        Op::Permute(order) => {
            let order = graph.shapes.permutation(order, graph.shape(gate).len());
            format!("transpose({x}, {})", Display(&order))
        }
        Op::Slice(cuts) => {
            let cuts = graph.shapes.cuts(cuts).iter().map(|&cut| range(cut));
            format!("{x}[{}]", cuts.collect::<Vec<_>>().join(", "))
        }
        Op::Take(axis) => {
            let indices = operands.get(1..).unwrap_or_default().join(", ");
            format!("{x}[{}{indices}]", ":, ".repeat(axis.into()))
        }
        // Other gates would be made of these words.
        Op::NormalCdf | Op::PowLog => return None,
        Op::Concat(axis) => format!("concatenate([{}], axis={axis})", all()),
        _ => {
            let names: Vec<&str> = operands.iter().copied().chain(["", ""]).collect();
            return formula(graph, gate)?.python(&names, &along(graph, gate));
        }
    };
    Some(of_shapes)
}

/// A cut as Python writes it.
fn range(cut: Cut) -> String {
    let Cut { start, step, count } = cut;
    let end = start as isize + step * count as isize;
    match (usize::try_from(end), step) {
        (Ok(end), 1) => format!("{start}:{end}"),
        (Ok(end), step) => format!("{start}:{end}:{step}"),
        // Python counts an end below 0 from the back.
        (Err(_), step) => format!("{start}::{step}"),
    }
}

/// A result over axes reshaped to lie along an operand.
fn along(graph: &Graph, gate: NodeId) -> impl Fn(&str, usize, Axes) -> String {
    move |text, slot, axes| {
        let shape = graph.shape(graph.operand(gate, slot));
        format!("reshape({text}, {})", Display(&kept(shape, axes)))
    }
}

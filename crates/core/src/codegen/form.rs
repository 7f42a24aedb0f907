//! From a graph to text: a gate as the language or as mathematics writes it.

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{Cut, Display};

/// A gate as the language writes it, its operands given as names or other atoms;
/// none for what only derivatives have and the language has no words for.
pub fn python(graph: &Graph, gate: NodeId, operands: &[&str]) -> Option<String> {
    let form = graph.node(gate).op.info().python;
    (!form.is_empty()).then(|| fill(form, graph, gate, operands))
}

/// A gate as mathematics writes it, in LaTeX, its operands given as LaTeX atoms;
/// none for inputs and constants.
pub fn latex(graph: &Graph, gate: NodeId, operands: &[&str]) -> Option<String> {
    let form = graph.node(gate).op.info().latex;
    (!form.is_empty()).then(|| fill(form, graph, gate, operands))
}

/// Puts operands and what else there is to say of a gate into a form of the
/// table: see [`crate::op::Info::python`].
fn fill(form: &str, graph: &Graph, gate: NodeId, operands: &[&str]) -> String {
    // All operands, joined by what stands between the marks.
    if let Some((before, rest)) = form.split_once("#*")
        && let Some((between, after)) = rest.split_once("*#")
    {
        let ends = [before, after].map(|end| fill(end, graph, gate, &[]));
        return [&ends[0], operands.join(between).as_str(), &ends[1]].concat();
    }
    let mut text = String::new();
    for (i, piece) in form.split('#').enumerate() {
        if i == 0 {
            text.push_str(piece);
            continue;
        }
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let mark = piece.strip_suffix(rest).unwrap_or_default();
        match mark.parse::<usize>() {
            Ok(slot) => text.push_str(operands.get(slot).copied().unwrap_or_default()),
            Err(_) => text.push_str(&said(mark, graph, gate)),
        }
        text.push_str(rest);
    }
    text
}

/// What a mark of a form stands for at a gate.
fn said(mark: &str, graph: &Graph, gate: NodeId) -> String {
    let node = graph.node(gate);
    let shape = graph.shape(gate);
    match (mark, node.op) {
        ("shape", _) => Display(shape).to_string(),
        ("axes", Op::Concat(axis)) => axis.to_string(),
        ("axes", Op::Permute(order)) => Display(graph.shapes.get(order)).to_string(),
        ("axes", Op::Transpose) => {
            let mut order: Vec<usize> = (0..shape.len()).collect();
            order.swap(shape.len() - 1, shape.len() - 2);
            Display(&order).to_string()
        }
        ("axes", op) => {
            let axes: Vec<usize> = op.axes().unwrap_or_default().iter().collect();
            match axes.as_slice() {
                [axis] => axis.to_string(),
                axes => Display(axes).to_string(),
            }
        }
        ("cuts", Op::Slice(cuts) | Op::Scatter(cuts)) => {
            let cuts = graph.shapes.cuts(cuts).iter().map(|&cut| range(cut));
            cuts.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
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

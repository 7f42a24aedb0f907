//! What broadcasting, reductions and indexing do to axes: forward, and backward the
//! adjoint of it.

use super::card::{line, section};
use super::math::text;
use super::show::shaped;
use super::{About, Lesson, Line, Now, Section};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::scene::Kind;
use crate::shape::{Axes, Cut};
use crate::view::way;

impl Lesson {
    /// What becomes of the axes along some wires, and within the gate that they enter.
    pub(super) fn axes(
        &self,
        now: Now<'_>,
        wires: &[usize],
        gate: Option<usize>,
    ) -> Option<Section> {
        let graph = &now.model.program.graph;
        let mut lines: Vec<Line> = Vec::new();
        for &wire in wires {
            let at = &now.scene.wires[wire];
            let Some(to) = at.to.filter(|&to| now.scene.nodes[to].kind == Kind::Gate) else {
                continue;
            };
            let carried = now.scene.outline().threads[wire].node;
            let gates = way(graph, now.scene.gate(now.model, to), at.operand, carried);
            for said in gates
                .iter()
                .rev()
                .filter_map(|&gate| said(graph, gate, [&at.shape, graph.shape(gate)]))
            {
                let mut words = said;
                if wires.len() > 1 {
                    let name = self.names.of_wire(now.scene, wire).plain();
                    words = format!("{name}: {words}");
                }
                lines.push(line(text(words), vec![at.from, to], vec![wire]));
            }
        }
        if let Some(place) = gate.filter(|&place| now.scene.nodes[place].kind == Kind::Gate) {
            let gate = now.scene.gate(now.model, place);
            let operand = (graph.arity(gate) > 0).then(|| graph.operand(gate, 0));
            let said = operand
                .and_then(|x| said(graph, gate, [graph.shape(x), &now.scene.nodes[place].shape]));
            lines.extend(said.map(|said| line(text(said), vec![place], self.into[place].clone())));
        }
        section(About::Axes, "Axes: forward and backward", lines)
    }
}

/// What a gate does to the axes of its operand, if it is about axes: from a shape to a
/// shape, as they are drawn.
fn said(graph: &Graph, gate: NodeId, [from, drawn]: [&[usize]; 2]) -> Option<String> {
    let op = graph.node(gate).op;
    let to = graph.shape(gate);
    let [a, b] = [from, drawn].map(|shape| match shape {
        [] => "a number".to_owned(),
        shape => shaped(shape).plain(),
    });
    Some(match op {
        Op::Broadcast(axes) => {
            let copied = axes.iter();
            let copied: Vec<String> = copied
                .map(|axis| format!("axis {axis} copied {} times", to[axis]))
                .collect();
            let over = axes_said(axes);
            format!(
                "{a} → {b}: {}; backward: sum over {over}: {b} → {a}",
                copied.join(", ")
            )
        }
        Op::Sum(axes)
        | Op::Mean(axes)
        | Op::Prod(axes)
        | Op::Max(axes)
        | Op::Min(axes)
        | Op::Var(axes)
        | Op::Std(axes)
        | Op::Norm(axes)
        | Op::LogSumExp(axes)
            if !axes.is_empty() =>
        {
            let (name, along) = (op.info().name, axes_said(axes));
            let count: usize = axes.iter().map(|axis| from[axis]).product();
            let back = match op {
                Op::Sum(_) => format!("spread along {along}"),
                Op::Mean(_) => format!("spread along {along}, divided by {count}"),
                Op::Max(_) => format!("to the greatest along {along}, 0 to the others"),
                Op::Min(_) => format!("to the least along {along}, 0 to the others"),
                _ => format!("spread along {along}, times each element's local derivative"),
            };
            format!("{name} over {along}: {a} → {b}; backward: {back}: {b} → {a}")
        }
        Op::Take(axis) => format!(
            "picks by index along axis {axis}: {a} → {b}; backward: added into zeros at the \
             indices: {b} → {a}"
        ),
        Op::CumSum(axis, back) => {
            let sides = ["up to each place", "from each place on"];
            let [own, other] = if back { [sides[1], sides[0]] } else { sides };
            format!("sums {own} along axis {axis}; backward: sums {other}")
        }
        Op::Slice(cuts) => {
            let cuts = graph.shapes.cuts(cuts);
            let picked = picked(cuts, from);
            format!("picks {picked}: {a} → {b}; backward: scattered into zeros: {b} → {a}")
        }
        Op::Scatter(cuts) => {
            let cuts = graph.shapes.cuts(cuts);
            let picked = picked(cuts, to);
            format!("put at {picked} of zeros: {a} → {b}; backward: these are picked: {b} → {a}")
        }
        _ => return None,
    })
}

/// `rows 1…3, column 0`
fn picked(cuts: &[Cut], shape: &[usize]) -> String {
    let rank = cuts.len();
    let axes = cuts.iter().zip(shape).enumerate();
    let some = axes.filter(|&(_, (cut, &size))| *cut != Cut::whole(size));
    let each = some.map(|(axis, (cut, _))| {
        let what = match (rank, axis) {
            (1, _) => "element".to_owned(),
            (2, 0) => "row".to_owned(),
            (2, _) => "column".to_owned(),
            (_, axis) => format!("axis {axis}: place"),
        };
        let last = cut.place(cut.count.saturating_sub(1));
        let first = cut.start;
        match (cut.count, cut.step) {
            (0, _) => format!("no {what}"),
            (1, _) => format!("{what} {first}"),
            (_, 1) => format!("{what}s {first}…{last}"),
            (_, -1) => format!("{what}s {first}…{last}, backwards"),
            (_, step) => format!("{what}s {first}…{last} in steps of {step}").replace('-', "−"),
        }
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        "all".to_owned()
    } else {
        each.join(", ")
    }
}

/// `axis 1`, `axes 0 and 2`
pub fn axes_said(axes: Axes) -> String {
    let all: Vec<String> = axes.iter().map(|axis| axis.to_string()).collect();
    match all.as_slice() {
        [] => "no axis".to_owned(),
        [only] => format!("axis {only}"),
        [first @ .., last] => format!("axes {} and {last}", first.join(", ")),
    }
}

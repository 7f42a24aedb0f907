//! What to know where a gate stands: conventions at kinks and ties.

use super::card::{section, words};
use super::{About, Lesson, Line, Now, Section};
use crate::definition::clip::{Bound, bounds};
use crate::graph::NodeId;
use crate::modes::Run;
use crate::modes::matrix::reduced;
use crate::op::Op;
use crate::scene::Kind;

impl Lesson {
    /// Conventions where a gate stands, then what is wrong there.
    pub(super) fn notes(&self, now: Now<'_>, node: usize, step: usize) -> Option<Section> {
        let shown = &now.scene.nodes[node];
        let mut lines: Vec<Line> = Vec::new();
        if shown.forward <= step {
            if shown.kind == Kind::Gate {
                let gate = now.scene.gate(now.model, node);
                let said = conventions(now, gate).into_iter();
                lines.extend(said.map(|said| words(said, vec![node])));
            }
            lines.extend(self.value_flags(now, node));
        }
        if shown.backward <= step {
            lines.extend(self.gradient_flags(now, node));
        }
        section(About::Notes, "Note", lines)
    }
}

/// How many of how many, in words; of a single number nothing is counted.
pub fn counted(some: usize, all: usize) -> String {
    match (some, all) {
        (_, 1) => String::new(),
        (some, all) if some == all => format!(" (all {all} elements)"),
        (some, all) => format!(" ({some} of {all} elements)"),
    }
}

/// What derivative is taken where a gate has none, or several.
fn conventions(now: Now<'_>, gate: NodeId) -> Vec<String> {
    let run = Run::of(now.model, now.arena);
    let graph = run.graph;
    let x = |slot: usize| run.value(graph.operand(gate, slot));
    let y = run.value(gate);
    let at = |slot: usize, holds: &dyn Fn(f64) -> bool| {
        let values = x(slot);
        (values.iter().filter(|&&v| holds(v)).count(), values.len())
    };
    let zero = |v: f64| v == 0.0;
    let said = |(some, all): (usize, usize), words: &str| {
        (some > 0).then(|| format!("{words}{}", counted(some, all)))
    };
    let found = match graph.node(gate).op {
        Op::Relu => [
            said(at(0, &zero), "At 0 relu has a kink: relu′(0) = 0 here"),
            None,
        ],
        Op::LeakyRelu => [
            said(
                at(0, &zero),
                "At 0 leaky relu has a kink: the slope below 0 counts",
            ),
            None,
        ],
        Op::Abs => [
            said(
                at(0, &zero),
                "At 0 the absolute value has a kink: its derivative is 0 here",
            ),
            None,
        ],
        Op::Sign | Op::Step | Op::Compare(_) | Op::Tie | Op::Winner(..) => [
            Some("Flat between its jumps: the derivative is 0 and no gradient passes".to_owned()),
            None,
        ],
        Op::Maximum | Op::Minimum => {
            let ties = |i: usize| {
                (0..graph.arity(gate))
                    .filter(|&slot| x(slot)[i] == y[i])
                    .count()
            };
            let some = (0..y.len()).filter(|&i| ties(i) > 1).count();
            [
                said(
                    (some, y.len()),
                    "A tie: those that are equal share the gradient evenly",
                ),
                None,
            ]
        }
        Op::Max(axes) | Op::Min(axes) => {
            let mut ties = vec![0usize; y.len()];
            for (&v, place) in x(0)
                .iter()
                .zip(reduced(graph.shape(graph.operand(gate, 0)), axes))
            {
                ties[place] += usize::from(v == y[place]);
            }
            let some = ties.iter().filter(|&&count| count > 1).count();
            [
                said(
                    (some, y.len()),
                    "A tie: the elements that are equal share the gradient evenly",
                ),
                None,
            ]
        }
        Op::Clip => {
            let at = |kind: Bound| {
                let operands: Vec<NodeId> = graph.operands(gate).collect();
                let kinds = bounds(graph, &operands).into_iter().zip([x(1), x(2)]);
                let ends: Vec<&[f64]> = kinds.filter(|at| at.0 == kind).map(|at| at.1).collect();
                let tied = |&i: &usize| ends.iter().any(|end| end.get(i) == x(0).get(i));
                ((0..y.len()).filter(tied).count(), y.len())
            };
            [
                said(
                    at(Bound::Number),
                    "At an end of clip that is a number: the derivative is 0 here",
                ),
                said(
                    at(Bound::Value),
                    "At an end of clip: value and bound share the gradient evenly",
                ),
            ]
        }
        Op::Sqrt => [
            said(
                at(0, &zero),
                "At 0 the root is infinitely steep: its derivative is ∞",
            ),
            None,
        ],
        Op::Log => [
            said(
                at(0, &zero),
                "At 0 the logarithm is −∞ and its derivative ∞",
            ),
            None,
        ],
        Op::Div => [
            said(at(1, &zero), "Division by 0: the derivative is not finite"),
            None,
        ],
        Op::Reciprocal => [
            said(at(0, &zero), "Division by 0: the derivative is not finite"),
            None,
        ],
        Op::Pow => [
            said(
                at(1, &zero),
                "x⁰ is 1 everywhere: its derivative by x is 0, at 0 as well",
            ),
            said(
                at(0, &zero),
                "At 0 the logarithm in the derivative by the exponent counts as 0",
            ),
        ],
        Op::Norm(_) | Op::Std(_) => {
            let some = y.iter().filter(|&&v| v == 0.0).count();
            [
                said(
                    (some, y.len()),
                    "At 0 this has a kink: its derivative is 0 here",
                ),
                None,
            ]
        }
        Op::Detach => [Some("Held constant: no gradient passes".to_owned()), None],
        Op::Where => [Some("The condition gets no gradient".to_owned()), None],
        Op::BceLoss => {
            let ends = |v: f64| v == 0.0 || v == 1.0;
            [
                said(at(0, &ends), "At 0 and 1 the logarithm is held at −100"),
                None,
            ]
        }
        _ => [None, None],
    };
    // Of a power the second is about the exponent.
    let moves = graph.node(gate).op != Op::Pow || {
        let edge = graph.operand_edge(gate, 1);
        now.model.gradient.along(edge).is_some()
    };
    let [first, second] = found;
    first.into_iter().chain(second.filter(|_| moves)).collect()
}

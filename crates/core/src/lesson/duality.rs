//! Both modes side by side: the same number at either end, and what each mode takes.

use super::card::line;
use super::formula::{product, sum};
use super::indexed::element_names;
use super::math::{self, As, Math, dot, fence, joined, op, partial, row, text};
use super::{Lesson, Line, Now};
use serde::Serialize;

/// Most inputs whose terms are written out.
const TERMS: usize = 6;
/// Most rows and most columns of a Jacobian that passes fill.
pub const MOST: usize = 64;
/// How far apart both ends may be: rounding, beside the size of what is summed.
const ROUNDING: f64 = 1e-9;

/// ⟨upstream, tangent⟩ at the output and ⟨gradient, tangent⟩ over the inputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identity {
    /// One line for the output, one for the inputs.
    pub lines: Vec<Line>,
    /// The upstream gradient times the output's tangent.
    pub left: f64,
    /// The sum over the inputs of gradient times tangent.
    pub right: f64,
    /// Whether both are the same but for rounding.
    pub holds: bool,
}

/// How many passes each mode needs for all derivatives of the output by the inputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passes {
    /// Numbers of all inputs: passes of forward mode.
    pub forward: usize,
    /// Numbers of the output: passes of reverse mode.
    pub reverse: usize,
    /// Both, in a sentence.
    pub text: String,
    /// What the rows of the Jacobian are: the output's numbers. Empty if it is too large.
    pub rows: Vec<String>,
    /// What its columns are: the inputs' numbers.
    pub columns: Vec<String>,
    /// Why it is not filled.
    pub too_large: Option<String>,
}

impl Lesson {
    /// The dot product of cotangents and tangents at both ends; none unless there are both
    /// passes.
    pub fn identity(&self, now: Now<'_>) -> Option<Identity> {
        let (model, scene) = (now.model, now.scene);
        if !scene.mode.has_gradients() || scene.nodes.is_empty() {
            return None;
        }
        let output = model.program.output;
        let inner = |a: usize, b: usize, count: usize| {
            let of = |at: usize| now.arena.get(at..at + count).unwrap_or_default();
            let terms = of(a).iter().zip(of(b)).map(|(a, b)| a * b);
            terms.fold((0.0, 0.0), |(sum, size), term: f64| {
                (sum + term, size + term.abs())
            })
        };
        let upstream = (scene.upstream, model.tangent_of(output)?);
        let (left, size) = inner(upstream.0, upstream.1, model.elements(output));
        let inputs = model.program.inputs.iter().zip(model.seeds());
        let parts = inputs.map(|(input, &seed)| {
            let ends = (model.gradient_of(input.node), model.plan.offset(seed));
            (
                input,
                ends,
                inner(ends.0, ends.1, model.elements(input.node)),
            )
        });
        let parts: Vec<_> = parts.collect();
        let (right, sizes) = parts.iter().fold((0.0, size), |(sum, size), part| {
            (sum + part.2.0, size + part.2.1)
        });
        let same = left == right || (left.is_nan() && right.is_nan());
        let holds = same || (left - right).abs() <= ROUNDING * sizes;

        let root = self.root(now);
        let graph = &model.program.graph;
        let at = |node, name: &Math, ends: (usize, usize), value: f64| {
            let (gradient, tangent) = (partial(&root, name), dot(name));
            if !graph.shape(node).is_empty() {
                let pair = row(vec![gradient, op(","), tangent]);
                return (fence("⟨", pair, "⟩"), math::num(value, As::Plain));
            }
            let number =
                |at: usize, role| math::num(now.arena.get(at).copied().unwrap_or(0.0), role);
            let factors = [number(ends.0, As::Gradient), number(ends.1, As::Tangent)];
            let symbols = row(vec![gradient, op("·"), tangent]);
            (symbols, product(factors.into_iter(), "×"))
        };
        let told = |where_: &str, terms: Vec<(Math, Math)>, more: usize, value: f64| {
            let (mut symbols, mut numbers): (Vec<Math>, Vec<Math>) = terms.into_iter().unzip();
            if more > 0 {
                symbols.push(op("…"));
                numbers.push(op("…"));
            }
            let mut pieces = vec![sum(symbols.into_iter()), sum(numbers.into_iter())];
            pieces.push(math::num(value, As::Plain));
            pieces.dedup_by_key(|piece| piece.plain());
            let all = joined(pieces, &op("="));
            row([vec![text(format!("{where_}:"))], all].concat())
        };
        let name = self.names.of(scene.output);
        let out = vec![at(output, name, upstream, left)];
        let shown = parts.iter().take(TERMS).map(|(input, ends, (value, _))| {
            let place = self.names.place(graph, input.node);
            let name =
                place.map_or_else(|| math::name(&input.name), |at| self.names.of(at).clone());
            at(input.node, &name, *ends, *value)
        });
        let shown: Vec<_> = shown.collect();
        let more = parts.len() - shown.len();
        let ends: Vec<usize> = scene.inputs.iter().map(|input| input.node).collect();
        Some(Identity {
            lines: vec![
                line(
                    told("at the output", out, 0, left),
                    vec![scene.output],
                    vec![],
                ),
                line(told("at the inputs", shown, more, right), ends, vec![]),
            ],
            left,
            right,
            holds,
        })
    }

    /// How many passes each mode needs for the Jacobian of the output by all inputs.
    pub fn passes(&self, now: Now<'_>) -> Passes {
        let model = now.model;
        let inputs = model.program.inputs.iter();
        let columns = inputs.clone().map(|input| model.elements(input.node));
        let forward = columns.fold(0, usize::saturating_add);
        let output = model.program.output;
        let reverse = model.elements(output);
        let many = |count: usize, of: &str| match count {
            1 => format!("1 {of}"),
            count => format!("{count} {of}s"),
        };
        let passes = |count: usize, mode: &str| match count {
            1 => format!("1 {mode} pass"),
            count => format!("{count} {mode} passes"),
        };
        let text = format!(
            "{}, {}: all derivatives take {}, a column of the Jacobian each, or {}, a row each.",
            many(forward, "input number"),
            many(reverse, "output number"),
            passes(forward, "forward"),
            passes(reverse, "reverse"),
        );
        let large = forward > MOST || reverse > MOST;
        let graph = &model.program.graph;
        let named = |name: &str, node| {
            let id = name.to_owned();
            element_names(&Math::Id { id }, graph.shape(node))
        };
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        if !large {
            let name = model.program.output_name.as_deref().unwrap_or("f");
            rows = named(name, output);
            columns = inputs
                .flat_map(|input| named(&input.name, input.node))
                .collect();
        }
        Passes {
            forward,
            reverse,
            text,
            rows,
            columns,
            too_large: large.then(|| {
                format!(
                    "The Jacobian is {reverse} × {forward}; up to {MOST} × {MOST} it is filled here."
                )
            }),
        }
    }
}

//! Gradients beside differences.
//!
//! Right is a gradient that the slope of the function confirms (`slope`), as far
//! as rounding lets it (`rounding`): neither the size of the output nor that of
//! the gradient says how exact a difference is, for both may be what is left of
//! terms that cancelled. So the values are shaken by their last places, and what
//! this does to the function and to the gradient is the room both have. That is
//! done where the difference alone does not confirm the gradient.
//!
//! An output of several elements may be one whose sum does not change, and whose
//! gradient for an upstream gradient of ones is 0, right or wrong. So the gradient
//! is compared for random upstream gradients too.

mod function;
mod random;
mod rounding;
mod slope;
mod touch;

use super::name::input_name;
use crate::graph::NodeId;
use crate::model::Model;
use crate::op::Op;
pub(crate) use function::{Function, Source};
use random::Random;
pub use slope::TOLERANCE;

/// Most operations of all runs together: beyond that, some elements only
/// are looked at, evenly spread.
const WORK: f64 = 2e8;
/// Runs that one element takes, typically.
pub(super) const RUNS: f64 = 30.0;

/// What is found of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both are the same within the tolerance.
    Agrees,
    /// They are not.
    Differs,
    /// The slopes to the left and to the right differ, or a gate is where its
    /// derivative is a choice: the gradient is one of several.
    Kink,
    /// The value jumps there: it has no derivative, whatever the gradient is.
    Jump,
    /// The gradient, the output or the output beside it is not a finite number.
    NotFinite,
    /// Rounding hides the difference, or no step is short enough.
    Uncertain,
}

/// One element of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// Its place, row-major.
    pub index: usize,
    /// Its gradient.
    pub gradient: f64,
    /// The difference; NaN if there is none.
    pub difference: f64,
    /// The slopes to the left and to the right over the step that tells most of them.
    pub slopes: [f64; 2],
    /// What is found.
    pub verdict: Verdict,
    /// Whether all that is for a random upstream gradient, by which the gradient
    /// was found wrong.
    pub other_upstream: bool,
}

impl Element {
    /// The same for a multiple of the upstream gradient, of which the gradient is
    /// claimed to be another number.
    fn times(self, by: f64, gradient: f64) -> Self {
        let expected = by * self.gradient;
        let room = TOLERANCE * expected.abs() + f64::MIN_POSITIVE;
        let same = (gradient - expected).abs() <= room;
        Self {
            gradient,
            difference: by * self.difference,
            slopes: self.slopes.map(|slope| by * slope),
            verdict: if same || !expected.is_finite() {
                self.verdict
            } else {
                Verdict::Differs
            },
            ..self
        }
    }
}

/// An input's gradient beside differences.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Its name; `x#1` if `x` is bound again later.
    pub name: String,
    /// Its node.
    pub node: NodeId,
    /// Its elements, or some of very many.
    pub elements: Vec<Element>,
}

impl Checked {
    /// Whether no element differs.
    pub fn agrees(&self) -> bool {
        self.elements
            .iter()
            .all(|element| element.verdict != Verdict::Differs)
    }
}

/// Compares the gradient of every input with differences, at the values of a run
/// and for its upstream gradient. What the program detaches is held constant.
pub fn check(model: &Model, ran: &[f64]) -> Vec<Checked> {
    let held = |node| model.program.graph.node(node).op == Op::Detach;
    let source = |ran| Source {
        model,
        ran,
        held: &held,
    };
    let (by, other) = other_upstream(model, ran);
    let mut function = Function::new(source(ran));
    let mut again = by.is_none().then(|| Function::new(source(&other)));
    let inputs = &model.program.inputs;
    let work = function.work() as f64 * inputs.len() as f64;
    let each = (WORK / (RUNS * work)) as usize;
    let inputs = inputs.iter().map(|input| {
        let total = model.elements(input.node);
        let count = total.min(each.max(1));
        let at = model.gradient_of(input.node);
        let elements = (0..count).map(|i| {
            // i · total / count, without overflow.
            let index = (i as u128 * total as u128 / count as u128) as usize;
            let found = function.compare(source(ran), input.node, index, ran[at + index]);
            if !matches!(found.verdict, Verdict::Agrees | Verdict::Uncertain) {
                return found;
            }
            let gradient = other[at + index];
            let other = match &mut again {
                Some(again) => again.compare(source(&other), input.node, index, gradient),
                None => found.times(by.unwrap_or(1.0), gradient),
            };
            if other.verdict == Verdict::Differs {
                Element {
                    other_upstream: true,
                    ..other
                }
            } else {
                found
            }
        });
        Checked {
            elements: elements.collect(),
            name: input_name(&model.program, &input.name, input.node),
            node: input.node,
        }
    });
    inputs.collect()
}

/// A run for another upstream gradient: a random one, or of a number a multiple, of
/// which the gradients must be multiples too.
fn other_upstream(model: &Model, ran: &[f64]) -> (Option<f64>, Vec<f64>) {
    let count = model.elements(model.program.output);
    let mut other = ran.to_vec();
    let weights = &mut other[model.upstream()..][..count];
    let mut random = Random(1);
    // A power of two, by which nothing is rounded.
    let by = (count == 1).then_some(-2.0);
    for weight in weights {
        *weight *= by.unwrap_or_else(|| random.weight());
    }
    model.plan.run(&mut other);
    (by, other)
}

//! Gradients beside differences.
//!
//! The difference of an element is the central one of fourth order over steps
//! that halve; the best is where it changes least and rounding spoils it least.
//! Steps over which the slopes to the left and to the right do not approach each
//! other are left out: there is a kink or a jump within them.

use super::matrix::reduced;
use super::name::input_name;
use super::tape::{Part, Run, Tape};
use crate::graph::NodeId;
use crate::model::Model;
use crate::op::Op;

/// How far a gradient may be from the difference, relative to the larger of both,
/// and besides the difference's own error.
pub const TOLERANCE: f64 = 1e-6;
/// The difference's own error counts so many times.
const DOUBT: f64 = 10.0;
/// Largest step, in units of the value or of 1, and how often it halves.
const LARGEST: f64 = 1.0 / 16.0;
const HALVINGS: usize = 44;
/// Most operations of all runs together: beyond that, some elements only
/// are looked at, evenly spread.
const WORK: f64 = 2e8;
/// Runs that one element takes, typically.
const RUNS: f64 = 30.0;

/// What is found of one element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Both are the same within the tolerance.
    Agrees,
    /// They are not.
    Differs,
    /// The slopes to the left and to the right differ, or a gate is where its
    /// derivative is a choice: the gradient is one of several.
    Kink,
    /// The gradient, the output or the output beside it is not a finite number.
    NotFinite,
    /// Rounding hides the difference.
    Uncertain,
}

/// One element of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// Its place, row-major.
    pub index: usize,
    /// Its gradient.
    pub gradient: f64,
    /// The central difference; NaN if there is none.
    pub difference: f64,
    /// The slopes to the left and to the right over the last step.
    pub slopes: [f64; 2],
    /// What is found.
    pub verdict: Verdict,
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
    let mut function = Function::new(model, ran);
    let inputs = &model.program.inputs;
    let work = function.tape.work() as f64 * inputs.len() as f64;
    let each = (WORK / (RUNS * work)) as usize;
    let inputs = inputs.iter().map(|input| {
        let total = model.elements(input.node);
        let count = total.min(each.max(1));
        let gradients = &ran[model.gradient_of(input.node)..][..total];
        let elements = (0..count).map(|i| {
            // i · total / count, without overflow.
            let index = (i as u128 * total as u128 / count as u128) as usize;
            function.compare(input.node, index, gradients[index])
        });
        Checked {
            elements: elements.collect(),
            name: input_name(&model.program, &input.name, input.node),
            node: input.node,
        }
    });
    inputs.collect()
}

/// The number ⟨upstream, output⟩ as a function of the inputs.
struct Function {
    part: Part,
    tape: Tape,
    output: Option<NodeId>,
    upstream: Vec<f64>,
    value: f64,
    /// Pairs of elements that are equal where a gate's derivative is a choice;
    /// or one that is 0.
    touching: Vec<(Place, Option<Place>)>,
}

type Place = (NodeId, usize);

impl Function {
    fn new(model: &Model, ran: &[f64]) -> Self {
        let program = &model.program;
        let detached = |node| program.graph.node(node).op == Op::Detach;
        let mut part = Part::new(Run::of(model, ran), &[program.output], detached);
        let mut tape = Tape::new(std::mem::take(&mut part.graph));
        tape.run();
        let upstream = &ran[model.upstream()..][..model.elements(program.output)];
        let mut function = Self {
            output: part.place(program.output),
            upstream: upstream.to_vec(),
            value: 0.0,
            touching: touching(&tape),
            part,
            tape,
        };
        function.value = function.total();
        function
    }

    fn total(&self) -> f64 {
        let values = self.output.map_or(&[][..], |node| self.tape.value(node));
        let terms = values.iter().zip(&self.upstream);
        // What nothing arrives at is not asked for.
        terms
            .filter(|term| *term.1 != 0.0)
            .map(|(y, u)| y * u)
            .sum()
    }

    /// Replaces one element, runs, and gives what there was before.
    fn replace(&mut self, x: NodeId, index: usize, value: f64) -> f64 {
        let before = std::mem::replace(&mut self.tape.value_mut(x)[index], value);
        self.tape.run();
        before
    }

    /// The value with one element replaced.
    fn at(&mut self, x: NodeId, index: usize, value: f64) -> f64 {
        let before = self.replace(x, index, value);
        let total = self.total();
        self.tape.value_mut(x)[index] = before;
        total
    }

    fn compare(&mut self, input: NodeId, index: usize, gradient: f64) -> Element {
        let found = |difference, slopes, verdict| Element {
            index,
            gradient,
            difference,
            slopes,
            verdict,
        };
        let Some(x) = self.part.place(input) else {
            // Nothing leads from it to the output.
            let verdict = if gradient == 0.0 {
                Verdict::Agrees
            } else {
                Verdict::Differs
            };
            return found(0.0, [0.0; 2], verdict);
        };
        let at = self.tape.value(x)[index];
        let nan = f64::NAN;
        if ![at, gradient, self.value].iter().all(|v| v.is_finite()) {
            return found(nan, [nan; 2], Verdict::NotFinite);
        }
        let Differences {
            best,
            slopes,
            finite,
        } = self.differences(x, index, at);
        let [left, right] = slopes;
        if let Some((difference, error, size)) = best {
            let scale = gradient.abs().max(difference.abs());
            let apart = (gradient - difference).abs();
            let verdict = if apart > TOLERANCE * scale + DOUBT * error {
                self.differs(x, index, at)
            } else if DOUBT * error > 0.1 * scale && scale > 1e-8 * size {
                Verdict::Uncertain
            } else {
                Verdict::Agrees
            };
            return found(difference, slopes, verdict);
        }
        if !finite {
            return found(nan, slopes, Verdict::NotFinite);
        }
        let room = TOLERANCE * left.abs().max(right.abs());
        let between = gradient >= left.min(right) - room && gradient <= left.max(right) + room;
        let verdict = if between {
            Verdict::Kink
        } else {
            self.differs(x, index, at)
        };
        found(f64::midpoint(left, right), slopes, verdict)
    }

    /// What it means that a difference is another number than the gradient: that
    /// the element moves a gate whose derivative is a choice, that no step is
    /// small enough, or that the gradient is wrong.
    fn differs(&mut self, x: NodeId, index: usize, at: f64) -> Verdict {
        for step in [-1e-6, 1e-6] {
            self.replace(x, index, at + step * at.abs().max(1.0));
            let value = |(node, i): Place| self.tape.value(node)[i];
            // Where it stands, the gap is 0.
            let gap = |&(a, b): &(Place, Option<Place>)| value(a) - b.map_or(0.0, value);
            let moved = self.touching.iter().any(|pair| gap(pair) != 0.0);
            self.tape.value_mut(x)[index] = at;
            if moved {
                return Verdict::Kink;
            }
        }
        if at.abs() * f64::EPSILON > 1e-6 {
            return Verdict::Uncertain;
        }
        Verdict::Differs
    }

    fn differences(&mut self, x: NodeId, index: usize, at: f64) -> Differences {
        let mut found = Differences {
            best: None,
            slopes: [f64::NAN; 2],
            finite: false,
        };
        let mut h = LARGEST * at.abs().max(1.0);
        let mut outer = [-2.0, 2.0].map(|by| self.at(x, index, at + by * h));
        // The estimates before, and how far the slopes were apart.
        let (mut before, mut apart) = ([f64::NAN; 2], f64::INFINITY);
        for _ in 0..HALVINGS {
            // What the step is after rounding.
            let (low, high) = (at - h, at + h);
            let inner = [low, high].map(|moved| self.at(x, index, moved));
            let size = inner
                .iter()
                .chain(&outer)
                .fold(self.value.abs(), |m, v| m.max(v.abs()));
            let noise = 4.0 * f64::EPSILON * size / h;
            let [left, right] = [
                (self.value - inner[0]) / (at - low),
                (inner[1] - self.value) / (high - at),
            ];
            let central =
                (8.0 * (inner[1] - inner[0]) - (outer[1] - outer[0])) / (6.0 * (high - low));
            outer = inner;
            h /= 2.0;
            let steepest = left.abs().max(right.abs());
            if !central.is_finite() {
                continue;
            }
            if found.finite && noise > 1e-3 * steepest && noise > 1e-9 * size {
                break;
            }
            // Over shorter steps rounding spoils the slopes.
            if !found.finite || noise <= 1e-7 * steepest {
                found.slopes = [left, right];
            }
            found.finite = true;
            let now = (right - left).abs();
            let meets = now <= 0.8 * apart || now <= 4.0 * noise + 1e-9 * steepest;
            // At a jump both slopes are alike and grow without end.
            let moved = before
                .iter()
                .map(|b| (central - b).abs())
                .fold(0.0, f64::max);
            let error = moved + noise;
            // NaN until there are estimates before.
            let known = before.iter().all(|b| b.is_finite());
            let settles = moved <= 0.25 * steepest + 4.0 * noise;
            if meets && settles && known && found.best.is_none_or(|best| error < best.1) {
                found.best = Some((central, error, size));
                if error <= 1e-9 * central.abs() {
                    break;
                }
            }
            before = [central, before[0]];
            apart = now;
        }
        found
    }
}

struct Differences {
    /// The difference, its error, and the size of the values it comes from.
    best: Option<(f64, f64, f64)>,
    slopes: [f64; 2],
    /// Whether there was one.
    finite: bool,
}

/// Where the derivative of a gate is a choice at the values of a tape.
fn touching(tape: &Tape) -> Vec<(Place, Option<Place>)> {
    let graph = tape.last().graph;
    let mut found = Vec::new();
    for y in graph.nodes() {
        let operands: Vec<NodeId> = graph.operands(y).collect();
        let values = |node: NodeId| tape.value(node).iter().copied().enumerate();
        let zeros = |node: NodeId| {
            values(node)
                .filter(|v| v.1 == 0.0)
                .map(move |v| ((node, v.0), None))
        };
        let mut equal = |a: NodeId, b: NodeId| {
            let pairs = values(a).zip(values(b)).filter(|(a, b)| a.1 == b.1);
            found.extend(pairs.map(|((i, _), _)| ((a, i), Some((b, i)))));
        };
        match graph.node(y).op {
            Op::Maximum | Op::Minimum => {
                let mut first = vec![None; tape.value(y).len()];
                for &x in &operands {
                    for (i, _) in values(x).filter(|v| v.1 == tape.value(y)[v.0]) {
                        match first[i] {
                            None => first[i] = Some((x, i)),
                            other => found.push(((x, i), other)),
                        }
                    }
                }
            }
            Op::Clip => operands[1..]
                .iter()
                .for_each(|&bound| equal(operands[0], bound)),
            Op::Compare(_) => equal(operands[0], operands[1]),
            Op::Relu | Op::LeakyRelu | Op::Abs | Op::Sign | Op::Step => {
                found.extend(zeros(operands[0]));
            }
            Op::Norm(_) | Op::Std(_) => found.extend(zeros(y)),
            Op::Max(axes) | Op::Min(axes) => {
                let x = operands[0];
                let mut first = vec![None; tape.value(y).len()];
                for (i, place) in reduced(graph.shape(x), axes).into_iter().enumerate() {
                    if tape.value(x)[i] == tape.value(y)[place] {
                        match first[place] {
                            None => first[place] = Some((x, i)),
                            other => found.push(((x, i), other)),
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}

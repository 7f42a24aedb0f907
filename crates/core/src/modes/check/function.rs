//! The number that a gradient is of, as a function of one element of a node.

use super::rounding::Shaken;
use super::slope::{DOUBT, Estimate, Slope, TOLERANCE, Values, known_digits, slope};
use super::touch::underflows;
use super::touch::{Pair, Place, touching};
use super::{Element, Verdict};
use crate::graph::NodeId;
use crate::model::Model;
use crate::modes::tape::{Part, Run, Tape};
use std::mem;

/// How small a part of a gradient, or of the terms that cancelled in it, its doubt
/// must be to call it right.
const KNOWN: f64 = 1e-3;
/// The part of what a function was seen to change over which its slope is taken to stay.
const PART: f64 = 0.05;

/// The number ⟨weights, output⟩ as a function of the values of some nodes.
#[derive(Clone, Debug)]
pub struct Function {
    part: Part,
    tape: Tape,
    output: Option<NodeId>,
    weights: Vec<f64>,
    value: f64,
    touching: Option<Vec<Pair>>,
    // What rounding does to the number and to its gradients, once it is asked.
    rounding: [Option<Rounded>; 2],
}

/// A part that can be shaken, if there is room for it.
#[derive(Clone, Debug)]
struct Rounded {
    part: Part,
    shaken: Option<Shaken>,
}

/// A gradient of an element of a node of the part, and what rounding does to the number there.
#[derive(Clone, Copy)]
struct Claim {
    x: NodeId,
    index: usize,
    gradient: f64,
    noise: f64,
}

/// Where a function comes from: a model that has been run.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its arena.
    pub ran: &'a [f64],
    /// Which nodes of the program are held as they are.
    pub held: &'a dyn Fn(NodeId) -> bool,
}

impl Source<'_> {
    fn part(&self, targets: &[NodeId]) -> Part {
        let held = |node| self.model.is_forward(node) && (self.held)(node);
        Part::new(Run::of(self.model, self.ran), targets, held)
    }

    fn upstream(&self) -> &[f64] {
        let count = self.model.elements(self.model.program.output);
        &self.ran[self.model.upstream()..][..count]
    }
}

impl Function {
    /// Of the program's output, weighed by the upstream gradient of the run.
    pub fn new(source: Source<'_>) -> Self {
        let output = source.model.program.output;
        let mut part = source.part(&[output]);
        let mut function = Self {
            output: part.place(output),
            tape: Tape::new(mem::take(&mut part.graph)),
            part,
            weights: Vec::new(),
            value: 0.0,
            touching: None,
            rounding: [None, None],
        };
        function.load(source);
        function
    }

    /// Takes the values of another run of the same model.
    pub fn load(&mut self, source: Source<'_>) {
        let run = Run::of(source.model, source.ran);
        self.tape.load(run, &self.part.given);
        self.tape.run();
        self.weights.clear();
        self.weights.extend_from_slice(source.upstream());
        self.value = total(self.outputs(), &self.weights);
        (self.touching, self.rounding) = (None, [None, None]);
    }

    /// About how many operations a run takes.
    pub fn work(&self) -> usize {
        self.tape.work()
    }

    fn outputs(&self) -> &[f64] {
        self.output.map_or(&[][..], |node| self.tape.value(node))
    }

    /// Runs with an element of a node of the part at another value, and gives the
    /// number.
    fn at(&mut self, x: NodeId, index: usize, value: f64, outputs: &mut Vec<f64>) -> f64 {
        let before = mem::replace(&mut self.tape.value_mut(x)[index], value);
        self.tape.run();
        outputs.clear();
        outputs.extend_from_slice(self.outputs());
        self.tape.value_mut(x)[index] = before;
        total(outputs, &self.weights)
    }

    /// The number with an element of a node moved.
    pub fn moved(&mut self, node: NodeId, index: usize, by: f64) -> f64 {
        match self.part.place(node) {
            Some(x) => {
                let at = self.tape.value(x)[index];
                self.at(x, index, at + by, &mut Vec::new())
            }
            None => self.value,
        }
    }

    /// Compares the gradient of an element with differences.
    pub fn compare(
        &mut self,
        source: Source<'_>,
        node: NodeId,
        index: usize,
        gradient: f64,
    ) -> Element {
        let mut found = Element {
            index,
            gradient,
            difference: 0.0,
            slopes: [0.0; 2],
            verdict: Verdict::Agrees,
            other_upstream: false,
        };
        let Some(x) = self.part.place(node) else {
            // Nothing leads from it to the output.
            if gradient != 0.0 {
                found.verdict = Verdict::Differs;
            }
            return found;
        };
        let at = self.tape.value(x)[index];
        if ![at, gradient, self.value].iter().all(|v| v.is_finite()) {
            found.verdict = Verdict::NotFinite;
            (found.difference, found.slopes) = (f64::NAN, [f64::NAN; 2]);
            return found;
        }
        // As if the last operation alone rounded, which mostly suffices.
        let size = self.value.abs();
        let by_size = |_: &mut Self, _, values: [f64; 2]| {
            f64::EPSILON * values[0].abs().max(values[1].abs()).max(size)
        };
        let slope = self.slope(x, index, gradient, &by_size);
        found.take(&slope);
        if let Some(best) = slope.best
            && !slope.contradicted
            && best.confirms(gradient, 0.0)
            && known(gradient, best, 0.0)
        {
            return found;
        }
        let by_shaking = |function: &mut Self, value, values: [f64; 2]| {
            let rounding = function.rounding_of_output(source, node, index, value);
            rounding.max(f64::EPSILON * values[0].abs().max(values[1].abs()).max(size))
        };
        let slope = self.slope(x, index, gradient, &by_shaking);
        found.take(&slope);
        let claim = Claim {
            x,
            index,
            gradient,
            noise: self.rounding_of_output(source, node, index, at),
        };
        found.verdict = if let Some(best) = slope.best {
            let rounding = self.rounding_of_gradient(source, node, index);
            if !best.confirms(gradient, rounding) {
                self.differs(claim, &slope)
            } else if known(gradient, best, rounding) && self.is_near(at, gradient, best) {
                Verdict::Agrees
            } else {
                Verdict::Uncertain
            }
        } else if slope.sides[0].is_nan() {
            Verdict::NotFinite
        } else if slope.kink {
            let [left, right] = slope.sides;
            let room = TOLERANCE * left.abs().max(right.abs());
            if gradient >= left.min(right) - room && gradient <= left.max(right) + room {
                Verdict::Kink
            } else {
                self.differs(claim, &slope)
            }
        } else if self.touches(x, index, slope.step) {
            Verdict::Kink
        } else {
            Verdict::Uncertain
        };
        if found.verdict == Verdict::Kink && self.jumps(x, index, slope.step) {
            found.verdict = Verdict::Jump;
        }
        found
    }

    /// Whether a gradient is what the difference is but for what nobody would see beside
    /// the values: more than that is not confirmed by what rounding may have done.
    fn is_near(&self, at: f64, gradient: f64, best: Estimate) -> bool {
        let size = (self.value / at).abs();
        let size = if size.is_finite() { size } else { 0.0 };
        let scale = gradient.abs().max(best.slope.abs()).max(size).max(1.0);
        (gradient - best.slope).abs() <= TOLERANCE * scale + DOUBT * best.error
    }

    /// The slope along an element, where `rounding` says of one of the two points
    /// and of the values at both what rounding does to them.
    fn slope(
        &mut self,
        x: NodeId,
        index: usize,
        gradient: f64,
        rounding: &dyn Fn(&mut Self, f64, [f64; 2]) -> f64,
    ) -> Slope {
        let (at, value) = (self.tape.value(x)[index], self.value);
        let (mut left, mut right) = (Vec::new(), Vec::new());
        slope(at, value, gradient, &mut |low, high| {
            let values = [
                self.at(x, index, low, &mut left),
                self.at(x, index, high, &mut right),
            ];
            let terms = left.iter().zip(&right).zip(&self.weights);
            let terms = terms.filter(|(_, weight)| **weight != 0.0);
            Values {
                at: values,
                terms: terms.map(|((a, b), weight)| (weight * (b - a)).abs()).sum(),
                rounding: rounding(self, high, values),
            }
        })
    }

    /// What rounding does to the number with an element at another value.
    fn rounding_of_output(
        &mut self,
        source: Source<'_>,
        node: NodeId,
        index: usize,
        value: f64,
    ) -> f64 {
        let output = source.model.program.output;
        let rounded = self.rounding[0].get_or_insert_with(|| Rounded::new(source, &[output], true));
        let (Some(x), Some(y)) = (rounded.part.place(node), rounded.part.place(output)) else {
            return 0.0;
        };
        let Some(shaken) = &mut rounded.shaken else {
            return f64::INFINITY;
        };
        let before = mem::replace(shaken.element(x, index), value);
        let rounding = shaken.spread(&|shaken| total(shaken.value(y), source.upstream()));
        *shaken.element(x, index) = before;
        rounding
    }

    /// What rounding does to a gradient on the way back from the values of the run.
    fn rounding_of_gradient(&mut self, source: Source<'_>, node: NodeId, index: usize) -> f64 {
        let gradient = source.model.gradient.of(node);
        let targets = self.part.given.iter().map(|(node, _)| *node);
        let rounded = self.rounding[1].get_or_insert_with(|| {
            let targets = targets.filter_map(|node| source.model.gradient.of(node));
            let held = |_| true;
            Rounded::new(
                Source {
                    held: &held,
                    ..source
                },
                &targets.collect::<Vec<_>>(),
                false,
            )
        });
        match (
            gradient.and_then(|node| rounded.part.place(node)),
            &mut rounded.shaken,
        ) {
            (Some(gradient), Some(shaken)) => {
                shaken.spread(&|shaken| shaken.value(gradient)[index])
            }
            // No path leads to it.
            (None, _) => 0.0,
            (_, None) => f64::INFINITY,
        }
    }

    /// What it means that a difference is another number than the gradient: that
    /// the element moves a gate whose derivative is a choice, that no difference can tell,
    /// or that the gradient is wrong.
    fn differs(&mut self, claim: Claim, slope: &Slope) -> Verdict {
        if self.touches(claim.x, claim.index, slope.step) {
            Verdict::Kink
        } else if self.refutes(claim, slope) && !self.underflows() {
            Verdict::Differs
        } else {
            Verdict::Uncertain
        }
    }

    fn underflows(&mut self) -> bool {
        self.tape.run();
        underflows(&self.tape)
    }

    /// Whether a gradient that no difference confirms is wrong, and not one of a function
    /// with waves that are shorter than the steps. An estimate of which few digits are known
    /// must hold where the gradient, were it right, would change the function by a small part
    /// of what it was seen to change.
    fn refutes(&mut self, claim: Claim, slope: &Slope) -> bool {
        let Claim {
            x,
            index,
            gradient,
            noise,
        } = claim;
        let [left, right] = slope.sides;
        let estimate = slope
            .best
            .map_or(f64::midpoint(left, right), |best| best.slope);
        // That some wave or other comes near what is claimed would be a chance.
        let is_known = |best: Estimate| {
            let apart = (best.slope - gradient).abs();
            best.error <= KNOWN * best.slope.abs() || apart <= 0.5 * gradient.abs()
        };
        if gradient == 0.0 || slope.best.is_some_and(is_known) {
            return true;
        }
        let at = self.tape.value(x)[index];
        let mut h = PART * slope.range / gradient.abs();
        // Where it stays as it is, but for rounding, there are no waves.
        if slope.range <= DOUBT * noise || slope.estimated <= h {
            return true;
        }
        let mut outputs = Vec::new();
        for _ in 0..2 {
            let (low, high) = (at - h, at + h);
            let change =
                self.at(x, index, high, &mut outputs) - self.at(x, index, low, &mut outputs);
            let central = change / (high - low);
            // Neither where no step is short enough.
            let is_near = (central - estimate).abs() <= PART * (gradient - estimate).abs();
            if !is_near {
                return false;
            }
            h /= 4.0;
        }
        true
    }

    /// Whether the number jumps there: over a step that is a thousandth as long it changes
    /// nearly as much.
    fn jumps(&mut self, x: NodeId, index: usize, step: f64) -> bool {
        let at = self.tape.value(x)[index];
        let mut outputs = Vec::new();
        let mut change = |by: f64| (self.at(x, index, at + by, &mut outputs) - self.value).abs();
        [-step, step].iter().any(|&step| {
            let far = change(step);
            far > 0.0 && at + step / 1000.0 != at && change(step / 1000.0) > 0.5 * far
        })
    }

    /// Whether the element moves a gate away from where its derivative is a choice.
    fn touches(&mut self, x: NodeId, index: usize, step: f64) -> bool {
        self.tape.run();
        let pairs = match self.touching.take() {
            Some(pairs) => pairs,
            None => touching(&self.tape),
        };
        let at = self.tape.value(x)[index];
        let moved = [-step, step].iter().any(|step| {
            self.tape.value_mut(x)[index] = at + step;
            self.tape.run();
            let value = |(node, i): Place| self.tape.value(node)[i];
            // Where it stands, the gap is 0.
            let gap = |&(a, b): &Pair| value(a) - b.map_or(0.0, value);
            pairs.iter().any(|pair| gap(pair) != 0.0)
        });
        self.tape.value_mut(x)[index] = at;
        self.touching = Some(pairs);
        moved
    }
}

impl Rounded {
    fn new(source: Source<'_>, targets: &[NodeId], inputs: bool) -> Self {
        let mut part = source.part(targets);
        let graph = mem::take(&mut part.graph);
        Self {
            shaken: Shaken::new(&graph, inputs),
            part,
        }
    }
}

impl Element {
    fn take(&mut self, slope: &Slope) {
        let [left, right] = slope.sides;
        self.slopes = slope.sides;
        self.difference = slope.best.map_or_else(
            || f64::midpoint(left, right),
            |best| known_digits(best.slope, best.error),
        );
    }
}

/// The output weighed; what nothing arrives at is not asked for.
fn total(output: &[f64], weights: &[f64]) -> f64 {
    let terms = output.iter().zip(weights);
    terms
        .filter(|term| *term.1 != 0.0)
        .map(|(y, w)| y * w)
        .sum()
}

/// Whether that says anything: what is in doubt is little beside the gradient, or
/// beside the terms that cancelled in it. Where all is 0, it is 0.
fn known(gradient: f64, best: Estimate, rounding: f64) -> bool {
    let scale = gradient.abs().max(best.slope.abs());
    let doubt = DOUBT * (best.error + rounding);
    let terms = best.terms.max(rounding / f64::EPSILON);
    doubt <= KNOWN * scale.max(terms) || (scale == 0.0 && terms == 0.0)
}

//! What is wrong at a gate, and where it came from.

use super::card::words;
use super::notes::counted;
use super::{Lesson, Line, Now};
use crate::modes::Run;
use crate::op::Op;
use crate::scene::Kind;
use crate::sort;

/// A local derivative below this lets almost nothing through.
const SATURATED: f64 = 0.01;
/// Most gates that are named as where a gradient stops.
const STOPS: usize = 3;

impl Lesson {
    /// Not finite, underflown, saturated or dead values of a node.
    pub(super) fn value_flags(&self, now: Now<'_>, node: usize) -> Vec<Line> {
        let values = values(now, node);
        let mut lines = Vec::new();
        for (what, wrong) in [
            ("NaN", f64::is_nan as fn(f64) -> bool),
            ("∞", f64::is_infinite),
        ] {
            let some = values.iter().filter(|&&v| wrong(v)).count();
            if some == 0 {
                continue;
            }
            let count = counted(some, values.len());
            let origin = self.origin(now, node);
            let why = self.why(now, origin);
            let said = if origin == node {
                format!("The value is {what}{count}: {why}")
            } else {
                let name = self.names.of(origin).plain();
                format!("The value is {what}{count}: it arose at {name}, {why}")
            };
            lines.push(words(said, vec![node, origin]));
        }
        if now.scene.nodes[node].kind == Kind::Gate {
            lines.extend(state(now, node).map(|said| words(said, vec![node])));
        }
        lines
    }

    /// A gradient that is not finite, is 0 or is not there, and why.
    pub(super) fn gradient_flags(&self, now: Now<'_>, node: usize) -> Vec<Line> {
        let gradient = gradients(now, node);
        if !Self::reaches(now, node) {
            let said = "No gradient: nothing that lets one through leads from here to the output";
            return vec![words(said, vec![node])];
        }
        if gradient.iter().any(|g| !g.is_finite()) {
            let what = if gradient.iter().any(|g| g.is_nan()) {
                "NaN"
            } else {
                "∞"
            };
            let some = gradient.iter().filter(|g| !g.is_finite()).count();
            let count = counted(some, gradient.len());
            let said = match self.first_wrong(now, node) {
                Some(gate) => {
                    let name = self.names.of(gate).plain();
                    return vec![words(
                        format!("The gradient is {what}{count}: going back it arose at {name}"),
                        vec![node, gate],
                    )];
                }
                None => format!("The gradient is {what}{count}: so is the upstream gradient"),
            };
            return vec![words(said, vec![node])];
        }
        if gradient.is_empty() || gradient.iter().any(|&g| g != 0.0) {
            return Vec::new();
        }
        let stops = self.stops(now, node);
        if stops.is_empty() {
            let said = "The gradient is 0: so is the upstream gradient, or what comes back cancels";
            return vec![words(said, vec![node])];
        }
        let names = stops
            .iter()
            .take(STOPS)
            .map(|&gate| self.names.of(gate).plain());
        let names: Vec<String> = names.collect();
        let more = if stops.len() > STOPS {
            " and others"
        } else {
            ""
        };
        let said = format!(
            "The gradient is 0: nothing comes through {}{more}",
            names.join(", ")
        );
        vec![words(said, [node].into_iter().chain(stops).collect())]
    }

    /// The first node on the way whose value is not finite although its operands are.
    fn origin(&self, now: Now<'_>, node: usize) -> usize {
        let wrong = |place: usize| values(now, place).iter().any(|v| !v.is_finite());
        let (mut seen, mut open) = (vec![false; node + 1], vec![node]);
        let mut first = node;
        while let Some(place) = open.pop() {
            let operands = self.into[place]
                .iter()
                .map(|&wire| now.scene.wires[wire].from);
            let bad: Vec<usize> = operands.filter(|&from| wrong(from)).collect();
            if bad.is_empty() {
                first = first.min(place);
            }
            for from in bad {
                if from < seen.len() && !std::mem::replace(&mut seen[from], true) {
                    open.push(from);
                }
            }
        }
        first
    }

    /// The first gate on the way back that makes a gradient of something not finite
    /// of one that is; none if the upstream gradient is not.
    fn first_wrong(&self, now: Now<'_>, node: usize) -> Option<usize> {
        let finite = |place: usize| gradients(now, place).iter().all(|g| g.is_finite());
        let (mut seen, mut open) = (vec![false; now.scene.nodes.len()], vec![node]);
        let mut first = None;
        while let Some(place) = open.pop() {
            for &wire in &self.out[place] {
                let at = &now.scene.wires[wire];
                let Some(to) = at.to.filter(|_| Self::flows(now, wire)) else {
                    continue;
                };
                let count: usize = at.shape.iter().product();
                let share = now.arena.get(at.gradient..at.gradient + count);
                if share.is_some_and(|share| share.iter().all(|g| g.is_finite())) {
                    continue;
                }
                if finite(to) {
                    first = first.max(Some(to));
                } else if !std::mem::replace(&mut seen[to], true) {
                    open.push(to);
                }
            }
        }
        first
    }

    /// The gates at which every gradient to a node becomes 0.
    fn stops(&self, now: Now<'_>, node: usize) -> Vec<usize> {
        let zero = |place: usize| gradients(now, place).iter().all(|&g| g == 0.0);
        let (mut seen, mut open) = (vec![false; now.scene.nodes.len()], vec![node]);
        let mut stops = Vec::new();
        while let Some(place) = open.pop() {
            for &wire in &self.out[place] {
                let Some(to) = now.scene.wires[wire].to.filter(|_| Self::flows(now, wire)) else {
                    continue;
                };
                let at = &now.scene.wires[wire];
                let count: usize = at.shape.iter().product();
                let share = now.arena.get(at.gradient..at.gradient + count);
                // Uses that cancel stop nothing.
                if share.is_some_and(|share| share.iter().any(|&g| g != 0.0)) {
                    return Vec::new();
                }
                if std::mem::replace(&mut seen[to], true) {
                    continue;
                }
                if zero(to) {
                    open.push(to);
                } else {
                    stops.push(to);
                }
            }
        }
        sort::ascending(&mut stops);
        stops
    }

    /// Why a value is not finite where it arises.
    fn why(&self, now: Now<'_>, node: usize) -> String {
        if self.into[node].is_empty() {
            return "it was given so".to_owned();
        }
        if Self::is_whole(now, node) {
            return "within what is closed here".to_owned();
        }
        let gate = now.scene.gate(now.model, node);
        let run = Run::of(now.model, now.arena);
        let graph = run.graph;
        let any = |slot: usize, holds: &dyn Fn(f64) -> bool| {
            slot < graph.arity(gate)
                && run
                    .value(graph.operand(gate, slot))
                    .iter()
                    .any(|&v| holds(v))
        };
        let zero = |v: f64| v == 0.0;
        let negative = |v: f64| v < 0.0;
        match graph.node(gate).op {
            Op::Log if any(0, &negative) => "the logarithm of a negative number",
            Op::Log if any(0, &zero) => "the logarithm of 0",
            Op::Sqrt if any(0, &negative) => "the root of a negative number",
            Op::Div if any(1, &zero) => "a division by 0",
            Op::Reciprocal if any(0, &zero) => "a division by 0",
            Op::Pow if any(0, &zero) && any(1, &negative) => "0 to a negative power",
            Op::Pow if any(0, &negative) => "a negative number to a power that is not whole",
            _ => "an overflow: the result is greater than 1.8×10³⁰⁸, the largest number there is",
        }
        .to_owned()
    }
}

/// Saturation, a dead relu, an underflow.
fn state(now: Now<'_>, node: usize) -> Option<String> {
    let gate = now.scene.gate(now.model, node);
    let run = Run::of(now.model, now.arena);
    let graph = run.graph;
    let x = run.value(graph.operands(gate).next()?);
    let y = run.value(gate);
    let of = |holds: &dyn Fn(f64) -> bool, values: &[f64]| {
        (values.iter().filter(|&&v| holds(v)).count(), values.len())
    };
    let (what, (some, all)) = match graph.node(gate).op {
        Op::Sigmoid => (
            "Saturated: the local derivative is nearly 0, almost no gradient passes",
            of(&|y| ((1.0 - y) * y) < SATURATED, y),
        ),
        Op::Tanh => (
            "Saturated: the local derivative is nearly 0, almost no gradient passes",
            of(&|y| (1.0 - y * y) < SATURATED, y),
        ),
        Op::Softmax(_) => (
            "Saturated: one part is nearly 1, almost no gradient passes",
            of(&|y| y > 1.0 - SATURATED, y),
        ),
        Op::Relu => {
            let (closed, all) = of(&|x| x <= 0.0, x);
            if closed == all && all > 0 {
                (
                    "Dead: the operand is not above 0, so no gradient passes",
                    (closed, all),
                )
            } else {
                ("Closed where the operand is not above 0", (closed, all))
            }
        }
        Op::Exp => (
            "Underflow: the result is less than the smallest number above 0",
            of(&|y| y == 0.0, y),
        ),
        _ => return None,
    };
    (some > 0).then(|| format!("{what}{}", counted(some, all)))
}

fn values(now: Now<'_>, place: usize) -> &[f64] {
    let node = &now.scene.nodes[place];
    let count: usize = node.shape.iter().product();
    now.arena
        .get(node.value..node.value + count)
        .unwrap_or_default()
}

fn gradients(now: Now<'_>, place: usize) -> &[f64] {
    let node = &now.scene.nodes[place];
    let count: usize = node.shape.iter().product();
    now.arena
        .get(node.gradient..node.gradient + count)
        .unwrap_or_default()
}

//! A gradient beside differences, and a change as predicted and as it is.

use super::card::{line, section};
use super::math::{self, As, Math, op, parens, row, text};
use super::{About, Lesson, Line, Now, Section};
use crate::modes::Probe;
use crate::modes::check::{Element, Verdict};

/// Most elements of a tensor that are tried.
const ELEMENTS: usize = 16;
/// Most operations that trying them takes, more or less; one element is tried anyway.
const WORK: usize = 10_000_000;
/// The change that a card shows.
const CHANGE: f64 = 0.1;

impl Lesson {
    /// The numerical gradient beside the analytical one.
    pub(super) fn check(&mut self, now: Now<'_>, node: usize, step: usize) -> Option<Section> {
        let shown = &now.scene.nodes[node];
        let count: usize = shown.shape.iter().product();
        if shown.backward > step || !Self::can_move(now, node) || count == 0 || count > ELEMENTS {
            return None;
        }
        let probe = self.probe(now, node);
        let tried = count.min((WORK / probe.work().max(1)).max(1));
        let found: Vec<Element> = (0..tried)
            .map(|i| probe.compare(now.model, now.arena, i * count / tried))
            .collect();
        // Where there is one slope. NaN stays.
        let apart = found
            .iter()
            .filter(|e| {
                !matches!(
                    e.verdict,
                    Verdict::Kink | Verdict::Jump | Verdict::NotFinite
                )
            })
            .map(|e| (e.gradient - e.difference).abs())
            .reduce(|m, a| if a > m || a.is_nan() { a } else { m });
        let apart = apart.map(|apart| vec![text("they differ by"), math::num(apart, As::Plain)]);
        let symbol = self.symbol(now, node);
        let analytical = vec![
            text("backward pass:"),
            symbol,
            op("="),
            Self::gradient(now, node, step),
        ];
        let mut lines = vec![analytical];
        if let ([], [one]) = (&shown.shape[..], &found[..]) {
            let h = || self.names.step().clone();
            let moved = |sign| row(vec![self.names.of(node).clone(), op(sign), h()]);
            let at = |sign| row(vec![self.root(now), parens(moved(sign))]);
            let quotient = math::frac(
                row(vec![at("+"), op("−"), at("−")]),
                row(vec![math::num(2.0, As::Plain), h()]),
            );
            let difference = math::num(one.difference, As::Gradient);
            lines.push(vec![text("difference:"), quotient, op("→"), difference]);
            lines.extend(apart);
            let [left, right] = one.slopes.map(|slope| math::num(slope, As::Gradient));
            match one.verdict {
                Verdict::Kink => lines.push(vec![
                    text("at a kink: the slope is"),
                    left,
                    text("to the left and"),
                    right,
                    text("to the right"),
                ]),
                Verdict::Jump => lines.push(vec![text("at a jump: there is no slope")]),
                Verdict::Uncertain => lines.push(vec![text("differences cannot decide here")]),
                Verdict::Agrees | Verdict::Differs | Verdict::NotFinite => {}
            }
        } else {
            if count <= 4 && tried == count && shown.shape.len() == 1 {
                let differences: Vec<f64> = found.iter().map(|e| e.difference).collect();
                let differences = super::show::vector(&differences, As::Gradient);
                lines.push(vec![text("differences:"), differences]);
            }
            if let Some(mut apart) = apart {
                apart.push(text(format!("at most, of {tried} elements")));
                lines.push(apart);
            }
            for (verdict, said) in [
                (Verdict::Kink, "at a kink:"),
                (Verdict::Jump, "at a jump:"),
                (Verdict::Uncertain, "differences cannot decide:"),
            ] {
                let at = found.iter().filter(|e| e.verdict == verdict).count();
                if at > 0 {
                    lines.push(vec![text(format!("{said} {at} of {tried} elements"))]);
                }
            }
        }
        let lines = lines
            .into_iter()
            .map(|math| line(row(math), vec![node], Vec::new()));
        section(
            About::Check,
            "Checked by a central difference",
            lines.collect(),
        )
    }

    /// A change of a number by `h`: what the gradient predicts for the output, and
    /// what it is. None where there is no such number or no path from it.
    pub fn nudge(&mut self, now: Now<'_>, node: usize, h: f64) -> Option<Section> {
        let shown = now.scene.nodes.get(node)?;
        if !shown.shape.is_empty() || !Self::can_move(now, node) {
            return None;
        }
        let gradient = *now.arena.get(shown.gradient)?;
        let probe = self.probe(now, node);
        let (before, after) = (probe.moved(0, 0.0), probe.moved(0, h));
        let root = self.root(now);
        let name = self.names.of(node).clone();
        let change = |of: &Math| row(vec![op("Δ"), math::tight(of)]);
        let plain = |value| math::num(value, As::Plain);
        let signed = |value: f64, role| {
            let value = math::num(value, role);
            if matches!(&value, Math::Num { num, .. } if num.starts_with('−')) {
                parens(value)
            } else {
                value
            }
        };
        let predicted = vec![
            text("predicted:"),
            change(&root),
            op("≈"),
            self.symbol(now, node),
            op("×"),
            change(&name),
            op("="),
            math::num(gradient, As::Gradient),
            op("×"),
            signed(h, As::Plain),
            op("="),
            plain(gradient * h),
        ];
        let truly = vec![
            text("true:"),
            change(&root),
            op("="),
            math::num(after, As::Value),
            op("−"),
            signed(before, As::Value),
            op("="),
            plain(after - before),
        ];
        let lines: Vec<Line> = [predicted, truly]
            .into_iter()
            .map(|math| line(row(math), vec![node, now.scene.output], Vec::new()))
            .collect();
        let title = format!("Nudge {} by {}", name.plain(), crate::number::brief(h));
        section(About::Nudge, &title, lines)
    }

    /// The nudge that a card shows, once the gradient is there.
    pub(super) fn nudged(&mut self, now: Now<'_>, node: usize, step: usize) -> Option<Section> {
        let there = now.scene.nodes[node].backward <= step;
        if there {
            self.nudge(now, node, CHANGE)
        } else {
            None
        }
    }

    /// Whether a change of a node can be asked for: there are numbers, and one that
    /// follows from them.
    fn can_move(now: Now<'_>, node: usize) -> bool {
        let finite = |place: usize| {
            let node = &now.scene.nodes[place];
            let count: usize = node.shape.iter().product();
            let values = now.arena.get(node.value..node.value + count);
            values.is_some_and(|values| values.iter().all(|v| v.is_finite()))
        };
        let output = now.scene.output;
        node != output && Self::reaches(now, node) && finite(node) && finite(output)
    }

    /// Whether a gradient comes to a node.
    pub(super) fn reaches(now: Now<'_>, node: usize) -> bool {
        now.scene.nodes[node].gradient != now.model.plan.zeros()
    }

    /// The output as a function of a node at this moment.
    fn probe(&mut self, now: Now<'_>, node: usize) -> &mut Probe {
        let x = now.scene.graph_node(node);
        let (model, arena) = (now.model, now.arena);
        let kept = self.probe.take().filter(|(of, _)| *of == x);
        let probe = match kept {
            Some((_, mut probe)) => {
                probe.load(model, arena);
                probe
            }
            None => Probe::new(model, arena, x),
        };
        &mut self.probe.insert((x, probe)).1
    }
}

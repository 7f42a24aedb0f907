//! The rule of a gate's gradient, for whole values and element by element.

use super::card::line;
use super::formula::{Leaves, Write, product};
use super::indexed::lettered;
use super::math::{self, Math, function, op, parens, row, sub, text};
use super::{Lesson, Line, Now};
use crate::definition::expr::{Expr, ONE, U, ZERO, choose};
use crate::definition::rule::{Rule, rule};
use crate::graph::{Graph, NodeId};
use crate::op::{Form, Op};
use crate::scene::Kind;
use crate::shape::Axes;

/// Letters of indices, axis by axis.
const LETTERS: [&str; 4] = ["i", "j", "k", "l"];

impl Lesson {
    /// The rule that the backward pass follows along a wire: `∂L/∂x = (∂L/∂y) wᵀ`, then
    /// for each element where it has a short form.
    pub(super) fn rule_lines(&self, now: Now<'_>, wire: usize, step: usize) -> Vec<Line> {
        let at = &now.scene.wires[wire];
        let Some(to) = at.to else {
            return Vec::new();
        };
        let lit = |math: Math| line(math, vec![at.from, to], vec![wire]);
        match now.scene.nodes[to].kind {
            Kind::Copy => return vec![lit(self.total(now, to, step))],
            Kind::Box => {
                let part = self.part(now, wire);
                let said = text("gate by gate, through all of the box");
                return vec![lit(row(vec![part, text("comes back"), said]))];
            }
            _ => {}
        }
        let whole = self.rule_whole(now, wire);
        let mut lines = vec![lit(whole)];
        lines.extend(self.rule_by_element(now, wire, to).map(lit));
        lines
    }

    /// `∂L/∂x = ∂L/∂z ⊙ [x > 0]`
    pub(super) fn rule_whole(&self, now: Now<'_>, wire: usize) -> Math {
        let to = now.scene.wires[wire].to.unwrap_or(now.scene.output);
        let upstream = self.symbol(now, to);
        let rule = self.implicit_by(now, wire, upstream, bracketed);
        row(vec![self.part(now, wire), op("="), rule])
    }

    /// `(∂L/∂x)ᵢ = (∂L/∂z)ᵢ if xᵢ > 0, else 0`; none of numbers, of many axes, or where it
    /// takes words.
    fn rule_by_element(&self, now: Now<'_>, wire: usize, to: usize) -> Option<Math> {
        let graph = &now.model.program.graph;
        let (gate, slot) = Self::gate_of(now, wire)?;
        if now.scene.graph_node(to) != gate && graph.node(gate).op != Op::Matmul {
            return None;
        }
        let shape = &now.scene.wires[wire].shape;
        if shape.is_empty() && now.scene.nodes[to].shape.is_empty() {
            return None;
        }
        let upstream = parens(self.symbol(now, to));
        let (letters, right) = match graph.node(gate).op {
            Op::Matmul => self.product_by_element(now, gate, slot, upstream)?,
            Op::Softmax(axes) | Op::LogSoftmax(axes) => {
                self.softmax_by_element(now, gate, to, axes, &upstream)?
            }
            _ => {
                let rule = rule(graph, gate, slot);
                self.plain_by_element(graph, gate, slot, to, rule, upstream)?
            }
        };
        let left = match self.part(now, wire) {
            Math::Row { row: mut pieces } if pieces.len() > 1 => {
                let symbol = parens(pieces.remove(0));
                pieces.insert(0, lettered(symbol, &letters));
                row(pieces)
            }
            symbol => lettered(parens(symbol), &letters),
        };
        Some(row(vec![left, op("="), right]))
    }

    /// Of what goes element by element, or is copied back along axes: the letters of the
    /// operand, and the right side.
    fn plain_by_element(
        &self,
        graph: &Graph,
        gate: NodeId,
        slot: usize,
        to: usize,
        rule: Rule,
        upstream: Math,
    ) -> Option<(Vec<&'static str>, Math)> {
        let (axes, local) = match rule {
            Rule::Times(local) => (Axes::NONE, local),
            Rule::Spread(axes, local) => (axes, local),
            Rule::Zero | Rule::Whole(_) => return None,
        };
        if is_over_axes(&local) {
            return None;
        }
        let operand = graph.operand(gate, slot);
        let all = LETTERS.get(..graph.shape(operand).len())?;
        let kept = all.iter().enumerate();
        let kept = kept.filter(|(axis, _)| !axes.contains(*axis));
        let kept: Vec<&'static str> = kept.map(|(_, &letter)| letter).collect();
        let mut operands = Vec::new();
        for x in graph.operands(gate) {
            operands.push(self.operand_lettered(graph, x, all)?);
        }
        let leaves = Leaves {
            operands,
            value: lettered(self.names.of(to).clone(), &kept),
            upstream: lettered(upstream, &kept),
            times: "·",
        };
        let right = match local {
            Expr::N(1.0) => U,
            Expr::N(-1.0) => -U,
            Expr::Gate(Op::Where, parts) if parts[1..] == [ONE, ZERO] => {
                choose(parts[0].clone(), U, ZERO)
            }
            local => U * local,
        };
        let right = match right.math(&leaves) {
            Math::Fence {
                fence: ("(", inner, _),
            } => *inner,
            right => right,
        };
        let own = self.names.letters(graph, operand, all)?;
        let summed = all.iter().copied().filter(|letter| !own.contains(letter));
        let summed: Vec<&'static str> = summed.collect();
        Some((own, summed_over(&summed, right)))
    }

    /// An operand's name with the letters of its own axes.
    fn operand_lettered(
        &self,
        graph: &Graph,
        operand: NodeId,
        letters: &[&'static str],
    ) -> Option<Math> {
        match self.names.operand(graph, operand) {
            number @ Math::Num { .. } => Some(number),
            name => {
                let own = self.names.letters(graph, operand, letters)?;
                Some(lettered(name, &own))
            }
        }
    }

    /// `Σⱼ (∂L/∂y)ᵢⱼ · wₖⱼ` for `(∂L/∂x)ᵢₖ`; none of stacks of matrices.
    fn product_by_element(
        &self,
        now: Now<'_>,
        gate: NodeId,
        slot: usize,
        upstream: Math,
    ) -> Option<(Vec<&'static str>, Math)> {
        let graph = &now.model.program.graph;
        if graph.shape(gate).len() != 2 {
            return None;
        }
        // A vector is a row before and a column behind.
        let rank = |x: NodeId| {
            let place = self.names.place(graph, x)?;
            Some(now.scene.nodes.get(place)?.shape.len())
        };
        let [left, right] = [0, 1].map(|slot| graph.operand(gate, slot));
        let (rows, columns) = (rank(left)? == 2, rank(right)? == 2);
        let with = |all: &[(bool, &'static str)]| -> Vec<&'static str> {
            let there = all.iter().filter(|letter| letter.0);
            there.map(|letter| letter.1).collect()
        };
        let own = with(&[(rows, "i"), (columns, "j")]);
        let [of_left, of_right] = [
            with(&[(rows, "i"), (true, "k")]),
            with(&[(true, "k"), (columns, "j")]),
        ];
        let upstream = lettered(upstream, &own);
        let [a, b] = [(left, &of_left), (right, &of_right)]
            .map(|(x, letters)| lettered(self.names.operand(graph, x), letters));
        let (letters, factors) = match slot {
            0 => (of_left, [upstream, b]),
            _ => (of_right, [a, upstream]),
        };
        let summed = own.into_iter().filter(|letter| !letters.contains(letter));
        let summed: Vec<&'static str> = summed.collect();
        let right = product(factors.into_iter(), "·");
        Some((letters, summed_over(&summed, right)))
    }

    /// `pᵢ · ((∂L/∂p)ᵢ − Σⱼ (∂L/∂p)ⱼ · pⱼ)`, along one axis.
    fn softmax_by_element(
        &self,
        now: Now<'_>,
        gate: NodeId,
        to: usize,
        axes: Axes,
        upstream: &Math,
    ) -> Option<(Vec<&'static str>, Math)> {
        let graph = &now.model.program.graph;
        let rank = graph.shape(gate).len();
        let own = LETTERS.get(..rank)?.to_vec();
        let all: Vec<usize> = axes.iter().collect();
        let &[axis] = all.as_slice() else {
            return None;
        };
        let other = *LETTERS.get(rank)?;
        let mut there = own.clone();
        *there.get_mut(axis)? = other;
        let p = |letters: &[&'static str]| lettered(self.names.of(to).clone(), letters);
        let u = |letters: &[&'static str]| lettered(upstream.clone(), letters);
        let times = |a: Math, b: Math| product([a, b].into_iter(), "·");
        let right = if matches!(graph.node(gate).op, Op::Softmax(_)) {
            let total = summed_over(&[other], times(u(&there), p(&there)));
            times(p(&own), parens(row(vec![u(&own), op("−"), total])))
        } else {
            let total = summed_over(&[other], u(&there));
            let share = math::sup(Math::Id { id: "e".to_owned() }, p(&own));
            row(vec![u(&own), op("−"), share, op("·"), total])
        };
        Some((own, right))
    }
}

/// A condition in brackets, which is 1 or 0, for what it chooses.
pub fn bracketed(rule: Rule) -> Rule {
    match rule {
        Rule::Times(Expr::Gate(Op::Where, parts))
            if matches!(parts[0], Expr::Gate(Op::Compare(_), _)) && parts[1..] == [ONE, ZERO] =>
        {
            Rule::Times(parts[0].clone())
        }
        rule => rule,
    }
}

/// Whether a formula has a function over axes, whose index no letter tells.
fn is_over_axes(formula: &Expr) -> bool {
    let own = match formula {
        Expr::Gate(op, _) => {
            let form = op.info().form;
            matches!(form, Form::Reduction | Form::Along | Form::Own)
        }
        _ => false,
    };
    own || formula.parts().iter().any(is_over_axes)
}

/// Σⱼ of a term.
fn summed_over(letters: &[&'static str], term: Math) -> Math {
    if letters.is_empty() {
        return term;
    }
    let index = Math::Id {
        id: letters.concat(),
    };
    let negative = matches!(&term, Math::Row { row } if row.first() == Some(&op("−")));
    let term = if negative { parens(term) } else { term };
    row(vec![sub(function("Σ"), index), term])
}

//! One sentence a step.

use super::formula::{Leaves, Write, sum};
use super::holds::settled;
use super::math::{self, Math, joined, op, row, text};
use super::show::{END, shaped};
use super::{Lesson, Now, Sentence};
use crate::definition::rule::{Rule, formula, rule};
use crate::graph::Role;
use crate::op::Op;
use crate::scene::Pass;
use crate::sort;

/// Most operands of a gate that a sentence goes into.
const ROWS: usize = 4;
/// Most inputs that are told with their values.
const INPUTS: usize = 6;
/// Most uses of a node whose sum is written out.
const USES: usize = 8;

impl Lesson {
    /// What happens in a step; none if there is no such step.
    pub fn sentence(&mut self, now: Now<'_>, step: usize) -> Option<Sentence> {
        let at = now.scene.steps.get(step)?;
        self.look(now);
        let (begins, rows) = match (at.pass, at.node) {
            (Pass::Inputs, _) => ("The inputs:", self.given(now)),
            (Pass::Forward, Some(node)) => ("Forward:", self.ahead(now, node, step)),
            (Pass::Base, _) => ("Backward begins:", vec![self.base(now)]),
            (Pass::Backward, Some(node)) => ("Backward:", self.backward(now, node, step)),
            (_, None) => return None,
        };
        let rows: Vec<Math> = rows.into_iter().map(settled).collect();
        let spoken: Vec<String> = rows.iter().map(Math::spoken).collect();
        let text = format!("{begins} {}.", spoken.join("; "));
        let math = match <[Math; 1]>::try_from(rows) {
            Ok([only]) => only,
            Err(rows) => Math::Table {
                table: rows.into_iter().map(|row| vec![row]).collect(),
            },
        };
        Some(Sentence { math, text })
    }

    /// The inputs, and their tangents where there are some.
    fn given(&self, now: Now<'_>) -> Vec<Math> {
        let mut rows = vec![self.inputs(now)];
        if now.scene.mode.has_tangents() {
            rows.push(self.seeds(now));
        }
        rows
    }

    /// A gate's value, and its tangent where there is one.
    fn ahead(&self, now: Now<'_>, place: usize, step: usize) -> Vec<Math> {
        let mut rows = vec![self.forward(now, place, step)];
        if now.scene.mode.has_tangents() {
            rows.push(self.tangent_of(now, place, step));
        }
        rows
    }

    fn inputs(&self, now: Now<'_>) -> Math {
        let inputs = &now.scene.inputs;
        let mut said: Vec<Math> = inputs
            .iter()
            .take(INPUTS)
            .map(|input| {
                let value = Self::value(now, input.node, END);
                row(vec![self.names.of(input.node).clone(), op("="), value])
            })
            .collect();
        if inputs.len() > INPUTS {
            said.push(text(format!("and {} more", inputs.len() - INPUTS)));
        }
        if said.is_empty() {
            said.push(text("none"));
        }
        row(joined(said, &op(",")))
    }

    fn base(&self, now: Now<'_>) -> Math {
        let output = now.scene.output;
        let gradient = Self::gradient_result(now, output, END);
        let mut pieces = vec![self.symbol(now, output), op("="), gradient];
        if !Self::is_base(now) {
            let given = [text(", given:"), self.names.beyond().clone()];
            pieces.extend(given);
            pieces.push(text("is a loss behind"));
            pieces.push(self.names.of(output).clone());
        }
        row(pieces)
    }

    /// `q = x + y = −2 + 5 = 3`
    pub(super) fn forward(&self, now: Now<'_>, place: usize, step: usize) -> Math {
        if Self::is_whole(now, place) {
            return self.forward_whole(now, place, step);
        }
        let (graph, scene) = (&now.model.program.graph, now.scene);
        let gate = scene.gate(now.model, place);
        let mut pieces = vec![self.names.of(place).clone()];
        if !self.names.is_expression(place) {
            pieces.extend(self.names.formula(now.model, gate));
        }
        let mut written_out = true;
        let operands = graph.operands(gate).map(|x| {
            let value = self.operand_value(now, x, step);
            written_out &= !matches!(value, Math::Text { .. });
            value
        });
        let leaves = Leaves {
            operands: operands.collect(),
            value: text(""),
            upstream: text(""),
            times: "×",
        };
        let value = Self::value(now, place, step);
        let written_out = written_out && !matches!(value, Math::Text { .. });
        let result = Self::value_result(now, place, step);
        if written_out {
            pieces.extend(formula(graph, gate).map(|formula| formula.math(&leaves)));
            pieces.push(value);
        } else if graph.node(gate).op == Op::Matmul {
            // The only way the shapes fit.
            let written = |x| match self.names.place(graph, x) {
                // A vector is made a column or a row.
                Some(place) => shaped(&scene.nodes[place].shape),
                None => shaped(graph.shape(x)),
            };
            let shapes = graph.operands(gate).map(written);
            let mut all: Vec<Math> = shapes.collect();
            all.extend([text("→"), shaped(&scene.nodes[place].shape)]);
            pieces.push(row(all));
            if !matches!(result, Math::Text { .. }) {
                pieces.push(result);
            }
        } else {
            pieces.push(result);
        }
        // −1 and the negative of 1 look the same.
        pieces.dedup_by_key(|piece| piece.plain());
        row(joined(pieces, &op("=")))
    }

    /// A row for each operand, and for what has several uses the sum so far.
    fn backward(&self, now: Now<'_>, place: usize, step: usize) -> Vec<Math> {
        let wires = self.into[place].iter().copied();
        let wires: Vec<usize> = wires.filter(|&wire| Self::flows(now, wire)).collect();
        let mut rows = Vec::new();
        let mut summed: Vec<usize> = Vec::new();
        for &wire in wires.iter().take(ROWS) {
            rows.push(self.chain(now, wire, step));
            let from = now.scene.wires[wire].from;
            let of_node = now.scene.wires[wire].value == now.scene.nodes[from].value;
            if of_node && self.uses(now, from).len() > 1 && !summed.contains(&from) {
                summed.push(from);
            }
        }
        if wires.len() > ROWS {
            rows.push(text(format!("and {} more operands", wires.len() - ROWS)));
        }
        rows.extend(summed.into_iter().map(|from| self.total(now, from, step)));
        if rows.is_empty() {
            let name = self.names.of(place).clone();
            rows.push(row(vec![text("no gradient goes on from"), name]));
        }
        rows
    }

    /// The wires along which a node's gradient comes, in the order of coming.
    pub(super) fn uses(&self, now: Now<'_>, place: usize) -> Vec<usize> {
        self.carrying(now, place, now.scene.nodes[place].value)
    }

    /// The wires that carry the same value from a node as one does.
    pub(super) fn uses_along(&self, now: Now<'_>, wire: usize) -> Vec<usize> {
        let at = &now.scene.wires[wire];
        self.carrying(now, at.from, at.value)
    }

    /// The wires along which the gradient comes of a value that a node hands on.
    fn carrying(&self, now: Now<'_>, place: usize, value: usize) -> Vec<usize> {
        if place == now.scene.output {
            return Vec::new();
        }
        let wires = self.out[place].iter().copied();
        let of = |wire: usize| now.scene.wires[wire].value == value && Self::flows(now, wire);
        let mut wires: Vec<usize> = wires.filter(|&wire| of(wire)).collect();
        sort::by_key(&mut wires, |&wire| (now.scene.wires[wire].backward, wire));
        wires
    }

    /// `∂f/∂y = upstream ∂f/∂q × local ∂q/∂y = −4 × 1 = −4`
    pub(super) fn chain(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let scene = now.scene;
        let at = &scene.wires[wire];
        let Some(to) = at.to else {
            return self.base(now);
        };
        if Self::is_whole(now, to) {
            return self.chain_whole(now, wire, step);
        }
        let upstream = self.symbol(now, to);
        let mut pieces = vec![self.part(now, wire)];
        let share = Self::share_result(now, wire, step);
        if at.shape.is_empty() && Self::is_scalar(now, to) {
            let local = self.local_symbol(now, wire);
            pieces.push(row(vec![
                text("upstream"),
                upstream,
                op("×"),
                text("local"),
                local,
            ]));
            pieces.push(self.factors(now, wire, step));
        } else {
            pieces.push(self.implicit(now, wire, upstream));
        }
        pieces.push(share);
        row(joined(pieces, &op("=")))
    }

    /// How a gradient goes back through a gate of whole values.
    pub(super) fn implicit(&self, now: Now<'_>, wire: usize, upstream: Math) -> Math {
        self.implicit_by(now, wire, upstream, |rule| rule)
    }

    /// [`Self::implicit`] with the gate's rule said in another way.
    pub(super) fn implicit_by(
        &self,
        now: Now<'_>,
        wire: usize,
        upstream: Math,
        said: impl Fn(Rule) -> Rule,
    ) -> Math {
        let graph = &now.model.program.graph;
        let at = &now.scene.wires[wire];
        let Some(to) = at.to.filter(|&to| !Self::is_whole(now, to)) else {
            return upstream;
        };
        let gate = now.scene.gate(now.model, to);
        let operands = graph.operands(gate).map(|x| self.names.operand(graph, x));
        let leaves = Leaves {
            operands: operands.collect(),
            value: self.names.of(to).clone(),
            upstream,
            times: "⊙",
        };
        let rule = said(rule(graph, gate, at.operand));
        let gradient = rule.gradient().math(&leaves);
        let operand = graph.operand(gate, at.operand);
        let spread = graph.node(operand).origin.role == Role::Implied
            && self.names.place(graph, operand) == Some(at.from)
            && now.model.elements(operand) > at.shape.iter().product();
        if spread {
            return row(vec![math::function("Σ"), math::parens(gradient)]);
        }
        gradient
    }

    /// `∂f/∂x = 3 + …`, and `= 3 + 4 = 7` when all have come.
    pub(super) fn total(&self, now: Now<'_>, place: usize, step: usize) -> Math {
        let uses = self.uses(now, place);
        let mut pieces = vec![self.symbol(now, place)];
        if uses.len() > USES {
            let come = uses
                .iter()
                .filter(|&&w| now.scene.wires[w].backward <= step);
            let come = come.count();
            pieces.push(text(format!(
                "the sum over {} uses, of which {come} have come",
                uses.len()
            )));
        } else {
            let share = |&wire: &usize| match (Self::share(now, wire, step), self.part(now, wire)) {
                // What is too large to be written out is told by its way.
                (Math::Text { .. }, Math::Row { row: part }) => row(part[1..].to_vec()),
                (share, _) => share,
            };
            pieces.push(sum(uses.iter().map(share)));
        }
        if now.scene.nodes[place].backward <= step {
            pieces.push(Self::gradient_result(now, place, step));
        }
        row(joined(pieces, &op("=")))
    }
}

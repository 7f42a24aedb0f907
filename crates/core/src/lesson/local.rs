//! Local derivatives: as a symbol, as a formula, as numbers.

use super::card::line;
use super::formula::{Leaves, Write, product};
use super::math::{self, As, Math, function, joined, op, partial, row, text};
use super::{Lesson, Line, Now};
use crate::definition::expr::{Expr, ONE, Y, ZERO, choose, holds};
use crate::definition::rule::{Rule, rule};
use crate::graph::NodeId;
use crate::modes::{Limits, Run, local, local_structure};
use crate::op::{Op, Relation};

/// Most rows and columns of a Jacobian that is written out.
const WRITTEN_OUT: usize = 4;

impl Lesson {
    /// What flows back along a wire: ∂f/∂x, or the part of it through one use.
    pub(super) fn part(&self, now: Now<'_>, wire: usize) -> Math {
        let wires = &now.scene.wires;
        let from = wires[wire].from;
        let symbol = self.symbol_along(now, wire);
        let Some(to) = wires[wire].to else {
            return symbol;
        };
        let alone = self.uses_along(now, wire).len() < 2 && from != now.scene.output;
        if alone {
            return symbol;
        }
        let mut pieces = vec![symbol, text("through"), self.names.of(to).clone()];
        let twins = self.into[to].iter();
        let twins = twins.filter(|&&w| wires[w].value == wires[wire].value);
        let twins: Vec<usize> = twins.copied().collect();
        if twins.len() > 1 {
            let which = twins.iter().position(|&w| w == wire).unwrap_or(0) + 1;
            pieces.push(text(format!("(use {which})")));
        }
        row(pieces)
    }

    /// ∂q/∂y of a wire from y to q.
    pub(super) fn local_symbol(&self, now: Now<'_>, wire: usize) -> Math {
        let at = &now.scene.wires[wire];
        let from = self.names.of_wire(now.scene, wire);
        at.to
            .map_or_else(|| from.clone(), |to| partial(self.names.of(to), from))
    }

    /// `−4 × 1 = −4` of a wire between numbers.
    pub(super) fn numbers(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let factors = self.factors(now, wire, step);
        row(vec![factors, op("="), Self::share(now, wire, step)])
    }

    /// `−4 × 1` of a wire between numbers.
    pub(super) fn factors(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let to = now.scene.wires[wire].to;
        let upstream = to.map(|to| Self::gradient(now, to, step));
        let factors = upstream
            .into_iter()
            .chain([self.local_number(now, wire, step)]);
        product(factors, "×")
    }

    /// The number of a local derivative: known from the gate's forward step on.
    fn local_number(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let to = now.scene.wires[wire].to;
        let known = to.is_some_and(|to| now.scene.nodes[to].forward <= step);
        if !known {
            return math::blank(As::Local);
        }
        // What has none is structurally zero.
        math::num(self.local(now, wire).unwrap_or(0.0), As::Local)
    }

    /// The local derivative along a wire as a formula and as numbers.
    pub(super) fn local_lines(&self, now: Now<'_>, wire: usize, step: usize) -> Vec<Line> {
        let at = &now.scene.wires[wire];
        let Some(to) = at.to.filter(|&to| !Self::is_whole(now, to)) else {
            return self.local_lines_whole(now, wire, step);
        };
        let gate = now.scene.gate(now.model, to);
        let lit = |math: Math| line(math, vec![at.from, to], vec![wire]);
        let graph = &now.model.program.graph;
        let rule = rule(graph, gate, at.operand);
        let mut lines = Vec::new();
        lines.extend(law(graph.node(gate).op.info().symbol, &rule).map(lit));
        let scalar = at.shape.is_empty() && Self::is_scalar(now, to);
        if !scalar {
            lines.push(lit(self.jacobian(now, wire, gate, step)));
            return lines;
        }
        let symbol = self.local_symbol(now, wire);
        let mut pieces = vec![symbol];
        // Of a tie only the number is told.
        let rule = match (graph.node(gate).op, self.local(now, wire)) {
            (Op::Maximum | Op::Minimum, Some(0.0 | 1.0)) => {
                let won = holds(Expr::X(at.operand), Relation::Equal, Y);
                Rule::Times(choose(won, ONE, ZERO))
            }
            (Op::Maximum | Op::Minimum, _) => Rule::Zero,
            _ => rule,
        };
        if let Rule::Times(formula) | Rule::Spread(_, formula) = &rule {
            let names = graph.operands(gate).map(|x| self.names.operand(graph, x));
            pieces.push(formula.math(&Leaves {
                operands: names.collect(),
                value: self.names.of(to).clone(),
                upstream: text(""),
                times: "·",
            }));
            // A condition is plain enough with names.
            if !matches!(formula, Expr::Gate(Op::Where, _)) {
                let values = graph
                    .operands(gate)
                    .map(|x| self.operand_value(now, x, step));
                pieces.push(formula.math(&Leaves {
                    operands: values.collect(),
                    value: Self::value(now, to, step),
                    upstream: text(""),
                    times: "×",
                }));
            }
        }
        // A number among the rules is known at any step.
        let fixed = matches!(&rule, Rule::Times(Expr::N(_)) | Rule::Spread(_, Expr::N(_)));
        if !fixed {
            pieces.push(self.local_number(now, wire, step));
        }
        pieces.dedup_by_key(|piece| piece.plain());
        lines.push(lit(row(joined(pieces, &op("=")))));
        lines
    }

    /// What the Jacobian of a gate of whole values looks like, and itself if it is small.
    fn jacobian(&self, now: Now<'_>, wire: usize, gate: NodeId, step: usize) -> Math {
        let at = &now.scene.wires[wire];
        let graph = &now.model.program.graph;
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        let operand = graph.operand(gate, at.operand);
        let (rows, columns) = (count(graph.shape(gate)), count(graph.shape(operand)));
        let known = at.to.is_some_and(|to| now.scene.nodes[to].forward <= step);
        let symbol = self.local_symbol(now, wire);
        if rows.max(columns) <= WRITTEN_OUT && rows * columns > 0 && known {
            let run = Run::of(now.model, now.arena);
            let found = local(run, gate, at.operand, Limits::default());
            if let Ok(matrix) = found.matrix {
                let dense = matrix.dense();
                let table = dense.chunks(columns);
                let table = table.map(|row| row.iter().map(|&d| math::num(d, As::Local)).collect());
                let table = Math::Table {
                    table: table.collect(),
                };
                return row(vec![symbol, op("="), math::fence("[", table, "]")]);
            }
        }
        let structure = local_structure(graph, gate, at.operand);
        row(vec![
            symbol,
            text(format!(
                "is {rows} × {columns}, {structure}; the backward pass does without it"
            )),
        ])
    }
}

/// σ′ = (1 − σ)·σ: what a function of one number has for a derivative, where that
/// is said by its own value.
fn law(symbol: &'static str, rule: &Rule) -> Option<Math> {
    let Rule::Times(formula) = rule else {
        return None;
    };
    if !formula.reads(&Y) || !matches!(symbol, "σ" | "tanh" | "tan" | "exp") {
        return None;
    }
    let leaves = Leaves {
        operands: vec![Math::Id { id: "x".to_owned() }],
        value: function(symbol),
        upstream: text(""),
        times: "·",
    };
    Some(row(vec![
        row(vec![function(symbol), op("′")]),
        op("="),
        formula.math(&leaves),
    ]))
}

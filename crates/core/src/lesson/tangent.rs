//! Forward mode: a gate's tangent from those of its operands.

use super::card::{line, section};
use super::formula::{Leaves, Write, product, sum};
use super::math::{self, As, Math, dot, joined, op, row, text};
use super::show::{END, numbers};
use super::{About, Lesson, Now, Section};
use crate::definition::rule::{formula, moves, rule};
use crate::graph::NodeId;
use crate::op::Op;
use crate::scene::Kind;

/// Most operands whose terms are written out.
const TERMS: usize = 6;
/// Most operands of a closed box whose terms are, each with a derivative through it.
const THROUGH: usize = 3;
/// Most inputs that are told with their tangents.
const INPUTS: usize = 6;

impl Lesson {
    /// A node's tangent at a step: it is there with the value.
    pub(super) fn tangent(now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        match node.tangent.filter(|_| node.forward <= step) {
            Some(at) => numbers(now.arena, at, &node.shape, As::Tangent),
            None => math::blank(As::Tangent),
        }
    }

    /// The tangent of what a wire carries at a step.
    fn tangent_along(now: Now<'_>, wire: usize, step: usize) -> Math {
        let wire = &now.scene.wires[wire];
        match wire.tangent.filter(|_| wire.forward <= step) {
            Some(at) => numbers(now.arena, at, &wire.shape, As::Tangent),
            None => math::blank(As::Tangent),
        }
    }

    /// `ẋ = 1, ẏ = 0`: what the inputs are given.
    pub(super) fn seeds(&self, now: Now<'_>) -> Math {
        let inputs = &now.scene.inputs;
        let mut said: Vec<Math> = inputs
            .iter()
            .take(INPUTS)
            .map(|input| {
                let name = dot(self.names.of(input.node));
                row(vec![name, op("="), Self::tangent(now, input.node, END)])
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

    /// `ḟ = ∂f/∂q·q̇ + ∂f/∂z·ż = −4 × 1 + 3 × 0 = −4`; of whole values the rule.
    pub(super) fn tangent_of(&self, now: Now<'_>, place: usize, step: usize) -> Math {
        let mut pieces = vec![dot(self.names.of(place))];
        pieces.extend(self.tangent_terms(now, place, step));
        pieces.push(Self::tangent(now, place, step));
        pieces.dedup_by_key(|piece| piece.plain());
        row(joined(pieces, &op("=")))
    }

    /// The sum that a tangent is: in symbols and, between numbers, in numbers; nothing
    /// where there is no term, or too many.
    fn tangent_terms(&self, now: Now<'_>, place: usize, step: usize) -> Vec<Math> {
        let node = &now.scene.nodes[place];
        let wires: Vec<usize> = self.into[place]
            .iter()
            .copied()
            .filter(|&wire| Self::carries_tangent(now, wire))
            .collect();
        let scalar = |wire: &usize| now.scene.wires[*wire].shape.is_empty();
        let all_scalar = node.shape.is_empty() && wires.iter().all(scalar);
        match node.kind {
            Kind::Copy | Kind::End | Kind::Input | Kind::Constant => Vec::new(),
            Kind::Box if !all_scalar || wires.len() > THROUGH => Vec::new(),
            Kind::Box => {
                let out = now.scene.graph_node(place);
                let local = |wire: usize| {
                    let x = now.scene.outline().threads[wire].node;
                    self.through(now, place, out, x)
                };
                self.number_terms(now, &wires, step, local)
            }
            Kind::Gate if all_scalar => {
                self.number_terms(now, &wires, step, |wire| self.local(now, wire))
            }
            Kind::Gate => self.whole_terms(now, place, &wires),
        }
    }

    /// Whether a tangent comes along a wire that is not structurally zero.
    fn carries_tangent(now: Now<'_>, wire: usize) -> bool {
        let zeros = now.model.plan.zeros();
        now.scene.wires[wire].tangent.is_some_and(|at| at != zeros)
    }

    /// `∂f/∂q·q̇ + ∂f/∂z·ż` and `−4 × 1 + 3 × 0`, of the wires that have a derivative.
    fn number_terms(
        &self,
        now: Now<'_>,
        wires: &[usize],
        step: usize,
        local: impl Fn(usize) -> Option<f64>,
    ) -> Vec<Math> {
        let found = wires.iter().filter_map(|&wire| Some((wire, local(wire)?)));
        let found: Vec<(usize, f64)> = found.collect();
        if found.is_empty() {
            return Vec::new();
        }
        if found.len() > TERMS {
            return vec![text(format!("the sum over {} operands", found.len()))];
        }
        let known = |wire: usize| {
            let to = now.scene.wires[wire].to;
            to.is_some_and(|to| now.scene.nodes[to].forward <= step)
        };
        let symbols = found.iter().map(|&(wire, _)| {
            let name = dot(self.names.of_wire(now.scene, wire));
            row(vec![self.local_symbol(now, wire), op("·"), name])
        });
        let numbers = found.iter().map(|&(wire, local)| {
            let local = if known(wire) {
                math::num(local, As::Local)
            } else {
                math::blank(As::Local)
            };
            let factors = [local, Self::tangent_along(now, wire, step)];
            product(factors.into_iter(), "×")
        });
        vec![sum(symbols), sum(numbers)]
    }

    /// The rule of whole values: `ẋ w + x ẇ`, `ẋ ⊙ (1 if x > 0, else 0)`, `Σẋ`.
    fn whole_terms(&self, now: Now<'_>, place: usize, wires: &[usize]) -> Vec<Math> {
        let graph = &now.model.program.graph;
        let gate = now.scene.gate(now.model, place);
        let names: Vec<Math> = graph
            .operands(gate)
            .map(|x| self.names.operand(graph, x))
            .collect();
        if matches!(graph.node(gate).op, Op::Concat(_)) {
            let dots = names.iter().map(dot).collect();
            return dotted(now, gate, dots).into_iter().collect();
        }
        let terms = wires.iter().filter_map(|&wire| {
            let slot = now.scene.wires[wire].operand;
            self.whole_term(now, wire, gate, slot, &names)
        });
        let terms: Vec<Math> = terms.collect();
        match terms.len() {
            0 => Vec::new(),
            count if count > TERMS => vec![text(format!("the sum over {count} operands"))],
            _ => vec![sum(terms.into_iter())],
        }
    }

    /// What one operand's tangent adds; nothing where no derivative goes through.
    fn whole_term(
        &self,
        now: Now<'_>,
        wire: usize,
        gate: NodeId,
        slot: usize,
        names: &[Math],
    ) -> Option<Math> {
        let graph = &now.model.program.graph;
        let moved = dot(names.get(slot)?);
        match graph.node(gate).op {
            // Of what is linear in one operand the gate itself.
            of if of == Op::Matmul || moves(graph, gate, slot) => {
                let mut names = names.to_vec();
                names[slot] = moved;
                dotted(now, gate, names)
            }
            _ => {
                let rule = rule(graph, gate, slot);
                if rule.is_zero() {
                    return None;
                }
                let Some(formula) = rule.tangent(graph.node(gate).op) else {
                    let local = self.local_symbol(now, wire);
                    return Some(row(vec![local, op("\u{2062}"), moved]));
                };
                let leaves = Leaves {
                    operands: names.to_vec(),
                    value: self.names.of(now.scene.wires[wire].to?).clone(),
                    upstream: moved,
                    times: "⊙",
                };
                Some(formula.math(&leaves))
            }
        }
    }

    /// `∂f/∂q·q̇ = −4 × 1 = −4`: what comes along a wire between numbers into its gate's
    /// tangent.
    pub(super) fn tangent_part(&self, now: Now<'_>, wire: usize, step: usize) -> Option<Section> {
        let at = &now.scene.wires[wire];
        let to = at.to.filter(|_| Self::carries_tangent(now, wire))?;
        let gate = &now.scene.nodes[to];
        let local = self.local(now, wire).filter(|_| gate.kind == Kind::Gate)?;
        let carried = *now.arena.get(at.tangent?)?;
        let mut pieces = self.number_terms(now, &[wire], step, |_| Some(local));
        pieces.push(if gate.forward <= step {
            math::num(local * carried, As::Tangent)
        } else {
            math::blank(As::Tangent)
        });
        let math = row(joined(pieces, &op("=")));
        let lines = vec![line(math, vec![at.from, to], vec![wire])];
        section(About::Tangent, "Tangent: local × what it carries", lines)
    }

    /// A gate's tangent, or what an input is given; none without a forward-mode pass.
    pub(super) fn tangent_section(
        &self,
        now: Now<'_>,
        place: usize,
        step: usize,
    ) -> Option<Section> {
        let node = &now.scene.nodes[place];
        node.tangent?;
        let given = node.kind == Kind::Input;
        let title = if given {
            "Tangent, given"
        } else {
            "Tangent: local × the operands’ tangents"
        };
        let mut math = self.tangent_of(now, place, step);
        if node.kind == Kind::Constant {
            math = row(vec![math, text(": a constant has none")]);
        }
        let wires = self.into[place].clone();
        section(About::Tangent, title, vec![line(math, vec![place], wires)])
    }
}

/// A gate's formula over other operands.
fn dotted(now: Now<'_>, gate: NodeId, operands: Vec<Math>) -> Option<Math> {
    let leaves = Leaves {
        operands,
        value: text(""),
        upstream: text(""),
        times: "⊙",
    };
    Some(formula(&now.model.program.graph, gate)?.math(&leaves))
}

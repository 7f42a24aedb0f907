//! The arithmetic that made an element of a gradient, contribution by contribution.

use super::gate::Gate;
use super::local::Step;
use super::terms::{equal, lines, sum, times};
use super::{Side, Told, number};
use crate::graph::NodeId;
use crate::lesson::axes::axes_said;
use crate::lesson::card::line;
use crate::lesson::math::{self, As, Math, partial, row, text};
use crate::lesson::{Lesson, Now};
use crate::op::{Form, Op};
use crate::scene::Kind;
use crate::shape::Axes;
use crate::shape::subscripts;
use std::cmp::Ordering;

/// Most rows and columns of the Jacobian of a closed box that is looked through, and
/// most values that it hands on.
const SMALL: usize = 4;

impl Lesson {
    /// Where an element of a gradient comes from.
    pub(super) fn tell_gradient(
        &self,
        now: Now<'_>,
        node: usize,
        element: usize,
        step: usize,
        told: &mut Told,
    ) {
        let shown = &now.scene.nodes[node];
        if Self::begins(now, node) {
            told.say(if Self::is_base(now) {
                "given: the backward pass begins here"
            } else {
                "the upstream gradient: it is given"
            });
            return;
        }
        let uses = self.beyond_copies(now, node, told);
        if uses.is_empty() {
            let wires = self.out[node]
                .iter()
                .filter_map(|&wire| now.scene.wires[wire].to);
            let mut reached = wires.map(|to| now.scene.nodes[to].gradient);
            told.say(if reached.any(|at| at != now.model.plan.zeros()) {
                "what uses it lets no gradient through"
            } else {
                "no path leads to the output"
            });
            return;
        }
        let several = uses.len() > 1;
        if several {
            // The sum first: it is what was pointed at.
            let total = now.arena.get(shown.gradient + element);
            let name = math::at(self.names.of(node), &subscripts(&shown.shape, element));
            let shares = sum(uses.len(), |at| share(now, uses[at], element, step));
            let known = shown.backward <= step;
            let math = equal(vec![
                partial(&self.root(now), &name),
                shares,
                number(total, known, As::Gradient),
            ]);
            told.lines.push(line(math, vec![node], uses.clone()));
        }
        for (at, &wire) in uses.iter().enumerate() {
            told.carry(wire);
            let before = told.lines.len();
            let shape = &now.scene.wires[wire].shape;
            let name = math::at(
                self.names.of_wire(now.scene, wire),
                &subscripts(shape, element),
            );
            let mut symbol = vec![partial(&self.root(now), &name)];
            if let Some(to) = now.scene.wires[wire].to.filter(|_| several) {
                symbol.extend([text("through"), self.names.of(to).clone()]);
                let twins = uses.iter().filter(|&&w| now.scene.wires[w].to == Some(to));
                if twins.count() > 1 {
                    let here = uses[..=at]
                        .iter()
                        .filter(|&&w| now.scene.wires[w].to == Some(to));
                    symbol.push(text(format!("(use {})", here.count())));
                }
            }
            self.contribution(now, wire, element, step, row(symbol), told);
            for line in &mut told.lines[before..] {
                line.wires = vec![wire];
                line.nodes = now.scene.wires[wire].to.into_iter().collect();
            }
        }
    }

    /// Whether a node is where the backward pass begins: the output, or its copy.
    fn begins(now: Now<'_>, node: usize) -> bool {
        let open = now.scene.wires.last().filter(|wire| wire.to.is_none());
        node == now.scene.output
            || now.scene.nodes[node].kind == Kind::Copy
                && open.is_some_and(|open| open.from == node)
    }

    /// The wires along which a gradient comes to a node, those behind a copy for the
    /// one into it.
    fn beyond_copies(&self, now: Now<'_>, node: usize, told: &mut Told) -> Vec<usize> {
        let mut found = Vec::new();
        for wire in self.uses(now, node) {
            let to = now.scene.wires[wire].to;
            match to.filter(|&to| now.scene.nodes[to].kind == Kind::Copy) {
                Some(copy) => {
                    told.carry(wire);
                    found.extend(self.uses(now, copy));
                }
                None => found.push(wire),
            }
        }
        found
    }

    /// What comes back along one wire.
    fn contribution(
        &self,
        now: Now<'_>,
        wire: usize,
        element: usize,
        step: usize,
        symbol: Math,
        told: &mut Told,
    ) {
        let at = &now.scene.wires[wire];
        let Some(to) = at.to else {
            return;
        };
        let result = share(now, wire, element, step);
        if now.scene.nodes[to].kind != Kind::Gate {
            self.through_box(now, [wire, to], element, step, symbol, told);
            return;
        }
        let gate = Gate::new(self, now, to, step);
        let slot = at.operand;
        let Some(operand) = gate.operands.get(slot) else {
            return;
        };
        let copies = operand.up(gate.graph(), element);
        let steps: Vec<Step> = copies
            .iter()
            .flat_map(|&from| gate.reach(slot, from))
            .collect();
        told.light(to, Side::Gradient, steps.iter().map(|step| step.to));
        gate.light_local(slot, &steps, told);
        if steps.is_empty() {
            told.write(equal(vec![symbol, math::num(0.0, As::Gradient)]));
            told.say(match gate.op {
                Op::Slice(_) => "this element was not picked: no gradient comes back to it",
                _ => "no element of the value depends on it",
            });
            return;
        }
        let n = steps.len();
        let names = sum(n, |i| {
            let [names, _] = gate.term(slot, steps[i]);
            names
        });
        let numbers = sum(n, |i| {
            let [_, numbers] = gate.term(slot, steps[i]);
            numbers
        });
        if matches!(gate.op, Op::Var(_) | Op::Std(_)) {
            gate.tell_mean(&gate.members(steps[0].to), told);
        }
        for math in lines(symbol, names, numbers, result, n) {
            told.write(math);
        }
        gate.explain(slot, &steps, told);
    }

    /// What comes back through a closed box: a term for each number that it hands on if
    /// these are few.
    fn through_box(
        &self,
        now: Now<'_>,
        [wire, to]: [usize; 2],
        element: usize,
        step: usize,
        symbol: Math,
        told: &mut Told,
    ) {
        let at = &now.scene.wires[wire];
        let x = now.scene.outline().threads[wire].node;
        let result = share(now, wire, element, step);
        let count = |node| now.model.elements(node);
        let outs = self.handed_on(now, to);
        told.light(
            to,
            Side::Gradient,
            0..now.scene.nodes[to].shape.iter().product(),
        );
        let small = outs.len() <= SMALL
            && count(x) <= SMALL
            && outs.iter().map(|&out| count(out)).sum::<usize>() <= SMALL;
        let mut terms = Vec::new();
        let by = math::at(
            self.names.of_wire(now.scene, wire),
            &subscripts(&at.shape, element),
        );
        for &out in outs.iter().filter(|_| small) {
            let name = self.names.of_node(out, to);
            let locals = self.jacobian_through(now, to, out, x).unwrap_or_default();
            for row in 0..count(out) {
                let shape = now.model.program.graph.shape(out);
                let value = math::at(name, &subscripts(shape, row));
                let upstream = Self::arriving_at(now, to, out, row);
                let known = at.backward <= step;
                let local = locals.get(row * count(x) + element);
                terms.push([
                    times(partial(&self.root(now), &value), partial(&value, &by), "·"),
                    times(
                        number(Some(&upstream), known, As::Gradient),
                        number(local, known, As::Local),
                        "×",
                    ),
                ]);
            }
        }
        if terms.is_empty() {
            told.write(equal(vec![symbol, result]));
            let title = &now.scene.nodes[to].symbol;
            told.say(format!(
                "comes back through {title}, which is closed: open it to see how"
            ));
            return;
        }
        let names = sum(terms.len(), |i| terms[i][0].clone());
        let numbers = sum(terms.len(), |i| terms[i][1].clone());
        for math in lines(symbol, names, numbers, result, terms.len()) {
            told.write(math);
        }
    }

    /// The gradient that arrives from outside at an element of what a box hands on.
    pub(in crate::lesson) fn arriving_at(
        now: Now<'_>,
        place: usize,
        out: NodeId,
        row: usize,
    ) -> f64 {
        let threads = &now.scene.outline().threads;
        let wires = now.scene.wires.iter().zip(threads);
        let wires = wires.filter(|(wire, thread)| wire.from == place && thread.node == out);
        let found = wires.filter_map(|(wire, _)| now.arena.get(wire.gradient + row));
        found.sum()
    }
}

/// What comes back along a wire to one element.
fn share(now: Now<'_>, wire: usize, element: usize, step: usize) -> Math {
    let wire = &now.scene.wires[wire];
    let value = now.arena.get(wire.gradient + element);
    number(value, wire.backward <= step, As::Gradient)
}

impl Gate<'_> {
    /// Says in words why a gradient comes back as it does.
    fn explain(&self, slot: usize, steps: &[Step], told: &mut Told) {
        let graph = self.graph();
        for &gate in self.operands[slot].way().iter().rev() {
            if let Op::Broadcast(axes) = graph.node(gate).op {
                let shape = graph.shape(gate);
                told.say(copied(axes, shape));
            }
        }
        match self.op {
            Op::Broadcast(axes) => {
                let shape = self.shape();
                told.say(copied(axes, shape));
            }
            Op::Max(_) | Op::Min(_) if self.known() => {
                if let [step] = steps {
                    let (x, y) = (self.at(0, step.from), self.value(step.to));
                    let lost = x.partial_cmp(&y).is_some_and(Ordering::is_ne);
                    let name = self.x(slot, step.from);
                    let which = self.extreme();
                    let said = if lost {
                        format!("is not the {which}: 0 comes back to it")
                    } else {
                        format!("is the {which}: the gradient comes back to it")
                    };
                    told.write(row(vec![name, text(said)]));
                }
            }
            Op::Sum(axes) | Op::Mean(axes) if !axes.is_empty() => {
                let shape = self.shape_of(0);
                let count: usize = axes.iter().map(|axis| shape[axis]).product();
                let share = if matches!(self.op, Op::Mean(_)) {
                    "an even share of it"
                } else {
                    "it as it is"
                };
                told.say(format!(
                    "spread along {}: each of its {count} elements gets {share}",
                    axes_said(axes)
                ));
            }
            Op::Slice(_) => told.say("picked: its gradient is put back at its place in zeros"),
            op if op.info().form == Form::Along && steps.len() > 1 => {
                told.say(format!(
                    "every element along {} depends on it",
                    axes_said(self.axes())
                ));
            }
            _ => {}
        }
    }
}

/// `copied along axis 0, 2 times; so its gradient is the sum over axis 0`
fn copied(axes: Axes, shape: &[usize]) -> String {
    let copies = axes.iter();
    let copies: Vec<String> = copies
        .map(|axis| format!("along axis {axis}, {} times", shape[axis]))
        .collect();
    let (copies, over) = (copies.join(" and "), axes_said(axes));
    format!("copied {copies}; so its gradient is the sum over {over}")
}

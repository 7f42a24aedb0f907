//! Upstream × local for one element of an operand and one of the gate's value.

use super::gate::Gate;
use super::places::targets;
use super::read::Reading;
use super::terms::{over, times};
use super::{Side, Told};
use crate::definition::expr::{Expr, Y, holds};
use crate::definition::rule::{Rule, rule, shown};
use crate::graph::{Graph, NodeId, Origin};
use crate::lesson::formula::{Leaves, Write};
use crate::lesson::math::{self, As, Math};
use crate::modes::{Limits, Run, local, local_column};
use crate::op::{Form, Op, Relation};
use crate::plan::Plan;
use crate::shape::{Axes, ShapeId, group, members};

/// A way from an element of an operand to one of the gate's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The element of the operand.
    pub from: usize,
    /// The element of the value.
    pub to: usize,
    /// Of a matrix product the element of the other operand.
    pub other: usize,
}

impl Gate<'_> {
    /// The elements of the value that depend on an element of an operand.
    pub fn reach(&self, slot: usize, from: usize) -> Vec<Step> {
        let step = |to| Step { from, to, other: 0 };
        if let Some(to) = targets(self.graph(), self.node, slot, from) {
            return to.into_iter().map(step).collect();
        }
        let shape = self.shape_of(slot);
        match self.op {
            Op::Matmul => {
                let uses = self.product().uses(slot, from).into_iter();
                uses.map(|[to, other]| Step { from, to, other }).collect()
            }
            Op::OneHot | Op::Detach => Vec::new(),
            op => match op.info().form {
                Form::Elementwise => vec![step(from)],
                Form::Along => self.members(from).into_iter().map(step).collect(),
                Form::Loss => vec![step(0)],
                Form::Own => {
                    let run = Run::of(self.now.model, self.now.arena);
                    let column = local_column(run, self.node, slot, from).into_iter();
                    column.map(|entry| step(entry.0)).collect()
                }
                Form::Reduction => vec![step(group(shape, self.axes(), from))],
            },
        }
    }

    /// Lights up what the local derivatives of some steps read.
    pub fn light_local(&self, slot: usize, steps: &[Step], told: &mut Told) {
        let y = |told: &mut Told, at: &mut dyn Iterator<Item = usize>| {
            told.light(self.place, Side::Value, at);
        };
        let mut tos = steps.iter().map(|step| step.to);
        match self.op {
            Op::Matmul => {
                self.light(1 - slot.min(1), steps.iter().map(|step| step.other), told);
            }
            op if op.info().form == Form::Elementwise => {
                let rule = rule(self.graph(), self.node, slot);
                let (Rule::Times(formula) | Rule::Spread(_, formula) | Rule::Whole(formula)) = rule
                else {
                    return;
                };
                for other in 0..self.operands.len() {
                    if formula.reads(&Expr::X(other)) {
                        self.light(other, steps.iter().map(|step| step.from), told);
                    }
                }
                if formula.reads(&Y) {
                    y(told, &mut tos);
                }
            }
            op if matches!(op.info().form, Form::Reduction | Form::Along | Form::Loss) => {
                let map = shown(self.graph(), self.node, slot);
                let reading = Reading::new(self, "·");
                for step in steps {
                    reading.local(&map, step.to, step.from);
                }
                for (slot, element) in reading.seen.take() {
                    match slot {
                        Some(slot) => self.light(slot, [element], told),
                        None => y(told, &mut [element].into_iter()),
                    }
                }
            }
            _ => {}
        }
    }

    /// A term of a gradient, in names and in numbers.
    pub fn term(&self, slot: usize, step: Step) -> [Math; 2] {
        let (u, number) = (self.upstream(step.to), self.upstream_number(step.to));
        match self.op {
            Op::Matmul => {
                let other = 1 - slot.min(1);
                let factors = [
                    [u, self.x(other, step.other)],
                    [number, self.x_number(other, step.other)],
                ];
                let [names, numbers] =
                    factors.map(|[u, x]| if slot == 0 { [u, x] } else { [x, u] });
                let [a, b] = names;
                let [c, d] = numbers;
                [times(a, b, "·"), times(c, d, "×")]
            }
            Op::Sum(_) => [u, number],
            Op::Mean(axes) => {
                let shape = self.shape_of(0);
                let count = axes.iter().map(|axis| shape[axis]).product();
                let share = || over(math::num(1.0, As::Plain), count);
                if count == 1 {
                    [u, number]
                } else {
                    [times(u, share(), "·"), times(number, share(), "×")]
                }
            }
            op if op.info().form == Form::Elementwise => self.elementwise(slot, step, u, number),
            // What moves and adds up elements has no factors.
            op if op.info().form == Form::Own => [u, number],
            _ => {
                let map = shown(self.graph(), self.node, slot);
                let name = Reading::new(self, "·").local(&map, step.to, step.from);
                let local = if self.known() {
                    math::num(self.entry(slot, step), As::Local)
                } else {
                    math::blank(As::Local)
                };
                [times(u, name, "·"), times(number, local, "×")]
            }
        }
    }

    /// The number of an entry of the Jacobian.
    fn entry(&self, slot: usize, step: Step) -> f64 {
        let (mut kept, asked) = (self.column.borrow_mut(), [slot, step.from]);
        if kept.as_ref().is_none_or(|kept| kept.0 != asked) {
            let run = Run::of(self.now.model, self.now.arena);
            *kept = Some((asked, local_column(run, self.node, slot, step.from)));
        }
        let column = kept.iter().flat_map(|kept| &kept.1);
        let mut found = column.filter(|entry| entry.0 == step.to);
        found.next().map_or(0.0, |entry| entry.1)
    }

    fn elementwise(&self, slot: usize, step: Step, u: Math, number: Math) -> [Math; 2] {
        let graph = self.graph();
        let mut rule = rule(graph, self.node, slot);
        if rule == Rule::Times(Expr::N(1.0)) {
            return [u, number];
        }
        let known = self.known();
        let local = match rule {
            Rule::Times(Expr::N(local)) => local,
            _ => self.scalar_local(slot, step.from),
        };
        // Of a tie only the number is told.
        if matches!(self.op, Op::Maximum | Op::Minimum) && known {
            rule = if local == 0.0 || local == 1.0 {
                Rule::Times(holds(Expr::X(slot), Relation::Equal, Y))
            } else {
                Rule::Times(Expr::N(local))
            };
        }
        let operands = (0..self.operands.len()).map(|other| self.x(other, step.from));
        let names = rule.gradient().math(&Leaves {
            operands: operands.collect(),
            value: self.y(step.to),
            upstream: u,
            times: "·",
        });
        let local = if known {
            math::num(local, As::Local)
        } else {
            math::blank(As::Local)
        };
        [names, times(number, local, "×")]
    }

    /// The local derivative of an elementwise gate at one element: that of the gate of
    /// single numbers.
    fn scalar_local(&self, slot: usize, at: usize) -> f64 {
        let graph = self.graph();
        let mut part = Graph::default();
        let operands: Vec<NodeId> = graph
            .operands(self.node)
            .enumerate()
            // A rule may know a constant.
            .map(|(slot, operand)| {
                if let Some(value) = graph.constant(operand) {
                    return part.push_constant(value, ShapeId::SCALAR, Origin::default());
                }
                let value = vec![self.at(slot, at)].into();
                part.push_input(ShapeId::SCALAR, value, Origin::default())
            })
            .collect();
        let gate = part.push(self.op, ShapeId::SCALAR, &operands, Origin::default());
        let plan = Plan::new(&part);
        let arena = ran(&part, &plan);
        let run = Run {
            graph: &part,
            plan: &plan,
            arena: &arena,
        };
        let found = local(run, gate, slot, Limits::default()).matrix;
        let found = found
            .ok()
            .and_then(|matrix| matrix.dense().first().copied());
        found.unwrap_or(f64::NAN)
    }

    /// What an operation along axes makes of an element of the first operand.
    pub fn of_row(&self, op: Op, element: usize) -> f64 {
        let (shape, axes) = (self.shape_of(0), op.axes().unwrap_or_default());
        let row = members(shape, axes, group(shape, axes, element));
        let mut part = Graph::default();
        let whole = part.shapes.intern(&[row.len()]);
        let values: Vec<f64> = row.iter().map(|&at| self.at(0, at)).collect();
        let x = part.push_input(whole, values.into(), Origin::default());
        let gate = part.push(op.with_axes(Axes::all(1)), whole, &[x], Origin::default());
        let plan = Plan::new(&part);
        let at = row.iter().position(|&at| at == element);
        at.map_or(f64::NAN, |at| ran(&part, &plan)[plan.offset(gate) + at])
    }
}

/// What a graph computes.
fn ran(graph: &Graph, plan: &Plan) -> Vec<f64> {
    let mut arena = plan.arena(graph);
    plan.run(&mut arena);
    arena
}

//! Upstream × local for one element of an operand and one of the gate's value.

use super::gate::Gate;
use super::places::targets;
use super::rows::margin;
use super::terms::{called, exp, less, negative, over, product, sum, times};
use super::{Side, Told};
use crate::definition::expr::{Expr, Y, holds};
use crate::definition::rule::{Rule, rule};
use crate::graph::{Graph, NodeId, Origin};
use crate::lesson::formula::{Leaves, Write};
use crate::lesson::math::{self, As, Math, text};
use crate::modes::{Limits, Run, local};
use crate::op::{Form, Op, Relation};
use crate::plan::Plan;
use crate::shape::{ShapeId, group};

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
                _ => vec![step(group(shape, self.axes(), from))],
            },
        }
    }

    /// Lights up what the local derivatives of some steps read.
    pub fn light_local(&self, slot: usize, steps: &[Step], told: &mut Told) {
        let y = |told: &mut Told, at: &mut dyn Iterator<Item = usize>| {
            told.light(self.place, Side::Value, at);
        };
        let mut froms = steps.iter().map(|step| step.from);
        let mut tos = steps.iter().map(|step| step.to);
        match self.op {
            Op::Matmul => {
                self.light(1 - slot.min(1), steps.iter().map(|step| step.other), told);
            }
            Op::Max(_) | Op::Min(_) | Op::Norm(_) | Op::LogSumExp(_) => {
                self.light(0, froms, told);
                y(told, &mut tos);
            }
            Op::Prod(_) | Op::Var(_) => {
                for step in steps {
                    self.light(0, self.members(step.to), told);
                }
            }
            Op::Std(_) => {
                for step in steps {
                    self.light(0, self.members(step.to), told);
                }
                y(told, &mut tos);
            }
            Op::Softmax(_) => y(told, &mut tos),
            Op::LogSoftmax(_) => y(told, &mut froms),
            Op::MseLoss | Op::BceLoss => {
                for slot in 0..2 {
                    self.light(slot, steps.iter().map(|step| step.from), told);
                }
            }
            Op::CrossEntropy | Op::HingeLoss => {
                let (_, classes) = self.rows();
                for step in steps {
                    let start = step.from / classes.max(1) * classes;
                    let row = start..start + classes;
                    self.light(0, row.clone(), told);
                    if slot == 0 {
                        self.light(1, row, told);
                    }
                }
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
            _ if targets(self.graph(), self.node, slot, step.from).is_some() => [u, number],
            _ => {
                let (name, local) = self.rowwise(slot, step);
                let local = if self.known() {
                    math::num(local, As::Local)
                } else {
                    math::blank(As::Local)
                };
                [times(u, name, "·"), times(number, local, "×")]
            }
        }
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
        let mut arena = plan.arena(&part);
        plan.run(&mut arena);
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

    /// The entry of the Jacobian of what goes over rows: its formula and its number.
    fn rowwise(&self, slot: usize, step: Step) -> (Math, f64) {
        let Step { from, to, .. } = step;
        let (at, y) = (|from| self.at(0, from), self.value(to));
        let one = || math::num(1.0, As::Plain);
        let n = self.operands[0].values.len();
        match self.op {
            Op::Prod(_) => {
                let mut others = self.members(to);
                others.retain(|&other| other != from);
                let name = product(others.len(), "·", |i| self.x(0, others[i]));
                let local: f64 = others.iter().map(|&other| at(other)).product();
                let far = local.is_infinite() && y.is_finite();
                (name, if far { y / at(from) } else { local })
            }
            Op::Max(_) | Op::Min(_) => {
                let tied = |&&other: &&usize| {
                    let other = at(other);
                    other == y || other.is_nan() || y.is_nan()
                };
                let members = self.members(to);
                let ties = members.iter().filter(tied).count();
                let won = tied(&&from);
                let name = math::fence(
                    "[",
                    math::row(vec![self.x(0, from), math::op("="), self.y(to)]),
                    "]",
                );
                let share = f64::from(u8::from(won)) / ties as f64;
                (if won { over(name, ties) } else { name }, share)
            }
            Op::Var(_) | Op::Std(_) => {
                let members = self.members(to);
                let mean = self.mean(&members);
                let centred = less(self.x(0, from), self.mean_named(&members, "·"));
                let count = members.len();
                if matches!(self.op, Op::Var(_)) {
                    let name = times(math::num(2.0, As::Plain), centred, "·");
                    return (over(name, count), 2.0 * (at(from) - mean) / count as f64);
                }
                let under = times(math::num(count as f64, As::Plain), self.y(to), "·");
                let local = (at(from) - mean) / count as f64 / y;
                (
                    math::frac(centred, under),
                    if y == 0.0 { 0.0 } else { local },
                )
            }
            Op::Norm(_) => {
                let name = math::frac(self.x(0, from), self.y(to));
                (name, if y == 0.0 { 0.0 } else { at(from) / y })
            }
            Op::LogSumExp(_) => {
                let name = exp(less(self.x(0, from), self.y(to)));
                (name, (at(from) - y).exp())
            }
            Op::Softmax(_) if from == to => {
                let name = times(less(one(), self.y(to)), self.y(to), "·");
                (name, (1.0 - y) * y)
            }
            Op::Softmax(_) => {
                let name = negative(times(self.y(to), self.y(from), "·"));
                (name, -y * self.value(from))
            }
            Op::LogSoftmax(_) => {
                let power = exp(self.y(from));
                let (same, value) = (from == to, self.value(from).exp());
                if same {
                    (less(one(), power), 1.0 - value)
                } else {
                    (negative(power), -value)
                }
            }
            Op::MseLoss => {
                let [a, b] = [slot, 1 - slot.min(1)];
                let name = less(self.x(a, from), self.x(b, from));
                let name = times(math::num(2.0, As::Plain), name, "·");
                let local = 2.0 * (self.at(a, from) - self.at(b, from)) / n as f64;
                (over(name, n), local)
            }
            Op::CrossEntropy => self.cross_entropy(slot, from),
            Op::BceLoss => self.bce(slot, from),
            Op::HingeLoss => self.hinge(slot, from),
            _ => (text(""), f64::NAN),
        }
    }

    fn cross_entropy(&self, slot: usize, from: usize) -> (Math, f64) {
        let (rows, classes) = self.rows();
        let count = rows as f64;
        let log = self.log_softmax_value(from);
        if slot > 0 {
            return (negative(over(self.log_softmax(from), rows)), -log / count);
        }
        let start = from / classes.max(1) * classes;
        let weight: f64 = (start..start + classes).map(|at| self.at(1, at)).sum();
        let softmax = self.softmax(from);
        // A row that asks for one class has the weight 1.
        let hot = self.operands[1].is_one_hot(self.graph());
        let softmax = if hot || weight == 1.0 {
            softmax
        } else {
            times(softmax, math::num(weight, As::Value), "·")
        };
        let name = over(less(softmax, self.x(1, from)), rows);
        (name, (log.exp() * weight - self.at(1, from)) / count)
    }

    fn bce(&self, slot: usize, at: usize) -> (Math, f64) {
        let one = || math::num(1.0, As::Plain);
        let n = self.operands[0].values.len();
        let [p, t] = [0, 1].map(|slot| self.at(slot, at));
        if slot == 0 {
            let spread = times(less(one(), self.x(0, at)), self.x(0, at), "·");
            let name = math::frac(less(self.x(0, at), self.x(1, at)), spread);
            let size = crate::op::extreme(false, (1.0 - p) * p, crate::op::BCE_SMALLEST);
            return (over(name, n), (p - t) / size / n as f64);
        }
        let least = crate::op::BCE_LEAST_LOG;
        let log = |p: f64| crate::op::extreme(false, p.ln(), least);
        let name = less(
            called("log", less(one(), self.x(0, at))),
            called("log", self.x(0, at)),
        );
        (over(name, n), (log(1.0 - p) - log(p)) / n as f64)
    }

    /// Of each wrong class within the margin 1, of the right one less their number.
    fn hinge(&self, slot: usize, from: usize) -> (Math, f64) {
        let (rows, classes) = self.rows();
        let start = from / classes.max(1) * classes;
        let asked = (start..start + classes).filter(|&at| self.at(1, at) != 0.0);
        let own: f64 = asked.map(|at| self.at(0, at) * self.at(1, at)).sum();
        let active = |at: usize| {
            let cut = self.at(0, at) - own + self.at(2, at);
            let step = if cut <= 0.0 { 0.0 } else { 1.0 };
            step * (1.0 - self.at(1, at))
        };
        let count: f64 = (start..start + classes).map(active).sum();
        let local = active(from)
            - if slot == 0 {
                self.at(1, from) * count
            } else {
                0.0
            };
        let row = from / classes.max(1);
        let Some(class) = self.class(row) else {
            return (text("(the margins)"), local / rows as f64);
        };
        let own = row * classes + class;
        let within = |at: usize| {
            let by = margin(at, own, &|slot, at| self.x(slot, at));
            let zero = math::num(0.0, As::Plain);
            math::fence("[", math::row(vec![by, math::op(">"), zero]), "]")
        };
        let name = if from == own {
            let mut wrong: Vec<usize> = (start..start + classes).collect();
            wrong.retain(|&at| at != own && slot == 0);
            let count = sum(wrong.len(), |i| within(wrong[i]));
            if slot == 0 { negative(count) } else { count }
        } else {
            within(from)
        };
        (over(name, rows), local / rows as f64)
    }
}

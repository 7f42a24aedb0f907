//! What the slices of all elements come to: the rule of the whole operand, and of a
//! product of matrices why no other order of its factors will do.

use super::card::line;
use super::formula::{Leaves, Write};
use super::indexed::sizes;
use super::math::{self, As, Math, function, op, parens, row, sup, text, tight, under};
use super::{Lesson, Line, Now};
use crate::definition::rule::{Rule, rule};
use crate::graph::NodeId;
use crate::modes::Run;
use crate::op::Op;
use crate::scene::Kind;
use serde::Serialize;

/// Most rows and columns of a matrix that is written out in numbers.
const WRITTEN_OUT: usize = 6;
/// How far apart two products are by rounding alone, in units of them or of 1.
const ROUNDING: f64 = 1e-9;

/// A product of matrices, and whether its shapes fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Order {
    /// `∂L/∂x = (∂L/∂y) wᵀ`, the shapes laid under each factor.
    pub line: Line,
    /// Whether the shapes fit.
    pub fits: bool,
    /// Why not, or that it has the operand's shape.
    pub why: String,
}

/// What the slices of all elements come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Whole {
    /// The rule of the whole operand: `∂L/∂x = (∂L/∂y) wᵀ`, in symbols and in numbers.
    pub lines: Vec<Line>,
    /// Of a product of matrices: the right order and two wrong ones; else none.
    pub orders: Vec<Order>,
}

/// A matrix in a product of two: what it is called, and its numbers.
#[derive(Clone)]
struct Factor {
    symbol: Math,
    shape: [usize; 2],
    values: Vec<f64>,
}

impl Factor {
    fn transposed(&self) -> Self {
        let [rows, columns] = self.shape;
        let places = (0..columns).flat_map(|c| (0..rows).map(move |r| r * columns + c));
        Self {
            symbol: sup(self.symbol.clone(), function("T")),
            shape: [columns, rows],
            values: places
                .map(|at| self.values.get(at).copied().unwrap_or(0.0))
                .collect(),
        }
    }

    fn shaped(&self) -> Math {
        under(self.symbol.clone(), text(sizes(&self.shape)))
    }
}

impl Lesson {
    /// What all slices of what a wire carries come to.
    pub fn whole(&mut self, now: Now<'_>, wire: usize, step: usize) -> Option<Whole> {
        let at = now.scene.wires.get(wire)?;
        let to = at.to?;
        if Self::is_whole(now, to) {
            let lines = self.rule_lines(now, wire, step);
            return Some(Whole {
                lines,
                orders: Vec::new(),
            });
        }
        if now.scene.nodes[to].kind == Kind::End {
            return None;
        }
        let lit = |math: Math| line(math, vec![at.from, to], vec![wire]);
        let mut lines = vec![lit(self.rule_whole(now, wire))];
        lines.extend(Self::whole_in_numbers(now, wire, step).map(lit));
        Some(Whole {
            lines,
            orders: self.orders(now, wire, step),
        })
    }

    /// The rule with the numbers in it, where all of them are few.
    fn whole_in_numbers(now: Now<'_>, wire: usize, step: usize) -> Option<Math> {
        let graph = &now.model.program.graph;
        let run = Run::of(now.model, now.arena);
        let at = &now.scene.wires[wire];
        let to = at.to?;
        let (gate, slot) = Self::gate_of(now, wire)?;
        let node = &now.scene.nodes[to];
        if node.forward > step || node.backward > step || at.backward > step {
            return None;
        }
        let value = |x: NodeId, role| written(run.value(x), graph.shape(x), role);
        let upstream = {
            let start = now.model.gradient_of(gate);
            let numbers = now.arena.get(start..start + now.model.elements(gate))?;
            written(numbers, graph.shape(gate), As::Gradient)?
        };
        let count = at.shape.iter().product::<usize>();
        let downstream = now.arena.get(at.gradient..at.gradient + count)?;
        let downstream = written(downstream, &at.shape, As::Gradient)?;
        let copied = !Self::spread_axes(now, wire).is_empty();
        let rule = rule(graph, gate, slot);
        let right = match rule {
            Rule::Whole(_) if graph.node(gate).op == Op::Matmul => {
                let other = graph.operand(gate, 1 - slot);
                let &[rows, columns] = graph.shape(other) else {
                    return None;
                };
                let factor = Factor {
                    symbol: text(""),
                    shape: [rows, columns],
                    values: run.value(other).to_vec(),
                };
                let factor = factor.transposed();
                let factor = written(&factor.values, &factor.shape, As::Value)?;
                let mut factors = vec![upstream, op("\u{2062}"), factor];
                if slot == 1 {
                    factors.reverse();
                }
                row(factors)
            }
            Rule::Times(_) => {
                let operands: Option<Vec<Math>> =
                    graph.operands(gate).map(|x| value(x, As::Value)).collect();
                let leaves = Leaves {
                    operands: operands?,
                    value: value(gate, As::Value)?,
                    upstream,
                    times: "⊙",
                };
                super::by_element::bracketed(rule).gradient().math(&leaves)
            }
            _ => return Some(row(vec![upstream, op("→"), downstream])),
        };
        let right = if copied {
            row(vec![function("Σ"), parens(right)])
        } else {
            right
        };
        Some(row(vec![right, op("="), downstream]))
    }

    /// The orders in which the factors of a product's rule could stand: the right one
    /// first. None unless both operands and the product are matrices.
    fn orders(&self, now: Now<'_>, wire: usize, step: usize) -> Vec<Order> {
        self.factors_of(now, wire)
            .map_or_else(Vec::new, |(slot, upstream, other)| {
                let at = &now.scene.wires[wire];
                let known = at.backward <= step;
                let &[rows, columns] = at.shape.as_slice() else {
                    return Vec::new();
                };
                let target = Factor {
                    symbol: self.part(now, wire),
                    shape: [rows, columns],
                    values: {
                        let numbers = now.arena.get(at.gradient..at.gradient + rows * columns);
                        numbers.unwrap_or(&[]).to_vec()
                    },
                };
                let turned = other.transposed();
                let x = self.names.of_wire(now.scene, wire);
                let x = tight(x).plain();
                let pairs = match slot {
                    0 => [
                        (upstream.clone(), turned.clone()),
                        (turned, upstream.clone()),
                        (upstream, other),
                    ],
                    _ => [
                        (turned.clone(), upstream.clone()),
                        (upstream.clone(), turned),
                        (other, upstream),
                    ],
                };
                let nodes: Vec<usize> = [at.from].into_iter().chain(at.to).collect();
                let tried = pairs.into_iter().enumerate().map(|(i, (left, right))| {
                    let right_one = i == 0;
                    let (fits, same, why) = judged(&left, &right, &target, &x, right_one, known);
                    let sign = if right_one || same { "=" } else { "≠" };
                    let product = vec![
                        target.shaped(),
                        op(sign),
                        left.shaped(),
                        op("\u{2062}"),
                        right.shaped(),
                    ];
                    Order {
                        line: line(row(product), nodes.clone(), vec![wire]),
                        fits,
                        why,
                    }
                });
                tried.collect()
            })
    }

    /// The slot of a product of two matrices that a wire enters, the upstream gradient and
    /// the other operand.
    fn factors_of(&self, now: Now<'_>, wire: usize) -> Option<(usize, Factor, Factor)> {
        let graph = &now.model.program.graph;
        let (gate, slot) = Self::gate_of(now, wire)?;
        let to = now.scene.wires[wire].to?;
        if graph.node(gate).op != Op::Matmul || now.scene.graph_node(to) != gate {
            return None;
        }
        let matrices = graph.operands(gate).all(|x| {
            let drawn = self.names.is_drawn(x) || graph.is_constant(x);
            drawn && graph.shape(x).len() == 2
        });
        if !matrices {
            return None;
        }
        let run = Run::of(now.model, now.arena);
        let other = graph.operand(gate, 1 - slot);
        let (&[n, m], &[rows, columns]) = (graph.shape(gate), graph.shape(other)) else {
            return None;
        };
        let start = now.model.gradient_of(gate);
        let upstream = Factor {
            symbol: parens(self.symbol(now, to)),
            shape: [n, m],
            values: now.arena.get(start..start + n * m)?.to_vec(),
        };
        let other = Factor {
            symbol: tight(&self.names.operand(graph, other)),
            shape: [rows, columns],
            values: run.value(other).to_vec(),
        };
        Some((slot, upstream, other))
    }
}

/// Whether the shapes of a product fit, whether it has the target's values, and what is to
/// be said of it.
fn judged(
    left: &Factor,
    right: &Factor,
    target: &Factor,
    x: &str,
    right_one: bool,
    known: bool,
) -> (bool, bool, String) {
    let ([rows, inner], [other, columns]) = (left.shape, right.shape);
    if inner != other {
        let why = format!("the inner sizes {inner} and {other} differ");
        return (false, false, why);
    }
    let [product, own] = [[rows, columns], target.shape].map(|shape| sizes(&shape));
    if [rows, columns] != target.shape {
        let why = format!("the product is [{product}], and {x} is [{own}]");
        return (false, false, why);
    }
    if right_one {
        return (true, true, format!("the product is [{product}], as {x} is"));
    }
    let square = "fits here only because the matrices are square";
    if !known {
        return (true, false, square.to_owned());
    }
    if is_product(left, right, &target.values) {
        return (
            true,
            true,
            format!("{square}; with these numbers the value is the same"),
        );
    }
    (true, false, format!("{square}; the value is wrong"))
}

/// Whether a product has these values, but for rounding; looks until one differs.
fn is_product(left: &Factor, right: &Factor, values: &[f64]) -> bool {
    let ([_, inner], [_, columns]) = (left.shape, right.shape);
    values.iter().enumerate().all(|(at, &value)| {
        let (r, c) = (at / columns.max(1), at % columns.max(1));
        let terms = (0..inner).map(|k| left.values[r * inner + k] * right.values[k * columns + c]);
        let (total, size) = terms.fold((0.0, 1.0f64), |(total, size), term| {
            (total + term, size.max(term.abs()))
        });
        total.to_bits() == value.to_bits() || (total - value).abs() <= ROUNDING * size
    })
}

/// Numbers as a number, a row or rows; none of more axes, or where they are many.
fn written(values: &[f64], shape: &[usize], role: As) -> Option<Math> {
    let small = shape.iter().all(|&size| (1..=WRITTEN_OUT).contains(&size));
    match (shape.len(), small, values.first()) {
        (0, _, Some(&value)) => Some(math::num(value, role)),
        (1 | 2, true, Some(_)) => Some(math::matrix(values, *shape.last()?, role)),
        _ => None,
    }
}

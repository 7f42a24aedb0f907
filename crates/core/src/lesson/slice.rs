//! The local gradient slice: what one element of an operand does to all of a gate's value.

use super::card::line;
use super::element::Lit;
use super::indexed::{differential, element_name, place};
use super::lens::met;
use super::math::{self, As, Math, fence, frac, function, joined, op, parens, row, text, tight};
use super::{Lesson, Line, Now};
use crate::modes::column::Sparse;
use crate::op::Op;
use crate::shape::{flat, subscripts};
use serde::Serialize;

/// Most terms of an inner product that are written out.
const TERMS: usize = 8;
/// How many of more are written before the last.
const FIRST: usize = 3;

/// ∂y/∂x\[i, j\], in the shape of y, and its inner product with the upstream gradient.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Slice {
    /// `∂y/∂x[0, 0]`.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// Index of the gate's node in the scene.
    pub gate: usize,
    /// Index of the operand's node.
    pub operand: usize,
    /// The place in the operand, row-major.
    pub element: usize,
    /// How many elements the operand has.
    pub count: usize,
    /// The shape of the gate's value.
    pub shape: Vec<usize>,
    /// The slice; none where it is not known yet.
    pub entries: Option<Vec<f64>>,
    /// For each entry whether it is zero whatever the numbers are.
    pub zeros: Vec<bool>,
    /// The upstream gradient, in the same shape; none where it is not known yet.
    pub upstream: Option<Vec<f64>>,
    /// Their inner product, written out.
    pub lines: Vec<Line>,
    /// What it comes to; none where it is not known yet.
    pub result: Option<f64>,
    /// The downstream gradient along the wire, in the operand's shape; none where it is not known yet.
    pub downstream: Option<Vec<f64>>,
    /// The operand's shape.
    pub operand_shape: Vec<usize>,
    /// What the slice repeats (a row of w), the upstream elements it meets, where the result goes.
    pub lit: Vec<Lit>,
}

impl Lesson {
    /// The slice of an element of what a wire carries; none if there is no such element.
    ///
    /// Of a box that hands on several values it is of the one that the box shows, and the
    /// others have their part in the result.
    pub fn slice(
        &mut self,
        now: Now<'_>,
        wire: usize,
        element: usize,
        step: usize,
    ) -> Option<Slice> {
        let at = now.scene.wires.get(wire)?;
        let to = at.to?;
        let count = at.shape.iter().product::<usize>();
        if element >= count {
            return None;
        }
        let node = &now.scene.nodes[to];
        let own = node.shape.iter().product::<usize>();
        let way = self.way(now, wire)?;
        // What is too large to be computed is not told.
        let column = way.column(now, element).ok()?;
        let arrives = self.arriving(now, to);
        let [forward, backward] = [node.forward, node.backward].map(|known| known <= step);
        let x = self.names.of_wire(now.scene, wire);
        let by = differential(x, &at.shape, element);
        let title = frac(row(vec![op("∂"), tight(self.names.of(to))]), by);
        let shown: Sparse = column
            .iter()
            .copied()
            .filter(|entry| entry.0 < own)
            .collect();
        let mut zeros = vec![true; own];
        for &(i, _) in &shown {
            zeros[i] = false;
        }
        let entries = forward.then(|| {
            let mut entries = vec![0.0; own];
            for &(i, d) in &shown {
                entries[i] = d;
            }
            entries
        });
        let known = forward && backward;
        let result = known.then(|| met(&column, &arrives));
        let lit = |math: Math| line(math, vec![at.from, to], vec![wire]);
        let whole = self.slice_symbol(now, wire, element);
        let mut lines = vec![
            lit(self.said_of_slice(now, wire, element, &title, &shown, forward)),
            lit(row(vec![
                whole.clone(),
                op("="),
                function("Σ"),
                parens(title.clone()),
                op("⊙"),
                parens(self.symbol(now, to)),
            ])),
        ];
        let terms = Terms {
            column: &column,
            upstream: &arrives,
            forward,
            backward,
        };
        let total = result.map_or(math::blank(As::Gradient), |g| math::num(g, As::Gradient));
        let mut pieces = vec![whole, op("="), terms.written(), op("="), total];
        if column.len() > TERMS {
            pieces.push(text(format!("({} terms)", column.len())));
        }
        lines.push(lit(row(pieces)));
        if column.len() > shown.len() {
            let said = "with what the other values of the box bring";
            lines.push(lit(text(said)));
        }
        if Self::is_left_out(now, wire, &way) {
            lines.push(self.said_left_out(now, wire));
        }
        Some(Slice {
            text: title.spoken(),
            title,
            gate: to,
            operand: at.from,
            element,
            count,
            shape: node.shape.clone(),
            entries,
            zeros,
            upstream: backward.then(|| arrives[..own.min(arrives.len())].to_vec()),
            lines,
            result,
            downstream: Self::came_back(now, wire, &way, step),
            operand_shape: at.shape.clone(),
            lit: self.lit_by_slice(now, wire, element, &shown),
        })
    }

    /// `∂L/∂x[0, 0]`, or the part of it through one use.
    fn slice_symbol(&self, now: Now<'_>, wire: usize, element: usize) -> Math {
        let at = &now.scene.wires[wire];
        let x = self.names.of_wire(now.scene, wire);
        let by = differential(x, &at.shape, element);
        let symbol = frac(row(vec![op("∂"), tight(&self.root(now))]), by);
        match self.part(now, wire) {
            Math::Row { row: mut pieces } if pieces.len() > 1 => {
                pieces[0] = symbol;
                row(pieces)
            }
            _ => symbol,
        }
    }

    /// What the slice is: `row 0 of w in row 0, zeros elsewhere`.
    fn said_of_slice(
        &self,
        now: Now<'_>,
        wire: usize,
        element: usize,
        title: &Math,
        shown: &Sparse,
        known: bool,
    ) -> Math {
        let at = &now.scene.wires[wire];
        let to = at.to.unwrap_or(now.scene.output);
        let node = &now.scene.nodes[to];
        let y = self.names.of(to);
        let own = node.shape.iter().product::<usize>();
        let title = || title.clone();
        let is = |words: String| row(vec![title(), text("is"), text(words)]);
        if let Some(words) = self.factor_said(now, wire, element) {
            return is(words);
        }
        let elsewhere = if own > shown.len() {
            ", zeros elsewhere"
        } else {
            ""
        };
        match shown.as_slice() {
            [] => is("zero everywhere".to_owned()),
            &[(_, d)] if own == 1 => {
                let value = if known {
                    math::num(d, As::Local)
                } else {
                    math::blank(As::Local)
                };
                row(vec![title(), op("="), value])
            }
            &[(i, d)] => {
                let value = if known {
                    math::num(d, As::Local)
                } else {
                    math::blank(As::Local)
                };
                let there = element_name(y, &node.shape, i);
                row(vec![
                    title(),
                    text("is"),
                    value,
                    text(format!("at {there}{elsewhere}")),
                ])
            }
            all if !Self::spread_axes(now, wire).is_empty() => {
                let x = element_name(self.names.of_wire(now.scene, wire), &at.shape, element);
                is(format!(
                    "an entry at each of the {} copies of {x}{elsewhere}",
                    all.len()
                ))
            }
            all if all.len() == own => {
                let name = tight(y).plain();
                is(format!("an entry at every element of {name}"))
            }
            all => is(format!("{} entries{elsewhere}", all.len())),
        }
    }

    /// What the slice of a product of matrices repeats; none of other gates, and of stacks
    /// to which one matrix was copied.
    fn factor_said(&self, now: Now<'_>, wire: usize, element: usize) -> Option<String> {
        let graph = &now.model.program.graph;
        let (gate, slot) = Self::gate_of(now, wire)?;
        if graph.node(gate).op != Op::Matmul || !Self::spread_axes(now, wire).is_empty() {
            return None;
        }
        let to = now.scene.wires[wire].to?;
        let operand = graph.operand(gate, slot);
        let other = graph.operand(gate, 1 - slot);
        let name = tight(&self.names.operand(graph, other)).plain();
        let drawn = now.scene.nodes.get(self.names.place(graph, other)?)?;
        let is_vector = drawn.shape.len() == 1;
        let shape = graph.shape(operand);
        let at = subscripts(shape, element);
        let (sheets, core) = at.split_at(at.len().checked_sub(2)?);
        let &[r, c] = core else {
            return None;
        };
        let drawn = now.scene.nodes[to].shape.len();
        let stack = sheets.len();
        let in_sheet = if sheets.is_empty() {
            String::new()
        } else {
            let sheet = place(
                &shape[..stack],
                flat(&shape[..stack], sheets.iter().copied()),
            );
            format!(" of sheet [{sheet}]")
        };
        // One matrix was copied to all sheets.
        let of_factor = if self.is_copied_sheets(graph, other) {
            ""
        } else {
            in_sheet.as_str()
        };
        let whole = drawn < stack + 2;
        let own = graph.shape(gate).iter().product::<usize>();
        // How long the row or column is: where that is all, nothing else is zero.
        let across = graph.shape(gate)[stack + 1 - slot];
        let elsewhere = if own > across {
            ", zeros elsewhere"
        } else {
            ""
        };
        let what = match (slot, is_vector) {
            (_, true) => {
                let at = if slot == 0 { c } else { r };
                format!("{name}[{at}]")
            }
            (0, false) => format!("row {c} of {name}{of_factor}"),
            (_, false) => format!("column {r} of {name}{of_factor}"),
        };
        let there = match (slot, whole) {
            (0, false) => format!(" in row {r}{in_sheet}"),
            (_, false) => format!(" in column {c}{in_sheet}"),
            (_, true) if own > across => {
                format!(" at place {}{in_sheet}", if slot == 0 { r } else { c })
            }
            (_, true) => String::new(),
        };
        Some(format!("{what}{there}{elsewhere}"))
    }
}

/// The terms of an inner product.
struct Terms<'a> {
    column: &'a Sparse,
    upstream: &'a [f64],
    forward: bool,
    backward: bool,
}

impl Terms<'_> {
    /// `2×3 + 3×2 + (−3)×1 + 9×(−1)`; of many the first and the last.
    fn written(&self) -> Math {
        let term = |&(i, d): &(usize, f64)| {
            let u = self.upstream.get(i).copied().unwrap_or(0.0);
            let number = |value: f64, role, known| {
                if known {
                    factor(math::num(value, role))
                } else {
                    math::blank(role)
                }
            };
            row(vec![
                number(u, As::Gradient, self.backward),
                op("×"),
                number(d, As::Local, self.forward),
            ])
        };
        if self.column.is_empty() {
            return math::num(0.0, As::Gradient);
        }
        if self.column.len() <= TERMS {
            return row(joined(self.column.iter().map(term), &op("+")));
        }
        let first = self.column[..FIRST].iter().map(term);
        let last = self.column.last().map(term);
        let all = first.chain([op("…")]).chain(last);
        row(joined(all, &op("+")))
    }
}

/// A number as a factor: a negative one in parentheses.
fn factor(number: Math) -> Math {
    match &number {
        Math::Num { num, .. } if num.starts_with('−') || num.contains('×') => {
            fence("(", number, ")")
        }
        _ => number,
    }
}

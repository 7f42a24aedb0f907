//! The Hessian of the output by a node, written out where it is small, beside the product
//! with a vector that does without it.

use super::holds::settled;
use super::indexed::element_names;
use super::math::{self, As, Math, joined, op, row};
use super::{Lesson, Now};
use crate::diff::Order;
use crate::modes::{self, Curvature, Limits, hessian};
use crate::number::grouped;
use serde::Serialize;

/// Most rows of a Hessian that is written out.
const ROWS: usize = 16;

/// The second derivatives of the output by a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hessian {
    /// `∂²L/∂x²`
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// The shape of what it is by.
    pub shape: Vec<usize>,
    /// How many rows it has, and columns.
    pub rows: usize,
    /// `x[0, 1]` for each row and column; none where it is not written out.
    pub names: Vec<String>,
    /// Its numbers, row by row; column i is a Hessian-vector product with the i-th unit
    /// vector. None where it is not written out.
    pub entries: Option<Vec<f64>>,
    /// The largest difference between an entry and the one across the diagonal.
    pub asymmetry: Option<f64>,
    /// Why it is not written out.
    pub too_large: Option<String>,
    /// What all of it takes: how many numbers, in how many bytes.
    pub takes: String,
    /// What the product with one vector takes beside that.
    pub product_takes: String,
    /// What the Hessian of a layer of 4096 × 4096 numbers takes.
    pub of_a_layer: String,
    /// Newton's step; none but of a number.
    pub newton: Option<Newton>,
}

/// Newton's step of one number: to where the slope would be 0 if it went on falling so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Newton {
    /// Where it starts.
    pub x: f64,
    /// The gradient there.
    pub g: f64,
    /// The second derivative there.
    pub h: f64,
    /// x − g / h; none where h is 0.
    pub next: Option<f64>,
    /// g and h in symbols and numbers, and `x − g/h = 5 − 18/6 = 2` where there is a step.
    pub math: Math,
}

/// The Hessian times a vector, in both ways.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// By the backward pass of the inner product of gradient and vector.
    pub by_product: Vec<f64>,
    /// By the matrix; none where it is not written out.
    pub by_matrix: Option<Vec<f64>>,
    /// The largest difference between both.
    pub difference: Option<f64>,
}

impl Lesson {
    /// The Hessian of the output, weighed by its upstream gradient, by a drawn node; none if
    /// there is no such node, or if it is a part of the backward pass that is drawn.
    pub fn hessian(&self, now: Now<'_>, node: usize) -> Option<Hessian> {
        let shown = now.scene.nodes.get(node).filter(|node| !node.derivative)?;
        let x = now.scene.graph_node(node);
        let rows: usize = shown.shape.iter().product();
        let entries = matrix(now, node)?;
        let too_large = entries.as_ref().err().cloned();
        let entries = entries.ok();
        let name = self.names.of(node);
        let (of, by) = (self.root(now), math::tight(name));
        let square = |x: Math| math::sup(x, math::num(2.0, As::Plain));
        let title = math::frac(
            row(vec![square(op("∂")), of]),
            row(vec![op("∂"), square(by)]),
        );
        let names = if entries.is_some() {
            element_names(name, &shown.shape)
        } else {
            Vec::new()
        };
        let slope = now.arena.get(shown.gradient).copied();
        let newton = match (entries.as_deref(), slope) {
            (Some(&[h]), Some(g)) if shown.shape.is_empty() => {
                let x = *now.arena.get(now.model.plan.offset(x))?;
                let next = (h != 0.0).then_some(x - g / h);
                let math = self.newton(now, node, [x, g, h], next, title.clone());
                Some(Newton {
                    x,
                    g,
                    h,
                    next,
                    math,
                })
            }
            _ => None,
        };
        Some(Hessian {
            text: title.spoken(),
            title,
            shape: shown.shape.clone(),
            rows,
            names,
            asymmetry: entries.as_deref().map(|entries| asymmetry(entries, rows)),
            entries,
            too_large,
            takes: takes(rows),
            product_takes: {
                let bytes = modes::bytes(rows as f64 * 8.0);
                format!("{} in 1 pass: {bytes}", numbers(rows as u128))
            },
            of_a_layer: takes(4096 * 4096),
            newton,
        })
    }

    /// Newton's step in symbols and in numbers: of x, g, h, and where it leads, if it does.
    fn newton(
        &self,
        now: Now<'_>,
        node: usize,
        [x, g, h]: [f64; 3],
        next: Option<f64>,
        second: Math,
    ) -> Math {
        let step = |x: Math, g: Math, h: Math| row(vec![x, op("−"), math::frac(g, h)]);
        let equal = |parts: Vec<Math>| vec![row(joined(parts, &op("=")))];
        let x = [self.names.of(node).clone(), math::num(x, As::Value)];
        let g = [math::name("g"), math::num(g, As::Gradient)];
        let h = [math::name("h"), math::num(h, As::Local)];
        let [symbols, numbers] = [0, 1].map(|at| step(x[at].clone(), g[at].clone(), h[at].clone()));
        let [first_name, first] = g;
        let [second_name, then] = h;
        let leads = next.map(|next| equal(vec![symbols, numbers, math::num(next, As::Value)]));
        let derivatives = [
            equal(vec![first_name, self.symbol(now, node), first]),
            equal(vec![second_name, second, then]),
        ];
        settled(Math::Table {
            table: derivatives.into_iter().chain(leads).collect(),
        })
    }

    /// The Hessian of the output by a drawn node times a vector of its shape, row-major, in
    /// both ways; none where there is no such node, or another number of numbers.
    pub fn hessian_product(&self, now: Now<'_>, node: usize, v: &[f64]) -> Option<Product> {
        let shown = now.scene.nodes.get(node).filter(|node| !node.derivative)?;
        let rows: usize = shown.shape.iter().product();
        if v.len() != rows {
            return None;
        }
        let x = now.scene.graph_node(node);
        let order = Order::ReverseOverReverse;
        let mut curvature = Curvature::new(now.model, now.arena, x, order).ok()?;
        let by_product = curvature.times(v).to_vec();
        let entries = matrix(now, node)?.ok();
        let by_matrix: Option<Vec<f64>> = entries.map(|entries| {
            let rows = entries.chunks(rows.max(1));
            let times = |row: &[f64]| row.iter().zip(v).map(|(h, v)| h * v).sum();
            rows.map(times).collect()
        });
        let difference = by_matrix.as_ref().map(|by_matrix| {
            let pairs = by_matrix.iter().zip(&by_product);
            largest(pairs.map(|(a, b)| (a - b).abs()))
        });
        Some(Product {
            by_product,
            by_matrix,
            difference,
        })
    }
}

/// All numbers of the Hessian by a drawn node, or why they are too many.
fn matrix(now: Now<'_>, node: usize) -> Option<Result<Vec<f64>, String>> {
    let x = now.scene.graph_node(node);
    let shape = &now.scene.nodes.get(node)?.shape;
    let rows: usize = shape.iter().product();
    let limits = Limits {
        entries: (ROWS * ROWS) as u128,
        ..Limits::default()
    };
    if rows == 0 {
        return Some(Ok(Vec::new()));
    }
    let found = hessian(now.model, now.arena, x, limits);
    let found = found.map(|found| found.entries);
    Some(found.map_err(|error| error.to_string()))
}

fn asymmetry(entries: &[f64], rows: usize) -> f64 {
    let pairs = (0..rows).flat_map(|i| (0..i).map(move |j| (i * rows + j, j * rows + i)));
    largest(pairs.map(|(a, b)| (entries[a] - entries[b]).abs()))
}

/// The largest of some, or NaN.
fn largest(of: impl Iterator<Item = f64>) -> f64 {
    of.fold(0.0, |m: f64, a| if a > m || a.is_nan() { a } else { m })
}

/// What a Hessian of so many rows takes.
fn takes(rows: usize) -> String {
    let count = (rows as u128).saturating_mul(rows as u128);
    let passes = grouped(rows as u128);
    let word = if rows == 1 { "pass" } else { "passes" };
    let bytes = modes::bytes(count as f64 * 8.0);
    format!("{} in {passes} {word}: {bytes}", numbers(count))
}

fn numbers(count: u128) -> String {
    let word = if count == 1 { "number" } else { "numbers" };
    format!("{} {word}", grouped(count))
}

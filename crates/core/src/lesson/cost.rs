//! What a downstream gradient takes by the explicit Jacobian, and by the rule.

use super::Line;
use super::card::line;
use super::indexed::sizes as by;
use super::math::{Math, function, name, op, parens, partial, row, sup, text, under};
use crate::modes;
use crate::number::{self, grouped};
use serde::Serialize;

/// What a way to compute a downstream gradient takes. What is multiplied, the entries of
/// the matrix or the factor of the rule, is there already: making it is not counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Numbers that are kept for it: the matrix, or the gradients that the rule makes.
    pub entries: f64,
    /// `256 GiB`, of 4-byte numbers.
    pub memory: String,
    /// Multiplications.
    pub multiplications: f64,
    /// `4.5 × 10¹⁵`.
    pub work: String,
}

impl Cost {
    /// Of so many numbers and multiplications.
    pub fn new(entries: f64, multiplications: f64) -> Self {
        Self {
            entries,
            memory: memory(entries),
            multiplications,
            work: number::brief(multiplications).replace('×', " × "),
        }
    }

    /// By a matrix of so many rows and columns: an entry and a multiplication each.
    pub fn of_matrix(rows: f64, columns: f64) -> Self {
        Self::new(rows * columns, rows * columns)
    }
}

/// Bytes of the largest unit.
const EXBIBYTE: f64 = (1u64 << 60) as f64;

/// What numbers of 4 bytes take.
fn memory(entries: f64) -> String {
    let bytes = entries * 4.0;
    if bytes >= 1e6 * EXBIBYTE {
        return format!(
            "{} EiB",
            number::brief(bytes / EXBIBYTE).replace('×', " × ")
        );
    }
    modes::bytes(bytes)
}

/// What a matrix that is not formed would take.
pub fn too_large(rows: usize, columns: usize) -> String {
    let entries = rows as u128 * columns as u128;
    format!(
        "{} × {} = {} entries, {} of 4-byte numbers: not formed",
        grouped(rows as u128),
        grouped(columns as u128),
        grouped(entries),
        memory(entries as f64),
    )
}

/// What one product of matrices `x [N × D] · w [D × M]` takes on its way back to x.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// The shapes, the Jacobian's, and the rule's, as mathematics with the sizes in it.
    pub lines: Vec<Line>,
    /// By its Jacobian.
    pub by_matrix: Cost,
    /// By the rule.
    pub by_rule: Cost,
}

/// The sizes of a layer of N rows, D inputs and M outputs; none where one of them is 0.
pub fn sizes(rows: usize, inputs: usize, outputs: usize) -> Option<Sizes> {
    if [rows, inputs, outputs].contains(&0) {
        return None;
    }
    let [n, d, m] = [rows, inputs, outputs].map(|size| size as f64);
    let [x, w, y, loss] = ["x", "w", "y", "L"].map(name);
    let gradient = |of: &Math| partial(&loss, of);
    let shaped = |math: Math, shape: &[usize]| under(math, text(by(shape)));
    let said = |pieces: Vec<Math>| line(row(pieces), Vec::new(), Vec::new());
    let product = op("\u{2062}");
    let (own, weights, out) = ([rows, inputs], [inputs, outputs], [rows, outputs]);
    let forward = vec![
        shaped(y.clone(), &out),
        op("="),
        shaped(x.clone(), &own),
        product.clone(),
        shaped(w.clone(), &weights),
    ];
    // Exact: two sizes of a machine word multiply to a number of two.
    let [all, each] = [outputs, inputs].map(|size| rows as u128 * size as u128);
    let jacobian = vec![
        partial(&y, &x),
        text(format!("is [{all} × {each}]:")),
        text(format!(
            "{} of 4-byte numbers",
            Cost::of_matrix(n * m, n * d).memory
        )),
    ];
    let rule = vec![
        shaped(gradient(&x), &own),
        op("="),
        shaped(parens(gradient(&y)), &out),
        product,
        shaped(sup(w, function("T")), &[outputs, inputs]),
    ];
    Some(Sizes {
        lines: vec![said(forward), said(jacobian), said(rule)],
        by_matrix: Cost::of_matrix(n * m, n * d),
        by_rule: Cost::new(n * d, n * d * m),
    })
}

//! The Jacobian lens: the explicit matrix beside the implicit rule.

use super::{Lesson, Line, Math, Now};
use serde::Serialize;

/// What a way to compute a downstream gradient takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Numbers that are kept for it.
    pub entries: f64,
    /// `256 GiB`, of 4-byte numbers.
    pub memory: String,
    /// Multiplications.
    pub multiplications: f64,
    /// `4.5 × 10¹⁵`.
    pub work: String,
}

/// A Jacobian, row by row: a row for each element of the result, a column for each of what it is
/// derived by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lens {
    /// `∂y/∂x`.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// `y[0, 1]` for each row; none where the matrix is not formed.
    pub row_names: Vec<String>,
    /// `x[0, 1]` for each column; none where the matrix is not formed.
    pub column_names: Vec<String>,
    /// `diagonal`, `2 blocks of 4 × 3`: what it looks like whatever the numbers are.
    pub structure: String,
    /// Why it looks so, in a sentence.
    pub why: String,
    /// All numbers, row by row; none where it is too large to be formed, or not computed yet.
    pub entries: Option<Vec<f64>>,
    /// For each entry whether it is zero whatever the numbers are.
    pub zeros: Option<Vec<bool>>,
    /// Why it is not formed.
    pub too_large: Option<String>,
    /// The upstream gradient, an entry for each row; none where it is not computed yet.
    pub upstream: Option<Vec<f64>>,
    /// Downstream by the matrix: for each column the sum over rows of upstream × entry.
    pub explicit: Option<Vec<f64>>,
    /// Downstream as the backward pass computed it.
    pub implicit: Option<Vec<f64>>,
    /// The largest difference between both.
    pub difference: Option<f64>,
    /// The implicit rule in symbols: `∂L/∂x = ∂L/∂y wᵀ`, for whole values and by element.
    pub rule: Vec<Line>,
    /// What the matrix takes.
    pub by_matrix: Cost,
    /// What the rule takes.
    pub by_rule: Cost,
}

/// What one product of matrices `x [N × D] · w [D × M]` takes on its way back to x.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// `[262144 × 262144]`, as mathematics with the sizes in it.
    pub lines: Vec<Line>,
    /// By its Jacobian.
    pub by_matrix: Cost,
    /// By the rule.
    pub by_rule: Cost,
}

impl Lesson {
    /// The lens on a wire: the Jacobian of the gate it enters with respect to what it carries.
    pub fn lens_of_wire(&mut self, now: Now<'_>, wire: usize, step: usize) -> Option<Lens> {
        let _ = (now, wire, step);
        None
    }

    /// The lens on a pair of nodes: through every path between them.
    pub fn lens_of_pair(
        &mut self,
        now: Now<'_>,
        out: usize,
        by: usize,
        step: usize,
    ) -> Option<Lens> {
        let _ = (now, out, by, step);
        None
    }
}

/// The sizes of a layer of N rows, D inputs and M outputs.
pub fn sizes(rows: usize, inputs: usize, outputs: usize) -> Option<Sizes> {
    let _ = (rows, inputs, outputs);
    None
}

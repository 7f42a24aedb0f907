//! The local gradient slice: what one element of an operand does to all of a gate's value.

use super::element::Lit;
use super::{Lesson, Line, Math, Now};
use serde::Serialize;

/// ∂y/∂x_ij, in the shape of y, and its inner product with the upstream gradient.
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

impl Lesson {
    /// The slice of an element of what a wire carries; none if there is no such element.
    pub fn slice(
        &mut self,
        now: Now<'_>,
        wire: usize,
        element: usize,
        step: usize,
    ) -> Option<Slice> {
        let _ = (now, wire, element, step);
        None
    }

    /// What all slices of what a wire carries come to.
    pub fn whole(&mut self, now: Now<'_>, wire: usize, step: usize) -> Option<Whole> {
        let _ = (now, wire, step);
        None
    }
}

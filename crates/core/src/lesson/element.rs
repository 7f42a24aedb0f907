//! One element of a value or of a gradient: where its number comes from.

use super::{Lesson, Line, Math, Now};
use serde::Serialize;

/// Which of a node's two tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Its value.
    Value,
    /// The gradient of the output with respect to it.
    Gradient,
}

/// Elements that light up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lit {
    /// Index of a node of the scene.
    pub node: usize,
    /// Which of its tensors.
    pub side: Side,
    /// Places in it, row-major, ascending.
    pub elements: Vec<usize>,
}

/// Where the number of one element comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Element {
    /// `y[0, 1] = −1`.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// The arithmetic that made it, in names, then in numbers; of a gradient a line for each
    /// contribution, and their sum.
    pub lines: Vec<Line>,
    /// What it was made of, and itself.
    pub lit: Vec<Lit>,
    /// Indices of the wires that what it was made of came along.
    pub wires: Vec<usize>,
}

impl Lesson {
    /// Where an element's number comes from; none if there is no such element.
    pub fn element(
        &mut self,
        now: Now<'_>,
        node: usize,
        side: Side,
        element: usize,
        step: usize,
    ) -> Option<Element> {
        let _ = (now, node, side, element, step);
        None
    }
}

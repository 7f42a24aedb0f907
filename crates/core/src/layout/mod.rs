//! Places for boxes and curves for wires, left to right.
//!
//! Knows rectangles and wires, nothing of what they stand for.

/// A rectangle to be placed.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
}

/// A wire from one rectangle's right side to another's left side.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Index of the rectangle it leaves.
    pub from: usize,
    /// Index of the rectangle it enters; always greater than `from`.
    pub to: usize,
    /// Which operand of `to` it is: operands enter from top to bottom in this order.
    pub operand: usize,
}

/// A point of the picture; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Across.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A wire's curve: a start and cubic segments (two control points and an end each).
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Where it starts.
    pub start: Point,
    /// Its segments.
    pub segments: Vec<[Point; 3]>,
    /// Where its two labels are centred, a point on the wire.
    pub label: Point,
}

/// Where everything goes.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Width of the whole.
    pub width: f64,
    /// Height of the whole.
    pub height: f64,
    /// Centre of each rectangle.
    pub centres: Vec<Point>,
    /// The curve of each link, in the order given.
    pub routes: Vec<Route>,
}

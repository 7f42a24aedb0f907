//! Where wires leave and enter a rectangle.

use super::{Point, Size};

/// Where a wire leaves, from the centre: the middle of the right side.
pub(super) fn exit(size: Size) -> Point {
    Point {
        x: size.width / 2.0,
        y: 0.0,
    }
}

/// Where the wire at `port` of `ports` (from the top) enters, from the centre.
///
/// A square stands for a circle, and its wires end on the circle's left arc.
pub(super) fn entry(size: Size, port: usize, ports: usize) -> Point {
    let half = size.height / 2.0;
    let spread = if ports > 1 { 0.8 } else { 0.0 };
    let last = ports.max(2) - 1;
    let y = half * spread * (2.0 * port as f64 / last as f64 - 1.0);
    let round = (size.width - size.height).abs() < 0.5;
    let x = if round {
        (half * half - y * y).max(0.0).sqrt()
    } else {
        size.width / 2.0
    };
    Point { x: -x, y }
}

//! Where wires leave and enter a rectangle.

use super::net::{Port, Slot};
use super::{Point, Size};

/// The radius of a gate's corners, if it is no circle.
const CORNER: f64 = 10.0;

/// Where wires leave: the middle of the right side.
pub(super) fn exit(size: Size) -> Port {
    Port {
        slot: Slot::ONLY,
        at: Point {
            x: size.width / 2.0,
            y: 0.0,
        },
    }
}

/// Where the wire at a slot enters: on the grip of a rectangle, or if it has none, on all
/// of it.
///
/// A square stands for a circle, and its wires end on the circle's left arc; the
/// corners of other gates are rounded.
pub(super) fn entry(size: Size, grip: Option<Size>, slot: Slot) -> Port {
    let left = size.width / 2.0;
    let size = grip.map_or(size, |grip| grip.sound().within(size));
    let half = size.height / 2.0;
    let spread = if slot.of > 1 { 0.8 } else { 0.0 };
    let last = f64::from(slot.of.max(2) - 1);
    let y = half * spread * (2.0 * f64::from(slot.rank) / last - 1.0);
    let round = (size.width - size.height).abs() < 0.5;
    let radius = if round { half } else { half.min(CORNER) };
    // How far above or below the middle of its corner's arc.
    let beyond = (y.abs() - (half - radius)).max(0.0);
    let inset = radius - (radius * radius - beyond * beyond).max(0.0).sqrt();
    let x = left - inset;
    Port {
        slot,
        at: Point { x: -x, y },
    }
}

//! A wire's curve by what is above or below.

use super::{Point, Route};

/// A cubic that leaves and arrives level, its control points one above the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    start: Point,
    bend: f64,
    end: Point,
}

impl Route {
    /// The curve above or below `x`; beyond the route's ends, the first or last.
    pub(super) fn curve(&self, x: f64) -> Curve {
        let past = self.segments.partition_point(|segment| segment[2].x < x);
        let place = past.min(self.segments.len().saturating_sub(1));
        let start = match place {
            0 => self.start,
            _ => self.segments[place - 1][2],
        };
        let (bend, end) = match self.segments.get(place) {
            Some(&[bend, _, end]) => (bend.x, end),
            None => (start.x, start),
        };
        Curve { start, bend, end }
    }
}

impl Curve {
    /// Its height at `x` and how steep it is there; beyond its ends, that of the end.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let (width, rise) = (self.end.x - self.start.x, self.end.y - self.start.y);
        if rise == 0.0 || width <= 0.0 {
            return (self.end.y, 0.0);
        }
        // With b where both control points are, x = 3bt(1 - t) + t³ as a share of
        // the width, which always grows, and y = t²(3 - 2t) as one of the rise.
        let share = ((x - self.start.x) / width).clamp(0.0, 1.0);
        let b = 3.0 * (self.bend - self.start.x) / width;
        let speed = |t: f64| b * (1.0 - 2.0 * t) + 3.0 * t * t;
        let mut t = share;
        // By Newton, to 1e-8 of the rise for all bends between a fifth and four.
        for _ in 0..4 {
            t -= (b * t * (1.0 - t) + t * t * t - share) / speed(t);
            t = t.clamp(0.0, 1.0);
        }
        let steepness = 6.0 * t * (1.0 - t) / speed(t) * rise / width;
        (self.start.y + rise * t * t * (3.0 - 2.0 * t), steepness)
    }
}

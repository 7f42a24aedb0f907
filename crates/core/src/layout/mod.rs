//! Places for boxes and curves for wires, left to right.
//!
//! Knows rectangles and wires, and frames around rectangles, nothing of what they
//! stand for.
//!
//! The layered method: columns by longest paths, tightened; the order of each
//! column by a walk over operands, barycentre sweeps, exchange and sifting;
//! columns of their own for labels; heights by isotonic least squares; smooth
//! curves that cross columns level. Frames are laid out from the inside out: what
//! is in one is a picture of its own, with its wires at its sides, and one large
//! rectangle around it. References: Sugiyama, Tagawa, Toda 1981; Gansner,
//! Koutsofios, North, Vo 1993; Sander 1996.

mod crossings;
mod join;
mod labels;
mod layers;
mod level;
mod levels;
mod lists;
mod net;
mod order;
mod place;
mod ports;
mod route;
#[cfg(test)]
mod tests;

use level::{Border, Placed};
use levels::{Item, Levels};

/// The room of a wire's two labels, above it and below it, as a rule.
pub const LABEL: Size = Size {
    width: 60.0,
    height: 36.0,
};
/// The empty border of the picture.
const MARGIN: f64 = 16.0;
/// The least distance from a frame's border to what is in it.
const PAD: f64 = 14.0;

/// A rectangle to be placed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
}

impl Size {
    /// That of nothing.
    pub const NONE: Self = Self {
        width: 0.0,
        height: 0.0,
    };

    /// A size that can be computed with.
    fn sound(self) -> Self {
        let sound = |length: f64| {
            if length.is_finite() {
                length.clamp(0.0, 1e5)
            } else {
                0.0
            }
        };
        Self {
            width: sound(self.width),
            height: sound(self.height),
        }
    }

    /// No larger than another.
    fn within(self, other: Self) -> Self {
        Self {
            width: self.width.min(other.width),
            height: self.height.min(other.height),
        }
    }
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
    /// The room of its labels, above it and below it; nothing for none.
    pub label: Size,
}

/// A box around some rectangles, drawn with a border and a title at its top left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    /// The frame it stands in, which comes before it.
    pub parent: Option<usize>,
    /// The room of its title.
    pub title: Size,
}

/// The picture before an edit.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Where the centre of each rectangle of the new picture was; none for what is new.
    pub centres: Vec<Option<Point>>,
}

/// What is to be laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The rectangles.
    pub sizes: &'a [Size],
    /// The room that each rectangle wants free above it, for a name; none for all
    /// that are missing.
    pub heads: &'a [f64],
    /// Where the wires into each rectangle end: on a smaller one of this size in it, at
    /// its left side and as far from its top as from its bottom; on all of it for all
    /// that are missing.
    pub grips: &'a [Size],
    /// The wires between them.
    pub links: &'a [Link],
    /// Frames, outer ones before those in them.
    pub frames: &'a [Frame],
    /// The innermost frame around each rectangle; none for all that are missing.
    pub frame_of: &'a [Option<usize>],
    /// The last picture: what was above what stays so, as far as it crosses few more wires.
    pub before: Option<&'a Before>,
}

/// A rectangle of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub x: f64,
    /// Its top.
    pub y: f64,
    /// Full width.
    pub width: f64,
    /// Full height.
    pub height: f64,
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
    /// The border of each frame; nothing for one that holds no rectangle, or that
    /// a wire leaves and enters again, so that it cannot be drawn.
    pub frames: Vec<Rect>,
}

/// Lays out rectangles and their wires, without frames: see [`layout_in`].
pub fn layout(sizes: &[Size], links: &[Link]) -> Layout {
    layout_in(&Asked {
        sizes,
        links,
        ..Asked::default()
    })
}

/// Lays out rectangles, their wires and frames around them; the same input gives
/// the same picture.
///
/// Every wire leads from left to right, from the middle of one rectangle's right
/// side to its port on the other's left side, the ports in operand order from top
/// to bottom; where the other has a grip, on the grip's. Links that break the rule `from < to`, or name rectangles that are
/// not there, are left out: their routes are empty. A frame holds its own
/// rectangles and frames and nothing else; frames that are named and not there are
/// left out.
pub fn layout_in(asked: &Asked) -> Layout {
    let levels = levels::levels(asked);
    let before = asked.before.map(|before| places(&levels, before));
    let mut placed = vec![Placed::default(); levels.all.len()];
    // From the inside out.
    for (at, level) in levels.all.iter().enumerate().rev() {
        if at > 0 && level.items.is_empty() {
            continue;
        }
        let border = match at {
            0 => Border {
                pad: MARGIN,
                title: Size::NONE,
            },
            _ => Border {
                pad: PAD,
                title: asked.frames[at - 1].title,
            },
        };
        let before = before.as_ref().map(|before| &before[at][..]);
        placed[at] = level::lay(level, asked, &placed, border, before);
    }
    join::join(&levels, &placed, asked.sizes.len())
}

/// The place that each item of each level had; that of a frame is the mean of what
/// is in it.
fn places(levels: &Levels, before: &Before) -> Vec<Vec<Option<Point>>> {
    let mut places: Vec<Vec<Option<Point>>> = vec![Vec::new(); levels.all.len()];
    let mut means = vec![None; levels.all.len()];
    for (at, level) in levels.all.iter().enumerate().rev() {
        let place = |item: &Item| match *item {
            Item::Rect(rect) => {
                let centre = before.centres.get(rect).copied().flatten();
                centre.filter(|centre| centre.x.is_finite() && centre.y.is_finite())
            }
            Item::Frame(frame) => means[frame + 1],
            Item::Entry(_) | Item::Exit(_) => None,
        };
        let of: Vec<Option<Point>> = level.items.iter().map(place).collect();
        let known = of.iter().flatten();
        let count = known.clone().count() as f64;
        let sum = known.fold(Point::default(), |sum, &place| sum + place);
        means[at] = (count > 0.0).then_some(Point {
            x: sum.x / count,
            y: sum.y / count,
        });
        places[at] = of;
    }
    places
}

impl Route {
    /// Moves all of it.
    fn shift(&mut self, by: Point) {
        self.start = self.start + by;
        self.label = self.label + by;
        for point in self.segments.iter_mut().flatten() {
            *point = *point + by;
        }
    }
}

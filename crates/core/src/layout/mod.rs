//! Places for boxes and curves for wires, left to right.
//!
//! Knows rectangles and wires, nothing of what they stand for.
//!
//! The layered method: columns by longest paths, tightened; the order of each
//! column by a walk over operands, barycentre sweeps, exchange and sifting;
//! heights by isotonic least squares; smooth curves that cross columns level;
//! labels where they touch least. References: Sugiyama, Tagawa, Toda 1981;
//! Gansner, Koutsofios, North, Vo 1993.

mod crossings;
mod curve;
mod labels;
mod layers;
mod lists;
mod net;
mod order;
mod place;
mod ports;
mod route;
#[cfg(test)]
mod tests;

use lists::Lists;
use net::{Net, Wire};

/// Least distance between the centres of rectangles in a column.
const BOX_PITCH: f64 = 64.0;
/// Least distance between the edges of rectangles in a column.
const BETWEEN_BOXES: f64 = 16.0;
/// Least distance between a wire and the edge of a rectangle that it passes.
const WIRE_TO_BOX: f64 = 24.0;
/// Least distance between wires in a column: a label below one, one above the other.
const BETWEEN_WIRES: f64 = 36.0;
/// Least width of the gap between columns: a label fits in it.
const GAP: f64 = 96.0;
/// Greatest width of the gap, where wires rise or fall far in it.
const GAP_WIDEST: f64 = 180.0;
/// The room of a wire's two labels, above it and below it.
const LABEL: Size = Size {
    width: 60.0,
    height: 30.0,
};
/// Crossings that having all sources at the left is worth.
const EXCUSED: u64 = 3;
/// The empty border of the picture.
const MARGIN: f64 = 16.0;

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

/// Lays out rectangles and their wires; the same input gives the same picture.
///
/// Every wire leads from left to right, from the middle of one rectangle's right
/// side to its port on the other's left side, the ports in operand order from top
/// to bottom. Links that break the rule `from < to`, or name rectangles that are
/// not there, are left out: their routes are empty.
pub fn layout(sizes: &[Size], links: &[Link]) -> Layout {
    let sizes: Vec<Size> = sizes.iter().map(|&size| sound(size)).collect();
    let net = ordered(sizes.len(), &wires(sizes.len(), links));
    let heights = place::heights(&net, &sizes);
    let columns = route::columns(&net, &sizes, &heights);
    let mut centres = route::centres(&net, &sizes, &heights, &columns);
    let mut drawn = route::routes(&net, &sizes, &heights, &columns, &centres);
    labels::place(&net, &columns, &mut drawn);

    let (low, high) = extent(&sizes, &centres, &drawn);
    let shift = Point {
        x: MARGIN - low.x,
        y: MARGIN - low.y,
    };
    for centre in &mut centres {
        *centre = *centre + shift;
    }
    let mut routes = vec![Route::default(); links.len()];
    for (wire, mut route) in net.wires.iter().zip(drawn) {
        route.start = route.start + shift;
        route.label = route.label + shift;
        for point in route.segments.iter_mut().flatten() {
            *point = *point + shift;
        }
        routes[wire.link] = route;
    }
    Layout {
        width: high.x + shift.x + MARGIN,
        height: high.y + shift.y + MARGIN,
        centres,
        routes,
    }
}

/// The net in the best order: with the sources at the left, unless that crosses
/// clearly more wires than to have them near their uses.
fn ordered(count: usize, wires: &[Wire]) -> Net {
    let mut best: Option<(u64, Net)> = None;
    for columns in layers::columns(count, wires) {
        let mut net = Net::new(columns, wires);
        let crossings = order::order(&mut net);
        if best
            .as_ref()
            .is_none_or(|(least, _)| crossings + EXCUSED < *least)
        {
            best = Some((crossings, net));
        }
        if crossings <= EXCUSED {
            break;
        }
    }
    best.map(|(_, net)| net).unwrap_or_default()
}

/// A size that can be computed with.
fn sound(size: Size) -> Size {
    let sound = |length: f64| {
        if length.is_finite() {
            length.clamp(0.0, 1e5)
        } else {
            0.0
        }
    };
    Size {
        width: sound(size.width),
        height: sound(size.height),
    }
}

/// The links that can be drawn, with their ports.
fn wires(count: usize, links: &[Link]) -> Vec<Wire> {
    let drawn: Vec<usize> = (0..links.len())
        .filter(|&link| links[link].from < links[link].to && links[link].to < count)
        .collect();
    let to: Vec<usize> = drawn.iter().map(|&link| links[link].to).collect();
    let mut wires = Vec::with_capacity(drawn.len());
    for group in Lists::group(count, &to).iter() {
        let operands = group.iter().map(|&index| links[drawn[index]].operand);
        let by_operand =
            lists::sorted(operands.map(|operand| u32::try_from(operand).unwrap_or(u32::MAX)));
        for (port, place) in by_operand.into_iter().enumerate() {
            let link = drawn[group[place]];
            wires.push(Wire {
                link,
                from: links[link].from,
                to: links[link].to,
                port,
                ports: group.len(),
            });
        }
    }
    wires
}

/// The corners of all that is drawn, labels included.
fn extent(sizes: &[Size], centres: &[Point], routes: &[Route]) -> (Point, Point) {
    let boxes = centres.iter().copied().zip(sizes.iter().copied());
    let labels = routes.iter().map(|route| (route.label, LABEL));
    let bends = routes.iter().flat_map(|route| {
        let points = route.segments.iter().flatten().copied();
        let none = Size {
            width: 0.0,
            height: 0.0,
        };
        points.map(move |point| (point, none))
    });
    let mut corners: Option<(Point, Point)> = None;
    for (centre, size) in boxes.chain(labels).chain(bends) {
        let (dx, dy) = (size.width / 2.0, size.height / 2.0);
        let (low, high) = corners.unwrap_or((centre, centre));
        corners = Some((
            Point {
                x: low.x.min(centre.x - dx),
                y: low.y.min(centre.y - dy),
            },
            Point {
                x: high.x.max(centre.x + dx),
                y: high.y.max(centre.y + dy),
            },
        ));
    }
    corners.unwrap_or_default()
}

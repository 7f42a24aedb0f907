//! The places in one level: what stands in a frame, or in none.

use rustc_hash::FxHashMap;

use super::labels::{Labelled, labelled};
use super::layers::{self, Edges};
use super::levels::{Item, Level};
use super::lists::{self, Lists};
use super::net::{Net, Port, Slot, Wire};
use super::place::{self, Room};
use super::{Asked, Point, Route, Size, order, ports, route};

/// Crossings that having all sources at the left is worth.
const EXCUSED: u64 = 3;

/// The room around what stands in a level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Border {
    /// At all sides.
    pub pad: f64,
    /// What stands above the contents, at the left.
    pub title: Size,
}

/// A level with its places, from the top left corner of its border.
#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    pub size: Size,
    /// The centre of each item.
    pub centres: Vec<Point>,
    /// The curve of each part, with its label's place.
    pub routes: Vec<Route>,
    /// Where the wires of each source enter, from top to bottom.
    entries: FxHashMap<usize, Port>,
    /// Where they leave.
    exits: FxHashMap<usize, Port>,
}

/// Places a level of what is asked whose frames are placed already. `inside` gives the
/// size of each frame, `before` the place that each item of the level had in the last
/// picture.
pub(super) fn lay(
    level: &Level,
    asked: &Asked,
    inside: &[Placed],
    border: Border,
    before: Option<&[Option<Point>]>,
) -> Placed {
    let size = |item: &Item| match *item {
        Item::Rect(rect) => asked.sizes[rect].sound(),
        Item::Frame(frame) => inside[frame + 1].size,
        Item::Entry(_) | Item::Exit(_) => Size::NONE,
    };
    let sizes: Vec<Size> = level.items.iter().map(size).collect();
    let head = |item: &Item| match *item {
        Item::Rect(rect) => {
            let head = asked.heads.get(rect).copied().filter(|&head| head > 0.0);
            head.map_or(0.0, |head| head.min(1e5))
        }
        _ => 0.0,
    };
    let heads: Vec<f64> = level.items.iter().map(head).collect();
    let wires = wires(level, &sizes, asked.grips, inside);
    let Labelled { net, room, at } = labelled(&ordered(level, &sizes, &wires, before), &wires);
    let room = Room {
        items: &sizes,
        heads: &heads,
        labels: &room,
    };
    let heights = place::heights(&net, &room);
    let columns = route::columns(&net, &room, &heights);
    let mut centres = route::centres(&net, &sizes, &heights, &columns);

    // The border, and what stands on it.
    let last = columns.len().saturating_sub(1);
    let (mut low, mut high) = (
        Point {
            x: f64::INFINITY,
            y: f64::INFINITY,
        },
        Point {
            x: f64::NEG_INFINITY,
            y: f64::NEG_INFINITY,
        },
    );
    for (node, &y) in heights.iter().enumerate() {
        let column = columns[net.column[node]];
        let half = room.height(node) / 2.0;
        low.y = low.y.min(y - half - room.head(node));
        high.y = high.y.max(y + half);
        // What stands on the border keeps no distance from it.
        let on_border = column.left == column.right && [0, last].contains(&net.column[node]);
        let pad = if on_border { 0.0 } else { border.pad };
        low.x = low.x.min(column.left - pad);
        high.x = high.x.max(column.right + pad);
    }
    if heights.is_empty() {
        (low, high) = Default::default();
    }
    let title = border.title.sound();
    low.y -= border.pad + title.height;
    high.y += border.pad;
    high.x = high.x.max(low.x + title.width + 2.0 * border.pad);
    for centre in &mut centres[..level.entries] {
        centre.x = low.x;
    }
    let exits = centres.len() - level.exits;
    for centre in &mut centres[exits..] {
        centre.x = high.x;
    }

    let mut routes = route::routes(&net, &wires, &room, &heights, &columns, &centres);
    let shift = Point {
        x: -low.x,
        y: -low.y,
    };
    for (route, at) in routes.iter_mut().zip(at) {
        route.label = at.map_or(route.start, |node| {
            let column = columns[net.column[node]];
            Point {
                x: column.left.midpoint(column.right),
                y: heights[node],
            }
        });
        route.shift(shift);
    }
    for centre in &mut centres {
        *centre = *centre + shift;
    }
    let size = Size {
        width: high.x - low.x,
        height: high.y - low.y,
    };
    Placed {
        entries: side(
            &level.items[..level.entries],
            &centres[..level.entries],
            size,
        ),
        exits: side(&level.items[exits..], &centres[exits..], size),
        size,
        centres,
        routes,
    }
}

/// The ports on one side of a frame, by the rectangles whose wires they are for.
fn side(items: &[Item], centres: &[Point], size: Size) -> FxHashMap<usize, Port> {
    let middle = Point {
        x: -size.width / 2.0,
        y: -size.height / 2.0,
    };
    let mut by_height: Vec<usize> = (0..items.len()).collect();
    crate::sort::by(&mut by_height, |&a, &b| {
        centres[a].y.total_cmp(&centres[b].y)
    });
    let of = items.len() as u32;
    let ports = by_height.into_iter().enumerate().filter_map(|(rank, at)| {
        let (Item::Entry(source) | Item::Exit(source)) = items[at] else {
            return None;
        };
        let slot = Slot {
            rank: rank as u32,
            of,
        };
        Some((
            source,
            Port {
                slot,
                at: centres[at] + middle,
            },
        ))
    });
    ports.collect()
}

/// The parts of a level with their ports.
fn wires(level: &Level, sizes: &[Size], grips: &[Size], inside: &[Placed]) -> Vec<Wire> {
    let to: Vec<usize> = level.parts.iter().map(|part| part.to).collect();
    let mut slots = vec![Slot::ONLY; level.parts.len()];
    for group in Lists::group(level.items.len(), &to).iter() {
        let operands = group.iter().map(|&part| level.parts[part].operand);
        let by_operand =
            lists::sorted(operands.map(|operand| u32::try_from(operand).unwrap_or(u32::MAX)));
        for (rank, place) in by_operand.into_iter().enumerate() {
            slots[group[place]] = Slot {
                rank: rank as u32,
                of: group.len() as u32,
            };
        }
    }
    let port = |ports: &FxHashMap<usize, Port>, source: usize| {
        ports.get(&source).copied().unwrap_or(Port::CENTRE)
    };
    let parts = level.parts.iter().zip(slots);
    parts
        .map(|(part, slot)| Wire {
            from: part.from,
            to: part.to,
            exit: match level.items[part.from] {
                Item::Frame(frame) => port(&inside[frame + 1].exits, part.source),
                Item::Rect(_) => ports::exit(sizes[part.from]),
                Item::Entry(_) | Item::Exit(_) => Port::CENTRE,
            },
            entry: match level.items[part.to] {
                Item::Frame(frame) => port(&inside[frame + 1].entries, part.source),
                Item::Rect(rect) => ports::entry(sizes[part.to], grips.get(rect).copied(), slot),
                Item::Entry(_) | Item::Exit(_) => Port::CENTRE,
            },
            label: part.label,
            early: part.early,
        })
        .collect()
}

/// The net in the best order: with the sources at the left, unless that crosses
/// clearly more wires than to have them near their uses.
fn ordered(level: &Level, sizes: &[Size], wires: &[Wire], before: Option<&[Option<Point>]>) -> Net {
    let frame = |item: &Item| matches!(item, Item::Frame(_));
    let large: Vec<bool> = level.items.iter().map(frame).collect();
    let edges = Edges {
        entries: level.entries,
        exits: level.exits,
    };
    let excused = match before.and_then(|before| were_pinned(sizes, wires, before)) {
        None => EXCUSED,
        Some(true) => 4 * EXCUSED,
        Some(false) => 0,
    };
    let heights: Option<Vec<Option<f64>>> = before.map(|before| {
        let heights = before.iter().map(|place| place.map(|place| place.y));
        heights.collect()
    });
    let mut best: Option<(u64, Net)> = None;
    for columns in layers::columns(&large, wires, edges) {
        let mut net = Net::new(columns, wires);
        let crossings = order::order(&mut net, wires, heights.as_deref());
        if best
            .as_ref()
            .is_none_or(|(least, _)| crossings + excused < *least)
        {
            best = Some((crossings, net));
        }
        if crossings <= excused {
            break;
        }
    }
    best.map(|(_, net)| net).unwrap_or_default()
}

/// Whether all sources stood at the left in the last picture, where they end in
/// line; nothing where too few are known to tell.
fn were_pinned(sizes: &[Size], wires: &[Wire], before: &[Option<Point>]) -> Option<bool> {
    let mut fed = vec![false; sizes.len()];
    for wire in wires {
        fed[wire.to] = true;
    }
    let sources = before.iter().zip(sizes).zip(fed).filter(|(_, fed)| !fed);
    let ends: Vec<f64> = sources
        .filter_map(|((place, size), _)| place.map(|place| place.x + size.width / 2.0))
        .collect();
    let in_line = ends.iter().all(|end| (end - ends[0]).abs() < 1.0);
    (ends.len() > 1).then_some(in_line)
}

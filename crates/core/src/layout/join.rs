//! The placed levels put together: every place from the picture's corner, every
//! wire one curve.

use super::level::Placed;
use super::levels::{Item, Levels};
use super::route::Pen;
use super::{Layout, Point, Rect, Route, Size};

/// The picture of all levels; `rects` says how many rectangles there are.
pub(super) fn join(levels: &Levels, placed: &[Placed], rects: usize) -> Layout {
    let mut corners = vec![Point::default(); placed.len()];
    let mut centres = vec![Point::default(); rects];
    let mut frames = vec![Rect::default(); levels.around.len()];
    // Levels come before those within them.
    for (level, (structure, inside)) in levels.all.iter().zip(placed).enumerate() {
        for (item, &centre) in structure.items.iter().zip(&inside.centres) {
            let centre = centre + corners[level];
            match *item {
                Item::Rect(rect) => centres[rect] = centre,
                Item::Frame(frame) => {
                    let Size { width, height } = placed[frame + 1].size;
                    let corner = centre
                        + Point {
                            x: -width / 2.0,
                            y: -height / 2.0,
                        };
                    corners[frame + 1] = corner;
                    frames[frame] = Rect {
                        x: corner.x,
                        y: corner.y,
                        width,
                        height,
                    };
                }
                Item::Entry(_) | Item::Exit(_) => {}
            }
        }
    }
    let routes = levels
        .paths
        .iter()
        .zip(&levels.labels)
        .map(|(path, &label)| {
            let part =
                |&(level, part): &(usize, usize)| (corners[level], &placed[level].routes[part]);
            let Some((corner, first)) = path.first().map(part) else {
                return Route::default();
            };
            let mut pen = Pen::new(first.start + corner);
            for (corner, route) in path.iter().map(part) {
                for segment in &route.segments {
                    pen.segment(segment.map(|point| point + corner));
                }
            }
            let (corner, labelled) = part(&path[label]);
            Route {
                label: labelled.label + corner,
                ..pen.route
            }
        })
        .collect();
    let Size { width, height } = placed.first().map_or(Size::NONE, |outer| outer.size);
    Layout {
        width,
        height,
        centres,
        routes,
        frames,
    }
}

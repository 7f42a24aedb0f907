//! What a reader stumbles over, counted in a picture whoever drew it.

use super::Graph;
use backflow_core::layout::{Layout, Point, Rect, Size};
use std::collections::BTreeMap;

/// Points on a segment of a curve; an odd number of pieces, as wires tend to cross
/// in the middle, where the pieces of both would only touch.
const PIECES: usize = 15;
/// Side of the squares by which things that may meet are found.
const CELL: f64 = 64.0;
/// How far things must cover one another to be seen.
const SEEN: f64 = 1.0;

/// A picture, by whomever.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// Width and height of the whole.
    pub size: Size,
    /// The centre of each rectangle.
    pub centres: Vec<Point>,
    /// Each wire as a row of points.
    pub lines: Vec<Vec<Point>>,
    /// Where the middle of each wire's label is.
    pub labels: Vec<Point>,
    /// The frames.
    pub frames: Vec<Rect>,
}

impl Drawn {
    /// As the core lays it out.
    pub fn ours(layout: &Layout) -> Self {
        let curve = |route: &backflow_core::layout::Route| {
            let mut points = vec![route.start];
            for &segment in &route.segments {
                cubic(&mut points, segment);
            }
            points
        };
        Self {
            size: Size {
                width: layout.width,
                height: layout.height,
            },
            centres: layout.centres.clone(),
            lines: layout.routes.iter().map(curve).collect(),
            labels: layout.routes.iter().map(|route| route.label).collect(),
            frames: layout.frames.clone(),
        }
    }
}

/// Adds the points of a cubic that begins where the last point is.
pub fn cubic(points: &mut Vec<Point>, [a, b, to]: [Point; 3]) {
    let Some(&from) = points.last() else {
        return;
    };
    for piece in 1..=PIECES {
        let t = piece as f64 / PIECES as f64;
        let u = 1.0 - t;
        let mix = |p: f64, q: f64, r: f64, s: f64| {
            u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
        };
        points.push(Point {
            x: mix(from.x, a.x, b.x, to.x),
            y: mix(from.y, a.y, b.y, to.y),
        });
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Points at which two wires cross.
    pub crossings: usize,
    /// Wires and gates or names that are not theirs, but beneath them.
    pub under: usize,
    /// Pairs of operands of one gate that enter it in the wrong order.
    pub swapped: usize,
    /// Pairs of labels that cover one another.
    pub label_label: usize,
    /// Labels and wires of others in them.
    pub label_wire: usize,
    /// Labels and gates or names that cover one another.
    pub label_gate: usize,
    /// Labels on a frame's border or title.
    pub label_frame: usize,
    /// Frames and rectangles, or other frames, of others that are in them.
    pub foreign: usize,
}

impl Counts {
    /// Labels that are on something.
    pub fn labels(&self) -> usize {
        self.label_label + self.label_wire + self.label_gate + self.label_frame
    }
}

/// Counts a picture of a graph.
pub fn count(graph: &Graph, drawn: &Drawn) -> Counts {
    let rects: Vec<Rect> = drawn
        .centres
        .iter()
        .zip(&graph.sizes)
        .map(|(&c, &s)| around(c, s))
        .collect();
    let labels: Vec<Rect> = drawn
        .labels
        .iter()
        .zip(&graph.links)
        .map(|(&at, link)| around(at, link.label))
        .collect();
    let mut lines = Grid::default();
    for (wire, line) in drawn.lines.iter().enumerate() {
        for (piece, ends) in line.windows(2).enumerate() {
            lines.add(bounds(ends), (wire, piece));
        }
    }
    let piece =
        |(wire, piece): (usize, usize)| [drawn.lines[wire][piece], drawn.lines[wire][piece + 1]];

    let mut counts = Counts::default();
    for (&cell, pieces) in &lines.cells {
        for (place, &a) in pieces.iter().enumerate() {
            for &b in &pieces[..place] {
                // A crossing is counted in the cell that it lies in.
                let at = (a.0 != b.0).then(|| crossing(piece(a), piece(b))).flatten();
                counts.crossings += usize::from(at.is_some_and(|at| Grid::<()>::cell(at) == cell));
            }
        }
    }
    // Pairs of a wire and what it passes through, each once.
    let through = |rect: Rect, except: &dyn Fn(usize) -> bool| {
        let inner = shrunk(rect);
        let mut wires: Vec<usize> = lines
            .near(inner)
            .filter(|&at| !except(at.0) && passes(piece(at), inner))
            .map(|at| at.0)
            .collect();
        wires.sort_unstable();
        wires.dedup();
        wires.len()
    };
    for (node, &rect) in rects.iter().enumerate() {
        if rect.height > 0.0 {
            let own = |wire: usize| graph.links[wire].from == node || graph.links[wire].to == node;
            counts.under += through(rect, &own);
        }
    }
    for (wire, &label) in labels.iter().enumerate() {
        counts.label_wire += through(label, &|other| other == wire);
    }
    counts.label_label = pairs(&labels);
    let mut by_gate: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
    for (line, link) in drawn.lines.iter().zip(&graph.links) {
        if let Some(end) = line.last() {
            by_gate
                .entry(link.to)
                .or_default()
                .push((link.operand, end.y));
        }
    }
    for operands in by_gate.values() {
        for (place, a) in operands.iter().enumerate() {
            let wrong = |b: &&(usize, f64)| (a.0 < b.0) != (a.1 < b.1);
            counts.swapped += operands[..place].iter().filter(wrong).count();
        }
    }
    let mut boxes = Grid::default();
    for (node, &rect) in rects.iter().enumerate() {
        if rect.height > 0.0 {
            boxes.add(rect, node);
        }
    }
    for &label in &labels {
        let mut met: Vec<usize> = boxes
            .near(label)
            .filter(|&node| overlap(rects[node], label))
            .collect();
        met.sort_unstable();
        met.dedup();
        counts.label_gate += met.len();
    }
    frames(graph, drawn, &rects, &labels, &mut counts);
    counts
}

/// What has to do with frames; these are few.
fn frames(graph: &Graph, drawn: &Drawn, rects: &[Rect], labels: &[Rect], counts: &mut Counts) {
    let within = |mut inner: Option<usize>, frame: usize| {
        while let Some(at) = inner {
            if at == frame {
                return true;
            }
            inner = graph.frames[at].parent;
        }
        false
    };
    for (frame, &border) in drawn.frames.iter().enumerate() {
        let title = Rect {
            width: graph.frames[frame].title.width,
            height: graph.frames[frame].title.height,
            ..border
        };
        for &label in labels {
            let inner = shrunk(label);
            let inside = inner.x >= border.x
                && inner.y >= border.y
                && inner.x + inner.width <= border.x + border.width
                && inner.y + inner.height <= border.y + border.height;
            let on_border = overlap(border, label) && !inside;
            counts.label_frame += usize::from(on_border || overlap(title, label));
        }
        for (node, &rect) in rects.iter().enumerate() {
            let own = within(graph.frame_of[node], frame);
            counts.foreign += usize::from(!own && rect.height > 0.0 && overlap(border, rect));
        }
        for (other, &inner) in drawn.frames.iter().enumerate() {
            let kin = within(Some(other), frame) || within(Some(frame), other);
            counts.foreign += usize::from(!kin && overlap(border, inner));
        }
    }
}

fn around(at: Point, size: Size) -> Rect {
    Rect {
        x: at.x - size.width / 2.0,
        y: at.y - size.height / 2.0,
        width: size.width,
        height: size.height,
    }
}

fn bounds(ends: &[Point]) -> Rect {
    let x = ends[0].x.min(ends[1].x);
    let y = ends[0].y.min(ends[1].y);
    Rect {
        x,
        y,
        width: (ends[0].x - ends[1].x).abs(),
        height: (ends[0].y - ends[1].y).abs(),
    }
}

fn shrunk(rect: Rect) -> Rect {
    Rect {
        x: rect.x + SEEN,
        y: rect.y + SEEN,
        width: rect.width - 2.0 * SEEN,
        height: rect.height - 2.0 * SEEN,
    }
}

/// Whether two cover one another by more than can be overlooked.
fn overlap(a: Rect, b: Rect) -> bool {
    let across = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let down = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    across > SEEN && down > SEEN
}

/// Pairs of rectangles that cover one another.
fn pairs(rects: &[Rect]) -> usize {
    let mut grid = Grid::default();
    let mut found = 0;
    for (index, &rect) in rects.iter().enumerate() {
        let mut met: Vec<usize> = grid
            .near(rect)
            .filter(|&other: &usize| overlap(rects[other], rect))
            .collect();
        met.sort_unstable();
        met.dedup();
        found += met.len();
        grid.add(rect, index);
    }
    found
}

/// Where two pieces cross; nowhere if they only touch.
fn crossing([p, q]: [Point; 2], [r, s]: [Point; 2]) -> Option<Point> {
    let side = |a: Point, b: Point, c: Point| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    let (a, b) = (side(p, q, r), side(p, q, s));
    let (c, d) = (side(r, s, p), side(r, s, q));
    let apart = |a: f64, b: f64| a.min(b) < -1e-6 && a.max(b) > 1e-6;
    let t = c / (c - d);
    (apart(a, b) && apart(c, d)).then_some(Point {
        x: p.x + t * (q.x - p.x),
        y: p.y + t * (q.y - p.y),
    })
}

/// Whether a piece goes through a rectangle: what is left of it between each two
/// parallel sides.
fn passes([p, q]: [Point; 2], rect: Rect) -> bool {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (from, to, low, length) in [
        (p.x, q.x, rect.x, rect.width),
        (p.y, q.y, rect.y, rect.height),
    ] {
        let run = to - from;
        if run.abs() < 1e-12 {
            if from <= low || from >= low + length {
                return false;
            }
        } else {
            let (a, b) = ((low - from) / run, (low + length - from) / run);
            start = start.max(a.min(b));
            end = end.min(a.max(b));
        }
    }
    start < end
}

/// What lies in which square.
struct Grid<T> {
    cells: BTreeMap<(i64, i64), Vec<T>>,
}

impl<T> Default for Grid<T> {
    fn default() -> Self {
        Self {
            cells: BTreeMap::new(),
        }
    }
}

impl<T> Grid<T> {
    fn cell(at: Point) -> (i64, i64) {
        ((at.x / CELL).floor() as i64, (at.y / CELL).floor() as i64)
    }

    fn over(rect: Rect) -> impl Iterator<Item = (i64, i64)> {
        let (left, top) = Self::cell(Point {
            x: rect.x,
            y: rect.y,
        });
        let (right, bottom) = Self::cell(Point {
            x: rect.x + rect.width,
            y: rect.y + rect.height,
        });
        (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x, y)))
    }
}

impl<T: Copy> Grid<T> {
    fn add(&mut self, rect: Rect, item: T) {
        for cell in Self::over(rect) {
            self.cells.entry(cell).or_default().push(item);
        }
    }

    /// What may meet a rectangle, some of it several times.
    fn near(&self, rect: Rect) -> impl Iterator<Item = T> {
        Self::over(rect).flat_map(|cell| self.cells.get(&cell).into_iter().flatten().copied())
    }
}

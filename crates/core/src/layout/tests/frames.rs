//! Frames hold what is theirs and nothing else, and labels stand clear of all.

use proptest::prelude::*;

use super::random::{beside, plates};
use super::{along, check, check_grips, wires_under};
use crate::layout::{Asked, Frame, LABEL, Layout, Link, Point, Rect, Size, layout_in};

/// A graph with frames.
#[derive(Clone, Debug, Default)]
struct Framed {
    sizes: Vec<Size>,
    grips: Vec<Size>,
    links: Vec<Link>,
    frames: Vec<Frame>,
    frame_of: Vec<Option<usize>>,
}

impl Framed {
    fn lay(&self) -> Layout {
        layout_in(&Asked {
            heads: &[],
            grips: &self.grips,
            sizes: &self.sizes,
            links: &self.links,
            frames: &self.frames,
            frame_of: &self.frame_of,
            before: None,
        })
    }

    /// Whether a frame, or one in it, is the innermost around something.
    fn within(&self, mut inner: Option<usize>, frame: usize) -> bool {
        while let Some(at) = inner {
            if at == frame {
                return true;
            }
            inner = self.frames[at].parent;
        }
        false
    }

    fn frame(&mut self, parent: Option<usize>) -> usize {
        self.frames.push(Frame {
            parent,
            title: Size {
                width: 60.0,
                height: 18.0,
            },
        });
        self.frames.len() - 1
    }

    fn node(&mut self, operands: &[usize], frame: Option<usize>) -> usize {
        let to = self.sizes.len();
        let (width, height) = if operands.is_empty() {
            (30.0, 24.0)
        } else {
            (40.0, 40.0)
        };
        self.sizes.push(Size { width, height });
        self.grips.push(Size { width, height });
        self.frame_of.push(frame);
        for (operand, &from) in operands.iter().enumerate() {
            self.links.push(Link {
                from,
                to,
                operand,
                label: LABEL,
            });
        }
        to
    }
}

fn covers(a: Rect, b: Rect) -> bool {
    let across = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let down = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    across > 0.01 && down > 0.01
}

fn holds(outer: Rect, inner: Rect) -> bool {
    inner.x >= outer.x - 0.01
        && inner.y >= outer.y - 0.01
        && inner.x + inner.width <= outer.x + outer.width + 0.01
        && inner.y + inner.height <= outer.y + outer.height + 0.01
}

fn around(at: Point, size: Size) -> Rect {
    Rect {
        x: at.x - size.width / 2.0,
        y: at.y - size.height / 2.0,
        width: size.width,
        height: size.height,
    }
}

/// Whether a wire passes through a rectangle.
fn passes(line: &[Point], rect: Rect) -> bool {
    line.windows(2).any(|pair| {
        // In pieces as short as what they may pass.
        (0..=8).any(|step| {
            let t = f64::from(step) / 8.0;
            let x = pair[0].x + t * (pair[1].x - pair[0].x);
            let y = pair[0].y + t * (pair[1].y - pair[0].y);
            x > rect.x + 1.0
                && x < rect.x + rect.width - 1.0
                && y > rect.y + 1.0
                && y < rect.y + rect.height - 1.0
        })
    })
}

/// What every picture with frames keeps; the message names the first that is broken.
fn clear(framed: &Framed, laid: &Layout) -> Result<(), String> {
    check_grips(&framed.sizes, &framed.grips, &framed.links, laid)?;
    if let Some((wire, node)) = wires_under(&framed.sizes, &framed.links, laid).first() {
        return Err(format!("wire {wire} is under {node}"));
    }
    let rects: Vec<Rect> = laid
        .centres
        .iter()
        .zip(&framed.sizes)
        .map(|(&at, &size)| around(at, size))
        .collect();
    let labels: Vec<Rect> = laid
        .routes
        .iter()
        .zip(&framed.links)
        .map(|(route, link)| around(route.label, link.label))
        .collect();
    let lines: Vec<Vec<Point>> = laid.routes.iter().map(|route| along(route, 24)).collect();
    let whole = Rect {
        width: laid.width,
        height: laid.height,
        ..Rect::default()
    };
    for (wire, &label) in labels.iter().enumerate() {
        if !holds(whole, label) {
            return Err(format!("label {wire} is outside"));
        }
        if let Some(other) = labels[..wire]
            .iter()
            .position(|&other| covers(label, other))
        {
            return Err(format!("labels {wire} and {other} cover one another"));
        }
        if let Some(node) = rects.iter().position(|&rect| covers(label, rect)) {
            return Err(format!("label {wire} is on {node}"));
        }
        let mut others = lines.iter().enumerate();
        if let Some((other, _)) = others.find(|(other, line)| *other != wire && passes(line, label))
        {
            return Err(format!("label {wire} is on wire {other}"));
        }
    }
    for (frame, &border) in laid.frames.iter().enumerate() {
        if border.width == 0.0 {
            continue;
        }
        let title = Rect {
            width: framed.frames[frame].title.width,
            height: framed.frames[frame].title.height,
            ..border
        };
        for (node, &rect) in rects.iter().enumerate() {
            if framed.within(framed.frame_of[node], frame) != covers(border, rect) {
                return Err(format!("{node} and frame {frame}"));
            }
            if covers(border, rect) && (!holds(border, rect) || covers(title, rect)) {
                return Err(format!("{node} is on the border of frame {frame}"));
            }
        }
        for (other, &inner) in laid.frames.iter().enumerate() {
            let kin = framed.within(Some(other), frame) || framed.within(Some(frame), other);
            if !kin && covers(border, inner) {
                return Err(format!("frames {frame} and {other}"));
            }
            let nested = other != frame && framed.within(Some(other), frame);
            if nested && inner.width > 0.0 && (!holds(border, inner) || covers(title, inner)) {
                return Err(format!("frame {other} is on the border of frame {frame}"));
            }
        }
        for (wire, &label) in labels.iter().enumerate() {
            if covers(border, label) && (!holds(border, label) || covers(title, label)) {
                return Err(format!("label {wire} is on the border of frame {frame}"));
            }
        }
        for (wire, (line, link)) in lines.iter().zip(&framed.links).enumerate() {
            let own = [link.from, link.to].map(|end| framed.within(framed.frame_of[end], frame));
            if own == [false, false] && passes(line, border) {
                return Err(format!("wire {wire} passes frame {frame}"));
            }
            if passes(line, title) {
                return Err(format!("wire {wire} is under the title of frame {frame}"));
            }
        }
    }
    Ok(())
}

/// `steps` times the same three gates, each time in a frame, from one state to the next.
fn loops(steps: usize) -> Framed {
    let mut framed = Framed::default();
    let (w, x) = (framed.node(&[], None), framed.node(&[], None));
    let mut h = framed.node(&[], None);
    for _ in 0..steps {
        let frame = Some(framed.frame(None));
        let product = framed.node(&[w, h], frame);
        let sum = framed.node(&[product, x], frame);
        h = framed.node(&[sum], frame);
    }
    framed.node(&[h], None);
    framed
}

#[test]
fn a_loop_is_a_row_of_frames() {
    let framed = loops(3);
    let laid = framed.lay();
    clear(&framed, &laid).expect("a clear picture");
    for pair in laid.frames.windows(2) {
        assert!(pair[0].x + pair[0].width < pair[1].x, "{:?}", laid.frames);
        assert_eq!(pair[0].width, pair[1].width);
    }
}

#[test]
fn a_wire_into_a_frame_is_one_curve() {
    let framed = loops(1);
    let laid = framed.lay();
    for (link, route) in framed.links.iter().zip(&laid.routes) {
        let end = route.segments.last().map(|segment| segment[2]);
        let to = laid.centres[link.to];
        assert!(end.is_some_and(|end| (end.x - to.x).abs() <= 20.0));
        let line = along(route, 8);
        let longest = line.windows(2).map(|pair| (pair[1].x - pair[0].x).abs());
        assert!(longest.fold(0.0, f64::max) < laid.width / 3.0, "{line:?}");
    }
}

#[test]
fn frames_within_frames() {
    let mut framed = Framed::default();
    let x = framed.node(&[], None);
    let outer = framed.frame(None);
    let mut at = framed.node(&[x, x], Some(outer));
    for _ in 0..2 {
        let inner = framed.frame(Some(outer));
        let deep = framed.frame(Some(inner));
        let a = framed.node(&[at, x], Some(deep));
        at = framed.node(&[a, at], Some(inner));
    }
    framed.node(&[at, x], None);
    let laid = framed.lay();
    clear(&framed, &laid).expect("a clear picture");
    assert!(laid.frames.iter().all(|frame| frame.width > 60.0));
}

#[test]
fn very_deep_frames_are_laid_out() {
    let mut framed = Framed::default();
    let mut at = framed.node(&[], None);
    let mut frame = None;
    for _ in 0..400 {
        frame = Some(framed.frame(frame));
        at = framed.node(&[at], frame);
    }
    framed.node(&[at], None);
    let laid = framed.lay();
    check(&framed.sizes, &framed.links, &laid).expect("a sound layout");
    for pair in laid.frames.windows(2) {
        assert!(holds(pair[0], pair[1]));
    }
}

#[test]
fn a_frame_that_is_left_and_entered_again_is_not_drawn() {
    let mut framed = Framed::default();
    let x = framed.node(&[], None);
    let (torn, whole) = (framed.frame(None), framed.frame(None));
    let a = framed.node(&[x], Some(torn));
    let b = framed.node(&[a], Some(whole));
    framed.node(&[a, b], Some(torn));
    let laid = framed.lay();
    assert_eq!(laid.frames[torn], Rect::default());
    assert!(laid.frames[whole].width > 0.0);
    framed.frame_of.iter_mut().for_each(|frame| {
        *frame = frame.filter(|&frame| frame != torn);
    });
    clear(&framed, &laid).expect("a clear picture");
}

#[test]
fn impossible_frames_are_left_out() {
    let mut framed = loops(2);
    framed.frames[0].parent = Some(0);
    framed.frames[1].parent = Some(9);
    framed.frame_of[3] = Some(77);
    framed.frame_of.truncate(7);
    let laid = framed.lay();
    assert_eq!(laid.frames.len(), 2);
    assert!(laid.centres.iter().all(|centre| centre.x.is_finite()));
}

/// Gates with operands before them; frames over runs of them, nested, and with
/// `stray` a few rectangles in frames that are not their neighbours'.
fn framed(stray: bool) -> impl Strategy<Value = Framed> {
    let node = (
        0..3_usize,
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        0..4_usize,
        any::<prop::sample::Index>(),
        plates(),
    );
    prop::collection::vec(node, 1..32).prop_map(move |nodes| {
        let mut framed = Framed::default();
        let mut open: Vec<usize> = Vec::new();
        for (kind, operands, turn, frame, plate) in nodes {
            match turn {
                1 if open.len() < 3 => {
                    let inner = framed.frame(open.last().copied());
                    open.push(inner);
                }
                2 => drop(open.pop()),
                _ => {}
            }
            let count = framed.sizes.len();
            let gate = count > 0 && kind > 0;
            let operands: Vec<usize> = operands
                .iter()
                .filter(|_| gate)
                .map(|operand| operand.index(count))
                .collect();
            let place = match turn {
                3 if stray && !framed.frames.is_empty() => Some(frame.index(framed.frames.len())),
                _ => open.last().copied(),
            };
            let node = framed.node(&operands, place);
            framed.sizes[node] = beside(framed.sizes[node], plate);
        }
        framed
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn frames_hold_their_own_and_labels_are_clear(framed in framed(false)) {
        let laid = framed.lay();
        prop_assert_eq!(clear(&framed, &laid), Ok(()));
        for (frame, border) in laid.frames.iter().enumerate() {
            let filled = framed.frame_of.iter().any(|&of| framed.within(of, frame));
            prop_assert_eq!(filled, border.width > 0.0);
        }
    }

    #[test]
    fn frames_that_cannot_be_drawn_are_dissolved(mut framed in framed(true)) {
        let laid = framed.lay();
        let gone: Vec<bool> = laid.frames.iter().map(|border| border.width == 0.0).collect();
        let lifted = |mut frame: Option<usize>| {
            while let Some(at) = frame.filter(|&at| gone[at]) {
                frame = framed.frames[at].parent;
            }
            frame
        };
        let frame_of: Vec<Option<usize>> = framed.frame_of.iter().map(|&of| lifted(of)).collect();
        framed.frame_of = frame_of;
        prop_assert_eq!(clear(&framed, &laid), Ok(()));
    }
}

//! A small edit moves little and turns nothing over.

use super::drawings::{self, Drawing};
use super::{check, crossings, small};
use crate::layout::{Asked, Before, LABEL, Layout, Link, Point, Size, layout_in};

/// A drawing in which a gate's first use has `+ t` before it; and where each of the
/// old rectangles is in the new one.
fn with_a_term(drawing: &Drawing, gate: usize) -> (Drawing, Vec<usize>) {
    let place = |old: usize| if old > gate { old + 2 } else { old };
    let mut edited = Drawing::default();
    let size = |width, height| Size { width, height };
    for (old, &rect) in drawing.sizes.iter().enumerate() {
        edited.names.push(drawing.names[old].clone());
        edited.sizes.push(rect);
        if old == gate {
            edited.names.extend(["t".into(), "+".into()]);
            edited.sizes.extend([size(19.0, 24.0), size(40.0, 40.0)]);
        }
    }
    let (term, sum) = (gate + 1, gate + 2);
    let link = |from, to, operand| Link {
        from,
        to,
        operand,
        label: LABEL,
    };
    let mut done = false;
    for old in &drawing.links {
        let mut new = link(place(old.from), place(old.to), old.operand);
        if old.from == gate && !done {
            done = true;
            edited.links.push(link(gate, sum, 0));
            edited.links.push(link(term, sum, 1));
            new.from = sum;
        }
        edited.links.push(new);
    }
    let places = (0..drawing.sizes.len()).map(place).collect();
    (edited, places)
}

fn after(drawing: &Drawing, centres: Vec<Option<Point>>) -> Layout {
    layout_in(&Asked {
        heads: &[],
        grips: &[],
        sizes: &drawing.sizes,
        links: &drawing.links,
        before: Some(&Before { centres }),
        ..Asked::default()
    })
}

/// Pairs of old rectangles that stood one above the other and now the other way.
fn flips(before: &Layout, after: &Layout, places: &[usize]) -> usize {
    let mut found = 0;
    for (a, &new_a) in places.iter().enumerate() {
        for (b, &new_b) in places.iter().enumerate().take(a) {
            let (was, other) = (before.centres[a], before.centres[b]);
            let (is, now) = (after.centres[new_a], after.centres[new_b]);
            let beside = (was.x - other.x).abs() < 30.0 && (is.x - now.x).abs() < 30.0;
            found += usize::from(beside && (was.y < other.y) != (is.y < now.y));
        }
    }
    found
}

fn graphs() -> Vec<(&'static str, Drawing)> {
    let mut graphs = small();
    graphs.push(("network 4-4-4-4-1", drawings::mlp(&[4, 4, 4, 4, 1])));
    graphs
}

/// Some of its gates: all, if they are few.
fn gates(drawing: &Drawing) -> impl Iterator<Item = usize> + '_ {
    let all = (0..drawing.sizes.len()).filter(|&node| drawing.sizes[node].height > 30.0);
    all.step_by(drawing.sizes.len() / 20 + 1)
}

#[test]
fn a_term_more_turns_nothing_over() {
    for (name, drawing) in graphs() {
        let first = drawing.lay();
        for gate in gates(&drawing) {
            let (edited, places) = with_a_term(&drawing, gate);
            let mut centres = vec![None; edited.sizes.len()];
            for (old, &new) in places.iter().enumerate() {
                centres[new] = Some(first.centres[old]);
            }
            let second = after(&edited, centres);
            check(&edited.sizes, &edited.links, &second)
                .unwrap_or_else(|why| panic!("{name}, + t after {gate}: {why}"));
            assert_eq!(
                flips(&first, &second, &places),
                0,
                "{name}, + t after {gate}"
            );
            // Nothing moves further up or down than room for the term takes.
            let moved = places
                .iter()
                .enumerate()
                .map(|(old, &new)| (first.centres[old].y - second.centres[new].y).abs());
            let most = moved.fold(0.0, f64::max);
            assert!(
                most < 160.0_f64.max(0.25 * second.height),
                "{name}, + t after {gate}: {most}"
            );
        }
    }
}

#[test]
fn a_term_less_turns_nothing_over() {
    for (name, drawing) in graphs() {
        for gate in gates(&drawing) {
            let (edited, places) = with_a_term(&drawing, gate);
            let first = edited.lay();
            let centres = places.iter().map(|&new| Some(first.centres[new]));
            let second = after(&drawing, centres.collect());
            let kept = Layout {
                centres: places.iter().map(|&new| first.centres[new]).collect(),
                ..Layout::default()
            };
            let same: Vec<usize> = (0..places.len()).collect();
            // What is turned over crosses less.
            let turned = flips(&kept, &second, &same);
            assert!(
                turned == 0 || crossings(&first) > crossings(&second),
                "{name}, t after {gate} gone: {turned}"
            );
        }
    }
}

#[test]
fn laid_out_again_all_stays_where_it_is() {
    for (name, drawing) in graphs() {
        let first = drawing.lay();
        let second = after(&drawing, first.centres.iter().copied().map(Some).collect());
        assert_eq!(first.centres, second.centres, "{name}");
    }
}

#[test]
fn what_was_turned_over_is_turned_back_if_it_crosses_much() {
    let drawing = drawings::mlp(&[2, 3, 3, 1]);
    let fresh = drawing.lay();
    let upside_down = fresh.centres.iter().map(|centre| {
        Some(Point {
            y: -centre.y,
            ..*centre
        })
    });
    let second = after(&drawing, upside_down.collect());
    assert!(crossings(&second) <= crossings(&fresh) + 4);
}

#[test]
fn a_last_picture_without_sense_does_no_harm() {
    let drawing = drawings::shared();
    let nowhere = Point {
        x: f64::NAN,
        y: f64::INFINITY,
    };
    for centres in [vec![], vec![Some(nowhere); 3], vec![Some(nowhere); 99]] {
        let laid = after(&drawing, centres);
        assert_eq!(laid.centres, drawing.lay().centres);
    }
}

//! What every layout keeps, and how the small graphs come out.

mod drawings;
mod frames;
mod random;
mod stability;

use super::{Asked, LABEL, Layout, Link, Point, Size, layout, layout_in};
use drawings::Drawing;

fn small() -> Vec<(&'static str, Drawing)> {
    vec![
        ("product", drawings::product()),
        ("neuron by its parts", drawings::neuron(true)),
        ("neuron", drawings::neuron(false)),
        ("squares", drawings::squares()),
        ("shared", drawings::shared()),
        ("staged", drawings::staged()),
        ("chain", drawings::chain(6)),
        ("sum", drawings::long_sum(20)),
        ("network 2-3-1", drawings::mlp(&[2, 3, 1])),
        ("network 2-2-2-1", drawings::mlp(&[2, 2, 2, 1])),
        ("network 2-3-3-1", drawings::mlp(&[2, 3, 3, 1])),
    ]
}

/// Points along a route, `per` for each segment.
fn along(route: &super::Route, per: usize) -> Vec<Point> {
    let mut points = vec![route.start];
    let mut from = route.start;
    for &[a, b, to] in &route.segments {
        for step in 1..=per {
            let t = step as f64 / per as f64;
            let u = 1.0 - t;
            let mix = |p: f64, q: f64, r: f64, s: f64| {
                u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
            };
            points.push(Point {
                x: mix(from.x, a.x, b.x, to.x),
                y: mix(from.y, a.y, b.y, to.y),
            });
        }
        from = to;
    }
    points
}

/// The invariants of every layout; the message names the first that is broken.
fn check(sizes: &[Size], links: &[Link], laid: &Layout) -> Result<(), String> {
    check_grips(sizes, sizes, links, laid)
}

/// The same of rectangles that wires enter at a smaller one at their left side.
fn check_grips(
    sizes: &[Size],
    grips: &[Size],
    links: &[Link],
    laid: &Layout,
) -> Result<(), String> {
    if laid.centres.len() != sizes.len() || laid.routes.len() != links.len() {
        return Err("something is missing".into());
    }
    for (node, (centre, size)) in laid.centres.iter().zip(sizes).enumerate() {
        let (dx, dy) = (size.width / 2.0, size.height / 2.0);
        let inside = centre.x - dx >= 0.0
            && centre.y - dy >= 0.0
            && centre.x + dx <= laid.width
            && centre.y + dy <= laid.height;
        if !inside {
            return Err(format!("{node} is outside"));
        }
    }
    // By the left side, only the neighbours that reach so far need be compared.
    let mut by_left: Vec<usize> = (0..sizes.len()).collect();
    let left = |node: usize| laid.centres[node].x - sizes[node].width / 2.0;
    by_left.sort_by(|&a, &b| left(a).total_cmp(&left(b)));
    for (place, &a) in by_left.iter().enumerate() {
        for &b in &by_left[place + 1..] {
            if left(b) >= left(a) + sizes[a].width {
                break;
            }
            let apart = (laid.centres[a].y - laid.centres[b].y).abs();
            if apart < sizes[a].height.midpoint(sizes[b].height) {
                return Err(format!("{a} and {b} overlap"));
            }
        }
    }
    for (index, (link, route)) in links.iter().zip(&laid.routes).enumerate() {
        let end = route
            .segments
            .last()
            .map_or(route.start, |segment| segment[2]);
        let (from, to) = (laid.centres[link.from], laid.centres[link.to]);
        let exit = Point {
            x: from.x + sizes[link.from].width / 2.0,
            y: from.y,
        };
        if (route.start.x - exit.x).abs() > 1e-6 || (route.start.y - exit.y).abs() > 1e-6 {
            return Err(format!("wire {index} does not start at its rectangle"));
        }
        if end.x < route.start.x + 16.0 {
            return Err(format!("wire {index} does not lead to the right"));
        }
        let grip = grips[link.to];
        let half = grip.height / 2.0;
        let to = Point {
            x: to.x - (sizes[link.to].width - grip.width) / 2.0,
            y: to.y,
        };
        let on_edge = if (grip.width - grip.height).abs() < 0.5 {
            ((end.x - to.x).hypot(end.y - to.y) - half).abs() < 0.5
        } else {
            (0.0..3.0).contains(&(end.x - to.x + grip.width / 2.0 + 1e-6))
        };
        if !on_edge || end.x > to.x || (end.y - to.y).abs() > half + 1e-6 {
            return Err(format!("wire {index} does not end on its rectangle"));
        }
        if along(route, 8)
            .windows(2)
            .any(|pair| pair[1].x < pair[0].x - 1e-6)
        {
            return Err(format!("wire {index} turns back"));
        }
    }
    for (a, link) in links.iter().enumerate() {
        for (b, other) in links.iter().enumerate().take(400) {
            let end = |wire: usize| {
                laid.routes[wire]
                    .segments
                    .last()
                    .map(|segment| segment[2].y)
            };
            if link.to == other.to
                && link.operand < other.operand
                && sizes[link.to].height > 0.0
                && end(a) >= end(b)
            {
                return Err(format!("wires {a} and {b} enter out of order"));
            }
        }
    }
    Ok(())
}

/// The wires that pass through a rectangle that is not theirs.
fn wires_under(sizes: &[Size], links: &[Link], laid: &Layout) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (wire, route) in laid.routes.iter().enumerate() {
        let points = along(route, 24);
        for (node, (centre, size)) in laid.centres.iter().zip(sizes).enumerate() {
            let under = points.iter().any(|point| {
                (point.x - centre.x).abs() < size.width / 2.0
                    && (point.y - centre.y).abs() < size.height / 2.0
            });
            // A level piece is one segment; its points may step over a rectangle.
            let over = points.windows(2).any(|pair| {
                pair[0].x < centre.x
                    && pair[1].x > centre.x
                    && (pair[0].y.midpoint(pair[1].y) - centre.y).abs() < size.height / 2.0
            });
            if (under || over) && node != links[wire].from && node != links[wire].to {
                found.push((wire, node));
            }
        }
    }
    found
}

/// How often drawn wires cross.
fn crossings(laid: &Layout) -> usize {
    let side = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let lines: Vec<Vec<Point>> = laid.routes.iter().map(|route| along(route, 12)).collect();
    let mut count = 0;
    for (index, a) in lines.iter().enumerate() {
        for b in &lines[..index] {
            for p in a.windows(2) {
                for q in b.windows(2) {
                    let apart = side(p[0], p[1], q[0]) * side(p[0], p[1], q[1]) < 0.0
                        && side(q[0], q[1], p[0]) * side(q[0], q[1], p[1]) < 0.0;
                    count += usize::from(apart);
                }
            }
        }
    }
    count
}

/// Pairs of wires whose labels, as wide and high as numbers of three digits with
/// a sign are, cover one another.
fn label_clashes(laid: &Layout) -> usize {
    let mut count = 0;
    for (index, a) in laid.routes.iter().enumerate() {
        for b in &laid.routes[..index] {
            let (dx, dy) = ((a.label.x - b.label.x).abs(), (a.label.y - b.label.y).abs());
            count += usize::from(dx < 46.0 && dy < LABEL.height - 2.5);
        }
    }
    count
}

#[test]
fn small_graphs_keep_the_invariants() {
    for (name, drawing) in small() {
        let laid = drawing.lay();
        check(&drawing.sizes, &drawing.links, &laid).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(
            wires_under(&drawing.sizes, &drawing.links, &laid),
            [],
            "{name}"
        );
    }
}

#[test]
fn small_graphs_cross_as_little_as_known() {
    let most = [0, 0, 0, 0, 2, 2, 0, 0, 3, 1, 10];
    for ((name, drawing), most) in small().into_iter().zip(most) {
        let crossings = crossings(&drawing.lay());
        assert!(
            crossings <= most,
            "{name}: {crossings} crossings, {most} known"
        );
    }
}

#[test]
fn labels_of_small_graphs_stand_apart() {
    for (name, drawing) in small().into_iter().take(10) {
        assert_eq!(label_clashes(&drawing.lay()), 0, "{name}");
    }
}

#[test]
fn a_label_stands_on_its_wire() {
    for (name, drawing) in small() {
        for route in drawing.lay().routes {
            let nearest = along(&route, 400)
                .into_iter()
                .map(|point| (point.x - route.label.x).hypot(point.y - route.label.y))
                .fold(f64::INFINITY, f64::min);
            assert!(nearest < 1.0, "{name}: {nearest} px off");
        }
    }
}

#[test]
fn a_chain_is_a_straight_line() {
    let laid = drawings::chain(30).lay();
    assert!(
        laid.centres
            .iter()
            .all(|centre| (centre.y - laid.centres[0].y).abs() < 1e-9)
    );
    assert!(laid.routes.iter().all(|route| route.segments.len() == 1));
}

#[test]
fn the_neuron_has_its_inputs_in_one_column_and_its_tail_in_one_row() {
    let laid = drawings::neuron(true).lay();
    let right = |node: usize| laid.centres[node].x;
    for input in 1..5 {
        assert!((right(input) - right(0)).abs() < 1e-9);
        assert!(laid.centres[input].y > laid.centres[input - 1].y);
    }
    let tail: Vec<f64> = laid.centres[8..].iter().map(|centre| centre.y).collect();
    assert!(tail.iter().all(|y| (y - tail[0]).abs() < 1e-9), "{tail:?}");
}

#[test]
fn a_gate_is_centred_on_its_operands() {
    let laid = drawings::product().lay();
    let y: Vec<f64> = laid.centres.iter().map(|centre| centre.y).collect();
    assert!((y[3] - y[0].midpoint(y[1])).abs() < 1.0, "{y:?}");
    assert!((y[4] - y[3].midpoint(y[2])).abs() < 4.0, "{y:?}");
}

#[test]
fn wires_between_the_same_two_are_apart() {
    let laid = drawings::squares().lay();
    for pair in laid.routes[..4].chunks(2) {
        let apart = (pair[0].label.y - pair[1].label.y).abs();
        assert!(apart >= LABEL.height - 2.5, "{apart}");
    }
}

#[test]
fn terms_of_a_long_sum_stand_near_their_use() {
    let drawing = drawings::long_sum(500);
    let laid = drawing.lay();
    check(&drawing.sizes, &drawing.links, &laid).expect("a sound layout");
    for link in &drawing.links {
        let wire = laid.centres[link.to].x - laid.centres[link.from].x;
        assert!(wire < 200.0, "{wire}");
    }
}

#[test]
fn few_terms_stand_in_one_column() {
    let laid = drawings::long_sum(8).lay();
    let spread = laid.centres[..8]
        .iter()
        .map(|centre| centre.x - laid.centres[0].x);
    assert!(spread.map(f64::abs).fold(0.0, f64::max) < 1e-9);
}

#[test]
fn the_same_graph_gives_the_same_picture() {
    let drawing = drawings::mlp(&[3, 6, 5, 1]);
    let (a, b) = (drawing.lay(), drawing.lay());
    assert_eq!(a.centres, b.centres);
    for (a, b) in a.routes.iter().zip(&b.routes) {
        assert_eq!(
            (a.start, a.label, &a.segments),
            (b.start, b.label, &b.segments)
        );
    }
}

#[test]
fn nothing_gives_an_empty_picture() {
    let laid = layout(&[], &[]);
    assert!(laid.centres.is_empty() && laid.routes.is_empty());
    assert!(laid.width.is_finite() && laid.height.is_finite());
}

#[test]
fn impossible_links_and_sizes_are_left_out() {
    let size = |width| Size {
        width,
        height: 24.0,
    };
    let link = |from, to| Link {
        from,
        to,
        operand: 0,
        label: LABEL,
    };
    let laid = layout(
        &[size(f64::NAN), size(f64::INFINITY), size(-3.0)],
        &[link(0, 9), link(9, 1), link(1, 1), link(2, 0), link(0, 2)],
    );
    let drawn: Vec<bool> = laid
        .routes
        .iter()
        .map(|route| !route.segments.is_empty())
        .collect();
    assert_eq!(drawn, [false, false, false, false, true]);
    assert!(
        laid.centres
            .iter()
            .all(|centre| centre.x.is_finite() && centre.y.is_finite())
    );
}

#[test]
fn networks_of_a_thousand_and_five_thousand_gates_are_sound() {
    for widths in [&[8, 16, 16, 6, 1][..], &[16, 32, 32, 31, 1]] {
        let drawing = drawings::mlp(widths);
        assert!(drawing.gates() >= 1000);
        check(&drawing.sizes, &drawing.links, &drawing.lay()).expect("a sound layout");
    }
}

#[test]
fn a_name_that_many_gates_use_is_one_line() {
    let drawing = drawings::recurrence(400);
    let laid = drawing.lay();
    check(&drawing.sizes, &drawing.links, &laid).expect("a sound layout");
    // 800 wires side by side, or a line that falls at each gate, would be far higher.
    assert!(laid.height < 300.0, "{}", laid.height);
    assert_eq!(label_clashes(&laid), 0);
    let most = laid.routes.iter().map(|route| route.segments.len()).max();
    assert!(most < Some(6), "{most:?}");
}

#[test]
fn deep_nesting_takes_no_quadratic_room() {
    let drawing = drawings::nested(2_000);
    check(&drawing.sizes, &drawing.links, &drawing.lay()).expect("a sound layout");
}

#[test]
fn wires_enter_at_the_grip_and_leave_at_the_right() {
    let size = |width, height| Size { width, height };
    let sizes = [size(20.0, 24.0), size(20.0, 24.0), size(200.0, 160.0)];
    let links = [0, 1].map(|from| Link {
        from,
        to: 2,
        operand: from,
        label: LABEL,
    });
    let lay = |grips: &[Size]| {
        layout_in(&Asked {
            sizes: &sizes,
            grips,
            links: &links,
            ..Asked::default()
        })
    };
    let grips = [sizes[0], sizes[1], size(40.0, 40.0)];
    let laid = lay(&grips);
    check_grips(&sizes, &grips, &links, &laid).expect("a sound layout");
    let ends = |laid: &Layout| {
        let last = |wire: usize| laid.routes[wire].segments.last().map(|segment| segment[2]);
        [0, 1].map(|wire| last(wire).expect("a wire").y - laid.centres[2].y)
    };
    assert_eq!(ends(&laid), [-16.0, 16.0]);
    // On all of it without one, and where it is larger than what it is in, or no size at all.
    for none in [&[][..], &[size(1e3, 1e3); 3]] {
        assert_eq!(ends(&lay(none)), [-64.0, 64.0]);
    }
    let broken = lay(&[size(f64::NAN, -1.0); 3]);
    assert_eq!(ends(&broken), [0.0, 0.0]);
}

#[test]
fn a_name_above_a_rectangle_has_room() {
    let size = Size {
        width: 40.0,
        height: 40.0,
    };
    // Two that stand one above the other, both used by a third.
    let link = |from, operand| Link {
        from,
        to: 2,
        operand,
        label: LABEL,
    };
    let heights = |heads: &[f64]| {
        let laid = layout_in(&Asked {
            sizes: &[size; 3],
            heads,
            links: &[link(0, 0), link(1, 1)],
            ..Asked::default()
        });
        [laid.centres[0].y, laid.centres[1].y]
    };
    let [top, bottom] = heights(&[]);
    let [lower_top, lower_bottom] = heights(&[30.0, 40.0]);
    assert!(lower_top >= top + 30.0, "{top} {lower_top}");
    assert!(
        lower_bottom - lower_top >= size.height + 40.0,
        "{top} {bottom}"
    );
    assert_eq!(heights(&[f64::NAN, -3.0]), [top, bottom]);
}

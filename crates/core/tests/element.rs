//! Where the number of each element of a value and of a gradient comes from.

mod support;

use backflow_core::lesson::{About, Card, Element, Side};
use backflow_core::scene::Kind;
use backflow_core::view::View;
use expect_test::{Expect, expect};
use std::fmt::Write;
use support::taught::Taught;

const MATMUL: &str =
    "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w";

/// The lecture's matrices with its upstream gradient.
fn lecture() -> Taught {
    let mut taught = Taught::new(MATMUL);
    let upstream = [2.0, 3.0, -3.0, 9.0, -8.0, 1.0, 4.0, 6.0];
    let start = taught.scene.upstream;
    taught.arena[start..][..8].copy_from_slice(&upstream);
    taught.model.plan.run(&mut taught.arena);
    taught
}

fn asked(taught: &mut Taught, key: &str, side: Side, element: usize, step: usize) -> Element {
    let place = taught.place(key);
    let found = taught.ask(|lesson, now| lesson.element(now, place, side, element, step));
    found.expect("an element")
}

/// An element as text: its lines, and what lights up.
fn written(taught: &Taught, element: &Element) -> String {
    let mut text = format!("{}\n", element.title.plain());
    for line in &element.lines {
        let _ = writeln!(text, "    {}", line.text);
    }
    for lit in &element.lit {
        let key = &taught.scene.nodes[lit.node].key;
        let _ = writeln!(text, "  * {key} {:?} {:?}", lit.side, lit.elements);
    }
    text
}

fn tell(taught: &mut Taught, key: &str, side: Side, elements: &[usize], expected: &Expect) {
    let mut text = String::new();
    for &element in elements {
        let found = asked(taught, key, side, element, usize::MAX);
        text.push_str(&written(taught, &found));
    }
    expected.assert_eq(&text);
}

fn told(source: &str, key: &str, side: Side, elements: &[usize], expected: &Expect) {
    tell(&mut Taught::new(source), key, side, elements, expected);
}

#[test]
fn a_product_is_a_row_by_a_column() {
    let mut taught = lecture();
    tell(
        &mut taught,
        "y",
        Side::Value,
        &[1, 6],
        &expect![[r#"
        y[0, 1] = −1
            y[0, 1] = x[0, 0]·w[0, 1] + x[0, 1]·w[1, 1] + x[0, 2]·w[2, 1]
            2 × 2 + 1 × 1 + (−3) × 2 = −1
          * y Value [1]
          * x Value [0, 1, 2]
          * w Value [1, 5, 9]
        y[1, 2] = 11
            y[1, 2] = x[1, 0]·w[0, 2] + x[1, 1]·w[1, 2] + x[1, 2]·w[2, 2]
            −3 × 1 + 4 × 3 + 2 × 1 = 11
          * y Value [6]
          * x Value [3, 4, 5]
          * w Value [2, 6, 10]
    "#]],
    );
    tell(
        &mut taught,
        "y",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂y[0, 1] = 3
            the upstream gradient: it is given
          * y Gradient [1]
    "#]],
    );
    tell(
        &mut taught,
        "x",
        Side::Value,
        &[0],
        &expect![[r#"
        x[0, 0] = 2
            an input: its value is given
          * x Value [0]
    "#]],
    );
}

#[test]
fn a_gradient_is_a_row_by_a_row() {
    let mut taught = lecture();
    tell(
        &mut taught,
        "x",
        Side::Gradient,
        &[0, 5],
        &expect![[r#"
        ∂L/∂x[0, 0] = 0
            ∂L/∂x[0, 0] = ∂L/∂y[0, 0]·w[0, 0] + ∂L/∂y[0, 1]·w[0, 1] + ∂L/∂y[0, 2]·w[0, 2] + ∂L/∂y[0, 3]·w[0, 3]
            2 × 3 + 3 × 2 + (−3) × 1 + 9 × (−1) = 0
          * x Gradient [0]
          * y Gradient [0, 1, 2, 3]
          * w Value [0, 1, 2, 3]
        ∂L/∂x[1, 2] = −30
            ∂L/∂x[1, 2] = ∂L/∂y[1, 0]·w[2, 0] + ∂L/∂y[1, 1]·w[2, 1] + ∂L/∂y[1, 2]·w[2, 2] + ∂L/∂y[1, 3]·w[2, 3]
            −8 × 3 + 1 × 2 + 4 × 1 + 6 × (−2) = −30
          * x Gradient [5]
          * y Gradient [4, 5, 6, 7]
          * w Value [8, 9, 10, 11]
    "#]],
    );
    tell(
        &mut taught,
        "w",
        Side::Gradient,
        &[6],
        &expect![[r#"
        ∂L/∂w[1, 2] = 13
            ∂L/∂w[1, 2] = x[0, 1]·∂L/∂y[0, 2] + x[1, 1]·∂L/∂y[1, 2]
            1 × (−3) + 4 × 4 = 13
          * w Gradient [6]
          * y Gradient [2, 6]
          * x Value [1, 4]
    "#]],
    );
}

#[test]
fn a_bias_is_copied_forward_and_summed_backward() {
    let source = "x = [[1, 2, 3], [4, 5, 6]]\nb = [1, 0, -1]\ny = x + b\nL = sum(y * y)";
    told(
        source,
        "b",
        Side::Gradient,
        &[2],
        &expect![[r#"
            ∂L/∂b[2] = 14
                ∂L/∂b[2] = ∂L/∂y[0, 2] + ∂L/∂y[1, 2]
                4 + 10 = 14
                copied along axis 0, 2 times; so its gradient is the sum over axis 0
              * b Gradient [2]
              * y Gradient [2, 5]
        "#]],
    );
    told(
        source,
        "y",
        Side::Value,
        &[5],
        &expect![[r#"
        y[1, 2] = 5
            y[1, 2] = x[1, 2] + b[2]
            6 + (−1) = 5
          * y Value [5]
          * x Value [5]
          * b Value [2]
    "#]],
    );
    told(
        source,
        "L",
        Side::Value,
        &[0],
        &expect![[r#"
        L = 87
            L = (y·y)[0, 0] + (y·y)[0, 1] + (y·y)[0, 2] + (y·y)[1, 0] + (y·y)[1, 1] + (y·y)[1, 2]
            4 + 4 + 4 + 25 + 25 + 25 = 87
          * L Value [0]
          * L:mul Value [0, 1, 2, 3, 4, 5]
    "#]],
    );
    told(
        source,
        "y",
        Side::Gradient,
        &[0],
        &expect![[r#"
            ∂L/∂y[0, 0] = 4
                ∂L/∂y[0, 0] = 2 + 2 = 4
                ∂L/∂y[0, 0] through y·y (use 1) = ∂L/∂(y·y)[0, 0]·y[0, 0]
                1 × 2 = 2
                ∂L/∂y[0, 0] through y·y (use 2) = ∂L/∂(y·y)[0, 0]·y[0, 0]
                1 × 2 = 2
              * y Gradient [0]
              * L:mul Gradient [0]
              * y Value [0]
        "#]],
    );
}

#[test]
fn reductions_spread() {
    let source = "x = [[1, 5, 3], [4, 2, 6]]\nm = max(x, axis=1)\na = mean(x, axis=0)\nv = var(x)\nL = sum(m) * v + sum(a * a)";
    told(
        source,
        "m",
        Side::Value,
        &[0],
        &expect![[r#"
        m[0] = 5
            m[0] = max(x[0, 0], x[0, 1], x[0, 2])
            max(1, 5, 3) = 5
            x[0, 1] is the greatest
          * m Value [0]
          * x Value [0, 1, 2]
    "#]],
    );
    told(
        source,
        "a",
        Side::Value,
        &[1],
        &expect![[r#"
        a[1] = 3.5
            a[1] = (x[0, 1] + x[1, 1])/2
            (5 + 2)/2 = 3.5
          * a Value [1]
          * x Value [1, 4]
    "#]],
    );
    told(
        source,
        "v",
        Side::Value,
        &[0],
        &expect![[r#"
        v = 2.92
            mean = (x[0, 0] + x[0, 1] + x[0, 2] + x[1, 0] + x[1, 1] + x[1, 2])/6 = 3.5
            v = ((x[0, 0] − mean)² + (x[0, 1] − mean)² + (x[0, 2] − mean)² + (x[1, 0] − mean)² + (x[1, 1] − mean)² + (x[1, 2] − mean)²)/6
            ((1 − 3.5)² + (5 − 3.5)² + (3 − 3.5)² + (4 − 3.5)² + (2 − 3.5)² + (6 − 3.5)²)/6 = 2.92
          * v Value [0]
          * x Value [0, 1, 2, 3, 4, 5]
    "#]],
    );
    told(
        source,
        "x",
        Side::Gradient,
        &[1],
        &expect![[r#"
            ∂L/∂x[0, 1] = 11.9
                ∂L/∂x[0, 1] = 5.5 + 3.5 + 2.92 = 11.9
                mean = (x[0, 0] + x[0, 1] + x[0, 2] + x[1, 0] + x[1, 1] + x[1, 2])/6 = 3.5
                ∂L/∂x[0, 1] through v = ∂L/∂v·(2·(x[0, 1] − mean))/6
                11 × 0.5 = 5.5
                ∂L/∂x[0, 1] through a = ∂L/∂a[1]·1/2
                7 × 1/2 = 3.5
                spread along axis 0: each of its 2 elements gets an even share of it
                ∂L/∂x[0, 1] through m = ∂L/∂m[0]·[x[0, 1] = m[0]]
                2.92 × 1 = 2.92
                x[0, 1] is the greatest: the gradient comes back to it
              * x Gradient [1]
              * v Gradient [0]
              * x Value [0, 1, 2, 3, 4, 5]
              * a Gradient [1]
              * m Gradient [0]
              * m Value [0]
        "#]],
    );
}

#[test]
fn indexing_scatters() {
    let source = "x = [[1, 2], [3, 4], [5, 6]]\ny = x[1:]\nz = y.T\nL = sum(z * z)";
    told(
        source,
        "y",
        Side::Value,
        &[1],
        &expect![[r#"
        y[0, 1] = 4
            y[0, 1] = x[1, 1] = 4
          * y Value [1]
          * x Value [3]
    "#]],
    );
    told(
        source,
        "z",
        Side::Value,
        &[1],
        &expect![[r#"
        z[0, 1] = 5
            z[0, 1] = y[1, 0] = 5
          * z Value [1]
          * y Value [2]
    "#]],
    );
    told(
        source,
        "x",
        Side::Gradient,
        &[0, 3],
        &expect![[r#"
            ∂L/∂x[0, 0] = 0
                ∂L/∂x[0, 0] = 0
                this element was not picked: no gradient comes back to it
              * x Gradient [0]
            ∂L/∂x[1, 1] = 8
                ∂L/∂x[1, 1] = ∂L/∂y[0, 1] = 8
                picked: its gradient is put back at its place in zeros
              * x Gradient [3]
              * y Gradient [1]
        "#]],
    );
}

#[test]
fn softmax_mixes_a_row() {
    let source = "s = [[1, 2, 0.5], [0, 1, 3]]\np = softmax(s, axis=1)\nL = sum(p * p)";
    told(
        source,
        "p",
        Side::Value,
        &[1],
        &expect![[r#"
        p[0, 1] = 0.629
            p[0, 1] = (e^s[0, 1])/(e^s[0, 0] + e^s[0, 1] + e^s[0, 2])
            (e²)/(e^1 + e² + e^0.5) = 0.629
          * p Value [1]
          * s Value [0, 1, 2]
    "#]],
    );
    told(
        source,
        "s",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂s[0, 1] = 0.202
            ∂L/∂s[0, 1] = ∂L/∂p[0, 0]·(−p[0, 0]·p[0, 1]) + ∂L/∂p[0, 1]·(1 − p[0, 1])·p[0, 1] + ∂L/∂p[0, 2]·(−p[0, 2]·p[0, 1])
            0.462 × (−0.145) + 1.26 × 0.233 + 0.280 × (−0.0881) = 0.202
            every element along axis 1 depends on it
          * s Gradient [1]
          * p Gradient [0, 1, 2]
          * p Value [0, 1, 2]
    "#]],
    );
}

#[test]
fn losses_go_over_their_rows() {
    let source = "s = [[1, 2, 0.5], [0, 1, 3]]\nL = cross_entropy(s, [1, 0])";
    told(
        source,
        "L",
        Side::Value,
        &[0],
        &expect![[r#"
        L = 1.82
            L = −(log softmax(s)[0, 1] + log softmax(s)[1, 0])/2
            −(−0.464 + (−3.17))/2 = 1.82
          * L Value [0]
          * s Value [0, 1, 2, 3, 4, 5]
          * L:constant Value [0, 1]
    "#]],
    );
    told(
        source,
        "s",
        Side::Gradient,
        &[1, 4],
        &expect![[r#"
            ∂L/∂s[0, 1] = −0.186
                ∂L/∂s[0, 1] = ∂L/∂L·(softmax(s)[0, 1] − 1)/2
                1 × (−0.186) = −0.186
              * s Gradient [1]
              * L Gradient [0]
              * s Value [0, 1, 2]
              * L:constant Value [0]
            ∂L/∂s[1, 1] = 0.0571
                ∂L/∂s[1, 1] = ∂L/∂L·(softmax(s)[1, 1] − 0)/2
                1 × 0.0571 = 0.0571
              * s Gradient [4]
              * L Gradient [0]
              * s Value [3, 4, 5]
              * L:constant Value [1]
        "#]],
    );
    let source = "s = [[1, 2, 0.5], [0, 1, 3]]\nL = hinge_loss(s, [1, 0])";
    told(
        source,
        "L",
        Side::Value,
        &[0],
        &expect![[r#"
        L = 3
            L = (max(0, s[0, 0] − s[0, 1] + 1) + max(0, s[0, 2] − s[0, 1] + 1) + max(0, s[1, 1] − s[1, 0] + 1) + max(0, s[1, 2] − s[1, 0] + 1))/2
            (max(0, 1 − 2 + 1) + max(0, 0.5 − 2 + 1) + max(0, 1 − 0 + 1) + max(0, 3 − 0 + 1))/2 = 3
          * L Value [0]
          * s Value [0, 1, 2, 3, 4, 5]
          * L:constant Value [0, 1]
    "#]],
    );
    told(
        source,
        "s",
        Side::Gradient,
        &[1, 5],
        &expect![[r#"
            ∂L/∂s[0, 1] = 0
                ∂L/∂s[0, 1] = ∂L/∂L·(−([s[0, 0] − s[0, 1] + 1 > 0] + [s[0, 2] − s[0, 1] + 1 > 0])/2)
                1 × 0 = 0
              * s Gradient [1]
              * L Gradient [0]
              * L:constant Value [0]
              * s Value [0, 1, 2]
            ∂L/∂s[1, 2] = 0.5
                ∂L/∂s[1, 2] = ∂L/∂L·[s[1, 2] − s[1, 0] + 1 > 0]/2
                1 × 0.5 = 0.5
              * s Gradient [5]
              * L Gradient [0]
              * L:constant Value [1]
              * s Value [3, 5]
        "#]],
    );
    let source = "p = [0.25, 0.5]\nt = [0, 1]\nL = bce_loss(p, t)";
    told(
        source,
        "L",
        Side::Value,
        &[0],
        &expect![[r#"
        L = 0.490
            L = −(t[0]·log(p[0]) + (1 − t[0])·log(1 − p[0]) + t[1]·log(p[1]) + (1 − t[1])·log(1 − p[1]))/2
            −(0 × log(0.25) + (1 − 0) × log(1 − 0.25) + 1 × log(0.5) + (1 − 1) × log(1 − 0.5))/2 = 0.490
          * L Value [0]
          * p Value [0, 1]
          * t Value [0, 1]
    "#]],
    );
    told(
        source,
        "p",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂p[1] = −1
            ∂L/∂p[1] = ∂L/∂L·((p[1] − t[1])/((1 − p[1])·p[1]))/2
            1 × (−1) = −1
          * p Gradient [1]
          * L Gradient [0]
          * p Value [1]
          * t Value [1]
    "#]],
    );
    let source = "a = [1, 3]\nL = mse_loss(a, 2)";
    told(
        source,
        "L",
        Side::Value,
        &[0],
        &expect![[r#"
        L = 1
            L = ((a[0] − 2)² + (a[1] − 2)²)/2
            ((1 − 2)² + (3 − 2)²)/2 = 1
          * L Value [0]
          * a Value [0, 1]
          * L:constant Value [0, 1]
    "#]],
    );
    told(
        source,
        "a",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂a[1] = 1
            ∂L/∂a[1] = ∂L/∂L·(2·(a[1] − 2))/2
            1 × 1 = 1
          * a Gradient [1]
          * L Gradient [0]
          * a Value [1]
          * L:constant Value [1]
    "#]],
    );
}

#[test]
fn uses_add() {
    let source = "x = [1, -2]\ny = x * x + relu(x)\nL = sum(y)";
    told(
        source,
        "x",
        Side::Gradient,
        &[0],
        &expect![[r#"
            ∂L/∂x[0] = 3
                ∂L/∂x[0] = 1 + 1 + 1 = 3
                ∂L/∂x[0] through v1 = ∂L/∂v1[0]·(1 if x[0] > 0, else 0)
                1 × 1 = 1
                ∂L/∂x[0] through x·x (use 1) = ∂L/∂(x·x)[0]·x[0]
                1 × 1 = 1
                ∂L/∂x[0] through x·x (use 2) = ∂L/∂(x·x)[0]·x[0]
                1 × 1 = 1
              * x Gradient [0]
              * y:relu Gradient [0]
              * x Value [0]
              * y:mul Gradient [0]
        "#]],
    );
    let mut taught = Taught::viewed(
        source,
        &View {
            copies: true,
            ..Default::default()
        },
    );
    tell(
        &mut taught,
        "x",
        Side::Gradient,
        &[0],
        &expect![[r#"
            ∂L/∂x[0] = 3
                ∂L/∂x[0] = 1 + 1 + 1 = 3
                ∂L/∂x[0] through v1 = ∂L/∂v1[0]·(1 if x[0] > 0, else 0)
                1 × 1 = 1
                ∂L/∂x[0] through x·x (use 1) = ∂L/∂(x·x)[0]·x[0]
                1 × 1 = 1
                ∂L/∂x[0] through x·x (use 2) = ∂L/∂(x·x)[0]·x[0]
                1 × 1 = 1
              * x Gradient [0]
              * y:relu Gradient [0]
              * x Value [0]
              * y:mul Gradient [0]
        "#]],
    );
    tell(
        &mut taught,
        "x:copy",
        Side::Gradient,
        &[1],
        &expect![[r#"
            ∂L/∂x[1] = −4
                ∂L/∂x[1] = 0 + (−2) + (−2) = −4
                ∂L/∂x[1] through v1 = ∂L/∂v1[1]·(1 if x[1] > 0, else 0)
                1 × 0 = 0
                ∂L/∂x[1] through x·x (use 1) = ∂L/∂(x·x)[1]·x[1]
                1 × (−2) = −2
                ∂L/∂x[1] through x·x (use 2) = ∂L/∂(x·x)[1]·x[1]
                1 × (−2) = −2
              * x:copy Gradient [1]
              * y:relu Gradient [1]
              * x Value [1]
              * y:mul Gradient [1]
        "#]],
    );
    tell(
        &mut taught,
        "x:copy",
        Side::Value,
        &[1],
        &expect![[r#"
        x[1] = −2
            copied: it goes to 3 uses
          * x:copy Value [1]
          * x Value [1]
    "#]],
    );
}

/// The section on axes of a node's card, and of each wire into it.
fn axes(source: &str, key: &str, expected: &Expect) {
    let mut taught = Taught::new(source);
    let place = taught.place(key);
    let wires = (0..taught.scene.wires.len()).filter(|&w| taught.scene.wires[w].to == Some(place));
    let wires: Vec<usize> = wires.collect();
    let mut text = String::new();
    let mut put = |what: &str, card: Option<Card>| {
        let sections = card.expect("a card").sections.into_iter();
        for section in sections.filter(|section| section.kind == About::Axes) {
            for line in section.lines {
                let _ = writeln!(text, "{what}: {}", line.text);
            }
        }
    };
    put(
        "card",
        taught.ask(|l, now| l.card_of_node(now, place, usize::MAX)),
    );
    for wire in wires {
        let from = taught.scene.nodes[taught.scene.wires[wire].from]
            .key
            .clone();
        put(
            &from,
            taught.ask(|l, now| l.card_of_wire(now, wire, usize::MAX)),
        );
    }
    expected.assert_eq(&text);
}

#[test]
fn axes_are_copied_and_summed() {
    let x = "x = [[1, 2, 3], [4, 5, 6]]\n";
    axes(
        &format!("{x}b = [1, 2, 3]\ny = x + b"),
        "y",
        &expect![[r#"
        card: b: (3) → (2×3): axis 0 copied 2 times; backward: sum over axis 0: (2×3) → (3)
        b: (3) → (2×3): axis 0 copied 2 times; backward: sum over axis 0: (2×3) → (3)
    "#]],
    );
    axes(
        &format!("{x}b = [[1], [2]]\ny = x * b"),
        "y",
        &expect![[r#"
            card: b: (2×1) → (2×3): axis 1 copied 3 times; backward: sum over axis 1: (2×3) → (2×1)
            b: (2×1) → (2×3): axis 1 copied 3 times; backward: sum over axis 1: (2×3) → (2×1)
        "#]],
    );
    axes(
        &format!("{x}b = 2\ny = x * b"),
        "y",
        &expect![[r#"
            card: b: a number → (2×3): axis 0 copied 2 times, axis 1 copied 3 times; backward: sum over axes 0 and 1: (2×3) → a number
            b: a number → (2×3): axis 0 copied 2 times, axis 1 copied 3 times; backward: sum over axes 0 and 1: (2×3) → a number
        "#]],
    );
    axes(
        &format!("{x}y = sum(x, axis=1)"),
        "y",
        &expect![[r#"
        card: sum over axis 1: (2×3) → (2); backward: spread along axis 1: (2) → (2×3)
        x: sum over axis 1: (2×3) → (2); backward: spread along axis 1: (2) → (2×3)
    "#]],
    );
    axes(
        &format!("{x}y = mean(x, axis=0)"),
        "y",
        &expect![[r#"
        card: mean over axis 0: (2×3) → (3); backward: spread along axis 0, divided by 2: (3) → (2×3)
        x: mean over axis 0: (2×3) → (3); backward: spread along axis 0, divided by 2: (3) → (2×3)
    "#]],
    );
    axes(
        &format!("{x}y = max(x)"),
        "y",
        &expect![[r#"
            card: max over axes 0 and 1: (2×3) → a number; backward: to the greatest along axes 0 and 1, 0 to the others: a number → (2×3)
            x: max over axes 0 and 1: (2×3) → a number; backward: to the greatest along axes 0 and 1, 0 to the others: a number → (2×3)
        "#]],
    );
    axes(
        &format!("{x}y = x[1:, ::-2]"),
        "y",
        &expect![[r#"
        card: picks row 1, columns 2…0 in steps of −2: (2×3) → (1×2); backward: scattered into zeros: (1×2) → (2×3)
        x: picks row 1, columns 2…0 in steps of −2: (2×3) → (1×2); backward: scattered into zeros: (1×2) → (2×3)
    "#]],
    );
    axes(
        &format!("{x}y = x[:, 1]"),
        "y",
        &expect![[r#"
            card: picks column 1: (2×3) → (2); backward: scattered into zeros: (2) → (2×3)
            x: picks column 1: (2×3) → (2); backward: scattered into zeros: (2) → (2×3)
        "#]],
    );
    axes(&format!("{x}y = relu(x)"), "y", &expect![[""]]);
}

/// A wire knows what is copied on it.
#[test]
fn wires_know_their_copies() {
    let spread = |source: &str| {
        let taught = Taught::new(source);
        let found = taught.scene.wires.iter().filter_map(|wire| {
            let from = &taught.scene.nodes[wire.from].key;
            let spread = wire.spread.as_ref()?;
            Some(format!("{from} {:?} {:?}", spread.to, spread.axes))
        });
        found.collect::<Vec<_>>().join("; ")
    };
    let x = "x = [[1, 2, 3], [4, 5, 6]]\n";
    assert_eq!(
        spread(&format!("{x}b = [1, 2, 3]\ny = x + b")),
        "b [2, 3] [0]"
    );
    assert_eq!(
        spread(&format!("{x}b = [[1], [2]]\ny = x * b")),
        "b [2, 3] [1]"
    );
    assert_eq!(spread(&format!("{x}b = 2\ny = x * b")), "b [2, 3] [0, 1]");
    assert_eq!(spread(&format!("{x}y = x @ x.T")), "");
    let batch = "a = [[[1, 2]], [[3, 4]]]\nb = [[1], [2]]\ny = a @ b";
    assert_eq!(spread(batch), "b [2, 2, 1] [0]");
}

#[test]
fn many_terms_are_shortened() {
    let row = |by: usize| {
        (0..64)
            .map(|i| format!("{}", (i * by) % 7))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let source = format!("x = [{}]\nw = [{}]\ny = x @ w", row(3), row(5));
    told(
        &source,
        "y",
        Side::Value,
        &[0],
        &expect![[r#"
        y = 693
            y = x[0]·w[0] + x[1]·w[1] + x[2]·w[2] + … + x[63]·w[63] (64 terms)
            0 × 0 + 3 × 5 + 6 × 3 + … + 0 × 0 = 693
          * y Value [0]
          * x Value [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63]
          * w Value [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63]
    "#]],
    );
}

#[test]
fn what_is_not_computed_is_blank() {
    let mut taught = lecture();
    let text = |taught: &mut Taught, key, side, step| {
        let found = asked(taught, key, side, 0, step);
        let mut text = format!("{}\n", found.title.plain());
        for line in &found.lines {
            let _ = writeln!(text, "    {}", line.text);
        }
        text
    };
    // Step 1 computes y, 2 brings the upstream gradient, 3 goes back through y.
    expect![[r#"
        y[0, 0] = …
            y[0, 0] = x[0, 0]·w[0, 0] + x[0, 1]·w[1, 0] + x[0, 2]·w[2, 0]
            2 × 3 + 1 × 2 + (−3) × 3 = …
    "#]]
    .assert_eq(&text(&mut taught, "y", Side::Value, 0));
    expect![[r#"
        ∂L/∂x[0, 0] = …
            ∂L/∂x[0, 0] = ∂L/∂y[0, 0]·w[0, 0] + ∂L/∂y[0, 1]·w[0, 1] + ∂L/∂y[0, 2]·w[0, 2] + ∂L/∂y[0, 3]·w[0, 3]
            … × 3 + … × 2 + … × 1 + … × (−1) = …
    "#]].assert_eq(&text(&mut taught, "x", Side::Gradient, 1));
    expect![[r#"
        ∂L/∂x[0, 0] = …
            ∂L/∂x[0, 0] = ∂L/∂y[0, 0]·w[0, 0] + ∂L/∂y[0, 1]·w[0, 1] + ∂L/∂y[0, 2]·w[0, 2] + ∂L/∂y[0, 3]·w[0, 3]
            2 × 3 + 3 × 2 + (−3) × 1 + 9 × (−1) = …
    "#]].assert_eq(&text(&mut taught, "x", Side::Gradient, 2));
}

#[test]
fn closed_boxes_say_so() {
    let source =
        "def f(a, b):\n    return a * b + a\nx = [1, 2]\nw = [3, 4]\ny = f(x, w)\nL = sum(y * y)";
    let open = Taught::new(source);
    let closed = open.scene.boxes.iter().map(|b| b.key.clone()).collect();
    let view = View {
        closed,
        ..View::default()
    };
    let mut taught = Taught::viewed(source, &view);
    let mut nodes = taught.scene.nodes.iter();
    let closed = nodes.find(|node| node.kind == Kind::Box).expect("a box");
    let closed = closed.key.clone();
    tell(
        &mut taught,
        &closed,
        Side::Value,
        &[1],
        &expect![[r#"
        y[1] = 10
            computed within f, which is closed: open it to see how
          * y/f Value [1]
    "#]],
    );
    tell(
        &mut taught,
        &closed,
        Side::Gradient,
        &[1],
        &expect![[r#"
            ∂L/∂y[1] = 20
                ∂L/∂y[1] = 10 + 10 = 20
                ∂L/∂y[1] through y·y (use 1) = ∂L/∂(y·y)[1]·y[1]
                1 × 10 = 10
                ∂L/∂y[1] through y·y (use 2) = ∂L/∂(y·y)[1]·y[1]
                1 × 10 = 10
              * y/f Gradient [1]
              * L:mul Gradient [1]
              * y/f Value [1]
        "#]],
    );
    tell(
        &mut taught,
        "x",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂x[1] = 100
            ∂L/∂x[1] = ∂L/∂y[0]·∂y[0]/∂x[1] + ∂L/∂y[1]·∂y[1]/∂x[1]
            8 × 0 + 20 × 5 = 100
          * x Gradient [1]
          * y/f Gradient [0, 1]
    "#]],
    );
    let wide = source
        .replace("[1, 2]", "[1, 2, 3, 4, 5]")
        .replace("[3, 4]", "[1, 2, 3, 4, 5]");
    let mut taught = Taught::viewed(&wide, &view);
    tell(
        &mut taught,
        "x",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂x[1] = 36
            ∂L/∂x[1] = 36
            comes back through f, which is closed: open it to see how
          * x Gradient [1]
          * y/f Gradient [0, 1, 2, 3, 4]
    "#]],
    );
}

#[test]
fn what_leads_nowhere_has_no_gradient() {
    let source = "x = [1, 2]\ny = 2 * x\nz = x + 1\nL = sum(z)";
    told(
        source,
        "y",
        Side::Gradient,
        &[1],
        &expect![[r#"
        ∂L/∂y[1] = 0
            no path leads to the output
          * y Gradient [1]
    "#]],
    );
    told(
        "x = 3\ny = x * x\nL = y + 1",
        "x",
        Side::Gradient,
        &[0],
        &expect![[r#"
            ∂L/∂x = 6
                ∂L/∂x = 3 + 3 = 6
                ∂L/∂x through y (use 1) = ∂L/∂y·x
                1 × 3 = 3
                ∂L/∂x through y (use 2) = ∂L/∂y·x
                1 × 3 = 3
              * x Gradient [0]
              * y Gradient [0]
              * x Value [0]
        "#]],
    );
}

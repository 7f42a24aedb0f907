//! The local gradient slice: the lecture's numbers, and why the factors stand as they do.

mod support;

use backflow_core::lesson::{Lit, Side, Slice, Whole};
use std::fmt::Write;
use std::time::Instant;
use support::assert_close;
use support::taught::Taught;

const MATMUL: &str = "x = [[2, 1, -3], [-3, 4, 2]]
w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
y = x @ w";
const UPSTREAM: [f64; 8] = [2.0, 3.0, -3.0, 9.0, -8.0, 1.0, 4.0, 6.0];

fn taught(source: &str, upstream: &[f64]) -> Taught {
    let mut taught = Taught::new(source);
    let start = taught.scene.upstream;
    taught.arena[start..start + upstream.len()].copy_from_slice(upstream);
    taught.model.plan.run(&mut taught.arena);
    taught
}

fn slice(taught: &mut Taught, wire: usize, element: usize) -> Slice {
    let slice = taught.ask(|lesson, now| lesson.slice(now, wire, element, usize::MAX));
    slice.expect("a slice")
}

fn whole(taught: &mut Taught, wire: usize) -> Whole {
    let whole = taught.ask(|lesson, now| lesson.whole(now, wire, usize::MAX));
    whole.expect("a wire")
}

fn said(slice: &Slice) -> Vec<&str> {
    slice.lines.iter().map(|line| line.text.as_str()).collect()
}

fn orders(whole: &Whole) -> String {
    let mut text = String::new();
    for order in &whole.orders {
        let _ = writeln!(text, "{} | {} | {}", order.line.text, order.fits, order.why);
    }
    text
}

fn lit(node: usize, side: Side, elements: &[usize]) -> Lit {
    let elements = elements.to_vec();
    Lit {
        node,
        side,
        elements,
    }
}

#[test]
fn the_lectures_slices() {
    let mut taught = taught(MATMUL, &UPSTREAM);
    let [x, w, y] = ["x", "w", "y"].map(|key| taught.place(key));
    let first = slice(&mut taught, 0, 0);
    assert_eq!((first.gate, first.operand, first.element), (y, x, 0));
    assert_eq!(
        (first.count, &*first.shape, &*first.operand_shape),
        (6, &[2, 4][..], &[2, 3][..])
    );
    assert_eq!(first.text, "d y by d x 0, 0");
    let entries = [3.0, 2.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(first.entries.as_deref(), Some(&entries[..]));
    assert_eq!(
        first.zeros,
        [false, false, false, false, true, true, true, true]
    );
    assert_eq!(first.upstream.as_deref(), Some(&UPSTREAM[..]));
    assert_eq!(first.result, Some(0.0));
    let downstream = [0.0, 16.0, -9.0, -24.0, 9.0, -30.0];
    assert_eq!(first.downstream.as_deref(), Some(&downstream[..]));
    assert_eq!(
        said(&first),
        [
            "∂y/∂x[0, 0] is row 0 of w in row 0, zeros elsewhere",
            "∂L/∂x[0, 0] = Σ(∂y/∂x[0, 0]) ⊙ (∂L/∂y)",
            "∂L/∂x[0, 0] = 2 × 3 + 3 × 2 + (−3) × 1 + 9 × (−1) = 0",
        ]
    );
    let expected = [
        lit(w, Side::Value, &[0, 1, 2, 3]),
        lit(y, Side::Gradient, &[0, 1, 2, 3]),
        lit(x, Side::Gradient, &[0]),
    ];
    assert_eq!(first.lit, expected);

    let last = slice(&mut taught, 0, 5);
    let entries = [0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 1.0, -2.0];
    assert_eq!(last.entries.as_deref(), Some(&entries[..]));
    assert_eq!(last.result, Some(-30.0));
    assert_eq!(last.title.plain(), "∂y/∂x[1, 2]");
    let words = "∂y/∂x[1, 2] is row 2 of w in row 1, zeros elsewhere";
    assert_eq!(last.lines[0].text, words);
    assert_eq!(last.lit[0], lit(w, Side::Value, &[8, 9, 10, 11]));

    let of_w = slice(&mut taught, 1, 6);
    let words = "∂y/∂w[1, 2] is column 1 of x in column 2, zeros elsewhere";
    assert_eq!(of_w.lines[0].text, words);
    assert_eq!(of_w.lines[2].text, "∂L/∂w[1, 2] = (−3) × 1 + 4 × 4 = 13");
    let expected = [
        lit(x, Side::Value, &[1, 4]),
        lit(y, Side::Gradient, &[2, 6]),
        lit(w, Side::Gradient, &[6]),
    ];
    assert_eq!(of_w.lit, expected);
}

#[test]
fn slices_of_other_gates() {
    let mut relu = taught("x = [1, -2, 3, -1]\nz = relu(x)", &[4.0, -1.0, 5.0, 9.0]);
    let found = slice(&mut relu, 0, 2);
    assert_eq!(
        said(&found),
        [
            "∂z/∂x[2] is 1 at z[2], zeros elsewhere",
            "∂L/∂x[2] = Σ(∂z/∂x[2]) ⊙ (∂L/∂z)",
            "∂L/∂x[2] = 5 × 1 = 5",
        ]
    );
    assert_eq!(found.lit[0], lit(0, Side::Value, &[2]));

    let mut softmax = taught("x = [1, 2, 3]\np = softmax(x)", &[1.0, 0.0, 0.0]);
    let found = slice(&mut softmax, 0, 1);
    assert_eq!(found.zeros, [false; 3]);
    assert_eq!(
        found.lines[0].text,
        "∂p/∂x[1] is an entry at every element of p"
    );
    assert_eq!(found.lit[0], lit(1, Side::Value, &[0, 1, 2]));

    let mut sum = taught("x = [1, 2, 3]\ny = sum(x)", &[7.0]);
    let found = slice(&mut sum, 0, 1);
    assert_eq!(
        (found.lines[0].text.as_str(), found.result),
        ("∂y/∂x[1] = 1", Some(7.0))
    );

    // What was copied indexes as it was before.
    let source = "x = [[1, 2], [3, 4]]\nb = [[5], [6]]\ny = x * b";
    let mut copied = taught(source, &[1.0, 2.0, 3.0, 4.0]);
    let found = slice(&mut copied, 1, 1);
    assert_eq!(
        (&*found.operand_shape, found.result),
        (&[2, 1][..], Some(3.0 * 3.0 + 4.0 * 4.0))
    );
    let words = "∂y/∂b[1, 0] is an entry at each of the 2 copies of b[1, 0], zeros elsewhere";
    assert_eq!(found.lines[0].text, words);
    let expected = [
        lit(0, Side::Value, &[2, 3]),
        lit(2, Side::Gradient, &[2, 3]),
        lit(1, Side::Gradient, &[1]),
    ];
    assert_eq!(found.lit, expected);
    let of_x = slice(&mut copied, 0, 3);
    assert_eq!(of_x.lit[0], lit(1, Side::Value, &[1]));
}

#[test]
fn slices_of_vectors_and_stacks() {
    let first = |source: &str, wire: usize, element: usize| {
        let found = slice(&mut taught(source, &[]), wire, element);
        let result = found.result.expect("all is computed");
        let downstream = found.downstream.expect("all is computed")[element];
        assert_close(source, result, downstream, 0.0, 1e-12);
        found.lines[0].text.clone()
    };
    let row = "x = [1, 2]\nw = [[1, 2, 3], [3, 4, 5]]\ny = x @ w";
    assert_eq!(first(row, 0, 1), "∂y/∂x[1] is row 1 of w");
    assert_eq!(
        first(row, 1, 4),
        "∂y/∂w[1, 1] is x[1] at place 1, zeros elsewhere"
    );
    let column = "w = [[1, 2], [3, 4], [5, 6]]\nx = [1, 2]\ny = w @ x";
    assert_eq!(
        first(column, 0, 3),
        "∂y/∂w[1, 1] is x[1] at place 1, zeros elsewhere"
    );
    assert_eq!(first(column, 1, 1), "∂y/∂x[1] is column 1 of w");
    let dot = "x = [1, 2]\nw = [3, 4]\ny = x @ w";
    assert_eq!(first(dot, 0, 1), "∂y/∂x[1] is w[1]");
    let stack = "x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\nw = [[1, 2], [3, 4]]\ny = x @ w";
    let words = "∂y/∂x[1, 0, 1] is row 1 of w of sheet [1] in row 0 of sheet [1], zeros elsewhere";
    let found = first(stack, 0, 5);
    assert_eq!(found, words.replace("w of sheet [1]", "w"));
    let both = "x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\nw = x * 2\ny = x @ w";
    let mut both = taught(both, &[]);
    let wires = both.scene.wires.iter();
    let place = both.place("y");
    let wire = wires
        .clone()
        .position(|w| w.to == Some(place) && w.operand == 0);
    let found = slice(&mut both, wire.expect("a wire"), 5);
    assert_eq!(found.lines[0].text, words);
}

#[test]
fn many_terms_are_elided() {
    let source = "x = [1]\nw = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]\ny = x @ w";
    let found = slice(&mut taught(source, &[]), 0, 0);
    let words = "∂L/∂x[0] = 1 × 0 + 1 × 1 + 1 × 2 + … + 1 × 11 = 66 (12 terms)";
    assert_eq!(found.lines[2].text, words);
}

#[test]
fn numbers_come_with_the_steps() {
    let mut taught = taught(MATMUL, &UPSTREAM);
    let node = &taught.scene.nodes[taught.place("y")];
    let [forward, base] = [node.forward, node.backward];
    let mut at = |step| {
        let found = taught.ask(|lesson, now| lesson.slice(now, 0, 0, step));
        let found = found.expect("a slice");
        let known = [
            found.entries.is_some(),
            found.upstream.is_some(),
            found.result.is_some(),
        ];
        (known, found.lines[2].text.clone())
    };
    let blank = "∂L/∂x[0, 0] = … × … + … × … + … × … + … × … = …".to_owned();
    assert_eq!(at(forward - 1), ([false; 3], blank));
    let local = "∂L/∂x[0, 0] = … × 3 + … × 2 + … × 1 + … × (−1) = …".to_owned();
    assert_eq!(at(forward), ([true, false, false], local));
    assert_eq!(at(base).0, [true; 3]);
}

#[test]
fn only_one_order_fits() {
    let mut taught = taught(MATMUL, &UPSTREAM);
    let of_x = whole(&mut taught, 0);
    let lines: Vec<&str> = of_x.lines.iter().map(|line| &*line.text).collect();
    assert_eq!(
        lines,
        [
            "∂L/∂x = (∂L/∂y) wᵀ",
            "[2 3 −3 9; −8 1 4 6] [3 2 3; 2 1 2; 1 3 1; −1 2 −2] = [0 16 −9; −24 9 −30]",
        ]
    );
    assert_eq!(
        orders(&of_x),
        "∂L/∂x [2 × 3] = (∂L/∂y) [2 × 4] wᵀ [4 × 3] | true | the product is [2 × 3], as x is\n\
         ∂L/∂x [2 × 3] ≠ wᵀ [4 × 3] (∂L/∂y) [2 × 4] | false | the inner sizes 3 and 2 differ\n\
         ∂L/∂x [2 × 3] ≠ (∂L/∂y) [2 × 4] w [3 × 4] | false | the inner sizes 4 and 3 differ\n"
    );
    assert_eq!(
        orders(&whole(&mut taught, 1)),
        "∂L/∂w [3 × 4] = xᵀ [3 × 2] (∂L/∂y) [2 × 4] | true | the product is [3 × 4], as w is\n\
         ∂L/∂w [3 × 4] ≠ (∂L/∂y) [2 × 4] xᵀ [3 × 2] | false | the inner sizes 4 and 3 differ\n\
         ∂L/∂w [3 × 4] ≠ x [2 × 3] (∂L/∂y) [2 × 4] | false | the inner sizes 3 and 2 differ\n"
    );
    let latex = &of_x.orders[0].line.latex;
    assert!(
        latex.contains(r"\underset{\text{4 $\times$ 3}}{w^{\operatorname{T}}}"),
        "{latex}"
    );
}

#[test]
fn square_matrices_fit_by_chance() {
    let source = "x = [[1, 2], [3, 4]]\nw = [[0, 1], [2, 3]]\ny = x @ w";
    let mut square = taught(source, &[1.0, 2.0, 3.0, 5.0]);
    let found = whole(&mut square, 0);
    let why: Vec<_> = found
        .orders
        .iter()
        .map(|order| (order.fits, &*order.why))
        .collect();
    let wrong = "fits here only because the matrices are square; the value is wrong";
    let right = "the product is [2 × 2], as x is";
    assert_eq!(why, [(true, right), (true, wrong), (true, wrong)]);
    // Not known before it is computed.
    let early = square
        .ask(|lesson, now| lesson.whole(now, 0, 0))
        .expect("a wire");
    let unknown = "fits here only because the matrices are square";
    assert_eq!(early.orders[1].why, unknown);
    assert_eq!(early.lines.len(), 1);

    // A symmetric w is its own transpose.
    let source = "x = [[1, 2], [3, 4]]\nw = [[1, 2], [2, 3]]\ny = x @ w";
    let found = whole(&mut taught(source, &[1.0, 2.0, 3.0, 5.0]), 0);
    let same =
        "fits here only because the matrices are square; with these numbers the value is the same";
    assert_eq!(found.orders[2].why, same);
    assert!(found.orders[2].line.text.contains('='));
    assert_eq!(found.orders[1].why, wrong);

    // Inner sizes may meet and the product be of another shape.
    let source = "x = [[1, 2], [3, 4]]\nw = [[1, 2, 3], [2, 3, 4]]\ny = x @ w";
    let found = whole(&mut taught(source, &[]), 0);
    let other = "the product is [3 × 3], and x is [2 × 2]";
    assert_eq!(
        (found.orders[1].fits, &*found.orders[1].why),
        (false, other)
    );

    let others = "x = [1, 2]\nw = [[1, 2], [2, 3]]\ny = x @ w";
    assert!(whole(&mut taught(others, &[]), 0).orders.is_empty());
    let mut relu = taught("x = [1, -2]\nz = relu(x)", &[3.0, 4.0]);
    let found = whole(&mut relu, 0);
    assert!(found.orders.is_empty());
    assert_eq!(found.lines[1].text, "[3 4] ⊙ [[1 −2] > 0] = [3 0]");
}

/// A slice is made without the Jacobian, which here has millions of entries.
#[test]
fn a_slice_of_a_layer_is_quick() {
    let numbers = |count: usize| {
        let all = (0..count).map(|i| format!("{:.3}", (i as f64).sin()));
        all.collect::<Vec<_>>().join(", ")
    };
    let source = format!(
        "x = reshape([{}], (32, 64))\nw = reshape([{}], (64, 64))\ny = x @ w\nL = sum(y * y)",
        numbers(32 * 64),
        numbers(64 * 64)
    );
    let mut taught = taught(&source, &[]);
    let place = taught.place("y");
    let mut wires = taught.scene.wires.iter();
    let wire = wires
        .position(|wire| wire.to == Some(place))
        .expect("a wire");
    let begun = Instant::now();
    for element in 0..20 {
        let found = slice(&mut taught, wire, element * 100);
        let (result, downstream) = (found.result, found.downstream);
        let expected = downstream.expect("all is computed")[element * 100];
        assert_close(
            "a slice",
            result.expect("all is computed"),
            expected,
            0.0,
            1e-9,
        );
    }
    // Each unoptimised, on a busy machine.
    assert!(
        begun.elapsed().as_millis() < 20 * 250,
        "{:?}",
        begun.elapsed()
    );
}

//! What is said of boxes, copies and folds, and with an upstream gradient, to the word.

mod support;

use backflow_core::scene::last_step;
use backflow_core::view::View;
use expect_test::expect;
use std::fmt::Write;
use support::taught::{Taught, written};

const FIRST: &str = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z";
const NEURON: &str = "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = sigmoid(w0*x0 + w1*x1 + w2)";

/// A closed call is one gate, whose local derivative goes through all of it.
#[test]
fn closed_boxes_are_told_as_gates() {
    let source = "def g(a, b):\n    return a * b + a\nx = 2\ny = g(x, 3)\nz = g(y, x)\nL = z * z";
    let keys = |taught: &Taught| -> Vec<String> {
        let boxes = taught.scene.boxes.iter();
        boxes.map(|b| b.key.clone()).collect()
    };
    let view = View {
        closed: keys(&Taught::new(source)),
        ..View::default()
    };
    let mut taught = Taught::viewed(source, &view);
    expect![[r#"
        0: x = 2
        1: y = g(x) = 8
        2: z = g(y, x) = 24
        3: L = z·z = 24 × 24 = 576
        4: ∂L/∂L = 1
        5: ∂L/∂z through L (use 1) = upstream ∂L/∂L × local ∂L/∂z = 1 × 24 = 24; ∂L/∂z through L (use 2) = upstream ∂L/∂L × local ∂L/∂z = 1 × 24 = 24; ∂L/∂z = 24 + 24 = 48
        6: ∂L/∂y = upstream ∂L/∂z × local ∂z/∂y = 48 × 3 = 144; ∂L/∂x through z = upstream ∂L/∂z × local ∂z/∂x = 48 × 8 = 384; ∂L/∂x = 384 + …
        7: ∂L/∂x through y = upstream ∂L/∂y × local ∂y/∂x = 144 × 4 = 576; ∂L/∂x = 384 + 576 = 960
    "#]].assert_eq(&taught.sentences());
    let place = taught
        .scene
        .nodes
        .iter()
        .position(|node| node.name.as_deref() == Some("z"));
    let place = place.expect("a node z");
    let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
    expect![[r#"
        z (g, closed)
        [Chain] Upstream × local = downstream
            ∂L/∂y = upstream ∂L/∂z × local ∂z/∂y = 48 × 3 = 144
            ∂L/∂x through z = upstream ∂L/∂z × local ∂z/∂x = 48 × 8 = 384
        [Local] Local derivative, through all of the box
            ∂z/∂y = 3
            ∂z/∂x = 8
        [Sum] Sum over uses: the gradients of a copied value add
            ∂L/∂z through L (use 1) = 24
            ∂L/∂z through L (use 2) = 24
            ∂L/∂z = 24 + 24 = 48
        [Paths] The 2 paths to the output
            z → L: 24
            z → L: 24
            ∂L/∂z = 24 + 24 = 48
        [Check] Checked by a central difference
            backward pass: ∂L/∂z = 48
            difference: (L(z + h) − L(z − h))/(2h) → 48
            they differ by 0
        [Nudge] Nudge z by 0.1
            predicted: ΔL ≈ ∂L/∂z × Δz = 48 × 0.1 = 4.8
            true: ΔL = 580.81 − 576 = 4.81
    "#]]
    .assert_eq(&written(&card.expect("a card")));
    // Paths go through boxes: one product for each, whose sum is the gradient.
    let x = taught.place("x");
    let card = taught.ask(|lesson, now| lesson.card_of_node(now, x, usize::MAX));
    let told = written(&card.expect("a card"));
    let paths = told
        .split("[Paths]")
        .nth(1)
        .and_then(|t| t.split("[Check]").next());
    expect![[r#"
        The 4 paths to the output
            x → y → z → L: 24 × 3 × 4 = 288
            x → y → z → L: 24 × 3 × 4 = 288
            x → z → L: 24 × 8 = 192
            x → z → L: 24 × 8 = 192
            ∂L/∂x = 288 + 288 + 192 + 192 = 960"#]]
    .assert_eq(paths.unwrap_or_default().trim());
}

/// With an upstream gradient that is not 1 all is said of a loss behind the output.
#[test]
fn an_upstream_gradient_is_of_a_loss_behind() {
    let mut taught = Taught::new(FIRST);
    let upstream = taught.model.upstream();
    taught.arena[upstream] = -2.5;
    taught.model.plan.run(&mut taught.arena);
    let sentences = taught.sentences();
    let from = sentences.find("3:").unwrap_or_default();
    expect![[r#"
        3: ∂L/∂f = −2.5, given: L is a loss behind f
        4: ∂L/∂q = upstream ∂L/∂f × local ∂f/∂q = −2.5 × (−4) = 10; ∂L/∂z = upstream ∂L/∂f × local ∂f/∂z = −2.5 × 3 = −7.5
        5: ∂L/∂x = upstream ∂L/∂q × local ∂q/∂x = 10 × 1 = 10; ∂L/∂y = upstream ∂L/∂q × local ∂q/∂y = 10 × 1 = 10
    "#]].assert_eq(&sentences[from..]);
    let places = ["y", "f"].map(|key| taught.place(key));
    let [y, f] = places.map(|place| {
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
        written(&card.expect("a card"))
    });
    expect![[r#"
        y = 5 (input)
        [Chain] Upstream × local = downstream
            ∂L/∂q × ∂q/∂y = ∂L/∂y
            10 × 1 = 10
        [Paths] The path to the output
            y → q → f: −2.5 × (−4) × 1 = 10
        [Check] Checked by a central difference
            backward pass: ∂L/∂y = 10
            difference: (L(y + h) − L(y − h))/(2h) → 10
            they differ by 0
        [Nudge] Nudge y by 0.1
            predicted: ΔL ≈ ∂L/∂y × Δy = 10 × 0.1 = 1
            true: ΔL = 31 − 30 = 1
    "#]]
    .assert_eq(&y);
    expect![[r#"
        f = q·z (mul gate, the output)
        [Chain] Upstream × local = downstream
            ∂L/∂f × ∂f/∂q = ∂L/∂q
            −2.5 × (−4) = 10
            ∂L/∂f × ∂f/∂z = ∂L/∂z
            −2.5 × 3 = −7.5
        [Local] Local derivative
            ∂f/∂q = z = −4
            ∂f/∂z = q = 3
        [Role] Mul gate: swap multiplier
            each operand gets the upstream gradient times the other operand
    "#]]
    .assert_eq(&f);
}

/// Of vectors the loss behind is the output weighed by the upstream gradient.
#[test]
fn an_upstream_gradient_weighs_a_vector() {
    let mut taught = Taught::new("x = [1, -2, 3, -1]\nz = relu(x)");
    let upstream = taught.model.upstream();
    taught.arena[upstream..upstream + 4].copy_from_slice(&[4.0, -1.0, 5.0, 9.0]);
    taught.model.plan.run(&mut taught.arena);
    expect![[r#"
        0: x = [1, −2, 3, −1]
        1: z = relu(x) = relu([1, −2, 3, −1]) = [1, 0, 3, 0]
        2: ∂L/∂z = [4, −1, 5, 9], given: L is a loss behind z
        3: ∂L/∂x = ∂L/∂z ⊙ (1 if x > 0, else 0) = [4, 0, 5, 0]
    "#]]
    .assert_eq(&taught.sentences());
    let x = taught.place("x");
    let card = taught.ask(|lesson, now| lesson.card_of_node(now, x, usize::MAX));
    expect![[r#"
        x = [1, −2, 3, −1] (input, (4))
        [Chain] Upstream × local = downstream
            ∂L/∂x = ∂L/∂z ⊙ (1 if x > 0, else 0)
            [4, −1, 5, 9] → [4, 0, 5, 0]
        [Check] Checked by a central difference
            backward pass: ∂L/∂x = [4, 0, 5, 0]
            differences: [4, 0, 5, 0]
            they differ by 0 at most, of 4 elements
    "#]]
    .assert_eq(&written(&card.expect("a card")));
}

/// A turn of a loop hands on several values.
#[test]
fn closed_turns_hand_on_several_values() {
    let source = "a = 1\nb = 2\nfor i in range(2):\n    a = a * b\n    b = a + b\nL = a * b";
    let opened = Taught::new(source);
    let view = View {
        closed: opened.scene.boxes.iter().map(|b| b.key.clone()).collect(),
        ..View::default()
    };
    expect![[r#"
        0: a = 1, b = 2
        1: b⁽²⁾ = [i = 0](a, b) = 4
        2: b⁽³⁾ = [i = 1](a⁽²⁾, b⁽²⁾) = 12
        3: L = a⁽³⁾·b⁽³⁾ = 8 × 12 = 96
        4: ∂L/∂L = 1
        5: ∂L/∂a⁽³⁾ = upstream ∂L/∂L × local ∂L/∂a⁽³⁾ = 1 × 12 = 12; ∂L/∂b⁽³⁾ = upstream ∂L/∂L × local ∂L/∂b⁽³⁾ = 1 × 8 = 8
        6: ∂L/∂a⁽²⁾ = upstream ∂L/∂a⁽³⁾ × local ∂a⁽³⁾/∂a⁽²⁾ + ∂L/∂b⁽³⁾ × ∂b⁽³⁾/∂a⁽²⁾ = 12 × 4 + 8 × 4 = 80; ∂L/∂b⁽²⁾ = upstream ∂L/∂a⁽³⁾ × local ∂a⁽³⁾/∂b⁽²⁾ + ∂L/∂b⁽³⁾ × ∂b⁽³⁾/∂b⁽²⁾ = 12 × 2 + 8 × 3 = 48
        7: ∂L/∂a = upstream ∂L/∂a⁽²⁾ × local ∂a⁽²⁾/∂a + ∂L/∂b⁽²⁾ × ∂b⁽²⁾/∂a = 80 × 2 + 48 × 2 = 256; ∂L/∂b = upstream ∂L/∂a⁽²⁾ × local ∂a⁽²⁾/∂b + ∂L/∂b⁽²⁾ × ∂b⁽²⁾/∂b = 80 × 1 + 48 × 2 = 176
    "#]].assert_eq(&Taught::viewed(source, &view).sentences());
    // Of a turn that hands on two values, a derivative of each; and the paths of either.
    let mut taught = Taught::viewed(source, &view);
    let mut card = |place| {
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
        written(&card.expect("a card"))
    };
    expect![[r#"
        a = 1 (input)
        [Chain] Upstream × local = downstream
            ∂L/∂a = upstream ∂L/∂a⁽²⁾ × local ∂a⁽²⁾/∂a + ∂L/∂b⁽²⁾ × ∂b⁽²⁾/∂a = 80 × 2 + 48 × 2 = 256
        [Paths] The 4 paths to the output
            a → a⁽²⁾ → a⁽³⁾ → L: 12 × 4 × 2 = 96
            a → a⁽²⁾ → b⁽³⁾ → L: 8 × 4 × 2 = 64
            a → b⁽²⁾ → a⁽³⁾ → L: 12 × 2 × 2 = 48
            a → b⁽²⁾ → b⁽³⁾ → L: 8 × 3 × 2 = 48
            ∂L/∂a = 96 + 64 + 48 + 48 = 256
        [Check] Checked by a central difference
            backward pass: ∂L/∂a = 256
            difference: (L(a + h) − L(a − h))/(2h) → 256
            they differ by 0
        [Nudge] Nudge a by 0.1
            predicted: ΔL ≈ ∂L/∂a × Δa = 256 × 0.1 = 25.6
            true: ΔL = 124 − 96 ≈ 28.2
    "#]]
    .assert_eq(&card(0));
    let turn = opened.scene.inputs.len();
    expect![[r#"
        b⁽²⁾ (i = 0, closed)
        [Chain] Upstream × local = downstream
            ∂L/∂a = upstream ∂L/∂a⁽²⁾ × local ∂a⁽²⁾/∂a + ∂L/∂b⁽²⁾ × ∂b⁽²⁾/∂a = 80 × 2 + 48 × 2 = 256
            ∂L/∂b = upstream ∂L/∂a⁽²⁾ × local ∂a⁽²⁾/∂b + ∂L/∂b⁽²⁾ × ∂b⁽²⁾/∂b = 80 × 1 + 48 × 2 = 176
        [Local] Local derivative, through all of the box
            ∂a⁽²⁾/∂a = 2
            ∂b⁽²⁾/∂a = 2
            ∂a⁽²⁾/∂b = 1
            ∂b⁽²⁾/∂b = 2
        [Paths] The 2 paths to the output
            b⁽²⁾ → a⁽³⁾ → L: 12 × 2 = 24
            b⁽²⁾ → b⁽³⁾ → L: 8 × 3 = 24
            ∂L/∂b⁽²⁾ = 24 + 24 = 48
        [Check] Checked by a central difference
            backward pass: ∂L/∂b⁽²⁾ = 48
            difference: (L(b⁽²⁾ + h) − L(b⁽²⁾ − h))/(2h) → 48
            they differ by 0
        [Nudge] Nudge b⁽²⁾ by 0.1
            predicted: ΔL ≈ ∂L/∂b⁽²⁾ × Δb⁽²⁾ = 48 × 0.1 = 4.8
            true: ΔL = 100.86 − 96 = 4.86
    "#]]
    .assert_eq(&card(turn));
}

/// With copies shown the sum over uses is the copy's.
#[test]
fn copies_add_what_comes_back() {
    let view = View {
        copies: true,
        ..View::default()
    };
    let mut taught = Taught::viewed("x = 7\nL = 4*x + 2*x", &view);
    expect![[r#"
        0: x = 7
        1: x = 7 goes to 2 uses
        2: 4·x = 4 × 7 = 28
        3: 2·x = 2 × 7 = 14
        4: L = 4·x + 2·x = 28 + 14 = 42
        5: ∂L/∂L = 1
        6: ∂L/∂(4·x) = upstream ∂L/∂L × local ∂L/∂(4·x) = 1 × 1 = 1; ∂L/∂(2·x) = upstream ∂L/∂L × local ∂L/∂(2·x) = 1 × 1 = 1
        7: ∂L/∂x through 2·x = upstream ∂L/∂(2·x) × local ∂(2·x)/∂x = 1 × 2 = 2; ∂L/∂x = 2 + …
        8: ∂L/∂x through 4·x = upstream ∂L/∂(4·x) × local ∂(4·x)/∂x = 1 × 4 = 4; ∂L/∂x = 2 + 4 = 6
        9: ∂L/∂x = 2 + 4 = 6
    "#]].assert_eq(&taught.sentences());
    let copy = taught.scene.nodes.iter().position(|node| node.op == "copy");
    let copy = copy.expect("a copy");
    let mut card = |place| {
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
        written(&card.expect("a card"))
    };
    expect![[r#"
        x (copy gate)
        [Role] Copy: gradient adder
            the value goes to several gates; the gradients that come back add
        [Sum] Sum over uses: the gradients of a copied value add
            ∂L/∂x through 2·x = 2
            ∂L/∂x through 4·x = 4
            ∂L/∂x = 2 + 4 = 6
        [Paths] The 2 paths to the output
            x → 4·x → L: 1 × 4 = 4
            x → 2·x → L: 1 × 2 = 2
            ∂L/∂x = 4 + 2 = 6
        [Check] Checked by a central difference
            backward pass: ∂L/∂x = 6
            difference: (L(x + h) − L(x − h))/(2h) → 6
            they differ by 0
        [Nudge] Nudge x by 0.1
            predicted: ΔL ≈ ∂L/∂x × Δx = 6 × 0.1 = 0.6
            true: ΔL = 42.6 − 42 = 0.6
    "#]]
    .assert_eq(&card(copy));
    expect![[r#"
        x = 7 (input)
        [Chain] Upstream × local = downstream
            ∂L/∂x = 2 + 4 = 6
        [Paths] The 2 paths to the output
            x → 4·x → L: 1 × 4 = 4
            x → 2·x → L: 1 × 2 = 2
            ∂L/∂x = 4 + 2 = 6
        [Check] Checked by a central difference
            backward pass: ∂L/∂x = 6
            difference: (L(x + h) − L(x − h))/(2h) → 6
            they differ by 0
        [Nudge] Nudge x by 0.1
            predicted: ΔL ≈ ∂L/∂x × Δx = 6 × 0.1 = 0.6
            true: ΔL = 42.6 − 42 = 0.6
    "#]]
    .assert_eq(&card(0));
}

/// The part of a card that compares it with another grain of the program.
fn grain(source: &str, view: &View, key: &str) -> String {
    let mut taught = Taught::viewed(source, view);
    let place = taught.place(key);
    let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
    let card = card.expect("a card");
    let mut text = String::new();
    for section in card
        .sections
        .iter()
        .filter(|s| s.title.to_lowercase().contains("one "))
    {
        let _ = writeln!(text, "{}", section.title);
        for line in &section.lines {
            let _ = writeln!(text, "    {}", line.text);
        }
    }
    text
}

/// Gates as one and one as gates: whichever is drawn, the other is told with its
/// steps and gradients.
#[test]
fn a_fold_is_compared_with_what_it_folds() {
    let written =
        "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))";
    let folded = View {
        folded: vec!["f".to_owned()],
        ..View::default()
    };
    let opened = View {
        open: vec!["f".to_owned()],
        ..View::default()
    };
    let expected = expect![[r#"
        4 gates that are one sigmoid gate
            as one gate 11 steps instead of 17
            the gradients of the inputs are the same (rounding: 1.11×10⁻¹⁶)
            “fold: sigmoid” folds them
        One sigmoid gate for 4 gates
            as one gate 11 steps instead of 17
            the gradients of the inputs are the same (rounding: 1.11×10⁻¹⁶)
            + at the gate, or Enter, unfolds it
        One sigmoid gate for 4 gates
            as one gate 11 steps instead of 17
            the gradients of the inputs are the same (rounding: 1.11×10⁻¹⁶)
            + at the gate, or Enter, opens it
        4 gates that are one sigmoid gate
            as one gate 11 steps instead of 17
            the gradients of the inputs are the same (rounding: 1.11×10⁻¹⁶)
            − at the box, or Enter, closes it
        One sigmoid gate for 4 gates
            as one gate 3 steps instead of 9
            written out, a number here is too large and the gradients are lost; as one gate they are not
            + at the gate, or Enter, opens it
        One softmax gate for 8 gates
            as one gate 7 steps instead of 19
            the gradients of the inputs are the same
            + at the gate, or Enter, opens it
    "#]];
    expected.assert_eq(
        &[
            grain(written, &View::default(), "f"),
            grain(written, &folded, "f"),
            grain(NEURON, &View::default(), "f"),
            grain(NEURON, &opened, "f"),
            grain("x = -1000\nf = sigmoid(x)", &View::default(), "f"),
            grain(
                "x = [1, 2]\nf = sum(softmax(x) * x)",
                &View::default(),
                "f:softmax",
            ),
        ]
        .concat(),
    );
}

/// What an offer to fold says of the steps is what comes of folding.
#[test]
fn folding_takes_the_steps_that_it_says() {
    let programs = [
        "x = 2\nf = 1 / (1 + exp(-x))",
        "x = 2\nf = exp(x) / (1 + exp(x))",
        "x = 2\ny = exp(x) / (1 + exp(x))\nf = y * y + x",
        "x = 2\nh = 1 / (1 + exp(-x))\ng = 1 / (1 + exp(-h))\nf = detach(h) * g",
        "x = 2\nh = 1 / (1 + exp(-x))\nf = detach(h) * x",
    ];
    for (source, copies) in programs.iter().flat_map(|&p| [(p, false), (p, true)]) {
        let view = View {
            copies,
            ..View::default()
        };
        let before = Taught::viewed(source, &view);
        assert!(!before.scene.folds.is_empty(), "{source}");
        assert_eq!(last_step(&before.model), before.scene.steps.len() - 1);
        for fold in &before.scene.folds {
            let view = View {
                folded: vec![fold.key.clone()],
                ..view.clone()
            };
            let after = Taught::viewed(source, &view);
            assert_eq!(fold.steps, after.scene.steps.len() - 1, "{source} {copies}");
        }
    }
}

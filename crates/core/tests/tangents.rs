//! Forward mode beside a program: tangents, their steps and words, both ends, passes.
#![allow(
    clippy::unicode_not_nfc,
    reason = "a dot above a letter is a sign of its own"
)]

mod support;

use backflow_core::lesson::{Card, Lesson, Now};
use backflow_core::model::{Model, Overrides};
use backflow_core::modes::{Forward, Limits, Run, jacobian, passes};
use backflow_core::scene::{Pass, Scene, last_step};
use backflow_core::view::{Mode, View};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Write;
use support::taught::{Taught, written};
use support::{Random, assert_close};

fn view(mode: Mode) -> View {
    View {
        mode,
        ..View::default()
    }
}

fn sentences(mode: Mode, source: &str, expected: &Expect) {
    expected.assert_eq(&Taught::viewed(source, &view(mode)).sentences());
}

const FIRST: &str = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z";
const NEURON: &str =
    "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))";
const MATMUL: &str = "x = [[2, 1, -3], [-3, 4, 2]]\n\
    w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w\nL = sum(relu(y))";

#[test]
fn the_first_graph_in_one_sweep() {
    sentences(
        Mode::Forward,
        FIRST,
        &expect![[r#"
        0: x = −2, y = 5, z = −4; ẋ = 1, ẏ = 0, ż = 0
        1: q = x + y = −2 + 5 = 3; q̇ = ∂q/∂x·ẋ + ∂q/∂y·ẏ = 1 × 1 + 1 × 0 = 1
        2: f = q·z = 3 × (−4) = −12; ḟ = ∂f/∂q·q̇ + ∂f/∂z·ż = −4 × 1 + 3 × 0 = −4
    "#]],
    );
    sentences(
        Mode::Both,
        FIRST,
        &expect![[r#"
        0: x = −2, y = 5, z = −4; ẋ = 1, ẏ = 0, ż = 0
        1: q = x + y = −2 + 5 = 3; q̇ = ∂q/∂x·ẋ + ∂q/∂y·ẏ = 1 × 1 + 1 × 0 = 1
        2: f = q·z = 3 × (−4) = −12; ḟ = ∂f/∂q·q̇ + ∂f/∂z·ż = −4 × 1 + 3 × 0 = −4
        3: ∂f/∂f = 1
        4: ∂f/∂q = upstream ∂f/∂f × local ∂f/∂q = 1 × (−4) = −4; ∂f/∂z = upstream ∂f/∂f × local ∂f/∂z = 1 × 3 = 3
        5: ∂f/∂x = upstream ∂f/∂q × local ∂q/∂x = −4 × 1 = −4; ∂f/∂y = upstream ∂f/∂q × local ∂q/∂y = −4 × 1 = −4
    "#]],
    );
}

#[test]
fn the_neuron_in_one_sweep() {
    sentences(
        Mode::Forward,
        NEURON,
        &expect![[r#"
            0: w0 = 2, x0 = −1, w1 = −3, x1 = −2, w2 = −3; ẇ0 = 1, ẋ0 = 0, ẇ1 = 0, ẋ1 = 0, ẇ2 = 0
            1: w0·x0 = 2 × (−1) = −2; (w0·x0)˙ = ∂(w0·x0)/∂w0·ẇ0 + ∂(w0·x0)/∂x0·ẋ0 = −1 × 1 + 2 × 0 = −1
            2: w1·x1 = −3 × (−2) = 6; (w1·x1)˙ = ∂(w1·x1)/∂w1·ẇ1 + ∂(w1·x1)/∂x1·ẋ1 = −2 × 0 + (−3 × 0) = 0
            3: v1 = w0·x0 + w1·x1 = −2 + 6 = 4; v̇1 = ∂v1/∂(w0·x0)·(w0·x0)˙ + ∂v1/∂(w1·x1)·(w1·x1)˙ = 1 × (−1) + 1 × 0 = −1
            4: v2 = v1 + w2 = 4 + (−3) = 1; v̇2 = ∂v2/∂v1·v̇1 + ∂v2/∂w2·ẇ2 = 1 × (−1) + 1 × 0 = −1
            5: v3 = −v2 = −1; v̇3 = ∂v3/∂v2·v̇2 = −1 × (−1) = 1
            6: v4 = e^v3 = e^(−1) = 0.368; v̇4 = ∂v4/∂v3·v̇3 = 0.368 × 1 = 0.368
            7: v5 = 1 + v4 = 1 + 0.368 = 1.37; v̇5 = ∂v5/∂v4·v̇4 = 1 × 0.368 = 0.368
            8: f = 1/v5 = 1/1.37 ≈ 0.731; ḟ = ∂f/∂v5·v̇5 = −0.534 × 0.368 = −0.197
        "#]],
    );
}

#[test]
fn whole_values_have_their_rules() {
    sentences(
        Mode::Forward,
        MATMUL,
        &expect![[r#"
            0: x = (2×3), w = (3×4); ẋ = (2×3), ẇ = (3×4)
            1: y = x w = (2×3) (3×4) → (2×4) = [−1 −1 2 6; 5 2 11 7]; ẏ = ẋ w + x ẇ = (2×4)
            2: v1 = relu(y) = [0 0 2 6; 5 2 11 7]; v̇1 = ẏ ⊙ (1 if y > 0, else 0) = (2×4)
            3: L = Σv1 = 33; L̇ = Σv̇1 = 0
        "#]],
    );
    sentences(
        Mode::Forward,
        "a = [1, 2, 3]\nb = 2\nc = 3\ns = softmax(a * b)\nm = mean(s)\nz = logsumexp(a) + m * c * c\nd = detach(z) + 1",
        &expect![[r#"
            0: a = [1, 2, 3], b = 2, c = 3; ȧ = [1, 0, 0], ḃ = 0, ċ = 0
            1: a·b = [1, 2, 3] × 2 = [2, 4, 6]; (a·b)˙ = ȧ ⊙ b + ḃ ⊙ a = [2, 0, 0]
            2: s = softmax(a·b) = softmax([2, 4, 6]) = [0.0159, 0.117, 0.867]; ṡ = s ⊙ ((a·b)˙ − Σ((a·b)˙ ⊙ s)) = [0.0312, −0.00372, −0.0275]
            3: m = mean(s) = mean([0.0159, 0.117, 0.867]) = 0.333; ṁ = Σ(ṡ ⊙ 1/3) = −1.16×10⁻¹⁸
            4: v1 = logsumexp(a) = logsumexp([1, 2, 3]) = 3.41; v̇1 = Σ(ȧ ⊙ softmax(a)) = 0.0900
            5: m·c = 0.333 × 3 ≈ 1; (m·c)˙ = ∂(m·c)/∂m·ṁ + ∂(m·c)/∂c·ċ = 3 × (−1.16×10⁻¹⁸) + 0.333 × 0 ≈ −3.47×10⁻¹⁸
            6: v2 = m·c·c = 1 × 3 = 3; v̇2 = ∂v2/∂(m·c)·(m·c)˙ + ∂v2/∂c·ċ = 3 × (−3.47×10⁻¹⁸) + 1 × 0 = −1.04×10⁻¹⁷
            7: z = v1 + v2 = 3.41 + 3 = 6.41; ż = ∂z/∂v1·v̇1 + ∂z/∂v2·v̇2 = 1 × 0.0900 + 1 × (−1.04×10⁻¹⁷) ≈ 0.0900
            8: v3 = detach(z) = detach(6.41) = 6.41; v̇3 = 0
            9: d = v3 + 1 = 6.41 + 1 = 7.41; ḋ = 0
        "#]],
    );
}

#[test]
fn copies_and_closed_boxes_pass_tangents_on() {
    let source =
        "def twice(u, v):\n    t = u * v\n    return t + t\nx = 3\ny = 2\nf = twice(x, y) + x";
    let view = View {
        closed: vec!["f/twice".to_owned()],
        copies: true,
        mode: Mode::Forward,
        ..View::default()
    };
    let mut taught = Taught::viewed(source, &view);
    expect![[r#"
        0: x = 3, y = 2; ẋ = 1, ẏ = 0
        1: x = 3 goes to 2 uses; ẋ = 1
        2: v1 = twice(x, y) = 12; v̇1 = ∂v1/∂x·ẋ + ∂v1/∂y·ẏ = 4 × 1 + 6 × 0 = 4
        3: f = v1 + x = 12 + 3 = 15; ḟ = ∂f/∂v1·v̇1 + ∂f/∂x·ẋ = 1 × 4 + 1 × 1 = 5
    "#]]
    .assert_eq(&taught.sentences());
}

#[test]
fn a_card_has_the_line_of_forward_mode() {
    let card = |mode, key: &str| -> Card {
        let mut taught = Taught::viewed(FIRST, &view(mode));
        let place = taught.place(key);
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
        card.expect("a card")
    };
    expect![[r#"
        f = q·z (mul gate, the output)
        [Tangent] Tangent: local × the operands’ tangents
            ḟ = ∂f/∂q·q̇ + ∂f/∂z·ż = −4 × 1 + 3 × 0 = −4
        [Local] Local derivative
            ∂f/∂q = z = −4
            ∂f/∂z = q = 3
    "#]]
    .assert_eq(&written(&card(Mode::Forward, "f")));
    let both = written(&card(Mode::Both, "q"));
    for part in ["[Chain]", "[Tangent]", "[Local]", "[Check]"] {
        assert!(both.contains(part), "{both}");
    }
    assert!(!written(&card(Mode::Reverse, "f")).contains("[Tangent]"));
    // Along a wire its part.
    let mut taught = Taught::viewed(FIRST, &view(Mode::Forward));
    let wire = taught
        .scene
        .wires
        .iter()
        .position(|wire| wire.to == Some(4));
    let card = taught.ask(|lesson, now| lesson.card_of_wire(now, wire.expect("a wire"), 9));
    expect![[r#"
        q → f (wire carrying 3)
        [Tangent] Tangent: local × what it carries
            ∂f/∂q·q̇ = −4 × 1 = −4
        [Local] Local derivative
            ∂f/∂q = z = −4
    "#]]
    .assert_eq(&written(&card.expect("a card")));
}

#[test]
fn seeds_are_inputs_and_steps_follow_the_mode() {
    let source = "x = [1, 2]\ny = 5\nf = sum(x) * y";
    for mode in [Mode::Reverse, Mode::Forward, Mode::Both] {
        let model = Model::viewed(source, &Overrides::default(), &view(mode)).expect("a program");
        let scene = Scene::new(&model);
        assert_eq!(scene.mode, mode);
        assert_eq!(last_step(&model), scene.steps.len() - 1);
        let count = |pass| scene.steps.iter().filter(|step| step.pass == pass).count();
        assert_eq!(count(Pass::Forward), 2);
        let back = if mode == Mode::Forward { 0 } else { 2 };
        assert_eq!(count(Pass::Backward), back);
        let shown = mode != Mode::Reverse;
        assert!(
            scene
                .nodes
                .iter()
                .all(|node| node.tangent.is_some() == shown)
        );
        assert!(
            scene
                .wires
                .iter()
                .all(|wire| wire.tangent.is_some() == shown)
        );
        assert_eq!(model.seeds().len(), if shown { 2 } else { 0 });
        if mode == Mode::Forward {
            let last = scene.steps.len();
            assert!(scene.nodes.iter().all(|n| n.backward == last && !n.kept));
            assert!(scene.wires.iter().all(|w| w.backward == last));
        }
        let mut arena = model.arena();
        for input in scene.inputs.iter().filter(|_| shown) {
            let node = &scene.nodes[input.node];
            assert_eq!(input.seed, node.tangent, "the seed is the input's tangent");
        }
        if !shown {
            continue;
        }
        // 1 at the first number of the first input, 0 elsewhere.
        let seeds: Vec<usize> = scene.inputs.iter().filter_map(|input| input.seed).collect();
        assert_eq!(arena[seeds[0]..][..2], [1.0, 0.0]);
        assert_eq!(arena[seeds[1]], 0.0);
        model.plan.run(&mut arena);
        let tangent = scene.nodes[scene.output].tangent.expect("a tangent");
        assert_eq!(arena[tangent], 5.0);
        // Another seed, and the tape follows.
        arena[seeds[0]] = 0.0;
        arena[seeds[1]] = 2.0;
        model.plan.run(&mut arena);
        assert_eq!(arena[tangent], 6.0);
    }
}

/// A picture of reverse mode is the one there was.
#[test]
fn reverse_mode_is_laid_out_as_before_and_others_have_room() {
    let height = |source, mode| {
        let model = Model::viewed(source, &Overrides::default(), &view(mode)).expect("a program");
        Scene::new(&model).height
    };
    for source in [FIRST, NEURON, MATMUL] {
        let plain = Scene::new(&Model::new(source, &Overrides::default()).expect("a program"));
        assert_eq!(
            plain.height.to_bits(),
            height(source, Mode::Reverse).to_bits()
        );
        assert!(
            height(source, Mode::Both) > height(source, Mode::Reverse),
            "{source}"
        );
    }
}

#[test]
fn plates_have_a_grid_for_each_pass() {
    for (mode, grids) in [(Mode::Reverse, 2), (Mode::Forward, 2), (Mode::Both, 3)] {
        let source = "x = [[1, 2], [3, 4]]\nf = sum(x * x)\nt = [[[1]], [[2]]]\ng = f * sum(t)\nu = [[1], [2], [3]]\nh = g * sum(u)";
        let model = Model::viewed(source, &Overrides::default(), &view(mode)).expect("a program");
        for plate in Scene::new(&model)
            .nodes
            .iter()
            .filter_map(|n| n.plate.as_ref())
        {
            let mut corners = vec![(plate.value_x, plate.value_y)];
            corners.extend(plate.tangent_x.zip(plate.tangent_y));
            if mode != Mode::Forward {
                corners.push((plate.gradient_x, plate.gradient_y));
            }
            assert_eq!(corners.len(), grids);
            let (across, down) = (
                plate.columns as f64 * plate.cell_width,
                plate.rows as f64 * plate.cell_height,
            );
            for (at, a) in corners.iter().enumerate() {
                assert!(a.0 >= plate.x && a.0 + across <= plate.x + plate.width);
                assert!(a.1 >= plate.y && a.1 + down <= plate.y + plate.height);
                for b in &corners[..at] {
                    let apart = (a.0 - b.0).abs() >= across || (a.1 - b.1).abs() >= down;
                    assert!(apart, "{mode:?} {corners:?}");
                }
            }
        }
    }
}

#[test]
fn both_ends_have_the_same_number() {
    let mut taught = Taught::viewed(FIRST, &view(Mode::Both));
    let said = taught
        .ask(|lesson, now| lesson.identity(now))
        .expect("both passes");
    let lines: Vec<&str> = said.lines.iter().map(|line| line.text.as_str()).collect();
    expect![[r#"
        at the output: ∂f/∂f·ḟ = 1 × (−4) = −4
        at the inputs: ∂f/∂x·ẋ + ∂f/∂y·ẏ + ∂f/∂z·ż = −4 × 1 + (−4 × 0) + 3 × 0 = −4"#]]
    .assert_eq(&lines.join("\n"));
    assert_eq!((said.left, said.right, said.holds), (-4.0, -4.0, true));
    let mut taught = Taught::viewed(MATMUL, &view(Mode::Both));
    let said = taught
        .ask(|lesson, now| lesson.identity(now))
        .expect("both passes");
    let lines: Vec<&str> = said.lines.iter().map(|line| line.text.as_str()).collect();
    expect![[r#"
        at the output: ∂L/∂L·L̇ = 1 × 0 = 0
        at the inputs: ⟨∂L/∂x, ẋ⟩ + ⟨∂L/∂w, ẇ⟩ = 0 + 0 = 0"#]]
    .assert_eq(&lines.join("\n"));
    for mode in [Mode::Reverse, Mode::Forward] {
        let mut taught = Taught::viewed(FIRST, &view(mode));
        assert_eq!(taught.ask(|lesson, now| lesson.identity(now)), None);
    }
}

#[test]
fn passes_are_counted_and_named() {
    let passes = |source: &str| {
        let mut taught = Taught::new(source);
        taught.ask(|lesson, now| lesson.passes(now))
    };
    let found = passes("x = [1, 2]\nW = [[1, 2], [3, 4], [5, 6]]\ny = W @ x");
    assert_eq!((found.forward, found.reverse), (8, 3));
    assert_eq!(found.rows, ["y[0]", "y[1]", "y[2]"]);
    assert_eq!(found.columns[..3], ["x[0]", "x[1]", "W[0, 0]"]);
    assert_eq!(found.columns[7], "W[2, 1]");
    expect!["8 input numbers, 3 output numbers: all derivatives take 8 forward passes, a column of the Jacobian each, or 3 reverse passes, a row each."].assert_eq(&found.text);
    expect!["1 input number, 1 output number: all derivatives take 1 forward pass, a column of the Jacobian each, or 1 reverse pass, a row each."].assert_eq(&passes("x = 3\nf = x * x").text);
    let zeros = vec!["0"; 65].join(", ");
    let large = passes(&format!("x = [{zeros}]\nf = sum(x)"));
    assert!(large.rows.is_empty() && large.columns.is_empty());
    expect!["The Jacobian is 1 × 65; up to 64 × 64 it is filled here."]
        .assert_eq(&large.too_large.expect("a reason"));
}

/// Columns by forward mode, rows by reverse mode: the same matrix.
#[test]
fn passes_fill_the_jacobian_either_way() {
    let source = "x = [1, -2]\nW = [[1, 2], [3, 4], [5, 6]]\nb = 2\ny = tanh(W @ x * 0.1) * b";
    let model = Model::viewed(source, &Overrides::default(), &view(Mode::Both)).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let before = arena.clone();
    let rows: Vec<Vec<f64>> = (0..3)
        .map(|k| passes::row(&model, &arena, k).expect("a row"))
        .collect();
    let columns: Vec<Vec<f64>> = (0..9)
        .map(|k| passes::column(&model, &arena, k).expect("a column"))
        .collect();
    assert_eq!(passes::row(&model, &arena, 3), None);
    assert_eq!(passes::column(&model, &arena, 9), None);
    assert_eq!(arena, before);
    let mut at = 0;
    for input in &model.program.inputs {
        let run = Run::of(&model, &arena);
        let whole = jacobian(run, model.program.output, input.node, Limits::default());
        let whole = whole.expect("a small matrix");
        for (i, row) in whole.entries.chunks(whole.columns()).enumerate() {
            for (j, &entry) in row.iter().enumerate() {
                assert_close("row", rows[i][at + j], entry, 1.0, 1e-12);
                assert_close("column", columns[at + j][i], entry, 1.0, 1e-12);
            }
        }
        at += whole.columns();
    }
    let reverse = Model::viewed(source, &Overrides::default(), &view(Mode::Reverse));
    let reverse = reverse.expect("a program");
    let mut arena = reverse.arena();
    reverse.plan.run(&mut arena);
    assert_eq!(passes::row(&reverse, &arena, 0).as_ref(), Some(&rows[0]));
    assert_eq!(passes::column(&reverse, &arena, 0), None);
}

/// Smooth forms of earlier names.
const FORMS: &[&str] = &[
    "A + B",
    "A - B",
    "sin(A * B)",
    "tanh(A) * B",
    "A / (B * B + 2)",
    "-A",
    "exp(sin(A))",
    "sigmoid(A + B)",
    "softplus(A) - gelu(B)",
    "twice(A, B)",
    "A * A",
    "sqrt(A * A + 0.5)",
    "sin(A.sum()) * B",
    "A - mean(B)",
    "softmax(A + B)",
];

fn program(forms: &[(usize, usize, usize)], tensors: bool) -> String {
    let mut source = "def twice(u, v):\n    t = u * v\n    return t + sin(t)\n".to_owned();
    let literals = if tensors {
        ["[0.3, -0.7, 1.1]", "[0.9, 0.2, -0.4]", "[-1.2, 0.5, 0.1]"]
    } else {
        ["0.3", "-0.7", "1.1"]
    };
    for (at, literal) in literals.iter().enumerate() {
        let _ = writeln!(source, "v{at} = {literal}");
    }
    let forms_of = if tensors {
        FORMS.len()
    } else {
        FORMS.len() - 3
    };
    for (at, &(form, a, b)) in forms.iter().enumerate() {
        let names = 3 + at;
        let form = FORMS[form % forms_of];
        let form = form.replace('A', &format!("v{}", a % names));
        let form = form.replace('B', &format!("v{}", b % names));
        let _ = writeln!(source, "v{names} = {form}");
    }
    source
}

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(12),
        failure_persistence: None,
        cases: 60,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// On random programs, with random seeds and a random upstream: tangents are those of a
    /// pass of their own and the differences along the seeds, the dot products at both ends
    /// are equal, and views change nothing.
    #[test]
    fn tangents_are_right_everywhere(
        forms in prop::collection::vec((0usize..15, 0usize..20, 0usize..20), 1..8),
        tensors in any::<bool>(),
        seed in any::<u64>(),
        closes in any::<bool>(),
        copies in any::<bool>(),
    ) {
        let source = program(&forms, tensors);
        let closed = (0..20).filter(|_| closes).map(|at| format!("v{at}/twice")).collect();
        let view = View { mode: Mode::Both, closed, copies, ..View::default() };
        let model = Model::viewed(&source, &Overrides::default(), &view).expect("a program");
        let mut random = Random(seed);
        let mut arena = model.arena();
        let mut along = Vec::new();
        for (input, &seed) in model.program.inputs.iter().zip(model.seeds()) {
            let direction = random.direction(model.elements(input.node));
            arena[model.plan.offset(seed)..][..direction.len()].copy_from_slice(&direction);
            along.push((input.node, direction));
        }
        let output = model.program.output;
        let upstream = random.direction(model.elements(output));
        arena[model.upstream()..][..upstream.len()].copy_from_slice(&upstream);
        model.plan.run(&mut arena);

        let given: Vec<_> = along.iter().map(|(node, v)| (*node, &v[..])).collect();
        let all: Vec<_> = model.forward().collect();
        let forward = Forward::new(&model, &arena, &given, &all).expect("small");
        let moved = |by: f64| {
            let mut arena = arena.clone();
            for (node, direction) in &along {
                let slots = &mut arena[model.plan.offset(*node)..][..direction.len()];
                for (slot, d) in slots.iter_mut().zip(direction) {
                    *slot += by * d;
                }
            }
            model.plan.run(&mut arena);
            arena
        };
        let h = 1e-5;
        let (ahead, behind) = (moved(h), moved(-h));
        let scene = Scene::new(&model);
        for (node, unit) in scene.nodes.iter().zip(&scene.outline().units) {
            let tangent = node.tangent.expect("a tangent");
            for (i, &expected) in forward.tangent(unit.node).iter().enumerate() {
                let size = 1.0 + expected.abs();
                assert_close(&source, arena[tangent + i], expected, size, 1e-12);
                let slope = (ahead[node.value + i] - behind[node.value + i]) / (2.0 * h);
                assert_close(&source, arena[tangent + i], slope, size, 1e-6);
            }
        }
        for (wire, thread) in scene.wires.iter().zip(&scene.outline().threads) {
            let tangent = wire.tangent.expect("a tangent");
            prop_assert_eq!(Some(tangent), model.tangent_of(thread.node));
        }

        let mut lesson = Lesson::new(&model, &scene);
        let now = Now { model: &model, scene: &scene, arena: &arena };
        let both = lesson.identity(now).expect("both passes");
        prop_assert!(both.holds, "{source}: {} and {}", both.left, both.right);
        for step in 0..scene.steps.len() {
            prop_assert!(lesson.sentence(now, step).is_some());
        }
        for node in 0..scene.nodes.len() {
            prop_assert!(lesson.card_of_node(now, node, usize::MAX).is_some());
        }
    }
}

//! Every operation has sentences and cards, wherever its operands stand.

mod support;

use backflow_core::lesson::{Card, Lesson, Now};
use backflow_core::model::Model;
use backflow_core::scene::Scene;
use support::Random;
use support::point::model;
use support::programs::programs;

/// Values at which gates have kinks, ties and poles, or are not finite.
const PLACES: [f64; 9] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1e-320,
    1000.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Braces that open and close.
fn balanced(latex: &str) -> bool {
    let mut depth = 0;
    let mut letters = latex.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn looked_at(card: &Card, scene: &Scene, source: &str) {
    assert!(balanced(&card.latex), "{source}: {}", card.latex);
    for section in &card.sections {
        assert!(
            !section.lines.is_empty() && !section.title.is_empty(),
            "{source}"
        );
        for line in &section.lines {
            assert!(!line.text.is_empty(), "{source}: {:?}", section.kind);
            assert!(line.nodes.iter().all(|&node| node < scene.nodes.len()));
            assert!(line.wires.iter().all(|&wire| wire < scene.wires.len()));
        }
    }
}

/// Asks for everything there is to say of a program with its inputs all at a
/// value, and between.
fn say_all(source: &str, model: &Model, at: impl Fn(usize) -> Option<f64>) -> usize {
    let scene = Scene::new(model);
    let mut lesson = Lesson::new(model, &scene);
    let mut arena = model.arena();
    for input in &model.program.inputs {
        let start = model.plan.offset(input.node);
        for (i, slot) in arena[start..][..model.elements(input.node)]
            .iter_mut()
            .enumerate()
        {
            *slot = at(i).unwrap_or(*slot);
        }
    }
    model.plan.run(&mut arena);
    let now = Now {
        model,
        scene: &scene,
        arena: &arena,
    };
    let last = scene.steps.len() - 1;
    for step in 0..=last {
        let said = lesson.sentence(now, step).expect("a step");
        assert!(
            balanced(&said.math.latex()),
            "{source}: {}",
            said.math.latex()
        );
        assert!(said.text.ends_with('.'), "{source}: {}", said.text);
    }
    assert_eq!(lesson.sentence(now, last + 1), None);
    for step in [last / 2, last] {
        for node in 0..scene.nodes.len() {
            let card = lesson.card_of_node(now, node, step).expect("a node");
            looked_at(&card, &scene, source);
        }
        for wire in 0..scene.wires.len() {
            let card = lesson.card_of_wire(now, wire, step).expect("a wire");
            looked_at(&card, &scene, source);
        }
    }
    assert_eq!(lesson.card_of_node(now, scene.nodes.len(), last), None);
    assert_eq!(lesson.card_of_wire(now, scene.wires.len(), last), None);
    for node in 0..scene.nodes.len() {
        let nudged = lesson.nudge(now, node, 0.5);
        assert!(nudged.is_none_or(|section| section.lines.len() == 2));
    }
    last
}

fn everywhere(source: &str) {
    let model = model(source);
    say_all(source, &model, |_| None);
    for place in PLACES {
        say_all(source, &model, |_| Some(place));
    }
    for place in [0.0, f64::NAN] {
        say_all(source, &model, |i| (i == 0).then_some(place));
    }
}

#[test]
fn operations_are_told_wherever_they_stand() {
    let mut told = 0;
    for source in programs(&mut Random(11)) {
        everywhere(&source);
        told += 1;
    }
    assert!(told > 100, "{told}");
}

/// Gates that only derivatives have, losses, loops, calls and what ends in no number.
#[test]
fn programs_are_told_wherever_they_stand() {
    for source in [
        "x = 2\ng = grad(relu(x) * abs(x), x)\nL = g * x",
        "x = 2\ny = 3\ng = grad(max(x, y) * x ** y, x)\nL = g * g",
        "x = [1, 2, 3]\ng = grad(sum(softmax(x) * x), x)\nL = norm(g)",
        "x = [1, 2, 3]\nL = cross_entropy(x, 1)",
        "x = [1, 2, 3]\nL = hinge_loss(x, 1)",
        "p = [0.2, 0.7]\nL = bce_loss(p, [0, 1])",
        "x = [[1, 2], [3, 4]]\nb = [1, 2]\ny = x @ b + 1",
        "x = [[1, 2], [3, 4]]\ny = detach(x[0]) * x[1]\ny[None]",
        "x = 2\nh = x\nfor i in range(4):\n    h = tanh(x * h) + h\nh",
        "def f(a, b):\n    return a * b + a\nx = 1\ny = f(x, f(x, x))",
        "x = 1\ny = x",
        "x = 1",
        "x = 3\nc = x > 2\ny = where(c, x, -x)\nL = 5 * y",
        "x = 3\ny = 4 * x\nx + 1",
        "h = 1\nL = h * exp(h)\nf = L * h",
    ] {
        everywhere(source);
    }
}

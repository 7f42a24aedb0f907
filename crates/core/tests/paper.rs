//! Derivatives on paper: their texts, their values, and how they grow.

use backflow_core::lesson::{Lesson, Math, Now, Paper};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::Scene;
use std::collections::HashMap;

/// The paper of an input, its gradient, and the values of all inputs.
fn paper(source: &str, name: &str) -> (Paper, f64, HashMap<String, f64>) {
    let model = Model::new(source, &Overrides::default()).expect("a program");
    let scene = Scene::new(&model);
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let lesson = Lesson::new(&model, &scene);
    let now = Now {
        model: &model,
        scene: &scene,
        arena: &arena,
    };
    let at = |name: &str| {
        scene
            .nodes
            .iter()
            .position(|node| node.name.as_deref() == Some(name))
    };
    let at = at(name).expect("a node of that name");
    let values = scene.inputs.iter().map(|input| {
        let node = &scene.nodes[input.node];
        (input.name.clone(), arena[node.value])
    });
    let paper = lesson.paper(now, at).expect("a derivative");
    (paper, arena[scene.nodes[at].gradient], values.collect())
}

fn written(source: &str, name: &str) -> String {
    paper(source, name).0.line.expect("a short one").text
}

const NEURON: &str = "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\n";

#[test]
fn the_lectures_examples_on_paper() {
    let first = "x = -2\ny = 5\nz = -4\nf = (x + y) * z";
    assert_eq!(written(first, "x"), "∂f/∂x = z");
    assert_eq!(written(first, "z"), "∂f/∂z = x + y");
    let folded = format!("{NEURON}f = sigmoid(w0*x0 + w1*x1 + w2)");
    assert_eq!(
        written(&folded, "w2"),
        "∂f/∂w2 = (1 − σ(w0·x0 + w1·x1 + w2))·σ(w0·x0 + w1·x1 + w2)"
    );
}

/// What is written is the derivative: it has its value.
#[test]
fn what_is_written_is_the_gradient() {
    let programs = [
        ("x = -2\ny = 5\nz = -4\nf = (x + y) * z", "xyz".to_owned()),
        (
            "x = 0.7\ny = -1.3\nf = sin(x * y) / (x - y) ** 3",
            "xy".to_owned(),
        ),
        (
            "x = 0.4\ny = 2\nf = y * tanh(x) - exp(x) / sqrt(y) + log(y) * -x",
            "xy".to_owned(),
        ),
        (
            "x = 0.3\nh = x\nfor i in range(2):\n    h = sin(h) * h",
            "x".to_owned(),
        ),
    ];
    for (source, names) in programs {
        for name in names.chars().map(|letter| letter.to_string()) {
            let (paper, gradient, inputs) = paper(source, &name);
            let Some(Math::Row { row }) = paper.line.map(|line| line.math) else {
                panic!("{source}: too long")
            };
            let value = value(&row[2], &inputs);
            assert!(
                (value - gradient).abs() <= 1e-12 * gradient.abs(),
                "{source}, by {name}: {value} on paper, {gradient} by the engine"
            );
        }
    }
}

/// It grows without end where the gates are added one by one.
#[test]
fn on_paper_it_grows_exponentially() {
    let source = "x = 0.5\nh = x\nfor i in range(40):\n    h = h * sin(h)";
    let (paper, ..) = paper(source, "x");
    assert!(paper.line.is_none());
    let [before @ .., last] = &paper.growth[..] else {
        panic!("nothing grows")
    };
    assert!(last.symbols > 1e15, "{last:?}");
    assert!(last.gates < 400, "{last:?}");
    assert!(
        paper.said.ends_with("gates compute it, each value once."),
        "{}",
        paper.said
    );
    assert!(
        before
            .windows(2)
            .all(|pair| pair[0].symbols <= pair[1].symbols)
    );
    assert_eq!(paper.growth.len(), 12);
}

/// A product of matrices and one of their elements are told apart.
#[test]
fn products_of_both_kinds_are_parenthesised() {
    let source = "X = [[1, 2], [3, 4]]\nW = [[1, 0.5], [2, 1]]\nL = sum(exp(X @ W) * [3, 2])";
    let (paper, ..) = paper(source, "W");
    let line = paper.line.expect("a short one").text;
    assert_eq!(line, "∂L/∂W = Xᵀ (broadcast([3, 2])·e^(X W))");
}

/// A gate is a letter of its own in what is derived by it.
#[test]
fn what_it_is_written_in_is_told() {
    let terms = |name| {
        let (paper, ..) = paper("x = 3\na = x * 2\nL = exp(a) * a", name);
        (paper.terms, paper.line.expect("a short one").text)
    };
    let (of_input, by_x) = terms("x");
    let (of_gate, by_a) = terms("a");
    assert_eq!(
        (of_input.as_str(), of_gate.as_str()),
        ("the inputs alone", "a and the inputs")
    );
    assert!(
        !by_x.contains("e^a") && by_a.contains("e^a"),
        "{by_x}, {by_a}"
    );
}

#[test]
fn what_has_no_derivative_has_no_paper() {
    let model = Model::new("x = 1\ny = 2\nf = y * 3", &Overrides::default()).expect("a program");
    let scene = Scene::new(&model);
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let lesson = Lesson::new(&model, &scene);
    let now = Now {
        model: &model,
        scene: &scene,
        arena: &arena,
    };
    let papers = (0..10).map(|node| lesson.paper(now, node).is_some());
    assert_eq!(papers.filter(|is| *is).count(), 1);
}

/// The value of a formula over numbers.
fn value(math: &Math, inputs: &HashMap<String, f64>) -> f64 {
    let of = |math: &Math| value(math, inputs);
    match math {
        Math::Num { exact, .. } => exact.replace('−', "-").parse().expect("a number"),
        Math::Id { .. } | Math::Sub { .. } => inputs[&math.plain()],
        Math::Frac { frac } => of(&frac[0]) / of(&frac[1]),
        Math::Sqrt { sqrt } => of(sqrt).sqrt(),
        Math::Fence { fence } => of(&fence.1),
        Math::Sup { sup } if sup[0].plain() == "e" => of(&sup[1]).exp(),
        Math::Sup { sup } => of(&sup[0]).powf(of(&sup[1])),
        Math::Row { row } => {
            let (mut sum, mut term, mut sign) = (0.0, 1.0, 1.0);
            let mut at = 0;
            while at < row.len() {
                match &row[at] {
                    Math::Op { op: "·" } => {}
                    Math::Op { op } => {
                        if at > 0 {
                            sum += sign * term;
                        }
                        (term, sign) = (1.0, if *op == "−" { -1.0 } else { 1.0 });
                    }
                    Math::Fn { name } => {
                        let operand = of(&row[at + 1]);
                        term *= match *name {
                            "sin" => operand.sin(),
                            "cos" => operand.cos(),
                            "tanh" => operand.tanh(),
                            "log" => operand.ln(),
                            other => panic!("{other}"),
                        };
                        at += 1;
                    }
                    piece => term *= of(piece),
                }
                at += 1;
            }
            sum + sign * term
        }
        other => panic!("{other:?}"),
    }
}

//! Code and the picture: which line is which gate, and which step.

use backflow_core::codegen::{Asked, Code, Style, Walk, code};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Pass, Scene};
use backflow_core::view::View;

const PROGRAMS: &[&str] = &[
    "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z",
    "w = [2, -3]\nx = [-1, -2]\nb = -3\nf = sigmoid(w @ x + b)",
    "def neuron(a, b):\n    s = a * b\n    return tanh(s) + s\nx = 2\ny = neuron(x, 3)\nL = neuron(y, x) * 2",
    "x = 0.5\nh = x\nfor i in range(3):\n    h = tanh(x * h) + h\nh",
    "x = [[1, 2], [3, 4]]\ny = softmax(x, axis=0)\nL = sum(y[0] * x[1]) + max(x)",
    "x = 2\ng = grad(x ** 3, x)\nL = g * g",
    "u = 1\nx = 1\ny = x",
];

fn written(source: &str, view: &View, style: Style) -> (Scene, Code) {
    let model = Model::viewed(source, &Overrides::default(), view).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let scene = Scene::new(&model);
    let asked = Asked {
        model: &model,
        arena: &arena,
        scene: Some(&scene),
        composite: None,
    };
    let code = code(asked, style).expect("a text");
    (scene, code)
}

/// Every step of both passes has lines, and they are its gate's.
fn follows(source: &str, view: &View, style: Style) {
    let (scene, code) = written(source, view, style);
    assert_eq!(code.lines.len(), code.text.lines().count(), "{source}");
    for (at, step) in scene.steps.iter().enumerate() {
        let lines: Vec<_> = code
            .lines
            .iter()
            .filter(|line| line.steps.contains(&at))
            .collect();
        assert!(!lines.is_empty(), "{source}: step {at}\n{}", code.text);
        for line in lines {
            let pass = match step.pass {
                Pass::Inputs | Pass::Forward => Walk::Forward,
                Pass::Base => Walk::Base,
                Pass::Backward => Walk::Backward,
            };
            assert_eq!(line.pass, pass, "{source}: step {at}");
            assert!(
                step.node.is_none_or(|node| line.nodes.contains(&node)),
                "{source}: step {at}"
            );
        }
    }
    // And every node has a line.
    for node in 0..scene.nodes.len() {
        assert!(
            code.lines.iter().any(|line| line.nodes.contains(&node)),
            "{source}: {}",
            scene.nodes[node].key
        );
    }
}

#[test]
fn the_timeline_walks_the_lines() {
    for source in PROGRAMS {
        for style in [Style::Flat, Style::Modular, Style::NumPy] {
            follows(source, &View::default(), style);
        }
    }
}

#[test]
fn what_is_closed_and_opened_has_lines_too() {
    let closed = |keys: &[&str]| View {
        closed: keys.iter().map(|&key| key.to_owned()).collect(),
        ..View::default()
    };
    let open = |keys: &[&str]| View {
        open: keys.iter().map(|&key| key.to_owned()).collect(),
        ..View::default()
    };
    follows(PROGRAMS[2], &closed(&["y/neuron", "L/neuron"]), Style::Flat);
    follows(PROGRAMS[1], &open(&["f"]), Style::Flat);
    follows(PROGRAMS[3], &closed(&["i=0", "i=2"]), Style::Flat);
}

/// The derivation has each step's sentence.
#[test]
fn a_derivation_has_every_step() {
    let (scene, code) = written(PROGRAMS[0], &View::default(), Style::Latex);
    let lines = code.lines.iter().flat_map(|line| line.steps.clone());
    let steps: std::collections::BTreeSet<usize> = lines.collect();
    assert_eq!(steps, (1..scene.steps.len()).collect());
    assert!(
        code.text.contains(r"q = x + y = -2 + 5 = 3 \\"),
        "{}",
        code.text
    );
}

/// A definition is a function, its calls use it.
#[test]
fn a_definition_is_one_function() {
    let (_, code) = written(PROGRAMS[2], &View::default(), Style::AutogradFunction);
    assert_eq!(
        code.text.matches("torch.autograd.Function").count(),
        2,
        "{}",
        code.text
    );
    let same = "def neuron(a, b):\n    s = a * b\n    return tanh(s) + s\nx = 2\nz = 3\ny = neuron(x, z)\nL = neuron(y, x)";
    let (_, code) = written(same, &View::default(), Style::AutogradFunction);
    assert_eq!(
        code.text.matches("torch.autograd.Function").count(),
        1,
        "{}",
        code.text
    );
    assert_eq!(
        code.text.matches("Neuron.apply(").count(),
        2,
        "{}",
        code.text
    );
}

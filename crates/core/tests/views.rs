//! Views: what is open, closed, folded and copied changes what is drawn, and no
//! value and no gradient.

mod support;

use backflow_core::lesson::{Lesson, Now};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Kind, Scene, SceneNode, SceneWire};
use backflow_core::view::View;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::{BTreeMap, BTreeSet};

/// A program as a view has it, run.
struct Drawn {
    model: Model,
    scene: Scene,
    arena: Vec<f64>,
}

impl Drawn {
    fn new(source: &str, view: &View) -> Self {
        let model = Model::viewed(source, &Overrides::default(), view)
            .unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let scene = Scene::new(&model);
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let drawn = Self {
            model,
            scene,
            arena,
        };
        drawn.check(&format!("{source}\n{view:?}"));
        drawn
    }

    fn run(&self, offset: usize, shape: &[usize]) -> &[f64] {
        &self.arena[offset..offset + shape.iter().product::<usize>()]
    }

    fn node(&self, key: &str) -> &SceneNode {
        let mut nodes = self.scene.nodes.iter();
        let found = nodes.find(|node| node.key == key);
        found.unwrap_or_else(|| panic!("no node {key} among {:?}", self.keys()))
    }

    fn keys(&self) -> Vec<&str> {
        self.scene.nodes.iter().map(|n| n.key.as_str()).collect()
    }

    fn boxes(&self) -> Vec<(&str, &str)> {
        let boxes = self.scene.boxes.iter();
        boxes.map(|b| (b.key.as_str(), b.title.as_str())).collect()
    }

    /// The wires as `from>to`, by keys.
    fn wires(&self) -> Vec<String> {
        let key = |at: usize| self.scene.nodes[at].key.as_str();
        let wires = self.scene.wires.iter();
        wires
            .map(|w| format!("{}>{}", key(w.from), w.to.map_or("", key)))
            .collect()
    }

    fn wire(&self, ends: &str) -> &SceneWire {
        let at = self.wires().iter().position(|wire| wire == ends);
        &self.scene.wires[at.unwrap_or_else(|| panic!("no wire {ends}: {:?}", self.wires()))]
    }

    /// Value and gradient of a wire.
    fn along(&self, ends: &str) -> (&[f64], &[f64]) {
        let wire = self.wire(ends);
        (
            self.run(wire.value, &wire.shape),
            self.run(wire.gradient, &wire.shape),
        )
    }

    /// Value of the output and gradient of every input.
    fn results(&self) -> Vec<f64> {
        let output = self.model.program.output;
        let shape = |node| self.model.program.graph.shape(node);
        let start = self.model.plan.offset(output);
        let mut found = self.run(start, shape(output)).to_vec();
        for input in &self.model.program.inputs {
            let start = self.model.gradient_of(input.node);
            found.extend_from_slice(self.run(start, shape(input.node)));
        }
        found
    }

    /// What holds of every scene.
    fn check(&self, source: &str) {
        let Scene {
            nodes,
            wires,
            boxes,
            ..
        } = &self.scene;
        let keys: BTreeSet<_> = nodes.iter().map(|node| &node.key).collect();
        assert_eq!(
            keys.len(),
            nodes.len(),
            "{source}: a key is twice in {:?}",
            self.keys()
        );
        assert!(!keys.contains(&String::new()), "{source}: a key is missing");
        let ends: BTreeSet<_> = wires.iter().map(|w| (w.from, w.to, w.operand)).collect();
        assert_eq!(ends.len(), wires.len(), "{source}: a wire is there twice");
        for wire in wires {
            // Operands come first, so there is no cycle.
            assert!(
                wire.to.is_none_or(|to| wire.from < to),
                "{source}: {wire:?}"
            );
        }
        for (at, node) in nodes.iter().enumerate() {
            let arrives = wires.iter().any(|wire| wire.to == Some(at));
            let given = matches!(node.kind, Kind::Input | Kind::Constant);
            assert!(!(given && arrives), "{source}: {node:?}");
            assert!(node.r#box.is_none_or(|at| at < boxes.len()));
            // The gradients of the wires out of a node that has one value add up.
            let out: Vec<_> = wires.iter().filter(|wire| wire.from == at).collect();
            if at == self.scene.output || node.kind == Kind::Box || out.is_empty() {
                continue;
            }
            let total = self.run(node.gradient, &node.shape);
            for (i, &total) in total.iter().enumerate() {
                let sum: f64 = out.iter().map(|wire| self.arena[wire.gradient + i]).sum();
                let what = format!("{source}\n{}", node.key);
                support::assert_close(&what, sum, total, 0.0, 1e-12);
            }
        }
        // The backward pass that is drawn ends with the gradients that the rest shows.
        for end in nodes.iter().filter(|node| node.kind == Kind::End) {
            let input = &nodes[end.origin.unwrap_or_else(|| panic!("{source}: {end:?}"))];
            let gradient = self.run(input.gradient, &input.shape);
            assert_eq!(self.run(end.value, &end.shape), gradient, "{source}");
        }
        for (at, outer) in boxes.iter().enumerate() {
            assert!(outer.parent.is_none_or(|parent| parent < at));
        }
        self.say_all();
    }

    /// Says all there is to say of what is drawn.
    fn say_all(&self) {
        let now = Now {
            model: &self.model,
            scene: &self.scene,
            arena: &self.arena,
        };
        let mut lesson = Lesson::new(&self.model, &self.scene);
        let last = self.scene.steps.len() - 1;
        for step in 0..=last {
            assert!(lesson.sentence(now, step).is_some());
        }
        for node in 0..self.scene.nodes.len() {
            assert!(lesson.card_of_node(now, node, last).is_some());
        }
        for wire in 0..self.scene.wires.len() {
            assert!(lesson.card_of_wire(now, wire, last).is_some());
        }
    }
}

fn view(open: &[&str], closed: &[&str], folded: &[&str], copies: bool) -> View {
    let list = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
    View {
        open: list(open),
        closed: list(closed),
        folded: list(folded),
        copies,
        ..View::default()
    }
}

fn open() -> View {
    View::default()
}

const NEURON: &str = "def neuron(x, w, b):\n    s = x * w + b\n    return tanh(s) * x\n\nx = 2\nw = 0.5\nh = neuron(x, w, 1)\nf = neuron(h, w, x)";

#[test]
fn calls_are_boxes_that_close() {
    let drawn = Drawn::new(NEURON, &open());
    assert_eq!(
        drawn.boxes(),
        [("h/neuron", "neuron"), ("f/neuron", "neuron")]
    );
    assert_eq!(
        drawn.keys(),
        [
            "x",
            "w",
            "h/neuron/s:mul",
            "h/neuron/s",
            "h/neuron/=:tanh",
            "h",
            "f/neuron/s:mul",
            "f/neuron/s",
            "f/neuron/=:tanh",
            "f"
        ]
    );
    let closed = Drawn::new(NEURON, &view(&[], &["f/neuron"], &[], false));
    assert_eq!(closed.boxes(), [("h/neuron", "neuron")]);
    let node = closed.node("f/neuron");
    assert_eq!((node.kind, node.name.as_deref()), (Kind::Box, Some("f")));
    assert_eq!((node.symbol.as_str(), node.opens), ("neuron", true));
    assert_eq!(drawn.results(), closed.results());
    // h is used twice in the box: the gradient of its wire is the sum.
    let sum: f64 = ["h>f/neuron/s:mul", "h>f"]
        .iter()
        .map(|wire| drawn.along(wire).1[0])
        .sum();
    assert_eq!(closed.along("h>f/neuron").1, [sum]);
    assert_eq!(closed.along("f/neuron>"), drawn.along("f>"));
    let both = Drawn::new(NEURON, &view(&[], &["f/neuron", "h/neuron"], &[], false));
    assert_eq!(both.keys(), ["x", "w", "h/neuron", "f/neuron"]);
    assert_eq!(drawn.results(), both.results());
}

#[test]
fn turns_of_a_loop_are_boxes() {
    let source = "x = 0.5\nw = 1.5\nh = x\nc = x\nfor i in range(3):\n    h = tanh(w * h)\n    c = c + h * 2\nL = h * c";
    let drawn = Drawn::new(source, &open());
    assert_eq!(
        drawn.boxes(),
        [("i=0", "i = 0"), ("i=1", "i = 1"), ("i=2", "i = 2")]
    );
    let closed = Drawn::new(source, &view(&[], &["i=0", "i=1", "i=2"], &[], false));
    assert_eq!(closed.keys(), ["x", "w", "i=0", "i=1", "i=2", "L"]);
    assert_eq!(drawn.results(), closed.results());
    // Two outputs go on from one turn to the next.
    let out = closed.wires().iter().filter(|w| *w == "i=0>i=1").count();
    assert_eq!(out, 2);
}

#[test]
fn sigmoids_fold() {
    for form in [
        "1/(1+exp(-x))",
        "1/(exp(-x)+1)",
        "1/(1+exp(-1*x))",
        "1/(1+exp(x*-1))",
        "1/(1+exp(0-x))",
        "1/(1+exp(x/-1))",
        "exp(x)/(1+exp(x))",
        "exp(x)/(exp(x)+1)",
        "reciprocal(1+exp(-x))",
        "(1+exp(-x))**-1",
        "(1+exp(-x))**(-1)",
    ] {
        for x in ["0.3", "[0.3, -2]"] {
            let source = format!("x = {x}\nf = {form}");
            let plain = Drawn::new(&source, &open());
            let [fold] = &plain.scene.folds[..] else {
                panic!("{source}: {:?}", plain.scene.folds);
            };
            assert_eq!((fold.key.as_str(), fold.op), ("f", "sigmoid"));
            let folded = Drawn::new(&source, &view(&[], &[], &["f"], false));
            assert_eq!(folded.keys(), ["x", "f"]);
            assert!(folded.scene.folds.is_empty());
            assert_eq!(folded.node("f").op, "sigmoid");
            assert!(folded.model.plan.steps() < plain.model.plan.steps());
            for (a, b) in plain.results().iter().zip(folded.results()) {
                support::assert_close(&source, *a, b, 0.0, 1e-14);
            }
        }
    }
}

/// A gate that is used elsewhere, is the output or stands in another call stays.
#[test]
fn what_is_needed_elsewhere_is_not_folded() {
    for source in [
        "x = 0.3\ne = exp(-x)\nf = 1/(1+e) * e",
        "x = 0.3\nf = 1 + exp(-x)\n1/f\nf",
        "def g(a): return exp(-a)\nx = 0.3\nf = 1/(1+g(x))",
        "x = 0.3\none = 1\nf = 1/(one+exp(-x))",
        "x = 0.3\nf = 1/(2+exp(-x))",
        "x = 0.3\nf = exp(x)/(1+exp(-x))",
        "x = 0.3\ny = 0.4\nf = exp(x)/(1+exp(y))",
    ] {
        let drawn = Drawn::new(source, &open());
        assert!(drawn.scene.folds.is_empty(), "{source}");
        let same = Drawn::new(source, &view(&[], &[], &["f"], false));
        assert_eq!(same.keys(), drawn.keys(), "{source}");
    }
    // A name between goes with its gate.
    let source = "x = 0.3\ne = exp(-x)\nd = 1 + e\nf = 1/d";
    let folded = Drawn::new(source, &view(&[], &[], &["f"], false));
    assert_eq!(folded.keys(), ["x", "f"]);
    let names = folded.scene.names.iter().map(|name| name.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["x", "f"]);
}

#[test]
fn sigmoids_fold_in_calls_and_loops() {
    let source = "def s(a):\n    return 1 / (1 + exp(-a))\nx = 0.3\nh = x\nfor i in range(2):\n    h = s(h) * 2\nf = s(h)";
    let plain = Drawn::new(source, &open());
    let folds: Vec<_> = plain.scene.folds.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(folds.len(), 3);
    let folded = Drawn::new(source, &view(&[], &[], &folds, false));
    assert!(folded.scene.folds.is_empty());
    let gates = |drawn: &Drawn| {
        let nodes = drawn.scene.nodes.iter();
        nodes.filter(|node| node.kind == Kind::Gate).count()
    };
    assert_eq!((gates(&plain), gates(&folded)), (14, 5));
    for (a, b) in plain.results().iter().zip(folded.results()) {
        support::assert_close(source, *a, b, 0.0, 1e-14);
    }
}

#[test]
fn composites_open_in_place() {
    let source = "x = [0.3, -1, 2]\ny = silu(x)\nf = sum(y * sigmoid(x))";
    let closed = Drawn::new(source, &open());
    assert!(closed.node("y").opens && closed.boxes().is_empty());
    let opened = Drawn::new(source, &view(&["y"], &[], &[], false));
    assert_eq!(opened.boxes(), [("y", "silu")]);
    // The gate with its value keeps its key and name, and so does all around it.
    let stays: BTreeSet<_> = closed.keys().into_iter().collect();
    let now: BTreeSet<_> = opened.keys().into_iter().collect();
    assert!(stays.is_subset(&now), "{now:?}");
    assert_eq!(opened.node("y").name.as_deref(), Some("y"));
    let inner = opened.node("y/silu/sigmoid");
    assert!(inner.opens && inner.r#box == Some(0));
    let twice = Drawn::new(source, &view(&["y", "y/silu/sigmoid"], &[], &[], false));
    assert_eq!(
        twice.boxes(),
        [("y", "silu"), ("y/silu/sigmoid", "sigmoid")]
    );
    assert_eq!(twice.scene.boxes[1].parent, Some(0));
    for other in [&opened, &twice] {
        for (a, b) in closed.results().iter().zip(other.results()) {
            support::assert_close(source, *a, b, 0.0, 1e-14);
        }
    }
    // What is closed counts before what is open.
    let shut = Drawn::new(source, &view(&["y"], &["y"], &[], false));
    assert_eq!(shut.keys(), closed.keys());
}

#[test]
fn copies_add_gradients() {
    let source = "x = 7\nL = 4*x + 2*x\nx * L\nL";
    let drawn = Drawn::new(source, &view(&[], &[], &[], true));
    let copy = drawn.node("x:copy");
    assert_eq!((copy.kind, copy.op), (Kind::Copy, "copy"));
    assert_eq!(drawn.along("x>x:copy"), (&[7.0][..], &[6.0][..]));
    assert_eq!(drawn.along("x:copy>L:mul"), (&[7.0][..], &[4.0][..]));
    assert_eq!(drawn.along("x:copy>L:mul2"), (&[7.0][..], &[2.0][..]));
    // The output is used again.
    assert_eq!(drawn.along("L>L:copy"), (&[42.0][..], &[1.0][..]));
    assert_eq!(drawn.along("L:copy>"), (&[42.0][..], &[1.0][..]));
}

#[test]
fn many_gates_close_what_is_not_asked_for() {
    let source = "x = 0.5\nw = 1.01\nh = x\nfor i in range(150):\n    h = tanh(w * h)\nf = h";
    let drawn = Drawn::new(source, &open());
    assert_eq!(drawn.scene.nodes.len(), 152);
    assert!(drawn.node("i=7").opens);
    let some = Drawn::new(source, &view(&["i=7"], &[], &[], false));
    assert_eq!(some.boxes(), [("i=7", "i = 7")]);
    assert_eq!(some.results(), drawn.results());
}

/// A number that some gate needs as a wire is still written in the gates that can hold it.
/// What is seen of a constant has the gradient of the wires that are seen.
#[test]
fn a_constant_that_also_stands_in_gates_has_the_gradient_of_its_wires() {
    let source = "def g(a, b): return sigmoid(a) + b\nx = 0.4\ny = -0.7\nv = g(y, y) - tanh(y)\n\
                  f = grad(x * v, x) * 0.1 + grad(g(x, v), y)";
    let drawn = Drawn::new(source, &View::default());
    let nodes = &drawn.scene.nodes;
    assert!(nodes.iter().any(|node| node.kind == Kind::Constant));
}

#[test]
fn constants_are_drawn_use_by_use() {
    let source = "def g(a, b): return a * b\nx = 3\nc = 2\nfor i in range(2):\n    x = g(x, 5) + g(4, 5)\nf = x";
    let drawn = Drawn::new(source, &open());
    let symbols: Vec<_> = drawn
        .scene
        .nodes
        .iter()
        .map(|n| n.symbol.as_str())
        .collect();
    let held = symbols.iter().filter(|s| **s == "×5").count();
    assert_eq!(held, 2, "{symbols:?}");
    assert_eq!(drawn.results()[0], 195.0);
}

/// Statements over earlier names; `N` is the name that is given.
const FORMS: &[&str] = &[
    "N = A * B",
    "N = A + 2 * B",
    "N = f(A, B)",
    "N = g(A, B) - k(A)",
    "N = m(A, B)",
    "N = m(f(A, A), B) * 0.5",
    "N = silu(A) + B",
    "N = exp(A) / (1 + exp(A)) - B",
    "N = softmax([A, B, 1])[0]",
    "N = std([A, B, 0.5]) * A",
    "N = A\nfor i in range(3):\n    N = f(N, B) * 0.7 + B",
    "N = A\nfor i in range(2):\n    for j in range(2):\n        N = g(N, B) * 3 - j",
    "N = grad(A * B, x) * 0.1 + grad(g(A, B), y)",
    "N = mish(A) * B",
    "N = f(softsign(A), B)",
    "N = binary_cross_entropy_with_logits(A, sigmoid(B)) + grad(mish(A), x)",
];

const DEFS: &str = "def f(a, b):\n    t = a * b + 1\n    return 1 / (1 + exp(-t)) * a\ndef g(a, b): return sigmoid(a) + b\ndef k(a):\n    for i in range(2):\n        a = tanh(a) * 0.5 + a\n    return a\ndef m(a, b):\n    c = f(a, b)\n    return g(c, b) - k(c)\nx = 0.4\ny = -0.7\n";

fn compare(source: &str, a: &Drawn, b: &Drawn) {
    let (a, b) = (a.results(), b.results());
    assert_eq!(a.len(), b.len());
    for (a, b) in a.into_iter().zip(b) {
        support::assert_close(source, a, b, 0.0, 1e-9);
    }
}

/// Closes one box of an open picture: the gradient of each wire into it is the sum
/// of those of the wires that it stands for.
fn close_one(source: &str, drawn: &Drawn, which: usize) {
    let Scene {
        nodes,
        wires,
        boxes,
        ..
    } = &drawn.scene;
    let key = &boxes[which].key;
    let closed = Drawn::new(source, &view(&[], &[key], &[], false));
    compare(source, drawn, &closed);
    let inside = |node: usize| {
        let mut at = nodes[node].r#box;
        while let Some(block) = at.filter(|&block| block != which) {
            at = boxes[block].parent;
        }
        at.is_some()
    };
    let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
    for wire in wires {
        if wire.to.is_some_and(inside) && !inside(wire.from) {
            *expected.entry(&nodes[wire.from].key).or_default() += drawn.arena[wire.gradient];
        }
    }
    let into = closed.wires();
    let into: Vec<_> = into
        .iter()
        .filter(|wire| wire.ends_with(&format!(">{key}")))
        .collect();
    assert_eq!(
        into.len(),
        expected.len(),
        "{source}: {key}: {into:?} {expected:?}"
    );
    for (from, sum) in expected {
        let got = closed.along(&format!("{from}>{key}")).1[0];
        support::assert_close(source, got, sum, 0.0, 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(17),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_view_has_the_same_values_and_gradients(
        lines in prop::collection::vec((prop::sample::select(FORMS), any::<[prop::sample::Index; 2]>()), 1..4),
        seed in any::<u64>(),
    ) {
        let mut names = vec!["x".to_owned(), "y".to_owned()];
        let mut source = DEFS.to_owned();
        for (form, [a, b]) in lines {
            let [a, b] = [a, b].map(|index| index.get(&names).as_str());
            let name = format!("v{}", names.len());
            source += &form.replace('A', a).replace('B', b).replace('N', &name);
            source += "\n";
            names.push(name);
        }
        let plain = Drawn::new(&source, &open());
        let mut random = support::Random(seed);
        if plain.scene.nodes.iter().all(|node| node.kind != Kind::Box) {
            for which in 0..plain.scene.boxes.len() {
                close_one(&source, &plain, which);
            }
        }
        // Any keys at all, of what there is in one view after the other.
        let mut chosen = View::default();
        for _ in 0..4 {
            let drawn = Drawn::new(&source, &chosen);
            compare(&source, &plain, &drawn);
            let mut some = |key: &String| (random.below(3) == 0).then(|| key.clone());
            let scene = &drawn.scene;
            let opens = scene.nodes.iter().filter(|node| node.opens);
            chosen.open.extend(opens.filter_map(|node| some(&node.key)));
            chosen.closed.extend(scene.boxes.iter().filter_map(|b| some(&b.key)));
            chosen.folded.extend(scene.folds.iter().filter_map(|fold| some(&fold.key)));
            chosen.copies = !chosen.copies;
            chosen.derivative = random.below(2) == 0;
        }
    }
}
/// The backward pass may need a number as a wire that an opened gate only has within.
#[test]
fn a_number_of_an_opened_gate_has_a_key_behind() {
    let source = "x = 0.4\ny = sigmoid(x)\nf = std([x, x, 0.5]) * y";
    let opened = View {
        derivative: true,
        ..view(&["y"], &[], &[], false)
    };
    let drawn = Drawn::new(source, &opened);
    let constants = drawn.scene.nodes.iter();
    let constants = constants.filter(|node| node.kind == Kind::Constant && node.symbol == "1");
    let keys: Vec<_> = constants.map(|node| node.key.as_str()).collect();
    assert_eq!(keys, ["∂/:constant"], "{:?}", drawn.keys());
}

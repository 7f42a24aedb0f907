//! Views: what is open, closed, folded and copied changes what is drawn, and no
//! value and no gradient.

mod support;

use backflow_core::lesson::{Lesson, Now};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Kind, Scene, SceneNode, SceneWire};
use backflow_core::view::View;
use std::collections::BTreeSet;

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
        drawn.check(source);
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
                support::assert_close(source, sum, total, 0.0, 1e-12);
            }
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

//! Second order: programs extended by lines of their own language, the backward pass as a
//! graph, and the Hessian written out, each held to the modes and to differences.

mod support;

use backflow_core::diff::Order;
use backflow_core::lesson::{Lesson, Now};
use backflow_core::model::{Extension, Model, Overrides};
use backflow_core::modes::Curvature;
use backflow_core::scene::{Kind, Scene};
use backflow_core::view::{Mode, View};
use support::assert_close;

/// A program that has been run.
struct Ran {
    model: Model,
    arena: Vec<f64>,
}

impl Ran {
    fn new(source: &str) -> Self {
        Self::viewed(source, &View::default())
    }

    fn viewed(source: &str, view: &View) -> Self {
        let model = Model::viewed(source, &Overrides::default(), view)
            .unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        Self { model, arena }
    }

    fn input(&self, name: &str) -> backflow_core::graph::NodeId {
        let mut inputs = self.model.program.inputs.iter();
        let found = inputs.find(|input| input.name == name);
        found.unwrap_or_else(|| panic!("no input {name}")).node
    }

    fn gradient(&self, name: &str) -> &[f64] {
        let node = self.input(name);
        let start = self.model.gradient_of(node);
        &self.arena[start..start + self.model.elements(node)]
    }

    fn output(&self) -> f64 {
        self.arena[self.model.plan.offset(self.model.program.output)]
    }

    fn value(&self, name: &str) -> &[f64] {
        let mut names = self.model.program.names.iter();
        let found = names.find(|one| one.name == name);
        let node = found.unwrap_or_else(|| panic!("no name {name}")).node;
        let start = self.model.plan.offset(node);
        &self.arena[start..start + self.model.elements(node)]
    }

    fn extended(&self, kind: Extension, input: &str) -> Self {
        let text = self.model.extended(kind, self.input(input));
        Self::new(&text.unwrap_or_else(|why| panic!("{kind:?} {input}: {why}")))
    }

    /// The gradient by an input after that input is moved along a direction.
    fn moved(&self, name: &str, along: &[f64], by: f64) -> Vec<f64> {
        let start = self.model.plan.offset(self.input(name));
        let mut arena = self.arena.clone();
        for (slot, v) in arena[start..].iter_mut().zip(along) {
            *slot += by * v;
        }
        self.model.plan.run(&mut arena);
        let start = self.model.gradient_of(self.input(name));
        arena[start..start + along.len()].to_vec()
    }
}

/// Programs of a scalar output, each with inputs to extend it by.
const PROGRAMS: &[(&str, &[&str])] = &[
    (
        "x = 0.7\ny = -1.2\nf = x ** 3 * y + sin(x * y)",
        &["x", "y"],
    ),
    (
        "x = [0.3, -0.8, 1.1]\nL = (x ** 4).sum() + x[0] * x[1] * x[2]  # all\n",
        &["x"],
    ),
    (
        "W = [[0.5, -1], [0.3, 0.8]]\nx = [1, -2]\nh = tanh(W @ x)\nL = (h * h).sum()\n",
        &["W", "x"],
    ),
    ("v = 2\ng = 0.4\np = exp(g * v) / v", &["v", "g"]),
    (
        "def f(a): return sigmoid(a) * a\nx = 0.4\nf(x) + x ** 2  # no name",
        &["x"],
    ),
    (
        "x = 1.5\nt = x\nfor i in range(3):\n    t = t * x + i",
        &["x"],
    ),
];

#[test]
fn the_product_with_a_vector_is_the_gradient_of_an_inner_product() {
    for &(source, inputs) in PROGRAMS {
        let plain = Ran::new(source);
        for &name in inputs {
            let x = plain.input(name);
            let extended = plain.extended(Extension::HessianVector, name);
            let count = plain.model.elements(x);
            let v: Vec<f64> = (0..count).map(|at| f64::from(u8::from(at == 0))).collect();
            let order = Order::ForwardOverReverse;
            let curvature = Curvature::new(&plain.model, &plain.arena, x, order);
            let mut curvature = curvature.unwrap_or_else(|error| panic!("{error}"));
            let expected = curvature.times(&v).to_vec();
            let (after, before) = (plain.moved(name, &v, 1e-5), plain.moved(name, &v, -1e-5));
            for at in 0..count {
                let got = extended.gradient(name)[at];
                assert_close(source, got, expected[at], 1e-12, 1e-12);
                let difference = (after[at] - before[at]) / 2e-5;
                assert_close(source, got, difference, 1e-5, 1e-6);
            }
        }
    }
}

#[test]
fn penalties_and_steps_have_their_gradients() {
    for &(source, inputs) in PROGRAMS {
        let plain = Ran::new(source);
        for &name in inputs {
            let x = plain.input(name);
            let g = plain.gradient(name).to_vec();
            // 2 H g
            let penalty = plain.extended(Extension::GradientNorm, name);
            let norm: f64 = g.iter().map(|g| g * g).sum();
            assert_close(source, penalty.output(), norm, 1e-12, 1e-12);
            let order = Order::ForwardOverReverse;
            let curvature = Curvature::new(&plain.model, &plain.arena, x, order);
            let mut curvature = curvature.unwrap_or_else(|error| panic!("{error}"));
            for (got, h) in penalty.gradient(name).iter().zip(curvature.times(&g)) {
                assert_close(source, *got, 2.0 * h, 1e-11, 1e-12);
            }
            // g + 2 λ x
            let l2 = plain.extended(Extension::Regularisation, name);
            let start = plain.model.plan.offset(x);
            for (at, got) in l2.gradient(name).iter().enumerate() {
                let expected = g[at] + 0.2 * plain.arena[start + at];
                assert_close(source, *got, expected, 1e-12, 1e-12);
            }
            let newton = plain.model.extended(Extension::Newton, x);
            if plain.model.elements(x) > 1 {
                let why = newton.err().unwrap_or_default();
                assert!(why.contains("this step is of one number"), "{why}");
                continue;
            }
            let newton = Ran::new(&newton.unwrap_or_else(|why| panic!("{why}")));
            let h = curvature.times(&[1.0])[0];
            let next = plain.arena[start] - g[0] / h;
            assert_close(source, newton.output(), next, 1e-12, 1e-12);
        }
    }
}

/// One step to the minimum of a parabola.
#[test]
fn newton_steps_to_the_minimum_of_a_parabola() {
    let plain = Ran::new("x = 5\nL = 3 * (x - 2) ** 2 + 1");
    let step = plain.extended(Extension::Newton, "x");
    assert_eq!(step.output(), 2.0);
    assert_eq!(
        (step.value("g"), step.value("h")),
        (&[18.0][..], &[6.0][..])
    );
}

#[test]
fn an_extended_program_keeps_its_text_and_takes_new_names() {
    let text = |source: &str, kind, name: &str| {
        let ran = Ran::new(source);
        ran.model.extended(kind, ran.input(name))
    };
    let source = "# two numbers\nx = [1, 2]  # here\nL = (x ** 3).sum()\n";
    assert_eq!(
        text(source, Extension::HessianVector, "x").as_deref(),
        Ok("# two numbers\nx = [1, 2]  # here\nL = (x ** 3).sum()\n\n\
            # Hessian-vector product: the gradient of p by x is H v\n\
            v = [1, 0]\ng = grad(L, x)\np = (g * v).sum()\n")
    );
    let taken = "v = 2\ng = 3\nR = v * g\nR * v";
    assert_eq!(
        text(taken, Extension::HessianVector, "v").as_deref(),
        Ok("v = 2\ng = 3\nR = v * g\nL = R * v\n\n\
            # Hessian-vector product: the gradient of p by v is H u\n\
            u = 1\nd = grad(L, v)\np = d * u\n")
    );
    let matrix = "W = [[1, 2], [3, 4], [5, 6]]\nL = (W ** 2).sum()";
    let written = text(matrix, Extension::HessianVector, "W").unwrap_or_default();
    assert!(
        written.contains("v = [[1, 0], [0, 0], [0, 0]]\n"),
        "{written}"
    );
    // What was extended can be extended again.
    let twice = Ran::new(source).extended(Extension::HessianVector, "x");
    let twice = twice.extended(Extension::HessianVector, "x");
    assert!(
        twice
            .model
            .source()
            .contains("u = [1, 0]\nd = grad(p, x)\nq = (d * u).sum()")
    );
}

#[test]
fn what_cannot_be_extended_says_why() {
    for (source, name, why) in [
        (
            "x = [1, 2]\ny = x * 2",
            "x",
            "the output has shape (2,), and this is for one number: sum it first, say",
        ),
        (
            "x = 1\nx = x * 2\nL = x * x",
            "x",
            "x stands for another value at the end of the program: give this input a name of its own",
        ),
    ] {
        let ran = Ran::new(source);
        let found = ran.model.extended(Extension::GradientNorm, ran.input(name));
        assert_eq!(found, Err(why.to_owned()), "{source}");
    }
    let ran = Ran::new("x = 1\nf = x * x");
    let not = ran
        .model
        .extended(Extension::Newton, ran.model.program.output);
    assert_eq!(not, Err("choose one of the program's inputs".to_owned()));
    let long = format!("x = [{}]\nL = (x * x).sum()", vec!["1"; 1001].join(", "));
    let ran = Ran::new(&long);
    let found = ran.model.extended(Extension::HessianVector, ran.input("x"));
    assert!(found.is_err_and(|why| why.starts_with("x has 1001 numbers")));
}

/// The lecture's picture: x0 → f1 → x1 → f2 → L with f2′ and f1′.
const LECTURE: &str = "def f1(x, w):\n    return tanh(w * x)\n\ndef f2(h):\n    return h ** 2\n\n\
    x0 = 0.5\nw = 1.5\nx1 = f1(x0, w)\nL = f2(x1)\nv = 1\ng = grad(L, x0)\np = g * v";

fn seen(source: &str, view: &View) -> (Ran, Scene) {
    let ran = Ran::viewed(source, view);
    let scene = Scene::new(&ran.model);
    (ran, scene)
}

#[test]
fn the_gates_of_a_backward_pass_stand_in_boxes_as_those_they_mirror() {
    let (_, scene) = seen(LECTURE, &View::default());
    let titles: Vec<_> = scene.boxes.iter().map(|b| b.title.as_str()).collect();
    assert_eq!(titles, ["f1", "f2", "f2′", "f1′"]);
    // Closed, what goes back through it closes with it.
    let closed = View {
        closed: vec!["x1/f1".to_owned(), "L/f2".to_owned()],
        ..View::default()
    };
    let (_, scene) = seen(LECTURE, &closed);
    let keys: Vec<_> = scene.nodes.iter().map(|node| node.key.as_str()).collect();
    assert_eq!(
        keys,
        ["x0", "w", "x1/f1", "L/f2", "v", "L/f2′", "x1/f1′", "p"]
    );
    let origin = |at: usize| scene.nodes[at].origin.map(|at| keys[at]);
    assert_eq!((origin(5), origin(6)), (Some("L/f2"), Some("x1/f1")));
    // One of them opened alone.
    let one = View {
        open: vec!["x1/f1′".to_owned()],
        ..closed.clone()
    };
    let (_, scene) = seen(LECTURE, &one);
    assert_eq!(scene.boxes.len(), 1);
    // With the second backward pass behind.
    let all = View {
        derivative: true,
        ..closed
    };
    let (_, scene) = seen(LECTURE, &all);
    let symbols: Vec<_> = scene
        .nodes
        .iter()
        .map(|node| node.symbol.as_str())
        .collect();
    for one in ["f1′′", "f2′′"] {
        assert_eq!(symbols.iter().filter(|&&symbol| symbol == one).count(), 1);
    }
}

/// Two layers with a Hessian-vector product: each gate has a reason.
#[test]
fn a_product_of_two_layers_is_drawn_in_few_gates() {
    let source = "x = [0.5, -1]\nW1 = [[0.3, 0.8], [-0.6, 0.2]]\nW2 = [1, -0.7]\n\
        h = tanh(W1 @ x)\ns = W2 @ h\nL = (s - 1) ** 2";
    let plain = Ran::new(source);
    let text = plain
        .model
        .extended(Extension::HessianVector, plain.input("x"));
    let text = text.unwrap_or_else(|why| panic!("{why}"));
    let gates = |view: &View| {
        let (ran, scene) = seen(&text, view);
        let gates = scene.nodes.iter().filter(|node| node.kind == Kind::Gate);
        (gates.count(), ran.model.program.graph.len())
    };
    let (drawn, _) = gates(&View::default());
    assert!(drawn <= 17, "{drawn} gates");
    let both = View {
        derivative: true,
        ..View::default()
    };
    let (drawn, all) = gates(&both);
    assert!(drawn <= 44, "{drawn} gates with both backward passes");
    assert!(drawn * 3 / 2 <= all, "{drawn} gates of {all} nodes");
}

#[test]
fn the_backward_pass_as_a_graph_has_the_gradients_as_values() {
    let view = View {
        derivative: true,
        ..View::default()
    };
    let (ran, scene) = seen("x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z", &view);
    let told: Vec<_> = scene.nodes[5..]
        .iter()
        .map(|node| {
            let origin = node.origin.map(|at| scene.nodes[at].key.as_str());
            (
                node.name.as_deref(),
                ran.arena[node.value],
                origin,
                node.forward,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("∂f/∂f"), 1.0, Some("f"), 3),
            (Some("∂f/∂q"), -4.0, Some("q"), 4),
            (None, 3.0, Some("z"), 4),
            (Some("∂f/∂x"), -4.0, Some("x"), 4),
            (Some("∂f/∂y"), -4.0, Some("y"), 4),
            (Some("∂f/∂z"), 3.0, Some("z"), 4),
        ]
    );
    // The steps are those of the picture without it.
    let plain = Scene::new(&Ran::new(ran.model.source()).model);
    assert_eq!(plain.steps.len(), scene.steps.len());
    for (a, b) in plain.nodes.iter().zip(&scene.nodes) {
        assert_eq!(
            (&a.key, a.forward, a.backward),
            (&b.key, b.forward, b.backward)
        );
    }
}

#[test]
fn the_hessian_is_symmetric_and_its_columns_are_products() {
    for &(source, inputs) in PROGRAMS {
        let (ran, scene) = seen(source, &View::default());
        let now = Now {
            model: &ran.model,
            scene: &scene,
            arena: &ran.arena,
        };
        let lesson = Lesson::new(&ran.model, &scene);
        for input in scene
            .inputs
            .iter()
            .filter(|input| inputs.contains(&input.name.as_str()))
        {
            let hessian = lesson.hessian(now, input.node);
            let hessian = hessian.unwrap_or_else(|| panic!("{source}"));
            let entries = hessian.entries.unwrap_or_default();
            let rows = hessian.rows;
            assert_eq!((entries.len(), hessian.names.len()), (rows * rows, rows));
            assert!(hessian.asymmetry.is_some_and(|a| a < 1e-12), "{source}");
            for column in 0..rows {
                let mut v = vec![0.0; rows];
                v[column] = 1.0;
                let product = lesson.hessian_product(now, input.node, &v);
                let product = product.unwrap_or_else(|| panic!("{source}"));
                assert!(product.difference.is_some_and(|d| d < 1e-12), "{source}");
                let after = ran.moved(&input.name, &v, 1e-5);
                let before = ran.moved(&input.name, &v, -1e-5);
                for row in 0..rows {
                    let entry = entries[row * rows + column];
                    assert_close(source, product.by_product[row], entry, 1e-12, 1e-12);
                    let difference = (after[row] - before[row]) / 2e-5;
                    assert_close(source, entry, difference, 1e-5, 1e-6);
                }
            }
            assert_eq!(
                lesson.hessian_product(now, input.node, &vec![1.0; rows + 1]),
                None
            );
        }
        assert_eq!(lesson.hessian(now, scene.nodes.len()), None);
    }
}

#[test]
fn a_large_hessian_is_not_written_out_and_tells_what_it_takes() {
    let source = format!("x = [{}]\nL = (x ** 3).sum()", vec!["0.5"; 40].join(", "));
    let (ran, scene) = seen(&source, &View::default());
    let now = Now {
        model: &ran.model,
        scene: &scene,
        arena: &ran.arena,
    };
    let lesson = Lesson::new(&ran.model, &scene);
    let hessian = lesson
        .hessian(now, 0)
        .unwrap_or_else(|| panic!("a Hessian"));
    assert_eq!(hessian.entries, None);
    let why = hessian.too_large.unwrap_or_default();
    assert!(why.contains("1,600 entries"), "{why}");
    assert_eq!(hessian.takes, "1,600 numbers in 40 passes: 12.5 KiB");
    assert_eq!(hessian.product_takes, "40 numbers in 1 pass: 320 bytes");
    assert!(hessian.of_a_layer.ends_with("16,777,216 passes: 2 PiB"));
    let product = lesson.hessian_product(now, 0, &[2.0; 40]);
    let product = product.unwrap_or_else(|| panic!("a product"));
    // 6 x · v
    assert!(product.by_product.iter().all(|&h| h == 6.0));
    assert_eq!((product.by_matrix, product.difference), (None, None));
}

/// Forward mode goes through the program, not through its backward pass: nothing is shown
/// there rather than a zero.
#[test]
fn the_backward_pass_that_is_drawn_has_no_tangents() {
    let view = View {
        derivative: true,
        mode: Mode::Both,
        ..View::default()
    };
    let source = "x = 2\ny = 3\nf = x * y ** 2";
    let model = Model::viewed(source, &Overrides::default(), &view).expect("a program");
    let scene = Scene::new(&model);
    assert!(scene.nodes.iter().any(|node| node.derivative));
    for node in &scene.nodes {
        assert_eq!(node.tangent.is_none(), node.derivative, "{}", node.key);
    }
    for wire in &scene.wires {
        let derivative = scene.nodes[wire.from].derivative;
        assert_eq!(wire.tangent.is_none(), derivative);
    }
}

//! The functions of the prelude in the picture: each call is a gate that opens, and whatever
//! is open, values, gradients and what is said are the same.

mod support;

use backflow_core::codegen::{Asked, Style, code};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Kind, Scene};
use backflow_core::view::{Mode, View};
use expect_test::expect;
use support::taught::Taught;

/// A call of each function, of inputs `x`, `y` and `w`, and with options.
const CALLS: &[&str] = &[
    "log2(x)",
    "log10(x)",
    "relu6(x)",
    "hardtanh(x, -0.7, max_val=0.8)",
    "mish(x)",
    "selu(x)",
    "softsign(x)",
    "trace(x)",
    "layer_norm(x, (2, 3))",
    "layer_norm(x, 3, w, bias=w)",
    "rms_norm(x, (3,), w)",
    "batch_norm(x, w, abs(w))",
    "batch_norm(x, None, None, w, w, training=True)",
    "nll_loss(x, [2, 0])",
    "binary_cross_entropy_with_logits(x, y)",
    "binary_cross_entropy_with_logits(x, y, abs(w), pos_weight=w)",
    "huber_loss(x, y, delta=0.3)",
    "smooth_l1_loss(x, y)",
    "smooth_l1_loss(x, y, beta=0)",
    "kl_div(x, y)",
    "kl_div(x, y, log_target=True)",
    "cosine_similarity(x, y)",
    "cosine_similarity(x, w, dim=-1)",
    "scaled_dot_product_attention(x, y, y)",
    "scaled_dot_product_attention(x, y, x, is_causal=True, scale=0.2)",
];

const INPUTS: &str = "import torch.nn.functional as F\nx = [[0.3, 1.4, 0.9], [2.1, 0.2, 0.5]]\n\
                      y = [[0.6, 0.1, 0.8], [0.3, 0.7, 0.2]]\nw = [0.5, -1.2, 0.8]\n";

fn programs() -> impl Iterator<Item = String> {
    CALLS
        .iter()
        .map(|call| format!("{INPUTS}c = {call}\nL = (c * c).sum()"))
}

fn name(call: &str) -> &str {
    call.split('(').next().unwrap_or_default()
}

struct Drawn {
    model: Model,
    scene: Scene,
    arena: Vec<f64>,
}

impl Drawn {
    fn new(source: &str, view: &View) -> Self {
        let model = Model::viewed(source, &Overrides::default(), view);
        let model = model.unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let scene = Scene::new(&model);
        Self {
            model,
            scene,
            arena,
        }
    }

    fn results(&self) -> Vec<f64> {
        let program = &self.model.program;
        let mut found = self.arena[self.model.plan.offset(program.output)..][..1].to_vec();
        for input in &program.inputs {
            let start = self.model.gradient_of(input.node);
            found.extend(&self.arena[start..][..self.model.elements(input.node)]);
        }
        found
    }

    fn text(&self, style: Style) -> String {
        let asked = Asked {
            model: &self.model,
            arena: &self.arena,
            scene: Some(&self.scene),
            composite: None,
        };
        code(asked, style).expect("a text").text
    }
}

fn view(open: &[&str]) -> View {
    View {
        open: open.iter().map(|&key| key.to_owned()).collect(),
        ..View::default()
    }
}

#[test]
fn every_call_is_a_gate_that_opens() {
    let prelude = include_str!("../src/syntax/prelude.py");
    for line in prelude.lines().filter_map(|line| line.strip_prefix("def ")) {
        let called = CALLS.iter().any(|call| name(call) == name(line));
        assert!(called, "no call of '{}' is tried", name(line));
    }
    for (source, call) in programs().zip(CALLS) {
        let closed = Drawn::new(&source, &View::default());
        let key = format!("c/{}", name(call));
        let node = closed.scene.nodes.iter().find(|node| node.key == key);
        let node = node.unwrap_or_else(|| panic!("no gate {key}: {call}"));
        assert_eq!((node.kind, node.opens), (Kind::Box, true), "{call}");
        assert_eq!(
            (node.name.as_deref(), &*node.symbol),
            (Some("c"), name(call))
        );
        assert!(closed.scene.boxes.is_empty(), "{call}");
        let opened = Drawn::new(&source, &view(&[&key]));
        let boxes: Vec<_> = opened
            .scene
            .boxes
            .iter()
            .map(|b| (&*b.key, &*b.title))
            .collect();
        assert_eq!(boxes, [(&*key, name(call))], "{call}");
        assert_eq!(closed.results(), opened.results(), "{call}");
        // What is closed counts first, as of any box.
        let shut = View {
            closed: vec![key.clone()],
            ..view(&[&key])
        };
        let shut = Drawn::new(&source, &shut);
        assert_eq!(shut.scene.nodes.len(), closed.scene.nodes.len(), "{call}");
    }
}

/// In all modes, closed and open, with the backward pass drawn, everything can be said.
#[test]
fn everything_is_said_of_every_call() {
    for (source, call) in programs().zip(CALLS) {
        for open in [&[][..], &[&*format!("c/{}", name(call))]] {
            for (mode, derivative) in [(Mode::Both, false), (Mode::Reverse, true)] {
                let view = View {
                    mode,
                    derivative,
                    copies: derivative,
                    ..view(open)
                };
                let mut taught = Taught::viewed(&source, &view);
                assert!(!taught.sentences().is_empty());
                let last = taught.scene.steps.len() - 1;
                for at in 0..taught.scene.nodes.len() {
                    taught.ask(|lesson, now| lesson.card_of_node(now, at, last));
                }
                for at in 0..taught.scene.wires.len() {
                    taught.ask(|lesson, now| lesson.card_of_wire(now, at, last));
                }
            }
        }
    }
}

/// A definition of the program's own is open; what it calls of the prelude is closed in it.
#[test]
fn a_call_within_a_call_is_a_gate_too() {
    let source = "def act(x):\n    return mish(x)\nx = 0.5\nfor i in range(2):\n    x = act(x)\nL = act(x) * log2(x)";
    let drawn = Drawn::new(source, &View::default());
    let boxes: Vec<&str> = drawn.scene.boxes.iter().map(|b| &*b.key).collect();
    let closed = drawn
        .scene
        .nodes
        .iter()
        .filter(|node| node.kind == Kind::Box);
    let closed: Vec<&str> = closed.map(|node| &*node.key).collect();
    expect![[r#"
        ["i=0", "x#2/act", "i=1", "x#3/act", "L/act"]
        ["x#2/act/=/mish", "x#3/act/=/mish", "L/act/=/mish", "L/log2"]
    "#]]
    .assert_eq(&format!("{boxes:?}\n{closed:?}\n"));
}

#[test]
fn a_call_is_told_as_a_gate() {
    let source = "x = 2\nt = 0.5\ny = softsign(x)\nL = huber_loss(y, t)";
    let mut taught = Taught::viewed(source, &View::default());
    expect![[r#"
        0: x = 2, t = 0.5
        1: y = softsign(x) = 0.667
        2: L = huber_loss(y, t) = 0.0139
        3: ∂L/∂L = 1
        4: ∂L/∂y = upstream ∂L/∂L × local ∂L/∂y = 1 × 0.167 = 0.167; ∂L/∂t = upstream ∂L/∂L × local ∂L/∂t = 1 × (−0.167) = −0.167
        5: ∂L/∂x = upstream ∂L/∂y × local ∂y/∂x = 0.167 × 0.111 = 0.0185
    "#]].assert_eq(&taught.sentences());
}

/// PyTorch's code calls its own function where the gate is closed, and has the gates where it
/// is open, or where a derivative that the program asks for reads what is within.
#[test]
fn code_calls_the_librarys_function() {
    let lines = |source: &str, view: &View, style| {
        let text = Drawn::new(source, view).text(style);
        let made = |line: &&str| line.trim_start().starts_with(['y', 'L']) && line.contains(" = ");
        let lines = text.lines().filter(made).map(str::trim_start);
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    let source = format!(
        "{INPUTS}y1 = F.layer_norm(x, 3, w)\ny2 = F.batch_norm(y1, None, None, bias=w, training=True)\n\
         y3 = F.huber_loss(y2, 0, delta=2)\ny4 = F.nll_loss(y, [2, 0])\ny5 = F.hardtanh(y, -0.5)\n\
         y6 = F.mish(y5)\nL = F.cosine_similarity(y6, y1, axis=-1, eps=0.5)"
    );
    expect![[r#"
        y = torch.tensor([[0.6, 0.1, 0.8], [0.3, 0.7, 0.2]], requires_grad=True)
        y1 = F.layer_norm(x, (3,), weight=w)
        y2 = F.batch_norm(y1, None, None, bias=w, training=True)
        y3 = F.huber_loss(y2, torch.tensor(0.0), delta=2)
        y4 = F.nll_loss(y, torch.tensor([2.0, 0.0]).long())
        y5 = F.hardtanh(y, min_val=-0.5)
        y6 = F.mish(y5)
        L = F.cosine_similarity(y6, y1, dim=-1, eps=0.5)
    "#]]
    .assert_eq(&lines(&source, &View::default(), Style::Torch));
    expect![[r#"
        y1 = normal * w
        y2 = normal_2 + w
        y3 = s13.mean()
        y4 = s16 / 2
        y5 = jnp.where(jnp.where(y <= -0.5, -0.5, y) >= 1, 1, jnp.where(y <= -0.5, -0.5, y))
        y6 = jax.nn.mish(y5)
        L = s27.sum(axis=1)
        y = jnp.array([[0.6, 0.1, 0.8], [0.3, 0.7, 0.2]])
    "#]]
    .assert_eq(&lines(&source, &View::default(), Style::Jax));
    let source = format!("{INPUTS}L = F.mish(x)");
    expect![[r#"
        y = torch.tensor([[0.6, 0.1, 0.8], [0.3, 0.7, 0.2]], requires_grad=True)
        L = x * s1
    "#]]
    .assert_eq(&lines(&source, &view(&["L/mish"]), Style::Torch));
    let source = "x = 0.5\nL = mish(x)\ny = grad(L, x)";
    expect![[r#"
        L = x * s1
        y = s6 + s1
    "#]]
    .assert_eq(&lines(source, &View::default(), Style::Torch));
    let source = "x = 0.5\nd = 2\nL = huber_loss(x, 3, delta=d)";
    expect![[r#"
        L = s7
    "#]]
    .assert_eq(&lines(source, &View::default(), Style::Torch));
}

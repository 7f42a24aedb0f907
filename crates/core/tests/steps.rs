//! The steps of both passes, and what the backward pass reads of the forward pass.

mod support;

use backflow_core::scene::{Pass, Scene};
use expect_test::{Expect, expect};
use std::fmt::Write;
use support::point::model;

fn key(scene: &Scene, node: usize) -> &str {
    &scene.nodes[node].key
}

/// The steps with the gate at work and what it reads, then each node with its
/// steps, kept values marked.
fn steps(source: &str, expected: &Expect) {
    let scene = Scene::new(&model(source));
    let mut text = String::new();
    for (at, step) in scene.steps.iter().enumerate() {
        let node = step.node.map_or("", |node| key(&scene, node));
        let reads: Vec<&str> = step.reads.iter().map(|&node| key(&scene, node)).collect();
        let _ = writeln!(text, "{at} {:?} {node} reads {reads:?}", step.pass);
    }
    for node in &scene.nodes {
        let kept = if node.kept { " kept" } else { "" };
        let _ = writeln!(
            text,
            "{}: {} {}{kept}",
            node.key, node.forward, node.backward
        );
    }
    expected.assert_eq(&text);
}

#[test]
fn a_gate_a_step() {
    steps(
        "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z",
        &expect![[r#"
        0 Inputs  reads []
        1 Forward q reads []
        2 Forward f reads []
        3 Base f reads []
        4 Backward f reads ["z", "q"]
        5 Backward q reads []
        x: 0 5
        y: 0 5
        z: 0 4 kept
        q: 1 4 kept
        f: 2 3
    "#]],
    );
}

#[test]
fn each_derivative_reads_what_its_rule_says() {
    steps(
        "x = 1\ny = 2\nm = max(x, y)\ns = sigmoid(m)\ne = exp(s)\nf = sin(e) - 3 * x",
        &expect![[r#"
            0 Inputs  reads []
            1 Forward m reads []
            2 Forward s reads []
            3 Forward e reads []
            4 Forward f:sin reads []
            5 Forward f:mul reads []
            6 Forward f reads []
            7 Base f reads []
            8 Backward f reads []
            9 Backward f:mul reads []
            10 Backward f:sin reads ["e"]
            11 Backward e reads ["e"]
            12 Backward s reads ["s"]
            13 Backward m reads ["x", "y"]
            x: 0 13 kept
            y: 0 13 kept
            m: 1 12
            s: 2 11 kept
            e: 3 10 kept
            f:sin: 4 8
            f:mul: 5 8
            f: 6 7
        "#]],
    );
    steps(
        "x = [[1, 2], [3, 4]]\nb = [1, 2]\nL = sum((x @ b + b) * 2)",
        &expect![[r#"
            0 Inputs  reads []
            1 Forward L:matmul reads []
            2 Forward L:add reads []
            3 Forward L:mul reads []
            4 Forward L reads []
            5 Base L reads []
            6 Backward L reads []
            7 Backward L:mul reads []
            8 Backward L:add reads []
            9 Backward L:matmul reads ["x", "b"]
            x: 0 9 kept
            b: 0 9 kept
            L:matmul: 1 8
            L:add: 2 7
            L:mul: 3 6
            L: 4 5
        "#]],
    );
}

#[test]
fn what_no_gradient_reaches_has_no_step_back() {
    steps(
        "x = 1\nd = detach(x * 2)\nf = d * x\nunused = x + 1\nf",
        &expect![[r#"
            0 Inputs  reads []
            1 Forward d:mul reads []
            2 Forward d reads []
            3 Forward f reads []
            4 Forward unused reads []
            5 Base f reads []
            6 Backward f reads ["d"]
            x: 0 6
            d:mul: 1 6
            d: 2 6 kept
            f: 3 5
            unused: 4 6
        "#]],
    );
}

/// What is numbered fits: values before they are used, gradients after their uses.
#[test]
fn steps_are_in_order() {
    for source in [
        "x = 2\nf = x * x * x + exp(x)",
        "x = [1, 2, 3]\ny = softmax(x)\nL = -log(y[0]) + norm(x)",
        "def g(a, b):\n    return a * b + a\nx = 1\ny = g(x, g(x, x))",
        "x = 3\ny = 4 * x\nz = y * y\ny + 1",
        "x = 1",
    ] {
        let scene = Scene::new(&model(source));
        let last = scene.steps.len() - 1;
        for (at, step) in scene.steps.iter().enumerate() {
            match (step.pass, step.node) {
                (Pass::Inputs, None) => assert_eq!(at, 0),
                (Pass::Forward, Some(node)) => assert_eq!(scene.nodes[node].forward, at),
                (Pass::Base, Some(node)) => {
                    assert_eq!((node, scene.nodes[node].backward), (scene.output, at));
                }
                (Pass::Backward, Some(node)) => {
                    assert!(scene.nodes[node].backward < at, "{source}: {node}");
                    assert!(step.reads.iter().all(|&read| scene.nodes[read].kept));
                }
                other => panic!("{source}: {other:?}"),
            }
        }
        for wire in &scene.wires {
            let from = &scene.nodes[wire.from];
            assert_eq!(wire.forward, from.forward);
            if let Some(to) = wire.to {
                assert!(wire.forward < scene.nodes[to].forward, "{source}");
                assert!(wire.backward <= last && wire.backward > scene.nodes[wire.from].forward);
            }
        }
    }
}

//! Random programs: reverse mode, forward mode and differences agree, also on
//! the gradient itself; and what a backward pass does not contain.

mod support;

use backflow_core::diff::{gradient, tangents};
use backflow_core::graph::NodeId;
use backflow_core::model::{Model, Overrides};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use support::smooth::{NUMBERS, VALUES, lines, program};
use support::{Ran, Random, assert_close, dot, inner, input};

fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"))
}

/// The derivatives of a program along random directions, four ways.
fn check(source: &str, seed: u64) {
    let model = model(source);
    let mut random = Random(seed);
    let Model {
        program, gradient, ..
    } = &model;
    let mut graph = program.graph.clone();
    let inputs: Vec<NodeId> = program.inputs.iter().map(|input| input.node).collect();
    let len = |node: NodeId| model.elements(node);

    // The upstream gradient, one direction to move in and one to weigh with.
    let v = random.direction(len(program.output));
    let direction: Vec<(NodeId, Vec<f64>)> = inputs
        .iter()
        .map(|&x| (x, random.direction(len(x))))
        .collect();
    let mut seeds = Vec::new();
    let mut weighed = Vec::new();
    for (x, u) in &direction {
        let shape = graph.shape(*x).to_vec();
        seeds.push((*x, input(&mut graph, &shape, u.clone())));
        if let Some(g) = gradient.of(*x) {
            let w = random.direction(u.len());
            weighed.push((input(&mut graph, &shape, w), g));
        }
    }
    // Through the backward pass too: the tangents of gradients are a
    // Hessian-vector product.
    let tangents = tangents(&mut graph, &seeds).expect("few operands");
    let mut ran = Ran::new(&graph);
    let start = ran.plan.offset(gradient.seed);
    ran.arena[start..start + v.len()].copy_from_slice(&v);
    ran.plan.run(&mut ran.arena);

    let zeros = vec![0.0; len(program.output)];
    let tangent = tangents[program.output.index()].map_or(&zeros[..], |t| ran.value(t));
    let difference = ran.difference(program.output, &direction);
    for (&got, &expected) in tangent.iter().zip(&difference) {
        assert_close("forward", got, expected, 0.0, 1e-7);
    }
    let forward = dot(&v, tangent);
    let reverse: f64 = direction
        .iter()
        .filter_map(|(x, u)| Some(dot(u, ran.value(gradient.of(*x)?))))
        .sum();
    assert_close("reverse", reverse, forward, 0.0, 1e-11);

    // The second derivative: differences of the gradient, and its symmetry by a
    // reverse pass over the weighed gradient.
    let mut curvature = 0.0;
    for &(w, g) in &weighed {
        let difference = ran.difference(g, &direction);
        let zeros = vec![0.0; difference.len()];
        let tangent = tangents[g.index()].map_or(&zeros[..], |t| ran.value(t));
        for (&got, &expected) in tangent.iter().zip(&difference) {
            assert_close("second", got, expected, 0.0, 1e-6);
        }
        curvature += dot(ran.value(w), tangent);
    }
    if !weighed.is_empty() {
        let scalar = inner(&mut graph, &weighed);
        let one = input(&mut graph, &[], vec![1.0]);
        let twice = backflow_core::diff::gradient(&mut graph, scalar, one, |x| inputs.contains(&x));
        let twice = twice.expect("few operands");
        let mut ran = Ran::new(&graph);
        ran.arena[start..start + v.len()].copy_from_slice(&v);
        ran.plan.run(&mut ran.arena);
        let reverse: f64 = direction
            .iter()
            .filter_map(|(x, u)| Some(dot(u, ran.value(twice.of(*x)?))))
            .sum();
        assert_close("symmetry", reverse, curvature, 0.0, 1e-10);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(6),
        ..ProptestConfig::default()
    })]

    #[test]
    fn derivatives_of_numbers_agree(lines in lines(1..12), seed in any::<u64>()) {
        check(&program(NUMBERS, false, &lines, ""), seed);
    }

    #[test]
    fn derivatives_of_arrays_agree(lines in lines(1..10), seed in any::<u64>()) {
        check(&program(VALUES, true, &lines, ""), seed);
    }

    /// What the output does not depend on adds nothing to the backward pass.
    #[test]
    fn unrelated_gates_emit_nothing(lines in lines(1..10), other in lines(1..10)) {
        let source = program(VALUES, true, &lines, "");
        let alone = model(&source);
        let unrelated = program(VALUES, true, &other, "u_");
        let both = model(&[unrelated, source].concat());
        prop_assert_eq!(alone.backward_len(), both.backward_len());
        for name in both.program.names.iter().filter(|name| name.name.starts_with("u_")) {
            prop_assert!(both.gradient.of(name.node).is_none());
            prop_assert_eq!(both.gradient_of(name.node), both.plan.zeros());
        }
    }
}

/// Every gradient of a program, by name; scalars only.
fn gradients(source: &str) -> Vec<(String, f64)> {
    let model = model(source);
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let names = model.program.names.iter();
    names
        .map(|name| (name.name.clone(), arena[model.gradient_of(name.node)]))
        .collect()
}

fn gradient_of(source: &str, name: &str) -> f64 {
    let found = gradients(source).into_iter().find(|g| g.0 == name);
    found.map(|g| g.1).expect("a name of the program")
}

#[test]
fn an_infinite_value_beside_the_path_is_harmless() {
    // Not on any path.
    assert_eq!(
        gradient_of("x = 3\nu = 1000\ng = exp(u)\nh = g - g\nf = x * x", "u"),
        0.0
    );
    assert_eq!(
        gradient_of("x = 3\nu = 1000\ng = exp(u)\nh = g - g\nf = x * x", "x"),
        6.0
    );
    // An infinite gradient arrives at what lets nothing through.
    let through =
        |form: &str| gradient_of(&format!("x = -1\ny = 1000\nf = ({form}) * exp(y)"), "x");
    assert_eq!(through("relu(x)"), 0.0);
    assert_eq!(through("maximum(x, 2)"), 0.0);
    assert_eq!(through("min(x, -2, 3)"), 0.0);
    assert_eq!(through("x ** 0"), 0.0);
    assert_eq!(through("x + 1"), f64::INFINITY);
    let source = "x = [1, 5]\ny = 1000\nf = max(x) * exp(y)";
    let model = model(source);
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let at = model.gradient_of(model.program.inputs[0].node);
    assert_eq!(arena[at..at + 2], [0.0, f64::INFINITY]);
}

/// A sweep for one input leaves alone what that input does not feed.
#[test]
fn only_what_is_asked_for_is_swept() {
    let count = |length: usize| {
        let chain = "y = sin(y)\n".repeat(length);
        let mut model = model(&format!("x = 3\ny = 2\n{chain}f = x * y"));
        let graph = &mut model.program.graph;
        let seed = input(graph, &[], vec![1.0]);
        let before = graph.len();
        let x = model.program.inputs[0].node;
        let found = gradient(graph, model.program.output, seed, |node| node == x);
        let found = found.expect("few operands");
        assert!(found.of(x).is_some());
        assert!(found.of(model.program.inputs[1].node).is_none());
        graph.len() - before
    };
    assert_eq!(count(1), 1);
    assert_eq!(count(1000), 1);
}

#[test]
fn the_backward_pass_is_linear_in_the_program() {
    let length = |count: usize| {
        let step = "y = sin(y) * x + y\n".repeat(count);
        model(&format!("x = 3\ny = 2\n{step}f = y")).backward_len()
    };
    let (a, b, c) = (length(100), length(200), length(300));
    assert_eq!(b - a, c - b);
    assert!(b - a <= 100 * 6, "{}", b - a);
}

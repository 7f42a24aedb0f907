//! Derivatives where numbers are infinite, at the ends of their range, or where gates
//! have kinks. What PyTorch has there stands among the fixtures; here is what it has not.

mod support;

use backflow_core::composite::opened;
use backflow_core::diff::{gradient, tangents};
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::op::Op;
use backflow_core::shape::{Axes, ShapeId};
use support::point::{node, ran};
use support::{Ran, assert_close, input};

/// The gradients of a gate's operands when a number arrives at it.
fn gradients(op: Op, operands: &[&[f64]], upstream: f64) -> Vec<Vec<f64>> {
    let mut graph = Graph::default();
    let operands: Vec<NodeId> = operands
        .iter()
        .map(|x| {
            let shape: &[usize] = if x.len() == 1 { &[] } else { &[x.len()] };
            input(&mut graph, shape, x.to_vec())
        })
        .collect();
    let y = graph.push(op, ShapeId::SCALAR, &operands, Origin::default());
    let seed = input(&mut graph, &[], vec![upstream]);
    let found = gradient(&mut graph, y, seed, |node| operands.contains(&node));
    let found = found.expect("few operands");
    let ran = Ran::new(&graph);
    let of = |x: &NodeId| found.of(*x).map_or(vec![0.0], |g| ran.value(g).to_vec());
    operands.iter().map(of).collect()
}

#[test]
fn nothing_comes_through_a_closed_gate() {
    let all = Axes::all(1);
    let closed: &[(Op, &[&[f64]], usize)] = &[
        (Op::Relu, &[&[-1.0]], 0),
        (Op::Relu, &[&[0.0]], 0),
        (Op::LeakyRelu, &[&[2.0], &[0.1]], 1),
        (Op::Maximum, &[&[1.0], &[2.0]], 0),
        (Op::Minimum, &[&[1.0], &[2.0]], 1),
        (Op::Clip, &[&[-1.0], &[0.0], &[1.0]], 0),
        (Op::Clip, &[&[0.5], &[0.0], &[1.0]], 1),
        (Op::Clip, &[&[0.5], &[0.0], &[1.0]], 2),
        (Op::Where, &[&[0.0], &[1.0], &[2.0]], 1),
        (Op::Where, &[&[1.0], &[1.0], &[2.0]], 2),
        (Op::Mask, &[&[0.0], &[2.0]], 1),
        (Op::Pow, &[&[2.0], &[0.0]], 0),
        (Op::Pow, &[&[0.0], &[0.0]], 0),
        (Op::Std(all), &[&[2.0, 2.0]], 0),
        (Op::HingeLoss, &[&[5.0, 1.0], &[1.0, 0.0], &[1.0, 1.0]], 0),
        (Op::HingeLoss, &[&[5.0, 1.0], &[1.0, 0.0], &[1.0, 1.0]], 2),
    ];
    for &(op, operands, slot) in closed {
        for upstream in [1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let found = &gradients(op, operands, upstream)[slot];
            let none = found.iter().all(|&g| g == 0.0);
            assert!(none, "{op:?} {operands:?}: {upstream} comes as {found:?}");
        }
    }
}

/// Not so where a derivative happens to be 0.
#[test]
fn what_is_infinite_comes_through_a_derivative_of_zero() {
    let open: &[(Op, &[&[f64]])] = &[
        (Op::Mul, &[&[2.0], &[0.0]]),
        (Op::Square, &[&[0.0]]),
        (Op::Abs, &[&[0.0]]),
        (Op::Pow, &[&[0.0], &[2.0]]),
        (Op::LeakyRelu, &[&[-1.0], &[0.0]]),
    ];
    for &(op, operands) in open {
        let found = gradients(op, operands, f64::INFINITY)[0][0];
        assert!(found.is_nan(), "{op:?} {operands:?}: {found}");
    }
    for source in ["sqrt(x * 0)", "sqrt(0 * x)", "sqrt(0 / x)", "x * 0 * 1e999"] {
        let (model, arena) = ran(&format!("x = 2\nf = {source}"));
        let gradient = arena[model.gradient_of(node(&model, "x"))];
        assert!(gradient.is_nan(), "{source}: {gradient}");
    }
}

/// A quotient is finite where 1 / m is not, forward and back.
#[test]
fn quotients_do_not_overflow_on_the_way() {
    let cases: &[(Op, &[f64], f64)] = &[
        (Op::Div, &[3.0, 1e-310], 1e-20 / 1e-310),
        (Op::Div, &[3.0, -5e-324], 1e-20 / -5e-324),
        (Op::Log, &[1e-310], 1e-20 / 1e-310),
        (Op::Sqrt, &[5e-324], 1e-20 / (2.0 * 5e-324f64.sqrt())),
    ];
    for &(op, operands, expected) in cases {
        let mut graph = Graph::default();
        let nodes: Vec<NodeId> = operands
            .iter()
            .map(|&x| input(&mut graph, &[], vec![x]))
            .collect();
        let y = graph.push(op, ShapeId::SCALAR, &nodes, Origin::default());
        let u = input(&mut graph, &[], vec![1e-20]);
        let back = gradient(&mut graph, y, u, |node| node == nodes[0]);
        let back = back.expect("few operands").of(nodes[0]);
        let on = tangents(&mut graph, &[(nodes[0], u)]);
        let on = on.expect("few operands")[y.index()];
        let ran = Ran::new(&graph);
        for found in [back, on] {
            let found = ran.value(found.expect("a derivative"))[0];
            assert!(found.is_finite(), "{op:?} {operands:?}");
            assert_close(&format!("{op:?}"), found, expected, 0.0, 1e-15);
        }
    }
}

/// ∂²(b^p)/∂b∂p = b^(p − 1) (1 + p log b), in either order.
#[test]
fn mixed_second_derivatives_of_a_power_are_symmetric() {
    for b in [0.3_f64, 1.0, 2.0, 5.0] {
        for p in [-1.5, 0.0, 0.5, 1.0, 2.0] {
            let source = format!(
                "b = {b:?}\np = {p:?}\nq = b ** p\nm = grad(grad(q, b), p)\nn = grad(grad(q, p), b)"
            );
            let (model, arena) = ran(&source);
            let expected = b.powf(p - 1.0) * (1.0 + p * b.ln());
            for name in ["m", "n"] {
                let found = arena[model.plan.offset(node(&model, name))];
                assert_close(&source, found, expected, 1e-15, 1e-14);
            }
        }
    }
    // (x + 2)^x at 0: log(2)² + 1.
    let (model, arena) = ran("x = 0\nf = (x + 2) ** x\nh = grad(grad(f, x), x)");
    let found = arena[model.plan.offset(node(&model, "h"))];
    assert_close("(x + 2) ** x", found, 2f64.ln().powi(2) + 1.0, 0.0, 1e-15);
}

/// Squared, a root has no kink: the second derivative is that of what is under it.
#[test]
fn a_squared_root_is_smooth() {
    let forms = [
        ("norm(x) ** 2", [[2.0, 0.0], [0.0, 2.0]]),
        ("square(norm(x))", [[2.0, 0.0], [0.0, 2.0]]),
        ("norm(x) * norm(x)", [[2.0, 0.0], [0.0, 2.0]]),
        ("-3 * norm(x) ** 2 / 2 + x[0]", [[-3.0, 0.0], [0.0, -3.0]]),
        ("mean(norm([x, x], axis=1) ** 2)", [[2.0, 0.0], [0.0, 2.0]]),
        ("std(x) ** 2", [[0.5, -0.5], [-0.5, 0.5]]),
    ];
    for (form, hessian) in forms {
        for x in ["[0, 0]", "[3, 3]", "[0, 4]", "[-1.5, 2]"] {
            let source = format!(
                "x = {x}\nn = {form}\ng = grad(n, x)\na = grad(g[0], x)\nb = grad(g[1], x)"
            );
            let (model, arena) = ran(&source);
            for (name, expected) in ["a", "b"].into_iter().zip(hessian) {
                let found = &arena[model.plan.offset(node(&model, name))..][..2];
                for (&found, expected) in found.iter().zip(expected) {
                    assert_close(&source, found, expected, 1e-14, 1e-13);
                }
            }
        }
    }
}

/// The norm itself has one: 0 there.
#[test]
fn a_root_has_a_kink_where_it_is_zero() {
    for form in [
        "norm(x)",
        "std(x)",
        "norm(x) * 2 + x[0] * 0",
        "norm(x) ** 3",
    ] {
        let source = format!("x = [0, 0]\nn = {form}\ng = grad(n, x)\nh = grad(g[0], x)");
        let (model, arena) = ran(&source);
        for name in ["g", "h"] {
            let found = &arena[model.plan.offset(node(&model, name))..][..2];
            assert_eq!(found, [0.0, 0.0], "{source}: {name}");
        }
    }
}

/// A hinge loss masks what has no part in it, open as closed.
#[test]
fn infinite_scores_open_as_they_are_closed() {
    for source in [
        "s = [-1e999, 1.0, 0.5]\nL = hinge_loss(s, 1)",
        "s = [1e999, 1.0]\nL = hinge_loss(s, 0)",
        "s = [[1e999, 1.0, 2], [0, 2, -1e999]]\nL = hinge_loss(s, [1, 0])",
        "s = [5.0, 1.0]\nL = sqrt(hinge_loss(s, 0))",
    ] {
        let (model, _) = ran(source);
        let program = &model.program;
        let s = program.inputs[0].node;
        let (graph, places) = opened(&program.graph, |_| true);
        let results = [
            (program.graph.clone(), program.output, s),
            (graph, places[program.output.index()], places[s.index()]),
        ]
        .map(|(mut graph, output, s)| {
            let seed = input(&mut graph, &[], vec![1.0]);
            let found = gradient(&mut graph, output, seed, |node| node == s);
            let found = found.expect("few operands").of(s);
            let ran = Ran::new(&graph);
            let gradient = ran.value(found.expect("a gradient"));
            [ran.value(output), gradient].concat()
        });
        let [closed, open] = &results;
        assert!(!closed.iter().any(|v| v.is_nan()), "{source}: {closed:?}");
        assert_eq!(closed, open, "{source}");
    }
}

//! Derived nodes: what is constant folds, what is there is shared, and neither
//! changes a value.

mod support;

use backflow_core::build::Builder;
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::model::{Model, Overrides};
use backflow_core::op::Op;
use backflow_core::shape::ShapeId;
use support::{Ran, input};

/// What a builder folds away has the value that the operation would have had.
#[test]
fn folding_changes_no_value() {
    type Make = fn(&mut Builder<'_>, NodeId, NodeId) -> NodeId;
    let operations: [(Op, Make); 7] = [
        (Op::Sub, |b, x, y| b.sub(x, y)),
        (Op::Mul, |b, x, y| b.mul(x, y)),
        (Op::Div, |b, x, y| b.div(x, y)),
        (Op::Pow, |b, x, y| b.pow(x, y)),
        (Op::Mask, |b, x, y| b.mask(x, y)),
        (Op::Tie, |b, x, y| b.two(Op::Tie, x, y)),
        (Op::PowLog, |b, x, y| b.two(Op::PowLog, x, y)),
    ];
    let numbers = [-1.0, -0.5, 0.0, 1.0, 2.0, f64::INFINITY, f64::NAN];
    for (op, make) in operations {
        let plain = op.of_two().expect("an operation of two numbers");
        for (x, y) in numbers.iter().flat_map(|&x| numbers.map(|y| (x, y))) {
            // Which of the two is a constant.
            for constants in 0..4 {
                let mut graph = Graph::default();
                let mut node = |value, constant| {
                    if constant {
                        graph.push_constant(value, ShapeId::SCALAR, Origin::default())
                    } else {
                        input(&mut graph, &[], vec![value])
                    }
                };
                let operands = (node(x, constants & 1 != 0), node(y, constants & 2 != 0));
                let made = make(&mut Builder::new(&mut graph), operands.0, operands.1);
                let (got, expected) = (Ran::new(&graph).value(made)[0], plain(x, y));
                assert!(
                    got == expected || (got.is_nan() && expected.is_nan()),
                    "{} of {x} and {y}, constant {constants:02b}: {got}, not {expected}",
                    op.info().name
                );
            }
        }
    }
    let mut graph = Graph::default();
    let x = input(&mut graph, &[1, 2], vec![3.0, 4.0]);
    let mut b = Builder::new(&mut graph);
    let (minus, turned) = (b.neg(x), b.transpose(x));
    assert_eq!((b.neg(minus), b.transpose(turned)), (x, x));
}

/// The number of gates, not constants, of a program's backward pass.
fn backward_gates(source: &str) -> usize {
    let model = Model::new(source, &Overrides::default()).expect("a program");
    let forward = model.forward().count();
    let graph = &model.program.graph;
    let gate = |node: &NodeId| !matches!(graph.node(*node).op, Op::Input(_) | Op::Constant(_));
    graph.nodes().skip(forward).filter(gate).count()
}

#[test]
fn what_is_constant_folds_and_what_is_there_is_shared() {
    let gates = |form: &str| backward_gates(&format!("x = 3\ny = 2\nf = {form}"));
    assert_eq!(gates("x + y"), 0);
    assert_eq!(gates("x - y"), 1);
    assert_eq!(gates("-(-x)"), 1);
    assert_eq!(gates("x * y"), 2);
    // upstream · x once for both operands, and their sum
    assert_eq!(gates("x * x"), 2);
    assert_eq!(gates("x + x + x"), 1);
    // 2 · x, upstream · that
    assert_eq!(gates("x ** 2"), 2);
    assert_eq!(gates("x ** 1"), 0);
    assert_eq!(gates("x ** 0"), 0);
    assert_eq!(gates("1 / x"), 3);
    assert_eq!(gates("x * 1"), 0);
    assert_eq!(gates("exp(x)"), 1);
    // 1 − y, times y, times upstream
    assert_eq!(gates("sigmoid(x)"), 3);
    assert_eq!(gates("tanh(x)"), 3);
    assert_eq!(gates("relu(x)"), 2);
    assert_eq!(gates("max(x, y)"), 4);
    // Both are drawn, and have their gradients.
    assert_eq!(gates("7 * 3"), 2);
}

//! Gradients beside differences: no right one is called wrong, and every wrong
//! one is found.

mod support;

use backflow_core::build::Builder;
use backflow_core::composite::remade;
use backflow_core::graph::{Graph, Node, NodeId};
use backflow_core::model::Model;
use backflow_core::modes::check::{Checked, Element, Verdict, check};
use backflow_core::op::Op;
use backflow_core::shape::Cut;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use support::Random;
use support::point::ran;
use support::smooth::{Line, NUMBERS, VALUES, lines, program};

/// What an input is made to be, and what undoes it, so that the scale of the input
/// and that of its gradient are others.
type Scale = (fn(f64) -> f64, &'static str);
const SCALES: &[Scale] = &[
    (|x| x, ""),
    (|x| x, ""),
    (|x| x, ""),
    (|x| 1e8 * x, " * 1e-8"),
    (|x| 1e-8 * x, " * 1e8"),
    (|x| 1e100 * x, " / 1e100"),
    (|x| 1e-100 * x, " / 1e-100"),
    (|x| 1e6 + x, " - 1e6"),
    (|x| x - 1e4, " + 1e4"),
];

/// What is done in the end to a value `A`.
const ENDS: &[&str] = &[
    "A",
    "sum(A)",
    "A - mean(A)",
    "softmax(A.reshape(-1))",
    "log_softmax(30 * sin(A.reshape(-1)))",
    "sum(softmax(A.reshape(-1)) * A.reshape(-1))",
    "cross_entropy(40 * sin(A.reshape(-1)), softmax(A.reshape(-1)))",
    "A / norm(A * A + 0.1)",
    "1e100 * A",
    "1e-100 * A",
    "sum(1e8 * A) - 1e8 * sum(A)",
    "sin(30 * A)",
    "A - A",
];
/// And where rounding leaves little or nothing of it.
const FLAT_ENDS: &[&str] = &[
    "A * 0 + 5",
    "1e5 * (A + 1000) - 1e8",
    "tanh(A + 40)",
    "sigmoid(50 * sin(A) + 60)",
    "exp(A - 500) + 1",
];
/// And what is done to one of two axes: batch norm and layer norm.
const ARRAY_ENDS: &[&str] = &[
    "3 * (A - mean(A, axis=0))",
    "2 * (A - mean(A, axis=0)) / sqrt(var(A, axis=0) + 1e-5) + 1",
    "(A - mean(A, axis=-1, keepdims=True)) / sqrt(var(A, axis=-1, keepdims=True) + 0.1)",
    "softmax(A, axis=0) @ A.T",
    "log_softmax(A)",
    "(A.T @ sin(2 * A)) @ cos(A.T @ (A + 1))",
];

/// A literal with other numbers.
fn scaled(literal: &str, by: fn(f64) -> f64) -> String {
    let mut text = String::new();
    for part in literal.split_inclusive(['[', ',', ']']) {
        let number = part.trim_end_matches(['[', ',', ']']);
        match number.trim().parse::<f64>() {
            Ok(value) => {
                let _ = write!(text, "{:e}", by(value));
            }
            Err(_) => text += number,
        }
        text += &part[number.len()..];
    }
    text
}

/// A random program of another scale and another end.
fn source(
    lines: &[Line],
    arrays: bool,
    scale: prop::sample::Index,
    end: prop::sample::Index,
    flat: bool,
) -> String {
    let (by, back) = SCALES[scale.index(SCALES.len())];
    let values = if arrays { VALUES } else { NUMBERS };
    let values: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(i, value)| format!("{}\nx{i} = x{i}{back}", scaled(value, by)))
        .collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let source = program(&values, arrays, lines, "");
    let last = source
        .lines()
        .last()
        .and_then(|line| line.split(" = ").next());
    let mut ends = ENDS.to_vec();
    if flat {
        ends.extend(FLAT_ENDS);
    }
    if arrays {
        ends.extend(ARRAY_ENDS);
    }
    let end = end.get(&ends).replace('A', last.expect("a line"));
    format!("{source}f = {end}\n")
}

/// Runs so many random programs through a test.
fn programs(cases: u32, seed: u64, flat: bool, test: &dyn Fn(&str)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    let index = any::<prop::sample::Index>;
    let strategy = (lines(1..12), any::<bool>(), index(), index());
    TestRunner::new(config)
        .run(&strategy, |(lines, arrays, scale, end)| {
            test(&source(&lines, arrays, scale, end, flat));
            Ok(())
        })
        .unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// Whatever cancels in the output, whatever the scales: of the elements of a
/// thousand smooth programs none is called wrong or at a kink, and rounding hides
/// few.
#[test]
fn no_right_gradient_is_called_wrong() {
    let (agreed, hidden) = (Cell::new(0), Cell::new(0));
    let alarms = RefCell::new(Vec::new());
    programs(1000, 3, true, &|source| {
        let (model, arena) = ran(source);
        let output = &arena[model.plan.offset(model.program.output)..];
        let output = &output[..model.elements(model.program.output)];
        if !output.iter().all(|value| value.is_finite()) {
            return;
        }
        for input in check(&model, &arena) {
            for element in &input.elements {
                match element.verdict {
                    Verdict::Agrees => agreed.set(agreed.get() + 1),
                    Verdict::Uncertain => hidden.set(hidden.get() + 1),
                    _ => {
                        let alarm = format!("{source}{}: {element:?}", input.name);
                        alarms.borrow_mut().push(alarm);
                    }
                }
            }
        }
    });
    let alarms = alarms.into_inner();
    assert!(alarms.is_empty(), "{}: {}", alarms.len(), alarms[0]);
    let (agreed, hidden) = (agreed.get(), hidden.get());
    assert!(hidden * 20 < agreed, "{hidden} beside {agreed}");
}

/// A way in which a derivative is wrong: what is appended in place of a node of the
/// backward pass, if that is a node that can be wrong so.
type Wrong = fn(&mut Graph, &Graph, NodeId, &[NodeId]) -> Option<NodeId>;

fn times(new: &mut Graph, old: &Graph, node: NodeId, operands: &[NodeId], by: f64) -> NodeId {
    let right = new.push_copy(old, node, operands);
    let mut b = Builder::new(new);
    b.times(right, by)
}

const WRONG: &[(&str, Wrong)] = &[
    ("the other sign", |new, old, node, operands| {
        Some(times(new, old, node, operands, -1.0))
    }),
    ("1.01 times as much", |new, old, node, operands| {
        Some(times(new, old, node, operands, 1.01))
    }),
    ("half as much", |new, old, node, operands| {
        Some(times(new, old, node, operands, 0.5))
    }),
    ("a term dropped", |new, old, node, operands| {
        let Node {
            op, shape, origin, ..
        } = *old.node(node);
        match (op, operands) {
            (Op::Add | Op::Sub, [first, _]) => Some(*first),
            (Op::Add, [_, rest @ ..]) => Some(new.push(op, shape, rest, origin)),
            _ => None,
        }
    }),
    ("a wrong operand", |new, old, node, operands| {
        let Node {
            op, shape, origin, ..
        } = *old.node(node);
        match (op, operands) {
            (Op::Mul | Op::Div | Op::Sub, [first, second]) if first != second => {
                Some(new.push(op, shape, &[*second, *second], origin))
            }
            _ => None,
        }
    }),
    ("not transposed", |_, old, node, operands| {
        let same = old.shape(node) == old.shape(old.operands(node).next()?);
        let moves = matches!(old.node(node).op, Op::Permute(_));
        (same && moves).then_some(operands[0])
    }),
    ("a sum over copies missing", |new, old, node, operands| {
        let Node {
            op: Op::Sum(axes),
            shape,
            ..
        } = *old.node(node)
        else {
            return None;
        };
        let cuts: Vec<Cut> = new
            .shape(operands[0])
            .iter()
            .enumerate()
            .map(|(axis, &size)| {
                if axes.contains(axis) {
                    Cut::run(0, 1)
                } else {
                    Cut::whole(size)
                }
            })
            .collect();
        let mut b = Builder::new(new);
        let first = b.slice(&cuts, operands[0]);
        Some(b.reshape(shape, first))
    }),
];

/// A model one of whose derivatives is wrong; none if it has none that can be.
fn planted(model: &Model, wrong: Wrong, random: &mut Random) -> Option<Model> {
    let old = &model.program.graph;
    let fits = |&node: &NodeId| {
        let mut graph = old.clone();
        let operands: Vec<NodeId> = old.operands(node).collect();
        wrong(&mut graph, old, node, &operands).is_some()
    };
    let gates = old
        .nodes()
        .filter(|&node| !model.is_forward(node) && old.arity(node) > 0);
    let gates: Vec<NodeId> = gates.filter(fits).collect();
    let at = *gates.get(random.below(gates.len().max(1)))?;
    let made = remade(old, |new, node, operands, _| {
        let made = if node == at {
            wrong(new, old, node, operands)
        } else {
            None
        };
        made.unwrap_or_else(|| new.push_copy(old, node, operands))
    });
    Some(model.clone().with_backward(made.graph, &made.places))
}

/// The gradients of all inputs for a random upstream gradient, each times its
/// input so that scales do not matter, and the largest such product of any name;
/// with each input larger by a part of itself.
fn gradients(model: &Model, by: f64) -> (Vec<f64>, f64) {
    let mut random = Random(1);
    let mut arena = model.arena();
    for input in &model.program.inputs {
        for value in &mut arena[model.plan.offset(input.node)..][..model.elements(input.node)] {
            *value *= 1.0 + by;
        }
    }
    for weight in &mut arena[model.upstream()..][..model.elements(model.program.output)] {
        *weight = random.between(0.5, 1.5);
    }
    model.plan.run(&mut arena);
    let products = |node: NodeId| -> Vec<f64> {
        let values = arena[model.plan.offset(node)..].iter();
        let gradients = &arena[model.gradient_of(node)..][..model.elements(node)];
        gradients.iter().zip(values).map(|(g, x)| g * x).collect()
    };
    let names = model
        .program
        .names
        .iter()
        .flat_map(|name| products(name.node));
    let most = names.fold(0.0, |most: f64, product| most.max(product.abs()));
    let inputs = model.program.inputs.iter();
    (
        inputs.flat_map(|input| products(input.node)).collect(),
        most,
    )
}

/// Whatever is wrong, wherever it is planted: where it makes another gradient of
/// which the right one was confirmed, it is found.
#[test]
fn wrong_derivatives_are_found() {
    let mut planted_of = vec![0; WRONG.len()];
    let counts = RefCell::new(&mut planted_of);
    let missed = RefCell::new(Vec::new());
    let random = RefCell::new(Random(5));
    programs(600, 4, false, &|source| {
        let (model, arena) = ran(source);
        let agree: Vec<bool> = check(&model, &arena)
            .iter()
            .flat_map(|input| &input.elements)
            .map(|element| element.verdict == Verdict::Agrees)
            .collect();
        let (right, most) = gradients(&model, 0.0);
        // What is left of gradients that cancel is nothing but rounding.
        let rounding = [1e-12, -2e-12, 3e-12, -1e-11]
            .iter()
            .flat_map(|by| gradients(&model, *by).0)
            .zip(right.iter().cycle())
            .fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
        // Where all cancel, what is left of one alone is more than rounding.
        let least = if right.iter().all(|&g| g == 0.0) {
            1e-6
        } else {
            1e3 * rounding + 1e-10 * most
        };
        // But nothing then says how far a huge input must go to change anything: a fault
        // may be left open there, but not confirmed.
        let huge = model.program.inputs[0].node;
        let huge = arena[model.plan.offset(huge)].abs() > 1e7;
        let hidden = |r: f64| huge && r.abs() < 1e-9;
        for (kind, (what, wrong)) in WRONG.iter().enumerate() {
            let Some(model) = planted(&model, *wrong, &mut random.borrow_mut()) else {
                continue;
            };
            let (got, _) = gradients(&model, 0.0);
            let pairs = got.iter().zip(&right).zip(&agree);
            let differ = |((g, r), agree): ((&f64, &f64), &bool)| {
                *agree && (*g - *r).abs() > 5e-3 * r.abs() + least
            };
            let faults: Vec<bool> = pairs.map(differ).collect();
            let mut seen = faults.iter().zip(&right);
            let is_seen = seen.any(|(fault, r)| *fault && !hidden(*r));
            if !faults.contains(&true) {
                continue;
            }
            let mut arena = model.arena();
            model.plan.run(&mut arena);
            let checked = check(&model, &arena);
            let elements = checked.iter().flat_map(|input| &input.elements);
            let confirmed = elements
                .zip(&faults)
                .any(|(element, fault)| *fault && element.verdict == Verdict::Agrees);
            counts.borrow_mut()[kind] += usize::from(is_seen);
            if is_seen && checked.iter().all(Checked::agrees) || !is_seen && confirmed {
                missed
                    .borrow_mut()
                    .push(format!("{what}\n{source}{right:?}\n{got:?}"));
            }
        }
    });
    let missed = missed.into_inner();
    assert!(missed.is_empty(), "{}: {}", missed.len(), missed[0]);
    assert!(planted_of.iter().all(|&count| count > 3), "{planted_of:?}");
}

/// What cancels is no kink, and no mismatch: a value less its mean, a batch norm.
#[test]
fn outputs_that_cancel_are_confirmed() {
    for source in [
        "x = [1.0, 2.0, 4.0]\nz = x - x.mean()",
        "x = [0, 0, 0]\nz = x - x.mean()",
        "x = [0.37, 1.91]\ng = 2.0\nz = g * (x - mean(x))",
        "x = [[1, 2], [3, -1], [0.5, 0.7]]\ng = [1, 2]\n\
         f = g * (x - mean(x, axis=0)) / sqrt(var(x, axis=0) + 1e-5)",
        "x = [0.1, 0.2, -0.3]\nf = sum(x - mean(x))",
        "x = [1e8, 2e8, 4e8]\nz = x - x.mean()",
        "x = 3\nf = (x + 1e6) - 1e6",
        "x = 2\nf = x * 0 + 5",
    ] {
        let (model, arena) = ran(source);
        for input in check(&model, &arena) {
            let agrees = |element: &Element| element.verdict == Verdict::Agrees;
            assert!(input.elements.iter().all(agrees), "{source}: {input:?}");
        }
    }
}

/// What the numbers cannot tell is not called wrong.
#[test]
fn what_rounding_hides_is_said_to_be_hidden() {
    for source in [
        "x = 1\nf = (x + 1e17) - 1e17",
        "x = 1\nf = (x + 1e14) - 1e14",
        "x = 1e16\nf = sin(x)",
        "x = 3\nf = 1 + 1e-18 * x",
        // What comes out is what rounding left.
        "x = 1e-5\nf = (x - sin(x)) / x ** 3",
        // Waves shorter than the steps.
        "x = 0.3\nf = x\nfor i in range(60):\n    f = 3.9 * f * (1 - f)",
        // The value has left the range of numbers, and its derivative has not.
        "x = 1e-170\nf = x ** 2",
        "x = 1e-200\nf = x ** 2 * 1e300",
    ] {
        let (model, arena) = ran(source);
        let found = check(&model, &arena)[0].elements[0];
        assert_eq!(found.verdict, Verdict::Uncertain, "{source}: {found:?}");
    }
}

/// An output of ones upstream whose sum does not change tells nothing of its
/// derivatives; a number nothing of what is done with the upstream gradient.
#[test]
fn a_wrong_derivative_hides_behind_no_sum() {
    let double = |model: Model| {
        let old = &model.program.graph;
        let at = model.program.inputs[0].node;
        let at = model.gradient.of(at).expect("a path");
        let made = remade(old, |new, node, operands, _| {
            if node == at {
                times(new, old, node, operands, 1.01)
            } else {
                new.push_copy(old, node, operands)
            }
        });
        let places = made.places;
        model.clone().with_backward(made.graph, &places)
    };
    for source in [
        "x = [1, 2, 4]\ns = softmax(x)",
        "x = [1, 2, 4]\nz = 3 * (x - x.mean())",
    ] {
        let model = double(ran(source).0);
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let found = check(&model, &arena)[0].elements[0];
        assert_eq!(
            (found.verdict, found.other_upstream),
            (Verdict::Differs, true),
            "{source}"
        );
    }
}

//! Every operation's derivatives, by one table: against differences, forward
//! against reverse, and again on the graphs that the derivatives are.

mod support;

use backflow_core::build::Builder;
use backflow_core::definition::linear::Linear;
use backflow_core::definition::partial;
use backflow_core::diff::{gradient, tangents};
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::lesson::value_in_python as python;
use backflow_core::model::{Model, Overrides};
use backflow_core::op::{Arity, Op};
use backflow_core::shape::ShapeId;
use std::collections::BTreeSet;
use std::mem::discriminant;
use support::table::{Gate, all_cases, cases, gate, len, name, smooth};
use support::{Ran, Random, assert_close, dot, inner, input};

#[test]
fn the_table_has_every_operation() {
    for &op in Op::ALL {
        let cases = cases(op);
        assert!(!cases.is_empty(), "{} is not tried", name(op));
        assert!(!op.info().domains.is_empty(), "{}", name(op));
        for case in cases {
            assert_eq!(discriminant(&case.op), discriminant(&op), "{}", name(op));
            match op.info().arity {
                Arity::Exactly(count) => assert_eq!(case.operands.len(), count, "{}", name(op)),
                Arity::AtLeast(count) => assert!(case.operands.len() >= count, "{}", name(op)),
            }
        }
    }
}

#[test]
fn tangents_are_differences() {
    let mut random = Random(1);
    for case in all_cases() {
        let Gate {
            mut graph,
            operands,
            y,
        } = gate(&case, &mut random);
        let mut direction = Vec::new();
        let mut seeds = Vec::new();
        for (slot, &x) in operands.iter().enumerate() {
            if !smooth(case.op, slot) {
                continue;
            }
            let u = random.direction(len(&graph, x));
            let shape = graph.shape(x).to_vec();
            seeds.push((x, input(&mut graph, &shape, u.clone())));
            direction.push((x, u));
        }
        let tangent = tangents(&mut graph, &seeds).expect("few operands")[y.index()];
        let ran = Ran::new(&graph);
        let difference = ran.difference(y, &direction);
        let zeros = vec![0.0; difference.len()];
        let tangent = tangent.map_or(&zeros[..], |node| ran.value(node));
        if case.op == Op::Detach {
            assert_eq!(tangent, zeros);
            continue;
        }
        for (&got, &expected) in tangent.iter().zip(&difference) {
            assert_close(name(case.op), got, expected, 0.0, 1e-9);
        }
    }
}

/// Differentiates ⟨v, y⟩, then the inner product of its gradient with fixed
/// vectors, and so on, each time against differences along a random direction.
#[test]
fn gradients_of_gradients_are_differences() {
    let mut random = Random(2);
    for case in all_cases() {
        let Gate {
            mut graph,
            operands,
            y,
        } = gate(&case, &mut random);
        let shape = graph.shape(y).to_vec();
        let v = random.direction(len(&graph, y));
        let v = input(&mut graph, &shape, v);
        let mut scalar = inner(&mut graph, &[(v, y)]);
        // v is an operand too: the gate's own tangent is the derivative by it.
        let smooth = (0..operands.len()).filter(|&slot| smooth(case.op, slot));
        let inputs: Vec<NodeId> = smooth.map(|slot| operands[slot]).chain([v]).collect();
        if case.op == Op::Detach {
            continue;
        }
        for order in 1..=3 {
            let seed = input(&mut graph, &[], vec![1.0]);
            let found = gradient(&mut graph, scalar, seed, |node| inputs.contains(&node));
            let found = found.expect("few operands");
            let ran = Ran::new(&graph);
            let direction: Vec<(NodeId, Vec<f64>)> = inputs
                .iter()
                .map(|&x| (x, random.direction(len(&graph, x))))
                .collect();
            let by_gradient: f64 = direction
                .iter()
                .filter_map(|(x, u)| Some(dot(u, ran.value(found.of(*x)?))))
                .sum();
            let difference = ran.difference(scalar, &direction)[0];
            let what = format!("{} of order {order}", name(case.op));
            assert_close(
                &what,
                by_gradient,
                difference,
                ran.value(scalar)[0].abs(),
                1e-8,
            );
            let mut pairs = Vec::new();
            for &x in &inputs {
                if let Some(g) = found.of(x) {
                    let (shape, w) = (graph.shape(x).to_vec(), random.direction(len(&graph, x)));
                    assert_eq!(graph.shape(g), shape, "{what}");
                    pairs.push((input(&mut graph, &shape, w), g));
                }
            }
            if pairs.is_empty() {
                break;
            }
            scalar = inner(&mut graph, &pairs);
        }
    }
}

/// Applies an operator by emitting it and running it.
fn apply(graph: &mut Graph, operator: &Linear, u: NodeId, to: &[usize]) -> Vec<f64> {
    let mut b = Builder::new(graph);
    let Some(node) = operator.apply(&mut b, u) else {
        return vec![0.0; to.iter().product()];
    };
    assert_eq!(graph.shape(node), to, "{operator:?}");
    Ran::new(graph).value(node).to_vec()
}

/// ⟨L u, v⟩ = ⟨u, Lᵀ v⟩ and Lᵀᵀ = L for the operator of every slot, and L is
/// the derivative.
#[test]
fn operators_and_their_adjoints() {
    let mut random = Random(3);
    for case in all_cases() {
        if case.op == Op::Detach {
            continue;
        }
        for slot in (0..case.operands.len()).filter(|&slot| smooth(case.op, slot)) {
            let Gate {
                mut graph,
                operands,
                y,
            } = gate(&case, &mut random);
            let what = format!("{} by operand {slot}", name(case.op));
            let (from, to) = (
                graph.shape(operands[slot]).to_vec(),
                graph.shape(y).to_vec(),
            );
            let direction = random.direction(len(&graph, operands[slot]));
            let u = input(&mut graph, &from, direction.clone());
            let direction = [(operands[slot], direction)];
            let v = random.direction(len(&graph, y));
            let v = input(&mut graph, &to, v);
            let mut b = Builder::new(&mut graph);
            let operator = partial(&mut b, y, slot);
            let adjoint = operator.clone().adjoint(&mut b);
            let again = adjoint.clone().adjoint(&mut b);
            let image = apply(&mut graph, &operator, u, &to);
            let back = apply(&mut graph, &adjoint, v, &from);
            let same = apply(&mut graph, &again, u, &to);
            let ran = Ran::new(&graph);
            let (left, right) = (dot(&image, ran.value(v)), dot(ran.value(u), &back));
            assert_close(&what, left, right, 0.0, 1e-13);
            assert_eq!(image, same, "{what}");
            for (&got, &expected) in image.iter().zip(&ran.difference(y, &direction)) {
                assert_close(&what, got, expected, 0.0, 1e-9);
            }
        }
    }
}

/// Every operation that a derivative emits is in the table, and so on for the
/// derivatives of what it emits, until nothing new comes.
#[test]
fn derivatives_are_closed() {
    let known: BTreeSet<&str> = all_cases().iter().map(|case| name(case.op)).collect();
    let mut random = Random(4);
    let mut emitted = BTreeSet::new();
    for case in all_cases() {
        let Gate { mut graph, .. } = gate(&case, &mut random);
        let mut done = 0;
        for _generation in 0..2 {
            let end = graph.len();
            for i in done..end {
                let y = NodeId::new(i);
                for slot in 0..graph.arity(y) {
                    let (x, to) = (graph.operand(y, slot), graph.shape(y).to_vec());
                    let from = graph.shape(x).to_vec();
                    let (n, m) = (from.iter().product(), to.iter().product());
                    let u = input(&mut graph, &from, vec![1.0; n]);
                    let v = input(&mut graph, &to, vec![1.0; m]);
                    let mut b = Builder::new(&mut graph);
                    let operator = partial(&mut b, y, slot);
                    let image = operator.apply(&mut b, u);
                    let back = operator.adjoint(&mut b).apply(&mut b, v);
                    // Zero one way is zero the other.
                    assert_eq!(image.is_some(), back.is_some(), "{}", name(case.op));
                }
            }
            done = end;
            for i in end..graph.len() {
                match graph.node(NodeId::new(i)).op {
                    Op::Input(_) | Op::Constant(_) => {}
                    op => drop(emitted.insert(name(op))),
                }
            }
        }
    }
    assert!(emitted.is_subset(&known), "{emitted:?}");
    // The enumeration reached the operations that only derivatives have.
    for only in [
        "step",
        "tie",
        "mask",
        "winner",
        "powlog",
        "transpose",
        "scatter",
    ] {
        assert!(emitted.contains(only), "{only} was never emitted");
    }
}

/// A value as a program writes it; none if it cannot.
fn literal(shape: &[usize], values: &[f64]) -> Option<String> {
    let Some((&size, rest)) = shape.split_first() else {
        return Some(format!("{:?}", values[0]));
    };
    if size == 0 && !rest.is_empty() {
        return None;
    }
    let each = rest.iter().product::<usize>();
    let rows = (0..size).map(|i| literal(rest, &values[i * each..][..each]));
    let rows: Option<Vec<String>> = rows.collect();
    Some(format!("[{}]", rows?.join(", ")))
}

/// What the table has for the language means what the gate does.
#[test]
fn the_forms_of_the_table_are_the_gates() {
    let mut random = Random(5);
    let (mut tried, mut wordless) = (BTreeSet::new(), BTreeSet::new());
    for case in all_cases() {
        let Gate { graph, operands, y } = gate(&case, &mut random);
        let names: Vec<String> = (0..operands.len()).map(|i| format!("x{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let Some(form) = python(&graph, y, &names) else {
            wordless.insert(name(case.op));
            continue;
        };
        let ran = Ran::new(&graph);
        let inputs: Option<String> = operands
            .iter()
            .zip(&names)
            .map(|(&x, name)| {
                let value = literal(graph.shape(x), ran.value(x))?;
                Some(format!("{name} = {value}\n"))
            })
            .collect();
        let Some(inputs) = inputs else {
            continue;
        };
        let source = format!("{inputs}{form}");
        let model = Model::new(&source, &Overrides::default());
        let model = model.unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let written = model.program.output;
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let value = &arena[model.plan.offset(written)..][..model.elements(written)];
        assert_eq!(
            model.program.graph.shape(written),
            graph.shape(y),
            "{source}"
        );
        for (&got, &expected) in value.iter().zip(ran.value(y)) {
            assert_close(&source, got, expected, 0.0, 1e-14);
        }
        tried.insert(name(case.op));
    }
    assert!(tried.is_disjoint(&wordless));
    // What only derivatives have, and what takes classes as a table of ones.
    let expected = [
        "broadcast",
        "hinge_loss",
        "normal_cdf",
        "one_hot",
        "powlog",
        "put",
        "scatter",
        "winner",
    ];
    assert_eq!(wordless, BTreeSet::from(expected));
}

/// The derivative where it is a choice: what PyTorch chooses.
#[test]
fn choices_at_kinks() {
    let check = |op: Op, operands: &[f64], expected: &[f64]| {
        let mut graph = Graph::default();
        let operands: Vec<NodeId> = operands
            .iter()
            .map(|&x| input(&mut graph, &[], vec![x]))
            .collect();
        let y = graph.push(op, ShapeId::SCALAR, &operands, Origin::default());
        let seed = input(&mut graph, &[], vec![1.0]);
        let found = gradient(&mut graph, y, seed, |node| operands.contains(&node));
        let found = found.expect("few operands");
        let ran = Ran::new(&graph);
        let of = |&x: &NodeId| found.of(x).map_or(0.0, |node| ran.value(node)[0]);
        let got: Vec<f64> = operands.iter().map(of).collect();
        assert_eq!(got, expected, "{}", name(op));
    };
    check(Op::Relu, &[0.0], &[0.0]);
    check(Op::Relu, &[-0.0], &[0.0]);
    check(Op::Sqrt, &[0.0], &[f64::INFINITY]);
    check(Op::Step, &[0.0], &[0.0]);
    check(Op::Maximum, &[2.0, 2.0], &[0.5, 0.5]);
    check(
        Op::Minimum,
        &[2.0, 3.0, 2.0, 2.0],
        &[1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0],
    );
    check(Op::Pow, &[0.0, 0.0], &[0.0, 0.0]);
    check(Op::Pow, &[0.0, 2.0], &[0.0, 0.0]);
    check(Op::Pow, &[0.0, 1.0], &[1.0, 0.0]);
}

//! Every operation's derivatives, by one table: against differences, forward
//! against reverse, and again on the graphs that the derivatives are.

mod support;

use backflow_core::build::Builder;
use backflow_core::diff::linear::Linear;
use backflow_core::diff::rules::partial;
use backflow_core::diff::{gradient, tangents};
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::op::{Arity, Op};
use backflow_core::shape::{Axes, ShapeId};
use std::collections::BTreeSet;
use support::{Ran, Random, assert_close, dot, inner, input};

/// Where an operand's elements are drawn from: away from kinks and poles by more
/// than a difference moves them.
#[derive(Clone, Copy)]
enum Domain {
    Any,
    Positive,
    AwayFromZero,
    /// No two elements of all the operands are near each other.
    Apart,
}
use Domain::{Any, Apart, AwayFromZero, Positive};

/// An operation at some shapes.
struct Case {
    op: Op,
    operands: Vec<(&'static [usize], Domain)>,
    output: &'static [usize],
}

fn case(op: Op, operands: &[(&'static [usize], Domain)], output: &'static [usize]) -> Case {
    Case {
        op,
        operands: operands.to_vec(),
        output,
    }
}

/// The same domains at several shapes, for an elementwise operation.
fn elementwise(op: Op, domains: &[Domain]) -> Vec<Case> {
    let shapes: [&'static [usize]; 4] = [&[], &[3], &[2, 3], &[0]];
    let at = |shape| domains.iter().map(|&d| (shape, d)).collect::<Vec<_>>();
    shapes.map(|shape| case(op, &at(shape), shape)).into()
}

fn reduction(make: fn(Axes) -> Op, domain: Domain) -> Vec<Case> {
    let axes = |list: &[usize]| list.iter().copied().collect::<Axes>();
    vec![
        case(make(Axes::NONE), &[(&[], domain)], &[]),
        case(make(axes(&[0])), &[(&[4], domain)], &[]),
        case(make(axes(&[0])), &[(&[2, 3], domain)], &[3]),
        case(make(axes(&[1])), &[(&[2, 3, 2], domain)], &[2, 2]),
        case(make(axes(&[0, 2])), &[(&[2, 3, 2], domain)], &[3]),
        case(make(axes(&[0, 1, 2])), &[(&[2, 1, 3], domain)], &[]),
    ]
}

/// The table: where each operation is tried. The match has no last arm for the
/// rest, so that an operation cannot be forgotten.
fn cases(op: Op) -> Vec<Case> {
    let axes = |list: &[usize]| list.iter().copied().collect::<Axes>();
    match op {
        Op::Input(_) | Op::Constant(_) => vec![],
        Op::Add => [elementwise(op, &[Any; 2]), elementwise(op, &[Any; 4])]
            .into_iter()
            .flatten()
            .collect(),
        Op::Sub | Op::Mul => elementwise(op, &[Any; 2]),
        Op::Div => elementwise(op, &[Any, AwayFromZero]),
        Op::Pow => elementwise(op, &[Positive, AwayFromZero]),
        Op::Neg | Op::Exp | Op::Sin | Op::Cos | Op::Tanh | Op::Sigmoid => elementwise(op, &[Any]),
        Op::Log | Op::Sqrt => elementwise(op, &[Positive]),
        Op::Relu | Op::Step => elementwise(op, &[AwayFromZero]),
        Op::Maximum | Op::Minimum => [elementwise(op, &[Apart; 2]), elementwise(op, &[Apart; 3])]
            .into_iter()
            .flatten()
            .collect(),
        Op::Equal => elementwise(op, &[Apart; 2]),
        Op::Mask => elementwise(op, &[AwayFromZero, Any]),
        Op::Winner(_, least) => (0..3)
            .flat_map(|slot| elementwise(Op::Winner(slot, least), &[Apart; 3]))
            .collect(),
        Op::PowLog => elementwise(op, &[Positive, Any]),
        Op::Sum(_) => reduction(Op::Sum, Any),
        Op::Mean(_) => reduction(Op::Mean, Any),
        Op::Max(_) => reduction(Op::Max, Apart),
        Op::Min(_) => reduction(Op::Min, Apart),
        Op::Broadcast(_) => vec![
            case(Op::Broadcast(axes(&[0])), &[(&[], Any)], &[3]),
            case(Op::Broadcast(axes(&[0])), &[(&[2], Any)], &[3, 2]),
            case(Op::Broadcast(axes(&[1])), &[(&[2, 2], Any)], &[2, 3, 2]),
            case(Op::Broadcast(axes(&[0, 2])), &[(&[3], Any)], &[2, 3, 2]),
        ],
        Op::Reshape => vec![
            case(op, &[(&[2, 3], Any)], &[3, 2]),
            case(op, &[(&[1, 4], Any)], &[4]),
            case(op, &[(&[1], Any)], &[]),
        ],
        Op::Transpose => vec![
            case(op, &[(&[2, 3], Any)], &[3, 2]),
            case(op, &[(&[2, 1, 3], Any)], &[2, 3, 1]),
        ],
        Op::Matmul => vec![
            case(op, &[(&[2, 3], Any), (&[3, 4], Any)], &[2, 4]),
            case(op, &[(&[1, 3], Any), (&[3, 1], Any)], &[1, 1]),
            case(op, &[(&[2, 2, 3], Any), (&[2, 3, 2], Any)], &[2, 2, 2]),
            case(op, &[(&[2, 0], Any), (&[0, 2], Any)], &[2, 2]),
        ],
    }
}

fn all_cases() -> Vec<Case> {
    Op::ALL.iter().flat_map(|&op| cases(op)).collect()
}

fn name(op: Op) -> &'static str {
    op.info().name
}

/// A case's gate with its operands at random values.
struct Gate {
    graph: Graph,
    operands: Vec<NodeId>,
    y: NodeId,
}

fn gate(case: &Case, random: &mut Random) -> Gate {
    let mut graph = Graph::default();
    let count = |shape: &[usize]| shape.iter().product::<usize>();
    let total: usize = case.operands.iter().map(|(shape, _)| count(shape)).sum();
    // A shuffled grid.
    let mut apart: Vec<f64> = (0..total).map(|i| 0.3 * i as f64 - 1.1).collect();
    for i in (1..total).rev() {
        apart.swap(i, random.below(i + 1));
    }
    let mut operands = Vec::new();
    for &(shape, domain) in &case.operands {
        let mut draw = |_| match domain {
            Any => random.between(-1.5, 1.5),
            Positive => random.between(0.5, 2.0),
            AwayFromZero => {
                random.between(0.5, 2.0) * if random.below(2) == 0 { 1.0 } else { -1.0 }
            }
            Apart => apart.pop().unwrap_or_default(),
        };
        let value = (0..count(shape)).map(&mut draw).collect();
        operands.push(input(&mut graph, shape, value));
    }
    let shape = graph.shapes.intern(case.output);
    let y = graph.push(case.op, shape, &operands, Origin::default());
    Gate { graph, operands, y }
}

fn len(graph: &Graph, node: NodeId) -> usize {
    graph.shape(node).iter().product()
}

#[test]
fn the_table_has_every_operation() {
    for &op in Op::ALL {
        let cases = cases(op);
        assert!(!cases.is_empty(), "{} is not tried", name(op));
        for case in cases {
            assert_eq!(name(case.op), name(op));
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
        for &x in &operands {
            let u = random.direction(len(&graph, x));
            let shape = graph.shape(x).to_vec();
            seeds.push((x, input(&mut graph, &shape, u.clone())));
            direction.push((x, u));
        }
        let tangent = tangents(&mut graph, &seeds)[y.index()];
        let ran = Ran::new(&graph);
        let difference = ran.difference(y, &direction);
        let zeros = vec![0.0; difference.len()];
        let tangent = tangent.map_or(&zeros[..], |node| ran.value(node));
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
        let inputs: Vec<NodeId> = operands.iter().copied().chain([v]).collect();
        for order in 1..=3 {
            let seed = input(&mut graph, &[], vec![1.0]);
            let found = gradient(&mut graph, scalar, seed, |node| inputs.contains(&node));
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
        for slot in 0..case.operands.len() {
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
    let known: BTreeSet<&str> = Op::ALL.iter().map(|&op| name(op)).collect();
    let mut random = Random(4);
    let mut emitted = BTreeSet::new();
    for case in all_cases() {
        let Gate { mut graph, .. } = gate(&case, &mut random);
        let mut done = 0;
        for _generation in 0..3 {
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
    for only in ["step", "equal", "mask", "winner", "powlog", "transpose"] {
        assert!(emitted.contains(only), "{only} was never emitted");
    }
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

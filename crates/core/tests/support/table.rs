//! Every operation at some shapes and random values.

use super::{Random, input};
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::op::{Arity, Domain, Form, Op};
use backflow_core::shape::{Axes, Cut, CutsId, Shapes};

/// An operation at some shapes.
pub struct Case {
    pub op: Op,
    pub operands: Vec<&'static [usize]>,
    pub output: Vec<usize>,
    pub shapes: Shapes,
}

pub fn case(op: Op, operands: &[&'static [usize]], output: &[usize]) -> Case {
    Case {
        op,
        operands: operands.to_vec(),
        output: output.to_vec(),
        shapes: Shapes::default(),
    }
}

pub fn axes(list: &[usize]) -> Axes {
    list.iter().copied().collect()
}

/// How many operands an operation is tried with.
pub fn counts(op: Op) -> Vec<usize> {
    match op.info().arity {
        Arity::Exactly(count) => vec![count],
        Arity::AtLeast(count) => vec![count, count + 1],
    }
}

pub const SHAPES: [&[usize]; 4] = [&[], &[3], &[2, 3], &[0]];

/// A cut of each axis, and the shape it leaves.
pub fn cut(make: fn(CutsId) -> Op, whole: &'static [usize], cuts: &[Cut], puts: bool) -> Case {
    let mut shapes = Shapes::default();
    let part: &'static [usize] = cuts.iter().map(|c| c.count).collect::<Vec<_>>().leak();
    let op = make(shapes.intern_cuts(cuts));
    let (from, to) = if puts { (part, whole) } else { (whole, part) };
    Case {
        shapes,
        ..case(op, &[from], to)
    }
}

pub fn permuted(whole: &'static [usize], order: &[usize]) -> Case {
    let mut shapes = Shapes::default();
    let op = Op::Permute(shapes.intern_permutation(order));
    let output: Vec<usize> = order.iter().map(|&axis| whole[axis]).collect();
    Case {
        shapes,
        ..case(op, &[whole], &output)
    }
}

/// The shapes at which an operation is tried: by its form, and for what has a
/// rule of its own by a match without a last arm for the rest, so that none can
/// be forgotten.
pub fn cases(op: Op) -> Vec<Case> {
    let back = |start, count| Cut {
        start,
        step: -1,
        count,
    };
    let cuts: [(&'static [usize], Vec<Cut>); 4] = [
        (&[4], vec![Cut::run(1, 2)]),
        (
            &[3, 4],
            vec![
                Cut::run(2, 1),
                Cut {
                    start: 0,
                    step: 2,
                    count: 2,
                },
            ],
        ),
        (&[3, 2], vec![back(2, 3), Cut::whole(2)]),
        (&[3], vec![Cut::run(3, 0)]),
    ];
    match op.info().form {
        Form::Elementwise => counts(op)
            .into_iter()
            .flat_map(|n| SHAPES.map(|shape| case(op, &vec![shape; n], shape)))
            .collect(),
        Form::Reduction => reductions(op)
            .into_iter()
            .map(|(op, from, to)| case(op, &[from], to))
            .collect(),
        Form::Along => reductions(op)
            .into_iter()
            .map(|(op, from, _)| case(op, &[from], from))
            .collect(),
        Form::Loss => [&[3][..], &[2, 3]]
            .map(|shape| case(op, &vec![shape; counts(op)[0]], &[]))
            .into(),
        Form::Own => match op {
            Op::Broadcast(_) => vec![
                case(Op::Broadcast(axes(&[0])), &[&[]], &[3]),
                case(Op::Broadcast(axes(&[0])), &[&[2]], &[3, 2]),
                case(Op::Broadcast(axes(&[1])), &[&[2, 2]], &[2, 3, 2]),
                case(Op::Broadcast(axes(&[0, 2])), &[&[3]], &[2, 3, 2]),
            ],
            Op::Reshape => vec![
                case(op, &[&[2, 3]], &[3, 2]),
                case(op, &[&[1, 4]], &[4]),
                case(op, &[&[1]], &[]),
            ],
            Op::Permute(_) => vec![
                permuted(&[2, 3], &[1, 0]),
                permuted(&[2, 3, 4], &[2, 0, 1]),
                permuted(&[2, 1, 3], &[0, 2, 1]),
            ],
            Op::Slice(_) => cuts
                .map(|(whole, c)| cut(Op::Slice, whole, &c, false))
                .into(),
            Op::Scatter(_) => cuts
                .map(|(whole, c)| cut(Op::Scatter, whole, &c, true))
                .into(),
            Op::Concat(_) => vec![
                case(Op::Concat(0), &[&[2], &[3]], &[5]),
                case(Op::Concat(1), &[&[2, 1], &[2, 3], &[2, 2]], &[2, 6]),
                case(Op::Concat(0), &[&[2, 2]], &[2, 2]),
            ],
            Op::Take(_) => vec![
                case(op, &[&[3], &[4]], &[4]),
                case(op, &[&[3, 2], &[2, 2]], &[2, 2, 2]),
                case(Op::Take(1), &[&[2, 3], &[]], &[2]),
                case(op, &[&[3, 4, 2], &[2], &[2]], &[2, 2]),
                case(op, &[&[3, 2], &[0]], &[0, 2]),
            ],
            Op::Put(_) => vec![
                case(op, &[&[4], &[4]], &[3]),
                case(Op::Put(1), &[&[2, 2, 2], &[2]], &[2, 3, 2]),
                case(op, &[&[5, 2], &[5], &[5]], &[3, 4, 2]),
            ],
            Op::CumSum(_, back) => vec![
                case(Op::CumSum(0, back), &[&[4]], &[4]),
                case(Op::CumSum(0, back), &[&[2, 3]], &[2, 3]),
                case(Op::CumSum(1, back), &[&[2, 3, 2]], &[2, 3, 2]),
                case(Op::CumSum(1, back), &[&[2, 0]], &[2, 0]),
            ],
            Op::OneHot => vec![case(op, &[&[]], &[3]), case(op, &[&[4]], &[4, 3])],
            Op::Matmul => vec![
                case(op, &[&[2, 3], &[3, 4]], &[2, 4]),
                case(op, &[&[1, 3], &[3, 1]], &[1, 1]),
                case(op, &[&[2, 2, 3], &[2, 3, 2]], &[2, 2, 2]),
                case(op, &[&[2, 0], &[0, 2]], &[2, 2]),
            ],
            other => panic!("{other:?} has no shapes to be tried at"),
        },
    }
}

/// An operation over axes, at some of them.
pub fn reductions(op: Op) -> Vec<(Op, &'static [usize], &'static [usize])> {
    let over = |list: &[usize]| op.with_axes(axes(list));
    vec![
        (over(&[]), &[], &[]),
        (over(&[0]), &[4], &[]),
        (over(&[0]), &[2, 3], &[3]),
        (over(&[1]), &[2, 3, 2], &[2, 2]),
        (over(&[0, 2]), &[2, 3, 2], &[3]),
        (over(&[0, 1, 2]), &[2, 1, 3], &[]),
    ]
}

pub fn all_cases() -> Vec<Case> {
    Op::ALL.iter().flat_map(|&op| cases(op)).collect()
}

pub fn name(op: Op) -> &'static str {
    op.info().name
}

/// A case's gate with its operands at random values.
pub struct Gate {
    pub graph: Graph,
    pub operands: Vec<NodeId>,
    pub y: NodeId,
}

/// The domain of an operand; further ones have the last.
pub fn domain(op: Op, slot: usize) -> Domain {
    op.domain(slot).expect("an operation on operands")
}

/// Whether derivatives are taken with respect to an operand.
pub fn smooth(op: Op, slot: usize) -> bool {
    !matches!(domain(op, slot), Domain::OneHot | Domain::Class)
}

pub fn gate(case: &Case, random: &mut Random) -> Gate {
    let mut graph = Graph::default();
    graph.shapes = case.shapes.clone();
    let count = |shape: &[usize]| shape.iter().product::<usize>();
    let total: usize = case.operands.iter().map(|shape| count(shape)).sum();
    // A shuffled grid.
    let mut apart: Vec<f64> = (0..total).map(|i| 0.3 * i as f64 - 1.1).collect();
    for i in (1..total).rev() {
        apart.swap(i, random.below(i + 1));
    }
    let mut operands = Vec::new();
    for (slot, &shape) in case.operands.iter().enumerate() {
        let row = shape.last().copied().unwrap_or(1).max(1);
        let hot = random.below(row);
        let mut draw = |i: usize| match domain(case.op, slot) {
            Domain::Any => random.between(-1.5, 1.5),
            Domain::Positive => random.between(0.5, 2.0),
            Domain::AwayFromZero => {
                random.between(0.5, 2.0) * if random.below(2) == 0 { 1.0 } else { -1.0 }
            }
            Domain::Unit => random.between(0.3, 0.7),
            Domain::Apart => apart.pop().unwrap_or_default(),
            Domain::OneHot => f64::from(u8::from(i % row == hot)),
            Domain::Class => random.below(3) as f64,
        };
        let value = (0..count(shape)).map(&mut draw).collect();
        operands.push(input(&mut graph, shape, value));
    }
    let shape = graph.shapes.intern(&case.output);
    let y = graph.push(case.op, shape, &operands, Origin::default());
    Gate { graph, operands, y }
}

pub fn len(graph: &Graph, node: NodeId) -> usize {
    graph.shape(node).iter().product()
}

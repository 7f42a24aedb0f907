//! A plan computes what its gates say one by one, to the last bit, in whatever
//! order it computes them and however their operands lie.

mod support;

use backflow_core::build::Builder;
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::op::{Op, Relation, extreme};
use backflow_core::plan::Plan;
use backflow_core::shape::{Axes, Cut, ShapeId};
use proptest::prelude::*;
use support::{Ran, Random, input};

/// Numbers of all kinds.
const NUMBERS: [f64; 10] = [
    0.5,
    -1.25,
    3.0,
    0.0,
    -0.0,
    1e300,
    -7.0,
    f64::INFINITY,
    f64::NAN,
    0.1,
];

/// Gates of numbers: the operation and how many operands.
const GATES: [(Op, usize); 24] = [
    (Op::Add, 2),
    (Op::Add, 2),
    (Op::Mul, 2),
    (Op::Mul, 2),
    (Op::Sub, 2),
    (Op::Div, 2),
    (Op::Neg, 1),
    (Op::Square, 1),
    (Op::Sin, 1),
    (Op::Exp, 1),
    (Op::Tanh, 1),
    (Op::Reshape, 1),
    (Op::Detach, 1),
    (Op::Pow, 2),
    (Op::Mask, 2),
    (Op::Tie, 2),
    (Op::Compare(Relation::Less), 2),
    (Op::Where, 3),
    (Op::Clip, 3),
    (Op::Add, 3),
    (Op::Add, 9),
    (Op::Maximum, 2),
    (Op::Minimum, 4),
    (Op::Winner(1, false), 3),
];

/// One element of an elementwise gate, from those of its operands.
fn element(op: Op, x: &[f64]) -> f64 {
    let fold = |f: fn(f64, f64) -> f64| x[1..].iter().fold(x[0], |so_far, &x| f(so_far, x));
    match op {
        Op::Add => fold(|a, b| a + b),
        Op::Maximum => fold(|a, b| extreme(false, a, b)),
        Op::Minimum => fold(|a, b| extreme(true, a, b)),
        Op::Reshape => x[0],
        Op::Winner(slot, least) => {
            let own = x[slot as usize];
            if x.iter().any(|&x| if least { x < own } else { x > own }) {
                0.0
            } else {
                1.0 / x.iter().filter(|&&x| x == own).count().max(1) as f64
            }
        }
        op => {
            let one = op.of_one().map(|f| f(x[0]));
            let two = op.of_two().map(|f| f(x[0], x[1]));
            let three = op.of_three().map(|f| f(x[0], x[1], x[2]));
            one.or(two).or(three).expect("an elementwise operation")
        }
    }
}

/// Every node's value, gate by gate in the order of the graph.
fn one_by_one(graph: &Graph) -> Vec<Vec<f64>> {
    let mut values: Vec<Vec<f64>> = Vec::new();
    for node in graph.nodes() {
        let size: usize = graph.shape(node).iter().product();
        let value = if let Some(x) = graph.constant(node) {
            vec![x; size]
        } else if let Some(input) = graph.inputs().iter().find(|input| input.node == node) {
            input.value.to_vec()
        } else {
            let operands: Vec<NodeId> = graph.operands(node).collect();
            let each = (0..size).map(|i| {
                let x: Vec<f64> = operands.iter().map(|x| values[x.index()][i]).collect();
                element(graph.node(node).op, &x)
            });
            each.collect()
        };
        values.push(value);
    }
    values
}

fn assert_same_bits(graph: &Graph) {
    let ran = Ran::new(graph);
    for (node, expected) in graph.nodes().zip(one_by_one(graph)) {
        let same = ran
            .value(node)
            .iter()
            .zip(&expected)
            .all(|(got, x)| got.to_bits() == x.to_bits() || got.is_nan() && x.is_nan());
        let op = graph.node(node).op;
        assert!(same, "{op:?}: {:?}, not {expected:?}", ran.value(node));
    }
}

/// A graph of elementwise gates of one shape, whose operands are any nodes among
/// the last so many.
fn random(seed: u64, shape: &[usize], inputs: usize, gates: usize, reach: usize) -> Graph {
    let (mut graph, mut random) = (Graph::default(), Random(seed));
    let size = shape.iter().product();
    let mut nodes: Vec<NodeId> = (0..inputs)
        .map(|_| {
            let value = (0..size).map(|_| NUMBERS[random.below(NUMBERS.len())]);
            let value = value.collect();
            input(&mut graph, shape, value)
        })
        .collect();
    let shape = graph.shapes.intern(shape);
    for constant in [2.0, 0.5] {
        nodes.push(graph.push_constant(constant, shape, Origin::default()));
    }
    for _ in 0..gates {
        let (op, arity) = GATES[random.below(GATES.len())];
        let first = nodes.len().saturating_sub(reach);
        let operands: Vec<NodeId> = (0..arity)
            .map(|_| nodes[first + random.below(nodes.len() - first)])
            .collect();
        nodes.push(graph.push(op, shape, &operands, Origin::default()));
    }
    graph
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn wide_graphs_of_numbers(seed: u64, inputs in 1..20usize, gates in 0..600usize) {
        assert_same_bits(&random(seed, &[], inputs, gates, usize::MAX));
    }

    #[test]
    fn long_graphs_of_numbers(seed: u64, gates in 0..600usize, reach in 1..5usize) {
        assert_same_bits(&random(seed, &[1, 1], 2, gates, reach));
    }

    #[test]
    fn graphs_of_whole_values(seed: u64, rows in 0..5usize, columns in 1..7usize) {
        assert_same_bits(&random(seed, &[rows, columns], 3, 60, 12));
    }

    /// Layers of like gates: every gate of a layer does the same to operands at
    /// places that go on evenly, backwards, stand still, or start anew each row.
    #[test]
    fn layers_of_numbers(seed: u64, width in 1..70usize, layers in 1..6usize) {
        let (mut graph, mut random) = (Graph::default(), Random(seed));
        let mut all: Vec<NodeId> = (0..width)
            .map(|_| input(&mut graph, &[], vec![NUMBERS[random.below(NUMBERS.len())]]))
            .collect();
        for _ in 0..layers {
            let (op, arity) = GATES[random.below(GATES.len())];
            let count = all.len();
            let row = 1 + random.below(2 * width);
            // Where each operand starts, and how it goes on.
            let places: Vec<[usize; 3]> = (0..arity)
                .map(|_| [random.below(count), random.below(4), random.below(3)])
                .collect();
            for i in 0..2 * width {
                let operands: Vec<NodeId> = places
                    .iter()
                    .map(|&[start, step, down]| {
                        let step = [0, 1, 2, count - 1][step];
                        all[(start + step * (i % row) + down * (i / row)) % count]
                    })
                    .collect();
                all.push(graph.push(op, ShapeId::SCALAR, &operands, Origin::default()));
            }
        }
        assert_same_bits(&graph);
    }

    /// Many sums of products, as a layer of a network has them at many points: like
    /// products lie side by side in the order of the sums.
    #[test]
    fn sums_of_products(
        seed: u64,
        points in 1..12usize,
        width in 1..20usize,
        terms in 2..9usize,
        chained: bool,
        turned: bool,
    ) {
        let (mut graph, mut random) = (Graph::default(), Random(seed));
        let mut numbers = |count: usize| -> Vec<NodeId> {
            let number = |_| input(&mut graph, &[], vec![random.between(-1.0, 1.0)]);
            (0..count).map(number).collect()
        };
        let (weights, values) = (numbers(terms * width), numbers(points * terms));
        let mut push = |op, x: &[NodeId]| graph.push(op, ShapeId::SCALAR, x, Origin::default());
        let mut sums: Vec<Vec<NodeId>> = Vec::new();
        for point in 0..points {
            for j in 0..width {
                let product = |k| {
                    let weight = if turned { j * terms + k } else { k * width + j };
                    [weights[weight], values[point * terms + k]]
                };
                let products: Vec<NodeId> =
                    (0..terms).map(|k| push(Op::Mul, &product(k))).collect();
                if chained {
                    let first = products[0];
                    products[1..].iter().fold(first, |sum, &x| push(Op::Add, &[sum, x]));
                } else {
                    push(Op::Add, &products);
                }
                sums.push(products);
            }
        }
        assert_same_bits(&graph);
        if sums.len() >= 8 {
            let plan = Plan::new(&graph);
            for k in 0..terms {
                let places: Vec<usize> = sums.iter().map(|sum| plan.offset(sum[k])).collect();
                let side_by_side = places.windows(2).all(|pair| pair[1] == pair[0] + 1);
                prop_assert!(side_by_side, "term {}: {:?}", k, places);
            }
        }
    }

    /// Every element of a permuted value comes from where it should, in any rank.
    #[test]
    fn axes_in_another_order(seed: u64, sizes in proptest::collection::vec(1..12usize, 1..6)) {
        let mut random = Random(seed);
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        let size: usize = sizes.iter().product();
        prop_assume!(size < 20_000);
        let mut graph = Graph::default();
        let x = input(&mut graph, &sizes, (0..size).map(|i| i as f64).collect());
        let id = graph.shapes.intern_permutation(&order);
        let y = Builder::new(&mut graph).permute(id, x);
        let ran = Ran::new(&graph);
        let shape = graph.shape(y).to_vec();
        for (at, &got) in ran.value(y).iter().enumerate() {
            let mut rest = at;
            let mut place = vec![0; sizes.len()];
            for axis in (0..shape.len()).rev() {
                place[order[axis]] = rest % shape[axis];
                rest /= shape[axis];
            }
            let from = place.iter().zip(&sizes).fold(0, |from, (i, size)| from * size + i);
            prop_assert_eq!(got, from as f64);
        }
    }

    /// Sums over any axes and copies along them.
    #[test]
    fn sums_and_copies(seed: u64, sizes in proptest::collection::vec(1..7usize, 0..5), set: u32) {
        let axes: Axes = (0..sizes.len()).filter(|axis| set & (1 << axis) != 0).collect();
        let size: usize = sizes.iter().product();
        let mut graph = Graph::default();
        let x = input(&mut graph, &sizes, Random(seed).direction(size));
        let shape = graph.node(x).shape;
        let mut b = Builder::new(&mut graph);
        let sum = b.sum(axes, x);
        let copies = b.broadcast(axes, shape, sum);
        let ran = Ran::new(&graph);
        let kept = |at: usize| {
            let (mut rest, mut place, mut stride) = (at, 0, 1);
            for axis in (0..sizes.len()).rev() {
                if !axes.contains(axis) {
                    place += rest % sizes[axis] * stride;
                    stride *= sizes[axis];
                }
                rest /= sizes[axis];
            }
            place
        };
        let mut expected = vec![0.0; ran.value(sum).len()];
        for (at, x) in ran.value(x).iter().enumerate() {
            expected[kept(at)] += x;
        }
        prop_assert_eq!(ran.value(sum), &expected[..]);
        for (at, &copy) in ran.value(copies).iter().enumerate() {
            prop_assert_eq!(copy, expected[kept(at)]);
        }
    }

    /// What is cut out and put back is where it was, and zeros elsewhere.
    #[test]
    fn cuts(seed: u64, sizes in proptest::collection::vec(1..9usize, 1..4)) {
        let mut random = Random(seed);
        let cuts: Vec<Cut> = sizes
            .iter()
            .map(|&size| {
                let step = 1 + random.below(3);
                let count = random.below(size.div_ceil(step) + 1);
                let run = Cut { start: 0, step: step as isize, count };
                let back = Cut { start: size - 1, step: -(step as isize), count };
                if random.below(2) == 0 { run } else { back }
            })
            .collect();
        let size: usize = sizes.iter().product();
        let mut graph = Graph::default();
        let x = input(&mut graph, &sizes, (1..=size).map(|i| i as f64).collect());
        let shape = graph.node(x).shape;
        let mut b = Builder::new(&mut graph);
        let cut = b.slice(&cuts, x);
        let put = b.scatter(&cuts, shape, cut);
        let ran = Ran::new(&graph);
        let mut left: Vec<f64> = ran.value(cut).to_vec();
        for (at, &got) in ran.value(put).iter().enumerate() {
            let mut rest = at;
            let inside = (0..sizes.len()).rev().all(|axis| {
                let place = rest % sizes[axis];
                rest /= sizes[axis];
                (0..cuts[axis].count).any(|i| cuts[axis].place(i) == place)
            });
            prop_assert_eq!(got, if inside { at as f64 + 1.0 } else { 0.0 });
            if inside {
                let found = left.iter().position(|&x| x == got);
                prop_assert!(found.is_some());
                left.swap_remove(found.unwrap_or_default());
            }
        }
        prop_assert!(left.is_empty());
    }
}

/// More gates of one kind than a block holds, each of many operands.
#[test]
fn many_sums_of_many_numbers() {
    for scattered in [false, true] {
        let (mut graph, mut random) = (Graph::default(), Random(5));
        let inputs: Vec<NodeId> = (0..1500)
            .map(|_| {
                let x = random.between(-1.0, 1.0);
                input(&mut graph, &[], vec![x])
            })
            .collect();
        for i in 0..1200 {
            let operands: Vec<NodeId> = (0..7)
                .map(|k| {
                    inputs[if scattered {
                        random.below(1500)
                    } else {
                        i + 40 * k
                    }]
                })
                .collect();
            graph.push(Op::Add, ShapeId::SCALAR, &operands, Origin::default());
        }
        assert_same_bits(&graph);
    }
}

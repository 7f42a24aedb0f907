//! What rounding does to a number, found by trying.
//!
//! Every result is as good as one a last place beside it. So a graph is copied
//! with a factor of 1 behind everything that rounds, and run again with factors a
//! last place above or below 1, at random: by how much the numbers asked for
//! change is how far they can be trusted, whatever cancelled on the way
//! (D. S. Parker's *Monte Carlo arithmetic*, 1997). No derivative is asked, so
//! that a wrong one cannot hide itself.

use super::random::Random;
use crate::definition::stops;
use crate::graph::{Graph, NodeId, Origin};
use crate::modes::tape::Tape;
use crate::op::{Domain, Op};

/// How often a number is shaken.
const SAMPLES: usize = 4;

/// A graph whose numbers can be shaken.
#[derive(Clone, Debug)]
pub struct Shaken {
    tape: Tape,
    places: Vec<[NodeId; 2]>,
    factors: Vec<NodeId>,
    summands: Vec<NodeId>,
    random: Random,
}

impl Shaken {
    /// A copy of a graph, whose inputs are shaken too if what sums them up is part of
    /// it; none if it takes too much memory.
    pub fn new(graph: &Graph, inputs: bool) -> Option<Self> {
        let mut new = graph.emptied();
        let mut places: Vec<[NodeId; 2]> = Vec::with_capacity(graph.len());
        let (mut factors, mut summands) = (Vec::new(), Vec::new());
        let mut operands = Vec::new();
        for node in graph.nodes() {
            let (op, shape) = (graph.node(node).op, graph.node(node).shape);
            operands.clear();
            operands.extend(graph.operands(node).enumerate().map(|(slot, x)| {
                let [own, shaken] = places[x.index()];
                if decides(op, slot) { own } else { shaken }
            }));
            let own = new.push_copy(graph, node, &operands);
            let count: usize = graph.shape(node).iter().product();
            let mut shaken = own;
            if meets_one(op) {
                let zeros = new.push_input(shape, vec![0.0; count].into(), Origin::default());
                summands.push(zeros);
                shaken = new.push(Op::Add, shape, &[shaken, zeros], Origin::default());
            }
            if rounds(op) && (inputs || !matches!(op, Op::Input(_))) {
                let ones = new.push_input(shape, vec![1.0; count].into(), Origin::default());
                factors.push(ones);
                shaken = new.push(Op::Mul, shape, &[shaken, ones], Origin::default());
            }
            places.push([own, shaken]);
        }
        Some(Self {
            tape: Tape::derived(new).ok()?,
            places,
            factors,
            summands,
            random: Random(0),
        })
    }

    /// An element of an input.
    pub fn element(&mut self, input: NodeId, index: usize) -> &mut f64 {
        &mut self.tape.value_mut(self.places[input.index()][0])[index]
    }

    /// A node's value as last shaken.
    pub fn value(&self, node: NodeId) -> &[f64] {
        self.tape.value(self.places[node.index()][1])
    }

    /// How far rounding takes a number that is made of values: infinitely far where
    /// these are not finite.
    pub fn spread(&mut self, of: &dyn Fn(&Self) -> f64) -> f64 {
        self.shake(0.0);
        let middle = of(self);
        let mut most: f64 = 0.0;
        for _ in 0..SAMPLES {
            self.shake(f64::EPSILON);
            let apart = (of(self) - middle).abs();
            most = if apart.is_finite() {
                most.max(apart)
            } else {
                f64::INFINITY
            };
        }
        most
    }

    /// Runs with every factor off by so much, up or down.
    fn shake(&mut self, by: f64) {
        for (list, middle) in [(&self.factors, 1.0), (&self.summands, 0.0)] {
            for &node in list {
                for slot in self.tape.value_mut(node) {
                    *slot = middle + if self.random.coin() { by } else { -by };
                }
            }
        }
        self.tape.run();
    }
}

/// Whether an operand decides rather than computes: a last place more in it is
/// another case.
fn decides(op: Op, slot: usize) -> bool {
    let domain = op.domain(slot);
    matches!(
        op,
        Op::Compare(_) | Op::Step | Op::Sign | Op::Tie | Op::Winner(..)
    ) || matches!(domain, Some(Domain::OneHot | Domain::Class))
}

/// Whether the result is one of many near it. An input is exact, but what sums its
/// elements up rounds in between.
fn rounds(op: Op) -> bool {
    !matches!(
        op,
        Op::Constant(_)
            | Op::Neg
            | Op::Detach
            | Op::Broadcast(_)
            | Op::Reshape
            | Op::Permute(_)
            | Op::Slice(_)
            | Op::Scatter(_)
            | Op::Take(_)
            | Op::Concat(_)
    ) && !stops(op)
}

/// Whether a number near 1 comes up on the way, whose last place is more than that
/// of the result.
fn meets_one(op: Op) -> bool {
    matches!(op, Op::LogSumExp(_) | Op::LogSoftmax(_) | Op::CrossEntropy)
}

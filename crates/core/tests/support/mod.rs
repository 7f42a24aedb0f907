//! Graphs built by hand, random numbers that are the same every time, and
//! derivatives by differences.

#![allow(dead_code, reason = "not every test needs all of it")]

pub mod evaluate;
pub mod point;
pub mod programs;
pub mod said;
pub mod smooth;
pub mod table;
pub mod taught;

use backflow_core::build::Builder;
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::plan::Plan;
use backflow_core::shape::Axes;

/// Random numbers: `SplitMix64`.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number between two.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number below one.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Numbers from −1 to 1.
    pub fn direction(&mut self, len: usize) -> Vec<f64> {
        (0..len).map(|_| self.between(-1.0, 1.0)).collect()
    }
}

/// Appends an input of a shape.
pub fn input(graph: &mut Graph, shape: &[usize], value: Vec<f64>) -> NodeId {
    let shape = graph.shapes.intern(shape);
    graph.push_input(shape, value.into(), Origin::default())
}

/// Appends the inner product of pairs of nodes of like shape.
pub fn inner(graph: &mut Graph, pairs: &[(NodeId, NodeId)]) -> NodeId {
    let mut b = Builder::new(graph);
    let terms: Vec<NodeId> = pairs
        .iter()
        .map(|&(u, v)| {
            let product = b.mul(u, v);
            let axes = Axes::all(b.graph.shape(product).len());
            b.sum(axes, product)
        })
        .collect();
    b.sum_of(&terms)
}

/// A graph that has been run.
pub struct Ran {
    pub plan: Plan,
    pub arena: Vec<f64>,
    lengths: Vec<usize>,
}

impl Ran {
    pub fn new(graph: &Graph) -> Self {
        let plan = Plan::new(graph);
        let mut arena = plan.arena(graph);
        plan.run(&mut arena);
        let lengths = graph.nodes().map(|node| graph.shape(node).iter().product());
        Self {
            plan,
            arena,
            lengths: lengths.collect(),
        }
    }

    pub fn value(&self, node: NodeId) -> &[f64] {
        &self.arena[self.plan.offset(node)..][..self.lengths[node.index()]]
    }

    /// A node's values with inputs moved by a multiple of a direction.
    pub fn moved(&self, node: NodeId, direction: &[(NodeId, Vec<f64>)], by: f64) -> Vec<f64> {
        let mut arena = self.arena.clone();
        for (input, step) in direction {
            for (slot, u) in arena[self.plan.offset(*input)..].iter_mut().zip(step) {
                *slot += by * u;
            }
        }
        self.plan.run(&mut arena);
        arena[self.plan.offset(node)..][..self.lengths[node.index()]].to_vec()
    }

    /// The derivative of a node along a direction of the inputs, by the central
    /// difference of fourth order: its error is some h⁴ of a fifth derivative
    /// and the last place over h, both near 1e-12 at h = 1e-3.
    pub fn difference(&self, node: NodeId, direction: &[(NodeId, Vec<f64>)]) -> Vec<f64> {
        let h = 1e-3;
        let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|by| self.moved(node, direction, by * h));
        (0..a.len())
            .map(|i| (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * h))
            .collect()
    }
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Panics unless two numbers differ by less than a part of their size.
pub fn assert_close(what: &str, got: f64, expected: f64, size: f64, tolerance: f64) {
    assert!(
        is_close(got, expected, size, tolerance),
        "{what}: {got}, not {expected}"
    );
}

/// Whether two numbers differ by less than a part of their size.
pub fn is_close(got: f64, expected: f64, size: f64, tolerance: f64) -> bool {
    let size = size.max(got.abs()).max(expected.abs()).max(1.0);
    (got - expected).abs() <= tolerance * size
}

//! The order in which a plan computes a graph: by levels, and within a level by
//! what is done, so that many like gates are one run of the tape.

use super::gates::{self, Arithmetic};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::ShapeId;
use rustc_hash::FxHashMap;

/// What is computed, from how many operands.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub arithmetic: Arithmetic,
    pub arity: u32,
}

impl Kind {
    /// Whether [`gates::chain`] can compute it.
    pub fn is_simple(self) -> bool {
        use Arithmetic::{AddMany, Three, Winner};
        self.arity <= 2 && !matches!(self.arithmetic, AddMany | Three(_) | Winner(..))
    }
}

/// The kind of inputs and constants, which are not computed.
pub const LEAF: u32 = 0;
/// The kind of everything that is more than one number.
pub const STEP: u32 = 1;

/// Every node, sorted by level, kind and use.
pub struct Order {
    /// The kinds there are.
    pub kinds: Vec<Kind>,
    /// Operands of all nodes, one node after the other.
    operands: Vec<u32>,
    /// Where each node's operands begin.
    first: Vec<u32>,
    nodes: Vec<u32>,
    levels: Vec<u32>,
    kind_of: Vec<u32>,
    roles: Vec<u32>,
    /// How many roles there are.
    pub role_count: usize,
}

impl Order {
    /// Linear in the size of the graph.
    pub fn new(graph: &Graph) -> Self {
        let count = graph.len();
        // The first two are of no number. The most frequent come next: they need
        // not be looked up.
        let frequent = [
            Arithmetic::Copy,
            Arithmetic::Copy,
            Arithmetic::Add,
            Arithmetic::Mul,
        ];
        let arity = 2;
        let mut order = Self {
            kinds: frequent.map(|arithmetic| Kind { arithmetic, arity }).into(),
            operands: Vec::with_capacity(graph.edge_count()),
            first: Vec::with_capacity(count),
            nodes: Vec::new(),
            levels: Vec::with_capacity(count),
            kind_of: Vec::with_capacity(count),
            roles: Vec::new(),
            role_count: 0,
        };
        let mut known: FxHashMap<(Op, u32), u32> = FxHashMap::default();
        for node in graph.nodes() {
            let first = order.operands.len();
            order.first.push(first as u32);
            let operands = graph.operands(node).map(|x| x.index() as u32);
            order.operands.extend(operands);
            let levels = order.operands[first..].iter();
            let levels = levels.map(|&x| order.levels[x as usize] + 1);
            let level = levels.max().unwrap_or(0);
            order.levels.push(level);
            let arity = (order.operands.len() - first) as u32;
            let op = gates::operation(graph, node);
            let kind = if arity == 0 {
                LEAF
            } else if !is_number(graph, node) {
                STEP
            } else if op == Op::Add && arity == 2 {
                2
            } else if op == Op::Mul {
                3
            } else if let Some(&kind) = known.get(&(op, arity)) {
                kind
            } else if let Some(arithmetic) = Arithmetic::of(op, arity) {
                order.kinds.push(Kind { arithmetic, arity });
                let kind = order.kinds.len() as u32 - 1;
                known.insert((op, arity), kind);
                kind
            } else {
                STEP
            };
            order.kind_of.push(kind);
        }
        order.sort();
        order.find_roles();
        order
    }

    fn sort(&mut self) {
        let nodes = self.as_used();
        let kinds = self.kinds.len();
        let levels = self.levels.iter().max().map_or(0, |&level| level as usize) + 1;
        self.nodes = if levels.saturating_mul(kinds) <= 2 * nodes.len() {
            let keys = self.levels.iter().zip(&self.kind_of);
            let keys: Vec<u32> = keys.map(|(l, k)| l * kinds as u32 + k).collect();
            sorted(&nodes, &keys)
        } else {
            sorted(&sorted(&nodes, &self.kind_of), &self.levels)
        };
    }

    /// The nodes in the order in which they are used: terms as their sums are. What
    /// is no gate of numbers, or not used, is where it was.
    fn as_used(&self) -> Vec<u32> {
        let count = self.levels.len();
        let mut nodes = Vec::with_capacity(count);
        let mut listed = vec![false; count];
        let mut list = |node: u32| {
            if !std::mem::replace(&mut listed[node as usize], true) {
                nodes.push(node);
            }
        };
        for node in 0..count {
            for &operand in self.operands_of(node) {
                if self.kind_of[operand as usize] > STEP {
                    list(operand);
                }
            }
            if self.kind_of[node] <= STEP {
                list(node as u32);
            }
        }
        (0..count as u32).for_each(list);
        nodes
    }

    /// Numbers what nodes are to others: the place of an operand in a run.
    fn find_roles(&mut self) {
        let mut first = vec![0u32; self.levels.len()];
        // Of what nothing is made.
        let mut next = 1;
        for (kind, nodes) in self.runs() {
            for &node in nodes {
                first[node as usize] = next;
            }
            next += self.kinds[kind as usize].arity;
        }
        let mut roles = vec![0; self.levels.len()];
        for (node, &first) in first.iter().enumerate().rev() {
            let most = self.kinds[self.kind_of[node] as usize].arity - 1;
            for (place, &operand) in (0..).zip(self.operands_of(node)) {
                roles[operand as usize] = first + most.min(place);
            }
        }
        self.roles = roles;
        self.role_count = next as usize;
    }

    /// The operands of a node.
    fn operands_of(&self, node: usize) -> &[u32] {
        let end = self.first.get(node + 1);
        let end = end.map_or(self.operands.len(), |&end| end as usize);
        &self.operands[self.first[node] as usize..end]
    }

    /// What a node is to the first that is made of it: which operand in which run.
    /// The same number for all that are the same.
    pub fn role(&self, node: u32) -> u32 {
        self.roles[node as usize]
    }

    /// The nodes as runs: of one level and kind each.
    pub fn runs(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let key = |node: u32| (self.levels[node as usize], self.kind_of[node as usize]);
        let runs = self.nodes.chunk_by(move |&a, &b| key(a) == key(b));
        runs.map(|run| (self.kind_of[run[0] as usize], run))
    }

    /// An operand of a node.
    pub fn operand(&self, node: u32, place: usize) -> u32 {
        self.operands[self.first[node as usize] as usize + place]
    }
}

fn is_number(graph: &Graph, node: NodeId) -> bool {
    graph.node(node).shape == ShapeId::SCALAR || graph.shape(node).iter().all(|&size| size == 1)
}

/// Nodes sorted by a key, those of the same key as they were: by counting.
fn sorted(nodes: &[u32], keys: &[u32]) -> Vec<u32> {
    let most = keys.iter().max().map_or(0, |&key| key as usize);
    let mut places = vec![0u32; most + 2];
    for &key in keys {
        places[key as usize + 1] += 1;
    }
    for key in 1..places.len() {
        places[key] += places[key - 1];
    }
    let mut sorted = vec![0; nodes.len()];
    for &node in nodes {
        let place = &mut places[keys[node as usize] as usize];
        sorted[*place as usize] = node;
        *place += 1;
    }
    sorted
}

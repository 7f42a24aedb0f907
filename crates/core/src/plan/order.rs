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

/// The kind of inputs and constants, which are not computed.
pub const LEAF: u32 = 0;
/// The kind of everything that is more than one number.
pub const STEP: u32 = 1;

/// Every node, sorted by level, kind and index.
pub struct Order {
    /// The kinds there are.
    pub kinds: Vec<Kind>,
    nodes: Vec<u32>,
    levels: Vec<u32>,
    kind_of: Vec<u32>,
}

impl Order {
    /// Linear in the size of the graph.
    pub fn new(graph: &Graph) -> Self {
        let mut order = Self {
            kinds: Vec::new(),
            nodes: (0..graph.len() as u32).collect(),
            levels: Vec::with_capacity(graph.len()),
            kind_of: Vec::with_capacity(graph.len()),
        };
        let mut known: FxHashMap<(Op, u32), u32> = FxHashMap::default();
        // The first two are of no number. The most frequent come next: they need
        // not be looked up.
        let frequent = [
            Arithmetic::Copy,
            Arithmetic::Copy,
            Arithmetic::Add,
            Arithmetic::Mul,
        ];
        let arity = 2;
        order.kinds = frequent.map(|arithmetic| Kind { arithmetic, arity }).into();
        for node in graph.nodes() {
            let operands = graph.operands(node);
            let levels = operands.map(|x| order.levels[x.index()] + 1);
            let level = levels.max().unwrap_or(0);
            order.levels.push(level);
            let arity = graph.arity(node) as u32;
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
        order.nodes = sorted(&order.nodes, &order.kind_of);
        order.nodes = sorted(&order.nodes, &order.levels);
        order
    }

    /// The nodes as runs: of one level and kind each.
    pub fn runs(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let key = |node: u32| (self.levels[node as usize], self.kind_of[node as usize]);
        let runs = self.nodes.chunk_by(move |&a, &b| key(a) == key(b));
        runs.map(|run| (self.kind_of[run[0] as usize], run))
    }
}

/// Puts the gates of a run in an order in which their operands are likely to lie
/// evenly: those together whose operands come from the same runs. `made_by` says
/// for every node which run it comes from.
pub fn alike(graph: &Graph, gates: &[u32], made_by: &[u32], like: &mut Vec<u32>) {
    /// With more sources than this the run stays as it is.
    const MOST: usize = 8;
    like.clear();
    let source = |gate: u32| {
        let gate = NodeId::new(gate as usize);
        let source = |place| made_by[graph.operand(gate, place).index()];
        (source(0), source(graph.arity(gate) - 1))
    };
    let mut sources = Vec::new();
    if gates.len() > MOST {
        for &gate in gates {
            let source = source(gate);
            if sources.last() != Some(&source) && !sources.contains(&source) {
                sources.push(source);
                if sources.len() > MOST {
                    break;
                }
            }
        }
    }
    if (2..=MOST).contains(&sources.len()) {
        for which in sources {
            like.extend(gates.iter().filter(|&&gate| source(gate) == which));
        }
    } else {
        like.extend(gates);
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

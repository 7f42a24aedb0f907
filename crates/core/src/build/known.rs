//! The nodes that a builder finds again instead of appending them twice.

use crate::graph::{Graph, NodeId, Origin};
use crate::op::Op;
use crate::shape::ShapeId;
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// The nodes of a graph that a builder finds again.
#[derive(Clone, Debug, Default)]
pub struct Known {
    nodes: Table,
    constants: FxHashMap<(u64, ShapeId), NodeId>,
}

impl Known {
    /// Knows every node of a graph.
    pub fn all(graph: &Graph) -> Self {
        let mut known = Self::default();
        known.nodes.reserve(graph.len());
        for node in graph.nodes() {
            let shape = graph.node(node).shape;
            if let Some(value) = graph.constant(node) {
                known
                    .constants
                    .entry((value.to_bits(), shape))
                    .or_insert(node);
            }
            if let Some(key) = key_of(graph, node) {
                let hash = key.hash();
                if known.nodes.find(hash, |x| key.is(graph, x)).is_none() {
                    known.nodes.insert(hash, node);
                }
            }
        }
        known
    }

    /// Forgets a node, which is then appended anew when it is asked for.
    pub fn forget(&mut self, graph: &Graph, node: NodeId) {
        if let Some(key) = key_of(graph, node) {
            self.nodes.remove(key.hash(), node);
        }
    }

    /// A number in every element of a shape, appended where it is not known.
    pub(super) fn constant(
        &mut self,
        graph: &mut Graph,
        value: f64,
        shape: ShapeId,
        origin: Origin,
    ) -> NodeId {
        *self
            .constants
            .entry((value.to_bits(), shape))
            .or_insert_with(|| graph.push_constant(value, shape, origin))
    }

    /// A gate, appended where it is not known.
    pub(super) fn node(
        &mut self,
        graph: &mut Graph,
        op: Op,
        shape: ShapeId,
        operands: &[NodeId],
        origin: Origin,
    ) -> NodeId {
        let Some(key) = key(op, shape, operands) else {
            return graph.push(op, shape, operands, origin);
        };
        let hash = key.hash();
        // What has an operand that nothing uses was not there before.
        let fresh = operands.iter().any(|&x| graph.is_unused(x));
        if !fresh && let Some(node) = self.nodes.find(hash, |x| key.is(graph, x)) {
            return node;
        }
        let node = graph.push(op, shape, operands, origin);
        self.nodes.insert(hash, node);
        node
    }
}

/// What a node of up to three operands is known by.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    op: Op,
    shape: ShapeId,
    operands: [NodeId; 3],
}

impl Key {
    /// Spread over all bits, in words of 32 bits too: the lowest choose the slot.
    fn hash(&self) -> u32 {
        let mut hasher = FxHasher::default();
        (self.op, self.shape).hash(&mut hasher);
        let mix = |hash: u64, x: u64| {
            let hash = (hash ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^ hash >> 32
        };
        let operands = self.operands.map(|x| x.index() as u64);
        operands.into_iter().fold(hasher.finish(), mix) as u32
    }

    fn is(&self, graph: &Graph, node: NodeId) -> bool {
        key_of(graph, node).as_ref() == Some(self)
    }
}

fn key(op: Op, shape: ShapeId, operands: &[NodeId]) -> Option<Key> {
    let none = NodeId::end();
    let operands = match *operands {
        [a] => [a, none, none],
        // Where the order does not matter, a·b is b·a.
        [a, b] if matches!(op, Op::Add | Op::Mul | Op::Tie) => [a.min(b), a.max(b), none],
        [a, b] => [a, b, none],
        [a, b, c] => [a, b, c],
        _ => return None,
    };
    Some(Key {
        op,
        shape,
        operands,
    })
}

fn key_of(graph: &Graph, node: NodeId) -> Option<Key> {
    let made = graph.node(node);
    let arity = graph.arity(node).min(4);
    let mut operands = [NodeId::end(); 4];
    for (place, operand) in operands.iter_mut().zip(graph.operands(node)) {
        *place = operand;
    }
    key(made.op, made.shape, &operands[..arity])
}

/// Nodes by the hashes of their keys, which stand in the graph: a quarter of what a
/// map with the keys in it takes.
#[derive(Clone, Debug, Default)]
struct Table(HashTable<Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    node: NodeId,
}

impl Entry {
    /// Both ends of the hash choose the slot.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl Table {
    fn reserve(&mut self, more: usize) {
        self.0.reserve(more, |entry| Entry::spread(entry.hash));
    }

    fn find(&self, hash: u32, is: impl Fn(NodeId) -> bool) -> Option<NodeId> {
        let same = |entry: &Entry| entry.hash == hash && is(entry.node);
        let found = self.0.find(Entry::spread(hash), same);
        found.map(|entry| entry.node)
    }

    fn insert(&mut self, hash: u32, node: NodeId) {
        let rehash = |entry: &Entry| Entry::spread(entry.hash);
        self.0
            .insert_unique(Entry::spread(hash), Entry { hash, node }, rehash);
    }

    fn remove(&mut self, hash: u32, node: NodeId) {
        let same = |entry: &Entry| entry.node == node;
        if let Ok(entry) = self.0.find_entry(Entry::spread(hash), same) {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Keys as programs have them take about as many slots as random ones would.
    #[test]
    fn hashes_spread() {
        const COUNT: usize = 1 << 16;
        fn node(at: usize) -> NodeId {
            NodeId::new(at)
        }
        for key in [
            |i| key(Op::Sin, ShapeId::SCALAR, &[node(i)]),
            |i| key(Op::Sin, ShapeId::SCALAR, &[node(4 * i)]),
            |i| key(Op::Sub, ShapeId::SCALAR, &[node(i), node(i + 1)]),
            |i| key(Op::Sub, ShapeId::SCALAR, &[node(3), node(i << 4)]),
            |i| key(Op::Sub, ShapeId::SCALAR, &[node(i % 256), node(i / 256)]),
            |i| key(Op::Where, ShapeId::SCALAR, &[node(i), node(i), node(7)]),
        ] as [fn(usize) -> Option<Key>; 6]
        {
            let mut taken = vec![false; COUNT];
            for i in 0..COUNT {
                taken[key(i).expect("a key").hash() as usize % COUNT] = true;
            }
            let count = taken.iter().filter(|&&taken| taken).count();
            // Of random ones 1 − 1/e.
            assert!(count > COUNT * 6 / 10, "{count} of {COUNT}");
        }
        let same = |op| key(op, ShapeId::SCALAR, &[node(1), node(2)]).map(|key| key.hash());
        assert_ne!(same(Op::Add), same(Op::Mul));
    }

    /// Against a map, with hashes of which many fall together.
    #[test]
    fn a_table_holds_what_a_map_holds() {
        let mut table = Table::default();
        let mut map = BTreeMap::new();
        let mut state = 1u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = state >> 22;
            // Few hashes, the last slots among them.
            let hash = (key % 61).wrapping_sub(30);
            let node = NodeId::new(key as usize);
            let found = table.find(hash, |x| x == node);
            assert_eq!(found.is_some(), map.contains_key(&key));
            if found.is_some() {
                table.remove(hash, node);
                map.remove(&key);
            } else {
                table.insert(hash, node);
                map.insert(key, hash);
            }
            assert_eq!(table.0.len(), map.len());
        }
        assert!(map.len() > 300, "{}", map.len());
        for (&key, &hash) in &map {
            let node = NodeId::new(key as usize);
            assert!(table.find(hash, |x| x == node) == Some(node));
        }
    }
}

//! The nodes that a builder finds again instead of appending them twice.

use crate::graph::{Graph, NodeId, Origin};
use crate::op::Op;
use crate::shape::ShapeId;
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
        if let Some(key) = key_of(graph, node)
            && let Some(at) = self.nodes.find(key.hash(), |x| x == node)
        {
            self.nodes.remove(at);
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
        if !fresh && let Some(at) = self.nodes.find(hash, |x| key.is(graph, x)) {
            return self.nodes.slots[at].node();
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
struct Table {
    /// As many as a power of two, or none.
    slots: Vec<Slot>,
    /// How many of them are not free.
    taken: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    /// The index of a node.
    node: u32,
}

impl Slot {
    const FREE: Self = Self {
        hash: 0,
        node: u32::MAX,
    };

    fn new(hash: u32, node: NodeId) -> Self {
        let node = node.index() as u32;
        Self { hash, node }
    }

    fn is_free(self) -> bool {
        self.node == u32::MAX
    }

    fn node(self) -> NodeId {
        NodeId::new(self.node as usize)
    }
}

impl Table {
    /// The slots in which a node of a hash may stand, in turn.
    fn path(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let count = self.slots.len();
        (0..count).map(move |step| (hash as usize).wrapping_add(step) & (count - 1))
    }

    fn find(&self, hash: u32, is: impl Fn(NodeId) -> bool) -> Option<usize> {
        let mut path = self.path(hash);
        let at = path.find(|&at| {
            let slot = self.slots[at];
            slot.is_free() || slot.hash == hash && is(slot.node())
        })?;
        (!self.slots[at].is_free()).then_some(at)
    }

    fn insert(&mut self, hash: u32, node: NodeId) {
        self.reserve(1);
        if let Some(at) = self.path(hash).find(|&at| self.slots[at].is_free()) {
            self.slots[at] = Slot::new(hash, node);
            self.taken += 1;
        }
    }

    fn remove(&mut self, at: usize) {
        // What stands behind it on a path moves up, so that no path breaks.
        let count = self.slots.len();
        let mut gap = at;
        for next in (1..count).map(|step| (at + step) & (count - 1)) {
            let slot = self.slots[next];
            if slot.is_free() {
                break;
            }
            let home = slot.hash as usize & (count - 1);
            // Whether its path comes by the gap.
            if next.wrapping_sub(home) & (count - 1) >= next.wrapping_sub(gap) & (count - 1) {
                self.slots[gap] = slot;
                gap = next;
            }
        }
        self.slots[gap] = Slot::FREE;
        self.taken -= 1;
    }

    /// Makes room for more: a quarter of the slots stays free.
    fn reserve(&mut self, more: usize) {
        let needed = (self.taken + more) * 4 / 3 + 1;
        if needed <= self.slots.len() {
            return;
        }
        let room = vec![Slot::FREE; needed.next_power_of_two().max(16)];
        for slot in std::mem::replace(&mut self.slots, room) {
            if !slot.is_free()
                && let Some(at) = self.path(slot.hash).find(|&at| self.slots[at].is_free())
            {
                self.slots[at] = slot;
            }
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
            if let Some(at) = found {
                table.remove(at);
                map.remove(&key);
            } else {
                table.insert(hash, node);
                map.insert(key, hash);
            }
            assert_eq!(table.taken, map.len());
        }
        assert!(map.len() > 300, "{}", map.len());
        for (&key, &hash) in &map {
            let node = NodeId::new(key as usize);
            assert!(table.find(hash, |x| x == node).is_some());
        }
    }
}

//! Appending derived nodes: what is constant folds, what is there already is shared.

use crate::graph::{Graph, NodeId, Origin};
use crate::op::Op;
use crate::shape::{self, Axes, ShapeId};
use rustc_hash::FxHashMap;

/// Appends nodes to a graph, each once.
pub struct Builder<'g> {
    /// The graph it appends to.
    pub graph: &'g mut Graph,
    /// The origin of what is appended next.
    pub origin: Origin,
    shared: FxHashMap<(Op, ShapeId, [NodeId; 2]), NodeId>,
    constants: FxHashMap<(u64, ShapeId), NodeId>,
}

impl<'g> Builder<'g> {
    /// A builder on a graph.
    pub fn new(graph: &'g mut Graph) -> Self {
        Self {
            graph,
            origin: Origin::default(),
            shared: FxHashMap::default(),
            constants: FxHashMap::default(),
        }
    }

    /// A number in every element of a shape.
    pub fn constant(&mut self, value: f64, shape: ShapeId) -> NodeId {
        let (graph, origin) = (&mut *self.graph, self.origin);
        *self
            .constants
            .entry((value.to_bits(), shape))
            .or_insert_with(|| graph.push_constant(value, shape, origin))
    }

    /// A number in every element of a node's shape.
    pub fn constant_like(&mut self, value: f64, node: NodeId) -> NodeId {
        self.constant(value, self.graph.node(node).shape)
    }

    fn is(&self, node: NodeId, value: f64) -> bool {
        self.graph.constant(node) == Some(value)
    }

    fn append(&mut self, op: Op, shape: ShapeId, operands: &[NodeId]) -> NodeId {
        let key = match *operands {
            [a] => (op, shape, [a, NodeId::end()]),
            [a, b] => (op, shape, [a, b]),
            _ => return self.graph.push(op, shape, operands, self.origin),
        };
        if let Some(&node) = self.shared.get(&key) {
            return node;
        }
        let node = self.graph.push(op, shape, operands, self.origin);
        self.shared.insert(key, node);
        node
    }

    fn one(&mut self, op: Op, a: NodeId) -> NodeId {
        let shape = self.graph.node(a).shape;
        if let (Some(f), Some(x)) = (op.of_one(), self.graph.constant(a)) {
            return self.constant(f(x), shape);
        }
        self.append(op, shape, &[a])
    }

    fn two(&mut self, op: Op, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.graph.node(a).shape;
        let constants = (self.graph.constant(a), self.graph.constant(b));
        if let (Some(f), (Some(x), Some(y))) = (op.of_two(), constants) {
            return self.constant(f(x, y), shape);
        }
        self.append(op, shape, &[a, b])
    }

    /// The sum of one or more nodes.
    pub fn sum_of(&mut self, terms: &[NodeId]) -> NodeId {
        match *terms {
            [a] => a,
            _ => self.append(Op::Add, self.graph.node(terms[0]).shape, terms),
        }
    }

    /// a − b
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.two(Op::Sub, a, b)
    }

    /// a · b
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.is(a, 1.0), self.is(b, 1.0)) {
            (true, _) => b,
            (_, true) => a,
            _ if self.is(b, -1.0) => self.neg(a),
            _ if self.is(a, -1.0) => self.neg(b),
            _ => self.two(Op::Mul, a, b),
        }
    }

    /// a / b
    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(b, 1.0) {
            return a;
        }
        self.two(Op::Div, a, b)
    }

    /// a to the power b
    pub fn pow(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match self.graph.constant(b) {
            Some(1.0) => a,
            // Of NaN too.
            Some(0.0) => self.constant_like(1.0, a),
            _ => self.two(Op::Pow, a, b),
        }
    }

    /// −a
    pub fn neg(&mut self, a: NodeId) -> NodeId {
        match self.graph.node(a).op {
            Op::Neg => self.graph.operand(a, 0),
            _ => self.one(Op::Neg, a),
        }
    }

    /// w · a, 0 where w is 0
    pub fn mask(&mut self, w: NodeId, a: NodeId) -> NodeId {
        match self.graph.constant(w) {
            Some(0.0) => self.constant_like(0.0, a),
            Some(_) => self.mul(w, a),
            None => self.two(Op::Mask, w, a),
        }
    }

    /// 1 where equal, else 0
    pub fn equal(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.two(Op::Equal, a, b)
    }

    /// log a, 0 where a = 0 and b ≥ 0
    pub fn pow_log(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.two(Op::PowLog, a, b)
    }

    /// cos a
    pub fn cos(&mut self, a: NodeId) -> NodeId {
        self.one(Op::Cos, a)
    }

    /// sin a
    pub fn sin(&mut self, a: NodeId) -> NodeId {
        self.one(Op::Sin, a)
    }

    /// 1 where a > 0, else 0
    pub fn step(&mut self, a: NodeId) -> NodeId {
        self.one(Op::Step, a)
    }

    /// The part of operand `slot` in being the extreme of `operands`.
    pub fn winner(&mut self, slot: u16, least: bool, operands: &[NodeId]) -> NodeId {
        let shape = self.graph.node(operands[0]).shape;
        self.append(Op::Winner(slot, least), shape, operands)
    }

    /// Matrix product over the last two axes.
    pub fn matmul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let mut sizes = self.graph.shape(a).to_vec();
        if let (Some(last), Some(&columns)) = (sizes.last_mut(), self.graph.shape(b).last()) {
            *last = columns;
        }
        let shape = self.graph.shapes.intern(&sizes);
        self.append(Op::Matmul, shape, &[a, b])
    }

    /// The last two axes exchanged.
    pub fn transpose(&mut self, a: NodeId) -> NodeId {
        let node = self.graph.node(a);
        if node.op == Op::Transpose {
            return self.graph.operand(a, 0);
        }
        let mut sizes = self.graph.shape(a).to_vec();
        let rank = sizes.len();
        sizes.swap(rank - 1, rank - 2);
        let shape = self.graph.shapes.intern(&sizes);
        self.append(Op::Transpose, shape, &[a])
    }

    /// Sum over axes, which go.
    pub fn sum(&mut self, axes: Axes, a: NodeId) -> NodeId {
        if axes.is_empty() {
            return a;
        }
        let sizes = shape::without(self.graph.shape(a), axes);
        let shape = self.graph.shapes.intern(&sizes);
        self.append(Op::Sum(axes), shape, &[a])
    }

    /// Copies along new axes, to a shape.
    pub fn broadcast(&mut self, axes: Axes, shape: ShapeId, a: NodeId) -> NodeId {
        match self.graph.constant(a) {
            _ if axes.is_empty() => a,
            Some(value) => self.constant(value, shape),
            None => self.append(Op::Broadcast(axes), shape, &[a]),
        }
    }

    /// The same elements in another shape.
    pub fn reshape(&mut self, shape: ShapeId, a: NodeId) -> NodeId {
        match self.graph.constant(a) {
            _ if self.graph.node(a).shape == shape => a,
            Some(value) => self.constant(value, shape),
            None => self.append(Op::Reshape, shape, &[a]),
        }
    }
}

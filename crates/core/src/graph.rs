//! The computational graph: gates and the operands that join them.
//!
//! Append-only, and index order is a topological order. What derives from a
//! graph (cotangents, tangents) is more of the same graph.

use crate::op::Op;
use crate::shape::{ShapeId, Shapes};
use crate::source::Span;
use petgraph::Direction;
use petgraph::graph::DiGraph;

/// A node of the graph.
pub type NodeId = petgraph::graph::NodeIndex<u32>;
/// One use of a node by a gate.
pub type EdgeId = petgraph::graph::EdgeIndex<u32>;

/// A gate, an input or a constant.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Shape of its value.
    pub shape: ShapeId,
    /// Where it comes from.
    pub origin: Origin,
    /// Its operands are the edges `first..first + arity`, in order.
    first: u32,
    arity: u32,
}

/// Where a node comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin {
    /// The source it was written in, or that its primal was written in.
    pub span: Span,
    /// The statement it belongs to: an index into the program's labels.
    pub label: u32,
    /// Why it is there.
    pub role: Role,
}

/// Why a node is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The program says so.
    #[default]
    Written,
    /// What was written needs it: a broadcast, a reshape.
    Implied,
    /// It serves the gradient with respect to a node.
    Cotangent(NodeId),
    /// It serves the tangent of a node.
    Tangent(NodeId),
}

/// An input: its value until it is edited, row-major.
#[derive(Clone, Debug)]
pub struct InputValue {
    /// Its node.
    pub node: NodeId,
    /// One number for every element.
    pub value: Box<[f64]>,
}

/// Gates and operands, and the tables they refer to.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    // The weight of an edge is the operand's place: petgraph lists edges newest
    // first, and `x * x` has two between the same nodes.
    net: DiGraph<Node, u32, u32>,
    /// Every shape.
    pub shapes: Shapes,
    inputs: Vec<InputValue>,
    constants: Vec<Constant>,
}

/// What a constant holds.
#[derive(Clone, Debug)]
enum Constant {
    /// One number in every element.
    Same(f64),
    /// A number for every element, row-major.
    Each(Box<[f64]>),
}

impl Graph {
    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.net.node_count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every node, operands first.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        self.net.node_indices()
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.net[id]
    }

    /// The sizes of a node's value.
    pub fn shape(&self, id: NodeId) -> &[usize] {
        self.shapes.get(self.net[id].shape)
    }

    /// The net itself, for petgraph's algorithms.
    pub fn net(&self) -> &DiGraph<Node, u32, u32> {
        &self.net
    }

    /// A node's operands, in order.
    pub fn operands(&self, id: NodeId) -> impl ExactSizeIterator<Item = NodeId> {
        let node = &self.net[id];
        let range = node.first as usize..(node.first + node.arity) as usize;
        self.net.raw_edges()[range]
            .iter()
            .map(petgraph::graph::Edge::source)
    }

    /// How many operands a node has.
    pub fn arity(&self, id: NodeId) -> usize {
        self.net[id].arity as usize
    }

    /// One operand; the slot must be less than the node's arity.
    pub fn operand(&self, id: NodeId, slot: usize) -> NodeId {
        self.net.raw_edges()[self.net[id].first as usize + slot].source()
    }

    /// The edge of one operand.
    pub fn operand_edge(&self, id: NodeId, slot: usize) -> EdgeId {
        EdgeId::new(self.net[id].first as usize + slot)
    }

    /// The uses of a node, the latest first.
    pub fn uses(&self, id: NodeId) -> impl Iterator<Item = EdgeId> {
        use petgraph::visit::EdgeRef;
        let edges = self.net.edges_directed(id, Direction::Outgoing);
        edges.map(|edge| edge.id())
    }

    /// Whether no gate uses a node.
    pub fn is_unused(&self, id: NodeId) -> bool {
        let first = self.net.first_edge(id, Direction::Outgoing);
        first.is_none()
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.net.edge_count()
    }

    /// The gate at the end of an edge, and which of its operands the edge is.
    pub fn user(&self, edge: EdgeId) -> (NodeId, usize) {
        let edge = &self.net.raw_edges()[edge.index()];
        (edge.target(), edge.weight as usize)
    }

    /// Appends a node.
    pub fn push(&mut self, op: Op, shape: ShapeId, operands: &[NodeId], origin: Origin) -> NodeId {
        let id = self.net.add_node(Node {
            op,
            shape,
            origin,
            first: self.net.edge_count() as u32,
            arity: operands.len() as u32,
        });
        for (slot, &operand) in operands.iter().enumerate() {
            self.net.add_edge(operand, id, slot as u32);
        }
        id
    }

    /// Appends an input.
    pub fn push_input(&mut self, shape: ShapeId, value: Box<[f64]>, origin: Origin) -> NodeId {
        let op = Op::Input(self.inputs.len() as u32);
        let node = self.push(op, shape, &[], origin);
        self.inputs.push(InputValue { node, value });
        node
    }

    /// Gives an input another value of its shape; false where that is not one.
    pub fn set_input(&mut self, node: NodeId, value: Box<[f64]>) -> bool {
        let Op::Input(index) = self.net[node].op else {
            return false;
        };
        let input = &mut self.inputs[index as usize];
        let fits = input.value.len() == value.len();
        if fits {
            input.value = value;
        }
        fits
    }

    /// Appends a constant: `value` in every element.
    pub fn push_constant(&mut self, value: f64, shape: ShapeId, origin: Origin) -> NodeId {
        let op = Op::Constant(self.constants.len() as u32);
        self.constants.push(Constant::Same(value));
        self.push(op, shape, &[], origin)
    }

    /// Appends a constant: a number for every element.
    pub fn push_table(&mut self, values: Box<[f64]>, shape: ShapeId, origin: Origin) -> NodeId {
        let op = Op::Constant(self.constants.len() as u32);
        self.constants.push(Constant::Each(values));
        self.push(op, shape, &[], origin)
    }

    /// A graph without nodes that has the same shapes.
    pub fn emptied(&self) -> Self {
        let shapes = self.shapes.clone();
        Self {
            shapes,
            ..Self::default()
        }
    }

    /// Appends a copy of another graph's node, whose shapes this graph has, with
    /// operands of this graph.
    pub fn push_copy(&mut self, of: &Self, id: NodeId, operands: &[NodeId]) -> NodeId {
        let node = of.node(id);
        let (shape, origin) = (node.shape, node.origin);
        match node.op {
            Op::Input(index) => {
                let value = of.inputs[index as usize].value.clone();
                self.push_input(shape, value, origin)
            }
            Op::Constant(index) => match &of.constants[index as usize] {
                Constant::Same(value) => self.push_constant(*value, shape, origin),
                Constant::Each(values) => self.push_table(values.clone(), shape, origin),
            },
            op => self.push(op, shape, operands, origin),
        }
    }

    /// The number a constant has in every element, if it has one.
    pub fn constant(&self, id: NodeId) -> Option<f64> {
        match self.net[id].op {
            Op::Constant(index) => match self.constants[index as usize] {
                Constant::Same(value) => Some(value),
                Constant::Each(_) => None,
            },
            _ => None,
        }
    }

    /// The elements of a constant that has not the same number in all.
    pub fn table(&self, id: NodeId) -> Option<&[f64]> {
        match self.net[id].op {
            Op::Constant(index) => match &self.constants[index as usize] {
                Constant::Same(_) => None,
                Constant::Each(values) => Some(values),
            },
            _ => None,
        }
    }

    /// Whether a node never changes.
    pub fn is_constant(&self, id: NodeId) -> bool {
        matches!(self.net[id].op, Op::Constant(_))
    }

    /// Every input, the upstream gradient among them.
    pub fn inputs(&self) -> &[InputValue] {
        &self.inputs
    }

    /// Makes a written gate the inner part of one that follows.
    pub fn demote(&mut self, id: NodeId) {
        self.net[id].origin.role = Role::Implied;
    }

    /// Says why a node is there.
    pub fn set_role(&mut self, id: NodeId, role: Role) {
        self.net[id].origin.role = role;
    }

    /// Says to which statement a node belongs.
    pub fn relabel(&mut self, id: NodeId, label: u32) {
        self.net[id].origin.label = label;
    }
}

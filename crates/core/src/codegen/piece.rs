//! A program in pieces: each gate that has a line of its own, with what stands
//! within that line, and with its backward step from the table of derivatives.

use crate::build::Builder;
use crate::definition::partial;
use crate::graph::{Graph, NodeId, Role};
use crate::model::Model;
use crate::op::{Form, Op};
use crate::sort;
use crate::view::core;
use rustc_hash::{FxHashMap, FxHashSet};

/// A program that is taken to pieces.
pub struct Pieces<'a> {
    /// The program.
    pub model: &'a Model,
    /// The pieces' gates, and their backward steps.
    pub graph: Graph,
    /// Which of the program's nodes have a line of their own.
    is_root: Vec<bool>,
    /// Them, in order.
    roots: Vec<NodeId>,
}

/// A gate with what stands within its line.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The gate.
    pub gate: NodeId,
    /// What it reads, one entry for each use.
    pub leaves: Vec<Leaf>,
    /// The numbers written in it, in the graph of pieces.
    pub numbers: Vec<NodeId>,
    /// Whether each of them is an operand of a gate of the program, as it is.
    pub is_plain: bool,
    /// Its value, in the graph of pieces.
    pub value: NodeId,
    /// What arrives at it backwards; none where no path leads to the output.
    pub upstream: Option<NodeId>,
}

/// One use of a node by a piece.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The node.
    pub node: NodeId,
    /// What stands for it in the graph of pieces.
    pub input: NodeId,
    /// What goes back to it; none where that is structurally zero.
    pub back: Option<NodeId>,
}

impl<'a> Pieces<'a> {
    /// Of a program.
    pub fn new(model: &'a Model) -> Self {
        let program = &model.program;
        let graph = &program.graph;
        let named: FxHashSet<NodeId> = program
            .labels
            .iter()
            .filter_map(|label| label.root)
            .collect();
        let is_root = |node: NodeId| {
            let made = graph.node(node);
            let uses = || {
                graph
                    .uses(node)
                    .filter(|&edge| model.is_forward(graph.user(edge).0))
            };
            match made.op {
                _ if node == program.output || named.contains(&node) => true,
                Op::Constant(_) => false,
                // What a gate needs is a part of its line.
                _ => made.origin.role != Role::Implied || uses().count() != 1,
            }
        };
        let is_root: Vec<bool> = model.forward().map(is_root).collect();
        let roots = model
            .forward()
            .filter(|node| is_root[node.index()])
            .collect();
        Self {
            model,
            graph: graph.emptied(),
            is_root,
            roots,
        }
    }

    /// The nodes with a line of their own, in order.
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// Whether a node has a line of its own.
    pub fn is_root(&self, node: NodeId) -> bool {
        self.is_root[node.index()]
    }

    /// Whether a node is given and not computed.
    pub fn is_given(&self, node: NodeId) -> bool {
        matches!(
            self.model.program.graph.node(node).op,
            Op::Input(_) | Op::Constant(_)
        )
    }

    /// The gates, in order.
    pub fn gates(&self) -> Vec<NodeId> {
        let gates = self.roots.iter().copied();
        gates.filter(|&node| !self.is_given(node)).collect()
    }

    /// What a gate does, which may be the inner part of it.
    pub fn op(&self, gate: NodeId) -> Op {
        let graph = &self.model.program.graph;
        graph.node(core(graph, gate)).op
    }

    /// What is computed within the line of a gate, operands first, itself last.
    fn within(&self, gate: NodeId) -> Vec<NodeId> {
        let source = &self.model.program.graph;
        let mut inner = vec![gate];
        let mut at = 0;
        while let Some(&node) = inner.get(at) {
            at += 1;
            let within = source
                .operands(node)
                .filter(|x| !self.is_root[x.index()] && !source.is_constant(*x));
            inner.extend(within);
        }
        sort::ascending(&mut inner);
        inner
    }

    /// The nodes that the line of a gate reads.
    pub fn reads(&self, gate: NodeId) -> Vec<NodeId> {
        let source = &self.model.program.graph;
        let within = self.within(gate);
        let read = within.iter().flat_map(|&node| source.operands(node));
        read.filter(|x| self.is_root[x.index()]).collect()
    }

    /// Takes out a gate.
    pub fn piece(&mut self, gate: NodeId) -> Piece {
        let source = &self.model.program.graph;
        let inner = self.within(gate);
        let mut copies: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        let mut leaves = Vec::new();
        let mut numbers = Vec::new();
        let mut is_plain = true;
        let mut leaf_of = FxHashMap::default();
        for &node in &inner {
            let mut operands = Vec::with_capacity(source.arity(node));
            for slot in 0..source.arity(node) {
                let x = source.operand(node, slot);
                let made = source.node(x);
                let copy = if self.is_root[x.index()] {
                    let input = self
                        .graph
                        .push_input(made.shape, Box::default(), made.origin);
                    leaf_of.insert((node, slot), leaves.len());
                    leaves.push(Leaf {
                        node: x,
                        input,
                        back: None,
                    });
                    input
                } else if source.is_constant(x) {
                    let copy = self.graph.push_copy(source, x, &[]);
                    numbers.extend(source.constant(x).map(|_| copy));
                    is_plain &= source.node(node).op.info().form == Form::Elementwise;
                    copy
                } else {
                    copies[&x]
                };
                operands.push(copy);
            }
            let copy = self.graph.push_copy(source, node, &operands);
            copies.insert(node, copy);
        }

        let gradient = &self.model.gradient;
        let upstream = gradient.of(gate).map(|_| {
            let shape = source.node(gate).shape;
            self.graph
                .push_input(shape, Box::default(), source.node(gate).origin)
        });
        let mut arriving: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        arriving.extend(upstream.map(|upstream| (gate, upstream)));
        let mut b = Builder::new(&mut self.graph);
        for &node in inner.iter().rev() {
            let Some(&total) = arriving.get(&node) else {
                continue;
            };
            for slot in 0..source.arity(node) {
                if gradient.along(source.operand_edge(node, slot)).is_none() {
                    continue;
                }
                let local = partial(&mut b, copies[&node], slot).adjoint(&mut b);
                let part = local.apply(&mut b, total);
                if let Some(&leaf) = leaf_of.get(&(node, slot)) {
                    leaves[leaf].back = part;
                } else {
                    let x = source.operand(node, slot);
                    arriving.extend(part.map(|part| (x, part)));
                }
            }
        }
        Piece {
            gate,
            leaves,
            numbers,
            is_plain,
            value: copies[&gate],
            upstream,
        }
    }
}

//! What all styles need: names, values, the lines of one gate, and the frame around
//! them.

use super::expr::{Expr, float, literal, nested};
use super::helpers::{self, Helpers};
use super::names::Names;
use super::ops::{Ops, is_plain};
use super::piece::{Piece, Pieces};
use super::print::{Printed, print};
use super::sheet::Sheet;
use super::{Asked, Dialect, Style, Walk};
use crate::graph::NodeId;
use rustc_hash::FxHashMap;

/// Writes one program in one dialect.
pub struct Writer<'a> {
    /// What is written.
    pub asked: Asked<'a>,
    /// The dialect.
    pub dialect: Dialect,
    /// The program's gates.
    pub pieces: Pieces<'a>,
    /// What they are called.
    pub names: Names,
    /// The functions that come along.
    pub helpers: Helpers,
    /// How many lines within a method have got a name; none outside of methods.
    pub local: Option<usize>,
    /// Whether a number somewhere is not finite.
    wild: bool,
}

/// A backward step: lines before it, and for each leaf that something goes back to
/// its place among the leaves and what that is.
pub struct Back {
    /// A name and its value, in order.
    pub before: Vec<(String, String)>,
    /// What goes back.
    pub parts: Vec<(usize, Expr)>,
    /// The nodes of the pieces' graph that are read.
    pub read: Vec<NodeId>,
}

impl<'a> Writer<'a> {
    /// With none of some words as names.
    pub fn new(asked: Asked<'a>, style: Style, reserved: &[&str]) -> Self {
        let Asked { model, arena, .. } = asked;
        let graph = &model.program.graph;
        let scalar = |node: NodeId| graph.shape(node).is_empty() && is_plain(graph.node(node).op);
        let wild = !arena.iter().all(|x| x.is_finite());
        let dialect = match style {
            Style::Torch | Style::AutogradFunction => Dialect::Torch,
            Style::Jax => Dialect::Jax,
            // Python's own numbers raise where others overflow.
            Style::Flat | Style::Modular if !wild && graph.nodes().all(scalar) => Dialect::Math,
            _ => Dialect::NumPy,
        };
        let pieces = Pieces::new(model);
        let names = Names::new(&model.program, pieces.roots(), reserved);
        Self {
            asked,
            dialect,
            pieces,
            names,
            helpers: Helpers::default(),
            local: None,
            wild,
        }
    }

    /// The name of the output.
    pub fn output(&self) -> String {
        self.names.of(self.asked.model.program.output).to_owned()
    }

    /// A node's value.
    pub fn value(&self, node: NodeId) -> &'a [f64] {
        let Asked { model, arena, .. } = self.asked;
        &arena[model.plan.offset(node)..][..model.elements(node)]
    }

    /// The gradient of the output with respect to a node.
    pub fn gradient(&self, node: NodeId) -> &'a [f64] {
        let Asked { model, arena, .. } = self.asked;
        &arena[model.gradient_of(node)..][..model.elements(node)]
    }

    /// A node's shape.
    pub fn shape(&self, node: NodeId) -> &'a [usize] {
        self.asked.model.program.graph.shape(node)
    }

    /// Some numbers of a node's shape.
    pub fn literal(&self, node: NodeId, values: &[f64]) -> String {
        literal(values, self.shape(node), self.dialect)
    }

    /// What arrives at the output.
    pub fn upstream(&self) -> String {
        let output = self.asked.model.program.output;
        let start = self.asked.model.upstream();
        let values = &self.asked.arena[start..][..self.asked.model.elements(output)];
        self.literal(output, values)
    }

    /// Whether the upstream gradient is the number 1.
    pub fn starts_from_one(&self) -> bool {
        let output = self.asked.model.program.output;
        self.shape(output).is_empty() && self.asked.arena[self.asked.model.upstream()] == 1.0
    }

    /// Zeros of a node's shape.
    pub fn zeros(&self, node: NodeId) -> String {
        self.literal(node, &vec![0.0; self.asked.model.elements(node)])
    }

    /// The inputs, in order.
    pub fn inputs(&self) -> Vec<NodeId> {
        let inputs = self.asked.model.program.inputs.iter();
        inputs.map(|input| input.node).collect()
    }

    /// The constants that have a name.
    pub fn constants(&self) -> Vec<NodeId> {
        let graph = &self.asked.model.program.graph;
        let roots = self.pieces.roots().iter().copied();
        roots.filter(|&node| graph.is_constant(node)).collect()
    }

    /// A constant as a value.
    pub fn constant(&self, node: NodeId) -> String {
        let graph = &self.asked.model.program.graph;
        let count = self.asked.model.elements(node);
        match graph.constant(node) {
            Some(value) => self.literal(node, &vec![value; count]),
            None => self.literal(node, graph.table(node).unwrap_or_default()),
        }
    }

    /// Whether a path leads from a node to the output.
    pub fn is_reached(&self, node: NodeId) -> bool {
        self.asked.model.gradient.of(node).is_some()
    }

    /// What a piece's leaves are called in the program.
    pub fn own_names(&self, piece: &Piece) -> FxHashMap<NodeId, Expr> {
        let leaves = piece.leaves.iter();
        let named = |node| Expr::name(self.names.of(node), self.shape(node));
        leaves.map(|leaf| (leaf.input, named(leaf.node))).collect()
    }

    /// The forward line of a piece, with lines before it.
    pub fn forward(
        &mut self,
        piece: &Piece,
        names: &FxHashMap<NodeId, Expr>,
    ) -> (Vec<(String, String)>, Expr) {
        let Printed {
            before, mut found, ..
        } = self.print(names, &[piece.value]);
        let shape = self.shape(piece.gate);
        let value = found
            .pop()
            .unwrap_or_else(|| Expr::number(0.0, self.dialect));
        (before, value.exact(shape, self.dialect))
    }

    /// The backward step of a piece.
    pub fn backward(&mut self, piece: &Piece, names: &FxHashMap<NodeId, Expr>) -> Back {
        let mut places = Vec::new();
        let mut targets = Vec::new();
        for (at, leaf) in piece.leaves.iter().enumerate() {
            if let Some(back) = leaf.back {
                places.push(at);
                targets.push(back);
            }
        }
        let Printed {
            before,
            found,
            read,
        } = self.print(names, &targets);
        let exact = |(at, part): (usize, Expr)| {
            let shape = self.shape(piece.leaves[at].node);
            (at, part.exact(shape, self.dialect))
        };
        Back {
            before,
            parts: places.into_iter().zip(found).map(exact).collect(),
            read: read.into_iter().collect(),
        }
    }

    fn print(&mut self, names: &FxHashMap<NodeId, Expr>, targets: &[NodeId]) -> Printed {
        let mut ops = Ops {
            dialect: self.dialect,
            helpers: &mut self.helpers,
        };
        let fresh = || match &mut self.local {
            Some(count) => {
                *count += 1;
                format!("t{}", *count - 1)
            }
            None => self.names.temporary(),
        };
        print(&self.pieces.graph, &mut ops, names, targets, fresh)
    }

    /// The lines that give every gate its value.
    pub fn forward_lines(&mut self, sheet: &mut Sheet, indent: &str) {
        let calls = self.calls();
        for gate in self.pieces.gates() {
            match calls.iter().find(|call| call.gates.contains(&gate)) {
                None => self.forward_line(sheet, gate, indent),
                Some(call) if call.gates.last() == Some(&gate) => {
                    let line = format!("{indent}{} = {}", self.names.of(gate), call.text);
                    sheet.step(line, Walk::Forward, &call.gates);
                }
                Some(_) => {}
            }
        }
    }

    /// The line that gives a gate its value, and what stands before it.
    pub fn forward_line(&mut self, sheet: &mut Sheet, gate: NodeId, indent: &str) {
        let piece = self.pieces.piece(gate);
        let names = self.own_names(&piece);
        let (before, value) = self.forward(&piece, &names);
        for (name, value) in before {
            sheet.step(format!("{indent}{name} = {value}"), Walk::Forward, &[gate]);
        }
        let name = self.names.of(gate);
        sheet.step(
            format!("{indent}{name} = {}", value.text),
            Walk::Forward,
            &[gate],
        );
    }

    /// The asserts: the output, and the gradients of the inputs, each as it is called.
    pub fn asserts(
        &mut self,
        sheet: &mut Sheet,
        output: &str,
        gradient: impl Fn(&Self, NodeId) -> String,
    ) {
        self.helpers.call("same", self.dialect);
        sheet.gap();
        sheet.put("# The numbers as they are on screen.");
        let node = self.asked.model.program.output;
        let expected = self.expected(node, self.value(node));
        sheet.put(&format!("assert same({output}, {expected})"));
        for input in self.inputs() {
            let expected = self.expected(input, self.gradient(input));
            sheet.put(&format!(
                "assert same({}, {expected})",
                gradient(self, input)
            ));
        }
    }

    /// What a value is compared with.
    fn expected(&self, node: NodeId, values: &[f64]) -> String {
        let shape = self.shape(node);
        match self.dialect {
            Dialect::Math => float(values[0], self.dialect),
            _ if values.is_empty() => self.literal(node, values),
            Dialect::Torch => format!("torch.tensor({})", nested(values, shape, self.dialect)),
            Dialect::Jax => format!("jnp.array({})", nested(values, shape, self.dialect)),
            _ if shape.is_empty() => float(values[0], self.dialect),
            Dialect::NumPy => format!("np.array({})", nested(values, shape, self.dialect)),
        }
    }

    /// What stands before a text: imports, and the functions that come along.
    pub fn finish(&mut self, body: Sheet) -> Sheet {
        let mut head = Sheet::default();
        let text = body.text();
        let helpers = self.helpers.text(self.dialect);
        let uses =
            |word: &str| text.contains(word) || helpers.iter().any(|helper| helper.contains(word));
        if self.dialect == Dialect::Math && uses("math.")
            || self.helpers.wants_math() && uses("math.")
        {
            head.put("import math");
        }
        match self.dialect {
            Dialect::Math => {}
            Dialect::NumPy => {
                head.gap();
                head.put("import numpy as np");
                if self.wild {
                    head.put("\nnp.seterr(all=\"ignore\")  # infinities and what is no number are told by the result");
                }
            }
            Dialect::Torch => {
                head.put("import torch");
                if uses("F.") {
                    head.put("import torch.nn.functional as F");
                }
                head.put("\ntorch.set_default_dtype(torch.float64)");
            }
            Dialect::Jax => {
                head.put("import jax\nimport jax.numpy as jnp\n\njax.config.update(\"jax_enable_x64\", True)");
            }
        }
        for helper in helpers {
            head.put(if helper.starts_with("def") { "\n" } else { "" });
            head.put(helper);
        }
        // Two empty lines behind a function.
        head.put("");
        if !text.starts_with('\n') {
            head.put("");
        }
        head.append(body);
        head
    }

    /// Names of nodes that a text calls as functions.
    pub fn called(&self, text: &str) -> Vec<&'static str> {
        self.names.called(text, &helpers::names())
    }
}

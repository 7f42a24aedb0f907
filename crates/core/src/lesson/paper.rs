//! On paper: a derivative as one would derive it by hand, without names for what is between, and
//! how that grows. It is the lecture's reason not to.

use super::card::line;
use super::formula::{Leaves, Write};
use super::math::{self, Math, op, partial, row, text};
use super::{Lesson, Line, Now};
use crate::build::Builder;
use crate::definition::expr::Expr;
use crate::definition::rule::formula;
use crate::diff::gradient_on;
use crate::graph::{Graph, NodeId};
use crate::modes::{Part, Run};
use crate::number::brief;
use crate::op::Op;
use serde::Serialize;

/// Most symbols of a derivative that is written out.
const WRITTEN_OUT: f64 = 150.0;
/// Most values of which the growth is told.
const TOLD: usize = 12;
/// Most gates on the way from the one to the other.
const GATES: usize = 20_000;

/// The derivative of one value on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// The value.
    pub name: Math,
    /// Symbols of its derivative, written out.
    pub symbols: f64,
    /// The same as a reader sees it.
    pub written: String,
    /// Gates that compute it, each once.
    pub gates: usize,
}

/// A derivative on paper.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paper {
    /// What it is written in: a gate is a letter of its own in what is derived by it.
    pub terms: String,
    /// `∂L/∂x = …` in these; none where it is too long.
    pub line: Option<Line>,
    /// How long it is, and what backpropagation takes.
    pub said: String,
    /// How it grows on the way from the node to the output.
    pub growth: Vec<Growth>,
}

impl Lesson {
    /// The derivative of the output with respect to a drawn node, on paper; none where no path
    /// leads from it, or where the program is too large. Reads no numbers but constants.
    pub fn paper(&self, now: Now<'_>, node: usize) -> Option<Paper> {
        now.scene.nodes.get(node)?;
        let graph = &now.model.program.graph;
        let x = now.scene.graph_node(node);
        let output = now.scene.graph_node(now.scene.output);
        // What lies on the way, in order: a drawn value each.
        let mut depends = vec![false; output.index() + 1];
        *depends.get_mut(x.index())? = true;
        for at in x.index() + 1..=output.index() {
            depends[at] = graph.operands(NodeId::new(at)).any(|o| depends[o.index()]);
        }
        if !depends[output.index()] || x == output {
            return None;
        }
        let drawn = (0..now.scene.nodes.len()).filter(|&place| {
            let at = now.scene.graph_node(place);
            at != x && depends.get(at.index()) == Some(&true) && !Self::is_whole(now, place)
        });
        let drawn: Vec<usize> = drawn.collect();
        if drawn.len() > GATES {
            return None;
        }
        let step = drawn.len().div_ceil(TOLD).max(1);
        let mut growth = Vec::new();
        for place in drawn
            .iter()
            .copied()
            .skip(drawn.len().saturating_sub(1) % step)
            .step_by(step)
        {
            let by_hand = ByHand::new(self, now, now.scene.graph_node(place), x)?;
            growth.push(Growth {
                name: self.names.of(place).clone(),
                symbols: by_hand.symbols(),
                written: brief(by_hand.symbols()),
                gates: by_hand.gates(),
            });
        }
        let by_hand = ByHand::new(self, now, output, x)?;
        let written = by_hand.math();
        let by = self.names.of(node);
        let of = self.names.of(now.scene.output);
        let pieces = |math| row(vec![partial(of, by), op("="), math]);
        let terms = match graph.node(x).op {
            Op::Input(_) | Op::Constant(_) => "the inputs alone".to_owned(),
            _ => format!("{} and the inputs", by.plain()),
        };
        Some(Paper {
            terms,
            line: written.map(|math| line(pieces(math), vec![node], Vec::new())),
            said: said(by_hand.symbols(), by_hand.gates()),
            growth,
        })
    }
}

fn said(symbols: f64, gates: usize) -> String {
    let long = match symbols {
        1.0 => "Written out, this derivative is a single symbol".to_owned(),
        _ => format!(
            "Written out, this derivative has {} symbols",
            brief(symbols)
        ),
    };
    let short = match gates {
        0 => "there is nothing to compute".to_owned(),
        1 => "one gate computes it".to_owned(),
        _ => format!("{gates} gates compute it, each value once"),
    };
    format!("{long}; {short}.")
}

/// A derivative as a graph of its own, and how long each node is when it is written out.
struct ByHand {
    graph: Graph,
    /// The derivative.
    root: NodeId,
    /// What the inputs are called.
    leaves: Vec<Option<Math>>,
    /// The symbols of each node that the derivative needs; none for the others.
    symbols: Vec<Option<f64>>,
}

impl ByHand {
    fn new(lesson: &Lesson, now: Now<'_>, y: NodeId, x: NodeId) -> Option<Self> {
        let whole = &now.model.program.graph;
        let run = Run::of(now.model, now.arena);
        // Where x is a gate, it is a value of its own here.
        let part = Part::new(run, &[y], |node| node == x);
        let mut leaves = Vec::new();
        for node in whole.nodes() {
            let Some(place) = part.place(node) else {
                continue;
            };
            leaves.resize(leaves.len().max(place.index() + 1), None);
            let is_leaf = part.graph.arity(place) == 0;
            leaves[place.index()] = is_leaf.then(|| lesson.names.operand(whole, node));
        }
        let (y, x) = (part.place(y)?, part.place(x)?);
        let mut graph = part.graph;
        let mut b = Builder::new(&mut graph);
        let one = b.constant_like(1.0, y);
        let root = gradient_on(&mut b, y, one, x.index(), |node| node == x);
        let root = root.ok()?.of(x)?;
        let symbols = lengths(&graph, root);
        Some(Self {
            graph,
            root,
            leaves,
            symbols,
        })
    }

    fn symbols(&self) -> f64 {
        self.symbols[self.root.index()].unwrap_or_default()
    }

    /// How many gates it takes, each once.
    fn gates(&self) -> usize {
        let needed = self.graph.nodes().zip(&self.symbols);
        let gates =
            needed.filter(|(node, symbols)| symbols.is_some() && self.graph.arity(*node) > 0);
        gates.count()
    }

    /// It, written out; none where that is too long.
    fn math(&self) -> Option<Math> {
        if self.symbols() > WRITTEN_OUT {
            return None;
        }
        let mut written: Vec<Option<Math>> = vec![None; self.graph.len()];
        for node in self.graph.nodes() {
            if self.symbols[node.index()].is_none() {
                continue;
            }
            let math = match formula(&self.graph, node) {
                None => self.leaf(node),
                Some(formula) => {
                    let operands = self.graph.operands(node);
                    let operands = operands.map(|x| written[x.index()].clone());
                    formula.math(&Leaves {
                        operands: operands.collect::<Option<_>>()?,
                        value: text(""),
                        upstream: text(""),
                        times: "·",
                    })
                }
            };
            written[node.index()] = Some(math);
        }
        written.swap_remove(self.root.index())
    }

    fn leaf(&self, node: NodeId) -> Math {
        if let Some(value) = self.graph.constant(node) {
            return math::given(value, math::As::Plain);
        }
        let named = self.leaves.get(node.index()).cloned().flatten();
        named.unwrap_or_else(|| text("…"))
    }
}

/// How long each node that `root` needs is when it is written out in leaves.
fn lengths(graph: &Graph, root: NodeId) -> Vec<Option<f64>> {
    let mut needed = vec![false; graph.len()];
    needed[root.index()] = true;
    for node in graph
        .nodes()
        .rev()
        .filter(|node| node.index() <= root.index())
    {
        if needed[node.index()] {
            for x in graph.operands(node) {
                needed[x.index()] = true;
            }
        }
    }
    let mut lengths: Vec<Option<f64>> = vec![None; graph.len()];
    for node in graph.nodes().filter(|node| needed[node.index()]) {
        let of = |slot: usize| lengths[graph.operand(node, slot).index()].unwrap_or_default();
        let length = formula(graph, node).map_or(1.0, |formula| length(&formula, &of));
        lengths[node.index()] = Some(length);
    }
    lengths
}

/// Symbols of a formula: a letter or a number each, and each sign between or around them.
fn length(formula: &Expr, of: &dyn Fn(usize) -> f64) -> f64 {
    let each = |part: &Expr| length(part, of);
    let list = |parts: &[Expr]| parts.iter().map(each).sum::<f64>() + parts.len() as f64 - 1.0;
    match formula {
        Expr::X(slot) => of(*slot),
        Expr::Gate(op, parts) => match op {
            Op::Add | Op::Mul | Op::Mask | Op::Sub | Op::Div | Op::Matmul => list(parts),
            Op::Compare(_) | Op::Where => list(parts),
            // An exponent stands without a sign.
            Op::Pow => list(parts) - 1.0,
            Op::Reciprocal | Op::Step => list(parts) + 2.0,
            _ => list(parts) + 1.0,
        },
        other => other.parts().iter().map(each).sum::<f64>() + 1.0,
    }
}

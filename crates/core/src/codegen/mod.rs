//! From a program to Python that computes its value and its gradients, in several
//! styles, each with asserts of the numbers as they are.
//!
//! What a gate does backwards is asked of the [table of derivatives](crate::definition)
//! and printed as the nodes that it emits; nothing here knows a derivative.

mod cuts;
mod derivation;
mod expr;
mod flat;
mod frameworks;
mod function;
mod helpers;
mod library;
mod modular;
mod names;
mod notebook;
mod ops;
mod piece;
mod print;
mod sheet;
mod whole;
mod writer;

use crate::graph::NodeId;
use crate::lower::program::Made;
use crate::model::Model;
use crate::op::Op;
use crate::scene::Scene;
pub use notebook::notebook;
use serde::Serialize;
use writer::Writer;

/// Most lines of gates that a text has.
pub const MAX_GATES: usize = 2000;
/// Most numbers that a text has.
pub const MAX_NUMBERS: usize = 100_000;
/// Most operands that a text has.
pub const MAX_OPERANDS: usize = 100_000;
/// Most letters of names that a text has, about.
pub const MAX_LETTERS: usize = 1_000_000;

/// How a program is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One line forward and one backward for each gate.
    Flat,
    /// A graph of gates, each kind of gate a class.
    Modular,
    /// PyTorch.
    Torch,
    /// PyTorch with a `torch.autograd.Function` for one kind of gate.
    AutogradFunction,
    /// NumPy: a function forward and one backward.
    NumPy,
    /// JAX.
    Jax,
    /// The derivation as LaTeX.
    Latex,
}

impl Style {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Flat,
        Self::Modular,
        Self::Torch,
        Self::AutogradFunction,
        Self::NumPy,
        Self::Jax,
        Self::Latex,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Modular => "modular",
            Self::Torch => "torch",
            Self::AutogradFunction => "autograd-function",
            Self::NumPy => "numpy",
            Self::Jax => "jax",
            Self::Latex => "latex",
        }
    }

    /// The style of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }
}

/// What expressions are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Python alone.
    Math,
    /// NumPy.
    NumPy,
    /// PyTorch.
    Torch,
    /// JAX.
    Jax,
}

impl Dialect {
    /// The module that has the functions.
    fn module(self) -> &'static str {
        match self {
            Self::Math => "math",
            Self::NumPy => "np",
            Self::Torch => "torch",
            Self::Jax => "jnp",
        }
    }
}

/// A program as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// The text.
    pub text: String,
    /// What each line has to do with the graph, one entry for each line of the text.
    pub lines: Vec<CodeLine>,
}

/// What a line has to do with the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeLine {
    /// Of which pass it is.
    pub pass: Walk,
    /// Indices of the nodes of the scene whose work it does.
    pub nodes: Vec<usize>,
    /// The steps in which it is at work.
    pub steps: Vec<usize>,
    /// The nodes of the graph whose work it does.
    #[serde(skip)]
    pub gates: Vec<NodeId>,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Walk {
    /// It computes a value.
    Forward,
    /// It is where the backward pass begins.
    Base,
    /// It computes a gradient.
    Backward,
    /// It is about no gate: imports, functions, asserts.
    Other,
}

/// A program that is to be written: its numbers are those of an arena that has run.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The program.
    pub model: &'a Model,
    /// Its numbers.
    pub arena: &'a [f64],
    /// Its picture, whose nodes and steps the lines are linked to.
    pub scene: Option<&'a Scene>,
    /// The kind of gate that [`Style::AutogradFunction`] makes a function of: a
    /// definition, an operation, or the key of a gate; the first composite if none.
    pub composite: Option<&'a str>,
}

/// Writes a program.
///
/// # Errors
/// Says why where it is too large, or has no such gate.
pub fn code(asked: Asked<'_>, style: Style) -> Result<Code, String> {
    let Asked { model, scene, .. } = asked;
    check_size(model)?;
    if style == Style::Latex {
        return derivation::derivation(asked);
    }
    // A name that the text calls as a function gives way: then it is written again.
    let mut reserved: Vec<&'static str> = Vec::new();
    loop {
        let mut writer = Writer::new(asked, style, &reserved);
        let sheet = match style {
            Style::Flat => flat::flat(&mut writer),
            Style::NumPy => flat::functions(&mut writer),
            Style::Modular => modular::modular(&mut writer),
            Style::Torch => frameworks::torch(&mut writer),
            Style::Jax => frameworks::jax(&mut writer),
            Style::AutogradFunction | Style::Latex => function::function(&mut writer)?,
        };
        let sheet = writer.finish(sheet);
        let more = writer.called(&sheet.text());
        if more.iter().all(|word| reserved.contains(word)) {
            return Ok(sheet.finish(model, scene));
        }
        reserved.extend(more);
    }
}

/// Refuses what nobody would read.
fn check_size(model: &Model) -> Result<(), String> {
    let graph = &model.program.graph;
    let check = |count: usize, what: &str, most: usize| {
        if count <= most {
            return Ok(());
        }
        Err(format!(
            "{count} {what} are too many to write out as code: at most {most} are"
        ))
    };
    let gates = || model.forward().filter(|&node| graph.arity(node) > 0);
    check(gates().count(), "gates", MAX_GATES)?;
    // Each operand of an extreme is compared with all of them on the way back.
    let times = |gate: NodeId| match (graph.node(gate).op, graph.arity(gate)) {
        (Op::Maximum | Op::Minimum, count) if count > 2 => count,
        _ => 1,
    };
    let operands = gates().map(|gate| graph.arity(gate) * times(gate));
    check(operands.sum(), "operands", MAX_OPERANDS)?;
    let labels = model.program.labels.iter();
    let names = labels.filter_map(|label| Some((label.root?, model.program.word(label)?)));
    let uses = |node: NodeId| {
        let users = graph.uses(node).map(|edge| graph.user(edge).0);
        users
            .filter(|&user| model.is_forward(user))
            .map(times)
            .sum::<usize>()
    };
    let names = names.map(|(node, name)| name.len() * (1 + uses(node)));
    let calls = model.program.groups.iter().map(|group| match group.made {
        Made::Call(scope) => model.program.called(scope).len(),
        _ => 0,
    });
    check(names.chain(calls).sum(), "letters of names", MAX_LETTERS)?;
    let inputs = model.program.inputs.iter().map(|input| input.node);
    let tables = model.forward().filter(|&node| graph.table(node).is_some());
    let numbers: usize = inputs
        .chain(tables)
        .chain([model.program.output])
        .map(|node| model.elements(node))
        .sum();
    check(numbers, "numbers", MAX_NUMBERS)
}

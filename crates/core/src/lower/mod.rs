//! From the tree to the graph: names bound, calls inlined, loops unrolled.
//!
//! A machine with a stack of tasks and a stack of values: the depth of an
//! expression, of calls or of loops is data.

mod advice;
mod apply;
mod arguments;
mod calls;
mod compose;
mod constant;
mod derivative;
mod elsewhere;
mod exprs;
mod functions;
mod gates;
mod index;
mod library;
mod lists;
mod literal;
mod losses;
pub mod mirror;
mod misfit;
mod prelude;
pub mod program;
mod reductions;
mod shapes;
mod stmts;
mod take;
#[cfg(test)]
mod tests;

use crate::build::Known;
use crate::count::Counts;
use crate::graph::{Graph, NodeId};
use crate::shape::ShapeId;
use crate::source::{Diagnostic, Misfit, Span};
use crate::syntax::Ast;
use crate::syntax::ast::{BlockId, DefId, ExprId, Library, StmtId, StmtKind, Symbol};
pub(crate) use advice::advise;
pub(crate) use constant::fits;
pub use constant::{constant, constants, parse_value};
pub(crate) use functions::nearest;
use functions::{Signature, function, names, prelude_function};
use library::Origins;
pub use literal::{Overrides, Tensor, read_literal, written_literals};
use misfit::Sites;
use prelude::Within;
use program::{Group, Input, Label, Name, Program, Scope};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Most tasks: what a program may take to unroll and inline.
const MAX_TASKS: usize = 20_000_000;

/// How many unknown names are compared with how many of the program's own.
const MAX_HINTS: usize = 50;
const MAX_COMPARED: usize = 1000;

/// What an expression stands for while it is lowered.
#[derive(Clone, Debug)]
enum Value {
    /// What could not be made; a diagnostic says why.
    Poison,
    Node(NodeId),
    /// A number known now. It becomes a constant where a gate uses it.
    Number {
        value: f64,
        /// The source of the literal.
        span: Span,
        /// Its node if it has a name.
        node: Option<NodeId>,
        /// Computed from loop variables alone.
        folded: bool,
        /// A whole number as Python counts with them: it has no −0, and repeats lists.
        is_whole: bool,
    },
    Bool(bool),
    None,
    /// `[a, b]`, which holds no list: where an array is asked for, it is one.
    List(Rc<[Value]>, Span),
    /// A list of lists of numbers as it is written.
    Table(Rc<Tensor>, Span),
    Tuple(Rc<[Value]>),
    /// What `torch.max(x, dim)` gives, of which the indices are not known here: the values,
    /// and where it is written.
    Extremes(NodeId, Span),
    Function(&'static Signature, Symbol, Library),
    Def(DefId),
    Module(Library),
}

/// Why a gate could not be made.
enum Message {
    Error(String),
    /// Shapes that do not fit.
    Shapes(String, Box<Misfit>),
    /// Nothing after it can be trusted to end: the program is left.
    Fatal(String),
    /// Another message says it.
    Silent,
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Error(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Error(text.into())
    }
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
enum Target {
    Def(DefId),
    Function(&'static Signature, Symbol, Library),
    /// The receiver is the first argument.
    Method(&'static Signature, Symbol),
}

#[derive(Clone, Copy, Debug)]
enum Task {
    Expr(ExprId),
    /// Makes an expression's value of its operands' values.
    Apply(ExprId),
    /// Runs a block from a statement on.
    Block(BlockId, usize),
    /// Binds the value of a statement.
    Bind(StmtId, usize),
    /// Starts a loop: its bounds are on the stack.
    Range(StmtId),
    /// The next turn of a loop: next value, step, turns left.
    Turn(StmtId, f64, f64, usize),
    /// Numbers are computed here and now, until `Gates`.
    Numbers,
    Gates,
    /// Makes a call of its arguments' values.
    Call(ExprId, Target),
    /// Makes a definition: its defaults are on the stack.
    Define(DefId),
    /// Leaves a call whose body has returned.
    Leave,
}

/// A call being lowered.
struct Frame {
    names: FxHashMap<Symbol, Value>,
    versions: Counts,
    scope: u32,
    def: Option<DefId>,
    /// Of the prelude's functions, how it was called.
    within: Option<Within>,
    /// The caller's statement.
    label: Option<usize>,
    /// How many values there were before it.
    base: usize,
    /// How many groups were open before it.
    open: usize,
}

/// A group that nodes are made in.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Its index.
    group: u32,
    /// The loop it is a turn of.
    turns: Option<StmtId>,
}

struct Lowerer<'a> {
    ast: &'a Ast,
    graph: Graph,
    diagnostics: Vec<Diagnostic>,
    tasks: Vec<Task>,
    values: Vec<Value>,
    frames: Vec<Frame>,
    labels: Vec<Label>,
    /// The statement that runs, as it is called and where it is.
    label: Option<usize>,
    now: Span,
    scopes: Vec<Scope>,
    groups: Vec<Group>,
    /// The groups that nodes are made in, the innermost last.
    open: Vec<Open>,
    /// How many loops over the same variable stand before each loop in its block.
    loops: FxHashMap<u32, u32>,
    /// How many backward passes went through each group.
    mirrors: FxHashMap<u32, u32>,
    /// Calls made so far by statement and definition.
    calls: Counts,
    constants: FxHashMap<(Span, u64, ShapeId), NodeId>,
    /// Written-out arrays by their source, so that a loop makes one once.
    tables: FxHashMap<Span, NodeId>,
    /// What derivatives have made, to be shared by further ones.
    derived: Known,
    /// How many nodes derivatives have gone over.
    swept: usize,
    inputs: Vec<Input>,
    /// Top-level names, in the order of first binding.
    order: Vec<Symbol>,
    ordered: Vec<bool>,
    /// Names that some statement assigns.
    assigned: Vec<bool>,
    /// Definitions whose calls are open.
    active: Vec<bool>,
    defaults: Vec<Rc<[Value]>>,
    last: Option<(Option<Symbol>, Value)>,
    overrides: &'a Overrides,
    gates: usize,
    bytes: usize,
    /// How many `Numbers` are open.
    numbers: usize,
    /// The expressions by their places, once a mistake asks for them.
    sites: Option<Sites>,
    /// Whose values are, as far as it was asked for.
    origins: Origins,
    /// Of which module every name was imported.
    everything: Library,
    /// Where a mistake was told.
    told: FxHashMap<Span, NodeId>,
    /// How many tasks it may still take.
    left: usize,
    fatal: bool,
}

/// Lowers a tree. With mistakes there is no program, but every independent
/// mistake is told. `overrides` replaces the values of inputs by name.
pub fn lower(ast: &Ast, overrides: &Overrides) -> (Option<Program>, Vec<Diagnostic>) {
    let (program, diagnostics, _) = lower_within(ast, overrides, MAX_TASKS);
    (program, diagnostics)
}

/// Lowers a tree, if that takes no more than so many tasks, and tells how many are left.
fn lower_within(
    ast: &Ast,
    overrides: &Overrides,
    most: usize,
) -> (Option<Program>, Vec<Diagnostic>, usize) {
    let mut lowerer = lowerer(ast, overrides, most);
    lowerer.run();
    let left = lowerer.left;
    let (program, diagnostics) = lowerer.finish();
    (program, diagnostics, left)
}

/// Ready to run the statements of a program.
fn lowerer<'a>(ast: &'a Ast, overrides: &'a Overrides, most: usize) -> Lowerer<'a> {
    let prelude = ast.prelude.map(|prelude| prelude.block);
    let blocks = [Ast::PROGRAM].into_iter().chain(prelude);
    let blocks = blocks.map(|block| Task::Block(block, 0));
    Lowerer {
        ast,
        graph: Graph::default(),
        diagnostics: Vec::new(),
        tasks: blocks.collect(),
        values: Vec::new(),
        frames: vec![Frame {
            names: FxHashMap::default(),
            versions: Counts::default(),
            scope: 0,
            def: None,
            within: None,
            label: None,
            base: 0,
            open: 0,
        }],
        labels: Vec::new(),
        label: None,
        now: Span::default(),
        scopes: vec![Scope::default()],
        groups: Vec::new(),
        open: Vec::new(),
        loops: loops(ast),
        mirrors: FxHashMap::default(),
        calls: Counts::default(),
        constants: FxHashMap::default(),
        tables: FxHashMap::default(),
        derived: Known::default(),
        swept: 0,
        inputs: Vec::new(),
        order: Vec::new(),
        ordered: vec![false; ast.word_count()],
        assigned: assigned_names(ast),
        active: vec![false; ast.defs.len()],
        defaults: vec![Rc::default(); ast.defs.len()],
        last: None,
        overrides,
        gates: 0,
        bytes: 0,
        numbers: 0,
        sites: None,
        origins: Origins::default(),
        everything: Library::Python,
        told: FxHashMap::default(),
        left: most,
        fatal: false,
    }
}

/// Which names some statement assigns, by symbol.
fn assigned_names(ast: &Ast) -> Vec<bool> {
    let mut assigned = vec![false; ast.word_count()];
    for stmt in ast.own() {
        if let StmtKind::Assign(name, ..) = stmt.kind {
            assigned[name.0 as usize] = true;
        }
    }
    assigned
}

/// How many loops over the same variable stand before a loop in its block, for
/// loops before which there is one.
fn loops(ast: &Ast) -> FxHashMap<u32, u32> {
    let mut found = FxHashMap::default();
    for block in &ast.blocks {
        let mut counts = Counts::default();
        for stmt in block {
            if let StmtKind::For { name, .. } = ast.stmt(*stmt).kind {
                let before = counts.add(u64::from(name.0));
                if before > 0 {
                    found.insert(stmt.0, before);
                }
            }
        }
    }
    found
}

impl Lowerer<'_> {
    fn run(&mut self) {
        while let Some(task) = self.tasks.pop() {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 && !self.fatal {
                self.fail(
                    self.now,
                    Message::Fatal("the program takes too many steps to unroll".into()),
                );
            }
            if self.fatal {
                return;
            }
            match task {
                Task::Expr(expr) => self.expr(expr),
                Task::Apply(expr) => self.apply(expr),
                Task::Block(block, at) => self.block(block, at),
                Task::Bind(stmt, first) => self.bind(stmt, first),
                Task::Range(stmt) => self.range(stmt),
                Task::Turn(stmt, value, step, left) => self.turn(stmt, value, step, left),
                Task::Numbers => self.numbers += 1,
                Task::Gates => self.numbers -= 1,
                Task::Call(expr, target) => self.called(expr, target),
                Task::Define(def) => self.define(def),
                Task::Leave => self.leave(),
            }
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.tell(Diagnostic::new(span, message.into()));
    }

    /// Tells a mistake, once in a place however often a call comes by.
    fn tell(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.span = self.place(diagnostic.span);
        // The map is one that there is: each kind of map weighs a kilobyte.
        let before = self.told.insert(diagnostic.span, NodeId::default());
        if before.is_none() || self.top_level() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Tells an unknown name, the last one in a place, with a known one that may be meant.
    fn unknown(&mut self, span: Span, message: String, meant: Option<String>) {
        self.tell(Diagnostic {
            meant,
            ..Diagnostic::new(span, message)
        });
    }

    /// Tells a message and stands poison in for the value.
    fn fail(&mut self, span: Span, message: Message) -> Value {
        match message {
            Message::Error(text) => {
                let text = format!("{text}{}", self.whose(&text));
                self.error(span, text);
            }
            Message::Shapes(text, misfit) => self.misfit(span, &text, *misfit),
            Message::Fatal(text) => {
                self.fatal = true;
                self.error(span, text);
            }
            Message::Silent => {}
        }
        Value::Poison
    }

    fn settle(&mut self, span: Span, result: Result<Value, Message>) {
        let value = result.unwrap_or_else(|message| self.fail(span, message));
        self.values.push(value);
    }

    fn pop(&mut self) -> Value {
        self.values.pop().unwrap_or(Value::Poison)
    }

    fn frame(&mut self) -> &mut Frame {
        // The program's own frame is never left.
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn top_level(&self) -> bool {
        self.frames.len() == 1
    }

    /// What a name stands for; a function's own names come before the program's.
    fn lookup(&self, name: Symbol) -> Option<Value> {
        let frame = self.frames.last()?;
        if let Some(value) = frame.names.get(&name) {
            return Some(value.clone());
        }
        if frame.within.is_some() {
            let found = prelude_function(self.ast.name(name));
            return found.map(|f| Value::Function(f, name, Library::Python));
        }
        let own = frame.def.is_some_and(|def| self.ast.def(def).assigns(name));
        if !own && let Some(value) = self.frames[0].names.get(&name) {
            return Some(value.clone());
        }
        function(self.ast.name(name)).map(|f| Value::Function(f, name, self.everything))
    }

    /// What a name stands for, which is called or stands as a value.
    fn named(&mut self, name: Symbol, span: Span, is_called: bool) -> Value {
        if let Some(value) = self.lookup(name) {
            return value;
        }
        let ast = self.ast;
        let text = ast.name(name);
        let import = match text {
            "np" | "numpy" => "import numpy as np",
            "torch" => "import torch",
            "F" => "import torch.nn.functional as F",
            "math" => "import math",
            "jnp" => "import jax.numpy as jnp",
            "jax" => "import jax",
            "nn" => "from torch import nn",
            _ => "",
        };
        let own = self.frames.last().and_then(|frame| frame.def);
        let own = own.is_some_and(|def| ast.def(def).assigns(name));
        let (hint, meant) = if self.assigned[name.0 as usize] {
            (": it is assigned further down".to_owned(), None)
        } else if !import.is_empty() {
            (format!(": import it first, as in '{import}'"), None)
        } else {
            // As a value it is a name of the user's, but for a number that has one.
            let is_number = matches!(text, "pi" | "e");
            let way = elsewhere::instead(text).filter(|_| is_called || is_number);
            let meant = self.meant(text, is_called);
            let hint = match way {
                Some(way) => format!(": {way}"),
                None if is_called || meant.is_some() || self.label.is_none() => String::new(),
                None => format!(": give it a value first, as in '{text} = 1'"),
            };
            (hint, meant)
        };
        self.unknown(span, format!("unknown name '{text}'{hint}"), meant);
        // One message for one name.
        let frame = if own { self.frames.len() - 1 } else { 0 };
        self.frames[frame].names.insert(name, Value::Poison);
        Value::Poison
    }

    /// The known name that is most like one that is not: of what can be called, or of values.
    fn meant(&self, text: &str, is_called: bool) -> Option<String> {
        if self.diagnostics.len() >= MAX_HINTS || is_called && elsewhere::is_known(text) {
            return None;
        }
        let can_be_called = |value: &Value| match value {
            Value::Def(_) | Value::Function(..) => Some(true),
            Value::Node(_) | Value::Number { .. } => Some(false),
            _ => None,
        };
        let frames = self.frames.iter().rev();
        let own = frames.flat_map(|frame| &frame.names).take(MAX_COMPARED);
        let own = own.filter(|(_, value)| can_be_called(value) == Some(is_called));
        let mut known: Vec<&str> = own.map(|(&name, _)| self.ast.name(name)).collect();
        if is_called {
            known.extend(names());
        }
        nearest(text, known.into_iter()).map(str::to_owned)
    }

    fn finish(mut self) -> (Option<Program>, Vec<Diagnostic>) {
        let names = std::mem::take(&mut self.frames[0].names);
        let mut found = Vec::new();
        for symbol in std::mem::take(&mut self.order) {
            let (node, folded) = match names.get(&symbol) {
                Some(&Value::Node(node)) => (node, false),
                Some(&Value::Number {
                    value,
                    span,
                    node,
                    folded,
                    ..
                }) => {
                    let made = node.or_else(|| self.constant(value, &[], span).ok());
                    (made.unwrap_or_default(), folded)
                }
                _ => continue,
            };
            let name = self.ast.name(symbol).to_owned();
            found.push(Name { name, node, folded });
        }
        let output = match self.last.take() {
            Some((name, value)) => {
                let node = self.node(&value);
                let name = name.map(|name| self.ast.name(name).to_owned());
                match node {
                    Ok(node) => Some((name, node)),
                    Err(message) => {
                        let span = match value {
                            Value::List(_, span)
                            | Value::Table(_, span)
                            | Value::Extremes(_, span) => span,
                            _ => Span::default(),
                        };
                        self.fail(span, message);
                        None
                    }
                }
            }
            None => None,
        };
        if output.is_none() && self.diagnostics.is_empty() {
            let message = "the program computes nothing yet: write a line such as 'f = 2 * 3'";
            self.error(Span::default(), message);
        }
        let program = output
            .filter(|_| self.diagnostics.is_empty())
            .map(|(name, output)| Program {
                graph: self.graph,
                names: found,
                inputs: self.inputs,
                output,
                output_name: name,
                labels: self.labels,
                words: self.ast.words(),
                scopes: self.scopes,
                groups: self.groups,
                gates: self.gates,
            });
        (program, self.diagnostics)
    }
}

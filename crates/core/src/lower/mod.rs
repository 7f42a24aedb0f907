//! From the tree to the graph: names bound, calls inlined, loops unrolled.
//!
//! A machine with a stack of tasks and a stack of values: the depth of an
//! expression, of calls or of loops is data.

mod calls;
mod functions;
mod gates;
mod literal;
pub mod program;
#[cfg(test)]
mod tests;

use crate::graph::{Graph, NodeId, Origin, Role};
use crate::shape::ShapeId;
use crate::source::{Diagnostic, Span};
use crate::syntax::Ast;
use crate::syntax::ast::{Binary, BlockId, DefId, ExprId, ExprKind, Import, Stmt, StmtId, StmtKind, Symbol, Unary};
use functions::{Function, function, module_function, names, nearest};
pub use literal::{Tensor, parse_value};
use program::{Input, Label, MAX_GATES, Name, Program, Scope};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Most tasks: what a program may take to unroll and inline.
const MAX_TASKS: usize = 20_000_000;

/// How many unknown names are compared with the known ones.
const MAX_HINTS: usize = 50;

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
    },
    Bool(bool),
    None,
    List(Rc<[Value]>),
    Tuple(Rc<[Value]>),
    Function(Function, Symbol),
    Def(DefId),
    Module,
}

/// Why a gate could not be made.
enum Message {
    Error(String),
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
    Function(Function, Symbol),
    /// The receiver is the first argument.
    Method(Function, Symbol),
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
    versions: FxHashMap<Symbol, u32>,
    scope: u32,
    def: Option<DefId>,
    /// The caller's statement.
    label: Option<usize>,
    /// How many values there were before it.
    base: usize,
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
    /// Calls made so far by statement and definition.
    calls: FxHashMap<(usize, DefId), u32>,
    constants: FxHashMap<(Span, u64, ShapeId), NodeId>,
    inputs: Vec<Input>,
    /// Top-level names, in the order of first binding.
    order: Vec<Symbol>,
    ordered: FxHashSet<Symbol>,
    /// Names that some statement assigns.
    assigned: FxHashSet<Symbol>,
    /// Definitions whose calls are open.
    active: FxHashSet<DefId>,
    defaults: FxHashMap<DefId, Rc<[Value]>>,
    last: Option<(Option<Symbol>, Value)>,
    overrides: &'a FxHashMap<String, Tensor>,
    gates: usize,
    bytes: usize,
    /// How many `Numbers` are open.
    numbers: usize,
    fatal: bool,
}

/// Lowers a tree. With mistakes there is no program, but every independent
/// mistake is told. `overrides` replaces the values of inputs by name.
pub fn lower(
    ast: &Ast,
    overrides: &FxHashMap<String, Tensor>,
) -> (Option<Program>, Vec<Diagnostic>) {
    let mut lowerer = Lowerer {
        ast,
        graph: Graph::default(),
        diagnostics: Vec::new(),
        tasks: vec![Task::Block(Ast::PROGRAM, 0)],
        values: Vec::new(),
        frames: vec![Frame {
            names: FxHashMap::default(),
            versions: FxHashMap::default(),
            scope: 0,
            def: None,
            label: None,
            base: 0,
        }],
        labels: Vec::new(),
        label: None,
        now: Span::default(),
        scopes: vec![Scope::default()],
        calls: FxHashMap::default(),
        constants: FxHashMap::default(),
        inputs: Vec::new(),
        order: Vec::new(),
        ordered: FxHashSet::default(),
        assigned: ast.stmts.iter().filter_map(assigned_name).collect(),
        active: FxHashSet::default(),
        defaults: FxHashMap::default(),
        last: None,
        overrides,
        gates: 0,
        bytes: 0,
        numbers: 0,
        fatal: false,
    };
    lowerer.run();
    lowerer.finish()
}

fn assigned_name(stmt: &Stmt) -> Option<Symbol> {
    match stmt.kind {
        StmtKind::Assign(name, ..) => Some(name),
        _ => None,
    }
}

impl Lowerer<'_> {
    fn run(&mut self) {
        let mut count = 0;
        while let Some(task) = self.tasks.pop() {
            count += 1;
            if count > MAX_TASKS && !self.fatal {
                self.fail(self.now, Message::Fatal("the program takes too many steps to unroll".into()));
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
        self.diagnostics.push(Diagnostic {
            span,
            message: message.into(),
        });
    }

    /// Tells a message and stands poison in for the value.
    fn fail(&mut self, span: Span, message: Message) -> Value {
        match message {
            Message::Error(text) => self.error(span, text),
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
        let own = frame.def.is_some_and(|def| self.ast.def(def).locals.contains(&name));
        if !own && let Some(value) = self.frames[0].names.get(&name) {
            return Some(value.clone());
        }
        function(self.ast.name(name)).map(|f| Value::Function(f, name))
    }

    fn named(&mut self, name: Symbol, span: Span) -> Value {
        self.lookup(name).unwrap_or_else(|| {
            let text = self.ast.name(name);
            let hint = if self.assigned.contains(&name) {
                ": it is assigned further down".to_owned()
            } else if matches!(text, "np" | "numpy" | "torch" | "F" | "math" | "jnp") {
                ": import it first, as in 'import numpy as np'".to_owned()
            } else if self.diagnostics.len() >= MAX_HINTS {
                String::new()
            } else {
                let ast = self.ast;
                let known = self.order.iter().map(|&s| ast.name(s)).chain(names());
                nearest(text, known).map_or_else(String::new, |n| format!(": did you mean '{n}'?"))
            };
            let message = format!("unknown name '{text}'{hint}");
            self.error(span, message);
            // One message for one name.
            self.frame().names.insert(name, Value::Poison);
            Value::Poison
        })
    }

    fn expr(&mut self, id: ExprId) {
        let expr = self.ast.expr(id);
        let span = expr.span;
        let value = match &expr.kind {
            ExprKind::Error => Value::Poison,
            ExprKind::Number(value) => Value::Number {
                value: *value,
                span,
                node: None,
                folded: false,
            },
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::None => Value::None,
            ExprKind::Name(name) => self.named(*name, span),
            ExprKind::Unary(_, a) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                return;
            }
            ExprKind::Binary(_, a, b) | ExprKind::Compare(_, a, b) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*b), Task::Expr(*a)]);
                return;
            }
            ExprKind::Attribute(a, _) => {
                if !self.is_module(*a) {
                    self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                    return;
                }
                let message = Message::from("a module's function is called with '(…)'");
                self.fail(span, message)
            }
            ExprKind::Index(a, _) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                return;
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                self.tasks.push(Task::Apply(id));
                self.tasks.extend(items.iter().rev().map(|&item| Task::Expr(item)));
                return;
            }
            ExprKind::Call(callee, arguments) => return self.call(id, *callee, arguments),
        };
        self.values.push(value);
    }

    fn apply(&mut self, id: ExprId) {
        let expr = self.ast.expr(id);
        let span = expr.span;
        let result = match &expr.kind {
            ExprKind::Unary(op, a) => {
                let value = self.pop();
                self.unary(*op, (value, self.ast.expr(*a).span), span)
            }
            ExprKind::Binary(op, a, b) => {
                let right = (self.pop(), self.ast.expr(*b).span);
                let left = (self.pop(), self.ast.expr(*a).span);
                self.binary_or_number(*op, left, right, span)
            }
            ExprKind::Compare(op, ..) => {
                let (right, left) = (self.pop(), self.pop());
                match (left, right) {
                    (Value::Poison, _) | (_, Value::Poison) => Err(Message::Silent),
                    _ => Err(format!("comparing with '{op}' is not available yet").into()),
                }
            }
            ExprKind::Attribute(_, name) => {
                let value = self.pop();
                let name = self.ast.name(*name);
                match value {
                    Value::Poison => Err(Message::Silent),
                    _ if name == "T" => Err("'.T' is not available yet".into()),
                    _ if function(name).is_some() => Err(format!("call it: '.{name}()'").into()),
                    _ => Err(format!("values have no '.{name}'").into()),
                }
            }
            ExprKind::Index(..) => match self.pop() {
                Value::Poison => Err(Message::Silent),
                _ => Err("indexing with '[…]' is not available yet".into()),
            },
            ExprKind::List(items) => Ok(Value::List(self.split(items.len()))),
            ExprKind::Tuple(items) => Ok(Value::Tuple(self.split(items.len()))),
            _ => Err(Message::Silent),
        };
        self.settle(span, result);
    }

    fn split(&mut self, count: usize) -> Rc<[Value]> {
        let from = self.values.len().saturating_sub(count);
        self.values.split_off(from).into()
    }

    fn unary(&mut self, op: Unary, a: (Value, Span), span: Span) -> Result<Value, Message> {
        match (op, a.0) {
            (Unary::Plus, value @ (Value::Node(_) | Value::Number { .. })) => Ok(value),
            (Unary::Minus, Value::Number { value, folded, node, .. }) if node.is_none() || folded || self.numbers > 0 => {
                Ok(Value::Number { value: -value, span, node: None, folded })
            }
            (_, value) => {
                self.elementwise(crate::op::Op::Neg, &[(value, a.1)], span, "negate")
            }
        }
    }

    /// An operator, on numbers where these are known and the graph has no part in it.
    fn binary_or_number(
        &mut self,
        op: Binary,
        a: (Value, Span),
        b: (Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        if let (
            &Value::Number { value: x, folded: f, .. },
            &Value::Number { value: y, folded: g, .. },
        ) = (&a.0, &b.0)
            && (f || g || self.numbers > 0)
        {
            let value = match op {
                Binary::Add => x + y,
                Binary::Sub => x - y,
                Binary::Mul => x * y,
                Binary::Div => x / y,
                Binary::Pow => x.powf(y),
                Binary::Matmul => return Err("numbers are multiplied with '*'".into()),
            };
            return Ok(Value::Number { value, span, node: None, folded: true });
        }
        self.binary(op, a, b, span)
    }

    fn block(&mut self, block: BlockId, at: usize) {
        let Some(&stmt) = self.ast.block(block).get(at) else {
            return;
        };
        self.tasks.push(Task::Block(block, at + 1));
        self.now = self.ast.stmt(stmt).span;
        let first = self.graph.len();
        match &self.ast.stmt(stmt).kind {
            StmtKind::Assign(name, _, value) => {
                self.begin(Some(*name));
                // A literal at top level is an input.
                if self.top_level() && block == Ast::PROGRAM && self.input(stmt, *name, *value) {
                    return;
                }
                self.tasks.extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Augment(name, span, _, value) => {
                let before = self.named(*name, *span);
                self.begin(Some(*name));
                self.values.push(before);
                self.tasks.extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Expr(value) | StmtKind::Return(value) => {
                self.begin(None);
                self.tasks.extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Def(def) => {
                self.tasks.push(Task::Define(*def));
                let defaults = self.ast.def(*def).parameters.iter().rev();
                self.tasks.extend(defaults.filter_map(|p| p.1).map(Task::Expr));
            }
            StmtKind::For { range, .. } => {
                self.tasks.extend([Task::Range(stmt), Task::Gates]);
                self.tasks.extend(range.iter().rev().map(|&e| Task::Expr(e)));
                self.tasks.push(Task::Numbers);
            }
            StmtKind::Import(bound) => {
                for import in bound {
                    self.import(import);
                }
            }
        }
    }

    fn import(&mut self, import: &Import) {
        let (name, value) = match *import {
            Import::Module(name) => (name, Value::Module),
            Import::Function(name, original, span) => {
                let text = self.ast.name(original);
                let value = module_function(text).map_or_else(
                    || self.fail(span, format!("there is no function '{text}' here").into()),
                    |f| Value::Function(f, original),
                );
                (name, value)
            }
        };
        self.frame().names.insert(name, value);
    }

    /// Starts a statement: what it makes is called after it.
    fn begin(&mut self, name: Option<Symbol>) {
        let frame = self.frame();
        let scope = frame.scope;
        let version = name.map_or(0, |name| {
            let count = frame.versions.entry(name).or_insert(0);
            *count += 1;
            *count - 1
        });
        self.labels.push(Label {
            scope,
            name,
            version,
            root: None,
        });
        self.label = Some(self.labels.len() - 1);
    }

    fn bind(&mut self, stmt: StmtId, first: usize) {
        let statement = self.ast.stmt(stmt);
        let mut value = self.pop();
        match statement.kind {
            StmtKind::Return(_) => {
                // The call's value; `leave` goes back to the caller.
                self.values.push(value);
                // What stands behind it never runs.
                while !matches!(self.tasks.last(), None | Some(Task::Leave)) {
                    self.tasks.pop();
                }
                return;
            }
            StmtKind::Expr(_) => {
                if self.top_level() {
                    self.last = Some((None, value));
                }
                return;
            }
            StmtKind::Augment(_, at, op, right) => {
                let before = self.pop();
                let right = (value, self.ast.expr(right).span);
                let result = self.binary_or_number(op, (before, at), right, statement.span);
                value = result.unwrap_or_else(|m| self.fail(statement.span, m));
            }
            _ => {}
        }
        let (StmtKind::Assign(name, span, _) | StmtKind::Augment(name, span, ..)) = statement.kind
        else {
            return;
        };
        if let Value::Number { value: number, span, node: None, folded: false } = value {
            // A literal with a name is one node.
            let origin = Origin { span, label: self.label.unwrap_or(0) as u32, role: Role::Written };
            let node = self.graph.push_constant(number, ShapeId::SCALAR, origin);
            value = Value::Number { value: number, span, node: Some(node), folded: false };
        }
        let node = match value {
            Value::Node(node) => Some(node),
            Value::Number { node, .. } => node,
            Value::List(_) | Value::Tuple(_) | Value::Bool(_) | Value::None | Value::Module => {
                value = match self.number_of(&value, span) {
                    Ok(value) => value,
                    Err(message) => self.fail(statement.span, message),
                };
                None
            }
            _ => None,
        };
        if let Some(node) = node.filter(|node| node.index() >= first)
            && let Some(label) = self.label
        {
            self.labels[label].root = Some(node);
            self.graph.relabel(node, label as u32);
        }
        self.assign(name, value);
    }

    fn number_of(&mut self, value: &Value, span: Span) -> Result<Value, Message> {
        self.node(value, span).map(Value::Node)
    }

    fn assign(&mut self, name: Symbol, value: Value) {
        if self.top_level() {
            if self.ordered.insert(name) {
                self.order.push(name);
            }
            self.last = Some((Some(name), value.clone()));
        }
        self.frame().names.insert(name, value);
    }

    fn range(&mut self, stmt: StmtId) {
        let StmtKind::For { range, .. } = &self.ast.stmt(stmt).kind else {
            return;
        };
        let bounds = self.split(range.len());
        let mut whole = [0.0; 3];
        for (i, (bound, &expr)) in bounds.iter().zip(range.iter()).enumerate() {
            let span = self.ast.expr(expr).span;
            match *bound {
                Value::Number { value, .. } if value.fract() == 0.0 && value.abs() < 9e15 => whole[i] = value,
                Value::Poison => return,
                Value::Number { .. } => return self.error(span, "range takes whole numbers"),
                _ => {
                    let message = "range takes numbers that are known before anything runs: \
                                   write the number itself, an input can change";
                    return self.error(span, message);
                }
            }
        }
        let [start, stop, step] = match range.len() {
            1 => [0.0, whole[0], 1.0],
            2 => [whole[0], whole[1], 1.0],
            _ => whole,
        };
        let span = self.ast.stmt(stmt).span;
        if range.is_empty() {
            return;
        }
        if step == 0.0 {
            return self.error(span, "the step of range cannot be 0");
        }
        let turns = ((stop - start) / step).ceil().max(0.0);
        if turns > MAX_GATES as f64 {
            return self.error(span, "this loop repeats more than 1,000,000 times");
        }
        self.tasks.push(Task::Turn(stmt, start, step, turns as usize));
    }

    fn turn(&mut self, stmt: StmtId, value: f64, step: f64, left: usize) {
        let Some(left) = left.checked_sub(1) else {
            return;
        };
        // After a mistake there is no program: one turn tells what is wrong with it.
        let left = if self.diagnostics.is_empty() { left } else { 0 };
        let StmtKind::For { name, body, .. } = self.ast.stmt(stmt).kind else {
            return;
        };
        let span = self.ast.stmt(stmt).span;
        let number = Value::Number { value, span, node: None, folded: true };
        let last = self.last.take();
        self.assign(name, number);
        self.last = last;
        self.tasks.push(Task::Turn(stmt, value + step, step, left));
        self.tasks.push(Task::Block(body, 0));
    }

    fn finish(mut self) -> (Option<Program>, Vec<Diagnostic>) {
        let names = std::mem::take(&mut self.frames[0].names);
        let mut found = Vec::new();
        for symbol in std::mem::take(&mut self.order) {
            let (node, folded) = match names.get(&symbol) {
                Some(&Value::Node(node)) => (node, false),
                Some(&Value::Number { value, span, node, folded }) => {
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
                let node = self.node(&value, Span::default());
                let name = name.map(|name| self.ast.name(name).to_owned());
                match node {
                    Ok(node) => Some((name, node)),
                    Err(Message::Error(text)) => {
                        self.error(Span::default(), text);
                        None
                    }
                    Err(_) => None,
                }
            }
            None => None,
        };
        if output.is_none() && self.diagnostics.is_empty() {
            let message = "the program computes nothing yet: write a line such as 'f = 2 * 3'";
            self.error(Span::default(), message);
        }
        let program = output.filter(|_| self.diagnostics.is_empty()).map(|(name, output)| Program {
            graph: self.graph,
            names: found,
            inputs: self.inputs,
            output,
            output_name: name,
            labels: self.labels,
            words: self.ast.words(),
            scopes: self.scopes,
            gates: self.gates,
        });
        (program, self.diagnostics)
    }
}

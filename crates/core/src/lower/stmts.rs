//! Statements: names bound, loops unrolled.

use super::calls::missing;
use super::functions::module_function;
use super::misfit::mark;
use super::program::{Group, Label, MAX_GATES, Made};
use super::{Lowerer, Open, Task, Value};
use crate::graph::Role;
use crate::shape::ShapeId;
use crate::source::Span;
use crate::syntax::ast::{Ast, BlockId, Import, StmtId, StmtKind, Symbol};

impl Lowerer<'_> {
    /// Begins a group: what is made until its end is in it.
    pub(super) fn begin_group(&mut self, made: Made, turns: Option<StmtId>, span: Span) {
        let start = self.graph.len() as u32;
        self.groups.push(Group {
            made,
            parent: self.open.last().map(|open| open.group),
            nodes: start..start,
            span,
        });
        let group = self.groups.len() as u32 - 1;
        self.open.push(Open { group, turns });
    }

    /// Ends the innermost group. One without nodes is not kept, nor a turn of one
    /// node, so that there are no more groups than what is made is worth.
    pub(super) fn end_group(&mut self) {
        let end = self.graph.len() as u32;
        let Some(Open { group, turns }) = self.open.pop() else {
            return;
        };
        let last = group as usize + 1 == self.groups.len();
        let nodes = &mut self.groups[group as usize].nodes;
        nodes.end = end;
        let least = if turns.is_some() { 2 } else { 1 };
        if last && nodes.len() < least {
            self.groups.pop();
        }
    }

    pub(super) fn block(&mut self, block: BlockId, at: usize) {
        let Some(&stmt) = self.ast.block(block).get(at) else {
            return;
        };
        self.tasks.push(Task::Block(block, at + 1));
        self.now = self.place(self.ast.stmt(stmt).span);
        let first = self.graph.len();
        match &self.ast.stmt(stmt).kind {
            StmtKind::Assign(name, _, value) => {
                self.begin(Some(*name));
                // A literal at top level is an input.
                if self.top_level() && block == Ast::PROGRAM && self.input(stmt, *name, *value) {
                    return;
                }
                self.tasks
                    .extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Augment(name, span, _, value) => {
                let before = self.named(*name, *span, false);
                self.begin(Some(*name));
                self.values.push(before);
                self.tasks
                    .extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Expr(value) | StmtKind::Return(value) => {
                self.begin(None);
                self.tasks
                    .extend([Task::Bind(stmt, first), Task::Expr(*value)]);
            }
            StmtKind::Def(def) => {
                self.tasks.push(Task::Define(*def));
                let defaults = self.ast.def(*def).parameters.iter().rev();
                self.tasks
                    .extend(defaults.filter_map(|p| p.1).map(Task::Expr));
            }
            StmtKind::For { range, .. } => {
                self.tasks.extend([Task::Range(stmt), Task::Gates]);
                self.tasks
                    .extend(range.iter().rev().map(|&e| Task::Expr(e)));
                self.tasks.push(Task::Numbers);
            }
            StmtKind::Refused(names) => {
                for &name in names {
                    self.assign(name, Value::Poison);
                }
            }
            StmtKind::Import(bound) => {
                for import in bound {
                    self.import(import);
                }
            }
        }
    }

    pub(super) fn import(&mut self, import: &Import) {
        let (name, value) = match *import {
            Import::Everything(library) => {
                self.everything = library;
                return;
            }
            Import::Module(name, library) => (name, Value::Module(library)),
            Import::Function(name, original, span, library) => {
                let text = self.ast.name(original);
                let value = module_function(text).map_or_else(
                    || {
                        let message = missing(text);
                        self.fail(span, message)
                    },
                    |f| Value::Function(f, original, library),
                );
                (name, value)
            }
        };
        self.frame().names.insert(name, value);
    }

    /// Starts a statement: what it makes is called after it.
    pub(super) fn begin(&mut self, name: Option<Symbol>) {
        let frame = self.frame();
        let scope = frame.scope;
        let version = frame
            .versions
            .add(name.map_or(u64::MAX, |name| u64::from(name.0)));
        self.labels.push(Label {
            scope,
            name,
            version,
            root: None,
        });
        self.label = Some(self.labels.len() - 1);
    }

    pub(super) fn bind(&mut self, stmt: StmtId, first: usize) {
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
            StmtKind::Augment(name, at, op, right) => {
                let before = self.pop();
                let right = (value, self.ast.expr(right).span);
                let shared = self.unshared(name, &before, mark(op));
                let result =
                    shared.and_then(|()| self.operator(op, (before, at), right, statement.span));
                value = result.unwrap_or_else(|m| self.fail(statement.span, m));
            }
            _ => {}
        }
        let (StmtKind::Assign(name, ..) | StmtKind::Augment(name, ..)) = statement.kind else {
            return;
        };
        if let Value::Number {
            value: number,
            span,
            node: None,
            folded: false,
            is_whole,
        } = value
        {
            // A literal with a name is one node.
            let origin = self.origin(span, Role::Written);
            let node = self.graph.push_constant(number, ShapeId::SCALAR, origin);
            value = Value::Number {
                value: number,
                span,
                node: Some(node),
                folded: false,
                is_whole,
            };
        }
        let node = match value {
            Value::Node(node) => Some(node),
            Value::Number { node, .. } => node,
            // A name of the prelude may be of axes.
            _ if self.within().is_some() => None,
            Value::List(..)
            | Value::Table(..)
            | Value::Tuple(_)
            | Value::Bool(_)
            | Value::None
            | Value::Module(_) => {
                let place = match value {
                    Value::List(_, place) | Value::Table(_, place) => place,
                    _ => statement.span,
                };
                value = match self.node(&value).map(Value::Node) {
                    Ok(value) => value,
                    Err(message) => self.fail(place, message),
                };
                match value {
                    // Values put side by side; of literals alone it is a constant.
                    Value::Node(node) if self.graph.arity(node) > 0 => Some(node),
                    _ => None,
                }
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

    pub(super) fn assign(&mut self, name: Symbol, value: Value) {
        if self.top_level() {
            if !std::mem::replace(&mut self.ordered[name.0 as usize], true) {
                self.order.push(name);
            }
            self.last = Some((Some(name), value.clone()));
        }
        self.frame().names.insert(name, value);
    }

    pub(super) fn range(&mut self, stmt: StmtId) {
        if !self.turns(stmt) {
            self.unrun(stmt);
        }
    }

    /// Binds the names of a loop that is not run, so that no mistake follows from it.
    fn unrun(&mut self, stmt: StmtId) {
        let mut open = vec![stmt];
        while let Some(stmt) = open.pop() {
            match self.ast.stmt(stmt).kind {
                StmtKind::For { name, body, .. } => {
                    self.assign(name, Value::Poison);
                    open.extend(self.ast.block(body));
                }
                StmtKind::Assign(name, ..) | StmtKind::Augment(name, ..) => {
                    self.assign(name, Value::Poison);
                }
                StmtKind::Refused(ref names) => {
                    for &name in names {
                        self.assign(name, Value::Poison);
                    }
                }
                _ => {}
            }
        }
    }

    /// Starts a loop's turns; false where its bounds are not known.
    fn turns(&mut self, stmt: StmtId) -> bool {
        let StmtKind::For { range, .. } = &self.ast.stmt(stmt).kind else {
            return true;
        };
        let bounds = self.split(range.len());
        let mut whole = [0.0; 3];
        for (i, (bound, &expr)) in bounds.iter().zip(range.iter()).enumerate() {
            let span = self.ast.expr(expr).span;
            match *bound {
                Value::Number { value, .. } if value.fract() == 0.0 && value.abs() < 9e15 => {
                    whole[i] = value;
                }
                Value::Poison => return false,
                Value::Number { .. } => {
                    self.error(span, "range takes whole numbers");
                    return false;
                }
                _ => {
                    let message = "range takes numbers that are known before anything runs: \
                                   write the number itself, an input can change";
                    self.error(span, message);
                    return false;
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
            return false;
        }
        if step == 0.0 {
            self.error(span, "the step of range cannot be 0");
            return false;
        }
        let turns = ((stop - start) / step).ceil().max(0.0);
        if turns > MAX_GATES as f64 {
            self.error(span, "this loop repeats more than 1,000,000 times");
            return false;
        }
        self.tasks
            .push(Task::Turn(stmt, start, step, turns as usize));
        true
    }

    pub(super) fn turn(&mut self, stmt: StmtId, value: f64, step: f64, left: usize) {
        let last = self.open.last();
        if last.is_some_and(|open| open.turns == Some(stmt)) {
            self.end_group();
        }
        let Some(left) = left.checked_sub(1) else {
            return;
        };
        // After a mistake there is no program: one turn tells what is wrong with it.
        let left = if self.diagnostics.is_empty() { left } else { 0 };
        let StmtKind::For { name, body, .. } = self.ast.stmt(stmt).kind else {
            return;
        };
        let span = self.ast.stmt(stmt).span;
        let number = Value::Number {
            value,
            span,
            node: None,
            folded: true,
            is_whole: true,
        };
        let last = self.last.take();
        self.assign(name, number);
        self.last = last;
        let made = Made::Turn {
            name,
            value,
            ordinal: self.loops.get(&stmt.0).copied().unwrap_or(0),
        };
        self.begin_group(made, Some(stmt), span);
        self.tasks.push(Task::Turn(stmt, value + step, step, left));
        self.tasks.push(Task::Block(body, 0));
    }
}

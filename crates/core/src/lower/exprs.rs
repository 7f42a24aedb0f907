//! Expressions, one task at a time.

use super::functions::function;
use super::literal::tensor;
use super::{Lowerer, Message, Task, Value};
use crate::op::{Op, Relation};
use crate::source::Span;
use crate::syntax::ast::{ExprId, ExprKind, Unary};
use std::rc::Rc;

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, id: ExprId) {
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
                self.tasks
                    .extend([Task::Apply(id), Task::Expr(*b), Task::Expr(*a)]);
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
            ExprKind::Index(a, subscripts) => {
                self.tasks.extend([Task::Apply(id), Task::Gates]);
                let parts = subscripts.iter().rev().flat_map(|s| s.parts().rev());
                self.tasks.extend(parts.map(Task::Expr));
                self.tasks.extend([Task::Numbers, Task::Expr(*a)]);
                return;
            }
            ExprKind::List(items)
                if self.nests(items)
                    && let Some(Ok(tensor)) = tensor(self.ast, id) =>
            {
                let made = self.table(tensor, span).map(Value::Node);
                return self.settle(span, made);
            }
            // What is wrong with rows is told where they are put together.
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                self.tasks.push(Task::Apply(id));
                self.tasks
                    .extend(items.iter().rev().map(|&item| Task::Expr(item)));
                return;
            }
            ExprKind::Call(callee, arguments) => return self.call(id, *callee, arguments),
        };
        self.values.push(value);
    }

    pub(super) fn apply(&mut self, id: ExprId) {
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
                self.binary(*op, left, right, span)
            }
            ExprKind::Compare(op, a, b) => {
                let right = (self.pop(), self.ast.expr(*b).span);
                let left = (self.pop(), self.ast.expr(*a).span);
                let relation = Relation::of(op).unwrap_or(Relation::Equal);
                let operands = [left, right];
                self.elementwise(Op::Compare(relation), &operands, span, "compare")
            }
            ExprKind::Attribute(_, name) => {
                let value = self.pop();
                let name = self.ast.name(*name);
                match value {
                    Value::Poison => Err(Message::Silent),
                    value if name == "T" => self.transpose(value, None, span),
                    _ if function(name).is_some() => Err(format!("call it: '.{name}()'").into()),
                    _ => Err(format!("values have no '.{name}'").into()),
                }
            }
            ExprKind::Index(base, subscripts) => {
                self.index(self.ast.expr(*base).span, subscripts, span)
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let values = self.split(items.len());
                let list = matches!(expr.kind, ExprKind::List(_));
                self.collect(&values, list, span)
            }
            _ => Err(Message::Silent),
        };
        self.settle(span, result);
    }

    /// Whether an item is itself a list as it is written.
    fn nests(&self, items: &[ExprId]) -> bool {
        let list = |&item: &ExprId| matches!(self.ast.expr(item).kind, ExprKind::List(_));
        items.iter().any(list)
    }

    /// A list or a tuple of values. Lists within it become arrays: calls could nest
    /// them without end, and dropping them recurses.
    fn collect(&mut self, values: &[Value], list: bool, span: Span) -> Result<Value, Message> {
        let mut items = Vec::with_capacity(values.len());
        for value in values {
            items.push(match value {
                Value::Poison => return Err(Message::Silent),
                Value::List(items, at) => Value::Node(self.array(items, *at)?),
                Value::Tuple(_) => return Err("a tuple cannot stand within a list".into()),
                other => other.clone(),
            });
        }
        Ok(if list {
            Value::List(items.into(), span)
        } else {
            Value::Tuple(items.into())
        })
    }

    pub(super) fn split(&mut self, count: usize) -> Rc<[Value]> {
        let from = self.values.len().saturating_sub(count);
        self.values.split_off(from).into()
    }

    pub(super) fn unary(
        &mut self,
        op: Unary,
        a: (Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        match (op, a.0) {
            (Unary::Plus, value @ (Value::Node(_) | Value::Number { .. })) => Ok(value),
            (
                Unary::Minus,
                Value::Number {
                    value,
                    folded,
                    node,
                    ..
                },
            ) if node.is_none() || folded || self.numbers > 0 => Ok(Value::Number {
                value: -value,
                span,
                node: None,
                folded,
            }),
            (_, value) => self.elementwise(Op::Neg, &[(value, a.1)], span, "negate"),
        }
    }
}

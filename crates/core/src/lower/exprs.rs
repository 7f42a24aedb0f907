//! Expressions, one task at a time.

use super::calls::missing;
use super::elsewhere;
use super::functions::{function, module_function};
use super::literal::{negated, tensor};
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
            ExprKind::Number { value, is_whole } => Value::Number {
                value: *value,
                span,
                node: None,
                folded: false,
                is_whole: *is_whole,
            },
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::None => Value::None,
            ExprKind::Name(name) => self.named(*name, span, false),
            ExprKind::Unary(_, a) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                return;
            }
            ExprKind::Binary(_, a, b) | ExprKind::Compare(_, a, b) => {
                self.tasks
                    .extend([Task::Apply(id), Task::Expr(*b), Task::Expr(*a)]);
                return;
            }
            ExprKind::Attribute(a, name) => {
                if self.module(*a).is_none() {
                    self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                    return;
                }
                let name = self.ast.name(*name);
                let message = match module_function(name) {
                    Some(_) => "a module's function is called with '(…)'".into(),
                    None => missing(name),
                };
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
                Value::Table(tensor.into(), span)
            }
            // What is wrong with rows is told where they are put together.
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                self.tasks.push(Task::Apply(id));
                self.tasks
                    .extend(items.iter().rev().map(|&item| Task::Expr(item)));
                return;
            }
            ExprKind::Choice([first, ..]) | ExprKind::IsNone(first, _) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*first)]);
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
                self.operator(*op, left, right, span)
            }
            ExprKind::Compare(op, a, b) => {
                let right = (self.pop(), self.ast.expr(*b).span);
                let left = (self.pop(), self.ast.expr(*a).span);
                let relation = Relation::of(op).unwrap_or(Relation::Equal);
                self.compared(op, &left.0, &right.0).and_then(|()| {
                    let operands = [left, right];
                    self.elementwise(Op::Compare(relation), &operands, span, "compare")
                })
            }
            ExprKind::Attribute(_, name) => {
                let value = self.pop();
                let name = self.ast.name(*name);
                match value {
                    Value::Poison => Err(Message::Silent),
                    Value::Extremes(node, _) if name == "values" => Ok(Value::Node(node)),
                    value if name == "mT" && self.within().is_some() => self.exchanged(value, span),
                    value if name == "T" => self.transpose(value, None, span),
                    _ if name == "grad" => {
                        Err("a gradient is written grad(y, x): that of y by x".into())
                    }
                    _ if function(name).is_some() => Err(format!("call it: '.{name}()'").into()),
                    _ => {
                        let way = elsewhere::instead(name);
                        let way = way.map_or(String::new(), |way| format!(": {way}"));
                        Err(format!("values have no '.{name}'{way}").into())
                    }
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
            ExprKind::IsNone(_, not) => {
                let is = matches!(self.pop(), Value::None);
                Ok(Value::Bool(is != *not))
            }
            ExprKind::Choice([_, first, second]) => match self.pop() {
                Value::Bool(holds) => {
                    let chosen = if holds { *first } else { *second };
                    return self.tasks.push(Task::Expr(chosen));
                }
                Value::Number { value, .. } => {
                    let chosen = if value == 0.0 { *second } else { *first };
                    return self.tasks.push(Task::Expr(chosen));
                }
                Value::Poison => Err(Message::Silent),
                _ => Err(
                    "a number, or True or False, must be written here: an input can \
                          change"
                        .into(),
                ),
            },
            // The receiver of a function that there is not.
            ExprKind::Call(callee, _) => match (self.pop(), &self.ast.expr(*callee).kind) {
                (Value::Poison, _) => Err(Message::Silent),
                (_, &ExprKind::Attribute(_, name)) => {
                    let callee = self.ast.expr(*callee).span;
                    self.no_function(name, callee);
                    Err(Message::Silent)
                }
                _ => Err(Message::Silent),
            },
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
                Value::List(..) | Value::Table(..) => Value::Node(self.node(value)?),
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
            (Unary::Plus, value) => self.settled(value),
            (
                Unary::Minus,
                Value::Number {
                    value,
                    folded,
                    node,
                    is_whole,
                    ..
                },
            ) if node.is_none() || folded || self.numbers > 0 => Ok(Value::Number {
                value: negated(value, is_whole),
                span,
                node: None,
                folded,
                is_whole,
            }),
            (Unary::Minus, value) => self.elementwise(Op::Neg, &[(value, a.1)], span, "negate"),
        }
    }
}

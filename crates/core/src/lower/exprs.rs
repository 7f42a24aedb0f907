//! Expressions, one task at a time.

use super::functions::function;
use super::{Lowerer, Message, Task, Value};
use crate::op::Op;
use crate::source::Span;
use crate::syntax::ast::{Binary, ExprId, ExprKind, Unary};
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
            ExprKind::Index(a, _) => {
                self.tasks.extend([Task::Apply(id), Task::Expr(*a)]);
                return;
            }
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
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let values = self.split(items.len());
                let nested = |v: &Value| matches!(v, Value::List(_) | Value::Tuple(_));
                if values.iter().any(|v| matches!(v, Value::Poison)) {
                    Err(Message::Silent)
                } else if values.iter().any(nested) {
                    // Calls could nest them without end, and dropping them recurses.
                    Err("a list within a list is not available yet within an expression".into())
                } else if matches!(expr.kind, ExprKind::List(_)) {
                    Ok(Value::List(values))
                } else {
                    Ok(Value::Tuple(values))
                }
            }
            _ => Err(Message::Silent),
        };
        self.settle(span, result);
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

    /// An operator, on numbers where these are known and the graph has no part in it.
    pub(super) fn binary_or_number(
        &mut self,
        op: Binary,
        a: (Value, Span),
        b: (Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        // What has a node has a name, and a gradient that goes to it.
        let alone = |value: &Value| match *value {
            Value::Number {
                value,
                folded,
                node,
                ..
            } => (folded || node.is_none() || self.numbers > 0).then_some((value, folded)),
            _ => None,
        };
        if let (Some((x, f)), Some((y, g))) = (alone(&a.0), alone(&b.0))
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
            return Ok(Value::Number {
                value,
                span,
                node: None,
                folded: true,
            });
        }
        self.binary(op, a, b, span)
    }
}

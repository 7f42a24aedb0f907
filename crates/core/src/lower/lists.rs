//! What Python does with lists where they are written, before an array is made of them.

use super::{Lowerer, Message, Value};
use crate::lower::program::MAX_GATES;
use crate::source::Span;
use crate::syntax::ast::{Binary, Library};

impl Lowerer<'_> {
    /// An operator between values of which one may be a list as it is written. Lists are
    /// joined by `+` and repeated by `*` with a whole number; what Python refuses is done
    /// element by element.
    pub(super) fn operator(
        &mut self,
        op: Binary,
        a: (Value, Span),
        b: (Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let (first, second) = (is_written(&a.0), is_written(&b.0));
        // There every list is an array, and a number is no count.
        if self.within().is_some() {
            return self.binary(op, a, b, span);
        }
        match op {
            Binary::Add if first && second => {
                let mut items = self.items_of(a.0)?;
                items.extend(self.items_of(b.0)?);
                return self.written(items, span);
            }
            Binary::Add if first != second && self.is_list(if first { &b.0 } else { &a.0 }) => {
                return Err(
                    "Python joins two lists by '+': write concatenate([a, b]) to join \
                            them, or give this list a name to add element by element"
                        .into(),
                );
            }
            Binary::Mul if first != second => {
                let (list, times) = if first { (&a.0, &b.0) } else { (&b.0, &a.0) };
                match *times {
                    Value::Number {
                        value,
                        is_whole: true,
                        ..
                    } => {
                        let items = self.items_of(list.clone())?;
                        return self.repeated(&items, value, span);
                    }
                    Value::Node(node)
                        if self.graph.shape(node).is_empty()
                            && self.library(times) == Library::Python =>
                    {
                        return Err(
                            "Python repeats a list that is multiplied by a whole number: \
                                    write the number itself to repeat it, or give the list a \
                                    name to multiply its elements"
                                .into(),
                        );
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        self.binary(op, a, b, span)
    }

    /// The items of a list as it is written.
    fn items_of(&mut self, list: Value) -> Result<Vec<Value>, Message> {
        match list {
            Value::List(items, _) => Ok(items.to_vec()),
            Value::Table(tensor, place) => {
                let rows = self.written_rows(&tensor, place)?;
                Ok(rows.into_iter().map(Value::Node).collect())
            }
            other => Ok(vec![other]),
        }
    }

    fn repeated(&mut self, items: &[Value], times: f64, span: Span) -> Result<Value, Message> {
        // A count is a whole number, and below 1 nothing is left.
        let times = times.clamp(0.0, MAX_GATES as f64) as usize;
        if items.len().saturating_mul(times) > MAX_GATES {
            return Err("this list would have more than 1,000,000 elements".into());
        }
        let all = std::iter::repeat_n(items, times).flatten().cloned();
        self.written(all.collect(), span)
    }

    /// A list of what other lists have.
    fn written(&mut self, items: Vec<Value>, span: Span) -> Result<Value, Message> {
        if items.len() > MAX_GATES {
            return Err("this list would have more than 1,000,000 elements".into());
        }
        self.left = self.left.saturating_sub(items.len());
        Ok(Value::List(items.into(), span))
    }

    /// Refuses to compare a list as it is written with another, and by `==` and `!=` with
    /// what is no array: Python compares lists as wholes.
    pub(super) fn compared(&mut self, op: &str, a: &Value, b: &Value) -> Result<(), Message> {
        let other = match (is_written(a), is_written(b)) {
            (true, _) => b,
            (_, true) => a,
            _ => return Ok(()),
        };
        let library = self.library(other);
        let is_equality = matches!(op, "==" | "!=");
        let as_whole = is_written(other)
            || is_equality && library.is_torch()
            || is_equality && library == Library::Python && self.shape_of(other).is_empty();
        if as_whole {
            return Err(
                "Python compares a list as a whole: give it a name to compare element by \
                        element"
                    .into(),
            );
        }
        Ok(())
    }
}

/// Whether a value is a list as it is written.
fn is_written(value: &Value) -> bool {
    matches!(value, Value::List(..) | Value::Table(..))
}

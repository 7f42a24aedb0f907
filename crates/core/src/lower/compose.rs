//! Functions that are several gates: what a library has in another form than the gate of
//! that name.

use super::apply::number;
use super::{Lowerer, Message, Value};
use crate::op::{Op, Relation};
use crate::source::Span;

impl Lowerer<'_> {
    fn of(&mut self, op: Op, operands: &[&Value], span: Span) -> Result<Value, Message> {
        let operands: Vec<_> = operands
            .iter()
            .map(|&value| (value.clone(), span))
            .collect();
        self.elementwise(op, &operands, span, "combine")
    }

    /// The gelu that JAX has: x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
    pub(super) fn tanh_gelu(&mut self, x: &Value, span: Span) -> Result<Value, Message> {
        let number = |value| number(value, span);
        let cube = self.of(Op::Pow, &[x, &number(3.0)], span)?;
        let small = self.of(Op::Mul, &[&number(0.044_715), &cube], span)?;
        let sum = self.of(Op::Add, &[x, &small], span)?;
        let root = (2.0 / std::f64::consts::PI).sqrt();
        let scaled = self.of(Op::Mul, &[&number(root), &sum], span)?;
        let tanh = self.of(Op::Tanh, &[&scaled], span)?;
        let part = self.of(Op::Add, &[&tanh, &number(1.0)], span)?;
        let half = self.of(Op::Mul, &[&number(0.5), x], span)?;
        self.of(Op::Mul, &[&half, &part], span)
    }

    /// PyTorch's sign, which is 0 where there is no number.
    pub(super) fn torch_sign(&mut self, x: &Value, span: Span) -> Result<Value, Message> {
        let zero = number(0.0, span);
        let above = self.of(Op::Compare(Relation::Greater), &[x, &zero], span)?;
        let below = self.of(Op::Compare(Relation::Less), &[x, &zero], span)?;
        self.of(Op::Sub, &[&above, &below], span)
    }

    /// A variance over n elements, or its root, over n − `less` of them.
    pub(super) fn corrected(
        &mut self,
        op: Op,
        spread: &Value,
        count: usize,
        less: f64,
        span: Span,
    ) -> Result<Value, Message> {
        let factor = count as f64 / (count as f64 - less);
        let factor = match op {
            Op::Std(_) => factor.sqrt(),
            _ => factor,
        };
        self.of(Op::Mul, &[spread, &number(factor, span)], span)
    }
}

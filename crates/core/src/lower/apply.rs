//! Functions of values: from a call's arguments to gates.

use super::arguments::{Arguments, Given, axes, axis};
use super::functions::{Function, Signature};
use super::misfit::{beyond, marked};
use super::{Lowerer, Message, Value};
use crate::op::Op;
use crate::shape::{Axes, Display};
use crate::source::Span;
use crate::syntax::ast::{Binary, Library};

/// Most operands of one gate.
pub(super) const MAX_OPERANDS: usize = 1000;

/// The slope that `leaky_relu` has below 0.
const SLOPE: f64 = 0.01;

/// A function as it is called.
pub(super) struct Called {
    pub signature: &'static Signature,
    /// Its name as it is written.
    pub name: String,
    /// Whose it is: of a method, whose its receiver is.
    pub library: Library,
    pub is_method: bool,
}

impl Lowerer<'_> {
    /// Makes what a function's call stands for.
    pub(super) fn function(
        &mut self,
        called: &Called,
        given: Arguments,
        span: Span,
    ) -> Result<Value, Message> {
        let Called {
            signature, name, ..
        } = called;
        let poisoned = |v: &Value| matches!(v, Value::Poison);
        if given.positional.iter().any(|a| poisoned(&a.0))
            || given.keywords.iter().any(|k| poisoned(&k.1))
        {
            return Err(Message::Silent);
        }
        match signature.function {
            Function::Elementwise(Op::Sign) if called.library.is_torch() => {
                let x = self.alone(name, signature, given)?;
                self.torch_sign(&x, span)
            }
            Function::Elementwise(op) => {
                let mut operands = self.arrange::<3>(name, signature, given)?;
                if op == Op::LeakyRelu {
                    operands[1].get_or_insert((number(SLOPE, span), span));
                }
                let operands: Vec<_> = operands.into_iter().flatten().collect();
                let said = match operands.len() {
                    1 => "take the function of",
                    _ => "combine",
                };
                self.elementwise(op, &operands, span, said)
            }
            Function::Gelu => {
                let [x, form] = self.arrange::<2>(name, signature, given)?;
                let (x, at) = x.unwrap_or((Value::Poison, span));
                let by_tanh = match form {
                    None => called.library == Library::Jax,
                    Some((Value::Bool(form), _)) => form,
                    Some(_) => return Err("approximate is True or False here".into()),
                };
                if by_tanh {
                    let x = self.settled(x)?;
                    return self.tanh_gelu(&x, span);
                }
                self.elementwise(Op::Gelu, &[(x, at)], span, "take the function of")
            }
            Function::Extreme { least } => self.extreme(called, given, least, span),
            Function::Reduction(op) => self.reduction(called, given, op, span),
            Function::Along(op) => {
                let [x, at] = self.arrange::<2>(name, signature, given)?;
                self.along(called, op, x, at, span)
            }
            Function::Take { each, axis_first } => {
                let [x, mut indices, mut at] = self.arrange::<3>(name, signature, given)?;
                if axis_first {
                    std::mem::swap(&mut indices, &mut at);
                }
                let none = || (Value::Poison, span);
                let [x, indices] = [x, indices].map(|given| given.unwrap_or_else(none));
                self.take(x, &indices, at, each, span)
            }
            Function::Arange => {
                let bounds = self.arrange::<3>(name, signature, given)?;
                self.arange(bounds, span)
            }
            Function::CumSum => {
                let [x, at] = self.arrange::<2>(name, signature, given)?;
                self.cum_sum(called, x, at, span)
            }
            Function::Clip => {
                let [x, low, high] = self.arrange::<3>(name, signature, given)?;
                let bound = |given: Given, open| match given {
                    None | Some((Value::None, _)) => ((number(open, span), span), false),
                    Some(given) => (given, true),
                };
                let (low, below) = bound(low, f64::NEG_INFINITY);
                let (high, above) = bound(high, f64::INFINITY);
                if !below && !above {
                    return Err(format!("'{name}' needs a bound: {name}(x, lo, hi)").into());
                }
                let operands: Vec<_> = x.into_iter().chain([low, high]).collect();
                self.elementwise(Op::Clip, &operands, span, "clip between")
            }
            Function::Pow => {
                let [a, b] = self.both(name, signature, given)?;
                self.binary(Binary::Pow, a, b, span)
            }
            Function::Matmul => {
                let [a, b] = self.both(name, signature, given)?;
                self.matmul(&a, &b, span)
            }
            Function::Dot => {
                let [a, b] = self.both(name, signature, given)?;
                self.dot(&a, &b, span)
            }
            Function::Outer => {
                let [a, b] = self.both(name, signature, given)?;
                self.outer(&a, &b, span)
            }
            Function::Transpose => self.transposed(called, given, span),
            Function::Reshape => self.reshaped(name, signature, given, span),
            Function::Flatten => {
                let x = self.alone(name, signature, given)?;
                self.flatten(x, span)
            }
            Function::Concatenate => {
                let [items, at] = self.arrange::<2>(name, signature, given)?;
                self.concatenate(name, items, at, span)
            }
            Function::Stack => {
                let [items, at] = self.arrange::<2>(name, signature, given)?;
                self.stacked(name, items, at, span)
            }
            Function::Loss(op) => {
                let operands = self.both(name, signature, given)?;
                self.loss(op, &operands, span)
            }
            Function::CrossEntropy => {
                let [scores, target] = self.both(name, signature, given)?;
                self.cross_entropy(&scores, &target, span)
            }
            Function::Hinge => {
                let [scores, target, margin] = self.arrange::<3>(name, signature, given)?;
                let margin = margin.unwrap_or((number(1.0, span), span));
                match (scores, target) {
                    (Some(scores), Some(target)) => self.hinge(&scores, &target, &margin, span),
                    _ => Err(Message::Silent),
                }
            }
            Function::Grad => {
                let is_function =
                    |a: &(Value, Span)| matches!(a.0, Value::Def(_) | Value::Function(..));
                if given.positional.first().is_some_and(is_function) {
                    let text = "grad is taken of a value, not of a function: write y = f(x), \
                                then grad(y, x)";
                    return Err(text.into());
                }
                let [y, x] = self.both(name, signature, given)?;
                self.grad(&y, &x.0, span)
            }
            Function::Own(own) => self.prelude_own(own, called, given, span),
            // Its definition is entered.
            Function::Prelude => Err(Message::Silent),
            Function::Same => match self.alone(name, signature, given)? {
                // From here on it is no list.
                value @ (Value::List(..) | Value::Table(..)) => self.settled(value),
                Value::Tuple(_) => Err("a list of numbers is written [a, b] here".into()),
                value => Ok(value),
            },
        }
    }

    /// The argument of a function of one.
    fn alone(&self, name: &str, signature: &Signature, given: Arguments) -> Result<Value, Message> {
        let [x] = self.arrange::<1>(name, signature, given)?;
        Ok(x.map_or(Value::Poison, |x| x.0))
    }

    /// The arguments of a function of two.
    pub(super) fn both(
        &self,
        name: &str,
        signature: &Signature,
        given: Arguments,
    ) -> Result<[(Value, Span); 2], Message> {
        match self.arrange::<2>(name, signature, given)? {
            [Some(a), Some(b)] => Ok([a, b]),
            _ => Err(Message::Silent),
        }
    }

    /// The sum of all elements up to each along an axis, or in a row if none is named.
    fn cum_sum(
        &mut self,
        called: &Called,
        x: Given,
        at: Given,
        span: Span,
    ) -> Result<Value, Message> {
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let node = self.node(&value)?;
        let sizes = self.graph.shape(node).to_vec();
        let Some((at, _)) = at.filter(|at| !matches!(at.0, Value::None)) else {
            if called.library.is_torch() {
                let name = &called.name;
                return Err(format!("PyTorch's '{name}' takes an axis: {name}(x, dim=0)").into());
            }
            // NumPy's goes over all elements in a row.
            let row = [sizes.iter().product()];
            let flat = match sizes.len() {
                1 => node,
                _ => self.implied(Op::Reshape, &row, node, span)?,
            };
            return self.gate(Op::CumSum(0, false), &row, &[flat], span);
        };
        let at = axis(&at, sizes.len(), &sizes);
        let at = at.map_err(|wrong| wrong.of(self.operand(&value, place)))?;
        self.gate(Op::CumSum(at as u8, false), &sizes, &[node], span)
    }

    /// An operation along axes, the last if none is named.
    fn along(
        &mut self,
        called: &Called,
        op: Op,
        x: Given,
        at: Given,
        span: Span,
    ) -> Result<Value, Message> {
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let node = self.node(&value)?;
        let sizes = self.graph.shape(node).to_vec();
        let Called { name, library, .. } = called;
        let at = at.filter(|at| !(library.is_torch() && matches!(at.0, Value::None)));
        if library.is_torch() && at.is_none() && sizes.len() > 2 {
            let text = format!(
                "without an axis PyTorch's '{name}' does not take the last of {} axes: \
                 name it, dim=-1",
                sizes.len()
            );
            return Err(text.into());
        }
        let axes = match (at, sizes.len()) {
            (None, 0) => {
                let text = format!("'{name}' goes along an axis, and a number has none");
                let operand = self.operand(&value, place);
                return Err(Message::shapes(text, vec![operand], beyond(0, false)));
            }
            (None, rank) => [rank - 1].into_iter().collect(),
            (at, rank) => axes(at, &sizes)
                .map_err(|wrong| wrong.of(self.operand(&value, place)))?
                .unwrap_or(Axes::all(rank)),
        };
        if let Some(empty) = axes.iter().find(|&axis| sizes[axis] == 0) {
            let shape = Display(&sizes);
            let text = format!("axis {empty} of shape {shape} has no elements");
            let met = marked(sizes.len(), [empty].into_iter().collect());
            let operand = self.operand(&value, place);
            return Err(Message::shapes(text, vec![operand], met));
        }
        self.gate(op.with_axes(axes), &sizes, &[node], span)
    }
}

/// A number that a call leaves out.
pub(super) fn number(value: f64, span: Span) -> Value {
    Value::Number {
        value,
        span,
        node: None,
        folded: false,
        is_whole: false,
    }
}

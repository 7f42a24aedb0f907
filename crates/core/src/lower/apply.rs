//! Functions of values: from a call's arguments to gates.

use super::arguments::{Arguments, Given, axes, keeps, whole};
use super::functions::{Function, Signature};
use super::misfit::{beyond, marked};
use super::{Lowerer, Message, Value};
use crate::op::Op;
use crate::shape::{Axes, Display};
use crate::source::Span;
use crate::syntax::ast::{Binary, Symbol};

/// Most operands of one gate.
pub(super) const MAX_OPERANDS: usize = 1000;

/// The slope that `leaky_relu` has below 0.
const SLOPE: f64 = 0.01;

impl Lowerer<'_> {
    /// Makes what a function's call stands for.
    pub(super) fn function(
        &mut self,
        signature: &'static Signature,
        name: Symbol,
        given: Arguments,
        method: bool,
        span: Span,
    ) -> Result<Value, Message> {
        let name = self.ast.name(name).to_owned();
        let poisoned = |v: &Value| matches!(v, Value::Poison);
        if given.positional.iter().any(|a| poisoned(&a.0))
            || given.keywords.iter().any(|k| poisoned(&k.1))
        {
            return Err(Message::Silent);
        }
        match signature.function {
            Function::Elementwise(op) => {
                let mut operands = self.arrange::<3>(&name, signature, given)?;
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
            Function::Extreme { least } => {
                self.extreme(&name, signature, given, (least, method), span)
            }
            Function::Reduction(op) => self.reduction(&name, signature, given, op, span),
            Function::Along(op) => {
                let [x, at] = self.arrange::<2>(&name, signature, given)?;
                self.along(&name, op, x, at, span)
            }
            Function::Clip => {
                let [x, low, high] = self.arrange::<3>(&name, signature, given)?;
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
                let [a, b] = self.both(&name, signature, given)?;
                self.binary(Binary::Pow, a, b, span)
            }
            Function::Matmul => {
                let [a, b] = self.both(&name, signature, given)?;
                self.matmul(&a, &b, span)
            }
            Function::Dot => {
                let [a, b] = self.both(&name, signature, given)?;
                self.dot(&a, &b, span)
            }
            Function::Outer => {
                let [a, b] = self.both(&name, signature, given)?;
                self.outer(&a, &b, span)
            }
            Function::Transpose => self.transposed(&name, given, span),
            Function::Reshape => self.reshaped(&name, signature, given, span),
            Function::Flatten => {
                let x = self.alone(&name, signature, given)?;
                self.flatten(x, span)
            }
            Function::Concatenate => {
                let [items, at] = self.arrange::<2>(&name, signature, given)?;
                self.concatenate(&name, items, at, span)
            }
            Function::Stack => {
                let [items, at] = self.arrange::<2>(&name, signature, given)?;
                self.stacked(&name, items, at, span)
            }
            Function::Loss(op) => {
                let operands = self.both(&name, signature, given)?;
                self.loss(op, &operands, span)
            }
            Function::CrossEntropy => {
                let [scores, target] = self.both(&name, signature, given)?;
                self.cross_entropy(&scores, &target, span)
            }
            Function::Hinge => {
                let [scores, target, margin] = self.arrange::<3>(&name, signature, given)?;
                let margin = margin.unwrap_or((number(1.0, span), span));
                match (scores, target) {
                    (Some(scores), Some(target)) => self.hinge(&scores, &target, &margin, span),
                    _ => Err(Message::Silent),
                }
            }
            Function::Grad => {
                let [y, x] = self.both(&name, signature, given)?;
                self.grad(&y, &x.0, span)
            }
            Function::Same => self.alone(&name, signature, given),
        }
    }

    /// The argument of a function of one.
    fn alone(&self, name: &str, signature: &Signature, given: Arguments) -> Result<Value, Message> {
        let [x] = self.arrange::<1>(name, signature, given)?;
        Ok(x.map_or(Value::Poison, |x| x.0))
    }

    /// The arguments of a function of two.
    fn both(
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

    /// `max` and `min`, of several or over axes, and `maximum` and `minimum`.
    fn extreme(
        &mut self,
        name: &str,
        signature: &Signature,
        given: Arguments,
        (least, method): (bool, bool),
        span: Span,
    ) -> Result<Value, Message> {
        let count = given.positional.len();
        // `maximum` takes two, and `max` of one goes over axes.
        let reduces = signature.required == 1 && (method || count <= 1);
        let elementwise = if least { Op::Minimum } else { Op::Maximum };
        if reduces {
            let op = if least {
                Op::Min(Axes::NONE)
            } else {
                Op::Max(Axes::NONE)
            };
            return self.reduction(name, signature, given, op, span);
        }
        if signature.required == 2 {
            let operands = self.both(name, signature, given)?;
            return self.elementwise(elementwise, &operands, span, "compare");
        }
        if count > MAX_OPERANDS {
            return Err(format!("'{name}' takes at most {MAX_OPERANDS} arguments").into());
        }
        if let Some(&(keyword, ..)) = given.keywords.first() {
            let keyword = self.ast.name(keyword);
            return Err(format!(
                "'{name}' of several values goes element by element: it has no argument '{keyword}'"
            )
            .into());
        }
        self.elementwise(elementwise, &given.positional, span, "compare")
    }

    /// An operation over axes, which go.
    fn reduction(
        &mut self,
        name: &str,
        signature: &Signature,
        given: Arguments,
        op: Op,
        span: Span,
    ) -> Result<Value, Message> {
        let [x, second, third, fourth] = self.arrange::<4>(name, signature, given)?;
        let (at, keep) = match op {
            Op::Norm(_) => {
                let two =
                    |value: &Value| matches!(*value, Value::Number { value, .. } if value == 2.0);
                if second.is_some_and(|(order, _)| !two(&order) && !matches!(order, Value::None)) {
                    let text = format!(
                        "'{name}' is the root of the sum of squares: an axis is \
                                        named, as in {name}(x, axis=0)"
                    );
                    return Err(text.into());
                }
                (third, fourth)
            }
            Op::Var(_) | Op::Std(_) => {
                let population = match &fourth {
                    None | Some((Value::Bool(false), _)) => true,
                    Some((value, _)) => whole(value, "ddof")? == 0,
                };
                if !population {
                    return Err(format!("'{name}' is over the population: its ddof is 0").into());
                }
                (second, third)
            }
            _ => (second, third),
        };
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let axes = axes(at, &self.shape_of(&value));
        let axes = axes.map_err(|wrong| wrong.of(self.operand(&value, place)))?;
        self.reduce(
            |axes| op.with_axes(axes),
            &(value, place),
            axes,
            keeps(&keep)?,
            span,
        )
    }

    /// An operation along axes, the last if none is named.
    fn along(
        &mut self,
        name: &str,
        op: Op,
        x: Given,
        at: Given,
        span: Span,
    ) -> Result<Value, Message> {
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let node = self.node(&value)?;
        let sizes = self.graph.shape(node).to_vec();
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
    }
}

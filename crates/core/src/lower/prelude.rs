//! Calls of the [prelude](crate::syntax::prelude): whose they are, where their mistakes are
//! told, and the functions that its definitions alone have.

use super::apply::Called;
use super::arguments::{Arguments, Given, axes, whole};
use super::functions::{Function, Signature};
use super::program::{Argument, Closed, Written};
use super::{Lowerer, Message, Tensor, Value};
use crate::op::Op;
use crate::shape::{Axes, Cut, Display, broadcast};
use crate::source::Span;
use crate::syntax::ast::{DefId, Library, Symbol};
use crate::syntax::prelude::{entry, holds};

/// The parameter that is a shape, and no value of the graph.
const SIZES: &str = "normalized_shape";

/// Names that libraries have for the same parameter.
const SYNONYMS: &[&[&str]] = &[&["input", "x", "a"], &["dim", "axis"]];

/// What only the prelude's definitions call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Own {
    /// How many elements a value has, or how many along an axis.
    Size,
    /// Rows of ones and zeros in the shape of scores.
    OneHot,
    /// The last axes, of given sizes.
    LastAxes,
    /// All axes but that of the channels.
    ChannelAxes,
    /// An element a channel, so that it broadcasts.
    ByChannel,
    /// Nothing, where PyTorch would change what is given.
    Unchanged,
    /// A value that no gradient goes to.
    Buffer,
    /// A value in the shape that it and another broadcast to.
    Expanded,
    /// Which places a row may attend to.
    Causal,
    /// The diagonal of a matrix.
    Diagonal,
}

/// A call of the prelude that is being lowered, or one within it.
#[derive(Clone, Copy)]
pub(super) struct Within {
    /// Where the program calls.
    pub span: Span,
    /// Whose function it is: of a call within a call nobody's.
    library: Library,
    /// How many nodes there were before it.
    first: usize,
}

impl Lowerer<'_> {
    /// The call of the prelude that is being lowered, if one is.
    pub(super) fn within(&self) -> Option<Within> {
        self.frames.last()?.within
    }

    /// Where a place is in the program: what is in the prelude is where that is called.
    pub(super) fn place(&self, span: Span) -> Span {
        match self.within() {
            Some(within) if holds(span) => within.span,
            _ => span,
        }
    }

    /// Where what a parameter of the prelude is given is in the program, if it is given.
    pub(super) fn given(&self, name: Symbol) -> Option<Span> {
        let scope = self.frames.last()?.scope as usize;
        let closed = self.scopes[scope].closed.as_ref()?;
        let given = closed.arguments.iter().find(|given| given.name == name);
        given.map(|given| given.span)
    }

    /// The definition of a function of the prelude.
    pub(super) fn prelude_def(&self, signature: &Signature, name: Symbol) -> Option<DefId> {
        let is_prelude = signature.function == Function::Prelude;
        self.ast.library(name).filter(|_| is_prelude)
    }

    /// How a function of the prelude is called, with what its parameters are given.
    pub(super) fn library_call(
        &mut self,
        def: DefId,
        library: Library,
        bound: &mut [Given],
        span: Span,
    ) -> Result<(Within, Closed), Message> {
        let parameters = &self.ast.def(def).parameters;
        let first = self.graph.len();
        let mut arguments = Vec::with_capacity(bound.len());
        // Numbers alone are gates too, as those of a program are.
        let required = parameters.iter().position(|p| p.1.is_some());
        let mut count = required.unwrap_or(parameters.len());
        let literal = |given: &Given| {
            matches!(given, Some((Value::Number { folded: false, .. }, _))) && self.numbers == 0
        };
        if !bound[..count].iter().all(literal) {
            count = 0;
        }
        for (at, (&(name, _), given)) in parameters.iter().zip(bound).enumerate() {
            let Some((value, place)) = given else {
                continue;
            };
            let is_sizes = self.ast.name(name) == SIZES;
            *value = match std::mem::replace(value, Value::Poison) {
                Value::Poison => return Err(Message::Silent),
                Value::List(items, _) | Value::Tuple(items) if is_sizes => Value::Tuple(items),
                number @ Value::Number { .. } if is_sizes => Value::Tuple([number].into()),
                number @ Value::Number { .. } if at < count => Value::Node(self.node(&number)?),
                value @ (Value::None | Value::Bool(_)) => value,
                value => self.settled(value)?,
            };
            arguments.push(Argument {
                name,
                span: self.place(*place),
                value: written_as(value),
            });
        }
        let library = match self.within() {
            Some(_) => Library::Python,
            None => library,
        };
        let within = Within {
            span,
            library,
            first,
        };
        let name = self.ast.name(self.ast.def(def).name);
        let closed = Closed {
            calls: entry(name).map_or("", |entry| entry.calls),
            arguments,
            gives: None,
        };
        Ok((within, closed))
    }

    /// The place of the parameter that a keyword names, which of the prelude's may be
    /// another library's name for it.
    pub(super) fn parameter(&self, def: DefId, keyword: &str) -> Option<usize> {
        let parameters = &self.ast.def(def).parameters;
        let has = |name: &str| parameters.iter().position(|p| self.ast.name(p.0) == name);
        let same = SYNONYMS.iter().filter(|names| names.contains(&keyword));
        let mut same = same.filter(|_| self.ast.is_library(def));
        has(keyword).or_else(|| same.find_map(|names| names.iter().find_map(|name| has(name))))
    }

    /// What a call of the prelude gives, where the program goes on.
    pub(super) fn given_back(&mut self, within: Within, scope: u32) -> Result<(), Message> {
        let Within {
            span,
            library,
            first,
        } = within;
        let value = self.pop();
        let mut value = self.made_by(library, value, first, span)?;
        let gives = match &mut value {
            Value::Number { span: place, .. } => {
                *place = span;
                None
            }
            Value::Node(node) => Some(*node),
            _ => None,
        };
        if let Some(closed) = &mut self.scopes[scope as usize].closed {
            closed.gives = gives;
        }
        self.values.push(value);
        Ok(())
    }

    /// What only the prelude's definitions call.
    pub(super) fn prelude_own(
        &mut self,
        own: Own,
        called: &Called,
        given: Arguments,
        span: Span,
    ) -> Result<Value, Message> {
        let [x, other] = self.arrange::<2>(&called.name, called.signature, given)?;
        let (value, at) = x.unwrap_or((Value::Poison, span));
        let name = self.frames.last().and_then(|frame| frame.def);
        let name = name.map_or("", |def| self.ast.name(self.ast.def(def).name));
        match (own, &value) {
            (Own::Unchanged, Value::None) => {
                return other.map(|other| other.0).ok_or(Message::Silent);
            }
            (Own::Unchanged, _) => {
                return Err(
                    "in training PyTorch changes running_mean and running_var too: \
                            give None in place of each"
                        .into(),
                );
            }
            (Own::Buffer, Value::None) => {
                return Err(
                    "running_mean and running_var are needed, or training=True, \
                            which takes the mean and the variance of the batch"
                        .into(),
                );
            }
            (Own::Buffer, _) => {
                return self.elementwise(Op::Detach, &[(value, at)], span, "detach");
            }
            _ => {}
        }
        let node = self.node(&value)?;
        let sizes = self.graph.shape(node).to_vec();
        let rank = sizes.len();
        let number = |value: usize| Value::Number {
            value: value as f64,
            span,
            node: None,
            folded: true,
            is_whole: true,
        };
        let shape = other.as_ref().map(|other| self.shape_of(&other.0));
        let shape = shape.unwrap_or_default();
        match own {
            Own::Size => {
                let along = axes(other, &sizes).map_err(|wrong| wrong.of(self.operand(&value, at)));
                let along = along?.unwrap_or(Axes::all(rank));
                Ok(number(along.iter().map(|axis| sizes[axis]).product()))
            }
            Own::OneHot => {
                let scores = other.unwrap_or((Value::Poison, span));
                self.one_hot_like(name, &scores, &(value, at))
            }
            Own::LastAxes => {
                let given = other.map_or(Written::None, |other| written_as(&other.0));
                match given {
                    Written::Sizes(last) if !last.is_empty() && sizes.ends_with(&last) => {
                        Ok(axes_of(&mut (rank - last.len()..rank).map(number)))
                    }
                    Written::Sizes(last) => Err(format!(
                        "{SIZES} {} is not how the shape {} ends",
                        Display(&last),
                        Display(&sizes)
                    )
                    .into()),
                    _ => Err(format!("{SIZES} is a whole number or a tuple of them").into()),
                }
            }
            Own::ChannelAxes if rank < 2 => Err(format!(
                "'{name}' takes a batch of rows, with the channels along the second axis, not {}",
                Display(&sizes)
            )
            .into()),
            Own::ChannelAxes => {
                let mut others = (0..rank).filter(|&axis| axis != 1).map(number);
                Ok(axes_of(&mut others))
            }
            Own::ByChannel => {
                // What has no channels was told before.
                let [_, channels, ref rest @ ..] = *shape else {
                    return Err(Message::Silent);
                };
                if sizes != [channels] {
                    let shape = Display(&sizes);
                    let text = format!(
                        "'{name}' takes a number for each of {channels} channels, not {shape}"
                    );
                    return Err(text.into());
                }
                if rest.is_empty() {
                    return Ok(value);
                }
                let mut wide = vec![1; 1 + rest.len()];
                wide[0] = channels;
                let wide = self.implied(Op::Reshape, &wide, node, span);
                wide.map(Value::Node)
            }
            // Where they do not broadcast, the product says so.
            Own::Expanded => match broadcast(&sizes, &shape) {
                Some(wide) => self.spread(&value, &wide, at).map(Value::Node),
                None => Ok(value),
            },
            Own::Causal => {
                let [.., rows, columns] = *sizes else {
                    return Err(format!("'{name}' takes matrices where it is causal").into());
                };
                let sees = |at| f64::from(u8::from(at % columns <= at / columns));
                let values = (0..rows * columns).map(sees).collect();
                let shape = vec![rows, columns];
                let table = self.table(Tensor { shape, values }, self.place(span));
                table.map(Value::Node)
            }
            Own::Diagonal => {
                let [rows, columns] = *sizes else {
                    let shape = Display(&sizes);
                    return Err(format!("'{name}' takes a matrix, not {shape}").into());
                };
                // As a row, every element is as far from the one before it.
                let count = rows.min(columns);
                let row = self.implied(Op::Reshape, &[rows * columns], node, span)?;
                let step = columns as isize + 1;
                let start = 0;
                let cuts = [Cut { start, step, count }];
                let cuts = self.graph.shapes.intern_cuts(&cuts);
                self.gate(Op::Slice(cuts), &[count], &[row], span)
            }
            Own::Unchanged | Own::Buffer => Err(Message::Silent),
        }
    }
}

/// Axes as an argument has them.
fn axes_of(axes: &mut dyn Iterator<Item = Value>) -> Value {
    let mut found = Vec::new();
    for axis in axes {
        found.push(axis);
    }
    Value::Tuple(found.into())
}

/// An argument as code has it.
fn written_as(value: &Value) -> Written {
    match *value {
        Value::Node(node)
        | Value::Number {
            node: Some(node), ..
        } => Written::Node(node),
        Value::Number { value, .. } => Written::Number(value),
        Value::Bool(value) => Written::Bool(value),
        Value::Tuple(ref items) => {
            let size = |item: &Value| usize::try_from(whole(item, SIZES).ok()?).ok();
            Written::Sizes(items.iter().filter_map(size).collect())
        }
        _ => Written::None,
    }
}

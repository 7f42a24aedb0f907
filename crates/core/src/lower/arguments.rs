//! What a function is called with, put in the order of its parameters, and read.

use super::functions::Signature;
use super::misfit::{beyond, of_shape};
use super::{Lowerer, Message, Value};
use crate::lower::program::MAX_BYTES;
use crate::shape::{Axes, Display, elements};
use crate::source::Span;
use crate::syntax::ast::Symbol;

/// What is between the parentheses of a call.
pub(super) struct Arguments {
    pub positional: Vec<(Value, Span)>,
    pub keywords: Vec<(Symbol, Value, Span)>,
}

/// An argument, if it is given.
pub(super) type Given = Option<(Value, Span)>;

impl Lowerer<'_> {
    /// The arguments in the order of the parameters.
    pub(super) fn arrange<const N: usize>(
        &self,
        name: &str,
        signature: &Signature,
        given: Arguments,
    ) -> Result<[Given; N], Message> {
        let parameters = signature.parameters;
        let count = given.positional.len();
        if count > parameters.len()
            || given.keywords.is_empty()
                && count < signature.required
                && signature.required == parameters.len()
        {
            let most = parameters.len();
            let least = if signature.required < most {
                "at most "
            } else {
                ""
            };
            let plural = if most == 1 { "argument" } else { "arguments" };
            return Err(format!("'{name}' takes {least}{most} {plural}, {count} given").into());
        }
        let mut found = [const { None }; N];
        for (place, argument) in found.iter_mut().zip(given.positional) {
            *place = Some(argument);
        }
        for (keyword, value, at) in given.keywords {
            let text = self.ast.name(keyword);
            let place = parameters.iter().position(|names| names.contains(&text));
            let Some(place) = place.filter(|&place| place < N) else {
                let others: Vec<&str> = parameters[1..].iter().map(|names| names[0]).collect();
                let takes = match others.as_slice() {
                    [] => String::new(),
                    names => format!(": it takes {}", names.join(", ")),
                };
                return Err(format!("'{name}' has no argument '{text}'{takes}").into());
            };
            if found[place].replace((value, at)).is_some() {
                return Err(format!("'{text}' is given twice").into());
            }
        }
        let required = found.iter().take(signature.required);
        if let Some(missing) = required.zip(parameters).find(|(given, _)| given.is_none()) {
            return Err(match missing.1[0] {
                "x" => format!("'{name}' needs a value"),
                parameter => format!("'{name}' needs a value for '{parameter}'"),
            }
            .into());
        }
        Ok(found)
    }
}

/// A whole number that is known now.
pub(super) fn whole(value: &Value, what: &str) -> Result<i64, Message> {
    match *value {
        Value::Poison => Err(Message::Silent),
        Value::Number { value, .. } if value.fract() == 0.0 && value.abs() < 9e15 => {
            Ok(value as i64)
        }
        Value::Number { .. } => Err(format!("{what} is a whole number").into()),
        Value::Node(_) => Err(format!(
            "{what} must be known before anything runs: write the number itself, \
             an input can change"
        )
        .into()),
        _ => Err(format!("{what} is a whole number").into()),
    }
}

/// The place that a whole number names, counted from the end where it is below 0.
pub(super) fn place(value: i64, size: usize) -> Option<usize> {
    let at = if value < 0 {
        value.checked_add(i64::try_from(size).ok()?)?
    } else {
        value
    };
    usize::try_from(at).ok().filter(|&at| at < size)
}

/// The one axis that an `axis=` argument names. Whose it is, is left to
/// [`Message::of`], here and below.
pub(super) fn axis(value: &Value, rank: usize, shape: &[usize]) -> Result<usize, Message> {
    let number = whole(value, "axis")?;
    place(number, rank).ok_or_else(|| {
        let text = format!("axis {number} is not an axis of shape {}", Display(shape));
        let operand = of_shape(shape, Span::default());
        Message::shapes(text, vec![operand], beyond(shape.len(), number < 0))
    })
}

/// The axes that an `axis=` argument names; none of them for all.
pub(super) fn axes(given: Given, shape: &[usize]) -> Result<Option<Axes>, Message> {
    let value = match given {
        None | Some((Value::None, _)) => return Ok(None),
        Some((value, _)) => value,
    };
    let items = match &value {
        Value::Tuple(items) | Value::List(items, _) => items,
        one => std::slice::from_ref(one),
    };
    let mut found = Vec::new();
    for item in items {
        if !matches!(item, Value::Number { .. } | Value::Node(_) | Value::Poison) {
            return Err("axis is a whole number, a tuple of them or None".into());
        }
        let at = axis(item, shape.len(), shape)?;
        if found.contains(&at) {
            return Err(format!("axis {} is named twice", whole(item, "axis")?).into());
        }
        found.push(at);
    }
    Ok(Some(found.into_iter().collect()))
}

/// Whether the axes stay with size 1.
pub(super) fn keeps(given: &Given) -> Result<bool, Message> {
    match given {
        None => Ok(false),
        Some((Value::Bool(value), _)) => Ok(*value),
        Some(_) => Err("keepdims is True or False".into()),
    }
}

/// The sizes that a `shape` argument names for the elements of a shape; one may
/// be −1: whatever is left.
pub(super) fn sizes(items: &[Value], own: &[usize], at: Span) -> Result<Vec<usize>, Message> {
    let mut sizes = Vec::with_capacity(items.len());
    let mut open = None;
    for (i, item) in items.iter().enumerate() {
        let number = whole(item, "a size")?;
        match usize::try_from(number) {
            Ok(size) if size <= MAX_BYTES => sizes.push(size),
            Ok(_) => return Err(format!("a size of {number} is too large").into()),
            Err(_) if number == -1 && open.replace(i).is_none() => sizes.push(1),
            Err(_) if number == -1 => return Err("only one size can be -1".into()),
            Err(_) => return Err(format!("a size cannot be {number}").into()),
        }
    }
    let count: usize = own.iter().product();
    let named = elements(&sizes);
    if let (Some(open), Some(named)) = (open, named)
        && named > 0
        && count.is_multiple_of(named)
    {
        sizes[open] = count / named;
        return Ok(sizes);
    }
    if open.is_some() || named != Some(count) {
        let plural = if count == 1 { "element" } else { "elements" };
        let wanted: Vec<String> = sizes
            .iter()
            .enumerate()
            .map(|(i, size)| {
                if open == Some(i) {
                    "-1".into()
                } else {
                    size.to_string()
                }
            })
            .collect();
        let wanted = match wanted.as_slice() {
            [one] => format!("({one},)"),
            several => format!("({})", several.join(", ")),
        };
        let shape = Display(own);
        let text = format!("cannot reshape {shape} to {wanted}: it has {count} {plural}");
        // Of the shape that is asked for what is known of it.
        if let Some(open) = open {
            sizes.remove(open);
        }
        let operands = vec![of_shape(own, Span::default()), of_shape(&sizes, at)];
        return Err(Message::shapes(text, operands, Vec::new()));
    }
    Ok(sizes)
}

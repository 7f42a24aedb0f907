//! Functions over axes, which go: where the libraries differ most.

use super::apply::{Called, MAX_OPERANDS};
use super::arguments::{Arguments, Given, axes, keeps, whole};
use super::functions::function;
use super::{Lowerer, Message, Value};
use crate::op::Op;
use crate::shape::Axes;
use crate::source::Span;
use crate::syntax::ast::Library;

impl Lowerer<'_> {
    /// `max` and `min`, of several or over axes, and `maximum` and `minimum`.
    pub(super) fn extreme(
        &mut self,
        called: &Called,
        given: Arguments,
        least: bool,
        span: Span,
    ) -> Result<Value, Message> {
        let &Called {
            signature,
            ref name,
            library,
            is_method,
        } = called;
        let elementwise = if least { Op::Minimum } else { Op::Maximum };
        if signature.required == 2 {
            let operands = self.both(name, signature, given)?;
            return self.elementwise(elementwise, &operands, span, "compare");
        }
        let op = if least {
            Op::Min(Axes::NONE)
        } else {
            Op::Max(Axes::NONE)
        };
        let count = given.positional.len();
        if library.is_torch() {
            return self.torch_extreme(called, given, (op, elementwise), span);
        }
        // Python's own of several goes element by element, and of one over axes.
        let is_pythons = !is_method && library == Library::Python && given.keywords.is_empty();
        if is_pythons && count > 0 && self.is_of_lists(&given.positional) {
            return Err(format!(
                "Python's '{name}' of lists gives one of them, by their first items that differ: \
                 {name}imum(a, b) compares element by element, '.{name}()' all elements"
            )
            .into());
        }
        if is_method || count <= 1 || library != Library::Python {
            return self.reduction(called, given, op, span);
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

    /// Whether Python would compare lists: several as they are written, or those in one.
    fn is_of_lists(&self, positional: &[(Value, Span)]) -> bool {
        match positional {
            [(Value::Table(..), _)] => true,
            [(Value::List(items, _), _)] => items.iter().any(|it| !self.shape_of(it).is_empty()),
            [_] => false,
            several => several
                .iter()
                .all(|a| matches!(a.0, Value::List(..) | Value::Table(..))),
        }
    }

    /// PyTorch's `max` and `min`: of two tensors, of all elements, or with an axis the
    /// values together with their indices.
    fn torch_extreme(
        &mut self,
        called: &Called,
        given: Arguments,
        (op, elementwise): (Op, Op),
        span: Span,
    ) -> Result<Value, Message> {
        let mut keywords = given.keywords.iter();
        if keywords.any(|k| self.ast.name(k.0) == "other")
            && let Some(of_two) = function("maximum")
        {
            let operands = self.both(&called.name, of_two, given)?;
            return self.elementwise(elementwise, &operands, span, "compare");
        }
        let is_tensor = match given.positional.get(1) {
            Some((value @ Value::Node(node), _)) => {
                !self.graph.shape(*node).is_empty() || self.library(value).is_torch()
            }
            Some((Value::List(..) | Value::Table(..), _)) => true,
            _ => false,
        };
        if is_tensor && given.positional.len() == 2 && given.keywords.is_empty() {
            return self.elementwise(elementwise, &given.positional, span, "compare");
        }
        let goes_along = |keyword: &str| matches!(keyword, "dim" | "axis");
        let along = given.positional.len() > 1
            || given
                .keywords
                .iter()
                .any(|k| goes_along(self.ast.name(k.0)));
        match self.reduction(called, given, op, span)? {
            Value::Node(node) if along => Ok(Value::Extremes(node, span)),
            value => Ok(value),
        }
    }

    /// An operation over axes, which go.
    pub(super) fn reduction(
        &mut self,
        called: &Called,
        mut given: Arguments,
        op: Op,
        span: Span,
    ) -> Result<Value, Message> {
        let &Called {
            signature,
            ref name,
            library,
            ..
        } = called;
        let spreads = matches!(op, Op::Var(_) | Op::Std(_));
        if spreads && library.is_torch() {
            torch_spread(&mut given);
        }
        let arrays = matches!(library, Library::Numpy | Library::Jax);
        if arrays && given.positional.len() > 2 && !matches!(op, Op::Norm(_)) {
            let text =
                format!("behind the axis '{name}' takes no value without a name: keepdims=True");
            return Err(text.into());
        }
        let adds = self.adds_items(called, &given)?;
        let [x, second, third, fourth] = self.arrange::<4>(name, signature, given)?;
        let (at, keep) = match op {
            Op::Norm(_) => (third, fourth.clone()),
            _ => (second.clone(), third),
        };
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let own = self.shape_of(&value);
        if let (Op::Max(_) | Op::Min(_), Some((Value::Number { value: axis, .. }, _)), []) =
            (op, &at, &own[..])
        {
            let two = if matches!(op, Op::Max(_)) {
                "maximum"
            } else {
                "minimum"
            };
            return Err(format!(
                "'{name}' goes along axis {axis} here, and a number has none: {two}(a, b) \
                 compares two values, relu(x) keeps what is above 0"
            )
            .into());
        }
        let axes = axes(at, &own);
        let axes = axes.map_err(|wrong| wrong.of(self.operand(&value, place)))?;
        let axes = match axes {
            // PyTorch reads no axes as all of them.
            Some(none) if none.is_empty() && library.is_torch() => None,
            None if adds && !own.is_empty() => Some([0].into_iter().collect()),
            axes => axes,
        };
        let over = axes.unwrap_or_else(|| Axes::all(own.len()));
        if matches!(op, Op::Norm(_)) {
            norm_order(called, second, axes, own.len())?;
        }
        let less = match fourth {
            _ if !spreads => 0,
            None => i64::from(library.is_torch()),
            Some((Value::Bool(less), _)) => i64::from(less),
            Some((less, _)) => whole(&less, "what is taken off the count")?,
        };
        let operand = (value, place);
        let reduced = self.reduce(
            |axes| op.with_axes(axes),
            &operand,
            axes,
            keeps(&keep)?,
            span,
        )?;
        if less == 0 {
            return Ok(reduced);
        }
        let count: usize = over.iter().map(|axis| own[axis]).product();
        if count as f64 <= less as f64 {
            return Err(format!(
                "'{name}' divides by n - {less} here, and n is {count}: \
                 correction=0 divides by n"
            )
            .into());
        }
        self.corrected(op, &reduced, count, less as f64, span)
    }

    /// Whether Python's own `sum` is meant, which adds the items: of a list as it is written,
    /// and of an array that a library made, the rows.
    fn adds_items(&mut self, called: &Called, given: &Arguments) -> Result<bool, Message> {
        if called.name != "sum" || called.is_method || called.library != Library::Python {
            return Ok(false);
        }
        let Some((value, _)) = given.positional.first() else {
            return Ok(false);
        };
        let is_written = matches!(value, Value::List(..) | Value::Table(..));
        let is_items = is_written || self.library(value) != Library::Python;
        if !is_items || !given.keywords.is_empty() {
            return Ok(false);
        }
        match given.positional.get(1) {
            None | Some((Value::Number { value: 0.0, .. }, _)) => Ok(true),
            Some(_) => Err(
                "Python's sum(x, a) adds the items to a: write a + sum(x), or \
                            sum(x, axis=1) along an axis"
                    .into(),
            ),
        }
    }
}

/// PyTorch's `var` and `std` take `unbiased` behind the axis, or alone.
fn torch_spread(given: &mut Arguments) {
    let is_bool = |at: usize| {
        let argument = given.positional.get(at);
        matches!(argument, Some((Value::Bool(_), _)))
    };
    let unbiased = [1, 2].into_iter().find(|&at| is_bool(at));
    let Some(at) = unbiased else {
        return;
    };
    // As it stands behind `keepdims` in the table.
    let (value, place) = given.positional.remove(at);
    let keep = (at == 2 && given.positional.len() > 2).then(|| given.positional.remove(2));
    while given.positional.len() < 2 {
        given.positional.push((Value::None, place));
    }
    given
        .positional
        .push(keep.unwrap_or((Value::Bool(false), place)));
    given.positional.push((value, place));
}

/// Refuses norms that are not the root of the sum of squares.
fn norm_order(
    called: &Called,
    order: Given,
    axes: Option<Axes>,
    rank: usize,
) -> Result<(), Message> {
    let name = &called.name;
    let Some((order, _)) = order else {
        return Ok(());
    };
    match order {
        Value::None => return Ok(()),
        Value::Number { value: 2.0, .. } => {}
        _ => {
            return Err(format!(
                "'{name}' is the root of the sum of squares: an axis is named, as in \
                 {name}(x, axis=0)"
            )
            .into());
        }
    }
    // PyTorch's own takes all elements as one vector, as does the method.
    let is_of_vectors = called.is_method || called.library == Library::Torch;
    if !is_of_vectors && axes.map_or(rank, |axes| axes.iter().count()) > 1 {
        return Err(format!(
            "{name}(A, 2) of a matrix is its largest singular value, which is outside the \
             language: {name}(A) is the root of the sum of squares (Frobenius)"
        )
        .into());
    }
    Ok(())
}

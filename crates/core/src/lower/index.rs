//! Indexing and slicing, as NumPy has them.

use super::arguments::{place, whole};
use super::misfit::{beyond, marked, of_shape};
use super::{Lowerer, Message, Value};
use crate::op::Op;
use crate::shape::{Cut, Display};
use crate::source::{Meeting, Span};
use crate::syntax::ast::Subscript;

impl Lowerer<'_> {
    /// `x[…]`, of which all parts are on the stack: a slice, and where places are
    /// named or axes added, its elements without those axes or with them.
    pub(super) fn index(
        &mut self,
        base: Span,
        subscripts: &[Subscript],
        span: Span,
    ) -> Result<Value, Message> {
        let count: usize = subscripts.iter().map(|s| s.parts().count()).sum();
        let parts = self.split(count);
        let value = self.pop();
        let poisoned = |v: &Value| matches!(v, Value::Poison);
        if poisoned(&value) || parts.iter().any(poisoned) {
            return Err(Message::Silent);
        }
        if let (&Value::Extremes(node, _), [Subscript::At(_)]) = (&value, subscripts) {
            return match parts[0] {
                Value::Number { value: 0.0, .. } => Ok(Value::Node(node)),
                _ => Err(
                    "the indices of the greatest elements are outside the language: [0] \
                          has the values"
                        .into(),
                ),
            };
        }
        let value = self.settled(value)?;
        let own = self.shape_of(&value);
        let mut parts = parts.iter();
        let (mut cuts, mut sizes) = (Vec::new(), Vec::new());
        // Axes of the result along which elements are taken, and which subscripts are no
        // slices.
        let (mut picks, mut kinds) = (Vec::new(), Vec::new());
        for subscript in subscripts {
            let axis = cuts.len();
            let size = own.get(axis).copied();
            let room = || {
                size.ok_or_else(|| {
                    let shape = Display(&own);
                    let text = match own.len() {
                        0 => "a number has no elements to choose from".to_owned(),
                        _ => format!("there are more indices than axes of shape {shape}"),
                    };
                    let operand = of_shape(&own, base);
                    Message::shapes(text, vec![operand], beyond(own.len(), false))
                })
            };
            match subscript {
                Subscript::At(written) => match parts.next().unwrap_or(&Value::Poison) {
                    // A new axis.
                    Value::None => {
                        kinds.push(false);
                        sizes.push(1);
                    }
                    at if self.are_indices(at) => {
                        let size = room().map_err(|wrong| self.chosen(wrong, base))?;
                        let span = self.ast.expr(*written).span;
                        let node = self.indices((at, span), &own, (axis, base))?;
                        picks.push((sizes.len(), node));
                        kinds.push(true);
                        sizes.push(size);
                        cuts.push(Cut::whole(size));
                    }
                    at => {
                        if !self.shape_of(at).is_empty() {
                            let text = "choosing elements by a mask is outside the language: \
                                        where(mask, x, 0) keeps the shape";
                            return Err(text.into());
                        }
                        let at = at_one_place(at)?;
                        let size = room().map_err(|wrong| self.chosen(wrong, base))?;
                        let Some(place) = place(at, size) else {
                            let span = self.ast.expr(*written).span;
                            return Err(self.outside((at, span), &own, (axis, base)));
                        };
                        kinds.push(true);
                        cuts.push(Cut::run(place, 1));
                    }
                },
                Subscript::Slice(bounds) => {
                    let size = room().map_err(|wrong| self.chosen(wrong, base))?;
                    let mut read = [None; 3];
                    for (read, _) in read.iter_mut().zip(bounds).filter(|(_, b)| b.is_some()) {
                        *read = match parts.next().unwrap_or(&Value::Poison) {
                            Value::None => None,
                            bound => Some(whole(bound, "the bound of a slice")?),
                        };
                    }
                    let [start, stop, step] = read;
                    let step = step.unwrap_or(1);
                    if step == 0 {
                        return Err("the step of a slice cannot be 0".into());
                    }
                    kinds.push(false);
                    let cut = slice(size, start, stop, step);
                    sizes.push(cut.count);
                    cuts.push(cut);
                }
            }
        }
        sizes.extend(&own[cuts.len()..]);
        cuts.extend(own[cuts.len()..].iter().map(|&size| Cut::whole(size)));
        let whole = cuts.iter().zip(&own).all(|(cut, &n)| *cut == Cut::whole(n));
        let node = self.node(&value)?;
        if !picks.is_empty() {
            let taken = kinds.iter().filter(|&&kind| kind).count();
            let together = kinds
                .iter()
                .skip_while(|kind| !**kind)
                .take_while(|kind| **kind);
            if taken > picks.len() && together.count() < taken {
                return Err(
                    "NumPy and PyTorch put the axes in another order here: choose by the \
                            number first, as in x[0][:, [1, 2]]"
                        .into(),
                );
            }
            let mut x = node;
            if !whole {
                let kept: Vec<usize> = cuts.iter().map(|cut| cut.count).collect();
                let cuts = self.graph.shapes.intern_cuts(&cuts);
                x = self.implied(Op::Slice(cuts), &kept, x, span)?;
            }
            if self.graph.shape(x) != sizes {
                x = self.implied(Op::Reshape, &sizes, x, span)?;
            }
            return self.taken(x, &picks, span);
        }
        if whole {
            return self.gate(Op::Reshape, &sizes, &[node], span);
        }
        let kept: Vec<usize> = cuts.iter().map(|cut| cut.count).collect();
        let cuts = self.graph.shapes.intern_cuts(&cuts);
        let cut = self.gate(Op::Slice(cuts), &kept, &[node], span)?;
        self.finish_as(cut, &sizes, span)
    }

    /// An index that names no element of an axis.
    pub(super) fn outside(
        &mut self,
        (at, index): (i64, Span),
        own: &[usize],
        (axis, base): (usize, Span),
    ) -> Message {
        let among = format!("axis {axis} of shape {}", Display(own));
        let text = format!("index {at} is outside {among}");
        let met = marked(own.len(), [axis].into_iter().collect());
        let met = met.into_iter().map(|Meeting { axes, fits }| Meeting {
            axes: vec![axes[0], None],
            fits,
        });
        let operands = vec![self.operand_of(own.to_vec(), base), of_shape(&[], index)];
        Message::shapes(text, operands, met.collect())
    }

    /// A mistake about what is indexed, told of it by its name.
    fn chosen(&mut self, wrong: Message, base: Span) -> Message {
        match &wrong {
            Message::Shapes(_, misfit) => {
                let shape = misfit.operands[0].shape.clone();
                wrong.of(self.operand_of(shape, base))
            }
            _ => wrong,
        }
    }
}

/// The place that one index names.
fn at_one_place(value: &Value) -> Result<i64, Message> {
    match value {
        Value::Tuple(_) => Err("a tuple within an index is outside the language".into()),
        Value::Bool(_) => Err("a truth value cannot be an index".into()),
        value => whole(value, "an index"),
    }
}

/// The elements of an axis that Python's `start:stop:step` names.
fn slice(size: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Cut {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let clamp = |bound: i64| {
        let bound = if bound < 0 { bound + size } else { bound };
        bound.clamp(low, high)
    };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let start = start.map_or(first, clamp);
    let stop = stop.map_or(last, clamp);
    let count = if step > 0 {
        (stop - start + step - 1) / step
    } else {
        (start - stop - step - 1) / -step
    };
    match usize::try_from(count).unwrap_or(0) {
        0 => Cut::run(0, 0),
        // One element has no next.
        1 => Cut::run(start as usize, 1),
        count => Cut {
            start: start as usize,
            step: step as isize,
            count,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places that Python's own rule gives: counted out.
    fn counted(size: i64, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
        let shift = |bound: i64| if bound < 0 { bound + size } else { bound };
        let low = if step > 0 { 0 } else { -1 };
        let high = if step > 0 { size } else { size - 1 };
        let mut at = start.map_or(if step > 0 { 0 } else { size - 1 }, |s| {
            shift(s).clamp(low, high)
        });
        let end = stop.map_or(if step > 0 { size } else { -1 }, |s| {
            shift(s).clamp(low, high)
        });
        let mut places = Vec::new();
        while if step > 0 { at < end } else { at > end } {
            places.push(at as usize);
            at += step;
        }
        places
    }

    #[test]
    fn slices_are_pythons() {
        let bounds: Vec<Option<i64>> = (-7..8).map(Some).chain([None]).collect();
        for size in 0..6 {
            for &start in &bounds {
                for &stop in &bounds {
                    for step in [-9, -3, -2, -1, 1, 2, 3, 9] {
                        let cut = slice(size as usize, start, stop, step);
                        let places: Vec<usize> = (0..cut.count).map(|i| cut.place(i)).collect();
                        let expected = counted(size, start, stop, step);
                        assert_eq!(places, expected, "{size} [{start:?}:{stop:?}:{step}]");
                    }
                }
            }
        }
    }
}

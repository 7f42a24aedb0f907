//! Cuts of axes as Python writes them.

use super::Dialect::{self, Torch};
use super::expr::Expr;
use crate::shape::{Cut, Display};

/// Cuts without steps backwards for a library that has none, and the axes that are
/// turned round.
pub fn ascending(cuts: &[Cut], dialect: Dialect) -> (Vec<Cut>, Vec<usize>) {
    let turns = |cut: &Cut| dialect == Torch && cut.step < 0 && cut.count > 0;
    let flipped = (0..cuts.len()).filter(|&axis| turns(&cuts[axis]));
    let plain = cuts.iter().map(|cut| {
        if turns(cut) {
            Cut {
                start: cut.place(cut.count - 1),
                step: -cut.step,
                count: cut.count,
            }
        } else {
            *cut
        }
    });
    (plain.collect(), flipped.collect())
}

/// A value with some axes turned round.
pub fn flip(x: &Expr, axes: &[usize]) -> String {
    if axes.is_empty() {
        x.text.clone()
    } else {
        format!("{}.flip({})", x.atom(), Display(axes))
    }
}

/// Cuts as they stand in brackets.
pub fn places(cuts: &[Cut], sizes: &[usize]) -> String {
    let ranges = cuts.iter().zip(sizes);
    let mut ranges: Vec<String> = ranges.map(|(&cut, &size)| range(cut, size)).collect();
    trim(&mut ranges);
    ranges.join(", ")
}

/// Takes whole axes at the end away, but the first.
pub fn trim(ranges: &mut Vec<String>) {
    while ranges.len() > 1 && ranges.last().is_some_and(|last| last == ":") {
        ranges.pop();
    }
}

/// A cut of an axis of a size, between brackets.
pub fn range(cut: Cut, size: usize) -> String {
    if cut == Cut::whole(size) {
        return ":".to_owned();
    }
    let [start, end, step] = bounds(cut).map(Option::unwrap_or_default);
    match step.as_str() {
        "" => format!("{start}:{end}"),
        step => format!("{start}:{end}:{step}"),
    }
}

/// A cut as a call.
pub fn sliced(cut: Cut) -> String {
    let [start, end, step] = bounds(cut).map(|bound| bound.unwrap_or_else(|| "None".to_owned()));
    if step == "None" {
        format!("slice({start}, {end})")
    } else {
        format!("slice({start}, {end}, {step})")
    }
}

/// Start, end and step as Python has them, none where they can be left out.
fn bounds(cut: Cut) -> [Option<String>; 3] {
    let Cut { start, step, count } = cut;
    // None of a run backwards would start where Python counts from the back.
    let step = if count == 0 { 1 } else { step };
    let end = start as isize + step * count as isize;
    [
        Some(start.to_string()),
        // Python counts an end below 0 from the back.
        usize::try_from(end).ok().map(|end| end.to_string()),
        (step != 1).then(|| step.to_string()),
    ]
}

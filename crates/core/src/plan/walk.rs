//! Walking two values at once, one of them with strides.

use crate::shape::{Axes, Cut, MAX_RANK};

/// Pairs the elements of a value, in order, with elements of another one at
/// regular places.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The first place in the other value.
    base: usize,
    /// Size of each axis and its stride in the other value; neighbouring axes
    /// that go on as one are one.
    axes: Vec<(usize, isize)>,
}

impl Walk {
    fn new(base: usize, axes: impl DoubleEndedIterator<Item = (usize, isize)>) -> Self {
        let mut walk: Vec<(usize, isize)> = Vec::new();
        for (size, stride) in axes.rev() {
            match walk.last_mut() {
                Some((last, inner)) if *inner * *last as isize == stride => *last *= size,
                _ => walk.push((size, stride)),
            }
        }
        walk.reverse();
        Self { base, axes: walk }
    }

    /// Every element of a value of a shape, with the element of a smaller one,
    /// which lacks some axes, that it is summed into or copied from.
    pub fn over(shape: &[usize], axes: Axes) -> Self {
        let strides = strides(shape, |axis| !axes.contains(axis));
        Self::new(0, shape.iter().copied().zip(strides))
    }

    /// Every element of a value whose axis i is axis `order[i]` of one of a shape.
    pub fn permuted(shape: &[usize], order: &[usize]) -> Self {
        let strides = strides(shape, |_| true);
        let axes: Vec<_> = order.iter().map(|&i| (shape[i], strides[i])).collect();
        Self::new(0, axes.into_iter())
    }

    /// Every element of a value that is cut out of one of a shape.
    pub fn cut(shape: &[usize], cuts: &[Cut]) -> Self {
        let strides = strides(shape, |_| true);
        let start = cuts.iter().zip(&strides);
        let base = start
            .map(|(cut, &stride)| cut.start * stride as usize)
            .sum();
        let axes = cuts.iter().zip(&strides);
        let axes: Vec<_> = axes.map(|(cut, s)| (cut.count, s * cut.step)).collect();
        Self::new(base, axes.into_iter())
    }

    /// Some axes of a value of a shape, and where their elements lie in it.
    fn part(shape: &[usize], keep: impl Fn(usize) -> bool) -> Self {
        let strides = strides(shape, |_| true);
        let axes = shape.iter().copied().zip(strides).enumerate();
        let axes: Vec<_> = axes
            .filter(|(axis, _)| keep(*axis))
            .map(|(_, a)| a)
            .collect();
        Self::new(0, axes.into_iter())
    }

    /// Calls with the index of every element, in order, and its partner's.
    pub fn each(&self, mut f: impl FnMut(usize, usize)) {
        let Some((&(inner, step), outer)) = self.axes.split_last() else {
            f(0, self.base);
            return;
        };
        if self.axes.iter().any(|&(size, _)| size == 0) {
            return;
        }
        let mut place = [0usize; MAX_RANK];
        let (mut own, mut other) = (0, self.base);
        loop {
            let mut at = other;
            for i in own..own + inner {
                f(i, at);
                at = at.wrapping_add_signed(step);
            }
            own += inner;
            // The next place of the outer axes, as an odometer turns.
            let mut axis = outer.len();
            loop {
                let Some(next) = axis.checked_sub(1) else {
                    return;
                };
                axis = next;
                let (size, stride) = outer[axis];
                place[axis] += 1;
                other = other.wrapping_add_signed(stride);
                if place[axis] < size {
                    break;
                }
                other = other.wrapping_add_signed(-stride * size as isize);
                place[axis] = 0;
            }
        }
    }
}

/// The stride of each axis in a value that has only some of them; 0 for the rest.
fn strides(shape: &[usize], has: impl Fn(usize) -> bool) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut stride = 1;
    for axis in (0..shape.len()).rev().filter(|&axis| has(axis)) {
        strides[axis] = stride;
        stride *= shape[axis] as isize;
    }
    strides
}

/// A value as rows: the elements along some axes for each place of the others.
#[derive(Clone, Debug)]
pub struct Rows {
    starts: Walk,
    row: Walk,
    /// Number of elements of a row.
    pub len: usize,
}

impl Rows {
    /// The rows of a value of a shape along axes.
    pub fn new(shape: &[usize], axes: Axes) -> Self {
        Self {
            starts: Walk::part(shape, |axis| !axes.contains(axis)),
            row: Walk::part(shape, |axis| axes.contains(axis)),
            len: axes.iter().map(|axis| shape[axis]).product(),
        }
    }

    /// Calls with the place of every row and where it starts.
    pub fn each(&self, f: impl FnMut(usize, usize)) {
        self.starts.each(f);
    }

    /// Calls with the index of every element of the row that starts somewhere.
    pub fn row(&self, start: usize, mut f: impl FnMut(usize)) {
        self.row.each(|_, at| f(start + at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partners(walk: &Walk) -> Vec<usize> {
        let mut found = Vec::new();
        walk.each(|own, other| {
            assert_eq!(own, found.len());
            found.push(other);
        });
        found
    }

    #[test]
    fn a_walk_pairs_what_is_summed() {
        let walk = Walk::over(&[2, 3, 2], Axes::from_iter([1]));
        assert_eq!(partners(&walk), [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3]);
    }

    #[test]
    fn a_walk_over_nothing_does_nothing() {
        assert!(partners(&Walk::over(&[2, 0], Axes::all(2))).is_empty());
        assert!(partners(&Walk::cut(&[3], &[Cut::run(3, 0)])).is_empty());
    }

    #[test]
    fn a_walk_takes_axes_in_another_order() {
        let walk = Walk::permuted(&[2, 3], &[1, 0]);
        assert_eq!(partners(&walk), [0, 3, 1, 4, 2, 5]);
        let same = Walk::permuted(&[2, 3], &[0, 1]);
        assert_eq!(same.axes.len(), 1);
    }

    #[test]
    fn a_walk_goes_backwards() {
        let back = Cut {
            start: 2,
            step: -2,
            count: 2,
        };
        let walk = Walk::cut(&[2, 3], &[Cut::whole(2), back]);
        assert_eq!(partners(&walk), [2, 0, 5, 3]);
    }

    #[test]
    fn rows_have_their_elements() {
        let rows = Rows::new(&[2, 3], Axes::from_iter([0]));
        let mut found = Vec::new();
        rows.each(|place, start| {
            let mut row = Vec::new();
            rows.row(start, |at| row.push(at));
            found.push((place, row));
        });
        assert_eq!(found, [(0, vec![0, 3]), (1, vec![1, 4]), (2, vec![2, 5])]);
        assert_eq!(rows.len, 2);
    }
}

//! Walking two values at once, one of them with strides.

use crate::shape::{Axes, Cut, MAX_RANK};

/// Pairs the elements of a value, in order, with elements of another one at
/// regular places.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The first place in the other value.
    base: usize,
    /// At least one; none of size 1 unless it is the only one, and neighbouring
    /// axes that go on as one are one.
    axes: Vec<Axis>,
    /// Whether the last two axes are best taken in square pieces: along the last
    /// one the value itself is contiguous, along the one before the other value.
    square: bool,
}

/// An axis of a walk: how often it steps, and how far in either value.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub size: usize,
    pub own: usize,
    pub other: isize,
}

impl Walk {
    fn new(base: usize, axes: impl DoubleEndedIterator<Item = (usize, isize)>) -> Self {
        let mut walk: Vec<Axis> = Vec::new();
        let mut own = 1;
        for (size, other) in axes.rev().filter(|&(size, _)| size != 1) {
            match walk.last_mut() {
                Some(last) if last.other * last.size.cast_signed() == other => last.size *= size,
                _ => walk.push(Axis { size, own, other }),
            }
            own *= size;
        }
        if walk.is_empty() {
            let (size, own, other) = (1, 1, 1);
            walk.push(Axis { size, own, other });
        }
        walk.reverse();
        Self {
            base,
            axes: walk,
            square: false,
        }
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
        let mut walk = Self::new(0, axes.into_iter());
        let last = walk.axes.len() - 1;
        if let Some(along) = walk.axes[..last].iter().position(|axis| axis.other == 1) {
            walk.axes[along..last].rotate_left(1);
            walk.square = true;
        }
        walk
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

    /// The axis that [`Walk::lines`] does not step along.
    pub fn line(&self) -> Axis {
        self.axes[self.axes.len() - 1]
    }

    /// The two axes that [`Walk::squares`] does not step along, if such pieces
    /// are best.
    pub fn square(&self) -> Option<[Axis; 2]> {
        let two = self.axes.last_chunk().copied();
        two.filter(|_| self.square)
    }

    /// The places of all lines along the last axis, and their partners'.
    pub fn lines(&self) -> Places<'_> {
        self.places(1)
    }

    /// The places of all pieces along the last two axes, and their partners'.
    pub fn squares(&self) -> Places<'_> {
        self.places(2)
    }

    /// Steps along all axes but the last `inner`.
    fn places(&self, inner: usize) -> Places<'_> {
        let empty = self.axes.iter().any(|axis| axis.size == 0);
        Places {
            outer: &self.axes[..self.axes.len() - inner],
            place: [0; MAX_RANK],
            next: (!empty).then_some((0, self.base)),
        }
    }
}

/// Steps along axes, as an odometer turns.
pub struct Places<'a> {
    outer: &'a [Axis],
    place: [usize; MAX_RANK],
    next: Option<(usize, usize)>,
}

impl Iterator for Places<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let found = self.next?;
        let (mut own, mut other) = found;
        self.next = None;
        for (axis, place) in self.outer.iter().zip(&mut self.place).rev() {
            *place += 1;
            own += axis.own;
            other = other.wrapping_add_signed(axis.other);
            if *place < axis.size {
                self.next = Some((own, other));
                break;
            }
            own -= axis.own * axis.size;
            other = other.wrapping_add_signed(-axis.other * axis.size.cast_signed());
            *place = 0;
        }
        Some(found)
    }
}

/// The stride of each axis in a value that has only some of them; 0 for the rest.
fn strides(shape: &[usize], has: impl Fn(usize) -> bool) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut stride = 1;
    for axis in (0..shape.len()).rev().filter(|&axis| has(axis)) {
        strides[axis] = stride;
        stride *= shape[axis].cast_signed();
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

    /// The place of every row and where it starts.
    pub fn each(&self) -> Places<'_> {
        self.starts.places(0)
    }

    /// Calls with the index of every element of the row that starts somewhere.
    pub fn row(&self, start: usize, mut f: impl FnMut(usize)) {
        let Axis { size, other, .. } = self.row.line();
        for (_, line) in self.row.lines() {
            let mut at = start + line;
            for _ in 0..size {
                f(at);
                at = at.wrapping_add_signed(other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partners(walk: &Walk) -> Vec<usize> {
        let mut found: Vec<_> = walk.places(0).collect();
        found.sort_unstable();
        assert!(found.iter().map(|pair| pair.0).eq(0..found.len()));
        found.into_iter().map(|pair| pair.1).collect()
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
        for (place, start) in rows.each() {
            let mut row = Vec::new();
            rows.row(start, |at| row.push(at));
            found.push((place, row));
        }
        assert_eq!(found, [(0, vec![0, 3]), (1, vec![1, 4]), (2, vec![2, 5])]);
        assert_eq!(rows.len, 2);
    }
}

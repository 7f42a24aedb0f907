//! The arithmetic of tensor steps, on runs of slots.

use super::Product;
use crate::op::Op;
use crate::shape::{Axes, MAX_RANK};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Pairs every element of a large value with the element of a small one that it
/// is summed into or copied from.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Size of each axis of the large value, and its stride in the small one;
    /// neighbouring axes of one kind are one.
    axes: Vec<(usize, usize)>,
}

impl Walk {
    /// `shape` is the large value's, `axes` those that the small one lacks.
    pub fn new(shape: &[usize], axes: Axes) -> Self {
        let mut stride = 1;
        let mut walk: Vec<(usize, usize)> = Vec::new();
        for (axis, &size) in shape.iter().enumerate().rev() {
            let gone = axes.contains(axis);
            let own = if gone { 0 } else { stride };
            match walk.last_mut() {
                Some((last, inner)) if (*inner == 0) == gone => *last *= size,
                _ => walk.push((size, own)),
            }
            if !gone {
                stride *= size;
            }
        }
        walk.reverse();
        Self { axes: walk }
    }

    /// Calls with the index of every element of the large value, in order, and
    /// its partner's in the small one.
    pub fn each(&self, mut f: impl FnMut(usize, usize)) {
        let Some((&(inner, step), outer)) = self.axes.split_last() else {
            f(0, 0);
            return;
        };
        if self.axes.iter().any(|&(size, _)| size == 0) {
            return;
        }
        let mut place = [0usize; MAX_RANK];
        let (mut big, mut small) = (0, 0);
        loop {
            for i in 0..inner {
                f(big + i, small + i * step);
            }
            big += inner;
            // The next place of the outer axes, as an odometer turns.
            let mut axis = outer.len();
            loop {
                let Some(next) = axis.checked_sub(1) else {
                    return;
                };
                axis = next;
                let (size, stride) = outer[axis];
                place[axis] += 1;
                small += stride;
                if place[axis] < size {
                    break;
                }
                small -= stride * size;
                place[axis] = 0;
            }
        }
    }
}

pub fn two(out: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) {
    for ((o, &x), &y) in out.iter_mut().zip(a).zip(b) {
        *o = f(x, y);
    }
}

pub fn fold_many(out: &mut [f64], from: &[f64], starts: &[u32], f: impl Fn(f64, f64) -> f64) {
    for (i, o) in out.iter_mut().enumerate() {
        let mut values = starts.iter().map(|&start| from[start as usize + i]);
        let first = values.next().unwrap_or(f64::NAN);
        *o = values.fold(first, &f);
    }
}

pub fn winner(out: &mut [f64], from: &[f64], starts: &[u32], slot: usize, least: bool) {
    for (i, o) in out.iter_mut().enumerate() {
        let values = || starts.iter().map(|&start| from[start as usize + i]);
        let own = from[starts[slot] as usize + i];
        let beaten = values().any(|x| if least { x < own } else { x > own });
        *o = if beaten {
            0.0
        } else {
            // A NaN is no tie: it takes nothing from the others.
            1.0 / values().filter(|&x| x == own).count().max(1) as f64
        };
    }
}

pub fn sum(out: &mut [f64], from: &[f64], walk: &Walk) {
    out.fill(0.0);
    walk.each(|big, small| out[small] += from[big]);
}

pub fn mean(out: &mut [f64], from: &[f64], walk: &Walk) {
    sum(out, from, walk);
    let count: usize = walk
        .axes
        .iter()
        .filter(|axis| axis.1 == 0)
        .map(|axis| axis.0)
        .product();
    for o in out {
        *o /= count as f64;
    }
}

pub fn extreme(out: &mut [f64], from: &[f64], walk: &Walk, least: bool) {
    out.fill(if least {
        f64::INFINITY
    } else {
        f64::NEG_INFINITY
    });
    walk.each(|big, small| out[small] = Op::extreme(least, out[small], from[big]));
}

pub fn transpose(out: &mut [f64], from: &[f64], repeats: usize, rows: usize, columns: usize) {
    let size = rows * columns;
    for repeat in 0..repeats {
        let (out, from) = (&mut out[repeat * size..], &from[repeat * size..]);
        for row in 0..rows {
            for column in 0..columns {
                out[column * rows + row] = from[row * columns + column];
            }
        }
    }
}

pub fn matmul(out: &mut [f64], a: &[f64], b: &[f64], p: Product) {
    let (left, right, all) = (p.rows * p.inner, p.inner * p.columns, p.rows * p.columns);
    for i in 0..p.repeats {
        let a = ArrayView2::from_shape((p.rows, p.inner), &a[i * left..][..left]);
        let b = ArrayView2::from_shape((p.inner, p.columns), &b[i * right..][..right]);
        let out = ArrayViewMut2::from_shape((p.rows, p.columns), &mut out[i * all..][..all]);
        // The slices have these very lengths, so that all three are views.
        if let (Ok(a), Ok(b), Ok(mut out)) = (a, b, out) {
            // Row by row: `general_mat_mul` allocates to pack its operands.
            out.fill(0.0);
            for (mut out, a) in out.rows_mut().into_iter().zip(a.rows()) {
                for (&weight, b) in a.iter().zip(b.rows()) {
                    out.scaled_add(weight, &b);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_pairs_what_is_summed() {
        let walk = Walk::new(&[2, 3, 2], Axes::from_iter([1]));
        let mut pairs = Vec::new();
        walk.each(|big, small| pairs.push((big, small)));
        let smalls: Vec<usize> = pairs.iter().map(|p| p.1).collect();
        assert_eq!(smalls, [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3]);
        assert!(pairs.iter().enumerate().all(|(i, p)| i == p.0));
    }

    #[test]
    fn a_walk_over_nothing_does_nothing() {
        Walk::new(&[2, 0], Axes::all(2)).each(|_, _| panic!("there is no element"));
    }
}

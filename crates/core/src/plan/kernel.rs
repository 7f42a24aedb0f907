//! The arithmetic of tensor steps, on runs of slots.

use super::Product;
use super::walk::{Rows, Walk};
use crate::op::{BCE_LEAST_LOG, extreme};
use ndarray::{ArrayView2, ArrayViewMut2};

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

pub fn product(out: &mut [f64], from: &[f64], walk: &Walk) {
    out.fill(1.0);
    walk.each(|big, small| out[small] *= from[big]);
}

pub fn extreme_over(out: &mut [f64], from: &[f64], walk: &Walk, least: bool) {
    out.fill(if least {
        f64::INFINITY
    } else {
        f64::NEG_INFINITY
    });
    walk.each(|big, small| out[small] = extreme(least, out[small], from[big]));
}

/// A statistic of each row.
#[derive(Clone, Copy, Debug)]
pub enum Statistic {
    Mean,
    Var,
    Std,
    Norm,
    LogSumExp,
}

pub fn statistic(out: &mut [f64], from: &[f64], rows: &Rows, which: Statistic) {
    let count = rows.len as f64;
    rows.each(|place, start| {
        let total = |f: &dyn Fn(f64) -> f64| {
            let mut sum = 0.0;
            rows.row(start, |at| sum += f(from[at]));
            sum
        };
        out[place] = match which {
            Statistic::Mean => total(&|x| x) / count,
            Statistic::Var | Statistic::Std => {
                let mean = total(&|x| x) / count;
                let var = total(&|x| (x - mean) * (x - mean)) / count;
                if matches!(which, Statistic::Std) {
                    var.sqrt()
                } else {
                    var
                }
            }
            Statistic::Norm => norm(from, rows, start),
            Statistic::LogSumExp => log_sum_exp(from, rows, start),
        };
    });
}

/// The root of the sum of squares, scaled where the squares leave the range of
/// numbers.
fn norm(from: &[f64], rows: &Rows, start: usize) -> f64 {
    let (mut sum, mut most) = (0.0, 0.0f64);
    rows.row(start, |at| {
        sum += from[at] * from[at];
        most = extreme(false, most, from[at].abs());
    });
    let safe = sum > 1e-280 && sum < f64::INFINITY;
    if safe || most == 0.0 || !most.is_finite() {
        return if most.is_infinite() {
            most
        } else {
            f64::sqrt(sum)
        };
    }
    sum = 0.0;
    rows.row(start, |at| sum += (from[at] / most) * (from[at] / most));
    most * sum.sqrt()
}

/// log Σ eˣ without overflow.
fn log_sum_exp(from: &[f64], rows: &Rows, start: usize) -> f64 {
    let most = greatest(from, rows, start);
    if !most.is_finite() {
        return most;
    }
    let mut sum = 0.0;
    rows.row(start, |at| sum += (from[at] - most).exp());
    most + sum.ln()
}

fn greatest(from: &[f64], rows: &Rows, start: usize) -> f64 {
    let mut most = f64::NEG_INFINITY;
    rows.row(start, |at| most = extreme(false, most, from[at]));
    most
}

pub fn softmax(out: &mut [f64], from: &[f64], rows: &Rows) {
    rows.each(|_, start| {
        let most = greatest(from, rows, start);
        let mut sum = 0.0;
        rows.row(start, |at| {
            out[at] = (from[at] - most).exp();
            sum += out[at];
        });
        rows.row(start, |at| out[at] /= sum);
    });
}

pub fn log_softmax(out: &mut [f64], from: &[f64], rows: &Rows) {
    rows.each(|_, start| {
        // In two steps, so that a small logarithm keeps its digits beside a
        // large score.
        let most = greatest(from, rows, start);
        let mut sum = 0.0;
        rows.row(start, |at| sum += (from[at] - most).exp());
        let log = f64::ln(sum);
        rows.row(start, |at| out[at] = (from[at] - most) - log);
    });
}

pub fn mse(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y));
    squares.sum::<f64>() / a.len() as f64
}

pub fn cross_entropy(scores: &[f64], target: &[f64], classes: usize) -> f64 {
    let mut total = 0.0;
    let rows = scores
        .chunks(classes.max(1))
        .zip(target.chunks(classes.max(1)));
    for (scores, target) in rows {
        let most = scores
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, |m, x| extreme(false, m, x));
        let log = scores.iter().map(|x| (x - most).exp()).sum::<f64>().ln();
        for (x, &part) in scores.iter().zip(target) {
            // Nothing is asked of a class that has no part in the target.
            if part != 0.0 {
                total -= part * ((x - most) - log);
            }
        }
    }
    total / (scores.len() / classes.max(1)) as f64
}

pub fn bce(p: &[f64], t: &[f64]) -> f64 {
    let log = |x: f64| extreme(false, x.ln(), BCE_LEAST_LOG);
    let each = p.iter().zip(t);
    let each =
        each.map(|(&p, t)| -(t * log(p) + (1.0 - t) * extreme(false, (-p).ln_1p(), BCE_LEAST_LOG)));
    each.sum::<f64>() / p.len() as f64
}

pub fn hinge(scores: &[f64], right: &[f64], margin: &[f64], classes: usize) -> f64 {
    let mut total = 0.0;
    let rows = scores
        .chunks(classes.max(1))
        .zip(right.chunks(classes.max(1)));
    for ((scores, right), margin) in rows.zip(margin.chunks(classes.max(1))) {
        let own: f64 = scores.iter().zip(right).map(|(s, r)| s * r).sum();
        for ((s, r), m) in scores.iter().zip(right).zip(margin) {
            let cut = s - own + m;
            total += (1.0 - r) * if cut <= 0.0 { 0.0 } else { cut };
        }
    }
    total / (scores.len() / classes.max(1)) as f64
}

pub fn one_hot(out: &mut [f64], places: &[f64], classes: usize) {
    for (row, &place) in out.chunks_mut(classes.max(1)).zip(places) {
        let known = place.fract() == 0.0 && place >= 0.0 && place < classes as f64;
        row.fill(if known { 0.0 } else { f64::NAN });
        if known {
            row[place as usize] = 1.0;
        }
    }
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

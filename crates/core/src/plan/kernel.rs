//! The arithmetic of tensor steps, on runs of slots.

use super::walk::{Rows, Walk};
use crate::op::{BCE_LEAST_LOG, extreme};

/// Folds every element into the one that it goes to.
pub fn fold(out: &mut [f64], from: &[f64], walk: &Walk, f: impl Fn(f64, f64) -> f64) {
    let line = walk.line();
    for (start, place) in walk.lines() {
        let line_of = &from[start..][..line.size];
        if line.other == 0 {
            out[place] = line_of.iter().fold(out[place], |sum, &x| f(sum, x));
        } else {
            // What is kept of the last axes is contiguous in both.
            for (o, &x) in out[place..].iter_mut().zip(line_of) {
                *o = f(*o, x);
            }
        }
    }
}

/// Reads each element where a walk says.
pub fn gather(out: &mut [f64], from: &[f64], walk: &Walk) {
    /// As many numbers as a line of the cache holds.
    const SIDE: usize = 8;
    if let Some([down, across]) = walk.square() {
        for (own, other) in walk.squares() {
            let mut tile = [[0.0; SIDE]; SIDE];
            for top in (0..down.size).step_by(SIDE) {
                let tall = SIDE.min(down.size - top);
                for left in (0..across.size).step_by(SIDE) {
                    let wide = SIDE.min(across.size - left);
                    // Every line of either value is touched once.
                    let mut at = other + top;
                    at = at.wrapping_add_signed(across.other * left.cast_signed());
                    for line in &mut tile[..wide] {
                        match from[at..].first_chunk() {
                            Some(whole) if tall == SIDE => *line = *whole,
                            _ => line[..tall].copy_from_slice(&from[at..][..tall]),
                        }
                        at = at.wrapping_add_signed(across.other);
                    }
                    for i in 0..tall {
                        let out = &mut out[own + (top + i) * down.own + left..][..wide];
                        for (o, line) in out.iter_mut().zip(&tile) {
                            *o = line[i];
                        }
                    }
                }
            }
        }
        return;
    }
    let line = walk.line();
    for (own, other) in walk.lines() {
        copy(&mut out[own..][..line.size], from, other, line.other);
    }
}

/// Fills with elements at regular places.
fn copy(out: &mut [f64], from: &[f64], start: usize, step: isize) {
    match step {
        0 => out.fill(from[start]),
        1 => out.copy_from_slice(&from[start..][..out.len()]),
        _ => {
            let mut at = start;
            for o in out {
                *o = from[at];
                at = at.wrapping_add_signed(step);
            }
        }
    }
}

/// Writes each element where a walk says, and zeros elsewhere.
pub fn scatter(out: &mut [f64], from: &[f64], walk: &Walk) {
    out.fill(0.0);
    let line = walk.line();
    for (own, other) in walk.lines() {
        let mut at = other;
        for &x in &from[own..][..line.size] {
            out[at] = x;
            at = at.wrapping_add_signed(line.other);
        }
    }
}

/// The blocks of `behind` elements that indices name among each `size` of them; NaN where
/// one names none.
pub fn take(
    out: &mut [f64],
    from: &[f64],
    [before, size, behind, count]: [usize; 4],
    index: impl Fn(usize) -> Option<usize>,
) {
    for outer in 0..before {
        for at in 0..count {
            let out = &mut out[(outer * count + at) * behind..][..behind];
            match index(at) {
                Some(place) => {
                    out.copy_from_slice(&from[(outer * size + place) * behind..][..behind]);
                }
                None => out.fill(f64::NAN),
            }
        }
    }
}

/// The same blocks added up where indices name, in zeros.
pub fn put(
    out: &mut [f64],
    from: &[f64],
    [before, size, behind, count]: [usize; 4],
    index: impl Fn(usize) -> Option<usize>,
) {
    out.fill(0.0);
    for outer in 0..before {
        for at in 0..count {
            let Some(place) = index(at) else {
                continue;
            };
            let from = &from[(outer * count + at) * behind..][..behind];
            let out = &mut out[(outer * size + place) * behind..][..behind];
            for (o, x) in out.iter_mut().zip(from) {
                *o += x;
            }
        }
    }
}

/// Running sums along an axis of so many elements, with so many behind each.
pub fn cum_sum(out: &mut [f64], from: &[f64], [size, behind]: [usize; 2], back: bool) {
    out.copy_from_slice(&from[..out.len()]);
    for block in out.chunks_mut((size * behind).max(1)) {
        for step in 1..size {
            let [to, before] = if back {
                [size - 1 - step, size - step]
            } else {
                [step, step - 1]
            };
            for i in 0..behind {
                block[to * behind + i] += block[before * behind + i];
            }
        }
    }
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
    for (place, start) in rows.each() {
        let mean = || total(from, rows, start, |x| x) / count;
        out[place] = match which {
            Statistic::Mean => mean(),
            Statistic::Var | Statistic::Std => {
                let mean = mean();
                let var = total(from, rows, start, |x| (x - mean) * (x - mean)) / count;
                if matches!(which, Statistic::Std) {
                    var.sqrt()
                } else {
                    var
                }
            }
            Statistic::Norm => norm(from, rows, start),
            Statistic::LogSumExp => log_sum_exp(from, rows, start),
        };
    }
}

/// The sum of a function of every element of a row.
fn total(from: &[f64], rows: &Rows, start: usize, f: impl Fn(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    rows.row(start, |at| sum += f(from[at]));
    sum
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
    for (_, start) in rows.each() {
        let most = greatest(from, rows, start);
        let mut sum = 0.0;
        rows.row(start, |at| {
            out[at] = (from[at] - most).exp();
            sum += out[at];
        });
        rows.row(start, |at| out[at] /= sum);
    }
}

pub fn log_softmax(out: &mut [f64], from: &[f64], rows: &Rows) {
    for (_, start) in rows.each() {
        // In two steps, so that a small logarithm keeps its digits beside a
        // large score.
        let most = greatest(from, rows, start);
        let mut sum = 0.0;
        rows.row(start, |at| sum += (from[at] - most).exp());
        let log = f64::ln(sum);
        rows.row(start, |at| out[at] = (from[at] - most) - log);
    }
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
        // What has no part is masked, for it may be infinite.
        let asked = scores.iter().zip(right).filter(|(_, r)| **r != 0.0);
        let own: f64 = asked.map(|(s, r)| s * r).sum();
        for ((s, &r), m) in scores.iter().zip(right).zip(margin) {
            let cut = s - own + m;
            if r != 1.0 {
                total += (1.0 - r) * if cut <= 0.0 { 0.0 } else { cut };
            }
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

//! Operands that lie evenly in the arena: they need no table of slots, and are
//! read as fast as memory is.

use super::gates::Operands;
use std::ops::Range;

/// Shorter rows than this, on the average, are slower than a table of slots.
const WORTH: usize = 8;

/// Numbers that [`Even`] has for each operand: the first slot, the step from one
/// gate to the next, and the step from one row of gates to the next.
pub const NUMBERS: usize = 3;

/// Operands that lie evenly: in rows of gates in which each operand lies as far
/// behind the last gate's as in all of the row; the rows likewise.
#[derive(Clone, Copy)]
pub struct Even<'a> {
    /// All that lies before the result.
    pub from: &'a [f64],
    /// How many gates are a row.
    pub row: usize,
    /// The [`NUMBERS`] of each operand.
    pub slots: &'a [u32],
}

impl Even<'_> {
    fn operand(self, place: usize) -> (usize, isize, isize) {
        let step = |i: usize| self.slots[NUMBERS * place + i].cast_signed() as isize;
        (self.slots[NUMBERS * place] as usize, step(1), step(2))
    }
}

/// Goes so many steps on.
fn go(at: usize, step: isize, steps: usize) -> usize {
    at.wrapping_add_signed(step.wrapping_mul(steps.cast_signed()))
}

impl Operands for Even<'_> {
    fn at(self, place: usize, index: usize, _: usize) -> f64 {
        let (first, step, down) = self.operand(place);
        self.from[go(go(first, step, index % self.row), down, index / self.row)]
    }

    fn one(self, out: &mut [f64], f: impl Fn(f64) -> f64) {
        let (first, step, rows) = self.operand(0);
        for (down, out) in out.chunks_exact_mut(self.row).enumerate() {
            fold(out, self.from, (go(first, rows, down), step), |_, x| f(x));
        }
    }

    fn two(self, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        let from = self.from;
        let ((mut x, dx, down_x), (mut y, dy, down_y)) = (self.operand(0), self.operand(1));
        for out in out.chunks_exact_mut(self.row) {
            match (dx, dy) {
                (1, 1) => {
                    for ((o, &x), &y) in out.iter_mut().zip(&from[x..]).zip(&from[y..]) {
                        *o = f(x, y);
                    }
                }
                (0, 1) => {
                    let x = from[x];
                    for (o, &y) in out.iter_mut().zip(&from[y..]) {
                        *o = f(x, y);
                    }
                }
                (1, 0) => {
                    let y = from[y];
                    for (o, &x) in out.iter_mut().zip(&from[x..]) {
                        *o = f(x, y);
                    }
                }
                _ => {
                    let (mut x, mut y) = (x, y);
                    for o in out {
                        *o = f(from[x], from[y]);
                        x = x.wrapping_add_signed(dx);
                        y = y.wrapping_add_signed(dy);
                    }
                }
            }
            x = x.wrapping_add_signed(down_x);
            y = y.wrapping_add_signed(down_y);
        }
    }

    fn three(self, out: &mut [f64], f: fn(f64, f64, f64) -> f64) {
        let operands = [0, 1, 2].map(|place| self.operand(place));
        for (down, out) in out.chunks_exact_mut(self.row).enumerate() {
            let mut at = operands.map(|(first, _, rows)| go(first, rows, down));
            for o in out {
                let [x, y, z] = at.map(|at| self.from[at]);
                *o = f(x, y, z);
                for (at, (_, step, _)) in at.iter_mut().zip(operands) {
                    *at = at.wrapping_add_signed(step);
                }
            }
        }
    }

    fn many(self, out: &mut [f64], arity: usize, f: impl Fn(f64, f64) -> f64) {
        /// So many numbers stay in the nearest cache.
        const BLOCK: usize = 512;
        for (down, row) in out.chunks_exact_mut(self.row).enumerate() {
            for (block, out) in row.chunks_mut(BLOCK).enumerate() {
                for place in 0..arity {
                    let (first, step, rows) = self.operand(place);
                    let at = go(go(first, rows, down), step, block * BLOCK);
                    if place == 0 {
                        fold(out, self.from, (at, step), |_, x| x);
                    } else {
                        fold(out, self.from, (at, step), &f);
                    }
                }
            }
        }
    }
}

fn fold(out: &mut [f64], from: &[f64], (first, step): (usize, isize), f: impl Fn(f64, f64) -> f64) {
    if step == 1 {
        for (o, &x) in out.iter_mut().zip(&from[first..]) {
            *o = f(*o, x);
        }
    } else {
        let mut at = first;
        for o in out {
            *o = f(*o, from[at]);
            at = at.wrapping_add_signed(step);
        }
    }
}

/// Turns a run of gates round if its operands lie the other way: a backward pass
/// goes from the last gate to the first. `slots` is as in [`pieces`].
pub fn ascend(slots: &mut [u32], gates: &mut [u32]) {
    let mut ascents = 0isize;
    for column in slots.chunks_exact(gates.len()) {
        for pair in column.windows(2) {
            ascents += isize::from(pair[1] > pair[0]) - isize::from(pair[1] < pair[0]);
        }
    }
    if ascents < 0 {
        for column in slots.chunks_exact_mut(gates.len()) {
            column.reverse();
        }
        gates.reverse();
    }
}

/// Cuts a run of gates into pieces whose operands lie evenly. `slots` has as many
/// slots as there are gates for the first operand, then as many for the second,
/// and so on.
///
/// A piece is the number of its gates, the length of its rows, and the [`NUMBERS`]
/// of each operand. None if the rows are too many.
pub fn pieces(slots: &[u32], gates: usize) -> Option<Vec<u32>> {
    let width = 2 + NUMBERS * (slots.len() / gates.max(1));
    let mut pieces: Vec<u32> = Vec::new();
    let mut start = 0;
    for _ in 0..gates / WORTH {
        let end = slots
            .chunks_exact(gates)
            .fold(gates, |end, column| start + even(&column[start..end]));
        let last = pieces.len().checked_sub(width);
        let joined = last.is_some_and(|last| join(&mut pieces[last..], slots, gates, start..end));
        if !joined {
            let row = (end - start) as u32;
            pieces.extend([row, row]);
            for column in slots.chunks_exact(gates) {
                let step = match column[start..end] {
                    [first, second, ..] => second.wrapping_sub(first),
                    _ => 0,
                };
                pieces.extend([column[start], step, 0]);
            }
        }
        start = end;
        if start == gates {
            return Some(pieces);
        }
    }
    None
}

/// How many slots at the start go on in their first step.
fn even(column: &[u32]) -> usize {
    let mut steps = column.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first = steps.next();
    let same = steps.take_while(|&step| Some(step) == first).count();
    column.len().min(2 + same)
}

/// Appends a row to a piece, if it lies as far behind the last row as in all of
/// the piece, and says whether it did.
fn join(piece: &mut [u32], slots: &[u32], gates: usize, range: Range<usize>) -> bool {
    let [count, row, operands @ ..] = piece else {
        return false;
    };
    let rows = *count / *row;
    let fits = operands
        .chunks_exact(NUMBERS)
        .zip(slots.chunks_exact(gates));
    let mut fits = fits.map(|(operand, column)| {
        let column = &column[range.clone()];
        let step = match column {
            [first, second, ..] => second.wrapping_sub(*first),
            _ => operand[1],
        };
        let far = column[0].wrapping_sub(operand[0]);
        step == operand[1] && (rows == 1 || far == operand[2].wrapping_mul(rows))
    });
    if range.len() != *row as usize || !fits.all(|fits| fits) {
        return false;
    }
    if rows == 1 {
        for (operand, column) in operands
            .chunks_exact_mut(NUMBERS)
            .zip(slots.chunks_exact(gates))
        {
            operand[2] = column[range.start].wrapping_sub(operand[0]);
        }
    }
    *count += *row;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slots that pieces stand for, as [`pieces`] takes them.
    fn slots(pieces: &[u32], arity: usize) -> Vec<u32> {
        let mut columns = vec![Vec::new(); arity];
        for piece in pieces.chunks(2 + NUMBERS * arity) {
            for i in 0..piece[0] {
                for (column, operand) in columns.iter_mut().zip(piece[2..].chunks(NUMBERS)) {
                    let along = operand[1].wrapping_mul(i % piece[1]);
                    let down = operand[2].wrapping_mul(i / piece[1]);
                    column.push(operand[0].wrapping_add(along).wrapping_add(down));
                }
            }
        }
        columns.concat()
    }

    #[test]
    fn slots_that_go_on_evenly_are_one_piece() {
        let ahead: Vec<u32> = (100..116).collect();
        assert_eq!(pieces(&ahead, 16), Some(vec![16, 16, 100, 1, 0]));
        let back: Vec<u32> = (0..16).map(|i| 90 - 3 * i).collect();
        let step = 3u32.wrapping_neg();
        assert_eq!(pieces(&back, 16), Some(vec![16, 16, 90, step, 0]));
        assert_eq!(pieces(&[7; 16], 16), Some(vec![16, 16, 7, 0, 0]));
    }

    #[test]
    fn rows_that_follow_evenly_are_one_piece() {
        // A matrix times a vector: 3 rows of 8.
        let matrix = 50..74;
        let vector = (0..24).map(|i| 20 + i % 8);
        let columns: Vec<u32> = matrix.chain(vector).collect();
        let found = pieces(&columns, 24);
        assert_eq!(found, Some(vec![24, 8, 50, 1, 8, 20, 1, 0]));
        assert_eq!(slots(&found.unwrap_or_default(), 2), columns);
    }

    #[test]
    fn rows_of_other_lengths_are_pieces_of_their_own() {
        let columns: Vec<u32> = (0..9).chain(100..109).chain(200..211).collect();
        let found = pieces(&columns, 29).unwrap_or_default();
        assert_eq!(found, [18, 9, 0, 1, 100, 11, 11, 200, 1, 0]);
        assert_eq!(slots(&found, 1), columns);
    }

    #[test]
    fn a_last_gate_alone_is_a_piece() {
        let columns: Vec<u32> = (0..16).chain([3]).collect();
        let found = pieces(&columns, 17).unwrap_or_default();
        assert_eq!(found, [16, 16, 0, 1, 0, 1, 1, 3, 0, 0]);
    }

    #[test]
    fn slots_without_order_have_no_pieces() {
        let columns: Vec<u32> = (0..64).map(|i| i * i % 61).collect();
        assert_eq!(pieces(&columns, 64), None);
        assert_eq!(pieces(&[1, 2, 3], 3), None);
    }

    #[test]
    fn a_run_that_goes_back_is_turned_round() {
        let mut slots = [9, 8, 7, 3, 3, 4];
        let mut gates = [0, 1, 2];
        ascend(&mut slots, &mut gates);
        assert_eq!((slots, gates), ([7, 8, 9, 4, 3, 3], [2, 1, 0]));
        ascend(&mut slots, &mut gates);
        assert_eq!(gates, [2, 1, 0]);
    }
}

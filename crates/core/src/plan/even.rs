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

/// Where one operand lies.
#[derive(Clone, Copy)]
struct Line<'a> {
    from: &'a [f64],
    first: usize,
    /// From one gate to the next.
    step: isize,
    /// From one row of gates to the next.
    down: isize,
}

impl<'a> Line<'a> {
    /// All from a gate of a row on.
    fn on(self, row: usize, gate: usize) -> &'a [f64] {
        &self.from[self.place(row, gate)..]
    }

    fn place(self, row: usize, gate: usize) -> usize {
        go(go(self.first, self.step, gate), self.down, row)
    }

    /// Whether all of the rows read the same here and there.
    fn is_gathered(self, row: usize, rows: usize) -> bool {
        let apart = !matches!(self.step, 0 | 1);
        apart && self.down == 0 && rows > 1 && row <= LONGEST
    }

    /// The same operand side by side, looked for once for all rows.
    fn gathered(self, row: usize, buffer: &'a mut [f64; LONGEST]) -> Self {
        for (gate, x) in buffer[..row].iter_mut().enumerate() {
            *x = self.from[self.place(0, gate)];
        }
        Self {
            from: buffer,
            first: 0,
            step: 1,
            down: 0,
        }
    }
}

/// Longer rows are not gathered.
const LONGEST: usize = 64;

impl<'a> Even<'a> {
    fn line(self, place: usize) -> Line<'a> {
        let step = |i: usize| self.slots[NUMBERS * place + i].cast_signed() as isize;
        Line {
            from: self.from,
            first: self.slots[NUMBERS * place] as usize,
            step: step(1),
            down: step(2),
        }
    }
}

/// Goes so many steps on.
fn go(at: usize, step: isize, steps: usize) -> usize {
    at.wrapping_add_signed(step.wrapping_mul(steps.cast_signed()))
}

impl Operands for Even<'_> {
    fn at(self, place: usize, index: usize, _: usize) -> f64 {
        let line = self.line(place);
        self.from[line.place(index / self.row, index % self.row)]
    }

    fn one(self, out: &mut [f64], f: impl Fn(f64) -> f64) {
        let x = self.line(0);
        for (down, out) in out.chunks_exact_mut(self.row).enumerate() {
            fold(out, x, (down, 0), |_, x| f(x));
        }
    }

    fn two(self, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        let rows = out.len() / self.row;
        let (mut x, mut y) = (self.line(0), self.line(1));
        let (mut side_by_side_x, mut side_by_side_y);
        if x.is_gathered(self.row, rows) {
            side_by_side_x = [0.0; LONGEST];
            x = x.gathered(self.row, &mut side_by_side_x);
        }
        if y.is_gathered(self.row, rows) {
            side_by_side_y = [0.0; LONGEST];
            y = y.gathered(self.row, &mut side_by_side_y);
        }
        let out = out.chunks_exact_mut(self.row).enumerate();
        match (x.step, y.step) {
            (1, 1) => out.for_each(|(row, out)| pairs(out, x.on(row, 0), y.on(row, 0), &f)),
            (0, 1) => out.for_each(|(row, out)| {
                let x = x.on(row, 0)[0];
                each(out, y.on(row, 0), |_, y| f(x, y));
            }),
            (1, 0) => out.for_each(|(row, out)| {
                let y = y.on(row, 0)[0];
                each(out, x.on(row, 0), |_, x| f(x, y));
            }),
            _ => out.for_each(|(row, out)| {
                let (mut at_x, mut at_y) = (x.place(row, 0), y.place(row, 0));
                for o in out {
                    *o = f(x.from[at_x], y.from[at_y]);
                    at_x = at_x.wrapping_add_signed(x.step);
                    at_y = at_y.wrapping_add_signed(y.step);
                }
            }),
        }
    }

    fn three(self, out: &mut [f64], f: fn(f64, f64, f64) -> f64) {
        let operands = [0, 1, 2].map(|place| self.line(place));
        for (row, out) in out.chunks_exact_mut(self.row).enumerate() {
            let mut at = operands.map(|line| line.place(row, 0));
            for o in out {
                let [x, y, z] = at.map(|at| self.from[at]);
                *o = f(x, y, z);
                for (at, line) in at.iter_mut().zip(operands) {
                    *at = at.wrapping_add_signed(line.step);
                }
            }
        }
    }

    fn many(self, out: &mut [f64], arity: usize, f: impl Fn(f64, f64) -> f64) {
        /// So many numbers stay in the registers.
        const BLOCK: usize = 16;
        let side_by_side = (0..arity).all(|place| self.line(place).step == 1);
        for (row, out) in out.chunks_exact_mut(self.row).enumerate() {
            let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
            let mut gate = 0;
            for out in blocks {
                if side_by_side {
                    let mut sums = [0.0; BLOCK];
                    for place in 0..arity {
                        if let Some(x) = self.line(place).on(row, gate).first_chunk::<BLOCK>() {
                            sums = if place == 0 {
                                *x
                            } else {
                                std::array::from_fn(|i| f(sums[i], x[i]))
                            };
                        }
                    }
                    *out = sums;
                } else {
                    self.fold(out, arity, (row, gate), &f);
                }
                gate += BLOCK;
            }
            self.fold(rest, arity, (row, gate), &f);
        }
    }
}

impl Even<'_> {
    /// Folds the operands of gates from a place on.
    fn fold(self, out: &mut [f64], arity: usize, at: (usize, usize), f: &impl Fn(f64, f64) -> f64) {
        for place in 0..arity {
            let line = self.line(place);
            if place == 0 {
                fold(out, line, at, |_, x| x);
            } else {
                fold(out, line, at, f);
            }
        }
    }
}

/// Folds an operand into what is there: from a gate of a row on.
fn fold(out: &mut [f64], line: Line<'_>, (row, gate): (usize, usize), f: impl Fn(f64, f64) -> f64) {
    if out.is_empty() {
        return;
    }
    if line.step == 1 {
        each(out, line.on(row, gate), f);
    } else {
        let mut at = line.place(row, gate);
        for o in out {
            *o = f(*o, line.from[at]);
            at = at.wrapping_add_signed(line.step);
        }
    }
}

/// Folds numbers into others.
fn each(out: &mut [f64], x: &[f64], f: impl Fn(f64, f64) -> f64) {
    let x = &x[..out.len()];
    for (o, &x) in out.iter_mut().zip(x) {
        *o = f(*o, x);
    }
}

/// Writes a function of two numbers each.
fn pairs(out: &mut [f64], x: &[f64], y: &[f64], f: impl Fn(f64, f64) -> f64) {
    let (x, y) = (&x[..out.len()], &y[..out.len()]);
    for (o, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
        *o = f(x, y);
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

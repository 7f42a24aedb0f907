//! A linear operator as numbers, to be looked at.

use super::tape::Run;
use crate::definition::linear::Linear;
use crate::graph::NodeId;
use crate::shape::{Axes, Cut, picked, up_to, without};
use crate::sort;

/// A matrix with the places that can have an entry, by the operator's structure.
/// An entry may be the number 0; at all other places stands a structural zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Where each row's entries start, and where the last one's end.
    starts: Vec<usize>,
    /// Column and number, ascending by column within a row.
    entries: Vec<(usize, f64)>,
}

/// More entries than may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Matrix {
    /// The entries of a row: column and number, ascending.
    pub fn row(&self, row: usize) -> &[(usize, f64)] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All numbers, row by row, with zeros where no entry is.
    pub fn dense(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.rows * self.columns];
        for i in 0..self.rows {
            for &(j, value) in self.row(i) {
                all[i * self.columns + j] = value;
            }
        }
        all
    }

    /// No entry at all.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            starts: vec![0; rows + 1],
            entries: Vec::new(),
        }
    }

    /// From rows of ascending columns.
    fn of(
        columns: usize,
        rows: impl Iterator<Item = impl IntoIterator<Item = (usize, f64)>>,
    ) -> Self {
        let mut matrix = Self::zeros(0, columns);
        for row in rows {
            matrix.entries.extend(row);
            matrix.starts.push(matrix.entries.len());
            matrix.rows += 1;
        }
        matrix
    }

    /// A number in each row, at a column.
    fn singles(columns: usize, entries: impl Iterator<Item = (usize, f64)>) -> Self {
        Self::of(columns, entries.map(|entry| [entry]))
    }

    fn transposed(&self) -> Self {
        let mut rows = vec![Vec::new(); self.columns];
        for i in 0..self.rows {
            for &(j, value) in self.row(i) {
                rows[j].push((i, value));
            }
        }
        Self::of(self.rows, rows.into_iter())
    }

    /// `self`, then `next`: the product next · self.
    fn then(&self, next: &Self, most: u128) -> Result<Self, Full> {
        let mut product = Self::zeros(0, self.columns);
        let mut sums = vec![0.0; self.columns];
        let mut there = vec![false; self.columns];
        let mut used = Vec::new();
        for i in 0..next.rows {
            for &(k, weight) in next.row(i) {
                for &(j, value) in self.row(k) {
                    if !std::mem::replace(&mut there[j], true) {
                        used.push(j);
                    }
                    sums[j] += weight * value;
                }
            }
            if (product.entries.len() + used.len()) as u128 > most {
                return Err(Full);
            }
            sort::ascending(&mut used);
            for j in used.drain(..) {
                there[j] = false;
                product.entries.push((j, std::mem::take(&mut sums[j])));
            }
            product.starts.push(product.entries.len());
            product.rows += 1;
        }
        Ok(product)
    }

    fn plus(&self, other: &Self) -> Self {
        let rows = (0..self.rows).map(|i| {
            let mut row = self.row(i).to_vec();
            for &(j, value) in other.row(i) {
                match row.binary_search_by_key(&j, |entry| entry.0) {
                    Ok(at) => row[at].1 += value,
                    Err(at) => row.insert(at, (j, value)),
                }
            }
            row
        });
        Self::of(self.columns, rows)
    }
}

/// The matrix of an operator on values of a shape, given a run with the
/// nodes it names. Rows are the elements of the result, columns those of the operand,
/// both row-major.
///
/// # Errors
/// If it or a factor of it has more than `most` entries.
pub fn matrix(
    run: Run<'_>,
    operator: &Linear,
    from: &[usize],
    most: u128,
) -> Result<(Matrix, Vec<usize>), Full> {
    let n = from.iter().product::<usize>();
    let to = crate::diff::structure::image(run.graph, operator, from);
    let m = to.iter().product::<usize>();
    if (n.max(m)) as u128 > most {
        return Err(Full);
    }
    let last = |back: usize| from.len().checked_sub(back).map_or(1, |i| from[i]);
    let found = match operator {
        Linear::Zero => Matrix::zeros(m, n),
        Linear::Identity | Linear::Reshape(..) => Matrix::singles(n, (0..n).map(|i| (i, 1.0))),
        Linear::Negate => Matrix::singles(n, (0..n).map(|i| (i, -1.0))),
        Linear::Scale(d) | Linear::Mask(d) => {
            Matrix::singles(n, run.value(*d).iter().copied().enumerate())
        }
        Linear::Divide(d) => Matrix::singles(n, run.value(*d).iter().map(|d| 1.0 / d).enumerate()),
        Linear::LeftProduct(left) => {
            // (A u)[r, c] = Σ A[r, k] u[k, c]
            let (inner, columns) = (last(2), last(1));
            check(m, inner, most)?;
            let factor = run.value(*left);
            let rows = (0..m).map(|i| {
                // Row r of the factor of the same repeat.
                let (r, c) = (i / columns, i % columns);
                let start = r / to[to.len() - 2] * inner * columns + c;
                let row = &factor[r * inner..][..inner];
                let entries = row.iter().enumerate();
                entries.map(move |(k, &a)| (start + k * columns, a))
            });
            Matrix::of(n, rows)
        }
        Linear::RightProduct(right) => {
            // (u B)[r, c] = Σ u[r, k] B[k, c]
            let (height, inner) = (last(2), last(1));
            let columns = to.last().copied().unwrap_or(1);
            check(m, inner, most)?;
            let factor = run.value(*right);
            let rows = (0..m).map(|i| {
                let (r, c) = (i / columns, i % columns);
                let block = &factor[r / height * inner * columns..];
                (0..inner).map(move |k| (r * inner + k, block[k * columns + c]))
            });
            Matrix::of(n, rows)
        }
        Linear::Sum(axes, _) => copies(from, *axes).transposed(),
        Linear::Broadcast(axes, _) => copies(&to, *axes),
        Linear::CumSum(axis, back) => {
            let axis = usize::from(*axis);
            check(m, from[axis], most)?;
            let sums = (0..m).map(|i| up_to(from, axis, *back, i));
            Matrix::of(n, sums.map(|sum| sum.into_iter().map(|place| (place, 1.0))))
        }
        Linear::Permute(order) => permuted(from, &run.graph.shapes.permutation(*order, from.len())),
        Linear::Slice(cuts, _) => sliced(from, run.graph.shapes.cuts(*cuts)),
        Linear::Scatter(cuts, _) => sliced(&to, run.graph.shapes.cuts(*cuts)).transposed(),
        Linear::Take(axis, indices, _) => taken(run, from, *axis, indices, m),
        Linear::Put(axis, indices, _) => taken(run, &to, *axis, indices, n).transposed(),
        // As deep as a rule is long: a handful.
        Linear::Then(parts) => {
            let (first, mid) = matrix(run, &parts[0], from, most)?;
            let (second, _) = matrix(run, &parts[1], &mid, most)?;
            first.then(&second, most)?
        }
        Linear::Plus(parts) => {
            let (first, _) = matrix(run, &parts[0], from, most)?;
            first.plus(&matrix(run, &parts[1], from, most)?.0)
        }
    };
    Ok((found, to))
}

fn check(rows: usize, each: usize, most: u128) -> Result<(), Full> {
    if rows as u128 * each as u128 > most {
        return Err(Full);
    }
    Ok(())
}

/// For each element of a value of a shape, the place it belongs to in one that
/// lacks some axes.
pub(crate) fn reduced(shape: &[usize], axes: Axes) -> Vec<usize> {
    let mut own = strides(&without(shape, axes)).into_iter();
    let stride = |axis| {
        let gone = axes.contains(axis);
        if gone { 0 } else { own.next().unwrap_or(0) }
    };
    let strides: Vec<isize> = (0..shape.len()).map(stride).collect();
    places(shape, &strides, 0).collect()
}

/// Copies along axes, to a shape.
fn copies(shape: &[usize], axes: Axes) -> Matrix {
    let columns = without(shape, axes).iter().product();
    let places = reduced(shape, axes).into_iter();
    Matrix::singles(columns, places.map(|place| (place, 1.0)))
}

fn permuted(from: &[usize], order: &[usize]) -> Matrix {
    let own = strides(from);
    let (shape, strides): (Vec<usize>, Vec<isize>) =
        order.iter().map(|&axis| (from[axis], own[axis])).unzip();
    let places = places(&shape, &strides, 0);
    Matrix::singles(from.iter().product(), places.map(|place| (place, 1.0)))
}

/// So many elements that indices name; where they name none, a row is empty.
fn taken(run: Run<'_>, whole: &[usize], axis: u8, indices: &[NodeId], count: usize) -> Matrix {
    let indices: Vec<&[f64]> = indices.iter().map(|&i| run.value(i)).collect();
    let mut rows = vec![None; count];
    for (part, place) in picked(whole, usize::from(axis), &indices) {
        rows[part] = Some((place, 1.0));
    }
    Matrix::of(whole.iter().product(), rows.into_iter())
}

fn sliced(whole: &[usize], cuts: &[Cut]) -> Matrix {
    let own = strides(whole);
    let base = cuts
        .iter()
        .zip(&own)
        .map(|(cut, stride)| cut.start.cast_signed() * stride);
    let base = base.sum();
    let (shape, strides): (Vec<usize>, Vec<isize>) = cuts
        .iter()
        .zip(&own)
        .map(|(cut, stride)| (cut.count, cut.step * stride))
        .unzip();
    let places = places(&shape, &strides, base);
    Matrix::singles(whole.iter().product(), places.map(|place| (place, 1.0)))
}

/// From one element to the next along each axis of a value.
fn strides(shape: &[usize]) -> Vec<isize> {
    let behind = |axis: usize| shape[axis + 1..].iter().product::<usize>().cast_signed();
    (0..shape.len()).map(behind).collect()
}

/// Where each element of a shape lies in another value, by strides.
fn places(shape: &[usize], strides: &[isize], base: isize) -> impl Iterator<Item = usize> {
    let own = self::strides(shape);
    let count = shape.iter().product::<usize>();
    (0..count).map(move |i| {
        let steps = own.iter().zip(shape).zip(strides);
        let at = steps
            .map(|((&own, &size), stride)| (i / own.cast_unsigned() % size).cast_signed() * stride);
        (base + at.sum::<isize>()).cast_unsigned()
    })
}

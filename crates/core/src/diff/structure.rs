//! What the matrix of a linear operator looks like, told from the operator's
//! kind and from shapes alone: no number is looked at.

use crate::definition::linear::Linear;
use crate::graph::Graph;
use crate::shape::{Axes, Cut};
use std::fmt;

/// The structure of a Jacobian: rows are the elements of the result, columns
/// those of the operand, both row-major. A promise, whatever the numbers are:
/// elsewhere than it says stand zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// Zeros.
    Zero,
    /// The identity matrix.
    Identity,
    /// Zeros off the diagonal: elementwise operations.
    Diagonal,
    /// One 1 in every row and every column: the same elements in another order.
    Permutation,
    /// At most one 1 in every row and every column: a slice, or its adjoint.
    Selection,
    /// At most one entry in every column, a 1: a sum. Over all axes it is one
    /// row of ones.
    Sum,
    /// At most one entry in every row, a 1: copies. Of one number it is one
    /// column of ones.
    Broadcast,
    /// So many blocks, no two in the same rows or columns, and zeros outside
    /// them: a product of matrices (the Kronecker product of a factor and an
    /// identity), or what mixes elements along some axes and not along others.
    Block {
        /// How many blocks.
        count: usize,
        /// Rows of each.
        rows: usize,
        /// Columns of each.
        columns: usize,
    },
    /// Zeros on one side of the diagonal: running sums.
    Triangular {
        /// Whether the entries are above it.
        upper: bool,
    },
    /// Nothing is known to be zero.
    Dense,
}

impl Structure {
    /// Its name in one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Identity => "identity",
            Self::Diagonal => "diagonal",
            Self::Permutation => "permutation",
            Self::Selection => "selection",
            Self::Sum => "sum",
            Self::Broadcast => "broadcast",
            Self::Block { .. } => "block",
            Self::Triangular { upper: false } => "lower triangular",
            Self::Triangular { upper: true } => "upper triangular",
            Self::Dense => "dense",
        }
    }
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("rows of ones"),
            Self::Broadcast => f.write_str("columns of ones"),
            Self::Block {
                count,
                rows,
                columns,
            } => write!(f, "{count} blocks of {rows} × {columns}"),
            other => f.write_str(other.name()),
        }
    }
}

/// What is known of a matrix, closed under products and sums.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own"
)]
pub(super) struct Known {
    pub(super) zero: bool,
    /// No row has more than one entry.
    single_rows: bool,
    /// No column has more than one entry.
    single_columns: bool,
    /// Every row and every column has an entry.
    complete: bool,
    /// No entry is above the diagonal.
    lower: bool,
    /// No entry is below the diagonal.
    upper: bool,
    /// Every entry is 1, if rows or columns are single.
    ones: bool,
    /// The axes of operand and result along which elements correspond one to
    /// one: only elements at the same place of them have an entry.
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Known {
    pub(super) fn diagonal(ones: bool, rank: usize) -> Self {
        Self {
            lower: true,
            upper: true,
            ..Self::moved(ones, (0..rank).map(|axis| (axis, axis)).collect())
        }
    }

    /// The same elements elsewhere.
    fn moved(ones: bool, pairs: Vec<(usize, usize)>) -> Self {
        Self {
            zero: false,
            single_rows: true,
            single_columns: true,
            complete: true,
            lower: false,
            upper: false,
            ones,
            pairs,
        }
    }

    /// No entry is off the diagonal.
    pub(super) fn is_diagonal(&self) -> bool {
        self.lower && self.upper
    }

    fn dense(pairs: Vec<(usize, usize)>) -> Self {
        Self {
            single_rows: false,
            single_columns: false,
            ..Self::moved(false, pairs)
        }
    }

    /// What nothing is known of.
    pub(super) fn unknown() -> Self {
        Self {
            complete: false,
            ..Self::dense(Vec::new())
        }
    }

    /// The product: `self`, then `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        let pairs = self.pairs.iter().filter_map(|&(from, mid)| {
            let pair = next.pairs.iter().find(|pair| pair.0 == mid)?;
            Some((from, pair.1))
        });
        Self {
            zero: self.zero || next.zero,
            single_rows: self.single_rows && next.single_rows,
            single_columns: self.single_columns && next.single_columns,
            complete: self.complete && next.complete,
            lower: self.lower && next.lower,
            upper: self.upper && next.upper,
            // Where rows or columns are single, and only there it counts, no entry
            // is a sum of several products.
            ones: self.ones && next.ones,
            pairs: pairs.collect(),
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let both = |pair: &(usize, usize)| other.pairs.contains(pair);
        let pairs = self.pairs.iter().copied().filter(both).collect();
        let diagonal = self.is_diagonal() && other.is_diagonal();
        Self {
            zero: self.zero && other.zero,
            single_rows: diagonal,
            single_columns: diagonal,
            lower: self.lower && other.lower,
            upper: self.upper && other.upper,
            ..Self::dense(pairs)
        }
    }
}

/// The structure of an operator on values of a shape, and the shape of its results.
pub fn structure(graph: &Graph, operator: &Linear, from: &[usize]) -> (Structure, Vec<usize>) {
    let (known, to) = known(graph, operator, from);
    (named(&known, from, &to), to)
}

/// The structure that fits what is known of a matrix.
pub(super) fn named(known: &Known, from: &[usize], to: &[usize]) -> Structure {
    let mut count = 1usize;
    for &(axis, _) in &known.pairs {
        count = count.saturating_mul(from[axis]);
    }
    let (n, m) = (elements(from), elements(to));
    match *known {
        Known { zero: true, .. } => Structure::Zero,
        Known {
            lower: true,
            upper: true,
            ones: true,
            complete: true,
            ..
        } => Structure::Identity,
        _ if known.is_diagonal() => Structure::Diagonal,
        Known {
            single_rows: true,
            single_columns: true,
            ones: true,
            complete,
            ..
        } => {
            if complete {
                Structure::Permutation
            } else {
                Structure::Selection
            }
        }
        Known {
            single_columns: true,
            ones: true,
            ..
        } => Structure::Sum,
        Known {
            single_rows: true,
            ones: true,
            ..
        } => Structure::Broadcast,
        _ if count > 1 => Structure::Block {
            count,
            rows: m / count,
            columns: n / count,
        },
        Known { lower, upper, .. } if lower || upper => Structure::Triangular { upper },
        _ => Structure::Dense,
    }
}

/// Number of elements of a value that exists.
pub(crate) fn elements(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The result's shape of an operator on values of a shape.
pub fn image(graph: &Graph, operator: &Linear, from: &[usize]) -> Vec<usize> {
    let mut to = from.to_vec();
    match operator {
        Linear::LeftProduct(left) => {
            let (rank, own) = (to.len(), graph.shape(*left));
            to[rank - 2] = own[own.len() - 2];
        }
        Linear::RightProduct(right) => {
            let (rank, own) = (to.len(), graph.shape(*right));
            to[rank - 1] = own[own.len() - 1];
        }
        Linear::Sum(axes, _) => to = crate::shape::without(from, *axes),
        Linear::Broadcast(_, shape)
        | Linear::Reshape(_, shape)
        | Linear::Scatter(_, shape)
        | Linear::Put(_, _, shape) => {
            to = graph.shapes.get(*shape).to_vec();
        }
        Linear::Permute(order) => {
            let order = graph.shapes.permutation(*order, from.len());
            to = order.iter().map(|&axis| from[axis]).collect();
        }
        Linear::Slice(cuts, _) => {
            to = graph.shapes.cuts(*cuts).iter().map(|c| c.count).collect();
        }
        Linear::Take(axis, indices, _) => {
            let of = indices.first().map_or(&[][..], |&i| graph.shape(i));
            to = crate::shape::taken(from, usize::from(*axis), indices.len(), of);
        }
        Linear::Then(parts) => to = image(graph, &parts[1], &image(graph, &parts[0], from)),
        Linear::Plus(parts) => to = image(graph, &parts[0], from),
        Linear::Zero | Linear::Identity | Linear::Negate | Linear::CumSum(..) => {}
        Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => {}
    }
    to
}

pub(super) fn known(graph: &Graph, operator: &Linear, from: &[usize]) -> (Known, Vec<usize>) {
    let rank = from.len();
    let to = image(graph, operator, from);
    let kept = |axes: Axes, rank: usize| (0..rank).filter(move |&axis| !axes.contains(axis));
    let known = match operator {
        Linear::Zero => Known {
            zero: true,
            ..Known::diagonal(false, 0)
        },
        Linear::Identity => Known::diagonal(true, rank),
        Linear::Negate | Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => {
            Known::diagonal(false, rank)
        }
        Linear::LeftProduct(_) => {
            Known::dense((0..rank).filter(|&i| i + 2 != rank).map(same).collect())
        }
        Linear::RightProduct(_) => Known::dense((0..rank - 1).map(same).collect()),
        Linear::Sum(axes, _) => Known {
            single_rows: axes.is_empty(),
            lower: axes.is_empty(),
            upper: axes.is_empty(),
            ..Known::moved(true, kept(*axes, rank).zip(0..).collect())
        },
        Linear::Broadcast(axes, _) => Known {
            single_columns: axes.is_empty(),
            lower: axes.is_empty(),
            upper: axes.is_empty(),
            ..Known::moved(true, (0..).zip(kept(*axes, to.len())).collect())
        },
        // Row by row, what is earlier along an axis is earlier.
        Linear::CumSum(axis, back) => Known {
            lower: !back,
            upper: *back,
            ..Known::dense(
                (0..rank)
                    .filter(|&i| i != usize::from(*axis))
                    .map(same)
                    .collect(),
            )
        },
        Linear::Reshape(..) => Known {
            pairs: unmoved(from, &to),
            ..Known::diagonal(true, 0)
        },
        Linear::Permute(order) => {
            let order = graph.shapes.permutation(*order, rank);
            Known::moved(true, order.iter().copied().zip(0..).collect())
        }
        Linear::Slice(cuts, _) => selected(graph.shapes.cuts(*cuts), from),
        Linear::Scatter(cuts, _) => selected(graph.shapes.cuts(*cuts), &to),
        // Which elements they are is up to the numbers, and one may be taken twice.
        Linear::Take(axis, indices, _) => Known {
            single_columns: false,
            complete: false,
            ..Known::moved(true, beside(from, &to, usize::from(*axis), indices.len()))
        },
        Linear::Put(axis, indices, _) => Known {
            single_rows: false,
            complete: false,
            ..Known::moved(true, {
                let taken = beside(&to, from, usize::from(*axis), indices.len());
                taken
                    .into_iter()
                    .map(|(whole, part)| (part, whole))
                    .collect()
            })
        },
        // As deep as a rule is long: a handful.
        Linear::Then(parts) => {
            let (first, mid) = known(graph, &parts[0], from);
            first.then(&known(graph, &parts[1], &mid).0)
        }
        Linear::Plus(parts) => {
            let first = known(graph, &parts[0], from).0;
            first.plus(&known(graph, &parts[1], from).0)
        }
    };
    (known, to)
}

fn same(axis: usize) -> (usize, usize) {
    (axis, axis)
}

/// The axes before and behind those along which elements are taken.
fn beside(whole: &[usize], part: &[usize], axis: usize, count: usize) -> Vec<(usize, usize)> {
    let behind = (axis + count..whole.len()).rev();
    let behind = behind.zip((0..part.len()).rev());
    (0..axis).map(same).chain(behind).collect()
}

/// Cuts of a shape.
fn selected(cuts: &[Cut], whole: &[usize]) -> Known {
    let all = |i: usize| cuts[i] == Cut::whole(whole[i]);
    let pairs: Vec<_> = (0..cuts.len()).filter(|&i| all(i)).map(same).collect();
    let diagonal = pairs.len() == cuts.len();
    Known {
        complete: diagonal,
        lower: diagonal,
        upper: diagonal,
        ..Known::moved(true, pairs)
    }
}

/// The axes of a size above 1 that another shape of the same elements has too,
/// with as many elements before them.
fn unmoved(from: &[usize], to: &[usize]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut before, mut other, mut j) = (1, 1, 0);
    for (i, &size) in from.iter().enumerate() {
        while j < to.len() && (other < before || to[j] == 1) {
            other *= to[j];
            j += 1;
        }
        if size > 1 && j < to.len() && before == other && to[j] == size {
            pairs.push((i, j));
        }
        before *= size;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Permutation, ShapeId};

    const TRANSPOSE: Linear = Linear::Permute(Permutation::TRANSPOSE);

    fn of(operator: &Linear, from: &[usize], shapes: &Graph) -> String {
        structure(shapes, operator, from).0.to_string()
    }

    #[test]
    fn kinds_compose() {
        let mut graph = Graph::default();
        let from = graph.shapes.intern(&[2, 3]);
        let order = graph.shapes.intern_permutation(&[1, 0]);
        let d = graph.push_input(from, vec![1.0; 6].into(), crate::graph::Origin::default());
        let all = Axes::all(2);
        let last: Axes = [1].into_iter().collect();
        let sum = |axes| Linear::Sum(axes, from);
        let back = |axes| Linear::Broadcast(axes, from);
        let check = |operator: Linear, expected: &str| {
            assert_eq!(of(&operator, &[2, 3], &graph), expected, "{operator:?}");
        };
        check(Linear::Zero, "zero");
        check(Linear::Identity, "identity");
        check(Linear::Negate, "diagonal");
        check(Linear::Scale(d).then(Linear::Mask(d)), "diagonal");
        check(Linear::Permute(order).then(TRANSPOSE), "permutation");
        check(sum(all), "rows of ones");
        check(sum(Axes::NONE), "identity");
        check(sum(all).then(back(all)), "dense");
        check(sum(last).then(back(last)), "2 blocks of 3 × 3");
        check(Linear::Scale(d).then(sum(last)), "2 blocks of 1 × 3");
        check(TRANSPOSE.then(Linear::Negate), "6 blocks of 1 × 1");
        check(Linear::Identity.plus(Linear::Scale(d)), "diagonal");
        let mean = Linear::Scale(d).then(sum(last)).then(back(last));
        check(Linear::Identity.plus(mean), "2 blocks of 3 × 3");
        check(Linear::RightProduct(d), "2 blocks of 3 × 3");
        let scan = |back| Linear::CumSum(1, back);
        check(scan(false), "2 blocks of 3 × 3");
        let of_vector = |operator: Linear| of(&operator, &[3], &graph);
        let scan = |back| Linear::CumSum(0, back);
        assert_eq!(of_vector(scan(false)), "lower triangular");
        assert_eq!(
            of_vector(scan(true).then(Linear::Negate)),
            "upper triangular"
        );
        assert_eq!(
            of_vector(scan(false).plus(Linear::Scale(d))),
            "lower triangular"
        );
        assert_eq!(of_vector(scan(false).then(scan(true))), "dense");
        assert_eq!(of(&back(all), &[], &graph), "columns of ones");
        let flat = Linear::Reshape(from, ShapeId::SCALAR);
        assert_eq!(structure(&graph, &flat, &[1, 1]).0, Structure::Identity);
    }

    #[test]
    fn axes_that_a_reshape_leaves() {
        assert_eq!(unmoved(&[2, 3, 4], &[2, 12]), [(0, 0)]);
        assert_eq!(unmoved(&[2, 3, 4], &[6, 4]), [(2, 1)]);
        assert_eq!(unmoved(&[2, 1, 3], &[2, 3]), [(0, 0), (2, 1)]);
        assert_eq!(unmoved(&[3], &[1, 3, 1]), [(0, 1)]);
        assert_eq!(unmoved(&[2, 3], &[3, 2]), []);
        assert_eq!(unmoved(&[2, 3, 2], &[4, 3]), []);
    }
}

//! One column of an operator's matrix: what one element of the operand does to the
//! result, with the places that the structure has.

use super::tape::Run;
use crate::definition::linear::Linear;
use crate::diff::structure::image;
use crate::shape::{flat, members, picked, subscripts, up_to};
use crate::sort;

/// Places, row-major, and numbers; ascending, each place once.
pub type Sparse = Vec<(usize, f64)>;

/// An operator applied to a value of a shape that has numbers at some places and
/// structural zeros elsewhere, given a run with the nodes that it names. So has the
/// result, whose shape comes with it: no zero is multiplied, even beside infinite numbers.
///
/// Takes as long as there are numbers on the way.
pub fn column(run: Run<'_>, operator: &Linear, from: &[usize], u: Sparse) -> (Sparse, Vec<usize>) {
    let to = image(run.graph, operator, from);
    let last = |shape: &[usize], back: usize| shape.len().checked_sub(back).map_or(1, |i| shape[i]);
    let moved = |u: Sparse, place: &dyn Fn(usize) -> Option<usize>| {
        let all = u.into_iter();
        gathered(all.filter_map(|(i, v)| Some((place(i)?, v))).collect())
    };
    let found = match operator {
        Linear::Zero => Vec::new(),
        Linear::Identity | Linear::Reshape(..) => u,
        Linear::Negate => u.into_iter().map(|(i, v)| (i, -v)).collect(),
        Linear::Scale(d) | Linear::Mask(d) => {
            let factor = run.value(*d);
            u.into_iter().map(|(i, v)| (i, factor[i] * v)).collect()
        }
        Linear::Divide(d) => {
            let divisor = run.value(*d);
            u.into_iter().map(|(i, v)| (i, v / divisor[i])).collect()
        }
        Linear::LeftProduct(left) => {
            // (A u)[r, c] = Σ A[r, k] u[k, c]
            let (inner, columns, rows) = (last(from, 2), last(from, 1), last(&to, 2));
            let factor = run.value(*left);
            let all = u.into_iter().flat_map(|(i, v)| {
                let (sheet, k, c) = (i / columns / inner, i / columns % inner, i % columns);
                (0..rows).map(move |r| {
                    let row = sheet * rows + r;
                    (row * columns + c, factor[row * inner + k] * v)
                })
            });
            gathered(all.collect())
        }
        Linear::RightProduct(right) => {
            // (u B)[r, c] = Σ u[r, k] B[k, c]
            let (height, inner, columns) = (last(from, 2), last(from, 1), last(&to, 1));
            let factor = run.value(*right);
            let all = u.into_iter().flat_map(|(i, v)| {
                let (r, k) = (i / inner, i % inner);
                let row = &factor[(r / height * inner + k) * columns..][..columns];
                let entries = row.iter().enumerate();
                entries.map(move |(c, &b)| (r * columns + c, b * v))
            });
            gathered(all.collect())
        }
        Linear::Sum(axes, _) => {
            let stays = |axis: &usize| !axes.contains(*axis);
            let kept: Vec<usize> = (0..from.len()).filter(stays).collect();
            moved(u, &|i| {
                let at = subscripts(from, i);
                Some(flat(&to, kept.iter().map(|&axis| at[axis])))
            })
        }
        Linear::Broadcast(axes, _) => {
            let all = u.into_iter();
            let all =
                all.flat_map(|(i, v)| members(&to, *axes, i).into_iter().map(move |p| (p, v)));
            gathered(all.collect())
        }
        Linear::CumSum(axis, back) => {
            // An element is in the sums from its place on.
            let sums = |i| up_to(from, usize::from(*axis), !back, i);
            let all = u.into_iter();
            gathered(
                all.flat_map(|(i, v)| sums(i).into_iter().map(move |p| (p, v)))
                    .collect(),
            )
        }
        Linear::Permute(order) => {
            let order = run.graph.shapes.permutation(*order, from.len());
            moved(u, &|i| {
                let at = subscripts(from, i);
                Some(flat(&to, order.iter().map(|&axis| at[axis])))
            })
        }
        Linear::Slice(cuts, _) => {
            let cuts = run.graph.shapes.cuts(*cuts);
            moved(u, &|i| {
                let at = subscripts(from, i).into_iter().zip(cuts);
                let at: Option<Vec<usize>> = at.map(|(at, cut)| cut.index(at)).collect();
                Some(flat(&to, at?))
            })
        }
        Linear::Scatter(cuts, _) => {
            let cuts = run.graph.shapes.cuts(*cuts);
            moved(u, &|i| {
                let at = subscripts(from, i).into_iter().zip(cuts);
                Some(flat(&to, at.map(|(at, cut)| cut.place(at))))
            })
        }
        Linear::Take(axis, indices, _) | Linear::Put(axis, indices, _) => {
            let puts = matches!(operator, Linear::Put(..));
            let whole = if puts { &to } else { from };
            let indices: Vec<&[f64]> = indices.iter().map(|&i| run.value(i)).collect();
            let pairs = picked(whole, usize::from(*axis), &indices).into_iter();
            let pairs = pairs.map(|(part, whole)| if puts { (part, whole) } else { (whole, part) });
            let all = pairs.filter_map(|(at, to)| {
                let given = u.binary_search_by_key(&at, |entry| entry.0).ok()?;
                Some((to, u[given].1))
            });
            gathered(all.collect())
        }
        // As deep as a rule is long: a handful.
        Linear::Then(parts) => {
            let (first, mid) = column(run, &parts[0], from, u);
            column(run, &parts[1], &mid, first).0
        }
        Linear::Plus(parts) => {
            let (mut first, _) = column(run, &parts[0], from, u.clone());
            first.extend(column(run, &parts[1], from, u).0);
            gathered(first)
        }
    };
    (found, to)
}

/// In order, and what falls on one place added up.
fn gathered(mut entries: Sparse) -> Sparse {
    if entries.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        return entries;
    }
    sort::by_key(&mut entries, |entry| entry.0);
    let mut found: Sparse = Vec::with_capacity(entries.len());
    for (place, value) in entries {
        match found.last_mut() {
            Some(last) if last.0 == place => last.1 += value,
            _ => found.push((place, value)),
        }
    }
    found
}

//! The derivative of a product: for each element the product of all others.

use crate::build::Builder;
use crate::graph::NodeId;
use crate::op::{Op, Relation};
use crate::shape::{self, Axes, Cut, Permutation, ShapeId};

/// For each element of `x` the product of the other elements over axes, of which `y`
/// is the whole product.
///
/// Products of pairs are exact where elements are 0, and so is any derivative of them.
/// But a product of some of many elements may leave the range of numbers where that of
/// all does not: there it is y / x.
pub fn others(b: &mut Builder<'_>, x: NodeId, y: NodeId, axes: Axes) -> NodeId {
    /// The greatest logarithm of a number, less what rounding may add.
    const RANGE: f64 = 700.0;
    let shape = b.graph.node(x).shape;
    let count: usize = axes.iter().map(|axis| b.graph.shape(x)[axis]).product();
    if count < 4 {
        // Of three the other two are multiplied, and nothing is on the way.
        return by_pairs_of_others(b, x, axes);
    }
    // No product of some has a greater logarithm than this sum; of a 0 it is infinite.
    let size = b.one(Op::Abs, x);
    let log = b.one(Op::Log, size);
    let log = b.one(Op::Abs, log);
    let most = b.sum(axes, log);
    let far = b.compare(most, Relation::Greater, RANGE);
    let finite = b.compare(most, Relation::Less, f64::INFINITY);
    let far = b.mul(far, finite);
    let whole = b.mask(far, y);
    let [far, whole] = [far, whole].map(|over| b.broadcast(axes, shape, over));
    // Neither way meets what only the other can bear.
    let one = b.constant_like(1.0, x);
    let near = b.choose(far, one, x);
    let divisor = b.choose(far, x, one);
    let found = by_pairs_of_others(b, near, axes);
    let ratio = b.div(whole, divisor);
    b.choose(far, ratio, found)
}

/// The same by products of pairs alone.
///
/// Neighbours are multiplied in pairs until one is left; back down, each gets
/// what its pair got times its neighbour. As many nodes as the logarithm of the
/// size has, and all of them plain products: any derivative of it is exact too.
fn by_pairs_of_others(b: &mut Builder<'_>, x: NodeId, axes: Axes) -> NodeId {
    let (rows, order) = gather(b, x, axes);
    // Each level, its even and its odd elements, and what has no neighbour.
    let mut levels = Vec::new();
    let mut level = rows;
    while width(b, level) > 1 {
        let pairs = width(b, level) / 2;
        let even = columns(
            b,
            level,
            Cut {
                start: 0,
                step: 2,
                count: pairs,
            },
        );
        let odd = columns(
            b,
            level,
            Cut {
                start: 1,
                step: 2,
                count: pairs,
            },
        );
        levels.push((level, even, odd));
        let product = b.mul(even, odd);
        level = if width(b, level) % 2 == 1 {
            let single = columns(b, level, Cut::run(2 * pairs, 1));
            let shape = wide(b, level, pairs + 1);
            let kept = put(b, product, shape, Cut::run(0, pairs));
            let single = put(b, single, shape, Cut::run(pairs, 1));
            b.add(kept, single)
        } else {
            product
        };
    }
    let mut found = b.constant_like(1.0, level);
    for (level, even, odd) in levels.into_iter().rev() {
        let shape = b.graph.node(level).shape;
        let pairs = width(b, even);
        let above = columns(b, found, Cut::run(0, pairs));
        let (of_even, of_odd) = (b.mul(above, odd), b.mul(above, even));
        let of_even = put(
            b,
            of_even,
            shape,
            Cut {
                start: 0,
                step: 2,
                count: pairs,
            },
        );
        let of_odd = put(
            b,
            of_odd,
            shape,
            Cut {
                start: 1,
                step: 2,
                count: pairs,
            },
        );
        let mut whole = b.add(of_even, of_odd);
        if width(b, level) % 2 == 1 {
            let single = columns(b, found, Cut::run(pairs, 1));
            let single = put(b, single, shape, Cut::run(2 * pairs, 1));
            whole = b.add(whole, single);
        }
        found = whole;
    }
    scatter(b, found, x, order)
}

/// The product over axes by the same pairs.
pub fn by_pairs(b: &mut Builder<'_>, x: NodeId, axes: Axes) -> NodeId {
    let shape = shape::without(b.graph.shape(x), axes);
    let shape = b.graph.shapes.intern(&shape);
    let (mut level, _) = gather(b, x, axes);
    if width(b, level) == 0 {
        return b.constant(1.0, shape);
    }
    while width(b, level) > 1 {
        let half = width(b, level) / 2;
        let first = columns(b, level, Cut::run(0, half));
        let second = columns(b, level, Cut::run(half, half));
        let product = b.mul(first, second);
        level = if width(b, level) % 2 == 1 {
            let single = columns(b, level, Cut::run(2 * half, 1));
            let wide = wide(b, level, half + 1);
            let kept = put(b, product, wide, Cut::run(0, half));
            let single = put(b, single, wide, Cut::run(half, 1));
            b.add(kept, single)
        } else {
            product
        };
    }
    b.reshape(shape, level)
}

/// A value as rows along the axes: the others first, these flattened behind.
fn gather(b: &mut Builder<'_>, x: NodeId, axes: Axes) -> (NodeId, Permutation) {
    let own = b.graph.shape(x).to_vec();
    let (gone, kept): (Vec<usize>, Vec<usize>) = (0..own.len()).partition(|&i| axes.contains(i));
    let order: Vec<usize> = kept.iter().chain(&gone).copied().collect();
    let product = |list: &[usize]| list.iter().map(|&axis| own[axis]).product();
    let rows = [product(&kept), product(&gone)];
    let order = b.graph.shapes.intern_permutation(&order);
    let rows = b.graph.shapes.intern(&rows);
    let moved = b.permute(order, x);
    (b.reshape(rows, moved), order)
}

/// Rows back in the shape of `x`.
fn scatter(b: &mut Builder<'_>, rows: NodeId, x: NodeId, order: Permutation) -> NodeId {
    let own = b.graph.shape(x).to_vec();
    let order = b.graph.shapes.permutation(order, own.len());
    let back = shape::inverse(&order);
    let moved: Vec<usize> = order.iter().map(|&axis| own[axis]).collect();
    let moved = b.graph.shapes.intern(&moved);
    let back = b.graph.shapes.intern_permutation(&back);
    let rows = b.reshape(moved, rows);
    b.permute(back, rows)
}

fn width(b: &Builder<'_>, rows: NodeId) -> usize {
    b.graph.shape(rows)[1]
}

/// The shape of so many columns.
fn wide(b: &mut Builder<'_>, rows: NodeId, columns: usize) -> ShapeId {
    let height = b.graph.shape(rows)[0];
    b.graph.shapes.intern(&[height, columns])
}

fn columns(b: &mut Builder<'_>, rows: NodeId, cut: Cut) -> NodeId {
    let height = Cut::whole(b.graph.shape(rows)[0]);
    if cut == Cut::whole(width(b, rows)) {
        return rows;
    }
    b.slice(&[height, cut], rows)
}

fn put(b: &mut Builder<'_>, rows: NodeId, shape: ShapeId, cut: Cut) -> NodeId {
    let height = Cut::whole(b.graph.shape(rows)[0]);
    b.scatter(&[height, cut], shape, rows)
}

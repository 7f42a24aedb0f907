//! Products of matrices.

use std::ops::{AddAssign, Mul};
use wide::f64x2;

/// Rows and columns of the piece of the result that is kept in registers.
const TILE: usize = 4;
/// Most rows of the right matrix that are packed at once: so many times four
/// numbers stay in the nearest cache.
const DEPTH: usize = 256;
/// Rows of the left matrix for which a packed piece is used before the next one
/// is packed: so many times `DEPTH` numbers stay in the second cache.
const HEIGHT: usize = 128;
/// From so many multiplications on, `matrixmultiply` is faster. It packs into
/// memory of its own, which is the one allocation that a run can do.
#[cfg(not(target_arch = "wasm32"))]
const LARGE: usize = 64 * 64 * 64;

/// Four numbers as vector instructions take them, also when compiled for size.
type Four = [f64x2; 2];

/// Sizes of a product (rows × inner) (inner × columns).
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

/// Writes the product of two matrices.
pub fn product(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    if sizes.columns == 1 {
        return narrow(out, a, b.as_chunks().0, sizes, (|x| x, |[x]| x, |x| [x]));
    }
    if sizes.columns == 2 {
        let pairs = (f64x2::splat, f64x2::new, f64x2::to_array);
        return narrow(out, a, b.as_chunks().0, sizes, pairs);
    }
    if sizes.rows < TILE || sizes.inner < TILE {
        return by_rows(out, a, b, sizes);
    }
    #[cfg(not(target_arch = "wasm32"))]
    if sizes.rows * sizes.inner * sizes.columns >= LARGE {
        return large(out, a, b, sizes);
    }
    packed(out, a, b, sizes);
}

/// One or two columns, four rows at a time: packing would not pay. A row of the
/// right matrix is one value to compute with, which is made of a number for all of
/// it, or of its elements, and is taken apart again.
fn narrow<V: Copy + AddAssign + Mul<Output = V>, const COLUMNS: usize>(
    out: &mut [f64],
    a: &[f64],
    b: &[[f64; COLUMNS]],
    sizes: Sizes,
    (splat, join, part): (
        impl Fn(f64) -> V,
        impl Fn([f64; COLUMNS]) -> V,
        impl Fn(V) -> [f64; COLUMNS],
    ),
) {
    let inner = sizes.inner;
    let b = &b[..inner];
    let (rows, _) = out.as_chunks_mut();
    for (i, out) in rows.chunks_mut(TILE).enumerate() {
        // What lacks at the lower edge is the last row again.
        let [c, d, e, f] = [0, 1, 2, 3].map(|row: usize| {
            let row = TILE * i + row.min(out.len() - 1);
            &a[row * inner..][..inner]
        });
        let [mut g, mut h, mut k, mut l] = [join([0.0; COLUMNS]); TILE];
        for ((((&b, &c), &d), &e), &f) in b.iter().zip(c).zip(d).zip(e).zip(f) {
            let b = join(b);
            g += splat(c) * b;
            h += splat(d) * b;
            k += splat(e) * b;
            l += splat(f) * b;
        }
        for (out, sum) in out.iter_mut().zip([g, h, k, l]) {
            *out = part(sum);
        }
    }
}

/// Adds multiples of whole rows: packing would not pay.
fn by_rows(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    if sizes.inner == 0 {
        out.fill(0.0);
    }
    let width = sizes.columns.max(1);
    let rows = out
        .chunks_exact_mut(width)
        .zip(a.chunks_exact(sizes.inner.max(1)));
    for (out, weights) in rows {
        for (place, (&weight, b)) in weights.iter().zip(b.chunks_exact(width)).enumerate() {
            for (o, &x) in out.iter_mut().zip(b) {
                let so_far = if place == 0 { 0.0 } else { *o };
                *o = so_far + weight * x;
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn large(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    use ndarray::{ArrayView2, ArrayViewMut2, linalg::general_mat_mul};
    let Sizes {
        rows,
        inner,
        columns,
    } = sizes;
    let left = ArrayView2::from_shape((rows, inner), a);
    let right = ArrayView2::from_shape((inner, columns), b);
    let result = ArrayViewMut2::from_shape((rows, columns), out);
    // The slices have these very lengths, so that all three are views.
    if let (Ok(left), Ok(right), Ok(mut result)) = (left, right, result) {
        general_mat_mul(1.0, &left, &right, 0.0, &mut result);
    }
}

/// Four by four elements at a time, from four columns of the right matrix that
/// are packed side by side.
fn packed(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    let Sizes {
        rows,
        inner,
        columns,
    } = sizes;
    let mut space = [[f64x2::ZERO; 2]; DEPTH];
    for depth in (0..inner).step_by(DEPTH) {
        let panel = &mut space[..DEPTH.min(inner - depth)];
        for top in (0..rows).step_by(HEIGHT) {
            for column in (0..columns).step_by(TILE) {
                let wide = TILE.min(columns - column);
                pack(panel, &b[depth * columns + column..], columns, wide);
                for row in (top..rows.min(top + HEIGHT)).step_by(TILE) {
                    // What lacks at the lower edge is the last row again.
                    let lines = [0, 1, 2, 3].map(|r| {
                        let row = rows.min(row + r + 1) - 1;
                        &a[row * inner + depth..][..panel.len()]
                    });
                    let sums = tile(lines, panel);
                    for (row, sum) in (row..rows).zip(&sums) {
                        let out = &mut out[row * columns + column..][..wide];
                        if depth > 0 {
                            for (o, x) in out.iter_mut().zip(sum.as_flattened()) {
                                *o += x;
                            }
                        } else if let ([left, right], []) = out.as_chunks_mut() {
                            // No call to copy.
                            [*left, *right] = *sum;
                        } else {
                            out.copy_from_slice(&sum.as_flattened()[..wide]);
                        }
                    }
                }
            }
        }
    }
}

/// Copies up to four columns; zeros for those beyond the edge.
fn pack(panel: &mut [Four], from: &[f64], stride: usize, wide: usize) {
    for (packed, row) in panel.iter_mut().zip(from.chunks(stride)) {
        let mut four = [0.0; TILE];
        match row.first_chunk() {
            Some(whole) if wide == TILE => four = *whole,
            _ => four[..wide].copy_from_slice(&row[..wide]),
        }
        let [a, b, c, d] = four;
        *packed = [f64x2::new([a, b]), f64x2::new([c, d])];
    }
}

/// The product of four rows and a packed panel. It is a function of its own so
/// that its sums stay in registers.
#[inline(never)]
fn tile([a, b, c, d]: [&[f64]; TILE], panel: &[Four]) -> [[[f64; 2]; 2]; TILE] {
    let [mut e, mut f, mut g, mut h] = [f64x2::ZERO; TILE];
    let [mut i, mut j, mut k, mut l] = [f64x2::ZERO; TILE];
    // Written out: what is compiled for size unrolls nothing.
    for (((([left, right], &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
        let (a, b) = (f64x2::splat(a), f64x2::splat(b));
        let (c, d) = (f64x2::splat(c), f64x2::splat(d));
        e += a * *left;
        i += a * *right;
        f += b * *left;
        j += b * *right;
        g += c * *left;
        k += c * *right;
        h += d * *left;
        l += d * *right;
    }
    [[e, i], [f, j], [g, k], [h, l]].map(|four| four.map(f64x2::to_array))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, so that every order of adding gives the same.
    fn matrix(size: usize, seed: usize) -> Vec<f64> {
        (0..size)
            .map(|i| ((i * 7 + seed) * 31 % 17) as f64 - 8.0)
            .collect()
    }

    fn naive(a: &[f64], b: &[f64], sizes: Sizes) -> Vec<f64> {
        let element = |i: usize, j: usize| {
            (0..sizes.inner)
                .map(|k| a[i * sizes.inner + k] * b[k * sizes.columns + j])
                .fold(0.0, |sum, x| sum + x)
        };
        (0..sizes.rows * sizes.columns)
            .map(|i| element(i / sizes.columns, i % sizes.columns))
            .collect()
    }

    fn check(f: fn(&mut [f64], &[f64], &[f64], Sizes), rows: usize, inner: usize, columns: usize) {
        let sizes = Sizes {
            rows,
            inner,
            columns,
        };
        let (a, b) = (matrix(rows * inner, 3), matrix(inner * columns, 5));
        let mut out = vec![f64::NAN; rows * columns];
        f(&mut out, &a, &b, sizes);
        assert_eq!(out, naive(&a, &b, sizes), "{sizes:?}");
    }

    #[test]
    fn small_products_are_exact_at_every_edge() {
        for rows in [0, 1, 3, 4, 5, 8, 9] {
            for inner in [0, 1, 3, 4, 6] {
                for columns in [0, 1, 2, 3, 4, 5, 7, 8] {
                    check(product, rows, inner, columns);
                    check(by_rows, rows, inner, columns);
                }
            }
        }
    }

    #[test]
    fn products_are_exact_at_the_edges_of_blocks() {
        for rows in [1, HEIGHT - 1, HEIGHT, HEIGHT + 1] {
            for inner in [DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 3] {
                for columns in [1, 4, 6] {
                    check(packed, rows, inner, columns);
                }
            }
        }
    }

    #[test]
    fn large_products_are_exact() {
        for (rows, inner, columns) in [(64, 64, 64), (65, 63, 67), (130, 257, 9)] {
            check(product, rows, inner, columns);
            check(packed, rows, inner, columns);
        }
    }

    #[test]
    fn what_is_no_number_reaches_its_row_and_column_alone() {
        for size in [5, 70] {
            let mut a = vec![1.0; size * size];
            let mut b = vec![1.0; size * size];
            a[2 * size + 1] = f64::INFINITY;
            b[size + 3] = 0.0;
            let mut out = vec![0.0; size * size];
            let (rows, inner, columns) = (size, size, size);
            let sizes = Sizes {
                rows,
                inner,
                columns,
            };
            product(&mut out, &a, &b, sizes);
            for (i, &x) in out.iter().enumerate() {
                let (row, column) = (i / size, i % size);
                match (row, column) {
                    (2, 3) => assert!(x.is_nan()),
                    (2, _) => assert_eq!(x, f64::INFINITY),
                    (_, 3) => assert_eq!(x, size as f64 - 1.0),
                    _ => assert_eq!(x, size as f64),
                }
            }
        }
    }
}

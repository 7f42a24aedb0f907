//! Products of matrices.

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

/// Sizes of a product (rows × inner) (inner × columns).
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

/// Writes the product of two matrices.
pub fn product(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    if sizes.rows < TILE || sizes.inner < TILE {
        return by_rows(out, a, b, sizes);
    }
    #[cfg(not(target_arch = "wasm32"))]
    if sizes.rows * sizes.inner * sizes.columns >= LARGE {
        return large(out, a, b, sizes);
    }
    packed(out, a, b, sizes);
}

/// Adds multiples of whole rows: packing would not pay.
fn by_rows(out: &mut [f64], a: &[f64], b: &[f64], sizes: Sizes) {
    out.fill(0.0);
    let width = sizes.columns.max(1);
    let rows = out
        .chunks_exact_mut(width)
        .zip(a.chunks_exact(sizes.inner.max(1)));
    for (out, weights) in rows {
        for (&weight, b) in weights.iter().zip(b.chunks_exact(width)) {
            for (o, &x) in out.iter_mut().zip(b) {
                *o += weight * x;
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
    let mut space = [[0.0; TILE]; DEPTH];
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
                        if depth == 0 {
                            out.copy_from_slice(&sum[..wide]);
                        } else {
                            for (o, x) in out.iter_mut().zip(sum) {
                                *o += x;
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Copies up to four columns; zeros for those beyond the edge.
fn pack(panel: &mut [[f64; TILE]], from: &[f64], stride: usize, wide: usize) {
    for (packed, row) in panel.iter_mut().zip(from.chunks(stride)) {
        match row.first_chunk() {
            Some(whole) if wide == TILE => *packed = *whole,
            _ => {
                *packed = [0.0; TILE];
                packed[..wide].copy_from_slice(&row[..wide]);
            }
        }
    }
}

/// The product of four rows and a packed panel.
fn tile([a, b, c, d]: [&[f64]; TILE], panel: &[[f64; TILE]]) -> [[f64; TILE]; TILE] {
    let [mut e, mut f, mut g, mut h] = [[0.0; TILE]; TILE];
    for ((((right, &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
        add(&mut e, a, right);
        add(&mut f, b, right);
        add(&mut g, c, right);
        add(&mut h, d, right);
    }
    [e, f, g, h]
}

/// Written out, so that it becomes vector instructions when compiled for size too.
#[inline]
fn add(sum: &mut [f64; TILE], weight: f64, right: &[f64; TILE]) {
    sum[0] += weight * right[0];
    sum[1] += weight * right[1];
    sum[2] += weight * right[2];
    sum[3] += weight * right[3];
}

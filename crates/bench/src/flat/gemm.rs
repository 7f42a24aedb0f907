//! The best matrix product there is: natively that of the crate matrixmultiply;
//! as WebAssembly, where that one is slower, packed panels and a 4 × 4 kernel.

/// A square matrix, row by row, or its transpose.
#[derive(Clone, Copy, Debug)]
pub struct Square<'a> {
    /// The elements.
    pub values: &'a [f64],
    /// Whether rows and columns are swapped.
    pub transposed: bool,
}

impl<'a> Square<'a> {
    /// A matrix as it lies.
    pub fn new(values: &'a [f64]) -> Self {
        let transposed = false;
        Self { values, transposed }
    }

    /// The transpose of a matrix.
    pub fn transposed(values: &'a [f64]) -> Self {
        let transposed = true;
        Self { values, transposed }
    }
}

#[cfg(target_arch = "wasm32")]
pub use packed::Gemm;
#[cfg(not(target_arch = "wasm32"))]
pub use tuned::Gemm;

#[cfg(not(target_arch = "wasm32"))]
mod tuned {
    use super::Square;
    use ndarray::linalg::general_mat_mul;
    use ndarray::{ArrayView2, ArrayViewMut2};

    /// Multiplies n × n matrices.
    pub struct Gemm(usize);

    impl Gemm {
        /// For matrices of a size.
        pub fn new(n: usize) -> Self {
            Self(n)
        }

        /// out ← a · b, all with n × n elements.
        pub fn product(&mut self, out: &mut [f64], a: Square<'_>, b: Square<'_>) {
            let shape = (self.0, self.0);
            let out = ArrayViewMut2::from_shape(shape, out);
            if let (Some(a), Some(b), Ok(mut out)) = (view(a, shape), view(b, shape), out) {
                general_mat_mul(1.0, &a, &b, 0.0, &mut out);
            }
        }
    }

    fn view(x: Square<'_>, shape: (usize, usize)) -> Option<ArrayView2<'_, f64>> {
        let view = ArrayView2::from_shape(shape, x.values).ok()?;
        Some(if x.transposed {
            view.reversed_axes()
        } else {
            view
        })
    }
}

#[cfg(any(test, target_arch = "wasm32"))]
mod packed {
    use super::Square;

    /// Rows of a block of the left matrix.
    const ROWS: usize = 128;
    /// Depth of a block: columns of the left one, rows of the right one.
    const DEPTH: usize = 256;
    const TILE: usize = 4;

    /// Multiplies n × n matrices, n a multiple of four.
    pub struct Gemm {
        n: usize,
        left: Vec<[f64; TILE]>,
        right: Vec<[f64; TILE]>,
    }

    impl Gemm {
        /// For matrices of a size.
        pub fn new(n: usize) -> Self {
            let panels = vec![[0.0; TILE]; n / TILE * n];
            Self {
                n,
                left: panels.clone(),
                right: panels,
            }
        }

        /// out ← a · b, all with n × n elements.
        pub fn product(&mut self, out: &mut [f64], a: Square<'_>, b: Square<'_>) {
            let n = self.n;
            // Four rows of the left matrix side by side, four columns of the right one.
            pack(&mut self.left, n, a.values, !a.transposed);
            pack(&mut self.right, n, b.values, b.transposed);
            out.fill(0.0);
            for depth in (0..n).step_by(DEPTH) {
                let part = depth..n.min(depth + DEPTH);
                for block in (0..n).step_by(ROWS) {
                    for (column, right) in self.right.chunks_exact(n).enumerate() {
                        for row in (block..n.min(block + ROWS)).step_by(TILE) {
                            let left = &self.left[row / TILE * n..][..n];
                            let tile = multiply(&left[part.clone()], &right[part.clone()]);
                            for (i, tile) in tile.iter().enumerate() {
                                let out = &mut out[(row + i) * n + column * TILE..][..TILE];
                                for (out, x) in out.iter_mut().zip(tile) {
                                    *out += x;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Panels of four lines each; lines are the rows, or else the columns.
    fn pack(panels: &mut [[f64; TILE]], n: usize, values: &[f64], rows: bool) {
        for (panel, out) in panels.chunks_exact_mut(n).enumerate() {
            for (at, out) in out.iter_mut().enumerate() {
                for (line, out) in out.iter_mut().enumerate() {
                    let line = panel * TILE + line;
                    *out = values[if rows { line * n + at } else { at * n + line }];
                }
            }
        }
    }

    fn multiply(left: &[[f64; TILE]], right: &[[f64; TILE]]) -> [[f64; TILE]; TILE] {
        let mut tile = [[0.0; TILE]; TILE];
        for (left, right) in left.iter().zip(right) {
            for (tile, x) in tile.iter_mut().zip(left) {
                for (tile, y) in tile.iter_mut().zip(right) {
                    *tile += x * y;
                }
            }
        }
        tile
    }
}

#[cfg(test)]
mod tests {
    use super::{Square, packed, tuned};
    use crate::data::{numbers, same};

    #[test]
    fn both_products_agree() {
        let n = 260;
        let (a, b) = (numbers(1, n * n), numbers(2, n * n));
        let (mut ours, mut theirs) = (vec![0.0; n * n], vec![0.0; n * n]);
        for turned in [Square::new, Square::transposed] {
            for other in [Square::new, Square::transposed] {
                packed::Gemm::new(n).product(&mut ours, turned(&a), other(&b));
                tuned::Gemm::new(n).product(&mut theirs, turned(&a), other(&b));
                same(&ours, &theirs).unwrap();
            }
        }
    }
}

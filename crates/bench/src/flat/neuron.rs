//! `sigmoid(w0·x0 + w1·x1 + w2)`.

/// The output and its gradients, of `[w0, x0, w1, x1, w2]`.
#[inline(never)]
pub fn neuron([w0, x0, w1, x1, w2]: [f64; 5]) -> [f64; 6] {
    let y = 1.0 / (1.0 + (-(w0 * x0 + w1 * x1 + w2)).exp());
    let d = y * (1.0 - y);
    [y, d * x0, d * w0, d * x1, d * w1, d]
}

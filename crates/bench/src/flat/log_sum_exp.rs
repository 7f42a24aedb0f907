//! The Hessian of `log(sum(exp(x)))` times v: p∘v − p⟨p, v⟩, p being the softmax.

/// Writes the product to `out`.
#[inline(never)]
pub fn product(x: &[f64], v: &[f64], out: &mut [f64]) {
    let (mut sum, mut inner) = (0.0, 0.0);
    for ((o, x), v) in out.iter_mut().zip(x).zip(v) {
        *o = x.exp();
        sum += *o;
        inner += *o * v;
    }
    let (scale, mean) = (1.0 / sum, inner / sum);
    for (o, v) in out.iter_mut().zip(v) {
        *o *= scale * (v - mean);
    }
}

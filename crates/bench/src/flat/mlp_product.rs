//! The Hessian of the network's loss times a direction: forward over reverse.

use super::mlp::{Net, Points, WIDTH, axpy, dot};

/// Writes the product with `v`, with respect to all weights and biases, to `out`.
#[inline(never)]
pub fn product(net: &Net, v: &Net, points: &Points, out: &mut Net) {
    *out = Net::zeros();
    for (x, t) in points.x.iter().zip(&points.t) {
        // Values and tangents.
        let (mut a, mut at) = (net.b1, v.b1);
        for ((x, w), v) in x.iter().zip(&net.w1).zip(&v.w1) {
            axpy(&mut a, *x, w);
            axpy(&mut at, *x, v);
        }
        a = a.map(f64::tanh);
        for (at, a) in at.iter_mut().zip(&a) {
            *at *= 1.0 - a * a;
        }
        let (mut b, mut bt) = (net.b2, v.b2);
        for i in 0..WIDTH {
            axpy(&mut b, a[i], &net.w2[i]);
            axpy(&mut bt, at[i], &net.w2[i]);
            axpy(&mut bt, a[i], &v.w2[i]);
        }
        b = b.map(f64::tanh);
        for (bt, b) in bt.iter_mut().zip(&b) {
            *bt *= 1.0 - b * b;
        }
        let dy = 2.0 * (dot(&b, &net.w3) + net.b3 - t);
        let dyt = 2.0 * (dot(&bt, &net.w3) + dot(&b, &v.w3) + v.b3);

        // Gradients and their tangents.
        axpy(&mut out.w3, dyt, &b);
        axpy(&mut out.w3, dy, &bt);
        out.b3 += dyt;
        let (mut dz, mut dzt) = ([0.0; WIDTH], [0.0; WIDTH]);
        for j in 0..WIDTH {
            let (db, dbt) = (dy * net.w3[j], dyt * net.w3[j] + dy * v.w3[j]);
            let slope = 1.0 - b[j] * b[j];
            dz[j] = db * slope;
            dzt[j] = dbt * slope - 2.0 * b[j] * bt[j] * db;
        }
        axpy(&mut out.b2, 1.0, &dzt);
        let mut dct = [0.0; WIDTH];
        for i in 0..WIDTH {
            axpy(&mut out.w2[i], at[i], &dz);
            axpy(&mut out.w2[i], a[i], &dzt);
            let da = dot(&net.w2[i], &dz);
            let dat = dot(&v.w2[i], &dz) + dot(&net.w2[i], &dzt);
            dct[i] = dat * (1.0 - a[i] * a[i]) - 2.0 * a[i] * at[i] * da;
        }
        axpy(&mut out.b1, 1.0, &dct);
        for (x, w) in x.iter().zip(&mut out.w1) {
            axpy(w, *x, &dct);
        }
    }
}

//! A 2-16-16-1 tanh network with a squared loss over 32 points.

use crate::data::{array, matrix, number};

/// Width of both hidden layers.
pub const WIDTH: usize = 16;
/// Number of points.
pub const POINTS: usize = 32;

/// Weights and biases, or what belongs to them: gradients, a direction.
#[derive(Clone, Debug)]
pub struct Net {
    /// First layer, a row an input.
    pub w1: [[f64; WIDTH]; 2],
    /// Its biases.
    pub b1: [f64; WIDTH],
    /// Second layer, a row a neuron of the first.
    pub w2: [[f64; WIDTH]; WIDTH],
    /// Its biases.
    pub b2: [f64; WIDTH],
    /// Third layer.
    pub w3: [f64; WIDTH],
    /// Its bias.
    pub b3: f64,
}

/// Points and their targets, or the gradients of these.
#[derive(Clone, Debug)]
pub struct Points {
    /// A row a point.
    pub x: [[f64; 2]; POINTS],
    /// The targets.
    pub t: [f64; POINTS],
}

impl Net {
    /// The network of a stream of numbers.
    pub fn of(stream: u64) -> Self {
        Self {
            w1: matrix(stream),
            b1: array(stream + 1),
            w2: matrix(stream + 2),
            b2: array(stream + 3),
            w3: array(stream + 4),
            b3: number(stream + 5, 0),
        }
    }

    /// All zeros.
    pub fn zeros() -> Self {
        Self {
            w1: [[0.0; WIDTH]; 2],
            b1: [0.0; WIDTH],
            w2: [[0.0; WIDTH]; WIDTH],
            b2: [0.0; WIDTH],
            w3: [0.0; WIDTH],
            b3: 0.0,
        }
    }

    /// The numbers of each part, in order.
    pub fn parts(&self) -> [Vec<f64>; 6] {
        [
            self.w1.concat(),
            self.b1.to_vec(),
            self.w2.concat(),
            self.b2.to_vec(),
            self.w3.to_vec(),
            vec![self.b3],
        ]
    }
}

impl Points {
    /// The points of a stream of numbers.
    pub fn of(stream: u64) -> Self {
        Self {
            x: matrix(stream),
            t: array(stream + 1),
        }
    }

    /// All zeros.
    pub fn zeros() -> Self {
        Self {
            x: [[0.0; 2]; POINTS],
            t: [0.0; POINTS],
        }
    }
}

/// The sum of products, in four lanes so that it can be vectorised.
pub fn dot(a: &[f64; WIDTH], b: &[f64; WIDTH]) -> f64 {
    let mut lanes = [0.0; 4];
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// y ← y + factor · x.
pub fn axpy(y: &mut [f64; WIDTH], factor: f64, x: &[f64; WIDTH]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

/// The loss; `net_out` gets the network's gradients and, with DATA, `points_out`
/// those of the points and targets.
#[inline(never)]
pub fn loss<const DATA: bool>(
    net: &Net,
    points: &Points,
    net_out: &mut Net,
    points_out: &mut Points,
) -> f64 {
    *net_out = Net::zeros();
    let mut loss = 0.0;
    for (point, (x, t)) in points.x.iter().zip(&points.t).enumerate() {
        let mut a = net.b1;
        for (x, w) in x.iter().zip(&net.w1) {
            axpy(&mut a, *x, w);
        }
        a = a.map(f64::tanh);
        let mut b = net.b2;
        for (a, w) in a.iter().zip(&net.w2) {
            axpy(&mut b, *a, w);
        }
        b = b.map(f64::tanh);
        let miss = dot(&b, &net.w3) + net.b3 - t;
        loss += miss * miss;

        let dy = 2.0 * miss;
        axpy(&mut net_out.w3, dy, &b);
        net_out.b3 += dy;
        let mut dz = [0.0; WIDTH];
        for ((dz, w), b) in dz.iter_mut().zip(&net.w3).zip(&b) {
            *dz = dy * w * (1.0 - b * b);
        }
        axpy(&mut net_out.b2, 1.0, &dz);
        let mut da = [0.0; WIDTH];
        for (i, da) in da.iter_mut().enumerate() {
            axpy(&mut net_out.w2[i], a[i], &dz);
            *da = dot(&net.w2[i], &dz) * (1.0 - a[i] * a[i]);
        }
        axpy(&mut net_out.b1, 1.0, &da);
        for (x, w) in x.iter().zip(&mut net_out.w1) {
            axpy(w, *x, &da);
        }
        if DATA {
            points_out.x[point] = [dot(&net.w1[0], &da), dot(&net.w1[1], &da)];
            points_out.t[point] = -dy;
        }
    }
    loss
}

pub use super::mlp_product::product;

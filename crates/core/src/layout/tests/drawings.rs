//! Graphs to lay out, as a program's picture would have them.

use crate::layout::{LABEL, Layout, Link, Size, layout};

/// A graph being drawn; its methods return the new rectangle's index.
#[derive(Default)]
pub(super) struct Drawing {
    pub names: Vec<String>,
    pub sizes: Vec<Size>,
    pub links: Vec<Link>,
}

impl Drawing {
    fn node(&mut self, name: &str, width: f64, height: f64) -> usize {
        self.names.push(name.to_owned());
        self.sizes.push(Size { width, height });
        self.sizes.len() - 1
    }

    pub fn input(&mut self, name: &str) -> usize {
        self.node(name, 10.0 + 9.0 * name.len() as f64, 24.0)
    }

    pub fn gate(&mut self, symbol: &str, operands: &[usize]) -> usize {
        let to = self.node(symbol, 40.0, 40.0);
        for (operand, &from) in operands.iter().enumerate() {
            self.links.push(Link {
                from,
                to,
                operand,
                label: LABEL,
            });
        }
        to
    }

    /// The open end of the output's wire.
    pub fn open(&mut self, from: usize) {
        let to = self.node("", 0.0, 0.0);
        self.links.push(Link {
            from,
            to,
            operand: 0,
            label: LABEL,
        });
    }

    /// A left-to-right sum.
    pub fn sum(&mut self, terms: &[usize]) -> usize {
        let mut total = terms[0];
        for &term in &terms[1..] {
            total = self.gate("+", &[total, term]);
        }
        total
    }

    pub fn gates(&self) -> usize {
        self.sizes.iter().filter(|size| size.height > 30.0).count()
    }

    pub fn lay(&self) -> Layout {
        layout(&self.sizes, &self.links)
    }
}

/// (x + y) * z
pub(super) fn product() -> Drawing {
    let mut d = Drawing::default();
    let (x, y, z) = (d.input("x"), d.input("y"), d.input("z"));
    let sum = d.gate("+", &[x, y]);
    let f = d.gate("×", &[sum, z]);
    d.open(f);
    d
}

/// w0*x0 + w1*x1 + w2, then the sigmoid by its parts, or as one gate.
pub(super) fn neuron(parts: bool) -> Drawing {
    let mut d = Drawing::default();
    let inputs: Vec<usize> = ["w0", "x0", "w1", "x1", "w2"]
        .iter()
        .map(|name| d.input(name))
        .collect();
    let first = d.gate("×", &inputs[0..2]);
    let second = d.gate("×", &inputs[2..4]);
    let mut f = d.sum(&[first, second, inputs[4]]);
    let symbols: &[&str] = if parts {
        &["×−1", "exp", "+1", "1/x"]
    } else {
        &["σ"]
    };
    for symbol in symbols {
        f = d.gate(symbol, &[f]);
    }
    d.open(f);
    d
}

/// s = x*x + y*y; s*(x + y) + exp(s), with the shared s, x and y.
pub(super) fn shared() -> Drawing {
    let mut d = Drawing::default();
    let (x, y) = (d.input("x"), d.input("y"));
    let xx = d.gate("×", &[x, x]);
    let yy = d.gate("×", &[y, y]);
    let s = d.gate("+", &[xx, yy]);
    let t = d.gate("+", &[x, y]);
    let p = d.gate("×", &[s, t]);
    let e = d.gate("exp", &[s]);
    let f = d.gate("+", &[p, e]);
    d.open(f);
    d
}

/// x*x + y*y
pub(super) fn squares() -> Drawing {
    let mut d = Drawing::default();
    let (x, y) = (d.input("x"), d.input("y"));
    let xx = d.gate("×", &[x, x]);
    let yy = d.gate("×", &[y, y]);
    let f = d.gate("+", &[xx, yy]);
    d.open(f);
    d
}

/// The lecture's staged example, (x + σ(y)) / (σ(x) + (x + y)²).
pub(super) fn staged() -> Drawing {
    let mut d = Drawing::default();
    let (x, y) = (d.input("x"), d.input("y"));
    let sigmoid = |d: &mut Drawing, at: usize| {
        ["×−1", "exp", "+1", "1/x"]
            .iter()
            .fold(at, |at, symbol| d.gate(symbol, &[at]))
    };
    let sy = sigmoid(&mut d, y);
    let num = d.gate("+", &[x, sy]);
    let sx = sigmoid(&mut d, x);
    let xy = d.gate("+", &[x, y]);
    let sq = d.gate("x²", &[xy]);
    let den = d.gate("+", &[sx, sq]);
    let inv = d.gate("1/x", &[den]);
    let f = d.gate("×", &[num, inv]);
    d.open(f);
    d
}

/// x, then `length` gates in a row.
pub(super) fn chain(length: usize) -> Drawing {
    let mut d = Drawing::default();
    let x = d.input("x");
    let f = (0..length).fold(x, |at, _| d.gate("exp", &[at]));
    d.open(f);
    d
}

/// x0 + x1 + …
pub(super) fn long_sum(terms: usize) -> Drawing {
    let mut d = Drawing::default();
    let inputs: Vec<usize> = (0..terms).map(|i| d.input(&format!("x{i}"))).collect();
    let f = d.sum(&inputs);
    d.open(f);
    d
}

/// y = y·x + x again and again: one x for all steps.
pub(super) fn recurrence(steps: usize) -> Drawing {
    let mut d = Drawing::default();
    let (x, mut y) = (d.input("x"), d.input("y"));
    for _ in 0..steps {
        let product = d.gate("×", &[y, x]);
        y = d.gate("+", &[product, x]);
    }
    d.open(y);
    d
}

/// Gates one after the other, then their outputs multiplied in reverse order.
pub(super) fn nested(depth: usize) -> Drawing {
    let mut d = Drawing::default();
    let mut gates = vec![d.input("x")];
    for place in 0..depth {
        let gate = d.gate("exp", &gates[place..]);
        gates.push(gate);
    }
    let mut f = gates[depth];
    for &gate in gates[..depth].iter().rev() {
        f = d.gate("×", &[f, gate]);
    }
    d.open(f);
    d
}

/// A fully connected network of scalars: each neuron tanh(Σ w·x + b), the last
/// layer without tanh and, if it is wider than one, summed.
pub(super) fn mlp(widths: &[usize]) -> Drawing {
    let mut d = Drawing::default();
    let mut layer: Vec<usize> = (0..widths[0]).map(|i| d.input(&format!("x{i}"))).collect();
    for (depth, &width) in widths.iter().enumerate().skip(1) {
        let mut next = Vec::new();
        for neuron in 0..width {
            let terms: Vec<usize> = layer
                .iter()
                .enumerate()
                .map(|(i, &x)| {
                    let w = d.input(&format!("w{depth}{neuron}{i}"));
                    d.gate("×", &[w, x])
                })
                .collect();
            let sum = d.sum(&terms);
            let b = d.input(&format!("b{depth}{neuron}"));
            let sum = d.gate("+", &[sum, b]);
            next.push(if depth + 1 == widths.len() {
                sum
            } else {
                d.gate("tanh", &[sum])
            });
        }
        layer = next;
    }
    let f = d.sum(&layer);
    d.open(f);
    d
}

//! W5: `sum((A @ B) ** 2)`, gradients of both.

use super::{Case, FLAT, OURS};
use crate::data::{numbers, same};
use crate::flat::gemm::{Gemm, Square};
use crate::running::Running;
use crate::time::Side;
use backflow_core::lower::Tensor;
use backflow_core::model::Overrides;
use std::hint::black_box;

pub fn case(n: usize) -> Result<Case, String> {
    let (a, b) = (numbers(1, n * n), numbers(2, n * n));
    // So large a matrix cannot be written out within a program's limit.
    let mut values = Overrides::default();
    for (name, values_of) in [("A", &a), ("B", &b)] {
        let (shape, elements) = (vec![n, n], values_of.clone());
        let values_of = Tensor {
            shape,
            values: elements,
        };
        values.insert(name.into(), values_of);
    }
    let source = "A = [[1]]\nB = [[1]]\nL = sum((A @ B) ** 2)";
    let mut ours = Running::model(source, &values, &["A", "B"])?;
    ours.run();
    let results = ours.results();

    let mut flat = Flat {
        gemm: Gemm::new(n),
        a,
        b,
        c: vec![0.0; n * n],
        da: vec![0.0; n * n],
        db: vec![0.0; n * n],
    };
    let value = flat.run();
    same(&results, &[&[value], &flat.da[..], &flat.db].concat())?;
    Ok(Case {
        gates: 3,
        value,
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                black_box(black_box(&mut flat).run());
            }),
        ],
    })
}

/// The same by hand: three products.
struct Flat {
    gemm: Gemm,
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    da: Vec<f64>,
    db: Vec<f64>,
}

impl Flat {
    fn run(&mut self) -> f64 {
        let (a, b) = (&self.a, &self.b);
        self.gemm
            .product(&mut self.c, Square::new(a), Square::new(b));
        let mut sum = 0.0;
        for c in &mut self.c {
            sum += *c * *c;
            *c *= 2.0;
        }
        let c = Square::new(&self.c);
        self.gemm.product(&mut self.da, c, Square::transposed(b));
        self.gemm.product(&mut self.db, Square::transposed(a), c);
        sum
    }
}

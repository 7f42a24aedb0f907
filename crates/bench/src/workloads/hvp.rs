//! W6: Hessian-vector products, of log-sum-exp and of the network's loss.

use super::mlp_tensor::program;
use super::{Case, FLAT, OURS};
use crate::data::{list, numbers, same};
use crate::flat::log_sum_exp;
use crate::flat::mlp::{Net, Points, product};
use crate::running::Running;
use crate::time::Side;
use std::hint::black_box;

const ELEMENTS: usize = 1000;

/// W6a.
pub fn log_sum_exp() -> Result<Case, String> {
    let (x, v) = (numbers(1, ELEMENTS), numbers(2, ELEMENTS));
    let source = format!("x = {}\nL = log(sum(exp(x)))", list(&x));
    let mut ours = Running::product(&source, &["x"], |_, _| v.clone())?;
    ours.run();
    let results = ours.results();
    let mut found = vec![0.0; ELEMENTS];
    log_sum_exp::product(&x, &v, &mut found);
    same(&results, &found)?;
    Ok(Case {
        gates: 3,
        value: results[0],
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                let (x, v) = black_box((&x, &v));
                log_sum_exp::product(x, v, &mut found);
                black_box(&mut found);
            }),
        ],
    })
}

/// W6b, with respect to all weights and biases together.
pub fn network() -> Result<Case, String> {
    let (net, points, v) = (Net::of(1), Points::of(7), Net::of(11));
    let names = ["W1", "b1", "W2", "b2", "W3", "b3"];
    let directions = v.parts();
    let source = program(&net, &points);
    let mut ours = Running::product(&source, &names, |i, _| directions[i].clone())?;
    ours.run();
    let results = ours.results();
    let mut found = Net::zeros();
    product(&net, &v, &points, &mut found);
    same(&results, &found.parts().concat())?;
    Ok(Case {
        gates: 13,
        value: results[0],
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                let (net, v, points) = black_box((&net, &v, &points));
                product(net, v, points, &mut found);
                black_box(&mut found);
            }),
        ],
    })
}

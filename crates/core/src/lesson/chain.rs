//! The order of multiplication: the chain rule as a product of Jacobians, and what each way to
//! set its parentheses takes.
//!
//! For x₀ → f₁ → x₁ → … → fₙ → xₙ the derivative is Jₙ ⋯ J₂ J₁ with Jᵢ of size
//! |xᵢ| × |xᵢ₋₁|, and the product is associative.

use super::cost::Cost;
use super::math::{Math, joined, name, op, parens, row};
use super::{Lesson, Now};
use crate::diff::chain::{Join, explicit};
use crate::diff::path::{Factor, NoChain, path};
use crate::graph::NodeId;
use crate::number::brief;
use serde::Serialize;

/// Most factors that are shown.
const MOST: usize = 12;
/// The largest size.
const LARGEST: usize = 1 << 20;

/// A product of two neighbouring products.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The first factor in it, from the input's side, from 0.
    pub low: usize,
    /// The last factor of its right part, the input's side.
    pub mid: usize,
    /// The last factor in it.
    pub high: usize,
    /// Rows of the result.
    pub rows: usize,
    /// What is summed over.
    pub inner: usize,
    /// Columns of the result.
    pub columns: usize,
    /// `4 × 3 × 2 = 24`.
    pub work: String,
}

/// A way to set the parentheses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// `J₃ (J₂ J₁)`.
    pub formula: Math,
    /// The same, to be spoken.
    pub text: String,
    /// Its products, as they are made.
    pub products: Vec<Product>,
    /// What they take: the multiplications of all, the numbers of the largest.
    pub cost: Cost,
}

/// A chain of sizes with the ways to multiply it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Orders {
    /// The sizes: of x₀ to xₙ.
    pub sizes: Vec<usize>,
    /// Memory of the Jacobians themselves, as 4-byte numbers.
    pub formed: String,
    /// From the loss's side: reverse mode.
    pub reverse: Way,
    /// From the input's side: forward mode.
    pub forward: Way,
    /// The one that takes the fewest multiplications.
    pub best: Way,
    /// The reader's own, as far as it goes.
    pub hand: Way,
    /// Which takes the fewest, in a sentence.
    pub said: String,
}

/// A chain of the program: the one path from a node to the output.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chained {
    /// What its values are called.
    pub names: Vec<Math>,
    /// How many elements each has.
    pub sizes: Vec<usize>,
}

/// The ways to multiply a chain of Jacobians between values of these sizes. `hand` has the
/// reader's own order: each time the place, from the input's side, of the gap between two
/// neighbouring products that are multiplied next. None for fewer than two sizes, for more
/// than 12 factors, for a size of 0 or above 2²⁰, or for a place that is not there.
pub fn orders(sizes: &[usize], hand: &[usize]) -> Option<Orders> {
    let fits = |&size: &usize| (1..=LARGEST).contains(&size);
    if sizes.len() < 2 || sizes.len() > MOST + 1 || !sizes.iter().all(fits) {
        return None;
    }
    let factors = sizes.len() - 1;
    let chain: Vec<Factor> = sizes
        .windows(2)
        .map(|pair| Factor {
            rows: pair[1],
            columns: pair[0],
            forward: 0.0,
            reverse: 0.0,
            described: 0.0,
        })
        .collect();
    let reverse = (0..factors - 1).rev().map(|low| Join {
        low,
        mid: low,
        high: factors - 1,
    });
    let forward = (1..factors).map(|high| Join {
        low: 0,
        mid: high - 1,
        high,
    });
    let way = |joins: &[Join]| Way::new(sizes, joins);
    let reverse = way(&reverse.collect::<Vec<_>>());
    let forward = way(&forward.collect::<Vec<_>>());
    let best = way(&explicit(&chain).best?.joins);
    let hand = way(&joined_by_hand(factors, hand)?);
    let entries = chain.iter().map(|f| f.rows as f64 * f.columns as f64);
    Some(Orders {
        sizes: sizes.to_vec(),
        formed: Cost::new(entries.sum(), 0.0).memory,
        said: said(&reverse, &forward, &best),
        reverse,
        forward,
        best,
        hand,
    })
}

fn joined_by_hand(factors: usize, hand: &[usize]) -> Option<Vec<Join>> {
    // The first and the last factor of each product there is.
    let mut parts: Vec<(usize, usize)> = (0..factors).map(|at| (at, at)).collect();
    let joins = hand.iter().map(|&gap| {
        let (right, left) = (*parts.get(gap)?, *parts.get(gap + 1)?);
        parts.splice(gap..=gap + 1, [(right.0, left.1)]);
        Some(Join {
            low: right.0,
            mid: right.1,
            high: left.1,
        })
    });
    joins.collect()
}

fn said(reverse: &Way, forward: &Way, best: &Way) -> String {
    let (r, f, b) = (
        reverse.cost.multiplications,
        forward.cost.multiplications,
        best.cost.multiplications,
    );
    let times = |more: f64, less: f64| {
        let ratio = brief(more / less);
        format!("{ratio} times fewer multiplications")
    };
    let modes = if r < f {
        format!("Reverse mode takes {} than forward mode.", times(f, r))
    } else if f < r {
        format!("Forward mode takes {} than reverse mode.", times(r, f))
    } else {
        "Forward and reverse mode take as many multiplications.".to_owned()
    };
    let least = r.min(f);
    if b < least {
        format!(
            "{modes} The best order takes {} than the better of both.",
            times(least, b)
        )
    } else {
        format!("{modes} No order takes fewer.")
    }
}

impl Way {
    fn new(sizes: &[usize], joins: &[Join]) -> Self {
        let products: Vec<Product> = joins
            .iter()
            .map(|join| Product::new(sizes, *join))
            .collect();
        let work = |p: &Product| p.rows as f64 * p.inner as f64 * p.columns as f64;
        let multiplications = products.iter().map(work).sum();
        let largest = products.iter().map(|p| p.rows as f64 * p.columns as f64);
        let formula = formula(sizes.len() - 1, joins);
        Self {
            text: formula.plain(),
            formula,
            cost: Cost::new(largest.fold(0.0, f64::max), multiplications),
            products,
        }
    }
}

impl Product {
    fn new(sizes: &[usize], Join { low, mid, high }: Join) -> Self {
        let (rows, inner, columns) = (sizes[high + 1], sizes[mid + 1], sizes[low]);
        let product = rows as f64 * inner as f64 * columns as f64;
        Self {
            low,
            mid,
            high,
            rows,
            inner,
            columns,
            work: format!("{rows} × {inner} × {columns} = {}", brief(product)),
        }
    }
}

/// `(J₃ J₂) J₁`: the factors with the parentheses of the products that were made.
fn formula(factors: usize, joins: &[Join]) -> Math {
    let mut parts: Vec<(usize, Math)> = (0..factors)
        .map(|at| (at, name(&format!("J{}", at + 1))))
        .collect();
    for (made, join) in joins.iter().enumerate() {
        let Some(right) = parts.iter().position(|part| part.0 == join.low) else {
            continue;
        };
        if right + 1 >= parts.len() {
            continue;
        }
        let (left, (low, inner)) = (parts.remove(right + 1).1, parts.remove(right));
        let product = row(vec![left, op("·"), inner]);
        let whole = made + 2 == factors;
        parts.insert(right, (low, if whole { product } else { parens(product) }));
    }
    parts.reverse();
    row(joined(parts.into_iter().map(|part| part.1), &op("·")))
}

impl Lesson {
    /// The chain from a drawn node to the output, if one path leads there and it is no longer
    /// than 12 gates.
    pub fn chained(&self, now: Now<'_>, node: usize) -> Option<Chained> {
        now.scene.nodes.get(node)?;
        let graph = &now.model.program.graph;
        let from = now.scene.graph_node(node);
        let output = now.scene.graph_node(now.scene.output);
        let nodes = match path(graph, from, output) {
            Ok(nodes) => nodes,
            Err(NoChain::Apart | NoChain::Branches(_) | NoChain::NotNext(..)) => return None,
        };
        if nodes.len() < 2 || nodes.len() > MOST + 1 {
            return None;
        }
        let size = |&x: &NodeId| graph.shape(x).iter().product();
        Some(Chained {
            names: nodes
                .iter()
                .map(|&x| self.names.operand(graph, x))
                .collect(),
            sizes: nodes.iter().map(size).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multiplications(sizes: &[usize]) -> [f64; 3] {
        let orders = orders(sizes, &[]).expect("a chain");
        [&orders.reverse, &orders.forward, &orders.best].map(|way| way.cost.multiplications)
    }

    /// The lecture's chain of four gates: a scalar loss wants reverse mode, one input and many
    /// outputs forward mode.
    #[test]
    fn a_scalar_loss_wants_reverse_mode_and_one_input_forward_mode() {
        let n = 100.0;
        assert_eq!(
            multiplications(&[100, 100, 100, 100, 1]),
            [3.0 * n * n, 2.0 * n * n * n + n * n, 3.0 * n * n]
        );
        assert_eq!(
            multiplications(&[1, 100, 100, 100, 100]),
            [2.0 * n * n * n + n * n, 3.0 * n * n, 3.0 * n * n]
        );
        let loss = orders(&[100, 100, 100, 100, 1], &[]).expect("a chain");
        assert_eq!(loss.reverse.text, "((J4·J3)·J2)·J1");
        assert_eq!(loss.forward.text, "J4·(J3·(J2·J1))");
        assert_eq!(loss.reverse.cost.work, "30000");
        assert_eq!(loss.formed, "117.6 KiB");
        assert_eq!(
            loss.said,
            "Reverse mode takes 67 times fewer multiplications than forward mode. \
             No order takes fewer."
        );
    }

    /// Through a bottleneck neither mode is the best.
    #[test]
    fn a_bottleneck_wants_another_order() {
        let [reverse, forward, best] = multiplications(&[100, 100, 2, 100, 100]);
        assert!(best < reverse.min(forward) / 10.0);
        assert_eq!(best, 100.0 * 100.0 * 2.0 * 2.0 + 100.0 * 2.0 * 100.0);
    }

    /// By hand every order can be made; the least of all is the best one.
    #[test]
    fn no_order_by_hand_takes_less_than_the_best() {
        for sizes in [
            &[3, 5, 2, 7, 1][..],
            &[1, 8, 3, 9, 4],
            &[6, 2, 6, 2, 6],
            &[4, 4],
        ] {
            let factors = sizes.len() - 1;
            let mut least = f64::INFINITY;
            let all: usize = (1..factors).product();
            for mut code in 0..all {
                let hand = (1..factors).rev().map(|gaps| {
                    let gap = code % gaps;
                    code /= gaps;
                    gap
                });
                let hand: Vec<usize> = hand.collect();
                let way = orders(sizes, &hand).expect("an order").hand;
                assert_eq!(way.products.len(), factors - 1);
                least = least.min(way.cost.multiplications);
            }
            assert_eq!(multiplications(sizes)[2], least, "{sizes:?}");
        }
    }

    #[test]
    fn what_is_no_chain_is_none() {
        assert_eq!(orders(&[3], &[]), None);
        assert_eq!(orders(&[3, 0, 1], &[]), None);
        assert_eq!(orders(&[3, 2, 1], &[1]), None);
        assert_eq!(orders(&[3, 2, 1], &[0, 0]), None);
        assert_eq!(orders(&[1; MOST + 2], &[]), None);
        assert!(orders(&[LARGEST; MOST + 1], &[]).is_some());
        assert_eq!(orders(&[LARGEST + 1, 2], &[]), None);
    }
}

//! What the chain rule costs along a path of gates, by the order of multiplying.
//!
//! For x0 → f1 → x1 → … → fn → L the derivative is Jn ⋯ J2 J1, and the product is
//! associative. From the loss's side it is reverse mode, from the input's side
//! forward mode; the best order is in general neither (Griewank and Walther,
//! *Evaluating Derivatives*, 2008, chapter 10). The factors come from
//! [`super::path`]; costs are `f64`, for they may exceed any integer.

use super::path::Factor;

/// Longest chain of which the best order is sought: that takes the cube of its length.
pub const MAX_ORDERED: usize = 200;

/// What a way of multiplying takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Additions and multiplications, each one.
    pub flops: f64,
    /// Numbers written, whether or not they could be dropped again: Jacobians
    /// that are formed and products.
    pub entries: f64,
}

impl Cost {
    fn plus(self, other: Self) -> Self {
        Self {
            flops: self.flops + other.flops,
            entries: self.entries + other.entries,
        }
    }

    /// Fewer flops, or as many and fewer entries.
    fn less(self, other: Self) -> bool {
        (self.flops, self.entries) < (other.flops, other.entries)
    }
}

/// The best order of multiplying.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Best {
    /// What it takes.
    pub cost: Cost,
    /// Its products, as they are made: of the factors `low..=mid`, on the input's
    /// side, and those after `mid` up to `high`, on the loss's side.
    pub joins: Vec<Join>,
}

/// A product of neighbouring products, by the indices of their factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// The first factor.
    pub low: usize,
    /// The last one of the right part, the input's side.
    pub mid: usize,
    /// The last factor.
    pub high: usize,
}

/// The orders of multiplying the factors of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Orders {
    /// From the loss's side: reverse mode.
    pub reverse: Cost,
    /// From the input's side: forward mode.
    pub forward: Cost,
    /// The best of all; none if the chain is longer than [`MAX_ORDERED`].
    pub best: Option<Best>,
}

/// The orders where every Jacobian is formed, dense, and multiplied as matrices.
/// A product of r × k and k × c takes 2 r k c flops and r c entries.
pub fn explicit(chain: &[Factor]) -> Orders {
    let formed = Cost {
        flops: 0.0,
        entries: chain.iter().map(|f| f.rows as f64 * f.columns as f64).sum(),
    };
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Orders::none();
    };
    let reverse = chain[..chain.len() - 1]
        .iter()
        .map(|f| (last.rows, f.rows, f.columns));
    let forward = chain[1..]
        .iter()
        .map(|f| (f.rows, f.columns, first.columns));
    let add = |sum: Cost, (r, k, c)| sum.plus(product(r, k, c));
    let best = best(
        chain,
        |_| Cost::default(),
        |left, right, l, r| {
            let dense = product(l[l.len() - 1].rows, l[0].columns, r[0].columns);
            left.plus(right).plus(dense)
        },
    );
    Orders {
        reverse: reverse.fold(formed, add),
        forward: forward.fold(formed, add),
        best: best.map(|best| Best {
            cost: best.cost.plus(formed),
            ..best
        }),
    }
}

/// The orders where no Jacobian is formed: operators are applied to the rows or
/// columns of what there is already, beginning with unit vectors. Reverse mode
/// sweeps once for every element of the result, forward mode once for every
/// element of the first operand. The best may also multiply two products.
pub fn implicit(chain: &[Factor]) -> Orders {
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Orders::none();
    };
    let (rows, columns) = (last.rows as f64, first.columns as f64);
    let reverse = chain.iter().map(|f| pulled(rows, f));
    let forward = chain.iter().map(|f| pushed(columns, f));
    let single = |f: &Factor| {
        let (by_rows, by_columns) = (pulled(f.rows as f64, f), pushed(f.columns as f64, f));
        if by_rows.less(by_columns) {
            by_rows
        } else {
            by_columns
        }
    };
    let best = best(chain, single, |left, right, l, r| {
        let dense = product(l[l.len() - 1].rows, l[0].columns, r[0].columns);
        let mut least = left.plus(right).plus(dense);
        if let [f] = l {
            let other = right.plus(pushed(r[0].columns as f64, f));
            least = if other.less(least) { other } else { least };
        }
        if let [f] = r {
            let other = left.plus(pulled(l[l.len() - 1].rows as f64, f));
            least = if other.less(least) { other } else { least };
        }
        least
    });
    Orders {
        reverse: reverse.fold(Cost::default(), Cost::plus),
        forward: forward.fold(Cost::default(), Cost::plus),
        best,
    }
}

impl Orders {
    fn none() -> Self {
        let zero = Cost::default();
        Self {
            reverse: zero,
            forward: zero,
            best: Some(Best::default()),
        }
    }
}

fn product(rows: usize, inner: usize, columns: usize) -> Cost {
    let entries = rows as f64 * columns as f64;
    Cost {
        flops: 2.0 * entries * inner as f64,
        entries,
    }
}

/// An operator applied to so many tangents.
fn pushed(count: f64, f: &Factor) -> Cost {
    Cost {
        flops: count * f.forward,
        entries: count * f.rows as f64,
    }
}

/// Its adjoint applied to so many cotangents.
fn pulled(count: f64, f: &Factor) -> Cost {
    Cost {
        flops: count * f.reverse,
        entries: count * f.columns as f64,
    }
}

/// The least cost over all ways to set the parentheses: the dynamic programme of
/// the matrix chain (Godbole, 1973), cubic in the length. `joined` costs the
/// product of a left part (the loss's side) and a right part from the costs of both.
fn best(
    chain: &[Factor],
    single: impl Fn(&Factor) -> Cost,
    joined: impl Fn(Cost, Cost, &[Factor], &[Factor]) -> Cost,
) -> Option<Best> {
    let n = chain.len();
    if n > MAX_ORDERED {
        return None;
    }
    // least[i][j]: of the factors i to j, both included, and where it is split.
    let mut least = vec![vec![(Cost::default(), 0); n]; n];
    for (i, factor) in chain.iter().enumerate() {
        least[i][i] = (single(factor), i);
    }
    for length in 2..=n {
        for i in 0..=n - length {
            let j = i + length - 1;
            let ways = (i..j).map(|k| {
                let (left, right) = (least[k + 1][j].0, least[i][k].0);
                (joined(left, right, &chain[k + 1..=j], &chain[i..=k]), k)
            });
            let way = ways.reduce(|a, b| if b.0.less(a.0) { b } else { a });
            least[i][j] = way.unwrap_or_default();
        }
    }
    let mut joins = Vec::new();
    let mut open = vec![(0, n - 1)];
    while let Some((low, high)) = open.pop() {
        if low < high {
            let mid = least[low][high].1;
            joins.push(Join { low, mid, high });
            open.extend([(low, mid), (mid + 1, high)]);
        }
    }
    // A product comes after those it is made of.
    joins.reverse();
    let cost = least[0][n - 1].0;
    Some(Best { cost, joins })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dense factors through the sizes, each applied as a matrix.
    fn through(sizes: &[usize]) -> Vec<Factor> {
        let pairs = sizes.windows(2);
        pairs
            .map(|pair| {
                let (columns, rows) = (pair[0], pair[1]);
                let flops = 2.0 * rows as f64 * columns as f64;
                Factor {
                    rows,
                    columns,
                    forward: flops,
                    reverse: flops,
                    described: rows as f64 * columns as f64,
                }
            })
            .collect()
    }

    fn cost(flops: f64, entries: f64) -> Cost {
        Cost { flops, entries }
    }

    fn cost_of(orders: &Orders) -> Cost {
        orders.best.as_ref().expect("a short chain").cost
    }

    /// A loss of a thousand numbers through a layer of a thousand.
    #[test]
    fn reverse_mode_suits_a_loss() {
        let orders = explicit(&through(&[1000, 1000, 1000, 1]));
        // Two Jacobians of a million entries and one of a thousand.
        let formed = 2_001_000.0;
        // 1 × 1000 by 1000 × 1000, twice.
        assert_eq!(orders.reverse, cost(4e6, formed + 2e3));
        // 1000 × 1000 by 1000 × 1000, then 1 × 1000 by that.
        assert_eq!(orders.forward, cost(2e9 + 2e6, formed + 1e6 + 1e3));
        assert_eq!(cost_of(&orders), orders.reverse);

        // Applied instead of formed: the thousand numbers of each gradient.
        let orders = implicit(&through(&[1000, 1000, 1000, 1]));
        assert_eq!(orders.reverse, cost(2e3 + 4e6, 3e3));
        assert_eq!(orders.forward, cost(1e3 * (4e6 + 2e3), 1e3 * 2001.0));
        assert_eq!(cost_of(&orders), orders.reverse);
    }

    #[test]
    fn forward_mode_suits_one_input() {
        let orders = explicit(&through(&[1, 100, 100, 100]));
        assert_eq!(orders.forward.flops, 4e4);
        assert_eq!(orders.reverse.flops, 2e6 + 2e4);
        assert_eq!(cost_of(&orders), orders.forward);
    }

    /// Narrow in the middle: each half is multiplied by itself, and then both.
    #[test]
    fn the_best_order_can_be_neither() {
        // 10 → 10 → 1 → 10 → 10: J4 (10 × 10), J3 (10 × 1), J2 (1 × 10), J1 (10 × 10).
        let orders = explicit(&through(&[10, 10, 1, 10, 10]));
        // From either side: two products through 10 × 10 × 10 or 10 × 1 × 10.
        assert_eq!(orders.reverse.flops, 200.0 + 200.0 + 2000.0);
        assert_eq!(orders.forward.flops, 200.0 + 200.0 + 2000.0);
        // (J4 J3) (J2 J1): 200 and 200, joined by 10 × 1 × 10.
        assert_eq!(cost_of(&orders).flops, 600.0);
        let joins = orders.best.expect("a short chain").joins;
        let joins: Vec<_> = joins.iter().map(|j| (j.low, j.mid, j.high)).collect();
        assert_eq!(joins, [(0, 0, 1), (2, 2, 3), (0, 1, 3)]);
    }

    #[test]
    fn the_best_is_never_worse() {
        let mut state = 7u64;
        let mut below = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n
        };
        for _ in 0..500 {
            let count = 2 + below(8) as usize;
            let sizes: Vec<usize> = (0..count).map(|_| 1 + below(30) as usize).collect();
            let mut chain = through(&sizes);
            for f in &mut chain {
                // Some are applied more cheaply than a dense matrix.
                f.forward /= 1.0 + below(20) as f64;
                f.reverse /= 1.0 + below(20) as f64;
            }
            for orders in [explicit(&chain), implicit(&chain)] {
                let best = cost_of(&orders).flops;
                assert!(best <= orders.reverse.flops * (1.0 + 1e-12), "{sizes:?}");
                assert!(best <= orders.forward.flops * (1.0 + 1e-12), "{sizes:?}");
            }
        }
    }

    #[test]
    fn sizes_may_be_huge() {
        let huge = usize::MAX / 2;
        let orders = explicit(&through(&[huge, huge, huge, 1]));
        assert!(orders.forward.flops > 1e55 && orders.forward.flops.is_finite());
        assert_eq!(explicit(&[]), implicit(&[]));
        let long = through(&vec![2; MAX_ORDERED + 2]);
        assert_eq!(explicit(&long).best, None);
    }
}

//! Linear operators as matrices: those of every operation and random ones, and
//! what their structure promises.

mod support;

use backflow_core::build::Builder;
use backflow_core::definition::linear::Linear;
use backflow_core::diff::path::flops;
use backflow_core::diff::structure::{Structure, structure};
use backflow_core::graph::{Graph, Origin};
use backflow_core::modes::column::column;
use backflow_core::modes::matrix::{Matrix, matrix};
use backflow_core::modes::{Along, Limits, Local, Run, jacobian, local};
use backflow_core::op::Op;
use backflow_core::shape::{Axes, Cut, Permutation};
use std::collections::BTreeMap;
use support::point::{at, node, ran};
use support::table::{Gate, all_cases, gate, name};
use support::{Ran, Random, assert_close, input};

/// Where a matrix can have entries.
fn pattern(matrix: &Matrix) -> Vec<(usize, usize)> {
    let rows = (0..matrix.rows).map(|i| matrix.row(i).iter().map(move |&(j, _)| (i, j)));
    rows.flatten().collect()
}

/// The most entries in any row, or by a key.
fn most<K: Ord>(pattern: &[(usize, usize)], key: impl Fn(&(usize, usize)) -> K) -> usize {
    let mut counts = BTreeMap::new();
    for place in pattern {
        *counts.entry(key(place)).or_insert(0) += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// The rows and columns of each part of a matrix that shares neither with another.
fn parts(pattern: &[(usize, usize)], rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let mut part: Vec<usize> = (0..rows + columns).collect();
    loop {
        let before = part.clone();
        for &(i, j) in pattern {
            let least = part[i].min(part[rows + j]);
            part[i] = least;
            part[rows + j] = least;
        }
        if part == before {
            break;
        }
    }
    let mut sizes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (at, part) in part.into_iter().enumerate() {
        let size = sizes.entry(part).or_default();
        if at < rows { size.0 += 1 } else { size.1 += 1 }
    }
    sizes.into_values().collect()
}

/// Fails unless the numbers are as the structure promises.
fn keeps_its_promise(what: &str, structure: Structure, matrix: &Matrix) {
    let places = pattern(matrix);
    let ones = (0..matrix.rows).all(|i| matrix.row(i).iter().all(|entry| entry.1 == 1.0));
    let (in_a_row, in_a_column) = (most(&places, |p| p.0), most(&places, |p| p.1));
    let square = matrix.rows == matrix.columns;
    let kept = match structure {
        Structure::Zero => matrix.is_empty(),
        Structure::Identity => {
            square && ones && places == (0..matrix.rows).map(|i| (i, i)).collect::<Vec<_>>()
        }
        Structure::Diagonal => square && places.iter().all(|(i, j)| i == j),
        Structure::Permutation => {
            square && ones && in_a_row <= 1 && in_a_column <= 1 && matrix.len() == matrix.rows
        }
        Structure::Selection => ones && in_a_row <= 1 && in_a_column <= 1,
        Structure::Sum => ones && in_a_column <= 1,
        Structure::Broadcast => ones && in_a_row <= 1,
        Structure::Block {
            count,
            rows,
            columns,
        } => {
            let whole = (rows * count, columns * count) == (matrix.rows, matrix.columns);
            let parts = parts(&places, matrix.rows, matrix.columns);
            let fits = parts.iter().all(|part| part.0 <= rows && part.1 <= columns);
            whole && count > 1 && fits && parts.len() >= count
        }
        Structure::Triangular { upper } => {
            square
                && places
                    .iter()
                    .all(|(i, j)| if upper { i <= j } else { i >= j })
        }
        // It promises nothing.
        Structure::Dense => true,
    };
    assert!(kept, "{what} is not {structure}: {matrix:?}");
}

/// A column by itself has the matrix's numbers, and the same structural zeros.
fn is_the_column(what: &str, got: &[(usize, f64)], matrix: &Matrix, j: usize) {
    let entry = |i: usize| matrix.row(i).iter().find(|entry| entry.0 == j);
    let expected = (0..matrix.rows).filter_map(|i| Some((i, entry(i)?.1)));
    let expected: Vec<(usize, f64)> = expected.collect();
    let places = |list: &[(usize, f64)]| list.iter().map(|e| e.0).collect::<Vec<_>>();
    assert_eq!(places(got), places(&expected), "{what}");
    for (got, expected) in got.iter().zip(&expected) {
        assert_close(what, got.1, expected.1, 0.0, 1e-13);
    }
}

/// The operator of every slot as a matrix is what unit vectors give, and has the
/// structure that its kind promises.
#[test]
fn local_jacobians_are_those_by_sweeps() {
    let mut random = Random(11);
    let mut seen = BTreeMap::new();
    for case in all_cases() {
        let Gate { graph, operands, y } = gate(&case, &mut random);
        let run = Ran::new(&graph);
        for (slot, &x) in operands.iter().enumerate() {
            let what = format!("{} by operand {slot}", name(case.op));
            let run = at(&graph, &run);
            let found = local(run, y, slot, Limits::default());
            let swept = jacobian(run, y, x, Limits::default()).expect("a small matrix");
            assert_eq!(found.out_shape, swept.out_shape, "{what}");
            assert_eq!(found.in_shape, swept.in_shape, "{what}");
            let matrix = found.matrix.expect("a small matrix");
            assert_eq!(
                (matrix.rows, matrix.columns),
                (swept.rows(), swept.columns())
            );
            for (&got, &expected) in matrix.dense().iter().zip(&swept.entries) {
                assert_close(&what, got, expected, 0.0, 1e-14);
            }
            let along = Along::new(run, &[(y, slot)]).expect("a small tape");
            let along = along.expect("one gate");
            for j in 0..matrix.columns {
                is_the_column(&what, &along.column(j), &matrix, j);
            }
            if matrix.rows * matrix.columns > 0 {
                // No rule has a structure that goes without a name.
                let full = matrix.len() == matrix.rows * matrix.columns;
                assert!(
                    full || found.structure != Structure::Dense,
                    "{what}: {matrix:?}"
                );
                keeps_its_promise(&what, found.structure, &matrix);
                seen.entry(found.structure.name()).or_insert(what);
            }
        }
    }
    let names: Vec<&str> = seen.into_keys().collect();
    let all = [
        "block",
        "broadcast",
        "dense",
        "diagonal",
        "identity",
        "lower triangular",
        "permutation",
        "selection",
        "sum",
        "upper triangular",
        "zero",
    ];
    assert_eq!(names, all);
}

/// The names of the lecture's gates.
#[test]
fn structures_of_gates() {
    let (model, arena) = ran(
        "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\n\
         y = x @ w\nr = relu(y)\ns = sum(r)\nc = r + s\nm = r.mean(axis=1)\no = r ** 0\nf = sum(c * c) + sum(m)",
    );
    let run = Run::of(&model, &arena);
    let of = |name: &str, slot| {
        let Local { structure, .. } = local(run, node(&model, name), slot, Limits::default());
        structure.to_string()
    };
    // Row r of y is row r of x times w; column c is x times column c of w.
    assert_eq!(of("y", 0), "2 blocks of 4 × 3");
    assert_eq!(of("y", 1), "4 blocks of 2 × 3");
    assert_eq!(of("r", 0), "diagonal");
    assert_eq!(of("s", 0), "rows of ones");
    assert_eq!(of("c", 0), "identity");
    assert_eq!(of("m", 0), "2 blocks of 1 × 4");
    // The exponent is known, and so is that the power is constant.
    assert_eq!(of("o", 0), "zero");
    let spread = run.graph.operand(node(&model, "c"), 1);
    let found = local(run, spread, 0, Limits::default()).structure;
    assert_eq!(found.to_string(), "columns of ones");
}

/// A layer as wide as the lecture's, which must stay implicit.
#[test]
fn a_wide_layer_stays_implicit() {
    let mut graph = Graph::default();
    let x = input(&mut graph, &[64, 1024], vec![0.5; 64 * 1024]);
    let w = input(&mut graph, &[1024, 1024], vec![0.5; 1024 * 1024]);
    let shape = graph.node(x).shape;
    let y = graph.push(Op::Matmul, shape, &[x, w], Origin::default());
    let scalar = graph.shapes.intern(&[]);
    let loss = graph.push(Op::Sum(Axes::all(2)), scalar, &[y], Origin::default());
    let ran = Ran::new(&graph);
    let run = at(&graph, &ran);
    let found = local(run, y, 0, Limits::default());
    assert_eq!(found.structure.to_string(), "64 blocks of 1024 × 1024");
    let error = found.matrix.expect_err("a large matrix").to_string();
    assert!(error.contains("4,294,967,296 entries, 32 GiB"), "{error}");
    let error = jacobian(run, y, x, Limits::default()).expect_err("a large matrix");
    assert!(error.to_string().contains("32 GiB"), "{error}");
    // One row is no more than a gradient.
    let row = jacobian(run, loss, x, Limits::default()).expect("one row");
    assert!(row.entries.iter().all(|&entry| entry == 512.0));
}

#[test]
fn infinite_local_derivatives_stay_apart() {
    let (model, arena) = ran("x = [0, 4]\ny = sqrt(x)\nf = sum(y)");
    let run = Run::of(&model, &arena);
    let found = local(run, node(&model, "y"), 0, Limits::default());
    let matrix = found.matrix.expect("a small matrix");
    assert_eq!(matrix.dense(), [f64::INFINITY, 0.0, 0.0, 0.25]);
}

/// Each slot of x · x has a Jacobian of its own; that of the gate is their sum.
#[test]
fn an_operand_in_two_slots() {
    let (model, arena) = ran("x = [1, 2]\ny = x * x");
    let run = Run::of(&model, &arena);
    let (y, x) = (node(&model, "y"), node(&model, "x"));
    for slot in [0, 1] {
        let matrix = local(run, y, slot, Limits::default())
            .matrix
            .expect("a small matrix");
        assert_eq!(matrix.dense(), [1.0, 0.0, 0.0, 2.0]);
    }
    let whole = jacobian(run, y, x, Limits::default()).expect("a small matrix");
    assert_eq!(whole.entries, [2.0, 0.0, 0.0, 4.0]);
}

/// A random operator on values of a shape, of some steps, and the shape it gives.
fn random_operator(
    graph: &mut Graph,
    random: &mut Random,
    from: &[usize],
    steps: usize,
) -> (Linear, Vec<usize>) {
    let (mut whole, mut shape) = (Linear::Identity, from.to_vec());
    for _ in 0..steps {
        let (step, next) = random_step(graph, random, &shape);
        whole = whole.then(step);
        shape = next;
    }
    (whole, shape)
}

fn random_step(graph: &mut Graph, random: &mut Random, from: &[usize]) -> (Linear, Vec<usize>) {
    let rank = from.len();
    let own = graph.shapes.intern(from);
    // What needs two axes comes last.
    match random.below(if rank < 2 { 8 } else { 11 }) {
        0 => {
            let value = random.direction(from.iter().product());
            (Linear::Scale(input(graph, from, value)), from.to_vec())
        }
        1 => {
            let part = |_| f64::from(u8::from(random.below(2) == 0));
            let value = (0..from.iter().product::<usize>()).map(part).collect();
            (Linear::Mask(input(graph, from, value)), from.to_vec())
        }
        2 => (Linear::Negate, from.to_vec()),
        3 => {
            let axes: Axes = (0..rank).filter(|_| random.below(2) == 0).collect();
            let kept = (0..rank).filter(|&axis| !axes.contains(axis));
            let to = kept.map(|axis| from[axis]).collect();
            (Linear::Sum(axes, own), to)
        }
        4 => {
            let (axis, size) = (random.below(rank + 1), 1 + random.below(3));
            let mut to = from.to_vec();
            to.insert(axis, size);
            let shape = graph.shapes.intern(&to);
            (Linear::Broadcast([axis].into_iter().collect(), shape), to)
        }
        5 => {
            // Two neighbours become one, or the last axis two.
            let mut to = from.to_vec();
            match to.pop() {
                Some(last) if random.below(2) == 0 && !to.is_empty() => {
                    *to.last_mut().expect("an axis") *= last;
                }
                Some(last) if last % 2 == 0 => to.extend([2, last / 2]),
                last => to.extend([1].into_iter().chain(last)),
            }
            let shape = graph.shapes.intern(&to);
            (Linear::Reshape(own, shape), to)
        }
        6 => {
            let cut = |&size: &usize| match random.below(3) {
                0 => Cut::whole(size),
                1 => Cut::run(size / 2, size - size / 2),
                _ => Cut {
                    start: size - 1,
                    step: -1,
                    count: size,
                },
            };
            let cuts: Vec<Cut> = from.iter().map(cut).collect();
            let to = cuts.iter().map(|cut| cut.count).collect();
            (Linear::Slice(graph.shapes.intern_cuts(&cuts), own), to)
        }
        7 => {
            let cut = |&size: &usize| Cut {
                start: random.below(2),
                step: 1 + random.below(2).cast_signed(),
                count: size,
            };
            let cuts: Vec<Cut> = from.iter().map(cut).collect();
            let to: Vec<usize> = cuts
                .iter()
                .map(|cut| cut.place(cut.count - 1) + 1)
                .collect();
            let shape = graph.shapes.intern(&to);
            (Linear::Scatter(graph.shapes.intern_cuts(&cuts), shape), to)
        }
        8 => {
            if random.below(2) == 0 {
                let mut to = from.to_vec();
                to.swap(rank - 1, rank - 2);
                return (Linear::Permute(Permutation::TRANSPOSE), to);
            }
            let mut order: Vec<usize> = (0..rank).collect();
            for i in (1..rank).rev() {
                order.swap(i, random.below(i + 1));
            }
            let to = order.iter().map(|&axis| from[axis]).collect();
            (Linear::Permute(graph.shapes.intern_permutation(&order)), to)
        }
        side => {
            // A factor of its own for every repeat.
            let (mut to, mut factor) = (from.to_vec(), from.to_vec());
            let size = 1 + random.below(3);
            if side == 9 {
                (factor[rank - 2], factor[rank - 1]) = (size, from[rank - 2]);
                to[rank - 2] = size;
            } else {
                (factor[rank - 2], factor[rank - 1]) = (from[rank - 1], size);
                to[rank - 1] = size;
            }
            let value = random.direction(factor.iter().product());
            let factor = input(graph, &factor, value);
            if side == 9 {
                (Linear::LeftProduct(factor), to)
            } else {
                (Linear::RightProduct(factor), to)
            }
        }
    }
}

/// The matrix of any operator is what it makes of unit vectors, that of its
/// adjoint is its transpose, and both are as their structure promises. Applying
/// the adjoint costs what is counted for it.
#[test]
fn random_operators_are_their_matrices() {
    let mut random = Random(13);
    let mut seen = BTreeMap::new();
    for _ in 0..2000 {
        let mut graph = Graph::default();
        let from: Vec<usize> = (0..random.below(4)).map(|_| 1 + random.below(3)).collect();
        let steps = 1 + random.below(4);
        let (mut operator, to) = random_operator(&mut graph, &mut random, &from, steps);
        if random.below(3) == 0 {
            // A sum needs the same shapes.
            let value = random.direction(to.iter().product());
            let other = Linear::Scale(input(&mut graph, &to, value));
            operator = operator.clone().plus(operator.then(other));
        }
        let what = format!("{operator:?} on {from:?}");
        let (n, m) = (from.iter().product(), to.iter().product());
        let u = input(&mut graph, &from, vec![0.0; n]);
        let mut b = Builder::new(&mut graph);
        let image = operator.apply(&mut b, u).expect("not zero");
        let adjoint = operator.clone().adjoint(&mut b);
        let mut ran = Ran::new(&graph);
        let mut swept = vec![vec![0.0; n]; m];
        for j in 0..n {
            let seed = ran.plan.offset(u);
            ran.arena[seed..seed + n].fill(0.0);
            ran.arena[seed + j] = 1.0;
            ran.plan.run(&mut ran.arena);
            for (row, &value) in swept.iter_mut().zip(ran.value(image)) {
                row[j] = value;
            }
        }
        let run = at(&graph, &ran);
        let most = u128::MAX;
        let (found, shape) = matrix(run, &operator, &from, most).expect("a small matrix");
        assert_eq!((&shape, found.rows, found.columns), (&to, m, n), "{what}");
        let (turned, shape) = matrix(run, &adjoint, &to, most).expect("a small matrix");
        assert_eq!(
            (&shape, turned.rows, turned.columns),
            (&from, n, m),
            "{what}"
        );
        let (dense, turned_dense) = (found.dense(), turned.dense());
        for (i, row) in swept.iter().enumerate() {
            for (j, &expected) in row.iter().enumerate() {
                assert_close(&what, dense[i * n + j], expected, 0.0, 1e-14);
                assert_close(&what, turned_dense[j * m + i], expected, 0.0, 1e-14);
            }
        }
        for j in 0..n {
            let (got, shape) = column(run, &operator, &from, vec![(j, 1.0)]);
            assert_eq!(shape, to, "{what}");
            is_the_column(&what, &got, &found, j);
        }
        let (looks, _) = structure(&graph, &operator, &from);
        keeps_its_promise(&what, looks, &found);
        let (turned_looks, _) = structure(&graph, &adjoint, &to);
        keeps_its_promise(&what, turned_looks, &turned);
        *seen.entry(looks.name()).or_insert(0) += 1;
        for flag in [false, true] {
            let (one, other) = (
                flops(&graph, &operator, &from, flag),
                flops(&graph, &adjoint, &to, !flag),
            );
            assert_eq!(one, other, "{what}");
        }
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
}

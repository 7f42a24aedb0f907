//! The Jacobian lens: the lecture's numbers, every operation by matrix and by rule, what
//! it says of many gates, and that nothing it is asked breaks it.

mod support;

use backflow_core::lesson::{Lens, Slice, Whole, sizes};
use backflow_core::view::View;
use support::programs::programs;
use support::taught::Taught;
use support::{Random, assert_close};

/// A program run with an upstream gradient.
fn taught(source: &str, upstream: &[f64]) -> Taught {
    let mut taught = Taught::new(source);
    let start = taught.scene.upstream;
    taught.arena[start..start + upstream.len()].copy_from_slice(upstream);
    taught.model.plan.run(&mut taught.arena);
    taught
}

fn wire(taught: &Taught, from: &str, to: &str) -> usize {
    let (from, to) = (taught.place(from), taught.place(to));
    let mut wires = taught.scene.wires.iter();
    let found = wires.position(|wire| wire.from == from && wire.to == Some(to));
    found.expect("a wire")
}

fn lens_at(taught: &mut Taught, from: &str, to: &str, step: usize) -> Lens {
    let wire = wire(taught, from, to);
    let lens = taught.ask(|lesson, now| lesson.lens_of_wire(now, wire, step));
    lens.expect("a lens")
}

fn lens(source: &str, upstream: &[f64], from: &str, to: &str) -> Lens {
    lens_at(&mut taught(source, upstream), from, to, usize::MAX)
}

fn pair(taught: &mut Taught, out: &str, by: &str) -> Lens {
    let (out, by) = (taught.place(out), taught.place(by));
    let lens = taught.ask(|lesson, now| lesson.lens_of_pair(now, out, by, usize::MAX));
    lens.expect("a lens")
}

fn rule(lens: &Lens) -> Vec<&str> {
    lens.rule.iter().map(|line| line.text.as_str()).collect()
}

const MATMUL: &str = "x = [[2, 1, -3], [-3, 4, 2]]
w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
y = x @ w";
const UPSTREAM: [f64; 8] = [2.0, 3.0, -3.0, 9.0, -8.0, 1.0, 4.0, 6.0];

#[test]
fn relu_is_diagonal() {
    let source = "x = [1, -2, 3, -1]\nz = relu(x)";
    let lens = lens(source, &[4.0, -1.0, 5.0, 9.0], "x", "z");
    assert_eq!(lens.title.plain(), "∂z/∂x");
    assert_eq!(lens.text, "d z by d x");
    assert_eq!((lens.rows, lens.columns), (4, 4));
    assert_eq!(lens.row_names, ["z[0]", "z[1]", "z[2]", "z[3]"]);
    assert_eq!(lens.column_names, ["x[0]", "x[1]", "x[2]", "x[3]"]);
    assert_eq!(lens.structure, "diagonal");
    let why = "each element of z depends on the element of x at the same place only";
    assert_eq!(lens.why, why);
    let mut diagonal = [0.0; 16];
    (diagonal[0], diagonal[10]) = (1.0, 1.0);
    assert_eq!(lens.entries.as_deref(), Some(&diagonal[..]));
    let off: Vec<bool> = (0..16).map(|at| at % 5 != 0).collect();
    assert_eq!(lens.zeros, Some(off));
    let expected = Some(vec![4.0, 0.0, 5.0, 0.0]);
    assert_eq!(lens.upstream, Some(vec![4.0, -1.0, 5.0, 9.0]));
    assert_eq!((&lens.explicit, &lens.implicit), (&expected, &expected));
    assert_eq!((lens.difference, lens.too_large.clone()), (Some(0.0), None));
    let by_element = "(∂L/∂x)_i = (∂L/∂z)_i if x_i > 0, else 0";
    assert_eq!(rule(&lens), ["∂L/∂x = ∂L/∂z ⊙ [x > 0]", by_element]);
    // 16 entries against 4 multiplications by the mask.
    assert_eq!(lens.by_matrix.memory, "64 bytes");
    let work = [&lens.by_matrix, &lens.by_rule].map(|cost| cost.multiplications);
    assert_eq!(work, [16.0, 4.0]);
}

#[test]
fn a_product_repeats_its_other_factor() {
    let mut taught = taught(MATMUL, &UPSTREAM);
    let lens = lens_at(&mut taught, "x", "y", usize::MAX);
    assert_eq!(lens.structure, "2 blocks of 4 × 3: wᵀ, repeated 2 times");
    let why = "row i of y depends on row i of x only, and always through wᵀ";
    assert_eq!(lens.why, why);
    let entries = lens.entries.as_ref().expect("a small matrix");
    let turned = [
        [3.0, 2.0, 3.0],
        [2.0, 1.0, 2.0],
        [1.0, 3.0, 1.0],
        [-1.0, 2.0, -2.0],
    ];
    for (row, entries) in entries.chunks(6).enumerate() {
        let mut expected = [0.0; 6];
        expected[row / 4 * 3..][..3].copy_from_slice(&turned[row % 4]);
        assert_eq!(entries, expected);
    }
    assert_eq!(
        lens.explicit,
        Some(vec![0.0, 16.0, -9.0, -24.0, 9.0, -30.0])
    );
    assert_eq!(
        (&lens.explicit, lens.difference),
        (&lens.implicit, Some(0.0))
    );
    let by_element = "(∂L/∂x)_ik = Σ_j(∂L/∂y)_ij·w_kj";
    assert_eq!(rule(&lens), ["∂L/∂x = (∂L/∂y) wᵀ", by_element]);
    // [8 × 6] against 2 · 3 · 4.
    let work = [&lens.by_matrix, &lens.by_rule].map(|cost| (cost.entries, cost.multiplications));
    assert_eq!(work, [(48.0, 48.0), (6.0, 24.0)]);

    let lens = lens_at(&mut taught, "w", "y", usize::MAX);
    assert_eq!(lens.structure, "4 blocks of 2 × 3: x, repeated 4 times");
    let why = "column j of y depends on column j of w only, and always through x";
    assert_eq!(lens.why, why);
    let by_element = "(∂L/∂w)_kj = Σ_ix_ik·(∂L/∂y)_ij";
    assert_eq!(rule(&lens), ["∂L/∂w = xᵀ (∂L/∂y)", by_element]);
    assert_eq!(lens.difference, Some(0.0));
}

/// The matrix that is said to repeat does, in stacks and of vectors too.
#[test]
fn factors_repeat_as_they_are_said_to() {
    let x = "x = [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [1, 3, 5]]]\n";
    let w = "w = [[1, 2], [3, 4], [5, 6]]\ny = x @ w";
    let source = [x, w].concat();
    for (from, structure) in [
        ("x", "4 blocks of 2 × 3: wᵀ, repeated 4 times"),
        (
            "w",
            "2 blocks of 4 × 3: the sheets of x, one below the other, repeated 2 times",
        ),
    ] {
        let lens = lens(&source, &[], from, "y");
        assert_eq!((&*lens.structure, lens.difference), (structure, Some(0.0)));
    }
    for (source, from, structure) in [
        (
            "x = [1, 2]\nw = [[1, 2], [3, 4]]\ny = x @ w",
            "x",
            "dense: wᵀ itself",
        ),
        (
            "x = [1, 2]\nw = [[1, 2], [3, 4]]\ny = x @ w",
            "w",
            "2 blocks of 1 × 2: x, repeated 2 times",
        ),
        (
            "x = [1, 2]\nw = [3, 4]\ny = x @ w",
            "w",
            "a dense row: x itself",
        ),
        (
            "w = [[1, 2], [3, 4]]\nx = [1, 2]\ny = w @ x",
            "w",
            "2 blocks of 1 × 2: xᵀ, repeated 2 times",
        ),
    ] {
        assert_eq!(
            lens(source, &[], from, "y").structure,
            structure,
            "{source}"
        );
    }
}

#[test]
fn softmax_is_dense() {
    let source = "x = [1, 2, 3]\np = softmax(x)";
    let lens = lens(source, &[2.0, 3.0, -3.0], "x", "p");
    assert_eq!(lens.structure, "dense");
    assert_eq!(lens.why, "every output of a softmax depends on every input");
    let total: f64 = [1.0, 2.0, 3.0].map(f64::exp).iter().sum();
    let p = [1.0, 2.0, 3.0].map(|x: f64| x.exp() / total);
    let entries = lens.entries.as_ref().expect("a small matrix");
    for (at, &entry) in entries.iter().enumerate() {
        let (i, j) = (at / 3, at % 3);
        let expected = p[i] * (f64::from(u8::from(i == j)) - p[j]);
        assert_close("∂p/∂x", entry, expected, 0.0, 1e-15);
    }
    assert_eq!(lens.zeros, Some(vec![false; 9]));
    assert!(lens.difference.is_some_and(|apart| apart < 1e-15));
    let whole = "∂L/∂x = p ⊙ (∂L/∂p − Σ(∂L/∂p ⊙ p))";
    let by_element = "(∂L/∂x)_i = p_i·((∂L/∂p)_i − Σ_j(∂L/∂p)_j·p_j)";
    assert_eq!(rule(&lens), [whole, by_element]);
    assert_eq!(lens.by_rule.multiplications, 6.0);

    let rows = "x = [[1, 2], [3, 4]]\np = softmax(x, axis=1)";
    let lens = lens_at(
        &mut taught(rows, &[1.0, 2.0, 3.0, 4.0]),
        "x",
        "p",
        usize::MAX,
    );
    assert_eq!(lens.structure, "2 blocks of 2 × 2");
    let why = "every output of a softmax depends on every input along axis 1, and on no other";
    assert_eq!(lens.why, why);
}

#[test]
fn structures_have_names() {
    for (source, from, to, structure) in [
        ("x = [1, 2, 3]\ny = sum(x)", "x", "y", "a row of ones"),
        (
            "x = [[1, 2], [3, 4]]\ny = sum(x, axis=0)",
            "x",
            "y",
            "rows of ones",
        ),
        (
            "x = [1, 2]\ny = mean(x)",
            "x",
            "y",
            "a row of equal entries",
        ),
        ("x = [1, 2]\ny = max(x)", "x", "y", "a dense row"),
        ("x = [1, 2]\ny = x + 1", "x", "y", "identity"),
        ("x = 2\ny = x * x + 1", "x", "y:mul", "a single number"),
        ("x = [1, 2]\ny = detach(x) * x", "x", "y:detach", "zero"),
        ("x = [1, 2]\nb = 3\ny = x + b", "b", "y", "a column of ones"),
        ("x = [[1, 2], [3, 4]]\ny = x.T", "x", "y", "permutation"),
        ("x = [1, 2, 3]\ny = x[1:]", "x", "y", "selection"),
    ] {
        assert_eq!(lens(source, &[], from, to).structure, structure, "{source}");
    }
    let copied = lens("x = [[1, 2], [3, 4]]\nb = [1, 2]\ny = x * b", &[], "b", "y");
    let why = "each element of y depends only on the element of b that was copied to its place; \
               b is copied along axis 0, so a column has the entries of all its copies";
    assert_eq!(
        (&*copied.why, &*copied.structure),
        (why, "2 blocks of 2 × 1")
    );
    let by_element = "(∂L/∂b)_j = Σ_i(∂L/∂y)_ij·x_ij";
    assert_eq!(rule(&copied), ["∂L/∂b = Σ(∂L/∂y ⊙ x)", by_element]);
}

/// The lecture's layer.
#[test]
fn a_wide_layer_takes_what_it_takes() {
    let found = sizes(64, 4096, 4096).expect("a layer");
    assert_eq!(found.by_matrix.memory, "256 GiB");
    assert_eq!(found.by_matrix.entries, 262_144.0 * 262_144.0);
    assert_eq!(found.by_matrix.work, "6.87 × 10¹⁰");
    assert_eq!(found.by_rule.memory, "1 MiB");
    assert_eq!(found.by_rule.multiplications, 64.0 * 4096.0 * 4096.0);
    let lines: Vec<&str> = found.lines.iter().map(|line| &*line.text).collect();
    assert_eq!(
        lines,
        [
            "y [64 × 4096] = x [64 × 4096] w [4096 × 4096]",
            "∂y/∂x is [262144 × 262144]: 256 GiB of 4-byte numbers",
            "∂L/∂x [64 × 4096] = (∂L/∂y) [64 × 4096] wᵀ [4096 × 4096]",
        ]
    );
    assert_eq!(sizes(0, 1, 1).or(sizes(1, 0, 1)).or(sizes(1, 1, 0)), None);
    let most = sizes(usize::MAX, usize::MAX, usize::MAX).expect("a layer");
    assert!(most.by_matrix.entries.is_finite() && most.by_matrix.memory.ends_with(" EiB"));
}

#[test]
fn what_is_large_is_not_formed() {
    let source = format!(
        "x = [{}]\nw = [[1, 2], [3, 4]]\ny = x @ w",
        "[1, 2],".repeat(65)
    );
    let lens = lens(&source, &[], "x", "y");
    assert_eq!((lens.rows, lens.columns), (130, 130));
    assert_eq!(
        (&lens.entries, &lens.zeros, &lens.explicit),
        (&None, &None, &None)
    );
    assert!(lens.row_names.is_empty() && lens.implicit.is_some());
    let said = "130 × 130 = 16,900 entries, 66 KiB of 4-byte numbers: not formed";
    assert_eq!(lens.too_large.as_deref(), Some(said));
    assert_eq!(lens.structure, "65 blocks of 2 × 2: wᵀ, repeated 65 times");
}

#[test]
fn numbers_come_with_the_steps() {
    let mut taught = taught(MATMUL, &UPSTREAM);
    let node = &taught.scene.nodes[taught.place("y")];
    let [forward, base] = [node.forward, node.backward];
    let back = taught.scene.wires[0].backward;
    let mut known = |step| {
        let lens = lens_at(&mut taught, "x", "y", step);
        assert!(lens.zeros.is_some() && lens.row_names.len() == 8);
        [lens.entries, lens.upstream, lens.explicit, lens.implicit].map(|v| v.is_some())
    };
    assert_eq!(known(forward - 1), [false; 4]);
    assert_eq!(known(forward), [true, false, false, false]);
    assert_eq!(known(base), [true, true, true, false]);
    assert_eq!(known(back), [true; 4]);
}

#[test]
fn pairs_go_through_every_path() {
    let source = "x = [[1, 2], [3, -4]]\nw = [[1, -2], [3, 4]]\ns = x @ w\nh = relu(s)\n\
                  y = h + x\nL = sum(y * y)";
    let mut taught = taught(source, &[]);
    let lens = pair(&mut taught, "y", "x");
    assert_eq!(lens.structure, "2 blocks of 2 × 2");
    assert_eq!(lens.why, "row i of y depends on row i of x only");
    assert!(lens.difference.is_some_and(|apart| apart < 1e-12));
    assert_eq!(
        rule(&lens),
        [
            "∂L/∂x through y comes back gate by gate, and no matrix is formed",
            "through 3 gates: +, relu, @",
        ]
    );
    // The product's 8 and the mask's 4; of h, s and x the gradients.
    assert_eq!(
        (lens.by_rule.multiplications, lens.by_rule.entries),
        (12.0, 12.0)
    );

    // Of the output it is the gradient.
    let place = taught.place("x");
    let whole = pair(&mut taught, "L", "x");
    let start = taught.scene.nodes[place].gradient;
    assert_eq!(
        whole.implicit.as_deref(),
        Some(&taught.arena[start..start + 4])
    );
    assert!(whole.difference.is_some_and(|apart| apart < 1e-12));
    assert_eq!(whole.structure, "a dense row");

    let direct = pair(&mut taught, "h", "s");
    assert_eq!(direct.structure, "diagonal");
    assert_eq!(direct.rule[0].text, "∂L/∂s = ∂L/∂h ⊙ [s > 0]");
    let same = pair(&mut taught, "h", "h");
    assert_eq!((&*same.structure, &*same.why), ("identity", "h is h"));
    assert_eq!(same.implicit, same.upstream);
    let none = pair(&mut taught, "x", "y");
    assert_eq!((&*none.structure, none.difference), ("zero", Some(0.0)));
    assert_eq!(
        none.why,
        "no path that lets a gradient through leads from y to x"
    );
}

/// Copies and closed boxes, which no gate of the graph stands for.
#[test]
fn copies_and_boxes_have_jacobians() {
    let source = "x = [1, -2]\nw = [3, 4]\nfor i in range(1):\n    a = x * w\n    \
                  b = relu(a) + x\nL = sum(a * b + x)";
    let view = View {
        closed: vec!["i=0".to_owned()],
        copies: true,
        ..View::default()
    };
    let mut seen = [0, 0];
    for view in [view, View::default()] {
        let mut taught = Taught::viewed(source, &view);
        for wire in 0..taught.scene.wires.len() {
            let Some(to) = taught.scene.wires[wire].to else {
                continue;
            };
            let lens = taught.ask(|lesson, now| lesson.lens_of_wire(now, wire, usize::MAX));
            let lens = lens.expect("a lens");
            assert!(
                lens.difference.is_some_and(|apart| apart < 1e-12),
                "{lens:?}"
            );
            let kind = format!("{:?}", taught.scene.nodes[to].kind);
            if kind == "Box" {
                // Both values that it hands on, one below the other.
                assert_eq!(
                    (lens.rows, lens.structure.as_str()),
                    (4, "diagonal above diagonal")
                );
                seen[0] += 1;
            } else if kind == "Copy" {
                assert_eq!(lens.structure, "identity");
                seen[1] += 1;
            }
            let slice = taught.ask(|lesson, now| lesson.slice(now, wire, 1, usize::MAX));
            if let Some(slice) = slice {
                let downstream = slice.downstream.expect("a gradient");
                assert_close(
                    "a slice",
                    slice.result.expect("it"),
                    downstream[1],
                    0.0,
                    1e-12,
                );
            }
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

/// Every operation and slot: the matrix gives what the rule gives, zeros are zero, and the
/// slices of all elements are the gradient.
#[test]
fn matrix_rule_and_slices_agree() {
    let (mut seen, mut left_out) = (0, 0);
    for source in programs(&mut Random(23)) {
        let mut taught = Taught::new(&source);
        for wire in 0..taught.scene.wires.len() {
            if taught.scene.wires[wire].to.is_none() {
                continue;
            }
            let lens = taught.ask(|lesson, now| lesson.lens_of_wire(now, wire, usize::MAX));
            let lens = lens.unwrap_or_else(|| panic!("{source}"));
            let explicit = lens.explicit.as_ref().unwrap_or_else(|| panic!("{source}"));
            let Some(implicit) = &lens.implicit else {
                // What is behind takes no gradient, so the backward pass leaves it out.
                let from = &taught.scene.nodes[taught.scene.wires[wire].from];
                assert_eq!(from.gradient, taught.model.plan.zeros(), "{source}");
                left_out += 1;
                continue;
            };
            let entries = lens.entries.as_ref().expect("a small matrix");
            let zeros = lens.zeros.as_ref().expect("a small matrix");
            for (&entry, &zero) in entries.iter().zip(zeros) {
                assert!(!zero || entry == 0.0, "{source}");
            }
            assert!(
                !lens.structure.is_empty() && !lens.why.is_empty(),
                "{source}"
            );
            assert!(!lens.rule.is_empty(), "{source}");
            assert_eq!(explicit.len(), lens.columns);
            for (element, (&by_matrix, &by_rule)) in explicit.iter().zip(implicit).enumerate() {
                assert_close(&source, by_matrix, by_rule, 0.0, 1e-9);
                let slice = taught.ask(|lesson, now| lesson.slice(now, wire, element, usize::MAX));
                let slice = slice.expect("an element");
                assert_close(&source, slice.result.expect("it"), by_rule, 0.0, 1e-9);
                let column = entries.iter().skip(element).step_by(lens.columns);
                let column: Vec<f64> = column.copied().collect();
                assert_eq!(slice.entries.as_ref(), Some(&column), "{source}");
                for (i, &zero) in slice.zeros.iter().enumerate() {
                    assert_eq!(zero, zeros[i * lens.columns + element], "{source}");
                }
                let places = slice.lit.iter().map(|lit| {
                    let shape = &taught.scene.nodes[lit.node].shape;
                    let count = shape.iter().product::<usize>();
                    lit.elements.is_sorted() && lit.elements.iter().all(|&at| at < count)
                });
                assert!(
                    places.into_iter().all(|fits| fits),
                    "{source}: {:?}",
                    slice.lit
                );
            }
            seen += 1;
        }
    }
    assert!(seen > 200 && left_out > 0, "{seen} {left_out}");
}

/// Asks for everything at all wires, pairs and elements, and beyond them.
fn ask_all(taught: &mut Taught) {
    let (wires, nodes) = (taught.scene.wires.len(), taught.scene.nodes.len());
    let last = taught.scene.steps.len() - 1;
    for step in [0, last / 2, last, usize::MAX] {
        for wire in 0..=wires {
            let lens = taught.ask(|lesson, now| lesson.lens_of_wire(now, wire, step));
            let whole: Option<Whole> = taught.ask(|lesson, now| lesson.whole(now, wire, step));
            assert_eq!(lens.is_some(), whole.is_some());
            for element in [0, 1, 5, usize::MAX] {
                let slice: Option<Slice> =
                    taught.ask(|lesson, now| lesson.slice(now, wire, element, step));
                let count = lens.as_ref().map_or(0, |lens| lens.columns);
                assert_eq!(slice.is_some(), element < count);
            }
        }
        for (out, by) in (0..=nodes).flat_map(|out| (0..=nodes).map(move |by| (out, by))) {
            let lens = taught.ask(|lesson, now| lesson.lens_of_pair(now, out, by, step));
            assert_eq!(lens.is_some(), out < nodes && by < nodes);
        }
    }
}

#[test]
fn nothing_breaks_it() {
    for source in [
        "x = [1, 2, 3]\ny = x[1:1] * 2\nsum(y)",
        "x = [[1, 2], [3, 4]]\ny = x[:0] @ x\ny",
        "x = [1, 2, 3]\ng = grad(sum(softmax(x) * x), x)\nL = norm(g)",
        "x = [[1, 2], [3, 4]]\nb = [1, 2]\ny = x @ b + 1\ny",
        "x = [[1, 2], [3, 4]]\ny = sum(x, axis=1, keepdims=True) * x\ny[None]",
        "x = [1, 2, 3]\nL = hinge_loss(x, 1)",
        "x = 2\ny = 4 * x\nx + 1",
        "x = 2",
    ] {
        let mut taught = Taught::new(source);
        ask_all(&mut taught);
        for place in [f64::NAN, f64::INFINITY, 0.0, -1e300] {
            for input in taught.model.program.inputs.clone() {
                let start = taught.model.plan.offset(input.node);
                let count = taught.model.elements(input.node);
                taught.arena[start..start + count].fill(place);
            }
            taught.model.plan.run(&mut taught.arena);
            ask_all(&mut taught);
        }
    }
}

/// Where nothing behind takes a gradient none is computed, and it is said.
#[test]
fn what_is_left_out_is_not_compared() {
    let source = "x = [1, -2]\nc = x > 0\nL = sum(c * x)";
    let mut taught = taught(source, &[]);
    let lens = lens_at(&mut taught, "c", "L:mul", usize::MAX);
    assert_eq!((&lens.implicit, lens.difference), (&None, None));
    let said = "the backward pass leaves it out: nothing behind c takes a gradient";
    assert_eq!(rule(&lens).last(), Some(&said));
    let wire = wire(&taught, "c", "L:mul");
    let slice = taught.ask(|lesson, now| lesson.slice(now, wire, 0, usize::MAX));
    assert_eq!(slice.expect("an element").downstream, None);
}

/// An infinite factor meets no structural zero, and what differs is told.
#[test]
fn infinities_are_told_as_they_are() {
    let source = "x = [[1, 2], [3, 4]]\nw = [[1, 2], [3, 4]]\ny = x @ w";
    let mut taught = taught(source, &[]);
    let start = taught
        .model
        .plan
        .offset(taught.model.program.inputs[1].node);
    taught.arena[start] = f64::INFINITY;
    taught.model.plan.run(&mut taught.arena);
    let lens = lens_at(&mut taught, "x", "y", usize::MAX);
    let entries = lens.entries.expect("a small matrix");
    assert!(entries.iter().all(|entry| !entry.is_nan()));
    assert_eq!((lens.explicit, lens.difference), (lens.implicit, Some(0.0)));

    // A mask gives 0 whatever arrives; a matrix multiplies 0 by it.
    let mut taught = self::taught("x = [-1, 1]\nz = relu(x)", &[f64::INFINITY, 1.0]);
    let lens = lens_at(&mut taught, "x", "z", usize::MAX);
    assert_eq!(lens.implicit, Some(vec![0.0, 1.0]));
    assert!(lens.difference.is_some_and(f64::is_nan));
}

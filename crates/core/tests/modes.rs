//! The modes: Jacobians and Hessians of programs, tangents, limits, differences.

mod support;

use backflow_core::diff::Order;
use backflow_core::diff::structure::Structure;
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::modes::check::{Verdict, check};
use backflow_core::modes::{
    Curvature, Forward, Limits, Run, TooLarge, hessian, jacobian, local, named,
};
use backflow_core::op::{Op, Relation};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use support::point::{at, model, node, ran};
use support::{Ran, Random, assert_close, dot, input};

/// The lecture's slices: ∂y/∂x₁₁ and ∂y/∂x₂₃ of a matrix product.
#[test]
fn the_jacobian_of_a_matrix_product() {
    let (model, arena) = ran(
        "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w",
    );
    let run = Run::of(&model, &arena);
    let (y, x) = (node(&model, "y"), node(&model, "x"));
    let found = jacobian(run, y, x, Limits::default()).expect("a small matrix");
    assert_eq!(
        (found.out_shape.clone(), found.in_shape.clone()),
        (vec![2, 4], vec![2, 3])
    );
    let column = |j: usize| -> Vec<f64> { found.entries.chunks(6).map(|row| row[j]).collect() };
    assert_eq!(column(0), [3.0, 2.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(column(5), [0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 1.0, -2.0]);
    let formed = local(run, y, 0, Limits::default())
        .matrix
        .expect("a small matrix");
    assert_eq!(formed.dense(), found.entries);
    // Half of it is structurally zero.
    assert_eq!(formed.len(), 24);
}

#[test]
fn a_node_counts_as_independent() {
    let (model, arena) = ran("x = 3\nq = x * x\nf = q * x + q\nu = 2");
    let run = Run::of(&model, &arena);
    let of = |out: &str, x: &str| {
        let found = jacobian(run, node(&model, out), node(&model, x), Limits::default());
        found.expect("a number").entries
    };
    // Along q alone, though x stands in f besides.
    assert_eq!(of("f", "q"), [4.0]);
    assert_eq!(of("f", "x"), [2.0 * 3.0 * 4.0 + 9.0]);
    assert_eq!(of("f", "f"), [1.0]);
    // No path leads there.
    assert_eq!(of("x", "f"), [0.0]);
    assert_eq!(of("f", "u"), [0.0]);
}

/// A mask stops gradients; as an independent value it still has them.
#[test]
fn a_mask_can_be_varied() {
    let mut graph = Graph::default();
    let [x, c] = [3.0, 1.0].map(|value| input(&mut graph, &[], vec![value]));
    let (scalar, origin) = (graph.node(x).shape, Origin::default());
    let m = graph.push(Op::Compare(Relation::Greater), scalar, &[x, c], origin);
    let f = graph.push(Op::Mul, scalar, &[m, x], origin);
    let ran = Ran::new(&graph);
    let by = |x| jacobian(at(&graph, &ran), f, x, Limits::default());
    assert_eq!(by(m).expect("a number").entries, [3.0]);
    assert_eq!(by(x).expect("a number").entries, [1.0]);
    assert_eq!(by(c).expect("a number").entries, [0.0]);
}

#[test]
fn what_is_too_large_is_said() {
    let (model, arena) = ran("x = [1, 2, 3]\ny = x * x\nz = sin(x)");
    let run = Run::of(&model, &arena);
    let (y, x) = (node(&model, "y"), node(&model, "x"));
    let few = Limits {
        entries: 8,
        ..Limits::default()
    };
    let text = "of shape (3,) by (3,) has 9 entries, 72 bytes of 8-byte numbers; at most 8 are written out";
    let told = |error: TooLarge| error.to_string();
    let error = jacobian(run, y, x, few).map_err(told);
    assert_eq!(error, Err(format!("the Jacobian {text}")));
    let error = hessian(&model, &arena, x, few).map_err(told);
    assert_eq!(error, Err(format!("the Hessian {text}")));
    let error = local(run, y, 0, few).matrix.map_err(told);
    assert_eq!(error, Err(format!("the Jacobian {text}")));
    let little = Limits {
        work: 10,
        ..Limits::default()
    };
    // The cosine is computed once; a sweep reads it, the seed, and multiplies.
    let z = node(&model, "z");
    let error = jacobian(run, z, x, little).map_err(told);
    let text = "the Jacobian takes 3 sweeps of 9 operations each, 27 in all; at most 10 are done";
    assert_eq!(error, Err(text.to_owned()));
    // What can stay implicit is named all the same.
    let found = local(run, y, 0, few).structure;
    assert_eq!(found, Structure::Diagonal);
}

#[test]
fn tangents_of_every_node() {
    let (model, arena) = ran("x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\nu = sin(z)\nf");
    let of = |along: &[(&str, f64)], name: &str| {
        let along: Vec<_> = along.iter().map(|&(x, u)| (node(&model, x), [u])).collect();
        let along: Vec<_> = along.iter().map(|(x, u)| (*x, &u[..])).collect();
        let all: Vec<NodeId> = model.forward().collect();
        let forward = Forward::new(&model, &arena, &along, &all).expect("a small tape");
        forward.tangent(node(&model, name))[0]
    };
    assert_eq!(of(&[("x", 1.0)], "f"), -4.0);
    assert_eq!(of(&[("z", 2.0)], "f"), 6.0);
    assert_eq!(of(&[("x", 1.0)], "u"), 0.0);
    assert_eq!(of(&[("z", 1.0)], "u"), (-4.0f64).cos());
    // A gate has its own besides what its operands' make of it.
    assert_eq!(of(&[("x", 1.0), ("q", 10.0)], "q"), 11.0);
    assert_eq!(of(&[("x", 1.0), ("q", 10.0)], "f"), -44.0);
}

#[test]
fn curvature_of_any_name() {
    let source = "x = [1, 2, 3]\nc = 2\nd = c * 1\ny = x ** 3\nf = y * d * d";
    let model = model(source);
    let mut arena = model.arena();
    arena[model.upstream()..][..3].copy_from_slice(&[1.0, 0.0, -1.0]);
    model.plan.run(&mut arena);
    for order in [Order::ForwardOverReverse, Order::ReverseOverReverse] {
        let of = |name: &str, v: &[f64]| {
            let x = node(&model, name);
            let mut product = Curvature::new(&model, &arena, x, order).expect("a small tape");
            let first = product.times(v).to_vec();
            // Again, with the same tape.
            assert_eq!(product.times(&vec![0.0; v.len()]), vec![0.0; v.len()]);
            assert_eq!(product.times(v), first);
            first
        };
        // 6 x d² by the upstream gradient.
        assert_eq!(of("x", &[1.0, 1.0, 2.0]), [24.0, 0.0, -144.0]);
        // 2 Σ u x³, for a name made of numbers alone too.
        assert_eq!(of("d", &[1.0]), [2.0 * (1.0 - 27.0)]);
        assert_eq!(of("c", &[1.0]), [2.0 * (1.0 - 27.0)]);
        assert_eq!(of("y", &[1.0, 1.0, 1.0]), [0.0; 3]);
        assert_eq!(of("f", &[1.0, 1.0, 1.0]), [0.0; 3]);
    }
    let found = hessian(&model, &arena, node(&model, "x"), Limits::default());
    let found = found.expect("a small matrix");
    assert_eq!(
        found.entries,
        [24.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -72.0]
    );
}

/// Another run moves what is compiled, as compiling it anew would.
#[test]
fn modes_follow_the_inputs() {
    let (model, mut arena) = ran("x = [1, 2]\ny = 3\nf = sin(x * y) * x");
    let x = node(&model, "x");
    let mut curvature =
        Curvature::new(&model, &arena, x, Order::ForwardOverReverse).expect("a small tape");
    let mut forward = Forward::new(
        &model,
        &arena,
        &[(x, &[1.0, -1.0])],
        &[model.program.output],
    )
    .expect("a small tape");
    let before = curvature.times(&[1.0, 1.0]).to_vec();
    let start = model.plan.offset(x);
    arena[start..start + 2].copy_from_slice(&[-0.3, 0.7]);
    arena[model.upstream()] = 2.0;
    model.plan.run(&mut arena);
    curvature.update(&model, &arena);
    forward.update(&model, &arena);
    let moved = curvature.times(&[1.0, 1.0]).to_vec();
    assert_ne!(moved, before);
    let mut anew =
        Curvature::new(&model, &arena, x, Order::ForwardOverReverse).expect("a small tape");
    assert_eq!(moved, anew.times(&[1.0, 1.0]));
    let anew = Forward::new(
        &model,
        &arena,
        &[(x, &[1.0, -1.0])],
        &[model.program.output],
    )
    .expect("a small tape");
    let output = model.program.output;
    assert_eq!(forward.tangent(output), anew.tangent(output));
}

#[test]
fn names_are_found_by_binding() {
    let model = model(
        "x = 3\nloss = x\nx = x * x\nx = x + 1\nfor i in range(2):\n    loss = loss * x\nloss",
    );
    let of = |name: &str| named(&model.program, name).map(|found| found.node);
    assert_eq!(of("x#1"), Ok(model.program.inputs[0].node));
    assert_eq!(of("x#3"), of("x"));
    assert_ne!(of("x#2"), of("x"));
    assert!(named(&model.program, "i").expect("a name").folded);
    let wrong = |name: &str, expected: &str| assert_eq!(of(name), Err(expected.to_owned()));
    wrong("x#4", "there is no binding 'x#4' of the name 'x'");
    wrong("x#0", "there is no binding 'x#0' of the name 'x'");
    wrong(
        "lost",
        "the program has no name 'lost': did you mean 'loss'?",
    );
    wrong("other", "the program has no name 'other'");
}

#[test]
fn differences_confirm_gradients() {
    use Verdict::{Agrees, Jump, Kink, NotFinite};
    let verdicts = |source: &str| -> Vec<Vec<Verdict>> {
        let (model, arena) = ran(source);
        let found = check(&model, &arena);
        let of = found
            .iter()
            .map(|input| input.elements.iter().map(|e| e.verdict).collect());
        of.collect()
    };
    assert_eq!(
        verdicts("x = 2\ny = 3\nf = x ** y * sin(x)"),
        [[Agrees], [Agrees]]
    );
    // Small and large, steep and flat, beside a kink and beside a pole.
    for x in ["1e-9", "-1e-9", "50", "700", "-700"] {
        assert_eq!(
            verdicts(&format!("x = {x}\nf = exp(x) + relu(x)"))[0],
            [Agrees],
            "{x}"
        );
        assert_eq!(
            verdicts(&format!("x = {x}\nf = sin(1000 * x)"))[0],
            [Agrees],
            "{x}"
        );
        assert_eq!(
            verdicts(&format!("x = {x}\nf = 1 / (x * x + 1)"))[0],
            [Agrees],
            "{x}"
        );
    }
    assert_eq!(verdicts("x = 1e-6\nf = log(x)"), [[Agrees]]);
    assert_eq!(verdicts("x = 1\nu = 3\nf = x + x"), [[Agrees], [Agrees]]);
    // Nearer to a kink than any step.
    assert_eq!(verdicts("x = 1e-300\nf = exp(x) + relu(x)"), [[Kink]]);
    // The derivative is a choice.
    assert_eq!(
        verdicts("x = [1, 0, -1]\nf = relu(x)"),
        [[Agrees, Kink, Agrees]]
    );
    assert_eq!(verdicts("x = 0\nf = relu(x) - relu(-x)"), [[Kink]]);
    assert_eq!(
        verdicts("x = 2\ny = 2\nf = maximum(x, y)"),
        [[Kink], [Kink]]
    );
    assert_eq!(
        verdicts("x = [2, 1, 2]\nf = max(x)"),
        [[Kink, Agrees, Kink]]
    );
    assert_eq!(
        verdicts("x = [-1, 0, 1]\ns = sign(x)\nf = s * x + s"),
        [[Agrees, Jump, Agrees]]
    );
    assert_eq!(verdicts("x = [1, 0]\nf = hinge_loss(x, 0)"), [[Kink, Kink]]);
    // Nothing to compare with.
    assert_eq!(verdicts("x = 0\nf = sqrt(x)"), [[NotFinite]]);
    assert_eq!(
        verdicts("x = 1000\ny = 1\nf = exp(x) * y"),
        [[NotFinite], [NotFinite]]
    );
}

/// A wrong gradient is found: that of another point.
#[test]
fn differences_refute_wrong_gradients() {
    let (model, mut arena) = ran("x = [1, 2, 0]\ny = 3\nf = sum(sin(x) * y) + sum(relu(x))");
    let g = model.gradient_of(model.program.inputs[0].node);
    arena[g + 1] *= 1.0 + 1e-5;
    arena[g + 2] += 1.5;
    let found = check(&model, &arena);
    let verdicts: Vec<Verdict> = found[0].elements.iter().map(|e| e.verdict).collect();
    assert_eq!(verdicts[..2], [Verdict::Agrees, Verdict::Differs]);
    assert!(!found[0].agrees() && found[1].agrees());
    assert_eq!(found[0].elements[1].gradient, arena[g + 1]);
    assert_close(
        "the right one",
        found[0].elements[1].difference,
        3.0 * 2f64.cos() + 1.0,
        0.0,
        1e-8,
    );
}

/// At a kink the gradient is one of the slopes or between them.
#[test]
fn a_wrong_gradient_at_a_kink_is_found() {
    let (model, mut arena) = ran("x = [1, 0]\nf = hinge_loss(x, 0)");
    let g = model.gradient_of(model.program.inputs[0].node);
    arena[g] = -1.0;
    arena[g + 1] = 1.5;
    let found = check(&model, &arena);
    let verdicts: Vec<Verdict> = found[0].elements.iter().map(|e| e.verdict).collect();
    assert_eq!(verdicts, [Verdict::Kink, Verdict::Differs]);
}

/// Smooth and bounded; `A` and `B` stand for earlier names of one shape.
const FORMS: &[&str] = &[
    "A + B",
    "sin(A * B)",
    "tanh(A) * B",
    "A / (B * B + 2)",
    "exp(sin(A))",
    "log(A * A + 1)",
    "sigmoid(A - 2 * B)",
    "sin(A.sum()) * B",
    "A.mean(axis=-1, keepdims=True) - A",
    "A * max(sin(B) + 3, 0.5)",
    "A @ sin(B)",
];

fn program(
    lines: &[(
        prop::sample::Index,
        prop::sample::Index,
        prop::sample::Index,
    )],
) -> String {
    let mut source = "x0 = [[0.4, -0.9], [0.7, 0.2]]\n\
                      x1 = [[-0.3, 0.6], [0.1, 1.3]]\n"
        .to_owned();
    let mut names = vec!["x0".to_owned(), "x1".to_owned()];
    for (form, a, b) in lines {
        let [a, b] = [a, b].map(|index| index.get(&names).clone());
        let form = form.get(FORMS).replace('A', &a).replace('B', &b);
        let name = format!("v{}", names.len());
        source += &[&name, " = ", &form, "\n"].concat();
        names.push(name);
    }
    source
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(12),
        ..ProptestConfig::default()
    })]

    /// Rows of the Jacobian are gradients, the Jacobian times a vector is the
    /// tangent, both orders give the same Hessian-vector product, and that is
    /// the symmetric Hessian times the vector.
    #[test]
    fn modes_agree(lines in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index, prop::sample::Index)>(), 1..8), seed in any::<u64>()) {
        let source = program(&lines);
        let model = model(&source);
        let mut random = Random(seed);
        let (output, x) = (model.program.output, model.program.inputs[0].node);
        let mut arena = model.arena();
        let (u, v) = (random.direction(4), random.direction(4));
        arena[model.upstream()..][..4].copy_from_slice(&u);
        model.plan.run(&mut arena);
        let run = Run::of(&model, &arena);

        let found = jacobian(run, output, x, Limits::default()).expect("a small matrix");
        let gradient = &arena[model.gradient_of(x)..][..4];
        for j in 0..4 {
            let column: Vec<f64> = found.entries.chunks(4).map(|row| row[j]).collect();
            assert_close(&source, dot(&column, &u), gradient[j], 0.0, 1e-11);
        }
        let forward = Forward::new(&model, &arena, &[(x, &v)], &[output]).expect("a small tape");
        for (row, &tangent) in found.entries.chunks(4).zip(forward.tangent(output)) {
            assert_close(&source, dot(row, &v), tangent, 0.0, 1e-11);
        }

        for input in check(&model, &arena) {
            assert!(input.elements.iter().all(|e| e.verdict == Verdict::Agrees), "{source}: {input:?}");
        }

        let h = hessian(&model, &arena, x, Limits::default()).expect("a small matrix");
        let size = h.entries.iter().fold(1.0, |m: f64, e| m.max(e.abs()));
        let products = [Order::ForwardOverReverse, Order::ReverseOverReverse]
            .map(|order| Curvature::new(&model, &arena, x, order).expect("a small tape").times(&v).to_vec());
        for (i, row) in h.entries.chunks(4).enumerate() {
            for (j, &entry) in row.iter().enumerate() {
                assert_close(&source, entry, h.entries[4 * j + i], size, 1e-11);
            }
            let product = dot(row, &v);
            assert_close(&source, products[0][i], product, size, 1e-11);
            assert_close(&source, products[1][i], product, size, 1e-11);
        }
    }
}

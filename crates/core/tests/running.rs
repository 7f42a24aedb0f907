//! A run allocates nothing and depends on nothing but the inputs; nothing
//! recurses, however long or deep a program is.

use backflow_core::model::{Model, Overrides};
use std::thread;

fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

/// Every kind of step, forward and backward.
const EVERYTHING: &str = "
x = [[0.5, 1.5, 2], [3, 1, 0.25]]
W = [[[1, 2], [0, 1], [2, 0.5]]]
b = 0.3
y = x @ W + b
r = relu(y - 1) ** 2 + sigmoid(-y) * tanh(y) / sqrt(y + 1)
s = exp(sin(r)) - cos(r) + log(r + 2) + r ** b
m = max(s, r, 2 * b) + minimum(s, r)
t = m.max(axis=-1, keepdims=True) - m.min(axis=1, keepdims=True) + m.mean(axis=(0, 2), keepdims=True)
f = (t * m).sum() + (x @ x.mean(axis=0)).sum()
";

fn everything() -> Model {
    model(EVERYTHING)
}

#[test]
fn a_run_allocates_nothing() {
    let model = everything();
    let mut arena = model.arena();
    let counted = allocation_counter::measure(|| model.plan.run(&mut arena));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    // The counter counts.
    let counted = allocation_counter::measure(|| drop(model.arena()));
    assert!(counted.count_total > 0);
}

#[test]
fn a_run_of_large_products_allocates_nothing() {
    let row = format!("[{}]", vec!["0.5"; 40].join(", "));
    let matrix = format!("[{}]", vec![row.as_str(); 40].join(", "));
    let model = model(&format!("A = {matrix}\nf = (A @ A @ A).sum()"));
    let mut arena = model.arena();
    let counted = allocation_counter::measure(|| model.plan.run(&mut arena));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    let f = arena[model.plan.offset(model.program.output)];
    assert!((f - 40.0f64.powi(4) / 8.0).abs() < 1e-6, "{f}");
}

/// What an earlier run left in the arena has no influence, be it NaN.
#[test]
fn a_run_depends_on_the_inputs_alone() {
    let model = everything();
    let mut first = model.arena();
    model.plan.run(&mut first);
    let mut second = model.arena();
    for input in model.program.graph.inputs() {
        let start = model.plan.offset(input.node);
        second[start..start + input.value.len()].fill(f64::NAN);
    }
    model.plan.run(&mut second);
    assert!(second[model.plan.offset(model.program.output)].is_nan());
    for input in model.program.graph.inputs() {
        let start = model.plan.offset(input.node);
        second[start..start + input.value.len()].copy_from_slice(&input.value);
    }
    model.plan.run(&mut second);
    assert_eq!(first, second);
}

/// Runs in a thread whose stack is a fraction of the usual one.
fn on_a_small_stack<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(job);
    thread.expect("a thread").join().expect("the job ends")
}

#[test]
fn a_chain_of_a_million_gates_runs_on_a_small_stack() {
    let (output, gradient) = on_a_small_stack(|| {
        let model = model("x = 2\nL = x\nfor i in range(999999):\n    L = -L\nf = L * x");
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let x = model.program.inputs[0].node;
        (
            arena[model.plan.offset(model.program.output)],
            arena[model.gradient_of(x)],
        )
    });
    assert_eq!(output, -4.0);
    assert_eq!(gradient, -4.0);
}

#[test]
fn deep_expressions_run_on_a_small_stack() {
    let value = on_a_small_stack(|| {
        let nested = format!("{}x{}", "(1 + ".repeat(999), ")".repeat(999));
        let model = model(&format!("x = 2\nf = {nested}"));
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        arena[model.plan.offset(model.program.output)]
    });
    assert_eq!(value, 1001.0);
}

#[test]
fn deep_calls_run_on_a_small_stack() {
    let value = on_a_small_stack(|| {
        let first = "def f0(x): return x + 1\n".to_owned();
        let call = |i| format!("def f{i}(x):\n    y = f{}(x)\n    return y + 1\n", i - 1);
        let source: String = [first].into_iter().chain((1..2000).map(call)).collect();
        let model = model(&format!("{source}x = 1\nf = f1999(x)"));
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        arena[model.plan.offset(model.program.output)]
    });
    assert_eq!(value, 2001.0);
}

#[test]
fn lists_within_lists_end_on_a_small_stack() {
    let wrong = on_a_small_stack(|| {
        let nested = format!("{}a{}", "[".repeat(900), "]".repeat(900));
        let calls = format!("{}1{}", "g(".repeat(900), ")".repeat(900));
        let source = format!("def g(a): return {nested}\nf = {calls}");
        Model::new(&source, &Overrides::default())
            .map(drop)
            .expect_err("a list is no value")
    });
    assert_eq!(wrong.len(), 1, "{wrong:?}");
}

//! What grows without end is stopped: derivatives of derivatives, operands, shapes,
//! lists, wires, names.

use backflow_core::codegen::{Asked, Style, code};
use backflow_core::diff::Order;
use backflow_core::diff::jacobian::Mode;
use backflow_core::model::{Model, Overrides};
use backflow_core::modes::{Curvature, Limits, Run, TooLarge, jacobian, swept};
use backflow_core::scene::Scene;
use backflow_core::view::View;
use std::collections::BTreeSet;

/// What the compiler says first of a program.
fn complaint(source: &str) -> String {
    let result = Model::new(source, &Overrides::default()).map(drop);
    let wrong = result.expect_err(source);
    let span = wrong[0].span;
    assert!(source.get(span.start as usize..span.end as usize).is_some());
    wrong[0].message.clone()
}

fn value(source: &str) -> f64 {
    let model = Model::new(source, &Overrides::default());
    let model = model.unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    arena[model.plan.offset(model.program.output)]
}

const GATES: &str = "the program has more than 1,000,000 gates";
const OPERANDS: &str = "the gates of this program have more than 4,000,000 operands";
const VALUES: &str = "the values of this program take more than 64 MiB";

#[test]
fn derivatives_without_end() {
    assert_eq!(
        complaint("x = 0.5\ny = tanh(x * exp(x))\nfor i in range(40): y = grad(y, x)"),
        GATES
    );
    let chain = "x = 0.5\ny = x\nfor i in range(200000): y = sin(y)\n";
    assert_eq!(
        complaint(&format!(
            "{chain}for i in range(2000):\n    g = grad(y, x)\n    z = y * g"
        )),
        "the derivatives of this program take too long"
    );
    assert_eq!(
        complaint(&format!(
            "{chain}g = grad(y, x)\nh = grad(g, x)\nk = grad(h, x)"
        )),
        GATES
    );
}

/// The n-th derivative of eˣ sin x is √2ⁿ eˣ sin(x + n π / 4). Its sums have terms that
/// are equal, twice as many with each derivative.
#[test]
fn equal_terms_are_counted() {
    let source =
        |turns| format!("x = 2\ny = exp(x) * sin(x)\nfor i in range({turns}): y = grad(y, x)");
    for turns in [4, 12, 24, 32] {
        let order = f64::from(turns);
        let angle = 2.0 + order * std::f64::consts::FRAC_PI_4;
        let expected = 2f64.sqrt().powf(order) * 2f64.exp() * angle.sin();
        let got = value(&source(turns));
        // Sums of terms of both signs lose digits.
        assert!(
            (got / expected - 1.0).abs() < 1e-8,
            "{turns}: {got} {expected}"
        );
    }
    let model = Model::new(&source(24), &Overrides::default()).expect("a program");
    let graph = &model.program.graph;
    for node in graph.nodes() {
        let distinct: BTreeSet<_> = graph.operands(node).collect();
        assert!(graph.arity(node) <= 2 || distinct.len() == graph.arity(node));
    }
}

/// Many operands, all the same.
fn again(count: usize) -> String {
    vec!["x"; count].join(", ")
}

#[test]
fn operands_have_a_limit() {
    let wide = |gates: usize, operation: &str| {
        let x = again(999);
        format!("x = 2\ny = x\nfor i in range({gates}): y = {operation}([y, {x}])\n")
    };
    assert_eq!(complaint(&wide(4001, "sum")), OPERANDS);
    assert_eq!(complaint(&wide(4001, "max")), OPERANDS);
    // On the way back, each of a thousand operands is compared with all.
    let extreme = |gates: usize| {
        let x = again(999);
        format!("x = 2\ny = x\nfor i in range({gates}): y = max(y, {x})\n")
    };
    assert_eq!(
        complaint(&extreme(100)),
        "the gradients of this program have more than 20,000,000 operands"
    );
    assert_eq!(
        complaint(&format!("{}g = grad(y, x)", extreme(10))),
        OPERANDS
    );
    // A gradient that adds no gates goes over the operands too.
    let again = format!("{}for i in range(200): g = grad(y, x)", wide(900, "sum"));
    assert_eq!(
        complaint(&again),
        "the derivatives of this program take too long"
    );
}

/// A derivative that is asked for beside a program counts its operands itself.
#[test]
fn operands_of_modes_have_a_limit() {
    let x = again(999);
    // Nothing leads from z to the output.
    let source = format!(
        "x = 2\nz = x\nfor i in range(50): z = max(z, {x})\nf = x * 3\nx = max({})",
        ["f"; 3].join(", ")
    );
    let model = Model::new(&source, &Overrides::default()).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let run = Run::of(&model, &arena);
    let z = model.program.names.iter().find(|name| name.name == "z");
    let (z, x) = (z.expect("a name").node, model.program.inputs[0].node);
    let limits = Limits::default();
    assert_eq!(jacobian(run, z, x, limits), Err(TooLarge::Operands));
    for mode in [Mode::Forward, Mode::Reverse] {
        let found = swept(run, z, x, &[], mode, &[1.0], limits);
        assert_eq!(found, Err(TooLarge::Operands));
    }
    assert_eq!(
        TooLarge::Operands.to_string(),
        "the gates of this derivative have more than 20,000,000 operands"
    );
    // One pass fits, and the second not.
    let x = again(999);
    let source = format!("x = 2\ny = x\nfor i in range(15): y = max(y, {x})\n");
    let model = Model::new(&source, &Overrides::default()).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let x = model.program.inputs[0].node;
    let found = Curvature::new(&model, &arena, x, Order::ForwardOverReverse).map(drop);
    assert_eq!(found, Err(TooLarge::Operands));
}

fn scene(source: &str, open: &[String]) -> Scene {
    let view = View {
        open: open.to_vec(),
        ..View::default()
    };
    let model = Model::viewed(source, &Overrides::default(), &view);
    Scene::new(&model.unwrap_or_else(|wrong| panic!("{source:.100}: {wrong:?}")))
}

#[test]
fn wires_have_a_limit() {
    // Each turn uses what all turns before it have computed.
    let loops = |turns: usize| {
        format!("x = 2\ny = x\nfor i in range({turns}):\n    y = y * x\n    g = grad(y, x)\n")
    };
    assert!(scene(&loops(60), &[]).wires.len() > 1000);
    let drawn = scene(&loops(150), &[]);
    let told = drawn.undrawn.expect("a reason");
    assert!(
        told.ends_with(" wires are too many to draw: more than 10,000 at a time"),
        "{told}"
    );
    assert!(drawn.nodes.is_empty() && drawn.wires.is_empty() && drawn.steps.is_empty());
}

/// Where closed turns have few enough wires, they are closed; opened, they are too many.
#[test]
fn turns_are_closed_where_there_are_many_wires() {
    let x = again(400);
    let source =
        format!("x = 2\ny = x\nfor i in range(30):\n    y = sum([y, {x}])\n    y = y * x\n");
    let closed = scene(&source, &[]);
    assert_eq!(closed.undrawn, None);
    assert_eq!(closed.nodes.len(), 31);
    assert!(closed.wires.len() < 100);
    let one = scene(&source, &["i=3".to_owned()]);
    assert_eq!((one.undrawn, one.boxes.len()), (None, 1));
    let all: Vec<String> = (0..30).map(|turn| format!("i={turn}")).collect();
    let open = scene(&source, &all);
    assert_eq!(
        open.undrawn.as_deref(),
        Some("12,120 wires are too many to draw: more than 10,000 at a time")
    );
}

#[test]
fn nodes_have_a_limit() {
    let gates = "x = 1\nfor i in range(20000): x = x + 1";
    assert_eq!(
        scene(gates, &[]).undrawn.as_deref(),
        Some("20,000 gates are too many to draw: more than 5,000 at a time")
    );
    let inputs: Vec<String> = (0..6000).map(|i| format!("x{i} = 1\n")).collect();
    assert_eq!(
        scene(&(inputs.concat() + "x1 * x2"), &[])
            .undrawn
            .as_deref(),
        Some("6,001 nodes are too many to draw: more than 5,000 at a time")
    );
}

fn written(source: &str, style: Style) -> Result<usize, String> {
    let model = Model::new(source, &Overrides::default()).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let asked = Asked {
        model: &model,
        arena: &arena,
        scene: None,
        composite: None,
    };
    code(asked, style).map(|code| code.text.len())
}

/// Names that are long, each in many places.
#[test]
fn long_names_do_not_multiply() {
    let long = "n".repeat(400_000);
    let letters = "letters of names are too many to write out as code: at most 1000000 are";
    for source in [
        format!("x = 2\nfor i in range(1900): {long} = x * 2"),
        format!("{long} = 2\nx = 1\nfor i in range(1900): x = x * {long}"),
        format!("def {long}(x): return x * 2\nx = 1\nfor i in range(1900): x = {long}(x)"),
    ] {
        for style in Style::ALL {
            let told = written(&source, style).expect_err("a limit");
            assert!(told.ends_with(letters), "{told}");
        }
    }
    let names = Some("the names of what is drawn are too long to draw, one within the other");
    // A name in each of many keys.
    let source = format!("x = 2\nfor i in range(1900): {long} = x * 2");
    assert_eq!(scene(&source, &[]).undrawn.as_deref(), names);
    // Calls within calls, each with the names of all around it.
    let deep = |i: usize| {
        let before = i.wrapping_sub(1);
        format!("def d{i}(x):\n    y = d{before}(x)\n    return y * 2\n")
    };
    let deep: String = (1..190).map(deep).collect();
    let head = format!(
        "def d0(x):\n    {} = x\n    return x * 3\n",
        "m".repeat(100_000)
    );
    let source = format!("{head}{deep}x = 1\ny = d189(x)");
    assert_eq!(scene(&source, &[]).undrawn, None);
}

#[test]
fn code_of_many_operands_has_a_limit() {
    let wide = format!("x = 2\ny = max({})", again(1000));
    for style in Style::ALL {
        assert_eq!(
            written(&wide, style),
            Err("1000000 operands are too many to write out as code: at most 100000 are".into())
        );
    }
    let wide = format!("x = 2\ny = max({})", again(100));
    for style in Style::ALL {
        assert!(written(&wide, style).expect("a text") < 1 << 20);
    }
}

/// A hundred thousand gates, differentiated twice, in a thread with a small stack.
#[test]
fn derivatives_of_long_chains_do_not_recurse() {
    let job = || {
        value("x = 0.5\ny = x\nfor i in range(30000): y = sin(y)\ng = grad(y, x)\nh = grad(g, x)")
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(job);
    let found = thread.expect("a thread").join().expect("a value");
    assert!(found.is_finite());
}

#[test]
fn shapes_without_end() {
    let double = "x = [1, 2, 3, 4]\nfor i in range(60): x = ";
    assert_eq!(complaint(&format!("{double}concatenate([x, x])")), VALUES);
    assert_eq!(complaint(&format!("{double}flatten(outer(x, x))")), VALUES);
    assert_eq!(
        complaint("x = [1]\nfor i in range(60): x = stack([x])"),
        "a value can have at most 32 axes"
    );
    assert_eq!(
        complaint("x = [1]\nfor i in range(60): x = [x]"),
        "a value can have at most 32 axes"
    );
    assert_eq!(
        complaint(
            "x = [[1]]\ny = x[None, None, :, :]\nfor i in range(9): y = y[None, None, None, None]"
        ),
        "a value can have at most 32 axes"
    );
    let zero = "x = reshape([], (0, 60000000, 1))\n";
    assert_eq!(
        complaint(&format!("{zero}y = concatenate([x, x], axis=1)")),
        VALUES
    );
    assert_eq!(
        complaint(&format!("{zero}y = x * reshape([], (60000000, 1, 0)).T")),
        VALUES
    );
    assert_eq!(
        complaint(&format!(
            "{zero}y = matmul(x, reshape([], (0, 1, 60000000)))"
        )),
        VALUES
    );
}

/// A product's derivative takes many times the room of the product.
#[test]
fn gradients_have_a_limit() {
    let big = "x = [1, 1.1, 1.2, 1.3]\nfor i in range(19): x = concatenate([x, x])\n";
    assert!((value(&format!("{big}mean(x)")) - 1.15).abs() < 1e-9);
    assert_eq!(complaint(&format!("{big}prod(2 * x + 1 - x)")), VALUES);
    assert_eq!(
        complaint(&format!("{big}prod(x) * prod(x[::-1])")),
        "the gradients of this program take more than 512 MiB"
    );
}

#[test]
fn long_lists() {
    let list = |count: usize| vec!["x"; count].join(", ");
    assert_eq!(value(&format!("x = 1\nsum([{}])", list(1000))), 1000.0);
    assert_eq!(
        complaint(&format!("x = 1\nsum([{}])", list(1001))),
        "a list of values takes at most 1000"
    );
    // Numbers alone are one array, however many.
    let numbers = vec!["2"; 20_000].join(", ");
    assert_eq!(value(&format!("x = 1\nx * sum([{numbers}])")), 40_000.0);
    // Rows of rows, each with something to compute.
    let deep = format!("x = 1\ny = {}x{}", "[".repeat(32), "]".repeat(32));
    assert_eq!(value(&deep), 1.0);
    let deeper = format!("x = 1\ny = {}x{}", "[".repeat(900), "]".repeat(900));
    assert_eq!(complaint(&deeper), "a value can have at most 32 axes");
    let literal = format!("x = 1\ny = x + {}1{}", "[".repeat(900), "]".repeat(900));
    assert_eq!(complaint(&literal), "a value can have at most 32 axes");
}

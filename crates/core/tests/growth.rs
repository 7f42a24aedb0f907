//! What grows without end is stopped: derivatives of derivatives, shapes, lists.

use backflow_core::model::{Model, Overrides};

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

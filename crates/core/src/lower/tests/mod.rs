//! What programs mean, and the messages of those that mean nothing.

#![allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]

mod functions;
mod libraries;
mod mistakes;
mod prelude;

use crate::model::{Model, Overrides};
use expect_test::{Expect, expect};

fn complains(source: &str, expected: Expect) {
    let diagnostics = Model::new(source, &Overrides::default())
        .err()
        .unwrap_or_default();
    let told = diagnostics.iter().map(|d| {
        let piece = &source[d.span.start as usize..d.span.end as usize];
        format!("{piece:?}: {}\n", d.message)
    });
    expected.assert_eq(&told.collect::<String>());
}

fn value(source: &str) -> f64 {
    let model =
        Model::new(source, &Overrides::default()).unwrap_or_else(|d| panic!("{source}: {d:?}"));
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    arena[model.plan.offset(model.program.output)]
}

/// Name by name, the value and the gradient: scalars only.
fn names(source: &str) -> String {
    let model =
        Model::new(source, &Overrides::default()).unwrap_or_else(|d| panic!("{source}: {d:?}"));
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let name = |n: &crate::lower::program::Name| {
        let value = arena[model.plan.offset(n.node)];
        format!("{} {value} {}\n", n.name, arena[model.gradient_of(n.node)])
    };
    model.program.names.iter().map(name).collect()
}

#[test]
fn unknown_names_are_told_once_with_a_guess() {
    complains(
        "f = sgmoid(x) + x\nweight = 2\ng = wieght + x",
        expect![[r#"
            "sgmoid": unknown name 'sgmoid': did you mean 'sigmoid'?
            "x": unknown name 'x': give it a value first, as in 'x = 1'
            "wieght": unknown name 'wieght': did you mean 'weight'?
        "#]],
    );
    complains(
        "y = x + 1\nx = 2",
        expect![[r#"
        "x": unknown name 'x': it is assigned further down
    "#]],
    );
    complains(
        "y = np.exp(1)",
        expect![[r#"
        "np": unknown name 'np': import it first, as in 'import numpy as np'
    "#]],
    );
    complains(
        "x = 1\ny = x.sum() + x.smu() + x.shape",
        expect![[r#"
            "x.smu": there is no function 'smu': did you mean 'sum'?
            "x.shape": values have no '.shape': write the numbers themselves
        "#]],
    );
}

#[test]
fn shapes_that_do_not_fit() {
    complains(
        "a = [[1, 2, 3], [4, 5, 6]]\nb = [[1, 2], [3, 4], [5, 6], [7, 8]]\nc = a @ b\nd = a + b\ne = a @ 2",
        expect![[r#"
        "a @ b": cannot multiply (2, 3) @ (4, 2): the inner sizes 3 and 4 differ
        "a + b": cannot add (2, 3) and (4, 2): their last axes have sizes 3 and 2
        "a @ 2": cannot multiply (2, 3) @ (): a number is multiplied with '*'
    "#]],
    );
    complains(
        "a = [[1, 2], [3]]\nb = [1, [2]]\nc = [[1], 2]",
        expect![[r#"
        "[3]": the rows of this value differ: 2 before, 1 here
        "[2]": the rows of this value differ: a number before, a list here
        "2": the rows of this value differ: a list before, a number here
    "#]],
    );
    complains(
        "a = [1, 2]\nb = sum(a, axis=1)\nc = mean(a, axis=(0, 0))\nd = max(a, axis=0.5)\ne = sum(a, keepdims=1)",
        expect![[r#"
            "sum(a, axis=1)": axis 1 is not an axis of shape (2,): did you mean axis 0?
            "mean(a, axis=(0, 0))": axis 0 is named twice
            "max(a, axis=0.5)": axis is a whole number
            "sum(a, keepdims=1)": keepdims is True or False
        "#]],
    );
    complains(
        "a = []\nb = max(a)",
        expect![[r#"
        "max(a)": an array of shape (0,) has no greatest or least element
    "#]],
    );
}

#[test]
fn calls_that_do_not_fit() {
    complains(
        "a = exp()\nb = exp(1, 2)\nc = exp(1, axis=0)\nd = maximum(1)\ne = sum()",
        expect![[r#"
        "exp()": 'exp' takes 1 argument, 0 given
        "exp(1, 2)": 'exp' takes 1 argument, 2 given
        "exp(1, axis=0)": 'exp' has no argument 'axis'
        "maximum(1)": 'maximum' takes 2 arguments, 1 given
        "sum()": 'sum' needs a value
    "#]],
    );
    complains(
        "def f(a, b): return a * b\nx = f(1)\ny = f(1, 2, 3)\nz = f(1, c=2)\nw = f(1, a=2)",
        expect![[r#"
        "f(1)": 'f' needs a value for 'b'
        "f(1, 2, 3)": 'f' takes 2 arguments, 3 are given
        "f(1, c=2)": 'f' has no parameter 'c'
        "f(1, a=2)": 'a' is given twice
    "#]],
    );
    complains(
        "def f(a): return g(a)\ndef g(a): return f(a)\nx = f(1)",
        expect![[r#"
        "f(a)": 'f' calls itself: recursion is outside the language
    "#]],
    );
    complains(
        "def f(a):\n    b = a\nx = f(1)",
        expect![[r#"
        "def f(a):": the definition of 'f' ends without 'return'
    "#]],
    );
    complains(
        "x = 2\ny = x(3)\nz = exp\nw = exp + 1",
        expect![[r#"
        "x": 'x' is a value and cannot be called: for a product write '*'
        "exp + 1": a number or an array is expected here, not a function: call it with '(…)'
    "#]],
    );
    complains(
        "def f(a):\n    a = a * t\n    t = 2\n    return a\nt = 1\nx = f(1)",
        expect![[r#"
        "t": unknown name 't': it is assigned further down
    "#]],
    );
}

#[test]
fn loops_need_numbers_known_now() {
    complains(
        "n = 3\nfor i in range(n): x = i",
        expect![[r#"
        "n": range takes numbers that are known before anything runs: write the number itself, an input can change
    "#]],
    );
    complains(
        "for i in range(0.5): x = i\nfor i in range(1, 2, 0): x = i",
        expect![[r#"
        "0.5": range takes whole numbers
        "for i in range(1, 2, 0)": the step of range cannot be 0
    "#]],
    );
    complains(
        "for i in range(10**9): x = i",
        expect![[r#"
        "for i in range(10**9)": this loop repeats more than 1,000,000 times
    "#]],
    );
}

#[test]
fn limits_are_told() {
    complains(
        "x = 1\nfor i in range(1000):\n    for j in range(1001):\n        x = x + 1",
        expect![[r#"
        "x + 1": the program has more than 1,000,000 gates
    "#]],
    );
    let row = "[1, 2, 3, 4, 5, 6, 7, 8]";
    let source = format!(
        "x = [{}]\nfor i in range(1000000): x = x * 2",
        [row; 8].join(", ")
    );
    complains(
        &source,
        expect![[r#"
        "x * 2": the values of this program take more than 64 MiB
    "#]],
    );
    complains(
        "def a(x): return x\ndef b(x): return a(a(a(a(x))))\nfor i in range(1000000):\n    for j in range(1000):\n        y = b(1)",
        expect![[r#"
        "return x": the program takes too many steps to unroll
    "#]],
    );
}

#[test]
fn an_empty_program_says_what_to_write() {
    complains(
        "",
        expect![[r#"
        "": the program computes nothing yet: write a line such as 'f = 2 * 3'
    "#]],
    );
    complains(
        "# nothing\ndef f(a): return a",
        expect![[r#"
        "": the program computes nothing yet: write a line such as 'f = 2 * 3'
    "#]],
    );
}

#[test]
fn an_output_is_the_last_name_or_expression() {
    for (source, expected) in [
        ("x = 2\ny = 3", 3.0),
        ("x = 2\nx * 4", 8.0),
        ("x = 2\nfor i in range(3): x = x * 2", 16.0),
        ("x = 2\ny = 5\nfor i in range(0): x = x * 2", 5.0),
        ("x = 2\ndef f(a): return a", 2.0),
        ("x = 2\ny = x", 2.0),
        ("x = 2\nfor i in range(1, 8, 3): x = x + i", 14.0),
        ("x = 2\nfor i in range(3, 0, -1): x = x * i", 12.0),
    ] {
        assert!((value(source) - expected).abs() < 1e-12, "{source}");
    }
}

#[test]
fn definitions_are_inlined_as_python_calls_them() {
    let source = "k = 10\ndef f(a, b=2, *, c): return a";
    assert!(Model::new(source, &Overrides::default()).is_err());
    assert_eq!(
        value("def f(a, b=2): return a - b\nx = 5\nf(b=x, a=1)"),
        -4.0
    );
    assert_eq!(
        value("k = 10\ndef f(a):\n    b = a * k\n    return b + a\nk = 2\nx = 3\nf(x)"),
        9.0
    );
    assert_eq!(
        value("d = 4\ndef f(a, b=d): return a * b\nd = 1\nx = 2\nf(x)"),
        8.0
    );
    assert_eq!(
        value("def f(a): return a * 2\ndef g(a): return f(a) + f(f(a))\nx = 1\ng(x)"),
        6.0
    );
    assert_eq!(
        value("def f(a):\n    for i in range(3): a = a * 2\n    return a\nx = 1\nf(x)"),
        8.0
    );
}

#[test]
fn a_name_is_its_last_binding() {
    expect![[r#"
        x 12 24
        y 6 48
        f 144 1
    "#]]
    .assert_eq(&names("x = 2\nx = x * 3\ny = x\nx += y\nf = x * x"));
    expect![[r#"
        x 3 0
        y 2 0
        z 6 0
        unused 7 1
    "#]]
    .assert_eq(&names("x = 1\ny = x * 2\nx = 3\nz = x * y\nunused = 7"));
    expect![[r#"
        x 13 1
        i 1 0
        c 2 6
    "#]]
    .assert_eq(&names(
        "x = 3\nfor i in range(2):\n    c = 2\n    x = x * c + i",
    ));
}

#[test]
fn a_named_number_beside_a_loop_variable_keeps_its_gradient() {
    expect![[r#"
        x 12 1
        i 2 0
        c 2 6
    "#]]
    .assert_eq(&names(
        "x = 3\nfor i in range(1, 3):\n    c = 2\n    x = x * (c * i) / i",
    ));
    // A bound is a number all the same.
    assert_eq!(
        value("x = 1\nfor i in range(2):\n    c = 3\n    for j in range(c * i): x = x + 1"),
        4.0
    );
}

#[test]
fn imports_name_our_functions() {
    assert_eq!(
        value("import numpy as np\nx = np.array([1, -2])\nf = np.sum(np.maximum(x, 0))"),
        1.0
    );
    assert_eq!(
        value(
            "import torch\nimport torch.nn.functional as F\nx = torch.tensor(-3.0, requires_grad=True)\nF.relu(-x)"
        ),
        3.0
    );
    assert_eq!(
        value("from math import exp as e, log\nx = 0\ne(x) + log(e(x))"),
        1.0
    );
    complains(
        "from numpy import expp\nimport numpy as np\nx = np.expp(1)",
        expect![[r#"
            "expp": there is no function 'expp'
            "np.expp": there is no function 'expp': did you mean 'exp'?
        "#]],
    );
}

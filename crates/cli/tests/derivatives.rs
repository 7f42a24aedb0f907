//! `jvp`, `hvp` and `jacobian` from outside.

mod support;

use serde_json::{Value, json};
use support::{EXAMPLE, check_usage, failure, run, succeed, succeed_json};

fn jvp(source: &str, arguments: &[&str]) -> Value {
    succeed_json("jvp", source, arguments)
}

fn hvp(source: &str, arguments: &[&str]) -> Value {
    let found = succeed_json("hvp", source, arguments);
    assert_eq!(found.as_object().map(serde_json::Map::len), Some(1));
    found["hvp"].clone()
}

fn jacobian(source: &str, arguments: &[&str]) -> Value {
    succeed_json("jacobian", source, arguments)
}

#[test]
fn the_output_has_a_tangent() {
    let got = jvp(EXAMPLE, &["--tangent", "x=1"]);
    assert_eq!(got, json!({"value": -12.0, "tangent": -4.0}));
    let got = jvp(EXAMPLE, &["--tangent", "x=1", "--tangent", " z = 2"]);
    assert_eq!(got["tangent"], json!(-4.0 + 6.0));
    // A later value replaces an earlier one; an intermediate name can have one.
    let got = jvp(EXAMPLE, &["--tangent", "q=1", "--tangent", "q=-2"]);
    assert_eq!(got["tangent"], json!(8.0));
    let got = jvp(EXAMPLE, &["--tangent", "f=7"]);
    assert_eq!(got["tangent"], json!(7.0));
    let text = succeed("jvp", EXAMPLE, &["--tangent", "x=1"]);
    let expected = "         shape  value\nf        ()     -12\ntangent  ()     -4\n";
    assert_eq!(text, expected);
}

#[test]
fn tangents_have_the_shape_of_their_names() {
    let source = "x = [1, 2]\ny = [[1, 0], [3, 1]]\ny @ x.reshape((2, 1))";
    let source = source.replace("x.reshape((2, 1))", "y * x");
    let got = jvp(&source, &["--tangent", "x=[1, -1]", "--set", "x=[2, 2]"]);
    // (y ∘ x) by columns, then y times it.
    assert_eq!(got["value"], json!([[2.0, 0.0], [12.0, 2.0]]));
    assert_eq!(got["tangent"], json!([[1.0, 0.0], [6.0, -1.0]]));
    // Nothing leads from it to the output.
    let got = jvp(
        "u = [1, 2]\nx = [1, 2]\nf = x * x",
        &["--tangent", "u=[1, 1]"],
    );
    assert_eq!(got, json!({"value": [1.0, 4.0], "tangent": [0.0, 0.0]}));
    // A name bound again stands for its last binding.
    let source = "x = 3\nx = x * x\nf = 2 * x";
    assert_eq!(jvp(source, &["--tangent", "x=1"])["tangent"], json!(2.0));
    assert_eq!(jvp(source, &["--tangent", "x#1=1"])["tangent"], json!(12.0));
    let got = jvp(
        "f = 0\nfor i in range(3):\n    f = f + i",
        &["--tangent", "i=1"],
    );
    assert_eq!(got["tangent"], json!(0.0));
}

#[test]
fn what_is_not_finite_is_a_string() {
    let got = jvp("x = [0, 4, -1]\nf = sqrt(x)", &["--tangent", "x=[1, 1, 1]"]);
    assert_eq!(
        got,
        json!({"value": [0.0, 2.0, "nan"], "tangent": ["inf", 0.25, "nan"]})
    );
    let got = jacobian("x = 0\nf = -sqrt(x)", &["f", "x"]);
    assert_eq!(got["rows"], json!([["-inf"]]));
    let got = hvp("x = 0\nf = x ** 1.5", &["x=1"]);
    assert_eq!(got, json!("inf"));
}

#[test]
fn hessian_vector_products() {
    let source = "x = [1, 2, 3]\ny = 2\nf = sum(x ** 3) * y";
    assert_eq!(hvp(source, &["x=[1, 0, 2]"]), json!([12.0, 0.0, 72.0]));
    assert_eq!(
        hvp(source, &["x=[1, 0, 2]", "--set", "y=-1"]),
        json!([-6.0, 0.0, -36.0])
    );
    assert_eq!(hvp(source, &["y=5"]), json!(0.0));
    assert_eq!(hvp(source, &["f=5"]), json!(0.0));
    assert_eq!(
        hvp("x = 3\nq = x * x\nf = q ** 3", &["q=2"]),
        json!(6.0 * 9.0 * 2.0)
    );
    let text = succeed("hvp", source, &["x=[1, 0, 2]"]);
    let expected = "     shape  value\nhvp  (3,)   [12, 0, 72]\n";
    assert_eq!(text, expected);
}

/// The output's upstream gradient weighs the Hessians of its elements.
#[test]
fn an_output_of_many_numbers_is_weighed() {
    let source = "x = [1, 2, 3]\ny = x ** 3";
    assert_eq!(hvp(source, &["x=[1, 1, 1]"]), json!([6.0, 12.0, 18.0]));
    let weighed = hvp(source, &["x=[1, 1, 1]", "--upstream", "[1, 0, -1]"]);
    assert_eq!(weighed, json!([6.0, 0.0, -18.0]));
}

#[test]
fn jacobians_have_a_row_for_each_element() {
    let source =
        "x = [1, 2, 3]\ny = x ** 2\nm = [[1, 2, 3], [0, 1, 0]]\nn = m * x\nf = sum(y) + sum(n)";
    let got = jacobian(source, &["y", "x"]);
    let rows = json!([[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]]);
    assert_eq!(
        got,
        json!({"out_shape": [3], "in_shape": [3], "rows": rows})
    );
    // Of a matrix: row-major.
    let got = jacobian(source, &["n", "x"]);
    assert_eq!(
        (&got["out_shape"], &got["in_shape"]),
        (&json!([2, 3]), &json!([3]))
    );
    let rows = json!([
        [1.0, 0.0, 0.0],
        [0.0, 2.0, 0.0],
        [0.0, 0.0, 3.0],
        [0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0],
    ]);
    assert_eq!(got["rows"], rows);
    // Of a number and by a number, and where no path leads.
    assert_eq!(
        jacobian(source, &["f", "y"])["rows"],
        json!([[1.0, 1.0, 1.0]])
    );
    assert_eq!(
        jacobian(source, &["y", "m"])["rows"],
        json!([vec![0.0; 6], vec![0.0; 6], vec![0.0; 6]])
    );
    assert_eq!(
        jacobian(source, &["x", "f"])["rows"],
        json!([[0.0], [0.0], [0.0]])
    );
    let set = jacobian(
        source,
        &["y", "x", "--set", "x=[0, 1, 0]", "--upstream", "9"],
    );
    assert_eq!(set["rows"][1], json!([0.0, 2.0, 0.0]));
    let empty = jacobian("e = []\nx = 2\ny = e * x", &["y", "x"]);
    assert_eq!(empty, json!({"out_shape": [0], "in_shape": [], "rows": []}));
    let empty = jacobian("e = []\nf = sum(e)", &["f", "e"]);
    assert_eq!(
        empty,
        json!({"out_shape": [], "in_shape": [0], "rows": [[]]})
    );
    let text = succeed("jacobian", source, &["y", "x", "--set", "x=[1, -20, 3]"]);
    let expected = "\
the Jacobian of y (3,) with respect to x (3,)
2    0  0
0  -40  0
0    0  6
";
    assert_eq!(text, expected);
}

#[test]
fn bindings_of_jacobians() {
    let source = "x = 3\nx = x * x\nf = x * x";
    assert_eq!(jacobian(source, &["f", "x"])["rows"], json!([[18.0]]));
    assert_eq!(jacobian(source, &["f", "x#1"])["rows"], json!([[108.0]]));
    assert_eq!(jacobian(source, &["x", "x#1"])["rows"], json!([[6.0]]));
    assert_eq!(jacobian(source, &["x#2", "x"])["rows"], json!([[1.0]]));
}

#[test]
fn a_matrix_may_be_too_large() {
    let source = format!("x = {:?}\ny = x * x", vec![0.5; 3000]);
    let (status, errors) = failure(&["jacobian", "-", "y", "x"], source.as_bytes());
    let expected = "backflow: the Jacobian of shape (3000,) by (3000,) has 9,000,000 entries, \
                    68.7 MiB of 8-byte numbers; at most 8,388,608 are written out\n";
    assert_eq!(errors, expected);
    assert_eq!(status, Some(1));
}

#[test]
fn errors_of_the_program_have_their_place() {
    let expected = "-:2:5: error: unknown name 'sgmoid': did you mean 'sigmoid'?\n    f = sgmoid(x)\n        ^^^^^^\n";
    for arguments in [
        &["jvp", "-", "--tangent", "x=1"][..],
        &["hvp", "-", "x=1"],
        &["jacobian", "-", "f", "x", "--json"],
        &["check", "-"],
        &["time", "-"],
    ] {
        let (status, errors) = failure(arguments, b"x = 1\nf = sgmoid(x)\n");
        assert_eq!(errors, expected);
        assert_eq!(status, Some(1));
    }
}

#[test]
fn wrong_usage() {
    let check = |arguments: &[&str], expected: &str| {
        check_usage(arguments, EXAMPLE, &format!("backflow: {expected}"));
    };
    check(&["jvp", "-"], "--tangent NAME=VALUE is missing");
    check(
        &["jvp", "-", "--tangent", "x"],
        "--tangent takes NAME=VALUE, not 'x'",
    );
    check(
        &["jvp", "-", "--tangent", "x=[1, 2]"],
        "--tangent x has shape (2,), but 'x' has shape ()",
    );
    check(
        &["jvp", "-", "--tangent", "w=1"],
        "--tangent w: the program has no name 'w'",
    );
    check(
        &["jvp", "-", "--tangent", "x=1", "--set", "w=1"],
        "--set w: the program has no input 'w'",
    );
    check(
        &["jvp", "-", "--tangent", "x=1", "more"],
        "unexpected argument \"more\"",
    );
    check(
        &["eval", "-", "--tangent", "x=1"],
        "invalid option '--tangent'",
    );
    check(&["hvp", "-"], "NAME=VALUE is missing");
    check(&["hvp", "-", "x"], "hvp takes NAME=VALUE, not 'x'");
    check(
        &["hvp", "-", "x=y"],
        "hvp x: 'y' is not a number or a nested list of numbers",
    );
    check(
        &["hvp", "-", "x=[1]"],
        "hvp x has shape (1,), but 'x' has shape ()",
    );
    check(&["hvp", "-", "x=1", "y=1"], "unexpected argument \"y=1\"");
    check(
        &["hvp", "-", "x=1", "--upstream", "[1]"],
        "--upstream has shape (1,), but the output has shape ()",
    );
    check(&["jacobian", "-"], "OUT is missing");
    check(&["jacobian", "-", "f"], "IN is missing");
    check(
        &["jacobian", "-", "f", "x#2"],
        "IN x#2: there is no binding 'x#2' of the name 'x'",
    );
    let long = "score = 1\nweight = 2\nf = score * weight";
    check_usage(
        &["jacobian", "-", "f", "wieght"],
        long,
        "backflow: IN wieght: the program has no name 'wieght': did you mean 'weight'?",
    );
    check_usage(
        &["jacobian", "-", "scores", "weight"],
        long,
        "backflow: OUT scores: the program has no name 'scores': did you mean 'score'?",
    );
    check(&["help", "jv"], "there is no command 'jv'");
    check(&["help", "jvp", "hvp"], "unexpected argument \"hvp\"");
}

#[test]
fn help_is_given_of_one_command() {
    let text = |arguments: &[&str]| {
        let output = run(arguments, b"");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let one = text(&["help", "hvp"]);
    assert!(one.contains("backflow hvp FILE NAME=VALUE"), "{one}");
    assert!(!one.contains("backflow jvp"), "{one}");
    assert_eq!(text(&["hvp", "--help"]), one);
    assert_eq!(text(&["hvp", "-", "-h"]), one);
    let all = text(&["help"]);
    assert_eq!(text(&["--help"]), all);
    for name in ["eval", "jvp", "hvp", "jacobian", "check", "time"] {
        assert!(all.contains(&format!("  backflow {name} FILE")), "{all}");
    }
}

/// A chain of a hundred thousand gates has every mode.
#[test]
fn a_long_chain() {
    let source = "x = 0.5\nL = x\nfor i in range(100000):\n    L = sin(L)\n";
    let tangent = jvp(source, &["--tangent", "x=1"])["tangent"].as_f64();
    let row = jacobian(source, &["L", "x"])["rows"][0][0].as_f64();
    let (tangent, row) = (tangent.expect("a number"), row.expect("a number"));
    assert!(
        tangent > 0.0 && (tangent / row - 1.0).abs() < 1e-9,
        "{tangent} {row}"
    );
    assert!(hvp(source, &["x=1"]).as_f64().expect("a number") < 0.0);
}

//! The command from outside: what it prints, and its exit status.

mod support;

use serde_json::{Value, json};
use std::f64::consts::{SQRT_2, TAU};
use support::{EXAMPLE, check_usage, failure, run, succeed};

/// What `eval -` prints.
fn eval(source: &str, options: &[&str]) -> String {
    succeed("eval", source, options)
}

fn eval_json(source: &str, options: &[&str]) -> Value {
    let text = eval(source, &[options, &["--json"]].concat());
    serde_json::from_str(&text).expect("JSON")
}

/// Checks the standard error of a program that is wrong.
fn check_errors(source: &str, expected: &str) {
    let (status, errors) = failure(&["eval", "-"], source.as_bytes());
    assert_eq!(errors, expected);
    assert_eq!(status, Some(1));
}

#[test]
fn the_table() {
    let expected = "\
name  kind   shape  value  gradient
x     input  ()     -2     -4
y     input  ()     5      -4
z     input  ()     -4     3
q     gate   ()     3      -4
f     gate   ()     -12    1
";
    assert_eq!(eval(EXAMPLE, &[]), expected);
}

#[test]
fn a_number_has_no_row_of_zeros() {
    let expected = "\
name  kind   shape  value                                   gradient
x     input  (3,)   [1e+290, -2.5e-7, 0.30000000000000004]  [-1, -1, -1]
y     gate   ()     -1e+290                                 1
";
    let source = "x = [1e290, -2.5e-7, 0.30000000000000004]\ny = -sum(x)";
    assert_eq!(eval(source, &[]), expected);
    let set = ["--set", "x=[-inf, nan, -0.0]"];
    let table = eval("x = [1, 2, 3]\ny = sum(x)", &set);
    assert!(table.contains("[-inf, NaN, -0]"), "{table}");
}

#[test]
fn the_json() {
    let names = json!({
        "x": {"kind": "input", "shape": [], "value": -2.0, "grad": -4.0},
        "y": {"kind": "input", "shape": [], "value": 5.0, "grad": -4.0},
        "z": {"kind": "input", "shape": [], "value": -4.0, "grad": 3.0},
        "q": {"kind": "gate", "shape": [], "value": 3.0, "grad": -4.0},
        "f": {"kind": "gate", "shape": [], "value": -12.0, "grad": 1.0},
    });
    let expected = json!({"output": "f", "value": -12.0, "names": names});
    let text = eval(EXAMPLE, &["--json"]);
    // The order of the names is the program's.
    assert_eq!(text, format!("{expected}\n"));
}

#[test]
fn a_bare_expression_is_an_output_without_a_name() {
    let got = eval_json("x = 3\nx * x", &[]);
    let names = json!({"x": {"kind": "input", "shape": [], "value": 3.0, "grad": 6.0}});
    assert_eq!(got, json!({"output": null, "value": 9.0, "names": names}));
    let table = eval("x = 3\nx * x", &[]);
    assert!(table.ends_with("the output is 9\n"), "{table}");
}

#[test]
fn arrays_are_nested() {
    let got = eval_json(
        "x = [[1, 2], [3, 4]]\ne = []\nf = x.sum(axis=1)",
        &["--upstream", "[1, -2]"],
    );
    assert_eq!(got["value"], json!([3.0, 7.0]));
    let x = json!({"kind": "input", "shape": [2, 2], "value": [[1.0, 2.0], [3.0, 4.0]], "grad": [[1.0, 1.0], [-2.0, -2.0]]});
    assert_eq!(got["names"]["x"], x);
    let e = json!({"kind": "input", "shape": [0], "value": [], "grad": []});
    assert_eq!(got["names"]["e"], e);
}

#[test]
fn what_json_has_no_number_for_is_a_string() {
    let got = eval_json(
        "x = [1000, -1000]\na = exp(x)\nb = -a\nc = x - x\nd = c / c\nf = a + b + d",
        &[],
    );
    assert_eq!(got["names"]["a"]["value"], json!(["inf", 0.0]));
    assert_eq!(got["names"]["b"]["value"], json!(["-inf", -0.0]));
    assert_eq!(got["names"]["d"]["value"], json!(["nan", "nan"]));
    assert_eq!(got["value"], json!(["nan", "nan"]));
}

#[test]
fn the_last_binding_of_a_name_is_told() {
    let got = eval_json("x = 3\nx = x * x\nu = 7\nf = 2 * x", &[]);
    assert_eq!(
        got["names"]["x"],
        json!({"kind": "gate", "shape": [], "value": 9.0, "grad": 2.0})
    );
    assert_eq!(got["names"]["u"]["grad"], json!(0.0));
}

#[test]
fn inputs_are_set() {
    let got = eval_json(EXAMPLE, &["--set", "x=1e1", "--set", " z = -1"]);
    assert_eq!(got["value"], json!(-15.0));
    // Another shape is fine: the program is compiled for it.
    let got = eval_json("x = 2\nf = x * x", &["--set", "x=[1, 2]"]);
    assert_eq!(got["names"]["x"]["grad"], json!([2.0, 4.0]));
    let got = eval_json("x = 2\nf = x * x", &["--set", "x=-inf"]);
    assert_eq!(got["value"], json!("inf"));
}

#[test]
fn a_value_may_be_an_expression() {
    for (value, x) in [
        ("1/4", 0.25),
        ("\u{2212}3", -3.0),
        ("2*pi", TAU),
        ("-sqrt(2)", -SQRT_2),
    ] {
        let got = eval_json("x = 2\nf = x + 0", &["--set", &format!("x={value}")]);
        assert_eq!(got["value"], json!(x), "{value}");
    }
    let upstream = ["--set", "x=[1/2, \u{2212}1]", "--upstream", "[2**3, 1/8]"];
    let got = eval_json("x = 2\nf = x * x", &upstream);
    assert_eq!(got["names"]["x"]["grad"], json!([8.0, -0.25]));
}

#[test]
fn the_upstream_gradient_is_set() {
    let got = eval_json(EXAMPLE, &["--upstream", "-0.5"]);
    assert_eq!(got["names"]["f"]["grad"], json!(-0.5));
    assert_eq!(got["names"]["x"]["grad"], json!(2.0));
}

#[test]
fn a_program_may_be_a_file() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("example.bf");
    std::fs::write(&path, EXAMPLE.replace('\n', "\r\n")).expect("a file");
    let path = path.to_str().expect("a name in UTF-8");
    let output = run(&["eval", path, "--json"], b"");
    let got: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(got["value"], json!(-12.0));
}

#[test]
fn an_error_has_its_place_and_is_underlined() {
    check_errors(
        "x = 1\nf = sgmoid(x)\n",
        "-:2:5: error: unknown name 'sgmoid': did you mean 'sigmoid'?\n    f = sgmoid(x)\n        ^^^^^^\n",
    );
    check_errors(
        "A = [[1, 2, 3], [4, 5, 6]]\nB = [[1, 2], [3, 4], [5, 6], [7, 8]]\n\tf = 1\nf = A @ B",
        "-:3:1: error: this line is indented, but nothing before it opens a block\n    \tf = 1\n    ^\n\
         -:4:5: error: cannot multiply (2, 3) @ (4, 2): the inner sizes 3 and 4 differ\n    f = A @ B\n        ^^^^^\n    A  (2, 3)\n    B  (4, 2)  ← 3 meets 4\n",
    );
    check_errors(
        "x = [[1, 2, 3], [4, 5, 6]]\nf = x / x.sum(axis=1)",
        "-:2:5: error: cannot divide (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean x.sum(axis=1, keepdims=True)?\n    f = x / x.sum(axis=1)\n        ^^^^^^^^^^^^^^^^^\n    x              (2, 3)\n    x.sum(axis=1)  (2,)    ← 3 meets 2\n",
    );
}

#[test]
fn several_errors_are_told_at_once() {
    let (status, errors) = failure(
        &["eval", "-"],
        "x = 1\na = x + u\nb = (x\nc = while\nf = v * a\n".as_bytes(),
    );
    let places: Vec<&str> = errors
        .lines()
        .filter(|l| l.contains(": error: "))
        .map(|l| &l[..6])
        .collect();
    assert_eq!(places, ["-:2:9:", "-:3:5:", "-:4:5:", "-:5:5:"], "{errors}");
    assert_eq!(status, Some(1));
}

#[test]
fn errors_name_the_file() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong.bf");
    std::fs::write(&path, "f = ?").expect("a file");
    let path = path.to_str().expect("a name in UTF-8");
    let (status, errors) = failure(&["eval", path, "--json"], b"");
    assert!(
        errors.starts_with(&format!("{path}:1:5: error: ")),
        "{errors}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn text_that_is_no_text_is_an_error_of_the_program() {
    let (status, errors) = failure(&["eval", "-"], b"x = 1\n\xff = 2\n");
    assert_eq!(errors, "-:2:1: error: this byte is not UTF-8 text\n");
    assert_eq!(status, Some(1));
}

#[test]
fn nothing_is_no_program() {
    for source in ["", "\n\n# only a comment\n", "\u{feff}"] {
        let (status, errors) = failure(&["eval", "-"], source.as_bytes());
        assert!(
            errors.starts_with("-:1:1: error: the program computes nothing yet"),
            "{errors}"
        );
        assert_eq!(status, Some(1));
    }
}

#[test]
fn wrong_usage() {
    check_usage(&[], "", "backflow: a command is missing");
    check_usage(&["evla"], "", "backflow: there is no command 'evla'");
    check_usage(&["eval"], "", "backflow: the program's FILE is missing");
    check_usage(
        &["eval", "-", "-"],
        EXAMPLE,
        "backflow: unexpected argument \"-\"",
    );
    check_usage(
        &["eval", "-", "--jsn"],
        EXAMPLE,
        "backflow: invalid option '--jsn'",
    );
    check_usage(
        &["eval", "-", "--set", "x"],
        EXAMPLE,
        "backflow: --set takes NAME=VALUE, not 'x'",
    );
    check_usage(
        &["eval", "-", "--set", "w=1"],
        EXAMPLE,
        "backflow: --set w: the program has no input 'w'",
    );
    check_usage(
        &["eval", "-", "--set", "q=1"],
        EXAMPLE,
        "backflow: --set q: the program has no input 'q'",
    );
    check_usage(
        &["eval", "-", "--set", "x=y"],
        EXAMPLE,
        "backflow: --set x: 'y' is not a number or a nested list of numbers",
    );
    check_usage(
        &["eval", "-", "--set", "x=1,5"],
        EXAMPLE,
        "backflow: --set x: '1,5' is not a number: write 1.5",
    );
    check_usage(
        &["eval", "-", "--set", "x=1/0"],
        EXAMPLE,
        "backflow: --set x: '1/0' is ∞: write inf if that is meant",
    );
    check_usage(
        &["eval", "-", "--upstream", "[1, 2]"],
        EXAMPLE,
        "backflow: --upstream has shape (2,), but the output has shape ()",
    );
    let (status, errors) = failure(&["eval", "no such file"], b"");
    assert!(
        errors.starts_with("backflow: cannot read no such file: "),
        "{errors}"
    );
    assert_eq!(status, Some(2));
}

#[test]
fn help_and_version() {
    let help = run(&["--help"], b"");
    assert!(String::from_utf8_lossy(&help.stdout).contains("backflow eval FILE"));
    assert_eq!(help.status.code(), Some(0));
    let version = run(&["--version"], b"");
    assert_eq!(
        String::from_utf8_lossy(&version.stdout),
        concat!("backflow ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_chain_of_a_million_gates() {
    let got = eval_json(
        "x = 0.5\nL = x\nfor i in range(1000000):\n    L = sin(L)\n",
        &[],
    );
    // The iterates of sine fall as √(3 / n).
    let value = got["value"].as_f64().expect("a number");
    assert!(
        (value / (3.0f64 / 1e6).sqrt() - 1.0).abs() < 1e-3,
        "{value}"
    );
    // Their derivative is the product of the cosines, which falls as n to the −3/2.
    let gradient = got["names"]["x"]["grad"].as_f64().expect("a number");
    let mut expected = 1.0;
    let mut at = 0.5f64;
    for _ in 0..1_000_000 {
        expected *= at.cos();
        at = at.sin();
    }
    assert!(
        (gradient / expected - 1.0).abs() < 1e-9,
        "{gradient} {expected}"
    );
}

/// Whether two values of JSON are the same but for the last digits of numbers.
fn close(a: &Value, b: &Value, tolerance: f64) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b, tolerance))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| close(a, b, tolerance)))
        }
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            // Below the least normal number there are not so many digits.
            (Some(a), Some(b)) => (a - b).abs() <= tolerance * b.abs() + f64::MIN_POSITIVE,
            _ => false,
        },
        _ => a == b,
    }
}

#[test]
fn the_json_is_what_pytorch_computes() {
    let text = include_str!("../../../tests/fixtures/pytorch.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let fixtures = file["fixtures"].as_array().expect("a list");
    for fixture in fixtures {
        let set = fixture["set"].as_object().expect("values to set");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let set = set
            .iter()
            .flat_map(|(name, value)| ["--set".into(), format!("{name}={}", text(value))]);
        let mut options: Vec<String> = set.collect();
        if fixture["upstream"].is_string() {
            options.extend(["--upstream".into(), text(&fixture["upstream"])]);
        }
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let got = eval_json(&text(&fixture["source"]), &options);
        let tolerance = fixture["rtol"].as_f64().unwrap_or(1e-12);
        for part in ["output", "value", "names"] {
            let expected = &fixture[part];
            assert!(
                close(&got[part], expected, tolerance),
                "{}: {got:#} {expected:#}",
                fixture["name"]
            );
        }
    }
}

#[test]
fn what_a_terminal_would_obey_is_escaped() {
    // A title for the terminal; letters turned round; a tab, which stays.
    check_errors(
        "x = 1\ny = \u{1b}]0;t\u{7} + x",
        "\
-:2:5: error: a control character (U+001B) has no meaning here
    y = \\x1b]0;t\\x07 + x
        ^^^^
-:2:10: error: a control character (U+0007) has no meaning here
    y = \\x1b]0;t\\x07 + x
                ^^^^
",
    );
    check_errors(
        "x = 1 # \u{202e}txet\ny =\tx @ 2 # \u{2066}",
        "\
-:2:5: error: cannot multiply () @ (): a number is multiplied with '*'
    y =\tx @ 2 # \\u2066
       \t^^^^^
",
    );
    let (_, errors) = failure(&["eval", "-", "--set", "x\u{1b}[2J=1"], b"x = 1");
    assert!(
        errors.contains(r"x\x1b[2J") && !errors.contains('\u{1b}'),
        "{errors}"
    );
    let (_, errors) = failure(&["eval", "a\u{9b}2J.py"], b"");
    assert!(
        errors.contains(r"a\x9b2J.py") && !errors.contains('\u{9b}'),
        "{errors}"
    );
}

#[test]
fn lines_end_by_cr_too() {
    let table = eval("x = 3\ny = x * 2", &[]);
    assert_eq!(eval("x = 3\ry = x * 2", &[]), table);
    assert_eq!(eval("x = 3\r\ny = x * 2\r\n", &[]), table);
    check_errors(
        "x = 1\r\ry = z\r",
        "-:3:5: error: unknown name 'z': give it a value first, as in 'z = 1'\n    y = z\n        ^\n",
    );
}

#[test]
fn a_name_is_set_however_it_is_stored() {
    let set = ["--set", "e\u{301}=5"];
    assert_eq!(eval_json("\u{e9} = 3\ny = \u{e9} * 2", &set)["value"], 10.0);
    let rows = succeed("jacobian", "e\u{301} = 3\ny = \u{e9} * 2", &["𝑦", "\u{e9}"]);
    assert_eq!(rows.lines().last(), Some("2"));
}

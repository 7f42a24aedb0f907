//! `check` and `time` from outside.

mod support;

use serde_json::{Value, json};
use support::{EXAMPLE, check_usage, run, succeed, succeed_json};

fn check(source: &str, arguments: &[&str]) -> Value {
    succeed_json("check", source, arguments)
}

/// A number that is near another.
fn near(value: &Value, expected: f64) -> bool {
    let value = value.as_f64();
    value.is_some_and(|value| (value - expected).abs() <= 1e-7 * expected.abs())
}

#[test]
fn gradients_stand_beside_differences() {
    let got = check(EXAMPLE, &[]);
    assert_eq!(
        (&got["agrees"], &got["tolerance"]),
        (&json!(true), &json!(1e-6))
    );
    let names: Vec<&String> = got["inputs"]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(names, ["x", "y", "z"]);
    let z = &got["inputs"]["z"];
    assert_eq!(z["grad"], json!(3.0));
    assert!(near(&z["difference"], 3.0), "{z}");
    assert_eq!((&z["agrees"], &z["checked"]), (&json!(true), &json!(1)));
    assert_eq!((&z["shape"], &z["notes"]), (&json!([]), &json!([])));
}

#[test]
fn arrays_are_compared_by_element() {
    let source = "w = [[1, -2], [0.5, 3]]\nx = [1, 2]\nf = sigmoid(w * x)";
    let arguments = ["--upstream", "[[1, 0], [0, -2]]", "--set", "x=[0.1, 0.2]"];
    let got = check(source, &arguments);
    let slope = |z: f64| (1.0 / (1.0 + (-z).exp())) * (1.0 - 1.0 / (1.0 + (-z).exp()));
    let w = &got["inputs"]["w"];
    assert!(near(&w["grad"][0][0], 0.1 * slope(0.1)), "{w}");
    assert!(near(&w["difference"][0][0], 0.1 * slope(0.1)), "{w}");
    assert!(near(&w["difference"][1][1], -0.4 * slope(0.6)), "{w}");
    assert_eq!(w["grad"][0][1], json!(0.0));
    assert_eq!(w["checked"], json!(4));
}

#[test]
fn kinks_are_said_and_are_no_mismatch() {
    let source = "x = [1, 0, -1]\nf = relu(x)";
    let got = check(source, &[]);
    assert_eq!(got["agrees"], json!(true));
    let note = &got["inputs"]["x"]["notes"][0];
    assert_eq!(
        (&note["index"], &note["verdict"]),
        (&json!([1]), &json!("kink"))
    );
    assert_eq!((&note["left"], &note["right"]), (&json!(0.0), &json!(1.0)));
    let text = succeed("check", source, &[]);
    let expected = "x[1] is at a kink: the gradient is 0, the slopes are 0 to the left and 1 to the right\n\
                    tolerance 1e-6 relative: 0 of 3 elements differ\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn what_is_not_finite_is_said() {
    let got = check("x = [0, 4]\ny = 2\nf = sum(sqrt(x)) * y", &[]);
    let x = &got["inputs"]["x"];
    assert_eq!(x["grad"], json!(["inf", 0.5]));
    assert_eq!(x["difference"][0], json!("nan"));
    assert_eq!(x["notes"][0]["verdict"], json!("not finite"));
    assert!(near(&got["inputs"]["y"]["difference"], 2.0), "{got}");
}

/// Where p is next to 0, the loss's gradient is bounded, as PyTorch has it; its slope
/// is not.
#[test]
fn a_mismatch_is_an_error() {
    let source = "p = 1e-14\ny = 2\nf = bce_loss(p, 1) * y\n";
    let output = run(&["check", "-", "--json"], source.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let got: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(got["agrees"], json!(false));
    assert_eq!(got["inputs"]["p"]["agrees"], json!(false));
    assert_eq!(got["inputs"]["y"]["agrees"], json!(true));
    let note = &got["inputs"]["p"]["notes"][0];
    assert!(near(&note["grad"], -2e12), "{note}");
    assert!(near(&note["difference"], -2e14), "{note}");
    assert_eq!(note["verdict"], json!("differs"));
    assert_eq!(note["other_upstream"], json!(false));
    let output = run(&["check", "-"], source.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("\np differs: -19999"), "{text}");
    let expected = "tolerance 1e-6 relative: 1 of 2 elements differ\n";
    assert!(text.ends_with(expected), "{text}");
}

/// Rounding leaves nothing of x in the output: that is said, and is no mismatch.
#[test]
fn what_rounding_hides_is_no_mismatch() {
    let source = "x = 1\ny = 2\nf = (x + 1e17) - 1e17 + y\n";
    let got = check(source, &[]);
    assert_eq!(got["agrees"], json!(true));
    let note = &got["inputs"]["x"]["notes"][0];
    assert_eq!(note["verdict"], json!("uncertain"));
    let text = succeed("check", source, &[]);
    assert!(
        text.contains("\nx cannot be decided by differences: rounding or waves hide the slope\n"),
        "{text}"
    );
}

/// Elements of the output that cancel are neither kinks nor mismatches.
#[test]
fn outputs_that_cancel_agree() {
    let source = "import numpy as np\nx = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.7]])\n\
                  g = np.array([1.0, 2.0])\n\
                  out = g * (x - np.mean(x, axis=0)) / np.sqrt(np.var(x, axis=0) + 1e-5)";
    let got = check(source, &[]);
    for input in ["x", "g"] {
        assert_eq!(got["inputs"][input]["notes"], json!([]), "{got}");
    }
}

/// An input whose name is bound again has the number of its binding.
#[test]
fn shadowed_inputs_are_told_apart() {
    let got = check("x = 3\ny = x * x\nx = 2\nf = y * x", &[]);
    assert!(near(&got["inputs"]["x#1"]["difference"], 12.0), "{got}");
    assert!(near(&got["inputs"]["x"]["difference"], 9.0), "{got}");
}

#[test]
fn the_table_of_differences() {
    let text = succeed("check", "x = 0\ny = 5\nf = x * 4\n", &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "input  shape  gradient  difference");
    assert!(lines[1].starts_with("x      ()     4         4"), "{text}");
    assert_eq!(lines[2], "y      ()     0         0           agrees");
    assert_eq!(lines[3], "tolerance 1e-6 relative: 0 of 2 elements differ");
}

/// Of very many elements some are compared, evenly spread, and this is said.
#[test]
fn much_work_is_shared_out() {
    let turns = "for i in range(60):\n    y = sin(y) + x\n";
    let source = format!("x = {:?}\ny = x\n{turns}f = sum(y)", vec![0.5; 3000]);
    let got = check(&source, &[]);
    let x = &got["inputs"]["x"];
    let count = x["checked"].as_u64().expect("a count") as usize;
    assert!(count > 10 && count < 3000, "{count}");
    let differences = x["difference"].as_array().expect("a list");
    assert_eq!(differences.len(), 3000);
    assert_eq!(differences.iter().filter(|d| !d.is_null()).count(), count);
    assert!(differences[2000..].iter().any(|d| !d.is_null()));
    let text = succeed("check", &source, &[]);
    assert!(
        text.contains(&format!("of {count} of 3000 elements  agrees")),
        "{text}"
    );
}

#[test]
fn time_is_told() {
    let got = succeed_json("time", EXAMPLE, &["--set", "x=4", "--upstream", "2"]);
    assert_eq!((&got["gates"], &got["nodes"]), (&json!(2), &json!(5)));
    // The upstream gradient and the two products of the multiplication.
    assert_eq!(got["derivative_nodes"], json!(3));
    // Five values, three gradients and a zero.
    assert_eq!(got["bytes"], json!(72));
    for part in ["compile_ns", "forward_ns", "backward_ns"] {
        assert!(got[part].is_u64(), "{got}");
    }
    assert!(got["compile_ns"].as_u64() > Some(0), "{got}");
    let text = succeed("time", EXAMPLE, &[]);
    let names: Vec<&str> = text.lines().filter_map(|l| l.split("  ").next()).collect();
    let expected = [
        "gates",
        "nodes",
        "derivative nodes",
        "bytes",
        "compile",
        "forward",
        "backward",
    ];
    assert_eq!(names, expected);
}

/// More gates take longer in every part.
#[test]
fn time_grows_with_the_program() {
    let program = |count: usize| format!("x = 0.5\nfor i in range({count}):\n    x = sin(x)\n");
    let [few, many] = [100, 10_000].map(|count| succeed_json("time", &program(count), &[]));
    for part in [
        "compile_ns",
        "forward_ns",
        "backward_ns",
        "bytes",
        "derivative_nodes",
    ] {
        let of = |got: &Value| got[part].as_u64().expect("a count");
        assert!(of(&many) > 10 * of(&few), "{part}: {few} {many}");
    }
}

#[test]
fn wrong_usage() {
    check_usage(&["check"], "", "backflow: the program's FILE is missing");
    check_usage(
        &["time", "-", "x"],
        EXAMPLE,
        "backflow: unexpected argument \"x\"",
    );
    check_usage(
        &["check", "-", "--upstream", "[1]"],
        EXAMPLE,
        "backflow: --upstream has shape (1,), but the output has shape ()",
    );
    check_usage(
        &["time", "-", "--set", "w=1"],
        EXAMPLE,
        "backflow: --set w: the program has no input 'w'",
    );
}

/// No gradient of the fixtures is refuted by differences, which know of PyTorch
/// as little as of the table of derivatives.
#[test]
fn differences_refute_no_fixture() {
    let text = include_str!("../../../tests/fixtures/pytorch.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let fixtures = file["fixtures"].as_array().expect("a list");
    let mut agreed = 0;
    for fixture in fixtures {
        let name = fixture["name"].as_str().expect("a name");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let set = fixture["set"].as_object().expect("values to set");
        let set = set
            .iter()
            .flat_map(|(name, value)| ["--set".into(), format!("{name}={}", text(value))]);
        let mut options: Vec<String> = ["check", "-", "--json"].map(str::to_owned).into();
        options.extend(set);
        if fixture["upstream"].is_string() {
            options.extend(["--upstream".into(), text(&fixture["upstream"])]);
        }
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let output = run(&options, text(&fixture["source"]).as_bytes());
        let found = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{name}: {found}");
        let found: Value = serde_json::from_str(&found).expect("JSON");
        let inputs = found["inputs"].as_object().expect("an object");
        let silent = inputs.values().filter(|input| input["notes"] == json!([]));
        agreed += silent.count();
    }
    // At a kink and beside what is not finite nothing is proved; elsewhere it is.
    assert!(agreed > fixtures.len(), "{agreed}");
}

//! The code of programs runs under Python, and its asserts hold.
//!
//! Code of numbers alone needs `python3`; the rest NumPy, in the interpreter that
//! `BACKFLOW_PYTHON` names: `cargo xtask test rust` provides one.

mod support;

#[path = "support/programs.rs"]
mod programs;

#[path = "../../core/tests/support/mod.rs"]
mod operations;

use backflow_core::codegen::{Asked, Style, code, notebook};
use backflow_core::model::{Model, Overrides};
use backflow_core::op::Op;
use programs::{Program, examples, execute, fixtures, random, undefined};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use support::{EXAMPLE, check_usage, failure, run, succeed};

/// The interpreter of the tests.
fn python() -> String {
    std::env::var("BACKFLOW_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// An interpreter that has NumPy.
fn numpy() -> String {
    let python = python();
    let has = Command::new(&python).args(["-c", "import numpy"]).output();
    assert!(
        has.is_ok_and(|output| output.status.success()),
        "{python} has no NumPy: let BACKFLOW_PYTHON name an interpreter that has it, or run \
         cargo xtask test rust, which provides one"
    );
    python
}

fn texts(programs: &[Program], style: Style) -> Vec<(String, String)> {
    let texts = programs.iter();
    let texts = texts.filter_map(|program| Some((program.name.clone(), program.text(style)?)));
    texts.collect()
}

/// Runs programs in a style and requires that nothing goes wrong.
fn check(python: &str, programs: &[Program], style: Style, least: usize) {
    let texts = texts(programs, style);
    assert!(texts.len() >= least, "only {} texts", texts.len());
    let wrong = execute(python, &texts);
    let told: Vec<String> = wrong
        .iter()
        .map(|(name, what)| format!("{name}: {what}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} in style {}:\n{}",
        wrong.len(),
        texts.len(),
        style.name(),
        told.join("\n")
    );
}

#[test]
fn scalar_programs_need_python_alone() {
    let mut texts = Vec::new();
    for program in fixtures().iter().chain(&examples()) {
        for style in [Style::Flat, Style::Modular] {
            let text = program
                .text(style)
                .filter(|text| !text.contains("import numpy"));
            texts.extend(text.map(|text| (format!("{} ({})", program.name, style.name()), text)));
        }
    }
    assert!(texts.len() > 300, "only {} texts", texts.len());
    assert_eq!(execute(&python(), &texts), []);
}

#[test]
fn every_example_runs() {
    let (python, examples) = (numpy(), examples());
    for style in [Style::Flat, Style::Modular, Style::NumPy] {
        check(&python, &examples, style, examples.len());
    }
}

/// Operations that formulas say by others, or not at all.
const SAID_OTHERWISE: &[(&str, &str)] = &[
    (
        "concatenate",
        "a = [[1, 2]]\nb = [[3, -4], [0.5, 6]]\nr = concatenate([a, b], axis=0)",
    ),
    (
        "hinge_loss",
        "s = [[3.2, 5.1, -1.7], [1.3, 4.9, 2]]\ny = [0, 2]\nr = hinge_loss(s, y)",
    ),
    (
        "one_hot",
        "s = [[3.2, 5.1, -1.7], [1.3, 4.9, 2]]\ny = [2, 0]\nr = cross_entropy(s, y)",
    ),
    (
        "put",
        "x = [[2, -0.5, 3], [1, 4, -2]]\nr = grad(sum(x[:, [1, 1, 0]] ** 2) + sum(x[[0, 1], [2, 2]] ** 3), x)",
    ),
    (
        "reverse_cumsum",
        "x = [[2, -0.5, 3], [1, 4, -2]]\nr = grad(sum(cumsum(x, axis=1) ** 2), x)",
    ),
    ("reciprocal", "x = [2, -0.5]\nr = reciprocal(x)"),
    ("square", "x = [2, -0.5]\nr = square(x)"),
];

/// Every operation that the table has: as the language writes it, and as derivatives have it.
#[test]
fn every_operation_runs() {
    let mut missing: BTreeSet<&str> = Op::ALL.iter().map(|op| op.info().name).collect();
    let said = operations::said::programs(&mut operations::Random(9));
    let said = said
        .iter()
        .map(|said| (said.op.info().name, said.source.as_str()));
    let programs = said.chain(SAID_OTHERWISE.iter().copied());
    let programs: Vec<_> = programs
        .map(|(name, source)| Program::new(name, source))
        .collect();
    for Program { source, .. } in &programs {
        let model = Model::new(source, &Overrides::default()).expect("a program");
        for node in model.program.graph.nodes() {
            missing.remove(model.program.graph.node(node).op.info().name);
        }
    }
    assert_eq!(missing, BTreeSet::new());
    let python = numpy();
    for style in [Style::Flat, Style::Modular, Style::NumPy] {
        check(&python, &programs, style, programs.len());
    }
    // PyTorch and JAX are not here: at least nothing is called that is not defined.
    for style in [Style::Torch, Style::AutogradFunction, Style::Jax] {
        let texts = texts(&programs, style);
        assert!(texts.len() > 200, "only {} texts", texts.len());
        assert_eq!(undefined(&python, &texts), [], "{}", style.name());
    }
}

#[test]
fn every_fixture_runs() {
    let (python, fixtures) = (numpy(), fixtures());
    for style in [Style::Flat, Style::Modular, Style::NumPy] {
        check(&python, &fixtures, style, 700);
    }
}

#[test]
fn random_programs_run() {
    let (python, programs) = (numpy(), random());
    for style in [Style::Flat, Style::Modular, Style::NumPy] {
        check(&python, &programs, style, 250);
    }
}

/// An assert that could not fail would prove nothing: each, with another number,
/// does; and so does a wrong line of the backward pass.
#[test]
fn a_wrong_gradient_is_noticed() {
    let neuron = "w = 2\nx = -1\nb = 0.5\nL = sigmoid(w * x + b)";
    let neuron = Program::new("neuron", neuron);
    let mut wrong = Vec::new();
    for style in [Style::Flat, Style::Modular] {
        let text = neuron.text(style).expect("a text");
        for line in text.lines().filter(|line| line.starts_with("assert ")) {
            let (call, number) = line.rsplit_once(", ").expect("a number");
            let number: f64 = number.trim_end_matches(')').parse().expect("a number");
            let other = format!("{call}, {:?})", number * (1.0 + 1e-8));
            wrong.push((line.to_owned(), text.replace(line, &other)));
        }
    }
    let text = neuron.text(Style::Flat).expect("a text");
    let step = "grad_w = grad_s0 * x";
    assert!(text.contains(step), "{text}");
    wrong.push((step.to_owned(), text.replace(step, "grad_w = grad_s0 * w")));
    let found = execute(&python(), &wrong);
    assert_eq!(found.len(), wrong.len());
    assert!(
        found
            .iter()
            .all(|(_, what)| what.starts_with("AssertionError")),
        "{found:?}"
    );
}

#[test]
fn a_wrong_array_is_noticed() {
    let program = Program::new(
        "layer",
        "x = [1, 2]\nW = [[1, 0], [2, -1]]\ny = relu(x @ W)",
    );
    let text = program.text(Style::NumPy).expect("a text");
    assert_eq!(execute(&numpy(), &[("right".to_owned(), text.clone())]), []);
    let wrong: Vec<(String, String)> = [
        (
            "same(y, np.array([5.0, 0.0]))",
            "same(y, np.array([5.0, 1e-11]))",
        ),
        // Another shape that broadcasts to it.
        (
            "same(y, np.array([5.0, 0.0]))",
            "same(y, np.array([[5.0, 0.0]]))",
        ),
        ("x @ W", "W @ x"),
    ]
    .iter()
    .map(|(is, other)| {
        assert!(text.contains(is), "{text}");
        ((*other).to_owned(), text.replace(is, other))
    })
    .collect();
    assert_eq!(execute(&numpy(), &wrong).len(), wrong.len());
}

/// The lecture's lines, one forward and one backward for each gate.
#[test]
fn the_lectures_flat_code() {
    let source = "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\ns0 = w0 * x0\ns1 = w1 * x1\n\
                  s2 = s0 + s1\ns3 = s2 + w2\nL = sigmoid(s3)";
    let text = succeed("code", source, &["--style", "flat"]);
    let (_, backward) = text.split_once("# Backward").expect("a backward pass");
    let lines: Vec<&str> = backward
        .lines()
        .filter(|line| line.starts_with("grad"))
        .collect();
    assert_eq!(
        lines,
        [
            "grad_L = 1.0",
            "grad_s3 = grad_L * (1 - L) * L",
            "grad_s2 = grad_s3",
            "grad_w2 = grad_s3",
            "grad_s0 = grad_s2",
            "grad_s1 = grad_s2",
            "grad_w1 = grad_s1 * x1",
            "grad_x1 = grad_s1 * w1",
            "grad_w0 = grad_s0 * x0",
            "grad_x0 = grad_s0 * w0",
        ]
    );
}

#[test]
fn gradients_add_up_at_a_fan_out() {
    let text = succeed("code", "x = 3\ny = x * x\nL = y + x", &["--style", "flat"]);
    let expected = "grad_y = grad_L\ngrad_x = grad_L\ngrad_x += grad_y * x\ngrad_x += grad_y * x\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn names_give_way_to_what_the_text_needs() {
    let source =
        "np = 2\nmath = 3\nmax = np * math\ngrad_np = max - relu(np)\ns0 = 1\n(grad_np + s0) * s0";
    let text = succeed("code", source, &["--style", "flat"]);
    assert_eq!(
        execute(&python(), &[("names".to_owned(), text.clone())]),
        []
    );
    assert!(text.contains("max_2 = np_2 * math_2\n"), "{text}");
    let text = succeed("code", "norm = 3\nL = norm * 2", &["--style", "flat"]);
    assert!(text.contains("L = norm * 2\n"), "{text}");
}

#[test]
fn the_command_takes_values_and_writes_notebooks() {
    let arguments = ["--style", "flat", "--set", "x=1.5", "--upstream", "-2"];
    let text = succeed("code", EXAMPLE, &arguments);
    for line in [
        "x = 1.5",
        "grad_f = -2.0",
        "assert same(f, -26.0)",
        "assert same(grad_x, 8.0)",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    let text = succeed("code", EXAMPLE, &["--style", "flat", "--notebook"]);
    let book: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(book["nbformat"], 4);
    let cells = book["cells"].as_array().expect("cells");
    assert!(cells.len() > 3);
    let source = cells.iter().map(|cell| {
        assert_eq!(cell["cell_type"], "code");
        let lines = cell["source"].as_array().expect("lines").iter();
        lines
            .map(|line| line.as_str().expect("a text"))
            .collect::<String>()
    });
    let whole = source.collect::<Vec<_>>().join("\n");
    assert_eq!(execute(&python(), &[("book".to_owned(), whole)]), []);
    let text = succeed("code", EXAMPLE, &["--style", "latex"]);
    assert!(
        text.starts_with("\\begin{align*}\n") && text.contains(r"\frac{\partial f}{\partial q}")
    );
}

#[test]
fn wrong_usage_of_code() {
    let check = |arguments: &[&str], expected: &str| {
        check_usage(arguments, EXAMPLE, &format!("backflow: {expected}"));
    };
    check(&["code", "-"], "--style STYLE is missing");
    check(
        &["code", "-", "--style", "tf"],
        "--style is one of flat, modular, torch, autograd-function, numpy, jax, latex, not 'tf'",
    );
    check(
        &["code", "-", "--style", "flat", "--composite", "f"],
        "--composite is of the style autograd-function",
    );
    check(
        &["code", "-", "--style", "latex", "--notebook"],
        "--notebook is of Python, not of latex",
    );
    check(
        &["code", "-", "--style", "flat", "--json"],
        "invalid option '--json'",
    );
    let arguments = [
        "code",
        "-",
        "--style",
        "autograd-function",
        "--composite",
        "softmax",
    ];
    let (status, errors) = failure(&arguments, EXAMPLE.as_bytes());
    assert_eq!(
        errors,
        "backflow: there is no gate 'softmax' to make a function of: there is add, mul\n"
    );
    assert_eq!(status, Some(1));
    let long = "x = 0.5\nfor i in range(3000):\n    x = sin(x)\n";
    let (status, errors) = failure(&["code", "-", "--style", "flat"], long.as_bytes());
    assert_eq!(
        errors,
        "backflow: 3000 gates are too many to write out as code: at most 2000 are\n"
    );
    assert_eq!(status, Some(1));
    let help = run(&["help", "code"], b"");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("backflow code FILE --style STYLE"), "{help}");
}

/// A notebook's cells are the text's parts.
#[test]
fn a_notebook_has_every_line() {
    let model = Model::new("x = 2\ny = gelu(x)", &Overrides::default()).expect("a program");
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let asked = Asked {
        model: &model,
        arena: &arena,
        scene: None,
        composite: None,
    };
    let code = code(asked, Style::Flat).expect("a text");
    assert_eq!(code.lines.len(), code.text.lines().count());
    let book: Value = serde_json::from_str(&notebook(&code)).expect("JSON");
    let cells = book["cells"].as_array().expect("cells").iter();
    let lines = cells.flat_map(|cell| cell["source"].as_array().expect("lines"));
    let lines: Vec<&str> = lines
        .map(|line| line.as_str().expect("a text").trim_end())
        .collect();
    let of = |lines: &[&str]| -> Vec<String> {
        lines
            .iter()
            .filter(|line| !line.is_empty())
            .map(|&line| line.to_owned())
            .collect()
    };
    assert_eq!(of(&lines), of(&code.text.lines().collect::<Vec<_>>()));
}

//! No text makes the compiler panic or hang, and what it says of a text points
//! into that text.

use backflow_core::lower::parse_value;
use backflow_core::model::{Model, Overrides};
use backflow_core::source::{Diagnostic, line_at, position, utf16_offset};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Compiles and, if that succeeds, runs; checks what is said if not.
fn survives(source: &str) -> Result<Model, Vec<Diagnostic>> {
    let result = Model::new(source, &Overrides::default());
    match &result {
        Ok(model) => {
            let mut arena = model.arena();
            model.plan.run(&mut arena);
        }
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty(), "an error without a word");
            for Diagnostic { span, message, .. } in diagnostics {
                let piece = source.get(span.start as usize..span.end as usize);
                assert!(piece.is_some(), "{span:?} {message}");
                assert_ne!(message, "");
                let place = position(source, span.start);
                let (line, start) = line_at(source, span.start);
                assert!(place.line >= 1 && place.column >= 1);
                assert!(start <= span.start as usize && !line.contains('\n'));
                assert!(utf16_offset(source, span.end) >= utf16_offset(source, span.start));
            }
        }
    }
    result
}

fn value(source: &str) -> f64 {
    let model = survives(source).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    arena[model.plan.offset(model.program.output)]
}

fn complaint(source: &str) -> String {
    let wrong = survives(source).map(drop).expect_err("a mistake");
    wrong.first().map(|d| d.message.clone()).unwrap_or_default()
}

/// Programs that are right, to be made wrong.
const PROGRAMS: &[&str] = &[
    "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\n",
    "def f(a, b=2):\n    c = a * b\n    return c ** 2\nx = [1, 2, 3]  #: range -5 5 step 0.1\ny = f(x, b=x).sum(axis=0)\n",
    "import numpy as np\nW = np.array([[1, 2], [3, 4.5e-3]])\nfor i in range(1, 4, 2):\n\tW = np.tanh(W @ W) + i\nL = W.mean(axis=(0, -1), keepdims=True)\n",
    "값 = .5; 기울기 = 값 ** -2 # 주석\r\nf = max(값, 기울기, 1_000) / (\r\n  relu(-값) + 1)\r\n",
    "x = [[1, 2], [3, 4]]\ns = softmax(x[:, ::-1], axis=0).T\nL = cross_entropy(s, [0, 1]) + where(x > 2, x, [7, 8]).sum()\ng = grad(L, x)\nh = concatenate([g[0], [L, 1]], axis=0).reshape(-1, 2)\n",
    "from torch import exp, sigmoid as s\nx = - - 3\nx += exp(x) \\\n  - s(x)\nx[0] > 1\nx.T\n[1, x]\n",
];

/// Pieces that a grammar may trip over.
const PIECES: &[&str] = &[
    "x",
    "f",
    "값",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    "=",
    "==",
    "+=",
    "@=",
    "**",
    "*",
    "@",
    "-",
    "+",
    "/",
    "//",
    "%",
    ".",
    "..",
    "1",
    "1e",
    "1e999",
    "0x1",
    "1_",
    "_",
    "\\",
    "\\\n",
    "\n",
    "\r\n",
    "\n\t",
    "\n    ",
    "\n ",
    "\u{c}",
    "#",
    "#:",
    "#: range 1 0",
    "#: fixed",
    "\"",
    "'''",
    "def f(x): return x",
    "def g(",
    "for i in range(3): ",
    "for",
    "in",
    "return",
    "import",
    "from numpy import *",
    "import numpy as np",
    "np.",
    "np.array(",
    "range(",
    "max",
    "sum(",
    "axis=",
    "keepdims=True",
    "None",
    "True",
    "lambda",
    "while",
    "class A:",
    "f(f)",
    "f(x=1)",
    "x.sum()",
    "x.T",
    "x[0]",
    "x[::-1, None]",
    "x > 1",
    "[x, 1]",
    "[[x], [2]]",
    "grad(f, x)",
    "grad(x, x)",
    "where(x, 1, x)",
    "reshape(x, -1)",
    "reshape(x, (0, 60000000))",
    "concatenate([x, x])",
    "stack([x, x], axis=1)",
    "cross_entropy(x, 0)",
    "softmax(x, axis=",
    "−",
    "²",
    "\u{feff}",
    "\0",
    "𝑥",
    "é",
    "e\u{301}",
    "1e9",
    "-0.0",
    "[[]]",
    "range(10**9)",
    "inf",
    "nan",
    "*x",
    "a, b",
    "->",
    "!",
    "x if x else x",
    "not x",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(source in any::<String>()) {
        let _ = survives(&source);
        let _ = parse_value(&source);
    }

    #[test]
    fn any_pieces_are_survived(pieces in prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..30)) {
        let source: String = pieces.iter().flat_map(|(piece, blank)| [*piece, if *blank { " " } else { "" }]).collect();
        let _ = survives(&source);
        let _ = parse_value(&source);
    }

    #[test]
    fn broken_programs_are_survived(
        program in prop::sample::select(PROGRAMS),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, prop::sample::select(PIECES)), 1..5),
    ) {
        let mut letters: Vec<char> = program.chars().collect();
        for (at, gone, piece) in edits {
            let start = at.index(letters.len() + 1);
            let end = (start + gone).min(letters.len());
            letters.splice(start..end, piece.chars());
        }
        let _ = survives(&letters.iter().collect::<String>());
    }
}

#[test]
fn every_beginning_of_a_program_is_survived() {
    for program in PROGRAMS {
        for (end, _) in program.char_indices() {
            let _ = survives(&program[..end]);
            let _ = survives(&program[end..]);
        }
    }
}

/// Linear in the source: a tenth of this time is usual without optimisation.
fn soon<T>(job: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = job();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    result
}

#[test]
fn a_mebibyte_of_source_and_one_byte_more() {
    let mut source = "x = 1\n".to_owned();
    while source.len() + 12 <= 1 << 20 {
        source.push_str("x = x + 0.5\n");
    }
    source.push_str(&"#".repeat((1 << 20) - source.len()));
    assert_eq!(
        soon(|| value(&source)),
        1.0 + 0.5 * ((source.len() - 6) / 12) as f64
    );
    source.push('#');
    assert!(
        complaint(&source).contains("1048577 bytes"),
        "{}",
        complaint(&source)
    );
}

#[test]
fn a_mebibyte_of_anything_ends_soon() {
    let full = |piece: &str| piece.repeat((1 << 20) / piece.len());
    for piece in [
        "(",
        "[",
        "-",
        ")",
        "x ",
        "x\n",
        "f(",
        "x.",
        "1+",
        "x**",
        ",",
        ";",
        "=",
        "\"",
        "\\\n",
        "\n ",
        "#:\n",
        "x = y\n",
        "def f(x):\n",
        "for i in range(2):\n",
        "값",
        "(\n",
        "é=1\n",
        "1e",
        "[1,",
        "\t\n",
    ] {
        let _ = soon(|| survives(&full(piece)));
    }
}

#[test]
fn long_names_are_not_compared() {
    let long = "값".repeat(100_000);
    let source = format!("{long}1 = 2\nf = {long}2 + exq(1)");
    let wrong = soon(|| survives(&source)).map(drop).expect_err("a mistake");
    let told: Vec<&str> = wrong.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("unknown name '값"));
    assert_eq!(told[1], "unknown name 'exq': did you mean 'exp'?");
}

#[test]
fn indentation_without_end() {
    let lines = |depth: usize| (0..depth).map(|i| format!("{}for i in range(1):\n", " ".repeat(i)));
    let source = lines(1200).collect::<String>() + &" ".repeat(1200) + "x = 1\n";
    assert!(
        complaint(&source).contains("nested"),
        "{}",
        complaint(&source)
    );
}

#[test]
fn nesting_has_a_limit() {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("x = 2\nf = {}x{}", open.repeat(depth), close.repeat(depth))
    };
    assert_eq!(value(&nested("(", ")", 1000)), 2.0);
    assert_eq!(value(&nested("-", "", 1000)), 2.0);
    assert_eq!(value(&nested("sin(", "*0)", 1000)), 0.0);
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("sin(", ")"),
        ("x ** ", ""),
        ("[", "]"),
    ] {
        let text = complaint(&nested(open, close, 1001));
        assert!(
            text.contains("nested more than 1000 deep"),
            "{open}: {text}"
        );
    }
}

#[test]
fn loops_have_a_limit() {
    let body = "x = 1\nfor i in range(10**9):\n    x = x + 1\n";
    assert!(
        soon(|| complaint(body)).contains("more than 1,000,000 times"),
        "{}",
        complaint(body)
    );
    let body = "x = 1\nfor i in range(1, 10**300, 7): x = x + 1\n";
    assert!(
        soon(|| complaint(body)).contains("range"),
        "{}",
        complaint(body)
    );
    let nothing = "x = 1\nfor i in range(1000):\n    for j in range(1000):\n        for k in range(1000):\n            y = i\n";
    assert!(
        soon(|| complaint(nothing)).contains("steps"),
        "{}",
        complaint(nothing)
    );
    let gates = "x = 1\nfor i in range(1000):\n    for j in range(1001):\n        x = x + 1\n";
    assert!(
        soon(|| complaint(gates)).contains("1,000,000 gates"),
        "{}",
        complaint(gates)
    );
}

#[test]
fn calls_have_a_limit() {
    let double = |i: usize| format!("def f{i}(x): return f{0}(x) + f{0}(x)\n", i - 1);
    let doubled: String = (1..40).map(double).collect();
    let source = format!("def f0(x): return x + 1\n{doubled}x = 1\nf = f39(x)");
    assert!(
        soon(|| complaint(&source)).contains("1,000,000 gates"),
        "{}",
        complaint(&source)
    );
    // The same without a gate.
    let double = |i: usize| format!("def f{i}(x):\n    y = f{0}(x)\n    return f{0}(y)\n", i - 1);
    let doubled: String = (1..40).map(double).collect();
    let source = format!("def f0(x): return x\n{doubled}x = 1\nf = f39(x)");
    assert!(
        soon(|| complaint(&source)).contains("steps"),
        "{}",
        complaint(&source)
    );
}

#[test]
fn values_have_a_limit() {
    let row = format!("[{}]", vec!["1"; 3000].join(","));
    let column = format!("[{}]", vec!["[1]"; 3000].join(","));
    let source = format!("a = {row}\nb = {column}\nf = a * b");
    assert!(
        complaint(&source).contains("64 MiB"),
        "{}",
        complaint(&source)
    );
    let deep = format!("x = {}1{}", "[".repeat(33), "]".repeat(33));
    assert!(complaint(&deep).contains("32 axes"), "{}", complaint(&deep));
    let deep = format!("x = {}1{}\nf = sum(x)", "[".repeat(32), "]".repeat(32));
    assert_eq!(value(&deep), 1.0);
}

#[test]
fn names_of_every_script() {
    assert_eq!(value("값 = 3\n기울기 = 값 * 값\n"), 9.0);
    assert_eq!(value("x1 = 3\nθ = 2\n變數 = x1 * θ\n"), 6.0);
    let wrong = survives("값 = 3\nf = 갑 * 값\n")
        .map(drop)
        .expect_err("a mistake");
    let place = position("값 = 3\nf = 갑 * 값\n", wrong[0].span.start);
    assert_eq!((place.line, place.column), (2, 5));
}

#[test]
fn line_ends_tabs_and_marks() {
    assert_eq!(value("x = 2\r\nf = x * (\r\n  x)\r\n"), 4.0);
    assert_eq!(value("\u{feff}x = 2\nf = x\n"), 2.0);
    assert_eq!(
        value("def f(x):\n\ty = x\n        return y * 2\nz = f(2)\n"),
        4.0
    );
    assert_eq!(value("x = 2 # no end"), 2.0);
    assert_eq!(
        value("\n\n  # a comment\n\t\nx = 2\n   # further in\nf = x\n"),
        2.0
    );
}

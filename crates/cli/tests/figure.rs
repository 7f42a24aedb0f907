//! `backflow figure`: the lecture's examples against pictures that were looked at.
//!
//! After a change that is meant, `BACKFLOW_RENEW=1 cargo test -p backflow-cli --test
//! figure` writes them anew; look at each before it is kept.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{EXAMPLE, check_usage, succeed};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/figures")
}

/// A figure's name, its program, what is asked for, and numbers that it must show.
const FIGURES: &[(&str, &str, &[&str], &[&str])] = &[
    // The linear classifier, and one gate seen close.
    (
        "classifier",
        "classifier",
        &[],
        &["−0.9", "2", "0.3", "−2", "6.1", "6.98", "−4.1", "3×3"],
    ),
    (
        "gate",
        "gate",
        &["--close", "z/f", "--upstream", "5"],
        &["18", "5", "60", "45"],
    ),
    // f = (x + y) z
    ("product", "product", &[], &["−2", "5", "−4", "3", "−12"]),
    ("product-step", "product", &["--step", "5"], &["−12", "3"]),
    // The sigmoid neuron, written out and with its last four gates as one.
    (
        "neuron",
        "neuron",
        &[],
        &[
            "0.368", "1.37", "0.731", "−0.534", "−0.197", "0.197", "0.393", "−0.590",
        ],
    ),
    (
        "neuron-folded",
        "neuron",
        &["--fold", "f"],
        &["0.731", "0.197", "−0.197", "0.393", "−0.393", "−0.590"],
    ),
    // Patterns: distributor, adder, swap multiplier, router.
    ("add", "add", &["--upstream", "2"], &["7", "2"]),
    ("copy", "copy", &["--copies"], &["7", "4", "2", "6"]),
    ("mul", "mul", &["--upstream", "5"], &["6", "15", "10"]),
    ("max", "max", &["--upstream", "9"], &["5", "0", "9"]),
    // Vectors and matrices.
    (
        "relu",
        "relu",
        &["--upstream", "[4, -1, 5, 9]"],
        &["1", "−2", "3", "−1", "0", "4", "5", "9"],
    ),
    (
        "matmul",
        "matmul",
        &["--upstream", "[[2, 3, -3, 9], [-8, 1, 4, 6]]"],
        &["2×3", "3×4", "2×4", "11", "16", "−30", "33"],
    ),
    // A network of two layers on three examples, and while it goes forward.
    (
        "layers",
        "layers",
        &[],
        &["3×4", "4×2", "Σ axis 0", "−2.17", "−36.5", "73.0"],
    ),
    (
        "layers-step",
        "layers",
        &["--step", "6"],
        &["−2.17", "30.9"],
    ),
    // Tensors too large for numbers, and of three axes.
    ("map", "map", &[], &["12×12", "Σ axis 0", "Σ axis 1", "−18"]),
    (
        "stack",
        "stack",
        &[],
        &["3×2×3", "[0, :, :]", "23.6", "466"],
    ),
    // Forward mode, and both modes on one graph.
    (
        "product-forward",
        "product",
        &["--mode", "forward"],
        &["−2", "5", "−4", "3", "−12", "1", "0"],
    ),
    (
        "neuron-both",
        "neuron",
        &["--mode", "both", "--tangent", "x1=1", "--tangent", "w2=0.5"],
        &[
            "0.731", "0.368", "−0.197", "0.393", "−0.590", "0.5", "−2.5", "−0.492",
        ],
    ),
    (
        "matmul-both",
        "matmul",
        &["--mode", "both"],
        &["2×3", "3×4", "2×4", "11", "1", "0"],
    ),
    // Calls and turns of a loop, open and closed.
    ("boxes", "boxes", &[], &[]),
    (
        "boxes-closed",
        "boxes",
        &["--close", "i=0", "--close", "h#3/neuron", "--copies"],
        &[],
    ),
    (
        "boxes-opened",
        "boxes",
        &["--open", "h#2", "--close", "i=1"],
        &[],
    ),
];

#[test]
fn figures_are_as_they_were_looked_at() {
    let renew = std::env::var_os("BACKFLOW_RENEW").is_some();
    let mut wrong = Vec::new();
    for (name, program, arguments, numbers) in FIGURES {
        let program = fs::read_to_string(folder().join(program).with_extension("py"));
        let program = program.expect("the figure's program");
        for theme in ["light", "dark"] {
            let arguments = [*arguments, &["--theme", theme]].concat();
            let drawn = succeed("figure", &program, &arguments);
            for number in *numbers {
                assert!(
                    drawn.contains(&format!(">{number}</text>")),
                    "{name}: {number}"
                );
            }
            let file = folder().join(format!("{name}.{theme}.svg"));
            if renew {
                fs::write(&file, &drawn).expect("a figure is written");
            } else if fs::read_to_string(&file).ok().as_ref() != Some(&drawn) {
                wrong.push(file.file_name().unwrap_or_default().to_owned());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:?} differ from what the command draws. If that is meant, write them anew with \
         BACKFLOW_RENEW=1 and look at them."
    );
}

#[test]
fn a_file_is_written() {
    let out = std::env::temp_dir().join(format!("backflow-{}.svg", std::process::id()));
    let path = out.to_string_lossy().into_owned();
    assert_eq!(succeed("figure", EXAMPLE, &["--out", &path]), "");
    let written = fs::read_to_string(&out).expect("the file");
    fs::remove_file(&out).expect("the file goes");
    assert_eq!(written, succeed("figure", EXAMPLE, &[]));
}

#[test]
fn text_is_text() {
    let drawn = succeed("figure", "x0 = 1\nf = (x0 < 2) * x0", &[]);
    assert!(drawn.contains(">&lt; 2</text>"), "{drawn}");
    assert!(
        drawn.contains(r#">x<tspan dy="4" font-size="13" font-style="normal">0</tspan></text>"#)
    );
    assert!(drawn.contains("<title>Computational graph of f: 2 gates</title>"));
    assert!(drawn.contains("x0 = 1, gradient 1; f = 1, gradient 1."));
    for forbidden in ["<script", "href", "url(", " style=", "<style", "class="] {
        assert!(!drawn.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn what_is_not_computed_is_blank() {
    let count = |step: &str| {
        let drawn = succeed("figure", EXAMPLE, &["--step", step]);
        let values = drawn.lines().filter(|line| line.starts_with("<text"));
        values.filter(|line| !line.contains("italic")).count()
    };
    // Three inputs; then q, f, the upstream gradient, and back through × and +.
    let counts = ["0", "1", "2", "3", "4", "5"].map(count);
    assert_eq!(counts, [3, 4, 5, 6, 8, 10]);
    let drawn = succeed("figure", EXAMPLE, &["--step", "0"]);
    assert!(drawn.contains("f = not computed yet, gradient not computed yet"));
}

/// A list of numbers, one for each place.
fn list(count: usize, number: impl Fn(usize) -> String) -> String {
    let numbers: Vec<String> = (0..count).map(number).collect();
    format!("[{}]", numbers.join(", "))
}

#[test]
fn large_tensors_are_drawn_by_blocks_and_this_is_said() {
    let rows = list(130, |row| format!("[{0}, -{0}]", row + 10));
    let drawn = succeed("figure", &format!("x = {rows}\nf = sum(x * x)"), &[]);
    assert!(drawn.contains("<title>each spot is the largest of 3×1 elements</title>"));
    assert!(drawn.contains("Of a map with more than 64 rows or columns a spot has the colour"));
    assert!(drawn.contains(">−139</text>") && drawn.contains(">139</text>"));
    // 130 rows in blocks of three, two columns: 44 × 2 spots, none of them near zero.
    let maps = drawn.split("<title>each").nth(1).expect("the value's map");
    let map = maps.split("</g>").next().unwrap_or_default();
    assert_eq!(map.matches('M').count(), 88);
    // All elements of a map of up to 64 rows have their own.
    let rows = list(64, |row| format!("[{row}, -{row}]"));
    let drawn = succeed("figure", &format!("x = {rows}\nf = sum(x * x)"), &[]);
    assert!(!drawn.contains("each spot is") && !drawn.contains("Of a map"));
}

#[test]
fn maps_of_what_is_not_finite_are_drawn() {
    let numbers = list(12, |at| format!("{}", at % 2));
    let drawn = succeed(
        "figure",
        &format!("x = {numbers}\ny = log(0 * x)\nf = sum(y)"),
        &[],
    );
    assert!(drawn.contains(">not finite</text>"), "{drawn}");
    let drawn = succeed(
        "figure",
        &format!("x = {numbers}\ny = 0 * x\nf = sum(y)"),
        &[],
    );
    assert!(drawn.contains(">all 0</text>"), "{drawn}");
    // What is no number is crossed out, and the others keep their colours.
    let drawn = succeed(
        "figure",
        &format!("x = {numbers}\ny = x / x\nf = sum(y)"),
        &[],
    );
    let crossed = drawn
        .lines()
        .filter(|line| line.starts_with(r##"<path stroke="#1b1c1e" d="M"##));
    let counts: Vec<usize> = crossed.map(|line| line.matches('M').count()).collect();
    // The value's map, and x's gradient's.
    assert_eq!(counts, [6, 6], "{drawn}");
}

#[test]
fn tensors_without_elements_are_drawn() {
    for shape in ["0", "0, 3", "3, 0", "0, 2, 2", "2, 0, 2", "0, 9", "9, 0"] {
        let source = format!("x = [1, 2]\ne = reshape(x[0:0], {shape})\nf = sum(e)");
        let drawn = succeed("figure", &source, &[]);
        assert!(
            !drawn.contains("NaN") && !drawn.contains("inf"),
            "{shape}: {drawn}"
        );
    }
}

#[test]
fn values_and_upstream_are_set() {
    let drawn = succeed("figure", EXAMPLE, &["--set", "x=1", "--upstream", "2"]);
    assert!(drawn.contains("x = 1, gradient −8"), "{drawn}");
    assert!(drawn.contains("f = −24, gradient 2"), "{drawn}");
}

#[test]
fn wrong_usage() {
    for (arguments, expected) in [
        (
            &["--theme", "grey"][..],
            "--theme is light or dark, not 'grey'",
        ),
        (&["--step", "6"], "--step 6: the last step is 5"),
        (&["--open", "q"], "--open q: there is nothing"),
        (&["--close", "f"], "--close f: there is nothing"),
        (&["--fold", "f"], "--fold f: there is nothing"),
        (&["--json"], "invalid option '--json'"),
        (
            &["--mode", "back"],
            "--mode is reverse, forward or both, not 'back'",
        ),
        (
            &["--tangent", "x=1"],
            "--tangent goes with --mode forward or both",
        ),
        (
            &["--mode", "both", "--tangent", "q=1"],
            "--tangent q: it is no input",
        ),
    ] {
        let arguments = [&["figure", "-"], arguments].concat();
        check_usage(&arguments, EXAMPLE, &format!("backflow: {expected}"));
    }
    let source = "x = 1\ndef g(a): return a * 2 + 1\nf = sigmoid(g(x))";
    check_usage(
        &["figure", "-", "--open", "g"],
        source,
        "backflow: --open g: there is f",
    );
}

//! Numbers as one types them: every field of the page and every option of the command reads them
//! so. The numbers are Python's.

use backflow_core::lower::{constant, constants, parse_value};
use backflow_core::model::{Model, Overrides};
use proptest::prelude::*;
use std::f64::consts::{E, FRAC_PI_2, PI, SQRT_2, TAU};

#[test]
fn what_is_a_number_is_read() {
    for (text, value) in [
        ("5", 5.0),
        (" -0.25 ", -0.25),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1_000", 1000.0),
        ("1e-3", 1e-3),
        ("1E+3", 1000.0),
        ("1/3", 0.333_333_333_333_333_3),
        ("-1/3", -0.333_333_333_333_333_3),
        ("2*3", 6.0),
        ("2*pi", TAU),
        ("π/2", FRAC_PI_2),
        ("-sqrt(2)", -SQRT_2),
        ("2**0.5", SQRT_2),
        ("-2**2", -4.0),
        ("(1 + 2) * 3", 9.0),
        ("1 - 2 - 3", -4.0),
        ("exp(1)", E),
        ("math.e", E),
        ("np.pi", PI),
        ("np.sqrt(16) / math.pi", 1.273_239_544_735_162_8),
        ("max(1, 2)", 2.0),
        ("abs(-3)", 3.0),
        ("--5", 5.0),
        // As in Python, where -0 is the whole number 0.
        ("-0", 0.0),
        ("-0.0", -0.0),
        ("0.1 + 0.2", 0.300_000_000_000_000_04),
        // As the page writes numbers.
        ("\u{2212}5", -5.0),
        ("2 \u{2212} 3", -1.0),
        ("\u{2212}1.5×10⁻³", -0.0015),
        ("6.02×10²³", 6.02e23),
        ("1e308", 1e308),
        ("5e-324", 5e-324),
        ("inf", f64::INFINITY),
        ("-inf", f64::NEG_INFINITY),
        ("\u{2212}∞", f64::NEG_INFINITY),
        ("Infinity", f64::INFINITY),
        ("np.inf", f64::INFINITY),
        ("exp(-inf)", 0.0),
    ] {
        let read = constant(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.to_bits(), value.to_bits(), "{text} is {read}");
    }
    for text in ["nan", "NaN", "math.nan", "inf - inf"] {
        assert!(constant(text).is_ok_and(f64::is_nan), "{text}");
    }
}

#[test]
fn what_is_none_is_refused_with_what_to_write() {
    for (text, message) in [
        ("", "a number is missing, such as 0.5, 1/3 or -sqrt(2)"),
        ("1,5", "'1,5' is not a number: write 1.5"),
        ("-1,5", "'-1,5' is not a number: write -1.5"),
        ("0,125", "'0,125' is not a number: write 0.125"),
        ("1,234", "'1,234' is not a number: write 1.234 or 1234"),
        ("1,234,567", "'1,234,567' is not a number: write 1234567"),
        ("1,234.5", "'1,234.5' is not a number: write 1234.5"),
        ("1.234,5", "'1.234,5' is not a number: write 1234.5"),
        (
            "1e400",
            "'1e400' is too large: the largest number is about 1.8e308; write inf for ∞",
        ),
        (
            "-2 * 1e400",
            "'1e400' is too large: the largest number is about 1.8e308; write inf for ∞",
        ),
        ("1e-400", "'1e-400' is too small: write 0"),
        ("1/0", "'1/0' is ∞: write inf if that is meant"),
        ("-1/0", "'-1/0' is −∞: write -inf if that is meant"),
        ("0/0", "'0/0' is NaN: write nan if that is meant"),
        ("log(-1)", "'log(-1)' is NaN: write nan if that is meant"),
        ("9**9**9", "'9**9**9' is ∞: write inf if that is meant"),
        (
            "sqrt",
            "'sqrt' is a function: write its argument, as in sqrt(2)",
        ),
        ("True", "'True' is not a number: write 1"),
        ("[1]", "'[1]' is a list, not one number"),
        ("x", "'x' is not a number"),
        ("x / 2", "unknown name 'x'"),
        ("2pi", "'2pi' is not a number: for a product write '2 * pi'"),
        ("x = 3", "'x = 3' is not a number"),
        ("1#2", "'1#2' is not a number"),
        ("1\n2", "'1\n2' is not a number"),
    ] {
        assert_eq!(constant(text), Err(message.to_owned()), "{text}");
    }
    for text in [
        "1 2",
        "1/",
        "(1",
        "1)",
        "*3",
        "e",
        "1e",
        "1e+",
        "5%",
        "1,2,3",
        "1, 5",
        "max(1",
        "–5",
        "2²",
        "\"5\"",
        "0x10",
        "sum([1, 2])",
        "[1, 2][0]",
        "(1, 2)",
        "None",
        "def f(x): return x",
        "import math",
        "for i in range(3): 2",
        "5 if 1 else 2",
        "lambda: 5",
        "np",
        "np.pj",
        "math.",
        "5 = 5",
        "1 < 2 < 3",
        "\u{200e}5x",
        "five",
        "1'000",
        "1;2",
    ] {
        assert!(constant(text).is_err(), "{text} is {:?}", constant(text));
    }
}

#[test]
fn the_same_stand_in_lists() {
    let tensor = parse_value("[[1/3, 2 * pi], [\u{2212}5, inf]]").expect("a matrix");
    assert_eq!(tensor.shape, [2, 2]);
    let third = 0.333_333_333_333_333_3;
    assert_eq!(tensor.values, [third, TAU, -5.0, f64::INFINITY]);
    assert_eq!(parse_value("sqrt(16)").expect("a number").values, [4.0]);
    let ragged = parse_value("[[1/3], [1, 2]]").expect_err("rows that differ");
    assert_eq!(ragged, "the rows of this value differ: 1 before, 2 here");
    assert!(constants("[1, 1e400]").is_err_and(|error| error.contains("too large")));
    // An option of the command has literals as a program has them.
    let large = parse_value("[1e999, -1e999]").expect("infinities");
    assert_eq!(large.values, [f64::INFINITY, f64::NEG_INFINITY]);
    for text in ["[1/0]", "[x]", "[1,5", "[sqrt]", "[1] + [2]", "x = [1]"] {
        assert!(parse_value(text).is_err(), "{text}");
    }
}

#[test]
fn no_number_takes_long() {
    let deep = format!("{}1{}", "(".repeat(400), ")".repeat(400));
    assert_eq!(constant(&deep), Ok(1.0));
    assert!(constant(&"(".repeat(999)).is_err());
    assert!(constant(&"-".repeat(999)).is_err());
    assert!(constant(&"1+".repeat(2000)).is_err());
    let powers = vec!["2"; 300].join("**");
    assert!(constant(&powers).is_err());
    let many = format!("[{}]", vec!["1/3"; 200_000].join(","));
    let start = std::time::Instant::now();
    assert_eq!(parse_value(&many).expect("a vector").shape, [200_000]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    /// Whatever is read is what the language computes of the same text.
    #[test]
    fn an_expression_is_what_the_language_makes_of_it(
        text in "[0-9]{1,3}(\\.[0-9]{1,2})?([-+*/][0-9]{1,3}(\\.[0-9]{1,2})?){0,4}"
    ) {
        if let Ok(value) = constant(&text) {
            let model = Model::new(&format!("y = 0 + {text}"), &Overrides::default());
            let model = model.expect("a program");
            let mut arena = model.arena();
            model.plan.run(&mut arena);
            let y = arena[model.plan.offset(model.program.output)];
            prop_assert!((y - value).abs() <= 1e-12 * value.abs().max(1.0), "{} is {}, not {}", text, y, value);
        }
    }

    #[test]
    fn every_number_reads_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
        // A whole number has no -0.
        let plain = if value == 0.0 { format!("{value:?}") } else { format!("{value}") };
        for text in [plain, format!("{value:e}"), format!("{value:?}").replace('-', "\u{2212}")] {
            if text.len() < 1000 {
                prop_assert_eq!(constant(&text).map(f64::to_bits), Ok(value.to_bits()), "{}", text);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}", noise in "[-+*/(),.0-9einfpqrst\\[\\]\u{2212}×⁻² ]{0,30}") {
        for text in [text, noise] {
            let _ = constant(&text);
            let _ = parse_value(&text);
        }
    }
}

//! What is read, what is refused, and that what other programs print reads back.

use super::{Pasted, pasted};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Write;

fn read(text: &str) -> (Vec<usize>, Vec<f64>) {
    match pasted(text) {
        Ok(Pasted { shape, values }) => (shape, values),
        Err(message) => panic!("{text:?}: {message}"),
    }
}

fn wrong(text: &str) -> String {
    pasted(text).expect_err(text)
}

#[test]
fn spreadsheets() {
    let matrix = (vec![2, 2], vec![1.0, 2.5, -3.0, 4e-3]);
    assert_eq!(read("1\t2.5\n-3\t4e-3\n"), matrix);
    assert_eq!(read("1\t2.5\r\n\u{2212}3\t0.004\r\n"), matrix);
    assert_eq!(read("1,2.5\n-3,.004"), matrix);
    assert_eq!(read("1, 2.5,\n-3, .004,\n"), matrix);
    assert_eq!(read("1;2,5\n-3;0,004"), matrix);
    assert_eq!(read("1\t2,5\n-3\t0,004"), matrix);
    assert_eq!(read("\"1\"\t\"2,5\"\n-3\t0,004"), matrix);
    assert_eq!(read("1\t2\t3"), (vec![3], vec![1.0, 2.0, 3.0]));
    assert_eq!(read("1\n2\n3\n"), (vec![3, 1], vec![1.0, 2.0, 3.0]));
    assert_eq!(read("7"), (vec![], vec![7.0]));
    assert_eq!(read("TRUE\tFALSE"), (vec![2], vec![1.0, 0.0]));
}

#[test]
fn commas_between_thousands_and_before_decimals() {
    assert_eq!(read("1,234.5\t2"), (vec![2], vec![1234.5, 2.0]));
    assert_eq!(read("1,234,567\t2"), (vec![2], vec![1_234_567.0, 2.0]));
    assert_eq!(read("1,234\t2.5"), (vec![2], vec![1234.0, 2.5]));
    assert_eq!(read("1.234,5\t-2"), (vec![2], vec![1234.5, -2.0]));
    assert_eq!(read("1.234\t2,5"), (vec![2], vec![1234.0, 2.5]));
    assert_eq!(read("1\u{a0}234,5\t2"), (vec![2], vec![1234.5, 2.0]));
    assert_eq!(
        wrong("1.5\t2,5"),
        "'2,5' in row 1, column 2 is not a number"
    );
    assert_eq!(
        wrong("12,34,5\t2"),
        "'12,34,5' in row 1, column 1 is not a number"
    );
}

#[test]
fn programs_and_printers() {
    let matrix = (vec![2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    for text in [
        "[[1, 2], [3, 4]]",
        "[[1, 2,],\n [3, 4],]",
        "((1, 2), (3, 4))",
        "x = [[1, 2],  #: range -5 5\n     [3, 4]]  # weights",
        "W1=np.array([[1, 2], [3, 4]])",
        "[[ 1.  2.]\n [ 3.  4.]]",
        "array([[1., 2.],\n       [3., 4.]], dtype=float32)",
        "Array([[1., 2.], [3., 4.]], dtype=float32)",
        "tensor([[1., 2.],\n        [3., 4.]], device='cuda:0', dtype=torch.float64,\n       \
         requires_grad=True)",
        "tensor([[1., 2.], [3., 4.]], grad_fn=<AddBackward0>)",
        "Parameter containing:\ntensor([[1., 2.],\n        [3., 4.]], requires_grad=True)",
        "nn.Parameter(torch.tensor([[1, 2], [3, 4]], dtype=torch.float64), requires_grad=False)",
        "[1 2; 3 4]",
        "A = [1, 2;\n     3, 4;];",
        "1 2; 3 4",
        "1, 2;\n3, 4;",
        "1 2\n3 4",
        "  1   2 \n\n 3 4",
        "{{1, 2}, {3, 4}};",
    ] {
        assert_eq!(read(text), matrix, "{text}");
    }
    assert_eq!(read("[1, 2, 3]"), (vec![3], vec![1.0, 2.0, 3.0]));
    assert_eq!(read("[1.\n 2.\n 3.]"), (vec![3], vec![1.0, 2.0, 3.0]));
    assert_eq!(read("[1;2]"), (vec![2, 1], vec![1.0, 2.0]));
    assert_eq!(read("[[[1]], [[2]]]"), (vec![2, 1, 1], vec![1.0, 2.0]));
    assert_eq!(
        read("tensor(2.5, grad_fn=<SumBackward0>)"),
        (vec![], vec![2.5])
    );
    assert_eq!(
        read("[True, False, 1_000, −2, 1E3]"),
        (vec![5], vec![1.0, 0.0, 1000.0, -2.0, 1000.0])
    );
    let (shape, values) = read("array([ nan,  inf, -inf, -0.])");
    assert_eq!(shape, [4]);
    assert!(values[0].is_nan() && values[3].is_sign_negative());
    assert_eq!(values[1..3], [f64::INFINITY, f64::NEG_INFINITY]);
}

#[test]
fn what_is_wrong_is_told() {
    for (text, message) in [
        ("", "there are no numbers in the text"),
        (" \n ", "there are no numbers in the text"),
        ("[]", "a pair of brackets is empty"),
        ("[[], []]", "a pair of brackets is empty"),
        ("x\ty\n1\t2", "'x' in row 1, column 1 is not a number"),
        (
            "1\t1e400",
            "'1e400' in row 1, column 2 is too large: the largest number is about 1.8e308; \
             write inf for ∞",
        ),
        ("[1, 1e-400]", "'1e-400' at [1] is too small: write 0"),
        ("1\t2\n3", "row 2 has 1 number, row 1 has 2"),
        ("1\t\t2", "row 1 has an empty cell, in column 2"),
        ("\t1\n2\t3", "row 1 has an empty cell, in column 1"),
        ("[[1, 2], [3, 4, 5]]", "row 2 has 3 numbers, row 1 has 2"),
        ("[1 2; 3]", "row 2 has 1 number, row 1 has 2"),
        ("[[[1], [2]], [[3]]]", "part 2 has 1 row, part 1 has 2"),
        ("[1, [2]]", "a list stands where a number should"),
        ("[[1], 2]", "a number stands where a list should"),
        ("[[[1]], [2]]", "a number stands where a list should"),
        ("[1,, 2]", "a number is missing before a comma"),
        ("[, 1]", "a number is missing before a comma"),
        ("[1, 2", "a bracket is not closed: is the text whole?"),
        (
            "tensor([1, 2]",
            "a bracket is not closed: is the text whole?",
        ),
        ("[1, 2)", "'[' is closed by ')'"),
        ("[1, 2]]", "behind the numbers stands ']'"),
        ("[1, 2] [3]", "behind the numbers stands '['"),
        ("[1, 2].T", "behind the numbers stands '.T'"),
        ("[1+2j]", "'1+2j' at [0] is not a number"),
        (
            "[abcdefghijklmnopqrstuvwxyz]",
            "'abcdefghijklmnopqrstuvwx' and so on at [0] is not a number",
        ),
    ] {
        assert_eq!(wrong(text), message, "{text:?}");
    }
    assert!(wrong("[0. 1. 2. ... 997. 998. 999.]").starts_with("the text leaves numbers out: "));
    assert!(wrong("tensor([0., 1.,  …, 9.])").starts_with("the text leaves numbers out: "));
    assert_eq!(wrong(&"[".repeat(1000)), "a value can have at most 32 axes");
    assert_eq!(
        wrong(&" ".repeat((1 << 20) + 1)),
        "the text is longer than 1 MiB"
    );
}

#[test]
fn a_cell_may_be_an_expression() {
    let third = 1.0 / 3.0;
    assert_eq!(
        read("1/3\t\u{2212}4\n2*3\t1e-3"),
        (vec![2, 2], vec![third, -4.0, 6.0, 1e-3])
    );
    assert_eq!(read("1/3,0.5"), (vec![2], vec![third, 0.5]));
    assert_eq!(
        read("[1/3 \u{2212}2/3]"),
        (vec![2], vec![third, -2.0 / 3.0])
    );
    let (shape, values) = read("[[1 / 3, 2 * pi], [-sqrt(2), \u{2212}1.5×10⁻³]]");
    assert_eq!(shape, [2, 2]);
    assert_eq!(
        values,
        [
            third,
            std::f64::consts::TAU,
            -std::f64::consts::SQRT_2,
            -0.0015
        ]
    );
    assert_eq!(read("sqrt(16)"), (vec![], vec![4.0]));
    assert_eq!(read("-sqrt(16)"), (vec![], vec![-4.0]));
}

/// What stands before the numbers can make other numbers of them: it is never left out.
#[test]
fn what_is_to_be_computed_is_not_read_past() {
    for text in [
        "-np.array([1, 2])",
        "2 * np.array([1, 2])",
        "-[1, 2]",
        "exp([1, 2])",
        "np.zeros([2, 2])",
        "torch.randn(3)",
        "np.linspace(0, 1, 5)",
        "np.arange(6)",
        "y = 3 [1, 2]",
        "x + y = [1, 2]",
        "np.log(np.array([1, 2]))",
        "int([2.5])",
        "f(x) = [1, 2]",
    ] {
        wrong(text);
    }
    assert_eq!(
        wrong("np.zeros([2, 2])"),
        "'np.zeros' is not computed here: paste the numbers that it gives"
    );
    assert_eq!(wrong("- [1, 2]"), "before the numbers stands '-'");
    assert_eq!(read("weights: [1, 2]"), (vec![2], vec![1.0, 2.0]));
}

#[test]
fn what_only_looks_like_a_number_is_refused() {
    for cell in [
        "2024-10-15",
        "15/10/2024",
        "50%",
        "$5",
        "12:30",
        "1/0",
        "0x10",
        "1 /",
        "--",
        "5 - 3 -",
        "x",
        "1.2.3",
        "(1",
        "²",
        "1⁄2",
    ] {
        let text = format!("1\t2\n3\t{cell}");
        let message = wrong(&text);
        let table = format!("'{cell}' in row 2, column 2 is not a number");
        assert!(message == table || cell.contains('('), "{message}");
        // In a list it is what Python computes.
        if !cell.contains("10") {
            wrong(&format!("[[1, 2], [3, {cell}]]"));
        }
    }
}

/// An array of one to three axes.
fn arrays() -> impl Strategy<Value = (Vec<usize>, Vec<f64>)> {
    let number = prop_oneof![
        8 => any::<f64>(),
        4 => (-2000..2000i32).prop_map(|n| f64::from(n) / 8.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
    ];
    prop::collection::vec(1..5usize, 1..4).prop_flat_map(move |shape| {
        let size = shape.iter().product::<usize>();
        (Just(shape), prop::collection::vec(number.clone(), size))
    })
}

/// Nested lists with what stands between elements and between lists.
fn nested(
    shape: &[usize],
    values: &[f64],
    between: &str,
    format: &dyn Fn(f64) -> String,
) -> String {
    let mut text = String::new();
    for (at, &value) in values.iter().enumerate() {
        // How many lists start here, and end behind.
        let starts = |at: usize| {
            let sizes = (1..=shape.len()).map(|n| shape[shape.len() - n..].iter().product());
            sizes
                .take_while(|size: &usize| at.is_multiple_of(*size))
                .count()
        };
        let (open, close) = (starts(at), starts(at + 1));
        if at > 0 {
            text.push_str(between);
            if open > 0 {
                text.push('\n');
            }
        }
        let _ = write!(
            text,
            "{}{}{}",
            "[".repeat(open),
            format(value),
            "]".repeat(close)
        );
    }
    text
}

fn python(value: f64) -> String {
    format!("{value:?}").replace("NaN", "nan")
}

/// As NumPy prints: `1.` and padded.
fn numpy(value: f64) -> String {
    let text = python(value);
    format!(
        " {}",
        text.strip_suffix('0')
            .filter(|text| text.ends_with('.'))
            .unwrap_or(&text)
    )
}

/// As the page shows it, with all digits.
fn typeset(value: f64) -> String {
    python(value).replace('-', "−").replace("inf", "∞")
}

fn rows(
    shape: &[usize],
    values: &[f64],
    between: &str,
    ends: &str,
    format: &dyn Fn(f64) -> String,
) -> String {
    let columns = *shape.last().unwrap_or(&1);
    let row = |row: &[f64]| {
        row.iter()
            .map(|&v| format(v))
            .collect::<Vec<_>>()
            .join(between)
    };
    values
        .chunks(columns)
        .map(row)
        .collect::<Vec<_>>()
        .join(ends)
}

fn same(text: &str, shape: &[usize], values: &[f64]) -> Result<(), TestCaseError> {
    let read = pasted(text).map_err(|message| TestCaseError::fail(format!("{text}: {message}")))?;
    prop_assert_eq!(&read.shape, shape, "{}", text);
    let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    prop_assert!(read.values.iter().zip(values).all(equal), "{}", text);
    prop_assert_eq!(read.values.len(), values.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(10),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_lists_print_reads_back((shape, values) in arrays()) {
        let list = nested(&shape, &values, ", ", &python);
        same(&list, &shape, &values)?;
        same(&format!("x = {list}  # weights"), &shape, &values)?;
        same(&nested(&shape, &values, " ", &numpy), &shape, &values)?;
        same(&format!("array({list}, dtype=float64)"), &shape, &values)?;
        let torch = format!("tensor({list}, device='cuda:0', grad_fn=<MmBackward0>)");
        same(&torch, &shape, &values)?;
        same(&nested(&shape, &values, ", ", &typeset), &shape, &values)?;
    }

    #[test]
    fn what_tables_print_reads_back((shape, values) in arrays()) {
        let columns = *shape.last().unwrap_or(&1);
        let rows_of = values.len() / columns;
        let matrix = vec![rows_of, columns];
        let table = match (rows_of, columns) {
            (1, 1) => vec![],
            (1, columns) => vec![columns],
            _ => matrix.clone(),
        };
        let comma = |value: f64| python(value).replace('.', ",");
        // Nothing tells that the comma of a sole column is a decimal point.
        let point: &dyn Fn(f64) -> String = if columns == 1 { &python } else { &comma };
        for (between, ends, format) in [
            ("\t", "\n", &python as &dyn Fn(f64) -> String),
            ("\t", "\r\n", &typeset),
            ("\t", "\n", point),
            (";", "\n", point),
            (",", "\n", &python),
            ("  ", "\n", &numpy),
        ] {
            same(&rows(&shape, &values, between, ends, format), &table, &values)?;
        }
        let matlab = format!("[{}]", rows(&shape, &values, " ", "; ", &python));
        same(&matlab, if rows_of == 1 { &matrix[1..] } else { &matrix }, &values)?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", noise in "[\\[\\](){},;\t\n #=.0-9eEnaif−-]{0,60}") {
        for text in [text.as_str(), &noise, &format!("tensor({noise}")] {
            if let Ok(Pasted { shape, values }) = pasted(text) {
                prop_assert_eq!(shape.iter().product::<usize>(), values.len());
                prop_assert!(!values.is_empty() && shape.len() <= 32);
            }
        }
    }
}

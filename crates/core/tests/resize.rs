//! An input with another shape: how its literal is written, and what it breaks.

mod support;

use backflow_core::model::{Model, Overrides, Resized, kept};
use backflow_core::source::position;
use support::Random;

fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"))
}

/// A program in which one input has another shape, and keeps the values that fit.
fn resized(source: &str, input: usize, shape: &[usize]) -> Resized {
    let model = model(source);
    let node = model.program.inputs[input].node;
    let given = model.given(node).unwrap_or_default();
    let values = kept(model.program.graph.shape(node), given, shape);
    model.resized(source, input, shape, values.expect("not too much"))
}

#[test]
fn elements_keep_their_places() {
    let matrix = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let kept = |from: &[usize], to: &[usize]| {
        let size = from.iter().product();
        kept(from, &matrix[..size], to).expect("not too much")
    };
    assert_eq!(kept(&[2, 3], &[2, 3]), matrix);
    assert_eq!(kept(&[2, 3], &[2, 2]), [1.0, 2.0, 4.0, 5.0]);
    assert_eq!(kept(&[2, 3], &[1, 3]), [1.0, 2.0, 3.0]);
    let grown = [1.0, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(kept(&[2, 3], &[3, 4]), grown);
    assert_eq!(kept(&[3], &[2, 3]), [1.0, 2.0, 3.0, 0.0, 0.0, 0.0]);
    assert_eq!(kept(&[2, 3], &[4]), [1.0, 2.0, 3.0, 0.0]);
    assert_eq!(kept(&[], &[2]), [1.0, 0.0]);
    assert_eq!(kept(&[2], &[]), [1.0]);
    assert_eq!(kept(&[2, 1, 3], &[2, 1, 1]), [1.0, 4.0]);
}

/// There and back again nothing is lost but what was cut off.
#[test]
fn a_larger_shape_keeps_everything() {
    let mut random = Random(7);
    for _ in 0..200 {
        let mut size = |most: usize| random.below(most) + 1;
        let small: Vec<usize> = (0..size(3)).map(|_| size(4)).collect();
        let large: Vec<usize> = small.iter().map(|&n| n + size(3) - 1).collect();
        let values: Vec<f64> = (1..=small.iter().product()).map(|n| n as f64).collect();
        let there = kept(&small, &values, &large).expect("not too much");
        assert_eq!(there.len(), large.iter().product());
        assert_eq!(there.iter().sum::<f64>(), values.iter().sum::<f64>());
        assert_eq!(kept(&large, &there, &small), Some(values));
    }
}

#[test]
fn a_shape_that_is_too_large_is_none() {
    assert_eq!(kept(&[1], &[1.0], &[1 << 20, 1 << 20]), None);
    assert_eq!(kept(&[1], &[1.0], &[usize::MAX, usize::MAX]), None);
}

#[test]
fn literals_are_written_as_python_writes_them() {
    for (source, input, shape, program) in [
        (
            "x = [1, 2]\nf = sum(x)",
            0,
            &[3][..],
            "x = [1, 2, 0]\nf = sum(x)",
        ),
        (
            "a = 1\nx = [1, 2]  # two\nf = a * sum(x)",
            1,
            &[1],
            "a = 1\nx = [1]  # two\nf = a * sum(x)",
        ),
        (
            "x = [1.5, -2e-9, 1e300]",
            0,
            &[2, 2],
            "x = [[1.5, -2e-9], [0, 0]]",
        ),
        (
            "import numpy as np\nx = np.array([[1, 2]])",
            0,
            &[1, 1],
            "import numpy as np\nx = np.array([[1]])",
        ),
        (
            "from torch import tensor as t\nx = t([1, 2])  #: fixed",
            0,
            &[2, 2],
            "from torch import tensor as t\nx = t([[1, 2], [0, 0]])  #: fixed",
        ),
        // On lines of their own where they were, or are long.
        (
            "w = [[1, 2],\n     [3, 4]]",
            0,
            &[2, 1],
            "w = [[1],\n     [3]]",
        ),
        (
            "w = [[1.25, 2.25, 3.25, 4.25], [5.25, 6.25, 7.25, 8.25]]",
            0,
            &[3, 4],
            "w = [[1.25, 2.25, 3.25, 4.25],\n     [5.25, 6.25, 7.25, 8.25],\n     [0, 0, 0, 0]]",
        ),
        (
            "import numpy as np\nw = np.array([[[1], [2]],\n              [[3], [4]]])",
            0,
            &[2, 2, 2],
            "import numpy as np\nw = np.array([[[1, 0],\n               [2, 0]],\n              [[3, 0],\n               [4, 0]]])",
        ),
        // A slider's range stands on the first line.
        (
            "w = [[1.25, 2.25, 3.25, 4.25], [5.25, 6.25, 7.25, 8.25]]  #: range -9 9",
            0,
            &[1, 4],
            "w = [[1.25, 2.25, 3.25, 4.25]]  #: range -9 9",
        ),
        (
            "w = [[1, 2],  #: range -5 5\n     [3, 4]]  # both\nf = sum(w)",
            0,
            &[3, 2],
            "w = [[1, 2],  #: range -5 5\n     [3, 4],\n     [0, 0]]  # both\nf = sum(w)",
        ),
        (
            "w = [[1, 2],  # one\n     [3, 4],  # two\n]\nf = sum(w)",
            0,
            &[1, 2],
            "w = [[1, 2]  # one\n     # two\n    ]\nf = sum(w)",
        ),
        // The second of a name.
        (
            "x = [1]\nx = [2]\nf = sum(x)",
            1,
            &[2],
            "x = [1]\nx = [2, 0]\nf = sum(x)",
        ),
        ("é = [1]\nf = sum(é)", 0, &[2], "é = [1, 0]\nf = sum(é)"),
    ] {
        let made = resized(source, input, shape);
        assert_eq!(made.program, program);
        assert_eq!(made.diagnostics, [], "{program}");
        let compiled = model(program);
        let node = compiled.program.inputs[input].node;
        assert_eq!(compiled.program.graph.shape(node), shape);
        assert_eq!(compiled.given(node), Some(&made.values[..]));
        let old = model(source).program.inputs[input].pragma;
        assert_eq!(compiled.program.inputs[input].pragma, old);
    }
}

#[test]
fn what_breaks_is_told() {
    let source = "x = [[1, 2, 3], [4, 5, 6]]\nw = [[1, 2], [3, 4], [5, 6]]\ny = x @ w\nf = sum(y)";
    let broken = resized(source, 0, &[2, 4]);
    let [wrong] = &broken.diagnostics[..] else {
        panic!("{:?}", broken.diagnostics)
    };
    assert_eq!(position(&broken.program, wrong.span.start).line, 3);
    assert!(
        wrong.message.starts_with("cannot multiply (2, 4) @ (3, 2)"),
        "{}",
        wrong.message
    );
    // Going on from the text that is broken mends it.
    let made = model(source).resized(&broken.program, 1, &[4, 2], vec![1.0; 8]);
    assert_eq!(made.diagnostics, []);
    let both = model(&made.program);
    assert_eq!(
        both.program.graph.shape(both.program.inputs[0].node),
        [2, 4]
    );
    // What is no input any more cannot be written.
    let gone = model(source).resized("x = relu([1])", 0, &[1], vec![0.0]);
    assert_eq!(gone.program, "x = relu([1])");
    assert_eq!(
        gone.diagnostics[0].message,
        "the program no longer says what 'x' is"
    );
    for shape in [&[][..], &[0], &[3]] {
        let wrong = model(source).resized(source, 0, shape, vec![0.0]);
        assert_eq!(wrong.program, source);
        assert_eq!(wrong.diagnostics.len(), 1);
    }
    assert_eq!(
        model(source)
            .resized(source, 7, &[1], vec![0.0])
            .diagnostics
            .len(),
        1
    );
}

/// Every number that is finite comes back from the text as it was, to the bit.
#[test]
fn numbers_are_written_exactly() {
    let model = model("x = [1]\nf = sum(x)");
    let mut random = Random(3);
    let mut values: Vec<f64> = (0..2000)
        .map(|_| {
            let part = |bits: u64, _| bits << 16 | random.below(1 << 16) as u64;
            f64::from_bits((0..4).fold(0, part))
        })
        .collect();
    values.extend([
        -0.0,
        0.0,
        1e15,
        -1e15,
        123_456_789.0,
        f64::MIN_POSITIVE,
        f64::MAX,
        5e-324,
    ]);
    let shape = [values.len()];
    let made = model.resized(model.source(), 0, &shape, values.clone());
    assert_eq!(made.diagnostics, []);
    let made = Model::new(&made.program, &Overrides::default()).expect("what is written");
    let read = made.given(made.program.inputs[0].node).unwrap_or_default();
    for (read, value) in read.iter().zip(&values) {
        let value = if value.is_finite() { *value } else { 0.0 };
        assert_eq!(read.to_bits(), value.to_bits(), "{value:?}");
    }
}

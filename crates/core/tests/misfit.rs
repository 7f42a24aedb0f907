//! Shapes that do not fit: what is said, which axes met, and edits that make them fit.

#![allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]

use backflow_core::model::{Model, Overrides};
use backflow_core::source::{Diagnostic, Fix, Meeting, Misfit, Span};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::fmt::Write;
use std::time::{Duration, Instant};

fn mistakes(source: &str) -> Vec<Diagnostic> {
    Model::new(source, &Overrides::default())
        .err()
        .unwrap_or_default()
}

/// The program with a fix.
fn fixed(source: &str, fix: &Fix) -> Option<String> {
    let (span, with) = fix.edit.as_ref()?;
    let before = &source[..span.start as usize];
    let after = &source[span.end as usize..];
    Some([before, with, after].concat())
}

/// The lines of a program that a fix changes, as they then are.
fn line(source: &str, fix: &Fix) -> String {
    let Some(text) = fixed(source, fix) else {
        return "no edit".into();
    };
    let changed = text
        .lines()
        .zip(source.lines())
        .filter(|(now, then)| now != then);
    let changed: Vec<&str> = changed.map(|(now, _)| now.trim()).collect();
    changed.join(" / ")
}

/// Everything that is told of a program's mistakes.
fn told(source: &str) -> String {
    let mut text = String::new();
    for Diagnostic {
        message, shapes, ..
    } in mistakes(source)
    {
        let _ = writeln!(text, "{message}");
        let Some(misfit) = shapes else {
            text += "  not of shapes\n";
            continue;
        };
        let Misfit {
            operands,
            operation,
            met,
            fixes,
        } = *misfit;
        for operand in &operands {
            let piece = &source[operand.span.start as usize..operand.span.end as usize];
            let named = if operand.name.is_some() { " named" } else { "" };
            let _ = writeln!(text, "  {operation} {piece:?} {:?}{named}", operand.shape);
        }
        for Meeting { axes, fits } in &met {
            let axes: Vec<String> = axes
                .iter()
                .map(|axis| axis.map_or("-".into(), |axis| axis.to_string()))
                .collect();
            let how = if *fits { "fits" } else { "differs" };
            let _ = writeln!(text, "  axes {}: {how}", axes.join(" "));
        }
        for fix in &fixes {
            let _ = writeln!(text, "  try {}: {}", fix.message, line(source, fix));
        }
    }
    text
}

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&told(source));
}

const X: &str = "x = [[1, 2, 3], [4, 5, 6]]\n";

fn with_x(rest: &str, expected: Expect) {
    check(&format!("{X}{rest}"), expected);
}

#[test]
fn a_product_of_which_a_factor_is_to_be_transposed() {
    with_x(
        "w = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]]\ny = x @ w",
        expect![[r#"
            cannot multiply (2, 3) @ (4, 3): the inner sizes 3 and 4 differ: did you mean w.T?
              @ "x" [2, 3] named
              @ "w" [4, 3] named
              axes 1 0: differs
              try transpose w: y = x @ w.T
        "#]],
    );
    with_x(
        "y = x @ x",
        expect![[r#"
            cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean x @ x.T?
              @ "x" [2, 3] named
              @ "x" [2, 3] named
              axes 1 0: differs
              try transpose x: y = x @ x.T
              try use * instead of @: y = x * x
        "#]],
    );
    with_x(
        "w = [[1, 2], [3, 4], [5, 6]]\ny = x @ w.T",
        expect![[r#"
            cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean x @ w?
              @ "x" [2, 3] named
              @ "w.T" [2, 3]
              axes 1 0: differs
              try do not transpose w: y = x @ w
              try transpose x: y = x.T @ w.T
              try use * instead of @: y = x * w.T
        "#]],
    );
    with_x(
        "v = [1, 2]\ny = x @ v",
        expect![[r#"
        cannot multiply (2, 3) @ (2,): the inner sizes 3 and 2 differ: did you mean x.T?
          @ "x" [2, 3] named
          @ "v" [2] named
          axes 1 0: differs
          try transpose x: y = x.T @ v
          try swap x and v: y = v @ x
    "#]],
    );
    with_x(
        "y = (x + 1) @ (x * 2)",
        expect![[r#"
        cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean (x * 2).T?
          @ "(x + 1)" [2, 3]
          @ "(x * 2)" [2, 3]
          axes 1 0: differs
          try transpose (x * 2): y = (x + 1) @ (x * 2).T
          try transpose (x + 1): y = (x + 1).T @ (x * 2)
          try use * instead of @: y = (x + 1) * (x * 2)
    "#]],
    );
    with_x(
        "y = -x @ x",
        expect![[r#"
        cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean x.T?
          @ "-x" [2, 3]
          @ "x" [2, 3] named
          axes 1 0: differs
          try transpose x: y = -x @ x.T
          try transpose -x: y = (-x).T @ x
          try use * instead of @: y = -x * x
    "#]],
    );
    with_x(
        "y = matmul(x + 1, -x)",
        expect![[r#"
        cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean (-x).T?
          matmul "x + 1" [2, 3]
          matmul "-x" [2, 3]
          axes 1 0: differs
          try transpose -x: y = matmul(x + 1, (-x).T)
          try transpose x + 1: y = matmul((x + 1).T, -x)
    "#]],
    );
    with_x(
        "y = x.dot(x)",
        expect![[r#"
            cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean x.dot(x.T)?
              dot "x" [2, 3] named
              dot "x" [2, 3] named
              axes 1 0: differs
              try transpose x: y = x.dot(x.T)
        "#]],
    );
    with_x(
        "x @= x",
        expect![[r#"
            cannot multiply (2, 3) @ (2, 3): the inner sizes 3 and 2 differ: did you mean x @= x.T?
              @= "x" [2, 3] named
              @= "x" [2, 3] named
              axes 1 0: differs
              try transpose x: x @= x.T
              try use *= instead of @=: x *= x
        "#]],
    );
    with_x(
        "q = stack([x, x])\ny = q @ q",
        expect![[r#"
            cannot multiply (2, 2, 3) @ (2, 2, 3): the inner sizes 3 and 2 differ: did you mean q @ q.transpose(0, 2, 1)?
              @ "q" [2, 2, 3] named
              @ "q" [2, 2, 3] named
              axes 0 0: fits
              axes 2 1: differs
              try transpose q's last axes: y = q @ q.transpose(0, 2, 1)
              try use * instead of @: y = q * q
        "#]],
    );
}

#[test]
fn a_product_that_is_another() {
    with_x(
        "y = x @ 2",
        expect![[r#"
        cannot multiply (2, 3) @ (): a number is multiplied with '*'
          @ "x" [2, 3] named
          @ "2" []
          axes 1 -: differs
          try use * instead of @: y = x * 2
    "#]],
    );
    check(
        "a = [1, 2]\nb = [1, 2, 3]\ny = a @ b",
        expect![[r#"
        cannot multiply (2,) @ (3,): the inner sizes 2 and 3 differ
          @ "a" [2] named
          @ "b" [3] named
          axes 0 0: differs
          try take every product: y = outer(a, b)
    "#]],
    );
    check(
        "a = [1, 2, 3]\nb = [[1, 2], [3, 4], [5, 6], [7, 8]]\nc = a @ b",
        expect![[r#"
            cannot multiply (3,) @ (4, 2): the inner sizes 3 and 4 differ
              @ "a" [3] named
              @ "b" [4, 2] named
              axes 0 0: differs
        "#]],
    );
    with_x(
        "b = [[1, 2], [3, 4], [5, 6], [7, 8]]\ny = x @ b",
        expect![[r#"
            cannot multiply (2, 3) @ (4, 2): the inner sizes 3 and 4 differ
              @ "x" [2, 3] named
              @ "b" [4, 2] named
              axes 1 0: differs
              try swap x and b: y = b @ x
        "#]],
    );
    check(
        "q = reshape([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], (2, 2, 3))\nk = reshape([1, 2, 3, 4, 5, 6, 7, 8, 9], (3, 3, 1))\ny = q @ k",
        expect![[r#"
            cannot multiply (2, 2, 3) @ (3, 3, 1): the axes before the last two do not fit
              @ "q" [2, 2, 3] named
              @ "k" [3, 3, 1] named
              axes 0 0: differs
              axes 2 1: fits
        "#]],
    );
}

#[test]
fn axes_meet_from_the_right() {
    with_x(
        "b = [1, 2]\ny = x + b",
        expect![[r#"
        cannot add (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean b[:, None]?
          + "x" [2, 3] named
          + "b" [2] named
          axes 0 -: fits
          axes 1 0: differs
          try give b an axis: y = x + b[:, None]
          try transpose x: y = x.T + b
    "#]],
    );
    with_x(
        "y = x / x.sum(axis=1)",
        expect![[r#"
        cannot divide (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean x.sum(axis=1, keepdims=True)?
          / "x" [2, 3] named
          / "x.sum(axis=1)" [2]
          axes 0 -: fits
          axes 1 0: differs
          try keep the axis of x.sum(axis=1): y = x / x.sum(axis=1, keepdims=True)
          try give x.sum(axis=1) an axis: y = x / x.sum(axis=1)[:, None]
          try transpose x: y = x.T / x.sum(axis=1)
    "#]],
    );
    with_x(
        "import numpy as np\nm = np.mean(x, 1)\ny = x - m",
        expect![[r#"
            cannot subtract (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean np.mean(x, 1, keepdims=True)?
              - "x" [2, 3] named
              - "m" [2] named
              axes 0 -: fits
              axes 1 0: differs
              try keep the axis of np.mean(x, 1): m = np.mean(x, 1, keepdims=True)
              try give m an axis: y = x - m[:, None]
              try transpose x: y = x.T - m
        "#]],
    );
    with_x(
        "m = mean(x, axis=1)\ny = (x - m) / sqrt(var(x, axis=1) + 0.1)",
        expect![[r#"
            cannot subtract (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean mean(x, axis=1, keepdims=True)?
              - "x" [2, 3] named
              - "m" [2] named
              axes 0 -: fits
              axes 1 0: differs
              try keep the axis of mean(x, axis=1): m = mean(x, axis=1, keepdims=True)
              try give m an axis: y = (x - m[:, None]) / sqrt(var(x, axis=1) + 0.1)
              try transpose x: y = (x.T - m) / sqrt(var(x, axis=1) + 0.1)
        "#]],
    );
    with_x(
        "w = [[1, 2], [3, 4], [5, 6]]\ny = x * w",
        expect![[r#"
        cannot multiply (2, 3) and (3, 2): their last axes have sizes 3 and 2: did you mean x @ w?
          * "x" [2, 3] named
          * "w" [3, 2] named
          axes 0 0: differs
          axes 1 1: differs
          try use @ instead of *: y = x @ w
          try transpose w: y = x * w.T
          try transpose x: y = x.T * w
    "#]],
    );
    with_x(
        "w = [[1, 2], [3, 4], [5, 6]]\nx *= w",
        expect![[r#"
        cannot multiply (2, 3) and (3, 2): their last axes have sizes 3 and 2: did you mean x @= w?
          *= "x" [2, 3] named
          *= "w" [3, 2] named
          axes 0 0: differs
          axes 1 1: differs
          try use @= instead of *=: x @= w
          try transpose w: x *= w.T
    "#]],
    );
    with_x(
        "w = [[1, 2], [3, 4], [5, 6]]\ny = maximum(x, w)",
        expect![[r#"
            cannot compare (2, 3) and (3, 2): their last axes have sizes 3 and 2: did you mean w.T?
              maximum "x" [2, 3] named
              maximum "w" [3, 2] named
              axes 0 0: differs
              axes 1 1: differs
              try transpose w: y = maximum(x, w.T)
              try transpose x: y = maximum(x.T, w)
        "#]],
    );
    with_x(
        "y = where(x > 0, x, [1, 2])",
        expect![[r#"
        cannot combine (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean [1, 2][:, None]?
          where "x > 0" [2, 3]
          where "x" [2, 3] named
          where "[1, 2]" [2]
          axes 0 0 -: fits
          axes 1 1 0: differs
          try give [1, 2] an axis: y = where(x > 0, x, [1, 2][:, None])
    "#]],
    );
    with_x(
        "y = x > [1, 2]",
        expect![[r#"
        cannot compare (2, 3) and (2,): their last axes have sizes 3 and 2: did you mean [1, 2][:, None]?
          > "x" [2, 3] named
          > "[1, 2]" [2]
          axes 0 -: fits
          axes 1 0: differs
          try give [1, 2] an axis: y = x > [1, 2][:, None]
          try transpose x: y = x.T > [1, 2]
    "#]],
    );
    with_x(
        "b = [1, 2, 3, 4, 5, 6]\ny = x + b",
        expect![[r#"
        cannot add (2, 3) and (6,): their last axes have sizes 3 and 6
          + "x" [2, 3] named
          + "b" [6] named
          axes 0 -: fits
          axes 1 0: differs
          try reshape b to (2, 3): y = x + b.reshape(2, 3)
    "#]],
    );
    check(
        "a = [1, 2]\nb = [1, 2, 3]\ny = a + b",
        expect![[r#"
        cannot add (2,) and (3,): their last axes have sizes 2 and 3
          + "a" [2] named
          + "b" [3] named
          axes 0 0: differs
          try take each element with each: y = a[:, None] + b
    "#]],
    );
}

#[test]
fn shapes_and_axes_that_are_asked_for() {
    with_x(
        "y = reshape(x, (4, 2))",
        expect![[r#"
        cannot reshape (2, 3) to (4, 2): it has 6 elements: did you mean (3, 2)?
          reshape "x" [2, 3] named
          reshape "(4, 2)" [4, 2]
          try reshape to (3, 2): y = reshape(x, (3, 2))
    "#]],
    );
    with_x(
        "y = x.reshape(4, -1)",
        expect![[r#"
        cannot reshape (2, 3) to (4, -1): it has 6 elements: did you mean (3, -1)?
          reshape "x" [2, 3] named
          reshape "4, -1" [4]
          try reshape to (3, -1): y = x.reshape(3, -1)
    "#]],
    );
    with_x(
        "y = sum(x, axis=2)",
        expect![[r#"
        axis 2 is not an axis of shape (2, 3): did you mean axis 1?
          sum "x" [2, 3] named
          axes 0: fits
          axes 1: fits
          axes -: differs
          try use axis 1: y = sum(x, axis=1)
    "#]],
    );
    with_x(
        "y = softmax(x, -3)",
        expect![[r#"
        axis -3 is not an axis of shape (2, 3): did you mean axis -2?
          softmax "x" [2, 3] named
          axes -: differs
          axes 0: fits
          axes 1: fits
          try use axis -2: y = softmax(x, -2)
    "#]],
    );
    with_x(
        "y = x.sum(axis=(0, 2))",
        expect![[r#"
        axis 2 is not an axis of shape (2, 3): did you mean axis 1?
          sum "x" [2, 3] named
          axes 0: fits
          axes 1: fits
          axes -: differs
          try use axis 1: y = x.sum(axis=(0, 1))
    "#]],
    );
    with_x(
        "y = x[2]",
        expect![[r#"
        index 2 is outside axis 0 of shape (2, 3)
          [ ] "x" [2, 3] named
          [ ] "2" []
          axes 0 -: differs
          axes 1 -: fits
          try take the last: places count from 0: y = x[1]
          try choose along the next axis: y = x[:, 2]
    "#]],
    );
    with_x(
        "y = x[0, 3]",
        expect![[r#"
        index 3 is outside axis 1 of shape (2, 3)
          [ ] "x" [2, 3] named
          [ ] "3" []
          axes 0 -: fits
          axes 1 -: differs
          try take the last: places count from 0: y = x[0, 2]
    "#]],
    );
    with_x(
        "y = x[-4]",
        expect![[r#"
        index -4 is outside axis 0 of shape (2, 3)
          [ ] "x" [2, 3] named
          [ ] "-4" []
          axes 0 -: differs
          axes 1 -: fits
          try take the first: y = x[0]
    "#]],
    );
    with_x(
        "y = x[0, 0, 0]",
        expect![[r#"
        there are more indices than axes of shape (2, 3): did you mean x[0, 0]?
          [ ] "x" [2, 3] named
          axes 0: fits
          axes 1: fits
          axes -: differs
          try leave out what is too much: y = x[0, 0]
    "#]],
    );
    with_x(
        "y = x[:, :, 0]",
        expect![[r#"
        there are more indices than axes of shape (2, 3): did you mean x[:, :]?
          [ ] "x" [2, 3] named
          axes 0: fits
          axes 1: fits
          axes -: differs
          try leave out what is too much: y = x[:, :]
    "#]],
    );
    with_x(
        "y = grad(x, x)",
        expect![[r#"
        grad takes the derivative of a number, and this has shape (2, 3): sum it first, say
          grad "x" [2, 3] named
          axes 0: differs
          axes 1: differs
          try sum x: y = grad(sum(x), x)
    "#]],
    );
}

#[test]
fn values_put_together() {
    with_x(
        "y = concatenate([x, [7, 8, 9]])",
        expect![[r#"
        cannot concatenate (2, 3) and (3,) along axis 0: did you mean [7, 8, 9][None]?
          concatenate "x" [2, 3] named
          concatenate "[7, 8, 9]" [3]
          axes 0 0: fits
          axes 1 -: differs
          try give [7, 8, 9] an axis: [None]: y = concatenate([x, [7, 8, 9][None]])
    "#]],
    );
    with_x(
        "y = concatenate([x, [[7], [8]]])",
        expect![[r#"
        cannot concatenate (2, 3) and (2, 1) along axis 0: did you mean axis=1?
          concatenate "x" [2, 3] named
          concatenate "[[7], [8]]" [2, 1]
          axes 0 0: fits
          axes 1 1: differs
          try put them together along axis 1: y = concatenate([x, [[7], [8]]], axis=1)
    "#]],
    );
    with_x(
        "y = concatenate((x, x.T), axis=0)",
        expect![[r#"
            cannot concatenate (2, 3) and (3, 2) along axis 0: did you mean concatenate((x, x), axis=0)?
              concatenate "x" [2, 3] named
              concatenate "x.T" [3, 2]
              axes 0 0: fits
              axes 1 1: differs
              try do not transpose x: y = concatenate((x, x), axis=0)
              try transpose x: y = concatenate((x.T, x.T), axis=0)
        "#]],
    );
    with_x(
        "y = stack([x, x, x.T])",
        expect![[r#"
            values in a list must have one shape, not (2, 3) and (3, 2): did you mean stack([x, x, x])?
              stack "x" [2, 3] named
              stack "x.T" [3, 2]
              axes 0 0: differs
              axes 1 1: differs
              try do not transpose x: y = stack([x, x, x])
        "#]],
    );
    with_x(
        "y = [x, x.T]",
        expect![[r#"
            values in a list must have one shape, not (2, 3) and (3, 2): did you mean [x, x]?
              [ ] "x" [2, 3] named
              [ ] "x.T" [3, 2]
              axes 0 0: differs
              axes 1 1: differs
              try do not transpose x: y = [x, x]
              try transpose x: y = [x.T, x.T]
        "#]],
    );
    with_x(
        "[x[0], x[:, 0]]",
        expect![[r#"
        values in a list must have one shape, not (3,) and (2,)
          [ ] "x[0]" [3]
          [ ] "x[:, 0]" [2]
          axes 0 0: differs
    "#]],
    );
}

#[test]
fn scores_and_targets() {
    with_x(
        "y = cross_entropy(x, [0, 1, 2])",
        expect![[r#"
        'cross_entropy' of scores (2, 3) takes a target of shape (2,) or (2, 3), not (3,)
          cross_entropy "x" [2, 3] named
          cross_entropy "[0, 1, 2]" [3]
          axes 0 0: differs
    "#]],
    );
    with_x(
        "t = [1, 3]\ny = cross_entropy(x, t)",
        expect![[r#"
        there is no class 3: 3 scores have the classes 0 to 2: did you mean t - 1?
          cross_entropy "x" [2, 3] named
          cross_entropy "t" [2] named
          axes 0 -: fits
          axes 1 -: differs
          try count classes from 0: y = cross_entropy(x, t - 1)
    "#]],
    );
    with_x(
        "y = cross_entropy(x[0], 3)",
        expect![[r#"
        there is no class 3: 3 scores have the classes 0 to 2: did you mean 2?
          cross_entropy "x[0]" [3]
          cross_entropy "3" []
          axes 0 -: differs
          try count classes from 0: y = cross_entropy(x[0], 2)
    "#]],
    );
    with_x(
        "y = hinge_loss(x[0], [1])",
        expect![[r#"
        'hinge_loss' of scores (3,) takes a target of shape (), not (1,): did you mean [1][0]?
          hinge_loss "x[0]" [3]
          hinge_loss "[1]" [1]
          axes - 0: differs
          try take the only element of [1]: y = hinge_loss(x[0], [1][0])
    "#]],
    );
    with_x(
        "y = cross_entropy(x, [[0], [1]])",
        expect![[r#"
        'cross_entropy' of scores (2, 3) takes a target of shape (2,) or (2, 3), not (2, 1): did you mean [[0], [1]].flatten()?
          cross_entropy "x" [2, 3] named
          cross_entropy "[[0], [1]]" [2, 1]
          axes 0 0: fits
          axes - 1: differs
          try take the elements of [[0], [1]] in a row: y = cross_entropy(x, [[0], [1]].flatten())
    "#]],
    );
    with_x(
        "y = mse_loss(x, [1, 2])",
        expect![[r#"
        cannot take the loss between (2, 3) and (2,): did you mean [1, 2][:, None]?
          mse_loss "x" [2, 3] named
          mse_loss "[1, 2]" [2]
          axes 0 -: fits
          axes 1 0: differs
          try give [1, 2] an axis: y = mse_loss(x, [1, 2][:, None])
          try transpose x: y = mse_loss(x.T, [1, 2])
    "#]],
    );
}

#[test]
fn a_definitions_mistake_says_in_which_call() {
    check(
        "def layer(a, w):\n    return relu(a @ w)\nx = [[1, 2, 3], [4, 5, 6]]\nv = [[1, 2, 3]]\nh = layer(x, v)",
        expect![[r#"
            cannot multiply (2, 3) @ (1, 3): the inner sizes 3 and 1 differ, in the call of 'layer' for 'h': did you mean w.T?
              @ "a" [2, 3]
              @ "w" [1, 3]
              axes 1 0: differs
              try transpose w: return relu(a @ w.T)
              try use * instead of @: return relu(a * w)
        "#]],
    );
    // Transposing would spoil the first call.
    check(
        "def layer(a, w): return a @ w\nx = [[1, 2, 3], [4, 5, 6]]\nh = layer(x, x.T)\ny = layer(h, x) + layer(h, x.T)",
        expect![[r#"
            cannot multiply (2, 2) @ (3, 2): the inner sizes 2 and 3 differ, in the call of 'layer' for 'y'
              @ "a" [2, 2]
              @ "w" [3, 2]
              axes 1 0: differs
        "#]],
    );
    check(
        "h = [[1, 2, 3], [4, 5, 6]]\nw = [[1, 2], [3, 4], [5, 6]]\nfor i in range(3):\n    h = h @ w",
        expect![[r#"
            cannot multiply (2, 2) @ (3, 2): the inner sizes 2 and 3 differ, where i is 1
              @ "h" [2, 2] named
              @ "w" [3, 2] named
              axes 1 0: differs
        "#]],
    );
}

#[test]
fn what_is_not_of_shapes_has_none() {
    check(
        "y = x + 1\nz = sgmoid(2)",
        expect![[r#"
            unknown name 'x': give it a value first, as in 'x = 1'
              not of shapes
            unknown name 'sgmoid': did you mean 'sigmoid'?
              not of shapes
        "#]],
    );
}

/// Applies every fix: what it is offered for is gone, and no word is left unread.
fn every_fix_helps(source: &str) {
    for diagnostic in mistakes(source) {
        let Some(misfit) = &diagnostic.shapes else {
            continue;
        };
        for operand in &misfit.operands {
            let piece = source.get(operand.span.start as usize..operand.span.end as usize);
            assert!(piece.is_some(), "{source}: {operand:?}");
        }
        for Meeting { axes, .. } in &misfit.met {
            for (axis, operand) in axes.iter().zip(&misfit.operands) {
                assert!(
                    axis.is_none_or(|axis| axis < operand.shape.len()),
                    "{source}"
                );
            }
        }
        for fix in &misfit.fixes {
            let Some(text) = fixed(source, fix) else {
                continue;
            };
            let left = mistakes(&text);
            let (edited, with) = fix.edit.as_ref().expect("an edit");
            // Where it was told: what is put in before it moves both ends, within it one.
            let moved = |at: u32, is_before: bool| {
                let by = if is_before { with.len() as u32 } else { 0 };
                let out = if is_before {
                    edited.end - edited.start
                } else {
                    0
                };
                at + by - out
            };
            let span = diagnostic.span;
            let place = Span {
                start: moved(span.start, edited.start < span.start),
                end: moved(span.end, edited.start < span.end || edited.end == span.end),
            };
            let still = left.iter().find(|d| d.span == place);
            assert_eq!(still, None, "{source}\n{fix:?}\n{text}");
        }
    }
}

/// A literal of ones of a shape.
fn ones(shape: &[usize]) -> String {
    shape.iter().rev().fold("1".to_owned(), |inner, &size| {
        format!("[{}]", vec![inner; size].join(", "))
    })
}

/// Forms with two operands that may not fit.
const FORMS: &[&str] = &[
    "a @ b",
    "a + b",
    "a * b",
    "(a - 1) @ (-b)",
    "-a / (b + 1)",
    "a / b.sum(axis=0)",
    "a - mean(a, axis=1)",
    "dot(a, b)",
    "a.matmul(b)",
    "maximum(a, b)",
    "where(a > 0, b, a)",
    "concatenate([a, b])",
    "concatenate([a, b], axis=1)",
    "stack([a, b, a])",
    "mse_loss(a, b)",
    "cross_entropy(a, b)",
    "hinge_loss(a, b)",
    "reshape(a, (4, 3))",
    "a.reshape(5, -1)",
    "softmax(a, axis=2)",
    "a[2] + b[1, 1]",
    "grad(a, b)",
    "a.T @ b.T",
    "a @ b @ a",
    "twice(a, b)",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn fixes_of_random_shapes_help(
        p in prop::collection::vec(0usize..4, 0..4),
        q in prop::collection::vec(0usize..4, 0..4),
        form in 0..FORMS.len(),
    ) {
        let source = format!(
            "def twice(u, v):\n    return u @ v + u\na = {}\nb = {}\nc = {}\nd = c + a",
            ones(&p), ones(&q), FORMS[form],
        );
        every_fix_helps(&source);
    }
}

#[test]
fn advice_takes_a_moment_at_most() {
    // A loop that is long once it is right, and many mistakes.
    let long = format!(
        "{X}w = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]\nfor i in range(900000): y = tanh(w @ x)"
    );
    let many = format!("{X}{}", "y = x @ x\n".repeat(2000));
    let rows = vec!["[1, 2, 3]"; 60_000].join(", ");
    let large = format!("{X}w = [{rows}]\ny = x @ w");
    for source in [long, many, large] {
        let start = Instant::now();
        let found = mistakes(&source);
        assert!(!found.is_empty() && found[0].shapes.is_some());
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?}");
        for fix in found.iter().flat_map(|d| &d.shapes).flat_map(|s| &s.fixes) {
            assert!(!fix.message.is_empty());
        }
    }
}

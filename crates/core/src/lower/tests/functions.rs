//! Functions, indices and derivatives: what they mean and what they refuse.

use super::{complains, names, value};
use crate::model::{Model, Overrides};
use expect_test::{Expect, expect};

/// Shape and elements of the output.
fn gives(source: &str, expected: Expect) {
    let text = match Model::new(source, &Overrides::default()) {
        Ok(model) => {
            let mut arena = model.arena();
            model.plan.run(&mut arena);
            let output = model.program.output;
            let start = model.plan.offset(output);
            let values = &arena[start..start + model.elements(output)];
            format!("{:?} {values:?}", model.program.graph.shape(output))
        }
        Err(diagnostics) => format!("{diagnostics:?}"),
    };
    expected.assert_eq(&text);
}

#[test]
fn elements_are_chosen_as_numpy_does() {
    let x = "x = [[1, 2, 3], [4, 5, 6]]\n";
    for (index, expected) in [
        ("x[0]", expect!["[3] [1.0, 2.0, 3.0]"]),
        ("x[-1, 1]", expect!["[] [5.0]"]),
        ("x[1][2]", expect!["[] [6.0]"]),
        ("x[:, 1]", expect!["[2] [2.0, 5.0]"]),
        ("x[::-1, ::2]", expect!["[2, 2] [4.0, 6.0, 1.0, 3.0]"]),
        ("x[5:, 0:0]", expect!["[0, 0] []"]),
        ("x[:, None, 0]", expect!["[2, 1] [1.0, 4.0]"]),
        ("x.T", expect!["[3, 2] [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]"]),
        (
            "x.T.reshape(-1)",
            expect!["[6] [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]"],
        ),
        (
            "reshape(x, [3, -1])",
            expect!["[3, 2] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]"],
        ),
        ("x.flatten()[2:4]", expect!["[2] [3.0, 4.0]"]),
        (
            "concatenate([x, x[:, :1]], axis=1)",
            expect!["[2, 4] [1.0, 2.0, 3.0, 1.0, 4.0, 5.0, 6.0, 4.0]"],
        ),
        (
            "stack([x[0], x[1]], axis=-1)",
            expect!["[3, 2] [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]"],
        ),
        ("[x[0, 0], 7, x[1, 1]]", expect!["[3] [1.0, 7.0, 5.0]"]),
        (
            "[[x[0, 0], 1], [2, 3]]",
            expect!["[2, 2] [1.0, 1.0, 2.0, 3.0]"],
        ),
        (
            "x @ [[1, 0], [0, 1], [1, 1]]",
            expect!["[2, 2] [4.0, 5.0, 10.0, 11.0]"],
        ),
        (
            "outer(x[0], x[:, 0])",
            expect!["[3, 2] [1.0, 4.0, 2.0, 8.0, 3.0, 12.0]"],
        ),
        ("dot(x, x.T)", expect!["[2, 2] [14.0, 32.0, 32.0, 77.0]"]),
        (
            "dot([1, 1], stack([x.T, x.T])[:, :2])",
            expect!["[2, 2] [3.0, 9.0, 3.0, 9.0]"],
        ),
        ("x > 2", expect!["[2, 3] [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]"]),
        (
            "where(x > 2, x, 0)",
            expect!["[2, 3] [0.0, 0.0, 3.0, 4.0, 5.0, 6.0]"],
        ),
        (
            "clip(x, max=2)",
            expect!["[2, 3] [1.0, 2.0, 2.0, 2.0, 2.0, 2.0]"],
        ),
        (
            "np.clip(x, 2, 4)",
            expect!["[2, 3] [2.0, 2.0, 3.0, 4.0, 4.0, 4.0]"],
        ),
        (
            "std(x, axis=1, ddof=0)",
            expect!["[2] [0.816496580927726, 0.816496580927726]"],
        ),
        (
            "np.linalg.norm(x, axis=(0, 1), keepdims=True)",
            expect!["[1, 1] [9.539392014169456]"],
        ),
        (
            "softmax(x, dim=0)",
            expect![
                "[2, 3] [0.04742587317756679, 0.04742587317756679, 0.04742587317756679, 0.9525741268224334, 0.9525741268224334, 0.9525741268224334]"
            ],
        ),
        (
            "transpose(stack([x, x]), (1, 2, 0))",
            expect!["[2, 3, 2] [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0, 6.0, 6.0]"],
        ),
        (
            "stack([x, x]).transpose(0, 2)",
            expect!["[3, 2, 2] [1.0, 1.0, 4.0, 4.0, 2.0, 2.0, 5.0, 5.0, 3.0, 3.0, 6.0, 6.0]"],
        ),
    ] {
        let source = format!("import numpy as np\n{x}{index}");
        gives(&source, expected);
    }
}

#[test]
fn numbers_known_now_stay_numbers() {
    let source =
        "x = [3, 4, 5]\nf = 0\nfor i in range(3): f = f + x[2 - i] * where(i > 1, 10, max(i, 1))";
    assert_eq!(value(source), 5.0 + 4.0 + 30.0);
    assert_eq!(value("x = 1\nfor i in range(sqrt(9)): x = x + 1"), 4.0);
}

#[test]
fn arrays_within_expressions_are_one_node() {
    let source = "x = [1, 2]\nfor i in range(100): x = x * [[2, 1], [1, 2]][0]";
    let model = Model::new(source, &Overrides::default()).unwrap_or_else(|d| panic!("{d:?}"));
    let graph = &model.program.graph;
    let tables = graph.nodes().filter(|&node| graph.table(node).is_some());
    assert_eq!(tables.count(), 1);
}

#[test]
fn losses_take_classes_and_distributions() {
    let scores = "s = [[1, 2, 3], [1, 2, 4]]\n";
    let by_class = value(&format!("{scores}cross_entropy(s, [2, 0])"));
    let whole = value(&format!("{scores}cross_entropy(s, [[0, 0, 1], [1, 0, 0]])"));
    assert_eq!(by_class, whole);
    let log = "log_softmax(s)";
    let expected = value(&format!("{scores}-({log}[0, 2] + {log}[1, 0]) / 2"));
    assert!((by_class - expected).abs() < 1e-15);
    assert_eq!(value("hinge_loss([1, 2, 3], 2)"), 0.0 + 0.0);
    assert_eq!(value("hinge_loss([1, 2, 3], 1, margin=2)"), 1.0 + 3.0);
    assert_eq!(value("mse_loss([1, 2], 0)"), 2.5);
}

#[test]
fn a_derivative_is_a_part_of_the_program() {
    expect![[r#"
        x 3 6
        y 27 0
        g 27 0
        h 18 1
    "#]]
    .assert_eq(&names("x = 3\ny = x**3\ng = grad(y, x)\nh = grad(g, x)"));
    // Of an intermediate, of what it does not depend on, and of itself.
    expect![[r#"
        x 3 12
        z 5 0
        u 9 2
        y 81 0
        a 18 1
        b 0 1
        c 1 1
        f 19 1
    "#]].assert_eq(&names(
        "x = 3\nz = 5\nu = x * x\ny = u * u\na = grad(y, u)\nb = grad(y, z)\nc = grad(y, y)\nf = a + b + c",
    ));
    // Two names of one derivative are two values; so is a name of what was there.
    expect![[r#"
        x 3 24309.25178272615
        y 20.085536923187668 1210.2863804782053
        a 20.085536923187668 403.4287934927351
        b 20.085536923187668 403.4287934927351
        f 8103.083927575384 1
    "#]]
    .assert_eq(&names(
        "x = 3\ny = exp(x)\na = grad(y, x)\nb = grad(y, x)\nf = a * b * y",
    ));
    let newton = "x = 3\nfor i in range(6):\n    y = x**2 - 2\n    x = x - y / grad(y, x)\nx";
    assert!((value(newton) - 2f64.sqrt()).abs() < 1e-15);
}

#[test]
fn what_functions_refuse() {
    complains(
        "x = [[1, 2, 3], [4, 5, 6]]\na = x[2]\nb = x[0, 0, 0]\nc = x[::0]\nd = x[x > 2]\ne = x[[0, 2]]\nf = x[0.5]\ng = x[x[0, 0]]\nh = (x[0, 0])[0]\n\
         y = [0, 1.5, -4]\ni = x[:, y]\nj = x[x + 1]\nk = x[[True, False]]\nl = x[[0.5]]\nm = x[[0, 1], [0, 1, 2]]\n\
         n = take(x, [6])\no = gather(x, 1, [0, 1])\np = [x, x][0, :, [1, 1]]\nq = arange(2.5)\nr = x[0, 0, [0]]",
        expect![[r#"
            "x[2]": index 2 is outside axis 0 of shape (2, 3)
            "x[0, 0, 0]": there are more indices than axes of shape (2, 3): did you mean x[0, 0]?
            "x[::0]": the step of a slice cannot be 0
            "x[x > 2]": choosing elements by a mask is outside the language: where(mask, x, 0) keeps the shape
            "x[[0, 2]]": index 2 is outside axis 0 of shape (2, 3)
            "x[0.5]": an index is a whole number
            "x[x[0, 0]]": an index must be known before anything runs: write the number itself, an input can change
            "(x[0, 0])[0]": a number has no elements to choose from
            "x[:, y]": an index is a whole number, not 1.5
            "x[x + 1]": indices must be known before anything runs, and these are computed: write them as a list, or give the list a name
            "x[[True, False]]": a truth value cannot be an index
            "x[[0.5]]": an index is a whole number, not 0.5
            "x[[0, 1], [0, 1, 2]]": indices of shapes (2,) and (3,) do not go together
            "take(x, [6])": index 6 is outside axis 0 of shape (6,)
            "gather(x, 1, [0, 1])": an index for each element has the shape of the value but along axis 1: (2,) does not fit (2, 3)
            "[x, x][0, :, [1, 1]]": NumPy and PyTorch put the axes in another order here: choose by the number first, as in x[0][:, [1, 2]]
            "arange(2.5)": a bound of 'arange' is a whole number
            "x[0, 0, [0]]": there are more indices than axes of shape (2, 3): did you mean x[0, 0]?
        "#]],
    );
    complains(
        "x = [[1, 2, 3], [4, 5, 6]]\na = reshape(x, (4, 2))\nb = reshape(x, (4, -1))\nc = x.reshape(-1, -1)\nd = x.reshape(-2)\ne = x.reshape(x)\nf = reshape(x, 1e12)\ng = reshape(x)\nh = x.transpose(0, 1)\ni = transpose(x, (0, 0))",
        expect![[r#"
            "reshape(x, (4, 2))": cannot reshape (2, 3) to (4, 2): it has 6 elements: did you mean (3, 2)?
            "reshape(x, (4, -1))": cannot reshape (2, 3) to (4, -1): it has 6 elements: did you mean (3, -1)?
            "x.reshape(-1, -1)": only one size can be -1
            "x.reshape(-2)": a size cannot be -2
            "x.reshape(x)": a size must be known before anything runs: write the number itself, an input can change
            "reshape(x, 1e12)": a size of 1000000000000 is too large
            "reshape(x)": 'reshape' takes 2 arguments, 1 given
            "x.transpose(0, 1)": transpose(0, 1) leaves the axes as they are in NumPy and exchanges them in PyTorch: write '.T' to exchange them
            "transpose(x, (0, 0))": the axes of shape (2, 3) are named once each
        "#]],
    );
    complains(
        "x = [[1, 2, 3], [4, 5, 6]]\na = concatenate(x)\nb = concatenate([x, [1, 2]])\nc = concatenate([1, 2])\nd = stack([x, 1])\ne = [x, 1] + 1\nf = concatenate([])\ng = [[1, 2], [3]] * x\nh = stack([x], axis=3)\ni = [(1, 2)]",
        expect![[r#"
            "concatenate([x, [1, 2]])": cannot concatenate (2, 3) and (2,) along axis 0
            "concatenate([1, 2])": numbers have no axis to 'concatenate' along: stack([a, b])
            "stack([x, 1])": values in a list must have one shape, not (2, 3) and ()
            "[x, 1] + 1": values in a list must have one shape, not (2, 3) and ()
            "concatenate([])": 'concatenate' of no values has no shape
            "[[1, 2], [3]] * x": values in a list must have one shape, not (2,) and (1,)
            "stack([x], axis=3)": axis 3 is not an axis of shape (2, 3): did you mean axis 2?
            "[(1, 2)]": a tuple cannot stand within a list
        "#]],
    );
    complains(
        "s = [1, 2, 3]\na = cross_entropy(s, 3)\nb = cross_entropy(s, [1, 2])\nc = hinge_loss(s, -1)\nd = hinge_loss(s, s)\ne = cross_entropy(1, 0)\nf = mse_loss(s, [1, 2])\ng = cross_entropy(s, 0.5)",
        expect![[r#"
            "cross_entropy(s, 3)": there is no class 3: 3 scores have the classes 0 to 2: did you mean 2?
            "cross_entropy(s, [1, 2])": 'cross_entropy' of scores (3,) takes a target of shape () or (3,), not (2,)
            "hinge_loss(s, -1)": there is no class -1: 3 scores have the classes 0 to 2
            "hinge_loss(s, s)": 'hinge_loss' of scores (3,) takes a target of shape (), not (3,)
            "cross_entropy(1, 0)": 'cross_entropy' takes a score for each class: a vector
            "mse_loss(s, [1, 2])": cannot take the loss between (3,) and (2,)
            "cross_entropy(s, 0.5)": there is no class 0.5: 3 scores have the classes 0 to 2
        "#]],
    );
    complains(
        "x = [1, 2]\ny = sum(x * x)\na = grad(x, x)\nb = grad(y, x * 2)\nc = grad(y, [x, x])\nd = grad(y)\ne = grad(y, None)",
        expect![[r#"
            "grad(x, x)": grad takes the derivative of a number, and this has shape (2,): sum it first, say
            "grad(y, x * 2)": grad takes the derivative by a name, from which the first was computed: give this value a name first
            "grad(y, [x, x])": grad takes one value at a time: grad(y, x)
            "grad(y)": 'grad' takes 2 arguments, 1 given
            "grad(y, None)": a number or an array is expected here, not 'None'
        "#]],
    );
    complains(
        "x = [1, 2]\na = softmax(2)\nb = softmax(x, axis=1)\nc = softmax([])\nd = norm(x, 1)\ne = var(x, ddof=1)\nf = clip(x)\ng = where(x, x)\nh = max(x, x, axis=0)\ni = sum(x, foo=1)\nj = sum(x, axis=0, dim=0)\nk = x > None",
        expect![[r#"
            "softmax(2)": 'softmax' goes along an axis, and a number has none
            "softmax(x, axis=1)": axis 1 is not an axis of shape (2,): did you mean axis 0?
            "softmax([])": axis 0 of shape (0,) has no elements
            "norm(x, 1)": 'norm' is the root of the sum of squares: an axis is named, as in norm(x, axis=0)
            "clip(x)": 'clip' needs a bound: clip(x, lo, hi)
            "where(x, x)": 'where' takes 3 arguments, 2 given
            "max(x, x, axis=0)": 'max' of several values goes element by element: it has no argument 'axis'
            "sum(x, foo=1)": 'sum' has no argument 'foo': it takes axis, keepdims
            "sum(x, axis=0, dim=0)": 'dim' is given twice
            "x > None": a number or an array is expected here, not 'None'
        "#]],
    );
    complains(
        "x = [1, 2]\na = where(x, [1, 2, 3], 0)\nb = x.abs(1)\nc = prod(x, x)\nd = (1, 2) + x\ne = x.T(2)",
        expect![[r#"
            "where(x, [1, 2, 3], 0)": cannot combine (2,) and (3,): their last axes have sizes 2 and 3
            "x.abs(1)": 'abs' takes 1 argument, 2 given
            "prod(x, x)": axis must be known before anything runs: write the number itself, an input can change
            "(1, 2) + x": a number or an array is expected here, not a tuple
            "x.T": there is no function 'T'
        "#]],
    );
}

#[test]
fn modules_are_imported_as_notebooks_do() {
    for (import, call) in [
        ("from torch.nn import functional as F", "F.relu(x)"),
        ("import torch.nn.functional as F", "F.relu(x)"),
        ("import torch.nn as nn", "nn.functional.relu(x)"),
        ("from torch import nn, relu", "nn.functional.relu(relu(x))"),
        ("from jax import numpy as jnp", "jnp.maximum(x, 0)"),
        ("import jax", "jax.numpy.maximum(x, 0)"),
        (
            "import jax.numpy as jnp",
            "jnp.linalg.norm(jnp.array([x, 0]))",
        ),
    ] {
        assert_eq!(value(&format!("{import}\nx = 3\n{call}")), 3.0, "{import}");
    }
}

#[test]
fn huge_shapes_are_refused() {
    complains(
        "x = 1\ny = reshape(zeros, (0, 1e9))\nz = [[]]\na = reshape([], (0, 60000000, 60000000))",
        expect![[r#"
            "zeros": unknown name 'zeros': give it a value first, as in 'zeros = 1'
            "reshape([], (0, 60000000, 60000000))": the values of this program take more than 64 MiB
        "#]],
    );
    complains(
        "x = reshape([], (0, 60000000))\nw = stack([x, x])\ny = concatenate([x, x], axis=1)",
        expect![[r#"
            "stack([x, x])": the values of this program take more than 64 MiB
        "#]],
    );
}

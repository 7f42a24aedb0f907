//! What one library would do otherwise and the language does not: refused, with another way.

use super::{complains, value};
use crate::model::{Model, Overrides};
use expect_test::expect;

#[test]
fn what_differs_by_library_and_is_not_there_is_refused() {
    complains(
        "import numpy as np\nimport torch\nimport jax\nA = np.array([[1, 2], [3, 4]])\nt = torch.tensor([[1, 2], [3, 4]])\n\
         a = np.linalg.norm(A, 2)\nb = torch.linalg.norm(t, 2)\nc = norm(A, 2)\nd = np.linalg.norm(A, 2, axis=(0, 1))\n\
         e = np.max(A[0, 0], 0)\nf = torch.max(t, 1) * 2\ng = t.min(0)[1]\nh = t.max(dim=1).indices\n\
         i = torch.softmax(torch.stack([t, t]))\nj = torch.std(t[0, :1])\nk = np.sum(A, 0, True)\nl = np.std(A, 0, True)\n\
         m = sum(A, 1)\nn = jax.nn.gelu(A, A)\no = np.linalg.norm(A, 1)\np = torch.cumsum(t)\nq = t.cumsum()\nr = np.cumsum(A, 2)",
        expect![[r#"
            "np.linalg.norm(A, 2)": norm(A, 2) of a matrix is its largest singular value, which is outside the language: norm(A) is the root of the sum of squares (Frobenius)
            "torch.linalg.norm(t, 2)": norm(A, 2) of a matrix is its largest singular value, which is outside the language: norm(A) is the root of the sum of squares (Frobenius)
            "norm(A, 2)": norm(A, 2) of a matrix is its largest singular value, which is outside the language: norm(A) is the root of the sum of squares (Frobenius)
            "np.linalg.norm(A, 2, axis=(0, 1))": norm(A, 2) of a matrix is its largest singular value, which is outside the language: norm(A) is the root of the sum of squares (Frobenius)
            "np.max(A[0, 0], 0)": 'max' goes along axis 0 here, and a number has none: maximum(a, b) compares two values, relu(x) keeps what is above 0
            "torch.max(t, 1) * 2": PyTorch's max and min along an axis give values and indices: write amax or amin, or '.values' behind the call
            "t.min(0)[1]": the indices of the greatest elements are outside the language: [0] has the values
            "t.max(dim=1).indices": values have no '.indices'
            "torch.softmax(torch.stack([t, t]))": without an axis PyTorch's 'softmax' does not take the last of 3 axes: name it, dim=-1
            "torch.std(t[0, :1])": 'std' divides by n - 1 here, and n is 1: correction=0 divides by n
            "np.sum(A, 0, True)": behind the axis 'sum' takes no value without a name: keepdims=True
            "np.std(A, 0, True)": behind the axis 'std' takes no value without a name: keepdims=True
            "sum(A, 1)": Python's sum(x, a) adds the items to a: write a + sum(x), or sum(x, axis=1) along an axis
            "jax.nn.gelu(A, A)": approximate is True or False here
            "np.linalg.norm(A, 1)": 'norm' is the root of the sum of squares: an axis is named, as in norm(x, axis=0)
            "torch.cumsum(t)": PyTorch's 'cumsum' takes an axis: cumsum(x, dim=0)
            "t.cumsum()": PyTorch's 'cumsum' takes an axis: cumsum(x, dim=0)
            "np.cumsum(A, 2)": axis 2 is not an axis of shape (2, 2): did you mean axis 1?
        "#]],
    );
}

#[test]
fn a_type_that_would_change_numbers_is_refused() {
    complains(
        "import numpy as np\nimport torch\na = np.array([1.9, 2], dtype=int)\nb = torch.tensor([0.5], dtype=torch.long)\n\
         c = np.array([[1, 2.5]], np.int64) * 2\nd = np.array([0, 2], dtype=bool)\ne = np.array([1, 2], dtype=int)\n\
         f = torch.tensor([0.5], dtype=torch.float32)\ng = np.array(1.5, dtype=np.uint8) + 1",
        expect![[r#"
            "[1.9, 2]": 'int' would cut these numbers off: write them as they are to be, or leave 'int' out
            "[0.5]": 'long' would cut these numbers off: write them as they are to be, or leave 'long' out
            "np.array([[1, 2.5]], np.int64)": 'int64' would cut these numbers off: write them as they are to be, or leave 'int64' out
            "[0, 2]": 'bool' would cut these numbers off: write them as they are to be, or leave 'bool' out
            "np.array(1.5, dtype=np.uint8)": 'uint8' would cut these numbers off: write them as they are to be, or leave 'uint8' out
        "#]],
    );
}

#[test]
fn lists_as_they_are_written_are_pythons_or_refused() {
    complains(
        "import numpy as np\nn = 2\nx = [1, 2]\na = [0.0] * n\nb = x + [3]\nc = [3] + x\nd = [1, 2] == [1, 2]\ne = [1, 2] == n\n\
         f = max([1, 2], [0, 3])\ng = min([[1, 2], [0, 3]])\nh = [0] * 1000001\ni = (1, 2) * 3\nx += [3]",
        expect![[r#"
            "[0.0] * n": Python repeats a list that is multiplied by a whole number: write the number itself to repeat it, or give the list a name to multiply its elements
            "x + [3]": Python joins two lists by '+': write concatenate([a, b]) to join them, or give this list a name to add element by element
            "[3] + x": Python joins two lists by '+': write concatenate([a, b]) to join them, or give this list a name to add element by element
            "[1, 2] == [1, 2]": Python compares a list as a whole: give it a name to compare element by element
            "[1, 2] == n": Python compares a list as a whole: give it a name to compare element by element
            "max([1, 2], [0, 3])": Python's 'max' of lists gives one of them, by their first items that differ: maximum(a, b) compares element by element, '.max()' all elements
            "min([[1, 2], [0, 3]])": Python's 'min' of lists gives one of them, by their first items that differ: minimum(a, b) compares element by element, '.min()' all elements
            "(1, 2) * 3": a number or an array is expected here, not a tuple
            "x += [3]": Python joins two lists by '+': write concatenate([a, b]) to join them, or give this list a name to add element by element
        "#]],
    );
    // Where Python has no meaning, an array's is taken.
    assert_eq!(value("x = [1, 2]\ny = [3, 4] - x\ny[1]"), 2.0);
    assert_eq!(value("x = 3.0\ny = [1, 2] / x\ny[1]"), 2.0 / 3.0);
    assert_eq!(
        value("s = 0\nfor i in range(3):\n    s = s + sum([2.0] * i)\ns"),
        6.0
    );
    assert_eq!(
        value("def f(x):\n    n = 3\n    return sum([x] * n)\na = 5\nf(a)"),
        15.0
    );
}

#[test]
fn arrays_that_two_names_share_are_not_changed_in_place() {
    let refused = |source: &str| {
        let told = Model::new(source, &Overrides::default()).err();
        let told = told.unwrap_or_else(|| panic!("{source} is taken"));
        assert_eq!(told.len(), 1, "{source}: {told:?}");
        assert!(told[0].message.contains("has the same array"), "{told:?}");
    };
    let numpy = "import numpy as np\nx = np.array([1.0, 2.0])\n";
    for lines in [
        "y = x\ny += 1",
        "y = x\nx += 1",
        "y = x[:1]\ny *= 2",
        "y = x[None].T\nx -= 1",
        "y = x.reshape(2, 1)\nz = y\nz **= 2",
        "def f(a):\n    a += 1\n    return a\ny = f(x)",
        "def f(a):\n    b = a[1:]\n    b /= 2\n    return b\ny = f(x)",
        "for i in range(2):\n    y = x\n    y += i",
        "z = np.array(3.0)\nw = z\nw += 1",
        "def f(a, b=x):\n    b += a\n    return b\ny = f(x)",
    ] {
        refused(&format!("{numpy}{lines}"));
    }
    refused("x = [1, 2]\ny = x\ny += 1");
    refused("import torch\nx = torch.tensor(3.0)\ny = x\ny += 1");
    refused("import torch\nx = torch.tensor([3.0, 4.0])\ny = x[0]\ny += 1");
    // What has its own elements, and what is a number, is bound anew.
    for (lines, expected) in [
        ("y = x * 1\ny += 1\nx[0] + y[0]", 3.0),
        ("y = x\ny = y + 1\nx[0] + y[0]", 3.0),
        ("y = x[0]\ny += 1\nx[0] + y", 3.0),
        ("x += 1\nx *= x\nx[0]", 4.0),
        ("y = x\ny = y * 2\ny += 1\nx[0] + y[0]", 4.0),
        (
            "def f(a):\n    a = a * 1\n    a += 1\n    return a\ny = f(x)\nx[0] + y[0]",
            3.0,
        ),
    ] {
        assert_eq!(value(&format!("{numpy}{lines}")), expected, "{lines}");
    }
    assert_eq!(value("x = 3\ny = x\ny += 1\nx * y"), 12.0);
    let jax = "import jax.numpy as jnp\nx = jnp.array([1.0, 2.0])\ny = x\ny += 1\nx[0] * y[0]";
    assert_eq!(value(jax), 2.0);
}

/// Python's whole numbers have one 0: an array of them has no -0.0.
#[test]
fn a_whole_number_has_no_minus_zero() {
    for (source, is_negative) in [
        ("x = -0\n1 / x", false),
        ("x = -0.0\n1 / x", true),
        ("x = - - -0\n1 / x", false),
        ("x = -(0)\n1 / x", false),
        ("x = -0e0\n1 / x", true),
        ("x = [-0]\n1 / x[0]", false),
        ("x = [-0.0]\n1 / x[0]", true),
        ("x = 1\ny = x * -0\n1 / y", false),
        ("x = 1\ny = x * -0.0\n1 / y", true),
        ("x = 1\nfor i in range(1): y = x * -i\n1 / y", false),
        ("x = 1\nfor i in range(1): y = x * (i * -1)\n1 / y", false),
        ("x = 1\nfor i in range(1): y = x * -(i * 1.0)\n1 / y", true),
        ("x = 1\nfor i in range(1): y = x * -(i / 2)\n1 / y", true),
    ] {
        let expected = if is_negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn what_is_imported_decides() {
    let x = "x = [[1, 2], [3, 5]]\n";
    for (lines, expected) in [
        ("from numpy import *\nsum(x)", 11.0),
        ("from torch import *\nstd(x[0])", 0.5_f64.sqrt()),
        ("from torch import std as s\ns(x[0])", 0.5_f64.sqrt()),
        ("std(x[0])", 0.5),
        (
            "import torch.nn as nn\nnn.functional.relu(x[0]).std()",
            0.5_f64.sqrt(),
        ),
        (
            "from numpy import linalg as LA\nLA.norm(x[0], 2)",
            5_f64.sqrt(),
        ),
        (
            "import torch\nt = torch.tensor(x)\nt[0].std()",
            0.5_f64.sqrt(),
        ),
        (
            "import numpy as np\nimport torch\na = np.array(x)\nt = torch.tensor(a)\na[0].std() + t[0].std()",
            0.5 + 0.5_f64.sqrt(),
        ),
        (
            "import numpy as np\nimport torch\nt = torch.tensor(x)\na = np.array(t)\na[0].std() + t[0].std()",
            0.5 + 0.5_f64.sqrt(),
        ),
        (
            "def f(t): return t.std()\nimport torch\nf(x[0]) + f(torch.tensor(x)[0])",
            0.5 + 0.5_f64.sqrt(),
        ),
        // A matrix of no library has no sum of Python's: the language decides.
        ("sum(x)", 11.0),
    ] {
        let found = value(&format!("{x}{lines}"));
        assert!((found - expected).abs() < 1e-12, "{lines}: {found}");
    }
}

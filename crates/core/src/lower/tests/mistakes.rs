//! One mistake gives one message, and what is suggested was tried.

use super::complains;
use expect_test::expect;

#[test]
fn what_follows_from_a_refused_line_is_not_told() {
    complains(
        "a, b = 2, 1\nc = a + b\nd = b + nothing\ne = c * d",
        expect![[r#"
            "a,": one value at a time: several names or values on a line are not read, write a line for each
            "nothing": unknown name 'nothing': give it a value first, as in 'nothing = 1'
        "#]],
    );
    complains(
        "def f(a, b):\n    s = a + b\n    return s, a\ns, p = f(2.0, 3.0)\nL = s * p",
        expect![[r#"
            ",": one value at a time: several names or values on a line are not read, write a line for each
            "s,": one value at a time: several names or values on a line are not read, write a line for each
        "#]],
    );
    complains(
        "def f(a):\n    while a < 10:\n        a = a * 2\n    if a > 0:\n        c = a\n    elif a == 0:\n        c = 0\n    else:\n        c = -a\n    return c\nx = 0.5\ny = f(x) * c",
        expect![[r#"
            "while": 'while' is Python, but outside the language of this page: 'for i in range(n):' repeats
            "if": 'if' is Python, but outside the language of this page: where(condition, a, b) chooses
            "c": unknown name 'c': give it a value first, as in 'c = 1'
        "#]],
    );
    complains(
        "class Unit:\n    def __init__(self, w):\n        self.w = w\nu = Unit(2.0)\ny = u.w * 3\nz = u.forward(y)[0]",
        expect![[r#"
            "class": 'class' is Python, but outside the language of this page: a function is written 'def name(a, b):'
        "#]],
    );
    complains(
        "import matplotlib.pyplot as plt\nfrom micrograd.engine import Value, Other as O\nimport graphviz.dot\nx = Value(2.0)\ny = O(x)\nplt.plot(x)\ngraphviz.dot.draw(y)",
        expect![[r#"
            "import matplotlib.pyplot as": 'matplotlib.pyplot' cannot be imported: only math, numpy, torch, torch.nn.functional, jax.numpy
            "from micrograd.engine import": 'micrograd.engine' cannot be imported: only math, numpy, torch, torch.nn.functional, jax.numpy
            "import graphviz.dot\n": 'graphviz.dot' cannot be imported: only math, numpy, torch, torch.nn.functional, jax.numpy
        "#]],
    );
    complains(
        "n = 3\nfor i in range(n):\n    h = i * 2\n    for j in range(2):\n        k, m = h, j\n        l = k\ny = h + k + l + m + i + j",
        expect![[r#"
            "n": range takes numbers that are known before anything runs: write the number itself, an input can change
            "k,": one value at a time: several names or values on a line are not read, write a line for each
        "#]],
    );
    complains(
        "for x, y in zip(a, b):\n    s = x * y\nt = s + x",
        expect![[r#"
            "for": a loop reads 'for i in range(n):'
        "#]],
    );
    complains(
        "x: float = 3.0\ny = x * 2\nz = w = y\nv = w + z",
        expect![[r#"
            "x:": type annotations are not read: leave them out
            "=": one name at a time: write the second assignment on its own line
        "#]],
    );
    complains(
        "x = [1, 2]\nx[0] = 3\ny = x[5]\nx.data -= 1",
        expect![[r#"
            "x[0] =": only a name can be assigned to, no element: x = [a, b] puts elements together
            "x.data -=": only a name can be assigned to
        "#]],
    );
    complains(
        ">>> x = 2.0\n>>> y = x * 3\n>>> for i in range(2):\n...     y = y + x\n>>> y\n18.0",
        expect![[r#"
            ">>": Python's console writes this before a line: leave it out, and the lines that it answers
        "#]],
    );
    complains(
        "%matplotlib inline\n!pip install x\nx = 2.0",
        expect![[r#"
        "%": this line is for a notebook, not for Python: leave it out
        "!": this line is for a notebook, not for Python: leave it out
    "#]],
    );
    complains(
        "print(f'{x} $ {y}')\nx = 1",
        expect![[r#"
        "print": 'print' is Python, but outside the language of this page: every value is shown, leave the line out
    "#]],
    );
}

#[test]
fn a_name_of_a_value_is_no_function_of_a_library() {
    complains(
        "sizes = 2\na = t * 2\nb = size + 1\nc = e ** 2\nd = shape(1)\nf = t(1) + pi\ng = range(2)",
        expect![[r#"
            "t": unknown name 't': give it a value first, as in 't = 1'
            "size": unknown name 'size': did you mean 'sizes'?
            "e": unknown name 'e': write exp(x) for e ** x, or 2.718281828459045
            "shape": unknown name 'shape': write the numbers themselves
            "pi": unknown name 'pi': write 3.141592653589793
            "range": unknown name 'range': it stands in 'for i in range(n):' alone
        "#]],
    );
}

#[test]
fn a_mistake_within_a_definition_is_told_once() {
    complains(
        "def f(a): return a * q + np.exp(a)\ndef g(a): return q - np.sin(a)\nx = f(1) + f(2) + g(3)\ny = q + 1",
        expect![[r#"
            "q": unknown name 'q': give it a value first, as in 'q = 1'
            "np": unknown name 'np': import it first, as in 'import numpy as np'
        "#]],
    );
    complains(
        "def f(a): return a @ [1, 2, 3]\nx = [1, 2]\ny = f(x) + f(x * 2)",
        expect![[r#"
            "a @ [1, 2, 3]": cannot multiply (2,) @ (3,): the inner sizes 2 and 3 differ, in the call of 'f' for 'y'
        "#]],
    );
}

#[test]
fn suggestions_make_sense_where_they_are() {
    complains(
        "x = [1.0, 2.0]\nweight = 3\ndef square_root(a): return sqrt(a)\na = x.copy()\nb = x.smu()\nc = sort(x)\nd = hstack(x)\n\
         e = squar_root(4)\nf = wieght * 2\ng = argmax(x)\nh = maximun(x, 0)\ni = maxx + 1\nj = weihgt(2)\nk = concatenat([x, x])\nl = maximun(x)\nm = stdd",
        expect![[r#"
            "x.copy": there is no function 'copy': leave it out
            "x.smu": there is no function 'smu': did you mean 'sum'?
            "sort": unknown name 'sort'
            "hstack": unknown name 'hstack': write concatenate([a, b], axis=0) or stack([a, b])
            "squar_root": unknown name 'squar_root': did you mean 'square_root'?
            "wieght": unknown name 'wieght': did you mean 'weight'?
            "argmax": unknown name 'argmax': write the place itself
            "maximun": unknown name 'maximun': did you mean 'maximum'?
            "maxx": unknown name 'maxx': give it a value first, as in 'maxx = 1'
            "weihgt": unknown name 'weihgt'
            "concatenat": unknown name 'concatenat': did you mean 'concatenate'?
            "stdd": unknown name 'stdd': give it a value first, as in 'stdd = 1'
        "#]],
    );
    complains(
        "import numpy as np\nnp.random.seed(0)\nx = np.random.randn(3)\ny = np.seed(1)\nz = np.cso(2)\nw = np.linalg.nrom([3, 4])",
        expect![[r#"
            "np.random.seed": there is no function 'seed': leave the line out
            "np.random.randn": there is no function 'randn': write the numbers themselves
            "np.seed": there is no function 'seed': leave the line out
            "np.cso": there is no function 'cso': did you mean 'cos'?
            "np.linalg.nrom": there is no function 'nrom': did you mean 'norm'?
        "#]],
    );
    complains(
        "import torch\nx = torch.tensor(2.0)\ny = x ** 2\ny.backward()\nx.grad\nx.item()\nx.shape\nprint(x)",
        expect![[r#"
            "y.backward": there is no function 'backward': leave it out: every gradient is computed
            "x.grad": a gradient is written grad(y, x): that of y by x
            "x.item": there is no function 'item': leave it out
            "x.shape": values have no '.shape': write the numbers themselves
            "print": 'print' is Python, but outside the language of this page: every value is shown, leave the line out
        "#]],
    );
    complains(
        "import jax\nfrom jax import grad\ndef f(x): return x * x\ndf = grad(f)\ny = df(4.0)",
        expect![[r#"
            "grad(f)": grad is taken of a value, not of a function: write y = f(x), then grad(y, x)
        "#]],
    );
}

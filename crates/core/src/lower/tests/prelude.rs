//! Calls of the prelude: by which names, whose definition wins, and what is said of mistakes.

use super::{complains, value};
use crate::graph::NodeId;
use crate::model::{Model, Overrides};
use crate::syntax::prelude::ENTRIES;
use expect_test::expect;

fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|d| panic!("{source}: {d:?}"))
}

#[test]
fn a_function_goes_by_its_names() {
    let plain = value("x = [1, 2]\nhuber_loss(x, [3, 4.5])");
    for call in [
        "import torch\nx = [1, 2]\ntorch.nn.functional.huber_loss(x, [3, 4.5])",
        "import torch.nn.functional as F\nx = [1, 2]\nF.huber_loss(input=x, target=[3, 4.5])",
        "from torch.nn import functional as F\nx = [1, 2]\nF.huber_loss(x, target=[3, 4.5], delta=1)",
        "from torch.nn.functional import huber_loss as H\nx = [1, 2]\nH(x, [3, 4.5])",
        "from torch.nn.functional import *\nx = [1, 2]\nhuber_loss(x, [3, 4.5])",
        "x = [1, 2]\nx.huber_loss([3, 4.5])",
    ] {
        assert_eq!(value(call), plain, "{call}");
    }
    let source = "import jax.numpy as jnp\nimport numpy as np\nA = [[1, 2], [3, 4]]\n\
                  jnp.log10(x=10) + np.trace(a=A) + A.trace() + np.log2(8)";
    assert!((value(source) - 14.0).abs() < 1e-14);
    let source = "x = [[3, 4], [0, 2]]\ny = [[3, 4], [5, 0]]\n\
                  f = cosine_similarity(x, y, axis=-1) - cosine_similarity(x, y, dim=1)\nf @ f";
    assert_eq!(value(source), 0.0);
}

#[test]
fn a_name_of_the_programs_own_wins() {
    assert_eq!(value("def mish(x): return x + 1\nmish(2)"), 3.0);
    assert_eq!(value("trace = 3\ntrace * 2"), 6.0);
    assert_eq!(value("def log2(x, y=5): return x + y\nx = 1\nlog2(x)"), 6.0);
    // Its own names mean nothing within a definition of the prelude.
    let plain = value("x = [1, 2]\nhuber_loss(x, 0) + relu6(3)");
    let source = "def abs(x): return x * 100\ndef mean(x): return 7\nminimum = 2\nnear = 9\n\
                  distance = 8\nclip = 4\nx = [1, 2]\nhuber_loss(x, 0) + relu6(3)";
    assert_eq!(value(source), plain);
    complains(
        "layer_norm = 2\nx = [1, 2]\ny = layer_norm(x, 2)",
        expect![[r#"
            "layer_norm": 'layer_norm' is a value and cannot be called: for a product write '*'
        "#]],
    );
}

#[test]
fn mistakes_are_told_at_the_call() {
    complains(
        "import torch.nn.functional as F\nx = [[1, 2, 3], [4, 5, 7]]\nw = [1, 2]\n\
         a = F.layer_norm(x, (3,), w)\nb = F.layer_norm(x, (2,))\nc = F.layer_norm(x, w)\n\
         d = F.layer_norm(x)\ne = F.layer_norm(x, 3, wieght=w)\nf = F.huber_loss(x, x, 2)\n\
         g = F.batch_norm(x, w, w)\nh = F.batch_norm(x, None, None)\n\
         i = F.batch_norm(x, x[0], x[1], training=True)\nj = F.nll_loss(x, [0, 3])\n\
         k = F.nll_loss(x, [0, 1, 2])\nl = w.trace()\nm = trace(x, 1)\nn = cosine_similarity(w, w)\n\
         o = F.scaled_dot_product_attention(x, w, x)\np = F.scaled_dot_product_attention(x, x, x, x)\n\
         q = F.kl_div(x, x, log_target=w)\nr = mish(None)\ns = misch(w)\nt = F.mish",
        expect![[r#"
            "F.layer_norm(x, (3,), w)": cannot multiply (2, 3) and (2,): their last axes have sizes 3 and 2, in the call of 'layer_norm' for 'a': did you mean w[:, None]?
            "F.layer_norm(x, (2,))": normalized_shape (2,) is not how the shape (2, 3) ends, in the call of 'layer_norm' for 'b'
            "F.layer_norm(x, w)": normalized_shape is a whole number or a tuple of them, in the call of 'layer_norm' for 'c'
            "F.layer_norm(x)": 'layer_norm' needs a value for 'normalized_shape'
            "F.layer_norm(x, 3, wieght=w)": 'layer_norm' has no parameter 'wieght' here: it takes input, normalized_shape, weight, bias, eps
            "F.huber_loss(x, x, 2)": 'huber_loss' takes 2 arguments and, by their names, delta, 3 are given
            "F.batch_norm(x, w, w)": 'batch_norm' takes a number for each of 3 channels, not (2,)
            "F.batch_norm(x, None, None)": running_mean and running_var are needed, or training=True, which takes the mean and the variance of the batch, in the call of 'batch_norm' for 'h'
            "F.batch_norm(x, x[0], x[1], training=True)": in training PyTorch changes running_mean and running_var too: give None in place of each, in the call of 'batch_norm' for 'i'
            "F.nll_loss(x, [0, 3])": there is no class 3: 3 scores have the classes 0 to 2, in the call of 'nll_loss' for 'j'
            "F.nll_loss(x, [0, 1, 2])": 'nll_loss' of scores (2, 3) takes a target of shape (2,), not (3,)
            "w.trace()": 'trace' takes a matrix, not (2,)
            "trace(x, 1)": 'trace' takes 1 argument, 2 are given
            "cosine_similarity(w, w)": axis 1 is not an axis of shape (2,), in the call of 'cosine_similarity' for 'n'
            "F.scaled_dot_product_attention(x, w, x)": cannot multiply (2, 3) @ (2,): the inner sizes 3 and 2 differ, in the call of 'scaled_dot_product_attention' for 'o'
            "F.scaled_dot_product_attention(x, x, x, x)": 'scaled_dot_product_attention' takes 3 arguments and, by their names, is_causal, scale, 4 are given
            "F.kl_div(x, x, log_target=w)": a number, or True or False, must be written here: an input can change, in the call of 'kl_div' for 'q'
            "mish(None)": a number or an array is expected here, not 'None', in the call of 'mish' for 'r'
            "misch": unknown name 'misch': did you mean 'mish'?
            "F.mish": a module's function is called with '(…)'
        "#]],
    );
}

#[test]
fn mistakes_within_definitions_and_loops_are_told_at_the_call() {
    complains(
        "def block(x, w):\n    return huber_loss(x, w)\nx = [1, 2]\ny = [1, 2, 3]\n\
         L = block(x, y)\nfor i in range(2):\n    z = mish(y) + huber_loss(y, x)",
        expect![[r#"
            "huber_loss(x, w)": cannot subtract (2,) and (3,): their last axes have sizes 2 and 3, in the call of 'huber_loss'
            "huber_loss(y, x)": cannot subtract (3,) and (2,): their last axes have sizes 3 and 2, in the call of 'huber_loss' for 'z'
        "#]],
    );
}

/// No node of a program has a place in the prelude.
#[test]
fn what_a_call_makes_stands_where_it_is_called() {
    let source = "x = [[1, 2], [3, 5]]\ny = layer_norm(x, 2) + 1\nL = huber_loss(y, [1, 0])";
    let model = model(source);
    let graph = &model.program.graph;
    let mut seen = 0;
    for node in graph.nodes() {
        let span = graph.node(node).origin.span;
        let piece = source.get(span.start as usize..span.end as usize);
        seen += usize::from(piece == Some("layer_norm(x, 2)"));
        assert!(piece.is_some_and(|piece| !piece.is_empty()), "{span:?}");
    }
    assert!(seen > 3);
}

#[test]
fn what_is_not_named_is_not_there() {
    let nodes = |source: &str| {
        let nodes: Vec<NodeId> = model(source).program.graph.nodes().collect();
        nodes.len()
    };
    assert_eq!(nodes("mish = 3\nx = mish * 2"), nodes("m = 3\nx = m * 2"));
    let all: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
    let (ast, _) = crate::syntax::parse("x = 2\ny = tanh(x) * softplus(x)");
    assert!(
        all.iter()
            .all(|name| ast.words().iter().all(|word| &**word != *name))
    );
    assert!(ast.prelude.is_none());
}

/// An edit of a number that a definition does not decide by compiles nothing.
#[test]
fn numbers_are_edited_without_compiling() {
    let source = "x = [1, 2]\nL = huber_loss(x, [0, 5])";
    let mut model = model(source);
    assert!(model.edit("x = [1, 4]\nL = huber_loss(x, [0, 5])"));
    let mut model = self::model("x = [[1, 2]]\nt = [0]\nL = nll_loss(x, t)");
    assert!(!model.edit("x = [[1, 2]]\nt = [1]\nL = nll_loss(x, t)"));
}

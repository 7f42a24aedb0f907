//! Random smooth programs.

use proptest::prelude::*;

/// Smooth and bounded, so that differences are exact to many digits; `A` and `B`
/// stand for earlier names.
pub const FORMS: &[&str] = &[
    "A + B",
    "A - B",
    "sin(A * B)",
    "tanh(A) * B",
    "A / (B * B + 2)",
    "-A",
    "exp(sin(A))",
    "log(A * A + 1)",
    "sqrt(A * A + B * B + 0.5)",
    "cos(A - 2 * B)",
    "sigmoid(A + B)",
    "(A * A + 0.5) ** 0.3",
    "1.7 ** tanh(A)",
    "(cos(A) + 1.5) ** sin(B)",
    "sin(A) ** 2",
    "relu(A * A + 0.1) * 0.2",
    "maximum(A * A + 1, B / (B * B + 1)) ** 0.5",
    "blend(A, B)",
    "blend(y=A, x=B, rate=0.1)",
    "softplus(A) - gelu(B)",
    "silu(sin(A)) * 0.5",
    "tan(0.4 * sin(A))",
    "sinh(sin(A)) / cosh(sin(B))",
    "abs(A * A + 0.3) - square(sin(B))",
    "reciprocal(A * A + 1)",
    "leaky_relu(-(A * A) - 0.2, sin(B))",
    "elu(-(A * A) - 0.2)",
    "where(A * A + 1 > 0, B, A)",
    "where(A > B * B + 90, A, sin(B))",
    "clip(sin(A), -2, 2) + clip(B, 50, 60)",
    "sign(A * A + 1) * B",
    "grad(sum(sin(A) * A), A)",
];

/// Forms for values of two axes.
pub const ARRAYS: &[&str] = &[
    "sin(A.sum()) * B",
    "A.mean(axis=-1, keepdims=True) - A",
    "A * A.mean()",
    "A * max(sin(B) + 3, 0.5)",
    "cos(A) + mean(B, axis=0)",
    "min(sin(A) - 2, B * B) / 3",
    "softmax(A) * B",
    "log_softmax(A, axis=0) * 0.3",
    "logsumexp(A, axis=-1, keepdims=True) - B",
    "A / norm(A * A + 0.5)",
    "var(A, axis=0) + sin(B)",
    "std(stack([A, A + sin(A) + 2]), axis=0) * B",
    "prod(cos(A), axis=0) + B",
    "A[::-1] * sin(B)",
    "A[:, :1] - cos(B)",
    "concatenate([A, sin(A)])[-1:] + B",
    "sin(A.T).T * 0.5",
    "reshape(A, (-1, 1))[:1] * cos(B)",
    "[A, 2 * A][1] - B",
    "A + mean(outer(sin(A), cos(B)))",
    "sin(mean(dot(A, A.T))) * B",
    "sin(mse_loss(A, B)) + A",
    "sin(cross_entropy(A, softmax(A * 0.5))) * B",
    "bce_loss(sigmoid(A), 0.3) + 0.1 * B",
    "sin(hinge_loss(A.reshape(-1), 0, margin=90)) + B",
    "grad(mean(sin(A) * A), A) + B",
    "mish(sin(A)) - softsign(1 + B * B)",
    "selu(-sin(A) - 1.2) + log2(sin(B) + 2)",
    "batch_norm(A, None, None, training=True, eps=0.5) - B",
    "sin(binary_cross_entropy_with_logits(A, sigmoid(B))) + A",
    "kl_div(log_softmax(A), softmax(B)) * 0.3 + B",
    "scaled_dot_product_attention(A, sin(A), A, scale=0.3) * 0.5 + B",
    "A - trace(sin(A)) * 0.1",
];

pub const NUMBERS: &[&str] = &["0.7", "-1.2", "0.4", "-0.3", "1.6"];

/// Shapes that broadcast with each other.
pub const VALUES: &[&str] = &[
    "[[0.4, -0.9, 0.7]]",
    "[[0.9], [-0.4]]",
    "[[0.2, 0.5, -0.6], [1.3, -1.0, 0.8]]",
    "[[-0.3, 0.6, 0.1]]",
];

#[derive(Clone, Debug)]
pub struct Line {
    form: prop::sample::Index,
    a: prop::sample::Index,
    b: prop::sample::Index,
    /// Whether it gives an earlier name a new value.
    again: Option<prop::sample::Index>,
}

pub fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Line>> {
    let index = any::<prop::sample::Index>;
    let line = (
        index(),
        index(),
        index(),
        prop::option::weighted(0.3, index()),
    );
    let line = line.prop_map(|(form, a, b, again)| Line { form, a, b, again });
    prop::collection::vec(line, count)
}

/// The inputs, and the lines that follow.
pub fn program(values: &[&str], arrays: bool, lines: &[Line], prefix: &str) -> String {
    let mut forms = FORMS.to_vec();
    if arrays {
        forms.extend(ARRAYS);
    }
    let mut names: Vec<String> = Vec::new();
    let mut source =
        "def blend(x, y, rate=0.3):\n    kept = 1 - rate\n    return kept * x + rate * sin(y)\n"
            .to_owned();
    for value in values {
        let name = format!("{prefix}x{}", names.len());
        source += &[&name, " = ", value, "\n"].concat();
        names.push(name);
    }
    for line in lines {
        let [a, b] = [line.a, line.b].map(|index| index.get(&names).clone());
        let form = line.form.get(&forms).replace('A', &a).replace('B', &b);
        let name = match line.again {
            Some(index) => index.get(&names).clone(),
            None => format!("{prefix}v{}", names.len()),
        };
        source += &[&name, " = ", &form, "\n"].concat();
        if line.again.is_none() {
            names.push(name);
        }
    }
    source
}

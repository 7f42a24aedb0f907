//! Names that Python and its libraries have and the language has not. They are no slips of
//! names that it has, and for some there is another way.

/// What to write instead of names, where a message about one ends.
const INSTEAD: &[(&str, &str)] = &[
    ("leave it out: every gradient is computed", "backward"),
    (
        "leave the line out",
        "seed manual_seed zero_ zero_grad requires_grad_ set_printoptions show plot",
    ),
    (
        "leave it out",
        "copy clone item double float numpy tolist astype to cpu cuda data contiguous requires_grad",
    ),
    (
        "write the numbers themselves",
        "zeros ones full empty eye linspace zeros_like ones_like full_like random rand randn randint normal uniform shape size ndim len one_hot tril triu",
    ),
    ("write 'a + b'", "add"),
    ("write 'a - b'", "subtract sub"),
    ("write 'a * b'", "multiply mul"),
    ("write 'a / b'", "divide div true_divide"),
    ("write '-a'", "negative neg"),
    ("write 'a @ b'", "mm bmm mv einsum inner tensordot"),
    ("write '.T'", "t swapaxes permute moveaxis mT"),
    ("write reshape(x, shape)", "view ravel squeeze view_as"),
    (
        "write x[None] or x[:, None]",
        "unsqueeze expand_dims newaxis",
    ),
    (
        "write concatenate([a, b], axis=0) or stack([a, b])",
        "hstack vstack dstack column_stack row_stack",
    ),
    ("write slices, as in x[:, 0:2]", "split chunk narrow select"),
    ("write 1 / tan(x)", "cot cotan ctg"),
    ("write 1 / cos(x)", "sec"),
    ("write 1 / sin(x)", "csc cosec"),
    ("write 1 / tanh(x)", "coth"),
    ("write 1 / cosh(x)", "sech"),
    ("write 1 / sinh(x)", "csch"),
    ("write log(x)", "ln"),
    ("write log10(x)", "lg"),
    ("write 3.141592653589793", "pi"),
    ("write exp(x) for e ** x, or 2.718281828459045", "e"),
    ("write 1e999", "inf Infinity"),
    ("write grad(y, x)", "autograd"),
    ("write the number itself", "Value Variable Parameter int"),
    (
        "write torch.tensor(x) or np.array(x)",
        "Tensor FloatTensor DoubleTensor as_tensor from_numpy asanyarray",
    ),
    ("write the place itself", "argmax argmin"),
    ("it stands in 'for i in range(n):' alone", "range"),
    (
        "write relu(x), tanh(x), sigmoid(x) or softmax(x)",
        "ReLU Tanh Sigmoid Softmax",
    ),
    (
        "write mse_loss(a, b) or cross_entropy(scores, target)",
        "MSELoss CrossEntropyLoss",
    ),
    (
        "a function is written 'def name(a, b):'",
        "Linear Sequential Module",
    ),
];

/// Others that are no slips.
const OTHERS: &str = "all any argsort sort flip roll pad tile repeat expand nan \
    acos asin atan atan2 acosh asinh atanh arccos arcsin arctan ceil floor \
    round trunc fmod mod remainder cumprod cummax diff diag det inv \
    solve svd eig rank median mode quantile percentile average nansum nanmax nanmin nanmean \
    count_nonzero nonzero unique bincount scatter masked_fill where_ \
    fill_ add_ sub_ mul_ div_ celu prelu rrelu glu logit logsigmoid erf erfc \
    exp2 sinc cbrt vdot vecdot cross kron std_mean var_mean ptp clamp_ fmax fmin l1_loss \
    dropout embedding conv1d conv2d list tuple dict set \
    str bool enumerate zip map filter sorted reversed iter next isinstance type id hash input \
    open print super vars dir help sin_ cos_ tan_ T values indices grad choice shuffle \
    permutation plt pd sns tqdm nn jit vmap deg2rad rad2deg square_ isnan isinf isfinite sum_ \
    allclose array_equal meshgrid outer_ norm_ normalize";

/// What to write instead of a name; none of one that nothing is known of.
pub fn instead(name: &str) -> Option<&'static str> {
    let found = INSTEAD.iter().find(|row| has(row.1, name));
    found.map(|row| row.0)
}

/// Whether a name is known from elsewhere, and so is no slip of another.
pub fn is_known(name: &str) -> bool {
    instead(name).is_some() || has(OTHERS, name)
}

fn has(names: &str, name: &str) -> bool {
    names.split(' ').any(|other| other == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::functions::names;

    #[test]
    fn what_the_language_has_is_not_elsewhere() {
        let both: Vec<&str> = names().filter(|name| is_known(name)).collect();
        // `x.grad` is, and `grad(y, x)` is not.
        assert_eq!(both, ["grad"]);
    }
}

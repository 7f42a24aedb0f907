# Functions that are compositions of others, in the program language. Each call is drawn as
# one gate, which opens into these lines. The meaning is PyTorch's of that name; the comment
# before a definition says how a library writes a call of it, where it has it with just this
# meaning. A definition stands behind two empty lines, and what is computed within has names
# of its own, never one of an argument.
#
# Besides the functions of the language there are here `a if b else c`, `a is None`, `*` among
# parameters, `.mT`, and what no definition can say, by lower/prelude.rs:
#
#   size(x), size(x, axis)  how many elements x has, or how many along an axis
#   one_hot(target, x)      of classes: 1 at each of them, else 0, in the shape of scores x
#   last_axes(x, sizes)     the last axes of x, which must have these sizes
#   channel_axes(x)         all axes of x but the second, that of its channels
#   unchanged(old, new)     new, if old is None, which PyTorch would change
#   buffer(x)               x, to which no gradient goes
#   by_channel(w, x)        w, an element a channel of x, so that it broadcasts to x
#   expanded(a, b)          a in the shape that a and b broadcast to
#   causal(scores)          1 where a row may attend to a column, up to its own place, else 0
#   diagonal(x)             the diagonal of a matrix


# torch: torch.log2(input)
# jax: jnp.log2(input)
def log2(input):
    return log(input) / 0.6931471805599453  # log(2)


# torch: torch.log10(input)
# jax: jnp.log10(input)
def log10(input):
    return log(input) / 2.302585092994046  # log(10)


# torch: F.relu6(input)
def relu6(input):
    return clip(input, 0, 6)


# torch: F.hardtanh(input)
def hardtanh(input, min_val=-1, max_val=1):
    return clip(input, min_val, max_val)


# torch: F.mish(input)
# jax: jax.nn.mish(input)
def mish(input):
    return input * tanh(softplus(input))


# torch: F.selu(input)
# jax: jax.nn.selu(input)
def selu(input):
    return 1.0507009873554805 * where(input > 0, input, 1.6732632423543772 * elu(input))


# torch: F.softsign(input)
# jax: jax.nn.soft_sign(input)
def softsign(input):
    return input / (abs(input) + 1)


# torch: torch.trace(input)
# jax: jnp.trace(input)
def trace(input):
    return diagonal(input).sum()


# torch: F.layer_norm(input, normalized_shape, weight=weight, bias=bias)
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    axes = last_axes(input, normalized_shape)
    centred = input - mean(input, axis=axes, keepdims=True)
    normal = centred / sqrt(var(input, axis=axes, keepdims=True) + eps)
    scaled = normal if weight is None else normal * weight
    return scaled if bias is None else scaled + bias


# torch: F.rms_norm(input, normalized_shape, weight=weight)
def rms_norm(input, normalized_shape, weight=None, eps=None):
    axes = last_axes(input, normalized_shape)
    square_mean = mean(square(input), axis=axes, keepdims=True)
    normal = input / sqrt(square_mean + (2.220446049250313e-16 if eps is None else eps))
    return normal if weight is None else normal * weight


# torch: F.batch_norm(input, running_mean.detach(), running_var.detach(), weight=weight, bias=bias)
def batch_norm(input, running_mean=None, running_var=None, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    axes = channel_axes(input)
    centre = unchanged(running_mean, mean(input, axis=axes)) if training else buffer(running_mean)
    spread = unchanged(running_var, var(input, axis=axes)) if training else buffer(running_var)
    normal = (input - by_channel(centre, input)) / sqrt(by_channel(spread, input) + eps)
    scaled = normal if weight is None else normal * by_channel(weight, input)
    return scaled if bias is None else scaled + by_channel(bias, input)


# torch: F.nll_loss(input, target.long())
def nll_loss(input, target):
    return -where(one_hot(target, input), input, 0).sum() / size(target)


# torch: F.binary_cross_entropy_with_logits(input, target, weight=weight.detach(), pos_weight=pos_weight.detach())
def binary_cross_entropy_with_logits(input, target, weight=None, *, pos_weight=None):
    # On either side of 0 the form in which nothing cancels.
    right = softplus(-input)
    above = (1 - target) * input + (right if pos_weight is None else ((detach(pos_weight) - 1) * target + 1) * right)
    losses = where(input < 0, softplus(input) - target * input, above) if pos_weight is None else above
    return mean(losses if weight is None else detach(weight) * losses)


# torch: F.huber_loss(input, target)
def huber_loss(input, target, *, delta=1.0):
    distance = abs(input - target)
    near = minimum(distance, delta)
    return mean(where(distance < delta, 0.5 * near ** 2, delta * (distance - 0.5 * delta)))


# torch: F.smooth_l1_loss(input, target)
def smooth_l1_loss(input, target, *, beta=1.0):
    distance = abs(input - target)
    near = minimum(distance, beta)
    return mean(where(distance < beta, 0.5 * near ** 2 / beta, distance - 0.5 * beta) if beta else distance)


# torch: F.kl_div(input, target)
def kl_div(input, target, *, log_target=False):
    weight = exp(target) if log_target else target
    log_weight = target if log_target else log(where(target == 0, 1, target))
    return mean(weight * (log_weight - input))


# torch: F.cosine_similarity(x1, x2)
def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    a = expanded(x1, x2)
    b = expanded(x2, x1)
    size_a = norm(a, axis=dim, keepdims=True)
    size_b = norm(b, axis=dim, keepdims=True)
    unit_a = a / (size_a + detach(maximum(size_a, eps) - size_a))
    unit_b = b / (size_b + detach(maximum(size_b, eps) - size_b))
    return (unit_a * unit_b).sum(axis=dim)


# torch: F.scaled_dot_product_attention(query, key, value)
def scaled_dot_product_attention(query, key, value, *, is_causal=False, scale=None):
    scores = query @ key.mT * (size(query, -1) ** -0.5 if scale is None else scale)
    seen = where(causal(scores), scores, -1e999) if is_causal else scores
    return softmax(seen, axis=-1) @ value

"""JAX, each workload one compiled function."""

import importlib.metadata

import jax
import jax.numpy as jnp
from data import CHAIN_X, INPUTS, LSE, net, numbers, points

jax.config.update("jax_enable_x64", True)

NAME = f"JAX {importlib.metadata.version('jax')} jit"


def loss(w1, b1, w2, b2, w3, b3, x, t):
    a = jnp.tanh(x @ w1 + b1)
    b = jnp.tanh(a @ w2 + b2)
    return jnp.sum((b @ w3 + b3 - t) ** 2)


def neuron(w0, x0, w1, x1, w2):
    return jax.nn.sigmoid(w0 * x0 + w1 * x1 + w2)


def chain(n):
    return lambda x: jax.lax.fori_loop(0, n, lambda _, y: jnp.sin(y) * 1.01 + x, x)


def square_sum(a, b):
    return jnp.sum((a @ b) ** 2)


def lse(x):
    return jnp.log(jnp.sum(jnp.exp(x)))


def product(f):
    """The Hessian of f times v, forward over reverse."""
    return lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1]


def ready(function, *arguments):
    """A call that waits for its results, and the first of them as a number."""
    arguments = jax.tree.map(jnp.asarray, arguments, is_leaf=lambda x: isinstance(x, list))
    compiled = jax.jit(function)

    def once():
        return jax.block_until_ready(compiled(*arguments))

    return once, float(jax.tree.leaves(once())[0].reshape(-1)[0])


def workloads():
    every = lambda f, count: jax.value_and_grad(f, argnums=tuple(range(count)))
    yield "W1", "", *ready(every(neuron, 5), *INPUTS)
    for size, n in (("10³", 1_000), ("10⁵", 100_000), ("10⁶", 1_000_000)):
        yield "W3", size, *ready(jax.value_and_grad(chain(n)), CHAIN_X)
    yield "W4", "", *ready(every(loss, 8), *net(1), *points())
    for n in (64, 256, 512):
        yield "W5", str(n), *ready(every(square_sum, 2), numbers(1, n, n), numbers(2, n, n))
    yield "W6a", "", *ready(product(lse), numbers(1, LSE), numbers(2, LSE))
    x, t = map(jnp.asarray, points())
    whole = lambda net: loss(*net, x, t)
    arrays = lambda stream: tuple(map(jnp.asarray, net(stream)))
    yield "W6b", "", *ready(product(whole), arrays(1), arrays(11))

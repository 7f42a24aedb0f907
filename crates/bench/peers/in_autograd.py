"""HIPS autograd."""

import importlib.metadata

import autograd
import autograd.numpy as np
from data import CHAIN_X, INPUTS, LSE, net, numbers, points

NAME = f"HIPS autograd {importlib.metadata.version('autograd')}"


def loss(w1, b1, w2, b2, w3, b3, x, t):
    a = np.tanh(np.dot(x, w1) + b1)
    b = np.tanh(np.dot(a, w2) + b2)
    return np.sum((np.dot(b, w3) + b3 - t) ** 2)


def neuron(w0, x0, w1, x1, w2):
    return 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))


def chain(n):
    def run(x):
        y = x
        for _ in range(n):
            y = np.sin(y) * 1.01 + x
        return y

    return run


def square_sum(a, b):
    return np.sum(np.dot(a, b) ** 2)


def lse(x):
    return np.log(np.sum(np.exp(x)))


def every(f, arguments):
    """Value and all gradients."""
    arguments = tuple(np.array(x) for x in arguments)
    call = autograd.value_and_grad(lambda xs: f(*xs))
    return lambda: call(arguments)


def product(f, x, v):
    # Reverse over reverse, as this library does it.
    call = autograd.hessian_vector_product(f)
    return lambda: call(x, v)


def workloads():
    once = every(neuron, INPUTS)
    yield "W1", "", once, float(once()[0])
    once = every(chain(1_000), (CHAIN_X,))
    yield "W3", "10³", once, float(once()[0])
    once = every(loss, [*net(1), *points()])
    yield "W4", "", once, float(once()[0])
    for n in (64, 256, 512):
        once = every(square_sum, [numbers(1, n, n), numbers(2, n, n)])
        yield "W5", str(n), once, float(once()[0])
    once = product(lse, np.array(numbers(1, LSE)), np.array(numbers(2, LSE)))
    yield "W6a", "", once, float(once()[0])
    # It multiplies arrays only: the weights as one, cut apart inside.
    parts = [np.array(part) for part in net(1)]
    flat = lambda parts: np.concatenate([np.reshape(part, -1) for part in parts])
    x, t = map(np.array, points())

    def whole(theta):
        at, cut = 0, []
        for part in parts:
            cut.append(np.reshape(theta[at : at + part.size], part.shape))
            at += part.size
        return loss(*cut, x, t)

    direction = flat([np.array(part) for part in net(11)])
    once = product(whole, flat(parts), direction)
    yield "W6b", "", once, float(once()[0])

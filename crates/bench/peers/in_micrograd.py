"""micrograd, with the functions that it has not."""

import importlib.metadata
import math

from data import INPUTS, net, points
from micrograd.engine import Value

NAME = f"micrograd {importlib.metadata.version('micrograd')}"


def elementwise(x, y, slope):
    out = Value(y, (x,))

    def backward():
        x.grad += slope * out.grad

    out._backward = backward
    return out


def tanh(x):
    y = math.tanh(x.data)
    return elementwise(x, y, 1 - y * y)


def sigmoid(x):
    y = 1 / (1 + math.exp(-x.data))
    return elementwise(x, y, y * (1 - y))


def neuron():
    w0, x0, w1, x1, w2 = map(Value, INPUTS)
    y = sigmoid(w0 * x0 + w1 * x1 + w2)
    y.backward()
    return y.data


def network():
    """W2: every scalar its own value."""
    value = lambda x: [value(y) for y in x] if isinstance(x, list) else Value(x)
    w1, b1, w2, b2, w3, b3 = map(value, net(1))
    loss = 0
    for x, (t,) in zip(*points()):
        a = [tanh(w1[0][i] * x[0] + w1[1][i] * x[1] + b) for i, b in enumerate(b1)]
        b = [tanh(sum(w2[i][j] * a for i, a in enumerate(a)) + b) for j, b in enumerate(b2)]
        y = sum(w[0] * b for w, b in zip(w3, b)) + b3
        loss = loss + (y - t) ** 2
    loss.backward()
    return loss.data


def workloads():
    yield "W1", "", neuron, neuron()
    yield "W2", "", network, network()
    # W3 ends in a RecursionError: `backward` recurses with the length of the chain.

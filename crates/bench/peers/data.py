"""The numbers of crates/bench/src/data.rs, and a clock."""

import statistics
import time

N_POINTS, WIDTH = 32, 16
INPUTS = (2.0, -1.0, -3.0, -2.0, -3.0)  # W1: w0 x0 w1 x1 w2
CHAIN_X = 0.5  # W3
LSE = 1000  # W6a


def number(stream, index):
    k = stream * 1009 + index
    return ((31 * k * k + 7919 * k + 13) % 2001 - 1000) / 2000


def numbers(stream, *shape):
    """A nested list of numbers, row by row."""
    size = 1
    for length in shape:
        size *= length
    flat = [number(stream, i) for i in range(size)]
    for length in reversed(shape[1:]):
        flat = [flat[i : i + length] for i in range(0, len(flat), length)]
    return flat if shape else flat[0]


def net(stream):
    """W1 b1 W2 b2 W3 b3 of W2, W4 and W6b."""
    shapes = [(2, WIDTH), (WIDTH,), (WIDTH, WIDTH), (WIDTH,), (WIDTH, 1), ()]
    return [numbers(stream + i, *shape) for i, shape in enumerate(shapes)]


def points():
    """X T"""
    return [numbers(7, N_POINTS, 2), numbers(8, N_POINTS, 1)]


def microseconds(once, budget=0.5):
    """Median processor time of a call, after a warm-up: of all threads, as one waits for the other."""
    once()
    start = time.process_time()
    once()
    batch = max(1, round(0.002 / max(time.process_time() - start, 1e-7)))
    samples, begin = [], time.process_time()
    while len(samples) < 5 or time.process_time() - begin < budget:
        start = time.process_time()
        for _ in range(batch):
            once()
        samples.append((time.process_time() - start) / batch * 1e6)
    return statistics.median(samples)

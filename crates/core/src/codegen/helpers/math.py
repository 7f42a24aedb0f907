# Functions that a program in plain Python brings along, each behind two empty lines.


def sigmoid(x):
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)


def silu(x):
    return x * sigmoid(x)


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def normal_cdf(x):
    return 0.5 * math.erfc(-x * 0.5 ** 0.5)


def gelu(x):
    return x * normal_cdf(x)


def share_of_max(x, *others):  # ties share evenly
    return 0.0 if any(y > x for y in others) else 1.0 / (1 + others.count(x))


def share_of_min(x, *others):  # ties share evenly
    return 0.0 if any(y < x for y in others) else 1.0 / (1 + others.count(x))


def log_of_base(x, p):  # in d(x ** p)/dp
    return 0.0 if x == 0 and p >= 0 else math.log(x)


def same(got, expected):
    return math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12)

# Functions that a program with NumPy brings along: what it has not, or has with another
# result at the edges.


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def silu(x):
    return np.where(x == -np.inf, -0.0, x * sigmoid(x))


def softplus(x):
    return np.logaddexp(0.0, x)


erfc = np.vectorize(math.erfc, otypes=[float])


def normal_cdf(x):
    return 0.5 * erfc(-x * 0.5 ** 0.5)


def gelu(x):
    return np.where(x == -np.inf, -0.0, x * normal_cdf(x))


def norm(x, axis):
    most = np.abs(x).max(axis=axis, keepdims=True, initial=0.0)
    scale = np.where((most > 0) & (most < np.inf), most, 1.0)
    return np.sqrt(((x / scale) ** 2).sum(axis=axis)) * scale.squeeze(axis)


def logsumexp(x, axis):
    most = x.max(axis=axis, keepdims=True, initial=-np.inf)
    most = np.where(np.isfinite(most), most, 0.0)
    return np.log(np.exp(x - most).sum(axis=axis)) + most.squeeze(axis)


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x, axis):
    shifted = x - x.max(axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def cross_entropy(scores, target):
    each = np.where(target != 0, target * log_softmax(scores, axis=-1), 0.0)
    return -each.sum() / (scores.size / max(scores.shape[-1], 1))


def bce_loss(p, t):
    log, log_rest = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
    return -(t * log + (1 - t) * log_rest).mean()


def hinge_loss(scores, right, margin):
    own = np.where(right == 0, 0, scores * right).sum(axis=-1, keepdims=True)
    each = np.where(right == 1, 0, np.maximum(scores - own + margin, 0) * (1 - right))
    return each.sum() / (scores.size / max(scores.shape[-1], 1))


def one_hot(place, count):
    rows = (np.asarray(place)[..., None] == np.arange(count)).astype(float)
    return np.where(rows.sum(axis=-1, keepdims=True) == 1, rows, np.nan)


def add_at(part, shape, places):  # what falls on one place adds up
    whole = np.zeros(shape)
    np.add.at(whole, places, part)
    return whole


def put(part, shape, places):
    whole = np.zeros(shape)
    whole[places] = part
    return whole


def share_of_max(x, *others):  # ties share evenly
    beaten, ties = sum(y > x for y in others), sum(y == x for y in others)
    return np.where(beaten, 0.0, 1.0 / (1 + ties))


def share_of_min(x, *others):  # ties share evenly
    beaten, ties = sum(y < x for y in others), sum(y == x for y in others)
    return np.where(beaten, 0.0, 1.0 / (1 + ties))


def log_of_base(x, p):  # in d(x ** p)/dp
    return np.where((x == 0) & (p >= 0), 0.0, np.log(x))


def same(got, expected):
    alike = np.shape(got) == np.shape(expected)
    return alike and np.allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True)

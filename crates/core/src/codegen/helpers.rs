//! Functions that a program's text brings along: what the libraries have not, or
//! have with another result at the edges.

use super::Dialect;

/// The functions that a text calls, in the order in which they are defined.
#[derive(Clone, Debug, Default)]
pub struct Helpers {
    used: Vec<&'static str>,
}

impl Helpers {
    /// Calls one: its text comes along.
    pub fn call(&mut self, name: &'static str) -> &'static str {
        for needed in needs(name) {
            self.call(needed);
        }
        if !self.used.contains(&name) {
            self.used.push(name);
        }
        name
    }

    /// Their texts.
    pub fn text(&self, dialect: Dialect) -> Vec<&'static str> {
        let texts = self.used.iter();
        texts.filter_map(|name| body(name, dialect)).collect()
    }

    /// Whether Python's `math` is needed besides.
    pub fn wants_math(&self) -> bool {
        self.used.contains(&"erfc")
    }
}

/// Every name that a helper can have.
pub const NAMES: &[&str] = &[
    "sigmoid",
    "silu",
    "softplus",
    "erfc",
    "normal_cdf",
    "gelu",
    "std",
    "norm",
    "logsumexp",
    "softmax",
    "log_softmax",
    "cross_entropy",
    "bce_loss",
    "hinge_loss",
    "one_hot",
    "put",
    "add_at",
    "share_of_max",
    "share_of_min",
    "log_of_base",
    "same",
];

fn needs(name: &str) -> &'static [&'static str] {
    match name {
        "silu" => &["sigmoid"],
        "normal_cdf" => &["erfc"],
        "gelu" => &["normal_cdf"],
        "cross_entropy" => &["log_softmax"],
        _ => &[],
    }
}

/// Whether there is one of a name in a dialect.
pub fn has(name: &str, dialect: Dialect) -> bool {
    body(name, dialect).is_some()
}

fn body(name: &str, dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Math => python(name),
        Dialect::NumPy => numpy(name),
        Dialect::Torch => torch(name),
        Dialect::Jax => jax(name),
    }
}

fn python(name: &str) -> Option<&'static str> {
    Some(match name {
        "sigmoid" => {
            "\
def sigmoid(x):
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)"
        }
        "silu" => {
            "\
def silu(x):
    return x * sigmoid(x)"
        }
        "softplus" => {
            "\
def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))"
        }
        "normal_cdf" => {
            "\
def normal_cdf(x):
    return 0.5 * math.erfc(-x * 0.5 ** 0.5)"
        }
        "gelu" => {
            "\
def gelu(x):
    return x * normal_cdf(x)"
        }
        "share_of_max" => {
            "\
def share_of_max(x, *others):  # ties share evenly
    return 0.0 if any(y > x for y in others) else 1.0 / (1 + others.count(x))"
        }
        "share_of_min" => {
            "\
def share_of_min(x, *others):  # ties share evenly
    return 0.0 if any(y < x for y in others) else 1.0 / (1 + others.count(x))"
        }
        "log_of_base" => {
            "\
def log_of_base(x, p):  # in d(x ** p)/dp
    return 0.0 if x == 0 and p >= 0 else math.log(x)"
        }
        "same" => {
            "\
def same(got, expected):
    return math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12)"
        }
        _ => return None,
    })
}

fn numpy(name: &str) -> Option<&'static str> {
    Some(match name {
        "sigmoid" => {
            "\
def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)"
        }
        "silu" => {
            "\
def silu(x):
    return np.where(x == -np.inf, -0.0, x * sigmoid(x))"
        }
        "softplus" => {
            "\
def softplus(x):
    return np.logaddexp(0.0, x)"
        }
        "erfc" => "erfc = np.vectorize(math.erfc, otypes=[float])",
        "normal_cdf" => {
            "\
def normal_cdf(x):
    return 0.5 * erfc(-x * 0.5 ** 0.5)"
        }
        "gelu" => {
            "\
def gelu(x):
    return np.where(x == -np.inf, -0.0, x * normal_cdf(x))"
        }
        "norm" => {
            "\
def norm(x, axis):
    most = np.abs(x).max(axis=axis, keepdims=True, initial=0.0)
    scale = np.where((most > 0) & (most < np.inf), most, 1.0)
    return np.sqrt(((x / scale) ** 2).sum(axis=axis)) * scale.squeeze(axis)"
        }
        "logsumexp" => {
            "\
def logsumexp(x, axis):
    most = x.max(axis=axis, keepdims=True, initial=-np.inf)
    most = np.where(np.isfinite(most), most, 0.0)
    return np.log(np.exp(x - most).sum(axis=axis)) + most.squeeze(axis)"
        }
        "softmax" => {
            "\
def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)"
        }
        "log_softmax" => {
            "\
def log_softmax(x, axis):
    shifted = x - x.max(axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))"
        }
        "cross_entropy" => {
            "\
def cross_entropy(scores, target):
    each = np.where(target != 0, target * log_softmax(scores, axis=-1), 0.0)
    return -each.sum() / (scores.size / max(scores.shape[-1], 1))"
        }
        "bce_loss" => {
            "\
def bce_loss(p, t):
    log, log_rest = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
    return -(t * log + (1 - t) * log_rest).mean()"
        }
        "hinge_loss" => {
            "\
def hinge_loss(scores, right, margin):
    own = np.where(right == 0, 0, scores * right).sum(axis=-1, keepdims=True)
    each = np.where(right == 1, 0, np.maximum(scores - own + margin, 0) * (1 - right))
    return each.sum() / (scores.size / max(scores.shape[-1], 1))"
        }
        "one_hot" => {
            "\
def one_hot(place, count):
    rows = (np.asarray(place)[..., None] == np.arange(count)).astype(float)
    return np.where(rows.sum(axis=-1, keepdims=True) == 1, rows, np.nan)"
        }
        "add_at" => {
            "\
def add_at(part, shape, places):  # what falls on one place adds up
    whole = np.zeros(shape)
    np.add.at(whole, places, part)
    return whole"
        }
        "put" => {
            "\
def put(part, shape, places):
    whole = np.zeros(shape)
    whole[places] = part
    return whole"
        }
        "share_of_max" => {
            "\
def share_of_max(x, *others):  # ties share evenly
    beaten, ties = sum(y > x for y in others), sum(y == x for y in others)
    return np.where(beaten, 0.0, 1.0 / (1 + ties))"
        }
        "share_of_min" => {
            "\
def share_of_min(x, *others):  # ties share evenly
    beaten, ties = sum(y < x for y in others), sum(y == x for y in others)
    return np.where(beaten, 0.0, 1.0 / (1 + ties))"
        }
        "log_of_base" => {
            "\
def log_of_base(x, p):  # in d(x ** p)/dp
    return np.where((x == 0) & (p >= 0), 0.0, np.log(x))"
        }
        "same" => {
            "\
def same(got, expected):
    alike = np.shape(got) == np.shape(expected)
    return alike and np.allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True)"
        }
        _ => return None,
    })
}

fn torch(name: &str) -> Option<&'static str> {
    Some(match name {
        "softmax" => {
            "\
def softmax(x, dim):
    return torch.exp(log_softmax(x, dim))"
        }
        "log_softmax" => {
            "\
def log_softmax(x, dim):
    return x - torch.logsumexp(x, dim, keepdim=True)"
        }
        "cross_entropy" => {
            "\
def cross_entropy(scores, target):
    if scores.dim() > 2:
        scores, target = scores.flatten(0, -2), target.flatten(0, -2)
    return F.cross_entropy(scores, target)"
        }
        "hinge_loss" => {
            "\
def hinge_loss(scores, right, margin):
    own = torch.where(right == 0, 0.0, scores * right).sum(dim=-1, keepdim=True)
    each = torch.where(right == 1, 0.0, torch.relu(scores - own + margin) * (1 - right))
    return each.sum() / (scores.numel() / max(scores.shape[-1], 1))"
        }
        "one_hot" => {
            "\
def one_hot(place, count):
    rows = (place.detach()[..., None] == torch.arange(count)).to(torch.float64)
    return torch.where(rows.sum(dim=-1, keepdim=True) == 1, rows, torch.nan)"
        }
        "add_at" => {
            "\
def add_at(part, shape, places):  # what falls on one place adds up
    whole = torch.zeros(shape)
    index = torch.arange(whole.numel()).reshape(shape)[places].reshape(-1)
    return whole.reshape(-1).index_add(0, index, part.reshape(-1)).reshape(shape)"
        }
        "put" => {
            "\
def put(part, shape, places):
    whole = torch.zeros(shape)
    whole[places] = part
    return whole"
        }
        "share_of_max" => {
            "\
def share_of_max(x, *others):  # ties share evenly
    beaten, ties = sum((y > x) * 1 for y in others), sum((y == x) * 1 for y in others)
    return torch.where(beaten > 0, 0.0, 1.0 / (1 + ties))"
        }
        "share_of_min" => {
            "\
def share_of_min(x, *others):  # ties share evenly
    beaten, ties = sum((y < x) * 1 for y in others), sum((y == x) * 1 for y in others)
    return torch.where(beaten > 0, 0.0, 1.0 / (1 + ties))"
        }
        "log_of_base" => {
            "\
def log_of_base(x, p):  # in d(x ** p)/dp
    zero = (x == 0) & (p >= 0)
    return torch.where(zero, 0.0, torch.log(torch.where(zero, 1.0, x)))"
        }
        "same" => {
            "\
def same(got, expected):
    alike = got.shape == expected.shape
    return alike and torch.allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True)"
        }
        _ => return None,
    })
}

fn jax(name: &str) -> Option<&'static str> {
    Some(match name {
        "std" => {
            "\
def std(x, axis):  # with the gradient 0 at 0
    var = x.var(axis=axis)
    return jnp.where(var == 0, 0.0, jnp.sqrt(jnp.where(var == 0, 1.0, var)))"
        }
        "norm" => {
            "\
def norm(x, axis):  # with the gradient 0 at 0
    total = (x * x).sum(axis=axis)
    return jnp.where(total == 0, 0.0, jnp.sqrt(jnp.where(total == 0, 1.0, total)))"
        }
        "cross_entropy" => {
            "\
def cross_entropy(scores, target):
    each = target * jax.nn.log_softmax(scores, axis=-1)
    return -each.sum() / (scores.size / max(scores.shape[-1], 1))"
        }
        "bce_loss" => {
            "\
def bce_loss(p, t):
    log, log_rest = bounded_log(p), bounded_log(1 - p)
    return -(t * log + (1 - t) * log_rest).mean()


def bounded_log(p):
    inside = p > jnp.exp(-100.0)
    return jnp.where(inside, jnp.log(jnp.where(inside, p, 1.0)), jnp.where(p >= 0, -100.0, jnp.nan))"
        }
        "hinge_loss" => {
            "\
def hinge_loss(scores, right, margin):
    own = jnp.where(right == 0, 0, scores * right).sum(axis=-1, keepdims=True)
    each = jnp.where(right == 1, 0, jax.nn.relu(scores - own + margin) * (1 - right))
    return each.sum() / (scores.size / max(scores.shape[-1], 1))"
        }
        "one_hot" => {
            "\
def one_hot(place, count):
    place = jax.lax.stop_gradient(jnp.asarray(place))
    rows = (place[..., None] == jnp.arange(count)).astype(float)
    return jnp.where(rows.sum(axis=-1, keepdims=True) == 1, rows, jnp.nan)"
        }
        "add_at" => {
            "\
def add_at(part, shape, places):  # what falls on one place adds up
    return jnp.zeros(shape).at[places].add(part)"
        }
        "put" => {
            "\
def put(part, shape, places):
    return jnp.zeros(shape).at[places].set(part)"
        }
        "share_of_max" => {
            "\
def share_of_max(x, *others):  # ties share evenly
    beaten, ties = sum((y > x) * 1 for y in others), sum((y == x) * 1 for y in others)
    return jnp.where(beaten > 0, 0.0, 1.0 / (1 + ties))"
        }
        "share_of_min" => {
            "\
def share_of_min(x, *others):  # ties share evenly
    beaten, ties = sum((y < x) * 1 for y in others), sum((y == x) * 1 for y in others)
    return jnp.where(beaten > 0, 0.0, 1.0 / (1 + ties))"
        }
        "log_of_base" => {
            "\
def log_of_base(x, p):  # in d(x ** p)/dp
    zero = (x == 0) & (p >= 0)
    return jnp.where(zero, 0.0, jnp.log(jnp.where(zero, 1.0, x)))"
        }
        "same" => {
            "\
def same(got, expected):
    alike = jnp.shape(got) == jnp.shape(expected)
    return alike and jnp.allclose(got, expected, rtol=1e-9, atol=1e-12, equal_nan=True)"
        }
        _ => return None,
    })
}

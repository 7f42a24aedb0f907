//! One gate in Python: operations on whole values.

use super::Dialect::{Jax, Math, NumPy, Torch};
use super::cuts::{ascending, flip, places, range, sliced, trim};
use super::expr::{Expr, level, number};
use super::ops::Ops;
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{self, Axes, Cut, Display, Permutation};

impl Ops<'_> {
    /// Operations on whole values.
    pub fn whole(&mut self, graph: &Graph, node: NodeId, operands: &[Expr]) -> Expr {
        let (dialect, op) = (self.dialect, graph.node(node).op);
        let shape = graph.shape(node).to_vec();
        let exact = |slot: usize| {
            let own = graph.shape(graph.operand(node, slot));
            operands[slot].exact(own, dialect)
        };
        let atom = |text: String| Expr::made(&text, level::ATOM, &shape);
        let looks = |text: String| Expr {
            fresh: false,
            ..atom(text)
        };
        let first = || graph.shape(graph.operand(node, 0)).to_vec();
        match op {
            Op::Broadcast(axes) => spread(&operands[0], axes, &shape, &exact(0)),
            Op::Reshape => match &operands[0].reshaped {
                _ if dialect == Math || first() == shape => operands[0].clone(),
                Some(short) if short.shape == shape => (**short).clone(),
                _ => {
                    let x = exact(0);
                    let flat = first().len() == 1 && shape.len() == 2;
                    Expr {
                        vector: flat.then(|| x.atom()),
                        ..looks(format!("{}.reshape({})", x.atom(), Display(&shape)))
                    }
                }
            },
            Op::Permute(Permutation::TRANSPOSE) if shape.len() == 2 => {
                looks(format!("{}.T", exact(0).atom()))
            }
            Op::Permute(Permutation::TRANSPOSE) => {
                looks(format!("{}.swapaxes(-1, -2)", exact(0).atom()))
            }
            Op::Permute(order) => {
                let verb = if dialect == Torch {
                    "permute"
                } else {
                    "transpose"
                };
                let order = Display(&graph.shapes.permutation(order, shape.len()));
                looks(format!("{}.{verb}({order})", exact(0).atom()))
            }
            Op::Slice(cuts) => self.slice(&exact(0), &first(), graph.shapes.cuts(cuts), &shape),
            Op::Scatter(cuts) => {
                let cuts = graph.shapes.cuts(cuts);
                if cuts.is_empty() {
                    return operands[0].clone();
                }
                let part = exact(0);
                let (part, places) = if dialect == NumPy {
                    (part.text, format!("np.s_[{}]", places(cuts, &shape)))
                } else {
                    let (cuts, flipped) = ascending(cuts, dialect);
                    let slices: Vec<String> = cuts.iter().map(|&cut| sliced(cut)).collect();
                    (flip(&part, &flipped), format!("({},)", slices.join(", ")))
                };
                let text = self.helped("put", &[part, Display(&shape).to_string(), places]);
                atom(text)
            }
            Op::Concat(axis) => {
                let parts: Vec<String> = (0..operands.len()).map(|i| exact(i).text).collect();
                let (name, key) = match dialect {
                    Torch => ("torch.cat", "dim"),
                    Jax => ("jnp.concatenate", "axis"),
                    _ => ("np.concatenate", "axis"),
                };
                atom(format!("{name}([{}], {key}={axis})", parts.join(", ")))
            }
            Op::CumSum(axis, back) => {
                let module = dialect.module();
                let key = if dialect == Torch { "dim" } else { "axis" };
                let x = exact(0).text;
                atom(if back {
                    let flipped = format!("{module}.flip({x}, ({axis},))");
                    format!("{module}.flip({module}.cumsum({flipped}, {key}={axis}), ({axis},))")
                } else {
                    format!("{module}.cumsum({x}, {key}={axis})")
                })
            }
            Op::Take(axis) => {
                let indices = self.indices(graph, node, operands);
                atom(format!(
                    "{}[{}{indices}]",
                    exact(0).atom(),
                    ":, ".repeat(axis.into())
                ))
            }
            Op::Put(axis) => {
                let indices = self.indices(graph, node, operands);
                let places = format!("({}{indices},)", "slice(None), ".repeat(axis.into()));
                let shape = Display(&shape).to_string();
                let text = self.helped("add_at", &[exact(0).text, shape, places]);
                atom(text)
            }
            Op::OneHot => {
                let count = shape.last().copied().unwrap_or(1);
                let text = self.helped("one_hot", &[exact(0).text, count.to_string()]);
                atom(text)
            }
            Op::Matmul => product(&exact(0), &exact(1), &shape),
            Op::MseLoss if dialect == Torch => {
                let (a, b) = (exact(0).text, exact(1).text);
                atom(format!("F.mse_loss({a}, {b})"))
            }
            Op::MseLoss => {
                let (a, b) = (exact(0), exact(1));
                let (a, b) = (a.within(level::SUM), b.within(level::PRODUCT));
                atom(format!("(({a} - {b}) ** 2).mean()"))
            }
            Op::BceLoss if dialect == Torch => atom(format!(
                "F.binary_cross_entropy({}, {})",
                exact(0).text,
                exact(1).text
            )),
            Op::CrossEntropy | Op::BceLoss => {
                let text = self.helped(op.info().name, &[exact(0).text, exact(1).text]);
                atom(text)
            }
            Op::HingeLoss => {
                let margin = match operands[2].number {
                    Some(value) => number(value, dialect),
                    None => exact(2).text,
                };
                let text = self.helped("hinge_loss", &[exact(0).text, exact(1).text, margin]);
                atom(text)
            }
            _ => match op.axes() {
                Some(axes) => self.over(op, axes, &exact(0), &first(), &shape),
                // There is no other.
                None => operands
                    .first()
                    .map_or_else(|| atom("0.0".to_owned()), Clone::clone),
            },
        }
    }

    /// The operands behind the first as indices.
    fn indices(&self, graph: &Graph, node: NodeId, operands: &[Expr]) -> String {
        let dialect = self.dialect;
        let each = graph
            .operands(node)
            .zip(operands)
            .skip(1)
            .map(|(x, index)| {
                let shape = graph.shape(x);
                let same = graph.constant(x);
                let values = match (same, graph.table(x)) {
                    (Some(value), _) => vec![value; shape.iter().product()],
                    (None, Some(values)) => values.to_vec(),
                    (None, None) => {
                        let x = index.exact(shape, dialect);
                        return match dialect {
                            Torch => format!("{}.long()", x.atom()),
                            NumPy | Math => format!("np.asarray({}).astype(int)", x.text),
                            Jax => format!("jnp.asarray({}).astype(int)", x.text),
                        };
                    }
                };
                match (dialect, whole_numbers(&values, shape)) {
                    (Jax, list) if !shape.is_empty() => format!("jnp.array({list}, dtype=int)"),
                    (NumPy, list) if values.is_empty() => format!("np.array({list}, dtype=int)"),
                    (_, list) => list,
                }
            });
        each.collect::<Vec<_>>().join(", ")
    }

    /// An operation over axes.
    fn over(&mut self, op: Op, axes: Axes, x: &Expr, from: &[usize], to: &[usize]) -> Expr {
        let list: Vec<usize> = axes.iter().collect();
        let simple = matches!(
            op,
            Op::Sum(_) | Op::Mean(_) | Op::Prod(_) | Op::Max(_) | Op::Min(_)
        );
        if simple && list.is_empty() {
            return x.clone();
        }
        let (name, dialect) = (op.info().name, self.dialect);
        let key = if dialect == Torch { "dim" } else { "axis" };
        let along = match list[..] {
            [axis] => axis.to_string(),
            _ => Display(&list).to_string(),
        };
        let argument = format!("{key}={along}");
        let all = list.len() == from.len();
        let keeps = if dialect == Torch {
            "keepdim=True"
        } else {
            "keepdims=True"
        };
        let method = |name: &str, more: &str| {
            let inner = match (all, more) {
                (true, "") => String::new(),
                (true, more) => more.to_owned(),
                (false, "") => argument.clone(),
                (false, more) => format!("{argument}, {more}"),
            };
            let text = format!("{}.{name}({inner})", x.atom());
            let made = Expr::made(&text, level::ATOM, to);
            let kept = match more {
                "" => format!("{}.{name}({argument}, {keeps})", x.atom()),
                more => format!("{}.{name}({argument}, {more}, {keeps})", x.atom()),
            };
            let kept = Expr::made(&kept, level::ATOM, &shape::kept(from, axes));
            Expr {
                reshaped: Some(Box::new(kept)),
                ..made
            }
        };
        let call = |text: String| Expr::made(&text, level::ATOM, to);
        match (op, dialect) {
            (Op::Sum(_) | Op::Mean(_), _) => method(name, ""),
            (Op::Max(_) | Op::Min(_), Torch) => {
                let made = method(&format!("a{name}"), "");
                Expr {
                    text: format!("{}.a{name}({argument})", x.atom()),
                    ..made
                }
            }
            (Op::Prod(_), Torch) => {
                // One axis at a time, the last one first.
                let mut text = x.atom();
                for axis in list.iter().rev() {
                    text = format!("{text}.prod(dim={axis})");
                }
                call(text)
            }
            (Op::Max(_) | Op::Min(_) | Op::Prod(_), _) => method(name, ""),
            (Op::Var(_), NumPy | Jax) | (Op::Std(_), NumPy) => method(name, ""),
            (Op::Var(_) | Op::Std(_), Torch) => {
                call(format!("{}.{name}({argument}, correction=0)", x.atom()))
            }
            (Op::Norm(_), Torch) => {
                call(format!("torch.linalg.vector_norm({}, {argument})", x.text))
            }
            (Op::LogSumExp(_), Torch) => call(format!("torch.logsumexp({}, {argument})", x.text)),
            (Op::Softmax(_) | Op::LogSoftmax(_), Torch) if list.len() == 1 => {
                call(format!("torch.{name}({}, {argument})", x.text))
            }
            (Op::Softmax(_), Torch) => {
                let text = self.helped("softmax", &[x.text.clone(), argument]);
                call(text)
            }
            (Op::LogSumExp(_) | Op::Softmax(_) | Op::LogSoftmax(_), Jax) => {
                call(format!("jax.nn.{name}({}, {argument})", x.text))
            }
            _ => {
                let text = self.helped(name, &[x.text.clone(), argument]);
                call(text)
            }
        }
    }

    /// Elements at regular places.
    fn slice(&self, x: &Expr, from: &[usize], cuts: &[Cut], shape: &[usize]) -> Expr {
        if cuts.is_empty() {
            return x.clone();
        }
        let (plain, flipped) = ascending(cuts, self.dialect);
        let text = format!("{}[{}]", x.atom(), places(&plain, from));
        let made = Expr {
            fresh: false,
            ..Expr::made(&text, level::ATOM, shape)
        };
        if !flipped.is_empty() {
            return Expr {
                text: flip(&made, &flipped),
                ..made
            };
        }
        // Reshaped to do without the axes of one element it is an index.
        let is_one = |at: usize| cuts[at].count == 1 && from[at] != 1;
        let kept = (0..cuts.len()).filter(|&at| !is_one(at));
        let kept: Vec<usize> = kept.map(|at| cuts[at].count).collect();
        let mut indices: Vec<String> = (0..cuts.len())
            .map(|at| {
                if is_one(at) {
                    cuts[at].start.to_string()
                } else {
                    range(cuts[at], from[at])
                }
            })
            .collect();
        trim(&mut indices);
        let text = format!("{}[{}]", x.atom(), indices.join(", "));
        let index = Expr {
            fresh: false,
            ..Expr::made(&text, level::ATOM, &kept)
        };
        Expr {
            reshaped: Some(Box::new(index)),
            ..made
        }
    }
}

/// A value copied along new axes: the elementwise operations do that themselves, if
/// each axis has its place.
fn spread(x: &Expr, axes: Axes, shape: &[usize], exact: &Expr) -> Expr {
    if x.number.is_some() || axes.is_empty() {
        return x.clone();
    }
    let mut marks = Vec::new();
    let mut sizes = Vec::new();
    for (axis, &size) in shape.iter().enumerate() {
        let new = axes.contains(axis);
        if !(new && marks.is_empty()) {
            marks.push(if new { "None" } else { ":" });
            sizes.push(if new { 1 } else { size });
        }
    }
    if !marks.contains(&"None") {
        return x.clone();
    }
    while marks.last() == Some(&":") {
        marks.pop();
    }
    let text = format!("{}[{}]", exact.atom(), marks.join(", "));
    Expr {
        fresh: false,
        ..Expr::made(&text, level::ATOM, &sizes)
    }
}

/// A product of matrices, or of what stands for a row and a column.
fn product(a: &Expr, b: &Expr, shape: &[usize]) -> Expr {
    let text = format!("{} @ {}", a.within(level::PRODUCT), b.within(level::SIGN));
    // A row of one element may be a column too.
    let row = a.vector.clone().filter(|_| a.shape[0] == 1);
    let column = b.vector.clone().filter(|_| b.shape[1] == 1);
    let short = match (row, column) {
        (Some(a), Some(b)) => Some((Vec::new(), format!("{a} @ {b}"))),
        (Some(a), None) if b.shape.len() == 2 => {
            let right = b.within(level::SIGN);
            Some((vec![b.shape[1]], format!("{a} @ {right}")))
        }
        (None, Some(b)) if a.shape.len() == 2 => {
            let left = a.within(level::PRODUCT);
            Some((vec![a.shape[0]], format!("{left} @ {b}")))
        }
        _ => None,
    };
    let short = short.map(|(shape, text)| Expr::made(&text, level::PRODUCT, &shape));
    Expr {
        reshaped: short.map(Box::new),
        ..Expr::made(&text, level::PRODUCT, shape)
    }
}

/// Whole numbers as a nested list.
fn whole_numbers(values: &[f64], shape: &[usize]) -> String {
    match shape {
        [] => values.first().map_or_else(String::new, f64::to_string),
        [size, rest @ ..] => {
            let each = values.len() / (*size).max(1);
            let parts = (0..*size).map(|i| whole_numbers(&values[i * each..][..each], rest));
            format!("[{}]", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

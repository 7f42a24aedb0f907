//! One gate in Python: what each operation is called in each dialect.

use super::Dialect::{self, Jax, Math, NumPy, Torch};
use super::expr::{Expr, filled, level, literal, number};
use super::helpers::Helpers;
use crate::graph::{Graph, NodeId};
use crate::op::{Form, Op};
use crate::shape::{self, Axes, Cut, Display};

/// Writes gates in a dialect.
pub struct Ops<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The functions that are called.
    pub helpers: &'a mut Helpers,
}

/// Whether an operation on numbers alone can be written without a library of arrays.
pub fn is_plain(op: Op) -> bool {
    matches!(op, Op::Input(_) | Op::Constant(_) | Op::Reshape)
        || matches!(
            op,
            Op::Broadcast(_) | Op::Sum(_) | Op::Mean(_) | Op::Prod(_)
        )
        || matches!(op, Op::Max(_) | Op::Min(_))
        || op.info().form == Form::Elementwise
}

impl Ops<'_> {
    /// A constant of the graph.
    pub fn constant(&self, graph: &Graph, node: NodeId) -> Expr {
        let shape = graph.shape(node);
        match (graph.constant(node), graph.table(node)) {
            (Some(value), _) => Expr::number(value, self.dialect),
            (None, table) => {
                let text = literal(table.unwrap_or_default(), shape, self.dialect);
                Expr::made(text, level::ATOM, shape.to_vec())
            }
        }
    }

    /// A gate of some operands.
    pub fn gate(&mut self, graph: &Graph, node: NodeId, mut operands: Vec<Expr>) -> Expr {
        let op = graph.node(node).op;
        let size: usize = operands.iter().map(|x| x.size).sum();
        if operands.iter().all(|x| x.number.is_some())
            && let Some(first) = operands.first_mut()
            && let Some(value) = first.number
        {
            // Python's own numbers raise where the others go on.
            let text = filled(value, &[], self.dialect);
            *first = Expr::name(&text, &[]);
        }
        let mut made = if op.info().form == Form::Elementwise {
            self.elementwise(op, &operands)
        } else {
            self.whole(graph, node, &operands)
        };
        made.size = size + 1;
        made
    }

    /// Element by element; what is smaller broadcasts.
    fn elementwise(&mut self, op: Op, operands: &[Expr]) -> Expr {
        let first = Vec::new();
        let shape = operands.iter().fold(first, |shape, x| {
            shape::broadcast(&shape, &x.shape).unwrap_or(shape)
        });
        let (text, level) = self.arithmetic(op, operands);
        let test = self.test(op, operands);
        let fresh = op != Op::Detach;
        Expr {
            test,
            fresh,
            chain: op == Op::Mul,
            ..Expr::made(text, level, shape)
        }
    }

    /// What says where an operation gives 1 and where 0, if it gives nothing else.
    fn test(&self, op: Op, operands: &[Expr]) -> Option<String> {
        let side = |i: usize| operands[i].within(level::SUM);
        Some(match (op, self.dialect) {
            (Op::Compare(relation), _) => {
                format!("{} {} {}", side(0), relation.mark(), side(1))
            }
            (Op::Step, Math) => format!("{} > 0", side(0)),
            // What is no number is let through.
            (Op::Step, _) => format!("~({} <= 0)", side(0)),
            (Op::Tie, Math) => format!("{} == {}", side(0), side(1)),
            (Op::Tie, _) => {
                let (a, b) = (side(0), side(1));
                format!("~(({a} < {b}) | ({a} > {b}))")
            }
            _ => return None,
        })
    }

    /// Text and level of an elementwise operation.
    fn arithmetic(&mut self, op: Op, operands: &[Expr]) -> (String, u8) {
        let binary = |sign: &str, [left, own, right]: [u8; 3]| {
            let (a, b) = (operands[0].within(left), operands[1].within(right));
            (format!("{a} {sign} {b}"), own)
        };
        match op {
            Op::Add => {
                let terms = operands.iter().enumerate();
                let terms = terms.map(|(i, x)| x.within(level::SUM + u8::from(i > 0)));
                (terms.collect::<Vec<_>>().join(" + "), level::SUM)
            }
            Op::Sub => binary("-", [level::SUM, level::SUM, level::PRODUCT]),
            Op::Mul => {
                // A product of products needs no parentheses.
                let right = if operands[1].chain {
                    level::PRODUCT
                } else {
                    level::SIGN
                };
                binary("*", [level::PRODUCT, level::PRODUCT, right])
            }
            Op::Div => binary("/", [level::PRODUCT, level::PRODUCT, level::SIGN]),
            Op::Pow => binary("**", [level::ATOM, level::POWER, level::SIGN]),
            Op::Neg => (
                format!("-{}", operands[0].within(level::POWER)),
                level::SIGN,
            ),
            Op::Square => (format!("{} ** 2", operands[0].atom()), level::POWER),
            Op::Reciprocal => (
                format!("1 / {}", operands[0].within(level::SIGN)),
                level::PRODUCT,
            ),
            _ => (self.called(op, operands), level::ATOM),
        }
    }

    /// An elementwise operation as a call or in parentheses.
    fn called(&mut self, op: Op, operands: &[Expr]) -> String {
        let module = self.dialect.module();
        let text = |i: usize| operands[i].text.clone();
        let tensor = |i: usize| match (self.dialect, operands[i].number) {
            (Torch, Some(value)) => filled(value, &[], Torch),
            _ => operands[i].text.clone(),
        };
        let of = |name: &str| format!("{module}.{name}({})", tensor(0));
        let side = |i: usize| operands[i].within(level::SUM);
        let zero_to = |name: &str| match self.dialect {
            Torch => format!("F.{name}({})", tensor(0)),
            _ => format!("jax.nn.{name}({})", text(0)),
        };
        match (op, self.dialect) {
            (Op::Exp | Op::Log | Op::Sqrt | Op::Sin | Op::Cos, _) => of(op.info().name),
            (Op::Tan | Op::Sinh | Op::Cosh | Op::Tanh, _) => of(op.info().name),
            (Op::Abs, Math) => format!("abs({})", text(0)),
            (Op::Abs, _) => of("abs"),
            (Op::Sign, Math) => {
                let x = side(0);
                format!("float(({x} > 0) - ({x} < 0))")
            }
            (Op::Sign, _) => of("sign"),
            (Op::Relu, Math) => format!("max({}, 0.0)", text(0)),
            (Op::Relu, NumPy) => format!("np.maximum({}, 0)", text(0)),
            (Op::Relu, Torch) => of("relu"),
            (Op::Relu, Jax) => zero_to("relu"),
            (Op::LeakyRelu, _) => {
                let scaled = format!(
                    "{} * {}",
                    operands[0].within(level::PRODUCT),
                    operands[1].within(level::SIGN)
                );
                self.choice(&format!("{} <= 0", side(0)), &scaled, &text(0))
            }
            (Op::Elu, Math | NumPy) => {
                let below = format!("{module}.expm1({})", text(0));
                self.choice(&format!("{} <= 0", side(0)), &below, &text(0))
            }
            (Op::Elu, _) => zero_to("elu"),
            (Op::NormalCdf, Torch) => {
                let x = operands[0].within(level::POWER);
                format!("(0.5 * torch.erfc(-{x} * 0.5 ** 0.5))")
            }
            (Op::NormalCdf, Jax) => format!("jax.scipy.stats.norm.cdf({})", text(0)),
            (Op::NormalCdf, _) => self.helped("normal_cdf", &[text(0)]),
            (Op::Maximum | Op::Minimum, dialect) => {
                let least = op == Op::Minimum;
                let list: Vec<String> = (0..operands.len()).map(tensor).collect();
                let list = list.join(", ");
                let short = if least { "min" } else { "max" };
                match (dialect, operands.len()) {
                    (Math, _) => format!("{short}({list})"),
                    (_, 2) => format!("{module}.{short}imum({list})"),
                    (NumPy, _) => format!("np.{short}imum.reduce(np.broadcast_arrays({list}))"),
                    (Torch, _) => {
                        format!(
                            "torch.a{short}(torch.stack(torch.broadcast_tensors({list})), dim=0)"
                        )
                    }
                    (Jax, _) => {
                        format!("jnp.{short}(jnp.stack(jnp.broadcast_arrays({list})), axis=0)")
                    }
                }
            }
            (Op::Clip, Math) => format!("min(max({}, {}), {})", text(0), text(1), text(2)),
            (Op::Clip, _) => format!(
                "{module}.minimum({module}.maximum({}, {}), {})",
                tensor(0),
                tensor(1),
                tensor(2)
            ),
            (Op::Where, dialect) => {
                let test = match (&operands[0].test, dialect) {
                    (Some(test), _) => test.clone(),
                    (None, Torch) => format!("{} != 0", tensor(0)),
                    (None, _) => format!("{} != 0", side(0)),
                };
                self.choice(&test, &text(1), &text(2))
            }
            (Op::Mask, _) => match &operands[0].test {
                Some(test) => self.choice(test, &text(1), "0.0"),
                None => {
                    let (w, a) = (&operands[0], &operands[1]);
                    let product =
                        format!("{} * {}", w.within(level::PRODUCT), a.within(level::SIGN));
                    self.choice(&format!("{} != 0", side(0)), &product, "0.0")
                }
            },
            (Op::Compare(_) | Op::Step | Op::Tie, dialect) => {
                let test = self.test(op, operands).unwrap_or_default();
                match dialect {
                    Math => format!("float({test})"),
                    Torch => format!("({test}).to(torch.float64)"),
                    _ => format!("({test}).astype(float)"),
                }
            }
            (Op::Winner(slot, least), _) => {
                let own = slot as usize;
                let others = (0..operands.len()).filter(|&i| i != own);
                let list: Vec<String> = [own].into_iter().chain(others).map(tensor).collect();
                self.helped(
                    if least {
                        "share_of_min"
                    } else {
                        "share_of_max"
                    },
                    &list,
                )
            }
            (Op::PowLog, _) => self.helped("log_of_base", &[tensor(0), tensor(1)]),
            (Op::Detach, Torch) => match operands[0].number {
                Some(_) => tensor(0),
                None => format!("{}.detach()", operands[0].atom()),
            },
            (Op::Detach, Jax) => format!("jax.lax.stop_gradient({})", text(0)),
            (Op::Detach, _) => operands[0].atom(),
            (Op::Sigmoid, Torch) => of("sigmoid"),
            (Op::Silu, Torch) => zero_to("silu"),
            (Op::Gelu, Torch) => zero_to("gelu"),
            // Its own threshold loses digits.
            (Op::Softplus, Torch) => format!("F.softplus({}, threshold=40)", tensor(0)),
            (Op::Gelu, Jax) => format!("jax.nn.gelu({}, approximate=False)", text(0)),
            (Op::Sigmoid | Op::Silu | Op::Softplus, Jax) => zero_to(op.info().name),
            (_, _) => {
                let list: Vec<String> = (0..operands.len()).map(text).collect();
                self.helped(op.info().name, &list)
            }
        }
    }

    /// A call of a function that comes along.
    fn helped(&mut self, name: &'static str, arguments: &[String]) -> String {
        format!("{}({})", self.helpers.call(name), arguments.join(", "))
    }

    /// One text where a test holds, else the other.
    fn choice(&self, test: &str, yes: &str, no: &str) -> String {
        match self.dialect {
            Math => format!("({yes} if {test} else {no})"),
            dialect => format!("{}.where({test}, {yes}, {no})", dialect.module()),
        }
    }

    /// Operations on whole values.
    fn whole(&mut self, graph: &Graph, node: NodeId, operands: &[Expr]) -> Expr {
        let (dialect, op) = (self.dialect, graph.node(node).op);
        let shape = graph.shape(node).to_vec();
        let exact = |slot: usize| {
            let own = graph.shape(graph.operand(node, slot));
            operands[slot].exact(own, dialect)
        };
        let atom = |text: String| Expr::made(text, level::ATOM, shape.clone());
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
            Op::Transpose if shape.len() == 2 => looks(format!("{}.T", exact(0).atom())),
            Op::Transpose => looks(format!("{}.swapaxes(-1, -2)", exact(0).atom())),
            Op::Permute(order) => {
                let verb = if dialect == Torch {
                    "permute"
                } else {
                    "transpose"
                };
                let order = Display(graph.shapes.get(order));
                looks(format!("{}.{verb}({order})", exact(0).atom()))
            }
            Op::Slice(cuts) => self.slice(&exact(0), &first(), graph.shapes.cuts(cuts), shape),
            Op::Scatter(cuts) => {
                let cuts = graph.shapes.cuts(cuts);
                if cuts.is_empty() {
                    return operands[0].clone();
                }
                let part = exact(0);
                let (part, places) = match dialect {
                    NumPy => (part.text, format!("np.s_[{}]", places(cuts, &shape))),
                    _ => {
                        let (cuts, flipped) = ascending(cuts, dialect);
                        let slices: Vec<String> = cuts.iter().map(|&cut| sliced(cut)).collect();
                        (flip(&part, &flipped), format!("({},)", slices.join(", ")))
                    }
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
            Op::OneHot => {
                let count = shape.last().copied().unwrap_or(1);
                let text = self.helped("one_hot", &[exact(0).text, count.to_string()]);
                atom(text)
            }
            Op::Matmul => product(&exact(0), &exact(1), shape),
            Op::MseLoss => match dialect {
                Torch => atom(format!("F.mse_loss({}, {})", exact(0).text, exact(1).text)),
                _ => {
                    let (a, b) = (exact(0), exact(1));
                    let (a, b) = (a.within(level::SUM), b.within(level::PRODUCT));
                    atom(format!("(({a} - {b}) ** 2).mean()"))
                }
            },
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
                Some(axes) => self.over(op, axes, &exact(0), &first(), shape),
                // There is no other.
                None => operands
                    .first()
                    .map_or_else(|| atom("0.0".to_owned()), Clone::clone),
            },
        }
    }

    /// An operation over axes.
    fn over(&mut self, op: Op, axes: Axes, x: &Expr, from: &[usize], to: Vec<usize>) -> Expr {
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
            let made = Expr::made(
                format!("{}.{name}({inner})", x.atom()),
                level::ATOM,
                to.clone(),
            );
            let kept = match more {
                "" => format!("{}.{name}({argument}, {keeps})", x.atom()),
                more => format!("{}.{name}({argument}, {more}, {keeps})", x.atom()),
            };
            let kept = Expr::made(kept, level::ATOM, shape::kept(from, axes));
            Expr {
                reshaped: Some(Box::new(kept)),
                ..made
            }
        };
        let call = |text: String| Expr::made(text, level::ATOM, to.clone());
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
                self.helpers.call("log_softmax");
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
    fn slice(&self, x: &Expr, from: &[usize], cuts: &[Cut], shape: Vec<usize>) -> Expr {
        if cuts.is_empty() {
            return x.clone();
        }
        let (plain, flipped) = ascending(cuts, self.dialect);
        let text = format!("{}[{}]", x.atom(), places(&plain, from));
        let made = Expr {
            fresh: false,
            ..Expr::made(text, level::ATOM, shape)
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
            .map(|at| match is_one(at) {
                true => cuts[at].start.to_string(),
                false => range(cuts[at], from[at]),
            })
            .collect();
        trim(&mut indices);
        let text = format!("{}[{}]", x.atom(), indices.join(", "));
        let index = Expr {
            fresh: false,
            ..Expr::made(text, level::ATOM, kept)
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
        ..Expr::made(text, level::ATOM, sizes)
    }
}

/// A product of matrices, or of what stands for a row and a column.
fn product(a: &Expr, b: &Expr, shape: Vec<usize>) -> Expr {
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
    let short = short.map(|(shape, text)| Expr::made(text, level::PRODUCT, shape));
    Expr {
        reshaped: short.map(Box::new),
        ..Expr::made(text, level::PRODUCT, shape)
    }
}

/// Cuts without steps backwards for a library that has none, and the axes that are
/// turned round.
fn ascending(cuts: &[Cut], dialect: Dialect) -> (Vec<Cut>, Vec<usize>) {
    let turns = |cut: &Cut| dialect == Torch && cut.step < 0 && cut.count > 0;
    let flipped = (0..cuts.len()).filter(|&axis| turns(&cuts[axis]));
    let plain = cuts.iter().map(|cut| match turns(cut) {
        true => Cut {
            start: cut.place(cut.count - 1),
            step: -cut.step,
            count: cut.count,
        },
        false => *cut,
    });
    (plain.collect(), flipped.collect())
}

fn flip(x: &Expr, axes: &[usize]) -> String {
    if axes.is_empty() {
        x.text.clone()
    } else {
        format!("{}.flip({})", x.atom(), Display(axes))
    }
}

/// Cuts as they stand in brackets.
fn places(cuts: &[Cut], sizes: &[usize]) -> String {
    let ranges = cuts.iter().zip(sizes);
    let mut ranges: Vec<String> = ranges.map(|(&cut, &size)| range(cut, size)).collect();
    trim(&mut ranges);
    ranges.join(", ")
}

/// Takes whole axes at the end away, but the first.
fn trim(ranges: &mut Vec<String>) {
    while ranges.len() > 1 && ranges.last().is_some_and(|last| last == ":") {
        ranges.pop();
    }
}

fn range(cut: Cut, size: usize) -> String {
    if cut == Cut::whole(size) {
        return ":".to_owned();
    }
    let [start, end, step] = bounds(cut).map(|bound| bound.unwrap_or_default());
    match step.as_str() {
        "" => format!("{start}:{end}"),
        step => format!("{start}:{end}:{step}"),
    }
}

/// A cut as a call.
fn sliced(cut: Cut) -> String {
    let [start, end, step] = bounds(cut).map(|bound| bound.unwrap_or_else(|| "None".to_owned()));
    if step == "None" {
        format!("slice({start}, {end})")
    } else {
        format!("slice({start}, {end}, {step})")
    }
}

/// Start, end and step as Python has them, none where they can be left out.
fn bounds(cut: Cut) -> [Option<String>; 3] {
    let Cut { start, step, count } = cut;
    // None of a run backwards would start where Python counts from the back.
    let step = if count == 0 { 1 } else { step };
    let end = start as isize + step * count as isize;
    [
        Some(start.to_string()),
        // Python counts an end below 0 from the back.
        usize::try_from(end).ok().map(|end| end.to_string()),
        (step != 1).then(|| step.to_string()),
    ]
}

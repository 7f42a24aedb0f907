//! One gate in Python: what each operation is called in each dialect.

use super::Dialect::{self, Jax, Math, NumPy, Torch};
use super::expr::{Expr, filled, float, level, literal};
use super::helpers::{self, Helpers};
use crate::definition;
use crate::graph::{Graph, NodeId};
use crate::op::{Form, Op};
use crate::shape;

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
                Expr::made(&text, level::ATOM, shape)
            }
        }
    }

    /// A gate of some operands.
    pub fn gate(&mut self, graph: &Graph, node: NodeId, mut operands: Vec<Expr>) -> Expr {
        let op = graph.node(node).op;
        let size: usize = operands.iter().map(|x| x.size).sum();
        let numbers = operands.iter().all(|x| x.number.is_some());
        if let Some(first) = operands.first_mut()
            && let Some(value) = first.number
            && (numbers || op == Op::LeakyRelu)
        {
            // Python's own numbers raise where the others go on, and what they are
            // compared with is no array.
            *first = Expr::filled(value, &[], self.dialect);
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
            ..Expr::made(&text, level, &shape)
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
            (Op::LogAddExp, NumPy | Torch | Jax) => {
                format!("{module}.logaddexp({}, {})", tensor(0), tensor(1))
            }
            (Op::Tan | Op::Sinh | Op::Cosh | Op::Tanh, _) => of(op.info().name),
            (Op::Abs, Math) => format!("abs({})", text(0)),
            // With the gradient 0 at 0.
            (Op::Abs, Jax) => {
                let x = operands[0].within(level::PRODUCT);
                format!("({x} * jnp.sign({}))", text(0))
            }
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
            (Op::Clip, NumPy) => format!(
                "np.minimum(np.maximum({}, {}), {})",
                text(0),
                text(1),
                text(2)
            ),
            (Op::Clip, _) => self.clip(operands),
            (Op::Where, dialect) => {
                let test = match (&operands[0].test, dialect) {
                    (Some(test), _) => test.clone(),
                    (None, Torch) => format!("{} != 0", tensor(0)),
                    (None, _) => format!("{} != 0", side(0)),
                };
                // Of whole numbers alone it would be one.
                let side = |i: usize| match operands[i].number {
                    Some(value) => float(value, dialect),
                    None => text(i),
                };
                self.choice(&test, &side(1), &side(2))
            }
            (Op::Mask, dialect) if operands[0].test.is_some() => {
                let test = operands[0].test.as_deref().unwrap_or_default();
                let value = match operands[1].number {
                    Some(value) => float(value, dialect),
                    None => text(1),
                };
                self.choice(test, &value, "0.0")
            }
            (Op::Mask, _) => {
                let [w, a] = [level::PRODUCT, level::SIGN];
                let product = format!("{} * {}", operands[0].within(w), operands[1].within(a));
                self.choice(&format!("{} != 0", side(0)), &product, "0.0")
            }
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
            (_, dialect) => {
                let name = op.info().name;
                let list: Vec<String> = (0..operands.len()).map(tensor).collect();
                if helpers::text(name, dialect).is_some() {
                    return self.helped(name, &list);
                }
                // What stands for others is written by them, the rest has its own name.
                match definition::stands_for(op) {
                    Some(of) => format!("({})", self.formula(&of, operands).text),
                    None => format!("{module}.{name}({})", list.join(", ")),
                }
            }
        }
    }

    /// A formula of some operands, element by element.
    fn formula(&mut self, of: &definition::expr::Expr, operands: &[Expr]) -> Expr {
        match of {
            definition::expr::Expr::X(slot) => operands[*slot].clone(),
            definition::expr::Expr::Gate(op, parts) => {
                let parts: Vec<Expr> = parts
                    .iter()
                    .map(|part| self.formula(part, operands))
                    .collect();
                self.elementwise(*op, &parts)
            }
            definition::expr::Expr::N(value) => Expr::number(*value, self.dialect),
            // Nothing else stands in what is elementwise.
            other => match other.parts() {
                [part] => self.formula(part, operands),
                _ => Expr::number(f64::NAN, self.dialect),
            },
        }
    }

    /// A clip that differentiates as the gate does: at its ends it shares with values,
    /// not with numbers.
    fn clip(&self, operands: &[Expr]) -> String {
        let torch = self.dialect == Torch;
        let x = match operands[0].number {
            Some(value) if torch => filled(value, &[], Torch),
            _ => operands[0].within(level::SUM),
        };
        let bounds = [(1, f64::NEG_INFINITY), (2, f64::INFINITY)].map(|(slot, open)| {
            let bound = &operands[slot];
            (bound.number != Some(open)).then_some(bound)
        });
        let mut numbers = bounds.iter().flatten().map(|bound| bound.number.is_some());
        let first = numbers.next();
        if torch && numbers.all(|number| Some(number) == first) {
            let [low, high] = bounds.map(|bound| bound.map_or("None", |bound| &bound.text));
            return format!("torch.clamp({x}, {low}, {high})");
        }
        let mut clipped = x;
        for (bound, [side, function, sign]) in bounds
            .into_iter()
            .zip([["min", "maximum", "<="], ["max", "minimum", ">="]])
        {
            let Some(bound) = bound else {
                continue;
            };
            let text = &bound.text;
            clipped = match (bound.number, torch) {
                (Some(_), true) => format!("torch.clamp({clipped}, {side}={text})"),
                (Some(_), _) => format!("jnp.where({clipped} {sign} {text}, {text}, {clipped})"),
                (None, _) => format!("{}.{function}({clipped}, {text})", self.dialect.module()),
            };
        }
        clipped
    }

    /// A call of a function that comes along.
    pub fn helped(&mut self, name: &'static str, arguments: &[String]) -> String {
        format!(
            "{}({})",
            self.helpers.call(name, self.dialect),
            arguments.join(", ")
        )
    }

    /// One text where a test holds, else the other.
    fn choice(&self, test: &str, yes: &str, no: &str) -> String {
        match self.dialect {
            Math => format!("({yes} if {test} else {no})"),
            dialect => format!("{}.where({test}, {yes}, {no})", dialect.module()),
        }
    }
}

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
        let side = |i: usize| operands[i].within(level::SUM);
        if let Some(call) = call(op.info().name, self.dialect) {
            return filled_in(call, operands, tensor);
        }
        match (op, self.dialect) {
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

/// How a dialect writes an operation, of those that the table has.
fn call(name: &str, dialect: Dialect) -> Option<&'static str> {
    let mut rows = include_str!("calls.txt").lines();
    let row = rows.find_map(|row| row.strip_prefix(name)?.strip_prefix(" |"))?;
    let place = [Math, NumPy, Torch, Jax]
        .iter()
        .position(|&d| d == dialect)?;
    let call = row.split('|').nth(place)?.trim();
    (!call.is_empty()).then_some(call)
}

/// A call with its operands in their places.
fn filled_in(call: &str, operands: &[Expr], tensor: impl Fn(usize) -> String) -> String {
    let mut pieces = call.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (place, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let mut letters = place.chars();
        let slot = letters.next().and_then(|digit| digit.to_digit(10));
        let slot = slot.unwrap_or_default() as usize;
        text.push_str(&match letters.next() {
            Some('+') => operands[slot].within(level::SUM),
            Some('*') => operands[slot].within(level::PRODUCT),
            Some('-') => operands[slot].within(level::SIGN),
            Some('^') => operands[slot].within(level::POWER),
            Some('.') => operands[slot].atom(),
            _ => tensor(slot),
        });
        text.push_str(rest);
    }
    text
}

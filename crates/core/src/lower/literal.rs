//! Literals: what makes an input.

use super::{Lowerer, Message, Value};
use crate::graph::{Origin, Role};
use crate::lower::functions::{Function, module_function};
use crate::lower::program::{Input, MAX_BYTES};
use crate::shape::{MAX_RANK, elements};
use crate::source::Span;
use crate::syntax::ast::{
    Argument, Ast, ExprId, ExprKind, Library, StmtId, StmtKind, Symbol, Unary,
};
use crate::syntax::parse;

/// A value of any shape, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its sizes; none for a number.
    pub shape: Vec<usize>,
    /// Its elements.
    pub values: Vec<f64>,
}

/// A literal that was read, or what is wrong with it and where.
type Read = Result<Tensor, (Span, String)>;

/// Values for inputs in place of their literals, by name; the last input of a name takes it.
#[derive(Clone, Debug, Default)]
pub struct Overrides(Vec<(String, Tensor)>);

impl Overrides {
    /// Gives a name a value; a later one replaces an earlier one.
    pub fn insert(&mut self, name: String, value: Tensor) {
        self.0.push((name, value));
    }

    /// The value given to a name.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.0
            .iter()
            .rev()
            .find(|given| given.0 == name)
            .map(|given| &given.1)
    }

    /// Whether no name is given a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names that are given values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|given| given.0.as_str())
    }
}

impl FromIterator<(String, Tensor)> for Overrides {
    fn from_iter<I: IntoIterator<Item = (String, Tensor)>>(given: I) -> Self {
        Self(given.into_iter().collect())
    }
}

/// The expression that is all of a program.
pub(super) fn sole(ast: &Ast) -> Option<ExprId> {
    let [stmt] = ast.block(Ast::PROGRAM) else {
        return None;
    };
    match ast.stmt(*stmt).kind {
        StmtKind::Expr(expr) => Some(expr),
        _ => None,
    }
}

/// Reads what stands behind the `=` of an input: a literal, or a call such as
/// `np.array(…)` with one in it. None where the text is neither.
pub fn read_literal(text: &str) -> Option<Tensor> {
    let (ast, diagnostics) = parse(text);
    let mut expr = sole(&ast)?;
    if let ExprKind::Call(_, arguments) = &ast.expr(expr).kind {
        expr = arguments.first()?.value;
    }
    let read = tensor(&ast, expr).filter(|_| diagnostics.is_empty())?;
    read.ok()
}

/// The literals that a program gives a name at top level, in order: each by itself, without
/// a call such as `np.array(…)` around it.
pub fn written_literals<'a>(ast: &'a Ast, name: &'a str) -> impl Iterator<Item = Span> + 'a {
    let block = ast.block(Ast::PROGRAM).iter();
    block.filter_map(move |&stmt| {
        let StmtKind::Assign(symbol, _, mut expr) = ast.stmt(stmt).kind else {
            return None;
        };
        if ast.name(symbol) != name {
            return None;
        }
        if let ExprKind::Call(callee, arguments) = &ast.expr(expr).kind {
            let (ExprKind::Attribute(_, called) | ExprKind::Name(called)) = ast.expr(*callee).kind
            else {
                return None;
            };
            let other = module_function(ast.name(called)).map(|f| f.function);
            let is_defined = ast.defs.iter().any(|def| def.name == called);
            if is_defined || other.is_some_and(|other| other != Function::Same) {
                return None;
            }
            expr = arguments.first().filter(|it| it.keyword.is_none())?.value;
        }
        tensor(ast, expr).map(|_| ast.expr(expr).span)
    })
}

/// The tensor an expression writes out; none if it is no literal.
pub(super) fn tensor(ast: &Ast, expr: ExprId) -> Option<Read> {
    tensor_of(ast, expr, |item| number(ast, item))
}

/// The tensor that an expression writes out in numbers that are read one by one.
pub(super) fn tensor_of(
    ast: &Ast,
    expr: ExprId,
    mut number: impl FnMut(ExprId) -> Option<f64>,
) -> Option<Read> {
    if !matches!(ast.expr(expr).kind, ExprKind::List(_)) {
        let value = number(expr)?;
        return Some(Ok(Tensor {
            shape: Vec::new(),
            values: vec![value],
        }));
    }
    let mut shape: Vec<usize> = Vec::new();
    let mut values = Vec::new();
    // Lists that are open, outermost first, each with its next item.
    let mut open: Vec<(&[ExprId], usize)> = Vec::new();
    let mut leaf = None;
    let mut wrong: Option<(Span, String)> = None;
    let mut next = Some(expr);
    loop {
        if let Some(item) = next.take() {
            let span = ast.expr(item).span;
            if let ExprKind::List(items) = &ast.expr(item).kind {
                let depth = open.len();
                if depth >= MAX_RANK {
                    return Some(Err((
                        span,
                        format!("a value can have at most {MAX_RANK} axes"),
                    )));
                }
                if leaf.is_some_and(|leaf| depth >= leaf) {
                    wrong.get_or_insert((span, ragged("a number", "a list")));
                } else if depth == shape.len() {
                    shape.push(items.len());
                } else if shape[depth] != items.len() {
                    let sizes = (shape[depth].to_string(), items.len().to_string());
                    wrong.get_or_insert((span, ragged(&sizes.0, &sizes.1)));
                }
                open.push((items, 0));
            } else {
                values.push(number(item)?);
                let depth = open.len();
                if *leaf.get_or_insert(depth) != depth || depth < shape.len() {
                    wrong.get_or_insert((span, ragged("a list", "a number")));
                }
            }
        }
        let Some((items, at)) = open.last_mut() else {
            break;
        };
        if let Some(&item) = items.get(*at) {
            *at += 1;
            next = Some(item);
        } else {
            open.pop();
        }
    }
    Some(match wrong {
        Some(wrong) => Err(wrong),
        None => Ok(Tensor { shape, values }),
    })
}

fn ragged(before: &str, here: &str) -> String {
    format!("the rows of this value differ: {before} before, {here} here")
}

fn number(ast: &Ast, mut expr: ExprId) -> Option<f64> {
    let mut minus = false;
    loop {
        match ast.expr(expr).kind {
            ExprKind::Number { value, is_whole } if minus => return Some(negated(value, is_whole)),
            ExprKind::Number { value, .. } => return Some(value),
            ExprKind::Unary(op, operand) => {
                minus ^= op == Unary::Minus;
                expr = operand;
            }
            _ => return None,
        }
    }
}

/// A number with a minus before it: among whole numbers there is one 0.
pub(super) fn negated(value: f64, is_whole: bool) -> f64 {
    if is_whole && value == 0.0 {
        return 0.0;
    }
    -value
}

impl Lowerer<'_> {
    /// The literal in `x = literal` or `x = np.array(literal)`.
    fn literal(&self, mut expr: ExprId) -> Option<(Library, Read)> {
        let mut library = Library::Python;
        let mut given: &[Argument] = &[];
        if let ExprKind::Call(callee, arguments) = &self.ast.expr(expr).kind {
            let function = match self.ast.expr(*callee).kind {
                ExprKind::Attribute(base, name) => self
                    .module(base)
                    .and_then(|library| Some((module_function(self.ast.name(name))?, library))),
                ExprKind::Name(name) => match self.lookup(name) {
                    Some(Value::Function(signature, _, library)) => Some((signature, library)),
                    _ => None,
                },
                _ => None,
            };
            match (function, arguments.first()) {
                (Some((made, of)), Some(first))
                    if made.function == Function::Same && first.keyword.is_none() =>
                {
                    expr = first.value;
                    library = of;
                    given = arguments;
                }
                _ => return None,
            }
        }
        let read = tensor(self.ast, expr)?;
        let read = read.and_then(|tensor| {
            let place = self.ast.expr(expr).span;
            let stored = self.stored(&tensor.values, given);
            stored.map(|()| tensor).map_err(|text| (place, text))
        });
        Some((library, read))
    }

    /// Refuses a type behind the numbers of `np.array` that would change them: whole numbers
    /// lose what is behind the point, and truth values all but whether they are 0.
    pub(super) fn stored(&self, values: &[f64], arguments: &[Argument]) -> Result<(), String> {
        let types = arguments.iter().skip(1).filter_map(|argument| {
            let is_type = argument
                .keyword
                .is_none_or(|it| self.ast.name(it) == "dtype");
            match self.ast.expr(argument.value).kind {
                ExprKind::Name(name) | ExprKind::Attribute(_, name) if is_type => {
                    Some(self.ast.name(name))
                }
                _ => None,
            }
        });
        for name in types {
            let whole = name.trim_start_matches('u').starts_with("int");
            let changes = match name {
                "bool" | "bool_" => values.iter().any(|&value| value != 0.0 && value != 1.0),
                _ if whole || matches!(name, "long" | "short") => {
                    values.iter().any(|value| value.fract() != 0.0)
                }
                _ => false,
            };
            if changes {
                return Err(format!(
                    "'{name}' would cut these numbers off: write them as they are to be, or \
                     leave '{name}' out"
                ));
            }
        }
        Ok(())
    }

    /// The value given in place of an input's literal, if the statement makes the last input of its name.
    pub(super) fn overridden(&self, stmt: StmtId, name: Symbol) -> Option<&Tensor> {
        let given = self.overrides.get(self.ast.name(name))?;
        let later = self.ast.block(Ast::PROGRAM).iter().rev().find(|&&other| {
            matches!(self.ast.stmt(other).kind,
                StmtKind::Assign(n, _, value) if n == name && self.literal(value).is_some())
        });
        (later == Some(&stmt)).then_some(given)
    }

    /// Makes an input of `name = literal`; false if it is no literal.
    pub(super) fn input(&mut self, stmt: StmtId, name: Symbol, expr: ExprId) -> bool {
        let span = self.ast.expr(expr).span;
        let Some((library, read)) = self.literal(expr) else {
            return false;
        };
        let tensor = match read {
            Ok(tensor) => self.overridden(stmt, name).cloned().unwrap_or(tensor),
            Err((span, message)) => {
                let poison = self.fail(span, Message::Error(message));
                self.assign(name, poison);
                return true;
            }
        };
        let bytes = elements(&tensor.shape).map_or(usize::MAX, |n| n.saturating_mul(8));
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_BYTES {
            let text = "the values of this program take more than 64 MiB";
            self.fail(span, Message::Fatal(text.into()));
            return true;
        }
        let label = self.labels.len() - 1;
        let origin = Origin {
            span: self.ast.stmt(stmt).span,
            label: label as u32,
            role: Role::Written,
        };
        let shape = self.graph.shapes.intern(&tensor.shape);
        let node = self.graph.push_input(shape, tensor.values.into(), origin);
        self.labels[label].root = Some(node);
        self.inputs.push(Input {
            name: self.ast.name(name).to_owned(),
            node,
            pragma: self.ast.pragma(stmt).unwrap_or_default(),
            span,
        });
        let made = self.made_by(library, Value::Node(node), node.index(), span);
        self.assign(name, made.unwrap_or(Value::Node(node)));
        true
    }
}

//! Numbers as one types them into a field or behind an option: `-0.5`, `1/3`, `2*pi`,
//! `-sqrt(2)`. Each is an expression of the language, computed here and now.

use super::literal::{sole, tensor_of};
use super::{Lowerer, Overrides, Task, Tensor, Value, lowerer};
use crate::number::{brief, lowered_digit};
use crate::source::Span;
use crate::syntax::ast::{Ast, ExprId, ExprKind, Library, Symbol};
use crate::syntax::parse;

/// Longest text of a single number, in bytes.
const MAX_TEXT: usize = 1000;

/// Most tasks that one number may take.
const MAX_TASKS: usize = 10_000;

/// Names of numbers.
const NAMES: [(&str, f64); 7] = [
    ("pi", std::f64::consts::PI),
    ("π", std::f64::consts::PI),
    ("inf", f64::INFINITY),
    ("Infinity", f64::INFINITY),
    ("infinity", f64::INFINITY),
    ("nan", f64::NAN),
    ("NaN", f64::NAN),
];

/// Modules by the names that they are imported under.
const MODULES: [(&str, Library); 6] = [
    ("math", Library::Python),
    ("np", Library::Numpy),
    ("numpy", Library::Numpy),
    ("torch", Library::Torch),
    ("jnp", Library::Jax),
    ("F", Library::Torch),
];

/// Reads one number. Not only a literal: any expression of the language that is known at once.
/// The minus sign, ∞ and powers of ten are read as the page writes them too.
///
/// # Errors
/// What is wrong with the text, and what to write instead.
pub fn constant(text: &str) -> Result<f64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a number is missing, such as 0.5, 1/3 or -sqrt(2)".to_owned());
    }
    if text.len() > MAX_TEXT {
        return Err("the text is too long for one number".to_owned());
    }
    if text.contains('#') {
        // A comment, as in a program, would leave out what stands behind it.
        return Err(no_number(text));
    }
    let read = constants(text).and_then(|tensor| match tensor.values.as_slice() {
        &[value] if tensor.shape.is_empty() => Ok(value),
        _ => Err(format!("'{text}' is a list, not one number")),
    });
    read.map_err(|error| comma(text).unwrap_or(error))
}

/// Reads a number or a nested list of numbers, each as [`constant`] reads one.
///
/// # Errors
/// What is wrong with the text.
pub fn constants(text: &str) -> Result<Tensor, String> {
    read(text.trim(), Literals::Exact)
}

/// Reads a number or a nested list of numbers as [`constants`] does, but literals as a program has
/// them: 1e999 is ∞.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_value(text: &str) -> Result<Tensor, String> {
    let text = text.trim();
    read(text, Literals::Nearest).map_err(|error| match comma(text) {
        Some(advice) => advice,
        None if error == no_number(text) => format!("{error} or a nested list of numbers"),
        None => error,
    })
}

/// How literals past the range of numbers are read.
#[derive(Clone, Copy, PartialEq)]
enum Literals {
    /// Not at all.
    Exact,
    /// As ∞ and 0.
    Nearest,
}

fn no_number(text: &str) -> String {
    format!("'{text}' is not a number")
}

fn read(text: &str, literals: Literals) -> Result<Tensor, String> {
    let source = plain(text);
    let (mut ast, diagnostics) = parse(&source);
    if let Some(first) = diagnostics.first() {
        return Err(first.message.clone());
    }
    let Some(expr) = sole(&ast) else {
        return Err(no_number(text));
    };
    name_constants(&mut ast);
    let overrides = Overrides::default();
    let mut reader = Reader {
        source: &source,
        literals,
        lowerer: lowerer(&ast, &overrides, MAX_TASKS),
    };
    reader.bind();
    let mut error = None;
    let tensor = tensor_of(&ast, expr, |item| {
        reader.number(item).map_err(|e| error = Some(e)).ok()
    });
    match tensor {
        Some(tensor) => tensor.map_err(|(_, message)| message),
        None => Err(error.unwrap_or_else(|| no_number(text))),
    }
}

/// A text with what is typeset as the language writes it.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let mut behind = rest.chars();
        behind.next();
        rest = behind.as_str();
        match letter {
            '\u{2212}' => plain.push('-'),
            '∞' => plain.push_str("inf"),
            '×' if plain.ends_with(|c: char| c.is_ascii_digit() || c == '.') => {
                if let Some((power, behind)) = power_of_ten(rest) {
                    plain.push('e');
                    plain.push_str(&power);
                    rest = behind;
                } else {
                    plain.push(letter);
                }
            }
            _ => plain.push(letter),
        }
    }
    plain
}

/// The power in `10⁻³`, and what stands behind it.
fn power_of_ten(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix("10")?;
    let mut power = String::new();
    if let Some(behind) = rest.strip_prefix('⁻') {
        power.push('-');
        rest = behind;
    }
    let digits = power.len();
    while let Some(digit) = rest.chars().next().and_then(lowered_digit) {
        power.push(digit);
        let mut behind = rest.chars();
        behind.next();
        rest = behind.as_str();
    }
    (power.len() > digits).then_some((power, rest))
}

/// Makes `math.pi` and its kin plain names.
fn name_constants(ast: &mut Ast) {
    for at in 0..ast.exprs.len() {
        let ExprKind::Attribute(base, name) = ast.exprs[at].kind else {
            continue;
        };
        let ExprKind::Name(module) = ast.expr(base).kind else {
            continue;
        };
        let text = ast.name(name);
        let is_known = text == "e" || NAMES.iter().any(|known| known.0 == text);
        if is_known && MODULES.iter().any(|known| known.0 == ast.name(module)) {
            ast.exprs[at].kind = match text {
                "e" => ExprKind::Number {
                    value: std::f64::consts::E,
                    is_whole: false,
                },
                _ => ExprKind::Name(name),
            };
        }
    }
}

/// Computes the numbers of a text one by one.
struct Reader<'a> {
    source: &'a str,
    literals: Literals,
    lowerer: Lowerer<'a>,
}

impl<'a> Reader<'a> {
    /// Has the names of numbers and of modules stand for them.
    fn bind(&mut self) {
        let ast = self.lowerer.ast;
        let symbols = (0..ast.word_count()).map(|at| Symbol(at as u32));
        for symbol in symbols {
            let name = ast.name(symbol);
            let value = match NAMES.iter().find(|known| known.0 == name) {
                Some(&(_, value)) => Value::Number {
                    value,
                    span: Span::default(),
                    node: None,
                    folded: true,
                    is_whole: false,
                },
                None => match MODULES.iter().find(|known| known.0 == name) {
                    Some(&(_, library)) => Value::Module(library),
                    None => continue,
                },
            };
            self.lowerer.frame().names.insert(symbol, value);
        }
    }

    fn number(&mut self, expr: ExprId) -> Result<f64, String> {
        let ast = self.lowerer.ast;
        let span = ast.expr(expr).span;
        let text = self.text(span);
        let lowerer = &mut self.lowerer;
        if let ExprKind::Name(name) = ast.expr(expr).kind
            && lowerer.lookup(name).is_none()
        {
            return Err(no_number(text));
        }
        lowerer.left = MAX_TASKS;
        lowerer.tasks = vec![Task::Gates, Task::Expr(expr), Task::Numbers];
        lowerer.run();
        if let Some(first) = lowerer.diagnostics.first() {
            return Err(first.message.clone());
        }
        let value = match lowerer.pop() {
            Value::Number { value, .. } => value,
            Value::Function(..) => {
                return Err(format!(
                    "'{text}' is a function: write its argument, as in {text}(2)"
                ));
            }
            Value::Bool(is) => {
                return Err(format!("'{text}' is not a number: write {}", u8::from(is)));
            }
            _ => return Err(format!("'{text}' is not one number")),
        };
        // Operands come first: what it is made of stands right before it.
        let until = &ast.exprs[..=expr.0 as usize];
        let within = until.iter().rev();
        let within = within.take_while(|one| one.span.start >= span.start);
        let mut is_named = false;
        for one in within {
            match one.kind {
                ExprKind::Number { value: number, .. } if self.literals == Literals::Exact => {
                    let text = self.text(one.span);
                    fits(text, number).map_err(|why| format!("'{text}' {why}"))?;
                }
                ExprKind::Number { value: number, .. } => is_named |= number.is_infinite(),
                ExprKind::Name(name) => {
                    let name = ast.name(name);
                    is_named |= NAMES.iter().any(|&(n, v)| n == name && !v.is_finite());
                }
                _ => {}
            }
        }
        if value.is_finite() || is_named {
            return Ok(value);
        }
        let written = if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        };
        let is = brief(value);
        Err(format!(
            "'{text}' is {is}: write {written} if that is meant"
        ))
    }

    fn text(&self, span: Span) -> &'a str {
        let text = self.source.get(span.start as usize..span.end as usize);
        text.unwrap_or_default()
    }
}

/// Whether a literal is the number it says, as near as there is one; else what it is.
pub(crate) fn fits(text: &str, number: f64) -> Result<(), &'static str> {
    let digits = text.split(['e', 'E']).next().unwrap_or_default();
    if number.is_infinite() {
        return Err("is too large: the largest number is about 1.8e308; write inf for ∞");
    }
    if number == 0.0 && digits.contains(|c: char| ('1'..='9').contains(&c)) {
        return Err("is too small: write 0");
    }
    Ok(())
}

/// What to write instead of a number with commas; none where a comma is no part of a number.
fn comma(text: &str) -> Option<String> {
    let (before, behind) = text.split_once(',')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let start = before.trim_start_matches(['-', '+', '\u{2212}']);
    let is_group = |text: &str| text.len() == 3 && is_digits(text);
    let mut written = Vec::new();
    if is_digits(behind) {
        // 1,5 and 1.234,5
        let mut groups = start.split('.');
        let is_whole = groups.next().is_some_and(is_digits) && groups.all(is_group);
        if is_whole {
            written.push(format!("{}.{behind}", before.replace('.', "")));
        }
    }
    // 1,234 and 1,234,567.5
    let (whole, part) = behind.split_once('.').unwrap_or((behind, "0"));
    if start.len() <= 3
        && is_digits(start)
        && !start.starts_with('0')
        && is_digits(part)
        && whole.split(',').all(is_group)
    {
        written.push(text.replace(',', ""));
    }
    let written = written.join(" or ");
    (!written.is_empty()).then(|| format!("'{text}' is not a number: write {written}"))
}

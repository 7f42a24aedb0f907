//! A program extended by lines of its own language: what second-order derivatives are
//! used for.

use super::{Model, Overrides};
use crate::graph::NodeId;
use crate::host::goes_on_name;
use crate::shape::Display;
use crate::syntax::ast::{Ast, StmtKind};
use crate::syntax::parse;
use std::fmt::Write;

/// Most numbers of a vector that is written into a program.
const MAX_WRITTEN: usize = 1000;

/// What a program is extended by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// The inner product of the gradient with a vector: its gradient is the
    /// Hessian-vector product.
    HessianVector,
    /// The squared norm of the gradient: its gradient is twice the Hessian times the
    /// gradient.
    GradientNorm,
    /// A penalty on the squares of an input.
    Regularisation,
    /// Newton's step of one number: to where the slope would be 0.
    Newton,
}

impl Extension {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::HessianVector,
        Self::GradientNorm,
        Self::Regularisation,
        Self::Newton,
    ];

    /// The one of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::HessianVector => "hvp",
            Self::GradientNorm => "penalty",
            Self::Regularisation => "l2",
            Self::Newton => "newton",
        }
    }
}

impl Model {
    /// The program's text with lines behind it that compute, of its output by one of its
    /// inputs, what is asked for. The names that the lines assign are new, comments stay,
    /// and an output without a name is given one.
    ///
    /// # Errors
    /// Why the program cannot be extended so, in the reader's words.
    pub fn extended(&self, kind: Extension, input: NodeId) -> Result<String, String> {
        let program = &self.program;
        let found = program.inputs.iter().find(|one| one.node == input);
        let x = &found.ok_or("choose one of the program's inputs")?.name;
        let last = program.names.iter().find(|name| name.name == *x);
        if last.is_none_or(|last| last.node != input) {
            return Err(format!(
                "{x} stands for another value at the end of the program: \
                 give this input a name of its own"
            ));
        }
        let graph = &program.graph;
        let of = graph.shape(program.output);
        if !of.is_empty() {
            return Err(format!(
                "the output has shape {}, and this is for one number: sum it first, say",
                Display(of)
            ));
        }
        let shape = graph.shape(input);
        let count: usize = shape.iter().product();
        let is_scalar = shape.is_empty();
        if kind == Extension::Newton && !is_scalar {
            return Err(format!(
                "{x} has shape {}, and this step is of one number: for more of them it takes \
                 the whole Hessian",
                Display(shape)
            ));
        }
        if kind == Extension::HessianVector && count > MAX_WRITTEN {
            return Err(format!(
                "{x} has {count} numbers, and v would have as many: at most {MAX_WRITTEN} are written"
            ));
        }
        let mut text = self.source.trim_end().to_owned();
        let mut names = Names::new(&text);
        let output = match &program.output_name {
            Some(name) => name.clone(),
            None => names.give(&mut text)?,
        };
        let inner = |a: &str, b: &str| {
            if is_scalar {
                format!("{a} * {b}")
            } else {
                format!("({a} * {b}).sum()")
            }
        };
        let mut free = |choices: &[&str]| names.free(choices);
        let lines = match kind {
            Extension::HessianVector => {
                let (v, g, p) = (free(&["v", "u"]), free(&["g", "d"]), free(&["p", "q"]));
                format!(
                    "# Hessian-vector product: the gradient of {p} by {x} is H {v}\n\
                     {v} = {}\n{g} = grad({output}, {x})\n{p} = {}\n",
                    unit(shape),
                    inner(&g, &v)
                )
            }
            Extension::GradientNorm => {
                let (g, r) = (free(&["g", "d"]), free(&["R", "P"]));
                format!(
                    "# Gradient-norm penalty: the gradient of {r} by {x} is 2 H {g}\n\
                     {g} = grad({output}, {x})\n{r} = {}\n",
                    inner(&g, &g)
                )
            }
            Extension::Regularisation => {
                let (lam, r, j) = (
                    free(&["lam", "strength"]),
                    free(&["R", "P"]),
                    free(&["J", "E"]),
                );
                format!(
                    "# L2 regularisation: its gradient draws {x} towards 0\n\
                     {lam} = 0.1\n{r} = {}\n{j} = {output} + {lam} * {r}\n",
                    inner(x, x)
                )
            }
            Extension::Newton => {
                let (g, h) = (free(&["g", "d"]), free(&["h", "H"]));
                let next = free(&[&format!("{x}_next")]);
                format!(
                    "# Newton's step: to where the slope would be 0\n\
                     {g} = grad({output}, {x})\n{h} = grad({g}, {x})\n{next} = {x} - {g} / {h}\n"
                )
            }
        };
        let _ = write!(text, "\n\n{lines}");
        match Self::new(&text, &Overrides::default()) {
            Ok(_) => Ok(text),
            Err(wrong) => {
                let why = wrong.first().map_or("", |wrong| wrong.message.as_str());
                Err(format!("the program cannot be extended so: {why}"))
            }
        }
    }
}

/// The names that a text has, wherever they stand.
struct Names {
    taken: Vec<String>,
}

impl Names {
    fn new(text: &str) -> Self {
        let words = text.split(|c: char| !goes_on_name(c));
        Self {
            taken: words.map(str::to_owned).collect(),
        }
    }

    /// The first name that is free, or one with a number behind it.
    fn free(&mut self, choices: &[&str]) -> String {
        let is_free = |name: &str| !self.taken.iter().any(|taken| taken == name);
        let plain = choices.iter().find(|name| is_free(name));
        let name = plain.map_or_else(
            || {
                let first = choices.first().unwrap_or(&"a");
                let numbered = (2..).map(|n| format!("{first}{n}"));
                let mut numbered = numbered.filter(|name| is_free(name));
                numbered.next().unwrap_or_default()
            },
            |&name| name.to_owned(),
        );
        self.taken.push(name.clone());
        name
    }

    /// Gives the expression at the end of a program a name.
    fn give(&mut self, text: &mut String) -> Result<String, String> {
        let (ast, _) = parse(text);
        let last = ast.block(Ast::PROGRAM).last();
        let last = last.map(|&last| ast.stmt(last));
        let last = last.filter(|last| matches!(last.kind, StmtKind::Expr(_)));
        let start = last.map(|last| last.span.start as usize);
        let halves = start.and_then(|start| text.split_at_checked(start));
        let (before, last) = halves.ok_or("give the output a name first")?;
        let name = self.free(&["L", "f"]);
        *text = format!("{before}{name} = {last}");
        Ok(name)
    }
}

/// The first unit vector of a shape, as the language writes it.
fn unit(shape: &[usize]) -> String {
    let count: usize = shape.iter().product();
    let mut parts: Vec<String> = (0..count).map(|at| u8::from(at == 0).to_string()).collect();
    if shape.is_empty() {
        return "1".to_owned();
    }
    for &size in shape.iter().rev() {
        let rows = parts.chunks(size.max(1));
        parts = rows.map(|row| format!("[{}]", row.join(", "))).collect();
    }
    parts.pop().unwrap_or_default()
}

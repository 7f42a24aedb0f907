//! Statements that open a block, and imports.

use super::ast::{BlockId, Def, DefId, ExprId, ExprKind, Import, Library, StmtKind, Symbol};
use super::lex::Kind;
use super::parse::{MAX_DEPTH, NO_TYPES, Open, Parser};
use crate::count::Counts;
use crate::source::Span;

const MODULES: &[&str] = &["math", "numpy", "torch", "torch.nn.functional", "jax.numpy"];

/// What else may be imported or imported from, since it holds those or their functions.
const PACKAGES: &[&str] = &[
    "torch.nn",
    "jax",
    "jax.nn",
    "numpy.linalg",
    "torch.linalg",
    "jax.numpy.linalg",
];

/// Modules as packages name them: `from torch.nn import functional as F`.
pub(crate) const PARTS: &[&str] = &["nn", "functional", "numpy", "linalg"];

/// Whose functions a module has, by its path.
fn library(path: &str) -> Library {
    match path.split_once('.').map_or(path, |(first, _)| first) {
        "numpy" => Library::Numpy,
        "jax" => Library::Jax,
        "torch" => Library::Torch,
        _ => Library::Python,
    }
    .part(path.rsplit('.').next().unwrap_or_default())
}

impl Parser<'_> {
    /// Reads what follows the colon: the rest of the line, or an indented block.
    pub(super) fn body(&mut self, block: BlockId, def: Option<DefId>, start: Span) {
        if !self.eat(":") {
            let span = self.span();
            let message = match self.text() {
                "->" => NO_TYPES,
                _ => "':' is expected here",
            };
            self.error(span, message);
            self.skip_line();
        }
        if self.blocks.len() > MAX_DEPTH {
            self.error(
                start,
                format!("blocks are nested more than {MAX_DEPTH} deep"),
            );
            self.skip_line();
            return;
        }
        if self.kind() != Kind::Newline {
            self.blocks.push(Open { block, def });
            self.statements();
            self.blocks.pop();
            return;
        }
        self.advance();
        if self.kind() == Kind::Indent {
            self.advance();
            // `line` goes on with the block, and `close` ends it.
            self.blocks.push(Open { block, def });
        } else {
            self.error(start, "the lines of this block are missing: indent them");
        }
    }

    pub(super) fn definition(&mut self) {
        let start = self.span();
        self.advance();
        if self.blocks.len() > 1 {
            self.error(
                start,
                "a 'def' stands at the left margin, not within a block",
            );
        }
        let (Some(name), true) = (self.name(), self.eat("(")) else {
            self.error(start, "a definition reads 'def name(a, b):'");
            return self.skip_statement();
        };
        let mut parameters: Vec<(Symbol, Option<ExprId>)> = Vec::new();
        let mut positional = usize::MAX;
        while !self.is(")") {
            let span = self.span();
            if self.is_prelude && self.eat("*") {
                positional = parameters.len();
                self.eat(",");
            }
            let Some(parameter) = self.name() else {
                return self.skip_statement();
            };
            if parameters.iter().any(|p| p.0 == parameter) {
                let text = self.ast.name(parameter).to_owned();
                self.error(span, format!("the parameter '{text}' stands twice"));
            }
            let default = self.eat("=").then(|| self.expression());
            if default.is_none() && parameters.last().is_some_and(|p| p.1.is_some()) {
                self.error(
                    span,
                    "a parameter without a default cannot follow one with a default",
                );
            }
            parameters.push((parameter, default));
            if !self.eat(",") && !self.is(")") {
                let span = self.span();
                let message = match self.text() {
                    ":" => NO_TYPES,
                    _ => "',' or ')' is expected here",
                };
                self.error(span, message);
                return self.skip_statement();
            }
        }
        self.advance();
        let block = self.ast.push_block();
        let id = DefId(self.ast.defs.len() as u32);
        let span = start.to(self.span());
        self.ast.defs.push(Def {
            name,
            parameters: parameters.into(),
            positional,
            body: block,
            locals: Counts::default(),
            span,
        });
        self.push(StmtKind::Def(id), start);
        self.body(block, Some(id), start);
    }

    pub(super) fn repetition(&mut self) {
        let start = self.span();
        self.advance();
        let Some(name) = self.name() else {
            return self.skip_statement();
        };
        self.assigns(name);
        let form = "a loop reads 'for i in range(n):'";
        if !self.is_word("in") {
            self.error(start, form);
            return self.skip_statement();
        }
        self.advance();
        let iterated = self.expression();
        let span = self.ast.expr(iterated).span;
        let range = match &self.ast.expr(iterated).kind {
            ExprKind::Call(callee, arguments) => match &self.ast.expr(*callee).kind {
                ExprKind::Name(function) if self.ast.name(*function) == "range" => {
                    let keyword = arguments.iter().any(|a| a.keyword.is_some());
                    let ok = !keyword && (1..=3).contains(&arguments.len());
                    ok.then(|| arguments.iter().map(|a| a.value).collect::<Box<[_]>>())
                }
                _ => None,
            },
            _ => None,
        };
        let range = range.unwrap_or_else(|| {
            if !matches!(self.ast.expr(iterated).kind, ExprKind::Error) {
                self.error(span, form);
            }
            Box::default()
        });
        let body = self.ast.push_block();
        self.push(StmtKind::For { name, range, body }, start);
        self.body(body, None, start);
    }

    pub(super) fn import(&mut self) {
        let start = self.span();
        let from = self.is_word("from");
        let mut bound = Vec::new();
        self.advance();
        loop {
            let (module, first) = self.module();
            let span = start.to(self.span());
            if ![MODULES, PACKAGES].concat().contains(&module.as_str()) {
                let known = MODULES.join(", ");
                self.error(span, format!("'{module}' cannot be imported: only {known}"));
                return self.skip_line();
            }
            if from {
                self.imported_names(&mut bound, library(&module));
                break;
            }
            bound.extend(if self.is_word("as") {
                self.advance();
                let name = self.name();
                name.map(|name| Import::Module(name, library(&module)))
            } else {
                let package = module.split('.').next().map_or(Library::Python, library);
                first.map(|name| Import::Module(name, package))
            });
            if !self.eat(",") {
                break;
            }
        }
        self.push(StmtKind::Import(bound.into()), start);
    }

    /// A dotted name, and its first part.
    pub(super) fn module(&mut self) -> (String, Option<Symbol>) {
        let mut path = self.text().to_owned();
        let first = self.name();
        while self.eat(".") {
            path.push('.');
            path.push_str(self.text());
            self.advance();
        }
        (path, first)
    }

    pub(super) fn imported_names(&mut self, bound: &mut Vec<Import>, library: Library) {
        if !self.is_word("import") {
            let span = self.span();
            self.error(span, "'import' is expected here");
            return self.skip_line();
        }
        self.advance();
        if self.eat("*") {
            bound.push(Import::Everything(library));
            return;
        }
        let bracket = self.eat("(");
        loop {
            let span = self.span();
            let Some(function) = self.name() else {
                return self.skip_line();
            };
            let mut name = function;
            if self.is_word("as") {
                self.advance();
                let Some(alias) = self.name() else {
                    return self.skip_line();
                };
                name = alias;
            }
            let part = self.ast.name(function);
            bound.push(if PARTS.contains(&part) {
                Import::Module(name, library.part(part))
            } else {
                Import::Function(name, function, span, library)
            });
            if !self.eat(",") {
                break;
            }
        }
        if bracket && !self.eat(")") {
            let span = self.span();
            self.error(span, "')' is expected here");
        }
    }
}

//! What may be meant where shapes do not fit: edits of the text, of which only those are
//! offered with which the text has no such mistake there.

mod axes;
mod elementwise;
mod lists;
mod products;
mod targets;
mod write;

use super::misfit::{Site, Sites};
use super::{Overrides, lower_within};
use crate::host::goes_on_name;
use crate::lower::functions::{Function, module_function};
use crate::shape::broadcast;
use crate::sort;
use crate::source::{Diagnostic, Fix, Misfit, Span};
use crate::syntax::ast::{Argument, Ast, Binary, ExprId, ExprKind};
use crate::syntax::parse;
use std::fmt::Write;

/// How many mistakes are advised on.
const MOST_ADVISED: usize = 8;
/// How many edits are tried for one mistake, and how many are told.
const MOST_TRIED: usize = 12;
const MOST_TOLD: usize = 4;
/// What all trials together may take: bytes to read, and tasks and nodes of derivatives.
const MOST_BYTES: usize = 1 << 20;
const MOST_TASKS: usize = 200_000;

/// A piece of text in place of another.
type Edit = (Span, String);

/// An edit that may be meant.
struct Idea {
    /// What it does, to be read after "try".
    message: String,
    edit: Edit,
    /// How what it changes then reads.
    said: Option<String>,
    /// Whether it is likely enough to be said at once.
    is_likely: bool,
}

impl Idea {
    /// One that is offered and not said at once.
    fn new(message: String, edit: Edit) -> Self {
        Self {
            message,
            edit,
            said: None,
            is_likely: false,
        }
    }

    /// A likely one, with how what it changes then reads.
    fn likely(message: String, edit: Edit, said: Option<String>) -> Self {
        Self {
            said,
            is_likely: true,
            ..Self::new(message, edit)
        }
    }

    /// As one that is not likely.
    fn quiet(self) -> Self {
        Self {
            is_likely: false,
            ..self
        }
    }
}

/// Where a mistake about shapes is.
struct Context<'a> {
    source: &'a str,
    ast: &'a Ast,
    sites: &'a Sites,
    span: Span,
    misfit: &'a Misfit,
}

/// What an edit comes to.
enum Outcome {
    /// The mistake is gone; so many are left.
    Left(usize),
    /// The mistake is still there, or another of the text.
    Fails,
    /// It takes too long to see.
    Unknown,
}

/// Fills in what may be meant, and says the likeliest behind the message. `unread` of the
/// mistakes are of reading.
pub fn advise(
    source: &str,
    ast: &Ast,
    overrides: &Overrides,
    unread: usize,
    diagnostics: &mut [Diagnostic],
) {
    let has_ideas = |d: &Diagnostic| d.shapes.is_some() || d.meant.is_some();
    if !diagnostics.iter().any(has_ideas) {
        return;
    }
    let sites = Sites::new(ast);
    let mut trials = Trials {
        source,
        overrides,
        unread,
        bytes: MOST_BYTES,
        tasks: MOST_TASKS,
    };
    let mut advised = 0;
    for diagnostic in diagnostics.iter_mut().filter(|d| has_ideas(d)) {
        advised += 1;
        let span = diagnostic.span;
        if let Some(meant) = diagnostic.meant.take() {
            let edit = last_name(source, span).map(|name| (name, meant));
            let around = sites.called(ast, span);
            if let Some(edit) = edit.filter(|_| advised <= MOST_ADVISED)
                && let Outcome::Left(_) = trials.outcome(around, &edit)
            {
                let _ = write!(diagnostic.message, ": did you mean '{}'?", edit.1);
            }
        }
        if advised > MOST_ADVISED {
            continue;
        }
        let Some(misfit) = diagnostic.shapes.as_deref_mut() else {
            continue;
        };
        let context = Context {
            source,
            ast,
            sites: &sites,
            span,
            misfit,
        };
        let mut found: Vec<((bool, usize), Fix, Option<String>)> = Vec::new();
        for Idea {
            message,
            edit,
            said,
            is_likely,
        } in context.ideas().into_iter().take(MOST_TRIED)
        {
            if found.iter().any(|(_, fix, _)| fix.message == message) {
                continue;
            }
            match trials.outcome(span, &edit) {
                Outcome::Left(count) => {
                    let edit = Some(edit);
                    let said = said.filter(|_| is_likely);
                    found.push(((!is_likely, count), Fix { message, edit }, said));
                }
                Outcome::Fails => {}
                Outcome::Unknown => {
                    let edit = None;
                    found.push(((true, usize::MAX), Fix { message, edit }, None));
                }
            }
        }
        // With which least is wrong elsewhere, of those that are likely and then the others.
        sort::by_key(&mut found, |found| found.0);
        found.truncate(MOST_TOLD);
        if let Some((_, _, Some(said))) = found.first() {
            let _ = write!(diagnostic.message, ": did you mean {said}?");
        }
        misfit.fixes = found.into_iter().map(|(_, fix, _)| fix).collect();
    }
}

/// Tries edits, until that takes too long.
struct Trials<'a> {
    source: &'a str,
    overrides: &'a Overrides,
    unread: usize,
    bytes: usize,
    tasks: usize,
}

impl Trials<'_> {
    fn outcome(&mut self, place: Span, (span, with): &Edit) -> Outcome {
        let before = self.source.get(..span.start as usize);
        let after = self.source.get(span.end as usize..);
        let (Some(before), Some(after)) = (before, after) else {
            return Outcome::Fails;
        };
        let text = [before, with, after].concat();
        let Some(bytes) = self.bytes.checked_sub(text.len()) else {
            return Outcome::Unknown;
        };
        self.bytes = bytes;
        let (ast, unread) = parse(&text);
        if unread.len() > self.unread {
            return Outcome::Fails;
        }
        let (_, wrong, left) = lower_within(&ast, self.overrides, self.tasks);
        self.tasks = left;
        if left == 0 {
            return Outcome::Unknown;
        }
        let place = moved(place, *span, with.len());
        let edited = moved(*span, *span, with.len());
        // What is wrong there with the edit is what it made.
        let fails = |d: &Diagnostic| {
            let Span { start, end } = d.span;
            let within = start >= place.start && end <= place.end;
            d.span == place || within && start <= edited.end && end >= edited.start
        };
        if unread.iter().chain(&wrong).any(fails) {
            return Outcome::Fails;
        }
        Outcome::Left(unread.len() + wrong.len())
    }
}

/// The place of the name behind the last dot of a place, or of all of it.
fn last_name(source: &str, span: Span) -> Option<Span> {
    let text = source.get(span.start as usize..span.end as usize)?;
    let name = text.rsplit('.').next().unwrap_or_default().trim_start();
    let is_name = name.chars().all(goes_on_name);
    is_name.then(|| Span {
        start: span.end - name.len() as u32,
        end: span.end,
    })
}

/// Where a piece of text is after an edit within it or elsewhere.
fn moved(place: Span, edited: Span, length: usize) -> Span {
    let by = length as i64 - i64::from(edited.end - edited.start);
    let shifted = |at: u32| u32::try_from(i64::from(at) + by).unwrap_or(at);
    let within = edited.start >= place.start && edited.end <= place.end;
    match () {
        () if within => Span {
            start: place.start,
            end: shifted(place.end),
        },
        () if edited.end <= place.start => Span {
            start: shifted(place.start),
            end: shifted(place.end),
        },
        () => place,
    }
}

impl Context<'_> {
    /// What may be meant, the likeliest first.
    fn ideas(&self) -> Vec<Idea> {
        match self.sites.at(self.span) {
            Some(Site::Augment(_, op, _)) => self.of_operator(op),
            Some(Site::Expr(id)) => match &self.ast.expr(id).kind {
                ExprKind::Binary(op, ..) => self.of_operator(*op),
                ExprKind::Compare(..) => self.elementwise(),
                ExprKind::Index(base, subscripts) => self.index(*base, subscripts),
                ExprKind::List(_) => self.transposed(|_| true),
                ExprKind::Call(callee, arguments) => self.of_call(*callee, arguments),
                _ => Vec::new(),
            },
            Some(Site::Target(_)) | None => Vec::new(),
        }
    }

    fn of_operator(&self, op: Binary) -> Vec<Idea> {
        match op {
            Binary::Matmul => self.products(),
            _ => self.elementwise(),
        }
    }

    fn of_call(&self, callee: ExprId, arguments: &[Argument]) -> Vec<Idea> {
        let (name, method) = match self.ast.expr(callee).kind {
            ExprKind::Name(name) => (name, false),
            ExprKind::Attribute(base, name) => {
                // A module's function has its operand among the arguments.
                let base = self.ast.expr(base).span;
                let receives = self.misfit.operands.iter().any(|o| o.span == base);
                (name, receives)
            }
            _ => return Vec::new(),
        };
        let Some(signature) = module_function(self.ast.name(name)) else {
            return Vec::new();
        };
        // The arguments behind the value itself.
        let rest = arguments.get(usize::from(!method)..).unwrap_or_default();
        match signature.function {
            Function::Matmul | Function::Dot => self.products(),
            Function::Concatenate => self.concatenated(arguments),
            Function::Stack => {
                let mut ideas = self.axis(rest, 1);
                ideas.extend(self.transposed(|_| true));
                ideas
            }
            Function::Reshape => self.reshaped(rest),
            Function::CrossEntropy | Function::Hinge => self.targets(),
            Function::Grad => self.summed(),
            _ if self.misfit.operands.len() == 1 => self.axis(rest, 0),
            Function::Elementwise(_)
            | Function::Extreme { .. }
            | Function::Clip
            | Function::Pow
            | Function::Prelude
            | Function::Loss(_) => self.elementwise(),
            _ => Vec::new(),
        }
    }

    /// The shapes of the operands.
    fn shapes(&self) -> Vec<&[usize]> {
        self.misfit.operands.iter().map(|o| &o.shape[..]).collect()
    }
}

/// The shape that shapes broadcast to.
fn broadcasts(shapes: &[&[usize]]) -> Option<Vec<usize>> {
    let mut all = shapes.iter();
    all.try_fold(Vec::new(), |wide, shape| broadcast(&wide, shape))
}

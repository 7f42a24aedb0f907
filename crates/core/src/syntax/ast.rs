//! The tree of a program, in flat tables: depth is data, nothing recurses.

use crate::count::Counts;
use crate::host::nfkc;
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A name in the form in which it is bound and looked up: as Python has it, two that differ
/// in how their letters are stored are one.
pub fn normal(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return name.into();
    }
    nfkc(name).into()
}

/// An interned name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol(pub u32);

/// An expression, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExprId(pub u32);

/// A statement, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StmtId(pub u32);

/// A sequence of statements, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId(pub u32);

/// A function definition, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DefId(pub u32);

/// An expression and its source.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its source, with its parentheses' contents but not the parentheses.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// What could not be read; a diagnostic says why.
    Error,
    /// A number.
    Number {
        /// Its value.
        value: f64,
        /// Whether it is written as a whole number, which Python counts with.
        is_whole: bool,
    },
    /// `True`, `False`
    Bool(bool),
    /// `None`
    None,
    /// A name.
    Name(Symbol),
    /// `-a`, `+a`
    Unary(Unary, ExprId),
    /// `a + b` …
    Binary(Binary, ExprId, ExprId),
    /// `a > b` …: a mask.
    Compare(&'static str, ExprId, ExprId),
    /// `f(a, key=b)`
    Call(ExprId, Box<[Argument]>),
    /// `a.name`
    Attribute(ExprId, Symbol),
    /// `a[1, 2:3]`
    Index(ExprId, Box<[Subscript]>),
    /// `[a, b]`
    List(Box<[ExprId]>),
    /// `(a, b)`
    Tuple(Box<[ExprId]>),
    /// `a if condition else b`: the condition, then the two. In the prelude alone.
    Choice([ExprId; 3]),
    /// `a is None`, or `a is not None`. In the prelude alone.
    IsNone(ExprId, bool),
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `**`
    Pow,
    /// `@`
    Matmul,
}

/// An argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// `name=`, if it is there.
    pub keyword: Option<Symbol>,
    /// Its value.
    pub value: ExprId,
}

/// One of the things between the brackets of an index.
#[derive(Clone, Copy, Debug)]
pub enum Subscript {
    /// One place.
    At(ExprId),
    /// `start:stop:step`, each optional.
    Slice([Option<ExprId>; 3]),
}

impl Subscript {
    /// The expressions in it, in order.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = ExprId> + use<> {
        let parts = match *self {
            Self::At(expr) => [Some(expr), None, None],
            Self::Slice(parts) => parts,
        };
        parts.into_iter().flatten()
    }
}

/// A statement and its source.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Its source, without a block that belongs to it.
    pub span: Span,
}

/// The forms of a statement.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `name = value`
    Assign(Symbol, Span, ExprId),
    /// `name += value` …
    Augment(Symbol, Span, Binary, ExprId),
    /// An expression on its own.
    Expr(ExprId),
    /// `return value`
    Return(ExprId),
    /// `def …`
    Def(DefId),
    /// `for name in range(arguments): body`
    For {
        /// The loop variable.
        name: Symbol,
        /// One to three arguments of `range`.
        range: Box<[ExprId]>,
        /// What is repeated.
        body: BlockId,
    },
    /// Names bound by an import.
    Import(Box<[Import]>),
    /// What could not be read, and the names it would have bound; a diagnostic says why.
    Refused(Box<[Symbol]>),
}

/// One name that an import binds.
#[derive(Clone, Debug)]
pub enum Import {
    /// The name stands for a module whose functions are ours.
    Module(Symbol, Library),
    /// The first name stands for our function of the second name.
    Function(Symbol, Symbol, Span, Library),
    /// Every name of a module.
    Everything(Library),
}

/// Whose functions a module has: where libraries differ, it decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Library {
    /// Python's own, or none that is known: the language decides.
    #[default]
    Python,
    /// `numpy`
    Numpy,
    /// `jax` and its parts
    Jax,
    /// `torch` and its parts
    Torch,
    /// `torch.linalg`, whose `norm` is NumPy's
    TorchLinalg,
}

impl Library {
    /// The library of a part of it.
    pub fn part(self, name: &str) -> Self {
        match self {
            Self::Torch if name == "linalg" => Self::TorchLinalg,
            _ => self,
        }
    }

    /// Whether its values are PyTorch's tensors.
    pub fn is_torch(self) -> bool {
        matches!(self, Self::Torch | Self::TorchLinalg)
    }
}

/// A function definition.
#[derive(Clone, Debug)]
pub struct Def {
    /// Its name.
    pub name: Symbol,
    /// Parameters, in order, with their defaults.
    pub parameters: Box<[(Symbol, Option<ExprId>)]>,
    /// How many of them can be given without their names.
    pub positional: usize,
    /// Its body.
    pub body: BlockId,
    /// The symbols of the names that the body assigns: these are its own.
    pub locals: Counts,
    /// The source of its first line.
    pub span: Span,
}

/// What a `#:` comment says of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pragma {
    /// `range low high`, and `step s`.
    pub range: Option<(f64, f64)>,
    /// The slider's step.
    pub step: Option<f64>,
    /// `fixed`: training leaves it alone.
    pub fixed: bool,
}

/// A program's tree.
#[derive(Clone, Debug, Default)]
pub struct Ast {
    /// Every expression, operands first.
    pub exprs: Vec<Expr>,
    /// Every statement.
    pub stmts: Vec<Stmt>,
    /// Every block; the first is the program.
    pub blocks: Vec<Vec<StmtId>>,
    /// Every definition.
    pub defs: Vec<Def>,
    /// What `#:` comments say of statements.
    pub pragmas: Vec<(StmtId, Pragma)>,
    /// The definitions of the prelude that the program names, which stand
    /// behind its own.
    pub prelude: Option<Prelude>,
    names: Vec<Box<str>>,
    symbols: FxHashMap<Box<str>, Symbol>,
}

/// What of the prelude stands in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Prelude {
    /// Its definitions.
    pub block: BlockId,
    /// The first of them, behind which all are its.
    pub first: DefId,
    /// Its first statement.
    pub from: StmtId,
}

impl Def {
    /// Whether the body assigns a name.
    pub fn assigns(&self, name: Symbol) -> bool {
        self.locals.has(u64::from(name.0))
    }
}

impl Ast {
    /// The block that is the program.
    pub const PROGRAM: BlockId = BlockId(0);

    /// The symbol of a name.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let name = &*normal(name);
        if let Some(&symbol) = self.symbols.get(name) {
            return symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        self.names.push(name.into());
        self.symbols.insert(name.into(), symbol);
        symbol
    }

    /// The text of a name.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }

    /// How many names there are.
    pub fn word_count(&self) -> usize {
        self.names.len()
    }

    /// The texts of all names, by symbol.
    pub fn words(&self) -> Vec<Box<str>> {
        self.names.clone()
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// A statement.
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }

    /// A block's statements.
    pub fn block(&self, id: BlockId) -> &[StmtId] {
        &self.blocks[id.0 as usize]
    }

    /// What a `#:` comment says of a statement.
    pub fn pragma(&self, stmt: StmtId) -> Option<Pragma> {
        // Comments come in the order of the statements.
        let at = self.pragmas.partition_point(|p| p.0.0 < stmt.0);
        self.pragmas.get(at).filter(|p| p.0 == stmt).map(|p| p.1)
    }

    /// The program's own statements.
    pub fn own(&self) -> &[Stmt] {
        let end = self.prelude.map(|prelude| prelude.from.0 as usize);
        &self.stmts[..end.unwrap_or(self.stmts.len())]
    }

    /// The prelude's definition of a name.
    pub fn library(&self, name: Symbol) -> Option<DefId> {
        let first = self.prelude?.first.0 as usize;
        let found = self.defs[first..].iter().position(|def| def.name == name)?;
        Some(DefId((first + found) as u32))
    }

    /// Whether a definition is of the prelude.
    pub fn is_library(&self, def: DefId) -> bool {
        self.prelude.is_some_and(|prelude| def.0 >= prelude.first.0)
    }

    /// A definition.
    pub fn def(&self, id: DefId) -> &Def {
        &self.defs[id.0 as usize]
    }

    /// Appends an expression.
    pub fn push_expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, span });
        ExprId(self.exprs.len() as u32 - 1)
    }

    /// Appends an empty block.
    pub fn push_block(&mut self) -> BlockId {
        self.blocks.push(Vec::new());
        BlockId(self.blocks.len() as u32 - 1)
    }
}

//! Calls: of functions, of methods, and of definitions, which are inlined.

use super::functions::{Function, function, module_function, names, nearest};
use super::program::Scope;
use super::{Frame, Lowerer, Message, Target, Task, Value};
use crate::count::{Counts, pair};
use crate::op::Op;
use crate::shape::{Axes, Display};
use crate::source::Span;
use crate::syntax::ast::{Argument, DefId, ExprId, ExprKind, StmtKind, Symbol};
use rustc_hash::FxHashMap;

/// Most operands of one gate.
const MAX_OPERANDS: usize = 1000;

/// What a function was called with.
struct Arguments {
    positional: Vec<(Value, Span)>,
    keywords: Vec<(Symbol, Value, Span)>,
}

impl Lowerer<'_> {
    /// Whether an expression names an imported module, as `torch.nn.functional` does.
    pub(super) fn is_module(&self, mut expr: ExprId) -> bool {
        while let ExprKind::Attribute(base, name) = self.ast.expr(expr).kind {
            if !matches!(self.ast.name(name), "nn" | "functional" | "numpy") {
                return false;
            }
            expr = base;
        }
        match self.ast.expr(expr).kind {
            ExprKind::Name(name) => matches!(self.lookup(name), Some(Value::Module)),
            _ => false,
        }
    }

    /// Starts a call: its arguments first.
    pub(super) fn call(&mut self, id: ExprId, callee: ExprId, arguments: &[Argument]) {
        let span = self.ast.expr(callee).span;
        let (target, receiver) = match self.ast.expr(callee).kind {
            ExprKind::Name(name) => (self.named_target(name, span), None),
            ExprKind::Attribute(base, name) => {
                let text = self.ast.name(name);
                if self.is_module(base) {
                    let found = module_function(text).ok_or_else(|| unknown_function(text));
                    (found.map(|f| Target::Function(f, name)), None)
                } else {
                    let found = function(text).ok_or_else(|| unknown_function(text));
                    (found.map(|f| Target::Method(f, name)), Some(base))
                }
            }
            _ => (Err("only a function's name can be called".into()), None),
        };
        let target = match target {
            Ok(Target::Function(Function::Later, name) | Target::Method(Function::Later, name)) => {
                let name = self.ast.name(name);
                Err(format!("'{name}' is not available yet").into())
            }
            other => other,
        };
        match target {
            Err(message) => {
                let poison = self.fail(span, message);
                self.values.push(poison);
            }
            Ok(target) => {
                self.tasks.push(Task::Call(id, target));
                // What else `np.array` is given says how to store the value.
                let same = matches!(target, Target::Function(Function::Same, _));
                let read = if same {
                    &arguments[..arguments.len().min(1)]
                } else {
                    arguments
                };
                self.tasks
                    .extend(read.iter().rev().map(|a| Task::Expr(a.value)));
                self.tasks.extend(receiver.map(Task::Expr));
            }
        }
    }

    fn named_target(&mut self, name: Symbol, span: Span) -> Result<Target, Message> {
        match self.named(name, span) {
            Value::Function(function, original) => Ok(Target::Function(function, original)),
            Value::Def(def) => Ok(Target::Def(def)),
            Value::Poison => Err(Message::Silent),
            _ => {
                let text = self.ast.name(name);
                Err(
                    format!("'{text}' is a value and cannot be called: for a product write '*'")
                        .into(),
                )
            }
        }
    }

    /// Makes a call whose arguments are on the stack.
    pub(super) fn called(&mut self, id: ExprId, target: Target) {
        let span = self.ast.expr(id).span;
        let ExprKind::Call(callee, arguments) = &self.ast.expr(id).kind else {
            return;
        };
        let receiver = match (target, &self.ast.expr(*callee).kind) {
            (Target::Method(..), ExprKind::Attribute(base, _)) => Some(self.ast.expr(*base).span),
            _ => None,
        };
        let same = matches!(target, Target::Function(Function::Same, _));
        let read = if same {
            arguments.len().min(1)
        } else {
            arguments.len()
        };
        let values = self.split(read + usize::from(receiver.is_some()));
        let mut values = values.iter().cloned();
        let mut given = Arguments {
            positional: Vec::new(),
            keywords: Vec::new(),
        };
        if let Some(span) = receiver {
            given
                .positional
                .push((values.next().unwrap_or(Value::Poison), span));
        }
        for (argument, value) in arguments.iter().zip(values) {
            let at = self.ast.expr(argument.value).span;
            match argument.keyword {
                Some(name) => given.keywords.push((name, value, at)),
                None if given.keywords.is_empty() => given.positional.push((value, at)),
                None => {
                    let text = "an argument without a name cannot follow one with a name";
                    let poison = self.fail(at, text.into());
                    return self.values.push(poison);
                }
            }
        }
        match target {
            Target::Def(def) => {
                if let Err(message) = self.enter(def, given, span) {
                    let poison = self.fail(span, message);
                    self.values.push(poison);
                }
            }
            Target::Function(function, name) | Target::Method(function, name) => {
                let method = receiver.is_some();
                let result = self.function(function, name, given, method, span);
                self.settle(span, result);
            }
        }
    }

    /// Checks a definition and keeps its defaults, which are on the stack.
    pub(super) fn define(&mut self, def: DefId) {
        let definition = self.ast.def(def);
        let count = definition
            .parameters
            .iter()
            .filter(|p| p.1.is_some())
            .count();
        let defaults = self.split(count);
        self.defaults[def.0 as usize] = defaults;
        let last = self.ast.block(definition.body).last();
        let returns =
            last.is_some_and(|&stmt| matches!(self.ast.stmt(stmt).kind, StmtKind::Return(_)));
        if !returns {
            let name = self.ast.name(definition.name);
            let message = format!("the definition of '{name}' ends without 'return'");
            self.error(definition.span, message);
        }
        self.frame().names.insert(definition.name, Value::Def(def));
    }

    /// Enters a definition's body with its parameters bound.
    fn enter(&mut self, def: DefId, given: Arguments, span: Span) -> Result<(), Message> {
        let definition = self.ast.def(def);
        let name = self.ast.name(definition.name).to_owned();
        if std::mem::replace(&mut self.active[def.0 as usize], true) {
            return Err(format!("'{name}' calls itself: recursion is outside the language").into());
        }
        let bound = self.parameters(def, &name, given);
        let names = bound.inspect_err(|_| {
            self.active[def.0 as usize] = false;
        })?;
        let label = self.label.unwrap_or(0);
        let ordinal = self.calls.add(pair(label as u32, def.0));
        self.scopes.push(Scope {
            name,
            label: label as u32,
            ordinal,
            span,
        });
        self.frames.push(Frame {
            names,
            versions: Counts::default(),
            scope: self.scopes.len() as u32 - 1,
            def: Some(def),
            label: self.label,
            base: self.values.len(),
        });
        self.tasks
            .extend([Task::Leave, Task::Block(definition.body, 0)]);
        Ok(())
    }

    fn parameters(
        &self,
        def: DefId,
        name: &str,
        given: Arguments,
    ) -> Result<FxHashMap<Symbol, Value>, Message> {
        let parameters = &self.ast.def(def).parameters;
        if given.positional.len() > parameters.len() {
            let (takes, got) = (parameters.len(), given.positional.len());
            return Err(format!("'{name}' takes {takes} arguments, {got} are given").into());
        }
        let mut names = FxHashMap::default();
        for (parameter, (value, _)) in parameters.iter().zip(given.positional) {
            names.insert(parameter.0, value);
        }
        for (keyword, value, _) in given.keywords {
            let text = self.ast.name(keyword);
            if !parameters.iter().any(|p| p.0 == keyword) {
                return Err(format!("'{name}' has no parameter '{text}'").into());
            }
            if names.insert(keyword, value).is_some() {
                return Err(format!("'{text}' is given twice").into());
            }
        }
        let mut defaults = self.defaults[def.0 as usize].iter();
        for (parameter, default) in parameters {
            let default = default.and_then(|_| defaults.next());
            if names.contains_key(parameter) {
                continue;
            }
            let Some(default) = default else {
                let text = self.ast.name(*parameter);
                return Err(format!("'{name}' needs a value for '{text}'").into());
            };
            names.insert(*parameter, default.clone());
        }
        Ok(names)
    }

    /// Leaves a definition's body.
    pub(super) fn leave(&mut self) {
        if self.top_level() {
            return;
        }
        if let Some(frame) = self.frames.pop() {
            self.label = frame.label;
            if let Some(def) = frame.def {
                self.active[def.0 as usize] = false;
            }
            if self.values.len() == frame.base {
                // It had no `return`; its definition says so.
                self.values.push(Value::Poison);
            }
        }
    }

    fn function(
        &mut self,
        function: Function,
        name: Symbol,
        given: Arguments,
        method: bool,
        span: Span,
    ) -> Result<Value, Message> {
        let text = self.ast.name(name).to_owned();
        let poisoned = |v: &Value| matches!(v, Value::Poison);
        if given.positional.iter().any(|a| poisoned(&a.0))
            || given.keywords.iter().any(|k| poisoned(&k.1))
        {
            return Err(Message::Silent);
        }
        let count = given.positional.len();
        match function {
            Function::Elementwise(op) => {
                let [argument] = self.exactly::<1>(&text, given)?;
                if let (
                    &Value::Number {
                        value,
                        folded: true,
                        ..
                    },
                    Some(f),
                ) = (&argument.0, op.of_one())
                {
                    return Ok(Value::Number {
                        value: f(value),
                        span,
                        node: None,
                        folded: true,
                    });
                }
                self.elementwise(op, &[argument], span, "take the function of")
            }
            Function::Extreme { least, reduces } => {
                let alone = reduces && (count == 1 || method);
                if alone {
                    return self.reduction(&text, given, span, |axes| {
                        if least { Op::Min(axes) } else { Op::Max(axes) }
                    });
                }
                if count < 2 || (!reduces && count > 2) {
                    return Err(format!("'{text}' takes 2 arguments, {count} given").into());
                }
                if count > MAX_OPERANDS {
                    return Err(format!("'{text}' takes at most {MAX_OPERANDS} arguments").into());
                }
                self.no_keywords(&text, &given)?;
                let op = if least { Op::Minimum } else { Op::Maximum };
                self.elementwise(op, &given.positional, span, "compare")
            }
            Function::Sum => self.reduction(&text, given, span, Op::Sum),
            Function::Mean => self.reduction(&text, given, span, Op::Mean),
            Function::Pow => {
                let [a, b] = self.exactly::<2>(&text, given)?;
                self.binary_or_number(crate::syntax::ast::Binary::Pow, a, b, span)
            }
            Function::Matmul => {
                let [a, b] = self.exactly::<2>(&text, given)?;
                self.matmul(&a, &b, span)
            }
            Function::Same => {
                let first = given.positional.into_iter().next();
                first
                    .map(|a| a.0)
                    .ok_or_else(|| format!("'{text}' needs a value").into())
            }
            Function::Later => Err(format!("'{text}' is not available yet").into()),
        }
    }

    fn no_keywords(&self, name: &str, given: &Arguments) -> Result<(), Message> {
        match given.keywords.first() {
            None => Ok(()),
            Some(&(keyword, ..)) => {
                let keyword = self.ast.name(keyword);
                Err(format!("'{name}' has no argument '{keyword}'").into())
            }
        }
    }

    fn exactly<const N: usize>(
        &self,
        name: &str,
        given: Arguments,
    ) -> Result<[(Value, Span); N], Message> {
        self.no_keywords(name, &given)?;
        let count = given.positional.len();
        given.positional.try_into().map_err(|_| {
            let plural = if N == 1 { "argument" } else { "arguments" };
            format!("'{name}' takes {N} {plural}, {count} given").into()
        })
    }

    fn reduction(
        &mut self,
        name: &str,
        given: Arguments,
        span: Span,
        make: impl Fn(Axes) -> Op,
    ) -> Result<Value, Message> {
        let mut positional = given.positional.into_iter();
        let Some(value) = positional.next() else {
            return Err(format!("'{name}' needs a value").into());
        };
        let mut axis = positional.next().map(|a| a.0);
        if positional.next().is_some() {
            return Err(format!("'{name}' takes a value and an axis").into());
        }
        let mut keepdims = false;
        for (keyword, value, _) in given.keywords {
            match (self.ast.name(keyword), value) {
                ("axis" | "dim", value) if axis.is_none() => axis = Some(value),
                ("keepdims" | "keepdim", Value::Bool(value)) => keepdims = value,
                ("keepdims" | "keepdim", _) => return Err("keepdims is True or False".into()),
                (other, _) => {
                    return Err(format!(
                        "'{name}' has no argument '{other}' here: it takes axis and keepdims"
                    )
                    .into());
                }
            }
        }
        let rank = self.shape_of(&value.0);
        let axes = match axis {
            None | Some(Value::None) => None,
            Some(axis) => Some(axes(&axis, &rank)?),
        };
        self.reduce(make, &value, axes, keepdims, span)
    }
}

/// The axes that an `axis=` argument names.
fn axes(axis: &Value, shape: &[usize]) -> Result<Axes, Message> {
    let items = match axis {
        Value::Tuple(items) | Value::List(items) => items,
        one => std::slice::from_ref(one),
    };
    let rank = shape.len() as f64;
    let mut found = Vec::new();
    for item in items {
        let Value::Number { value, .. } = *item else {
            return Err("axis is a whole number, a tuple of them or None".into());
        };
        if value.fract() != 0.0 || value < -rank || value >= rank {
            return Err(format!("axis {value} is not an axis of shape {}", Display(shape)).into());
        }
        let axis = if value < 0.0 { value + rank } else { value } as usize;
        if found.contains(&axis) {
            return Err(format!("axis {value} is named twice").into());
        }
        found.push(axis);
    }
    Ok(found.into_iter().collect())
}

fn unknown_function(name: &str) -> Message {
    let hint =
        nearest(name, names()).map_or_else(String::new, |n| format!(": did you mean '{n}'?"));
    Message::Error(format!("there is no function '{name}'{hint}"))
}

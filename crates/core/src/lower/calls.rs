//! Calls: of functions, of methods, and of definitions, which are inlined.

use super::apply::Called;
use super::arguments::{Arguments, Given};
use super::elsewhere;
use super::functions::{Function, module_function, names, nearest};
use super::program::{Made, Scope};
use super::{Frame, Lowerer, Message, Target, Task, Value};
use crate::count::{Counts, pair};
use crate::source::Span;
use crate::syntax::ast::{
    Argument, Def, DefId, ExprId, ExprKind, Library, StmtId, StmtKind, Symbol,
};
use crate::syntax::compound::PARTS;
use rustc_hash::FxHashMap;

impl Lowerer<'_> {
    /// Whose module an expression names, if it names one, as `torch.nn.functional` does.
    pub(super) fn module(&self, mut expr: ExprId) -> Option<Library> {
        let mut part = "";
        while let ExprKind::Attribute(base, name) = self.ast.expr(expr).kind {
            let name = self.ast.name(name);
            if !PARTS.contains(&name) {
                return None;
            }
            part = if part.is_empty() { name } else { part };
            expr = base;
        }
        match self.ast.expr(expr).kind {
            ExprKind::Name(name) => match self.lookup(name)? {
                Value::Module(library) => Some(library.part(part)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression is a path that starts with a module's name.
    fn is_within_module(&self, mut expr: ExprId) -> bool {
        while let ExprKind::Attribute(base, _) = self.ast.expr(expr).kind {
            expr = base;
        }
        self.module(expr).is_some()
    }

    /// Starts a call: its arguments first.
    pub(super) fn call(&mut self, id: ExprId, callee: ExprId, arguments: &[Argument]) {
        let span = self.ast.expr(callee).span;
        let (target, receiver) = match self.ast.expr(callee).kind {
            ExprKind::Name(name) => (self.named_target(name, span), None),
            ExprKind::Attribute(base, name) => {
                let found = module_function(self.ast.name(name));
                match (found, self.module(base)) {
                    (Some(found), Some(library)) => {
                        (Ok(Target::Function(found, name, library)), None)
                    }
                    (Some(found), None) if found.function != Function::Same => {
                        (Ok(Target::Method(found, name)), Some(base))
                    }
                    (_, Some(_)) => {
                        self.no_function(name, span);
                        (Err(Message::Silent), None)
                    }
                    (None, None) if self.is_within_module(base) => {
                        self.no_function(name, span);
                        (Err(Message::Silent), None)
                    }
                    // Nothing is said of it where its receiver is a mistake.
                    (_, None) => return self.tasks.extend([Task::Apply(id), Task::Expr(base)]),
                }
            }
            _ => (Err("only a function's name can be called".into()), None),
        };
        match target {
            Err(message) => {
                let poison = self.fail(span, message);
                self.values.push(poison);
            }
            Ok(target) => {
                self.tasks.push(Task::Call(id, target));
                // What else `np.array` is given says how to store the value.
                let read = &arguments[..target.reads(arguments.len())];
                self.tasks
                    .extend(read.iter().rev().map(|a| Task::Expr(a.value)));
                self.tasks.extend(receiver.map(Task::Expr));
            }
        }
    }

    /// Tells that there is no function of a name, behind a dot in a place.
    pub(super) fn no_function(&mut self, name: Symbol, span: Span) {
        let text = self.ast.name(name);
        let Message::Error(message) = missing(text) else {
            return;
        };
        let meant = if elsewhere::is_known(text) {
            None
        } else {
            nearest(text, names()).map(str::to_owned)
        };
        self.unknown(span, message, meant);
    }

    fn named_target(&mut self, name: Symbol, span: Span) -> Result<Target, Message> {
        match self.named(name, span, true) {
            Value::Function(signature, original, library) => {
                Ok(Target::Function(signature, original, library))
            }
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
        let read = target.reads(arguments.len());
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
            Target::Def(def) => self.enter_or_tell(def, None, given, span),
            Target::Function(signature, name, library) => {
                let called = Called {
                    signature,
                    name: self.ast.name(name).to_owned(),
                    library,
                    is_method: false,
                };
                if let Some(def) = self.prelude_def(signature, name) {
                    return self.enter_or_tell(def, Some(library), given, span);
                }
                if signature.function == Function::Same
                    && let Some(values) = known(&given.positional)
                    && let Err(text) = self.stored(&values, arguments)
                {
                    let poison = self.fail(span, text.into());
                    return self.values.push(poison);
                }
                let first = self.graph.len();
                let result = self.function(&called, given, span);
                let result = result.and_then(|value| self.made_by(library, value, first, span));
                self.settle(span, result);
            }
            Target::Method(signature, name) => {
                let receiver = given.positional.first().map(|first| first.0.clone());
                let library = receiver.map_or(Library::Python, |value| self.library(&value));
                if let Some(def) = self.prelude_def(signature, name) {
                    return self.enter_or_tell(def, Some(library), given, span);
                }
                let called = Called {
                    signature,
                    name: self.ast.name(name).to_owned(),
                    library,
                    is_method: true,
                };
                let result = self.function(&called, given, span);
                self.settle(span, result);
            }
        }
    }

    /// Enters a definition, or tells what is wrong with the call.
    fn enter_or_tell(
        &mut self,
        def: DefId,
        library: Option<Library>,
        given: Arguments,
        span: Span,
    ) {
        if let Err(message) = self.enter(def, library, given, span) {
            let poison = self.fail(span, message);
            self.values.push(poison);
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
        let body = self.ast.block(definition.body);
        let is = |stmt: StmtId, kind: fn(&StmtKind) -> bool| kind(&self.ast.stmt(stmt).kind);
        let returns = body
            .last()
            .is_some_and(|&stmt| is(stmt, |kind| matches!(kind, StmtKind::Return(_))));
        // What could not be read may return.
        let refused = |&stmt: &StmtId| is(stmt, |kind| matches!(kind, StmtKind::Refused(_)));
        if !returns && !body.iter().any(refused) {
            let name = self.ast.name(definition.name);
            let message = format!("the definition of '{name}' ends without 'return'");
            self.error(definition.span, message);
        }
        if !self.ast.is_library(def) {
            self.frame().names.insert(definition.name, Value::Def(def));
        }
    }

    /// Enters a definition's body with its parameters bound: of the prelude's, as a
    /// library's function.
    pub(super) fn enter(
        &mut self,
        def: DefId,
        library: Option<Library>,
        given: Arguments,
        span: Span,
    ) -> Result<(), Message> {
        let definition = self.ast.def(def);
        let name = self.ast.name(definition.name);
        if self.active[def.0 as usize] {
            return Err(format!("'{name}' calls itself: recursion is outside the language").into());
        }
        let mut bound = self.parameters(def, name, given)?;
        let span = self.place(span);
        let (within, closed) = match library {
            Some(library) => {
                let (within, closed) = self.library_call(def, library, &mut bound, span)?;
                (Some(within), Some(Box::new(closed)))
            }
            None => (None, None),
        };
        self.active[def.0 as usize] = true;
        let mut names = FxHashMap::default();
        let mut defaults = self.defaults[def.0 as usize].iter();
        for ((parameter, default), given) in definition.parameters.iter().zip(bound) {
            let default = default.and_then(|_| defaults.next());
            let value = given.map_or_else(|| default.cloned(), |given| Some(given.0));
            names.insert(*parameter, value.unwrap_or(Value::Poison));
        }
        let label = self.label.unwrap_or(0);
        let ordinal = self.calls.add(pair(label as u32, def.0));
        self.scopes.push(Scope {
            name: Some(definition.name),
            label: label as u32,
            ordinal,
            closed,
        });
        let scope = self.scopes.len() as u32 - 1;
        self.frames.push(Frame {
            names,
            versions: Counts::default(),
            scope,
            def: Some(def),
            within,
            label: self.label,
            base: self.values.len(),
            open: self.open.len(),
        });
        self.begin_group(Made::Call(scope), None, span);
        self.tasks
            .extend([Task::Leave, Task::Block(definition.body, 0)]);
        Ok(())
    }

    /// What each parameter is given.
    fn parameters(&self, def: DefId, name: &str, given: Arguments) -> Result<Vec<Given>, Message> {
        let Def {
            parameters,
            positional,
            ..
        } = self.ast.def(def);
        let takes = parameters.len().min(*positional);
        if given.positional.len() > takes {
            let got = given.positional.len();
            let named = self.list(&parameters[takes..]);
            let named = match &*named {
                "" => named,
                names => format!(" and, by their names, {names}"),
            };
            let plural = if takes == 1 { "argument" } else { "arguments" };
            return Err(format!("'{name}' takes {takes} {plural}{named}, {got} are given").into());
        }
        let mut found: Vec<Given> = Vec::with_capacity(parameters.len());
        for given in given.positional {
            found.push(Some(given));
        }
        found.resize(parameters.len(), None);
        for (keyword, value, at) in given.keywords {
            let text = self.ast.name(keyword);
            let Some(place) = self.parameter(def, text) else {
                let mut known = String::new();
                if self.ast.is_library(def) {
                    known = format!(" here: it takes {}", self.list(parameters));
                }
                return Err(format!("'{name}' has no parameter '{text}'{known}").into());
            };
            if found[place].replace((value, at)).is_some() {
                return Err(format!("'{text}' is given twice").into());
            }
        }
        let mut all = parameters.iter().zip(&found);
        if let Some((missing, _)) = all.find(|(it, given)| it.1.is_none() && given.is_none()) {
            let text = self.ast.name(missing.0);
            return Err(format!("'{name}' needs a value for '{text}'").into());
        }
        Ok(found)
    }

    /// The names of parameters.
    fn list(&self, parameters: &[(Symbol, Option<ExprId>)]) -> String {
        let names: Vec<&str> = parameters.iter().map(|p| self.ast.name(p.0)).collect();
        names.join(", ")
    }

    /// Leaves a definition's body.
    pub(super) fn leave(&mut self) {
        if self.top_level() {
            return;
        }
        if let Some(frame) = self.frames.pop() {
            self.label = frame.label;
            if let Some(within) = frame.within {
                self.now = within.span;
                if self.values.len() > frame.base
                    && let Err(message) = self.given_back(within, frame.scope)
                {
                    let poison = self.fail(within.span, message);
                    self.values.push(poison);
                }
            }
            while self.open.len() > frame.open {
                self.end_group();
            }
            if let Some(def) = frame.def {
                self.active[def.0 as usize] = false;
            }
            if self.values.len() == frame.base {
                // It had no `return`; its definition says so.
                self.values.push(Value::Poison);
            }
        }
    }
}

impl Target {
    /// How many of its arguments are read. What else `np.array` is given says how
    /// to store the value.
    fn reads(self, count: usize) -> usize {
        match self {
            Self::Function(signature, ..) if signature.function == Function::Same => count.min(1),
            _ => count,
        }
    }
}

/// The numbers of the first argument, if they are known now.
fn known(positional: &[(Value, Span)]) -> Option<Vec<f64>> {
    let number = |value: &Value| match *value {
        Value::Number { value, .. } => Some(value),
        _ => None,
    };
    match &positional.first()?.0 {
        Value::List(items, _) => items.iter().map(number).collect(),
        Value::Table(table, _) => Some(table.values.clone()),
        value => number(value).map(|value| vec![value]),
    }
}

/// What is said of a function that there is not.
pub(super) fn missing(name: &str) -> Message {
    let way = elsewhere::instead(name).map_or(String::new(), |way| format!(": {way}"));
    Message::Error(format!("there is no function '{name}'{way}"))
}

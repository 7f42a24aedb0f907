//! Keys: stable names of what is drawn, made of names and source structure, so
//! that an edit elsewhere and another view leave them as they are.

use crate::count::{Counts, pair};
use crate::graph::NodeId;
use crate::lower::program::{Made, Program};
use crate::op::Op;
use std::fmt::Write;

/// Makes the keys of one program.
pub struct Keys<'p> {
    program: &'p Program,
    /// The keys of statements and of groups made so far.
    statements: Vec<Option<String>>,
    groups: Vec<Option<String>>,
    /// How many letters they have.
    letters: usize,
}

/// Most letters of all keys: they grow with each call within a call.
const MAX_LETTERS: usize = 16 << 20;

impl<'p> Keys<'p> {
    /// No keys made yet.
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            statements: vec![None; program.labels.len()],
            groups: vec![None; program.groups.len()],
            letters: 0,
        }
    }

    /// Counts letters of keys.
    pub fn count(&mut self, letters: usize) {
        self.letters = self.letters.saturating_add(letters);
    }

    /// Whether they have more letters than they may: then no more are made.
    pub fn are_long(&self) -> bool {
        self.letters > MAX_LETTERS
    }

    /// A key for each of some nodes, in the order of the graph: their names, and for
    /// what has none the statement's key with the operation and which of that kind it
    /// is. Nodes that `shown` does not hold for are counted, and get no key.
    pub fn nodes(
        &mut self,
        nodes: impl IntoIterator<Item = (NodeId, Op)>,
        shown: impl Fn(NodeId) -> bool,
    ) -> Vec<(NodeId, String)> {
        let mut counts = Counts::default();
        let mut found = Vec::new();
        for (node, op) in nodes {
            let at = self.program.graph.node(node).origin.label;
            let label = self.program.labels.get(at as usize);
            if label.is_some_and(|label| label.root == Some(node)) {
                if shown(node) {
                    found.push((node, self.statement(at)));
                }
                continue;
            }
            let name = op.info().name;
            let kind = Op::ALL.iter().position(|other| other.info().name == name);
            let same = counts.add(pair(at, kind.unwrap_or(Op::ALL.len()) as u32));
            if shown(node) {
                let base = self.statement(at);
                found.push((
                    node,
                    match same {
                        0 => format!("{base}:{name}"),
                        n => format!("{base}:{name}{}", n + 1),
                    },
                ));
            }
        }
        found
    }

    /// The key of a statement: the calls it is in, its name, and which binding of that
    /// name it is.
    fn statement(&mut self, at: u32) -> String {
        let (labels, scopes) = (&self.program.labels, &self.program.scopes);
        // From the inside out, until the program or a statement whose key is known.
        let mut chain = Vec::new();
        let mut next = at;
        if self.are_long() {
            return String::new();
        }
        let mut key = loop {
            if let Some(Some(key)) = self.statements.get(next as usize) {
                break key.clone();
            }
            let Some(label) = labels.get(next as usize) else {
                break String::new();
            };
            chain.push(next);
            if label.scope == 0 {
                break String::new();
            }
            next = scopes[label.scope as usize].label;
        };
        for at in chain.into_iter().rev() {
            let label = &labels[at as usize];
            if label.scope > 0 {
                self.call(&mut key, label.scope);
                key.push('/');
            }
            key.push_str(self.program.word(label).unwrap_or("="));
            if label.version > 0 {
                let _ = write!(key, "#{}", label.version + 1);
            }
            self.count(key.len());
            if self.are_long() {
                break;
            }
            self.statements[at as usize] = Some(key.clone());
        }
        self.count(key.len());
        key
    }

    /// Appends a call to the key of the statement that makes it.
    fn call(&self, key: &mut String, scope: u32) {
        let _ = write!(key, "/{}", self.program.called(scope));
        let ordinal = self.program.scopes[scope as usize].ordinal;
        if ordinal > 0 {
            let _ = write!(key, "{}", ordinal + 1);
        }
    }

    /// The key of a call or of a turn of a loop; empty for an opened gate, which has
    /// the gate's.
    pub fn group(&mut self, at: u32) -> String {
        let mut chain = Vec::new();
        let mut next = Some(at);
        let mut key = String::new();
        if self.are_long() {
            return key;
        }
        while let Some(at) = next {
            if let Some(known) = &self.groups[at as usize] {
                key.clone_from(known);
                break;
            }
            chain.push(at);
            let group = &self.program.groups[at as usize];
            next = match group.made {
                Made::Turn { .. } => group.parent,
                Made::Mirror { of, .. } => Some(of),
                _ => None,
            };
        }
        for at in chain.into_iter().rev() {
            match self.program.groups[at as usize].made {
                Made::Call(scope) => {
                    let label = self.program.scopes[scope as usize].label;
                    key = self.statement(label);
                    self.call(&mut key, scope);
                }
                Made::Turn { ordinal, .. } => {
                    if !key.is_empty() {
                        key.push('/');
                    }
                    let _ = write!(key, "{}", title(self.program, at).replace(' ', ""));
                    if ordinal > 0 {
                        let _ = write!(key, "#{}", ordinal + 1);
                    }
                }
                Made::Composite(_) => key.clear(),
                Made::Mirror { ordinal, .. } => mirror(&mut key, ordinal),
            }
            self.count(key.len());
            if self.are_long() {
                break;
            }
            self.groups[at as usize] = Some(key.clone());
        }
        self.count(key.len());
        key
    }
}

/// Makes a group's key that of a backward pass through it.
pub fn mirror(key: &mut String, ordinal: u32) {
    key.push('′');
    if ordinal > 0 {
        let _ = write!(key, "{}", ordinal + 1);
    }
}

/// The group that a backward pass goes through, whatever its order, with the ordinals of
/// the passes, the last one first.
pub fn origin(program: &Program, mut group: u32) -> (u32, Vec<u32>) {
    let mut passes = Vec::new();
    while let Made::Mirror { of, ordinal } = program.groups[group as usize].made {
        passes.push(ordinal);
        group = of;
    }
    (group, passes)
}

/// What stands over a call or a turn of a loop; nothing over an opened gate. Of a backward
/// pass through it a prime follows.
pub fn title(program: &Program, group: u32) -> String {
    let (group, passes) = origin(program, group);
    let mut title = own_title(program, group);
    if !title.is_empty() {
        title.extend(passes.iter().map(|_| '′'));
    }
    title
}

fn own_title(program: &Program, group: u32) -> String {
    match program.groups[group as usize].made {
        Made::Call(scope) => program.called(scope).to_owned(),
        Made::Turn { name, value, .. } => {
            let value = value.to_string().replace('-', "−");
            format!("{} = {value}", program.words[name.0 as usize])
        }
        Made::Composite(_) | Made::Mirror { .. } => String::new(),
    }
}

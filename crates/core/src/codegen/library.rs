//! Calls of the prelude's functions as the library writes them that has them.

use super::Dialect;
use super::expr::{filled, number};
use super::writer::Writer;
use crate::graph::NodeId;
use crate::lower::program::{Argument, Made, Written};
use crate::shape::Display;

/// A call that is written as one line.
pub struct Call {
    /// What it is.
    pub text: String,
    /// The gates that it stands for, of which the last has its value.
    pub gates: Vec<NodeId>,
}

impl Writer<'_> {
    /// The calls that the dialect has a function for, and that are not open in the picture.
    pub fn calls(&self) -> Vec<Call> {
        let library = match self.dialect {
            Dialect::Torch => "torch",
            Dialect::Jax => "jax",
            Dialect::Math | Dialect::NumPy => return Vec::new(),
        };
        let groups = 0..self.asked.model.program.groups.len();
        let calls = groups.filter_map(|group| self.library_call(group, library));
        calls.collect()
    }

    fn library_call(&self, group: usize, library: &str) -> Option<Call> {
        let program = &self.asked.model.program;
        let group = &program.groups[group];
        let Made::Call(scope) = group.made else {
            return None;
        };
        let closed = program.scopes[scope as usize].closed.as_ref()?;
        let call = closed.call(library)?;
        if self.asked.model.is_open(scope) {
            return None;
        }
        let is_in = |node: NodeId| group.nodes.contains(&(node.index() as u32));
        let gates = self.pieces.roots().iter().copied();
        let gates = gates.filter(|&node| is_in(node) && !self.pieces.is_given(node));
        let gates: Vec<NodeId> = gates.collect();
        let gives = closed.gives.filter(|gives| gates.last() == Some(gives))?;
        // Derivatives that the program asks for read what is within.
        let graph = &program.graph;
        let is_read = |node: NodeId| {
            let mut users = graph.uses(node).map(|edge| graph.user(edge).0);
            node != gives && users.any(|user| self.asked.model.is_forward(user) && !is_in(user))
        };
        if gates.iter().any(|&node| is_read(node)) {
            return None;
        }
        let text = self.call(call, &closed.arguments)?;
        Some(Call { text, gates })
    }

    /// A call as `F.f(a, b.long(), c=c)` says: of a value that is not given, a place has
    /// `None` and a name is left out. Behind them stand the other arguments, which must be
    /// known now.
    fn call(&self, call: &str, given: &[Argument]) -> Option<String> {
        let name_of = |given: &Argument| &*self.asked.model.program.words[given.name.0 as usize];
        let (function, parameters) = call.strip_suffix(')')?.split_once('(')?;
        let mut arguments = Vec::new();
        let mut written = Vec::new();
        for parameter in parameters.split(", ") {
            let (keyword, value) = match parameter.split_once('=') {
                Some((keyword, value)) => (Some(keyword), value),
                None => (None, parameter),
            };
            let (name, behind) = value.split_once('.').unwrap_or((value, ""));
            written.push(name);
            let found = given.iter().find(|given| name_of(given) == name);
            let argument = found.map_or(&Written::None, |given| &given.value);
            let mut text = match *argument {
                Written::None if keyword.is_some() => continue,
                Written::Node(node) => self.value_of(node)?,
                Written::Number(value) => filled(value, &[], self.dialect),
                ref known => self.known(known)?,
            };
            if !behind.is_empty() && *argument != Written::None {
                text = format!("{text}.{behind}");
            }
            let keyword = keyword.map_or(String::new(), |keyword| format!("{keyword}="));
            arguments.push(format!("{keyword}{text}"));
        }
        for given in given {
            let name = name_of(given);
            if given.value != Written::None && !written.contains(&name) {
                arguments.push(format!("{name}={}", self.known(&given.value)?));
            }
        }
        Some(format!("{function}({})", arguments.join(", ")))
    }

    /// What a node is in the text, if it is anything by itself.
    fn value_of(&self, node: NodeId) -> Option<String> {
        let graph = &self.asked.model.program.graph;
        if self.pieces.is_root(node) {
            Some(self.names.of(node).to_owned())
        } else {
            graph.is_constant(node).then(|| self.constant(node))
        }
    }

    /// What is no value of the graph.
    fn known(&self, argument: &Written) -> Option<String> {
        Some(match argument {
            Written::Node(_) => return None,
            Written::None => "None".to_owned(),
            Written::Number(value) => number(*value, self.dialect),
            Written::Bool(true) => "True".to_owned(),
            Written::Bool(false) => "False".to_owned(),
            Written::Sizes(sizes) => Display(sizes).to_string(),
        })
    }
}

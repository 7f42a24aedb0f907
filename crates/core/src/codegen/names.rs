//! What nodes are called in Python: as the program calls them, and never as
//! anything else that the text needs.

use super::helpers::calls;
use crate::graph::NodeId;
use crate::lower::program::Program;
use rustc_hash::{FxHashMap, FxHashSet};

/// Words of Python, and what every text may use.
const TAKEN: &str = "False None True and as assert async await break class continue def del elif else \
    except finally for from global if import in is lambda nonlocal not or pass raise return try while \
    with yield math np torch F jax jnp self ctx float \
    ComputationalGraph graph program forward backward saved inputs gradients upstream pull tangent";

/// What only some texts call.
const CALLED: &[&str] = &[
    "max", "min", "abs", "sum", "any", "slice", "dict", "zip", "reversed",
];

/// Names of nodes and of their gradients.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: FxHashSet<String>,
    of: FxHashMap<NodeId, String>,
    gradients: FxHashMap<NodeId, String>,
    /// What numbered names begin with: of gates, and of what stands between.
    letters: [String; 2],
    count: [usize; 2],
}

impl Names {
    /// Names for some nodes of a program, none of them a word in `also`.
    pub fn new(program: &Program, roots: &[NodeId], also: &[&str]) -> Self {
        let mut names = Self::default();
        let taken = TAKEN.split_whitespace().chain(also.iter().copied());
        names.taken.extend(taken.map(str::to_owned));
        names.assign(program, roots);
        names
    }

    /// Names within a function, the same for every call of it: of what it takes, of
    /// what it gives, and of what it computes.
    pub fn within(
        program: &Program,
        takes: &[NodeId],
        gives: &[NodeId],
        computes: &[NodeId],
    ) -> Self {
        let mut names = Self::new(program, &[], &[]);
        let letters = ["x", "y", "z"];
        let few = takes.len() <= letters.len();
        for (at, &node) in takes.iter().enumerate() {
            let name = if few {
                letters[at].to_owned()
            } else {
                format!("x{at}")
            };
            names.call(node, &name);
        }
        for (at, &node) in gives.iter().enumerate() {
            let name = if gives.len() == 1 {
                "out".to_owned()
            } else {
                format!("out{at}")
            };
            names.call(node, &name);
        }
        names.assign(program, computes);
        names
    }

    /// Names a node as near to what is wanted as can be.
    fn call(&mut self, node: NodeId, wanted: &str) {
        let name = self.free(wanted);
        let gradient = self.free(&format!("grad_{name}"));
        self.of.insert(node, name);
        self.gradients.insert(node, gradient);
    }

    /// Names those that have no name yet.
    fn assign(&mut self, program: &Program, roots: &[NodeId]) {
        let mut words: FxHashMap<NodeId, &str> = FxHashMap::default();
        for label in &program.labels {
            if let (Some(root), Some(word)) = (label.root, program.word(label)) {
                words.entry(root).or_insert(word);
            }
        }
        let bare = |names: &Self| -> Vec<NodeId> {
            let roots = roots.iter().copied();
            roots.filter(|root| !names.of.contains_key(root)).collect()
        };
        // The first of a name has it as it is written.
        for root in bare(self) {
            if let Some(word) = words.get(&root) {
                let name = self.free(word);
                self.of.insert(root, name);
            }
        }
        self.letters = self.numbered();
        for root in bare(self) {
            let mut plain = ["f", "out"].into_iter();
            let plain = plain.find(|name| !self.taken.contains(*name));
            let name = match plain.filter(|_| root == program.output) {
                Some(name) => self.free(name),
                None => self.next(0),
            };
            self.of.insert(root, name);
        }
        for &root in roots {
            if !self.gradients.contains_key(&root) {
                let name = self.free(&format!("grad_{}", self.of[&root]));
                self.gradients.insert(root, name);
            }
        }
    }

    /// Two letters that no name begins with that goes on with a number.
    fn numbered(&self) -> [String; 2] {
        let is_free = |letter: &&str| {
            !self.taken.iter().any(|name| {
                let rest = name.strip_prefix(*letter);
                rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        };
        let mut free = ["s", "t", "u", "v", "g", "part", "piece"]
            .into_iter()
            .filter(is_free);
        let mut next = |other: &str| free.next().unwrap_or(other).to_owned();
        [next("gate_"), next("temporary_")]
    }

    /// A name that nothing has, as near to the one that is wanted as can be.
    pub fn free(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut count = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}_{count}");
            count += 1;
        }
        name
    }

    fn next(&mut self, kind: usize) -> String {
        let name = format!("{}{}", self.letters[kind], self.count[kind]);
        self.count[kind] += 1;
        self.free(&name)
    }

    /// A name for what stands between two gates.
    pub fn temporary(&mut self) -> String {
        self.next(1)
    }

    /// The name of a node.
    pub fn of(&self, node: NodeId) -> &str {
        self.of.get(&node).map_or("", String::as_str)
    }

    /// The name of a node's gradient.
    pub fn gradient(&self, node: NodeId) -> &str {
        self.gradients.get(&node).map_or("", String::as_str)
    }

    /// The names of nodes that a text calls as functions: they have to be others.
    pub fn called(&self, text: &str, helpers: &[&'static str]) -> Vec<&'static str> {
        let known = CALLED.iter().chain(helpers).copied();
        let is_called =
            |word: &&str| calls(text, word) || text.contains(&format!("{word} = np.vectorize"));
        let ours: FxHashSet<&str> = self
            .of
            .values()
            .chain(self.gradients.values())
            .map(String::as_str)
            .collect();
        known
            .filter(|word| ours.contains(word))
            .filter(is_called)
            .collect()
    }
}

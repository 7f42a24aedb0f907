//! Whose a value is, where libraries differ: a tensor that PyTorch made has methods of its
//! own, and arrays are shared where numbers are not.

use super::{Lowerer, Message, Value};
use crate::graph::NodeId;
use crate::op::Op;
use crate::source::Span;
use crate::syntax::ast::{Library, Symbol};

/// How many names are looked at for one task.
const NAMES_A_TASK: usize = 10;

/// What is known of each node, as far as it was asked for: all of what is before a node
/// is known before the node itself.
#[derive(Default)]
pub(super) struct Origins {
    /// Whose it is.
    libraries: Vec<Library>,
    /// The node whose elements it shares, as a slice or a reshape of it does.
    roots: Vec<NodeId>,
}

impl Lowerer<'_> {
    /// Whose a value is: of the library that made it, or of what it was computed from.
    pub(super) fn library(&mut self, value: &Value) -> Library {
        match *value {
            Value::Node(node) | Value::Extremes(node, _) => {
                self.know(node);
                self.origins.libraries[node.index()]
            }
            _ => Library::Python,
        }
    }

    /// Learns whose all nodes are up to one.
    fn know(&mut self, last: NodeId) {
        let Origins { libraries, roots } = &mut self.origins;
        for at in libraries.len()..=last.index() {
            let node = NodeId::new(at);
            let operands = self.graph.operands(node);
            let of = operands.map(|operand| libraries[operand.index()]).max();
            libraries.push(of.unwrap_or_default());
            let op = self.graph.node(node).op;
            let shares = matches!(op, Op::Reshape | Op::Permute(_) | Op::Slice(_));
            roots.push(if shares {
                roots[self.graph.operand(node, 0).index()]
            } else {
                node
            });
        }
    }

    /// A value that a library's function gave, with `first` the first node that it made.
    pub(super) fn made_by(
        &mut self,
        library: Library,
        value: Value,
        first: usize,
        span: Span,
    ) -> Result<Value, Message> {
        let (Value::Node(mut node) | Value::Extremes(mut node, _)) = value else {
            return Ok(value);
        };
        let library = match library {
            Library::Python => return Ok(value),
            Library::TorchLinalg => Library::Torch,
            library => library,
        };
        let own = self.library(&value);
        if own == library {
            return Ok(value);
        }
        if own != Library::Python && node.index() < first {
            // What was another library's stays so.
            let sizes = self.graph.shape(node).to_vec();
            let copy = self.gate(Op::Reshape, &sizes, &[node], span)?;
            node = self.node(&copy)?;
        }
        if let Some(last) = self.graph.len().checked_sub(1) {
            self.know(NodeId::new(last));
        }
        self.origins.libraries[node.index()] = library;
        Ok(match value {
            Value::Extremes(_, at) => Value::Extremes(node, at),
            _ => Value::Node(node),
        })
    }

    /// Whether Python would have a list here, which has other operators than an array.
    pub(super) fn is_list(&mut self, value: &Value) -> bool {
        match *value {
            Value::List(..) | Value::Table(..) => true,
            Value::Node(node) => {
                let op = self.graph.node(node).op;
                let written = matches!(op, Op::Input(_) | Op::Constant(_) | Op::Concat(_));
                written
                    && !self.graph.shape(node).is_empty()
                    && self.library(value) == Library::Python
            }
            _ => false,
        }
    }

    /// Refuses `name += …` where NumPy or PyTorch would change an array that another name
    /// has too. Numbers, and arrays of JAX, are never changed.
    pub(super) fn unshared(
        &mut self,
        name: Symbol,
        value: &Value,
        op: &str,
    ) -> Result<(), Message> {
        let &Value::Node(node) = value else {
            return Ok(());
        };
        let library = self.library(value);
        let is_number = self.graph.shape(node).is_empty();
        let root = self.origins.roots[node.index()];
        let changes = match library {
            Library::Jax => false,
            Library::Torch => true,
            // `np.array(2.0)` is an array; what is computed from it, or an element, is a number.
            Library::Numpy if is_number => {
                let written = matches!(self.graph.node(root).op, Op::Input(_) | Op::Constant(_));
                written && self.graph.shape(root).is_empty()
            }
            _ => !is_number,
        };
        if !changes {
            return Ok(());
        }
        if let Some(last) = self.graph.len().checked_sub(1) {
            self.know(NodeId::new(last));
        }
        let roots = &self.origins.roots;
        let shares = |value: &Value| match *value {
            Value::Node(other) => roots[other.index()] == root,
            _ => false,
        };
        let innermost = self.frames.len() - 1;
        let mut looked = 0;
        let mut other = None;
        for (depth, frame) in self.frames.iter().enumerate() {
            looked += frame.names.len();
            let names = frame.names.iter();
            let mut sharing = names.filter(|&(&symbol, value)| {
                (depth != innermost || symbol != name) && shares(value)
            });
            if let Some((&symbol, _)) = sharing.next() {
                other = Some(self.ast.name(symbol));
                break;
            }
        }
        let defaults = self.defaults.iter().flat_map(|values| values.iter());
        let default = other
            .is_none()
            .then(|| defaults.filter(|it| shares(it)).count() > 0);
        self.left = self.left.saturating_sub(looked / NAMES_A_TASK);
        let name = self.ast.name(name);
        let with = match (other, default) {
            (Some(other), _) if other == name => "the array that the call was given".to_owned(),
            (Some(other), _) => format!("'{other}'"),
            (None, Some(true)) => "the default of the definition".to_owned(),
            _ => return Ok(()),
        };
        Err(format!(
            "'{name} {op}= …' would change {with} too, which has the same array: \
             write '{name} = {name} {op} …'"
        )
        .into())
    }
}

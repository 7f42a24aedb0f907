//! A program with its backward pass and its plan: all that a page or a command needs.

mod edit;

use crate::diff::{Gradient, gradient};
use crate::graph::{EdgeId, NodeId, Origin, Role};
pub use crate::lower::Overrides;
use crate::lower::lower;
use crate::lower::program::Program;
use crate::op::Op;
use crate::plan::Plan;
use crate::source::{self, Diagnostic, Shifts, Span};
use crate::syntax;

/// Most mistakes told at once.
const MAX_DIAGNOSTICS: usize = 100;

/// Most bytes of the values of a program and of its backward pass together.
pub const MAX_ARENA: usize = 512 << 20;

/// A program that can run.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the program means; its graph has the backward pass appended.
    pub program: Program,
    /// The nodes of the backward pass.
    pub gradient: Gradient,
    /// The tape.
    pub plan: Plan,
    /// How many nodes are the program's own.
    forward: usize,
    /// Which of them are constants that stand as nodes.
    drawn: Vec<bool>,
    /// The text, as last edited.
    source: String,
    /// How far its places have moved since it was compiled.
    shifts: Shifts,
    /// Whether values were given in place of literals.
    overridden: bool,
}

impl Model {
    /// Compiles a program.
    ///
    /// # Errors
    /// Every independent mistake, in the order of the source.
    pub fn new(source: &str, overrides: &Overrides) -> Result<Self, Vec<Diagnostic>> {
        let (ast, mut diagnostics) = syntax::parse(source);
        let (program, more) = lower(&ast, overrides);
        // A program in which something could not be read has no meaning yet; what
        // the rest says wrong is told all the same.
        let unread = !diagnostics.is_empty();
        diagnostics.extend(more.into_iter().filter(|d| !unread || d.span.end > 0));
        let Some(mut program) = program.filter(|_| diagnostics.is_empty()) else {
            return Err(in_order(diagnostics));
        };
        let forward = program.graph.len();
        let drawn = drawn_constants(&program);
        let output = program.output;
        let origin = Origin {
            role: Role::Cotangent(output),
            ..program.graph.node(output).origin
        };
        let shape = program.graph.node(output).shape;
        let ones = vec![1.0; program.graph.shape(output).iter().product()];
        let seed = program.graph.push_input(shape, ones.into(), origin);
        let wanted: Vec<bool> = (0..forward)
            .map(|i| !program.graph.is_constant(NodeId::new(i)) || drawn[i])
            .collect();
        let gradient = gradient(&mut program.graph, output, seed, |node| {
            wanted[node.index()]
        });
        let graph = &program.graph;
        let sizes = graph.nodes().map(|node| graph.shape(node).iter().product());
        let total = sizes.fold(0usize, usize::saturating_add);
        if total > MAX_ARENA / 8 {
            let span = graph.node(output).origin.span;
            let message = format!(
                "the gradients of this program take more than {} MiB",
                MAX_ARENA >> 20
            );
            return Err(vec![Diagnostic { span, message }]);
        }
        let plan = Plan::new(graph);
        Ok(Self {
            program,
            gradient,
            plan,
            forward,
            drawn,
            source: source.to_owned(),
            shifts: Shifts::default(),
            overridden: !overrides.is_empty(),
        })
    }

    /// A new arena, not yet run.
    pub fn arena(&self) -> Vec<f64> {
        self.plan.arena(&self.program.graph)
    }

    /// Gives an input in an arena the value that the program says.
    pub fn reset(&self, arena: &mut [f64], input: NodeId) {
        let Op::Input(index) = self.program.graph.node(input).op else {
            return;
        };
        let value = &*self.program.graph.inputs()[index as usize].value;
        let start = self.plan.offset(input);
        arena[start..start + value.len()].copy_from_slice(value);
    }

    /// The text that was compiled, as last edited.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The source that a node was written in, or its primal: what the node's own
    /// [`Origin`] says is where that was before the text was edited.
    pub fn span(&self, node: NodeId) -> Span {
        self.shifts.now(self.program.graph.node(node).origin.span)
    }

    /// The program's own nodes.
    pub fn forward(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.forward).map(NodeId::new)
    }

    /// Whether a node is the program's own.
    pub fn is_forward(&self, node: NodeId) -> bool {
        node.index() < self.forward
    }

    /// Whether a constant of the program stands as a node of its own. The others, a
    /// number beside one other operand, are written in their gate: `+1`, `×2`.
    pub fn stands(&self, constant: NodeId) -> bool {
        self.drawn.get(constant.index()) == Some(&true)
    }

    /// How many nodes the backward pass has.
    pub fn backward_len(&self) -> usize {
        self.program.graph.len() - self.forward
    }

    /// Number of elements of a node's value.
    pub fn elements(&self, node: NodeId) -> usize {
        self.program.graph.shape(node).iter().product()
    }

    /// Where the output's upstream gradient lies in the arena.
    pub fn upstream(&self) -> usize {
        self.plan.offset(self.gradient.seed)
    }

    /// Where a node's gradient lies in the arena; zeros where no path leads to the output.
    pub fn gradient_of(&self, node: NodeId) -> usize {
        let node = self.gradient.of(node);
        node.map_or(self.plan.zeros(), |node| self.plan.offset(node))
    }

    /// Where the gradient that flows back along an edge lies.
    pub fn gradient_along(&self, edge: EdgeId) -> usize {
        let node = self.gradient.along(edge);
        node.map_or(self.plan.zeros(), |node| self.plan.offset(node))
    }
}

fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    source::sort(&mut diagnostics);
    let mut told: Vec<Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        // A definition's mistake would come once for every call.
        let mut here = told
            .iter()
            .rev()
            .take_while(|t| t.span.start == diagnostic.span.start);
        if !here.any(|t| *t == diagnostic) {
            told.push(diagnostic);
        }
    }
    told.truncate(MAX_DIAGNOSTICS);
    told
}

/// The constants that stand as nodes of their own: one truth value a node.
fn drawn_constants(program: &Program) -> Vec<bool> {
    let graph = &program.graph;
    let named = program
        .names
        .iter()
        .filter(|name| !name.folded)
        .map(|name| name.node);
    let roots = program.labels.iter().filter_map(|label| label.root);
    let mut drawn = vec![false; graph.len()];
    for node in named.chain(roots).chain([program.output]) {
        drawn[node.index()] = graph.is_constant(node);
    }
    for gate in graph.nodes() {
        if !graph.operands(gate).any(|x| graph.is_constant(x)) {
            continue;
        }
        let number = |x: NodeId| graph.constant(x).is_some() && !drawn[x.index()];
        let numbers = graph.operands(gate).filter(|&x| number(x)).count();
        let op = graph.node(gate).op;
        for slot in 0..graph.arity(gate) {
            let operand = graph.operand(gate, slot);
            if !holds(op, slot, (graph.arity(gate), numbers)) && graph.is_constant(operand) {
                drawn[operand.index()] = true;
            }
        }
    }
    drawn
}

/// Whether a gate shows the number in one of its slots itself, of so many slots
/// and so many numbers.
fn holds(op: Op, slot: usize, (arity, numbers): (usize, usize)) -> bool {
    match op {
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Pow | Op::Maximum | Op::Minimum => {
            arity == 2 && numbers == 1
        }
        Op::Compare(_) => numbers == 1,
        Op::LeakyRelu | Op::Clip => slot > 0,
        Op::HingeLoss => slot == 2,
        _ => false,
    }
}

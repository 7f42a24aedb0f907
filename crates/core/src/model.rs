//! A program with its backward pass and its plan: all that a page or a command needs.

mod edit;
mod extend;
mod resize;
mod tangents;

use crate::build::{Builder, Full, Known, MAX_OPERANDS};
use crate::diff::{Gradient, gradient_telling};
use crate::graph::{EdgeId, Graph, NodeId, Origin, Role};
pub use crate::lower::Overrides;
use crate::lower::mirror::{Steps, mirrored};
use crate::lower::program::{Made, Program};
use crate::lower::{advise, lower};
use crate::number::grouped;
use crate::op::Op;
use crate::plan::Plan;
use crate::sort;
use crate::source::{self, Diagnostic, Shifts, Span};
use crate::syntax;
use crate::view::{Behind, Constants, Outline, Rewritten, Source, View, What, rewritten};
pub use extend::Extension;
pub use resize::{Resized, kept};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use tangents::Tangents;

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
    /// The forward-mode pass, where the view has one.
    tangents: Option<Tangents>,
    /// How many nodes are the program's own.
    forward: usize,
    /// Which of them are constants that stand as nodes.
    constants: Constants,
    /// What is drawn of it.
    outline: Option<Outline>,
    /// In which gate's backward step each node was made, where these are drawn.
    steps: Steps,
    /// What is open, closed and folded.
    view: View,
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
        Self::compile(source, overrides, None)
    }

    /// Compiles a program as a view has it: values and gradients are the same, and the
    /// gradient of each wire that is drawn is a node.
    ///
    /// # Errors
    /// As of [`new`](Self::new), and where what is opened is too large.
    pub fn viewed(
        source: &str,
        overrides: &Overrides,
        view: &View,
    ) -> Result<Self, Vec<Diagnostic>> {
        Self::compile(source, overrides, Some(view))
    }

    fn compile(
        source: &str,
        overrides: &Overrides,
        view: Option<&View>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (ast, mut diagnostics) = syntax::parse(source);
        let (program, more) = lower(&ast, overrides);
        // A program in which something could not be read has no meaning yet; what
        // the rest says wrong is told all the same.
        let unread = diagnostics.len();
        diagnostics.extend(more.into_iter().filter(|d| unread == 0 || d.span.end > 0));
        let Some(program) = program.filter(|_| diagnostics.is_empty()) else {
            let mut told = in_order(diagnostics);
            advise(source, &ast, overrides, unread, &mut told);
            return Err(told);
        };
        let mut made = match view {
            None => Rewritten::from(program),
            Some(view) => rewritten(program, view),
        };
        let constants = Constants::new(&made.program);
        let program = &mut made.program;
        let forward = program.graph.len();
        let output = program.output;
        let origin = Origin {
            role: Role::Cotangent(output),
            ..program.graph.node(output).origin
        };
        let shape = program.graph.node(output).shape;
        let ones = vec![1.0; program.graph.shape(output).iter().product()];
        let seed = program.graph.push_input(shape, ones.into(), origin);
        let wanted: Vec<bool> = (0..forward)
            .map(NodeId::new)
            .map(|node| !program.graph.is_constant(node) || constants.stands(node))
            .collect();
        let derivative = view.is_some_and(|view| view.derivative);
        let known = if derivative {
            // What the program computes already is not drawn a second time.
            Known::all(&program.graph)
        } else {
            Known::default()
        };
        let mut b = Builder::knowing(&mut program.graph, known);
        let mut steps = Steps::default();
        let mut tell = |node, start| {
            if derivative {
                steps.begin(node, start);
            }
        };
        let wanted = |node: NodeId| wanted[node.index()];
        let gradient = gradient_telling(&mut b, output, seed, 0, &wanted, &mut tell);
        let known = b.known();
        let too_much = |what: &str, most: String| {
            let message = format!("the {what} of this program {most}");
            vec![Diagnostic::new(origin.span, message)]
        };
        let operands = format!("have more than {} operands", grouped(MAX_OPERANDS as u128));
        let gradient = gradient.map_err(|Full| too_much("gradients", operands.clone()))?;
        steps.end(program.graph.len());
        let behind = derivative.then(|| {
            let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
            for group in &program.groups {
                if let Made::Mirror { of, .. } = group.made {
                    *counts.entry(of).or_default() += 1;
                }
            }
            let mut ordinal = |of| counts.get(&of).copied().unwrap_or_default();
            let found = mirrored(&program.groups, &steps, None, &|_| true, &mut ordinal);
            program.groups.extend(found);
            Behind::new(program, &constants, forward, &gradient)
        });
        let mut outline = view.map(|view| {
            let behind = behind.as_ref().map(|behind| (behind, &gradient));
            Outline::new(Source::from(&made), &constants, forward, Some(view), behind)
        });
        let mut program = made.program;
        let mut b = Builder::knowing(&mut program.graph, known);
        if let Some(outline) = &mut outline {
            trace_back(&mut b, &gradient, outline);
        }
        let tangents = view.filter(|view| view.mode.has_tangents()).map(|_| {
            let inputs: Vec<NodeId> = program.inputs.iter().map(|input| input.node).collect();
            Tangents::new(&mut b, &inputs, forward)
        });
        let tangents = tangents.transpose();
        let both = "gradients and tangents";
        let tangents = tangents.map_err(|Full| too_much(both, operands))?;
        let graph = &program.graph;
        let sizes = graph.nodes().map(|node| graph.shape(node).iter().product());
        let total = sizes.fold(0usize, usize::saturating_add);
        if total > MAX_ARENA / 8 {
            let what = if tangents.is_some() {
                both
            } else {
                "gradients"
            };
            let most = format!("take more than {} MiB", MAX_ARENA >> 20);
            return Err(too_much(what, most));
        }
        let plan = Plan::new(graph);
        Ok(Self {
            program,
            gradient,
            plan,
            tangents,
            forward,
            constants,
            outline,
            steps,
            view: view.cloned().unwrap_or_default(),
            source: source.to_owned(),
            shifts: Shifts::default(),
            overridden: !overrides.is_empty(),
        })
    }

    /// A new arena, not yet run.
    pub fn arena(&self) -> Vec<f64> {
        self.plan.arena(&self.program.graph)
    }

    /// The value that the program says an input has, row-major; none of another node.
    pub fn given(&self, input: NodeId) -> Option<&[f64]> {
        let Op::Input(index) = self.program.graph.node(input).op else {
            return None;
        };
        Some(&self.program.graph.inputs()[index as usize].value)
    }

    /// Gives an input in an arena the value that the program says.
    pub fn reset(&self, arena: &mut [f64], input: NodeId) {
        if let Some(value) = self.given(input) {
            let start = self.plan.offset(input);
            arena[start..start + value.len()].copy_from_slice(value);
        }
    }

    /// The text that was compiled, as last edited.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is open, closed and folded.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The source that a node was written in, or its primal: what the node's own
    /// [`Origin`] says is where that was before the text was edited.
    pub fn span(&self, node: NodeId) -> Span {
        self.shifts.now(self.program.graph.node(node).origin.span)
    }

    /// Where a part of the source that was compiled is now.
    pub fn place(&self, span: Span) -> Span {
        self.shifts.now(span)
    }

    /// What is drawn. All is open if the model was not compiled for a view; nothing is
    /// drawn where it is too much.
    pub fn outline(&self) -> Cow<'_, Outline> {
        self.outline.as_ref().map_or_else(
            || {
                let source = Source::from(&self.program);
                let mut outline = Outline::new(source, &self.constants, self.forward, None, None);
                for unit in &mut outline.units {
                    unit.gradient = self.gradient.of(unit.node);
                }
                for thread in &mut outline.threads {
                    thread.gradient = match thread.edges[..] {
                        [edge] => self.gradient.along(edge),
                        _ => self.gradient.of(thread.node),
                    };
                }
                Cow::Owned(outline)
            },
            Cow::Borrowed,
        )
    }

    /// Whether a call is drawn with what is in it.
    pub fn is_open(&self, scope: u32) -> bool {
        let blocks = self.outline.iter().flat_map(|outline| &outline.blocks);
        blocks.clone().any(|block| block.made == Made::Call(scope))
    }

    /// The program's own nodes.
    pub fn forward(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.forward).map(NodeId::new)
    }

    /// Whether a node is the program's own.
    pub fn is_forward(&self, node: NodeId) -> bool {
        node.index() < self.forward
    }

    /// The node of the program in whose backward step a gate of the backward pass was
    /// made; none where that is not drawn.
    pub fn worked(&self, gate: NodeId) -> Option<NodeId> {
        self.steps.of(gate)
    }

    /// Whether a constant of the program stands as a node of its own, since it has a
    /// name or some gate needs it as a wire.
    pub fn stands(&self, constant: NodeId) -> bool {
        self.constants.stands(constant)
    }

    /// Whether a gate shows the number in one of its slots itself, as in `+1`, `×2`:
    /// it stands beside one other operand and has no name.
    pub fn holds(&self, gate: NodeId, slot: usize) -> bool {
        self.constants.holds(&self.program.graph, gate, slot)
    }

    /// How many nodes the backward pass has.
    pub fn backward_len(&self) -> usize {
        self.program.graph.len() - self.forward
    }

    /// Number of elements of a node's value.
    pub fn elements(&self, node: NodeId) -> usize {
        self.program.graph.shape(node).iter().product()
    }

    /// The same program with another backward pass, for tests that plant wrong
    /// derivatives: the graph anew, and the place in it of each node of the old one,
    /// which for the program's own must be the same.
    #[doc(hidden)]
    #[must_use]
    pub fn with_backward(mut self, graph: Graph, places: &[NodeId]) -> Self {
        self.gradient = self.gradient.moved(places);
        self.plan = Plan::new(&graph);
        self.program.graph = graph;
        self
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
        let alike = |t: &Diagnostic| match &t.shapes {
            // In which call they met makes no other mistake.
            Some(shapes) => diagnostic.shapes.as_ref() == Some(shapes),
            None => *t == diagnostic,
        };
        if !here.any(|t| t.span == diagnostic.span && alike(t)) {
            told.push(diagnostic);
        }
    }
    told.truncate(MAX_DIAGNOSTICS);
    told
}

/// Finds the node of the gradient along every wire that is drawn, and of the one that
/// arrives at every unit. Where it is of several uses it is their sum, which is
/// appended unless it is there.
fn trace_back(b: &mut Builder<'_>, gradient: &Gradient, outline: &mut Outline) {
    // A constant is drawn use by use, and some uses stand in their gates.
    let is_part = outline.units.iter().map(|unit| {
        unit.what != What::Node || matches!(b.graph.node(unit.node).op, Op::Constant(_))
    });
    let is_part: Vec<bool> = is_part.collect();
    let mut sum = |node: NodeId, edges: &[EdgeId]| {
        if edges.is_empty() {
            return gradient.of(node);
        }
        let uses = edges.iter();
        let parts: Vec<NodeId> = uses.filter_map(|&edge| gradient.along(edge)).collect();
        b.origin = b.graph.node(node).origin;
        b.origin.role = Role::Cotangent(node);
        (!parts.is_empty()).then(|| b.sum_of(&parts))
    };
    // What arrives at a closed group comes from outside of it, along all wires that
    // carry the value it shows. The open end brings the whole of it.
    let mut out: Vec<Option<Vec<EdgeId>>> = vec![Some(Vec::new()); outline.units.len()];
    for thread in &mut outline.threads {
        thread.gradient = sum(thread.node, &thread.edges);
        if outline.units[thread.from].node == thread.node {
            match &mut out[thread.from] {
                Some(edges) if !thread.edges.is_empty() => edges.extend(&thread.edges),
                edges => *edges = None,
            }
        }
    }
    for ((unit, edges), is_part) in outline.units.iter_mut().zip(out).zip(is_part) {
        let edges = edges.filter(|_| is_part);
        let mut edges = edges.unwrap_or_default();
        sort::ascending(&mut edges);
        unit.gradient = sum(unit.node, &edges);
    }
}

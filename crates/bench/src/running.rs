//! Backflow's side of a workload: a plan, its arena, and where the results lie.

use backflow_core::build::{Builder, Full, Known};
use backflow_core::diff::{Order, curvature, gradient, tangents_on};
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::lower::lower;
use backflow_core::lower::program::Program;
use backflow_core::model::{Model, Overrides};
use backflow_core::op::Op;
use backflow_core::plan::Plan;
use backflow_core::shape::ShapeId;
use backflow_core::source::Diagnostic;
use backflow_core::syntax::parse;
use std::hint::black_box;
use std::ops::Range;

/// A compiled workload.
pub struct Running {
    plan: Plan,
    arena: Vec<f64>,
    /// The slot of an input, and what it is set to before each run.
    edited: (usize, f64),
    results: Vec<Range<usize>>,
}

impl Running {
    /// Compiles a program. Its results are the output and the gradients of some inputs.
    ///
    /// # Errors
    /// What is wrong with the program.
    pub fn model(source: &str, overrides: &Overrides, inputs: &[&str]) -> Result<Self, String> {
        let model = Model::new(source, overrides).map_err(|errors| told(&errors))?;
        let mut results = vec![model.program.output];
        for name in inputs {
            let gradient = model.gradient.of(input(&model.program, name)?);
            results.push(gradient.ok_or_else(|| format!("{name} has no gradient"))?);
        }
        Self::new(&model.program.graph, model.plan, &results)
    }

    /// Compiles `x; repeat n: L = sin(L)·1.01 + x` from a graph, as the language's
    /// limits do not bound it. Its results are L and the gradient of x.
    ///
    /// # Errors
    /// A chain with more operands than a graph may have.
    pub fn chain(x: f64, n: usize) -> Result<Self, String> {
        let mut graph = Graph::default();
        let origin = Origin::default();
        let input = graph.push_input(ShapeId::SCALAR, [x].into(), origin);
        let factor = graph.push_constant(1.01, ShapeId::SCALAR, origin);
        let mut output = input;
        for _ in 0..n {
            let sine = graph.push(Op::Sin, ShapeId::SCALAR, &[output], origin);
            let scaled = graph.push(Op::Mul, ShapeId::SCALAR, &[sine, factor], origin);
            output = graph.push(Op::Add, ShapeId::SCALAR, &[scaled, input], origin);
        }
        let seed = graph.push_input(ShapeId::SCALAR, [1.0].into(), origin);
        let backward = gradient(&mut graph, output, seed, |node| node != factor).map_err(full)?;
        let gradient = backward.of(input).ok_or("x has no gradient")?;
        let plan = Plan::new(&graph);
        Self::new(&graph, plan, &[output, gradient])
    }

    /// The Hessian of a program's output with respect to some inputs together,
    /// times a vector: what `direction` gives for each input, in the order of
    /// `inputs`. Only what the product needs is computed.
    ///
    /// # Errors
    /// What is wrong with the program, or an input with which the output is linear.
    pub fn product(
        source: &str,
        inputs: &[&str],
        direction: impl Fn(usize, usize) -> Vec<f64>,
    ) -> Result<Self, String> {
        let (ast, mut errors) = parse(source);
        let (program, more) = lower(&ast, &Overrides::default());
        errors.extend(more);
        let mut program = program.ok_or_else(|| told(&errors))?;
        let wanted: Vec<NodeId> = inputs
            .iter()
            .map(|name| input(&program, name))
            .collect::<Result<_, _>>()?;
        let graph = &mut program.graph;
        let seed = push(graph, program.output, |count| vec![1.0; count]);
        let backward = gradient(graph, program.output, seed, |node| wanted.contains(&node));
        let backward = backward.map_err(full)?;
        let mut seeds = Vec::new();
        for (i, &node) in wanted.iter().enumerate() {
            seeds.push((node, push(graph, node, |count| direction(i, count))));
        }
        let found = if let [(x, v)] = seeds[..] {
            let found = curvature(graph, &backward, x, v, Order::ForwardOverReverse);
            vec![found.map_err(full)?]
        } else {
            let gradients: Vec<NodeId> = wanted.iter().filter_map(|&x| backward.of(x)).collect();
            let known = Known::all(graph);
            let tangents = tangents_on(&mut Builder::knowing(graph, known), &seeds, &gradients);
            let tangents = tangents.map_err(full)?;
            gradients.iter().map(|g| tangents[g.index()]).collect()
        };
        let results: Option<Vec<NodeId>> = found.into_iter().collect();
        let results = results.filter(|results| results.len() == wanted.len());
        let results = results.ok_or("the output is linear in an input")?;
        let plan = Plan::new(graph);
        Self::new(&program.graph, plan, &results)
    }

    fn new(graph: &Graph, plan: Plan, results: &[NodeId]) -> Result<Self, String> {
        let first = graph.inputs().first().ok_or("there is no input")?;
        let slot = plan.offset(first.node);
        let arena = plan.arena(graph);
        let range = |&node: &NodeId| {
            let start = plan.offset(node);
            start..start + graph.shape(node).iter().product::<usize>()
        };
        Ok(Self {
            edited: (slot, arena[slot]),
            arena,
            results: results.iter().map(range).collect(),
            plan,
        })
    }

    /// Sets an input and runs all.
    pub fn run(&mut self) {
        let (slot, value) = black_box(self.edited);
        self.arena[slot] = value;
        self.plan.run(&mut self.arena);
        black_box(&mut self.arena);
    }

    /// The results of the last run, one behind the other.
    pub fn results(&self) -> Vec<f64> {
        let values = self.results.iter().map(|range| &self.arena[range.clone()]);
        values.flatten().copied().collect()
    }

    /// How many steps a run has.
    pub fn steps(&self) -> usize {
        self.plan.steps()
    }
}

/// An input of a node's shape.
fn push(graph: &mut Graph, like: NodeId, values: impl FnOnce(usize) -> Vec<f64>) -> NodeId {
    let shape = graph.node(like).shape;
    let count = graph.shape(like).iter().product();
    graph.push_input(shape, values(count).into(), Origin::default())
}

fn input(program: &Program, name: &str) -> Result<NodeId, String> {
    let found = program.inputs.iter().find(|input| input.name == name);
    found
        .map(|input| input.node)
        .ok_or_else(|| format!("there is no input {name}"))
}

fn full(_: Full) -> &'static str {
    "there are more operands than a graph may have"
}

fn told(errors: &[Diagnostic]) -> String {
    let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
    messages.join("; ")
}

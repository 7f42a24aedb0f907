//! The modes of differentiation, in numbers: tangents, Jacobians, Hessians.
//!
//! Each works on a part of a model's graph that it copies, extends by a
//! derivative ([`crate::diff`]) and compiles to a tape of its own; the model
//! stays as it is. Numbers come from the arena of a model that has been run, so
//! a mode sees the inputs as they are edited and the output's upstream gradient.

mod along;
pub mod check;
pub mod column;
mod limits;
mod local;
mod locals;
pub mod matrix;
mod name;
pub mod passes;
mod probe;
mod tape;

use crate::build::{Builder, Full};
use crate::diff::between::{Between, between};
use crate::diff::jacobian::{Mode, cheaper, sweep};
use crate::diff::{Order, curvature, gradient, tangents_on};
use crate::graph::{Graph, NodeId, Origin};
use crate::model::Model;
pub use along::{Along, swept};
pub use column::Sparse;
pub(crate) use limits::bytes;
pub use limits::{Limits, MAX_TAPE, TooLarge};
use limits::{check_entries, check_work};
pub use local::{Local, local, local_column, local_row, local_structure};
pub use locals::Locals;
pub use name::{Named, named};
pub use probe::Probe;
pub(crate) use tape::Part;
pub use tape::{Run, Tape};

/// A dense matrix of derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Jacobian {
    /// The shape of the result: a row for each of its elements, row-major.
    pub out_shape: Vec<usize>,
    /// The shape of what it is derived by: a column for each element, row-major.
    pub in_shape: Vec<usize>,
    /// The entries, row by row.
    pub entries: Vec<f64>,
}

impl Jacobian {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.out_shape.iter().product()
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.in_shape.iter().product()
    }

    fn zeros(out: &[usize], x: &[usize]) -> Self {
        let count = out.iter().chain(x).product();
        Self {
            out_shape: out.to_vec(),
            in_shape: x.to_vec(),
            entries: vec![0.0; count],
        }
    }

    fn set_row(&mut self, row: usize, values: &[f64]) {
        let start = row * values.len();
        for (entry, &value) in self.entries[start..].iter_mut().zip(values) {
            *entry = unsigned(value);
        }
    }
}

/// A sweep leaves −0 where a negative number met a zero of the unit vector.
fn unsigned(value: f64) -> f64 {
    value + 0.0
}

/// The Jacobian of any node with respect to any other, at the values of a run.
/// `x` counts as an independent value, whatever it is computed from; where no
/// path leads from it to `out`, there are zeros.
///
/// By unit vectors, in the mode that needs fewer sweeps: one tape, whose seed is
/// edited for each sweep. Where an entry is infinite, others that the same
/// sweep computes can be NaN: 0 · ∞ of the zeros of the unit vector.
///
/// # Errors
/// If it has too many entries or takes too much work or memory.
pub fn jacobian(
    run: Run<'_>,
    out: NodeId,
    x: NodeId,
    limits: Limits,
) -> Result<Jacobian, TooLarge> {
    jacobian_within(run, out, x, &[], limits)
}

/// [`jacobian`] of what lies between: the nodes that are `given` too count as
/// independent values, so that no path leads through them.
///
/// # Errors
/// As [`jacobian`].
pub fn jacobian_within(
    run: Run<'_>,
    out: NodeId,
    x: NodeId,
    given: &[NodeId],
    limits: Limits,
) -> Result<Jacobian, TooLarge> {
    let graph = run.graph;
    let (out_shape, in_shape) = (graph.shape(out).to_vec(), graph.shape(x).to_vec());
    check_entries("Jacobian", &out_shape, &in_shape, limits)?;
    let mut found = Jacobian::zeros(&out_shape, &in_shape);
    let mut part = Part::new(run, &[out], |node| node == x || given.contains(&node));
    let (Some(y), Some(x)) = (part.place(out), part.place(x)) else {
        return Ok(found);
    };
    let (mode, count) = cheaper(&part.graph, y, x);
    let (seed, result) = sweep(&mut part.graph, y, x, mode)?;
    let Some(result) = result else {
        return Ok(found);
    };
    let columns = found.columns();
    let mut sweeps = Sweeps::new(part.graph, seed, result)?;
    check_work("Jacobian", count, sweeps.tape.work(), limits)?;
    for k in 0..count {
        let values = sweeps.unit(k);
        match mode {
            Mode::Reverse => found.set_row(k, values),
            Mode::Forward => {
                for (row, &value) in found.entries.chunks_mut(columns).zip(values) {
                    row[k] = unsigned(value);
                }
            }
        }
    }
    Ok(found)
}

/// What the [`jacobian_within`] looks like, whatever the numbers are, and what one sweep
/// takes; reads no number. Its gates are those of the run's graph.
pub fn between_within(run: Run<'_>, out: NodeId, x: NodeId, given: &[NodeId]) -> Between {
    let mut part = Part::new(run, &[out], |node| node == x || given.contains(&node));
    let (Some(y), Some(place)) = (part.place(out), part.place(x)) else {
        return Between::apart(run.graph.shape(out), run.graph.shape(x));
    };
    let mut found = between(&mut part.graph, y, place);
    let on_way = |node: &NodeId| {
        let place = part.place(*node);
        place.is_some_and(|place| found.gates.binary_search(&place).is_ok())
    };
    found.gates = run.graph.nodes().filter(on_way).collect();
    found
}

/// The Hessian of the output, weighed by its upstream gradient, with respect to
/// a node, which counts as an independent value: a row for each of its elements.
/// A Hessian-vector product for each of them, on one tape.
///
/// # Errors
/// If it has too many entries or takes too much work or memory.
pub fn hessian(
    model: &Model,
    ran: &[f64],
    x: NodeId,
    limits: Limits,
) -> Result<Jacobian, TooLarge> {
    let shape = model.program.graph.shape(x).to_vec();
    check_entries("Hessian", &shape, &shape, limits)?;
    let mut found = Jacobian::zeros(&shape, &shape);
    let Some(curved) = curved(model, ran, x, Order::ForwardOverReverse)? else {
        return Ok(found);
    };
    let columns = found.columns();
    let mut sweeps = Sweeps::new(curved.part.graph, curved.direction, curved.product)?;
    check_work("Hessian", columns, sweeps.tape.work(), limits)?;
    for k in 0..columns {
        // H is symmetric: its k-th column is its k-th row.
        found.set_row(k, sweeps.unit(k));
    }
    Ok(found)
}

/// Sweeps with unit vectors. What does not depend on the seed is computed once.
struct Sweeps {
    tape: Tape,
    /// None if the result is known to be the same, zeros, for any seed.
    seed: Option<NodeId>,
    result: NodeId,
}

impl Sweeps {
    fn new(graph: Graph, seed: NodeId, result: NodeId) -> Result<Self, TooLarge> {
        let mut tape = Tape::derived(graph)?;
        tape.run();
        let whole = tape.last().graph;
        let mut moves = vec![false; whole.len()];
        moves[seed.index()] = true;
        for node in whole.nodes().filter(|node| *node > seed) {
            moves[node.index()] = whole.operands(node).any(|x| moves[x.index()]);
        }
        let fixed = |node: NodeId| !moves[node.index()] || node == seed;
        let part = Part::new(tape.last(), &[result], fixed);
        let (seed, result) = (part.place(seed), part.place(result).unwrap_or_default());
        let tape = Tape::new(part.graph);
        Ok(Self { tape, seed, result })
    }

    /// The sweep of the k-th unit vector.
    fn unit(&mut self, k: usize) -> &[f64] {
        if let Some(seed) = self.seed {
            let slots = self.tape.value_mut(seed);
            slots.fill(0.0);
            slots[k] = 1.0;
        }
        self.tape.run();
        self.tape.value(self.result)
    }
}

/// The part of a model below its output with the backward pass of a node, and
/// the derivative of that along a direction.
struct Curved {
    part: Part,
    upstream: NodeId,
    direction: NodeId,
    product: NodeId,
}

/// None if the product is structurally zero.
fn curved(model: &Model, ran: &[f64], x: NodeId, order: Order) -> Result<Option<Curved>, Full> {
    let output = model.program.output;
    let mut part = Part::new(Run::of(model, ran), &[output], |node| node == x);
    let (Some(output), Some(x)) = (part.place(output), part.place(x)) else {
        return Ok(None);
    };
    let graph = &mut part.graph;
    let shape = graph.node(output).shape;
    let upstream = graph.push_input(shape, upstream(model, ran).into(), Origin::default());
    let shape = graph.node(x).shape;
    let zeros = vec![0.0; graph.shape(x).iter().product()];
    let direction = graph.push_input(shape, zeros.into(), Origin::default());
    let first = gradient(graph, output, upstream, |node| node == x)?;
    let product = curvature(graph, &first, x, direction, order)?;
    Ok(product.map(|product| Curved {
        part,
        upstream,
        direction,
        product,
    }))
}

/// The output's upstream gradient in an arena.
fn upstream<'a>(model: &Model, ran: &'a [f64]) -> &'a [f64] {
    &ran[model.upstream()..][..model.elements(model.program.output)]
}

/// Hessian-vector products: the Hessian of the output, weighed by its upstream
/// gradient, with respect to a node, which counts as an independent value.
///
/// The cost is a small multiple of the gradient's, whatever the size of the
/// Hessian: Griewank and Walther, *Evaluating Derivatives* (2008), chapter 5.
#[derive(Clone, Debug)]
pub struct Curvature {
    /// None if it is structurally zero.
    product: Option<Product>,
    zeros: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Product {
    tape: Tape,
    given: Vec<(NodeId, NodeId)>,
    upstream: NodeId,
    direction: NodeId,
    result: NodeId,
}

impl Curvature {
    /// Compiles the product at the values of a run. Both orders give the same.
    ///
    /// # Errors
    /// If it takes too much memory.
    pub fn new(model: &Model, ran: &[f64], x: NodeId, order: Order) -> Result<Self, TooLarge> {
        let product = curved(model, ran, x, order)?.map(|curved| {
            Ok::<_, TooLarge>(Product {
                tape: Tape::derived(curved.part.graph)?,
                given: curved.part.given,
                upstream: curved.upstream,
                direction: curved.direction,
                result: curved.product,
            })
        });
        Ok(Self {
            product: product.transpose()?,
            zeros: vec![0.0; model.elements(x)],
        })
    }

    /// Moves to the values of another run of the same model. Allocates nothing.
    pub fn update(&mut self, model: &Model, ran: &[f64]) {
        if let Some(product) = &mut self.product {
            product.tape.load(Run::of(model, ran), &product.given);
            product.tape.set(product.upstream, upstream(model, ran));
        }
    }

    /// The Hessian times a vector, both of x's shape, row-major; elements that
    /// `v` lacks count as 0. Allocates nothing.
    pub fn times(&mut self, v: &[f64]) -> &[f64] {
        let Some(product) = &mut self.product else {
            return &self.zeros;
        };
        product.tape.set(product.direction, v);
        product.tape.run();
        product.tape.value(product.result)
    }
}

/// Forward mode: the tangents of nodes from those of some.
#[derive(Clone, Debug)]
pub struct Forward {
    tape: Tape,
    given: Vec<(NodeId, NodeId)>,
    /// For each node of the model its place and that of its tangent.
    places: Vec<(Option<NodeId>, Option<NodeId>)>,
    zeros: Vec<f64>,
}

impl Forward {
    /// The values and tangents of `targets`, and of all they depend on, at the
    /// values of a run. `along` gives nodes their tangents, each of its node's
    /// shape, row-major; others have none. A gate that is given one has it
    /// besides what its operands' tangents make of it.
    ///
    /// # Errors
    /// If it takes too much memory.
    pub fn new(
        model: &Model,
        ran: &[f64],
        along: &[(NodeId, &[f64])],
        targets: &[NodeId],
    ) -> Result<Self, TooLarge> {
        let mut part = Part::new(Run::of(model, ran), targets, |_| false);
        let placed: Vec<NodeId> = targets.iter().filter_map(|x| part.place(*x)).collect();
        let mut seeds = Vec::new();
        for &(node, tangent) in along {
            if let Some(x) = part.place(node) {
                let mut value = tangent.to_vec();
                value.resize(model.elements(node), 0.0);
                let shape = part.graph.node(x).shape;
                let u = part
                    .graph
                    .push_input(shape, value.into(), Origin::default());
                seeds.push((x, u));
            }
        }
        let found = tangents_on(&mut Builder::new(&mut part.graph), &seeds, &placed)?;
        let count = model.program.graph.len();
        let places = (0..count).map(|i| {
            let place = part.place(NodeId::new(i));
            (place, place.and_then(|place| found[place.index()]))
        });
        let places = places.collect();
        let sizes = model.program.graph.nodes().map(|node| model.elements(node));
        let mut tape = Tape::derived(part.graph)?;
        tape.run();
        Ok(Self {
            zeros: vec![0.0; sizes.max().unwrap_or(1)],
            given: part.given,
            places,
            tape,
        })
    }

    /// Moves to the values of another run of the same model. Allocates nothing.
    pub fn update(&mut self, model: &Model, ran: &[f64]) {
        self.tape.load(Run::of(model, ran), &self.given);
        self.tape.run();
    }

    /// The tangent of a node that is a target or that one depends on, row-major;
    /// zeros if none of the given tangents reaches it.
    pub fn tangent(&self, node: NodeId) -> &[f64] {
        let (place, tangent) = self.places[node.index()];
        match (tangent, place) {
            (Some(tangent), _) => self.tape.value(tangent),
            (None, Some(place)) => &self.zeros[..self.tape.value(place).len()],
            (None, None) => &[],
        }
    }
}

//! Models and graphs that have been run.

use super::Ran;
use backflow_core::graph::{Graph, NodeId};
use backflow_core::model::{Model, Overrides};
use backflow_core::modes::{Run, named};

pub fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"))
}

/// A model that has been run.
pub fn ran(source: &str) -> (Model, Vec<f64>) {
    let model = model(source);
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    (model, arena)
}

pub fn node(model: &Model, name: &str) -> NodeId {
    named(&model.program, name).expect("a name").node
}

pub fn at<'a>(graph: &'a Graph, ran: &'a Ran) -> Run<'a> {
    Run {
        graph,
        plan: &ran.plan,
        arena: &ran.arena,
    }
}

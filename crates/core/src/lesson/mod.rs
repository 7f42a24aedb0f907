//! What happens at each gate, in words and formulas with the numbers in them.
//!
//! A [`Lesson`] is made once per structure; it is asked again whenever a value
//! changes, and reads the numbers where they lie in the arena. It holds none.

mod axes;
mod behind;
mod by_element;
mod card;
mod chain;
mod check;
mod cost;
mod duality;
mod element;
mod flags;
mod formula;
mod grain;
mod hessian;
mod holds;
mod indexed;
mod language;
mod latex;
mod lens;
mod lit;
mod local;
mod math;
mod names;
mod notes;
mod orders;
mod paper;
mod paths;
mod reckon;
mod roles;
mod sentence;
mod show;
mod slice;
mod tangent;
mod way;
mod whole;
mod why;
mod write;

use crate::graph::NodeId;
use crate::model::Model;
use crate::modes::{Locals, Probe};
use crate::scene::Scene;
pub use chain::{Chained, Orders, Product, Way, orders};
pub use cost::{Cost, Sizes, sizes};
pub use duality::{Identity, Passes};
pub use element::{Element, Lit, Side};
use grain::Other;
pub use hessian::{Hessian, Newton, Product as HessianProduct};
pub use language::{gradient_in_python, value_in_python};
pub use lens::Lens;
pub use math::{As, Math};
use names::Names;
pub use orders::{Order, Whole};
pub use paper::{Growth, Paper};
use serde::Serialize;
pub use slice::Slice;

/// A program at this moment: its arena has been run.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The program.
    pub model: &'a Model,
    /// Its picture.
    pub scene: &'a Scene,
    /// Its numbers.
    pub arena: &'a [f64],
}

/// What happens in one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentence {
    /// With its numbers, on a line or a few.
    pub math: Math,
    /// To be spoken.
    pub text: String,
}

/// A line of a card, and what lights up with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The line.
    pub math: Math,
    /// As LaTeX.
    pub latex: String,
    /// As text.
    pub text: String,
    /// Indices of nodes of the scene.
    pub nodes: Vec<usize>,
    /// Indices of its wires.
    pub wires: Vec<usize>,
}

/// What a part of a card is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// Upstream × local = downstream.
    Chain,
    /// The tangent, from those of the operands.
    Tangent,
    /// The local derivative.
    Local,
    /// What the gate does to gradients.
    Role,
    /// The sum over uses.
    Sum,
    /// The gradient beside a difference.
    Check,
    /// A change, as predicted and as it is.
    Nudge,
    /// Conventions and warnings.
    Notes,
    /// Every path to the output.
    Paths,
    /// What broadcasting, reductions and indexing do to axes.
    Axes,
}

/// A part of a card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// What it is about.
    pub kind: About,
    /// Its heading.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What there is to say of a gate or a wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    /// What it computes.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// What it is.
    pub subtitle: String,
    /// The card's formulas as LaTeX.
    pub latex: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// What is said of a program's gates; of one structure.
#[derive(Clone, Debug)]
pub struct Lesson {
    names: Names,
    /// For each node the wires into it, by operand, and those out of it.
    into: Vec<Vec<usize>>,
    out: Vec<Vec<usize>>,
    /// The local derivatives, once one was asked for.
    locals: Option<Locals>,
    /// The output as a function of the node that was last asked for.
    probe: Option<(NodeId, Probe)>,
    /// The program with the gates at the last place asked for as one, or as several.
    other: Option<(String, Other)>,
}

impl Lesson {
    /// Of a model and its scene.
    pub fn new(model: &Model, scene: &Scene) -> Self {
        let (mut into, mut out) = (vec![Vec::new(); scene.nodes.len()], Vec::new());
        out.clone_from(&into);
        for (at, wire) in scene.wires.iter().enumerate() {
            if let Some(to) = wire.to {
                into[to].push(at);
                out[wire.from].push(at);
            }
        }
        Self {
            names: Names::new(model, scene),
            into,
            out,
            locals: None,
            probe: None,
            other: None,
        }
    }
}

//! What happens at each gate, in words and formulas with the numbers in them.
//!
//! A [`Lesson`] is made once per structure; it is asked again whenever a value
//! changes, and reads the numbers where they lie in the arena. It holds none.

mod derivative;
mod expr;
mod formula;
mod math;
mod names;
mod sentence;
mod show;

use crate::model::Model;
use crate::scene::Scene;
pub use derivative::gradient_in_python;
pub use math::{As, Math};
use names::Names;
use serde::Serialize;

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

/// What is said of a program's gates; of one structure.
#[derive(Clone, Debug)]
pub struct Lesson {
    names: Names,
    /// For each node the wires into it, by operand, and those out of it.
    into: Vec<Vec<usize>>,
    out: Vec<Vec<usize>>,
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
        }
    }
}

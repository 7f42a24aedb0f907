//! How good the pictures are: a fixed set of graphs laid out, and counted what a
//! reader stumbles over.

pub mod count;
#[cfg(not(target_arch = "wasm32"))]
pub mod dot;
pub mod graphs;
#[cfg(not(target_arch = "wasm32"))]
pub mod svg;

use backflow_core::layout::{Asked, Frame, Layout, Link, Size, layout_in};

/// A graph to be laid out.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// What it is.
    pub name: String,
    /// How many of its rectangles are gates.
    pub gates: usize,
    /// What is written in each rectangle.
    pub texts: Vec<String>,
    /// The rectangles.
    pub sizes: Vec<Size>,
    /// The size of what wires enter at the left of each.
    pub grips: Vec<Size>,
    /// The wires.
    pub links: Vec<Link>,
    /// The frames, outer ones first, and what each is called.
    pub frames: Vec<Frame>,
    /// What is written on each frame.
    pub titles: Vec<String>,
    /// The innermost frame around each rectangle.
    pub frame_of: Vec<Option<usize>>,
}

impl Graph {
    /// Lays it out.
    pub fn lay(&self) -> Layout {
        layout_in(&Asked {
            heads: &[],
            grips: &self.grips,
            sizes: &self.sizes,
            links: &self.links,
            frames: &self.frames,
            frame_of: &self.frame_of,
            before: None,
        })
    }
}

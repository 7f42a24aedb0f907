//! Derivatives: from a graph to more of the same graph.
//!
//! The derivative of a gate with respect to one operand is a linear operator
//! on that edge, described by nodes ([`linear`]). One table names it for every
//! operation and slot ([`rules`]); the sweeps carry it through the graph.

pub mod linear;
pub mod rules;
mod sweep;

pub use sweep::{Gradient, gradient, tangents};

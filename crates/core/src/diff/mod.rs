//! Derivatives: from a graph to more of the same graph.
//!
//! The derivative of a gate with respect to one operand is a linear operator
//! on that edge, described by nodes ([`crate::definition`]); the sweeps carry it through the graph;
//! [`structure`] says what its matrix looks like, [`between`] that of many gates, [`path`] and [`chain`] what
//! products of such matrices cost. A derivative is nodes like any others: a sweep over what
//! a sweep has emitted is the second order, and so on.

pub mod between;
pub mod chain;
pub mod jacobian;
pub mod path;
mod root;
pub mod structure;
mod sweep;

pub use sweep::{
    Gradient, Order, curvature, gradient, gradient_on, gradient_telling, tangents, tangents_on,
};

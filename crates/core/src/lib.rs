//! Computational graphs and the derivatives that flow back through them.
pub mod layout;
pub mod scene;

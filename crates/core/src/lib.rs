//! Computational graphs and the derivatives that flow back through them.
//!
//! Text becomes an [`ast`](syntax), the tree a [`Graph`](graph::Graph), the
//! graph more of the same graph by [`diff`], and the whole a [`Plan`](plan::Plan)
//! that runs over one arena of numbers. [`Model`](model::Model) holds all of it;
//! [`modes`] are the derivatives beside its gradient, and a [`lesson`] puts in words
//! what happens at each gate of a [`scene`].

#![cfg_attr(
    not(test),
    deny(clippy::string_slice, reason = "it panics within a letter")
)]

pub mod build;
pub mod codegen;
pub mod composite;
mod count;
pub mod definition;
pub mod diff;
pub mod graph;
#[cfg(target_arch = "wasm32")]
pub mod host;
#[cfg(not(target_arch = "wasm32"))]
mod host;
pub mod layout;
pub mod lesson;
pub mod lower;
pub mod model;
pub mod modes;
pub mod number;
pub mod op;
pub mod paste;
pub mod plan;
pub mod scene;
pub mod shape;
mod sort;
pub mod source;
pub mod syntax;
pub mod view;

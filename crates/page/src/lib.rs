//! The module that the page loads: the engine, and nothing else.

pub use backflow_engine::Engine;

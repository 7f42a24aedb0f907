//! From text to a tree. Parsing never fails: it returns the program it could
//! read and the mistakes it found.

pub mod ast;
pub(crate) mod compound;
mod expr;
mod lex;
mod parse;
pub(crate) mod prelude;
mod refused;
mod renumber;

#[cfg(test)]
mod tests;

pub use ast::Ast;
pub use ast::normal;
pub use parse::{MAX_SOURCE, parse};
pub use renumber::{Grown, renumbered};

//! Sets the project up, serves it and tests it.
fn main() {}

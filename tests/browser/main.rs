//! The served page in a browser: `cargo xtask test browser`.

use std::{env, path::PathBuf};

/// What `cargo xtask test` passes on.
fn given(name: &str) -> Result<PathBuf, String> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set: run these tests by `cargo xtask test browser`"))
}

#[test]
fn the_page_is_built_and_a_driver_is_there() -> Result<(), String> {
    assert!(given("BACKFLOW_DIST")?.join("index.html").is_file());
    assert!(given("CHROMEDRIVER")?.is_file());
    Ok(())
}

//! The command as a process.

#![allow(dead_code, reason = "not every test needs all of it")]

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The lecture's first graph.
pub const EXAMPLE: &str = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\n";

/// Runs the command with a program on its standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_backflow"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // Wrong usage is told before the input is read.
    let _ = child.stdin.take().expect("an input").write_all(input);
    child.wait_with_output().expect("the command ends")
}

/// Runs a command on a program and returns what it printed; it must succeed.
pub fn succeed(command: &str, source: &str, arguments: &[&str]) -> String {
    let output = run(&[&[command, "-"], arguments].concat(), source.as_bytes());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert_eq!(errors, "");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The same with `--json`.
pub fn succeed_json(command: &str, source: &str, arguments: &[&str]) -> Value {
    let text = succeed(command, source, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).expect("JSON")
}

/// The exit status and the standard error of a run that must print no result.
pub fn failure(arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let output = run(arguments, input);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    (output.status.code(), errors)
}

/// Checks what is said about wrong usage.
pub fn check_usage(arguments: &[&str], input: &str, expected: &str) {
    let (status, errors) = failure(arguments, input.as_bytes());
    assert_eq!(errors.lines().next(), Some(expected));
    assert!(errors.contains("usage:"), "{errors}");
    assert_eq!(status, Some(2));
}

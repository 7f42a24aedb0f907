//! Progress lines: what is being done and, when done, how long it took.

use std::time::{Duration, Instant};

/// What a task comes to. The error is a sentence for whoever ran the command.
pub type Outcome<T> = Result<T, String>;

/// Does one long piece of work between two lines that say so.
pub fn step<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    println!("▸ {what} …");
    let start = Instant::now();
    let outcome = work();
    let took = duration(start.elapsed());
    match &outcome {
        Ok(_) => println!("✓ {what}: {took}"),
        Err(_) => println!("✗ {what}: failed after {took}"),
    }
    outcome
}

/// A duration as a reader wants it: `0.4 s`, `3 min 17 s`.
pub fn duration(time: Duration) -> String {
    if time < Duration::from_secs(60) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(440)), "0.4 s");
        assert_eq!(duration(Duration::from_millis(59_900)), "59.9 s");
        assert_eq!(duration(Duration::from_millis(197_800)), "3 min 17 s");
    }
}

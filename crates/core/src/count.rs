//! Counting by small keys: one table type for all, so that the page carries one.

use rustc_hash::FxHashMap;

/// How often each key has come.
#[derive(Clone, Debug, Default)]
pub struct Counts(FxHashMap<u64, u32>);

impl Counts {
    /// Counts a key: how often it had come before.
    pub fn add(&mut self, key: u64) -> u32 {
        let count = self.0.entry(key).or_insert(0);
        *count += 1;
        *count - 1
    }

    /// Whether a key has come.
    pub fn has(&self, key: u64) -> bool {
        self.0.contains_key(&key)
    }
}

/// One key of two.
pub fn pair(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

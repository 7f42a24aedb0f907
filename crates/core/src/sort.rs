//! The sort of what is short or seldom sorted.
//!
//! Those of the standard library are made anew for every type, which is what sorts
//! millions fast and weighs up to 10 kB each time. Of this one only the comparison is.

use std::cmp::Ordering;
use std::mem::{replace, swap};

/// Sorts in ascending order. What is equal stays as it came, here as below.
pub fn ascending<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// Sorts by a key.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a comparison.
pub fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order = order(items.len(), &|a, b| compare(&items[a], &items[b]).is_lt());
    // Round after round of those that take each other's places.
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = replace(&mut order[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Which one comes to each place, by merging the runs that ascend; empty where all
/// do.
fn order(count: usize, less: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..count).filter(|&at| less(at, at - 1)).collect();
    if ends.is_empty() {
        return Vec::new();
    }
    ends.push(count);
    let mut order: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    while ends.len() > 1 {
        let (mut start, mut runs) = (0, 0);
        for run in 0..ends.len().div_ceil(2) {
            let middle = ends[2 * run];
            let end = ends.get(2 * run + 1).copied().unwrap_or(middle);
            let (mut left, mut right) = (start, middle);
            while left < middle && right < end {
                let next = if less(order[right], order[left]) {
                    &mut right
                } else {
                    &mut left
                };
                merged.push(order[*next]);
                *next += 1;
            }
            merged.extend_from_slice(&order[left..middle]);
            merged.extend_from_slice(&order[right..end]);
            ends[run] = end;
            (start, runs) = (end, run + 1);
        }
        ends.truncate(runs);
        swap(&mut order, &mut merged);
        merged.clear();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(
            keys in proptest::collection::vec(0_u8..40, 0..200),
        ) {
            let mut items: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            by_key(&mut items, |item| item.0);
            prop_assert_eq!(&items, &expected);
            expected.sort_by(|a, b| b.cmp(a));
            by(&mut items, |a, b| b.cmp(a));
            prop_assert_eq!(&items, &expected);
            let (mut keys, mut expected) = (keys.clone(), keys);
            ascending(&mut keys);
            expected.sort_unstable();
            prop_assert_eq!(keys, expected);
        }
    }

    #[test]
    fn what_is_sorted_is_compared_once() {
        let compared = std::cell::Cell::new(0);
        let mut items: Vec<u32> = (0..100).collect();
        by(&mut items, |a, b| {
            compared.set(compared.get() + 1);
            a.cmp(b)
        });
        assert_eq!(compared.get(), 99);
    }
}

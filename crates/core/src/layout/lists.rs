//! Many short lists, kept end to end, and the one sort of the layout.

use std::ops::{Index, IndexMut, Range};

/// Lists of any lengths in one piece of memory.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Lists<usize> {
    /// Each index replaced by the item there.
    pub fn of<T: Clone>(self, all: &[T]) -> Lists<T> {
        Lists {
            items: self.items.iter().map(|&index| all[index].clone()).collect(),
            starts: self.starts,
        }
    }

    /// The indices of `keys` by key, each list in ascending order; keys are less
    /// than `count`.
    pub fn group(count: usize, keys: &[usize]) -> Self {
        let mut starts = vec![0; count + 1];
        for &key in keys {
            starts[key + 1] += 1;
        }
        for list in 0..count {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![0; keys.len()];
        for (index, &key) in keys.iter().enumerate() {
            items[next[key]] = index;
            next[key] += 1;
        }
        Self { items, starts }
    }
}

impl<T> Lists<T> {
    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Adds a list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len());
    }

    /// All items, list by list.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Where a list is among all items.
    pub fn range(&self, list: usize) -> Range<usize> {
        self.starts[list]..self.starts[list + 1]
    }

    /// The lists in another order; `of` is given each item and its list here.
    pub fn map<U>(&self, order: &[usize], mut of: impl FnMut(usize, &T) -> U) -> Lists<U> {
        let mut items = Vec::with_capacity(self.items.len());
        let mut starts = vec![0];
        for &list in order {
            items.extend(self[list].iter().map(|item| of(list, item)));
            starts.push(items.len());
        }
        Lists { items, starts }
    }

    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len()).map(|list| &self[list])
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            starts: vec![0],
        }
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, list: usize) -> &[T] {
        &self.items[self.starts[list]..self.starts[list + 1]]
    }
}

impl<T> IndexMut<usize> for Lists<T> {
    fn index_mut(&mut self, list: usize) -> &mut [T] {
        &mut self.items[self.starts[list]..self.starts[list + 1]]
    }
}

/// Length up to which a list is sorted by insertion.
const SHORT: usize = 12;

/// Sorts the keys; returns how many pairs were out of order.
pub(super) fn sort(keys: &mut [u64]) -> u64 {
    let mut inversions = 0;
    for run in keys.chunks_mut(SHORT) {
        for end in 1..run.len() {
            let key = run[end];
            let mut place = end;
            while place > 0 && run[place - 1] > key {
                run[place] = run[place - 1];
                place -= 1;
            }
            run[place] = key;
            inversions += (end - place) as u64;
        }
    }
    let mut left = Vec::new();
    let mut width = SHORT;
    while width < keys.len() {
        for run in keys.chunks_mut(2 * width) {
            // What is in order already, as much is in later sweeps, stays.
            if run.len() > width && run[width - 1] > run[width] {
                left.clear();
                left.extend_from_slice(&run[..width]);
                inversions += merge(&left, run);
            }
        }
        width *= 2;
    }
    inversions
}

/// Merges `left` with what follows its place at the start of `run`.
fn merge(left: &[u64], run: &mut [u64]) -> u64 {
    let mut inversions = 0;
    let (mut taken, mut right) = (0, left.len());
    for place in 0..run.len() {
        if taken == left.len() {
            break;
        }
        if right < run.len() && run[right] < left[taken] {
            run[place] = run[right];
            right += 1;
            inversions += (left.len() - taken) as u64;
        } else {
            run[place] = left[taken];
            taken += 1;
        }
    }
    inversions
}

/// The indices of the keys by ascending key; equal keys stay in order.
pub(super) fn sorted(keys: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut packed: Vec<u64> = keys
        .enumerate()
        .map(|(index, key)| (u64::from(key) << 32) | index as u64)
        .collect();
    sort(&mut packed);
    packed
        .into_iter()
        .map(|key| (key & u64::from(u32::MAX)) as usize)
        .collect()
}

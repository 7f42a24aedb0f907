//! Shapes, sets of axes and NumPy's broadcasting.

use rustc_hash::FxHashMap;
use std::fmt;

/// Most axes a value can have.
pub const MAX_RANK: usize = 32;

/// An interned shape: equal ids are equal shapes. The default is the scalar shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShapeId(u32);

impl ShapeId {
    /// The shape of a number.
    pub const SCALAR: Self = Self(0);
}

/// Which elements of one axis: `count` of them, the first at `start`, each next
/// one `step` further. They lie within the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cut {
    /// The first place.
    pub start: usize,
    /// From one place to the next; below zero for a run backwards.
    pub step: isize,
    /// How many.
    pub count: usize,
}

impl Cut {
    /// All of an axis.
    pub fn whole(size: usize) -> Self {
        Self::run(0, size)
    }

    /// `count` neighbours.
    pub fn run(start: usize, count: usize) -> Self {
        let step = 1;
        Self { start, step, count }
    }

    /// The place of one of its elements.
    pub fn place(self, index: usize) -> usize {
        self.start.wrapping_add_signed(self.step * index as isize)
    }
}

/// An interned list of cuts, one for every axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CutsId(u32);

impl CutsId {
    /// The cuts of a number: none.
    pub const WHOLE: Self = Self(0);
}

/// Every shape and every list of cuts of a graph, each once.
#[derive(Clone, Debug)]
pub struct Shapes {
    list: Vec<Box<[usize]>>,
    ids: FxHashMap<Box<[usize]>, ShapeId>,
    cuts: Vec<Box<[Cut]>>,
    cut_ids: FxHashMap<Box<[Cut]>, CutsId>,
}

impl Default for Shapes {
    fn default() -> Self {
        let none = Box::<[Cut]>::default();
        Self {
            list: vec![Box::default()],
            ids: FxHashMap::default(),
            cuts: vec![none.clone()],
            cut_ids: [(none, CutsId::WHOLE)].into_iter().collect(),
        }
    }
}

impl Shapes {
    /// The id of a shape.
    pub fn intern(&mut self, shape: &[usize]) -> ShapeId {
        // Most are this one, and comparing with nothing is slow in some libraries.
        if shape.is_empty() {
            return ShapeId::SCALAR;
        }
        if let Some(&id) = self.ids.get(shape) {
            return id;
        }
        let id = ShapeId(self.list.len() as u32);
        self.list.push(shape.into());
        self.ids.insert(shape.into(), id);
        id
    }

    /// The id of a list of cuts.
    pub fn intern_cuts(&mut self, cuts: &[Cut]) -> CutsId {
        if let Some(&id) = self.cut_ids.get(cuts) {
            return id;
        }
        let id = CutsId(self.cuts.len() as u32);
        self.cuts.push(cuts.into());
        self.cut_ids.insert(cuts.into(), id);
        id
    }

    /// The cuts of a list.
    pub fn cuts(&self, id: CutsId) -> &[Cut] {
        &self.cuts[id.0 as usize]
    }

    /// The sizes of a shape.
    pub fn get(&self, id: ShapeId) -> &[usize] {
        &self.list[id.0 as usize]
    }
}

/// A set of axes, counted from the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Axes(u32);

impl Axes {
    /// No axis.
    pub const NONE: Self = Self(0);

    /// The first `rank` axes.
    pub fn all(rank: usize) -> Self {
        (0..rank).collect()
    }

    /// Whether an axis is in the set.
    pub fn contains(self, axis: usize) -> bool {
        axis < MAX_RANK && self.0 & (1 << axis) != 0
    }

    /// The axes in the set, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_RANK).filter(move |&axis| self.contains(axis))
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<usize> for Axes {
    fn from_iter<I: IntoIterator<Item = usize>>(axes: I) -> Self {
        Self(
            axes.into_iter()
                .filter(|&axis| axis < MAX_RANK)
                .fold(0, |set, axis| set | 1 << axis),
        )
    }
}

/// Number of elements, unless it overflows.
pub fn elements(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |n, &size| n.checked_mul(size))
}

/// The shape that two shapes broadcast to, unless they do not fit.
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    (0..rank)
        .map(|axis| {
            let size = |shape: &[usize]| {
                (axis + shape.len())
                    .checked_sub(rank)
                    .map_or(1, |i| shape[i])
            };
            match (size(a), size(b)) {
                (x, y) if x == y => Some(x),
                (1, y) => Some(y),
                (x, 1) => Some(x),
                _ => None,
            }
        })
        .collect()
}

/// The shape without some of its axes.
pub fn without(shape: &[usize], axes: Axes) -> Vec<usize> {
    let kept = shape.iter().enumerate();
    kept.filter(|&(axis, _)| !axes.contains(axis))
        .map(|(_, &size)| size)
        .collect()
}

/// The shape with some of its axes made 1.
pub fn kept(shape: &[usize], axes: Axes) -> Vec<usize> {
    let sizes = shape.iter().enumerate();
    sizes
        .map(|(axis, &size)| if axes.contains(axis) { 1 } else { size })
        .collect()
}

/// A shape as Python writes it: `()`, `(3,)`, `(2, 3)`.
pub struct Display<'a>(pub &'a [usize]);

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [size] => write!(f, "({size},)"),
            sizes => {
                let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
                write!(f, "({})", sizes.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_is_numpys() {
        assert_eq!(broadcast(&[3, 1], &[4]), Some(vec![3, 4]));
        assert_eq!(broadcast(&[], &[2, 2]), Some(vec![2, 2]));
        assert_eq!(broadcast(&[0], &[1]), Some(vec![0]));
        assert_eq!(broadcast(&[2, 3], &[2]), None);
    }

    #[test]
    fn a_product_that_overflows_is_none() {
        assert_eq!(elements(&[usize::MAX, 2]), None);
        assert_eq!(elements(&[]), Some(1));
    }
}

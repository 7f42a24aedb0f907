//! Shapes, sets of axes and NumPy's broadcasting.

use rustc_hash::FxHashMap;
use std::borrow::Cow;
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

    /// Which of its elements is at a place, if one is.
    pub fn index(self, place: usize) -> Option<usize> {
        let away = place.cast_signed() - self.start.cast_signed();
        // One element has any step.
        let step = if self.step == 0 { 1 } else { self.step };
        let index = usize::try_from(away / step).ok()?;
        (away % step == 0 && index < self.count).then_some(index)
    }
}

/// An interned list of cuts, one for every axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CutsId(u32);

impl CutsId {
    /// The cuts of a number: none.
    pub const WHOLE: Self = Self(0);
}

/// An order of axes: axis i of a result is axis p\[i\] of an operand. The list p is
/// interned among the shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permutation(ShapeId);

impl Permutation {
    /// The last two axes exchanged, however many there are.
    pub const TRANSPOSE: Self = Self(ShapeId::SCALAR);
}

/// The order that puts axes of an order back.
pub fn inverse(order: &[usize]) -> Vec<usize> {
    let mut back = vec![0; order.len()];
    for (place, &axis) in order.iter().enumerate() {
        back[axis] = place;
    }
    back
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

    /// An order of the axes that there are.
    pub fn intern_permutation(&mut self, order: &[usize]) -> Permutation {
        if *order == *self.permutation(Permutation::TRANSPOSE, order.len()) {
            return Permutation::TRANSPOSE;
        }
        Permutation(self.intern(order))
    }

    /// Which axis of so many stands at each place of an order.
    pub fn permutation(&self, order: Permutation, rank: usize) -> Cow<'_, [usize]> {
        if order != Permutation::TRANSPOSE {
            return self.get(order.0).into();
        }
        let mut axes: Vec<usize> = (0..rank).collect();
        if let [.., before, last] = axes.as_mut_slice() {
            std::mem::swap(before, last);
        }
        axes.into()
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

/// The subscripts of an element of a value of a shape.
pub fn subscripts(shape: &[usize], mut element: usize) -> Vec<usize> {
    let mut found = vec![0; shape.len()];
    for (at, &size) in found.iter_mut().zip(shape).rev() {
        *at = element % size.max(1);
        element /= size.max(1);
    }
    found
}

/// The element at subscripts.
pub fn flat(shape: &[usize], at: impl IntoIterator<Item = usize>) -> usize {
    let at = shape.iter().zip(at);
    at.fold(0, |flat, (&size, at)| flat * size + at)
}

/// The elements of a value that become one element of a result over axes, ascending: also
/// where the copies of an element along axes are.
pub fn members(shape: &[usize], axes: Axes, result: usize) -> Vec<usize> {
    let kept = subscripts(&without(shape, axes), result);
    let mut kept = kept.into_iter();
    let mut found = vec![0];
    for (axis, &size) in shape.iter().enumerate() {
        let fixed = if axes.contains(axis) {
            None
        } else {
            kept.next()
        };
        let places = fixed.map_or(0..size, |at| at..at + 1);
        if places.len() == 1 {
            for place in &mut found {
                *place = *place * size + places.start;
            }
        } else {
            found = found
                .iter()
                .flat_map(|place| places.clone().map(move |at| place * size + at))
                .collect();
        }
    }
    found
}

/// The element of a result over axes that an element of a value goes to.
pub fn group(shape: &[usize], axes: Axes, element: usize) -> usize {
    let at = subscripts(shape, element);
    let kept = at.iter().zip(shape).enumerate();
    let kept = kept.filter(|&(axis, _)| !axes.contains(axis));
    kept.fold(0, |flat, (_, (&at, &size))| flat * size + at)
}

/// The shape of what `count` indices of a shape name along the axes from one on.
pub fn taken(whole: &[usize], axis: usize, count: usize, indices: &[usize]) -> Vec<usize> {
    let (before, behind) = (&whole[..axis], &whole[axis + count..]);
    [before, indices, behind].concat()
}

/// The place that an index names among so many, counted from the end where it is below 0.
pub fn place(index: f64, size: usize) -> Option<usize> {
    let at = if index < 0.0 {
        index + size as f64
    } else {
        index
    };
    let known = at.fract() == 0.0 && at >= 0.0 && at < size as f64;
    known.then_some(at as usize)
}

/// The elements that indices name along the axes from one on: pairs of an element of what
/// is taken and the one of the whole that it is.
pub fn picked(whole: &[usize], axis: usize, indices: &[&[f64]]) -> Vec<(usize, usize)> {
    let (before, rest) = whole.split_at(axis);
    let (along, behind) = rest.split_at(indices.len());
    let count = |sizes: &[usize]| sizes.iter().product::<usize>();
    let (each, inner) = (count(along), count(behind));
    let len = indices.first().map_or(1, |of| of.len());
    let mut found = Vec::new();
    for outer in 0..count(before) {
        for at in 0..len {
            let mut sizes = indices.iter().zip(along);
            let at_place = sizes.try_fold(0, |flat, (of, &size)| {
                Some(flat * size + place(of[at], size)?)
            });
            let Some(at_place) = at_place else {
                continue;
            };
            let (part, from) = (
                (outer * len + at) * inner,
                (outer * each + at_place) * inner,
            );
            found.extend((0..inner).map(|i| (part + i, from + i)));
        }
    }
    found
}

/// The elements of a value up to an element along an axis, ascending; those from it on
/// when `back`.
pub fn up_to(shape: &[usize], axis: usize, back: bool, element: usize) -> Vec<usize> {
    let stride: usize = shape[axis + 1..].iter().product();
    let at = element / stride.max(1) % shape[axis].max(1);
    let first = element - at * stride;
    let places = if back { at..shape[axis] } else { 0..at + 1 };
    places.map(|place| first + place * stride).collect()
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

    #[test]
    fn subscripts_are_read_as_python_has_them() {
        assert_eq!(subscripts(&[2, 3], 5), [1, 2]);
        assert_eq!(subscripts(&[], 0), [0; 0]);
        let shape = [2, 3, 4];
        for element in 0..24 {
            assert_eq!(flat(&shape, subscripts(&shape, element)), element);
        }
    }

    #[test]
    fn every_element_is_in_one_group() {
        let shape = [2, 3, 4];
        for axes in [&[][..], &[0], &[1], &[2], &[0, 2], &[0, 1, 2]] {
            let axes: Axes = axes.iter().copied().collect();
            let count: usize = without(&shape, axes).iter().product();
            let mut seen = Vec::new();
            for result in 0..count {
                let found = members(&shape, axes, result);
                assert!(found.is_sorted());
                for &element in &found {
                    assert_eq!(group(&shape, axes, element), result);
                }
                seen.extend(found);
            }
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..24), "{axes:?}");
        }
    }
}

//! Where elements lie: subscripts, and where gates that only move elements take each
//! from and put it.

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{Axes, without};

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
pub fn flat(shape: &[usize], at: &[usize]) -> usize {
    at.iter()
        .zip(shape)
        .fold(0, |flat, (&at, &size)| flat * size + at)
}

/// The elements of a value that become one element of a result over axes, ascending.
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

/// Where an element of a gate that only moves elements comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An operand's slot, and the element.
    From(usize, usize),
    /// Nothing was put there.
    Zero,
}

/// Where an element comes from; none of a gate that does more than move.
pub fn source(graph: &Graph, gate: NodeId, element: usize) -> Option<Source> {
    let to = graph.shape(gate);
    let from = |slot: usize| graph.shape(graph.operand(gate, slot));
    let place = match graph.node(gate).op {
        Op::Reshape => element,
        Op::Broadcast(axes) => group(to, axes, element),
        Op::Transpose => {
            let mut at = subscripts(to, element);
            if let [.., row, column] = at.as_mut_slice() {
                std::mem::swap(row, column);
            }
            flat(from(0), &at)
        }
        Op::Permute(order) => {
            let at = subscripts(to, element);
            let mut back = vec![0; at.len()];
            for (&axis, at) in graph.shapes.get(order).iter().zip(at) {
                back[axis] = at;
            }
            flat(from(0), &back)
        }
        Op::Slice(cuts) => {
            let at = subscripts(to, element);
            let cuts = graph.shapes.cuts(cuts).iter();
            let back: Vec<usize> = cuts.zip(at).map(|(cut, at)| cut.place(at)).collect();
            flat(from(0), &back)
        }
        Op::Scatter(cuts) => {
            let at = subscripts(to, element);
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let back: Option<Vec<usize>> = cuts.map(|(cut, at)| index(*cut, at)).collect();
            match back {
                Some(back) => flat(from(0), &back),
                None => return Some(Source::Zero),
            }
        }
        Op::Concat(axis) => {
            let axis = usize::from(axis);
            let mut at = subscripts(to, element);
            for slot in 0..graph.arity(gate) {
                let size = from(slot)[axis];
                if at[axis] < size {
                    return Some(Source::From(slot, flat(from(slot), &at)));
                }
                at[axis] -= size;
            }
            return Some(Source::Zero);
        }
        _ => return None,
    };
    Some(Source::From(0, place))
}

/// Where a gate that only moves elements puts one of an operand's; none of a gate that
/// does more.
pub fn targets(graph: &Graph, gate: NodeId, slot: usize, element: usize) -> Option<Vec<usize>> {
    let to = graph.shape(gate);
    let from = graph.shape(graph.operand(gate, slot));
    let at = subscripts(from, element);
    let place = match graph.node(gate).op {
        Op::Reshape => element,
        Op::Broadcast(axes) => return Some(members(to, axes, element)),
        Op::Transpose => {
            let mut at = at;
            if let [.., row, column] = at.as_mut_slice() {
                std::mem::swap(row, column);
            }
            flat(to, &at)
        }
        Op::Permute(order) => {
            let order = graph.shapes.get(order).iter();
            let on: Vec<usize> = order.map(|&axis| at[axis]).collect();
            flat(to, &on)
        }
        Op::Slice(cuts) => {
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let on: Option<Vec<usize>> = cuts.map(|(cut, at)| index(*cut, at)).collect();
            match on {
                Some(on) => flat(to, &on),
                None => return Some(Vec::new()),
            }
        }
        Op::Scatter(cuts) => {
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let on: Vec<usize> = cuts.map(|(cut, at)| cut.place(at)).collect();
            flat(to, &on)
        }
        Op::Concat(axis) => {
            let axis = usize::from(axis);
            let before = graph.operands(gate).take(slot);
            let before: usize = before.map(|x| graph.shape(x)[axis]).sum();
            let mut at = at;
            at[axis] += before;
            flat(to, &at)
        }
        _ => return None,
    };
    Some(vec![place])
}

/// Which element of a cut lies at a place.
fn index(cut: crate::shape::Cut, place: usize) -> Option<usize> {
    let ahead = place.cast_signed() - cut.start.cast_signed();
    let fits = cut.step != 0 && ahead % cut.step == 0;
    let found = usize::try_from(if fits { ahead / cut.step } else { -1 }).ok()?;
    (found < cut.count).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscripts_are_read_as_python_has_them() {
        assert_eq!(subscripts(&[2, 3], 5), [1, 2]);
        assert_eq!(subscripts(&[], 0), [0; 0]);
        let shape = [2, 3, 4];
        for element in 0..24 {
            assert_eq!(flat(&shape, &subscripts(&shape, element)), element);
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

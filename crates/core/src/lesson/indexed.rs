//! Elements: what they are called, and which of an operand's each copy is.

use super::Names;
use super::math::{Math, at, op, parens, row, sub, tight};
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{flat, subscripts};

/// `0, 1` of the second of [2 × 3].
pub fn place(shape: &[usize], element: usize) -> String {
    let at = subscripts(shape, element);
    let at: Vec<String> = at.iter().map(usize::to_string).collect();
    at.join(", ")
}

/// `y[0, 1]`, the name alone of a number.
pub fn element_name(name: &Math, shape: &[usize], element: usize) -> String {
    at(name, &subscripts(shape, element)).plain()
}

/// The names of all elements of a value.
pub fn element_names(name: &Math, shape: &[usize]) -> Vec<String> {
    let count = shape.iter().product();
    (0..count).map(|i| element_name(name, shape, i)).collect()
}

/// ∂x[0, 1]
pub fn differential(name: &Math, shape: &[usize], element: usize) -> Math {
    row(vec![op("∂"), tight(&at(name, &subscripts(shape, element)))])
}

/// A shape as it stands below a factor: `2 × 3`.
pub fn sizes(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    sizes.join(" × ")
}

/// xᵢⱼ; a number has no index.
pub fn lettered(name: Math, letters: &[&'static str]) -> Math {
    if letters.is_empty() {
        return name;
    }
    let index = Math::Id {
        id: letters.concat(),
    };
    match name {
        Math::Id { .. } | Math::Fence { .. } => sub(name, index),
        name => sub(parens(name), index),
    }
}

impl Names {
    /// The letters that an operand's drawn value has where the gate's place has
    /// `letters`: axes along which it was copied have none. None where axes do not
    /// correspond.
    pub fn letters(
        &self,
        graph: &Graph,
        mut node: NodeId,
        letters: &[&'static str],
    ) -> Option<Vec<&'static str>> {
        let mut letters = letters.to_vec();
        while !self.is_drawn(node) && graph.arity(node) > 0 {
            let operand = graph.operand(node, 0);
            match graph.node(node).op {
                Op::Broadcast(axes) => {
                    let kept = letters.iter().enumerate();
                    let kept = kept.filter(|(axis, _)| !axes.contains(*axis));
                    letters = kept.map(|(_, &letter)| letter).collect();
                }
                Op::Reshape => {
                    // Axes of size 1 went.
                    let shape = graph.shape(node);
                    let mut given = letters.iter().zip(shape).peekable();
                    let sizes = graph.shape(operand).iter();
                    let all: Option<Vec<&'static str>> = sizes
                        .map(|size| match given.next_if(|(_, own)| *own == size) {
                            Some((letter, _)) => Some(*letter),
                            None => (*size == 1).then_some("0"),
                        })
                        .collect();
                    let left = given.next().is_some();
                    letters = all.filter(|_| !left)?;
                }
                _ => return None,
            }
            node = operand;
        }
        Some(letters)
    }

    /// Where an element of an operand comes from: the drawn node and its element there.
    pub fn source(
        &self,
        graph: &Graph,
        mut node: NodeId,
        mut element: usize,
    ) -> Option<(usize, usize)> {
        while !self.is_drawn(node) && graph.arity(node) > 0 {
            let operand = graph.operand(node, 0);
            match graph.node(node).op {
                Op::Broadcast(axes) => {
                    let own = subscripts(graph.shape(node), element).into_iter();
                    let own = own.enumerate().filter(|(axis, _)| !axes.contains(*axis));
                    element = flat(graph.shape(operand), own.map(|(_, at)| at));
                }
                Op::Reshape => {}
                _ => return None,
            }
            node = operand;
        }
        // What a box hands on besides the value it shows has no place to light up.
        let shown = self.is_drawn(node) && self.carried(node).is_none();
        let place = shown.then(|| self.place(graph, node)).flatten()?;
        Some((place, element))
    }
}

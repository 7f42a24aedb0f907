//! Implicit linear operators.

use crate::build::Builder;
use crate::graph::NodeId;
use crate::op::Op;
use crate::shape::{self, Axes, CutsId, Permutation, ShapeId};

/// A linear map between values, described by nodes of the graph, or in a definition by
/// formulas `D` and by places `C` that no graph has yet.
///
/// Law: ⟨L u, v⟩ = ⟨u, Lᵀ v⟩, where Lᵀ is [`Linear::adjoint`].
#[derive(Clone, Debug, PartialEq)]
pub enum Linear<D = NodeId, C = CutsId> {
    /// u ↦ 0. A sweep emits nothing for it, so that 0 · ∞ cannot arise.
    Zero,
    /// u ↦ u
    Identity,
    /// u ↦ −u
    Negate,
    /// u ↦ d · u, element by element.
    Scale(D),
    /// u ↦ u / d, element by element: 1 / d may be infinite where u / d is not.
    Divide(D),
    /// u ↦ d · u, and 0 where d is 0 whatever u is.
    Mask(D),
    /// u ↦ A u
    LeftProduct(D),
    /// u ↦ u B
    RightProduct(D),
    /// The sum over axes, from a shape.
    Sum(Axes, ShapeId),
    /// Copies along axes, to a shape.
    Broadcast(Axes, ShapeId),
    /// The sums up to each place of an axis; from each place on when `.1`.
    CumSum(u8, bool),
    /// The same elements, from a shape to a shape.
    Reshape(ShapeId, ShapeId),
    /// Axes in another order.
    Permute(Permutation),
    /// The elements at the places of cuts, from a shape.
    Slice(C, ShapeId),
    /// The elements at the places of cuts in zeros, to a shape.
    Scatter(C, ShapeId),
    /// The elements that indices name along axes from one on, from a shape.
    Take(u8, Vec<D>, ShapeId),
    /// The elements added up where indices name, in zeros of a shape.
    Put(u8, Vec<D>, ShapeId),
    /// The first, then the second.
    Then(Box<[Self; 2]>),
    /// The sum of both.
    Plus(Box<[Self; 2]>),
}

impl<D, C> Linear<D, C> {
    /// `self`, then `next`.
    pub fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::Identity, other) | (other, Self::Identity) => other,
            (first, second) => Self::Then(Box::new([first, second])),
        }
    }

    /// `self` and `other`, added.
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Zero, other) | (other, Self::Zero) => other,
            (first, second) => Self::Plus(Box::new([first, second])),
        }
    }
}

impl Linear {
    /// Scaling by a node that is the same in every element and known to be
    /// 1 or −1 has a simpler kind. Not so by 0: what is infinite or NaN stays
    /// visible through a factor that happens to be 0.
    pub fn scale(b: &Builder<'_>, d: NodeId) -> Self {
        match b.graph.constant(d) {
            Some(1.0) => Self::Identity,
            Some(-1.0) => Self::Negate,
            _ => Self::Scale(d),
        }
    }

    /// Division by a node.
    pub fn divide(b: &Builder<'_>, d: NodeId) -> Self {
        match b.graph.constant(d) {
            Some(1.0 | -1.0) => Self::scale(b, d),
            _ => Self::Divide(d),
        }
    }

    /// Masking by a node, which may be known to let all or nothing through.
    pub fn mask(b: &Builder<'_>, d: NodeId) -> Self {
        match b.graph.constant(d) {
            Some(0.0) => Self::Zero,
            Some(_) => Self::scale(b, d),
            None => Self::Mask(d),
        }
    }

    /// Emits the nodes of L u; none for zero.
    pub fn apply(&self, b: &mut Builder<'_>, u: NodeId) -> Option<NodeId> {
        Some(match self {
            Self::Zero => return None,
            Self::Identity => u,
            Self::Negate => b.neg(u),
            Self::Scale(d) => b.mul(u, *d),
            Self::Divide(d) => b.div(u, *d),
            Self::Mask(d) => b.mask(*d, u),
            Self::LeftProduct(left) => b.matmul(*left, u),
            Self::RightProduct(right) => b.matmul(u, *right),
            Self::Sum(axes, _) => b.sum(*axes, u),
            Self::Broadcast(axes, to) => b.broadcast(*axes, *to, u),
            Self::CumSum(axis, back) => b.along(Op::CumSum(*axis, *back), u),
            Self::Reshape(_, to) => b.reshape(*to, u),
            Self::Permute(order) => b.permute(*order, u),
            Self::Slice(cuts, _) => {
                let cuts = b.graph.shapes.cuts(*cuts).to_vec();
                b.slice(&cuts, u)
            }
            Self::Scatter(cuts, to) => {
                let cuts = b.graph.shapes.cuts(*cuts).to_vec();
                b.scatter(&cuts, *to, u)
            }
            Self::Take(axis, indices, _) => b.take(*axis, indices, u),
            Self::Put(axis, indices, to) => b.put(*axis, indices, *to, u),
            // As deep as a rule is long: a handful.
            Self::Then(parts) => {
                let mid = parts[0].apply(b, u)?;
                parts[1].apply(b, mid)?
            }
            Self::Plus(parts) => match (parts[0].apply(b, u), parts[1].apply(b, u)) {
                (Some(first), Some(second)) => b.add(first, second),
                (one, other) => one.or(other)?,
            },
        })
    }

    /// The operator's adjoint.
    pub fn adjoint(self, b: &mut Builder<'_>) -> Self {
        match self {
            Self::LeftProduct(left) => Self::LeftProduct(b.transpose(left)),
            Self::RightProduct(right) => Self::RightProduct(b.transpose(right)),
            Self::Sum(axes, from) => Self::Broadcast(axes, from),
            Self::Broadcast(axes, to) => Self::Sum(axes, to),
            Self::CumSum(axis, back) => Self::CumSum(axis, !back),
            Self::Reshape(from, to) => Self::Reshape(to, from),
            Self::Permute(order) => {
                let back = shape::inverse(&b.graph.shapes.permutation(order, 2));
                Self::Permute(b.graph.shapes.intern_permutation(&back))
            }
            Self::Slice(cuts, from) => Self::Scatter(cuts, from),
            Self::Scatter(cuts, to) => Self::Slice(cuts, to),
            Self::Take(axis, indices, from) => Self::Put(axis, indices, from),
            Self::Put(axis, indices, to) => Self::Take(axis, indices, to),
            Self::Then(parts) => {
                let [first, second] = *parts;
                let second = second.adjoint(b);
                second.then(first.adjoint(b))
            }
            Self::Plus(parts) => {
                let [first, second] = *parts;
                let first = first.adjoint(b);
                first.plus(second.adjoint(b))
            }
            symmetric => symmetric,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Linear;
    use crate::build::Builder;
    use crate::graph::{Graph, Origin};
    use crate::shape::ShapeId;

    /// What is known of a factor is said by the operator's kind: a sweep through
    /// a closed mask emits nothing, and through identity nothing new.
    #[test]
    fn known_factors_have_simpler_kinds() {
        let mut graph = Graph::default();
        let x = graph.push_input(ShapeId::SCALAR, vec![1.0].into(), Origin::default());
        let mut b = Builder::new(&mut graph);
        let mut scale = |value| {
            let d = b.constant(value, ShapeId::SCALAR);
            (Linear::scale(&b, d), Linear::mask(&b, d), Linear::Scale(d))
        };
        let (zero, no, scaled) = scale(0.0);
        assert_eq!((zero, no), (scaled, Linear::Zero));
        let (one, all, _) = scale(1.0);
        assert_eq!((one, all), (Linear::Identity, Linear::Identity));
        let (negated, _, _) = scale(-1.0);
        assert_eq!(negated, Linear::Negate);
        let (half, partly, scaled) = scale(0.5);
        assert_eq!((half, partly), (scaled.clone(), scaled));
        assert_eq!(Linear::scale(&b, x), Linear::Scale(x));
        assert_eq!(Linear::mask(&b, x), Linear::Mask(x));
    }

    #[test]
    fn nothing_comes_of_zero() {
        let twice = || -> Linear { Linear::Negate };
        assert_eq!(Linear::Zero.then(twice()), Linear::Zero);
        assert_eq!(twice().then(Linear::Zero), Linear::Zero);
        assert_eq!(Linear::Zero.plus(twice()), twice());
        assert_eq!(twice().plus(Linear::Zero), twice());
        assert_eq!(Linear::Identity.then(twice()), twice());
        assert_eq!(twice().then(Linear::Identity), twice());
    }
}

//! Implicit linear operators.

use crate::build::Builder;
use crate::graph::NodeId;
use crate::shape::{Axes, ShapeId};

/// A linear map between values, described by nodes of the graph.
///
/// Law: ⟨L u, v⟩ = ⟨u, Lᵀ v⟩, where Lᵀ is [`Linear::adjoint`].
#[derive(Clone, Debug, PartialEq)]
pub enum Linear {
    /// u ↦ 0. A sweep emits nothing for it, so that 0 · ∞ cannot arise.
    Zero,
    /// u ↦ u
    Identity,
    /// u ↦ −u
    Negate,
    /// u ↦ d · u, element by element.
    Scale(NodeId),
    /// u ↦ d · u, and 0 where d is 0 whatever u is.
    Mask(NodeId),
    /// u ↦ A u
    LeftProduct(NodeId),
    /// u ↦ u B
    RightProduct(NodeId),
    /// The sum over axes, from a shape.
    Sum(Axes, ShapeId),
    /// Copies along axes, to a shape.
    Broadcast(Axes, ShapeId),
    /// The same elements, from a shape to a shape.
    Reshape(ShapeId, ShapeId),
    /// The last two axes exchanged.
    Transpose,
    /// The first, then the second.
    Then(Box<[Self; 2]>),
}

impl Linear {
    /// Scaling by a node that is the same in every element and known to be
    /// 0, 1 or −1 has a simpler kind.
    pub fn scale(b: &Builder<'_>, d: NodeId) -> Self {
        match b.graph.constant(d) {
            Some(0.0) => Self::Zero,
            Some(1.0) => Self::Identity,
            Some(-1.0) => Self::Negate,
            _ => Self::Scale(d),
        }
    }

    /// `self`, then `next`.
    pub fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::Identity, other) | (other, Self::Identity) => other,
            (first, second) => Self::Then(Box::new([first, second])),
        }
    }

    /// Emits the nodes of L u; none for zero.
    pub fn apply(&self, b: &mut Builder<'_>, u: NodeId) -> Option<NodeId> {
        Some(match self {
            Self::Zero => return None,
            Self::Identity => u,
            Self::Negate => b.neg(u),
            Self::Scale(d) => b.mul(u, *d),
            Self::Mask(d) => b.mask(*d, u),
            Self::LeftProduct(left) => b.matmul(*left, u),
            Self::RightProduct(right) => b.matmul(u, *right),
            Self::Sum(axes, _) => b.sum(*axes, u),
            Self::Broadcast(axes, to) => b.broadcast(*axes, *to, u),
            Self::Reshape(_, to) => b.reshape(*to, u),
            Self::Transpose => b.transpose(u),
            // As deep as a rule is long: two or three.
            Self::Then(parts) => {
                let mid = parts[0].apply(b, u)?;
                parts[1].apply(b, mid)?
            }
        })
    }

    /// The operator's adjoint.
    pub fn adjoint(self, b: &mut Builder<'_>) -> Self {
        match self {
            Self::LeftProduct(left) => Self::LeftProduct(b.transpose(left)),
            Self::RightProduct(right) => Self::RightProduct(b.transpose(right)),
            Self::Sum(axes, from) => Self::Broadcast(axes, from),
            Self::Broadcast(axes, to) => Self::Sum(axes, to),
            Self::Reshape(from, to) => Self::Reshape(to, from),
            Self::Then(parts) => {
                let [first, second] = *parts;
                let second = second.adjoint(b);
                second.then(first.adjoint(b))
            }
            symmetric => symmetric,
        }
    }
}

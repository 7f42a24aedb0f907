//! What each operation computes and what its derivative is, as formulas: the
//! reader's side of the table of derivatives, which the tests hold to it.

use super::expr::Expr::{self, Add, Along, Call, Mul, Over, Product, Said, Transposed};
use super::expr::{call, choose, div, holds, n, neg, pow, sub, x};
use crate::graph::{Graph, NodeId};
use crate::op::{Op, Relation};

/// What a gate computes; none for inputs and constants.
pub fn value(graph: &Graph, gate: NodeId) -> Option<Expr> {
    let arity = graph.arity(gate);
    let all = || (0..arity).map(x).collect::<Vec<_>>();
    let one = |name| Some(call(name, x(0)));
    let over = |name, axes| Some(Over(name, axes, Box::new(x(0))));
    let said = |words| Some(Said(words, Box::new(x(0))));
    match graph.node(gate).op {
        Op::Input(_) | Op::Constant(_) => None,
        Op::Add => Some(Add(all())),
        Op::Sub => Some(sub(x(0), x(1))),
        Op::Mul => Some(Mul(all())),
        Op::Div => Some(div(x(0), x(1))),
        Op::Pow => Some(pow(x(0), x(1))),
        Op::Neg => Some(neg(x(0))),
        Op::Square => Some(pow(x(0), n(2.0))),
        Op::Reciprocal => Some(div(n(1.0), x(0))),
        Op::Compare(relation) => Some(holds(sign(relation), x(0), x(1))),
        Op::Exp => one("exp"),
        Op::Log => one("log"),
        Op::Sqrt => one("sqrt"),
        Op::Sin => one("sin"),
        Op::Cos => one("cos"),
        Op::Tan => one("tan"),
        Op::Sinh => one("sinh"),
        Op::Cosh => one("cosh"),
        Op::Tanh => one("tanh"),
        Op::Abs => one("abs"),
        Op::Sign => one("sign"),
        Op::Relu => one("relu"),
        Op::Elu => one("elu"),
        Op::NormalCdf => one("Φ"),
        Op::Detach => one("detach"),
        Op::Sigmoid => one("sigmoid"),
        Op::Silu => one("silu"),
        Op::Gelu => one("gelu"),
        Op::Softplus => one("softplus"),
        Op::LeakyRelu => Some(Call("leaky_relu", all())),
        Op::Maximum => Some(Call("max", all())),
        Op::Minimum => Some(Call("min", all())),
        Op::Clip => Some(Call("clip", all())),
        Op::Where => Some(choose(x(0), x(1), x(2))),
        Op::Matmul => Some(Product(Box::new([x(0), x(1)]))),
        Op::Sum(axes) => over("sum", axes),
        Op::Mean(axes) => over("mean", axes),
        Op::Prod(axes) => over("prod", axes),
        Op::Max(axes) => over("max", axes),
        Op::Min(axes) => over("min", axes),
        Op::Var(axes) => over("var", axes),
        Op::Std(axes) => over("std", axes),
        Op::Norm(axes) => over("norm", axes),
        Op::LogSumExp(axes) => over("logsumexp", axes),
        Op::Softmax(axes) => Some(Along("softmax", axes, Box::new(x(0)))),
        Op::LogSoftmax(axes) => Some(Along("log_softmax", axes, Box::new(x(0)))),
        Op::MseLoss => Some(Call("mse_loss", all())),
        Op::CrossEntropy => Some(Call("cross_entropy", all())),
        Op::BceLoss => Some(Call("bce_loss", all())),
        Op::HingeLoss => Some(Call("hinge", all())),
        Op::Broadcast(_) => said("copies of"),
        Op::Reshape => said("reshaped"),
        Op::Transpose => Some(Transposed(Box::new(x(0)))),
        Op::Permute(_) => said("axes in another order of"),
        Op::Slice(_) => said("a slice of"),
        Op::Scatter(_) => said("put into zeros:"),
        Op::Concat(_) => Some(Call("join", all())),
        Op::OneHot => said("one hot of"),
        Op::Step => Some(holds(">", x(0), n(0.0))),
        Op::Tie => Some(holds("=", x(0), x(1))),
        Op::Mask => Some(Mul(all())),
        Op::Winner(..) => Some(Call("won", all())),
        Op::PowLog => one("log"),
    }
}

/// The sign of a relation.
pub fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Greater => ">",
        Relation::Less => "<",
        Relation::GreaterEqual => "≥",
        Relation::LessEqual => "≤",
        Relation::Equal => "=",
        Relation::NotEqual => "≠",
    }
}

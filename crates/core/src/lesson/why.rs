//! What a Jacobian looks like, and why, in words.

use super::way::{Paths, Way};
use super::{Lesson, Now};
use crate::definition::expr::Expr;
use crate::definition::rule::{Rule, rule};
use crate::diff::structure::Structure;
use crate::graph::{Graph, NodeId};
use crate::op::{Form, Op};
use crate::shape::Axes;

/// What a Jacobian looks like, and why.
pub struct Looks {
    /// `diagonal`, `2 blocks of 4 × 3: wᵀ, repeated 2 times`.
    pub structure: String,
    /// A sentence.
    pub why: String,
}

impl Lesson {
    /// What the Jacobian on a wire looks like.
    pub(super) fn looks(&self, now: Now<'_>, wire: usize, way: &Way) -> Looks {
        let at = &now.scene.wires[wire];
        let x = self.names.of_wire(now.scene, wire).plain();
        let y = at.to.map(|to| self.names.of(to).plain());
        let y = y.unwrap_or_default();
        match way {
            Way::Same(_) => Looks {
                structure: Structure::Identity.to_string(),
                why: format!("every copy has the elements of {x} as they are"),
            },
            Way::Paths(paths) => Looks {
                structure: structures(now, paths),
                why: format!("through all of {y}, whose other operands are held"),
            },
            Way::Gate(along) => {
                let [rows, columns] = [along.out_shape(), along.in_shape()];
                let [rows, columns] = [rows, columns].map(|s| s.iter().product::<usize>());
                let Some((gate, slot)) = Self::gate_of(now, wire) else {
                    return Looks {
                        structure: along.structure().to_string(),
                        why: String::new(),
                    };
                };
                let structure = named(along.structure(), rows, columns);
                let graph = &now.model.program.graph;
                let structure = match graph.node(gate).op {
                    Op::Matmul => self.blocks(now, gate, slot, &structure),
                    Op::Mean(_) if rows == 1 && columns > 1 => "a row of equal entries".to_owned(),
                    Op::Mean(_) if columns > 1 => format!("{structure}, all entries equal"),
                    _ => structure,
                };
                let mut why = match graph.node(gate).op {
                    Op::Matmul => self.reason_of_product(graph, gate, slot, at.shape.len(), &y, &x),
                    _ => reason(graph, gate, slot, &y, &x),
                };
                let axes = Self::spread_axes(now, wire);
                if rows * columns == 1 {
                    why = format!("{y} and {x} are numbers: it is the local derivative");
                } else if !axes.is_empty() {
                    let along = axis_words(axes);
                    if graph.node(gate).op.info().form == Form::Elementwise {
                        why = format!(
                            "each element of {y} depends only on the element of {x} that was \
                             copied to its place"
                        );
                    }
                    why = format!(
                        "{why}; {x} is copied along {along}, so a column has the entries of all \
                         its copies"
                    );
                }
                Looks { structure, why }
            }
        }
    }

    /// The gate that a wire enters and the slot in which, unless it is a copy or a box.
    pub(super) fn gate_of(now: Now<'_>, wire: usize) -> Option<(NodeId, usize)> {
        let at = &now.scene.wires[wire];
        let to = at.to.filter(|&to| !Self::is_whole(now, to))?;
        Some((now.scene.gate(now.model, to), at.operand))
    }

    /// The axes of a gate's operand along which what a wire carries was copied.
    pub(super) fn spread_axes(now: Now<'_>, wire: usize) -> Axes {
        let graph = &now.model.program.graph;
        let path = Self::path_of(now, wire).unwrap_or_default();
        let gate = Self::gate_of(now, wire).map(|(gate, _)| gate);
        let before = path.iter().take_while(|step| Some(step.0) != gate);
        let axes = before.filter_map(|&(node, _)| match graph.node(node).op {
            Op::Broadcast(axes) => Some(axes),
            _ => None,
        });
        axes.last().unwrap_or_default()
    }

    /// Of a product of matrices: which factor its blocks repeat.
    fn blocks(&self, now: Now<'_>, gate: NodeId, slot: usize, structure: &str) -> String {
        let graph = &now.model.program.graph;
        let shape = graph.shape(gate);
        let (sheets, core) = shape.split_at(shape.len().saturating_sub(2));
        let &[rows, columns] = core else {
            return structure.to_owned();
        };
        let sheets: usize = sheets.iter().product();
        let other = graph.operand(gate, 1 - slot);
        let name = super::math::tight(&self.names.operand(graph, other)).plain();
        // Whether all sheets have the same factor: it was copied to them, or they are one.
        let same = sheets == 1 || self.is_copied_sheets(graph, other);
        let (factor, times) = match (slot, same) {
            (0, true) => (format!("{name}ᵀ"), sheets * rows),
            (0, false) => (format!("{name}ᵀ of each sheet"), rows),
            // The sheets of x stand below each other where w is copied to them.
            (_, _) if sheets > 1 && self.is_copied_sheets(graph, graph.operand(gate, slot)) => (
                format!("the sheets of {name}, one below the other"),
                columns,
            ),
            (_, true) => (name, sheets * columns),
            (_, false) => (format!("each sheet of {name}"), columns),
        };
        match times {
            0 => structure.to_owned(),
            1 => format!("{structure}: {factor} itself"),
            times => format!("{structure}: {factor}, repeated {times} times"),
        }
    }

    /// Why a product of matrices has blocks, or none.
    fn reason_of_product(
        &self,
        graph: &Graph,
        gate: NodeId,
        slot: usize,
        rank: usize,
        y: &str,
        x: &str,
    ) -> String {
        let other = self.names.operand(graph, graph.operand(gate, 1 - slot));
        let other = super::math::tight(&other).plain();
        match (slot, rank) {
            (0, 1) => format!("{y} depends on all of {x}, through {other}ᵀ"),
            (0, _) => {
                format!("row i of {y} depends on row i of {x} only, and always through {other}ᵀ")
            }
            (_, 1) => format!("{y} depends on all of {x}, through {other}"),
            _ => format!(
                "column j of {y} depends on column j of {x} only, and always through {other}"
            ),
        }
    }

    /// Whether all sheets of an operand are copies of one matrix.
    pub(super) fn is_copied_sheets(&self, graph: &Graph, operand: NodeId) -> bool {
        let rank = graph.shape(operand).len();
        let Op::Broadcast(axes) = graph.node(operand).op else {
            return false;
        };
        let sheets = rank.saturating_sub(2);
        let size = |axis: usize| graph.shape(operand)[axis];
        !self.names.is_drawn(operand)
            && (0..sheets).all(|axis| axes.contains(axis) || size(axis) == 1)
    }
}

/// What the Jacobians of some values look like, one below the other.
pub fn structures(now: Now<'_>, paths: &Paths) -> String {
    let columns = now.model.elements(paths.x);
    let all = paths.outs.iter().zip(&paths.between);
    let all =
        all.map(|(&out, between)| named(between.structure(), now.model.elements(out), columns));
    all.collect::<Vec<_>>().join(" above ")
}

/// A structure by the name it has at so many rows and columns.
pub fn named(structure: Structure, rows: usize, columns: usize) -> String {
    match structure {
        Structure::Zero => "zero".to_owned(),
        _ if rows == 1 && columns == 1 => "a single number".to_owned(),
        Structure::Sum if rows == 1 => "a row of ones".to_owned(),
        Structure::Broadcast if columns == 1 => "a column of ones".to_owned(),
        Structure::Dense if rows == 1 => "a dense row".to_owned(),
        Structure::Dense if columns == 1 => "a dense column".to_owned(),
        other => other.to_string(),
    }
}

/// Why a pair of nodes has the structure that it has.
pub fn why_pair(now: Now<'_>, paths: &Paths, y: &str, x: &str) -> String {
    let (Some(between), Some(&out)) = (paths.between.first(), paths.outs.first()) else {
        return String::new();
    };
    let graph = &now.model.program.graph;
    let rank = graph.shape(out).len();
    let pairs = between.pairs();
    match between.structure() {
        Structure::Zero => format!("no path that lets a gradient through leads from {x} to {y}"),
        Structure::Identity if between.gates.is_empty() => format!("{y} is {x}"),
        Structure::Identity | Structure::Diagonal => format!(
            "each element of {y} depends on the element of {x} at the same place only, through \
             every gate between them"
        ),
        Structure::Block { .. } => match pairs {
            [(0, 0)] if rank == 2 => format!("row i of {y} depends on row i of {x} only"),
            [(1, 1)] if rank == 2 => format!("column j of {y} depends on column j of {x} only"),
            _ => format!("some axes of {x} are never mixed on the way to {y}"),
        },
        Structure::Triangular { upper } => {
            let side = if upper {
                "from there on"
            } else {
                "up to there"
            };
            format!("an element of {y} depends on the elements of {x} {side}")
        }
        Structure::Dense => {
            format!("every element of {y} may depend on every element of {x}")
        }
        _ => format!("{y} has elements of {x} at other places, copied or added up"),
    }
}

/// `axis 1`, `axes 0 and 2`.
pub fn axis_words(axes: Axes) -> String {
    let axes: Vec<String> = axes.iter().map(|axis| axis.to_string()).collect();
    match axes.as_slice() {
        [] => "no axis".to_owned(),
        [axis] => format!("axis {axis}"),
        [others @ .., last] => format!("axes {} and {last}", others.join(", ")),
    }
}

/// Why the Jacobian of a gate has the structure that it has.
fn reason(graph: &Graph, gate: NodeId, slot: usize, y: &str, x: &str) -> String {
    let op = graph.node(gate).op;
    let rule = rule(graph, gate, slot);
    if rule == Rule::Zero {
        return match op {
            Op::Detach => format!("{x} counts as a constant here, so no gradient passes"),
            _ => format!("{y} does not move with {x}, but for jumps"),
        };
    }
    let rank = graph.shape(graph.operand(gate, slot)).len();
    let axes = op.axes().unwrap_or_default();
    let whole = axes == Axes::all(rank);
    let along = axis_words(axes);
    let same_place = || match rule {
        Rule::Times(Expr::N(1.0)) => {
            format!("each element of {y} moves just as the element of {x} at the same place")
        }
        _ => format!("each element of {y} depends on the element of {x} at the same place only"),
    };
    let made = || {
        if whole {
            format!("{y} is one number, made of every element of {x}")
        } else {
            format!("each element of {y} is made of the elements of {x} along {along} only")
        }
    };
    match op.info().form {
        Form::Elementwise => same_place(),
        Form::Reduction | Form::Along if axes.is_empty() => same_place(),
        Form::Reduction => match op {
            Op::Sum(_) => format!("{}, each with weight 1", made()),
            Op::Mean(_) => format!("{}, all with the same weight", made()),
            Op::Max(_) => format!("{}, but only the greatest moves it", made()),
            Op::Min(_) => format!("{}, but only the least moves it", made()),
            _ => made(),
        },
        Form::Along => {
            let kind = op.info().name.replace('_', " ");
            let within = if whole {
                String::new()
            } else {
                format!(" along {along}, and on no other")
            };
            format!("every output of a {kind} depends on every input{within}")
        }
        Form::Loss => format!("the loss is one number, made of every element of {x}"),
        Form::Own => own_reason(op, y, x),
    }
}

/// Why, of operations whose shapes have a rule of their own.
fn own_reason(op: Op, y: &str, x: &str) -> String {
    match op {
        Op::Broadcast(_) => format!("each element of {y} is a copy of one element of {x}"),
        Op::Slice(_) => {
            format!("each element of {y} is one element of {x}; the others are not taken")
        }
        Op::Take(_) => {
            format!("each element of {y} is the element of {x} that an index names")
        }
        Op::Put(_) => {
            format!("each element of {x} is added into {y} where an index names")
        }
        Op::CumSum(_, back) => {
            let side = if back { "from there on" } else { "up to there" };
            format!("each element of {y} is the sum of the elements of {x} {side}")
        }
        Op::Concat(_) => format!("{x} is a part of {y}, element by element"),
        _ => format!("{y} has the elements of {x} at other places"),
    }
}

//! The Jacobian lens: the explicit matrix beside the implicit rule.

use super::card::line;
use super::cost::{Cost, too_large};
use super::indexed::element_names;
use super::math::{Math, joined, op, partial, row, text};
use super::way::{Paths, Way};
use super::why::{Looks, structures, why_pair};
use super::{Lesson, Line, Now};
use crate::graph::NodeId;
use crate::modes::column::Sparse;
use serde::Serialize;

/// Most rows, and most columns, of a matrix that is formed to be looked at.
pub const MOST: usize = 64;

/// A Jacobian, row by row: a row for each element of the result, a column for each of what it is
/// derived by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lens {
    /// `∂y/∂x`.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// `y[0, 1]` for each row; none where the matrix is not formed.
    pub row_names: Vec<String>,
    /// `x[0, 1]` for each column; none where the matrix is not formed.
    pub column_names: Vec<String>,
    /// `diagonal`, `2 blocks of 4 × 3`: what it looks like whatever the numbers are.
    pub structure: String,
    /// Why it looks so, in a sentence.
    pub why: String,
    /// All numbers, row by row; none where it is too large to be formed, or not computed yet.
    pub entries: Option<Vec<f64>>,
    /// For each entry whether it is zero whatever the numbers are.
    pub zeros: Option<Vec<bool>>,
    /// Why it is not formed.
    pub too_large: Option<String>,
    /// The upstream gradient, an entry for each row; none where it is not computed yet.
    pub upstream: Option<Vec<f64>>,
    /// Downstream by the matrix: for each column the sum over rows of upstream × entry.
    pub explicit: Option<Vec<f64>>,
    /// Downstream as the backward pass computed it.
    pub implicit: Option<Vec<f64>>,
    /// The largest difference between both.
    pub difference: Option<f64>,
    /// The implicit rule in symbols: `∂L/∂x = ∂L/∂y wᵀ`, for whole values and by element.
    pub rule: Vec<Line>,
    /// What the matrix takes.
    pub by_matrix: Cost,
    /// What the rule takes.
    pub by_rule: Cost,
}

/// What a lens is put together from.
struct Asked {
    title: Math,
    /// The values whose elements are rows, by their names and shapes.
    outs: Vec<(Math, Vec<usize>)>,
    /// The value whose elements are columns.
    by: (Math, Vec<usize>),
    looks: Looks,
    /// Whether the values are computed.
    known: bool,
    upstream: Option<Vec<f64>>,
    implicit: Option<Vec<f64>>,
    rule: Vec<Line>,
}

impl Lesson {
    /// The lens on a wire: the Jacobian of the gate it enters with respect to what it carries.
    pub fn lens_of_wire(&mut self, now: Now<'_>, wire: usize, step: usize) -> Option<Lens> {
        let at = now.scene.wires.get(wire)?;
        let to = at.to?;
        let way = self.way(now, wire)?;
        let node = &now.scene.nodes[to];
        let outs = match &way {
            Way::Paths(paths) => {
                let outs = paths.outs.iter();
                let shape = |out: NodeId| now.model.program.graph.shape(out).to_vec();
                outs.map(|&out| (self.names.of_node(out, to).clone(), shape(out)))
                    .collect()
            }
            _ => vec![(self.names.of(to).clone(), node.shape.clone())],
        };
        let by = (
            self.names.of_wire(now.scene, wire).clone(),
            at.shape.clone(),
        );
        let all = outs.iter().map(|(name, _)| name.clone());
        let of = row(joined(all, &op(",")));
        let of = if outs.len() == 1 {
            outs[0].0.clone()
        } else {
            of
        };
        let mut rule = self.rule_lines(now, wire, step);
        if Self::is_left_out(now, wire, &way) {
            rule.push(self.said_left_out(now, wire));
        }
        let asked = Asked {
            title: partial(&of, &by.0),
            looks: self.looks(now, wire, &way),
            known: node.forward <= step,
            upstream: (node.backward <= step).then(|| self.arriving(now, to)),
            implicit: Self::came_back(now, wire, &way, step),
            rule,
            outs,
            by,
        };
        Some(formed(now, &way, asked))
    }

    /// The lens on a pair of nodes: through every path between them.
    pub fn lens_of_pair(
        &mut self,
        now: Now<'_>,
        out: usize,
        by: usize,
        step: usize,
    ) -> Option<Lens> {
        let [y, x] = [now.scene.nodes.get(out)?, now.scene.nodes.get(by)?];
        let [of, with] = [out, by].map(|place| now.scene.graph_node(place));
        let paths = Paths::new(now, vec![of], with, Vec::new());
        let names = [out, by].map(|place| self.names.of(place).clone());
        let words = names
            .each_ref()
            .map(|name| super::math::tight(name).plain());
        let looks = Looks {
            structure: structures(now, &paths),
            why: why_pair(now, &paths, &words[0], &words[1]),
        };
        let numbers = |at: usize, count: usize| now.arena.get(at..at + count).map(<[f64]>::to_vec);
        let upstream = numbers(y.gradient, now.model.elements(of));
        let upstream = upstream.filter(|_| y.backward <= step);
        // Of the output the backward pass has it already.
        let implicit = if out == now.scene.output {
            let gradient = numbers(now.model.gradient_of(with), now.model.elements(with));
            gradient.filter(|_| x.backward <= step)
        } else {
            let known = upstream.as_ref().filter(|_| y.forward <= step);
            known.and_then(|upstream| paths.swept_back(now, upstream).ok())
        };
        let [name, other] = names;
        let asked = Asked {
            title: partial(&name, &other),
            looks,
            known: y.forward <= step,
            upstream,
            implicit,
            rule: self.rule_of_pair(now, out, by, &paths, step),
            outs: vec![(name, y.shape.clone())],
            by: (other, x.shape.clone()),
        };
        Some(formed(now, &Way::Paths(paths), asked))
    }

    /// How a gradient comes back between two nodes: by the gate's own rule where there is
    /// one, else gate by gate.
    fn rule_of_pair(
        &self,
        now: Now<'_>,
        out: usize,
        by: usize,
        paths: &Paths,
        step: usize,
    ) -> Vec<Line> {
        let graph = &now.model.program.graph;
        let between = paths.between.first();
        let gates = between.map_or(&[][..], |between| &between.gates);
        let mut direct = self.into[out].iter();
        if let Some(&wire) = direct.find(|&&wire| now.scene.wires[wire].from == by)
            && let Some(path) = Self::path_of(now, wire)
            && path.iter().map(|step| step.0).eq(gates.iter().copied())
            && self.into[out]
                .iter()
                .filter(|&&w| now.scene.wires[w].from == by)
                .count()
                == 1
        {
            return self.rule_lines(now, wire, step);
        }
        let mut symbol = vec![self.symbol(now, by)];
        if out != now.scene.output && out != by {
            symbol.extend([text("through"), self.names.of(out).clone()]);
        }
        if gates.is_empty() {
            let end = if out == by {
                self.symbol(now, out)
            } else {
                text("0: no path leads there")
            };
            symbol.extend([op("="), end]);
            return vec![line(row(symbol), vec![out, by], Vec::new())];
        }
        let mut nodes: Vec<usize> = vec![by];
        let mut signs: Vec<String> = Vec::new();
        for &gate in gates.iter().rev() {
            nodes.extend(
                self.names
                    .is_drawn(gate)
                    .then(|| self.names.place(graph, gate))
                    .flatten(),
            );
            signs.push(graph.node(gate).op.info().symbol.to_owned());
        }
        nodes.dedup();
        let count = match signs.len() {
            1 => "one gate".to_owned(),
            count => format!("{count} gates"),
        };
        let listed = if signs.len() > LISTED {
            String::new()
        } else {
            format!(": {}", signs.join(", "))
        };
        symbol.push(text("comes back gate by gate, and no matrix is formed"));
        vec![
            line(row(symbol), nodes.clone(), Vec::new()),
            line(text(format!("through {count}{listed}")), nodes, Vec::new()),
        ]
    }
}

/// Most gates between two nodes that are listed.
const LISTED: usize = 8;

/// Forms the matrix if it is small, and compares what comes of it with what the rule gave.
fn formed(now: Now<'_>, way: &Way, asked: Asked) -> Lens {
    let Asked {
        title,
        outs,
        by,
        looks,
        known,
        upstream,
        implicit,
        rule,
    } = asked;
    let count = |shape: &[usize]| shape.iter().product::<usize>();
    let rows = outs.iter().map(|(_, shape)| count(shape)).sum::<usize>();
    let columns = count(&by.1);
    let mut large = (rows > MOST || columns > MOST).then(|| too_large(rows, columns));
    let mut formed: Option<Vec<Sparse>> = None;
    if large.is_none() {
        match way.columns(now) {
            Ok(found) => formed = Some(found),
            Err(why) => large = Some(why),
        }
    }
    let names = |(name, shape): &(Math, Vec<usize>)| -> Vec<String> { element_names(name, shape) };
    let [row_names, column_names] = if formed.is_some() {
        [outs.iter().flat_map(names).collect(), names(&by)]
    } else {
        [Vec::new(), Vec::new()]
    };
    let zeros = formed.as_ref().map(|formed| {
        let mut zeros = vec![true; rows * columns];
        for (j, column) in formed.iter().enumerate() {
            for &(i, _) in column {
                zeros[i * columns + j] = false;
            }
        }
        zeros
    });
    let formed = formed.filter(|_| known);
    let entries = formed.as_ref().map(|formed| {
        let mut entries = vec![0.0; rows * columns];
        for (j, column) in formed.iter().enumerate() {
            for &(i, d) in column {
                entries[i * columns + j] = d;
            }
        }
        entries
    });
    let explicit = formed.zip(upstream.as_ref()).map(|(formed, upstream)| {
        let product = |column: &Sparse| met(column, upstream);
        formed.iter().map(product).collect::<Vec<f64>>()
    });
    let difference = explicit.as_ref().zip(implicit.as_ref());
    let difference = difference.map(|(a, b)| apart(a, b));
    let [multiplications, made] = way.by_rule(now);
    Lens {
        text: title.spoken(),
        title,
        rows,
        columns,
        row_names,
        column_names,
        structure: looks.structure,
        why: looks.why,
        entries,
        zeros,
        too_large: large,
        upstream,
        explicit,
        implicit,
        difference,
        rule,
        by_matrix: Cost::of_matrix(rows as f64, columns as f64),
        by_rule: Cost::new(made, multiplications),
    }
}

/// A column's inner product with the upstream gradient. Structural zeros are left out, so
/// that none meets an infinite gradient.
pub fn met(column: &Sparse, upstream: &[f64]) -> f64 {
    let terms = column.iter();
    let terms = terms.map(|&(i, d)| upstream.get(i).copied().unwrap_or(0.0) * d);
    // The sum of no terms is −0.
    terms.sum::<f64>() + 0.0
}

/// The largest difference of two lists: 0 where both are the same, whatever they are, and
/// NaN where only one of them is a number.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
    let pairs = a.iter().zip(b);
    pairs.fold(0.0, |most: f64, (&a, &b)| {
        let apart = if same(a, b) { 0.0 } else { (a - b).abs() };
        if most.is_nan() || apart.is_nan() {
            f64::NAN
        } else {
            most.max(apart)
        }
    })
}

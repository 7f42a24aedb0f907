//! The layered network: rectangles and, where a wire passes through a column,
//! a stand-in for it there (a dummy), so that every step leads one column on.

use std::ops::Range;

use super::lists::Lists;

/// Dummies up to which every wire has its own.
const OWN: usize = 10_000;
/// Columns passed by all wires up to which the wires of a node share dummies;
/// beyond, a wire has none.
const SHARED: usize = 400_000;

/// A link that can be drawn, with its port.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    /// Index of the link it was made of.
    pub link: usize,
    pub from: usize,
    pub to: usize,
    /// Its place from the top among the wires that enter `to`.
    pub port: usize,
    /// How many wires enter `to`.
    pub ports: usize,
}

/// One end of a step between neighbouring columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// The node at the other end.
    pub node: usize,
    /// The port at which the step enters its right node.
    pub port: usize,
    /// How many ports that node has.
    pub ports: usize,
}

/// Rectangles (the first `real` nodes) and dummies, in columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    pub real: usize,
    /// The column of each node.
    pub column: Vec<usize>,
    /// The nodes of each column from top to bottom.
    pub order: Lists<usize>,
    /// The steps into each node, by port.
    pub ins: Lists<End>,
    /// The steps out of each node.
    pub outs: Lists<End>,
    /// By the rectangle that they enter, then by port.
    pub wires: Vec<Wire>,
    /// The dummies of each wire from left to right.
    dummies: Vec<Range<usize>>,
}

impl Net {
    /// A net of rectangles in the given columns; the order in each is by index.
    ///
    /// Where a dummy for each wire in each column would be too many, the wires of
    /// a node run together until they branch off, so that a name which a thousand
    /// gates use is one line; and where that is too many, wires go straight.
    pub fn new(column: Vec<usize>, wires: &[Wire]) -> Self {
        let real = column.len();
        let between = |wire: &Wire| column[wire.to] - column[wire.from] - 1;
        let lengths: Vec<usize> = wires.iter().map(between).collect();
        let passed: usize = lengths.iter().sum();
        // How long a line a node's wires run on together.
        let mut common = vec![0; real];
        if passed > OWN {
            for (wire, &length) in wires.iter().zip(&lengths) {
                common[wire.from] = length.max(common[wire.from]);
            }
        }
        let mut trunks: Vec<Option<usize>> = vec![None; real];
        let mut steps = Steps {
            column,
            lefts: Vec::new(),
            rights: Vec::new(),
        };
        let dummies: Vec<Range<usize>> = wires
            .iter()
            .zip(lengths)
            .map(|(wire, length)| {
                let from = wire.from;
                let first = if length == 0 || passed > SHARED {
                    0
                } else if common[from] > 0 {
                    *trunks[from].get_or_insert_with(|| steps.chain(from, common[from]))
                } else {
                    steps.chain(from, length)
                };
                let dummies = if passed > SHARED {
                    0..0
                } else {
                    first..first + length
                };
                let last = dummies.clone().last().unwrap_or(from);
                steps.add(last, wire.to, wire.port, wire.ports);
                dummies
            })
            .collect();
        let Steps {
            column,
            lefts,
            rights,
        } = steps;
        let nodes = |ends: &[End]| -> Vec<usize> { ends.iter().map(|end| end.node).collect() };
        let length = column.iter().max().map_or(0, |last| last + 1);
        Self {
            real,
            order: Lists::group(length, &column),
            ins: Lists::group(column.len(), &nodes(&rights)).of(&lefts),
            outs: Lists::group(column.len(), &nodes(&lefts)).of(&rights),
            column,
            wires: wires.to_vec(),
            dummies,
        }
    }

    /// The dummies of a wire from left to right.
    pub fn dummies(&self, wire: usize) -> Range<usize> {
        self.dummies[wire].clone()
    }

    /// Whether the node stands in for a wire.
    pub fn is_dummy(&self, node: usize) -> bool {
        node >= self.real
    }
}

/// The steps of a net being made.
struct Steps {
    column: Vec<usize>,
    /// The ends of each step.
    lefts: Vec<End>,
    rights: Vec<End>,
}

impl Steps {
    /// New dummies in the columns after a node's, each a step from the one before;
    /// returns the first.
    fn chain(&mut self, from: usize, length: usize) -> usize {
        let first = self.column.len();
        let mut last = from;
        for dummy in first..first + length {
            self.column.push(self.column[last] + 1);
            self.add(last, dummy, 0, 1);
            last = dummy;
        }
        first
    }

    fn add(&mut self, from: usize, to: usize, port: usize, ports: usize) {
        let end = |node| End { node, port, ports };
        self.lefts.push(end(from));
        self.rights.push(end(to));
    }
}

//! The layered network: rectangles and, where a wire passes through a column,
//! a stand-in for it there (a dummy), so that every step leads one column on.

use std::ops::Range;

/// Dummies up to which every wire has its own.
const OWN: usize = 60_000;
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
    pub order: Vec<Vec<usize>>,
    /// The steps into each node, by port.
    pub ins: Vec<Vec<End>>,
    /// The steps out of each node.
    pub outs: Vec<Vec<End>>,
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
        let count = column.len();
        let mut net = Self {
            real: count,
            column,
            ins: vec![Vec::new(); count],
            outs: vec![Vec::new(); count],
            ..Self::default()
        };
        let between = |wire: &Wire| net.column[wire.to] - net.column[wire.from] - 1;
        let own: usize = wires.iter().map(between).sum();
        let share = own > OWN;
        let straight = own > SHARED;
        // The dummies that a node's wires share so far.
        let mut trunks: Vec<Range<usize>> = vec![0..0; count];
        let mut by_length: Vec<usize> = (0..wires.len()).collect();
        if share {
            // The longest wire of a node makes the trunk, the others join it.
            by_length.sort_by_key(|&wire| std::cmp::Reverse(between(&wires[wire])));
        }
        net.dummies = vec![0..0; wires.len()];
        for index in by_length {
            let wire = wires[index];
            let length = net.column[wire.to] - net.column[wire.from] - 1;
            let trunk = trunks[wire.from].clone();
            let dummies = if straight || length == 0 {
                0..0
            } else if share && !trunk.is_empty() {
                trunk.start..trunk.start + length
            } else {
                net.chain(wire.from, length)
            };
            if share && trunk.is_empty() {
                trunks[wire.from] = dummies.clone();
            }
            let last = dummies.clone().last().unwrap_or(wire.from);
            net.step(last, wire.to, wire.port, wire.ports);
            net.dummies[index] = dummies;
        }
        for steps in &mut net.ins {
            steps.sort_by_key(|end| end.port);
        }
        let length = net.column.iter().max().map_or(0, |last| last + 1);
        net.order = vec![Vec::new(); length];
        for (node, &column) in net.column.iter().enumerate() {
            net.order[column].push(node);
        }
        net.wires = wires.to_vec();
        net
    }

    /// New dummies in the columns after a node's, each a step from the one before.
    fn chain(&mut self, from: usize, length: usize) -> Range<usize> {
        let first = self.column.len();
        let mut last = from;
        for dummy in first..first + length {
            self.column.push(self.column[last] + 1);
            self.ins.push(Vec::new());
            self.outs.push(Vec::new());
            self.step(last, dummy, 0, 1);
            last = dummy;
        }
        first..first + length
    }

    fn step(&mut self, from: usize, to: usize, port: usize, ports: usize) {
        let end = |node| End { node, port, ports };
        self.outs[from].push(end(to));
        self.ins[to].push(end(from));
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

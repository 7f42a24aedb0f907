//! The layered network: rectangles and, where a wire passes through a column,
//! a stand-in for it there (a dummy), so that every step leads one column on.

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
    /// The first dummy of each wire; its others follow it.
    first_dummy: Vec<usize>,
}

impl Net {
    /// A net of rectangles in the given columns; the order in each is by index.
    pub fn new(column: Vec<usize>, wires: &[Wire]) -> Self {
        let count = column.len();
        let mut net = Self {
            real: count,
            column,
            ins: vec![Vec::new(); count],
            outs: vec![Vec::new(); count],
            ..Self::default()
        };
        for wire in wires {
            net.first_dummy.push(net.column.len());
            let mut last = wire.from;
            for column in net.column[wire.from] + 1..net.column[wire.to] {
                let dummy = net.column.len();
                net.column.push(column);
                net.ins.push(Vec::new());
                net.outs.push(Vec::new());
                net.step(last, dummy, 0, 1);
                last = dummy;
            }
            net.step(last, wire.to, wire.port, wire.ports);
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

    fn step(&mut self, from: usize, to: usize, port: usize, ports: usize) {
        let end = |node| End { node, port, ports };
        self.outs[from].push(end(to));
        self.ins[to].push(end(from));
    }

    /// The dummies of a wire from left to right.
    pub fn dummies(&self, wire: usize) -> std::ops::Range<usize> {
        let Wire { from, to, .. } = self.wires[wire];
        let first = self.first_dummy[wire];
        first..first + self.column[to] - self.column[from] - 1
    }

    /// Whether the node stands in for a wire.
    pub fn is_dummy(&self, node: usize) -> bool {
        node >= self.real
    }
}

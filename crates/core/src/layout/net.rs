//! The layered network: items and, where a wire passes through a column, a
//! stand-in for it there (a dummy), so that every step leads one column on.

use super::lists::Lists;
use super::{Point, Size};

/// Dummies up to which every wire has its own.
const OWN: usize = 10_000;
/// Columns passed by all wires up to which the wires of a node share dummies;
/// beyond, a wire has none.
const SHARED: usize = 400_000;

/// Which of the ports on one side of an item, counted from the top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub rank: u32,
    /// How many there are.
    pub of: u32,
}

impl Slot {
    /// The only one.
    pub const ONLY: Self = Self { rank: 0, of: 1 };

    /// Its place on the side, from 0 at the top to 1.
    pub fn share(self) -> f64 {
        (f64::from(self.rank) + 0.5) / f64::from(self.of)
    }
}

/// Where a wire meets an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub slot: Slot,
    /// From the item's centre.
    pub at: Point,
}

impl Port {
    /// The only port, at the centre.
    pub const CENTRE: Self = Self {
        slot: Slot::ONLY,
        at: Point { x: 0.0, y: 0.0 },
    };
}

/// A wire between two items of one level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    pub from: usize,
    pub to: usize,
    pub exit: Port,
    pub entry: Port,
    /// The room its label takes; nothing for no label.
    pub label: Size,
    /// Whether the label stands behind its source, rather than before its target.
    pub early: bool,
}

/// One end of a step between columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// The node at the other end.
    pub node: usize,
    /// The slot at which the step leaves its left node.
    pub exit: Slot,
    /// The slot at which it enters its right node.
    pub entry: Slot,
    /// How far the left node's centre is below the right one's when it is level.
    pub drop: f64,
}

/// A piece of a wire from one column to a later one, the next as a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub left: usize,
    pub right: usize,
    pub exit: Port,
    pub entry: Port,
}

/// Items (the first `real` nodes) and dummies, in columns.
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
    pub steps: Vec<Step>,
    /// The steps of each wire from left to right.
    pub paths: Lists<usize>,
}

impl Net {
    /// A net of items in the given columns; the order in each is by index.
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
        // The first step of each node's line; what has several ports has none.
        let mut trunks: Vec<Option<usize>> = vec![None; real];
        let mut column = column;
        let mut steps: Vec<Step> = Vec::new();
        let mut paths = Lists::default();
        for (wire, length) in wires.iter().zip(lengths) {
            let length = if passed > SHARED { 0 } else { length };
            let trunk = length > 0 && common[wire.from] > 0 && wire.exit.slot.of == 1;
            let first = match trunks[wire.from] {
                Some(first) if trunk => first,
                _ => {
                    let first = steps.len();
                    let long = if trunk { common[wire.from] } else { length };
                    if trunk {
                        trunks[wire.from] = Some(first);
                    }
                    for place in 0..long {
                        let right = column.len();
                        let (left, exit) = match place {
                            0 => (wire.from, wire.exit),
                            _ => (right - 1, Port::CENTRE),
                        };
                        column.push(column[left] + 1);
                        steps.push(Step {
                            left,
                            right,
                            exit,
                            entry: Port::CENTRE,
                        });
                    }
                    first
                }
            };
            let along = first..first + length;
            let (left, exit) = match along.clone().last() {
                Some(step) => (steps[step].right, Port::CENTRE),
                None => (wire.from, wire.exit),
            };
            steps.push(Step {
                left,
                right: wire.to,
                exit,
                entry: wire.entry,
            });
            paths.push(along.chain([steps.len() - 1]));
        }
        let count = column.iter().max().map_or(0, |last| last + 1);
        let order = Lists::group(count, &column);
        Self::of(real, column, order, steps, paths)
    }

    /// The net of these steps.
    pub fn of(
        real: usize,
        column: Vec<usize>,
        order: Lists<usize>,
        steps: Vec<Step>,
        paths: Lists<usize>,
    ) -> Self {
        let end = |node, step: &Step| End {
            node,
            exit: step.exit.slot,
            entry: step.entry.slot,
            drop: step.entry.at.y - step.exit.at.y,
        };
        let lefts: Vec<usize> = steps.iter().map(|step| step.left).collect();
        let rights: Vec<usize> = steps.iter().map(|step| step.right).collect();
        let from: Vec<End> = steps.iter().map(|step| end(step.left, step)).collect();
        let to: Vec<End> = steps.iter().map(|step| end(step.right, step)).collect();
        Self {
            real,
            order,
            ins: Lists::group(column.len(), &rights).of(&from),
            outs: Lists::group(column.len(), &lefts).of(&to),
            column,
            steps,
            paths,
        }
    }

    /// Whether the node stands in for a wire.
    pub fn is_dummy(&self, node: usize) -> bool {
        node >= self.real
    }
}

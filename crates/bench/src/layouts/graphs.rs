//! The graphs: programs as the core draws them, and networks that are too large
//! for a picture of a program.

use super::Graph;
use backflow_core::layout::{Frame, LABEL, Link, Size};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Kind, Scene};
use std::fmt::Write;

/// A program to draw.
struct Program {
    name: &'static str,
    source: &'static str,
}

const PROGRAMS: [Program; 13] = [
    Program {
        name: "(x + y) z",
        source: "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\n",
    },
    Program {
        name: "sigmoid neuron",
        source: "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))\n",
    },
    Program {
        name: "patterns: add, copy, mul, max",
        source: "a = 3\nb = 4\nc = 2\nd = 3\nz = a + b\np = c * d\nm = max(z, p)\nL = 5*m + 2*z + p*z\n",
    },
    Program {
        name: "x·x + y·y",
        source: "x = 3\ny = 4\nf = x*x + y*y\n",
    },
    Program {
        name: "shared subexpressions",
        source: "x = 1\ny = 2\ns = x*x + y*y\nt = x + y\np = s * t\nq = exp(s) - t\nr = p / q\nf = r*s + tanh(r) * exp(t)\n",
    },
    Program {
        name: "staged, CS231n",
        source: "x = 3\ny = -4\nsigy = 1 / (1 + exp(-y))\nnum = x + sigy\nsigx = 1 / (1 + exp(-x))\nxpy = x + y\nxpysqr = xpy ** 2\nden = sigx + xpysqr\ninvden = 1 / den\nf = num * invden\n",
    },
    Program {
        name: "gradient norm (grad)",
        source: "w = 0.5\nx = 2\nt = 1\ny = tanh(w * x)\nL = (y - t) ** 2\ng = grad(L, w)\nR = L + 0.1 * g * g\n",
    },
    Program {
        name: "second derivative (grad of grad)",
        source: "x = 0.5\ny = sin(x) * exp(x)\ng = grad(y, x)\nh = grad(g, x)\nf = h * g\n",
    },
    Program {
        name: "softmax and cross-entropy, written out",
        source: "s0 = 3.2\ns1 = 5.1\ns2 = -1.7\ne0 = exp(s0)\ne1 = exp(s1)\ne2 = exp(s2)\nZ = e0 + e1 + e2\np0 = e0 / Z\np1 = e1 / Z\np2 = e2 / Z\nL = -log(p0)\nR = L + 0.1 * (p1 * p1 + p2 * p2)\n",
    },
    Program {
        name: "two layers of matrices",
        source: "x = [[1, 2, -1], [0.5, -1, 2]]\nW1 = [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]]\nb1 = [0.1, -0.1]\nW2 = [[0.7, -0.8], [0.9, 1.0]]\nb2 = [0, 0.2]\nh = relu(x @ W1 + b1)\ns = h @ W2 + b2\nL = cross_entropy(s, [0, 1]) + 0.01 * ((W1 ** 2).sum() + (W2 ** 2).sum())\n",
    },
    Program {
        name: "loop of three calls",
        source: "def step(h, w, x):\n    return tanh(w * h + x)\nh0 = 0.5\nw = 1.5\nx = 0.1\nh = h0\nfor i in range(3):\n    h = step(h, w, x)\nL = h ** 2\n",
    },
    Program {
        name: "call in a call",
        source: "def squared(a, b):\n    d = a - b\n    return d * d\ndef loss(y, t, w):\n    e = squared(y, t)\n    return e + 0.1 * w * w\nx = 3\nw = 2\nt = 4\nb = 1\nL = loss(w * x + b, t, w) + squared(x, b)\n",
    },
    Program {
        name: "eight steps of one gate",
        source: "x = 0.3\ny = 1\nfor i in range(8):\n    y = y * x + x\n",
    },
];

/// All graphs, from small to large.
///
/// # Errors
/// A program that does not compile or has no picture.
pub fn all() -> Result<Vec<Graph>, String> {
    let mut graphs = Vec::new();
    for program in &PROGRAMS {
        let of = |why: String| format!("{}: {why}", program.name);
        graphs.push(program_graph(program.name, program.source).map_err(of)?);
    }
    graphs.push(network("network", &[2, 2, 2, 1], false));
    graphs.push(network(
        "network, a call for each neuron",
        &[2, 2, 2, 1],
        true,
    ));
    graphs.push(network("network", &[4, 4, 4, 4, 1], false));
    graphs.push(network(
        "network, a call for each neuron",
        &[4, 4, 4, 4, 1],
        true,
    ));
    let mut chain = String::new();
    for term in 0..500 {
        // A string takes whatever is written to it.
        let _ = writeln!(chain, "x{term} = {term}");
    }
    let terms: Vec<String> = (0..500).map(|term| format!("x{term}")).collect();
    let _ = writeln!(chain, "f = {}", terms.join(" + "));
    graphs.push(program_graph("sum of 500 terms", &chain)?);
    graphs.push(network("network", &[22, 11, 11, 11, 1], false));
    graphs.push(large());
    Ok(graphs)
}

/// The largest of them.
pub fn large() -> Graph {
    network("network", &[32, 32, 24, 31, 1], false)
}

/// A program as the core draws it, its calls and the turns of its loops in frames.
fn program_graph(name: &str, source: &str) -> Result<Graph, String> {
    let model = Model::new(source, &Overrides::default()).map_err(|errors| {
        let messages: Vec<String> = errors.into_iter().map(|e| e.message).collect();
        messages.join("; ")
    })?;
    let scene = Scene::new(&model);
    if scene.nodes.is_empty() {
        return Err("there is no picture of it".into());
    }
    let mut graph = Graph {
        name: name.into(),
        ..Graph::default()
    };
    for block in &scene.boxes {
        graph.frame(block.parent, &block.title);
    }
    for node in &scene.nodes {
        let text = match node.kind {
            Kind::Input => node.name.as_ref().unwrap_or(&node.symbol),
            _ => &node.symbol,
        };
        graph.gates += usize::from(node.kind == Kind::Gate);
        let at = graph.add(text, node.width, node.height, node.r#box);
        if let Some(plate) = &node.plate {
            let left = node.x - node.width / 2.0;
            graph.sizes[at] = Size {
                width: plate.x + plate.width - left,
                height: node.height.max(plate.height),
            };
        }
    }
    for wire in &scene.wires {
        let to = match wire.to {
            Some(to) => to,
            None => graph.add("", 0.0, 0.0, None),
        };
        graph.wire(wire.from, to, wire.operand);
    }
    Ok(graph)
}

/// A network of scalars: each neuron tanh(Σ w·x + b), in a frame if asked.
fn network(name: &str, widths: &[usize], calls: bool) -> Graph {
    let mut graph = Graph::default();
    let mut layer: Vec<usize> = (0..widths[0])
        .map(|i| graph.input(&format!("x{i}")))
        .collect();
    for (depth, &width) in widths.iter().enumerate().skip(1) {
        let mut next = Vec::new();
        for neuron in 0..width {
            let call = calls.then(|| graph.frame(None, "neuron"));
            let mut sum = None;
            for (i, &x) in layer.iter().enumerate() {
                let w = graph.input(&format!("w{depth}{neuron}{i}"));
                let product = graph.gate("×", &[w, x], call);
                sum = Some(sum.map_or(product, |sum| graph.gate("+", &[sum, product], call)));
            }
            let b = graph.input(&format!("b{depth}{neuron}"));
            let sum = sum.map_or(b, |sum| graph.gate("+", &[sum, b], call));
            next.push(graph.gate("tanh", &[sum], call));
        }
        layer = next;
    }
    for output in layer {
        let to = graph.add("", 0.0, 0.0, None);
        graph.wire(output, to, 0);
    }
    graph.name = format!("{name}, {} gates", graph.gates);
    graph
}

impl Graph {
    fn frame(&mut self, parent: Option<usize>, title: &str) -> usize {
        let title_size = Size {
            width: 9.0 * title.chars().count() as f64,
            height: 18.0,
        };
        self.frames.push(Frame {
            parent,
            title: title_size,
        });
        self.titles.push(title.into());
        self.frames.len() - 1
    }

    fn add(&mut self, text: &str, width: f64, height: f64, frame: Option<usize>) -> usize {
        self.texts.push(text.into());
        self.sizes.push(Size { width, height });
        self.grips.push(Size { width, height });
        self.frame_of.push(frame);
        self.sizes.len() - 1
    }

    fn input(&mut self, name: &str) -> usize {
        self.add(name, 10.0 + 9.0 * name.len() as f64, 24.0, None)
    }

    fn gate(&mut self, symbol: &str, operands: &[usize], frame: Option<usize>) -> usize {
        let to = self.add(
            symbol,
            40.0_f64.max(9.0 * symbol.len() as f64 + 12.0),
            40.0,
            frame,
        );
        for (operand, &from) in operands.iter().enumerate() {
            self.wire(from, to, operand);
        }
        self.gates += 1;
        to
    }

    fn wire(&mut self, from: usize, to: usize, operand: usize) {
        self.links.push(Link {
            from,
            to,
            operand,
            label: LABEL,
        });
    }
}

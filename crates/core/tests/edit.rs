//! An edit of numbers gives the model that compiling anew gives, and any other
//! edit is refused.
// The places at which these texts are cut are places of their letters.
#![expect(clippy::disallowed_methods)]

mod support;

use backflow_core::model::{Model, Overrides};
use backflow_core::scene::Scene;
use backflow_core::source::Diagnostic;
use support::Random;

fn compiled(source: &str) -> Result<Model, Vec<Diagnostic>> {
    Model::new(source, &Overrides::default())
}

fn model(source: &str) -> Model {
    compiled(source).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"))
}

/// A model with its scene and its values, as they follow edits.
struct Followed {
    model: Model,
    scene: Scene,
    arena: Vec<f64>,
}

impl Followed {
    fn new(source: &str) -> Self {
        let model = model(source);
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        Self {
            scene: Scene::new(&model),
            arena,
            model,
        }
    }

    fn edit(&mut self, source: &str) -> bool {
        let edited = self.model.edit(source);
        if edited {
            for input in &self.model.program.inputs {
                self.model.reset(&mut self.arena, input.node);
            }
            self.model.plan.run(&mut self.arena);
            self.scene.follow(&self.model);
        }
        edited
    }

    /// All that can be asked of it, as text.
    fn told(&self) -> String {
        let Model {
            program, gradient, ..
        } = &self.model;
        let graph = &program.graph;
        let nodes: Vec<_> = graph
            .nodes()
            .map(|node| {
                let made = graph.node(node);
                let operands: Vec<_> = graph.operands(node).collect();
                let place = self.model.plan.offset(node);
                let (role, span) = (made.origin.role, self.model.span(node));
                (
                    made.op,
                    made.shape,
                    operands,
                    role,
                    span,
                    place,
                    gradient.of(node),
                )
            })
            .collect();
        let bits: Vec<u64> = self.arena.iter().map(|x| x.to_bits()).collect();
        let values = graph.inputs();
        let (inputs, names, source) = (&program.inputs, &program.names, self.model.source());
        let scene = &self.scene;
        format!("{nodes:#?}{bits:?}{values:?}{inputs:?}{names:?}{source}{scene:#?}")
    }
}

/// Texts in which much can stand beside a literal.
const PROGRAMS: &[&str] = &[
    "x = 2\ny = -3.5  # of no use\nz = 1e-3 #: range -1 1 step 0.5\nf = (x + y) * z + 2 * x",
    "a = [1, 2, #: fixed\n     3.25]\nb = [[-1], [+2]]; c = --3\nf = sum(a * b) * c + 1",
    "import numpy as np\nw = np.array([0.5, -1], 4)\nv = (((2)))\nL = (w * v).sum()\nw = 7\nL + w",
    "값 = 1 # 한\nx = \\\n  12\ndef f(a, b=2):\n    c = 3\n    return a * b + c\n\
     for i in range(3): 값 = f(값, x)\ny = 1\ng = grad(값, x) * y\n",
    "s = [0.1, 2, 0.3]\nt = 2\nu = [[1, 2], [3, 4]]\nL = cross_entropy(s, t) + hinge_loss(u, [0, 1])\
     \nm = 1.5; L = L * m",
    "x = [[1, 2.5, 3], [4, 5, 6]]\ny = [1, 0]\ni = 1\nL = (x[[0, 1], y] * x[i, 0]).sum()",
    "from torch import tensor, nn\n\nx = tensor(1_000)\n\ny = tensor([[.5], [1.]], dtype=0)  \n\nx * y",
];

/// Numbers of all lengths, as programs write them.
const NUMBERS: &[&str] = &[
    "0", "7", "12", "0.5", ".25", "3.", "1e3", "2.5e-7", "1_000", "1e999", "00.10",
];

const NOISE: &[&str] = &[
    "0", "1", "2", "9", ".", "e", "_", "-", "+", " ", "\n", "#", ",", "(", ")", "[", "]", "=", ";",
    "\\", "x", "#:", "한", "\t", "\r\n", "j", "~", "'",
];

/// Where the numbers of inputs' literals stand in a text.
fn numbers(model: &Model) -> Vec<(usize, usize)> {
    let source = model.source();
    let mut found = Vec::new();
    for input in &model.program.inputs {
        let span = input.span.start as usize..input.span.end as usize;
        let mut next = span.start;
        while let Some(at) = source[next..span.end].find(|c: char| c.is_ascii_digit() || c == '.') {
            let start = next + at;
            let rest = &source[start..span.end];
            let end = rest.find([',', ']', ')', ' ', '\n']).unwrap_or(rest.len());
            next = start + end;
            // A dot of `np.array` is no number.
            if source[start..next].replace('_', "").parse::<f64>().is_ok() {
                found.push((start, next));
            }
        }
    }
    found
}

/// Whether any number in the text between is a class.
fn has_class(program: &str) -> bool {
    program.contains("cross_entropy") || program.contains("x[i")
}

#[test]
fn an_edit_of_numbers_is_as_compiling_anew() {
    let mut random = Random(1);
    let mut taken = 0;
    for program in PROGRAMS {
        for _ in 0..15 {
            let mut followed = Followed::new(program);
            for _ in 0..4 {
                let mut source = followed.model.source().to_owned();
                let places = numbers(&followed.model);
                let count = 1 + random.below(places.len());
                // From the end, so that what is before stays in place.
                for place in (0..places.len()).rev() {
                    if random.below(places.len()) < count {
                        let (start, end) = places[place];
                        source.replace_range(start..end, NUMBERS[random.below(NUMBERS.len())]);
                    }
                }
                let edited = followed.edit(&source);
                // Classes are for the compiler to check.
                assert!(edited || has_class(program), "{source}");
                taken += usize::from(edited);
                if edited {
                    assert_eq!(followed.told(), Followed::new(&source).told(), "{source}");
                }
            }
        }
    }
    assert!(taken > 250, "{taken}");
}

#[test]
fn any_edit_that_is_taken_over_is_as_compiling_anew() {
    let mut random = Random(2);
    let mut counts = [0, 0];
    for _ in 0..3000 {
        let program = PROGRAMS[random.below(PROGRAMS.len())];
        let mut followed = Followed::new(program);
        let mut source = program.to_owned();
        for _ in 0..3 {
            for _ in 0..=random.below(2) {
                let places: Vec<usize> = source.char_indices().map(|(at, _)| at).collect();
                let start = places[random.below(places.len())];
                let removed = source[start..].chars().next().map_or(0, char::len_utf8);
                let end = start + removed * random.below(2);
                source.replace_range(
                    start..end,
                    ["", NOISE[random.below(NOISE.len())]][random.below(2)],
                );
            }
            if source.is_empty() {
                break;
            }
            let before = followed.model.source().to_owned();
            let edited = followed.edit(&source);
            counts[usize::from(edited)] += 1;
            if edited {
                assert_eq!(followed.told(), Followed::new(&source).told(), "{source}");
            } else {
                assert_eq!(followed.model.source(), before);
            }
        }
    }
    assert!(counts.iter().all(|&count| count > 300), "{counts:?}");
}

/// A refused edit leaves everything as it is, and compiling anew has its say.
#[test]
fn what_is_more_than_a_number_is_refused() {
    let source = "# of x\nx = 2 #: fixed\nw = [1, 2]\ny = x\nfor i in range(3): y = y * 2 + i\n\
                  f = y * sum(w) + 3\n";
    let mut followed = Followed::new(source);
    let told = followed.told();
    for (what, from, to) in [
        ("a shape", "[1, 2]", "[1, 2, 3]"),
        ("a rank", "[1, 2]", "[[1, 2]]"),
        ("a shape", "x = 2", "x = [2]"),
        ("a new name", "x = 2", "z = 1\nx = 2"),
        ("another name", "f = y", "g = y"),
        ("a number in an expression", "y * 2", "y * 4"),
        ("a number at an expression's end", "+ 3", "+ 30"),
        ("a number of turns", "range(3)", "range(4)"),
        ("a comment", "# of x", "# of X"),
        ("a comment behind", "x = 2 #: fixed", "x = 2 # fixed"),
        ("white space", "x = 2", "x =  2"),
        ("an empty line", "w = ", "\nw = "),
        ("a pragma", "#: fixed", "#: step 3"),
        ("a sign", "x = 2", "x = -2"),
        ("brackets", "x = 2", "x = (2)"),
        ("an expression", "x = 2", "x = 2 + 1"),
        ("a comment that hides", "[1, 2]", "[1, 2]#"),
        ("what is no number", "x = 2", "x = 2e"),
        ("nothing", "x = 2", "x = "),
        ("a mistake", "x = 2", "x = 2,"),
    ] {
        let edited = source.replacen(from, to, 1);
        assert_ne!(edited, source, "{what}");
        assert!(!followed.edit(&edited), "{what}: {edited}");
        assert_eq!(followed.told(), told, "{what}");
    }
    assert!(followed.edit(&source.replace("[1, 2]", "[1, 2.5]")));
    assert!(followed.edit(source));
    assert_eq!(followed.told(), told);
}

#[test]
fn a_class_that_is_not_there_is_told_after_an_edit_too() {
    let source = "s = [0.1, 2, 0.3]\nt = 2\nL = cross_entropy(s, t)";
    let mut model = model(source);
    let wrong = source.replace("t = 2", "t = 3");
    assert!(!model.edit(&wrong));
    let told = compiled(&wrong).expect_err("there is no class 3");
    assert!(told[0].message.contains("there is no class 3"), "{told:?}");
    assert!(model.edit(&source.replace("0.1", "0.25")));
}

#[test]
fn an_index_that_is_not_there_is_told_after_an_edit_too() {
    for index in ["x[i]", "x[i, 0]", "take(x, i, axis=0)", "x[[[0], [1]], i]"] {
        let source = format!("x = [[0.5, 2], [3, 4]]\ni = [0, 1]\nL = sum({index})");
        let mut model = model(&source);
        let wrong = source.replace("[0, 1]", "[0, 2]");
        assert!(!model.edit(&wrong), "{index}");
        let told = compiled(&wrong).expect_err("there is no place 2");
        assert!(
            told[0].message.contains("index 2 is outside axis"),
            "{told:?}"
        );
        assert!(model.edit(&source.replace("0.5", "0.25")), "{index}");
    }
}

/// With a value in place of a literal the literal says nothing.
#[test]
fn values_in_place_of_literals_are_compiled_with() {
    let value = backflow_core::lower::parse_value("5").expect("a number");
    let overrides: Overrides = [("x".to_owned(), value)].into_iter().collect();
    let mut model = Model::new("x = 2\nf = x * x", &overrides).expect("a program");
    assert!(!model.edit("x = 3\nf = x * x"));
    assert!(model.edit("x = 2\nf = x * x"));
}

/// The longest programs: an edit takes them over until they are too long.
#[test]
fn an_edit_keeps_the_limit_of_length() {
    let line = "x = [0, 1]; ";
    let mut source = line.repeat(((1 << 20) - 8) / line.len());
    source += "x = 1  #";
    source += &"-".repeat((1 << 20) - source.len());
    let mut model = model(&source);
    let at = source.rfind("1  #").expect("the last literal");
    source.replace_range(at..=at, "2");
    assert!(model.edit(&source));
    source.replace_range(at..=at, "20");
    assert!(!model.edit(&source));
    let told = compiled(&source).expect_err("too long");
    assert!(told[0].message.contains("1 MiB"), "{told:?}");
}

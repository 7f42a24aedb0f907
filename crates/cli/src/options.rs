//! The command line of all commands.

use crate::{Failure, report};
use backflow_core::codegen::Style;
use backflow_core::lower::{Tensor, parse_value};
use backflow_core::model::{Model, Overrides};
use backflow_core::modes::{Named, named};
use backflow_core::shape::Display;
use backflow_core::source::Diagnostic;
use backflow_core::syntax::normal;
use backflow_core::view::{Mode, View};
use lexopt::prelude::*;

/// What a command takes besides what all take.
pub struct Takes {
    /// What each of its own arguments is called.
    pub arguments: &'static [&'static str],
    /// Whether `--tangent` is one of its options.
    pub tangents: bool,
    /// Whether it draws: what is drawn are its options, and it prints no JSON.
    pub draws: bool,
    /// Whether it writes code: how are its options, and it prints no JSON.
    pub writes: bool,
}

/// How code is written.
#[derive(Default)]
pub struct Writing {
    /// The style; none if it was not said.
    pub style: Option<Style>,
    /// What a function is made of.
    pub composite: Option<String>,
    /// Whether as a notebook.
    pub notebook: bool,
}

impl Writing {
    /// Reads one of its options; false if it is another.
    fn read(&mut self, option: &str, line: &mut lexopt::Parser) -> Result<bool, Failure> {
        let mut text = || line.value().and_then(ValueExt::string);
        match option {
            "style" => {
                let name = text()?;
                self.style = Some(Style::named(&name).ok_or_else(|| {
                    let all = Style::ALL.map(Style::name).join(", ");
                    usage(&format!("--style is one of {all}, not '{name}'"))
                })?);
            }
            "composite" => self.composite = Some(normal(&text()?).into_owned()),
            "notebook" => self.notebook = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What is drawn, and how.
#[derive(Default)]
pub struct Drawing {
    /// What is open, closed and folded.
    pub view: View,
    /// The file that is written; none for the standard output.
    pub out: Option<String>,
    /// Whether on a dark background.
    pub dark: bool,
    /// The step that is shown; none for the whole at rest.
    pub step: Option<usize>,
}

impl Drawing {
    /// Reads one of its options; false if it is another.
    fn read(&mut self, option: &str, line: &mut lexopt::Parser) -> Result<bool, Failure> {
        let mut text = || line.value().and_then(ValueExt::string);
        match option {
            "open" => self.view.open.push(text()?),
            "close" => self.view.closed.push(text()?),
            "fold" => self.view.folded.push(text()?),
            "copies" => self.view.copies = true,
            "derivative" => self.view.derivative = true,
            "mode" => {
                self.view.mode = match text()?.as_str() {
                    "reverse" => Mode::Reverse,
                    "forward" => Mode::Forward,
                    "both" => Mode::Both,
                    other => {
                        let message = format!("--mode is reverse, forward or both, not '{other}'");
                        return Err(usage(&message));
                    }
                }
            }
            "out" => self.out = Some(text()?),
            "step" => self.step = Some(line.value()?.parse()?),
            "theme" => {
                self.dark = match text()?.as_str() {
                    "light" => false,
                    "dark" => true,
                    other => {
                        return Err(usage(&format!("--theme is light or dark, not '{other}'")));
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What the command line says.
pub struct Options {
    /// The program's file.
    pub file: String,
    /// The command's own arguments, as many as it takes.
    pub arguments: Vec<String>,
    /// Names and their tangents, as they were given.
    pub tangents: Vec<(String, Tensor)>,
    /// Whether to print JSON.
    pub json: bool,
    /// What is drawn.
    pub drawing: Drawing,
    /// How code is written.
    pub writing: Writing,
    set: Overrides,
    upstream: Option<Tensor>,
}

/// What a command line asks for.
pub enum Asked {
    /// The command is to run.
    Run(Box<Options>),
    /// Its usage is to be told.
    Help,
}

impl Options {
    /// Reads the rest of the command line.
    pub fn read(line: &mut lexopt::Parser, takes: &Takes) -> Result<Asked, Failure> {
        let mut options = Self {
            file: String::new(),
            arguments: Vec::new(),
            tangents: Vec::new(),
            json: false,
            drawing: Drawing::default(),
            writing: Writing::default(),
            set: Overrides::default(),
            upstream: None,
        };
        let mut file = None;
        while let Some(argument) = line.next()? {
            match argument {
                Long("set") => {
                    let (name, value) = binding("--set", line)?;
                    options.set.insert(name, value);
                }
                Long("tangent") if takes.tangents || takes.draws => {
                    options.tangents.push(binding("--tangent", line)?);
                }
                Long("upstream") => {
                    let text = line.value().and_then(ValueExt::string)?;
                    let value = parse_value(&text)
                        .map_err(|error| Failure::Usage(format!("--upstream: {error}")))?;
                    options.upstream = Some(value);
                }
                Long("json") if !takes.draws && !takes.writes => options.json = true,
                Long("help") | Short('h') => return Ok(Asked::Help),
                Long(option) if takes.draws || takes.writes => {
                    let option = option.to_owned();
                    let known = if takes.draws {
                        options.drawing.read(&option, line)?
                    } else {
                        options.writing.read(&option, line)?
                    };
                    if !known {
                        return Err(lexopt::Error::UnexpectedOption(format!("--{option}")).into());
                    }
                }
                Value(value) if file.is_none() => file = Some(value.string()?),
                Value(value) if options.arguments.len() < takes.arguments.len() => {
                    options.arguments.push(value.string()?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        options.file = file.ok_or_else(|| usage("the program's FILE is missing"))?;
        match takes.arguments.get(options.arguments.len()) {
            Some(missing) => Err(usage(&format!("{missing} is missing"))),
            None => Ok(Asked::Run(Box::new(options))),
        }
    }

    /// The program with the inputs that are set.
    pub fn compile(&self, source: &str) -> Result<Model, Failure> {
        self.checked(source, Model::new(source, &self.set))
    }

    /// The program with the inputs that are set, as it is to be drawn.
    pub fn draw(&self, source: &str) -> Result<Model, Failure> {
        let drawn = Model::viewed(source, &self.set, &self.drawing.view);
        self.checked(source, drawn)
    }

    fn checked(
        &self,
        source: &str,
        compiled: Result<Model, Vec<Diagnostic>>,
    ) -> Result<Model, Failure> {
        let model = compiled
            .map_err(|errors| Failure::Program(report::report(&self.file, source, &errors)))?;
        let inputs = &model.program.inputs;
        let mut names = self.set.names();
        match names.find(|name| !inputs.iter().any(|input| input.name == **name)) {
            Some(name) => Err(usage(&format!(
                "--set {name}: the program has no input '{name}'"
            ))),
            None => Ok(model),
        }
    }

    /// The program, and its arena as it has been run.
    pub fn run(&self, source: &str) -> Result<(Model, Vec<f64>), Failure> {
        let model = self.compile(source)?;
        let mut arena = model.arena();
        self.seed(&model, &mut arena)?;
        model.plan.run(&mut arena);
        Ok((model, arena))
    }

    /// Sets the upstream gradient.
    pub fn seed(&self, model: &Model, arena: &mut [f64]) -> Result<(), Failure> {
        let Some(upstream) = &self.upstream else {
            return Ok(());
        };
        let shape = model.program.graph.shape(model.program.output);
        if shape != upstream.shape {
            let (want, got) = (Display(shape), Display(&upstream.shape));
            return Err(usage(&format!(
                "--upstream has shape {got}, but the output has shape {want}"
            )));
        }
        let start = model.upstream();
        arena[start..start + upstream.values.len()].copy_from_slice(&upstream.values);
        Ok(())
    }

    /// Gives inputs the tangents that are drawn; others have none.
    pub fn seeds(&self, model: &Model, arena: &mut [f64]) -> Result<(), Failure> {
        if self.tangents.is_empty() {
            return Ok(());
        }
        if model.seeds().is_empty() {
            return Err(usage("--tangent goes with --mode forward or both"));
        }
        for &seed in model.seeds() {
            let start = model.plan.offset(seed);
            arena[start..start + model.elements(seed)].fill(0.0);
        }
        for (name, value) in &self.tangents {
            let found = shaped(model, "--tangent", name, value)?;
            let inputs = model.program.inputs.iter();
            let at = inputs.zip(model.seeds()).find(|at| at.0.node == found.node);
            let Some((_, &seed)) = at else {
                return Err(usage(&format!("--tangent {name}: it is no input")));
            };
            let start = model.plan.offset(seed);
            arena[start..start + value.values.len()].copy_from_slice(&value.values);
        }
        Ok(())
    }

    /// The overrides, for what compiles by itself.
    pub fn overrides(&self) -> &Overrides {
        &self.set
    }
}

/// NAME=VALUE behind an option.
fn binding(option: &str, line: &mut lexopt::Parser) -> Result<(String, Tensor), Failure> {
    let text = line.value().and_then(ValueExt::string)?;
    split(option, &text)
}

/// Reads NAME=VALUE; `what` takes it.
pub fn split(what: &str, text: &str) -> Result<(String, Tensor), Failure> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(usage(&format!("{what} takes NAME=VALUE, not '{text}'")));
    };
    let value = parse_value(value).map_err(|error| usage(&format!("{what} {name}: {error}")))?;
    Ok((normal(name.trim()).into_owned(), value))
}

/// Finds a name that an argument gives.
pub fn find(model: &Model, what: &str, name: &str) -> Result<Named, Failure> {
    named(&model.program, &normal(name.trim()))
        .map_err(|error| usage(&format!("{what} {name}: {error}")))
}

/// Finds the name that is given a value of its shape.
pub fn shaped(model: &Model, what: &str, name: &str, value: &Tensor) -> Result<Named, Failure> {
    let found = find(model, what, name)?;
    let shape = model.program.graph.shape(found.node);
    if shape == value.shape {
        return Ok(found);
    }
    let (want, got) = (Display(shape), Display(&value.shape));
    Err(usage(&format!(
        "{what} {name} has shape {got}, but '{name}' has shape {want}"
    )))
}

fn usage(text: &str) -> Failure {
    Failure::Usage(text.into())
}

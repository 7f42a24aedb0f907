//! Names of a program, as a person gives them.

use crate::graph::NodeId;
use crate::lower::nearest;
use crate::lower::program::Program;

/// How many names are compared.
const MAX_COMPARED: usize = 1000;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its node.
    pub node: NodeId,
    /// Whether it is a number known before anything runs, as a loop variable
    /// is; no path leads from it.
    pub folded: bool,
}

/// Finds a name of a program: `f` is its last binding, `f#1` its first, `f#2`
/// its second and so on, where these made nodes.
///
/// # Errors
/// `unknown name …`, with the name it is like, if there is one.
pub fn named(program: &Program, text: &str) -> Result<Named, String> {
    let found = program.names.iter().find(|name| name.name == text);
    if let Some(name) = found {
        return Ok(Named {
            node: name.node,
            folded: name.folded,
        });
    }
    if let Some((name, number)) = text.rsplit_once('#')
        && program.names.iter().any(|known| known.name == name)
    {
        return binding(program, name, number)
            .ok_or_else(|| format!("there is no binding '{text}' of the name '{name}'"));
    }
    let known = program.names.iter().take(MAX_COMPARED);
    let hint = nearest(text, known.map(|name| name.name.as_str()));
    let hint = hint.map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
    Err(format!("the program has no name '{text}'{hint}"))
}

/// One of the bindings of a name at top level, counted from 1.
fn binding(program: &Program, name: &str, number: &str) -> Option<Named> {
    let version = number.parse::<u32>().ok()?.checked_sub(1)?;
    let label = program.labels.iter().find(|label| {
        label.scope == 0 && label.version == version && program.word(label) == Some(name)
    })?;
    // What a statement took over from another has no node of its own.
    let node = label.root?;
    Some(Named {
        node,
        folded: false,
    })
}

/// What an input is called: its name, or with the number of its binding where
/// the name is bound again later.
pub fn input_name(program: &Program, name: &str, node: NodeId) -> String {
    let last = program.names.iter().find(|known| known.name == name);
    if last.is_some_and(|last| last.node == node) {
        return name.to_owned();
    }
    let label = program.labels.iter().find(|label| {
        label.scope == 0 && label.root == Some(node) && program.word(label) == Some(name)
    });
    label.map_or_else(
        || name.to_owned(),
        |label| format!("{name}#{}", label.version + 1),
    )
}

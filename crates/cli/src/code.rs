//! `backflow code`: the program as Python or LaTeX.

use crate::options::Options;
use crate::{Failure, Outcome};
use backflow_core::codegen::{self, Asked, Style};

/// Writes a program.
pub fn code(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let writing = &options.writing;
    let Some(style) = writing.style else {
        return Err(Failure::Usage("--style STYLE is missing".into()));
    };
    if writing.composite.is_some() && style != Style::AutogradFunction {
        let message = "--composite is of the style autograd-function";
        return Err(Failure::Usage(message.into()));
    }
    if writing.notebook && style == Style::Latex {
        return Err(Failure::Usage(
            "--notebook is of Python, not of latex".into(),
        ));
    }
    let (model, arena) = options.run(source)?;
    let asked = Asked {
        model: &model,
        arena: &arena,
        scene: None,
        composite: writing.composite.as_deref(),
    };
    let code = codegen::code(asked, style).map_err(Failure::Limit)?;
    Ok(Outcome::of(if writing.notebook {
        codegen::notebook(&code)
    } else {
        code.text
    }))
}

//! The derivation as LaTeX: the sentences of both passes, one below the other.

use super::sheet::Sheet;
use super::{Asked, Code, Walk};
use crate::lesson::{Lesson, Math, Now};
use crate::scene::{Pass, Scene};
use std::borrow::Cow;

/// Every step as an equation, with its numbers.
///
/// # Errors
/// Where the graph is too large to be drawn.
pub fn derivation(asked: Asked<'_>) -> Result<Code, String> {
    let Asked { model, arena, .. } = asked;
    let scene = asked
        .scene
        .map_or_else(|| Cow::Owned(Scene::new(model)), Cow::Borrowed);
    if let Some(why) = &scene.undrawn {
        return Err(why.clone());
    }
    let now = Now {
        model,
        scene: &scene,
        arena,
    };
    let mut lesson = Lesson::new(model, &scene);
    let mut sheet = Sheet::default();
    let mut before = None;
    sheet.put("\\begin{align*}");
    let last = scene.steps.len().saturating_sub(1);
    for (at, step) in scene.steps.iter().enumerate() {
        let Some(sentence) = lesson.sentence(now, at) else {
            continue;
        };
        let walk = match step.pass {
            Pass::Inputs | Pass::Forward => Walk::Forward,
            Pass::Base => Walk::Base,
            Pass::Backward => Walk::Backward,
        };
        let title = match walk {
            Walk::Forward => "Forward",
            _ => "Backward",
        };
        if before != Some(title) {
            sheet.put(&format!("  & \\text{{{title}}} \\\\"));
            before = Some(title);
        }
        let rows: Vec<String> = match sentence.math {
            Math::Table { table } => table.iter().flatten().map(Math::latex).collect(),
            other => vec![other.latex()],
        };
        let count = rows.len();
        for (row, equation) in rows.into_iter().enumerate() {
            let end = if at == last && row + 1 == count {
                ""
            } else {
                " \\\\"
            };
            let gates: Vec<_> = step
                .node
                .map(|node| scene.graph_node(node))
                .into_iter()
                .collect();
            sheet.step(format!("  & {equation}{end}"), walk, &gates);
        }
    }
    sheet.put("\\end{align*}");
    Ok(sheet.finish(model, asked.scene))
}

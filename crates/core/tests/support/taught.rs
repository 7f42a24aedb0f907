//! A program about which its lesson is asked.

use backflow_core::lesson::{Card, Lesson, Now};
use backflow_core::model::{Model, Overrides};
use backflow_core::scene::Scene;
use backflow_core::view::View;
use std::fmt::Write;

/// A program with its picture, run.
pub struct Taught {
    pub model: Model,
    pub scene: Scene,
    pub arena: Vec<f64>,
    pub lesson: Lesson,
}

impl Taught {
    pub fn new(source: &str) -> Self {
        Self::viewed(source, &View::default())
    }

    pub fn viewed(source: &str, view: &View) -> Self {
        let model = Model::viewed(source, &Overrides::default(), view)
            .unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let mut arena = model.arena();
        model.plan.run(&mut arena);
        let scene = Scene::new(&model);
        let lesson = Lesson::new(&model, &scene);
        Self {
            model,
            scene,
            arena,
            lesson,
        }
    }

    pub fn ask<T>(&mut self, ask: impl FnOnce(&mut Lesson, Now<'_>) -> T) -> T {
        let now = Now {
            model: &self.model,
            scene: &self.scene,
            arena: &self.arena,
        };
        ask(&mut self.lesson, now)
    }

    pub fn place(&self, key: &str) -> usize {
        let place = self.scene.nodes.iter().position(|node| node.key == key);
        place.unwrap_or_else(|| panic!("no node {key}"))
    }

    pub fn sentences(&mut self) -> String {
        let steps = 0..self.scene.steps.len();
        let lines = steps.map(|step| {
            let said = self.ask(|lesson, now| lesson.sentence(now, step));
            format!("{step}: {}\n", said.expect("a step").math.plain())
        });
        lines.collect()
    }
}

/// A card as text.
pub fn written(card: &Card) -> String {
    let mut text = format!("{} ({})\n", card.title.plain(), card.subtitle);
    for section in &card.sections {
        let _ = writeln!(text, "[{:?}] {}", section.kind, section.title);
        for line in &section.lines {
            let _ = writeln!(text, "    {}", line.text);
        }
    }
    text
}

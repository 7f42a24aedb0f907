//! What is said of each step and each gate, to the word.

mod support;

use backflow_core::lesson::{Lesson, Now};
use backflow_core::model::Model;
use backflow_core::scene::Scene;
use expect_test::{Expect, expect};
use support::point::ran;

/// A program with its picture, run.
struct Taught {
    model: Model,
    scene: Scene,
    arena: Vec<f64>,
    lesson: Lesson,
}

impl Taught {
    fn new(source: &str) -> Self {
        let (model, arena) = ran(source);
        let scene = Scene::new(&model);
        let lesson = Lesson::new(&model, &scene);
        Self {
            model,
            scene,
            arena,
            lesson,
        }
    }

    fn ask<T>(&mut self, ask: impl FnOnce(&mut Lesson, Now<'_>) -> T) -> T {
        let now = Now {
            model: &self.model,
            scene: &self.scene,
            arena: &self.arena,
        };
        ask(&mut self.lesson, now)
    }

    fn sentences(&mut self) -> String {
        let steps = 0..self.scene.steps.len();
        let lines = steps.map(|step| {
            let said = self.ask(|lesson, now| lesson.sentence(now, step));
            format!("{step}: {}\n", said.expect("a step").math.plain())
        });
        lines.collect()
    }
}

fn sentences(source: &str, expected: &Expect) {
    expected.assert_eq(&Taught::new(source).sentences());
}

#[test]
fn the_first_graph() {
    sentences(
        "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z",
        &expect![[r#"
            0: x = −2, y = 5, z = −4
            1: q = x + y = −2 + 5 = 3
            2: f = q·z = 3 × (−4) = −12
            3: ∂f/∂f = 1
            4: ∂f/∂q = upstream ∂f/∂f × local ∂f/∂q = 1 × (−4) = −4; ∂f/∂z = upstream ∂f/∂f × local ∂f/∂z = 1 × 3 = 3
            5: ∂f/∂x = upstream ∂f/∂q × local ∂q/∂x = −4 × 1 = −4; ∂f/∂y = upstream ∂f/∂q × local ∂q/∂y = −4 × 1 = −4
        "#]],
    );
}

#[test]
fn the_neuron() {
    sentences(
        "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))",
        &expect![[r#"
            0: w0 = 2, x0 = −1, w1 = −3, x1 = −2, w2 = −3
            1: w0·x0 = 2 × (−1) = −2
            2: w1·x1 = −3 × (−2) = 6
            3: v1 = w0·x0 + w1·x1 = −2 + 6 = 4
            4: v2 = v1 + w2 = 4 + (−3) = 1
            5: v3 = −v2 = −1
            6: v4 = e^v3 = e^(−1) = 0.368
            7: v5 = 1 + v4 = 1 + 0.368 = 1.37
            8: f = 1/v5 = 1/1.37 = 0.731
            9: ∂f/∂f = 1
            10: ∂f/∂v5 = upstream ∂f/∂f × local ∂f/∂v5 = 1 × (−0.534) = −0.534
            11: ∂f/∂v4 = upstream ∂f/∂v5 × local ∂v5/∂v4 = −0.534 × 1 = −0.534
            12: ∂f/∂v3 = upstream ∂f/∂v4 × local ∂v4/∂v3 = −0.534 × 0.368 = −0.197
            13: ∂f/∂v2 = upstream ∂f/∂v3 × local ∂v3/∂v2 = −0.197 × (−1) = 0.197
            14: ∂f/∂v1 = upstream ∂f/∂v2 × local ∂v2/∂v1 = 0.197 × 1 = 0.197; ∂f/∂w2 = upstream ∂f/∂v2 × local ∂v2/∂w2 = 0.197 × 1 = 0.197
            15: ∂f/∂(w0·x0) = upstream ∂f/∂v1 × local ∂v1/∂(w0·x0) = 0.197 × 1 = 0.197; ∂f/∂(w1·x1) = upstream ∂f/∂v1 × local ∂v1/∂(w1·x1) = 0.197 × 1 = 0.197
            16: ∂f/∂w1 = upstream ∂f/∂(w1·x1) × local ∂(w1·x1)/∂w1 = 0.197 × (−2) = −0.393; ∂f/∂x1 = upstream ∂f/∂(w1·x1) × local ∂(w1·x1)/∂x1 = 0.197 × (−3) = −0.590
            17: ∂f/∂w0 = upstream ∂f/∂(w0·x0) × local ∂(w0·x0)/∂w0 = 0.197 × (−1) = −0.197; ∂f/∂x0 = upstream ∂f/∂(w0·x0) × local ∂(w0·x0)/∂x0 = 0.197 × 2 = 0.393
        "#]],
    );
}

#[test]
fn patterns() {
    sentences(
        "x = 7\nL = 4*x + 2*x",
        &expect![[r#"
            0: x = 7
            1: 4·x = 4 × 7 = 28
            2: 2·x = 2 × 7 = 14
            3: L = 4·x + 2·x = 28 + 14 = 42
            4: ∂L/∂L = 1
            5: ∂L/∂(4·x) = upstream ∂L/∂L × local ∂L/∂(4·x) = 1 × 1 = 1; ∂L/∂(2·x) = upstream ∂L/∂L × local ∂L/∂(2·x) = 1 × 1 = 1
            6: ∂L/∂x through 2·x = upstream ∂L/∂(2·x) × local ∂(2·x)/∂x = 1 × 2 = 2; ∂L/∂x = 2 + …
            7: ∂L/∂x through 4·x = upstream ∂L/∂(4·x) × local ∂(4·x)/∂x = 1 × 4 = 4; ∂L/∂x = 2 + 4 = 6
        "#]],
    );
    sentences(
        "x = 4\ny = 5\nz = max(x, y)\nL = 9 * z",
        &expect![[r#"
            0: x = 4, y = 5
            1: z = max(x, y) = max(4, 5) = 5
            2: L = 9·z = 9 × 5 = 45
            3: ∂L/∂L = 1
            4: ∂L/∂z = upstream ∂L/∂L × local ∂L/∂z = 1 × 9 = 9
            5: ∂L/∂x = upstream ∂L/∂z × local ∂z/∂x = 9 × 0 = 0; ∂L/∂y = upstream ∂L/∂z × local ∂z/∂y = 9 × 1 = 9
        "#]],
    );
    sentences(
        "x = 3\nf = x * x",
        &expect![[r#"
            0: x = 3
            1: f = x·x = 3 × 3 = 9
            2: ∂f/∂f = 1
            3: ∂f/∂x through f (use 1) = upstream ∂f/∂f × local ∂f/∂x = 1 × 3 = 3; ∂f/∂x through f (use 2) = upstream ∂f/∂f × local ∂f/∂x = 1 × 3 = 3; ∂f/∂x = 3 + 3 = 6
        "#]],
    );
}

#[test]
fn tensors() {
    sentences(
        "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w\nL = sum(relu(y))",
        &expect![[r#"
            0: x = (2×3), w = (3×4)
            1: y = x w = (2×3) (3×4) → (2×4)
            2: v1 = relu(y) = (2×4)
            3: L = Σv1 = 33
            4: ∂L/∂L = 1
            5: ∂L/∂v1 = ∂L/∂L = (2×4)
            6: ∂L/∂y = ∂L/∂v1 ⊙ (1 if y > 0 else 0) = (2×4)
            7: ∂L/∂x = (∂L/∂y) wᵀ = (2×3); ∂L/∂w = xᵀ (∂L/∂y) = (3×4)
        "#]],
    );
    sentences(
        "x = [1, -2, 3, -1]\nb = 2\ny = relu(x + b)",
        &expect![[r#"
        0: x = [1, −2, 3, −1], b = 2
        1: x + b = [1, −2, 3, −1] + 2 = [3, 0, 5, 1]
        2: y = relu(x + b) = relu([3, 0, 5, 1]) = [3, 0, 5, 1]
        3: ∂L/∂y = [1, 1, 1, 1]
        4: ∂L/∂(x + b) = ∂L/∂y ⊙ (1 if x + b > 0 else 0) = [1, 0, 1, 1]
        5: ∂L/∂x = ∂L/∂(x + b) = [1, 0, 1, 1]; ∂L/∂b = Σ(∂L/∂(x + b)) = 3
    "#]],
    );
}

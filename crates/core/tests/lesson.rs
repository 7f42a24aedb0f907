//! What is said of each step and each gate, to the word.

mod support;

use expect_test::{Expect, expect};
use support::taught::{Taught, written};

/// The card of a node by its key, when all is computed.
fn card(source: &str, key: &str, expected: &Expect) {
    let mut taught = Taught::new(source);
    let place = taught.place(key);
    let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
    expected.assert_eq(&written(&card.expect("a card")));
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
            8: f = 1/v5 = 1/1.37 ≈ 0.731
            9: ∂f/∂f = 1
            10: ∂f/∂v5 = upstream ∂f/∂f × local ∂f/∂v5 = 1 × (−0.534) = −0.534
            11: ∂f/∂v4 = upstream ∂f/∂v5 × local ∂v5/∂v4 = −0.534 × 1 = −0.534
            12: ∂f/∂v3 = upstream ∂f/∂v4 × local ∂v4/∂v3 = −0.534 × 0.368 = −0.197
            13: ∂f/∂v2 = upstream ∂f/∂v3 × local ∂v3/∂v2 = −0.197 × (−1) = 0.197
            14: ∂f/∂v1 = upstream ∂f/∂v2 × local ∂v2/∂v1 = 0.197 × 1 = 0.197; ∂f/∂w2 = upstream ∂f/∂v2 × local ∂v2/∂w2 = 0.197 × 1 = 0.197
            15: ∂f/∂(w0·x0) = upstream ∂f/∂v1 × local ∂v1/∂(w0·x0) = 0.197 × 1 = 0.197; ∂f/∂(w1·x1) = upstream ∂f/∂v1 × local ∂v1/∂(w1·x1) = 0.197 × 1 = 0.197
            16: ∂f/∂w1 = upstream ∂f/∂(w1·x1) × local ∂(w1·x1)/∂w1 = 0.197 × (−2) ≈ −0.393; ∂f/∂x1 = upstream ∂f/∂(w1·x1) × local ∂(w1·x1)/∂x1 = 0.197 × (−3) ≈ −0.590
            17: ∂f/∂w0 = upstream ∂f/∂(w0·x0) × local ∂(w0·x0)/∂w0 = 0.197 × (−1) = −0.197; ∂f/∂x0 = upstream ∂f/∂(w0·x0) × local ∂(w0·x0)/∂x0 = 0.197 × 2 ≈ 0.393
        "#]],
    );
}

/// Three digits of a number that was written would be another number.
#[test]
fn numbers_of_the_program_stand_as_they_were_written() {
    sentences(
        "x = 0.5\ny = 13.5274 * x + 1234.567\nL = y ** 2.125",
        &expect![[r#"
            0: x = 0.5
            1: 13.5274·x = 13.5274 × 0.5 = 6.76
            2: y = 13.5274·x + 1234.567 = 6.76 + 1235 ≈ 1241
            3: L = y^2.125 = 1241^2.125 = 3.75×10⁶
            4: ∂L/∂L = 1
            5: ∂L/∂y = upstream ∂L/∂L × local ∂L/∂y = 1 × 6427 = 6427
            6: ∂L/∂(13.5274·x) = upstream ∂L/∂y × local ∂y/∂(13.5274·x) = 6427 × 1 = 6427
            7: ∂L/∂x = upstream ∂L/∂(13.5274·x) × local ∂(13.5274·x)/∂x = 6427 × 13.5 ≈ 86935
        "#]],
    );
}

/// A difference between large numbers is told by digits that differ.
#[test]
fn a_small_change_of_a_large_number_is_seen() {
    card(
        "c = 129000000000\nx = 2\nL = c + x * 159",
        "x",
        &expect![[r#"
            x = 2 (input)
            [Chain] Upstream × local = downstream
                ∂L/∂(x·159) × ∂(x·159)/∂x = ∂L/∂x
                1 × 159 = 159
            [Paths] The path to the output
                x → x·159 → L: 1 × 159 = 159
            [Check] Checked by a central difference
                backward pass: ∂L/∂x = 159
                difference: (L(x + h) − L(x − h))/(2h) → 159
                they differ by 0
            [Nudge] Nudge x by 0.1
                predicted: ΔL ≈ ∂L/∂x × Δx = 159 × 0.1 = 15.9
                true: ΔL = 1.29000000334×10¹¹ − 1.29000000318×10¹¹ ≈ 15.9
        "#]],
    );
}

#[test]
fn a_list_of_values_has_the_name_it_is_given() {
    sentences(
        "x = 3\ny = [x, x * x]",
        &expect![[r#"
            0: x = 3
            1: x·x = 3 × 3 = 9
            2: y = join(x, x·x) = join(3, 9) = [3, 9]
            3: ∂L/∂y = [1, 1], given: L is a loss behind y
            4: ∂L/∂x through y = slice(∂L/∂y) = 1; ∂L/∂(x·x) = slice(∂L/∂y) = 1; ∂L/∂x = 1 + … + …
            5: ∂L/∂x through x·x (use 1) = upstream ∂L/∂(x·x) × local ∂(x·x)/∂x = 1 × 3 = 3; ∂L/∂x through x·x (use 2) = upstream ∂L/∂(x·x) × local ∂(x·x)/∂x = 1 × 3 = 3; ∂L/∂x = 1 + 3 + 3 = 7
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
            1: y = x w = (2×3) (3×4) → (2×4) = [−1 −1 2 6; 5 2 11 7]
            2: v1 = relu(y) = [0 0 2 6; 5 2 11 7]
            3: L = Σv1 = 33
            4: ∂L/∂L = 1
            5: ∂L/∂v1 = broadcast(∂L/∂L) = [1 1 1 1; 1 1 1 1]
            6: ∂L/∂y = ∂L/∂v1 ⊙ (1 if y > 0, else 0) = [0 0 1 1; 1 1 1 1]
            7: ∂L/∂x = (∂L/∂y) wᵀ = [0 5 −1; 5 8 4]; ∂L/∂w = xᵀ (∂L/∂y) = [−3 −3 −1 −1; 4 4 5 5; 2 2 −1 −1]
        "#]],
    );
    sentences(
        "x = [1, -2, 3, -1]\nb = 2\ny = relu(x + b)",
        &expect![[r#"
            0: x = [1, −2, 3, −1], b = 2
            1: x + b = [1, −2, 3, −1] + 2 = [3, 0, 5, 1]
            2: y = relu(x + b) = relu([3, 0, 5, 1]) = [3, 0, 5, 1]
            3: ∂L/∂y = [1, 1, 1, 1], given: L is a loss behind y
            4: ∂L/∂(x + b) = ∂L/∂y ⊙ (1 if x + b > 0, else 0) = [1, 0, 1, 1]
            5: ∂L/∂x = ∂L/∂(x + b) = [1, 0, 1, 1]; ∂L/∂b = Σ(∂L/∂(x + b)) = 3
        "#]],
    );
}

const FIRST: &str = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z";
const NEURON: &str = "w0 = 2\nx0 = -1\nw1 = -3\nx1 = -2\nw2 = -3\nf = sigmoid(w0*x0 + w1*x1 + w2)";

#[test]
fn cards_of_the_first_graph() {
    card(
        FIRST,
        "q",
        &expect![[r#"
            q = x + y (add gate)
            [Chain] Upstream × local = downstream
                ∂f/∂q × ∂q/∂x = ∂f/∂x
                −4 × 1 = −4
                ∂f/∂q × ∂q/∂y = ∂f/∂y
                −4 × 1 = −4
            [Local] Local derivative
                ∂q/∂x = 1
                ∂q/∂y = 1
            [Role] Add gate: gradient distributor
                each operand gets the upstream gradient as it is
            [Paths] The path to the output
                q → f: −4
            [Check] Checked by a central difference
                backward pass: ∂f/∂q = −4
                difference: (f(q + h) − f(q − h))/(2h) → −4
                they differ by 0
            [Nudge] Nudge q by 0.1
                predicted: Δf ≈ ∂f/∂q × Δq = −4 × 0.1 = −0.4
                true: Δf = −12.4 − (−12) = −0.4
        "#]],
    );
    card(
        FIRST,
        "f",
        &expect![[r#"
            f = q·z (mul gate, the output)
            [Chain] Upstream × local = downstream
                ∂f/∂f × ∂f/∂q = ∂f/∂q
                1 × (−4) = −4
                ∂f/∂f × ∂f/∂z = ∂f/∂z
                1 × 3 = 3
            [Local] Local derivative
                ∂f/∂q = z = −4
                ∂f/∂z = q = 3
            [Role] Mul gate: swap multiplier
                each operand gets the upstream gradient times the other operand
        "#]],
    );
    card(
        FIRST,
        "x",
        &expect![[r#"
            x = −2 (input)
            [Chain] Upstream × local = downstream
                ∂f/∂q × ∂q/∂x = ∂f/∂x
                −4 × 1 = −4
            [Paths] The path to the output
                x → q → f: −4 × 1 = −4
            [Check] Checked by a central difference
                backward pass: ∂f/∂x = −4
                difference: (f(x + h) − f(x − h))/(2h) → −4
                they differ by 0
            [Nudge] Nudge x by 0.1
                predicted: Δf ≈ ∂f/∂x × Δx = −4 × 0.1 = −0.4
                true: Δf = −12.4 − (−12) = −0.4
        "#]],
    );
}

#[test]
fn cards_of_the_neuron() {
    card(
        NEURON,
        "f",
        &expect![[r#"
            f = σ(v2) (sigmoid gate, the output)
            [Chain] Upstream × local = downstream
                ∂f/∂f × ∂f/∂v2 = ∂f/∂v2
                1 × 0.197 = 0.197
            [Local] Local derivative
                σ′ = (1 − σ)·σ
                ∂f/∂v2 = (1 − f)·f = (1 − 0.731) × 0.731 = 0.197
            [Role] One sigmoid gate for 4 gates
                as one gate 11 steps instead of 17
                the gradients of the inputs are the same (rounding: 1.11×10⁻¹⁶)
                + at the gate, or Enter, opens it
        "#]],
    );
    card(
        NEURON,
        "w0",
        &expect![[r#"
            w0 = 2 (input)
            [Chain] Upstream × local = downstream
                ∂f/∂(w0·x0) × ∂(w0·x0)/∂w0 = ∂f/∂w0
                0.197 × (−1) = −0.197
            [Paths] The path to the output
                w0 → w0·x0 → v1 → v2 → f: 0.197 × 1 × 1 × (−1) = −0.197
            [Check] Checked by a central difference
                backward pass: ∂f/∂w0 = −0.197
                difference: (f(w0 + h) − f(w0 − h))/(2h) → −0.197
                they differ by 1.82×10⁻¹⁴
            [Nudge] Nudge w0 by 0.1
                predicted: Δf ≈ ∂f/∂w0 × Δw0 = −0.197 × 0.1 = −0.0197
                true: Δf = 0.711 − 0.731 ≈ −0.0201
        "#]],
    );
    card(
        NEURON,
        "f:mul",
        &expect![[r#"
            w0·x0 (mul gate)
            [Chain] Upstream × local = downstream
                ∂f/∂(w0·x0) × ∂(w0·x0)/∂w0 = ∂f/∂w0
                0.197 × (−1) = −0.197
                ∂f/∂(w0·x0) × ∂(w0·x0)/∂x0 = ∂f/∂x0
                0.197 × 2 ≈ 0.393
            [Local] Local derivative
                ∂(w0·x0)/∂w0 = x0 = −1
                ∂(w0·x0)/∂x0 = w0 = 2
            [Role] Mul gate: swap multiplier
                each operand gets the upstream gradient times the other operand
            [Paths] The path to the output
                w0·x0 → v1 → v2 → f: 0.197 × 1 × 1 = 0.197
            [Check] Checked by a central difference
                backward pass: ∂f/∂(w0·x0) = 0.197
                difference: (f(w0·x0 + h) − f(w0·x0 − h))/(2h) → 0.197
                they differ by 1.82×10⁻¹⁴
            [Nudge] Nudge w0·x0 by 0.1
                predicted: Δf ≈ ∂f/∂(w0·x0) × Δ(w0·x0) = 0.197 × 0.1 = 0.0197
                true: Δf = 0.750 − 0.731 ≈ 0.0192
        "#]],
    );
}

#[test]
fn cards_of_patterns() {
    card(
        "x = 7\nL = 4*x + 2*x",
        "x",
        &expect![[r#"
            x = 7 (input)
            [Chain] Upstream × local = downstream
                ∂L/∂(4·x) × ∂(4·x)/∂x = ∂L/∂x through 4·x
                1 × 4 = 4
                ∂L/∂(2·x) × ∂(2·x)/∂x = ∂L/∂x through 2·x
                1 × 2 = 2
            [Role] Copy: gradient adder
                the value goes to several gates; the gradients that come back add
            [Sum] Sum over uses: the gradients of a copied value add
                ∂L/∂x through 2·x = 2
                ∂L/∂x through 4·x = 4
                ∂L/∂x = 2 + 4 = 6
            [Paths] The 2 paths to the output
                x → 4·x → L: 1 × 4 = 4
                x → 2·x → L: 1 × 2 = 2
                ∂L/∂x = 4 + 2 = 6
            [Check] Checked by a central difference
                backward pass: ∂L/∂x = 6
                difference: (L(x + h) − L(x − h))/(2h) → 6
                they differ by 0
            [Nudge] Nudge x by 0.1
                predicted: ΔL ≈ ∂L/∂x × Δx = 6 × 0.1 = 0.6
                true: ΔL = 42.6 − 42 = 0.6
        "#]],
    );
    card(
        "x = 4\ny = 5\nz = max(x, y)\nL = 9 * z",
        "z",
        &expect![[r#"
            z = max(x, y) (max gate)
            [Chain] Upstream × local = downstream
                ∂L/∂z × ∂z/∂x = ∂L/∂x
                9 × 0 = 0
                ∂L/∂z × ∂z/∂y = ∂L/∂y
                9 × 1 = 9
            [Local] Local derivative
                ∂z/∂x = (1 if x = z, else 0) = 0
                ∂z/∂y = (1 if y = z, else 0) = 1
            [Role] Max gate: gradient router
                the greatest gets all of the upstream gradient, the others get 0
            [Paths] The path to the output
                z → L: 9
            [Check] Checked by a central difference
                backward pass: ∂L/∂z = 9
                difference: (L(z + h) − L(z − h))/(2h) → 9
                they differ by 0
            [Nudge] Nudge z by 0.1
                predicted: ΔL ≈ ∂L/∂z × Δz = 9 × 0.1 = 0.9
                true: ΔL = 45.9 − 45 = 0.9
        "#]],
    );
    card(
        "x = 4\ny = 4\nz = max(x, y)\nL = 9 * z",
        "z",
        &expect![[r#"
            z = max(x, y) (max gate)
            [Chain] Upstream × local = downstream
                ∂L/∂z × ∂z/∂x = ∂L/∂x
                9 × 0.5 = 4.5
                ∂L/∂z × ∂z/∂y = ∂L/∂y
                9 × 0.5 = 4.5
            [Local] Local derivative
                ∂z/∂x = 0.5
                ∂z/∂y = 0.5
            [Role] Max gate: gradient router
                the greatest gets all of the upstream gradient, the others get 0
            [Notes] Note
                A tie: those that are equal share the gradient evenly
            [Paths] The path to the output
                z → L: 9
            [Check] Checked by a central difference
                backward pass: ∂L/∂z = 9
                difference: (L(z + h) − L(z − h))/(2h) → 9
                they differ by 0
            [Nudge] Nudge z by 0.1
                predicted: ΔL ≈ ∂L/∂z × Δz = 9 × 0.1 = 0.9
                true: ΔL = 36.9 − 36 = 0.9
        "#]],
    );
    card(
        "x = 3\nf = x * x * x + exp(x)",
        "x",
        &expect![[r#"
            x = 3 (input)
            [Chain] Upstream × local = downstream
                ∂f/∂(x·x) × ∂(x·x)/∂x = ∂f/∂x through x·x (use 1)
                3 × 3 = 9
                ∂f/∂(x·x) × ∂(x·x)/∂x = ∂f/∂x through x·x (use 2)
                3 × 3 = 9
                ∂f/∂v1 × ∂v1/∂x = ∂f/∂x through v1
                1 × 9 = 9
                ∂f/∂(e^x) × ∂(e^x)/∂x = ∂f/∂x through e^x
                1 × 20.1 = 20.1
            [Role] Copy: gradient adder
                the value goes to several gates; the gradients that come back add
            [Sum] Sum over uses: the gradients of a copied value add
                ∂f/∂x through e^x = 20.1
                ∂f/∂x through v1 = 9
                ∂f/∂x through x·x (use 1) = 9
                ∂f/∂x through x·x (use 2) = 9
                ∂f/∂x = 20.1 + 9 + 9 + 9 = 47.1
            [Paths] The 4 paths to the output
                x → x·x → v1 → f: 1 × 3 × 3 = 9
                x → x·x → v1 → f: 1 × 3 × 3 = 9
                x → v1 → f: 1 × 9 = 9
                x → e^x → f: 1 × 20.1 = 20.1
                ∂f/∂x = 9 + 9 + 9 + 20.1 = 47.1
            [Check] Checked by a central difference
                backward pass: ∂f/∂x = 47.1
                difference: (f(x + h) − f(x − h))/(2h) → 47.1
                they differ by 3.34×10⁻¹³
            [Nudge] Nudge x by 0.1
                predicted: Δf ≈ ∂f/∂x × Δx = 47.1 × 0.1 = 4.71
                true: Δf = 52.0 − 47.1 = 4.90
        "#]],
    );
    card(
        "x = -3\nh = relu(x)\nf = 2 * h",
        "h",
        &expect![[r#"
            h = relu(x) (relu gate)
            [Chain] Upstream × local = downstream
                ∂f/∂h × ∂h/∂x = ∂f/∂x
                2 × 0 = 0
            [Local] Local derivative
                ∂h/∂x = (1 if x > 0, else 0) = 0
            [Role] ReLU gate: gradient router
                the upstream gradient passes where the operand is above 0, else 0
            [Notes] Note
                Dead: the operand is not above 0, so no gradient passes
            [Paths] The path to the output
                h → f: 2
            [Check] Checked by a central difference
                backward pass: ∂f/∂h = 2
                difference: (f(h + ε) − f(h − ε))/(2ε) → 2
                they differ by 0
            [Nudge] Nudge h by 0.1
                predicted: Δf ≈ ∂f/∂h × Δh = 2 × 0.1 = 0.2
                true: Δf = 0.2 − 0 = 0.2
        "#]],
    );
    card(
        "x = -3\nh = relu(x)\nf = 2 * h",
        "x",
        &expect![[r#"
            x = −3 (input)
            [Chain] Upstream × local = downstream
                ∂f/∂h × ∂h/∂x = ∂f/∂x
                2 × 0 = 0
            [Notes] Note
                The gradient is 0: nothing comes through h
            [Paths] The path to the output
                x → h → f: 2 × 0 = 0
            [Check] Checked by a central difference
                backward pass: ∂f/∂x = 0
                difference: (f(x + ε) − f(x − ε))/(2ε) → 0
                they differ by 0
            [Nudge] Nudge x by 0.1
                predicted: Δf ≈ ∂f/∂x × Δx = 0 × 0.1 = 0
                true: Δf = 0 − 0 = 0
        "#]],
    );
    card(
        "x = -3\nh = log(x)\nf = 2 * h",
        "f",
        &expect![[r#"
            f = 2·h (mul gate, the output)
            [Chain] Upstream × local = downstream
                ∂f/∂f × ∂f/∂h = ∂f/∂h
                1 × 2 = 2
            [Local] Local derivative
                ∂f/∂h = 2
            [Role] Mul gate with a constant: gradient scaler
                the operand gets the upstream gradient times the constant
            [Notes] Note
                The value is NaN: it arose at h, the logarithm of a negative number
        "#]],
    );
    card(
        "x = 0\nh = sqrt(x)\nf = 2 * h",
        "x",
        &expect![[r#"
            x = 0 (input)
            [Chain] Upstream × local = downstream
                ∂f/∂h × ∂h/∂x = ∂f/∂x
                2 × ∞ = ∞
            [Notes] Note
                The gradient is ∞: going back it arose at h
            [Paths] The path to the output
                x → h → f: 2 × ∞ = ∞
            [Check] Checked by a central difference
                backward pass: ∂f/∂x = ∞
                difference: (f(x + ε) − f(x − ε))/(2ε) → NaN
            [Nudge] Nudge x by 0.1
                predicted: Δf ≈ ∂f/∂x × Δx = ∞ × 0.1 = ∞
                true: Δf = 0.632 − 0 = 0.632
        "#]],
    );
}

#[test]
fn cards_of_tensors() {
    card(
        "x = [1, -2, 3, -1]\nz = relu(x)\nL = sum(z * [4, -1, 5, 9])",
        "z",
        &expect![[r#"
            z = relu(x) (relu gate, (4))
            [Chain] Upstream × local = downstream
                ∂L/∂x = ∂L/∂z ⊙ (1 if x > 0, else 0)
                [4, −1, 5, 9] → [4, 0, 5, 0]
            [Local] Local derivative
                ∂z/∂x = [1 0 0 0; 0 0 0 0; 0 0 1 0; 0 0 0 0]
            [Role] ReLU gate: gradient router
                the upstream gradient passes where the operand is above 0, else 0
            [Notes] Note
                Closed where the operand is not above 0 (2 of 4 elements)
            [Check] Checked by a central difference
                backward pass: ∂L/∂z = [4, −1, 5, 9]
                differences: [4, −1, 5, 9]
                they differ by 0 at most, of 4 elements
        "#]],
    );
    card(
        "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w\nL = sum(y)",
        "y",
        &expect![[r#"
            y = x w (matmul gate, (2×4))
            [Chain] Upstream × local = downstream
                ∂L/∂x = (∂L/∂y) wᵀ
                (2×4) → (2×3)
                ∂L/∂w = xᵀ (∂L/∂y)
                (2×4) → (3×4)
            [Local] Local derivative
                ∂y/∂x is 8 × 6, 2 blocks of 4 × 3; the backward pass does without it
                ∂y/∂w is 8 × 12, 4 blocks of 2 × 3; the backward pass does without it
            [Role] Matmul gate: swap multiplier
                each operand gets the upstream gradient times the other, transposed: the only way the shapes fit
            [Check] Checked by a central difference
                backward pass: ∂L/∂y = (2×4)
                they differ by 9.99×10⁻¹⁵ at most, of 8 elements
        "#]],
    );
    card(
        "x = [1, 2, 3]\np = softmax(x)\nL = -log(p[0])",
        "p",
        &expect![[r#"
            p = softmax(x) (softmax gate, (3))
            [Chain] Upstream × local = downstream
                ∂L/∂x = p ⊙ (∂L/∂p − Σ(∂L/∂p ⊙ p))
                [−11.1, 0, 0] → [−0.910, 0.245, 0.665]
            [Local] Local derivative
                ∂p/∂x = [0.0819 −0.0220 −0.0599; −0.0220 0.185 −0.163; −0.0599 −0.163 0.223]
            [Role] One softmax gate for 8 gates
                as one gate 9 steps instead of 21
                the gradients of the inputs are the same (rounding: 2.78×10⁻¹⁷)
                + at the gate, or Enter, opens it
            [Check] Checked by a central difference
                backward pass: ∂L/∂p = [−11.1, 0, 0]
                differences: [−11.1, 0, 0]
                they differ by 3.90×10⁻¹⁰ at most, of 3 elements
        "#]],
    );
}

/// What a screen reader says of each step.
#[test]
fn steps_are_spoken() {
    let spoken = |source: &str| {
        let mut taught = Taught::new(source);
        let steps = 0..taught.scene.steps.len();
        let said = steps.map(|step| taught.ask(|lesson, now| lesson.sentence(now, step)));
        let said: Vec<String> = said.map(|said| said.expect("a step").text).collect();
        said.join("\n")
    };
    expect![[r#"
        The inputs: x equals minus 2, y equals 5, z equals minus 4.
        Forward: q equals x plus y equals minus 2 plus 5 equals 3.
        Forward: f equals q times z equals 3 times minus 4 equals minus 12.
        Backward begins: d f by d f equals 1.
        Backward: d f by d q equals upstream d f by d f times local d f by d q equals 1 times minus 4 equals minus 4; d f by d z equals upstream d f by d f times local d f by d z equals 1 times 3 equals 3.
        Backward: d f by d x equals upstream d f by d q times local d q by d x equals minus 4 times 1 equals minus 4; d f by d y equals upstream d f by d q times local d q by d y equals minus 4 times 1 equals minus 4."#]].assert_eq(&spoken(FIRST));
    expect![[r#"
        The inputs: x 0 equals 7.
        Forward: minus x 0 equals minus 7.
        Forward: v 1 equals e to the power minus x 0 equals e to the power minus 7 equals 0.000912.
        Forward: x 0 squared equals 7 squared equals 49.
        Forward: L equals v 1 plus x 0 squared equals 0.000912 plus 49 is about 49.0.
        Backward begins: d L by d L equals 1.
        Backward: d L by d v 1 equals upstream d L by d L times local d L by d v 1 equals 1 times 1 equals 1; d L by d x 0 squared equals upstream d L by d L times local d L by d x 0 squared equals 1 times 1 equals 1.
        Backward: d L by d x 0 through x 0 squared equals upstream d L by d x 0 squared times local d x 0 squared by d x 0 equals 1 times 14 equals 14; d L by d x 0 equals 14 plus what is still to come.
        Backward: d L by d minus x 0 equals upstream d L by d v 1 times local d v 1 by d minus x 0 equals 1 times 0.000912 equals 0.000912.
        Backward: d L by d x 0 through minus x 0 equals upstream d L by d minus x 0 times local d minus x 0 by d x 0 equals 0.000912 times minus 1 equals minus 0.000912; d L by d x 0 equals 14 plus minus 0.000912 is about 14.0."#]].assert_eq(&spoken("x0 = 7\nL = exp(-x0) + x0 ** 2"));
}

/// What is not computed yet is left blank.
#[test]
fn cards_fill_as_the_passes_go() {
    let at = |key: &str, step| {
        let mut taught = Taught::new("x = 7\nL = 4*x + 2*x");
        let place = taught.place(key);
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, step));
        written(&card.expect("a card"))
    };
    expect![[r#"
        L = 4·x + 2·x (add gate, the output)
        [Chain] Upstream × local = downstream
            ∂L/∂L × ∂L/∂(4·x) = ∂L/∂(4·x)
            … × … = …
            ∂L/∂L × ∂L/∂(2·x) = ∂L/∂(2·x)
            … × … = …
        [Local] Local derivative
            ∂L/∂(4·x) = 1
            ∂L/∂(2·x) = 1
        [Role] Add gate: gradient distributor
            each operand gets the upstream gradient as it is
    "#]]
    .assert_eq(&at("L", 0));
    expect![[r#"
        x = 7 (input)
        [Chain] Upstream × local = downstream
            ∂L/∂(4·x) × ∂(4·x)/∂x = ∂L/∂x through 4·x
            1 × 4 = …
            ∂L/∂(2·x) × ∂(2·x)/∂x = ∂L/∂x through 2·x
            1 × 2 = 2
        [Role] Copy: gradient adder
            the value goes to several gates; the gradients that come back add
        [Sum] Sum over uses: the gradients of a copied value add
            ∂L/∂x through 2·x = 2
            ∂L/∂x through 4·x = …
            ∂L/∂x = 2 + …
    "#]]
    .assert_eq(&at("x", 6));
}

/// A difference says where it tells nothing of a gradient, and where there are two.
#[test]
fn differences_that_tell_nothing_say_so() {
    let check = |source: &str, key: &str| {
        let mut taught = Taught::new(source);
        let place = taught.place(key);
        let card = taught.ask(|lesson, now| lesson.card_of_node(now, place, usize::MAX));
        let text = written(&card.expect("a card"));
        let from = text.find("[Check]").expect("a check");
        let lines = text[from..].lines().skip(1);
        let lines: Vec<&str> = lines.take_while(|line| !line.starts_with('[')).collect();
        lines.join("\n")
    };
    assert!(!check("x = 1\ny = 3\nf = (x + y) * 2", "x").contains("rounding"));
    let hidden = check("x = 1\nf = (x + 1e17) - 1e17", "x");
    assert!(
        hidden.ends_with("differences cannot decide here"),
        "{hidden}"
    );
    let kink = check("x = 0\nf = relu(x)", "x");
    assert!(
        kink.ends_with("at a kink: the slope is 0 to the left and 1 to the right"),
        "{kink}"
    );
    // What cancels in the output hides nothing.
    let cancels = check("x = [1, 2, 4]\nz = x - x.mean()", "x");
    assert!(
        cancels.ends_with("they differ by 0 at most, of 3 elements"),
        "{cancels}"
    );
}

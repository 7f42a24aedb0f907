//! What every text must survive, and texts made of bytes.

mod look;

use backflow_core::model::{Model, Overrides};
use backflow_core::scene::Scene;
use backflow_core::source::{Diagnostic, position};
pub use look::look;

/// Panics if a diagnostic, or what it offers, points outside its source or says nothing.
pub fn check(source: &str, diagnostics: &[Diagnostic]) {
    for Diagnostic {
        span,
        message,
        shapes,
        meant,
    } in diagnostics
    {
        assert!(meant.is_none(), "what may be meant was not tried");
        for operand in shapes.iter().flat_map(|shapes| &shapes.operands) {
            let span = operand.span;
            let piece = source.get(span.start as usize..span.end as usize);
            assert!(piece.is_some(), "{span:?} is no piece of the source");
        }
        for fix in shapes.iter().flat_map(|shapes| &shapes.fixes) {
            assert!(!fix.message.is_empty());
            if let Some((span, _)) = &fix.edit {
                let piece = source.get(span.start as usize..span.end as usize);
                assert!(piece.is_some(), "{span:?} is no piece of the source");
            }
        }
        let piece = source.get(span.start as usize..span.end as usize);
        assert!(piece.is_some(), "{span:?} is no piece of the source");
        assert!(!message.is_empty());
        let place = position(source, span.start);
        assert!(place.line >= 1 && place.column >= 1);
    }
}

/// Compiles a program, runs it twice and draws it; tells what is wrong with it.
pub fn survive(source: &str) -> Vec<Diagnostic> {
    match Model::new(source, &Overrides::default()) {
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty(), "an error without a word");
            check(source, &diagnostics);
            diagnostics
        }
        Ok(model) => {
            let mut arena = model.arena();
            model.plan.run(&mut arena);
            let mut again = model.arena();
            model.plan.run(&mut again);
            let same = arena
                .iter()
                .zip(&again)
                .all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "two runs differ");
            if model.program.graph.len() < 2000 {
                Scene::new(&model);
            }
            Vec::new()
        }
    }
}

/// Survives a program, and again without the lines that are wrong, until none is.
pub fn mend(mut source: String) {
    loop {
        let wrong = survive(&source);
        let Some(first) = wrong.first() else {
            return;
        };
        let before = source.len();
        source = without(&source, &wrong);
        if source.len() == before {
            assert!(first.span.start as usize >= before, "{first:?} is nowhere");
            return;
        }
    }
}

/// Looks at a program that bytes compose, as other bytes choose.
pub fn look_at(bytes: &[u8]) {
    let (choices, lines) = bytes.split_at(bytes.len() / 3);
    look(&without_mistakes(program(lines)), choices);
}

/// A program without the lines that are wrong.
pub fn without_mistakes(mut source: String) -> String {
    while let Err(wrong) = Model::new(&source, &Overrides::default()) {
        let before = source.len();
        source = without(&source, &wrong);
        if source.len() == before {
            break;
        }
    }
    source
}

/// A text without the lines in which mistakes start.
fn without(source: &str, wrong: &[Diagnostic]) -> String {
    let mut at = 0;
    let lines = source.split_inclusive('\n').filter(|line| {
        let start = at;
        at += line.len();
        let here = |d: &Diagnostic| (start..at).contains(&(d.span.start as usize));
        !wrong.iter().any(here)
    });
    lines.collect()
}

/// Choices made by bytes; the first of each when they run out.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(first) % count
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

const LITERALS: &[&str] = &[
    "2",
    "-3",
    "0",
    "0.5",
    "1e999",
    "-1000",
    "[1, 2, 3]",
    "[[1, 2, 3], [4, 5, 6]]",
    "[[1], [2]]",
    "[]",
    "[[]]",
    "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
    "[0, 1]",
    "[[0, 0, 1], [1, 0, 0]]",
    "[1e308, -1e308, 1e-320]",
];

/// `$a`, `$b` and `$c` stand for earlier names, `$n` for a whole number.
const FORMS: &[&str] = &[
    "$a + $b",
    "$a - $b",
    "$a * $b",
    "$a / $b",
    "$a ** $b",
    "$a @ $b",
    "-$a",
    "$a ** 2",
    "$a > $b",
    "$a == $n",
    "$a <= $b",
    "exp($a)",
    "log($a)",
    "sqrt($a)",
    "sin($a)",
    "cos($a)",
    "tan($a)",
    "sinh($a)",
    "cosh($a)",
    "tanh($a)",
    "sigmoid($a)",
    "relu($a)",
    "leaky_relu($a)",
    "leaky_relu($a, $b)",
    "elu($a)",
    "gelu($a)",
    "silu($a)",
    "softplus($a)",
    "abs($a)",
    "square($a)",
    "reciprocal($a)",
    "sign($a)",
    "detach($a)",
    "maximum($a, $b)",
    "minimum($a, $b)",
    "max($a, $b, $c)",
    "min($a, $b, $c)",
    "where($a, $b, $c)",
    "clip($a, $b, $c)",
    "clip($a, $n, None)",
    "pow($a, $b)",
    "sum($a)",
    "mean($a, axis=$n)",
    "prod($a)",
    "prod($a, axis=$n)",
    "max($a)",
    "min($a, axis=$n)",
    "var($a)",
    "std($a, axis=$n)",
    "sum($a, axis=($n, $n))",
    "sum($a, keepdims=True)",
    "dot($a, $b)",
    "matmul($a, $b)",
    "outer($a, $b)",
    "transpose($a)",
    "transpose($a, ($n, $n))",
    "$a.transpose($n, $n)",
    "norm($a)",
    "norm($a, axis=$n)",
    "softmax($a)",
    "softmax($a, axis=$n)",
    "log_softmax($a)",
    "logsumexp($a, axis=$n)",
    "reshape($a, ($n, $n))",
    "$a.reshape($n, -1)",
    "reshape($a, $n)",
    "flatten($a)",
    "concatenate([$a, $b])",
    "concatenate([$a, $b], axis=$n)",
    "stack([$a, $b])",
    "stack([$a, $b, $c], axis=$n)",
    "[$a, $b]",
    "[[$a, $b], [$c, $a]]",
    "[$a, $n]",
    "mse_loss($a, $b)",
    "cross_entropy($a, $b)",
    "cross_entropy($a, $n)",
    "bce_loss($a, $b)",
    "hinge_loss($a, $n)",
    "hinge_loss($a, $b, $c)",
    "log2($a)",
    "log10($a)",
    "relu6($a)",
    "hardtanh($a)",
    "hardtanh($a, $n, $b)",
    "mish($a)",
    "selu($a)",
    "softsign($a)",
    "trace($a)",
    "layer_norm($a, $n)",
    "layer_norm($a, ($n, $n), $b, $c)",
    "rms_norm($a, $n, $b)",
    "batch_norm($a, $b, $c)",
    "batch_norm($a, None, None, $b, $c, training=True)",
    "nll_loss($a, $n)",
    "nll_loss($a, $b)",
    "binary_cross_entropy($a, $b)",
    "binary_cross_entropy_with_logits($a, $b)",
    "binary_cross_entropy_with_logits($a, $b, $c, pos_weight=$n)",
    "huber_loss($a, $b, delta=$n)",
    "smooth_l1_loss($a, $b, beta=$n)",
    "kl_div($a, $b)",
    "kl_div($a, $b, log_target=True)",
    "cosine_similarity($a, $b)",
    "cosine_similarity($a, $b, dim=$n, eps=$c)",
    "scaled_dot_product_attention($a, $b, $c)",
    "scaled_dot_product_attention($a, $b, $c, is_causal=True, scale=$n)",
    "grad($a, $b)",
    "grad(sum($a), $b)",
    "grad(sum($a * $a), $b)",
    "$a[$n]",
    "$a[$n, $n]",
    "$a[$n:$n]",
    "$a[::$n]",
    "$a[:, $n]",
    "$a[$n:]",
    "$a[:$n, ::$n]",
    "$a[None]",
    "$a[$n:$n:$n]",
    "$a.T",
    "twice($a)",
    "mix($a, b=$b)",
    "두배($a)",
    "Δ($a)",
    "Δ($a, $b)",
    "$a",
    "$a ** $n",
    "$n ** $a",
    "$n - $a",
    "$n > $a",
    "where($a > $b, $n, $n) ** $n",
    "where($a > $b, $n, $c)",
    "where($n > $n, $a, $b)",
    "max($a, $n, $b)",
    "min($n, $a)",
    "clip($n, $a, $b)",
    "leaky_relu($n, $a)",
    "-$a ** 2 - $n",
    "outer($a, $n) * $b",
    "[[$n, $a]] @ [$b, $n]",
    "concatenate([[$n], [$a, $n]])",
    "stack([$n, $a])",
    "mse_loss($a, $n)",
    "bce_loss(sigmoid($a), sigmoid($b))",
    "cross_entropy($a, [0, 1])",
    "hinge_loss($a, [1, 0], $b)",
    "sum([$a, $n, $b])",
    "mean(($a > $n) * $b)",
    "-($a >= $n) + $b",
    "($a != $n) / 2",
    "grad(sum(($a + $n) ** 3), $b)",
    "grad(grad(sum($a ** $n), $b), $b)",
];

/// Numbers where names could stand.
const CONSTANTS: &[&str] = &[
    "(-2)",
    "0",
    "3",
    "(-0.5)",
    "1",
    "-1",
    "0.25",
    "(-1e-3)",
    "[1, 2]",
    "2.5",
    "(2 > 1)",
    "[[-1, 0.5, 2]]",
];

/// What names of inputs and of gates begin with: letters of several scripts.
const LETTERS: &[&str] = &["x", "값", "λ", "é", "имя", "變"];

const NUMBERS: &[&str] = &["0", "1", "2", "-1", "-2", "3", "-3", "5", "i", "60000000"];

/// A program of well-formed lines, right or wrong in what they mean.
pub fn program(bytes: &[u8]) -> String {
    let mut choices = Choices(bytes);
    let mut source = String::from(
        "def twice(a):\n    b = a + a\n    return b\ndef mix(a, b=2, c=0.5):\n    return a * c + b * (1 - c)\n\
         def 두배(값): return twice(값) * (-2) ** 2\ndef Δ(é, b=-2):\n    ß = 두배(é)\n    return ß ** 2 - mix(é, b)\ni = 1\n",
    );
    let mut names: Vec<String> = Vec::new();
    let inputs = 2 + choices.below(3);
    for (k, letter) in LETTERS.iter().take(inputs).enumerate() {
        let name = format!("{letter}{k}");
        source += &[&name, " = ", choices.of(LITERALS), "\n"].concat();
        names.push(name);
    }
    while !choices.0.is_empty() && names.len() < 24 {
        let mut line = String::new();
        let looped = choices.below(8) == 0;
        for (k, piece) in choices.of(FORMS).split('$').enumerate() {
            let (letter, rest) = if k == 0 {
                ("", piece)
            } else {
                piece.split_at_checked(1).unwrap_or_default()
            };
            match letter {
                "" => {}
                "n" => line += choices.of(NUMBERS),
                _ if choices.below(6) == 0 => line += choices.of(CONSTANTS),
                _ => line += &names[names.len() - 1 - choices.below(names.len())],
            }
            line += rest;
        }
        let again = choices.below(4) == 0;
        let name = if again {
            names[choices.below(names.len())].clone()
        } else {
            let count = names.len();
            format!("{}v{count}", LETTERS[count % LETTERS.len()])
        };
        if looped {
            let turns = choices.of(&["2", "0", "3", "5"]);
            source += &["for i in range(", turns, "): "].concat();
        }
        source += &[&name, " = ", &line, "\n"].concat();
        if !again {
            names.push(name);
        }
    }
    source
}

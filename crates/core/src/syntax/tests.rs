//! Trees written out in full, and the messages of what cannot be read.

#![allow(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]

use super::ast::{Ast, Binary, ExprId, ExprKind, StmtId, StmtKind, Subscript, Unary};
use super::parse;
use expect_test::{Expect, expect};

/// An expression with all its brackets. Recursive: the tests' expressions are small.
fn show(ast: &Ast, id: ExprId) -> String {
    let list = |items: &[ExprId]| {
        let items: Vec<String> = items.iter().map(|&i| show(ast, i)).collect();
        items.join(", ")
    };
    match &ast.expr(id).kind {
        ExprKind::Error => "error".into(),
        ExprKind::Number { value, .. } => value.to_string(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "None".into(),
        ExprKind::Name(name) => ast.name(*name).into(),
        ExprKind::Unary(Unary::Minus, a) => format!("(-{})", show(ast, *a)),
        ExprKind::Unary(Unary::Plus, a) => format!("(+{})", show(ast, *a)),
        ExprKind::Binary(op, a, b) => {
            let op = match op {
                Binary::Add => "+",
                Binary::Sub => "-",
                Binary::Mul => "*",
                Binary::Div => "/",
                Binary::Pow => "**",
                Binary::Matmul => "@",
            };
            format!("({} {op} {})", show(ast, *a), show(ast, *b))
        }
        ExprKind::Compare(op, a, b) => format!("({} {op} {})", show(ast, *a), show(ast, *b)),
        ExprKind::Call(callee, arguments) => {
            let arguments = arguments.iter().map(|argument| {
                let name = argument.keyword.map(|k| format!("{}=", ast.name(k)));
                name.unwrap_or_default() + &show(ast, argument.value)
            });
            let arguments: Vec<String> = arguments.collect();
            format!("{}({})", show(ast, *callee), arguments.join(", "))
        }
        ExprKind::Attribute(a, name) => format!("{}.{}", show(ast, *a), ast.name(*name)),
        ExprKind::Index(a, subscripts) => {
            let part = |e: &Option<ExprId>| e.map_or_else(String::new, |e| show(ast, e));
            let subscripts = subscripts.iter().map(|s| match s {
                Subscript::At(e) => show(ast, *e),
                Subscript::Slice(parts) => parts.iter().map(part).collect::<Vec<_>>().join(":"),
            });
            format!(
                "{}[{}]",
                show(ast, *a),
                subscripts.collect::<Vec<_>>().join(", ")
            )
        }
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Tuple(items) => format!("({},)", list(items)),
        ExprKind::Choice(_) | ExprKind::IsNone(..) => unreachable!("of the prelude"),
    }
}

fn reads(source: &str, expected: &str) {
    let (ast, diagnostics) = parse(source);
    assert_eq!(diagnostics, [], "{source}");
    let [stmt] = ast.block(Ast::PROGRAM) else {
        panic!("one statement: {source}");
    };
    let StmtKind::Expr(expr) = ast.stmt(*stmt).kind else {
        panic!("an expression: {source}");
    };
    assert_eq!(show(&ast, expr), expected, "{source}");
}

fn complains(source: &str, expected: Expect) {
    let (_, diagnostics) = parse(source);
    let told = diagnostics.iter().map(|d| {
        let piece = &source[d.span.start as usize..d.span.end as usize];
        format!(
            "{}..{} {piece:?}: {}\n",
            d.span.start, d.span.end, d.message
        )
    });
    expected.assert_eq(&told.collect::<String>());
}

#[test]
fn precedence_is_pythons() {
    reads("-x**2", "(-(x ** 2))");
    reads("x**-y**2", "(x ** (-(y ** 2)))");
    reads("2**3**2", "(2 ** (3 ** 2))");
    reads("a - b - c", "((a - b) - c)");
    reads("a / b * c @ d", "(((a / b) * c) @ d)");
    reads("a + b * -c", "(a + (b * (-c)))");
    reads("-a * b", "((-a) * b)");
    reads("a ** -b * c", "((a ** (-b)) * c)");
    reads("- -a", "(-(-a))");
    reads("a + b > c * d", "((a + b) > (c * d))");
    reads("(a + b) * c", "((a + b) * c)");
    reads("-x.sum()", "(-x.sum())");
    reads("a**b.T[0]", "(a ** b.T[0])");
}

#[test]
fn calls_indices_and_lists() {
    reads("f(a, b=-1, )", "f(a, b=(-1))");
    reads("f()", "f()");
    reads("np.exp(x).sum(axis=0)", "np.exp(x).sum(axis=0)");
    reads("W[1, 0][-1]", "W[1, 0][(-1)]");
    reads("x[1:4]", "x[1:4:]");
    reads("x[::2]", "x[::2]");
    reads("W[:, 0]", "W[::, 0]");
    reads("W[a + 1:, :b]", "W[(a + 1)::, :b:]");
    reads("[[1, 2], [3, 4],]", "[[1, 2], [3, 4]]");
    reads("sum(x, axis=(0, 1))", "sum(x, axis=(0, 1,))");
    reads(
        "max(a, keepdims=True, axis=None)",
        "max(a, keepdims=true, axis=None)",
    );
    reads("(a,)", "(a,)");
    reads("(a +\n  b)", "(a + b)");
    reads("a + \\\n b", "(a + b)");
}

#[test]
fn numbers_are_pythons() {
    reads("1_000 + .5 + 1e-3 + 2.", "(((1000 + 0.5) + 0.001) + 2)");
    reads("1E5", "100000");
    complains(
        "1__0",
        expect![[r#"
        0..4 "1__0": '1__0' is not a number
    "#]],
    );
    complains(
        "f = 2x + 1e",
        expect![[r#"
        4..6 "2x": '2x' is not a number: for a product write '2 * x'
        9..11 "1e": '1e' is not a number
    "#]],
    );
}

#[test]
fn names_of_every_script() {
    reads("값 * 무게_1", "(값 * 무게_1)");
}

#[test]
fn each_mistake_is_told_where_it_is() {
    complains(
        "f = (x +\ng = x *\nh = 1 + 2)\nk = ",
        expect![[r#"
        7..8 "+": a value is missing after '+'
        15..16 "*": a value is missing after '*'
        26..27 ")": ')' is not expected here
        32..32 "": a value is missing
    "#]],
    );
    complains(
        "f = (x + y\ng = 2",
        expect![[r#"
        4..5 "(": '(' is not closed
    "#]],
    );
    complains(
        "f = [1, 2",
        expect![[r#"
        4..5 "[": '[' is not closed
    "#]],
    );
    complains(
        "f(x y)",
        expect![[r#"
            4..5 "y": 'y' is not expected here: write 'x(y)' to call x, 'x * y' to multiply
        "#]],
    );
}

#[test]
fn python_outside_the_subset_is_named() {
    complains(
        "while x > 0:\n    x = x - 1\n    y = 2\nf = 1",
        expect![[r#"
            0..5 "while": 'while' is Python, but outside the language of this page: 'for i in range(n):' repeats
        "#]],
    );
    complains(
        "f = lambda x: x\ng = a if b else c\nh = x // 2\nk = {1: 2}",
        expect![[r#"
            4..10 "lambda": 'lambda' is Python, but outside the language of this page: a function is written 'def name(a, b):'
            22..24 "if": 'if' is Python, but outside the language of this page: where(condition, a, b) chooses
            40..42 "//": '//' is outside the language of this page
            49..50 "{": sets and dictionaries are outside the language of this page
        "#]],
    );
    complains(
        "a, b = 1, 2\nx = y = 3\nx: float = 2\nimport os",
        expect![[r#"
            0..2 "a,": one value at a time: several names or values on a line are not read, write a line for each
            18..19 "=": one name at a time: write the second assignment on its own line
            22..24 "x:": type annotations are not read: leave them out
            35..44 "import os": 'os' cannot be imported: only math, numpy, torch, torch.nn.functional, jax.numpy
        "#]],
    );
    complains(
        "f = x ^ 2\ng = 'text'\nh = x²\nk = 3 × 4",
        expect![[r#"
        6..7 "^": '^' is outside the language of this page: a power is written '**'
        14..20 "'text'": text in quotes is not part of the language: values are numbers
        26..28 "²": write a power as '**': '²' is not read
        35..37 "×": '×' is not a product sign here: type '*'
    "#]],
    );
}

#[test]
fn blocks() {
    complains(
        "def f(x):\nreturn x",
        expect![[r#"
        0..3 "def": the lines of this block are missing: indent them
        10..16 "return": 'return' stands at the end of a 'def'
    "#]],
    );
    complains(
        "  x = 1",
        expect![[r#"
        0..2 "  ": this line is indented, but nothing before it opens a block
    "#]],
    );
    complains(
        "for i in x:\n    y = 1",
        expect![[r#"
        9..10 "x": a loop reads 'for i in range(n):'
    "#]],
    );
    complains(
        "def f(a, a): return a",
        expect![[r#"
        9..10 "a": the parameter 'a' stands twice
    "#]],
    );
    complains(
        "if = 3\nreturn 2",
        expect![[r#"
        0..2 "if": 'if' is a word of Python's and cannot be a name
        7..13 "return": 'return' stands at the end of a 'def'
    "#]],
    );
}

#[test]
fn pragmas() {
    let (ast, diagnostics) = parse("x = 1 #: range -5 5 step 0.1\ny = 2  #: fixed\nz = 3");
    assert_eq!(diagnostics, []);
    let pragma = |stmt| ast.pragma(StmtId(stmt)).unwrap_or_default();
    assert_eq!(pragma(0).range, Some((-5.0, 5.0)));
    assert_eq!(pragma(0).step, Some(0.1));
    assert!(pragma(1).fixed);
    assert_eq!(ast.pragma(StmtId(2)), None);
    complains(
        "x = 1 #: range 5 -5",
        expect![[r##"
        6..19 "#: range 5 -5": a '#:' comment reads '#: range -5 5 step 0.1' or '#: fixed'
    "##]],
    );
}

#[test]
fn nesting_has_a_limit_and_no_recursion() {
    let nested = |n: usize| format!("{}x{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(parse(&nested(1000)).1, []);
    let (_, diagnostics) = parse(&nested(100_000));
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(
        diagnostics[0].message,
        "the expression is nested more than 1000 deep"
    );
    assert_eq!(parse(&format!("x{}", " + x".repeat(100_000))).1, []);
    assert_eq!(parse(&"-".repeat(100_000)).1.len(), 1);
    assert_eq!(parse(&"x**".repeat(100_000)).1.len(), 1);
}

#[test]
fn lines_end_as_pythons() {
    let lines = [
        "x = 1 #: fixed",
        "f = (x +",
        "  2) # two",
        "g = f * \\",
        "  x",
        "",
        "for i in range(2):",
        "    g = g + i",
        "h = g",
    ];
    let read = |end: &str| {
        let source = lines.join(end);
        let (ast, told) = parse(&source);
        assert_eq!(told, [], "{end:?}");
        let texts = ast.stmts.iter().map(|stmt| {
            let text = &source[stmt.span.start as usize..stmt.span.end as usize];
            text.split(['\r', '\n']).collect::<String>()
        });
        (texts.collect::<Vec<_>>(), ast.pragmas.len())
    };
    let expected = read("\n");
    assert_eq!(expected.0.len(), 6);
    assert_eq!(expected.1, 1);
    assert_eq!(read("\r"), expected);
    assert_eq!(read("\r\n"), expected);
    // A text in quotes ends with its line too.
    let (_, told) = parse("x = 'a\ry = 'b\r\nz = 2");
    assert_eq!(told.len(), 2);
}

/// Two values side by side, as on paper.
#[test]
fn what_stands_side_by_side_is_told_what_to_write() {
    for (source, told) in [
        (
            "y = sin x",
            "'x' is not expected here: write 'sin(x)' to call sin, 'sin * x' to multiply",
        ),
        (
            "y = 2 x",
            "'x' is not expected here: write '2 * x' to multiply",
        ),
        (
            "y = (2 x)",
            "'x' is not expected here: write '2 * x' to multiply",
        ),
        (
            "y = [1 2]",
            "'2' is not expected here: an operator, ',' or ']' is",
        ),
        ("y = 1 2", "'2' is not expected here"),
        ("y = √x", "write a root as sqrt(x): '√' is not read"),
    ] {
        let (_, found) = parse(source);
        let messages: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [told], "{source}");
    }
}

/// What is pasted from web pages has spaces of other widths, and letters that nobody sees.
#[test]
fn spaces_are_spaces_and_what_is_not_seen_is_told() {
    let (ast, told) = parse("x\u{a0}=\u{2009}2\nfor i in range(2):\n\u{3000}\u{a0} x\u{202f}= 3");
    assert_eq!(told, []);
    assert_eq!(ast.block(Ast::PROGRAM).len(), 2);
    for letter in [
        '\u{200d}', '\u{200c}', '\u{fe0f}', '\u{3164}', '\u{115f}', '\u{ad}',
    ] {
        for source in [format!("x{letter}y = 2"), format!("{letter}y = 2")] {
            let (_, told) = parse(&source);
            let name = format!("(U+{:04X})", u32::from(letter));
            assert!(
                told.iter().any(|one| one.message.contains(&name)),
                "{source:?}: {told:?}"
            );
        }
    }
}

/// What Python 3 binds where a program writes these names.
#[test]
fn names_are_the_same_in_nfkc() {
    for (written, name) in [
        ("x", "x"),
        ("𝑥", "x"),
        ("e\u{301}", "é"),
        ("\u{212b}", "\u{c5}"),
        ("ﬁ", "fi"),
        ("ª", "a"),
        ("xⁿ", "xn"),
        ("\u{1112}\u{1161}\u{11ab}", "한"),
        ("ｘｙ", "xy"),
        ("ſ", "s"),
        ("ϑ", "θ"),
        ("_ℌ", "_H"),
    ] {
        let (ast, told) = parse(&format!("{written} = 1\n{name} = 2\n"));
        assert_eq!(told, [], "{written}");
        assert_eq!(ast.word_count(), 1, "{written}");
        assert_eq!(&*ast.words()[0], name);
    }
    let (_, told) = parse("𝐝𝐞𝐟 = 3");
    assert_eq!(told.len(), 1, "a word of Python's is no name");
}

#[test]
fn a_text_in_quotes_is_told_with_another_way() {
    complains(
        "a = gelu(x, approximate='tanh')\nb = mse_loss(x, y, reduction='sum')\nc = f(x, label='fro')\n\"\"\"two\nlines\"\"\"\nd = f('a')",
        expect![[r#"
            24..30 "'tanh'": text in quotes is not part of the language: approximate=True is the form by tanh, False the other
            61..66 "'sum'": text in quotes is not part of the language: a loss is a mean, and times the number of elements their sum
            83..88 "'fro'": text in quotes is not part of the language: leave it out
            90..105 "\"\"\"two\nlines\"\"\"": text in quotes is not part of the language: a comment starts with '#'
            112..115 "'a'": text in quotes is not part of the language: values are numbers
        "#]],
    );
}

//! Nested lists, as programs write them and NumPy and PyTorch print them.

use super::number::number;
use super::{MAX_AXES, Pasted, count, told};
use crate::host::{begins_name, goes_on_name};

/// A piece of the text.
#[derive(Clone, Copy, PartialEq)]
enum Token<'t> {
    Open(char),
    Close(char),
    Comma,
    Semicolon,
    Word(&'t str),
}

/// Takes the text apart; comments, from `#` to the end of a line, are left out.
fn lex(text: &str) -> Vec<Token<'_>> {
    let ends = |c: char| c.is_whitespace() || "[](){},;#".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let behind = match first {
            '#' => rest.trim_start_matches(|c: char| !['\n', '\r'].contains(&c)),
            c if ends(c) => rest.strip_prefix(c).unwrap_or_default(),
            _ => rest.trim_start_matches(|c: char| !ends(c)),
        };
        let piece = rest.strip_suffix(behind).unwrap_or_default();
        rest = behind;
        match first {
            '[' | '(' | '{' => tokens.push(Token::Open(first)),
            ']' | ')' | '}' => tokens.push(Token::Close(first)),
            ',' => tokens.push(Token::Comma),
            ';' => tokens.push(Token::Semicolon),
            c if ends(c) => {}
            _ => tokens.push(Token::Word(piece)),
        }
    }
    tokens
}

pub(super) fn read(text: &str) -> Result<Pasted, String> {
    let tokens = lex(text);
    let (mut at, mut calls) = opening(&tokens)?;
    let (array, length) = array(&tokens[at..])?;
    at += length;
    // What else the calls are given: `dtype=…`, `grad_fn=<…>`.
    if calls > 0 && !matches!(tokens.get(at), None | Some(Token::Comma | Token::Close(_))) {
        return Err(behind(tokens[at]));
    }
    while calls > 0 {
        match tokens.get(at) {
            Some(Token::Open(_)) => calls += 1,
            Some(Token::Close(_)) => calls -= 1,
            Some(_) => {}
            None => return Err(UNCLOSED.to_owned()),
        }
        at += 1;
    }
    let mut more = tokens[at..].iter();
    match more.find(|token| !matches!(token, Token::Comma | Token::Semicolon)) {
        Some(&token) => Err(behind(token)),
        None => Ok(array),
    }
}

/// What may be called with an array and is it.
const SAME: [&str; 15] = [
    "array",
    "asarray",
    "Array",
    "tensor",
    "as_tensor",
    "Tensor",
    "FloatTensor",
    "DoubleTensor",
    "Parameter",
    "Variable",
    "constant",
    "matrix",
    "float16",
    "float32",
    "float64",
];

/// What stands before the array: `x =`, `np.array(`, `Parameter containing:`. How many tokens it
/// takes, and how many calls it opens.
fn opening(tokens: &[Token<'_>]) -> Result<(usize, usize), String> {
    let (mut at, mut calls) = (0, 0);
    loop {
        let words = tokens[at..].iter().map_while(|token| match *token {
            Token::Word(word) if number(word).is_err() => Some(word),
            _ => None,
        });
        let words: Vec<&str> = words.collect();
        let next = tokens.get(at + words.len());
        let text = words.join(" ");
        // A label ends in a colon, a name in an equals sign.
        let rest = text.rsplit(':').next().unwrap_or_default();
        let (name, called) = rest.split_once('=').unwrap_or(("", rest));
        let called = called.trim();
        at += words.len();
        if called.is_empty() && is_name(name.trim(), true) {
            return Ok((at, calls));
        }
        let is_same = SAME.contains(&called.rsplit('.').next().unwrap_or_default());
        if next != Some(&Token::Open('(')) || !is_name(name.trim(), true) {
            return Err(format!("before the numbers stands {}", told(&text)));
        }
        if !is_same || !is_name(called, false) {
            let message = "is not computed here: paste the numbers that it gives";
            return Err(format!("{} {message}", told(called)));
        }
        calls += 1;
        at += 1;
    }
}

/// Whether a text is names with dots between.
fn is_name(text: &str, may_be_empty: bool) -> bool {
    let is_part = |part: &str| part.starts_with(begins_name) && part.chars().all(goes_on_name);
    (may_be_empty && text.is_empty()) || text.split('.').all(is_part)
}

const UNCLOSED: &str = "a bracket is not closed: is the text whole?";

fn behind(token: Token<'_>) -> String {
    let word = match token {
        Token::Open(c) | Token::Close(c) => c.to_string(),
        Token::Comma => ",".to_owned(),
        Token::Semicolon => ";".to_owned(),
        Token::Word(word) => word.to_owned(),
    };
    format!("behind the numbers stands {}", told(&word))
}

/// The array at the start, and how many tokens it takes.
fn array(tokens: &[Token<'_>]) -> Result<(Pasted, usize), String> {
    let rows = rows(tokens);
    let mut made = Array::default();
    // The brackets that are open: which, and whether a row of `[1 2; 3 4]` is open within.
    let mut open: Vec<(char, bool)> = Vec::new();
    let mut before = None;
    for (at, &token) in tokens.iter().enumerate() {
        match token {
            Token::Word(word) => {
                let value = number(word);
                let value = value.map_err(|why| format!("{}{} {why}", told(word), made.place()))?;
                made.number(value)?;
            }
            Token::Open(bracket) => {
                made.open()?;
                if rows[at] {
                    made.open()?;
                }
                open.push((bracket, rows[at]));
            }
            Token::Comma if !matches!(before, Some(Token::Word(_) | Token::Close(_))) => {
                return Err("a number is missing before a comma".to_owned());
            }
            Token::Comma => {}
            Token::Semicolon if open.last().is_some_and(|open| open.1) => {
                made.close()?;
                // The last row may have one behind it too.
                match tokens.get(at + 1) {
                    Some(Token::Close(_)) => {
                        if let Some(open) = open.last_mut() {
                            open.1 = false;
                        }
                    }
                    _ => made.open()?,
                }
            }
            Token::Semicolon => {}
            Token::Close(bracket) => {
                let (opened, has_row) = open.pop().ok_or_else(|| behind(token))?;
                if (opened, bracket) != pair(bracket) {
                    return Err(format!("'{opened}' is closed by '{bracket}'"));
                }
                if has_row {
                    made.close()?;
                }
                made.close()?;
            }
        }
        before = Some(token);
        if open.is_empty() {
            return match token {
                Token::Comma | Token::Semicolon => Err(behind(token)),
                _ => Ok((made.whole(), at + 1)),
            };
        }
    }
    Err(if tokens.is_empty() {
        "there are no numbers in the text".to_owned()
    } else {
        UNCLOSED.to_owned()
    })
}

fn pair(close: char) -> (char, char) {
    match close {
        ']' => ('[', ']'),
        ')' => ('(', ')'),
        other => ('{', other),
    }
}

/// For each bracket whether semicolons stand between rows of numbers in it.
fn rows(tokens: &[Token<'_>]) -> Vec<bool> {
    let mut rows = vec![false; tokens.len()];
    // Those that are open, and whether each holds a list.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => {
                if let Some((_, holds)) = open.last_mut() {
                    *holds = true;
                }
                open.push((at, false));
            }
            Token::Close(_) => {
                if let Some((start, true)) = open.pop() {
                    rows[start] = false;
                }
            }
            Token::Semicolon => {
                if let Some(&(start, _)) = open.last() {
                    rows[start] = true;
                }
            }
            Token::Comma | Token::Word(_) => {}
        }
    }
    rows
}

/// An array as far as it is read.
#[derive(Default)]
struct Array {
    /// How many elements the lists of each depth have; 0 before one is closed.
    shape: Vec<usize>,
    /// How many lists of each depth are closed.
    closed: Vec<usize>,
    /// How deep numbers stand, once one is read.
    rank: Option<usize>,
    /// The lists that are open, with their elements so far.
    open: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    fn number(&mut self, value: f64) -> Result<(), String> {
        let depth = self.open.len();
        if *self.rank.get_or_insert(depth) != depth {
            return Err("a number stands where a list should".to_owned());
        }
        if let Some(elements) = self.open.last_mut() {
            *elements += 1;
        }
        self.values.push(value);
        Ok(())
    }

    /// Where the next number stands, as Python says it.
    fn place(&self) -> String {
        let Some((last, lists)) = self.open.split_last() else {
            return String::new();
        };
        // Of what is open the lists count themselves.
        let places = lists.iter().map(|&n| n.saturating_sub(1)).chain([*last]);
        let places: Vec<String> = places.map(|n| n.to_string()).collect();
        format!(" at [{}]", places.join(", "))
    }

    fn open(&mut self) -> Result<(), String> {
        let depth = self.open.len();
        if depth == MAX_AXES {
            return Err(format!("a value can have at most {MAX_AXES} axes"));
        }
        if self.rank.is_some_and(|rank| rank <= depth) {
            return Err("a list stands where a number should".to_owned());
        }
        if let Some(elements) = self.open.last_mut() {
            *elements += 1;
        }
        self.open.push(0);
        if self.shape.len() <= depth {
            self.shape.push(0);
            self.closed.push(0);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(elements) = self.open.pop() else {
            return Ok(());
        };
        let depth = self.open.len();
        if elements == 0 {
            return Err("a pair of brackets is empty".to_owned());
        }
        self.closed[depth] += 1;
        let size = &mut self.shape[depth];
        if *size == 0 {
            *size = elements;
        }
        if *size == elements {
            return Ok(());
        }
        let (here, first) = (self.closed[depth], *size);
        Err(if self.rank == Some(depth + 1) {
            let has = count(elements, "number");
            format!("row {here} has {has}, row 1 has {first}")
        } else {
            let has = count(elements, "row");
            format!("part {here} has {has}, part 1 has {first}")
        })
    }

    fn whole(self) -> Pasted {
        Pasted {
            shape: self.shape,
            values: self.values,
        }
    }
}

//! Whether two texts differ in the numbers they write alone.

use super::lex::{Kind, Token, lex};
use crate::source::Span;

/// A number that takes more or fewer bytes than it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Where it ended before.
    pub end: u32,
    /// How many bytes longer it is.
    pub by: i32,
}

/// The numbers that have another length in `after` than in `before`, in order, if
/// the texts are the same but for the numbers they write: so are their trees. None
/// where anything else differs, white space and comments too, or cannot be read.
pub fn renumbered(before: &str, after: &str) -> Option<Vec<Grown>> {
    let (old, new) = (lex(before), lex(after));
    let read = old.diagnostics.is_empty() && new.diagnostics.is_empty();
    if !read || old.tokens.len() != new.tokens.len() {
        return None;
    }
    let mut grown = Vec::new();
    let mut ends = (0, 0);
    for (a, b) in old.tokens.iter().zip(&new.tokens) {
        let gaps = (gap(before, ends.0, a)?, gap(after, ends.1, b)?);
        let texts = (text(before, a.span)?, text(after, b.span)?);
        let alike = match (a.kind, b.kind) {
            (Kind::Number(_), Kind::Number(_)) => true,
            (a, b) => a == b && texts.0 == texts.1,
        };
        if !alike || gaps.0 != gaps.1 {
            return None;
        }
        if texts.0.len() != texts.1.len() {
            let by = texts.1.len() as i32 - texts.0.len() as i32;
            let end = a.span.end;
            grown.push(Grown { end, by });
        }
        ends = (a.span.end, b.span.end);
    }
    Some(grown)
}

fn text(source: &str, span: Span) -> Option<&str> {
    source.get(span.start as usize..span.end as usize)
}

/// What stands before a token and is none: white space, comments.
fn gap<'s>(source: &'s str, end: u32, token: &Token) -> Option<&'s str> {
    let start = token.span.start;
    let end = end.min(start);
    text(
        source,
        Span {
            start: end,
            end: start,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_alone_may_differ() {
        let grown = |before, after| {
            let found = renumbered(before, after)?;
            Some(found.iter().map(|g| (g.end, g.by)).collect::<Vec<_>>())
        };
        assert_eq!(grown("1", "1"), Some(vec![]));
        assert_eq!(grown("1", "1.5e-3"), Some(vec![(1, 5)]));
        assert_eq!(
            grown("[12, -3] # a", "[1, -.33] # a"),
            Some(vec![(3, -1), (7, 2)])
        );
        assert_eq!(
            grown("1 #: fixed\ny = 2", "2 #: fixed\ny = 20"),
            Some(vec![(16, 1)])
        );
        for after in [
            "", "-1", "1 ", " 1", "1#", "x", "1, 2", "(1)", "1\n", "1e", "1_", "1\\\n", "1.2.3",
            "'1'",
        ] {
            assert_eq!(grown("1", after), None, "{after:?}");
        }
        assert_eq!(grown("[1, 2]", "[1,  2]"), None);
        assert_eq!(grown("1 #: fixed\ny = 2", "1 #: fixes\ny = 2"), None);
        assert_eq!(grown("f(x=1)", "f(y=1)"), None);
    }
}

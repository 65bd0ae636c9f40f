//! What is wrong with a text, and where.

use nom::IResult;
use nom::error::{ContextError, ErrorKind, FromExternalError, ParseError};

pub(super) type Parsed<'a, T> = IResult<&'a str, T, SyntaxError>;

/// Where a parser stopped, and what it expected there.
///
/// `Copy` and without a text of its own: most of the errors that parsers give are of alternatives that are not the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Bytes from the error to the end of the text.
    left: usize,
    problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// A parser of nom's failed; the innermost `context` around it gives it a name.
    Unnamed,
    Expected(&'static str),
    Nesting,
}

/// Why a text is not a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LiteralError {
    Syntax {
        /// Bytes from the start of the text.
        at: usize,
        /// What stands there: at most 40 characters in double quotes, escaped, or `the end`.
        found: String,
        /// What should stand there, such as `',' or '}'`.
        expected: &'static str,
    },
    Nesting {
        /// Bytes from the start of the text to the bracket that is one too many.
        at: usize,
        limit: usize,
    },
}

impl SyntaxError {
    pub(super) fn report(self, text: &str, limit: usize) -> LiteralError {
        let at = text.len().saturating_sub(self.left);
        let expected = match self.problem {
            Problem::Nesting => return LiteralError::Nesting { at, limit },
            Problem::Expected(expected) => expected,
            Problem::Unnamed => "a value",
        };
        LiteralError::Syntax { at, found: found(text.get(at..).unwrap_or_default()), expected }
    }
}

impl ParseError<&str> for SyntaxError {
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        Self { left: input.len(), problem: Problem::Unnamed }
    }

    fn append(_: &str, _: ErrorKind, inner: Self) -> Self {
        inner
    }
}

impl ContextError<&str> for SyntaxError {
    fn add_context(input: &str, expected: &'static str, inner: Self) -> Self {
        match inner.problem {
            Problem::Unnamed => Self { left: input.len(), problem: Problem::Expected(expected) },
            _ => inner,
        }
    }
}

/// Of `map_res`: a token is there, but has no value.
impl<E> FromExternalError<&str, E> for SyntaxError {
    fn from_external_error(input: &str, kind: ErrorKind, _: E) -> Self {
        Self::from_error_kind(input, kind)
    }
}

/// Fails for good: no other alternative is tried.
#[cold]
pub(super) fn fail<T>(input: &str, expected: &'static str) -> Result<T, nom::Err<SyntaxError>> {
    fail_before(input.len(), expected)
}

/// [`fail`] where `left` bytes of the text are left.
#[cold]
pub(super) fn fail_before<T>(left: usize, expected: &'static str) -> Result<T, nom::Err<SyntaxError>> {
    Err(nom::Err::Failure(SyntaxError { left, problem: Problem::Expected(expected) }))
}

/// Fails for good: the bracket at `input` is one too many.
#[cold]
pub(super) fn fail_nesting<T>(input: &str) -> Result<T, nom::Err<SyntaxError>> {
    Err(nom::Err::Failure(SyntaxError { left: input.len(), problem: Problem::Nesting }))
}

/// The word or character that `rest` starts with, quoted.
fn found(rest: &str) -> String {
    /// Characters of the text that a message shows.
    const MAX_SHOWN: usize = 40;
    let is_word = |c: &char| is_name(*c);
    let word: String = rest.chars().take(MAX_SHOWN).take_while(is_word).collect();
    match rest.chars().next() {
        None => "the end".to_string(),
        Some(c) if word.is_empty() => format!("{:?}", c.to_string()),
        Some(_) => format!("{word:?}"),
    }
}

/// Whether the character can be in a name: all of Unicode counts, since no name beyond ASCII is taken anyway.
pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

//! What stands between tokens, and what the parsers know besides the text that is left.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::{cut, opt, recognize, value};
use nom::error::context;
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

use super::Dialect;
use super::error::{Parsed, SyntaxError, fail, fail_nesting};

/// The state that is handed down: how deep the brackets are.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// Bytes of the whole text.
    len: usize,
    /// Brackets that are open.
    depth: usize,
    /// Brackets that may be open at a time.
    max_depth: usize,
    pub(super) dialect: Dialect,
}

impl State {
    pub(super) fn new(text: &str, dialect: Dialect, max_depth: usize) -> Self {
        Self { len: text.len(), depth: 0, max_depth, dialect }
    }

    /// The position of `input` in the text.
    pub(super) fn at(self, input: &str) -> usize {
        self.len - input.len().min(self.len)
    }

    /// Bytes of the text from `at` to its end.
    pub(super) fn left(self, at: usize) -> usize {
        self.len - at.min(self.len)
    }

    /// The state within the bracket at `input`.
    pub(super) fn within(self, input: &str) -> Result<Self, nom::Err<SyntaxError>> {
        if self.depth < self.max_depth {
            Ok(Self { depth: self.depth + 1, ..self })
        } else {
            fail_nesting(input)
        }
    }
}

/// A token and the space after it.
pub(super) fn token<'a, T>(
    state: State,
    parser: impl Parser<&'a str, Output = T, Error = SyntaxError>,
) -> impl Parser<&'a str, Output = T, Error = SyntaxError> {
    terminated(parser, move |input| space(input, state))
}

/// Between tokens: blanks, and within brackets comments and line ends as well.
#[inline]
pub(super) fn space(input: &str, state: State) -> Parsed<'_, ()> {
    let rest = input.strip_prefix(' ').unwrap_or(input);
    match rest.as_bytes() {
        // One blank or none, nearly always.
        [b'!'..=b'[' | b']'..=b'~', ..] if !rest.starts_with('#') => Ok((rest, ())),
        _ if state.depth == 0 => blanks(rest),
        _ => blank_lines(rest),
    }
}

/// `blanks: (' ' | TAB | FORM_FEED | '\' line_end)*`
pub(super) fn blanks(input: &str) -> Parsed<'_, ()> {
    value((), many0_count(alt((take_while1(is_blank), continuation)))).parse(input)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0c')
}

/// `blank_lines: (blanks | comment | line_end)*`
pub(super) fn blank_lines(input: &str) -> Parsed<'_, ()> {
    value((), many0_count(alt((take_while1(is_blank), line_end, comment, continuation)))).parse(input)
}

/// `line_end: '\n' | '\r\n' | '\r'`
pub(super) fn line_end(input: &str) -> Parsed<'_, &str> {
    alt((tag("\n"), tag("\r\n"), tag("\r"))).parse(input)
}

/// `comment: '#' …`
fn comment(input: &str) -> Parsed<'_, &str> {
    preceded(char('#'), take_while(|c| !matches!(c, '\n' | '\r' | '\0'))).parse(input)
}

/// `continuation: '\' line_end`
fn continuation(input: &str) -> Parsed<'_, &str> {
    let hidden = context("a line end after '\\'", line_end);
    let (rest, line) = preceded(char('\\'), cut(hidden)).parse(input)?;
    if rest.is_empty() { fail(rest, "another line") } else { Ok((rest, line)) }
}

/// Before the value: blanks, which `literal_eval` strips, then lines without a token. Python takes no indentation.
///
/// `start: (' ' | TAB)* (blank* comment [line_end] | blank* line_end | continuation | FORM_FEED)*`
pub(super) fn start(input: &str) -> Parsed<'_, ()> {
    let comment_line = (take_while(is_blank), comment, opt(line_end));
    let line = alt((
        recognize(comment_line),
        recognize((take_while(is_blank), line_end)),
        continuation,
        tag("\x0c"),
    ));
    let (rest, _) = (take_while(|c| c == ' ' || c == '\t'), many0_count(line)).parse(input)?;
    let value = rest.trim_start_matches(is_blank);
    if value.len() < rest.len() { fail(value, "no indentation") } else { Ok((rest, ())) }
}

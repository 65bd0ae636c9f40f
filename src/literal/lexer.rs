//! What stands between values: blanks, comments, line ends, indentation.
//!
//! Every parser here and in the files beside takes the text that is left and gives what is left after
//! it, as nom's do; a value's parser also takes the blanks behind it. A position is kept as the number
//! of bytes left, which costs nothing until an error is shown.

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

use super::{Encoding, LiteralError};

pub(super) type Parsed<'a, T> = IResult<&'a [u8], T, Fault>;
/// What is left, from a parser whose value is elsewhere or nothing.
pub(super) type Rest<'a> = Result<&'a [u8], nom::Err<Fault>>;

/// Where a parser stopped, and why. Small and `Copy`, because most of the work in an error is its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// Bytes from the fault to the end of the text.
    pub(super) left: usize,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    Expected(&'static str),
    Nesting,
}

impl ParseError<&[u8]> for Fault {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self { left: input.len(), problem: Problem::Expected("a value") }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl Fault {
    /// The fault as the callers see it, in `text`.
    pub(super) fn report(self, text: &[u8], encoding: Encoding, limit: usize) -> LiteralError {
        let at = text.len().saturating_sub(self.left);
        match self.problem {
            Problem::Nesting => LiteralError::Nesting { at, limit },
            Problem::Expected(expected) => LiteralError::Syntax {
                at,
                found: found(text.get(at..).unwrap_or_default(), encoding),
                expected: expected.into(),
            },
        }
    }
}

/// The word or character that `rest` starts with, quoted.
fn found(rest: &[u8], encoding: Encoding) -> String {
    /// Bytes of input that a message shows.
    const SHOWN: usize = 40;
    let word = rest.iter().take(SHOWN).take_while(|&&byte| is_name(byte)).count();
    let token = rest.get(..word.max(1)).unwrap_or(rest);
    if token.is_empty() {
        return "the end".into();
    }
    match (encoding, std::str::from_utf8(token)) {
        (Encoding::Utf8, Ok(token)) => format!("{token:?}"),
        (Encoding::Utf8, Err(error)) if error.valid_up_to() > 0 => {
            let token = token.get(..error.valid_up_to()).unwrap_or_default();
            format!("{:?}", String::from_utf8_lossy(token))
        }
        (Encoding::Utf8, Err(_)) => format!("\"{}\"", token.escape_ascii()),
        (Encoding::Latin1, _) => format!("{:?}", latin1(token)),
    }
}

pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cold]
pub(super) fn fail<T>(at: &[u8], expected: &'static str) -> Result<T, nom::Err<Fault>> {
    Err(nom::Err::Failure(Fault { left: at.len(), problem: Problem::Expected(expected) }))
}

/// Whether the byte can be in a name: all of Unicode counts, since no name beyond ASCII is taken anyway.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// What is left after the blanks between two tokens; line ends and comments are blanks within brackets only.
#[inline]
pub(super) fn space(input: &[u8], depth: usize) -> Rest<'_> {
    let rest = input.strip_prefix(b" ").unwrap_or(input);
    match rest {
        [b' ' | b'\t' | 0x0c | b'\n' | b'\r' | b'\\' | b'#', ..] => long_space(rest, depth),
        _ => Ok(rest),
    }
}

fn long_space(mut input: &[u8], depth: usize) -> Rest<'_> {
    loop {
        input = match input {
            [b' ', rest @ ..] => spaces(rest),
            [b'\t' | 0x0c, rest @ ..] => rest,
            [b'\\', ..] => continuation(input)?,
            [b'\n' | b'\r', rest @ ..] if depth > 0 => rest,
            [b'#', ..] if depth > 0 => comment(input)?,
            _ => return Ok(input),
        }
    }
}

/// What is left after spaces, of which headers have some fifty for padding.
fn spaces(mut input: &[u8]) -> &[u8] {
    while let Some((chunk, rest)) = input.split_first_chunk::<16>()
        && *chunk == [b' '; 16]
    {
        input = rest;
    }
    while let [b' ', rest @ ..] = input {
        input = rest;
    }
    input
}

/// What is left after a backslash and the line end that it hides.
fn continuation(input: &[u8]) -> Rest<'_> {
    let rest = input.strip_prefix(b"\\").unwrap_or(input);
    match line_end(rest) {
        Some([]) => fail(&[], "another line"),
        Some(rest) => Ok(rest),
        None => fail(rest, "a line end after '\\'"),
    }
}

/// What is left after a line end of any system's.
pub(super) fn line_end(input: &[u8]) -> Option<&[u8]> {
    match input {
        [b'\r', b'\n', rest @ ..] | [b'\n' | b'\r', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// What is left after a comment, up to its line end.
fn comment(input: &[u8]) -> Rest<'_> {
    let end = input.iter().position(|byte| matches!(byte, b'\n' | b'\r' | 0)).unwrap_or(input.len());
    let rest = input.get(end..).unwrap_or_default();
    if rest.first() == Some(&0) { fail(rest, "text without NUL") } else { Ok(rest) }
}

/// What is left after empty lines and the next line's indentation, and how wide that is.
///
/// Source: CPython's Parser/tokenizer.c, `tok_get` where `tok->atbol` is set.
fn indentation(mut input: &[u8]) -> Result<(&[u8], usize), nom::Err<Fault>> {
    loop {
        let mut column = 0;
        // A continued line is indented as its first part is, where that is indented at all.
        let mut first_part = 0;
        loop {
            (input, column) = match input {
                [b' ', rest @ ..] => (rest, column + 1),
                [b'\t', rest @ ..] => (rest, (column / 8 + 1) * 8),
                [0x0c, rest @ ..] => (rest, 0),
                [b'\\', ..] => {
                    first_part = if first_part == 0 { column } else { first_part };
                    (continuation(input)?, column)
                }
                _ => break,
            }
        }
        if input.first() == Some(&b'#') {
            input = comment(input)?;
            // The end of the text after a comment is at no indentation.
            if input.is_empty() {
                return Ok((input, 0));
            }
        }
        match line_end(input) {
            Some(rest) => input = rest,
            None => return Ok((input, if first_part == 0 { column } else { first_part })),
        }
    }
}

/// What is left after all that may come before a literal.
pub(super) fn start(text: &[u8]) -> Rest<'_> {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match indentation(text.get(blanks..).unwrap_or_default())? {
        (rest @ [_, ..], 1..) => fail(rest, "no indentation"),
        (rest, _) => Ok(rest),
    }
}

/// Checks that nothing but empty lines comes after a literal and the blanks behind it.
pub(super) fn end(mut input: &[u8]) -> Rest<'_> {
    if input.first() == Some(&b'#') {
        input = comment(input)?;
    }
    match line_end(input) {
        Some([]) => Ok(&[]),
        None if input.is_empty() => Ok(&[]),
        None => fail(input, "the end"),
        Some(rest) => match indentation(rest)? {
            ([], 0) => Ok(&[]),
            ([], _) => fail(&[], "a line end after blanks"),
            (rest, _) => fail(rest, "the end"),
        },
    }
}

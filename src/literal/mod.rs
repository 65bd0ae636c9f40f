//! Layer 0: Python literals, as `ast.literal_eval` takes them where NumPy reads a header.
//!
//! [`parse`] takes what CPython takes and refuses what it refuses: comments, line continuations,
//! indentation, every form of number and string, `set()`, parentheses around anything. Where CPython 3.11
//! and 3.12 differ, it is 3.11.
//!
//! Three literals that Python takes are refused on purpose:
//! - `'\N{CENT SIGN}'`, a character by its name, but for those of ASCII: it needs Unicode's table of names.
//! - `'\ud800'`: no Rust string holds a lone surrogate; two escapes that make up a pair are two lone
//!   surrogates in Python too.
//! - `ſet()`: names in other alphabets that Unicode's NFKC turns into `set` need its tables.
//!
//! `lexer` has what is between the values, `value` the values, `brackets` those that hold others, `state` what
//! both know of the text so far, `plain` the way of the usual header past all of them, `tree` how the values are held, `number`
//! and `string` the leaves, `python2` NumPy's filter for the longs of Python 2, `repr` the way back to text.
//!
//! Sources: CPython's Lib/ast.py, `literal_eval`, and Parser/tokenizer.c; numpy/lib/_format_impl.py,
//! `_read_array_header`.

mod brackets;
mod lexer;
mod names;
mod number;
mod plain;
mod python2;
mod repr;
mod state;
mod string;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::borrow::Cow;

use crate::limits::Limits;
use lexer::{Fault, Problem};

pub(crate) use plain::Plain;
pub(crate) use repr::{repr_start, repr_str, write_bytes};
pub(crate) use tree::{Int, Items, Literal, Node, Value};
use tree::{Kept, Large, Span};

/// How the bytes of the text are characters, and with it which Python wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Format versions 1 and 2; they may be from Python 2 and hold `2L`.
    Latin1,
    /// Format version 3.
    Utf8,
}

/// Why a text is no literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LiteralError {
    Syntax {
        /// Bytes from the start of the text.
        at: usize,
        /// What stands there: at most 40 bytes in double quotes, escaped, or `the end`.
        found: String,
        /// What should stand there, such as `',' or '}'`.
        expected: Cow<'static, str>,
    },
    Nesting {
        /// Bytes from the start of the text to the bracket that is one too many.
        at: usize,
        limit: usize,
    },
}

/// The value of `text`, by the rules of `ast.literal_eval`.
///
/// A text in Latin-1 that is refused is read again as NumPy reads it, without Python 2's `L`.
pub(crate) fn parse<'a>(
    text: &'a [u8],
    encoding: Encoding,
    limits: &Limits,
) -> Result<Literal<'a>, LiteralError> {
    let fault = match brackets::literal(text, encoding, limits.nesting) {
        Ok(literal) => return Ok(literal),
        Err(fault) => fault,
    };
    if encoding == Encoding::Latin1
        && fault.problem != Problem::Nesting
        && let Some(filtered) = python2::filter(text)
    {
        match brackets::literal(&filtered.text, encoding, limits.nesting) {
            Ok(literal) => return Ok(literal.into_static(|at| filtered.origin(at).min(text.len()))),
            // Without an L the first fault tells as much, and is in the text as it stands.
            Err(fault) if filtered.has_long => {
                let at = filtered.text.len().saturating_sub(fault.left);
                let at = filtered.origin(at).min(text.len());
                return Err(Fault { left: text.len() - at, ..fault }.report(text, encoding, limits.nesting));
            }
            Err(_) => {}
        }
    }
    Err(fault.report(text, encoding, limits.nesting))
}

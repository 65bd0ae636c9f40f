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
//! both know of the text so far, `number`
//! and `string` the leaves, `python2` NumPy's filter for the longs of Python 2, `repr` the way back to text.
//!
//! Sources: CPython's Lib/ast.py, `literal_eval`, and Parser/tokenizer.c; numpy/lib/_format_impl.py,
//! `_read_array_header`.

mod brackets;
mod lexer;
mod names;
mod number;
mod python2;
mod repr;
mod state;
mod string;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;

use crate::limits::Limits;
use lexer::{Fault, Problem};

pub(crate) use repr::{repr_start, repr_str, write_bytes};

/// How the bytes of the text are characters, and with it which Python wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Format versions 1 and 2; they may be from Python 2 and hold `2L`.
    Latin1,
    /// Format version 3.
    Utf8,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'a> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(crate) at: usize,
    pub(crate) value: Value<'a>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(Int),
    Float(f64),
    Complex {
        re: f64,
        im: f64,
    },
    Str(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Tuple(Vec<Node<'a>>),
    List(Vec<Node<'a>>),
    /// The items as written, duplicates included.
    Set(Vec<Node<'a>>),
    /// The pairs as written, duplicates included; Python keeps the last value of a key.
    Dict(Pairs<'a>),
}

/// The keys of a dictionary, each followed by its value.
///
/// They are not in pairs because each is made in its place, and moving two of them into a pair took a
/// third of the time of a usual header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pairs<'a>(Vec<Node<'a>>);

impl<'a> Pairs<'a> {
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Node<'a>, &Node<'a>)> {
        self.0.as_chunks().0.iter().map(|[key, value]| (key, value))
    }
}

/// An integer; `i64` and not `i128` because it keeps [`Node`] at 40 bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Int {
    Small(i64),
    Large(Box<Large>),
}

/// An integer beyond `i64`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Large {
    pub(crate) negative: bool,
    /// The decimal digits; for a literal in another base the literal itself.
    pub(crate) digits: String,
    /// The nearest float, infinite where Python says OverflowError.
    pub(crate) magnitude: f64,
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
) -> Result<Node<'a>, LiteralError> {
    let fault = match brackets::literal(text, encoding, limits.nesting) {
        Ok(node) => return Ok(node),
        Err(fault) => fault,
    };
    if encoding == Encoding::Latin1
        && fault.problem != Problem::Nesting
        && let Some(filtered) = python2::filter(text)
    {
        match brackets::literal(&filtered.text, encoding, limits.nesting) {
            Ok(node) => return Ok(node.into_static(&|at| filtered.origin(at).min(text.len()))),
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

impl Node<'_> {
    /// The same node without a tie to its text, each position turned by `origin`.
    fn into_static(self, origin: &dyn Fn(usize) -> usize) -> Node<'static> {
        // No iterator's closures: they make the stack deeper by far where nothing is inlined.
        let all = |nodes: Vec<Node<'_>>| {
            let mut out = Vec::with_capacity(nodes.len());
            for node in nodes {
                out.push(node.into_static(origin));
            }
            out
        };
        let value = match self.value {
            Value::None => Value::None,
            Value::Ellipsis => Value::Ellipsis,
            Value::Bool(value) => Value::Bool(value),
            Value::Int(value) => Value::Int(value),
            Value::Float(value) => Value::Float(value),
            Value::Complex { re, im } => Value::Complex { re, im },
            Value::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Value::Tuple(nodes) => Value::Tuple(all(nodes)),
            Value::List(nodes) => Value::List(all(nodes)),
            Value::Set(nodes) => Value::Set(all(nodes)),
            Value::Dict(Pairs(nodes)) => Value::Dict(Pairs(all(nodes))),
        };
        Node { at: origin(self.at), value }
    }
}

//! Layer 0: Python literals, as `ast.literal_eval` takes them where NumPy reads a header.
//!
//! [`parse`] is a nom parser. Each function takes the text that is left and gives what is left after it, and has the
//! rule of the grammar that it is above it:
//!
//! ```text
//! value:    operand [('+' | '-') imaginary]                 value.rs
//! operand:  tuple | list | brace | signed | leaf
//! leaf:     strings | number | constant | '...' | 'set'
//! strings:  (prefix quote piece* quote)+                    string.rs
//! number:   based | decimal                                 number.rs
//! ```
//!
//! `space` has what stands between tokens, `error` what is wrong and where, `node` the values, and `repr` writes them
//! again. What Python takes and this refuses, and the reverse, stands in docs/differences.md.
//!
//! Sources: CPython's Lib/ast.py, `literal_eval`, and Grammar/python.gram; numpy/lib/_format_impl.py,
//! `_read_array_header`.

mod error;
mod node;
mod number;
mod repr;
mod space;
mod string;
#[cfg(test)]
mod tests;
mod value;

use nom::combinator::{eof, map_opt};
use nom::error::context;
use nom::sequence::delimited;
use nom::{Finish, Parser};

use crate::limits::Limits;
use error::{Parsed, SyntaxError};
use space::{State, blank_lines, start};

pub(crate) use error::LiteralError;
pub(crate) use node::{Int, Node, Value};
pub(crate) use repr::{repr_start, repr_str, write_bytes, write_str};

/// Which Python wrote a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Integers may end in `L`, as NumPy allows in format versions 1 and 2.
    ///
    /// Source: numpy/lib/_format_impl.py, `_filter_header`.
    Python2,
    Python3,
}

/// The one value in `text`.
pub(crate) fn parse<'a>(text: &'a str, dialect: Dialect, limits: &Limits) -> Result<Node<'a>, LiteralError> {
    let state = State::new(text, dialect, limits.nesting);
    match whole(text, state).finish() {
        Ok((_, node)) => Ok(node),
        Err(error) => Err(error.report(text, limits.nesting)),
    }
}

/// `whole: start value blank_lines END`
fn whole<'a>(input: &'a str, state: State) -> Parsed<'a, Node<'a>> {
    let value = map_opt(
        |input| {
            let mut out = Vec::with_capacity(1);
            let (rest, ()) = value::value(input, state, &mut out)?;
            Ok((rest, out.pop()))
        },
        |node| node,
    );
    delimited(start, value, (blank_lines, context("the end", eof))).parse(input)
}

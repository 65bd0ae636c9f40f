//! The text of a header as NumPy writes it: the grammar, each rule with its reader, in nom, and its writer.
//!
//! ```text
//! {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//! ```
//! The rules of `descr` and `shape` stand in dtype/descr.rs. What is not of this grammar is read as any literal of
//! Python.
//!
//! Source: numpy/lib/_format_impl.py, `_write_array_header`.

use std::fmt::{self, Write};

use nom::Parser;
use nom::branch::alt;
use nom::combinator::value;

use super::{Header, Order};
use crate::dtype::{Written, descr, shape, word, write_shape};
use crate::limits::Limits;

/// Digits for which NumPy leaves room in the axis that grows.
///
/// Source: numpy/lib/_format_impl.py, `GROWTH_AXIS_MAX_DIGITS`.
const GROWTH_AXIS_MAX_DIGITS: usize = 21;

/// `header: "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }" padding`
#[inline]
pub(super) fn header<'a>(input: &'a str, limits: &Limits) -> Written<'a, Header> {
    // One bracket is that of the dictionary, another one that of the shape.
    let brackets = limits.nesting.min(MAX_BRACKETS).checked_sub(1).filter(|&brackets| brackets > 0);
    let brackets = brackets.ok_or(nom::Err::Error(()))?;
    let (rest, ()) = word(input, "{'descr': ")?;
    let (rest, dtype) = descr(rest, brackets)?;
    let (rest, ()) = word(rest, ", 'fortran_order': ")?;
    let (rest, order) = order(rest)?;
    let (rest, ()) = word(rest, ", 'shape': ")?;
    let (rest, shape) = shape(rest)?;
    let (rest, ()) = word(rest, ", }")?;
    let (rest, ()) = padding(rest)?;
    Ok((rest, Header { dtype, order, shape }))
}

/// Brackets that may be open at a time, for which the stack of any thread is large enough.
const MAX_BRACKETS: usize = 16;

/// [`header`] with the blanks for the growing axis, without the other padding.
pub(super) fn write_header(out: &mut impl Write, header: &Header, descr: &str) -> fmt::Result {
    write!(out, "{{'descr': {descr}, 'fortran_order': ")?;
    write_order(out, header.order)?;
    out.write_str(", 'shape': ")?;
    write_shape(out, &header.shape)?;
    out.write_str(", }")?;
    let growing = match header.order {
        Order::C => header.shape.first(),
        Order::F => header.shape.last(),
    };
    let blanks = growing.map_or(0, |axis| GROWTH_AXIS_MAX_DIGITS.saturating_sub(axis.to_string().len()));
    write!(out, "{:blanks$}", "")
}

/// `order: 'False' | 'True'`
#[inline]
fn order(input: &str) -> Written<'_, Order> {
    let (no, yes) = (|input| word(input, "False"), |input| word(input, "True"));
    alt((value(Order::C, no), value(Order::F, yes))).parse(input)
}

fn write_order(out: &mut impl Write, order: Order) -> fmt::Result {
    out.write_str(if order == Order::F { "True" } else { "False" })
}

/// `padding: ' '* '\n'`
#[inline]
fn padding(input: &str) -> Written<'_, ()> {
    match input.as_bytes() {
        // All of them are looked at, which takes no branch for each.
        [blanks @ .., b'\n'] if blanks.iter().fold(true, |all, &byte| all & (byte == b' ')) => Ok(("", ())),
        _ => Err(nom::Err::Error(())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::decode::{Encoding, any_form};
    use super::*;

    const DTYPES: &[&str] = &[
        "'<f4'",
        "'|b1'",
        "'>U3'",
        "'|S0'",
        "'<M8[25s]'",
        "'i4,f8'",
        "'<f1'",
        "[('x', '<f4'), ('', '|V3'), ('y', '>i2', (2, 3))]",
        "[('e', '<f8', (1,)), ('\u{e9}', '|u1', ()), ('s', '|S', (3,))]",
        "[('a', '<f4'), ('a', '<f4')]",
        "[('a', '|V2147483647'), ('b', '|u1')]",
        "[(('t', 'a'), '<f4'), ('b', [('c', '<i4')])]",
        "[('', '<f4', (2,))]",
        "[('', '<f4')]",
        "[]",
    ];
    const SHAPES: &[&str] =
        &["()", "(3,)", "(3, 4)", "(0, 18446744073709551616)", "(1, 2, 3)", "(3)", "(03,)", "(3, 4,)"];
    const PIECES: &[&str] = &[
        "'", "\"", "\\", ",", ", ", " ", "(", ")", "[", "]", "{", "}", ":", "0", "1", "9", "L", "-", "\n",
        "\t", "#", "\u{e9}", "a", "True", "False", "'' ", "b'", "\0", "\r",
    ];

    fn text(dtype: &str, order: &str, shape: &str) -> String {
        format!("{{'descr': {dtype}, 'fortran_order': {order}, 'shape': {shape}, }}         \n")
    }

    fn read(text: &[u8], encoding: Encoding, limits: &Limits) -> Option<Header> {
        let text = match encoding {
            Encoding::Latin1 => text.iter().copied().map(char::from).collect(),
            Encoding::Utf8 => String::from_utf8(text.to_vec()).ok()?,
        };
        header(&text, limits).ok().map(|(_, header)| header)
    }

    /// What is read by this grammar is what is read by that of all literals; gives in how many of two encodings it was.
    fn check(text: &[u8]) -> usize {
        let limits = Limits::default();
        let encodings = [Encoding::Latin1, Encoding::Utf8].into_iter();
        let is_read = |encoding: &Encoding| {
            let Some(header) = read(text, *encoding, &limits) else { return false };
            assert_eq!(header, any_form(text, *encoding, &limits).unwrap(), "{}", text.escape_ascii());
            true
        };
        encodings.filter(is_read).count()
    }

    #[test]
    fn what_numpy_writes_is_of_the_grammar() {
        for dtype in &DTYPES[..8] {
            for order in ["True", "False"] {
                for shape in &SHAPES[..3] {
                    assert_eq!(check(text(dtype, order, shape).as_bytes()), 2, "{dtype} {shape}");
                }
            }
        }
    }

    #[test]
    fn limits_hold_for_it_too() {
        let text = text(DTYPES[7], "False", "(3, 4)");
        let read = |limits: &Limits| read(text.as_bytes(), Encoding::Utf8, limits);
        assert!(read(&Limits::default().nesting(4)).is_some());
        assert_eq!(read(&Limits::default().nesting(3)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        /// The reader and the writer are each the other's inverse.
        #[test]
        fn what_is_written_is_read_and_written_again(
            text in proptest::sample::select(&DTYPES[..8]),
            is_fortran in any::<bool>(),
            shape in proptest::collection::vec(0..1_000_000_usize, 0..6),
        ) {
            let dtype = text.trim_matches('\'').parse::<crate::DType>().unwrap();
            let order = if is_fortran { Order::F } else { Order::C };
            let written = Header { dtype, order, shape };
            let write = |header: &Header| {
                let mut text = String::new();
                write_header(&mut text, header, &header.dtype.descr().unwrap()).unwrap();
                text + "\n"
            };
            let text = write(&written);
            let (_, read) = header(&text, &Limits::default()).unwrap();
            prop_assert_eq!(write(&read), text);
            prop_assert_eq!(read, written);
        }

        #[test]
        fn nothing_is_read_otherwise_than_as_a_literal(
            dtype in proptest::sample::select(DTYPES),
            shape in proptest::sample::select(SHAPES),
            at in any::<proptest::sample::Index>(),
            removed in 0..3usize,
            piece in proptest::sample::select(PIECES),
        ) {
            let mut text = text(dtype, "False", shape).into_bytes();
            let at = at.index(text.len());
            let end = text.len().min(at + removed);
            text.splice(at..end, piece.bytes());
            check(&text);
        }
    }
}

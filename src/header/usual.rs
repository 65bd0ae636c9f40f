//! The headers that NumPy writes, which nearly all are, read straight through in half the time that any other takes.

use super::{Header, Order};
use crate::dtype::usual_descr;
use crate::limits::Limits;
use crate::literal::{Encoding, Plain};

/// The header in a text as NumPy writes it; `None` for any other form, and for what is refused.
pub(super) fn usual(text: &[u8], encoding: Encoding, limits: &Limits) -> Option<Header> {
    /// Brackets that can be open at a time: around the header, its fields, a field, and the shape of that.
    const DEPTH: usize = 4;
    let within = limits.nesting >= DEPTH && text.len() <= limits.header_chars;
    if !within || (encoding == Encoding::Latin1 && !text.is_ascii()) {
        return None;
    }
    let mut text = Plain::new(std::str::from_utf8(text).ok()?);
    text.take("{'descr': ")?;
    let dtype = usual_descr(&mut text)?;
    text.take(", 'fortran_order': ")?;
    let order = match text.take("False") {
        Some(()) => Order::C,
        None => text.take("True").map(|()| Order::F)?,
    };
    text.take(", 'shape': ")?;
    let shape = text.shape()?;
    text.take(", }")?;
    text.is_padding().then_some(Header { dtype, order, shape })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::decode::any_form;
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

    /// What is read straight is what the reader of all forms reads, and how many of two it was.
    fn check(text: &[u8]) -> usize {
        [Encoding::Latin1, Encoding::Utf8]
            .into_iter()
            .filter(|&encoding| {
                let limits = Limits::default();
                let usual = usual(text, encoding, &limits);
                if let Some(header) = &usual {
                    assert_eq!(
                        *header,
                        any_form(text, encoding, &limits).unwrap(),
                        "{}",
                        text.escape_ascii()
                    );
                }
                usual.is_some()
            })
            .count()
    }

    #[test]
    fn what_numpy_writes_is_read_straight() {
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
        let usual = |limits: &Limits| usual(text.as_bytes(), Encoding::Utf8, limits);
        assert!(usual(&Limits::default().nesting(4).header_chars(text.len())).is_some());
        assert_eq!(usual(&Limits::default().nesting(3)), None);
        assert_eq!(usual(&Limits::default().header_chars(text.len() - 1)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn nothing_else_is_read_into_it(
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

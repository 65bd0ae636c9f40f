//! C's `strtol`, by which NumPy reads the numbers within dtype strings.

use nom::Parser;
use nom::bytes::complete::take_while;
use nom::character::complete::{digit1, one_of};
use nom::combinator::opt;

use super::spelling_error::Parsed;

/// A decimal number as `strtol(text, &end, 10)` of 64-bit Linux reads it, held at the ends of `long`.
///
/// `number: blank* ['+' | '-'] digit+`
#[inline]
pub(super) fn strtol(input: &str) -> Parsed<'_, i64> {
    let is_blank = |c| matches!(c, ' ' | '\t'..='\r');
    let (rest, (_, sign, digits)) = (take_while(is_blank), opt(one_of("+-")), digit1).parse(input)?;
    // Counted downwards, because the least long has no positive twin.
    let count_down = |value: i64, digit: u8| value.saturating_mul(10).saturating_sub((digit & 0x0f).into());
    let value = digits.bytes().fold(0, count_down);
    Ok((rest, if sign == Some('-') { value } else { value.saturating_neg() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_c_reads_them() {
        for (text, expected) in [
            ("", None),
            ("x1", None),
            ("-", None),
            ("+-1", None),
            (" ", None),
            ("12x", Some((12, "x"))),
            (" \t\n\x0b\x0c\r+007]", Some((7, "]"))),
            ("-5", Some((-5, ""))),
            ("- 5", None),
            ("9223372036854775807", Some((i64::MAX, ""))),
            ("9223372036854775808", Some((i64::MAX, ""))),
            ("-9223372036854775808", Some((i64::MIN, ""))),
            ("-99999999999999999999", Some((i64::MIN, ""))),
        ] {
            assert_eq!(strtol(text).ok().map(|(rest, value)| (value, rest)), expected, "{text:?}");
        }
    }
}

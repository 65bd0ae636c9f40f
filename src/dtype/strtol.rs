//! C's `strtol`, by which NumPy reads the numbers within dtype strings.

/// What `strtol` finds at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// The value, held at the ends of `long` as C does.
    pub(super) value: i64,
    /// Bytes that it takes, leading blanks and sign included; 0 where there is no number.
    pub(super) len: usize,
}

/// Reads a decimal number as `strtol(text, &end, 10)` of 64-bit Linux does: blanks, one sign, digits.
pub(super) fn strtol(text: &[u8]) -> Number {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let rest = text.get(blanks..).unwrap_or_default();
    let (negative, sign) = match rest.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let digits = rest.iter().skip(sign).take_while(|byte| byte.is_ascii_digit());
    // Counted downwards, because the least long has no positive twin.
    let (count, value) = digits.fold((0usize, 0i64), |(count, value), byte| {
        (count.saturating_add(1), value.saturating_mul(10).saturating_sub(i64::from(byte & 0x0f)))
    });
    if count == 0 {
        return Number { value: 0, len: 0 };
    }
    let value = if negative { value } else { value.saturating_neg() };
    Number { value, len: blanks.saturating_add(sign).saturating_add(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_c_reads_them() {
        for (text, value, len) in [
            ("", 0, 0),
            ("x1", 0, 0),
            ("-", 0, 0),
            ("+-1", 0, 0),
            (" ", 0, 0),
            ("12x", 12, 2),
            (" \t\n\x0b\x0c\r+007]", 7, 10),
            ("-5", -5, 2),
            ("- 5", 0, 0),
            ("9223372036854775807", i64::MAX, 19),
            ("9223372036854775808", i64::MAX, 19),
            ("-9223372036854775808", i64::MIN, 20),
            ("-99999999999999999999", i64::MIN, 21),
        ] {
            assert_eq!(strtol(text.as_bytes()), Number { value, len }, "{text:?}");
        }
    }
}

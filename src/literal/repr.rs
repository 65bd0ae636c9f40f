//! Values as Python's `repr` writes them.

use std::fmt::Write;

/// `text` as Python's `repr` writes a string.
///
/// Source: CPython's Objects/unicodeobject.c, `unicode_repr`.
pub(crate) fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ if is_printable(c) => out.push(c),
            // Writing to a String cannot go wrong.
            '\0'..='\u{ff}' => _ = write!(out, "\\x{:02x}", u32::from(c)),
            '\u{100}'..='\u{ffff}' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            _ => _ = write!(out, "\\U{:08x}", u32::from(c)),
        }
    }
    out.push(quote);
    out
}

/// Whether Python shows the character as it is.
///
/// Rust's standard library escapes the same Unicode categories in `str::escape_debug`; the space before
/// the character keeps it from escaping combining characters as well, which it does at the start only.
fn is_printable(c: char) -> bool {
    let mut buffer = [b' '; 5];
    let len = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=len]).is_ok_and(|text| text.escape_debug().count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Each expectation is what Python 3.11 prints.
    #[test]
    fn strings_as_python_shows_them() {
        for (text, repr) in [
            ("", "''"),
            ("a b~", "'a b~'"),
            ("it's", "\"it's\""),
            ("it's \"it\"", "'it\\'s \"it\"'"),
            ("\\\n\r\t\0\u{7f}\u{1b}", r"'\\\n\r\t\x00\x7f\x1b'"),
            ("é\u{a0}\u{ad}", r"'é\xa0\xad'"),
            ("中\u{301}\u{200b}\u{2028}\u{3000}\u{e000}", "'中\u{301}\\u200b\\u2028\\u3000\\ue000'"),
            ("😀\u{10ffff}\u{e0001}", "'😀\\U0010ffff\\U000e0001'"),
        ] {
            assert_eq!(repr_str(text), repr);
        }
    }
}

//! Values as Python's `repr` writes them.

use std::fmt::{self, Write};

use super::{Int, Node, Value};

impl Node<'_> {
    /// The value as Python's `repr` writes it, but for sets and dictionaries with what they hold as written:
    /// Python orders sets by hash, and drops duplicates from both.
    pub(crate) fn repr(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match &self.value {
            Value::None => out.push_str("None"),
            Value::Ellipsis => out.push_str("Ellipsis"),
            Value::Bool(true) => out.push_str("True"),
            Value::Bool(false) => out.push_str("False"),
            // Writing to a String cannot fail, here and below.
            Value::Int(Int::Small(value)) => _ = write!(out, "{value}"),
            Value::Int(Int::Large { negative, digits }) => {
                out.push_str(if *negative { "-" } else { "" });
                out.push_str(digits);
            }
            Value::Float(value) => {
                let start = out.len();
                write_float(*value, out);
                if value.is_finite() && !out.get(start..).is_some_and(|text| text.contains(['.', 'e'])) {
                    out.push_str(".0");
                }
            }
            Value::Complex { re, im } => write_complex(*re, *im, out),
            Value::Str(text) => _ = write_str(out, text),
            Value::Bytes(bytes) => write_bytes(bytes, out),
            Value::Tuple(items) => {
                write_all("(", items, if items.len() == 1 { ",)" } else { ")" }, out, Self::write);
            }
            Value::List(items) => write_all("[", items, "]", out, Self::write),
            Value::Set(items) if items.is_empty() => out.push_str("set()"),
            Value::Set(items) => write_all("{", items, "}", out, Self::write),
            Value::Dict(items) => write_all("{", items.as_chunks().0, "}", out, |[key, value], out| {
                key.write(out);
                out.push_str(": ");
                value.write(out);
            }),
        }
    }
}

fn write_all<T>(open: &str, items: &[T], close: &str, out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push_str(open);
    for (number, item) in items.iter().enumerate() {
        out.push_str(if number > 0 { ", " } else { "" });
        write(item, out);
    }
    out.push_str(close);
}

/// The shortest digits that give the float back, as Python lays them out.
///
/// Source: CPython's Python/pystrtod.c, `format_float_short` with format code `r`.
fn write_float(value: f64, out: &mut String) {
    // Rust finds the same digits; its exponent is that of the first.
    let scientific = format!("{value:e}");
    match scientific.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse().ok()?))) {
        Some((_, -4..=15)) => _ = write!(out, "{value}"),
        Some((digits, exponent @ i32::MIN..=-1)) => _ = write!(out, "{digits}e-{:02}", exponent.abs()),
        Some((digits, exponent)) => _ = write!(out, "{digits}e+{exponent:02}"),
        // Infinite or no number: Rust shows NaN with capitals.
        None => out.push_str(&scientific.to_ascii_lowercase()),
    }
}

/// Source: CPython's Objects/complexobject.c, `complex_repr`.
fn write_complex(re: f64, im: f64, out: &mut String) {
    if re == 0.0 && re.is_sign_positive() {
        write_float(im, out);
        out.push('j');
        return;
    }
    out.push('(');
    write_float(re, out);
    out.push_str(if im.is_sign_negative() && !im.is_nan() { "" } else { "+" });
    write_float(im, out);
    out.push_str("j)");
}

/// `bytes` as Python's `repr` writes them.
///
/// Source: CPython's Objects/bytesobject.c, `PyBytes_Repr`.
pub(crate) fn write_bytes(bytes: &[u8], out: &mut String) {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    out.push('b');
    out.push(char::from(quote));
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if byte == quote => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "\\x{byte:02x}"),
        }
    }
    out.push(char::from(quote));
}

/// `text` as Python's `repr` writes a string.
pub(crate) fn repr_str(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    // Writing to a String cannot fail.
    _ = write_str(&mut out, text);
    out
}

/// Writes `text` as Python's `repr` does.
///
/// Source: CPython's Objects/unicodeobject.c, `unicode_repr`.
pub(crate) fn write_str(out: &mut impl Write, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.write_char(quote)?;
    // Most texts are written as they are, in one go.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\'' && byte != b'\\') {
        out.write_str(text)?;
        return out.write_char(quote);
    }
    for c in text.chars() {
        match c {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            _ if c == quote => write!(out, "\\{c}")?,
            ' '..='~' => out.write_char(c)?,
            _ if is_printable(c) => out.write_char(c)?,
            '\0'..='\u{ff}' => write!(out, "\\x{:02x}", u32::from(c))?,
            '\u{100}'..='\u{ffff}' => write!(out, "\\u{:04x}", u32::from(c))?,
            _ => write!(out, "\\U{:08x}", u32::from(c))?,
        }
    }
    out.write_char(quote)
}

/// Whether Python shows the character as it is.
///
/// Rust's standard library escapes the same Unicode categories in `str::escape_debug`; the space before
/// the character keeps it from escaping combining characters as well, which it does at the start only.
fn is_printable(c: char) -> bool {
    let mut buffer = [b' '; 5];
    let len = c.encode_utf8(&mut buffer[1..]).len();
    let text = buffer.get(..=len).unwrap_or_default();
    std::str::from_utf8(text).is_ok_and(|text| text.escape_debug().count() == 2)
}

/// At most 40 bytes of `text` as Python's `repr` writes it, with `...` after it where some are left out.
pub(crate) fn repr_start(text: &str) -> String {
    const MAX_BYTES: usize = 40;
    // A character has four bytes at most.
    match (MAX_BYTES - 3..=MAX_BYTES).rev().find_map(|end| text.get(..end)) {
        Some(start) if start.len() < text.len() => repr_str(start) + "...",
        _ => repr_str(text),
    }
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

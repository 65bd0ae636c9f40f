//! Strings and bytes.
//!
//! Source: CPython's Parser/string_parser.c; Objects/unicodeobject.c, `_PyUnicode_DecodeUnicodeEscapeInternal`.

use std::borrow::Cow;

use super::Kept;
use super::lexer::{Fault, Parsed, fail, latin1, line_end};
use super::names::named;
use super::state::Text;

/// What the prefix and the quotes of a string say about its body.
#[derive(Clone, Copy)]
struct Body {
    raw: bool,
    bytes: bool,
    quote: u8,
}

/// How many bytes stand for themselves before one that does not, or that is a control character.
#[inline(always)]
pub(super) fn plain_len(body: &[u8], quote: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Eight bytes at a time: a byte of each term has its high bit set where the byte is the one looked for.
    // Borrows can set it wrongly too, but only above a byte that is found.
    let is_zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & HIGH;
    let mut rest = body;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let bytes = u64::from_le_bytes(*chunk);
        let controls = bytes.wrapping_sub(ONES * 0x20) & !bytes & HIGH;
        let found = is_zero(bytes ^ (ONES * u64::from(quote)))
            | is_zero(bytes ^ (ONES * u64::from(b'\\')))
            | controls;
        if found != 0 {
            return Some(body.len() - rest.len() + found.trailing_zeros() as usize / 8);
        }
        rest = tail;
    }
    let len = rest.iter().position(|&byte| byte == quote || byte == b'\\' || byte < 0x20)?;
    Some(body.len() - rest.len() + len)
}

/// Whether the byte ends a run of bytes that stand for themselves.
fn is_special(byte: u8, quote: u8) -> bool {
    byte == quote || byte == b'\\' || matches!(byte, b'\n' | b'\r' | 0)
}

/// A string or bytes, without the blanks behind it; `input` starts with the quote that follows `prefix`.
pub(super) fn string<'a>(text: Text<'a>, prefix: &[u8], input: &'a [u8]) -> Parsed<'a, Kept> {
    let (raw, bytes) = match prefix.to_ascii_lowercase().as_slice() {
        b"" | b"u" => (false, false),
        b"r" => (true, false),
        b"b" => (false, true),
        b"br" | b"rb" => (true, true),
        _ => return fail(input, "a string prefix of Python's"),
    };
    let (quote, triple, mut rest) = match input {
        [a, b, c, rest @ ..] if a == b && a == c => (*a, true, rest),
        [quote, rest @ ..] => (*quote, false, rest),
        [] => return fail(input, "a string"),
    };
    let body = Body { raw, bytes, quote };
    // Bytes are kept as the characters U+0000 to U+00FF until the end.
    let mut out = String::new();
    loop {
        let end = rest.iter().position(|&byte| is_special(byte, quote)).unwrap_or(rest.len());
        let (plain, special) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        if bytes && let Some(at) = plain.iter().position(|byte| !byte.is_ascii()) {
            return fail(rest.get(at..).unwrap_or_default(), "an ASCII character");
        }
        out.push_str(&text.decode(plain, rest.len()));
        rest = match special {
            [] | [b'\n' | b'\r', ..] if special.is_empty() || !triple => {
                return fail(special, "a closing quote");
            }
            [0, ..] => return fail(special, "text without NUL"),
            [b'\\', ..] => escape(special, body, &mut out)?,
            [a, b, c, rest @ ..] if triple && [*a, *b, *c] == [quote; 3] => break finish(body, out, rest),
            [found, rest @ ..] if *found == quote => {
                if !triple {
                    break finish(body, out, rest);
                }
                out.push(char::from(quote));
                rest
            }
            _ => {
                out.push('\n');
                line_end(special).unwrap_or_default()
            }
        }
    }
}

fn finish<'a>(body: Body, out: String, rest: &'a [u8]) -> Parsed<'a, Kept> {
    let value = if body.bytes {
        Kept::Bytes(out.chars().map(|c| u32::from(c) as u8).collect())
    } else {
        Kept::Str(out)
    };
    Ok((rest, value))
}

/// Adds what a backslash and the characters after it mean, and gives what is left after them.
fn escape<'a>(input: &'a [u8], body: Body, out: &mut String) -> Result<&'a [u8], nom::Err<Fault>> {
    let after = input.strip_prefix(b"\\").unwrap_or(input);
    let Some((&first, rest)) = after.split_first() else {
        return fail(after, "a closing quote");
    };
    if let Some(rest) = line_end(after) {
        out.push_str(if body.raw { "\\\n" } else { "" });
        return Ok(rest);
    }
    if body.raw {
        out.push('\\');
        // What follows is no end of the string, even if it is a quote; the rest stands for itself.
        if first == body.quote || first == b'\\' {
            out.push(char::from(first));
            return Ok(rest);
        }
        return Ok(after);
    }
    let (len, expected) = match first {
        b'x' => (2, "two hexadecimal digits after \\x"),
        b'u' if !body.bytes => (4, "four hexadecimal digits after \\u"),
        b'U' if !body.bytes => (8, "eight hexadecimal digits after \\U"),
        b'N' if !body.bytes => {
            let [b'{', name @ ..] = rest else { return fail(after, "a name in braces after \\N") };
            let end = name.iter().position(|&byte| byte == b'}').unwrap_or(name.len());
            let (name, rest) = name.split_at_checked(end).unwrap_or((name, &[]));
            let ([b'}', rest @ ..], Some(c)) = (rest, named(name)) else {
                return fail(after, "the name of an ASCII character after \\N: others are not known");
            };
            out.push(c);
            return Ok(rest);
        }
        b'0'..=b'7' => {
            let len = after.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let (octal, rest) = after.split_at_checked(len).unwrap_or((after, &[]));
            let code = octal.iter().fold(0, |code, digit| code * 8 + u32::from(digit - b'0'));
            // Python cuts the ninth bit off in bytes.
            let code = if body.bytes { code & 0xff } else { code };
            out.extend(char::from_u32(code));
            return Ok(rest);
        }
        _ => {
            out.push(match first {
                b'\\' | b'\'' | b'"' => char::from(first),
                b'a' => '\x07',
                b'b' => '\x08',
                b'f' => '\x0c',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'v' => '\x0b',
                // An unknown escape keeps its backslash.
                _ => {
                    out.push('\\');
                    return Ok(after);
                }
            });
            return Ok(rest);
        }
    };
    let Some(code) = hex(rest, len) else { return fail(after, expected) };
    match char::from_u32(code) {
        Some(c) => out.push(c),
        None if code > u32::from(char::MAX) => return fail(after, "a character up to \\U0010ffff"),
        None => return fail(after, "a character that is no surrogate"),
    }
    Ok(rest.get(len..).unwrap_or_default())
}

/// The number that `len` hexadecimal digits make.
fn hex(input: &[u8], len: usize) -> Option<u32> {
    input.get(..len)?.iter().try_fold(0, |code, &digit| Some(code << 4 | char::from(digit).to_digit(16)?))
}

impl<'a> Text<'a> {
    /// A string without prefix, escapes and lines, if one stands here and can be borrowed.
    #[inline(always)]
    pub(super) fn plain_string(self, input: &'a [u8]) -> Option<(&'a str, &'a [u8])> {
        let [quote @ (b'\'' | b'"'), body @ ..] = input else { return None };
        let quote = *quote;
        let end = plain_len(body, quote)?;
        let (plain, [found, rest @ ..]) = body.split_at_checked(end)? else { return None };
        // Two quotes may be the start of three.
        if *found != quote || (end == 0 && rest.first() == Some(&quote)) {
            return None;
        }
        let start = self.len - body.len().min(self.len);
        let text = match self.unicode {
            Some(text) => text.get(start..start + plain.len())?,
            // In a text with any Latin-1, most strings are ASCII all the same.
            None if plain.is_ascii() => std::str::from_utf8(plain).ok()?,
            None => return None,
        };
        Some((text, rest))
    }

    /// `piece` as text; it starts where `left` bytes of the whole text are left.
    #[inline]
    pub(super) fn decode(self, piece: &'a [u8], left: usize) -> Cow<'a, str> {
        let start = self.len - left.min(self.len);
        match self.unicode.and_then(|text| text.get(start..start + piece.len())) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(latin1(piece)),
        }
    }
}

//! Strings and bytes.
//!
//! Source: CPython's Parser/string_parser.c; Objects/unicodeobject.c, `_PyUnicode_DecodeUnicodeEscapeInternal`.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char, one_of};
use nom::combinator::{cut, map, map_opt, not, opt, recognize, value, verify};
use nom::error::context;
use nom::multi::fold_many0;
use nom::sequence::{pair, preceded};

use super::Value;
use super::error::{Parsed, fail};
use super::space::{State, line_end, token};

/// What the prefix and the quotes of a string say about its body.
#[derive(Debug, Clone, Copy)]
struct Form<'a> {
    is_raw: bool,
    is_bytes: bool,
    /// One quote, or three.
    quote: &'a str,
}

/// A part of a string's body, as it counts.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    Char(char),
}

/// Strings that stand side by side are one.
///
/// `strings: string+`
pub(super) fn strings<'a>(input: &'a str, state: State) -> Parsed<'a, Value<'a>> {
    let (mut rest, (mut whole, is_bytes)) = token(state, string).parse(input)?;
    let may_follow = |c: char| c.is_ascii_alphabetic() || matches!(c, '\'' | '"');
    while rest.starts_with(may_follow)
        && let (after, Some((next, next_is_bytes))) = opt(token(state, string)).parse(rest)?
    {
        if is_bytes != next_is_bytes {
            return fail(rest, "no mix of str and bytes");
        }
        whole.to_mut().push_str(&next);
        rest = after;
    }
    // Bytes have been read as the characters U+0000 to U+00FF.
    let bytes = |text: Cow<'_, str>| Value::Bytes(text.chars().map(|c| u32::from(c) as u8).collect());
    Ok((rest, if is_bytes { bytes(whole) } else { Value::Str(whole) }))
}

/// `string: [prefix] quote piece* quote`
///
/// Gives the text, and whether it is of bytes. It is borrowed where it stands as it is.
fn string(input: &str) -> Parsed<'_, (Cow<'_, str>, bool)> {
    let (body, form) = start(input)?;
    let (rest, plain) = take_while(|c| form.is_plain(c)).parse(body)?;
    if let Some(rest) = rest.strip_prefix(form.quote) {
        return Ok((rest, (Cow::Borrowed(plain), form.is_bytes)));
    }
    let push = |mut text: String, piece: Piece<'_>| {
        match piece {
            Piece::Text(run) => text.push_str(run),
            Piece::Char(c) => text.push(c),
        }
        text
    };
    let (rest, text) = fold_many0(|input| form.piece(input), || plain.to_string(), push).parse(rest)?;
    let is_foreign = form.is_bytes && rest.starts_with(|c: char| !c.is_ascii());
    let expected = if is_foreign { "an ASCII character" } else { "a closing quote" };
    let (rest, _) = cut(context(expected, tag(form.quote))).parse(rest)?;
    Ok((rest, (Cow::Owned(text), form.is_bytes)))
}

/// `start: ['b' | 'r' | 'u' | 'br' | 'rb'] ("'''" | '"""' | "'" | '"')`
fn start(input: &str) -> Parsed<'_, Form<'_>> {
    let letters = take_while_m_n(0, 2, |c: char| c.is_ascii_alphabetic());
    let prefix = map_opt(letters, |prefix: &str| match prefix {
        "" | "u" | "U" => Some((false, false)),
        "r" | "R" => Some((true, false)),
        "b" | "B" => Some((false, true)),
        "br" | "bR" | "Br" | "BR" | "rb" | "rB" | "Rb" | "RB" => Some((true, true)),
        _ => None,
    });
    let quote = alt((tag("'''"), tag("\"\"\""), tag("'"), tag("\"")));
    map(pair(prefix, quote), |((is_raw, is_bytes), quote)| Form { is_raw, is_bytes, quote }).parse(input)
}

impl<'q> Form<'q> {
    /// Whether the character stands for itself and cannot be the start of anything else.
    fn is_plain(self, c: char) -> bool {
        let is_quote = self.quote.starts_with(c);
        !is_quote && !matches!(c, '\\' | '\n' | '\r' | '\0') && (c.is_ascii() || !self.is_bytes)
    }

    /// `piece: plain+ | escape | in triple quotes: line_end | one or two quotes`
    fn piece<'a>(self, input: &'a str) -> Parsed<'a, Piece<'a>> {
        let is_triple = self.quote.len() == 3;
        let long = verify(
            alt((
                // Python's line ends are all '\n'.
                value(Piece::Text("\n"), line_end),
                map(preceded(not(tag(self.quote)), one_of("'\"")), Piece::Char),
            )),
            |_: &Piece<'_>| is_triple,
        );
        alt((
            map(take_while1(|c| self.is_plain(c)), Piece::Text),
            preceded(char('\\'), |input| if self.is_raw { self.raw(input) } else { self.escape(input) }),
            long,
        ))
        .parse(input)
    }

    /// After the backslash of a raw string, which stays: a quote after it does not end the string.
    fn raw<'a>(self, input: &'a str) -> Parsed<'a, Piece<'a>> {
        alt((
            value(Piece::Text("\\\n"), line_end),
            value(Piece::Text("\\\\"), char('\\')),
            value(Piece::Text("\\'"), char('\'')),
            value(Piece::Text("\\\""), char('"')),
            |rest| Ok((rest, Piece::Text("\\"))),
        ))
        .parse(input)
    }

    /// After a backslash: what it and the characters after it stand for.
    fn escape<'a>(self, input: &'a str) -> Parsed<'a, Piece<'a>> {
        let (rest, first) = context("a closing quote", cut(anychar)).parse(input)?;
        let piece = match first {
            '\n' | '\r' => return value(Piece::Text(""), line_end).parse(input),
            '0'..='7' => return self.octal(input),
            'x' => return code_point(input, 2, "two hexadecimal digits after \\x"),
            'u' if !self.is_bytes => return code_point(input, 4, "four hexadecimal digits after \\u"),
            'U' if !self.is_bytes => return code_point(input, 8, "eight hexadecimal digits after \\U"),
            // It would take the table of all names in Unicode.
            'N' if !self.is_bytes => return fail(input, "no character by its name: write it as \\u or \\U"),
            '\\' | '\'' | '"' => first,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            // An unknown escape keeps its backslash.
            _ => return Ok((input, Piece::Text("\\"))),
        };
        Ok((rest, Piece::Char(piece)))
    }

    /// One to three octal digits, of which Python drops the ninth bit in bytes.
    fn octal<'a>(self, input: &'a str) -> Parsed<'a, Piece<'a>> {
        let digits = take_while_m_n(1, 3, |c: char| c.is_digit(8));
        map_opt(digits, |digits| {
            let code = u32::from_str_radix(digits, 8).ok()?;
            char::from_u32(if self.is_bytes { code & 0xff } else { code }).map(Piece::Char)
        })
        .parse(input)
    }
}

/// A letter and the number of a character in hexadecimal digits.
fn code_point<'a>(input: &'a str, len: usize, expected: &'static str) -> Parsed<'a, Piece<'a>> {
    let digits = preceded(anychar, take_while_m_n(len, len, |c: char| c.is_ascii_hexdigit()));
    let (rest, digits) = cut(context(expected, recognize(digits))).parse(input)?;
    let code = digits.get(1..).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match code.map(char::from_u32) {
        Some(Some(c)) => Ok((rest, Piece::Char(c))),
        Some(None) if code < Some(0x11_0000) => fail(input, "a character that is no surrogate"),
        _ => fail(input, "a character up to \\U0010ffff"),
    }
}

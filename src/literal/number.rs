//! Numbers.
//!
//! Source: CPython's Parser/tokenizer.c, `tok_get` and `verify_end_of_number`; Parser/pegen.c, `parsenumber`.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{char, one_of};
use nom::combinator::{opt, recognize};
use nom::multi::{many0_count, many1_count};
use nom::sequence::preceded;

use super::lexer::{Parsed, fail, is_name};
use super::{Int, Kept, Large, Value};

/// Decimal digits that Python turns into an integer.
///
/// Source: CPython's Include/internal/pycore_long.h, `_PY_LONG_DEFAULT_MAX_STR_DIGITS`.
const MAX_DIGITS: usize = 4300;

/// A decimal integer of few digits, as all those of usual headers are.
#[inline(always)]
pub(super) fn plain_number(input: &[u8]) -> Option<(i64, &[u8])> {
    let (mut value, mut rest) = (0_i64, input);
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        // An overflow takes more than 18 digits, and is not used.
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
        rest = tail;
    }
    let ends = !matches!(rest, [byte, ..] if is_name(*byte) || *byte == b'.');
    match input.len() - rest.len() {
        1 if ends => Some((value, rest)),
        2..=18 if ends && input.first() != Some(&b'0') => Some((value, rest)),
        _ => None,
    }
}

/// A number, small or large.
pub(super) enum Number {
    Plain(Value<'static>),
    Large(Large),
}

/// A number without a sign; `input` starts with a digit, or a period and a digit.
pub(super) fn number(input: &[u8]) -> Parsed<'_, Number> {
    let (rest, value) = match input {
        [b'0', b'x' | b'X', digits @ ..] => radix(input, digits, 4, |byte| byte.is_ascii_hexdigit())?,
        [b'0', b'o' | b'O', digits @ ..] => radix(input, digits, 3, |byte| matches!(byte, b'0'..=b'7'))?,
        [b'0', b'b' | b'B', digits @ ..] => radix(input, digits, 1, |byte| matches!(byte, b'0' | b'1'))?,
        _ => decimal(input)?,
    };
    if rest.first().is_some_and(|&byte| is_name(byte)) {
        return fail(rest, "the end of the number");
    }
    Ok((rest, value))
}

/// Runs of digits with single underscores between them.
fn digits(input: &[u8]) -> Parsed<'_, &[u8]> {
    let run = |input| take_while1(|byte: u8| byte.is_ascii_digit())(input);
    recognize((run, many0_count(preceded(char('_'), run)))).parse_complete(input)
}

fn decimal(input: &[u8]) -> Parsed<'_, Number> {
    let fraction = alt((
        recognize((digits, char('.'), opt(digits))),
        recognize((char('.'), digits)),
        // Last, because it takes a part of what the others take.
        digits,
    ));
    let exponent = recognize((one_of("eE"), opt(one_of("+-")), digits));
    let (rest, text) = recognize((fraction, opt(exponent))).parse_complete(input)?;
    let plain = without_underscores(text);
    let is_int = plain.bytes().all(|byte| byte.is_ascii_digit());
    if let [b'j' | b'J', rest @ ..] = rest {
        return Ok((rest, Number::Plain(Value::Complex { re: 0.0, im: float(&plain) })));
    }
    if !is_int {
        return Ok((rest, Number::Plain(Value::Float(float(&plain)))));
    }
    if plain.starts_with('0') {
        return if plain.bytes().all(|byte| byte == b'0') {
            Ok((rest, Number::Plain(Value::Int(Int::Small(0)))))
        } else {
            fail(input, "no zeros before a decimal number")
        };
    }
    if plain.len() > MAX_DIGITS {
        return fail(input, "at most 4300 digits");
    }
    let number = match plain.parse() {
        Ok(value) => Number::Plain(Value::Int(Int::Small(value))),
        Err(_) => {
            let magnitude = float(&plain);
            Number::Large(Large { negative: false, digits: plain.into_owned(), magnitude })
        }
    };
    Ok((rest, number))
}

fn without_underscores(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(text) if !text.contains('_') => Cow::Borrowed(text),
        _ => text.iter().filter(|&&byte| byte != b'_').map(|&byte| char::from(byte)).collect(),
    }
}

/// `text` as a float; Rust rounds as Python does, and takes every spelling of Python's once the
/// underscores are gone.
fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// An integer in a base of `bits` bits a digit; `input` starts with the prefix, `after` with the digits.
fn radix<'a>(
    input: &'a [u8],
    after: &'a [u8],
    bits: u32,
    is_digit: impl Fn(u8) -> bool,
) -> Parsed<'a, Number> {
    let group = preceded(opt(char('_')), take_while1(is_digit));
    let digits: Parsed<'a, &'a [u8]> = recognize(many1_count(group)).parse_complete(after);
    let Ok((rest, digits)) = digits else {
        return fail(after, "a digit");
    };
    // The leading digits; of those that do not fit, only how many bits they are and whether all are zero.
    let (mut top, mut dropped, mut sticky) = (0_u128, 0_i32, 0);
    for digit in digits.iter().filter_map(|&byte| char::from(byte).to_digit(16)) {
        if top >> (128 - bits) == 0 {
            top = top << bits | u128::from(digit);
        } else {
            dropped = dropped.saturating_add_unsigned(bits);
            sticky |= u128::from(digit != 0);
        }
    }
    let number = match i64::try_from(top) {
        Ok(value) => Number::Plain(Value::Int(Int::Small(value))),
        Err(_) => {
            let literal = input.get(..input.len() - rest.len()).unwrap_or_default();
            Number::Large(Large {
                negative: false,
                digits: String::from_utf8_lossy(literal).into_owned(),
                // The lowest bit only breaks ties: top has more bits than a float by far.
                magnitude: (top | sticky) as f64 * 2_f64.powi(dropped),
            })
        }
    };
    Ok((rest, number))
}

/// The length of the number that starts `text`; of what is no number of Python's any length will do.
///
/// Source: CPython 3.11's Lib/tokenize.py, `Number`.
pub(super) fn number_len(text: &[u8]) -> usize {
    let run = |skip: usize, wanted: fn(u8) -> bool| {
        text.iter().skip(skip).take_while(|&&byte| wanted(byte) || byte == b'_').count()
    };
    let is_digit: fn(u8) -> bool = |byte| byte.is_ascii_digit();
    match text {
        [b'0', b'x' | b'X', ..] => return 2 + run(2, |byte| byte.is_ascii_hexdigit()),
        [b'0', b'o' | b'O' | b'b' | b'B', ..] => return 2 + run(2, is_digit),
        _ => {}
    }
    let mut len = run(0, is_digit);
    if text.get(len) == Some(&b'.') {
        len += 1 + run(len + 1, is_digit);
    }
    if matches!(text.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(len + 1), Some(b'+' | b'-')));
        match run(len + 1 + sign, is_digit) {
            0 => {}
            digits => len += 1 + sign + digits,
        }
    }
    len + usize::from(matches!(text.get(len), Some(b'j' | b'J')))
}

impl Int<'_> {
    /// The nearest float, infinite where Python says OverflowError.
    pub(super) fn to_float(self) -> f64 {
        match self {
            Self::Small(value) => value as f64,
            Self::Large(large) if large.negative => -large.magnitude,
            Self::Large(large) => large.magnitude,
        }
    }
}

impl Value<'_> {
    /// Turns the sign of a number, which may be one of those `kept`.
    pub(super) fn negate(&mut self, kept: &mut [Kept]) {
        match self {
            // No literal is i64::MIN without its sign.
            Self::Int(Int::Small(value)) => *value = value.wrapping_neg(),
            Self::Kept(index) => {
                if let Some(Kept::Large(large)) = kept.get_mut(*index) {
                    large.negative = !large.negative;
                }
            }
            Self::Float(float) => *float = -*float,
            Self::Complex { re, im } => (*re, *im) = (-*re, -*im),
            _ => {}
        }
    }
}

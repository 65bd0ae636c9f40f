//! Numbers.
//!
//! Source: CPython's Parser/tokenizer.c, `tok_get` and `verify_end_of_number`; Parser/pegen.c, `parsenumber`.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{anychar, char, one_of, satisfy};
use nom::combinator::{cut, map_opt, not, opt, recognize};
use nom::error::context;
use nom::multi::many0_count;
use nom::sequence::preceded;

use super::error::{Parsed, fail, is_name};
use super::space::{State, blanks};
use super::{Dialect, Int, Value};

/// Decimal digits that Python turns into an integer.
///
/// Source: CPython's Include/internal/pycore_long.h, `_PY_LONG_DEFAULT_MAX_STR_DIGITS`.
const MAX_DIGITS: usize = 4300;

/// `number: (based | decimal) ['L'], without a name right after it`
pub(super) fn number<'a>(input: &'a str, state: State) -> Parsed<'a, Value<'a>> {
    let (rest, number) = alt((based, decimal)).parse(input)?;
    let (rest, _) = if state.dialect == Dialect::Python2 { longs(rest)? } else { (rest, 0) };
    let (rest, ()) = cut(context("the end of the number", not(satisfy(is_name)))).parse(rest)?;
    Ok((rest, number))
}

/// Python 2's mark of a long, which NumPy drops after any number, as often as it stands there.
///
/// `longs: (blanks 'L')*`
fn longs(input: &str) -> Parsed<'_, usize> {
    many0_count((blanks, char('L'), not(satisfy(is_name)))).parse(input)
}

/// `digits: digit (['_'] digit)*`
fn digits<'a>(base: u32) -> impl FnMut(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let run = || take_while1(|c: char| c.is_digit(base));
        recognize((run(), many0_count(preceded(char('_'), run())))).parse(input)
    }
}

/// `based: '0' ('x' | 'o' | 'b') ['_'] digits`
fn based<'a>(input: &'a str) -> Parsed<'a, Value<'a>> {
    let base = map_opt(anychar, |letter| match letter {
        'x' | 'X' => Some(16),
        'o' | 'O' => Some(8),
        'b' | 'B' => Some(2),
        _ => None,
    });
    let (after, base) = preceded(char('0'), base).parse(input)?;
    let (rest, digits) = cut(context("a digit", preceded(opt(char('_')), digits(base)))).parse(after)?;
    let int = i64::from_str_radix(&without_underscores(digits), base).map_or_else(
        |_| {
            let literal = input.get(..input.len() - rest.len()).unwrap_or_default();
            Int::Large { negative: false, digits: literal.to_string() }
        },
        Int::Small,
    );
    Ok((rest, Value::Int(int)))
}

/// `decimal: (digits ['.' [digits]] | '.' digits) [('e' | 'E') ['+' | '-'] digits] ['j' | 'J']`
fn decimal<'a>(input: &'a str) -> Parsed<'a, Value<'a>> {
    let point =
        alt((recognize((digits(10), opt((char('.'), opt(digits(10)))))), recognize((char('.'), digits(10)))));
    let exponent = (one_of("eE"), opt(one_of("+-")), digits(10));
    let (rest, text) = recognize((point, opt(exponent))).parse(input)?;
    let (rest, imaginary) = opt(one_of("jJ")).parse(rest)?;
    let plain = without_underscores(text);
    // Rust rounds as Python does, and takes each spelling of Python's.
    let float = || plain.parse().unwrap_or(f64::NAN);
    let number = if imaginary.is_some() {
        Value::Complex { re: 0.0, im: float() }
    } else if plain.contains(['.', 'e', 'E']) {
        Value::Float(float())
    } else {
        return integer(input, &plain).map(|int| (rest, Value::Int(int)));
    };
    Ok((rest, number))
}

/// The integer of decimal digits without underscores: no zeros before others, not too many of them.
fn integer(input: &str, digits: &str) -> Result<Int, nom::Err<super::SyntaxError>> {
    let is_zero = digits.bytes().all(|digit| digit == b'0');
    if digits.starts_with('0') && !is_zero {
        return fail(input, "no zeros before a decimal number");
    }
    if digits.len() > MAX_DIGITS && !is_zero {
        return fail(input, "at most 4300 digits");
    }
    let large = |_| Int::Large { negative: false, digits: digits.to_string() };
    Ok(digits.parse().map_or_else(large, Int::Small))
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

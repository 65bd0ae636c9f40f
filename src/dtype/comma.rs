//! Comma strings: several dtypes in one text, as in `2i4, (3,)>f8`, each with repeats before it.
//!
//! Source: numpy/_core/_internal.py, `_commastring`.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, digit1, one_of};
use nom::combinator::{all_consuming, cut, eof, map, map_opt, opt, recognize, value};
use nom::error::context;
use nom::multi::separated_list1;
use nom::sequence::{delimited, terminated};

use super::scalar::ByteOrder;
use super::spelling_error::{Parsed, SpellingError};

/// One dtype of a comma string.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// The dtype's own text, its byte order before it.
    pub(super) text: Cow<'a, str>,
    /// What stands before it.
    pub(super) repeats: Option<Repeats>,
}

/// What stands before a dtype, a subarray's shape mostly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Repeats {
    /// A number by itself: the one axis, or the size of a text or void that has none.
    Count(usize),
    /// A tuple.
    Shape(Vec<usize>),
}

/// A comma string: one dtype with repeats, or a record of its dtypes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Comma<'a> {
    One(Item<'a>),
    List(Vec<Item<'a>>),
}

/// Whether NumPy takes the text for a comma string: it starts with a digit or an empty tuple, or has
/// a comma outside square brackets.
///
/// Source: numpy/_core/src/multiarray/descriptor.c, `_check_for_commastring`.
#[inline]
pub(super) fn is_comma(text: &[u8]) -> bool {
    let (ordered, rest) = match text {
        [b'<' | b'>' | b'|' | b'=', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match rest {
        [b'0'..=b'9', ..] => return true,
        // NumPy wants a third byte after the order, and without one the text is none either way.
        [b'(', b')', after @ ..] if !ordered || !after.is_empty() => return true,
        _ => {}
    }
    let mut open = 0isize;
    rest.iter().any(|byte| {
        match byte {
            b'[' => open = open.saturating_add(1),
            b']' => open = open.saturating_sub(1),
            _ => {}
        }
        *byte == b',' && open == 0
    })
}

/// `list: item (SPACE* ',' SPACE* item)* SPACE*`
///
/// Source: numpy/_core/_internal.py, `_commastring`.
pub(super) fn list(text: &str) -> Parsed<'_, Comma<'_>> {
    const NO_COMMA: &str = "a dtype of the list is followed by something else than a comma";
    const NO_LIST: &str = "neither repeats nor a comma make it a list of dtypes";
    let spaces = || take_while(is_space);
    let comma = || (spaces(), char(','), spaces());
    let items = (separated_list1(comma(), cut(item)), spaces());
    let (rest, (mut items, _)) = terminated(items, context(NO_COMMA, eof)).parse(text)?;
    match (items.len(), items.pop()) {
        (1, Some(item)) if item.repeats.is_some() => Ok((rest, Comma::One(item))),
        (1, _) => Err(nom::Err::Failure(NO_LIST.into())),
        (_, last) => {
            // NumPy overlooks one dtype without any text at the end.
            items.extend(last.filter(|last| !last.text.is_empty() || last.repeats.is_some()));
            Ok((rest, Comma::List(items)))
        }
    }
}

/// Python's `\s`: four more characters than Unicode's white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// `item: [order] [repeats] [order] name`
///
/// Source: numpy/_core/_internal.py, `format_re`.
fn item(input: &str) -> Parsed<'_, Item<'_>> {
    let order = || opt(one_of("<>|="));
    let (rest, (before, repeats, after, name)) = (order(), repeats, order(), name).parse(input)?;
    let order = match (before, after) {
        (order, None) | (None, order) => order,
        (Some(before), Some(after)) if resolved(before) == resolved(after) => Some(before),
        _ => {
            let reason = "the byte orders before and after the repeats differ";
            return Err(nom::Err::Failure(reason.into()));
        }
    };
    let text = match order {
        Some(order) if order != '|' && resolved(order) != ByteOrder::NATIVE.as_char() => {
            Cow::Owned(format!("{order}{name}"))
        }
        _ => Cow::Borrowed(name),
    };
    Ok((rest, Item { text, repeats }))
}

const fn resolved(order: char) -> char {
    if order == '=' { ByteOrder::NATIVE.as_char() } else { order }
}

/// `name: (letter | digit | '.' | '?')* ['[' (letter | digit | ',' | '.')+ ']']`
fn name(input: &str) -> Parsed<'_, &str> {
    let letters = |others: [char; 2]| move |c: char| c.is_ascii_alphanumeric() || others.contains(&c);
    let unit = (char('['), take_while1(letters([',', '.'])), char(']'));
    recognize((take_while(letters(['.', '?'])), opt(unit))).parse(input)
}

/// `repeats: ' '* ['('] (' ' | ',' | digit)* [')'] ' '*, which is nothing or Python's number or tuple`
fn repeats(input: &str) -> Parsed<'_, Option<Repeats>> {
    const REASON: &str = "the repeats before a dtype are neither a whole number nor a tuple of them";
    let blanks = || take_while(|c| c == ' ');
    let inner = take_while(|c: char| matches!(c, ' ' | ',') || c.is_ascii_digit());
    let (rest, text) = recognize((blanks(), opt(char('(')), inner, opt(char(')')), blanks())).parse(input)?;
    if text.is_empty() {
        return Ok((rest, None));
    }
    let (_, repeats) =
        cut(context(REASON, all_consuming(delimited(blanks(), python, blanks())))).parse(text)?;
    Ok((rest, Some(repeats)))
}

/// `python: '(' ')' | '(' numbers ')' | numbers, where one number without a comma is the number itself`
fn python(input: &str) -> Parsed<'_, Repeats> {
    let empty = value(Repeats::Shape(Vec::new()), (token('('), char(')')));
    alt((empty, delimited(token('('), numbers, char(')')), numbers)).parse(input)
}

/// `numbers: number (',' number)* [',']`
fn numbers(input: &str) -> Parsed<'_, Repeats> {
    let numbers = (separated_list1(token(','), number), opt(token(',')));
    map(numbers, |(numbers, comma)| match (&numbers[..], comma) {
        ([number], None) => Repeats::Count(*number),
        _ => Repeats::Shape(numbers),
    })
    .parse(input)
}

fn token<'a>(c: char) -> impl Parser<&'a str, Output = char, Error = SpellingError> {
    terminated(char(c), take_while(|c| c == ' '))
}

/// A Python whole number: no zeros before it, but as many zeros as one likes for zero.
fn number(input: &str) -> Parsed<'_, usize> {
    // Source: CPython's Include/internal/pycore_long.h, `_PY_LONG_DEFAULT_MAX_STR_DIGITS`.
    const MAX_DIGITS: usize = 4_300;
    let number = map_opt(digit1, |digits: &str| {
        let is_zero = digits.bytes().all(|digit| digit == b'0');
        let is_plain = digits.len() <= MAX_DIGITS && (is_zero || !digits.starts_with('0'));
        // A number too large to hold is too large for any axis.
        is_plain.then(|| digits.parse().unwrap_or(usize::MAX))
    });
    terminated(number, take_while(|c| c == ' ')).parse(input)
}

#[cfg(test)]
mod tests {
    use super::super::native;
    use super::*;

    fn split(text: &str) -> Option<Comma<'_>> {
        list(text).ok().map(|(_, list)| list)
    }

    fn item(text: &str, repeats: Option<Repeats>) -> Item<'_> {
        Item { text: Cow::Borrowed(text), repeats }
    }

    #[test]
    fn commas_as_numpy_sees_them() {
        for (text, expected) in [
            ("f4", false),
            ("2f4", true),
            ("<2f4", true),
            ("()f4", true),
            ("<()f", true),
            ("<()", false),
            ("(3)f4", false),
            ("(2,3)f4", true),
            ("f4,", true),
            ("M8[s,D]", false),
            ("M8[s],f4", true),
            ("a],f4", false),
            ("", false),
            ("<", false),
        ] {
            assert_eq!(is_comma(text.as_bytes()), expected, "{text}");
        }
    }

    // Each expectation is what NumPy 2.4.6 makes of the text.
    #[test]
    fn items_as_numpy_cuts_them() {
        use Repeats::{Count, Shape};
        fn one(text: &str, repeats: Repeats) -> Option<Comma<'_>> {
            Some(Comma::One(item(text, Some(repeats))))
        }
        assert_eq!(split("2f4"), one("f4", Count(2)));
        assert_eq!(split("2 f4 "), one("f4", Count(2)));
        assert_eq!(split("2,f4"), one("f4", Shape(vec![2])));
        assert_eq!(split("2,3f4\n"), one("f4", Shape(vec![2, 3])));
        assert_eq!(split("( 2 , 3 , ) f4"), one("f4", Shape(vec![2, 3])));
        assert_eq!(split("()f4"), one("f4", Shape(vec![])));
        assert_eq!(split(&native("<(2,)<f4")), one("f4", Shape(vec![2])));
        assert_eq!(split(&native("=(2,)<f4")), one("f4", Shape(vec![2])));
        assert_eq!(split(&native(">(2,)f4")), one(&native(">f4"), Shape(vec![2])));
        assert_eq!(split("00f4"), one("f4", Count(0)));
        let list = |items| Some(Comma::List(items));
        assert_eq!(split("f4,"), list(vec![item("f4", None)]));
        assert_eq!(split(&native("f4,<")), list(vec![item("f4", None)]));
        let two = || list(vec![item("f4", None), item("M8[s]", Some(Count(3)))]);
        assert_eq!(split("f4,3M8[s]"), two());
        assert_eq!(split("f4 \u{a0},\x1c\u{2003}(3)M8[s] \n"), two());
    }

    #[test]
    fn comma_strings_that_numpy_refuses() {
        for text in [
            " f4,i4",
            "f4,,i4",
            ",f4",
            "01f4",
            "( 2 3)f4",
            "(,)f4",
            "(2f4",
            "2)f4",
            "<(2,)>f4",
            "|(2,)<f4",
            "f4;i4,u1",
            "2M8[s/1000]",
            "f4,M8[]",
        ] {
            assert!(split(text).is_none(), "{text}");
        }
    }
}

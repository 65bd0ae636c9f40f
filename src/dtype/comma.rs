//! Comma strings: several dtypes in one text, as in `2i4, (3,)>f8`, each with repeats before it.
//!
//! Source: numpy/_core/_internal.py, `_commastring`.

use std::borrow::Cow;

use super::scalar::ByteOrder;

/// One dtype of a comma string.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// The dtype's own text, its byte order before it.
    pub(super) text: Cow<'a, str>,
    /// What stands before it.
    pub(super) repeats: Option<Repeats>,
}

/// What stands before a dtype, a subarray's shape mostly.
#[derive(Debug, PartialEq, Eq)]
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
pub(super) fn is_comma(text: &[u8]) -> bool {
    let (ordered, rest) = match text {
        [b'<' | b'>' | b'|' | b'=', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match rest {
        [b'0'..=b'9', ..] => return true,
        // NumPy wants a third byte behind the order, and without one the text is none either way.
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

/// Cuts a comma string into its dtypes. The error is the reason.
pub(super) fn split(text: &str) -> Result<Comma<'_>, &'static str> {
    let mut items = Vec::new();
    let mut is_list = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (item, after) = next_item(rest)?;
        items.push(item);
        let trimmed = after.trim_start_matches(is_space);
        rest = match trimmed.strip_prefix(',') {
            Some(after_comma) => {
                is_list = true;
                after_comma.trim_start_matches(is_space)
            }
            None if trimmed.is_empty() => trimmed,
            None => return Err("a dtype of the list is followed by something else than a comma"),
        };
    }
    if is_list {
        // NumPy overlooks one dtype without any text at the end.
        if items.last().is_some_and(|last| last.text.is_empty() && last.repeats.is_none()) {
            items.pop();
        }
        return Ok(Comma::List(items));
    }
    match items.pop() {
        Some(item) if item.repeats.is_some() => Ok(Comma::One(item)),
        _ => Err("neither repeats nor a comma make it a list of dtypes"),
    }
}

/// Python's `\s`: four more characters than Unicode's white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// One match of NumPy's `format_re`, and what follows it.
fn next_item(text: &str) -> Result<(Item<'_>, &str), &'static str> {
    let (order_before, rest) = take_order(text);
    let (repeats, rest) = take_repeats(rest);
    let (order_behind, rest) = take_order(rest);
    let (name, rest) = take_name(rest);
    let order = match (order_before, order_behind) {
        (order, None) | (None, order) => order,
        (Some(before), Some(behind)) if resolved(before) == resolved(behind) => Some(before),
        _ => return Err("the byte orders before and behind the repeats differ"),
    };
    let text = match order {
        Some(order) if !is_native(order) => Cow::Owned(format!("{order}{name}")),
        _ => Cow::Borrowed(name),
    };
    let repeats = if repeats.is_empty() { None } else { Some(parse_repeats(repeats)?) };
    Ok((Item { text, repeats }, rest))
}

const fn resolved(order: char) -> char {
    if order == '=' { ByteOrder::NATIVE.as_char() } else { order }
}

const fn is_native(order: char) -> bool {
    order == '|' || resolved(order) == ByteOrder::NATIVE.as_char()
}

fn take_order(text: &str) -> (Option<char>, &str) {
    match text.chars().next() {
        Some(order @ ('<' | '>' | '|' | '=')) => (Some(order), text.get(1..).unwrap_or_default()),
        _ => (None, text),
    }
}

/// Blanks, a bracket, digits and commas, a bracket, blanks.
fn take_repeats(text: &str) -> (&str, &str) {
    let mut rest = text.trim_start_matches(' ');
    rest = rest.strip_prefix('(').unwrap_or(rest);
    rest = rest.trim_start_matches(|c: char| c == ' ' || c == ',' || c.is_ascii_digit());
    rest = rest.strip_prefix(')').unwrap_or(rest);
    rest = rest.trim_start_matches(' ');
    text.split_at(text.len().saturating_sub(rest.len()))
}

/// Letters, digits, dots and question marks, and square brackets behind them.
fn take_name(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '?');
    let inside = rest.strip_prefix('[').unwrap_or_default();
    let behind = inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == ',');
    let rest = match behind.strip_prefix(']') {
        Some(behind_bracket) if behind.len() < inside.len() => behind_bracket,
        _ => rest,
    };
    text.split_at(text.len().saturating_sub(rest.len()))
}

/// Python's literal of a whole number or of a tuple of them, of the characters of [`take_repeats`].
fn parse_repeats(text: &str) -> Result<Repeats, &'static str> {
    const INVALID: &str = "the repeats before a dtype are neither a whole number nor a tuple of them";
    let text = text.trim_matches(' ');
    let (bracketed, inner) = match text.strip_prefix('(') {
        Some(rest) => (true, rest.strip_suffix(')').ok_or(INVALID)?.trim_matches(' ')),
        None => (false, text),
    };
    if bracketed && inner.is_empty() {
        return Ok(Repeats::Shape(Vec::new()));
    }
    match inner.strip_suffix(',').unwrap_or(inner) {
        // A number in brackets without a comma is a number.
        number if number.len() == inner.len() && !inner.contains(',') => {
            Ok(Repeats::Count(parse_number(number).ok_or(INVALID)?))
        }
        numbers => {
            let axes = numbers.split(',').map(|axis| parse_number(axis.trim_matches(' ')));
            Ok(Repeats::Shape(axes.collect::<Option<_>>().ok_or(INVALID)?))
        }
    }
}

/// A Python whole number: no zeros before it, but as many zeros as one likes for zero.
fn parse_number(digits: &str) -> Option<usize> {
    // Source: CPython's Include/internal/pycore_long.h, `_PY_LONG_DEFAULT_MAX_STR_DIGITS`.
    const DIGITS_MOST: usize = 4_300;
    let zero = digits.bytes().all(|byte| byte == b'0');
    let plain = !digits.is_empty()
        && digits.len() <= DIGITS_MOST
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (zero || !digits.starts_with('0'));
    // A number too large to hold is too large for any axis.
    plain.then(|| digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::native;
    use super::*;

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
        fn one(text: &str, repeats: Repeats) -> Result<Comma<'_>, &'static str> {
            Ok(Comma::One(item(text, Some(repeats))))
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
        let list = |items| Ok(Comma::List(items));
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
            assert!(split(text).is_err(), "{text}");
        }
    }
}

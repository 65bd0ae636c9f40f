//! A slice from NumPy's text.

use std::str::FromStr;

use super::{Index, Slice};
use crate::error::{Error, MismatchProblem, Result};
use crate::limits::Limits;
use crate::literal::{self, Dialect, Int, Value, repr_start};

/// What stands between the brackets in Python: `0:5, ::2, -1`, `..., 0`, `None`, `np.newaxis`, `()`.
///
/// # Errors
/// [`Error::Mismatch`] that says which part is wrong.
impl FromStr for Slice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.trim();
        if parts == "()" {
            return Ok(Self::from([]));
        }
        // As in a tuple, one comma may follow the last part.
        let parts = parts.strip_suffix(',').unwrap_or(parts);
        let parts = parts.split(',').enumerate().map(|(number, part)| {
            index(part.trim()).map_err(|reason| {
                let part = repr_start(part.trim());
                let reason = format!("part {}, {part}, {reason}", number + 1);
                MismatchProblem::SliceText { text: repr_start(text), reason }.into()
            })
        });
        parts.collect::<Result<Vec<Index>>>().map(Self::from)
    }
}

impl TryFrom<&str> for Slice {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

/// One part, or what is wrong with it.
fn index(part: &str) -> Result<Index, String> {
    match part {
        "..." | "Ellipsis" => return Ok(Index::Ellipsis),
        "None" | "np.newaxis" | "numpy.newaxis" | "newaxis" => return Ok(Index::NewAxis),
        "" => return Err("is empty, expected an integer, a range such as '0:5' or '...'".to_string()),
        _ => {}
    }
    let mut bounds = part.split(':');
    let (start, stop, step) = (bounds.next().unwrap_or_default(), bounds.next(), bounds.next());
    if bounds.next().is_some() {
        return Err(format!(
            "has {} colons, expected at most 2",
            part.bytes().filter(|&byte| byte == b':').count()
        ));
    }
    let Some(stop) = stop else {
        let Number::Is(index) = number(part)? else {
            return Err("is beyond the axis of any array".to_string());
        };
        return Ok(Index::At(index));
    };
    let step = bound(step.unwrap_or_default())?.unwrap_or(1);
    if step == 0 {
        return Err("has a step of zero".to_string());
    }
    Ok(Index::Range { start: bound(start)?, stop: bound(stop)?, step })
}

/// A bound of a range; there is none where nothing stands, or `None`.
fn bound(text: &str) -> Result<Option<isize>, String> {
    match text.trim() {
        "" | "None" => Ok(None),
        text => number(text).map(|number| match number {
            Number::Is(bound) => Some(bound),
            // No axis is as long, so that Python cuts these likewise.
            Number::Low => Some(isize::MIN),
            Number::High => Some(isize::MAX),
        }),
    }
}

enum Number {
    Is(isize),
    /// Below any `isize`, and above.
    Low,
    High,
}

/// An integer as Python writes it.
fn number(text: &str) -> Result<Number, String> {
    match literal::parse(text, Dialect::Python3, &Limits::default().nesting(0)).map(|node| node.value) {
        Ok(Value::Int(Int::Small(number))) => Ok(match isize::try_from(number) {
            Ok(number) => Number::Is(number),
            Err(_) if number < 0 => Number::Low,
            Err(_) => Number::High,
        }),
        Ok(Value::Int(Int::Large { negative, .. })) => Ok(if negative { Number::Low } else { Number::High }),
        _ => Err(format!("holds {} where an integer should stand", repr_start(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: Option<isize>, stop: Option<isize>, step: isize) -> Index {
        Index::Range { start, stop, step }
    }

    #[test]
    fn what_stands_between_brackets_is_read() {
        let read = |text: &str| text.parse::<Slice>().unwrap().indices;
        assert_eq!(read("0:5, ::2, -1"), [range(Some(0), Some(5), 1), range(None, None, 2), Index::At(-1)]);
        assert_eq!(read(" ... ,None,np.newaxis"), [Index::Ellipsis, Index::NewAxis, Index::NewAxis]);
        assert_eq!(read("()"), []);
        assert_eq!(read("1,"), [Index::At(1)]);
        assert_eq!(read(":"), [Index::ALL]);
        assert_eq!(read("None:3:None"), [range(None, Some(3), 1)]);
        assert_eq!(read("- 3 : 0x10 : +2"), [range(Some(-3), Some(16), 2)]);
        assert_eq!(read("1_000:"), [range(Some(1000), None, 1)]);
        let far = "9223372036854775808";
        assert_eq!(read(&format!("-{far}:{far}")), [range(Some(isize::MIN), Some(isize::MAX), 1)]);
        for text in ["0:5, ::2, -1", "...", "None, 3", "()", "::-1"] {
            assert_eq!(text.parse::<Slice>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_wrong_part_is_named() {
        let error = |text: &str| text.parse::<Slice>().unwrap_err().to_string();
        let empty = "is empty, expected an integer, a range such as '0:5' or '...'";
        assert_eq!(error(""), format!("slice '' is invalid: part 1, '', {empty}"));
        assert_eq!(error("1,,2"), format!("slice '1,,2' is invalid: part 2, '', {empty}"));
        assert_eq!(
            error("0:5, ::x"),
            "slice '0:5, ::x' is invalid: part 2, '::x', holds 'x' where an integer should stand"
        );
        assert_eq!(
            error("1:2:3:4"),
            "slice '1:2:3:4' is invalid: part 1, '1:2:3:4', has 3 colons, expected at most 2"
        );
        assert_eq!(error("::0"), "slice '::0' is invalid: part 1, '::0', has a step of zero");
        assert_eq!(
            error("9223372036854775808"),
            "slice '9223372036854775808' is invalid: part 1, '9223372036854775808', is beyond the axis of any array"
        );
        let holds = |text: &str| {
            format!(
                "slice '{text}' is invalid: part 1, '{text}', holds '{text}' where an integer should stand"
            )
        };
        for text in ["1.0", "True", "[0]", "007", "1 2", "(1)"] {
            assert_eq!(error(text), holds(text));
        }
    }
}

//! Units of time as texts: the brackets of `M8[25s]`.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_till;
use nom::character::complete::char;
use nom::combinator::{all_consuming, eof, map_opt, opt, success};
use nom::error::context;
use nom::sequence::{delimited, preceded};

use super::scalar::{TimeUnit, Unit};
use super::spelling_error::Parsed;
use super::strtol::strtol;

/// Reads what follows `M8` or `m8`: nothing, or a unit in brackets.
///
/// `unit: ['[' [multiple] name ['/' divisor] ']']`
///
/// Source: numpy/_core/src/multiarray/datetime.c, `parse_datetime_metadata_from_metastr`.
pub(super) fn unit(input: &str) -> Parsed<'_, TimeUnit> {
    const BRACKETS: &str = "a datetime is followed by its unit in brackets, as in 'M8[ns]'";
    if input.is_empty() {
        return Ok((input, TimeUnit::GENERIC));
    }
    let inner = delimited(char('['), take_till(|c| c == ']'), (char(']'), eof));
    let (rest, inner) = context(BRACKETS, inner).parse(input)?;
    let parts = (alt((multiple, success(1))), name, opt(preceded(char('/'), divisor)));
    let (_, (multiple, unit, divisor)) = all_consuming(parts).parse(inner)?;
    match divisor {
        None => Ok((rest, TimeUnit::new(unit, multiple))),
        Some(divisor) => match divide(unit, multiple, divisor) {
            Ok(unit) => Ok((rest, unit)),
            Err(reason) => Err(nom::Err::Failure(reason.into())),
        },
    }
}

fn multiple(input: &str) -> Parsed<'_, i32> {
    const REASON: &str = "the multiple of a unit lies between 0 and 2147483647";
    let (rest, number) = strtol(input)?;
    let multiple = i32::try_from(number).ok().filter(|&multiple| multiple >= 0);
    multiple.map(|multiple| (rest, multiple)).ok_or_else(|| nom::Err::Failure(REASON.into()))
}

fn name(input: &str) -> Parsed<'_, Unit> {
    const REASON: &str = "the units are Y, M, W, D, h, m, s, ms, us, ns, ps, fs, as and generic";
    let unit = map_opt(take_till(|c| c == '/'), |name| {
        // The Greek small letter mu, and not the micro sign U+00B5.
        let name = if name == "\u{3bc}s" { "us" } else { name };
        Unit::ALL.into_iter().find(|unit| unit.as_str() == name)
    });
    context(REASON, unit).parse(input)
}

/// NumPy reads the divisor's low 32 bits only.
fn divisor(input: &str) -> Parsed<'_, i32> {
    const REASON: &str = "a '/' within the brackets is followed by a whole number";
    let (rest, number) = context(REASON, all_consuming(strtol)).parse(input)?;
    Ok((rest, number as i32))
}

/// How many of which finer units make one `unit`, in the order in which NumPy tries them.
///
/// Source: `_multiples_table` in datetime.c.
const fn finer(unit: Unit) -> &'static [(i32, Unit)] {
    match unit {
        Unit::Year => &[(12, Unit::Month), (52, Unit::Week), (365, Unit::Day)],
        Unit::Month => &[(4, Unit::Week), (30, Unit::Day), (720, Unit::Hour)],
        Unit::Week => &[(7, Unit::Day), (168, Unit::Hour), (10_080, Unit::Minute)],
        Unit::Day => &[(24, Unit::Hour), (1_440, Unit::Minute), (86_400, Unit::Second)],
        Unit::Hour => &[(60, Unit::Minute), (3_600, Unit::Second)],
        Unit::Minute => &[(60, Unit::Second), (60_000, Unit::Millisecond)],
        Unit::Second => &[(1_000, Unit::Millisecond), (1_000_000, Unit::Microsecond)],
        Unit::Millisecond => &[(1_000, Unit::Microsecond), (1_000_000, Unit::Nanosecond)],
        Unit::Microsecond => &[(1_000, Unit::Nanosecond), (1_000_000, Unit::Picosecond)],
        Unit::Nanosecond => &[(1_000, Unit::Picosecond), (1_000_000, Unit::Femtosecond)],
        Unit::Picosecond => &[(1_000, Unit::Femtosecond), (1_000_000, Unit::Attosecond)],
        Unit::Femtosecond => &[(1_000, Unit::Attosecond)],
        Unit::Attosecond | Unit::Generic => &[],
    }
}

fn divide(unit: Unit, multiple: i32, divisor: i32) -> Result<TimeUnit, &'static str> {
    match divisor {
        0 => return Err("the divisor of a unit is zero"),
        1 => return Ok(TimeUnit::new(unit, multiple)),
        _ => {}
    }
    let &(count, finer) = finer(unit)
        .iter()
        .find(|(count, _)| count.checked_rem(divisor) == Some(0))
        .ok_or("the divisor does not divide the unit into whole finer units")?;
    count
        .checked_div(divisor)
        .and_then(|count| multiple.checked_mul(count))
        .filter(|&multiple| multiple >= 0)
        .map(|multiple| TimeUnit::new(finer, multiple))
        .ok_or("the divisor makes the multiple of the unit negative or larger than 2147483647")
}

/// What NumPy writes between the brackets: `25s`, `ns`, or `generic` for no unit.
impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unit(), self.multiple()) {
            (Unit::Generic, _) => f.pad(Unit::Generic.as_str()),
            (unit, 1) => f.pad(unit.as_str()),
            (unit, multiple) => write!(f, "{multiple}{}", unit.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_unit(text: &str) -> Option<TimeUnit> {
        all_consuming(unit).parse(text).ok().map(|(_, unit)| unit)
    }

    // Each expectation is what NumPy 2.4.6 makes of 'M8' and the text.
    #[test]
    fn units_as_numpy_reads_them() {
        for (text, unit, multiple) in [
            ("", Unit::Generic, 1),
            ("[generic]", Unit::Generic, 1),
            ("[5generic]", Unit::Generic, 5),
            ("[generic/1]", Unit::Generic, 1),
            ("[Y]", Unit::Year, 1),
            ("[M]", Unit::Month, 1),
            ("[W]", Unit::Week, 1),
            ("[D]", Unit::Day, 1),
            ("[h]", Unit::Hour, 1),
            ("[m]", Unit::Minute, 1),
            ("[s]", Unit::Second, 1),
            ("[ms]", Unit::Millisecond, 1),
            ("[us]", Unit::Microsecond, 1),
            ("[\u{3bc}s]", Unit::Microsecond, 1),
            ("[ns]", Unit::Nanosecond, 1),
            ("[ps]", Unit::Picosecond, 1),
            ("[fs]", Unit::Femtosecond, 1),
            ("[as]", Unit::Attosecond, 1),
            ("[0s]", Unit::Second, 0),
            ("[-0s]", Unit::Second, 0),
            ("[+5s]", Unit::Second, 5),
            ("[ 5s]", Unit::Second, 5),
            ("[\n3M]", Unit::Month, 3),
            ("[007us]", Unit::Microsecond, 7),
            ("[2147483647s]", Unit::Second, i32::MAX),
            ("[s/1000]", Unit::Millisecond, 1),
            ("[s/ +0500]", Unit::Millisecond, 2),
            ("[s/4294967306]", Unit::Millisecond, 100),
            ("[Y/12]", Unit::Month, 1),
            ("[7Y/12]", Unit::Month, 7),
            ("[Y/5]", Unit::Day, 73),
            ("[5D/24]", Unit::Hour, 5),
            ("[W/7]", Unit::Day, 1),
            ("[ps/1000000]", Unit::Attosecond, 1),
            ("[fs/500]", Unit::Attosecond, 2),
            ("[0Y/-12]", Unit::Month, 0),
        ] {
            assert_eq!(parse_unit(text), Some(TimeUnit::new(unit, multiple)), "{text}");
        }
    }

    #[test]
    fn units_that_numpy_refuses() {
        for text in [
            "[]",
            "[ ]",
            "[s",
            "s]",
            "]",
            "[",
            " [s]",
            "[s] ",
            "[s]]",
            "[s][s]",
            "[ s]",
            "[s ]",
            "[5 s]",
            "[-1s]",
            "[5]",
            "[2147483648s]",
            "[99999999999999999999s]",
            "[B]",
            "[S]",
            "[\u{b5}s]",
            "[s\0]",
            "[Generic]",
            "[s/]",
            "[/5]",
            "[5/5]",
            "[s/x]",
            "[s/5 ]",
            "[s/5/5]",
            "[s/3]",
            "[M/7]",
            "[m/7]",
            "[as/2]",
            "[fs/1000000]",
            "[generic/2]",
        ] {
            assert!(parse_unit(text).is_none(), "{text}");
        }
    }

    // NumPy dies of the first three, and reads the others as no datetime can be meant.
    #[test]
    fn units_that_only_numpy_accepts() {
        for text in [
            "[s/0]",
            "[Y/-0]",
            "[s/4294967296]",
            "[W/1000000]",
            "[Y/-12]",
            "[s/99999999999999999999]",
            "[357913942Y/2]",
            "[1000000000s/2]",
        ] {
            assert!(parse_unit(text).is_none(), "{text}");
        }
    }

    #[test]
    fn units_as_numpy_shows_them() {
        assert_eq!(TimeUnit::new(Unit::Second, 25).to_string(), "25s");
        assert_eq!(TimeUnit::new(Unit::Second, 0).to_string(), "0s");
        assert_eq!(TimeUnit::new(Unit::Nanosecond, 1).to_string(), "ns");
        assert_eq!(TimeUnit::GENERIC.to_string(), "generic");
        assert_eq!(TimeUnit::new(Unit::Generic, 5).to_string(), "generic");
    }
}

//! Datetimes and timedeltas.

use std::fmt::Write;

use super::integer::low_first;
use crate::{ByteOrder, Scalar, TimeUnit, Unit};

/// A count of units; `None` is NaT.
fn count(item: &[u8], order: ByteOrder) -> Option<i64> {
    let count = i64::from_le_bytes(low_first(item, order));
    (count != i64::MIN).then_some(count)
}

/// The columns that the items take: as many as the texts of the largest and smallest count, and of NaT.
///
/// Source: arrayprint.py, `_TimelikeFormat`; a count between may have a longer text, and sticks out.
fn width(items: &[&[u8]], order: ByteOrder, len: impl Fn(i64) -> usize) -> usize {
    let counts = || items.iter().filter_map(|item| count(item, order));
    let widest = counts().max().map_or(0, &len).max(counts().min().map_or(0, &len));
    if counts().count() < items.len() { widest.max(NAT.len()) } else { widest }
}

const NAT: &str = "'NaT'";

/// Datetimes: ISO 8601 in quotes.
pub(super) struct DateFormat {
    order: ByteOrder,
    unit: TimeUnit,
    width: usize,
}

impl DateFormat {
    pub(super) fn new(scalar: Scalar, unit: TimeUnit, items: &[&[u8]]) -> Self {
        let order = scalar.byte_order();
        let len = |count| date(count, unit).len() + 2;
        Self { order, unit, width: width(items, order, len) }
    }

    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        let text = match count(item, self.order) {
            Some(count) => format!("'{}'", date(count, self.unit)),
            None => NAT.to_string(),
        };
        // Writing to a String cannot go wrong.
        _ = write!(out, "{text:>width$}", width = self.width);
    }
}

/// Timedeltas: bare counts, whatever the unit.
pub(super) struct DeltaFormat {
    order: ByteOrder,
    width: usize,
}

impl DeltaFormat {
    pub(super) fn new(scalar: Scalar, items: &[&[u8]]) -> Self {
        let order = scalar.byte_order();
        Self { order, width: width(items, order, |count| count.to_string().len()) }
    }

    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        let width = self.width;
        _ = match count(item, self.order) {
            Some(count) => write!(out, "{count:>width$}"),
            None => write!(out, "{NAT:>width$}"),
        };
    }
}

/// The datetime of a 0-d array.
pub(super) fn write_lone_date(out: &mut String, unit: TimeUnit, item: &[u8], order: ByteOrder) {
    match count(item, order) {
        Some(count) => out.push_str(&date(count, unit)),
        None => out.push_str("NaT"),
    }
}

/// The timedelta of a 0-d array, in words.
///
/// Source: numpy/_core/src/multiarray/scalartypes.c.src, `timedeltatype_str`. A product beyond 64 bits is
/// written as it is; NumPy's wraps around.
pub(super) fn write_lone_delta(out: &mut String, unit: TimeUnit, item: &[u8], order: ByteOrder) {
    let Some(count) = count(item, order) else {
        out.push_str("NaT");
        return;
    };
    let units = match unit.unit() {
        Unit::Year => "years",
        Unit::Month => "months",
        Unit::Week => "weeks",
        Unit::Day => "days",
        Unit::Hour => "hours",
        Unit::Minute => "minutes",
        Unit::Second => "seconds",
        Unit::Millisecond => "milliseconds",
        Unit::Microsecond => "microseconds",
        Unit::Nanosecond => "nanoseconds",
        Unit::Picosecond => "picoseconds",
        Unit::Femtosecond => "femtoseconds",
        Unit::Attosecond => "attoseconds",
        Unit::Generic => "generic time units",
    };
    _ = write!(out, "{} {units}", i128::from(count) * i128::from(unit.multiple()));
}

/// ISO 8601 down to the unit, in the proleptic Gregorian calendar; years have four digits or more.
///
/// 64 bits of any unit times 31 bits of multiple stay far below the 127 bits of the arithmetic. A count
/// without a unit, for which NumPy has no text, is written bare.
fn date(count: i64, unit: TimeUnit) -> String {
    let count = i128::from(count) * i128::from(unit.multiple());
    match unit.unit() {
        Unit::Generic => count.to_string(),
        Unit::Year => format!("{:04}", 1970 + count),
        Unit::Month => format!("{:04}-{:02}", 1970 + count.div_euclid(12), 1 + count.rem_euclid(12)),
        Unit::Week => day(count * 7),
        Unit::Day => day(count),
        Unit::Hour => format!("{}T{:02}", day(count.div_euclid(24)), count.rem_euclid(24)),
        Unit::Minute => minute(count),
        Unit::Second => second(count),
        Unit::Millisecond => fraction(count, 3),
        Unit::Microsecond => fraction(count, 6),
        Unit::Nanosecond => fraction(count, 9),
        Unit::Picosecond => fraction(count, 12),
        Unit::Femtosecond => fraction(count, 15),
        Unit::Attosecond => fraction(count, 18),
    }
}

fn fraction(count: i128, digits: usize) -> String {
    let per_second = (0..digits).fold(1, |power: i128, _| power * 10);
    format!("{}.{:0digits$}", second(count.div_euclid(per_second)), count.rem_euclid(per_second))
}

fn second(count: i128) -> String {
    format!("{}:{:02}", minute(count.div_euclid(60)), count.rem_euclid(60))
}

fn minute(count: i128) -> String {
    let (days, minute) = (count.div_euclid(24 * 60), count.rem_euclid(24 * 60));
    format!("{}T{:02}:{:02}", day(days), minute / 60, minute % 60)
}

/// The date that many days after 1970-01-01.
///
/// Years are counted from March, so that the day that some have more is their last.
fn day(days: i128) -> String {
    const DAYS_IN_400_YEARS: i128 = 146_097;
    const FROM_MARCH_OF_YEAR_0: i128 = 719_468;
    let days = days + FROM_MARCH_OF_YEAR_0;
    let (era, day) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    // Without the leap days before it, a day's number tells its year: one day in every 4 years, none in
    // every 100th, one more at the end of the 400.
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // March to July have 153 days, and so have August to December.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

//! Times as those of the jiff crate.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{DateTime64, TimeDelta64};
use crate::dtype::{TimeUnit, Unit};
use crate::error::{Error, MismatchProblem, Result};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const EPOCH_YEAR: i64 = 1970;
const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Nanoseconds of a unit as a fraction, where it is always as long.
fn nanoseconds(unit: TimeUnit) -> Option<(i128, i128)> {
    let (numerator, denominator) = match unit.unit() {
        Unit::Year | Unit::Month | Unit::Generic => return None,
        Unit::Week => (7 * 86_400 * NANOS_PER_SECOND, 1),
        Unit::Day => (86_400 * NANOS_PER_SECOND, 1),
        Unit::Hour => (3_600 * NANOS_PER_SECOND, 1),
        Unit::Minute => (60 * NANOS_PER_SECOND, 1),
        Unit::Second => (NANOS_PER_SECOND, 1),
        Unit::Millisecond => (1_000_000, 1),
        Unit::Microsecond => (1_000, 1),
        Unit::Nanosecond => (1, 1),
        Unit::Picosecond => (1, 1_000),
        Unit::Femtosecond => (1, 1_000_000),
        Unit::Attosecond => (1, 1_000_000_000),
    };
    // Nobody counts by none of a unit.
    (unit.multiple() > 0).then(|| (numerator * i128::from(unit.multiple()), denominator))
}

/// Whole nanoseconds of a count, rounded down.
fn to_nanoseconds(count: i64, unit: TimeUnit) -> Option<i128> {
    let (numerator, denominator) = nanoseconds(unit)?;
    Some(i128::from(count).checked_mul(numerator)?.div_euclid(denominator))
}

/// Whole counts of nanoseconds, rounded down. [`i64::MIN`] is NaT.
fn to_count(nanoseconds_of_it: i128, unit: TimeUnit) -> Option<i64> {
    let (numerator, denominator) = nanoseconds(unit)?;
    let count = nanoseconds_of_it.checked_mul(denominator)?.div_euclid(numerator);
    i64::try_from(count).ok().filter(|&count| count != i64::MIN)
}

fn duration(nanoseconds: i128) -> Option<SignedDuration> {
    let seconds = i64::try_from(nanoseconds.div_euclid(NANOS_PER_SECOND)).ok()?;
    // Less than a second.
    Some(SignedDuration::new(seconds, nanoseconds.rem_euclid(NANOS_PER_SECOND) as i32))
}

/// The day on which so many months after the epoch begin.
fn month(months: i64) -> Option<Date> {
    let year = i16::try_from(EPOCH_YEAR.checked_add(months.div_euclid(12))?).ok()?;
    // Less than twelve.
    Date::new(year, months.rem_euclid(12) as i8 + 1, 1).ok()
}

/// Months of a calendar unit.
fn months(unit: TimeUnit) -> Option<i64> {
    let months = match unit.unit() {
        Unit::Year => 12,
        Unit::Month => 1,
        _ => return None,
    };
    (unit.multiple() > 0).then(|| months * i64::from(unit.multiple()))
}

fn does_not_fit(found: impl std::fmt::Display, wanted: impl Into<String>) -> Error {
    MismatchProblem::Time { found: found.to_string(), wanted: wanted.into() }.into()
}

/// A count and its unit, for messages.
fn counted(count: i64, kind: &str, unit: TimeUnit) -> String {
    format!("{count} in {kind}[{unit}]")
}

impl DateTime64 {
    /// The date and time of day of a count of that unit, without a time zone; `None` for NaT. What is finer than a
    /// nanosecond is rounded down.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for years beyond 9999 before and after year 0, and without a unit.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DateTime64, TimeUnit, Unit};
    ///
    /// let days = TimeUnit::new(Unit::Day, 1);
    /// let date = DateTime64::new(20_000).to_datetime(days)?.unwrap();
    /// assert_eq!(date, npymap::jiff::civil::date(2024, 10, 4).at(0, 0, 0, 0));
    /// assert_eq!(DateTime64::from_datetime(date, days)?, DateTime64::new(20_000));
    /// assert_eq!(DateTime64::NAT.to_datetime(days)?, None);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn to_datetime(self, unit: TimeUnit) -> Result<Option<DateTime>> {
        let Some(count) = self.count() else { return Ok(None) };
        let found = match months(unit) {
            Some(months) => count.checked_mul(months).and_then(month).map(|date| date.at(0, 0, 0, 0)),
            None => to_nanoseconds(count, unit)
                .and_then(duration)
                .and_then(|duration| EPOCH.checked_add(duration).ok()),
        };
        found
            .map(Some)
            .ok_or_else(|| does_not_fit(counted(count, "datetime64", unit), "jiff::civil::DateTime"))
    }

    /// The point in time of a count of that unit, taken as UTC as NumPy does; `None` for NaT. What is finer than a
    /// nanosecond is rounded down.
    ///
    /// # Errors
    /// As [`DateTime64::to_datetime`].
    pub fn to_timestamp(self, unit: TimeUnit) -> Result<Option<Timestamp>> {
        let Some(datetime) = self.to_datetime(unit)? else { return Ok(None) };
        let found = Offset::UTC.to_timestamp(datetime);
        found.map(Some).map_err(|_| does_not_fit(datetime, "jiff::Timestamp"))
    }

    /// The count of that unit which a date and time of day is, rounded down as NumPy does.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the count is too large, and without a unit.
    pub fn from_datetime(datetime: DateTime, unit: TimeUnit) -> Result<Self> {
        let found = match months(unit) {
            Some(months) => {
                let date = datetime.date();
                let since = (i64::from(date.year()) - EPOCH_YEAR) * 12 + i64::from(date.month()) - 1;
                Some(since.div_euclid(months))
            }
            None => to_count(datetime.duration_since(EPOCH).as_nanos(), unit),
        };
        found.map(Self::new).ok_or_else(|| does_not_fit(datetime, format!("datetime64[{unit}]")))
    }

    /// The count of that unit which a point in time is in UTC, rounded down as NumPy does.
    ///
    /// # Errors
    /// As [`DateTime64::from_datetime`].
    pub fn from_timestamp(timestamp: Timestamp, unit: TimeUnit) -> Result<Self> {
        Self::from_datetime(Offset::UTC.to_datetime(timestamp), unit)
    }
}

impl TimeDelta64 {
    /// The length of a count of that unit; `None` for NaT. What is finer than a nanosecond is rounded down.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where it is too long, and for years, months and no unit, which have no length.
    ///
    /// # Examples
    /// ```
    /// use npymap::jiff::SignedDuration;
    /// use npymap::{TimeDelta64, TimeUnit, Unit};
    ///
    /// let unit = TimeUnit::new(Unit::Millisecond, 25);
    /// assert_eq!(TimeDelta64::new(-2).to_duration(unit)?, Some(SignedDuration::from_millis(-50)));
    /// assert_eq!(TimeDelta64::from_duration(SignedDuration::from_secs(1), unit)?, TimeDelta64::new(40));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn to_duration(self, unit: TimeUnit) -> Result<Option<SignedDuration>> {
        let Some(count) = self.count() else { return Ok(None) };
        let found = to_nanoseconds(count, unit).and_then(duration);
        found
            .map(Some)
            .ok_or_else(|| does_not_fit(counted(count, "timedelta64", unit), "jiff::SignedDuration"))
    }

    /// The count of that unit which a length of time is, rounded down.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the count is too large, and for years, months and no unit, which have no length.
    pub fn from_duration(duration: SignedDuration, unit: TimeUnit) -> Result<Self> {
        let found = to_count(duration.as_nanos(), unit);
        found.map(Self::new).ok_or_else(|| does_not_fit(duration, format!("timedelta64[{unit}]")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIXED: [Unit; 8] = [
        Unit::Week,
        Unit::Day,
        Unit::Hour,
        Unit::Minute,
        Unit::Second,
        Unit::Millisecond,
        Unit::Microsecond,
        Unit::Nanosecond,
    ];

    fn any_unit() -> impl Strategy<Value = TimeUnit> {
        let units = FIXED.into_iter().chain([Unit::Year, Unit::Month]).collect::<Vec<_>>();
        (prop::sample::select(units), prop_oneof![Just(1), 1..100])
            .prop_map(|(unit, multiple)| TimeUnit::new(unit, multiple))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn times_come_back_and_read_as_numpy_prints_them(count in any::<i64>(), shift in 0u32..63, unit in any_unit()) {
            let time = DateTime64::new(count >> shift);
            if let Ok(Some(datetime)) = time.to_datetime(unit) {
                prop_assert_eq!(DateTime64::from_datetime(datetime, unit).unwrap(), time);
                // The same text, but for the places that NumPy leaves out or fills up, and negative years.
                let text = time.display(unit).to_string();
                if datetime.year() >= 0 {
                    prop_assert!(datetime.to_string().starts_with(text.trim_end_matches('0').trim_end_matches('.')), "{datetime} {text}");
                }
                if let Ok(Some(timestamp)) = time.to_timestamp(unit) {
                    prop_assert_eq!(DateTime64::from_timestamp(timestamp, unit).unwrap(), time);
                }
            }
            let delta = TimeDelta64::new(count >> shift);
            match delta.to_duration(unit) {
                Ok(Some(duration)) => prop_assert_eq!(TimeDelta64::from_duration(duration, unit).unwrap(), delta),
                Ok(None) => prop_assert!(delta.is_nat()),
                Err(_) => {}
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_says_so() {
        let years = TimeUnit::new(Unit::Year, 1);
        assert_eq!(
            DateTime64::new(20_000).to_datetime(years).unwrap_err().to_string(),
            "20000 in datetime64[Y] does not fit jiff::civil::DateTime"
        );
        assert_eq!(
            TimeDelta64::new(1).to_duration(years).unwrap_err().to_string(),
            "1 in timedelta64[Y] does not fit jiff::SignedDuration"
        );
        let attoseconds = TimeUnit::new(Unit::Attosecond, 1);
        assert_eq!(
            DateTime64::from_datetime(EPOCH.with().year(1980).build().unwrap(), attoseconds)
                .unwrap_err()
                .to_string(),
            "1980-01-01T00:00:00 does not fit datetime64[as]"
        );
        assert!(DateTime64::new(1).to_timestamp(TimeUnit::GENERIC).is_err());
        assert!(DateTime64::new(1).to_timestamp(TimeUnit::new(Unit::Day, 0)).is_err());
        assert!(DateTime64::new(i64::MAX).to_datetime(TimeUnit::new(Unit::Week, i32::MAX)).is_err());
        assert!(DateTime64::new(i64::MAX).to_datetime(TimeUnit::new(Unit::Year, i32::MAX)).is_err());
        assert_eq!(DateTime64::NAT.to_timestamp(years).unwrap(), None);
        assert_eq!(TimeDelta64::NAT.to_duration(years).unwrap(), None);
    }

    #[test]
    fn counts_are_rounded_down() {
        let seconds = TimeUnit::new(Unit::Second, 25);
        let before = EPOCH.checked_sub(SignedDuration::from_millis(1)).unwrap();
        assert_eq!(DateTime64::from_datetime(before, seconds).unwrap(), DateTime64::new(-1));
        assert_eq!(
            DateTime64::from_datetime(before, TimeUnit::new(Unit::Year, 10)).unwrap(),
            DateTime64::new(-1)
        );
        let attoseconds = TimeUnit::new(Unit::Attosecond, 1);
        assert_eq!(
            DateTime64::new(-1).to_datetime(attoseconds).unwrap(),
            EPOCH.checked_sub(SignedDuration::from_nanos(1)).ok()
        );
    }
}

//! Counts of one unit of time as those of another.

use npymap::{Kind, TimeUnit, Unit};

/// A count times `up`, divided by `down`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    up: i128,
    down: i128,
}

const NAT: i128 = i64::MIN as i128;

impl Scale {
    /// `None` between datetimes and timedeltas, and where the length of the unit is not fixed: of years and months in
    /// days.
    pub(super) fn new(from: Kind, to: Kind) -> Option<Self> {
        let (from, to) = match (from, to) {
            (Kind::DateTime64(from), Kind::DateTime64(to))
            | (Kind::TimeDelta64(from), Kind::TimeDelta64(to)) => (from, to),
            _ => return None,
        };
        let ((from_months, from_len), (to_months, to_len)) = (len(from)?, len(to)?);
        if from_months != to_months || to_len == 0 {
            return None;
        }
        let common = gcd(from_len, to_len).max(1);
        Some(Self { up: from_len / common, down: to_len / common })
    }

    /// The count in the other unit, rounded down, and whether it is the very same time.
    pub(super) fn apply(self, count: i128) -> (i128, bool) {
        if count == NAT {
            return (NAT, true);
        }
        let Some(product) = count.checked_mul(self.up) else { return (NAT, false) };
        let scaled = product.div_euclid(self.down);
        let fits = i64::try_from(scaled).is_ok() && scaled != NAT;
        (if fits { scaled } else { NAT }, fits && product.rem_euclid(self.down) == 0)
    }
}

/// Whether it counts months, and how many months or attoseconds one count has.
fn len(unit: TimeUnit) -> Option<(bool, i128)> {
    const SECOND: i128 = 1_000_000_000_000_000_000;
    let (months, len) = match unit.unit() {
        Unit::Year => (true, 12),
        Unit::Month => (true, 1),
        Unit::Week => (false, 7 * 86400 * SECOND),
        Unit::Day => (false, 86400 * SECOND),
        Unit::Hour => (false, 3600 * SECOND),
        Unit::Minute => (false, 60 * SECOND),
        Unit::Second => (false, SECOND),
        Unit::Millisecond => (false, SECOND / 1000),
        Unit::Microsecond => (false, SECOND / 1_000_000),
        Unit::Nanosecond => (false, SECOND / 1_000_000_000),
        Unit::Picosecond => (false, 1_000_000),
        Unit::Femtosecond => (false, 1000),
        Unit::Attosecond => (false, 1),
        _ => return None,
    };
    Some((months, len * i128::from(unit.multiple())))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_scaled() {
        let scale = |from: &str, to: &str| {
            let kind = |text: &str| match text.parse().unwrap() {
                npymap::DType::Scalar(scalar) => scalar.kind(),
                other => panic!("{other}"),
            };
            Scale::new(kind(from), kind(to))
        };
        let seconds = scale("M8[s]", "M8[ms]").unwrap();
        assert_eq!(seconds.apply(-3), (-3000, true));
        assert_eq!(seconds.apply(NAT), (NAT, true));
        assert_eq!(seconds.apply(i128::from(i64::MAX)), (NAT, false));
        let back = scale("m8[ms]", "m8[s]").unwrap();
        assert_eq!((back.apply(-3000), back.apply(-1)), ((-3, true), (-1, false)));
        assert_eq!(scale("M8[25s]", "M8[10s]").unwrap().apply(2), (5, true));
        assert_eq!(scale("M8[Y]", "M8[M]").unwrap().apply(2), (24, true));
        assert_eq!(scale("M8[Y]", "M8[D]"), None);
        assert_eq!(scale("M8[s]", "m8[s]"), None);
    }
}

//! Datetimes and timedeltas: counts of a unit that the dtype tells.
#![allow(unsafe_code, reason = "implementations of unsafe traits; there is no unsafe block here")]

#[cfg(feature = "jiff")]
mod jiff;

use std::cmp::Ordering;
use std::fmt;

use super::{Element, scalar_of};
use crate::dtype::{DType, Kind, Scalar, TimeUnit};
use crate::print;

/// NumPy's `datetime64`: a count of the dtype's unit since 1970-01-01T00:00, or NaT.
///
/// An array of them is the counts as they stand in the file. The unit belongs to the array, as in NumPy, and
/// stands in the header: [`DateTime64::display`] takes it from there, and [`save_as`](crate::save_as) or a
/// [`Header`](crate::Header) puts it there. [`save`](crate::save), which knows none, writes NumPy's unit-less `<M8`.
///
/// # Examples
/// ```
/// use npymap::{DateTime64, Kind, NpyFile};
///
/// let file = NpyFile::open("testdata/numpy-2.4/M8-D-le.npy")?;
/// let unit = file.header().dtype.time_unit().unwrap();
/// let days: Vec<DateTime64> = file.read_vec()?;
/// assert_eq!(days[1].count(), Some(0));
/// assert_eq!(days[1].display(unit).to_string(), "1970-01-01");
/// assert_eq!(DateTime64::NAT.display(unit).to_string(), "NaT");
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct DateTime64(i64);

/// NumPy's `timedelta64`: a count of the dtype's unit, or NaT.
///
/// As with [`DateTime64`], the unit belongs to the array.
///
/// # Examples
/// ```
/// use npymap::{TimeDelta64, TimeUnit, Unit};
///
/// let unit = TimeUnit::new(Unit::Millisecond, 7);
/// assert_eq!(TimeDelta64::new(3).display(unit).to_string(), "21 milliseconds");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct TimeDelta64(i64);

macro_rules! times {
    ($name:ident, $kind:ident, $write:ident) => {
        // SAFETY: 64 bits, any of which are valid.
        unsafe impl Element for $name {
            fn dtype() -> DType {
                const SCALAR: Scalar = scalar_of(Kind::$kind(TimeUnit::GENERIC), size_of::<i64>());
                DType::Scalar(SCALAR)
            }
        }

        // SAFETY: the one field is a `Zeroable`.
        unsafe impl bytemuck::Zeroable for $name {}
        // SAFETY: the one field is a `Pod`, and the layout is its own.
        unsafe impl bytemuck::Pod for $name {}

        impl $name {
            /// Not a time: what NumPy has for a time that is missing.
            pub const NAT: Self = Self(i64::MIN);

            /// That many of the unit. [`i64::MIN`] is NaT.
            pub const fn new(count: i64) -> Self {
                Self(count)
            }

            /// How many of the unit, or `None` for NaT.
            pub const fn count(self) -> Option<i64> {
                if self.is_nat() { None } else { Some(self.0) }
            }

            /// Whether it is not a time.
            pub const fn is_nat(self) -> bool {
                self.0 == i64::MIN
            }

            /// The text that Python's `str` gives for it in that unit.
            pub fn display(self, unit: TimeUnit) -> impl fmt::Display + fmt::Debug {
                print::$write(unit, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.count() {
                    Some(count) => write!(f, concat!(stringify!($name), "({})"), count),
                    None => f.write_str(concat!(stringify!($name), "(NaT)")),
                }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        /// By the count, and NaT last, as NumPy sorts. NaT equals itself here, so that times can be sorted and looked up.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                (self.is_nat(), self.0).cmp(&(other.is_nat(), other.0))
            }
        }
    };
}

times!(DateTime64, DateTime64, date_text);
times!(TimeDelta64, TimeDelta64, delta_text);

impl DType {
    /// The unit of datetimes and timedeltas, also of those in a subarray; `None` of any other dtype.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Unit};
    ///
    /// let dtype: DType = "<M8[25s]".parse()?;
    /// assert_eq!(dtype.time_unit().map(|unit| (unit.multiple(), unit.unit())), Some((25, Unit::Second)));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn time_unit(&self) -> Option<TimeUnit> {
        match self.flattened().1 {
            Self::Scalar(scalar) => match scalar.kind() {
                Kind::DateTime64(unit) | Kind::TimeDelta64(unit) => Some(unit),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nat_is_last_and_equal_to_itself() {
        let mut times = [DateTime64::NAT, DateTime64::new(5), DateTime64::new(-7)];
        times.sort();
        assert_eq!(format!("{times:?}"), "[DateTime64(-7), DateTime64(5), DateTime64(NaT)]");
        assert_eq!(TimeDelta64::NAT, TimeDelta64::new(i64::MIN));
        assert_eq!(TimeDelta64::NAT.count(), None);
    }
}

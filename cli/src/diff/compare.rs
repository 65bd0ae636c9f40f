//! When two scalars count as equal: NumPy's `==` and, with tolerances, its `isclose`.

use npymap::half::f16;
use npymap::{ByteOrder, Kind, Scalar};

use crate::number::{self, Sort};

/// What is left of a difference unnoticed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tolerance {
    /// Relative and absolute; `None` is equality to the last bit of the value.
    pub(crate) close: Option<(f64, f64)>,
    /// Whether NaN is like NaN, and NaT like NaT.
    pub(crate) equal_nan: bool,
}

/// How the scalars of two dtypes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Wholes,
    Times,
    Reals(Precision),
    Complexes(Precision),
    Bytes,
    Characters,
    Raw,
}

/// What NumPy computes with: that of the difference, and that of the tolerance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Precision {
    difference: Float,
    tolerance: Float,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Float {
    Half,
    Single,
    Double,
}

impl Float {
    fn round(self, value: f64) -> f64 {
        match self {
            Self::Half => f16::from_f64(value).to_f64(),
            Self::Single => f64::from(value as f32),
            Self::Double => value,
        }
    }
}

/// Compares scalars of two dtypes.
#[derive(Debug)]
pub(crate) struct Comparison {
    rule: Rule,
    scalars: (Scalar, Scalar),
    tolerance: Tolerance,
    reals: (Vec<f64>, Vec<f64>),
    wholes: (Vec<i128>, Vec<i128>),
}

/// How far two numbers are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Distance {
    Whole(i128),
    Real(f64),
    /// Of what is no number.
    None,
}

impl Distance {
    pub(crate) fn is_more_than(self, other: Self) -> bool {
        self.as_real() > other.as_real()
    }

    fn as_real(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) if !real.is_nan() => real,
            Self::Real(_) | Self::None => -1.0,
        }
    }
}

impl Comparison {
    /// `None` where NumPy does not compare such scalars, or finds them different whatever they are.
    pub(crate) fn new(a: &Scalar, b: &Scalar, tolerance: Tolerance) -> Option<Self> {
        let sorts = (Sort::of(a), Sort::of(b));
        let rule = match sorts {
            (Sort::Whole, Sort::Whole) if tolerance.close.is_none() => Rule::Wholes,
            (Sort::Time, Sort::Time) if a.kind() == b.kind() => Rule::Times,
            (Sort::Time, _) | (_, Sort::Time) => return None,
            (Sort::Bytes, Sort::Bytes) => match (a.kind(), b.kind()) {
                (Kind::Bytes, Kind::Bytes) => Rule::Bytes,
                (Kind::Unicode, Kind::Unicode) => Rule::Characters,
                (Kind::Void, Kind::Void) if a.itemsize() == b.itemsize() => Rule::Raw,
                _ => return None,
            },
            (Sort::Bytes, _) | (_, Sort::Bytes) => return None,
            (Sort::Complex, _) | (_, Sort::Complex) => Rule::Complexes(precision(a, b)),
            _ => Rule::Reals(precision(a, b)),
        };
        let (reals, wholes) = Default::default();
        Some(Self { rule, scalars: (*a, *b), tolerance, reals, wholes })
    }

    /// Calls `differ` with the number of each pair that differs, and how far.
    pub(crate) fn run(&mut self, a: &[u8], b: &[u8], mut differ: impl FnMut(usize, Distance)) {
        let (first, second) = self.scalars;
        match self.rule {
            Rule::Wholes | Rule::Times => {
                self.wholes.0.clear();
                self.wholes.1.clear();
                number::wholes(&first, a, &mut self.wholes.0);
                number::wholes(&second, b, &mut self.wholes.1);
                let nat =
                    (self.rule == Rule::Times && !self.tolerance.equal_nan).then_some(i128::from(i64::MIN));
                for (index, (a, b)) in self.wholes.0.iter().zip(&self.wholes.1).enumerate() {
                    if a != b || Some(*a) == nat {
                        differ(index, Distance::Whole((a - b).abs()));
                    }
                }
            }
            Rule::Reals(precision) => {
                self.read_reals(a, b);
                for (index, (&a, &b)) in self.reals.0.iter().zip(&self.reals.1).enumerate() {
                    let distance = precision.difference.round((a - b).abs());
                    if a != b && !self.is_close(distance, b.abs(), precision) && !self.both_nan(a, b) {
                        differ(index, Distance::Real(distance));
                    }
                }
            }
            Rule::Complexes(precision) => {
                self.read_reals(a, b);
                let pair = |numbers: &[f64], sort, index: usize| match sort {
                    Sort::Complex => (numbers[2 * index], numbers[2 * index + 1]),
                    _ => (numbers[index], 0.0),
                };
                for index in 0..a.len() / first.itemsize() {
                    let a = pair(&self.reals.0, Sort::of(&first), index);
                    let b = pair(&self.reals.1, Sort::of(&second), index);
                    let round = |value| precision.difference.round(value);
                    let distance = round(round(a.0 - b.0).hypot(round(a.1 - b.1)));
                    let modulus = precision.tolerance.round(b.0.hypot(b.1));
                    let finite = b.0.is_finite() && b.1.is_finite();
                    let close = finite && self.is_close(distance, modulus, precision);
                    let nan = |number: (f64, f64)| number.0.is_nan() || number.1.is_nan();
                    if a != b && !close && !(self.tolerance.equal_nan && nan(a) && nan(b)) {
                        differ(index, Distance::Real(distance));
                    }
                }
            }
            Rule::Raw => {
                let pairs = a.chunks_exact(first.itemsize()).zip(b.chunks_exact(second.itemsize()));
                for (index, (a, b)) in pairs.enumerate() {
                    if a != b {
                        differ(index, Distance::None);
                    }
                }
            }
            Rule::Bytes => {
                let pairs = a.chunks_exact(first.itemsize()).zip(b.chunks_exact(second.itemsize()));
                for (index, (a, b)) in pairs.enumerate() {
                    if trimmed(a) != trimmed(b) {
                        differ(index, Distance::None);
                    }
                }
            }
            Rule::Characters => {
                let pairs = a.chunks_exact(first.itemsize()).zip(b.chunks_exact(second.itemsize()));
                for (index, (a, b)) in pairs.enumerate() {
                    let (a, b) = (characters(a, first.byte_order()), characters(b, second.byte_order()));
                    if !a.eq(b) {
                        differ(index, Distance::None);
                    }
                }
            }
        }
    }

    fn read_reals(&mut self, a: &[u8], b: &[u8]) {
        self.reals.0.clear();
        self.reals.1.clear();
        number::reals(&self.scalars.0, a, &mut self.reals.0);
        number::reals(&self.scalars.1, b, &mut self.reals.1);
    }

    /// Source: numpy/_core/numeric.py, `isclose`.
    fn is_close(&self, distance: f64, modulus: f64, precision: Precision) -> bool {
        let Some((relative, absolute)) = self.tolerance.close else { return false };
        let round = |value| precision.tolerance.round(value);
        modulus.is_finite() && distance <= round(round(absolute) + round(round(relative) * modulus))
    }

    fn both_nan(&self, a: f64, b: f64) -> bool {
        self.tolerance.equal_nan && a.is_nan() && b.is_nan()
    }
}

/// Whole numbers become doubles on the right side, and what their width asks for on the left.
fn precision(a: &Scalar, b: &Scalar) -> Precision {
    let own = |scalar: &Scalar| match (scalar.kind(), scalar.itemsize()) {
        (Kind::Float, 2) => Some(Float::Half),
        (Kind::Float, 4) | (Kind::Complex, 8) => Some(Float::Single),
        (Kind::Float | Kind::Complex, _) => Some(Float::Double),
        _ => None,
    };
    let tolerance = own(b).unwrap_or(Float::Double);
    let least = own(a).unwrap_or(match (a.kind(), a.itemsize()) {
        (Kind::Bool, _) | (_, 1) => Float::Half,
        (_, 2) => Float::Single,
        _ => Float::Double,
    });
    Precision { difference: tolerance.max(least), tolerance }
}

/// Without the NULs at the end, which are not part of a text.
fn trimmed(text: &[u8]) -> &[u8] {
    let len = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    &text[..len]
}

fn characters(text: &[u8], order: ByteOrder) -> impl Iterator<Item = u32> + '_ {
    let (units, _) = text.as_chunks::<4>();
    let len = units.iter().rposition(|unit| *unit != [0; 4]).map_or(0, |last| last + 1);
    units[..len].iter().map(move |unit| match order {
        ByteOrder::Big => u32::from_be_bytes(*unit),
        _ => u32::from_le_bytes(*unit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(text: &str) -> Scalar {
        match text.parse().unwrap() {
            npymap::DType::Scalar(scalar) => scalar,
            other => panic!("{other}"),
        }
    }

    fn differing(
        a: (&str, &[u8]),
        b: (&str, &[u8]),
        close: Option<(f64, f64)>,
        equal_nan: bool,
    ) -> Vec<usize> {
        let tolerance = Tolerance { close, equal_nan };
        let mut comparison = Comparison::new(&scalar(a.0), &scalar(b.0), tolerance).unwrap();
        let mut found = Vec::new();
        comparison.run(a.1, b.1, |index, _| found.push(index));
        found
    }

    fn doubles(numbers: &[f64]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn equality_is_numpys() {
        let (a, b) =
            (doubles(&[1.0, f64::NAN, -0.0, f64::INFINITY]), doubles(&[1.0, f64::NAN, 0.0, f64::INFINITY]));
        assert_eq!(differing(("<f8", &a), ("<f8", &b), None, false), [1]);
        assert_eq!(differing(("<f8", &a), ("<f8", &b), None, true), Vec::<usize>::new());
        let wholes = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        assert_eq!(differing(("<i4", &wholes), (">i4", &wholes), None, false), [0, 2]);
        assert_eq!(differing(("S2", b"a\0bc"), ("S3", b"a\0\0bcd"), None, false), [1]);
        assert_eq!(
            differing(("<U1", b"a\0\0\0"), (">U2", b"\0\0\0a\0\0\0\0"), None, false),
            Vec::<usize>::new()
        );
        assert_eq!(
            Comparison::new(&scalar("<f8"), &scalar("S3"), Tolerance { close: None, equal_nan: false })
                .map(drop),
            None
        );
    }

    #[test]
    fn closeness_is_numpys() {
        let (a, b) = (doubles(&[1.0, 1.0, 0.0]), doubles(&[1.0 + 1e-6, 1.0 + 1e-4, 1e-9]));
        assert_eq!(differing(("<f8", &a), ("<f8", &b), Some((1e-5, 1e-8)), false), [1]);
        let (a, b) = (doubles(&[f64::INFINITY, 1.0]), doubles(&[-f64::INFINITY, f64::INFINITY]));
        assert_eq!(differing(("<f8", &a), ("<f8", &b), Some((1.0, 1.0)), false), [0, 1]);
    }

    #[test]
    fn times_that_are_none_are_like_nothing() {
        let nat = i64::MIN.to_le_bytes();
        assert_eq!(differing(("<M8[s]", &nat), ("<M8[s]", &nat), None, false), [0]);
        assert_eq!(differing(("<M8[s]", &nat), ("<M8[s]", &nat), None, true), Vec::<usize>::new());
    }
}

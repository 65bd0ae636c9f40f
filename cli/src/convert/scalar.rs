//! Scalars of one dtype as those of another, by value.

use npymap::half::f16;
use npymap::{ByteOrder, Kind, Scalar};

use super::time::Scale;
use crate::longdouble::LongDouble;
use crate::number::{self, Sort};

/// How scalars become others.
#[derive(Debug)]
pub(crate) struct ScalarCast {
    from: Scalar,
    to: Scalar,
    way: Way,
    wholes: Vec<i128>,
    reals: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    /// The same bytes but for their order.
    Turn,
    /// By whole numbers.
    Wholes,
    /// Whole numbers as long doubles, which hold them all.
    LongDoubles,
    /// By counts of units of time.
    Times(Scale),
    /// By reals: the parts of the source an element, and those of the target.
    Reals,
    /// Bytes, cut or padded with NULs.
    Bytes,
    /// Code units, cut or padded with NULs.
    Characters,
    /// ASCII between `S` and `U`.
    Ascii,
}

impl ScalarCast {
    /// `None` where there is no such cast.
    pub(super) fn new(from: &Scalar, to: &Scalar) -> Option<Self> {
        let way = match (Sort::of(from), Sort::of(to)) {
            _ if from.kind() == to.kind() && from.itemsize() == to.itemsize() => Way::Turn,
            (Sort::Time, Sort::Time) => Way::Times(Scale::new(from.kind(), to.kind())?),
            (Sort::Whole | Sort::Time, Sort::Whole) | (Sort::Whole, Sort::Time) => {
                match (from.kind(), to.kind()) {
                    // NumPy has no such casts either.
                    (Kind::Bool, Kind::DateTime64(_)) | (Kind::DateTime64(_), Kind::Bool) => return None,
                    _ => Way::Wholes,
                }
            }
            (Sort::Whole, Sort::Real) if to.itemsize() > 8 => Way::LongDoubles,
            (Sort::Whole | Sort::Real | Sort::Complex, Sort::Whole | Sort::Real | Sort::Complex) => {
                Way::Reals
            }
            (Sort::Bytes, Sort::Bytes) => match (from.kind(), to.kind()) {
                (Kind::Bytes, Kind::Bytes) => Way::Bytes,
                (Kind::Unicode, Kind::Unicode) => Way::Characters,
                (Kind::Bytes, Kind::Unicode) | (Kind::Unicode, Kind::Bytes) => Way::Ascii,
                _ => return None,
            },
            _ => return None,
        };
        let (wholes, reals) = Default::default();
        Some(Self { from: *from, to: *to, way, wholes, reals })
    }

    /// Whether only the order of bytes changes.
    pub(super) fn keeps(&self) -> bool {
        // Raw bytes that have a name are not any raw bytes.
        matches!(self.way, Way::Turn) && (self.from == self.to || self.from.swapped() == self.to)
    }

    /// Adds the scalars of `bytes` to `out`, and gives the number of the first that lost something.
    pub(super) fn run(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        let order = self.to.byte_order();
        match self.way {
            Way::Turn => {
                let start = out.len();
                out.extend_from_slice(bytes);
                crate::order::turn(&self.from.into(), &mut out[start..], order);
                None
            }
            Way::Wholes => {
                self.wholes.clear();
                number::wholes(&self.from, bytes, &mut self.wholes);
                push_wholes(&self.wholes, &self.to, out)
            }
            Way::LongDoubles => {
                self.wholes.clear();
                number::wholes(&self.from, bytes, &mut self.wholes);
                let size = self.to.itemsize();
                self.wholes
                    .iter()
                    .for_each(|&whole| push_long(LongDouble::from_whole(whole), size, order, out));
                None
            }
            Way::Times(scale) => {
                self.wholes.clear();
                number::wholes(&self.from, bytes, &mut self.wholes);
                let mut first = None;
                for (index, whole) in self.wholes.iter_mut().enumerate() {
                    let (scaled, exact) = scale.apply(*whole);
                    *whole = scaled;
                    first = first.or((!exact).then_some(index));
                }
                push_wholes_or_nat(&self.wholes, &self.to, out);
                first
            }
            Way::Reals => self.by_reals(bytes, out),
            Way::Bytes => resize(bytes, self.from.itemsize(), self.to.itemsize(), out),
            Way::Characters => {
                let start = out.len();
                let first = resize(bytes, self.from.itemsize(), self.to.itemsize(), out);
                let dtype = Scalar::new(Kind::Unicode, self.to.itemsize(), self.from.byte_order());
                if let Some(dtype) = dtype {
                    crate::order::turn(&dtype.into(), &mut out[start..], order);
                }
                first
            }
            Way::Ascii => self.ascii(bytes, out),
        }
    }

    fn by_reals(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        let parts = |scalar: &Scalar| if scalar.kind() == Kind::Complex { 2 } else { 1 };
        let (from_parts, to_parts) = (parts(&self.from), parts(&self.to));
        self.reals.clear();
        number::reals(&self.from, bytes, &mut self.reals);
        let mut first = self.rounded_before(bytes);
        let mut note = |index: usize| first = Some(first.map_or(index, |first| first.min(index)));
        if from_parts > to_parts {
            // The imaginary part is left out.
            let (pairs, _) = self.reals.as_chunks::<2>();
            if let Some(index) = pairs.iter().position(|[_, imaginary]| *imaginary != 0.0) {
                note(index);
            }
            self.reals = pairs.iter().map(|[real, _]| *real).collect();
        } else if from_parts < to_parts {
            self.reals = self.reals.iter().flat_map(|&real| [real, 0.0]).collect();
        }
        let whole = Sort::of(&self.to) == Sort::Whole;
        let lost = if whole {
            push_truncated(&self.reals, &self.to, out)
        } else {
            push_reals(&self.reals, &self.to, out)
        };
        if let Some(index) = lost {
            note(index / to_parts);
        }
        first
    }

    /// The first number that is no `f64`, in which numbers are held on their way.
    fn rounded_before(&self, bytes: &[u8]) -> Option<usize> {
        let (order, size) = (self.from.byte_order(), self.from.itemsize());
        let long = |size| {
            let mut numbers = number::long_doubles(bytes, size, order);
            numbers.position(|number| {
                let real = number.to_f64();
                !real.is_nan() && LongDouble::from_f64(real).to_le_bytes() != number.to_le_bytes()
            })
        };
        match (self.from.kind(), size) {
            (Kind::Float, 12 | 16) => long(size),
            (Kind::Complex, 24 | 32) => long(size / 2).map(|index| index / 2),
            (Kind::Int | Kind::Uint, 8) => {
                let mut wholes = Vec::with_capacity(self.reals.len());
                number::wholes(&self.from, bytes, &mut wholes);
                wholes.iter().zip(&self.reals).position(|(&whole, &real)| real as i128 != whole)
            }
            _ => None,
        }
    }

    fn ascii(&self, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        let mut first = None;
        let to_bytes = self.to.kind() == Kind::Bytes;
        let units = if to_bytes { self.to.itemsize() } else { self.to.itemsize() / 4 };
        for (index, text) in bytes.chunks_exact(self.from.itemsize()).enumerate() {
            let codes: Vec<u32> = if to_bytes {
                let (chars, _) = text.as_chunks::<4>();
                let big = self.from.byte_order() == ByteOrder::Big;
                chars
                    .iter()
                    .map(|unit| if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) })
                    .collect()
            } else {
                text.iter().map(|&byte| byte.into()).collect()
            };
            let fits =
                codes.iter().all(|&code| code < 128) && codes.iter().skip(units).all(|&code| code == 0);
            first = first.or((!fits).then_some(index));
            for unit in 0..units {
                let code = codes.get(unit).copied().unwrap_or(0);
                let code = if code < 128 { code } else { u32::from(b'?') };
                match (to_bytes, self.to.byte_order()) {
                    (true, _) => out.push(code as u8),
                    (false, ByteOrder::Big) => out.extend(code.to_be_bytes()),
                    (false, _) => out.extend(code.to_le_bytes()),
                }
            }
        }
        first
    }
}

/// Texts of another width.
fn resize(bytes: &[u8], from: usize, to: usize, out: &mut Vec<u8>) -> Option<usize> {
    let mut first = None;
    for (index, text) in bytes.chunks_exact(from).enumerate() {
        let kept = from.min(to);
        out.extend_from_slice(&text[..kept]);
        out.extend(std::iter::repeat_n(0, to - kept));
        first = first.or(text[kept..].iter().any(|&byte| byte != 0).then_some(index));
    }
    first
}

/// Adds numbers to `$out`, each by way of `$cast` and back by `$back`; gives the first that does not come back.
macro_rules! push_each {
    ($numbers:expr, $order:expr, $out:expr, $cast:expr, $same:expr) => {{
        let mut first = None;
        for (index, &number) in $numbers.iter().enumerate() {
            let cast = $cast(number);
            if first.is_none() && !$same(number, cast) {
                first = Some(index);
            }
            match $order {
                ByteOrder::Big => $out.extend_from_slice(&cast.to_be_bytes()),
                _ => $out.extend_from_slice(&cast.to_le_bytes()),
            }
        }
        first
    }};
}

/// What `$push!` does with the type of whole numbers that a scalar is.
macro_rules! as_whole {
    ($to:expr, $push:ident) => {
        match ($to.kind(), $to.itemsize()) {
            (Kind::Int, 1) => $push!(i8),
            (Kind::Int, 2) => $push!(i16),
            (Kind::Int, 4) => $push!(i32),
            (Kind::Uint, 1) => $push!(u8),
            (Kind::Uint, 2) => $push!(u16),
            (Kind::Uint, 4) => $push!(u32),
            (Kind::Uint, _) => $push!(u64),
            _ => $push!(i64),
        }
    };
}

/// Whole numbers that do not fit keep their lowest bits, as in NumPy.
fn push_wholes(wholes: &[i128], to: &Scalar, out: &mut Vec<u8>) -> Option<usize> {
    macro_rules! push {
        ($number:ty) => {
            push_each!(wholes, to.byte_order(), out, |whole: i128| whole as $number, |whole, cast| {
                i128::from(cast) == whole
            })
        };
    }
    match to.kind() {
        Kind::Bool => {
            push_each!(wholes, to.byte_order(), out, |whole| u8::from(whole != 0), |whole, cast| {
                i128::from(cast) == whole
            })
        }
        Kind::DateTime64(_) | Kind::TimeDelta64(_) => {
            push_each!(wholes, to.byte_order(), out, |whole: i128| whole as i64, |whole, cast| {
                // The least count is NaT.
                i128::from(cast) == whole && cast != i64::MIN
            })
        }
        _ => as_whole!(to, push),
    }
}

/// Counts that have been checked.
fn push_wholes_or_nat(wholes: &[i128], to: &Scalar, out: &mut Vec<u8>) {
    push_wholes(wholes, to, out);
}

/// Reals as whole numbers, towards zero; those beyond the least and the greatest become these, and NaN becomes 0.
fn push_truncated(reals: &[f64], to: &Scalar, out: &mut Vec<u8>) -> Option<usize> {
    macro_rules! push {
        ($number:ty) => {
            push_each!(
                reals,
                to.byte_order(),
                out,
                |real: f64| real as $number,
                |real: f64, cast: $number| {
                    // By way of i128: the greatest i64 and u64 are no f64.
                    real.trunc() == real && real as i128 == cast as i128
                }
            )
        };
    }
    match to.kind() {
        Kind::Bool => {
            push_each!(reals, to.byte_order(), out, |real| u8::from(real != 0.0), |real, cast| {
                f64::from(cast) == real
            })
        }
        _ => as_whole!(to, push),
    }
}

fn push_reals(reals: &[f64], to: &Scalar, out: &mut Vec<u8>) -> Option<usize> {
    let order = to.byte_order();
    let same = |real: f64, back: f64| back == real || real.is_nan();
    let size = if to.kind() == Kind::Complex { to.itemsize() / 2 } else { to.itemsize() };
    match size {
        2 => push_each!(reals, order, out, f16::from_f64, |real, cast: f16| same(real, cast.to_f64())),
        4 => push_each!(reals, order, out, |real: f64| real as f32, |real, cast| same(real, f64::from(cast))),
        8 => push_each!(reals, order, out, |real: f64| real, |_, _| true),
        size => {
            reals.iter().for_each(|&real| push_long(LongDouble::from_f64(real), size, order, out));
            None
        }
    }
}

fn push_long(number: LongDouble, size: usize, order: ByteOrder, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&number.to_le_bytes());
    out.resize(start + size, 0);
    if order == ByteOrder::Big {
        out[start..].reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(from: &str, to: &str, bytes: &[u8]) -> Option<(Vec<u8>, Option<usize>)> {
        let scalar = |text: &str| match text.parse().unwrap() {
            npymap::DType::Scalar(scalar) => scalar,
            other => panic!("{other}"),
        };
        let mut out = Vec::new();
        let lost = ScalarCast::new(&scalar(from), &scalar(to))?.run(bytes, &mut out);
        Some((out, lost))
    }

    fn doubles(numbers: &[f64]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn what_fits_is_kept() {
        assert_eq!(cast("<i4", ">i2", &[1, 0, 0, 0, 254, 255, 255, 255]), Some((vec![0, 1, 255, 254], None)));
        assert_eq!(cast("<i4", "u1", &[1, 0, 0, 0, 0, 1, 0, 0]), Some((vec![1, 0], Some(1))));
        assert_eq!(cast("<f8", "<i2", &doubles(&[3.0, -2.0])), Some((vec![3, 0, 254, 255], None)));
        assert_eq!(cast("<f8", "u1", &doubles(&[3.0, 3.5])).unwrap().1, Some(1));
        assert_eq!(cast("<f8", "<i8", &doubles(&[9.2e18, 9_223_372_036_854_775_808.0])).unwrap().1, Some(1));
        assert_eq!(cast("<f8", "<u8", &doubles(&[f64::NAN])).unwrap().1, Some(0));
        assert_eq!(cast("<f8", "<f4", &doubles(&[0.5, f64::NAN, f64::INFINITY, 0.1])).unwrap().1, Some(3));
        assert_eq!(cast("<f8", "<f2", &doubles(&[65504.0, 65520.0])).unwrap().1, Some(1));
        assert_eq!(cast("<f8", "?", &doubles(&[0.0, 1.0, 2.0])), Some((vec![0, 1, 1], Some(2))));
        assert_eq!(cast("<i8", "<f8", &((1i64 << 53) + 1).to_le_bytes()).unwrap().1, Some(0));
        assert_eq!(cast("<i8", "<f8", &(1i64 << 62).to_le_bytes()).unwrap().1, None);
        assert_eq!(
            cast("<c16", "<f8", &doubles(&[1.0, 0.0, 1.0, 2.0])),
            Some((doubles(&[1.0, 1.0]), Some(1)))
        );
        assert_eq!(cast("<f8", "<c16", &doubles(&[1.0])), Some((doubles(&[1.0, 0.0]), None)));
        let (long, lost) = cast("<f8", "<f16", &doubles(&[0.1])).unwrap();
        assert_eq!((long.len(), lost), (16, None));
        assert_eq!(cast("<f16", "<f8", &long), Some((doubles(&[0.1]), None)));
    }

    #[test]
    fn texts_are_padded_and_cut() {
        assert_eq!(cast("S2", "S3", b"abcd"), Some((b"ab\0cd\0".to_vec(), None)));
        assert_eq!(cast("S2", "S1", b"a\0cd"), Some((b"ac".to_vec(), Some(1))));
        assert_eq!(cast("<U1", ">U2", &[97, 0, 0, 0]), Some((vec![0, 0, 0, 97, 0, 0, 0, 0], None)));
        assert_eq!(cast("S1", "<U1", b"a"), Some((vec![97, 0, 0, 0], None)));
        assert_eq!(cast("<U1", "S1", &[0xe9, 0, 0, 0]), Some((b"?".to_vec(), Some(0))));
    }

    #[test]
    fn what_means_nothing_is_none() {
        for (from, to) in
            [("<f8", "S3"), ("S3", "<i4"), ("<M8[s]", "<f8"), ("V3", "V4"), ("<M8[s]", "<m8[s]")]
        {
            assert!(cast(from, to, &[]).is_none(), "{from} {to}");
        }
    }
}

//! Numbers out of bytes, whatever their kind.

use npymap::half::f16;
use npymap::{ByteOrder, Kind, Scalar};

use crate::longdouble::LongDouble;

/// What sort of number a scalar is, for those who only count and compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// `b`, `i`, `u`: whole numbers that fit `i128`.
    Whole,
    /// `M`, `m`: whole numbers, of which the least is NaT.
    Time,
    /// `f`
    Real,
    /// `c`: two reals each.
    Complex,
    /// `S`, `U`, `V`: bytes.
    Bytes,
}

impl Sort {
    pub(crate) fn of(scalar: &Scalar) -> Self {
        match scalar.kind() {
            Kind::Bool | Kind::Int | Kind::Uint => Self::Whole,
            Kind::DateTime64(_) | Kind::TimeDelta64(_) => Self::Time,
            Kind::Float => Self::Real,
            Kind::Complex => Self::Complex,
            _ => Self::Bytes,
        }
    }
}

/// Calls `$each` with every number of `$bytes` as it is.
macro_rules! numbers {
    ($number:ty, $order:expr, $bytes:expr, $each:expr) => {{
        const SIZE: usize = size_of::<$number>();
        let (chunks, _) = $bytes.as_chunks::<SIZE>();
        match $order {
            ByteOrder::Big => chunks.iter().for_each(|chunk| $each(<$number>::from_be_bytes(*chunk))),
            _ => chunks.iter().for_each(|chunk| $each(<$number>::from_le_bytes(*chunk))),
        }
    }};
}

/// Adds the numbers of `bytes` to `reals`: of a complex number the real and the imaginary part. Times are counts, bools
/// 0 and 1; text gives nothing. Whole numbers and long doubles are rounded.
pub(crate) fn reals(scalar: &Scalar, bytes: &[u8], reals: &mut Vec<f64>) {
    let order = scalar.byte_order();
    let mut push = |value: f64| reals.push(value);
    match (scalar.kind(), scalar.itemsize()) {
        (Kind::Bool, _) => bytes.iter().for_each(|&byte| push(f64::from(u8::from(byte != 0)))),
        (Kind::Int, 1) => bytes.iter().for_each(|&byte| push(f64::from(byte.cast_signed()))),
        (Kind::Uint, 1) => bytes.iter().for_each(|&byte| push(f64::from(byte))),
        (Kind::Int, 2) => numbers!(i16, order, bytes, |number| push(f64::from(number))),
        (Kind::Uint, 2) => numbers!(u16, order, bytes, |number| push(f64::from(number))),
        (Kind::Int, 4) => numbers!(i32, order, bytes, |number| push(f64::from(number))),
        (Kind::Uint, 4) => numbers!(u32, order, bytes, |number| push(f64::from(number))),
        (Kind::Int | Kind::DateTime64(_) | Kind::TimeDelta64(_), _) => {
            numbers!(i64, order, bytes, |number| push(number as f64));
        }
        (Kind::Uint, _) => numbers!(u64, order, bytes, |number| push(number as f64)),
        (Kind::Float, 2) => {
            numbers!(u16, order, bytes, |bits| push(f64::from(f16::from_bits(bits))));
        }
        (Kind::Float, 4) | (Kind::Complex, 8) => {
            numbers!(f32, order, bytes, |number| push(f64::from(number)));
        }
        (Kind::Float, 8) | (Kind::Complex, 16) => numbers!(f64, order, bytes, push),
        (Kind::Float, size) => long_doubles(bytes, size, order).for_each(|number| push(number.to_f64())),
        (Kind::Complex, size) => {
            long_doubles(bytes, size / 2, order).for_each(|number| push(number.to_f64()));
        }
        _ => {}
    }
}

/// The long doubles of `bytes`.
pub(crate) fn long_doubles(
    bytes: &[u8],
    size: usize,
    order: ByteOrder,
) -> impl Iterator<Item = LongDouble> + '_ {
    bytes.chunks_exact(size).map(move |bytes| LongDouble::from_bytes(bytes, order))
}

/// Adds the whole numbers of `bytes` to `wholes`: bools, whole numbers and the counts of times; others give nothing.
pub(crate) fn wholes(scalar: &Scalar, bytes: &[u8], wholes: &mut Vec<i128>) {
    let order = scalar.byte_order();
    let mut push = |value: i128| wholes.push(value);
    match (scalar.kind(), scalar.itemsize()) {
        (Kind::Bool, _) => bytes.iter().for_each(|&byte| push(i128::from(byte != 0))),
        (Kind::Int, 1) => bytes.iter().for_each(|&byte| push(i128::from(byte.cast_signed()))),
        (Kind::Uint, 1) => bytes.iter().for_each(|&byte| push(i128::from(byte))),
        (Kind::Int, 2) => numbers!(i16, order, bytes, |number| push(i128::from(number))),
        (Kind::Uint, 2) => numbers!(u16, order, bytes, |number| push(i128::from(number))),
        (Kind::Int, 4) => numbers!(i32, order, bytes, |number| push(i128::from(number))),
        (Kind::Uint, 4) => numbers!(u32, order, bytes, |number| push(i128::from(number))),
        (Kind::Int | Kind::DateTime64(_) | Kind::TimeDelta64(_), _) => {
            numbers!(i64, order, bytes, |number| push(i128::from(number)));
        }
        (Kind::Uint, _) => numbers!(u64, order, bytes, |number| push(i128::from(number))),
        _ => {}
    }
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

    #[test]
    fn numbers_of_either_byte_order_are_read() {
        let real = |dtype: &str, bytes: &[u8]| {
            let mut values = Vec::new();
            reals(&scalar(dtype), bytes, &mut values);
            values
        };
        assert_eq!(real(">i2", &[255, 254, 0, 3]), [-2.0, 3.0]);
        assert_eq!(real("<f2", &[0, 0x3c]), [1.0]);
        assert_eq!(real(">c8", &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]), [1.0, -2.0]);
        assert_eq!(real("?", &[0, 1, 2]), [0.0, 1.0, 1.0]);
        assert_eq!(real("S2", &[0, 1]), Vec::<f64>::new());
        let mut values = Vec::new();
        wholes(&scalar(">u8"), &u64::MAX.to_be_bytes(), &mut values);
        wholes(&scalar("<i8"), &i64::MIN.to_le_bytes(), &mut values);
        assert_eq!(values, [i128::from(u64::MAX), i128::from(i64::MIN)]);
    }
}

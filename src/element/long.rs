//! The long doubles of x86, as the bytes that they are.
#![allow(unsafe_code, reason = "implementations of unsafe traits; there is no unsafe block here")]

use std::cmp::Ordering;
use std::fmt;

use super::Element;
use crate::dtype::{ByteOrder, DType, Kind, Scalar};
use crate::print;

/// NumPy's `longdouble` on x86: 80 bits in 16 bytes, `<f16`, at any address.
///
/// Files in the other byte order (`>f16`) and of 32-bit systems (`<f12`) are read too. On other processors NumPy's
/// `float128` is another number, of quadruple precision, which a header calls `<f16` as well: what a file holds cannot
/// be told from it, and is taken for the x86 kind.
///
/// # Examples
/// ```
/// use npymap::LongDouble;
///
/// let file = npymap::NpyFile::open("testdata/numpy-2.4/f16-be-c.npy")?;
/// let numbers: Vec<LongDouble> = file.read_vec()?;
/// assert_eq!(numbers[4].to_f64(), 1.0);
/// assert_eq!(LongDouble::from(1.5).to_f64(), 1.5);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct LongDouble([u8; 16]);

/// NumPy's `clongdouble` on x86: two [`LongDouble`]s, `<c32`; also read from `>c32` and `<c24`.
///
/// # Examples
/// ```
/// use npymap::LongComplex;
///
/// let numbers: Vec<LongComplex> = npymap::NpyFile::open("testdata/numpy-2.4/c32-le-c.npy")?.read_vec()?;
/// let (re, im) = numbers[2].to_f64();
/// # let _ = (re, im);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq)]
#[repr(C)]
pub struct LongComplex {
    /// The real part.
    pub re: LongDouble,
    /// The imaginary part.
    pub im: LongDouble,
}

/// The long double in the byte order of x86, which is the only processor that has it.
const fn scalar(kind: Kind, itemsize: usize) -> Scalar {
    match Scalar::new(kind, itemsize, ByteOrder::Little) {
        Some(scalar) => scalar,
        None => super::scalar_of(kind, itemsize),
    }
}

// SAFETY: 16 bytes, any of which are valid.
unsafe impl Element for LongDouble {
    fn dtype() -> DType {
        const { scalar(Kind::Float, size_of::<LongDouble>()) }.into()
    }
}

// SAFETY: twice 16 bytes, any of which are valid, without padding between arrays of bytes.
unsafe impl Element for LongComplex {
    fn dtype() -> DType {
        const { scalar(Kind::Complex, size_of::<LongComplex>()) }.into()
    }
}

// SAFETY: the one field is a `Zeroable`.
unsafe impl bytemuck::Zeroable for LongDouble {}
// SAFETY: the one field is a `Pod`, and the layout is its own.
unsafe impl bytemuck::Pod for LongDouble {}
// SAFETY: the fields are `Zeroable`.
unsafe impl bytemuck::Zeroable for LongComplex {}
// SAFETY: the fields are `Pod`s of one size and alignment, so that there is nothing between them.
unsafe impl bytemuck::Pod for LongComplex {}

/// The top bit of the mantissa, which is not hidden. Every number has it but zero and those below the normal ones.
const TOP: u64 = 1 << 63;
/// The exponent of infinity and of what is not a number.
const SPECIAL: u16 = 0x7fff;
/// What the processor makes of bits that are no number: x86's "real indefinite".
const INDEFINITE: u64 = 0xfff8_0000_0000_0000;

impl LongDouble {
    /// The number in these bytes, low first: 64 bits of mantissa, 15 of exponent, the sign, and six bytes that mean
    /// nothing.
    pub const fn from_le_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes as they stand in a `<f16` file.
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Mantissa, exponent and sign.
    const fn parts(self) -> (u64, u16, bool) {
        let bits = u128::from_le_bytes(self.0);
        // Truncation is meant: the fields lie side by side.
        let head = (bits >> 64) as u16;
        (bits as u64, head & SPECIAL, head >> 15 == 1)
    }

    /// Whether it is not a number, as NumPy's `isnan` has it. So are the bits that no x86 has made since the 80387.
    pub const fn is_nan(self) -> bool {
        let (mantissa, exponent, _) = self.parts();
        match exponent {
            0 => false,
            SPECIAL => mantissa != TOP,
            _ => mantissa < TOP,
        }
    }

    /// The nearest `f64`, the even one of two that are equally near: what NumPy's `astype('f8')` gives, bit by bit.
    /// What is too large becomes infinite.
    pub const fn to_f64(self) -> f64 {
        /// Bits of the mantissa that an `f64` does not have.
        const LOST: u32 = 11;
        /// The exponent here of the smallest normal `f64`.
        const LEAST: u32 = 16_383 - 1_022;
        let (mantissa, exponent, negative) = self.parts();
        let magnitude = if self.is_nan() {
            if mantissa < TOP {
                return f64::from_bits(INDEFINITE);
            }
            // The top bits are kept, and the one that makes it quiet is set.
            0x7ff8_0000_0000_0000 | (mantissa << 1 >> 12)
        } else if exponent == SPECIAL {
            f64::INFINITY.to_bits()
        } else if exponent as u32 >= LEAST {
            let above = (exponent as u32 - LEAST) as u64;
            // The hidden bit and a carry out of it add one to the exponent, and one that is too large is infinity.
            if above > 2_045 { f64::INFINITY.to_bits() } else { (above << 52) + rounded(mantissa, LOST) }
        } else {
            rounded(mantissa, LOST + (LEAST - exponent as u32))
        };
        f64::from_bits(magnitude | (negative as u64) << 63)
    }
}

/// `mantissa` without its last `bits`, rounded to the nearest, the even one of two. `bits` is not 0.
const fn rounded(mantissa: u64, bits: u32) -> u64 {
    if bits > 64 {
        return 0;
    }
    // One bit more, so that all 64 can go.
    let mantissa = mantissa as u128;
    let whole = mantissa >> bits;
    let rest = mantissa & ((1 << bits) - 1);
    let half = 1 << (bits - 1);
    let up = rest > half || (rest == half && whole & 1 == 1);
    // At most 53 bits are left of 64.
    whole as u64 + up as u64
}

impl LongComplex {
    /// The number of these parts.
    pub const fn new(re: LongDouble, im: LongDouble) -> Self {
        Self { re, im }
    }

    /// The nearest `f64` of the real and of the imaginary part, see [`LongDouble::to_f64`].
    pub const fn to_f64(self) -> (f64, f64) {
        (self.re.to_f64(), self.im.to_f64())
    }
}

/// Exact: a long double has every `f64`.
impl From<f64> for LongDouble {
    fn from(number: f64) -> Self {
        let bits = number.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        // The exponent of an f64 has 11 bits.
        let (mantissa, exponent) = match (bits >> 52) as u16 & 0x7ff {
            0 if fraction == 0 => (0, 0),
            0 => {
                let zeros = fraction.leading_zeros();
                // At most 52 more than the eleven bits that an f64 does not have, so that it is a normal number here.
                (fraction << zeros, 16_383 - 1_022 + 11 - zeros as u16)
            }
            0x7ff => (TOP | fraction << 11, SPECIAL),
            exponent => (TOP | fraction << 11, exponent + (16_383 - 1_023)),
        };
        let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
        Self((u128::from(mantissa) | u128::from(exponent | sign) << 64).to_le_bytes())
    }
}

impl PartialEq for LongDouble {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for LongDouble {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.is_nan() || other.is_nan() {
            return None;
        }
        // Numbers below the normal ones have the exponent of the smallest of those, and both zeros are one.
        let magnitude = |(mantissa, exponent, _): (u64, u16, bool)| (exponent.max(1), mantissa);
        let (own, others) = (self.parts(), other.parts());
        Some(match (own.0, others.0) {
            (0, 0) => Ordering::Equal,
            (0, _) => {
                if others.2 {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (_, 0) => {
                if own.2 {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ => match (own.2, others.2) {
                (false, false) => magnitude(own).cmp(&magnitude(others)),
                (true, true) => magnitude(others).cmp(&magnitude(own)),
                (own, _) => {
                    if own {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            },
        })
    }
}

/// The text that Python's `str` gives for it.
impl fmt::Display for LongDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&print::long_text(&self.0))
    }
}

impl fmt::Debug for LongDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text that Python's `str` gives for it.
impl fmt::Display for LongComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&print::long_text(bytemuck::bytes_of(self)))
    }
}

impl fmt::Debug for LongComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn long(mantissa: u64, head: u16) -> LongDouble {
        LongDouble::from_le_bytes((u128::from(mantissa) | u128::from(head) << 64).to_le_bytes())
    }

    /// The magnitudes of all floats as multiples of 2^-1074 are whole numbers, of which the nearest is looked for: an
    /// oracle that knows nothing of exponents, for numbers whose own multiple is `mantissa * 2^shift`.
    fn nearest(mantissa: u64, shift: i32) -> u64 {
        // Twice the distance to the float with these bits, as a pair to compare: floats are bits times a power of two.
        let (mut low, mut high) = (0u64, f64::INFINITY.to_bits());
        // The largest float that is not larger.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if compare(float(middle), (u128::from(mantissa), shift)).is_le() {
                low = middle
            } else {
                high = middle
            }
        }
        let ((low_digits, low_shift), (high_digits, high_shift)) = (float(low), float(low + 1));
        // The middle of both, whose digits have a bit more.
        let shift_of_both = low_shift.min(high_shift);
        let sum = (low_digits << (low_shift - shift_of_both)) + (high_digits << (high_shift - shift_of_both));
        match compare((u128::from(mantissa), shift), (sum, shift_of_both - 1)) {
            Ordering::Less => low,
            Ordering::Greater => low + 1,
            Ordering::Equal => low + low % 2,
        }
    }

    /// The float of these bits as digits times a power of two, in units of 2^-1074; infinity as the next power of two.
    fn float(bits: u64) -> (u128, i32) {
        let fraction = u128::from(bits & ((1 << 52) - 1));
        match bits >> 52 {
            0 => (fraction, 0),
            exponent => (fraction | 1 << 52, exponent as i32 - 1),
        }
    }

    fn compare(left: (u128, i32), right: (u128, i32)) -> Ordering {
        let top = |(digits, shift): (u128, i32)| {
            if digits == 0 { i32::MIN } else { 128 - digits.leading_zeros() as i32 + shift }
        };
        let aligned =
            |(digits, _): (u128, i32)| if digits == 0 { 0 } else { digits << digits.leading_zeros() };
        (top(left), aligned(left)).cmp(&(top(right), aligned(right)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_nearest_double_is_found(
            mantissa in any::<u64>(),
            // Near the smallest, the largest and ordinary floats, and anywhere.
            exponent in prop_oneof![15_290u16..15_370, 17_400u16..17_410, 16_380u16..16_390, 1u16..0x7fff],
            // Ties and what is next to them are rare by chance.
            tail in 0u32..64,
            near in -1i64..=1,
            negative in any::<bool>(),
        ) {
            let mantissa = (mantissa >> tail << tail | 1 << tail.saturating_sub(1)).wrapping_add_signed(near) | TOP;
            let number = long(mantissa, exponent | u16::from(negative) << 15);
            let found = number.to_f64();
            let expected = nearest(mantissa, i32::from(exponent) - 16_383 - 63 + 1_074);
            prop_assert_eq!(found.to_bits(), expected | u64::from(negative) << 63);
            prop_assert_eq!(LongDouble::from(found).to_f64().to_bits(), found.to_bits());
            if found.is_finite() && tail >= 12 && near == 0 && (15_362..17_000).contains(&exponent) {
                prop_assert_eq!(LongDouble::from(found), number);
            }
        }

        #[test]
        fn doubles_come_back(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            let back = LongDouble::from(number).to_f64();
            // A signalling NaN comes back as a quiet one.
            prop_assert!(back.to_bits() == bits || (number.is_nan() && back.is_nan()));
            prop_assert_eq!(LongDouble::from(number).is_nan(), number.is_nan());
        }

        #[test]
        fn numbers_are_ordered_as_doubles(left in any::<f64>(), right in any::<f64>()) {
            prop_assert_eq!(LongDouble::from(left).partial_cmp(&LongDouble::from(right)), left.partial_cmp(&right));
        }
    }

    // Each expectation is what NumPy 2.4.6 gives on x86-64 for astype('f8').
    #[test]
    fn edges_are_numpys() {
        for (mantissa, head, expected) in [
            (TOP, 0x7fff, 0x7ff0_0000_0000_0000),
            (TOP, 0xffff, 0xfff0_0000_0000_0000),
            (0, 0x7fff, INDEFINITE),
            (5, 0x7fff, INDEFINITE),
            (TOP | 1, 0x7fff, 0x7ff8_0000_0000_0000),
            (0xc000_0000_0000_1800, 0x7fff, 0x7ff8_0000_0000_0003),
            (0xc000_0000_0000_0000, 0xffff, 0xfff8_0000_0000_0000),
            (1, 16_383, INDEFINITE),
            (0, 16_383, INDEFINITE),
            (TOP, 0, 0),
            (5, 0, 0),
            (0, 0x8000, 1 << 63),
            (u64::MAX, 16_383 + 1_023, 0x7ff0_0000_0000_0000),
            (u64::MAX << 11, 16_383 + 1_023, f64::MAX.to_bits()),
            (TOP, 16_383 - 1_074, 1),
            (TOP, 16_383 - 1_075, 0),
            (TOP | 1, 16_383 - 1_075, 1),
            (u64::MAX, 16_383 - 1_023, f64::MIN_POSITIVE.to_bits()),
        ] {
            let found = long(mantissa, head).to_f64().to_bits();
            assert_eq!(found, expected, "{mantissa:#x} {head:#x}: {found:#x}");
        }
    }

    #[test]
    fn numbers_are_shown_as_numpy_does() {
        assert_eq!(LongDouble::from(0.5).to_string(), "0.5");
        assert_eq!(format!("{:?}", long(1, 0)), "4e-4951");
        assert_eq!(LongComplex::new(1.5.into(), (-2.0).into()).to_string(), "(1.5-2j)");
        assert_eq!(long(TOP, 0), long(TOP, 1));
        assert!(LongDouble::from(-0.0) == LongDouble::from(0.0) && long(1, 16_383).is_nan());
    }
}

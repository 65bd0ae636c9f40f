//! The x87 long double: a sign, 15 bits of exponent and 64 of mantissa, of which the highest is not implied.

use npymap::ByteOrder;

/// A number with 64 bits of precision, padded with zeros to 12 or 16 bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LongDouble {
    /// The sign in the highest bit, the exponent with a bias of 16383 below it.
    sign_exponent: u16,
    mantissa: u64,
}

const BIAS: i32 = 16383;

impl LongDouble {
    /// Fewer than ten bytes are taken as zeros.
    pub(crate) fn from_bytes(bytes: &[u8], order: ByteOrder) -> Self {
        let mut little = [0; 16];
        for (to, from) in little.iter_mut().zip(bytes) {
            *to = *from;
        }
        if order == ByteOrder::Big {
            little[..bytes.len().min(16)].reverse();
        }
        let [m0, m1, m2, m3, m4, m5, m6, m7, e0, e1, ..] = little;
        Self {
            sign_exponent: u16::from_le_bytes([e0, e1]),
            mantissa: u64::from_le_bytes([m0, m1, m2, m3, m4, m5, m6, m7]),
        }
    }

    /// Ten bytes, the lowest first.
    pub(crate) fn to_le_bytes(self) -> [u8; 10] {
        let [m0, m1, m2, m3, m4, m5, m6, m7] = self.mantissa.to_le_bytes();
        let [e0, e1] = self.sign_exponent.to_le_bytes();
        [m0, m1, m2, m3, m4, m5, m6, m7, e0, e1]
    }

    /// The nearest `f64`, ties to even.
    pub(crate) fn to_f64(self) -> f64 {
        let exponent = i32::from(self.sign_exponent & 0x7fff);
        let magnitude = match exponent {
            0x7fff if self.mantissa << 1 == 0 => f64::INFINITY,
            0x7fff => f64::NAN,
            // Far below the least `f64`, and so are those without the highest bit.
            0 => 0.0,
            exponent => round(self.mantissa, exponent - BIAS - 63),
        };
        if self.sign_exponent >> 15 == 1 { -magnitude } else { magnitude }
    }

    /// Every whole number of 64 bits has its long double.
    pub(crate) fn from_whole(value: i128) -> Self {
        let sign = if value < 0 { 1 << 15 } else { 0 };
        let magnitude = value.unsigned_abs() as u64;
        if magnitude == 0 {
            return Self { sign_exponent: 0, mantissa: 0 };
        }
        let shift = magnitude.leading_zeros();
        Self { sign_exponent: sign | (BIAS + 63 - shift as i32) as u16, mantissa: magnitude << shift }
    }

    /// Every `f64` has its long double.
    pub(crate) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let sign = ((bits >> 63) as u16) << 15;
        let fraction = bits & ((1 << 52) - 1);
        let (exponent, mantissa) = match (bits >> 52) & 0x7ff {
            0x7ff => (0x7fff, (1 << 63) | (fraction << 11)),
            0 if fraction == 0 => (0, 0),
            0 => {
                let shift = fraction.leading_zeros();
                // The least is 2 to the power of -1074.
                (BIAS - 1074 + 63 - shift as i32, fraction << shift)
            }
            exponent => (exponent as i32 - 1023 + BIAS, (1 << 63) | (fraction << 11)),
        };
        Self { sign_exponent: sign | exponent as u16, mantissa }
    }
}

/// `mantissa` times 2 to the power of `exponent`.
fn round(mantissa: u64, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let shift = mantissa.leading_zeros() as i32;
    let (mantissa, top) = (mantissa << shift, exponent - shift + 63);
    if top > 1023 {
        return f64::INFINITY;
    }
    // Bits that are kept: 53, or fewer where the result is subnormal.
    let kept = (53 + (top + 1022).min(0)).max(-1);
    if kept < 0 {
        return 0.0;
    }
    let dropped = 64 - kept as u32;
    let (high, rest) = match dropped {
        64 => (0, mantissa),
        dropped => (mantissa >> dropped, mantissa << (64 - dropped)),
    };
    let half = 1u64 << 63;
    let up = rest > half || (rest == half && high & 1 == 1);
    // The steps are exact: a number of 53 bits, times powers of two whose product is the place of its lowest.
    let place = top - kept + 1;
    let first = place.max(-1000);
    (high + u64::from(up)) as f64 * 2f64.powi(first) * 2f64.powi(place - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_come_back() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -1.5,
            0.1,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            1.2e-310,
            f64::INFINITY,
            -f64::INFINITY,
        ] {
            assert_eq!(LongDouble::from_f64(value).to_f64().to_bits(), value.to_bits(), "{value}");
        }
        assert!(LongDouble::from_f64(f64::NAN).to_f64().is_nan());
    }

    #[test]
    fn wholes_are_exact() {
        for whole in [0, 1, -1, 3, 1 << 62, -(1 << 63)] {
            assert_eq!(LongDouble::from_whole(whole), LongDouble::from_f64(whole as f64), "{whole}");
        }
        let most = LongDouble::from_whole(i128::from(u64::MAX));
        assert_eq!((most.mantissa, most.sign_exponent), (u64::MAX, (BIAS + 63) as u16));
    }

    #[test]
    fn what_lies_between_is_rounded() {
        let long = |sign_exponent, mantissa| LongDouble { sign_exponent, mantissa }.to_f64();
        assert_eq!(long(0x3fff, (1 << 63) | 1), 1.0);
        assert_eq!(long(0x3fff, (1 << 63) | (1 << 10)), 1.0);
        assert_eq!(long(0x3fff, (1 << 63) | (1 << 10) | 1), 1.0 + f64::EPSILON);
        assert_eq!(long(0x3fff, (1 << 63) | (3 << 10)), 1.0 + 2.0 * f64::EPSILON);
        assert_eq!(long(0x43ff, 0), 0.0);
        assert_eq!(long(0x7ffe, u64::MAX), f64::INFINITY);
        // Half of the least goes to even, and a little more goes up.
        assert_eq!(long((BIAS - 1075) as u16, 1 << 63), 0.0);
        assert_eq!(long((BIAS - 1075) as u16, (1 << 63) | 1), 5e-324);
    }

    #[test]
    fn big_endian_bytes_are_turned() {
        let one = [0, 0, 0, 0, 0, 0, 0x3f, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(LongDouble::from_bytes(&one, ByteOrder::Big).to_f64(), 1.0);
        let mut little = [0; 16];
        little[..10].copy_from_slice(&LongDouble::from_f64(-2.5).to_le_bytes());
        assert_eq!(LongDouble::from_bytes(&little, ByteOrder::Little).to_f64(), -2.5);
    }
}

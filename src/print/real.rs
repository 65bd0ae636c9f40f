//! Floats of every width as exact numbers.

use super::integer::low_first;
use crate::ByteOrder;

/// A float, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Real {
    Nan,
    Infinite { negative: bool },
    Finite(Finite),
}

/// `mantissa` times 2 to the `exponent`, with a sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finite {
    pub(super) negative: bool,
    pub(super) mantissa: u64,
    pub(super) exponent: i32,
    /// Whether the next smaller float is half as far away as the next larger.
    pub(super) lopsided: bool,
}

impl Finite {
    /// What orders numbers by their size, whatever their sign and width.
    pub(super) fn magnitude(&self) -> (i32, u64) {
        match self.mantissa.leading_zeros() {
            64 => (i32::MIN, 0),
            zeros => (self.exponent + 64 - zeros.cast_signed(), self.mantissa << zeros),
        }
    }
}

/// The float in these bytes, as many as its dtype has.
pub(super) fn read(item: &[u8], order: ByteOrder) -> Real {
    match item.len() {
        0..=2 => ieee(u64::from(u16::from_le_bytes(low_first(item, order))), 10, 5),
        3..=4 => ieee(u64::from(u32::from_le_bytes(low_first(item, order))), 23, 8),
        5..=8 => ieee(u64::from_le_bytes(low_first(item, order)), 52, 11),
        _ => x87(u128::from_le_bytes(low_first(item, order))),
    }
}

/// The double of that value.
pub(super) fn double(value: f64) -> Real {
    ieee(value.to_bits(), 52, 11)
}

/// The single of that value.
pub(super) fn single(value: f32) -> Real {
    ieee(u64::from(value.to_bits()), 23, 8)
}

fn ieee(bits: u64, fraction_bits: u32, exponent_bits: u32) -> Real {
    let fraction = bits & ((1 << fraction_bits) - 1);
    let exponent_most = (1 << exponent_bits) - 1;
    let exponent = (bits >> fraction_bits) & exponent_most;
    let negative = (bits >> (fraction_bits + exponent_bits)) & 1 == 1;
    if exponent == exponent_most {
        return if fraction == 0 { Real::Infinite { negative } } else { Real::Nan };
    }
    // Subnormals have the exponent of the smallest normals, and no hidden bit.
    let hidden = if exponent == 0 { 0 } else { 1 << fraction_bits };
    let bias = (1 << (exponent_bits - 1)) - 1 + fraction_bits.cast_signed();
    Real::Finite(Finite {
        negative,
        mantissa: hidden | fraction,
        // At most 11 bits.
        exponent: exponent.max(1) as i32 - bias,
        lopsided: exponent > 1 && fraction == 0,
    })
}

/// The long double of x86: 64 bits of mantissa with no hidden one, 15 of exponent, a sign, padding.
///
/// Bit patterns that the processor refuses (the top bit of the mantissa missing) are no numbers.
fn x87(bits: u128) -> Real {
    const TOP: u64 = 1 << 63;
    // Truncation is meant: the fields lie side by side.
    let mantissa = bits as u64;
    let head = (bits >> 64) as u16;
    let negative = head >> 15 == 1;
    match head & 0x7fff {
        0 => Real::Finite(Finite { negative, mantissa, exponent: 1 - 16_383 - 63, lopsided: false }),
        _ if mantissa < TOP => Real::Nan,
        0x7fff if mantissa == TOP => Real::Infinite { negative },
        0x7fff => Real::Nan,
        exponent => Real::Finite(Finite {
            negative,
            mantissa,
            exponent: i32::from(exponent) - 16_383 - 63,
            lopsided: exponent > 1 && mantissa == TOP,
        }),
    }
}

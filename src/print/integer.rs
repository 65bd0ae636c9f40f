//! Integers, and the bytes of numbers.

use std::fmt::Write;

use crate::{ByteOrder, Kind, Scalar};

/// The first `N` bytes of a number, the lowest first; missing ones are 0.
pub(super) fn low_first<const N: usize>(item: &[u8], order: ByteOrder) -> [u8; N] {
    let mut bytes = [0; N];
    let pairs = bytes.iter_mut();
    match order {
        ByteOrder::Big => pairs.zip(item.iter().rev()).for_each(|(to, from)| *to = *from),
        _ => pairs.zip(item).for_each(|(to, from)| *to = *from),
    }
    bytes
}

/// The value of an integer of any width, signed or not.
pub(super) fn integer(scalar: Scalar, item: &[u8]) -> i128 {
    let bytes = low_first::<8>(item, scalar.byte_order());
    let value = u64::from_le_bytes(bytes);
    if scalar.kind() == Kind::Uint {
        return i128::from(value);
    }
    let [low, second, third, fourth, ..] = bytes;
    i128::from(match scalar.itemsize() {
        1 => i64::from(i8::from_le_bytes([low])),
        2 => i64::from(i16::from_le_bytes([low, second])),
        4 => i64::from(i32::from_le_bytes([low, second, third, fourth])),
        _ => i64::from_le_bytes(bytes),
    })
}

/// Integers, aligned to the right.
pub(super) struct IntegerFormat {
    scalar: Scalar,
    width: usize,
}

impl IntegerFormat {
    pub(super) fn new(scalar: Scalar, items: &[&[u8]]) -> Self {
        let values = || items.iter().map(|item| integer(scalar, item));
        let width = |value: Option<i128>| value.map_or(0, |value| value.to_string().len());
        Self { scalar, width: width(values().max()).max(width(values().min())) }
    }

    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        // Writing to a String cannot go wrong.
        _ = write!(out, "{:width$}", integer(self.scalar, item), width = self.width);
    }
}

//! Arrays as elements: subarrays, and raw bytes.
#![allow(unsafe_code, reason = "an implementation of the one unsafe trait; there is no unsafe block here")]

use super::{Element, scalar_of};
use crate::dtype::{DType, Kind, Scalar, Subarray};

// SAFETY: an array has the bytes of its items, one behind the other, and so has a subarray. A subarray of items
// without bytes, which NumPy does not have, has none either. Raw bytes are what bytes are.
unsafe impl<T: Element, const N: usize> Element for [T; N] {
    fn dtype() -> DType {
        array_of::<N>(T::dtype(), const { raw_of(N, size_of::<Self>()) })
    }

    fn saved_dtype() -> DType {
        array_of::<N>(T::saved_dtype(), const { raw_of(N, size_of::<Self>()) })
    }
}

/// Raw bytes as many as the array has.
const fn raw_of(len: usize, size: usize) -> Scalar {
    assert!(len <= Scalar::ITEMSIZE_MOST, "NumPy has no subarray of more than 2147483647 items");
    scalar_of(Kind::Void, size)
}

/// An array of `N` such items.
fn array_of<const N: usize>(item: DType, raw: Scalar) -> DType {
    let (axes, base) = item.flattened();
    match base {
        DType::Scalar(scalar) if axes.is_empty() && scalar.is_byte() => return raw.into(),
        _ => {}
    }
    let mut shape = vec![N];
    shape.extend(&axes);
    // Nested where there are too many axes for one. What is left are items without bytes.
    let array = Subarray::new(base.clone(), shape).or_else(|| Subarray::new(item, [N]));
    array.map_or(raw.into(), DType::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_subarrays_and_bytes_raw() {
        for (dtype, descr) in [
            (<[f32; 3]>::dtype(), "('=f4', (3,))"),
            (<[[i16; 3]; 2]>::dtype(), "('=i2', (2, 3))"),
            (<[bool; 0]>::dtype(), "('|b1', (0,))"),
            (<[u8; 5]>::dtype(), "'|V5'"),
            (<[u8; 0]>::dtype(), "'|V0'"),
            (<[[u8; 5]; 2]>::dtype(), "('|V5', (2,))"),
            (<[[u8; 0]; 2]>::dtype(), "'|V0'"),
        ] {
            let order = if cfg!(target_endian = "little") { "<" } else { ">" };
            assert_eq!(dtype.field_descr(), descr.replace('=', order));
        }
        assert_eq!(<[[bool; 7]; 3]>::dtype().itemsize(), 21);
    }
}

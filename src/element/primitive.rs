//! Numbers and bools as elements.
#![allow(unsafe_code, reason = "the implementations of the one unsafe trait; there is no unsafe block here")]

use super::{Element, scalar_of};
use crate::dtype::{DType, Kind, Scalar};

macro_rules! elements {
    ($($kind:ident: $($type:ty),+;)+) => {$($(
        // SAFETY: the scalar is as large as the type (a constant that does not build otherwise). Each kind has
        // just the bytes of its numbers, all of which are valid, or of `bool`, whose rule is the same; none has
        // padding.
        unsafe impl Element for $type {
            fn dtype() -> DType {
                const SCALAR: Scalar = scalar_of(Kind::$kind, size_of::<$type>());
                DType::Scalar(SCALAR)
            }
        }
    )+)+};
}

elements! {
    Bool: bool;
    Int: i8, i16, i32, i64;
    Uint: u8, u16, u32, u64;
    Float: half::f16, f32, f64;
}

// SAFETY: any two bytes are a bfloat16, and raw bytes.
unsafe impl Element for half::bf16 {
    fn dtype() -> DType {
        DType::Scalar(Scalar::BFLOAT16)
    }
}

#[cfg(feature = "complex")]
elements! {
    Complex: num_complex::Complex<f32>, num_complex::Complex<f64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dtypes_are_numpys() {
        for (dtype, text) in [
            (bool::dtype(), "|b1"),
            (i8::dtype(), "|i1"),
            (u16::dtype(), "=u2"),
            (i64::dtype(), "=i8"),
            (half::f16::dtype(), "=f2"),
            (f64::dtype(), "=f8"),
            #[cfg(feature = "complex")]
            (num_complex::Complex::<f32>::dtype(), "=c8"),
        ] {
            assert_eq!(dtype, text.parse().unwrap());
        }
    }
}

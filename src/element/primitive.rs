//! Numbers and bools as elements.
#![allow(unsafe_code, reason = "the implementations of the one unsafe trait; there is no unsafe block here")]

use super::Element;
use crate::dtype::{ByteOrder, DType, Kind, Scalar};

macro_rules! elements {
    ($($kind:ident: $($type:ty),+;)+) => {$($(
        // SAFETY: the scalar is as large as the type (a constant that does not build otherwise). Each kind has
        // just the bytes of its numbers, all of which are valid, or of `bool`, whose rule is the same; none has
        // padding.
        unsafe impl Element for $type {
            fn dtype() -> DType {
                const SCALAR: Scalar = match Scalar::new(Kind::$kind, size_of::<$type>(), ByteOrder::NATIVE) {
                    Some(scalar) => scalar,
                    None => panic!("no dtype has the size of this type"),
                };
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

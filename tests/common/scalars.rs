//! Every scalar dtype that has a Rust type.

use npymap::{DType, Element};

pub trait Visitor {
    fn visit<T: Element>(&mut self);
}

/// Calls the visitor with the Rust type of a dtype in either byte order, and says whether there is one.
pub fn for_each_scalar(dtype: &DType, visitor: &mut impl Visitor) -> bool {
    let DType::Scalar(scalar) = dtype else { return false };
    macro_rules! visit {
        ($($type:ty),+) => {$(
            if DType::of::<$type>() == *dtype || DType::of::<$type>() == scalar.swapped().into() {
                visitor.visit::<$type>();
                return true;
            }
        )+};
    }
    visit!(bool, i8, i16, i32, i64, u8, u16, u32, u64, half::f16, f32, f64);
    #[cfg(feature = "complex")]
    visit!(num_complex::Complex<f32>, num_complex::Complex<f64>);
    false
}

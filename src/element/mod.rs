//! Layer 2: Rust types against dtypes.
//!
//! An [`Element`] says what its memory is by a dtype of its own; whether a file can be seen as it, or how it
//! is converted, follows from the two dtypes alone (`kernels::Conversion`).

mod array;
mod endian;
mod long;
mod primitive;
pub(crate) mod record;
mod text;
mod time;

pub use endian::{Be, Le, Number};
pub use long::{LongComplex, LongDouble};
pub use text::{Bytes, Unicode};
pub use time::{DateTime64, TimeDelta64};

use crate::dtype::{ByteOrder, DType, Kind, Scalar};

/// A Rust type that can be an element of an array: fixed in size, without references.
///
/// | Rust | NumPy |
/// |---|---|
/// | `bool`, `i8` to `i64`, `u8` to `u64`, `f32`, `f64`, [`half::f16`] | `b1`, `i1` to `i8`, `u1` to `u8`, `f4`, `f8`, `f2` |
/// | [`half::bf16`] | ml_dtypes' `bfloat16`, which is saved as `<V2`, or `>V2` on big-endian machines |
/// | `Complex<f32>`, `Complex<f64>` (feature `complex`) | `c8`, `c16` |
/// | [`LongDouble`](crate::LongDouble), [`LongComplex`](crate::LongComplex) | `f16`, `c32` of x86, as raw bytes |
/// | [`Bytes<N>`](crate::Bytes), [`Unicode<N>`](crate::Unicode) | `S` and `U` of `N` characters; narrower ones are padded |
/// | [`DateTime64`](crate::DateTime64), [`TimeDelta64`](crate::TimeDelta64) | `M8` and `m8` of any unit |
/// | `[u8; N]` | `V` of `N` bytes; also read from a last axis of `N` times `u1`; `[u8; 1]` from ml_dtypes' `float8_e5m2` |
/// | `[T; N]` | a subarray; of a whole array the last axis |
/// | [`Be<T>`](crate::Be), [`Le<T>`](crate::Le) | a number of one byte order, at any address |
/// | a struct with `#[derive(Record)]` (feature `derive`) | a structured dtype |
///
/// Numbers, texts and times of a file are read in either byte order.
///
/// # Safety
/// - `dtype().itemsize()` is the size of `Self`.
/// - Bytes that are valid for [`Element::dtype`] are a valid `Self`. Any bytes are valid for a number; those of
///   a `bool` are 0 or 1, those of `U` text are Unicode scalar values in the byte order of the machine; those of
///   a record are valid in each field, and anything between them.
/// - Every byte that belongs to a field, or to a `Self` that is no record, is initialised, and fields do not overlap.
/// - [`Element::dtype`] is the same at each call.
#[expect(unsafe_code, reason = "the kernels rely on what the trait promises")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a NumPy array",
    label = "not an element",
    note = "elements are numbers, `bool`, `Bytes<N>`, `Unicode<N>`, `DateTime64`, `TimeDelta64`, arrays `[T; N]` of \
            elements, and structs with `#[derive(Record, Clone, Copy)]`"
)]
pub unsafe trait Element: Copy + Send + Sync + 'static {
    /// What the memory of `Self` is, in the machine's byte order where the type does not fix another.
    ///
    /// # Examples
    /// ```
    /// use npymap::Element;
    ///
    /// assert_eq!(i32::dtype().itemsize(), 4);
    /// ```
    fn dtype() -> DType;

    /// What [`save`](crate::save) makes of `Self`: [`Element::dtype`] but for records whose layout is the compiler's
    /// choice, which are saved without padding and in the order of the source.
    fn saved_dtype() -> DType {
        Self::dtype()
    }
}

impl DType {
    /// The dtype of a Rust type.
    ///
    /// # Examples
    /// ```
    /// use npymap::DType;
    ///
    /// assert_eq!(DType::of::<u8>().to_string(), "uint8");
    /// ```
    pub fn of<T: Element>() -> Self {
        T::dtype()
    }
}

/// The scalar of a Rust type, when it is compiled: NumPy has none of more than 2147483647 bytes.
#[expect(clippy::panic, reason = "it is called in constants alone, where it stops the compiler")]
pub(crate) const fn scalar_of(kind: Kind, itemsize: usize) -> Scalar {
    match Scalar::new(kind, itemsize, ByteOrder::NATIVE) {
        Some(scalar) => scalar,
        None => panic!("NumPy has no dtype of this type's size"),
    }
}

/// A dtype as the header shows it, for messages.
pub(crate) fn descr(dtype: &DType) -> String {
    dtype.field_descr()
}

/// A type's name without the modules that it lives in.
pub(crate) fn type_name<T>() -> String {
    let mut name = String::new();
    for word in
        std::any::type_name::<T>().split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
    {
        let start = word.rfind("::").map_or(0, |at| at + 2);
        name.push_str(word.get(start..).unwrap_or(word));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_are_short() {
        assert_eq!(type_name::<f64>(), "f64");
        assert_eq!(type_name::<half::f16>(), "f16");
        assert_eq!(type_name::<Option<half::f16>>(), "Option<f16>");
        assert_eq!(type_name::<[std::num::Wrapping<u8>; 3]>(), "[Wrapping<u8>; 3]");
    }
}

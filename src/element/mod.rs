//! Layer 2: Rust types against dtypes.
//!
//! An [`Element`] says what its memory is by a dtype of its own; whether a file can be seen as it, or how it
//! is converted, follows from the two dtypes alone (`kernels::Conversion`).

mod primitive;

use crate::dtype::{DType, Kind, Scalar};
use crate::error::{MismatchProblem, Result, UnsupportedProblem};
use crate::kernels::{Conversion, Incompatible};

/// A Rust type that can be an element of an array: fixed in size, without references.
///
/// # Safety
/// - `dtype().itemsize()` is the size of `Self`.
/// - Bytes that are valid for [`Element::dtype`] are a valid `Self`. Any bytes are valid for a number; those of
///   a `bool` are 0 or 1, those of `U` text are Unicode scalar values in the byte order of the dtype; those of
///   a record are valid in each field, and anything between them.
/// - Every byte that belongs to a field, or to a `Self` that is no record, is initialised.
#[expect(unsafe_code, reason = "the kernels rely on what the trait promises")]
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

/// How elements of `file` become `T`, or why they do not.
pub(crate) fn conversion<T: Element>(file: &DType) -> Result<Conversion> {
    let memory = T::dtype();
    Conversion::new(file, &memory).map_err(|incompatible| {
        if file.has_object() {
            return UnsupportedProblem::Objects { dtype: descr(file) }.into();
        }
        let (dtype, wanted) = (descr(file), type_name::<T>());
        match incompatible {
            Incompatible::DType => {
                MismatchProblem::DType { dtype, wanted, expected: expected(&memory) }.into()
            }
            Incompatible::Field(reason) => MismatchProblem::Record { dtype, wanted, reason }.into(),
        }
    })
}

/// The dtypes that become a Rust type whose memory is `memory`.
fn expected(memory: &DType) -> String {
    match memory {
        DType::Scalar(scalar) if scalar.swapped() != *scalar && !is_native_only(scalar) => {
            let (little, big) = if scalar.byte_order() == crate::ByteOrder::Little {
                (*scalar, scalar.swapped())
            } else {
                (scalar.swapped(), *scalar)
            };
            format!("{} or {}", descr(&little.into()), descr(&big.into()))
        }
        memory => descr(memory),
    }
}

/// Whether only one byte order makes sense in a message: times without a unit stand for any.
fn is_native_only(scalar: &Scalar) -> bool {
    matches!(scalar.kind(), Kind::DateTime64(_) | Kind::TimeDelta64(_))
}

/// A dtype as the header shows it, for messages.
pub(crate) fn descr(dtype: &DType) -> String {
    dtype.descr().unwrap_or_else(|_| dtype.to_string())
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

    #[test]
    fn a_wrong_type_is_an_error_that_says_what_would_do() {
        let error = |dtype: &str| conversion::<f64>(&dtype.parse().unwrap()).unwrap_err().to_string();
        assert_eq!(error(">i4"), "dtype '>i4' cannot be read as f64, expected '<f8' or '>f8'");
        assert_eq!(
            error("O"),
            "dtype '|O' holds pickled Python objects, which are never read because unpickling runs code; \
             save the array with a numeric or text dtype in Python"
        );
        let error = conversion::<bool>(&"|u1".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "dtype '|u1' cannot be read as bool, expected '|b1'");
    }
}

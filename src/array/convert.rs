//! What becomes of the elements of a file in memory, and the other way round.

use super::Load;
use crate::dtype::DType;
use crate::element::{Element, descr, type_name};
use crate::error::{MismatchProblem, Result, UnsupportedProblem};
use crate::kernels::{Conversion, Encoding, Incompatible};

/// How elements of `file` become `T`, or why they do not.
pub(crate) fn conversion<T: Load>(file: &DType) -> Result<Conversion> {
    let memory = T::memory(file);
    Conversion::new(file, &memory).map_err(|incompatible| {
        if file.has_object() {
            return UnsupportedProblem::Objects { dtype: descr(file) }.into();
        }
        let (dtype, wanted) = (descr(file), type_name::<T>());
        match incompatible {
            Incompatible::DType => MismatchProblem::DType { dtype, wanted, expected: T::expected() }.into(),
            Incompatible::Field(reason) => MismatchProblem::Record { dtype, wanted, reason }.into(),
        }
    })
}

/// How `T` becomes an element of `file`, or why it does not.
pub(crate) fn encoding<T: Element>(file: &DType) -> Result<Encoding> {
    let conversion = Conversion::new(file, &T::dtype()).ok();
    conversion.and_then(Encoding::new).ok_or_else(|| {
        let expected = T::saved_dtype().expected();
        MismatchProblem::SavedAs { dtype: descr(file), wanted: type_name::<T>(), expected }.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

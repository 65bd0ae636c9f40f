//! What the data of a file are to a Rust type: shape, conversion, and what to say of a bad element.

use std::borrow::Cow;

use crate::dtype::DType;
use crate::element::{self, Element, descr};
use crate::error::{Error, FormatProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::header::{Decoded, Header};
use crate::kernels::{Conversion, FillError, Invalid, ViewError};

/// The data of a file as elements of one Rust type.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(super) decoded: &'a Decoded,
    #[cfg_attr(not(feature = "ndarray"), expect(dead_code, reason = "only arrays have axes"))]
    pub(crate) shape: Cow<'a, [usize]>,
    pub(crate) len: usize,
    pub(crate) conversion: Conversion,
}

impl<'a> Layout<'a> {
    /// The data as elements of `T`, or why they are none.
    ///
    /// Where the dtype is a subarray and `T` is not, its axes are appended to the shape, as `np.memmap` does.
    pub(crate) fn new<T: Element>(decoded: &'a Decoded) -> Result<Self> {
        let header = &decoded.header;
        let (shape, dtype) = match &header.dtype {
            DType::Subarray(subarray) if !matches!(T::dtype(), DType::Subarray(_)) => {
                let (axes, base) = subarray.flattened();
                (Cow::Owned([header.shape.as_slice(), &axes].concat()), base)
            }
            dtype => (Cow::Borrowed(header.shape.as_slice()), dtype),
        };
        let conversion = element::conversion::<T>(dtype)?;
        let len = shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis));
        let len = len.ok_or_else(|| too_large(header))?;
        Ok(Self { decoded, shape, len, conversion })
    }

    /// What went wrong while elements of `T` were read.
    pub(crate) fn fill_error<T: Element>(&self, error: FillError) -> Error {
        match error {
            FillError::Source(error) => error,
            FillError::Invalid(invalid) => self.invalid::<T>(&invalid),
        }
    }

    /// Why the data cannot be seen as `T` where they are.
    pub(crate) fn view_error<T: Element>(&self, error: ViewError) -> Error {
        let reason = match error {
            ViewError::Invalid(invalid) => return self.invalid::<T>(&invalid),
            ViewError::Converts => "its bytes are in another order".to_string(),
            ViewError::Misaligned => {
                format!(
                    "its data start at byte {}, which is not aligned to {}",
                    self.decoded.data_offset,
                    align_of::<T>()
                )
            }
        };
        MismatchProblem::View {
            dtype: descr(&self.decoded.header.dtype),
            wanted: element::type_name::<T>(),
            reason,
            way_out: "view_cow, to_array or load",
        }
        .into()
    }

    fn invalid<T: Element>(&self, invalid: &Invalid) -> Error {
        let size = size_of::<T>().max(1);
        let index = invalid.at / size;
        // Where fields are moved, the place within the element is not that in memory.
        let within = if self.conversion.is_in_place() { invalid.at % size } else { 0 };
        let before = index as u64 * self.conversion.file_size() as u64;
        FormatProblem::Element {
            index,
            at: self.decoded.data_offset as u64 + before + within as u64,
            found: invalid.found.clone(),
            expected: invalid.expected,
            dtype: descr(&self.decoded.header.dtype),
        }
        .into()
    }
}

fn too_large(header: &Header) -> Error {
    let reason = "it has more elements than memory can address".to_string();
    FormatProblem::Shape { shape: header.shape_text(), reason }.into()
}

impl Decoded {
    /// Bytes of the data, or why there can be none.
    pub(crate) fn nbytes(&self) -> Result<usize> {
        self.header.nbytes().ok_or_else(|| too_large(&self.header))
    }

    /// Refuses a file of `file_len` bytes that ends before its array does. The data of object arrays are a
    /// pickle of any length.
    pub(crate) fn check_len(&self, file_len: u64) -> Result<()> {
        if self.header.dtype.has_object() {
            return Ok(());
        }
        let needed = self.nbytes()? as u64;
        let found = file_len.saturating_sub(self.data_offset as u64);
        if found < needed { Err(self.truncated(found)) } else { Ok(()) }
    }

    /// The error of a file that has only `found` bytes of data.
    pub(crate) fn truncated(&self, found: u64) -> Error {
        FormatProblem::DataTruncated {
            shape: self.header.shape_text(),
            dtype: descr(&self.header.dtype),
            needed: self.header.nbytes().map_or(u64::MAX, |nbytes| nbytes as u64),
            found,
        }
        .into()
    }

    /// Refuses the data of object arrays.
    pub(crate) fn check_readable(&self) -> Result<()> {
        if self.header.dtype.has_object() {
            return Err(UnsupportedProblem::Objects { dtype: descr(&self.header.dtype) }.into());
        }
        Ok(())
    }
}

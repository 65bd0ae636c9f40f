//! What the data of a file are to a Rust type: shape, conversion, and what to say of a bad element.

use std::borrow::Cow;

use crate::dtype::DType;
use crate::element::{self, Element, descr};
use crate::error::{Error, FormatProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::header::Header;
use crate::kernels::{Conversion, FillError, Invalid, ViewError};

/// The data of a file as elements of one Rust type.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(super) header: &'a Header,
    /// Bytes from the start of the file to the data.
    data_offset: u64,
    #[cfg_attr(not(feature = "ndarray"), expect(dead_code, reason = "only arrays have axes"))]
    pub(crate) shape: Cow<'a, [usize]>,
    pub(crate) len: usize,
    pub(crate) conversion: Conversion,
}

impl<'a> Layout<'a> {
    /// The data as elements of `T`, or why they are none.
    ///
    /// Where the dtype is a subarray and `T` is not, its axes are appended to the shape, as `np.memmap` does.
    pub(crate) fn new<T: Element>(header: &'a Header, data_offset: u64) -> Result<Self> {
        let (shape, dtype) = match &header.dtype {
            DType::Subarray(subarray) if !matches!(T::dtype(), DType::Subarray(_)) => {
                let (axes, base) = subarray.flattened();
                (Cow::Owned([header.shape.as_slice(), &axes].concat()), base)
            }
            dtype => (Cow::Borrowed(header.shape.as_slice()), dtype),
        };
        let conversion = element::conversion::<T>(dtype)?;
        let len = shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis));
        let len = len.ok_or_else(|| header.too_large())?;
        Ok(Self { header, data_offset, shape, len, conversion })
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
                    self.data_offset,
                    align_of::<T>()
                )
            }
        };
        MismatchProblem::View {
            dtype: descr(&self.header.dtype),
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
            at: self.data_offset + before + within as u64,
            found: invalid.found.clone(),
            expected: invalid.expected,
            dtype: descr(&self.header.dtype),
        }
        .into()
    }
}

impl Header {
    fn too_large(&self) -> Error {
        let reason = "it has more elements than memory can address".to_string();
        FormatProblem::Shape { shape: self.shape_text(), reason }.into()
    }

    /// Bytes of the data, or why there can be none.
    pub(crate) fn checked_nbytes(&self) -> Result<usize> {
        self.nbytes().ok_or_else(|| self.too_large())
    }

    /// Refuses a file of `file_len` bytes that ends before its array does. The data of object arrays are a
    /// pickle of any length.
    pub(crate) fn check_len(&self, data_offset: u64, file_len: u64) -> Result<()> {
        if self.dtype.has_object() {
            return Ok(());
        }
        let needed = self.checked_nbytes()? as u64;
        let found = file_len.saturating_sub(data_offset);
        if found < needed { Err(self.truncated(found)) } else { Ok(()) }
    }

    /// The error of a file that has only `found` bytes of data.
    pub(crate) fn truncated(&self, found: u64) -> Error {
        FormatProblem::DataTruncated {
            shape: self.shape_text(),
            dtype: descr(&self.dtype),
            needed: self.nbytes().map_or(u64::MAX, |nbytes| nbytes as u64),
            found,
        }
        .into()
    }

    /// Refuses the data of object arrays.
    pub(crate) fn check_readable(&self) -> Result<()> {
        if self.dtype.has_object() {
            return Err(UnsupportedProblem::Objects { dtype: descr(&self.dtype) }.into());
        }
        Ok(())
    }
}

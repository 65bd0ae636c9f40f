//! What the data of a file are to a Rust type: shape, conversion, and what to say of a bad element.

use std::borrow::Cow;

use super::convert::conversion;
use super::load::Load;
use crate::dtype::{DType, Subarray};
use crate::element::{self, Element, descr};
use crate::error::{Error, FormatProblem, MismatchProblem, Result};
use crate::header::{Decoded, Header, Order, shape_text};
use crate::kernels::{self, Conversion, FillError, Invalid, Source, ViewError};

/// Why records cannot be written as a type that has not all of their fields.
pub(super) const SKIPS: &str = "a write would change fields that the type does not have";
/// Why records cannot be written as a type with padding.
pub(super) const PADDED: &str =
    "a write would leave what it finds in memory between the fields; repr(C, packed) has nothing there";

/// The data of a file as elements of one Rust type.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    header: &'a Header,
    /// Bytes from the start of the file to the data.
    data_offset: u64,
    pub(crate) shape: Cow<'a, [usize]>,
    pub(crate) order: Order,
    pub(crate) len: usize,
    pub(crate) conversion: Conversion,
}

impl<'a> Layout<'a> {
    /// The data as elements of `T`, or why they are none.
    ///
    /// Where the dtype is a subarray and `T` is not, its axes are appended to the shape, as `np.memmap` does; where
    /// `T` is an array, it takes the last axes.
    pub(crate) fn new<T: Load>(header: &'a Header, data_offset: u64) -> Result<Self> {
        let (axes, file) = header.dtype.flattened();
        let whole: Cow<'a, [usize]> = match axes.as_slice() {
            [] => Cow::Borrowed(&header.shape),
            axes => Cow::Owned([header.shape.as_slice(), axes].concat()),
        };
        let axes = own_axes(&T::memory(file), file);
        if axes.is_empty() {
            let conversion = conversion::<T>(file)?;
            return Self { header, data_offset, shape: whole, order: header.order, len: 0, conversion }
                .counted();
        }
        let item = Subarray::new(file.clone(), axes.as_slice()).map_or(file.clone(), DType::from);
        let conversion = conversion::<T>(&item)?;
        let wanted = element::type_name::<T>;
        let Some(shape) = whole.strip_suffix(axes.as_slice()) else {
            let (shape, axes) = (shape_text(&whole), shape_text(&axes));
            return Err(MismatchProblem::Axes { shape, axes, wanted: wanted() }.into());
        };
        // With one axis that is longer than 1, both orders are the same.
        let is_scattered = !whole.contains(&0) && whole.iter().filter(|&&axis| axis > 1).count() > 1;
        if header.order == Order::F && is_scattered {
            return Err(MismatchProblem::Scattered { shape: shape_text(&whole), wanted: wanted() }.into());
        }
        let shape = Cow::Owned(shape.to_vec());
        Self { header, data_offset, shape, order: Order::C, len: 0, conversion }.counted()
    }

    /// The data of an array that has been opened, as elements of `T`.
    pub(crate) fn of<T: Load>(decoded: &'a Decoded) -> Result<Self> {
        Self::new::<T>(&decoded.header, decoded.data_offset)
    }

    fn counted(self) -> Result<Self> {
        let len = self.shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis));
        Ok(Self { len: len.ok_or_else(|| self.header.too_large())?, ..self })
    }

    /// The same data, of which part has another shape.
    #[cfg(feature = "ndarray")]
    pub(crate) fn with_shape(&self, shape: Vec<usize>) -> Self {
        Self { shape: Cow::Owned(shape), conversion: self.conversion.clone(), ..*self }
    }

    /// Bytes from the start of the file to the data.
    pub(crate) fn data_offset(&self) -> u64 {
        self.data_offset
    }

    /// The number of the element that holds the byte `position` of the file.
    pub(super) fn index_of(&self, position: u64) -> usize {
        let size = self.conversion.file_size().max(1) as u64;
        usize::try_from(position.saturating_sub(self.data_offset) / size).unwrap_or(usize::MAX)
    }

    /// The next `len` elements of `source`; `index` is the number in the file of one of them.
    pub(super) fn collect<T: Load>(
        &self,
        len: usize,
        index: impl FnOnce(usize) -> usize,
        source: &mut Source<'_>,
    ) -> Result<Vec<T>> {
        let (_, file) = self.header.dtype.flattened();
        T::collect(&self.conversion, file, len, source).map_err(|error| self.fill_error(error, index))
    }

    /// [`Layout::collect`] into memory of the caller's. After an error there are any valid elements in it.
    pub(super) fn fill<T: Element>(
        &self,
        elements: &mut [T],
        index: impl FnOnce(usize) -> usize,
        source: &mut Source<'_>,
    ) -> Result<()> {
        kernels::fill_elements(&self.conversion, elements, source)
            .map_err(|error| self.fill_error(error, index))
    }

    /// What went wrong while elements were read.
    pub(super) fn fill_error(&self, error: FillError, index: impl FnOnce(usize) -> usize) -> Error {
        match error {
            FillError::Source(error) => error,
            FillError::Invalid(invalid) => self.invalid(&invalid, index),
        }
    }

    /// `bytes`, which are those of the data, as elements where they are.
    pub(crate) fn elements<'b, T: Element>(&self, bytes: &'b [u8]) -> Result<&'b [T]> {
        kernels::view(&self.conversion, self.len, bytes).map_err(|error| self.view_error::<T>(error))
    }

    /// [`Layout::elements`] that can be changed in place.
    pub(crate) fn elements_mut<'b, T: Element>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [T]> {
        kernels::view_mut(&self.conversion, self.len, bytes).map_err(|error| self.view_error::<T>(error))
    }

    /// Why the data cannot be seen as `T` where they are.
    fn view_error<T: Element>(&self, error: ViewError) -> Error {
        let reason = match error {
            ViewError::Invalid(invalid) => return self.invalid(&invalid, |index| index),
            ViewError::Converts if self.conversion.pads() => "its elements are narrower".to_string(),
            ViewError::Converts if self.conversion.is_in_place() => {
                "its bytes are in another order".to_string()
            }
            ViewError::Converts => "its fields lie elsewhere or their bytes are in another order".to_string(),
            ViewError::Skips => SKIPS.to_string(),
            ViewError::Padded => PADDED.to_string(),
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

    /// `index` tells the number in the file of an element of those that were read.
    fn invalid(&self, invalid: &Invalid, index: impl FnOnce(usize) -> usize) -> Error {
        let size = self.conversion.memory_size().max(1);
        let index = index(invalid.at / size);
        let within = self.conversion.file_offset(invalid.at % size);
        let before = index as u64 * self.conversion.file_size() as u64;
        FormatProblem::Element {
            index,
            at: self.data_offset + before + within as u64,
            found: invalid.found.clone(),
            expected: invalid.expected,
            dtype: descr(self.header.dtype.flattened().1),
        }
        .into()
    }
}

/// The axes of an array that belong to elements whose memory is `memory`, where the file's own items are `file`.
pub(super) fn own_axes(memory: &DType, file: &DType) -> Vec<usize> {
    let (mut axes, item) = memory.flattened();
    match (item, file) {
        (DType::Scalar(raw), DType::Scalar(byte)) if raw.is_raw() && byte.is_byte() => {
            axes.push(raw.itemsize());
        }
        _ => {}
    }
    axes
}

//! One field of an array of records, in all of them.
#![allow(unsafe_code, reason = "elements with other bytes between them are seen where they are")]

use std::ptr::NonNull;

use ndarray::{ArrayView, ArrayViewMut, Dimension, IxDyn, ShapeBuilder, StrideShape};

use super::field_path::{FieldPath, record_strides, with_strides};
use super::layout::{PADDED, SKIPS, own_axes};
use crate::dtype::{DType, Subarray};
use crate::element::{self, Element, descr};
use crate::error::{Error, FormatProblem, MismatchProblem, Result};
use crate::header::{Header, shape_text};
use crate::kernels::Conversion;
use crate::literal::repr_str;

/// A field in all records of a file.
pub(crate) struct FieldLayout<'a> {
    header: &'a Header,
    data_offset: u64,
    /// Bytes from the start of a record to the field.
    offset: usize,
    /// What an element is in the file.
    item: DType,
    shape: Vec<usize>,
    /// In bytes.
    strides: Vec<usize>,
    /// How many of the axes are those of the records.
    outer: usize,
    conversion: Conversion,
}

impl<'a> FieldLayout<'a> {
    pub(crate) fn new<T: Element>(header: &'a Header, data_offset: u64, path: &str) -> Result<Self> {
        let no_field = || MismatchProblem::Field { path: repr_str(path), dtype: descr(&header.dtype) };
        let FieldPath { offset, mut axes, dtype } =
            FieldPath::find(&header.dtype, path).ok_or_else(no_field)?;
        let (own, base) = dtype.flattened();
        axes.extend(with_strides(&own, base.itemsize()));
        let (mut shape, mut strides) = (header.shape.clone(), record_strides(header));
        let outer = shape.len();
        shape.extend(axes.iter().map(|&(len, _)| len));
        strides.extend(axes.iter().map(|&(_, stride)| stride));

        // An element that is an array takes the last axes of the field itself.
        let wanted = own_axes(&T::dtype(), base);
        let item = match wanted.as_slice() {
            [] => base.clone(),
            wanted => Subarray::new(base.clone(), wanted).map_or(base.clone(), DType::from),
        };
        let conversion = Conversion::new(&item, &T::dtype()).map_err(|_| MismatchProblem::Record {
            dtype: descr(&header.dtype),
            wanted: element::type_name::<T>(),
            reason: format!(
                "field {} is {}, expected {}",
                repr_str(path),
                descr(dtype),
                T::saved_dtype().expected()
            ),
        })?;
        if !own.ends_with(&wanted) {
            let (shape, axes) = (shape_text(&shape), shape_text(&wanted));
            return Err(MismatchProblem::Axes { shape, axes, wanted: element::type_name::<T>() }.into());
        }
        shape.truncate(shape.len() - wanted.len());
        strides.truncate(shape.len());
        Ok(Self { header, data_offset, offset, item, shape, strides, outer, conversion })
    }

    /// The field in `data`, checked.
    pub(crate) fn view<'d, T: Element, D: Dimension>(&self, data: &'d [u8]) -> Result<ArrayView<'d, T, D>> {
        match self.elements::<T, D>(data, Access::Read)? {
            Elements::None { shape, len } => {
                // SAFETY: a `T` without bytes has no bytes that could be invalid, and else there are none.
                let elements = unsafe { std::slice::from_raw_parts(NonNull::dangling().as_ptr(), len) };
                ArrayView::from_shape(shape, elements).map_err(|error| self.not_an_array(error.to_string()))
            }
            Elements::Strided(shape) => {
                let start = data.get(self.offset..).unwrap_or_default();
                // SAFETY: `elements` has checked that they lie in `start`, which is borrowed for the view's life and
                // may be written by nobody meanwhile, aligned, and that their bytes are those of a `T`.
                Ok(unsafe { ArrayView::from_shape_ptr(shape, start.as_ptr().cast()) })
            }
        }
    }

    /// [`FieldLayout::view`] of bytes that may be written.
    pub(crate) fn view_mut<'d, T: Element, D: Dimension>(
        &self,
        data: &'d mut [u8],
    ) -> Result<ArrayViewMut<'d, T, D>> {
        match self.elements::<T, D>(data, Access::Write)? {
            Elements::None { shape, len } => {
                // SAFETY: as in `view`; nothing can be written where there are no bytes.
                let elements = unsafe { std::slice::from_raw_parts_mut(NonNull::dangling().as_ptr(), len) };
                ArrayViewMut::from_shape(shape, elements)
                    .map_err(|error| self.not_an_array(error.to_string()))
            }
            Elements::Strided(shape) => {
                let start = data.get_mut(self.offset..).unwrap_or_default();
                // SAFETY: as in `view`, of bytes that are borrowed for the view alone. No two elements share a byte:
                // each stride is at least all that lies along the axes within it. A `T` that is written leaves no
                // uninitialised byte and no other field changed, by the checks of `Access::Write`, and is valid for
                // the dtype of the file, which is its own.
                Ok(unsafe { ArrayViewMut::from_shape_ptr(shape, start.as_mut_ptr().cast()) })
            }
        }
    }

    /// Where the elements lie from the first byte of the field on. There, each is aligned and within `data`, no two
    /// share a byte, and all are a valid `T`.
    fn elements<T: Element, D: Dimension>(&self, data: &[u8], access: Access) -> Result<Elements<D>> {
        let shape = D::from_dimension(&IxDyn(&self.shape)).ok_or_else(|| MismatchProblem::Ndim {
            shape: shape_text(&self.shape),
            found: self.shape.len(),
            expected: D::NDIM.unwrap_or_default(),
        })?;
        let size = size_of::<T>();
        if self.shape.contains(&0) || size == 0 {
            let len = self.shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis));
            let len = len.ok_or_else(|| self.not_an_array("it has too many elements".to_string()))?;
            return Ok(Elements::None { shape, len });
        }
        self.check_layout::<T>(data, access)?;
        self.check(data)?;
        let mut axes = self.shape.iter().zip(&self.strides);
        let end = axes.try_fold(size, |end, (&len, &stride)| (len - 1).checked_mul(stride)?.checked_add(end));
        let found = data.len().saturating_sub(self.offset);
        if end.is_none_or(|end| end > found) {
            return Err(self.header.truncated(data.len() as u64));
        }
        // Where an axis is longer than 1, its stride is a multiple of the size: `check_layout` has tested it.
        let strides: Vec<usize> = self.strides.iter().map(|stride| stride / size).collect();
        let strides = D::from_dimension(&IxDyn(&strides));
        let strides = strides.ok_or_else(|| self.not_an_array("it does not fit ndarray".to_string()))?;
        Ok(Elements::Strided(shape.strides(strides)))
    }

    /// Refuses what no view of `T` can be.
    fn check_layout<T: Element>(&self, data: &[u8], access: Access) -> Result<()> {
        let size = size_of::<T>();
        let refused = |obstacle| Err(self.no_view::<T>(obstacle, access));
        if !self.conversion.is_copy() {
            return refused(match self.conversion.is_in_place() {
                true => Obstacle::ByteOrder,
                false => Obstacle::Layout,
            });
        }
        if let Access::Write = access {
            // As of a view of whole records.
            if self.conversion.skips() {
                return refused(Obstacle::Within(SKIPS));
            }
            if T::dtype().has_padding() {
                return refused(Obstacle::Within(PADDED));
            }
        }
        let far = |(&len, &stride): (&usize, &usize)| len > 1 && stride % size != 0;
        if self.shape.iter().zip(&self.strides).any(far) {
            return refused(Obstacle::Distance);
        }
        let start = data.get(self.offset..).unwrap_or_default();
        if !start.as_ptr().cast::<T>().is_aligned() {
            return refused(Obstacle::Alignment);
        }
        Ok(())
    }

    /// Checks the field in each record.
    fn check(&self, data: &[u8]) -> Result<()> {
        if self.conversion.is_unchecked() {
            return Ok(());
        }
        let record = self.header.dtype.itemsize();
        let axes = self.shape.iter().zip(&self.strides).skip(self.outer);
        let mut offsets = vec![self.offset];
        for (&len, &stride) in axes {
            offsets =
                offsets.iter().flat_map(|offset| (0..len).map(move |at| offset + at * stride)).collect();
        }
        for offset in offsets {
            self.conversion.check_within(data, record, offset).map_err(|invalid| FormatProblem::Element {
                index: invalid.at / record.max(1),
                at: self.data_offset + invalid.at as u64,
                found: invalid.found,
                expected: invalid.expected,
                dtype: descr(&self.item),
            })?;
        }
        Ok(())
    }

    fn not_an_array(&self, reason: String) -> Error {
        FormatProblem::Shape { shape: shape_text(&self.shape), reason }.into()
    }

    fn no_view<T: Element>(&self, obstacle: Obstacle, access: Access) -> Error {
        const LOAD: &str = "load of a struct with #[npy(subset)]";
        let at = self.data_offset + self.offset as u64;
        let (reason, way_out) = match (&obstacle, access) {
            (Obstacle::ByteOrder, Access::Read) => (
                "its bytes are in another order".to_string(),
                "Be, Le or load of a struct with #[npy(subset)]",
            ),
            (Obstacle::ByteOrder, Access::Write) => {
                ("its bytes are in another order".to_string(), "Be or Le")
            }
            (Obstacle::Layout, Access::Read) => ("its bytes lie elsewhere".to_string(), LOAD),
            (Obstacle::Layout, Access::Write) => (
                "its bytes lie elsewhere".to_string(),
                "field_mut of each field, or a type as wide as the field",
            ),
            (Obstacle::Within(reason), _) => (reason.to_string(), "field_mut of each field"),
            (Obstacle::Distance, _) => {
                let (size, apart) = (size_of::<T>(), self.header.dtype.itemsize());
                let reason = format!(
                    "an array can only have its elements a multiple of {size} bytes apart, and the records have {apart}"
                );
                match access {
                    Access::Read => (reason, LOAD),
                    Access::Write => (reason, "view_mut of a struct with repr(C, packed)"),
                }
            }
            (Obstacle::Alignment, _) => {
                let reason = format!("it starts at byte {at}, which is not aligned to {}", align_of::<T>());
                match access {
                    Access::Read => (reason, "Le, Be or load of a struct with #[npy(subset)]"),
                    Access::Write => (reason, "Le or Be"),
                }
            }
        };
        let (dtype, wanted) = (descr(&self.item), element::type_name::<T>());
        MismatchProblem::View { dtype, wanted, reason, way_out }.into()
    }
}

/// What a view is for.
#[derive(Debug, Clone, Copy)]
enum Access {
    Read,
    Write,
}

/// Where the elements of a field are.
enum Elements<D: Dimension> {
    /// They have no bytes, or there are none.
    None { shape: D, len: usize },
    /// So far apart.
    Strided(StrideShape<D>),
}

/// What is in the way of a view.
enum Obstacle {
    ByteOrder,
    Layout,
    /// What a write would do beside the fields of the type.
    Within(&'static str),
    Distance,
    Alignment,
}

//! One field of a mapped file of records.
#![allow(unsafe_code, reason = "elements with other bytes between them are seen where they are mapped")]

use ndarray::{ArrayView, Dimension, IxDyn, ShapeBuilder};

use super::elements::own_axes;
use super::map::NpyMap;
use crate::dtype::{DType, Subarray};
use crate::element::{self, Element, descr};
use crate::error::{FormatProblem, MismatchProblem, Result};
use crate::header::{Header, Order, shape_text};
use crate::kernels::Conversion;
use crate::literal::repr_str;

impl NpyMap {
    /// One field of an array of records, without a copy: NumPy's `m['name']`.
    ///
    /// `path` is the field's name or title; that of a field of a field follows after a dot, as in `"at.x"`, and a name
    /// that has a dot itself is looked for first. The axes of subarrays on the way are appended to the shape.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no such field, or it has another dtype, byte order
    /// or number of axes; and where no view of `T` can have its elements that far apart: the size of the records is
    /// no multiple of that of `T`, or the field is not aligned for it. [`load`](crate::load) of a struct with
    /// `#[npy(subset)]` reads it then. [`Error::Format`](crate::Error::Format) for bytes that mean nothing in the
    /// dtype.
    ///
    /// # Examples
    /// ```
    /// use ndarray::{Ix1, Ix2};
    /// use npymap::NpyMap;
    ///
    /// // SAFETY: nobody changes the files meanwhile.
    /// let map = unsafe { NpyMap::open("testdata/numpy-2.4/record-aligned.npy")? };
    /// assert_eq!(map.field::<f64, Ix1>("b")?.to_vec(), [1.0, 1.25, 1.5]);
    ///
    /// let map = unsafe { NpyMap::open("testdata/numpy-2.4/record-nested-aligned.npy")? };
    /// assert_eq!(map.field::<f64, Ix1>("at.y")?.to_vec(), [1.75, 2.0, 2.25]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn field<T: Element, D: Dimension>(&self, path: &str) -> Result<ArrayView<'_, T, D>> {
        let view = || {
            let column = Column::new::<T>(&self.mapped.header, self.mapped.data_offset, path)?;
            column.view(self.as_bytes())
        };
        self.mapped.located(view())
    }
}

/// A field in all records of a file.
struct Column<'a> {
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

impl<'a> Column<'a> {
    fn new<T: Element>(header: &'a Header, data_offset: u64, path: &str) -> Result<Self> {
        let no_field = || MismatchProblem::Field { path: repr_str(path), dtype: descr(&header.dtype) };
        let Place { offset, mut axes, dtype } = find(&header.dtype, path).ok_or_else(no_field)?;
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
    fn view<'d, T: Element, D: Dimension>(&self, data: &'d [u8]) -> Result<ArrayView<'d, T, D>> {
        let shape = D::from_dimension(&IxDyn(&self.shape)).ok_or_else(|| MismatchProblem::Ndim {
            shape: shape_text(&self.shape),
            found: self.shape.len(),
            expected: D::NDIM.unwrap_or_default(),
        })?;
        let not_an_array = |reason: String| FormatProblem::Shape { shape: shape_text(&self.shape), reason };
        let size = size_of::<T>();
        if self.shape.contains(&0) || size == 0 {
            let len = self.shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis));
            let len = len.ok_or_else(|| not_an_array("it has too many elements".to_string()))?;
            // SAFETY: a `T` without bytes has no bytes that could be invalid, and else there are none.
            let elements = unsafe { std::slice::from_raw_parts(std::ptr::NonNull::dangling().as_ptr(), len) };
            return Ok(
                ArrayView::from_shape(shape, elements).map_err(|error| not_an_array(error.to_string()))?
            );
        }
        if !self.conversion.is_copy() {
            return Err(self.no_view::<T>("its bytes are in another order or elsewhere".to_string()));
        }
        let far = |(&len, &stride): (&usize, &usize)| len > 1 && stride % size != 0;
        if self.shape.iter().zip(&self.strides).any(far) {
            let apart = self.header.dtype.itemsize();
            return Err(self.no_view::<T>(format!(
                "an array can only have its elements a multiple of {size} bytes apart, and the records have {apart}"
            )));
        }
        let start = data.get(self.offset..).unwrap_or_default();
        if !start.as_ptr().cast::<T>().is_aligned() {
            let at = self.data_offset + self.offset as u64;
            return Err(self.no_view::<T>(format!(
                "it starts at byte {at}, which is not aligned to {}",
                align_of::<T>()
            )));
        }
        self.check(data)?;
        let mut axes = self.shape.iter().zip(&self.strides);
        let end = axes.try_fold(size, |end, (&len, &stride)| (len - 1).checked_mul(stride)?.checked_add(end));
        if end.is_none_or(|end| end > start.len()) {
            return Err(self.header.truncated(data.len() as u64));
        }
        let strides: Vec<usize> = self.strides.iter().map(|stride| stride / size).collect();
        let strides = D::from_dimension(&IxDyn(&strides));
        let strides = strides.ok_or_else(|| not_an_array("it does not fit ndarray".to_string()))?;
        // SAFETY: the first element is aligned, and the others are multiples of their size from it: where an axis is
        // longer than 1, its stride was tested above. The last element ends within `start`, which is borrowed for the
        // view's life and may be written by nobody meanwhile. The bytes are those of a `T::dtype()`, for the
        // conversion is a copy, and have been checked by its rules.
        Ok(unsafe { ArrayView::from_shape_ptr(shape.strides(strides), start.as_ptr().cast()) })
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

    fn no_view<T: Element>(&self, reason: String) -> crate::Error {
        let (dtype, wanted) = (descr(&self.item), element::type_name::<T>());
        MismatchProblem::View { dtype, wanted, reason, way_out: "load of a struct with #[npy(subset)]" }
            .into()
    }
}

/// Where a field is within a record.
pub(super) struct Place<'a> {
    pub(super) offset: usize,
    /// Lengths and strides in bytes of the subarrays on the way.
    pub(super) axes: Vec<(usize, usize)>,
    pub(super) dtype: &'a DType,
}

pub(super) fn find<'a>(dtype: &'a DType, path: &str) -> Option<Place<'a>> {
    let (axes, base) = dtype.flattened();
    let DType::Structured(record) = base else { return None };
    let mut place = match record.field(path) {
        Some(field) => Place { offset: field.offset(), axes: Vec::new(), dtype: field.dtype() },
        None => path.match_indices('.').find_map(|(dot, _)| {
            let field = record.field(path.get(..dot)?)?;
            let place = find(field.dtype(), path.get(dot + 1..)?)?;
            Some(Place { offset: field.offset() + place.offset, ..place })
        })?,
    };
    place.axes.splice(..0, with_strides(&axes, base.itemsize()));
    Some(place)
}

/// The axes of a subarray with their strides in bytes.
pub(super) fn with_strides(axes: &[usize], itemsize: usize) -> Vec<(usize, usize)> {
    let mut stride = itemsize;
    let mut all: Vec<_> = axes
        .iter()
        .rev()
        .map(|&len| {
            let axis = (len, stride);
            stride = stride.saturating_mul(len);
            axis
        })
        .collect();
    all.reverse();
    all
}

/// Bytes from a record to the next along each axis.
pub(super) fn record_strides(header: &Header) -> Vec<usize> {
    let itemsize = header.dtype.itemsize();
    let strides = |axes: &[usize]| with_strides(axes, itemsize).into_iter().map(|(_, stride)| stride);
    match header.order {
        Order::C => strides(&header.shape).collect(),
        Order::F => {
            let turned: Vec<usize> = header.shape.iter().rev().copied().collect();
            strides(&turned).rev().collect()
        }
    }
}

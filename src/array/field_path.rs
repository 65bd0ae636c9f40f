//! Where a field is within a record, and records within an array.

use crate::dtype::DType;
use crate::header::{Header, Order};

/// Where a field is within a record.
pub(crate) struct FieldPath<'a> {
    pub(crate) offset: usize,
    /// Lengths and strides in bytes of the subarrays on the way.
    pub(crate) axes: Vec<(usize, usize)>,
    pub(crate) dtype: &'a DType,
}

impl<'a> FieldPath<'a> {
    /// The field that `path` names: by its name or title, or those of a field and of its field with a dot between.
    pub(crate) fn find(dtype: &'a DType, path: &str) -> Option<Self> {
        let (axes, base) = dtype.flattened();
        let DType::Structured(record) = base else { return None };
        let mut found = match record.field(path) {
            Some(field) => Self { offset: field.offset(), axes: Vec::new(), dtype: field.dtype() },
            None => path.match_indices('.').find_map(|(dot, _)| {
                let field = record.field(path.get(..dot)?)?;
                let inner = Self::find(field.dtype(), path.get(dot + 1..)?)?;
                Some(Self { offset: field.offset() + inner.offset, ..inner })
            })?,
        };
        found.axes.splice(..0, with_strides(&axes, base.itemsize()));
        Some(found)
    }
}

/// The axes of a subarray with their strides in bytes.
pub(crate) fn with_strides(axes: &[usize], itemsize: usize) -> Vec<(usize, usize)> {
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
pub(crate) fn record_strides(header: &Header) -> Vec<usize> {
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

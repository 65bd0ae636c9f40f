//! Where a field is within a record, and records within an array.

use crate::dtype::DType;
use crate::header::{Header, Order};

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

//! Elements that lie apart in memory, put side by side.
#![allow(unsafe_code, reason = "elements are moved by their strides here")]

use ndarray::ArrayViewD;

use super::transpose::{Axis, Store, rearrange};
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Bytes of elements that are put together at a time: a few rows of most arrays, so that a line of the cache that has
/// one element of each is fetched once.
const BLOCK: usize = 1024 * 1024;

/// Hands the elements of `view` to `visit` in C order, many at a time.
pub(crate) fn for_each_block<T: Element>(
    view: &ArrayViewD<'_, T>,
    mut visit: impl FnMut(&[T]) -> Result<()>,
) -> Result<()> {
    let size = size_of::<T>();
    let most = (BLOCK / size.max(1)).clamp(1, view.len().max(1));
    let mut block: Vec<T> = Vec::new();
    block.try_reserve_exact(most).map_err(|_| LimitProblem::Memory((most * size) as u64))?;
    // The axes that a block has whole, and how much of the one before them.
    let mut inner = 1;
    let mut whole = view.ndim();
    while let Some(&axis) = whole.checked_sub(1).and_then(|last| view.shape().get(last)) {
        if inner * axis > most {
            break;
        }
        (whole, inner) = (whole - 1, inner * axis);
    }
    let rows = (most / inner.max(1)).max(1);
    let Some(split) = whole.checked_sub(1) else {
        return visit(gathered(view, &mut block));
    };
    let outer = view.shape().get(..split).unwrap_or_default();
    for index in ndarray::indices(outer) {
        let mut part = view.view();
        for (axis, &at) in ndarray::Dimension::slice(&index).iter().enumerate() {
            part.collapse_axis(ndarray::Axis(axis), at);
        }
        for part in part.axis_chunks_iter(ndarray::Axis(split), rows) {
            visit(gathered(&part, &mut block))?;
        }
    }
    Ok(())
}

/// The elements of `view` in C order, in the memory of `block`, which has room for them.
fn gathered<'a, T: Element>(view: &ArrayViewD<'_, T>, block: &'a mut Vec<T>) -> &'a [T] {
    block.clear();
    block.reserve(view.len());
    let size = size_of::<T>().cast_signed();
    let mut axes: Vec<Axis> = Vec::with_capacity(view.ndim());
    let mut to = size;
    for (&len, &stride) in view.shape().iter().zip(view.strides()).rev() {
        axes.push(Axis { len, from: stride * size, to });
        to *= len.cast_signed();
    }
    let (from, into) = (view.as_ptr().cast(), block.as_mut_ptr().cast());
    // Bytes of padding may be uninitialised.
    let store = if T::dtype().has_padding() { Store::Cached } else { Store::Initialised };
    // SAFETY: the strides are those of the view from its first element on, in bytes, and those of an array in C order
    // of as many elements, for which there is room; nobody else has the block.
    unsafe { rearrange(size_of::<T>(), &axes, from, into, store) };
    // SAFETY: the room is there, and every element has been moved there from one of the view's.
    unsafe { block.set_len(view.len()) };
    block
}

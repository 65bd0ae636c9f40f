//! Elements of a file in the other memory order, straight into the result.
#![allow(unsafe_code, reason = "bytes become elements here, once they are checked")]

use super::boxes::{Boxes, Part};
use super::fill::FillError;
use super::transpose::{Axis, Store, rearrange};
use super::{Buffer, Conversion, PIECE, RandomAccess, huge, memory, parallel, stream};
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Bytes of the least result that is written past the cache.
const STREAMED: usize = 4 * 1024 * 1024;

/// The elements of `data`, with their axes in reverse order.
///
/// `axes` are those of the file, the last of which runs fastest; the first runs fastest in the result. The file is
/// read in boxes, whose elements are converted and checked before they are moved to their places. Where several are
/// not valid, the error names one of them.
pub(crate) fn collect_reversed<T: Element>(
    conversion: &Conversion,
    axes: &[usize],
    data: RandomAccess<'_>,
) -> Result<Vec<T>, FillError> {
    let too_large = || crate::Error::from(LimitProblem::Memory(u64::MAX));
    let len = axes.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis)).ok_or_else(too_large)?;
    let mut result = Buffer::<T>::zeroed(len)?;
    let memory = result.as_bytes_mut();
    if !memory.is_empty() {
        let size = size_of::<T>();
        let boxes = Boxes::new(axes, size, memory.as_ptr().addr());
        let start = || {
            let runs = Runs::new(conversion, size, boxes.most_run())?;
            Ok((runs, memory::zeroed_bytes(boxes.most_bytes())?))
        };
        let threads = parallel::size(memory.len(), boxes.most_bytes() + 2 * PIECE);
        if threads > 1 {
            touch(memory, threads)?;
        }
        let places = Places { start: memory.as_mut_ptr(), len: memory.len() };
        parallel::for_each(boxes.iter(), threads, start, |(runs, elements), part| {
            for (index, bytes) in part.runs() {
                runs.read(index, elements.get_mut(bytes).unwrap_or_default(), data)?;
            }
            place(&part, size, elements, &places);
            Ok::<(), FillError>(())
        })?;
    }
    // SAFETY: the boxes cover every index, and each element was converted and checked by the rules of a conversion to
    // `T::dtype()`, or failed, before it was moved to its place.
    Ok(unsafe { result.assume_valid() })
}

/// The result, to places in which several boxes are moved at the same time, each to its own.
struct Places {
    start: *mut u8,
    len: usize,
}

// SAFETY: only `place` uses the pointer, for places that no two boxes share.
unsafe impl Sync for Places {}

/// Lets the system find the memory of the result, each large page for one core alone: two that came to it at once would
/// both clear one.
fn touch(memory: &mut [u8], threads: usize) -> Result<(), FillError> {
    let lead = memory.as_ptr().align_offset(huge::PAGE).min(memory.len());
    let (lead, rest) = memory.split_at_mut(lead);
    let pages = std::iter::once(lead).chain(rest.chunks_mut(huge::PAGE));
    parallel::for_each(
        pages,
        threads,
        || Ok(()),
        |(), page| {
            if let Some(first) = page.first_mut() {
                // SAFETY: a byte of a slice. The compiler must not see that it was zero before.
                unsafe { std::ptr::from_mut(first).write_volatile(0) };
            }
            Ok(())
        },
    )
}

/// Moves the elements of a box to their places in the result.
fn place(part: &Part<'_>, size: usize, elements: &[u8], result: &Places) {
    let store = if result.len >= STREAMED { Store::Streamed } else { Store::Cached };
    let Some(room) = result.len.checked_sub(part.to()) else { return };
    let axes = part.moves();
    let end = |strides: fn(&Axis) -> isize| {
        let last = |axis: &Axis| (axis.len - 1) * strides(axis).unsigned_abs();
        axes.iter().map(last).sum::<usize>() + size
    };
    let is_within = end(|axis| axis.from) <= elements.len() && end(|axis| axis.to) <= room;
    debug_assert!(is_within, "{part:?}");
    if is_within {
        // SAFETY: it is within the result, by the line above.
        let to = unsafe { result.start.add(part.to()) };
        // SAFETY: no step is negative, so that the last element of each side is the one farthest from its start, and
        // it is within the side's memory by the lines above. The box's elements are borrowed, the result is borrowed
        // exclusively by the caller, and no other box has these places.
        unsafe { rearrange(size, &axes, elements.as_ptr(), to, store) };
        stream::finish();
    }
}

/// Reads runs of elements.
struct Runs<'a> {
    conversion: &'a Conversion,
    size: usize,
    /// Elements that are read at a time.
    most: usize,
    /// Where elements are read that are not converted in place.
    file: Vec<u8>,
}

impl<'a> Runs<'a> {
    fn new(conversion: &'a Conversion, size: usize, longest: usize) -> Result<Self> {
        let file_size = conversion.file_size();
        // What is converted is still in the second-level cache then.
        let is_plain = conversion.is_copy() && conversion.is_unchecked();
        let most = if is_plain { longest } else { (PIECE / size.max(file_size)).clamp(1, longest.max(1)) };
        let file = if conversion.is_in_place() {
            Vec::new()
        } else {
            memory::zeroed_bytes(most.checked_mul(file_size).ok_or(LimitProblem::Memory(u64::MAX))?)?
        };
        Ok(Self { conversion, size, most, file })
    }

    /// Fills `elements`, the first of which is the file's element `index`.
    fn read(&mut self, index: usize, elements: &mut [u8], data: RandomAccess<'_>) -> Result<(), FillError> {
        let file_size = self.conversion.file_size();
        for (number, piece) in elements.chunks_mut(self.most * self.size).enumerate() {
            let index = index + number * self.most;
            let position = index as u64 * file_size as u64;
            let converted = if self.conversion.is_in_place() {
                data.read(position, piece)?;
                self.conversion.convert_in_place(piece)
            } else {
                let file = self.file.get_mut(..piece.len() / self.size * file_size).unwrap_or_default();
                data.read(position, file)?;
                self.conversion.convert(file, piece)
            };
            converted.map_err(|invalid| FillError::Invalid(invalid).after(index * self.size))?;
        }
        Ok(())
    }
}

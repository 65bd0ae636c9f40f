//! Elements of a file in the other memory order, straight into the result.
#![allow(unsafe_code, reason = "bytes become elements here, once they are checked")]

use super::boxes::{Boxes, Part};
use super::fill::FillError;
use super::transpose::{Axis, Store, rearrange};
use super::{Buffer, Conversion, PIECE, memory, stream};
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Bytes of the least result that is written past the cache.
const STREAMED: usize = 4 * 1024 * 1024;

/// The elements whose bytes `read_at` delivers from a position in the file's data, with their axes in reverse order.
///
/// `axes` are those of the file, the last of which runs fastest; the first runs fastest in the result. The file is
/// read in boxes, whose elements are converted and checked before they are moved to their places. Where several mean
/// nothing, the error names one of them.
pub(crate) fn collect_reversed<T: Element>(
    conversion: &Conversion,
    axes: &[usize],
    mut read_at: impl FnMut(u64, &mut [u8]) -> Result<()>,
) -> Result<Vec<T>, FillError> {
    let too_large = || crate::Error::from(LimitProblem::Memory(u64::MAX));
    let len = axes.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis)).ok_or_else(too_large)?;
    let mut result = Buffer::<T>::zeroed(len)?;
    let memory = result.as_bytes_mut();
    if !memory.is_empty() {
        let boxes = Boxes::new(axes, size_of::<T>(), memory.as_ptr().addr());
        let mut runs = Runs::new(conversion, size_of::<T>(), boxes.most_run())?;
        let mut elements = memory::zeroed_bytes(boxes.most_bytes())?;
        for part in boxes.iter() {
            for (index, bytes) in part.runs() {
                runs.read(index, elements.get_mut(bytes).unwrap_or_default(), &mut read_at)?;
            }
            place(&part, size_of::<T>(), &elements, memory);
        }
    }
    // SAFETY: the boxes cover every index, and each element was converted and checked by the rules of a conversion to
    // `T::dtype()`, or failed, before it was moved to its place.
    Ok(unsafe { result.assume_valid() })
}

/// Moves the elements of a box to their places in the result.
fn place(part: &Part<'_>, size: usize, elements: &[u8], result: &mut [u8]) {
    let store = if result.len() >= STREAMED { Store::Streamed } else { Store::Cached };
    let Some(to) = result.get_mut(part.to()..) else { return };
    let axes = part.moves();
    let end = |strides: fn(&Axis) -> isize| {
        let last = |axis: &Axis| (axis.len - 1) * strides(axis).unsigned_abs();
        axes.iter().map(last).sum::<usize>() + size
    };
    let is_within = end(|axis| axis.from) <= elements.len() && end(|axis| axis.to) <= to.len();
    debug_assert!(is_within, "{part:?}");
    if is_within {
        // SAFETY: no step is negative, so that the last element of each side is the one farthest from its start, and
        // it is within the side's memory by the lines above; the borrows keep the sides apart.
        unsafe { rearrange(size, &axes, elements.as_ptr(), to.as_mut_ptr(), store) };
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
    fn read(
        &mut self,
        index: usize,
        elements: &mut [u8],
        read_at: &mut impl FnMut(u64, &mut [u8]) -> Result<()>,
    ) -> Result<(), FillError> {
        let file_size = self.conversion.file_size();
        for (number, piece) in elements.chunks_mut(self.most * self.size).enumerate() {
            let index = index + number * self.most;
            let position = index as u64 * file_size as u64;
            let converted = if self.conversion.is_in_place() {
                read_at(position, piece)?;
                self.conversion.convert_in_place(piece)
            } else {
                let file = self.file.get_mut(..piece.len() / self.size * file_size).unwrap_or_default();
                read_at(position, file)?;
                self.conversion.convert(file, piece)
            };
            converted.map_err(|invalid| FillError::Invalid(invalid).after(index * self.size))?;
        }
        Ok(())
    }
}

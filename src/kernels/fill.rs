//! Elements out of bytes that come piece by piece.
#![allow(unsafe_code, reason = "bytes become elements here, once they are checked")]

use std::io;

use super::{
    Buffer, Conversion, Invalid, PIECE, RandomAccess, ReadNext, Source, Trust, huge, memory, parallel,
};
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Why no elements came of it: the bytes did not come, or are not valid.
pub(crate) enum FillError {
    Source(crate::Error),
    /// The position in [`Invalid`] counts from the start of the array's bytes in memory.
    Invalid(Invalid),
}

impl From<crate::Error> for FillError {
    fn from(error: crate::Error) -> Self {
        Self::Source(error)
    }
}

/// Bytes of memory for a claim of which nothing has come yet. Doubled a few times, it is as large as any piece.
const TRUSTED: usize = 32 * 1024;
/// Bytes of memory that a file without data may fill.
pub(super) const MAX_FROM_NOTHING: usize = 16 * 1024 * 1024;

/// The first `len` elements of `source`.
///
/// Each piece is converted and checked while it is in the cache. Elements that are converted in place are
/// read straight into the result, on several cores where the source can be read anywhere (feature `rayon`).
pub(crate) fn collect<T: Element>(
    conversion: &Conversion,
    len: usize,
    source: &mut Source<'_>,
) -> Result<Vec<T>, FillError> {
    let size = size_of::<T>();
    // Elements without bytes in the file can be any number, and a wider text would give each some.
    let bytes = size.saturating_mul(len);
    if conversion.file_size() == 0 && bytes > MAX_FROM_NOTHING {
        return Err(crate::Error::from(LimitProblem::Memory(bytes as u64)).into());
    }
    let (mut done, mut room) = match source.trust() {
        Trust::Checked => (0, len),
        Trust::Unchecked => (0, len.min((TRUSTED / size.max(1)).max(1))),
    };
    let mut buffer = Buffer::<T>::zeroed(room)?;
    loop {
        let bytes = buffer.as_bytes_mut().get_mut(done * size..).unwrap_or_default();
        fill(conversion, size, bytes, done, source)?;
        done = room;
        if done == len {
            break;
        }
        room = len.min(room.saturating_mul(2));
        buffer.grow(room)?;
    }
    // SAFETY: `fill` has converted and checked every element by the rules of a conversion to `T::dtype()`, or
    // failed.
    Ok(unsafe { buffer.assume_valid() })
}

/// Fills memory of the caller's with the first elements of `source`, as [`collect`] does.
///
/// Where it fails, or the source panics, there are zeros in place of what has not been checked.
pub(crate) fn fill_elements<T: Element>(
    conversion: &Conversion,
    elements: &mut [T],
    source: &mut Source<'_>,
) -> Result<(), FillError> {
    /// Memory whose elements are zeroed unless they are known to be valid.
    struct Unchecked<'a>(&'a mut [u8]);

    impl Drop for Unchecked<'_> {
        fn drop(&mut self) {
            self.0.fill(0);
        }
    }

    // SAFETY: the bytes are those of valid elements by the end: `fill` has converted and checked each, or they are
    // zeroed, which is valid for every `Element`: the number 0, `false`, the code point 0.
    let bytes = unsafe { memory::bytes_of_mut(elements) };
    let mut unchecked = Unchecked(bytes);
    fill(conversion, size_of::<T>(), unchecked.0, 0, source)?;
    unchecked.0 = &mut [];
    Ok(())
}

/// Makes elements of `T` of bytes that have been read to where they go; only for conversions in place.
pub(crate) fn convert_buffer<T: Element>(
    conversion: &Conversion,
    mut buffer: Buffer<T>,
) -> Result<Vec<T>, FillError> {
    debug_assert!(conversion.is_in_place());
    conversion.convert_in_place(buffer.as_bytes_mut()).map_err(FillError::Invalid)?;
    // SAFETY: every element has just been converted and checked by the rules of a conversion to `T::dtype()`.
    Ok(unsafe { buffer.assume_valid() })
}

/// Fills `memory`, a whole number of elements of `size` bytes, with those from element `first` on.
fn fill(
    conversion: &Conversion,
    size: usize,
    memory: &mut [u8],
    first: usize,
    source: &mut Source<'_>,
) -> Result<(), FillError> {
    match source {
        Source::RandomAccess(data) => fill_parallel(conversion, size, memory, *data),
        Source::Stream(_, read) => {
            let position = first as u64 * conversion.file_size() as u64;
            fill_pieces(conversion, size, memory, position, read)
        }
    }
    .map_err(|error| error.after(first * size))
}

/// Fills `memory` with the first elements of `data`, on several cores where that helps.
fn fill_parallel(
    conversion: &Conversion,
    size: usize,
    memory: &mut [u8],
    data: RandomAccess<'_>,
) -> Result<(), FillError> {
    /// Bytes that one core fills at a time. Two would clear the same large page if they met within one.
    const SHARE: usize = 2 * huge::PAGE;

    let threads = parallel::size(memory.len(), 2 * PIECE);
    let (share, lead) = match threads {
        1 => (memory.len(), 0),
        _ => {
            let lead = memory.as_ptr().align_offset(huge::PAGE).min(memory.len());
            ((SHARE / size).max(1) * size, lead - lead % size)
        }
    };
    let (lead, rest) = memory.split_at_mut(lead);
    let lead_len = lead.len();
    let shares = rest.chunks_mut(share.max(1)).enumerate();
    let shares = shares.map(|(number, share_of)| (lead_len + number * share, share_of));
    let shares = std::iter::once((0, lead)).chain(shares);
    parallel::for_each(
        shares,
        threads,
        || Ok(()),
        |(), (start, memory)| {
            let position = (start / size.max(1)) as u64 * conversion.file_size() as u64;
            match data {
                RandomAccess::Memory(file) if !conversion.is_in_place() => {
                    let file =
                        file.get(usize::try_from(position).unwrap_or(usize::MAX)..).unwrap_or_default();
                    let len = memory.len() / size.max(1) * conversion.file_size();
                    let missing = || crate::Error::from(io::Error::from(io::ErrorKind::UnexpectedEof));
                    conversion
                        .convert(file.get(..len).ok_or_else(missing)?, memory)
                        .map_err(FillError::Invalid)
                }
                _ => fill_pieces(conversion, size, memory, position, &mut |at, bytes| data.read(at, bytes)),
            }
            .map_err(|error| error.after(start))
        },
    )
}

/// Fills `memory`, whose elements start at `position` in the data, piece by piece.
fn fill_pieces(
    conversion: &Conversion,
    size: usize,
    memory: &mut [u8],
    mut position: u64,
    read: &mut ReadNext<'_>,
) -> Result<(), FillError> {
    if memory.is_empty() {
        return Ok(());
    }
    let file_size = conversion.file_size();
    if conversion.is_in_place() {
        if conversion.is_copy() && conversion.is_unchecked() {
            return Ok(read(position, memory)?);
        }
        let piece_len = (PIECE / size).max(1) * size;
        for (number, piece) in memory.chunks_mut(piece_len).enumerate() {
            read(position, piece)?;
            position += piece.len() as u64;
            conversion
                .convert_in_place(piece)
                .map_err(|invalid| FillError::Invalid(invalid).after(number * piece_len))?;
        }
        return Ok(());
    }
    let items = (PIECE / file_size.max(size)).max(1).min(memory.len() / size);
    let mut file = memory::zeroed_bytes(
        items.checked_mul(file_size).ok_or_else(|| crate::Error::from(LimitProblem::Memory(u64::MAX)))?,
    )?;
    for (number, piece) in memory.chunks_mut(items * size).enumerate() {
        let file = file.get_mut(..piece.len() / size * file_size).unwrap_or_default();
        read(position, file)?;
        position += file.len() as u64;
        conversion
            .convert(file, piece)
            .map_err(|invalid| FillError::Invalid(invalid).after(number * items * size))?;
    }
    Ok(())
}

impl FillError {
    pub(super) fn after(self, bytes: usize) -> Self {
        match self {
            Self::Invalid(invalid) => Self::Invalid(Invalid { at: invalid.at + bytes, ..invalid }),
            Self::Source(error) => Self::Source(error),
        }
    }
}

/// Why bytes cannot be seen as elements where they are.
pub(crate) enum ViewError {
    /// The conversion changes bytes.
    Converts,
    /// Fields of the file would be overwritten that the type does not have.
    Skips,
    /// The type has padding, which would leave anything in the file.
    Padded,
    /// The bytes are not aligned for the type.
    Misaligned,
    Invalid(Invalid),
}

/// `bytes` as `len` elements, checked.
pub(crate) fn view<'a, T: Element>(
    conversion: &Conversion,
    len: usize,
    bytes: &'a [u8],
) -> Result<&'a [T], ViewError> {
    if !conversion.is_copy() {
        return Err(ViewError::Converts);
    }
    conversion.check(bytes).map_err(ViewError::Invalid)?;
    // SAFETY: the bytes are those of a `T::dtype()`, and have just been checked by its rules.
    unsafe { memory::slice_of(bytes, len) }.ok_or(ViewError::Misaligned)
}

/// [`view`] of bytes that may be written.
pub(crate) fn view_mut<'a, T: Element>(
    conversion: &Conversion,
    len: usize,
    bytes: &'a mut [u8],
) -> Result<&'a mut [T], ViewError> {
    if !conversion.is_copy() {
        return Err(ViewError::Converts);
    }
    conversion.check(bytes).map_err(ViewError::Invalid)?;
    // A write of a whole element could put anything between its fields.
    if conversion.skips() {
        return Err(ViewError::Skips);
    }
    // Nor has padding a value: what is written of it is whatever was on the stack, and no byte to be read again.
    if T::dtype().has_padding() {
        return Err(ViewError::Padded);
    }
    // SAFETY: as in `view`; what a `T` leaves has no uninitialised bytes, by the line above, and is valid for its own dtype, which is that of the file.
    unsafe { memory::slice_of_mut(bytes, len) }.ok_or(ViewError::Misaligned)
}

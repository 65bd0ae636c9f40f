//! Elements out of bytes that come piece by piece.
#![allow(unsafe_code, reason = "bytes become elements here, once they are checked")]

use super::{Buffer, Conversion, Invalid, PIECE, huge, memory, team};
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Why no elements came of it: the bytes did not come, or mean nothing.
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

/// How far the claimed number of elements can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The bytes are known to be there.
    Checked,
    /// Memory must follow the bytes that come.
    Unchecked,
}

/// Bytes of memory for a claim of which nothing has come yet. Doubled a few times, it is as large as any piece.
const TRUSTED: usize = 32 * 1024;
/// Bytes of memory that a file without data may fill.
pub(super) const MOST_FROM_NOTHING: usize = 16 * 1024 * 1024;

/// The elements whose bytes `read` delivers, exactly as many as it is asked for at a time.
///
/// Each piece is converted and checked while it is in the cache. Elements that are converted in place are
/// read straight into the result.
pub(crate) fn collect<T: Element>(
    conversion: &Conversion,
    len: usize,
    claim: Claim,
    mut read: impl FnMut(&mut [u8]) -> Result<()>,
) -> Result<Vec<T>, FillError> {
    let size = size_of::<T>();
    check_from_nothing::<T>(conversion, len)?;
    let mut done = 0;
    let mut room = match claim {
        Claim::Checked => len,
        Claim::Unchecked => len.min((TRUSTED / size.max(1)).max(1)),
    };
    let mut buffer = Buffer::<T>::zeroed(room)?;
    loop {
        let bytes = buffer.as_bytes_mut().get_mut(done * size..).unwrap_or_default();
        fill(conversion, size, bytes, &mut read).map_err(|error| error.after(done * size))?;
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

/// Elements without bytes in the file can be any number, and a wider text would give each some.
fn check_from_nothing<T>(conversion: &Conversion, len: usize) -> Result<()> {
    let bytes = size_of::<T>().saturating_mul(len);
    if conversion.file_size() == 0 && bytes > MOST_FROM_NOTHING {
        return Err(LimitProblem::Memory(bytes as u64).into());
    }
    Ok(())
}

/// What reads bytes from a position in a file's data on.
pub(crate) trait ReadAt: Fn(u64, &mut [u8]) -> Result<()> + Sync {}

impl<F: Fn(u64, &mut [u8]) -> Result<()> + Sync> ReadAt for F {}

/// The elements whose bytes `read_at` delivers from a position in the file's data, all of which are known to be there;
/// on several cores with the feature `rayon`.
pub(crate) fn collect_at<T: Element>(
    conversion: &Conversion,
    len: usize,
    read_at: impl ReadAt,
) -> Result<Vec<T>, FillError> {
    check_from_nothing::<T>(conversion, len)?;
    let mut buffer = Buffer::<T>::zeroed(len)?;
    fill_at(conversion, size_of::<T>(), buffer.as_bytes_mut(), &read_at)?;
    // SAFETY: `fill_at` has converted and checked every element by the rules of a conversion to `T::dtype()`, or
    // failed.
    Ok(unsafe { buffer.assume_valid() })
}

/// Fills memory of the caller's with elements whose bytes `read` delivers, as [`collect`] does.
///
/// Where it fails, or `read` panics, there are zeros in place of what has not been checked.
pub(crate) fn fill_elements<T: Element>(
    conversion: &Conversion,
    elements: &mut [T],
    read: impl FnMut(&mut [u8]) -> Result<()>,
) -> Result<(), FillError> {
    fill_checked(elements, |bytes| fill(conversion, size_of::<T>(), bytes, read))
}

/// [`fill_elements`] as [`collect_at`] does.
pub(crate) fn fill_elements_at<T: Element>(
    conversion: &Conversion,
    elements: &mut [T],
    read_at: impl ReadAt,
) -> Result<(), FillError> {
    fill_checked(elements, |bytes| fill_at(conversion, size_of::<T>(), bytes, &read_at))
}

/// Fills elements by `fill`, [`fill`] or [`fill_at`] by a conversion to `T::dtype()`.
fn fill_checked<T: Element>(
    elements: &mut [T],
    fill: impl FnOnce(&mut [u8]) -> Result<(), FillError>,
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
    fill(unchecked.0)?;
    unchecked.0 = &mut [];
    Ok(())
}

/// Fills `memory`, which is a whole number of elements of `size` bytes, on several cores where that helps.
fn fill_at(
    conversion: &Conversion,
    size: usize,
    memory: &mut [u8],
    read_at: &impl ReadAt,
) -> Result<(), FillError> {
    /// Bytes that one core fills at a time. Two would clear the same large page if they met within one.
    const SHARE: usize = 2 * huge::PAGE;

    let members = team::size(memory.len(), 2 * PIECE);
    let (share, lead) = match members {
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
    team::for_each(
        shares,
        members,
        || Ok(()),
        |(), (start, memory)| {
            let mut position = (start / size.max(1)) as u64 * conversion.file_size() as u64;
            let read = |bytes: &mut [u8]| {
                read_at(position, bytes)?;
                position += bytes.len() as u64;
                Ok(())
            };
            fill(conversion, size, memory, read).map_err(|error| error.after(start))
        },
    )
}

impl FillError {
    pub(super) fn after(self, bytes: usize) -> Self {
        match self {
            Self::Invalid(invalid) => Self::Invalid(Invalid { at: invalid.at + bytes, ..invalid }),
            Self::Source(error) => Self::Source(error),
        }
    }
}

/// Fills `memory`, which is a whole number of elements of `size` bytes.
fn fill(
    conversion: &Conversion,
    size: usize,
    memory: &mut [u8],
    mut read: impl FnMut(&mut [u8]) -> Result<()>,
) -> Result<(), FillError> {
    if memory.is_empty() {
        return Ok(());
    }
    if conversion.is_in_place() {
        if conversion.is_copy() && conversion.is_unchecked() {
            return Ok(read(memory)?);
        }
        let piece_len = (PIECE / size).max(1) * size;
        for (number, piece) in memory.chunks_mut(piece_len).enumerate() {
            read(piece)?;
            conversion
                .convert_in_place(piece)
                .map_err(|invalid| FillError::Invalid(invalid).after(number * piece_len))?;
        }
        return Ok(());
    }
    let file_size = conversion.file_size();
    let items = (PIECE / file_size.max(size)).max(1).min(memory.len() / size);
    let mut file = memory::zeroed_bytes(
        items.checked_mul(file_size).ok_or_else(|| crate::Error::from(LimitProblem::Memory(u64::MAX)))?,
    )?;
    for (number, piece) in memory.chunks_mut(items * size).enumerate() {
        let file = file.get_mut(..piece.len() / size * file_size).unwrap_or_default();
        read(file)?;
        conversion
            .convert(file, piece)
            .map_err(|invalid| FillError::Invalid(invalid).after(number * items * size))?;
    }
    Ok(())
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

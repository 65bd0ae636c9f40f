//! Text of any width out of bytes that come piece by piece.

use super::fill::{FillError, MAX_FROM_NOTHING};
use super::{Conversion, PIECE, Source};
use crate::error::{LimitProblem, Result};

/// The first `len` texts of `source`; `make` takes the bytes of one, converted and checked. The conversion is one in
/// place.
///
/// Memory follows the bytes that come, also within one long text.
pub(crate) fn collect_texts<T>(
    conversion: &Conversion,
    len: usize,
    source: &mut Source<'_>,
    make: fn(&[u8]) -> Result<T>,
) -> Result<Vec<T>, FillError> {
    let size = conversion.file_size();
    let mut texts = Vec::new();
    if size == 0 {
        // Texts without bytes in the file can be any number.
        let needed = size_of::<T>().saturating_mul(len);
        if needed > MAX_FROM_NOTHING {
            return Err(crate::Error::from(LimitProblem::Memory(needed as u64)).into());
        }
        for _ in 0..len {
            texts.push(make(&[])?);
        }
        return Ok(texts);
    }
    let most = (PIECE / size).max(1);
    let mut bytes = Vec::new();
    while texts.len() < len {
        let items = most.min(len - texts.len());
        // Of one element more than a piece only where that is longer.
        for start in (0..items * size).step_by(PIECE) {
            let end = (items * size).min(start + PIECE);
            reserve(&mut bytes, end)?;
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            let piece = bytes.get_mut(start..end).unwrap_or_default();
            let before = texts.len() * size + start;
            source.read(before as u64, piece)?;
            conversion
                .convert_in_place(piece)
                .map_err(|invalid| FillError::Invalid(invalid).after(before))?;
        }
        let room = texts.len() + items;
        reserve(&mut texts, room)?;
        for text in bytes.get(..items * size).unwrap_or_default().chunks_exact(size) {
            texts.push(make(text)?);
        }
    }
    Ok(texts)
}

/// Room for `len` items in all, and where there must be more, for half as many again.
fn reserve<T>(items: &mut Vec<T>, len: usize) -> Result<()> {
    let more = len.saturating_sub(items.len());
    let too_large = |_| LimitProblem::Memory((len as u64).saturating_mul(size_of::<T>() as u64));
    Ok(items.try_reserve(more).map_err(too_large)?)
}

/// The bytes up to the last that is not zero.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.get(..len).unwrap_or_default()
}

/// The string of code units in the machine's order, which have been checked.
pub(crate) fn string_of(units: &[u8]) -> Result<String> {
    let len = trimmed(units).len().div_ceil(4);
    let (units, _) = units.as_chunks::<4>();
    let units = units.get(..len).unwrap_or_default();
    let chars = || units.iter().filter_map(|unit| char::from_u32(u32::from_ne_bytes(*unit)));
    let mut text = String::new();
    let needed = chars().map(char::len_utf8).sum();
    text.try_reserve_exact(needed).map_err(|_| LimitProblem::Memory(needed as u64))?;
    text.extend(chars());
    Ok(text)
}

/// The bytes of text, without the NULs at the end.
pub(crate) fn bytes_of_text(bytes: &[u8]) -> Result<Vec<u8>> {
    bytes_of_raw(trimmed(bytes))
}

/// All bytes.
pub(crate) fn bytes_of_raw(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| LimitProblem::Memory(bytes.len() as u64))?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

//! How many entries an archive claims to have: looked at before memory is taken for them.

use std::fs::File;
use std::io::Read;

use super::records::{CENTRAL_LEN, END_LEN, END64_LEN, LOCATOR_LEN, u16_at, u32_at, u64_at};
use crate::error::{Error, FormatProblem, LimitProblem, Result};
use crate::limits::Limits;
use crate::source::At;

/// Bytes of the longest comment that can stand behind a directory.
const COMMENT_MOST: u64 = u16::MAX as u64;

/// Refuses an archive that claims more entries than its bytes can hold, or than the limits allow.
///
/// There may be several records that look like its last, as where an array has these bytes. The last of them counts, and
/// none of 64 bits may lie, lest a reader that goes back to it takes memory for its claim; one of 16 bits costs little.
pub(super) fn check_counts(file: &File, file_len: u64, limits: &Limits) -> Result<()> {
    // The locator of 64-bit records stands before the last record.
    let tail_start = file_len.saturating_sub(COMMENT_MOST + (END_LEN + LOCATOR_LEN) as u64);
    let mut tail = Vec::with_capacity(usize::try_from(file_len - tail_start).unwrap_or(0));
    At::new(file, tail_start).take(file_len - tail_start).read_to_end(&mut tail)?;
    let check = |count: u64| {
        if count > file_len / CENTRAL_LEN as u64 {
            let text = format!("it claims {count} entries, which {file_len} bytes cannot hold");
            return Err(FormatProblem::Archive(text).into());
        }
        if count > limits.entries as u64 {
            return Err(LimitProblem::Entries { found: count, limit: limits.entries }.into());
        }
        Ok(())
    };
    let mut last = Err(no_directory());
    for at in ends(&tail) {
        // What looks like a record in a comment.
        let comment_len = u16_at(&tail, at + 20).map_or(usize::MAX, usize::from);
        if at.saturating_add(END_LEN).saturating_add(comment_len) > tail.len() {
            last = last.or(Ok(()));
            continue;
        }
        let narrow = u16_at(&tail, at + 8).max(u16_at(&tail, at + 10)).map_or(0, u64::from);
        last = match wide_count(file, &tail, at)? {
            Some(wide) => {
                check(wide)?;
                if narrow == u64::from(u16::MAX) { Ok(()) } else { check(narrow) }
            }
            None => check(narrow),
        };
    }
    last
}

/// Where `tail` has what looks like a last record.
fn ends(tail: &[u8]) -> impl Iterator<Item = usize> {
    /// Bytes that are looked at together, which the compiler can do with vectors.
    const BLOCK: usize = 1024;
    let starts = (0..tail.len()).step_by(BLOCK).filter(|&start| {
        let block = tail.get(start..).unwrap_or_default();
        let pairs = block.iter().zip(block.iter().skip(1)).take(BLOCK);
        pairs.fold(false, |any, (&first, &second)| any | ((first == b'P') & (second == b'K')))
    });
    starts
        .flat_map(|start| start..start + BLOCK)
        .filter(|&at| tail.get(at..).is_some_and(|bytes| bytes.starts_with(b"PK\x05\x06")))
}

/// The number in the 64-bit record, if there is one before the record at `at`.
fn wide_count(file: &File, tail: &[u8], at: usize) -> Result<Option<u64>> {
    let Some(locator) = at.checked_sub(LOCATOR_LEN).and_then(|start| tail.get(start..at)) else {
        return Ok(None);
    };
    let (true, Some(position)) = (locator.starts_with(b"PK\x06\x07"), u64_at(locator, 8)) else {
        return Ok(None);
    };
    let mut record = Vec::new();
    At::new(file, position).take(END64_LEN as u64).read_to_end(&mut record)?;
    Ok(u32_at(&record, 0).filter(|&magic| magic == 0x0606_4b50).and_then(|_| u64_at(&record, 32)))
}

/// The error of an archive without a last record.
pub(super) fn no_directory() -> Error {
    let text = "it has no directory at its end, so that it was cut off or damaged";
    FormatProblem::Archive(text.to_string()).into()
}

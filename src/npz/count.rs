//! How many entries an archive claims to have: looked at before memory is taken for them.

use std::fs::File;
use std::io::Read;

use super::directory::no_directory;
use super::records::{CENTRAL_LEN, END_LEN, END64_LEN, LOCATOR_LEN, u16_at, u32_at, u64_at};
use crate::error::{FormatProblem, LimitProblem, Result};
use crate::limits::Limits;
use crate::source::At;

/// Bytes of the longest comment that can stand behind a directory.
const COMMENT_MOST: u64 = u16::MAX as u64;

/// Refuses an archive that claims more entries than its bytes can hold, or than the limits allow. There may be several
/// records that look like its last: none may lie.
pub(super) fn check_counts(file: &File, file_len: u64, limits: &Limits) -> Result<()> {
    // The locator of 64-bit records stands before the last record.
    let tail_start = file_len.saturating_sub(COMMENT_MOST + (END_LEN + LOCATOR_LEN) as u64);
    let mut tail = Vec::new();
    At::new(file, tail_start).take(file_len - tail_start).read_to_end(&mut tail)?;
    let mut ends = tail.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x05\x06").peekable();
    if ends.peek().is_none() {
        return Err(no_directory());
    }
    ends.try_for_each(|(at, _)| {
        // What looks like a record in a comment.
        let comment_len = u16_at(&tail, at + 20).map_or(usize::MAX, usize::from);
        if at.saturating_add(END_LEN).saturating_add(comment_len) > tail.len() {
            return Ok(());
        }
        let count = match wide_count(file, &tail, at)? {
            Some(count) => count,
            None => u16_at(&tail, at + 10).map_or(0, u64::from),
        };
        if count > file_len / CENTRAL_LEN as u64 {
            let text = format!("it claims {count} entries, which {file_len} bytes cannot hold");
            return Err(FormatProblem::Archive(text).into());
        }
        if count > limits.entries as u64 {
            return Err(LimitProblem::Entries { found: count, limit: limits.entries }.into());
        }
        Ok(())
    })
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

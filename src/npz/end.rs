//! The end of an archive: where its directory is, as Python's zipfile finds it.

use std::ops::Range;

use super::records::{CENTRAL_LEN, END_LEN, END64_LEN, LOCATOR_LEN, u16_at, u32_at, u64_at};
use crate::error::{Error, FormatProblem, Result, UnsupportedProblem};

/// Bytes of the last record with the longest comment, and of the 64-bit record before it and its locator.
pub(super) const MAX_END: u64 = (END64_LEN + LOCATOR_LEN + END_LEN + u16::MAX as usize + 1) as u64;

/// What the end of an archive says of its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    /// The bytes of the directory, from the start of the archive.
    pub(super) directory: Range<u64>,
    /// Bytes that stand before the archive and that its offsets do not count; negative where some were lost.
    pub(super) shift: i128,
    pub(super) comment: Vec<u8>,
}

impl End {
    /// Finds the end of an archive of `len` bytes in `tail`, the last of them; `None` where it may begin before.
    ///
    /// The last record counts, and the directory is the bytes just before it, whatever the record says of their
    /// offset: of two archives, one after the other, that is the last one.
    ///
    /// Source: Lib/zipfile, `_EndRecData`, `_EndRecData64` and `ZipFile._RealGetContents`.
    pub(super) fn find(tail: &[u8], len: u64) -> Result<Option<Self>> {
        let Some(before) = len.checked_sub(tail.len() as u64) else {
            let text = format!("{} bytes are said to be the last of {len}", tail.len());
            return Err(FormatProblem::Archive(text).into());
        };
        let is_all = before == 0 || tail.len() as u64 >= MAX_END;
        let Some(at) = last_record(tail) else {
            return if is_all { Err(no_directory()) } else { Ok(None) };
        };
        // Without a comment it is the last record, whatever stands before.
        let is_last = at + END_LEN == tail.len();
        let wide_at = at.checked_sub(END64_LEN + LOCATOR_LEN);
        if !(is_all || is_last && wide_at.is_some()) {
            return Ok(None);
        }
        let comment_at = at + END_LEN;
        let comment_len = u16_at(tail, at + 20).map_or(0, usize::from);
        let comment = tail.get(comment_at..).unwrap_or_default();
        let comment = comment.get(..comment_len).unwrap_or(comment).to_vec();
        let narrow = u32_at(tail, at + 12).zip(u32_at(tail, at + 16));
        let (mut size, mut offset) =
            narrow.map_or((0, 0), |(size, offset)| (u64::from(size), u64::from(offset)));
        let mut end = before + at as u64;
        if let Some((wide_size, wide_offset)) = wide_record(tail, at)? {
            (size, offset) = (wide_size, wide_offset);
            end -= (END64_LEN + LOCATOR_LEN) as u64;
        }
        let Some(start) = end.checked_sub(size) else {
            let text =
                format!("its directory is said to have {size} bytes, but only {end} stand before its end");
            return Err(FormatProblem::Archive(text).into());
        };
        let shift = i128::from(start) - i128::from(offset);
        Ok(Some(Self { directory: start..end, shift, comment }))
    }
}

/// Where `tail` has the last record: at its very end, without a comment, or else where its signature occurs last.
fn last_record(tail: &[u8]) -> Option<usize> {
    const SIGNATURE: &[u8] = b"PK\x05\x06";
    let last = tail.len().checked_sub(END_LEN);
    let is_bare = |at: &usize| {
        let record = tail.get(*at..).unwrap_or_default();
        record.starts_with(SIGNATURE) && record.ends_with(&[0, 0])
    };
    // Python looks no farther back than this.
    let searched =
        tail.get(tail.len().saturating_sub(END_LEN + usize::from(u16::MAX) + 1)..).unwrap_or_default();
    let skipped = tail.len() - searched.len();
    last.filter(is_bare).or_else(|| {
        let at = searched.windows(SIGNATURE.len()).rposition(|bytes| bytes == SIGNATURE)? + skipped;
        (at + END_LEN <= tail.len()).then_some(at)
    })
}

/// The size and offset of the directory in the 64-bit record, if there is one before the last record at `at`.
fn wide_record(tail: &[u8], at: usize) -> Result<Option<(u64, u64)>> {
    let Some(locator) = at.checked_sub(LOCATOR_LEN).and_then(|start| tail.get(start..)) else {
        return Ok(None);
    };
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    if u32_at(locator, 4) != Some(0) || u32_at(locator, 16).is_none_or(|disks| disks > 1) {
        let text = "several disks, only archives in one file are read".to_string();
        return Err(UnsupportedProblem::Archive(text).into());
    }
    let record = at.checked_sub(LOCATOR_LEN + END64_LEN).and_then(|start| tail.get(start..));
    let record = record.filter(|record| record.starts_with(b"PK\x06\x06"));
    Ok(record.and_then(|record| u64_at(record, 40).zip(u64_at(record, 48))))
}

/// The highest version of the zip format that an entry may ask for, times ten: Python's.
const MAX_VERSION: u8 = 63;

/// How many entries the bytes of a directory are, whatever the end says.
pub(super) fn count_entries(mut directory: &[u8]) -> Result<u64> {
    let mut count = 0;
    while !directory.is_empty() {
        let invalid = |what: &str| FormatProblem::Archive(format!("entry {count} of its directory {what}"));
        let lens = [28, 30, 32].map(|at| u16_at(directory, at).map_or(0, usize::from));
        let len = lens.iter().fold(CENTRAL_LEN, |sum, len| sum + len);
        if directory.len() < CENTRAL_LEN {
            return Err(invalid("is cut off").into());
        }
        if !directory.starts_with(b"PK\x01\x02") {
            return Err(invalid("does not start with its signature").into());
        }
        if let Some(&version) = directory.get(6).filter(|&&version| version > MAX_VERSION) {
            let text = format!("version {}.{} of the zip format", version / 10, version % 10);
            return Err(UnsupportedProblem::Archive(text).into());
        }
        directory = directory.get(len..).ok_or_else(|| invalid("is cut off"))?;
        count += 1;
    }
    Ok(count)
}

/// The error of an archive without a last record.
pub(super) fn no_directory() -> Error {
    let text = "it has no directory at its end, so that it was cut off or damaged";
    FormatProblem::Archive(text.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::super::records::end;
    use super::*;

    fn find(archive: &[u8]) -> Result<Option<End>> {
        End::find(archive, archive.len() as u64)
    }

    #[test]
    fn the_directory_is_what_stands_before_the_end() {
        let archive = [vec![7; 100], end(0, 100, 0, b"")].concat();
        let found = find(&archive).unwrap().unwrap();
        assert_eq!((found.directory, found.shift), (100..100, 0));
        // Bytes before the archive, and bytes that were lost.
        let archive = [vec![7; 130], end(3, 50, 60, b"hi")].concat();
        let found = find(&archive).unwrap().unwrap();
        assert_eq!((found.directory, found.shift, found.comment), (70..130, 20, b"hi".to_vec()));
        let archive = [vec![7; 130], end(3, 73, 60, b"")].concat();
        assert_eq!(find(&archive).unwrap().unwrap().shift, -3);
        // Two archives: the last one counts.
        let two = [end(0, 0, 0, b""), vec![1; 9], end(0, 9, 0, b"")].concat();
        assert_eq!(find(&two).unwrap().unwrap().directory, 31..31);
        // A record of 64 bits.
        let archive = [vec![7; 10], end(70_000, 4, 6, b"")].concat();
        assert_eq!(find(&archive).unwrap().unwrap().directory, 4..10);
        let error = |archive: &[u8]| find(archive).unwrap_err().to_string();
        assert_eq!(
            error(&end(1, 0, 46, b"")),
            "archive is invalid: its directory is said to have 46 bytes, but only 0 stand before its end"
        );
        assert_eq!(error(b"PK"), no_directory().to_string());
    }

    #[test]
    fn it_says_when_it_takes_more_bytes_to_tell() {
        let archive = [vec![7; 200_000], end(2, 100_000, 100_000, b"")].concat();
        let len = archive.len() as u64;
        let tail = |count: usize| End::find(&archive[archive.len() - count..], len).unwrap();
        assert_eq!(tail(0), None);
        assert_eq!(tail(21), None);
        // A record of 64 bits may stand before.
        assert_eq!(tail(22), None);
        assert_eq!(tail(98).unwrap().directory, 100_000..200_000);
        assert_eq!(tail(usize::try_from(MAX_END).unwrap()), tail(98));
    }

    #[test]
    fn entries_are_counted() {
        let entry = [b"PK\x01\x02".as_slice(), &[0; 24], &[1, 0, 2, 0, 3, 0], &[0; 12], b"xaabbb"].concat();
        assert_eq!(count_entries(&entry.repeat(3)).unwrap(), 3);
        assert_eq!(count_entries(&[]).unwrap(), 0);
        let error = |bytes: &[u8]| count_entries(bytes).unwrap_err().to_string();
        assert_eq!(error(&entry[..51]), "archive is invalid: entry 0 of its directory is cut off");
        assert_eq!(
            error(&[entry.as_slice(), &[0; 50]].concat()),
            "archive is invalid: entry 1 of its directory does not start with its signature"
        );
    }
}

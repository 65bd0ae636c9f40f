//! The records of a zip archive, as bytes.
//!
//! ```text
//! entry         local header, name, extra fields, data       one after the other
//! directory     central header, name, extra fields, comment  for each entry
//! end           64-bit record and its locator, where a number does not fit the last record; last record, comment
//! ```
//! The zip crate reads them. They are written here, because it has no way to take data that are compressed by
//! several threads while they come, and to correct what stands before them.
//!
//! Source: PKWARE's APPNOTE.TXT, section 4.3; Python's Lib/zipfile.

/// Bytes of a local header, without what varies.
pub(super) const LOCAL_LEN: usize = 30;
/// Bytes of a central header, without what varies.
pub(super) const CENTRAL_LEN: usize = 46;
/// Bytes of the last record, without the comment.
pub(super) const END_LEN: usize = 22;
/// Bytes of the locator of the 64-bit record.
pub(super) const LOCATOR_LEN: usize = 20;
/// Bytes of the 64-bit record.
pub(super) const END64_LEN: usize = 56;

/// Where in a local header the checksum stands.
pub(super) const LOCAL_CRC: usize = 14;
/// Where in a central header the checksum stands.
pub(super) const CENTRAL_CRC: usize = 16;

/// Data start at a multiple of this, so that an array can be mapped: the header of a `.npy` file is one as well.
pub(super) const ALIGNMENT: u64 = 64;

/// Flag of an entry whose sizes and checksum follow its data.
pub(super) const DESCRIPTOR_FLAG: u16 = 1 << 3;
/// Flag of a name in UTF-8.
const UTF8_FLAG: u16 = 1 << 11;

/// Unix, format version 4.5: the first with 64-bit sizes.
const MADE_BY: u16 = 3 << 8 | VERSION;
const VERSION: u16 = 45;
/// `-rw-------`, which Python's zipfile gives to what it writes.
pub(super) const PERMISSIONS: u32 = 0o600 << 16;
/// 1 January 1980, midnight: date and time of every entry that NumPy writes.
pub(super) const MODIFIED: (u16, u16) = (1 << 5 | 1, 0);

/// What an archive says of an entry.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) full_name: String,
    pub(super) method: u16,
    pub(super) flags: u16,
    /// Date and time, as MS-DOS has them.
    pub(super) modified: (u16, u16),
    pub(super) permissions: u32,
    pub(super) crc32: u32,
    pub(super) compressed_size: u64,
    pub(super) size: u64,
    pub(super) header_start: u64,
    /// Whether sizes and checksum follow the data, because nobody can go back to the local header.
    pub(super) has_descriptor: bool,
}

impl Record {
    /// An entry at `header_start` of which nothing is known yet but its name.
    pub(super) fn new(full_name: &str, method: u16, header_start: u64) -> Self {
        Self {
            full_name: full_name.to_string(),
            method,
            flags: 0,
            modified: MODIFIED,
            permissions: PERMISSIONS,
            crc32: 0,
            compressed_size: 0,
            size: 0,
            header_start,
            has_descriptor: false,
        }
    }

    /// Flags that say how to decompress, and how the name is written.
    fn written_flags(&self) -> u16 {
        let of_method = self.flags & 0b110;
        let of_name = if self.full_name.is_ascii() { 0 } else { UTF8_FLAG };
        of_method | of_name | if self.has_descriptor { DESCRIPTOR_FLAG } else { 0 }
    }

    /// The local header, with room for sizes of 64 bits, and as long as it must be to align the data.
    pub(super) fn local(&self) -> Vec<u8> {
        let mut extra = Vec::with_capacity(2 * ALIGNMENT as usize);
        extra.extend([1, 0, 16, 0]);
        extra.extend(self.size.to_le_bytes());
        extra.extend(self.compressed_size.to_le_bytes());
        let end = self.header_start + (LOCAL_LEN + self.full_name.len() + extra.len()) as u64;
        extra.extend(padding(end));
        let mut bytes = Vec::with_capacity(LOCAL_LEN + self.full_name.len() + extra.len());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(VERSION.to_le_bytes());
        self.push_common(&mut bytes, u32::MAX, u32::MAX);
        bytes.extend(len_bytes(&extra));
        bytes.extend(self.full_name.as_bytes());
        bytes.extend(extra);
        bytes
    }

    /// What follows the data of an entry whose local header was written before anything was known. Its sizes have 64
    /// bits, as the local header has.
    pub(super) fn descriptor(&self) -> Vec<u8> {
        let sizes = [self.compressed_size.to_le_bytes(), self.size.to_le_bytes()];
        [b"PK\x07\x08".as_slice(), &self.crc32.to_le_bytes(), &sizes.concat()].concat()
    }

    /// The central header.
    pub(super) fn central(&self) -> Vec<u8> {
        let mut extra = Vec::new();
        let mut narrow = |number: u64| {
            u32::try_from(number).ok().filter(|&number| number < u32::MAX).unwrap_or_else(|| {
                extra.extend(number.to_le_bytes());
                u32::MAX
            })
        };
        // In this order they stand in the extra field.
        let (size, compressed_size) = (narrow(self.size), narrow(self.compressed_size));
        let header_start = narrow(self.header_start);
        if !extra.is_empty() {
            extra = [[1, 0].as_slice(), &len_bytes(&extra), &extra].concat();
        }
        let mut bytes = Vec::with_capacity(CENTRAL_LEN + self.full_name.len() + extra.len());
        bytes.extend(b"PK\x01\x02");
        bytes.extend(MADE_BY.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        self.push_common(&mut bytes, compressed_size, size);
        bytes.extend(len_bytes(&extra));
        // No comment, on the first disk, no internal attributes.
        bytes.extend([0; 6]);
        bytes.extend(self.permissions.to_le_bytes());
        bytes.extend(header_start.to_le_bytes());
        bytes.extend(self.full_name.as_bytes());
        bytes.extend(extra);
        bytes
    }

    /// What stands in both headers from the flags to the length of the name.
    fn push_common(&self, bytes: &mut Vec<u8>, compressed_size: u32, size: u32) {
        let (date, time) = self.modified;
        for number in [self.written_flags(), self.method, time, date] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [self.crc32, compressed_size, size] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(len_bytes(self.full_name.as_bytes()));
    }
}

/// Names and extra fields are at most so long, which the writer sees to.
fn len_bytes(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes()
}

/// The extra field that makes `position` a multiple of [`ALIGNMENT`]: that of Android's zipalign, which readers know.
fn padding(position: u64) -> Vec<u8> {
    /// Identifier, length, and the alignment.
    const LEAST: u64 = 6;
    let missing = position.next_multiple_of(ALIGNMENT) - position;
    let len = match missing {
        0 => return Vec::new(),
        missing if missing < LEAST => missing + ALIGNMENT,
        missing => missing,
    };
    let mut field = vec![0x35, 0xd9, (len - 4) as u8, 0, ALIGNMENT as u8, 0];
    field.resize(len as usize, 0);
    field
}

/// What follows a directory of `count` entries, which is `len` bytes from `start` on.
pub(super) fn end(count: u64, start: u64, len: u64, comment: &[u8]) -> Vec<u8> {
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let narrow_count = u16::try_from(count).unwrap_or(u16::MAX);
    let mut bytes = Vec::new();
    if narrow_count == u16::MAX || narrow(start) == u32::MAX || narrow(len) == u32::MAX {
        bytes.extend(b"PK\x06\x06");
        bytes.extend((END64_LEN as u64 - 12).to_le_bytes());
        bytes.extend(MADE_BY.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        // This disk, and the directory's.
        bytes.extend([0; 8]);
        for number in [count, count, len, start] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend((start + len).to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
    }
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(narrow_count.to_le_bytes());
    bytes.extend(narrow_count.to_le_bytes());
    bytes.extend(narrow(len).to_le_bytes());
    bytes.extend(narrow(start).to_le_bytes());
    bytes.extend(len_bytes(comment));
    bytes.extend(comment);
    bytes
}

/// The number at `at`, if there is one.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The number at `at`, if there is one.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The number at `at`, if there is one.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_are_aligned_wherever_an_entry_starts() {
        for header_start in 0..200 {
            for len in [1, 10, 23, 24] {
                let record = Record::new(&"x".repeat(len), 0, header_start);
                let local = record.local();
                assert_eq!((header_start + local.len() as u64) % ALIGNMENT, 0);
                assert!(local.len() < LOCAL_LEN + len + 20 + 70);
                assert_eq!(usize::from(u16_at(&local, 28).unwrap()), local.len() - LOCAL_LEN - len);
            }
        }
    }

    #[test]
    fn numbers_of_64_bits_stand_where_32_do_not_do() {
        let mut record = Record::new("x", 0, 5);
        assert_eq!(record.central().len(), CENTRAL_LEN + 1);
        record.size = u64::from(u32::MAX);
        record.header_start = 1 << 40;
        let central = record.central();
        assert_eq!(central[CENTRAL_LEN + 1..][..4], [1, 0, 16, 0]);
        assert_eq!(u64_at(&central, CENTRAL_LEN + 5), Some(u64::from(u32::MAX)));
        assert_eq!(u64_at(&central, CENTRAL_LEN + 13), Some(1 << 40));
        assert_eq!(end(65_534, 0, 0, b"").len(), END_LEN);
        assert_eq!(end(65_535, 0, 0, b"hi").len(), END64_LEN + LOCATOR_LEN + END_LEN + 2);
    }
}

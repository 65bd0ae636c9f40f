//! Arrays of an archive that are changed in place, and the checksums that must follow.

use std::fs::File;
use std::io::{Read, Write};

use crc32fast::Hasher;

use super::entry::NpzEntry;
use super::records::{CENTRAL_CRC, LOCAL_CRC, u32_at};
use crate::error::{FormatProblem, Result};
use crate::kernels::PIECE;
use crate::npy::{MapMut, MappedMut, NpyView};
use crate::source::At;

/// A stored array of an archive, mapped for writing, from [`NpzMap::map_mut`](crate::NpzMap::map_mut).
///
/// It has all that an [`NpyMapMut`](crate::NpyMapMut) has. Until [`NpzMapMut::close`] the checksums of the archive are
/// those from before: a process that ends without it leaves an entry that readers refuse as damaged. Dropping it does as
/// `close` does and swallows the error.
pub type NpzMapMut = NpyView<EntryMap>;

/// The data of an entry, mapped for writing, and the checksum that follows them.
#[derive(Debug)]
pub struct EntryMap {
    map: MapMut,
    file: File,
    /// There until it is closed.
    checksums: Option<Checksums>,
}

impl EntryMap {
    pub(super) fn new(map: MapMut, file: File, checksums: Checksums) -> Self {
        Self { map, file, checksums: Some(checksums) }
    }

    fn close(&mut self) -> Result<()> {
        let Some(checksums) = self.checksums.take() else { return Ok(()) };
        self.map.map().flush()?;
        checksums.update(&self.file)
    }
}

impl AsRef<[u8]> for EntryMap {
    fn as_ref(&self) -> &[u8] {
        self.map.as_ref()
    }
}

impl AsMut<[u8]> for EntryMap {
    fn as_mut(&mut self) -> &mut [u8] {
        self.map.as_mut()
    }
}

impl MappedMut for EntryMap {
    fn map(&self) -> &memmap2::MmapMut {
        self.map.map()
    }
}

impl Drop for EntryMap {
    fn drop(&mut self) {
        // `close` reports it.
        let _ = self.close();
    }
}

impl NpzMapMut {
    /// Writes what has changed to the disk, and the checksum of the entry wherever the archive has it.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the system cannot.
    pub fn close(mut self) -> Result<()> {
        let closed = self.source_mut().close();
        self.located(closed)
    }
}

/// Where the checksum of a stored entry stands in the archive.
#[derive(Debug)]
pub(super) struct Checksums {
    /// Bytes from the start of the archive to those of the entry.
    data_start: u64,
    size: u64,
    positions: Vec<u64>,
}

impl Checksums {
    pub(super) fn find(entry: &NpzEntry, file: &File) -> Result<Self> {
        let data_start = entry.locate(file)?.data_start;
        let positions = [entry.header_start + LOCAL_CRC as u64, entry.central_start + CENTRAL_CRC as u64];
        let mut positions = positions.to_vec();
        if entry.has_descriptor() {
            let end = data_start + entry.size;
            // What follows belongs to the entry up to where the next one starts.
            let mut descriptor = Vec::new();
            At::new(file, end).take((entry.end - end).min(8)).read_to_end(&mut descriptor)?;
            // It may start with a signature, or not.
            let has_signature =
                u32_at(&descriptor, 4) == Some(entry.crc32) && descriptor.starts_with(b"PK\x07\x08");
            let offset = if has_signature { 4 } else { 0 };
            if u32_at(&descriptor, offset) != Some(entry.crc32) {
                let text =
                    format!("the checksum after the entry, at byte {end}, is not that of the directory");
                return Err(FormatProblem::Archive(text).into());
            }
            positions.push(end + offset as u64);
        }
        Ok(Self { data_start, size: entry.size, positions })
    }

    fn update(&self, file: &File) -> Result<()> {
        let mut checksum = Hasher::new();
        let mut bytes = At::new(file, self.data_start).take(self.size);
        let mut piece = vec![0; usize::try_from(self.size).map_or(PIECE, |size| size.min(PIECE))];
        loop {
            let read = bytes.read(&mut piece)?;
            if read == 0 {
                break;
            }
            checksum.update(piece.get(..read).unwrap_or_default());
        }
        let checksum = checksum.finalize().to_le_bytes();
        for &position in &self.positions {
            At::new(file, position).write_all(&checksum)?;
        }
        file.sync_data()?;
        Ok(())
    }
}

//! Arrays of an archive that are changed in place, and the checksums that must follow.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;

use crc32fast::Hasher;

use super::entry::Entry;
use super::reader::located;
use super::records::{CENTRAL_CRC, LOCAL_CRC, u32_at};
use crate::error::{FormatProblem, Result};
use crate::kernels::PIECE;
use crate::npy::NpyMapMut;
use crate::source::At;

/// A stored array of an archive, mapped for writing, from [`NpzMap::map_mut`](crate::NpzMap::map_mut).
///
/// It has all that an [`NpyMapMut`] has. Until [`NpzMapMut::close`] the checksums of the archive are those from before:
/// a process that ends without it leaves an entry that readers refuse as damaged. Dropping it does as `close` does and
/// swallows the error.
#[derive(Debug)]
pub struct NpzMapMut {
    map: NpyMapMut,
    file: File,
    path: PathBuf,
    /// There until it is closed.
    checksums: Option<Checksums>,
}

impl NpzMapMut {
    pub(super) fn new(map: NpyMapMut, file: File, path: PathBuf, checksums: Checksums) -> Self {
        Self { map, file, path, checksums: Some(checksums) }
    }

    /// Writes what has changed to the disk, and the checksum of the entry wherever the archive has it.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the system cannot.
    pub fn close(mut self) -> Result<()> {
        self.update()
    }

    fn update(&mut self) -> Result<()> {
        let Some(checksums) = self.checksums.take() else { return Ok(()) };
        self.map.flush()?;
        checksums.update(&self.file).map_err(|error| located(error, &self.path, checksums.entry.name()))
    }
}

impl Drop for NpzMapMut {
    fn drop(&mut self) {
        // `close` reports it.
        let _ = self.update();
    }
}

/// All that a map for writing gives.
impl Deref for NpzMapMut {
    type Target = NpyMapMut;

    fn deref(&self) -> &NpyMapMut {
        &self.map
    }
}

impl DerefMut for NpzMapMut {
    fn deref_mut(&mut self) -> &mut NpyMapMut {
        &mut self.map
    }
}

/// Where the checksum of a stored entry stands in the archive.
#[derive(Debug)]
pub(super) struct Checksums {
    entry: Entry,
    /// Bytes from the start of the archive to those of the entry.
    data_start: u64,
    places: Vec<u64>,
}

impl Checksums {
    pub(super) fn find(entry: Entry, data_start: u64, file: &File) -> Result<Self> {
        let places = [entry.header_start + LOCAL_CRC as u64, entry.central_start + CENTRAL_CRC as u64];
        let mut places = places.to_vec();
        if entry.has_descriptor() {
            let mut descriptor = Vec::new();
            let end = data_start + entry.size;
            At::new(file, end).take(8).read_to_end(&mut descriptor)?;
            // It may start with a signature, or not.
            let has_signature =
                u32_at(&descriptor, 4) == Some(entry.crc32) && descriptor.starts_with(b"PK\x07\x08");
            let offset = if has_signature { 4 } else { 0 };
            if u32_at(&descriptor, offset) != Some(entry.crc32) {
                let text =
                    format!("the checksum behind the entry, at byte {end}, is not that of the directory");
                return Err(FormatProblem::Archive(text).into());
            }
            places.push(end + offset as u64);
        }
        Ok(Self { entry, data_start, places })
    }

    fn update(&self, mut file: &File) -> Result<()> {
        let mut checksum = Hasher::new();
        let mut bytes = At::new(file, self.data_start).take(self.entry.size);
        let mut piece = vec![0; usize::try_from(self.entry.size).map_or(PIECE, |size| size.min(PIECE))];
        loop {
            let read = bytes.read(&mut piece)?;
            if read == 0 {
                break;
            }
            checksum.update(piece.get(..read).unwrap_or_default());
        }
        let checksum = checksum.finalize().to_le_bytes();
        for &place in &self.places {
            file.seek(SeekFrom::Start(place))?;
            file.write_all(&checksum)?;
        }
        file.sync_data()?;
        Ok(())
    }
}

//! The mapped bytes.

use std::io;

use memmap2::{Mmap, MmapMut};

/// Mapped bytes, which may be read only or written too: one type, so that a map for writing holds one for reading
/// and has all that it offers.
#[derive(Debug)]
pub(super) enum Memory {
    ReadOnly(Mmap),
    Writable(MmapMut),
}

impl Memory {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::ReadOnly(map) => map,
            Self::Writable(map) => map,
        }
    }

    /// The bytes that may be written; of read-only memory there are none.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::ReadOnly(_) => &mut [],
            Self::Writable(map) => map,
        }
    }

    /// Writes to the disk what has changed in `len` bytes from `offset` on; in read-only memory nothing has.
    pub(super) fn flush(&self, offset: usize, len: usize) -> io::Result<()> {
        match self {
            Self::ReadOnly(_) => Ok(()),
            Self::Writable(map) => map.flush_range(offset, len),
        }
    }

    /// Begins to write to the disk what has changed.
    pub(super) fn flush_async(&self) -> io::Result<()> {
        match self {
            Self::ReadOnly(_) => Ok(()),
            Self::Writable(map) => map.flush_async(),
        }
    }

    #[cfg(unix)]
    pub(super) fn advise(&self, advice: memmap2::Advice) -> io::Result<()> {
        match self {
            Self::ReadOnly(map) => map.advise(advice),
            Self::Writable(map) => map.advise(advice),
        }
    }
}

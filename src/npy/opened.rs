//! An opened array: where its bytes are, what the header says of them, and what errors name it by.

use std::io::Read;
use std::ops::Range;

use crate::array::Data;
use crate::error::{Location, Result};
use crate::header::Decoded;
use crate::kernels::{RandomAccess, ReadData, Source};
use crate::limits::Limits;
use crate::source::{At, ReadAt};

/// What is read of a file at first: the header of nearly every file, and all of a small one.
pub(crate) const HEAD: usize = 2048;

/// An opened array, all of whose data are there.
#[derive(Debug, Clone)]
pub(crate) struct OpenedArray<S> {
    pub(crate) source: S,
    /// Bytes from the start of the source to the data.
    pub(crate) start: u64,
    pub(crate) location: Location,
    /// Its data start at a byte of the file, or of the archive.
    pub(crate) decoded: Decoded,
}

impl<S> OpenedArray<S> {
    /// The same array, whose data start at byte `start` of another source.
    pub(crate) fn with_source<R>(self, source: R, start: u64) -> OpenedArray<R> {
        let Self { location, decoded, .. } = self;
        OpenedArray { source, start, location, decoded }
    }

    /// The same array, which errors name by `location`.
    pub(crate) fn at(self, location: Location) -> Self {
        Self { location, ..self }
    }
}

impl<S: ReadAt> OpenedArray<S> {
    /// Opens the `.npy` file that is the bytes `file` of the source.
    pub(crate) fn open(source: S, file: Range<u64>, limits: &Limits) -> Result<Self> {
        let mut head = [0; HEAD];
        let len = usize::try_from(file.end - file.start).map_or(HEAD, |len| len.min(HEAD));
        let head = head.get_mut(..len).unwrap_or_default();
        let read = At::new(&source, file.start).read_most(head)?;
        let head = head.get(..read).unwrap_or_default();
        Self::decode(source, file, head, limits)
    }

    /// Opens a `.npy` file whose first bytes are `head`: all of them where it has less than [`HEAD`].
    pub(crate) fn decode(source: S, file: Range<u64>, head: &[u8], limits: &Limits) -> Result<Self> {
        let len = file.end - file.start;
        let mut decoded = if Decoded::needs(head, limits)? <= head.len() || head.len() < HEAD {
            Decoded::parse(head, limits)?
        } else {
            Decoded::read_from(At::new(&source, file.start).take(len), limits)?
        };
        decoded.header.check_len(decoded.data_offset, len)?;
        decoded.data_offset += file.start;
        Ok(Self { source, start: decoded.data_offset, location: Location::NONE, decoded })
    }

    /// The data, to be read.
    pub(crate) fn data(&self) -> Data<'_> {
        Data::new(&self.location, &self.decoded, Source::RandomAccess(RandomAccess::Reader(self)))
    }
}

impl<S: ReadAt> ReadData for OpenedArray<S> {
    fn read_data(&self, position: u64, bytes: &mut [u8]) -> Result<()> {
        let read = At::new(&self.source, self.start.saturating_add(position)).read_most(bytes)?;
        if read < bytes.len() {
            // It has become shorter since it was opened, perhaps than where these bytes start.
            let found =
                position.saturating_add(read as u64).min(self.source.size()?.saturating_sub(self.start));
            return Err(self.decoded.header.truncated(found));
        }
        Ok(())
    }
}

impl<B: AsRef<[u8]>> OpenedArray<B> {
    /// The `nbytes` bytes of the data, which are asked for once.
    pub(crate) fn bytes(&self, nbytes: usize) -> Result<&[u8]> {
        let bytes = usize::try_from(self.start).ok().and_then(|start| self.source.as_ref().get(start..));
        let bytes = bytes.unwrap_or_default();
        bytes.get(..nbytes).ok_or_else(|| self.decoded.header.truncated(bytes.len() as u64))
    }
}

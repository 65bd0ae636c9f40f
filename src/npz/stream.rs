//! The bytes of one entry, one after the other, checked as they come.

use std::io::{self, Cursor, Read, Take};

use crc32fast::Hasher;

use super::entry::{Method, NpzEntry};
use super::inflate::Inflate;
use crate::error::{FormatProblem, LimitProblem, Location, Result};
use crate::header::Decoded;
use crate::kernels::{PIECE, Trust};
use crate::limits::Limits;
use crate::source::{At, ReadAt};

/// Bytes that deflate makes of one at most, rounded up.
const MAX_RATIO: u64 = 1033;
/// Bytes that deflated data may become without a doubt in what they claim.
const TRUSTED_RATIO: u64 = 16;

type Bytes<'a, S> = io::Chain<Cursor<Vec<u8>>, Take<At<'a, S>>>;

#[derive(Debug)]
enum Content<'a, S> {
    Stored(Bytes<'a, S>),
    Deflated(Box<Inflate<Bytes<'a, S>>>),
}

/// Reads an entry, decompressed, to the size that the directory claims and no further. With the last byte comes the
/// comparison of the checksum.
#[derive(Debug)]
pub(super) struct EntryReader<'a, S> {
    content: Content<'a, S>,
    /// Bytes that are still to come.
    left: u64,
    size: u64,
    trust: Trust,
    /// The checksum so far, unless nobody wants it.
    checksum: Option<Hasher>,
    expected: u32,
    /// What errors name it by, where nobody else adds that.
    location: Location,
}

impl<'a, S: ReadAt> EntryReader<'a, S> {
    /// Finds the entry in the archive.
    pub(super) fn new(entry: &NpzEntry, source: &'a S, limits: &Limits, verify: bool) -> Result<Self> {
        let method = entry.readable_method()?;
        let located = entry.locate(source)?;
        let (compressed_size, size) = (entry.compressed_size, entry.size);
        let after = located.head.len() as u64;
        let rest = At::new(source, located.data_start + after).take(compressed_size - after);
        let bytes = Cursor::new(located.head).chain(rest);
        let (content, trust) = match method {
            Method::Stored => (Content::Stored(bytes), Trust::Checked),
            Method::Deflated => {
                if size > limits.decompressed {
                    return Err(LimitProblem::Decompressed { found: size, limit: limits.decompressed }.into());
                }
                if size > compressed_size.saturating_mul(MAX_RATIO) {
                    let text = format!("{compressed_size} deflated bytes cannot become {size}");
                    return Err(FormatProblem::Archive(text).into());
                }
                let is_plausible = size <= compressed_size.saturating_mul(TRUSTED_RATIO);
                let trust = if is_plausible { Trust::Checked } else { Trust::Unchecked };
                (Content::Deflated(Box::new(Inflate::new(bytes, compressed_size))), trust)
            }
        };
        let checksum = verify.then(Hasher::new);
        let (expected, location) = (entry.crc32, Location::NONE);
        let mut reader = Self { content, left: size, size, trust, checksum, expected, location };
        reader.check_at_end()?;
        Ok(reader)
    }

    /// The same reader, whose errors as a stream name `location`.
    pub(super) fn at(self, location: Location) -> Self {
        Self { location, ..self }
    }

    /// Bytes of the entry.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// How far the size can be trusted before the bytes have come.
    pub(super) fn trust(&self) -> Trust {
        self.trust
    }

    /// Reads the header of an array, all of whose data are said to be there.
    pub(super) fn header(&mut self, limits: &Limits) -> Result<Decoded> {
        let decoded = Decoded::read_by(limits, |bytes, count| self.append(bytes, count))?;
        decoded.header.check_len(decoded.data_offset, self.size)?;
        Ok(decoded)
    }

    /// Appends `count` bytes, or those that are left.
    pub(super) fn append(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<()> {
        let mut left = u64::try_from(count).map_or(self.left, |count| count.min(self.left));
        while left > 0 {
            let start = bytes.len();
            let now = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
            // Memory follows the bytes that come.
            bytes.try_reserve(now).map_err(|_| LimitProblem::Memory(start as u64 + left))?;
            bytes.resize(start + now, 0);
            let read = self.read_some(bytes.get_mut(start..).unwrap_or_default())?;
            bytes.truncate(start + read);
            left -= read as u64;
        }
        Ok(())
    }

    /// Fills `bytes` with the next ones.
    pub(super) fn read_exact(&mut self, mut bytes: &mut [u8]) -> Result<()> {
        while !bytes.is_empty() {
            let read = self.read_some(bytes)?;
            if read == 0 {
                return Err(self.ended().into());
            }
            bytes = bytes.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }

    /// Passes over the next bytes, as many as there are of `count`; their checksum is computed.
    pub(super) fn skip(&mut self, count: u64) -> Result<()> {
        let mut left = count.min(self.left);
        let mut piece = vec![0; usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))];
        while left > 0 {
            let now = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
            left -= self.read_some(piece.get_mut(..now).unwrap_or_default())? as u64;
        }
        Ok(())
    }

    /// Reads what is left, so that the checksum is compared, unless it is more than `max` bytes.
    pub(super) fn finish(mut self, max: u64) -> Result<()> {
        if self.checksum.is_none() || self.left > max { Ok(()) } else { self.skip(u64::MAX) }
    }

    /// Reads bytes into `buffer`, at most a piece at a time, which is still in the cache when its checksum is computed;
    /// none at the end.
    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let max = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let wanted = buffer.len().min(max);
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.content {
            Content::Stored(bytes) => loop {
                match bytes.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?,
                }
            },
            Content::Deflated(inflate) => inflate.read(buffer)?,
        };
        if read == 0 {
            return Err(self.ended().into());
        }
        if let (Some(checksum), Some(piece)) = (&mut self.checksum, buffer.get(..read)) {
            checksum.update(piece);
        }
        self.left -= read as u64;
        self.check_at_end()?;
        Ok(read)
    }

    fn ended(&self) -> FormatProblem {
        FormatProblem::Archive(format!(
            "the entry ends after {} of {} bytes",
            self.size - self.left,
            self.size
        ))
    }

    fn check_at_end(&mut self) -> Result<()> {
        if self.left > 0 {
            return Ok(());
        }
        match self.checksum.take().map(Hasher::finalize) {
            Some(found) if found != self.expected => {
                Err(FormatProblem::Checksum { found, expected: self.expected }.into())
            }
            _ => Ok(()),
        }
    }
}

/// For those who ask for a stream: [`NpzReader::reader`](super::NpzReader::reader).
impl<S: ReadAt> Read for EntryReader<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.read_some(buffer);
        Ok(self.location.locate(read)?)
    }
}

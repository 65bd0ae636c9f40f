//! The bytes of one entry, as a stream that checks what it delivers.

use std::fs::File;
use std::io::{self, Cursor, Read, Take};

use crc32fast::Hasher;

use super::entry::{Entry, Method};
use super::inflate::Inflate;
use crate::error::{FormatProblem, LimitProblem, Result};
use crate::kernels::{Claim, PIECE};
use crate::limits::Limits;
use crate::source::At;

/// Bytes that deflate makes of one at most, rounded up.
const RATIO_MOST: u64 = 1033;
/// Bytes that deflated data may become without a doubt in what they claim.
const RATIO_TRUSTED: u64 = 16;

type Bytes<'a> = io::Chain<Cursor<Vec<u8>>, Take<At<'a>>>;

#[derive(Debug)]
enum Source<'a> {
    Stored(Bytes<'a>),
    Deflated(Box<Inflate<Bytes<'a>>>),
}

/// Reads an entry, decompressed, to the size that the directory claims and no further. With the last byte comes the
/// comparison of the checksum.
#[derive(Debug)]
pub(super) struct EntryReader<'a> {
    source: Source<'a>,
    /// Bytes that are still to come.
    left: u64,
    size: u64,
    claim: Claim,
    /// The checksum so far, unless nobody wants it.
    checksum: Option<Hasher>,
    expected: u32,
    /// Bytes from the start of the archive to those of the entry.
    data_start: u64,
}

impl<'a> EntryReader<'a> {
    /// Finds the entry in the file.
    pub(super) fn new(entry: &Entry, file: &'a File, limits: &Limits, verify: bool) -> Result<Self> {
        let method = entry.method()?;
        let located = entry.locate(file)?;
        let (compressed_size, size) = (entry.compressed_size, entry.size);
        let after = located.head.len() as u64;
        let rest = At::new(file, located.data_start + after).take(compressed_size - after);
        let bytes = Cursor::new(located.head).chain(rest);
        let (source, claim) = match method {
            Method::Stored => (Source::Stored(bytes), Claim::Checked),
            Method::Deflated => {
                if size > limits.decompressed {
                    return Err(LimitProblem::Decompressed { found: size, limit: limits.decompressed }.into());
                }
                if size > compressed_size.saturating_mul(RATIO_MOST) {
                    let text = format!("{compressed_size} deflated bytes cannot become {size}");
                    return Err(FormatProblem::Archive(text).into());
                }
                let is_usual = size <= compressed_size.saturating_mul(RATIO_TRUSTED);
                let claim = if is_usual { Claim::Checked } else { Claim::Unchecked };
                (Source::Deflated(Box::new(Inflate::new(bytes, compressed_size))), claim)
            }
        };
        let checksum = verify.then(Hasher::new);
        let data_start = located.data_start;
        let mut reader =
            Self { source, left: size, size, claim, checksum, expected: entry.crc32, data_start };
        reader.check_at_end()?;
        Ok(reader)
    }

    /// Bytes of the entry.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// How far the size can be trusted before the bytes have come.
    pub(super) fn claim(&self) -> Claim {
        self.claim
    }

    /// Bytes from the start of the archive to those of the entry.
    pub(super) fn data_start(&self) -> u64 {
        self.data_start
    }

    /// Reads what is left, so that the checksum is compared, unless it is more than `most` bytes.
    pub(super) fn finish(mut self, most: u64) -> io::Result<()> {
        if self.checksum.is_none() || self.left > most {
            return Ok(());
        }
        let mut piece = vec![0; usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE))];
        while self.read(&mut piece)? > 0 {}
        Ok(())
    }

    fn check_at_end(&mut self) -> io::Result<()> {
        if self.left > 0 {
            return Ok(());
        }
        match self.checksum.take().map(Hasher::finalize) {
            Some(found) if found != self.expected => {
                let problem = FormatProblem::Checksum { found, expected: self.expected };
                Err(io::Error::new(io::ErrorKind::InvalidData, problem))
            }
            _ => Ok(()),
        }
    }
}

impl Read for EntryReader<'_> {
    /// At most a piece at a time, which is still in the cache when its checksum is computed.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let wanted = buffer.len().min(most);
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.source {
            Source::Stored(bytes) => bytes.read(buffer)?,
            Source::Deflated(inflate) => inflate.read(buffer)?,
        };
        if read == 0 {
            let text = format!("the entry ends after {} of {} bytes", self.size - self.left, self.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, FormatProblem::Archive(text)));
        }
        if let (Some(checksum), Some(piece)) = (&mut self.checksum, buffer.get(..read)) {
            checksum.update(piece);
        }
        self.left -= read as u64;
        self.check_at_end()?;
        Ok(read)
    }
}

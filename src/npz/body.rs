//! The bytes of a new entry on their way into the archive.

use std::io::{self, Write};

use crc32fast::Hasher;

use super::compression::Compression;
use super::deflate::{Deflate, STORED_BLOCK_HEAD, stored_block};
use super::records::Record;
use super::sink::Sink;
use crate::kernels::PIECE;

/// An entry whose bytes are being written.
#[derive(Debug)]
pub(super) struct Body {
    record: Record,
    data_start: u64,
    deflate: Option<Deflate>,
    /// Bytes at the start that may be corrected, and where in the archive they stand.
    start: Option<(u64, usize)>,
    /// The checksum of what follows them.
    checksum: Hasher,
    size: u64,
}

impl Body {
    /// Begins an entry at the end of `sink`.
    pub(super) fn begin(sink: &mut Sink, full_name: &str, compression: Compression) -> io::Result<Self> {
        let (method, deflate) = match compression {
            Compression::Stored => (0, None),
            Compression::Deflated(level) => (8, Some(Deflate::new(level.min(Compression::LEVEL_MOST)))),
        };
        let record = Record::new(full_name, method, sink.position());
        sink.write(&record.local())?;
        let data_start = sink.position();
        Ok(Self { record, data_start, deflate, start: None, checksum: Hasher::new(), size: 0 })
    }

    /// Where the archive ends if the entry is given up.
    pub(super) fn header_start(&self) -> u64 {
        self.record.header_start
    }

    pub(super) fn write(&mut self, sink: &mut Sink, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        // In pieces that are still in the cache when they go on.
        let mut rest = bytes;
        while !rest.is_empty() {
            let most = if self.deflate.is_some() { PIECE } else { sink.room() };
            let (piece, later) = rest.split_at_checked(most).unwrap_or((rest, &[]));
            self.checksum.update(piece);
            match &mut self.deflate {
                None => sink.write(piece)?,
                Some(deflate) => deflate.write(piece, |bytes| sink.write(bytes))?,
            }
            rest = later;
        }
        Ok(())
    }

    /// Writes the first bytes of an entry, which [`Body::finish`] will write anew. False where they are too many.
    pub(super) fn write_start(&mut self, sink: &mut Sink, bytes: &[u8]) -> io::Result<bool> {
        let position = match &self.deflate {
            None => {
                sink.write(bytes)?;
                self.data_start
            }
            Some(_) => {
                let Some(block) = stored_block(bytes) else { return Ok(false) };
                sink.write(&block)?;
                self.data_start + STORED_BLOCK_HEAD
            }
        };
        self.start = Some((position, bytes.len()));
        self.size = bytes.len() as u64;
        Ok(true)
    }

    /// Ends the entry, whose first bytes become `start` if there is something to be corrected, as long as before.
    pub(super) fn finish(self, sink: &mut Sink, start: &[u8]) -> io::Result<Record> {
        let Self { mut record, deflate, mut checksum, size, data_start, start: place } = self;
        if let Some(deflate) = deflate {
            deflate.finish(|bytes| sink.write(bytes))?;
        }
        if let Some((position, len)) = place {
            if start.len() != len {
                return Err(io::Error::other("the header of the array has outgrown its place"));
            }
            sink.correct(position, start)?;
            let mut whole = Hasher::new();
            whole.update(start);
            whole.combine(&checksum);
            checksum = whole;
        }
        record.crc32 = checksum.finalize();
        record.size = size;
        record.compressed_size = sink.position() - data_start;
        sink.correct(record.header_start, &record.local())?;
        Ok(record)
    }
}

/// A [`Body`] and where it goes to.
pub(super) struct BodyWriter<'a> {
    pub(super) body: &'a mut Body,
    pub(super) sink: &'a mut Sink,
}

impl Write for BodyWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.body.write(self.sink, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

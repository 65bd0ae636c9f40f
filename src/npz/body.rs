//! The bytes of a new entry on their way into the archive.

use std::io::{self, Write};

use crc32fast::Hasher;

use super::compression::Compression;
use super::deflate::{Deflate, STORED_BLOCK_HEAD, stored_block};
use super::records::Record;
use crate::error::{Result, UnsupportedProblem};
use crate::kernels::PIECE;
use crate::source::Sink;

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
    /// Whether a write has failed, so that bytes are missing.
    failed: bool,
}

impl Body {
    /// Begins an entry at the end of `sink`.
    pub(super) fn begin(
        sink: &mut Sink<impl Write>,
        full_name: &str,
        compression: Compression,
    ) -> io::Result<Self> {
        let (method, deflate) = match compression {
            Compression::Stored => (0, None),
            Compression::Deflated(level) => (8, Some(Deflate::new(level.min(Compression::MAX_LEVEL)))),
        };
        let record = Record::new(full_name, method, sink.position());
        let record = Record { has_descriptor: !sink.can_seek(), ..record };
        sink.put(&record.local())?;
        let data_start = sink.position();
        Ok(Self { record, data_start, deflate, start: None, checksum: Hasher::new(), size: 0, failed: false })
    }

    /// Where the archive ends if the entry is given up.
    pub(super) fn header_start(&self) -> u64 {
        self.record.header_start
    }

    pub(super) fn write(&mut self, sink: &mut Sink<impl Write>, bytes: &[u8]) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier write to the entry has failed"));
        }
        self.size += bytes.len() as u64;
        // In pieces that are still in the cache when they go on.
        let mut rest = bytes;
        while !rest.is_empty() {
            let max = if self.deflate.is_some() { PIECE } else { sink.room() };
            let (piece, later) = rest.split_at_checked(max).unwrap_or((rest, &[]));
            self.checksum.update(piece);
            let written = match &mut self.deflate {
                None => sink.put(piece),
                Some(deflate) => deflate.write(piece, |bytes| sink.put(bytes)),
            };
            self.failed = written.is_err();
            written?;
            rest = later;
        }
        Ok(())
    }

    /// Writes the first bytes of an entry, which [`Body::finish`] will write anew.
    ///
    /// # Errors
    /// `Unsupported` where nothing can be written anew, or they are too many.
    pub(super) fn write_start(&mut self, sink: &mut Sink<impl Write>, bytes: &[u8]) -> Result<()> {
        if self.record.has_descriptor {
            let text = "an archive that is written to a stream takes whole arrays alone: its header stands before \
                        an array and cannot be corrected when its length is known";
            return Err(UnsupportedProblem::System(text.to_string()).into());
        }
        let position = match &self.deflate {
            None => {
                sink.put(bytes)?;
                self.data_start
            }
            Some(_) => {
                let Some(block) = stored_block(bytes) else {
                    let text =
                        "a header of more than 65535 bytes cannot be deflated before its array is complete";
                    return Err(UnsupportedProblem::System(text.to_string()).into());
                };
                sink.put(&block)?;
                self.data_start + STORED_BLOCK_HEAD
            }
        };
        self.start = Some((position, bytes.len()));
        self.size = bytes.len() as u64;
        Ok(())
    }

    /// Ends the entry, whose first bytes become `start` if there is something to be corrected, as long as before.
    pub(super) fn finish(self, sink: &mut Sink<impl Write>, start: &[u8]) -> io::Result<Record> {
        let Self { mut record, deflate, mut checksum, size, data_start, start: begun, failed } = self;
        if failed {
            return Err(io::Error::other("an earlier write to the entry has failed"));
        }
        if let Some(deflate) = deflate {
            deflate.finish(|bytes| sink.put(bytes))?;
        }
        if let Some((position, len)) = begun {
            if start.len() != len {
                return Err(io::Error::other("the header of the array has outgrown its place"));
            }
            sink.overwrite(position, start)?;
            let mut whole = Hasher::new();
            whole.update(start);
            whole.combine(&checksum);
            checksum = whole;
        }
        record.crc32 = checksum.finalize();
        record.size = size;
        record.compressed_size = sink.position() - data_start;
        if record.has_descriptor {
            sink.put(&record.descriptor())?;
        } else {
            sink.overwrite(record.header_start, &record.local())?;
        }
        Ok(record)
    }
}

/// A [`Body`] and where it goes to.
pub(super) struct BodyWriter<'a, W> {
    pub(super) body: &'a mut Body,
    pub(super) sink: &'a mut Sink<W>,
}

impl<W: Write> Write for BodyWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.body.write(self.sink, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

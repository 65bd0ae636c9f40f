//! Where a writer puts its bytes, and how it takes back those of a call that failed.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Bytes that are gathered before they are written. More are written as they come.
const BUFFER: usize = 64 * 1024;

/// A sink of bytes that are counted from where it stood at first.
#[derive(Debug)]
pub(super) struct Sink<W> {
    writer: W,
    buffer: Vec<u8>,
    /// Bytes that the sink has taken.
    flushed: u64,
    /// What it can do besides taking bytes.
    moves: Option<Moves<W>>,
    /// Whether it stands elsewhere than behind the last byte.
    is_elsewhere: bool,
    /// Whether bytes that were not meant to stay have gone out.
    is_broken: bool,
}

/// What some sinks can do. Functions rather than a trait, so that one type of writer serves all sinks.
pub(super) struct Moves<W> {
    /// Where the first byte stands.
    start: u64,
    seek: fn(&mut W, SeekFrom) -> io::Result<u64>,
    cut: fn(&mut W, u64) -> io::Result<()>,
    sync: fn(&mut W) -> io::Result<()>,
}

impl<W> fmt::Debug for Moves<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moves").field("start", &self.start).finish_non_exhaustive()
    }
}

impl<W: Write + Seek> Moves<W> {
    /// Those of a sink that can seek.
    pub(super) fn seeking(writer: &mut W) -> io::Result<Self> {
        Ok(Self { start: writer.stream_position()?, seek: W::seek, cut: |_, _| Ok(()), sync: W::flush })
    }
}

impl Moves<File> {
    /// Those of a file that is written from its start.
    pub(super) fn of_file() -> Self {
        Self { start: 0, seek: File::seek, cut: |file, len| file.set_len(len), sync: |file| file.sync_data() }
    }
}

impl<W: Write> Sink<W> {
    /// A sink that has taken `flushed` bytes already.
    pub(super) fn new(writer: W, moves: Option<Moves<W>>, flushed: u64) -> Self {
        let buffer = Vec::new();
        Self { writer, buffer, flushed, moves, is_elsewhere: false, is_broken: false }
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.flushed + self.buffer.len() as u64
    }

    fn check(&self) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write failed and could not be undone"));
        }
        Ok(())
    }

    /// Puts bytes behind those so far.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush_buffer()?;
        }
        if bytes.len() > BUFFER {
            return self.write_all(bytes, self.flushed);
        }
        self.check()?;
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes what has been gathered.
    pub(super) fn flush_buffer(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let result = if buffer.is_empty() { self.check() } else { self.write_all(&buffer, self.flushed) };
        self.buffer = buffer;
        if result.is_ok() {
            self.buffer.clear();
        }
        result
    }

    /// Writes bytes at the end of what the sink has taken.
    fn write_all(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.check()?;
        if self.is_elsewhere {
            self.seek(at)?;
            self.is_elsewhere = false;
        }
        let result = self.writer.write_all(bytes);
        match result {
            Ok(()) => self.flushed = at + bytes.len() as u64,
            Err(_) => self.cut(),
        }
        result
    }

    fn seek(&mut self, at: u64) -> io::Result<()> {
        match &self.moves {
            Some(moves) => (moves.seek)(&mut self.writer, SeekFrom::Start(moves.start + at)).map(drop),
            None => Err(io::ErrorKind::NotSeekable.into()),
        }
    }

    /// Takes back what stands behind the bytes that were taken whole.
    fn cut(&mut self) {
        self.is_elsewhere = true;
        match &self.moves {
            // That they stay is the lesser evil: the header does not count them.
            Some(moves) => drop((moves.cut)(&mut self.writer, moves.start + self.flushed)),
            None => self.is_broken = true,
        }
    }

    /// Takes back all bytes but the first `len`.
    pub(super) fn truncate(&mut self, len: u64) {
        match len.checked_sub(self.flushed) {
            Some(kept) => self.buffer.truncate(usize::try_from(kept).unwrap_or(usize::MAX)),
            None => {
                self.buffer.clear();
                self.flushed = len;
                self.cut();
            }
        }
    }

    /// Writes other bytes over some that the sink has taken.
    pub(super) fn overwrite(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.is_elsewhere = true;
        self.seek(at)?;
        self.writer.write_all(bytes)
    }

    /// Refuses everything from now on.
    pub(super) fn set_broken(&mut self) {
        self.is_broken = true;
    }

    /// Waits until what the sink has taken is on the disk, where it has one.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        match &self.moves {
            Some(moves) => (moves.sync)(&mut self.writer),
            None => self.writer.flush(),
        }
    }

    /// Leaves the sink behind the last byte, with nothing gathered in it.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.is_elsewhere && self.moves.is_some() {
            self.seek(self.flushed)?;
        }
        self.writer.flush()?;
        Ok(self.writer)
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    /// Bytes are written when there are enough of them, or the writer says so.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Where new files and archives go: a writer that is written from its start to its end but for what is corrected
//! afterwards, and that takes back what failed.

use std::fmt;
use std::fs::File;
#[cfg(feature = "npz")]
use std::io::Read;
use std::io::{self, Seek, SeekFrom, Write};

#[cfg(feature = "npz")]
use super::at::{At, ReadAt};

/// A writer whose bytes are counted from where it stood at first.
///
/// Bytes are gathered to blocks that end at multiples of their length; what is at hand whole goes on as it is.
#[derive(Debug)]
pub(crate) struct Sink<W> {
    writer: W,
    /// What it can do besides taking bytes.
    moves: Option<Moves<W>>,
    /// Bytes of a block.
    block: usize,
    /// Bytes that the writer has taken.
    written: u64,
    /// Those after them that it has not taken yet.
    gathered: Vec<u8>,
    /// Whether it stands elsewhere than after the last byte.
    is_elsewhere: bool,
    /// Whether nobody knows what the writer has taken. So it is while it is called, lest a panic leaves it otherwise.
    is_broken: bool,
}

/// What some writers can do. Functions rather than a trait, so that one type serves all writers.
pub(crate) struct Moves<W> {
    /// Where the first byte stands.
    start: u64,
    seek: fn(&mut W, SeekFrom) -> io::Result<u64>,
    /// Shortens it to so many bytes.
    cut: Option<fn(&mut W, u64) -> io::Result<()>>,
    sync: fn(&mut W) -> io::Result<()>,
}

impl<W> fmt::Debug for Moves<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moves").field("start", &self.start).finish_non_exhaustive()
    }
}

impl<W: Write + Seek> Moves<W> {
    /// Those of a writer that can seek.
    pub(crate) fn seeking(writer: &mut W) -> io::Result<Self> {
        Ok(Self { start: writer.stream_position()?, seek: W::seek, cut: None, sync: W::flush })
    }

    /// [`Moves::seeking`] of a writer that must end where it stands.
    ///
    /// # Errors
    /// `InvalidInput` where bytes follow, which would stand after what is written.
    #[cfg(feature = "npz")]
    pub(crate) fn at_end(writer: &mut W) -> io::Result<Self> {
        let moves = Self::seeking(writer)?;
        let end = writer.seek(SeekFrom::End(0))?;
        writer.seek(SeekFrom::Start(moves.start))?;
        match end.saturating_sub(moves.start) {
            0 => Ok(moves),
            more => {
                let text =
                    format!("{more} bytes follow where the writer stands; cut them off, or go to the end");
                Err(io::Error::new(io::ErrorKind::InvalidInput, text))
            }
        }
    }
}

impl Moves<File> {
    /// Those of a file that is written from its start.
    pub(crate) fn of_file() -> Self {
        Self {
            start: 0,
            seek: File::seek,
            cut: Some(|file, len| file.set_len(len)),
            sync: |file| file.sync_data(),
        }
    }
}

impl<W: Write> Sink<W> {
    /// A writer that has taken `written` bytes already.
    pub(crate) fn new(writer: W, moves: Option<Moves<W>>, block: usize, written: u64) -> Self {
        Self { writer, moves, block, written, gathered: Vec::new(), is_elsewhere: false, is_broken: false }
    }

    /// Bytes so far.
    pub(crate) fn position(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }

    /// Whether bytes that were written can be corrected.
    #[cfg(feature = "npz")]
    pub(crate) fn can_seek(&self) -> bool {
        self.moves.is_some()
    }

    /// Bytes from here to the end of the block, one at least.
    pub(crate) fn room(&self) -> usize {
        self.block - (self.position() % self.block as u64) as usize
    }

    fn check(&self) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write failed and could not be undone"));
        }
        Ok(())
    }

    /// Calls the writer. What it gives is an error where it failed, and the sink is broken where it panicked.
    fn call<R>(
        &mut self,
        call: impl FnOnce(&mut W, Option<&Moves<W>>, &[u8]) -> io::Result<R>,
    ) -> io::Result<R> {
        self.check()?;
        self.is_broken = true;
        let result = call(&mut self.writer, self.moves.as_ref(), &self.gathered);
        self.is_broken = false;
        result
    }

    /// Puts bytes after those so far.
    pub(crate) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        while !bytes.is_empty() {
            let room = self.room();
            if bytes.len() < room {
                self.gather(bytes.len()).copy_from_slice(bytes);
                return Ok(());
            }
            // All that ends with a block, at once if nothing stands before it.
            let whole =
                if self.gathered.is_empty() { (bytes.len() - room) / self.block * self.block } else { 0 };
            let (now, later) = bytes.split_at_checked(room + whole).unwrap_or((bytes, &[]));
            if self.gathered.is_empty() {
                self.write_through(Some(now))?;
            } else {
                let start = self.gathered.len();
                self.gather(now.len()).copy_from_slice(now);
                // Bytes of a call that fails are not there.
                self.flush().inspect_err(|_| self.gathered.truncate(start))?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Room for further bytes that are gathered, [`Sink::room`] at most.
    fn gather(&mut self, len: usize) -> &mut [u8] {
        let start = self.gathered.len();
        if self.gathered.capacity() - start < len {
            // Doubled, but never beyond a block.
            let capacity = (start + len).max((2 * self.gathered.capacity()).min(self.block));
            self.gathered.reserve_exact(capacity - start);
        }
        self.gathered.resize(start + len, 0);
        self.gathered.get_mut(start..).unwrap_or_default()
    }

    /// Writes what has been gathered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return self.check();
        }
        self.write_through(None)?;
        self.gathered.clear();
        Ok(())
    }

    /// Writes bytes, or those that have been gathered, after what the writer has taken.
    fn write_through(&mut self, bytes: Option<&[u8]>) -> io::Result<()> {
        if self.is_elsewhere {
            self.seek(self.written)?;
            self.is_elsewhere = false;
        }
        let len = bytes.map_or(self.gathered.len(), <[u8]>::len);
        let result = self.call(|writer, _, gathered| writer.write_all(bytes.unwrap_or(gathered)));
        match result {
            Ok(()) => self.written += len as u64,
            Err(_) => self.cut(),
        }
        result
    }

    fn seek(&mut self, at: u64) -> io::Result<()> {
        self.call(|writer, moves, _| match moves {
            Some(moves) => (moves.seek)(writer, SeekFrom::Start(moves.start + at)).map(drop),
            None => Err(io::ErrorKind::NotSeekable.into()),
        })
    }

    /// Takes back what stands after the bytes that were taken whole.
    fn cut(&mut self) {
        self.is_elsewhere = true;
        let written = self.written;
        let cut = self.call(|writer, moves, _| match moves {
            Some(moves) => {
                // That they stay is the lesser evil: nothing counts them.
                let _ = moves.cut.map(|cut| cut(writer, moves.start + written));
                Ok(())
            }
            None => Err(io::ErrorKind::NotSeekable.into()),
        });
        self.is_broken = cut.is_err();
    }

    /// Takes back all bytes but the first `len`. What follows is written over them.
    pub(crate) fn truncate(&mut self, len: u64) {
        match len.checked_sub(self.written) {
            Some(gathered) => self.gathered.truncate(usize::try_from(gathered).unwrap_or(usize::MAX)),
            None => {
                self.gathered.clear();
                self.written = len;
                self.cut();
            }
        }
    }

    /// [`Sink::truncate`], but what a writer has taken that cannot be shortened stays where it is, before what follows.
    #[cfg(feature = "npz")]
    pub(crate) fn abandon(&mut self, len: u64) {
        if len >= self.written || self.moves.as_ref().is_none_or(|moves| moves.cut.is_some()) {
            return self.truncate(len);
        }
        self.gathered.clear();
        let end = self.call(|writer, moves, _| match moves {
            Some(moves) => Ok((moves.seek)(writer, SeekFrom::End(0))?.saturating_sub(moves.start)),
            None => Err(io::ErrorKind::NotSeekable.into()),
        });
        match end {
            Ok(end) => (self.written, self.is_elsewhere) = (end.max(self.written), true),
            Err(_) => self.is_broken = true,
        }
    }

    /// Writes other bytes over some of those so far.
    pub(crate) fn overwrite(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        let gathered = at.checked_sub(self.written).and_then(|at| {
            let at = usize::try_from(at).ok()?;
            self.gathered.get_mut(at..at.checked_add(bytes.len())?)
        });
        if let Some(gathered) = gathered {
            gathered.copy_from_slice(bytes);
            return Ok(());
        }
        if at + bytes.len() as u64 > self.written {
            self.flush()?;
        }
        self.is_elsewhere = true;
        self.seek(at)?;
        self.call(|writer, _, _| writer.write_all(bytes))
    }

    /// Puts `len` bytes of another source, from `start` on, after those so far.
    #[cfg(feature = "npz")]
    pub(crate) fn copy(&mut self, from: &(impl ReadAt + ?Sized), start: u64, len: u64) -> io::Result<()> {
        self.check()?;
        // Not by the system, which copies in small pages.
        let mut from = At::new(from, start);
        let mut left = len;
        while left > 0 {
            let room = self.room();
            let now = usize::try_from(left).map_or(room, |left| left.min(room));
            from.read_exact(self.gather(now))?;
            left -= now as u64;
            if now == room {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Refuses everything from now on.
    pub(crate) fn set_broken(&mut self) {
        self.is_broken = true;
    }

    /// Waits until what the writer has taken is on the disk, where it has one.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.call(|writer, moves, _| match moves {
            Some(moves) => (moves.sync)(writer),
            None => writer.flush(),
        })
    }

    /// The writer, after the last byte, with nothing gathered in it.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        if self.is_elsewhere && self.moves.is_some() {
            self.seek(self.written)?;
        }
        self.call(|writer, _, _| writer.flush())?;
        Ok(self.writer)
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    /// Bytes are written when there are enough of them, or the sink is told to.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const BLOCK: usize = 1 << 16;

    /// Calls that put, copy, correct and truncate in any order; what a vector has after them is what is written.
    fn check<W: Write>(mut sink: Sink<W>) -> (Vec<u8>, W) {
        const LENS: [usize; 7] = [1, 700, 6_000, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5];
        let bytes: Vec<u8> = (0..3 * BLOCK).map(|number| (number * 7 / 3 % 251) as u8).collect();
        let mut state = 1u32;
        let mut random = |most: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % most
        };
        let mut expected = Vec::new();
        for _ in 0..200 {
            let (len, start) = (LENS[random(LENS.len())], random(BLOCK - 50));
            match random(6) {
                0 if expected.len() > 50 => {
                    let at = random(expected.len() - 50);
                    sink.overwrite(at as u64, &bytes[start..start + 50]).unwrap();
                    expected[at..at + 50].copy_from_slice(&bytes[start..start + 50]);
                }
                1 if !expected.is_empty() => {
                    expected.truncate(expected.len() - random(expected.len().min(BLOCK)));
                    sink.truncate(expected.len() as u64);
                }
                #[cfg(feature = "npz")]
                2 => {
                    sink.copy(&bytes, start as u64, len as u64).unwrap();
                    expected.extend_from_slice(&bytes[start..start + len]);
                }
                _ => {
                    sink.put(&bytes[start..start + len]).unwrap();
                    expected.extend_from_slice(&bytes[start..start + len]);
                }
            }
            assert_eq!(sink.position(), expected.len() as u64);
            assert!(sink.gathered.capacity() <= BLOCK);
            assert!(sink.room() >= 1);
        }
        (expected, sink.finish().unwrap())
    }

    #[test]
    fn blocks_leave_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = File::create(&path).unwrap();
        let (expected, _) = check(Sink::new(file, Some(Moves::of_file()), BLOCK, 0));
        assert!(std::fs::read(&path).unwrap() == expected);

        // What cannot be shortened is written over.
        let mut cursor = Cursor::new(b"before".to_vec());
        cursor.set_position(6);
        let moves = Moves::seeking(&mut cursor).unwrap();
        let (expected, cursor) = check(Sink::new(cursor, Some(moves), BLOCK, 0));
        assert_eq!(cursor.position(), 6 + expected.len() as u64);
        assert!(cursor.get_ref().starts_with(b"before") && cursor.get_ref()[6..].starts_with(&expected));
    }

    /// Takes `room` bytes, and fails or panics then.
    struct Full {
        room: usize,
        panics: bool,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                assert!(!self.panics, "no room");
                return Err(io::ErrorKind::StorageFull.into());
            }
            let len = bytes.len().min(self.room);
            self.room -= len;
            Ok(len)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stream_that_fails_or_panics_is_refused_from_then_on() {
        let mut sink = Sink::new(Full { room: BLOCK + 10, panics: false }, None, BLOCK, 0);
        sink.put(&[0; BLOCK]).unwrap();
        assert_eq!(sink.put(&[0; BLOCK]).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(
            sink.put(b"more").unwrap_err().to_string(),
            "an earlier write failed and could not be undone"
        );

        let mut sink = Sink::new(Full { room: 10, panics: true }, None, BLOCK, 0);
        sink.put(b"gathered").unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sink.put(&[0; BLOCK])));
        assert!(panicked.is_err());
        assert!(sink.put(b"more").is_err() && sink.flush().is_err());
    }

    /// What stands where it cannot be taken back is left behind, and what follows starts after it.
    #[cfg(feature = "npz")]
    #[test]
    fn bytes_that_cannot_be_taken_back_are_abandoned() {
        let mut cursor = Cursor::new(Vec::new());
        let moves = Moves::seeking(&mut cursor).unwrap();
        let mut sink = Sink::new(cursor, Some(moves), BLOCK, 0);
        sink.put(&[1; 100]).unwrap();
        sink.put(&[2; 10]).unwrap();
        sink.abandon(100);
        assert_eq!(sink.position(), 100);
        sink.put(&[3; 2 * BLOCK]).unwrap();
        sink.abandon(100);
        assert_eq!(sink.position(), 2 * BLOCK as u64);
        sink.put(b"end").unwrap();
        let written = sink.finish().unwrap().into_inner();
        assert_eq!((written.len(), &written[2 * BLOCK..]), (2 * BLOCK + 3, b"end".as_slice()));
    }
}

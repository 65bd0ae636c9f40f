//! The new file of an archive, which is written from its start to its end but for what is corrected afterwards.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::Result;
use crate::source::{At, NewFile, Replacement};

/// Writes end at multiples of this in the file, where there is enough to write.
///
/// The system keeps what comes in one write in pages as large as the write and its place allow, up to this. A file that
/// is written in pieces of 256 KiB that begin anywhere lies in twenty times as many pages as one written in blocks, and
/// each costs a fault where it is mapped: the sum over a map of 32 MiB ran at 14 GB/s instead of 28.
const BLOCK: usize = 2 * 1024 * 1024;

/// A file beside the one that it will replace.
#[derive(Debug)]
pub(super) struct Sink {
    file: NewFile,
    /// Bytes that are in the file.
    written: u64,
    /// Those behind them that are not yet.
    gathered: Vec<u8>,
    /// Whether a write has failed, so that nobody knows what is in the file behind `written`.
    failed: bool,
}

impl Sink {
    pub(super) fn begin(path: &Path) -> Result<Self> {
        let file = NewFile::begin(path, Replacement::default())?;
        Ok(Self { file, written: 0, gathered: Vec::new(), failed: false })
    }

    pub(super) fn position(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }

    /// Bytes from here to the end of the block, one at least: of so many none has to be copied.
    pub(super) fn room(&self) -> usize {
        BLOCK - (self.position() % BLOCK as u64) as usize
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        while !bytes.is_empty() {
            let room = self.room();
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            if self.gathered.is_empty() && now.len() == room {
                self.write_through(now)?;
            } else {
                self.gather(now.len()).copy_from_slice(now);
                if now.len() == room {
                    self.flush()?;
                }
            }
            bytes = later;
        }
        Ok(())
    }

    /// Room for further bytes, `len` at most [`Sink::room`], that are gathered.
    fn gather(&mut self, len: usize) -> &mut [u8] {
        let start = self.gathered.len();
        if self.gathered.capacity() - start < len {
            // Doubled, but never beyond a block.
            let capacity = (start + len).max((2 * self.gathered.capacity()).min(BLOCK));
            self.gathered.reserve_exact(capacity - start);
        }
        self.gathered.resize(start + len, 0);
        self.gathered.get_mut(start..).unwrap_or_default()
    }

    /// Writes over what stands at `at`.
    pub(super) fn correct(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
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
        self.failed = true;
        let mut file = self.file.file();
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
        file.seek(SeekFrom::Start(self.written))?;
        self.failed = false;
        Ok(())
    }

    /// Forgets everything from `position` on, and with it whatever has failed there.
    pub(super) fn cut(&mut self, position: u64) -> io::Result<()> {
        match position.checked_sub(self.written).map(usize::try_from) {
            Some(Ok(kept)) => self.gathered.truncate(kept),
            _ => {
                self.gathered.clear();
                self.written = position;
            }
        }
        let mut file = self.file.file();
        file.set_len(self.written)?;
        file.seek(SeekFrom::Start(self.written))?;
        self.failed = false;
        Ok(())
    }

    /// Appends `len` bytes of another file from `start` on.
    pub(super) fn copy(&mut self, from: &File, start: u64, len: u64) -> io::Result<()> {
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

    fn flush(&mut self) -> io::Result<()> {
        let gathered = std::mem::take(&mut self.gathered);
        let result = self.write_through(&gathered);
        self.gathered = gathered;
        if result.is_ok() {
            self.gathered.clear();
        }
        result
    }

    /// After a failure nothing more is taken.
    fn check(&self) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier write to the archive has failed"));
        }
        Ok(())
    }

    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.failed = true;
        self.file.file().write_all(bytes)?;
        self.written += bytes.len() as u64;
        self.failed = false;
        Ok(())
    }

    /// Gives the file the name of the one that it replaces.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.file.finish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written, copied, corrected and cut in any order, it has what a vector has.
    #[test]
    fn blocks_leave_no_trace() {
        const LENS: [usize; 7] = [1, 700, 60_000, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let source = folder.path().join("source");
        let bytes: Vec<u8> = (0..3 * BLOCK).map(|number| (number * 7 / 3 % 251) as u8).collect();
        std::fs::write(&source, &bytes).unwrap();
        let source = File::open(&source).unwrap();
        let mut state = 1u32;
        let mut random = |most: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % most
        };
        for _ in 0..12 {
            let mut sink = Sink::begin(&path).unwrap();
            let mut expected = Vec::new();
            for _ in 0..12 {
                let (len, start) = (LENS[random(LENS.len())], random(BLOCK - 5));
                match random(6) {
                    0 if expected.len() > 50 => {
                        let at = random(expected.len() - 50);
                        sink.correct(at as u64, &bytes[start..start + 50]).unwrap();
                        expected[at..at + 50].copy_from_slice(&bytes[start..start + 50]);
                    }
                    1 if !expected.is_empty() => {
                        expected.truncate(expected.len() - random(expected.len().min(BLOCK)));
                        sink.cut(expected.len() as u64).unwrap();
                    }
                    2 => {
                        sink.copy(&source, start as u64, len as u64).unwrap();
                        expected.extend_from_slice(&bytes[start..start + len]);
                    }
                    _ => {
                        sink.write(&bytes[start..start + len]).unwrap();
                        expected.extend_from_slice(&bytes[start..start + len]);
                    }
                }
                assert_eq!(sink.position(), expected.len() as u64);
                assert!(sink.gathered.capacity() <= BLOCK);
                assert!(sink.room() >= 1);
            }
            assert!(sink.copy(&source, bytes.len() as u64, 1).is_err());
            sink.cut(expected.len() as u64).unwrap();
            sink.finish().unwrap();
            assert!(std::fs::read(&path).unwrap() == expected);
        }
    }
}

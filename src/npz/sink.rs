//! The new file of an archive, which is written from its start to its end but for what is corrected afterwards.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::Result;
use crate::source::NewFile;

/// Bytes that are gathered before the system is called.
const GATHERED: usize = 64 * 1024;

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
        let file = NewFile::begin(path)?;
        Ok(Self { file, written: 0, gathered: Vec::new(), failed: false })
    }

    pub(super) fn position(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.gathered.len() + bytes.len() > GATHERED {
            self.flush()?;
        }
        if bytes.len() > GATHERED {
            return self.write_through(bytes);
        }
        self.gathered.extend_from_slice(bytes);
        Ok(())
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
        self.flush()?;
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

    /// Appends `len` bytes of another file from `start` on, which the system may do without a copy.
    pub(super) fn copy(&mut self, mut from: &File, start: u64, len: u64) -> io::Result<()> {
        self.flush()?;
        self.failed = true;
        from.seek(SeekFrom::Start(start))?;
        let copied = io::copy(&mut io::Read::take(from, len), &mut self.file.file())?;
        if copied < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.written += copied;
        self.failed = false;
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

    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier write to the archive has failed"));
        }
        self.failed = true;
        self.file.file().write_all(bytes)?;
        self.written += bytes.len() as u64;
        self.failed = false;
        Ok(())
    }

    /// Gives the file the name of the one that it replaces.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.file.finish()
    }
}

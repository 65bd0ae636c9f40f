//! Positioned reads and writes, which leave the file's own position alone.

use std::fs::File;
use std::io::{self, Read, Write};

/// Reads or writes a file from a position on.
#[derive(Debug)]
pub(crate) struct At<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> At<'a> {
    /// `file` from `position` on, in bytes from its start.
    pub(crate) fn new(file: &'a File, position: u64) -> Self {
        Self { file, position }
    }

    /// Where the next byte is read or written.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Write for At<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = write_at(self.file, bytes, self.position)?;
        self.position += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, position)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    // It moves the file's own position, which nothing here relies on.
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, position)
}

#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    use std::io::Seek;
    file.seek(io::SeekFrom::Start(position))?;
    file.read(buffer)
}

#[cfg(not(any(unix, windows)))]
fn write_at(mut file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    use std::io::Seek;
    file.seek(io::SeekFrom::Start(position))?;
    file.write(bytes)
}

//! Positioned reads, which leave the file's own position alone.

use std::fs::File;
use std::io::{self, Read};

/// Reads a file from a position on.
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
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    // It moves the file's own position, which nothing here relies on.
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}

#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    use std::io::Seek;
    file.seek(io::SeekFrom::Start(position))?;
    file.read(buffer)
}

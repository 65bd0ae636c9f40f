//! Entries whose bytes come in pieces.

use std::io::{self, Write};
use std::marker::PhantomData;

use super::body::Body;
use super::writer::NpzWriter;
use crate::element::{self, Element};
use crate::error::{MismatchProblem, Result};
use crate::header::Header;

/// An entry in the making, from [`NpzWriter::entry`]: what is written to it is in the archive once it is finished. It
/// is taken back where it is dropped before.
#[derive(Debug)]
pub struct NpzEntryWriter<'a> {
    pub(super) writer: &'a mut NpzWriter,
    /// There until it is finished.
    pub(super) body: Option<Body>,
}

impl NpzEntryWriter<'_> {
    /// Ends the entry.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written; the entry is taken back then.
    pub fn finish(self) -> Result<()> {
        self.finish_with(&[])
    }

    fn finish_with(mut self, start: &[u8]) -> Result<()> {
        match self.body.take() {
            Some(body) => self.writer.finish_entry(body, start),
            None => Ok(()),
        }
    }
}

impl Write for NpzEntryWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(body) = &mut self.body {
            self.writer.write_body(body, bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NpzEntryWriter<'_> {
    fn drop(&mut self) {
        if let Some(body) = &self.body {
            self.writer.give_up(body);
        }
    }
}

/// An array in the making, from [`NpzWriter::array`]: it is in the archive once it is finished, and taken back where it
/// is dropped before.
#[derive(Debug)]
pub struct NpzArrayWriter<'a, T> {
    pub(super) entry: NpzEntryWriter<'a>,
    /// With no rows yet.
    pub(super) header: Header,
    /// Elements so far.
    pub(super) len: usize,
    /// Elements of a row.
    pub(super) item_len: usize,
    pub(super) elements: PhantomData<T>,
}

impl<T: Element> NpzArrayWriter<'_, T> {
    /// Writes further elements, which need not be whole rows.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    pub fn write(&mut self, elements: &[T]) -> Result<()> {
        let encoding = element::encoding::<T>(&T::saved_dtype())?;
        encoding.encode(elements, |bytes| Ok(self.entry.write_all(bytes)?))?;
        self.len += elements.len();
        Ok(())
    }

    /// Ends the array.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the last row is not complete, and
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written; the array is taken back then.
    pub fn finish(self) -> Result<()> {
        let Self { entry, mut header, len, item_len, .. } = self;
        let rows = len.checked_div(item_len).unwrap_or(0);
        if let Some(axis) = header.shape.first_mut() {
            *axis = rows;
        }
        let found = rows * item_len;
        if found != len {
            let shape = header.shape_text();
            return Err(MismatchProblem::Len { shape, found, expected: len }.into());
        }
        let start = header.try_encode()?;
        entry.finish_with(&start)
    }
}

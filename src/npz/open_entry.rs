//! Entries whose bytes come in pieces.

use std::fs::File;
use std::io::{self, Write};
use std::marker::PhantomData;

use super::body::Body;
use super::writer::{NpzWriter, with_suffix};
use crate::array::encoding;
use crate::element::Element;
use crate::error::{MismatchProblem, Result};
use crate::header::Header;

impl<W: Write> NpzWriter<W> {
    /// Begins an entry of that very name whose bytes come in pieces, as many as there are.
    ///
    /// # Errors
    /// As [`NpzWriter::save`].
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-entry-{}.npz", std::process::id()));
    /// use std::io::Write;
    ///
    /// let mut archive = npymap::NpzWriter::create(&path)?;
    /// let mut entry = archive.entry("notes.txt")?;
    /// writeln!(entry, "measured in {}", "spring")?;
    /// entry.finish()?;
    /// archive.finish()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn entry(&mut self, full_name: &str) -> Result<NpzEntryWriter<'_, W>> {
        let body = self.begin_entry(full_name)?;
        Ok(NpzEntryWriter { writer: self, body: Some(body) })
    }

    /// Begins an array whose elements come in pieces, as many as there are: `item_shape` has the axes of one row, and
    /// the first axis counts the rows.
    ///
    /// # Errors
    /// As [`NpzWriter::save`], and [`Error::Unsupported`](crate::Error::Unsupported) in an archive that is written to a
    /// stream.
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-array-{}.npz", std::process::id()));
    /// use npymap::{NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::create(&path)?;
    /// let mut points = archive.array::<f32>("points", &[3])?;
    /// for number in 0..100 {
    ///     points.write(&[number as f32, 0.0, 1.0])?;
    /// }
    /// points.finish()?;
    /// archive.finish()?;
    /// assert_eq!(NpzReader::open(&path)?.header("points")?.shape, [100, 3]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn array<T: Element>(
        &mut self,
        name: &str,
        item_shape: &[usize],
    ) -> Result<NpzArrayWriter<'_, T, W>> {
        let full_name = with_suffix(name);
        let header = Header::new(T::saved_dtype(), [&[0], item_shape].concat());
        header.check_size().map_err(|error| self.located(error, &full_name))?;
        let mut body = self.begin_entry(&full_name)?;
        let started = header.try_encode().and_then(|bytes| self.write_start(&mut body, &bytes));
        if let Err(error) = started {
            self.give_up(&body);
            return Err(self.located(error, &full_name));
        }
        let entry = NpzEntryWriter { writer: self, body: Some(body) };
        Ok(NpzArrayWriter {
            entry,
            header,
            len: 0,
            item_len: item_shape.iter().product(),
            elements: PhantomData,
        })
    }
}

/// An entry in the making, from [`NpzWriter::entry`]: what is written to it is in the archive once it is finished. It
/// is taken back where it is dropped before.
#[derive(Debug)]
#[must_use = "an entry that is dropped without finish is taken back"]
pub struct NpzEntryWriter<'a, W: Write = File> {
    pub(super) writer: &'a mut NpzWriter<W>,
    /// There until it is finished.
    pub(super) body: Option<Body>,
}

impl<W: Write> NpzEntryWriter<'_, W> {
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

impl<W: Write> Write for NpzEntryWriter<'_, W> {
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

impl<W: Write> Drop for NpzEntryWriter<'_, W> {
    fn drop(&mut self) {
        if let Some(body) = &self.body {
            self.writer.give_up(body);
        }
    }
}

/// An array in the making, from [`NpzWriter::array`]: it is in the archive once it is finished, and taken back where it
/// is dropped before.
#[derive(Debug)]
#[must_use = "an array that is dropped without finish is taken back"]
pub struct NpzArrayWriter<'a, T, W: Write = File> {
    pub(super) entry: NpzEntryWriter<'a, W>,
    /// With no rows yet.
    pub(super) header: Header,
    /// Elements so far.
    pub(super) len: usize,
    /// Elements of a row.
    pub(super) item_len: usize,
    pub(super) elements: PhantomData<T>,
}

impl<T: Element, W: Write> NpzArrayWriter<'_, T, W> {
    /// Writes further elements, which need not be whole rows.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    pub fn write(&mut self, elements: &[T]) -> Result<()> {
        let encoding = encoding::<T>(&T::saved_dtype())?;
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

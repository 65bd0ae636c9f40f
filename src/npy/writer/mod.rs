//! Arrays that are written piece by piece.

mod create;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use super::items::{Items, NotCounted, publish, wrong_len};
use crate::array::Save;
use crate::element::Element;
use crate::error::{MismatchProblem, Result};
use crate::header::{Growth, Header, shape_text};
use crate::source::{Sink, sync_folder};

/// Bytes that are gathered before they are written.
const BLOCK: usize = 64 * 1024;

/// Writes an array piece by piece: of a length that nobody knows beforehand, or to a pipe.
///
/// [`NpyWriter::create`] makes a file that grows. It can be read at any time, also after the process was killed: it
/// has the items that were complete at the last [`NpyWriter::sync`], or all after [`NpyWriter::finish`]. **A writer
/// that is dropped without `finish` leaves a file that loads with what was complete at its last `sync`.** Once
/// finished, the file is byte for byte what NumPy saves.
///
/// An item is what stands along the axis that grows: a row of a 2-d array in C order, in which the first axis grows;
/// in Fortran order the last does. What is written is gathered to pieces of 64 KB. A call that fails writes nothing,
/// and may be repeated; after one that could not be undone, as where a pipe took some of the bytes, every other fails.
///
/// # Examples
/// ```
/// use npymap::NpyWriter;
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-writer-{}.npy", std::process::id()));
/// let mut writer = NpyWriter::create::<f32>(&path, &[2])?;
/// for time in 0..1000 {
///     writer.write(&[time as f32, 0.5])?;
/// }
/// writer.sync()?;
/// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [1000, 2]);
/// writer.write(&[1000.0f32, 0.25])?;
/// writer.finish()?;
/// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [1001, 2]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyWriter<W = File> {
    sink: Sink<W>,
    items: Items,
    length: Length,
    data_offset: u64,
    /// Elements of an item that has begun.
    begun: usize,
    path: Option<PathBuf>,
    /// Whether the disk knows the file's name.
    is_named: bool,
}

#[derive(Debug)]
enum Length {
    /// The header says so many items.
    Known(usize),
    /// The header is written over; it counts so many items by now.
    Grows(Growth, usize),
}

impl<W: Write> NpyWriter<W> {
    /// An array of a known shape, to a sink that need not seek: a pipe, a socket, a compressor.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the sink fails; [`Error::Format`](crate::Error::Format) for a shape
    /// that no array can have; [`Error::Unsupported`](crate::Error::Unsupported) for dtypes of objects and those
    /// that no header can hold.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Header, NpyWriter};
    ///
    /// let mut writer = NpyWriter::new(Vec::new(), Header::new(DType::of::<u8>(), [2, 3]))?;
    /// writer.write(&[1u8, 2, 3, 4, 5, 6])?;
    /// assert_eq!(writer.finish()?.len(), 128 + 6);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn new(writer: W, header: Header) -> Result<Self> {
        let bytes = header.try_encode()?;
        let Header { dtype, order, shape } = header;
        let mut items = Items::new(Header::new(dtype, shape).with_order(order))?;
        let count = items.count();
        items.set_count(0);
        let mut sink = Sink::new(writer, None, BLOCK, 0);
        sink.put(&bytes)?;
        Ok(Self::over(sink, items, Length::Known(count)))
    }

    /// A writer that has put a header in the sink.
    fn over(sink: Sink<W>, items: Items, length: Length) -> Self {
        let data_offset = sink.position();
        Self { sink, items, length, data_offset, begun: 0, path: None, is_named: true }
    }

    /// What the array is, with the whole items so far.
    pub fn header(&self) -> &Header {
        self.items.header()
    }

    /// Writes elements in the order of the file; they need not be whole items.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where `T` does not become the dtype without a loss, and where they
    /// are more than a known shape has; [`Error::Io`](crate::Error::Io) where the sink fails.
    pub fn write<T: Element>(&mut self, elements: &[T]) -> Result<()> {
        self.located(|writer| {
            let encoded = writer.items.take_encoded::<T>()?;
            let result = writer.add(elements.len() * encoded.len, 0, |_, sink| {
                encoded.encoding.encode(elements, |bytes| Ok(sink.put(bytes)?))
            });
            writer.items.keep_encoded(encoded);
            result
        })
    }

    /// Writes one item: an array of the item's shape, in any layout.
    ///
    /// # Errors
    /// As [`NpyWriter::write`], and [`Error::Mismatch`](crate::Error::Mismatch) for another shape, or where the last
    /// item is not whole yet.
    pub fn push(&mut self, item: &(impl Save + ?Sized)) -> Result<()> {
        self.located(|writer| {
            let header = item.header();
            writer.items.check_item(&header.shape)?;
            writer.add_items(1, item, &header)
        })
    }

    /// Writes many items: an array of their shape with the axis that grows, in any layout.
    ///
    /// # Errors
    /// As [`NpyWriter::push`].
    pub fn push_all(&mut self, items: &(impl Save + ?Sized)) -> Result<()> {
        self.located(|writer| {
            let header = items.header();
            let count = writer.items.count_in(&header.shape)?;
            writer.add_items(count, items, &header)
        })
    }

    /// Waits until all whole items are on the disk and counted by the header, where the sink has a disk.
    ///
    /// The data are on the disk before the header counts them, so that a power cut leaves a file that loads.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the sink fails; the file has the items of the last call.
    pub fn sync(&mut self) -> Result<()> {
        self.located(|writer| {
            writer.sink.flush()?;
            writer.sink.sync()?;
            if writer.publish()? {
                writer.sink.sync()?;
            }
            if let (false, Some(path)) = (writer.is_named, &writer.path) {
                sync_folder(path)?;
                writer.is_named = true;
            }
            Ok(())
        })
    }

    /// Writes what is still to be written, has the header count it, and gives the sink back. It does not wait for
    /// the disk, as [`NpyWriter::sync`] does.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the sink fails; [`Error::Mismatch`](crate::Error::Mismatch) where there
    /// are fewer elements than the known shape has, or the last item is not whole: it is left out.
    pub fn finish(mut self) -> Result<W> {
        let path = self.path.take();
        self.finish_at().map_err(|error| match path {
            Some(path) => error.at_path(path),
            None => error,
        })
    }

    fn finish_at(mut self) -> Result<W> {
        let begun = self.begun;
        if begun > 0 && matches!(self.length, Length::Grows(..)) {
            let whole = self.data_offset + (self.items.count() * self.items.item_nbytes()) as u64;
            self.sink.truncate(whole);
        }
        self.sink.flush()?;
        if let Length::Known(count) = self.length
            && self.items.count() != count
            && self.items.item_len() > 0
        {
            return Err(self.written(count, self.items.count(), begun));
        }
        self.publish()?;
        let partial = (begun > 0).then(|| self.items.partial(begun));
        let sink = self.sink.finish()?;
        partial.map_or(Ok(sink), Err)
    }

    /// The error of another number of elements than that of `needed` items.
    fn written(&self, needed: usize, count: usize, begun: usize) -> crate::Error {
        let item_len = self.items.item_len();
        let shape = shape_text(&self.items.shape_with(needed));
        let found = count.saturating_mul(item_len).saturating_add(begun);
        MismatchProblem::Written { shape, needed: needed * item_len, found }.into()
    }

    /// Has the header count the whole items; whether it did not before.
    fn publish(&mut self) -> Result<bool> {
        let new = self.items.count();
        let Length::Grows(growth, old) = &mut self.length else { return Ok(false) };
        if *old == new {
            return Ok(false);
        }
        let sink = &mut self.sink;
        match publish(growth, *old, new, |at, bytes| sink.overwrite(at, bytes)) {
            Ok(()) => *old = new,
            Err(NotCounted { error, is_broken }) => {
                if is_broken {
                    sink.set_broken();
                }
                return Err(error.into());
            }
        }
        Ok(true)
    }

    fn add_items(&mut self, count: usize, items: &(impl Save + ?Sized), header: &Header) -> Result<()> {
        if self.begun > 0 {
            return Err(self.items.partial(self.begun));
        }
        let item_len = self.items.item_len();
        // Items without elements are counted one by one.
        let empty = if item_len == 0 { count } else { 0 };
        self.add(count.saturating_mul(item_len), empty, |described, sink| {
            described.write(items, header, sink)
        })
    }

    /// Writes `len` elements by `write`, which make `empty` items besides those that they fill; or nothing.
    fn add(
        &mut self,
        len: usize,
        empty: usize,
        write: impl FnOnce(&Items, &mut Sink<W>) -> Result<()>,
    ) -> Result<()> {
        let item_len = self.items.item_len();
        let begun = self.begun.saturating_add(len);
        let more = begun.checked_div(item_len).unwrap_or(empty);
        let begun = begun.checked_rem(item_len).unwrap_or(0);
        let count = self.items.count().saturating_add(more);
        match self.length {
            Length::Known(most) if count > most || (count == most && begun > 0) => {
                return Err(self.written(most, count, begun));
            }
            // An item that has begun takes room too.
            _ => self.items.check_count(count.saturating_add(usize::from(begun > 0)))?,
        }
        let start = self.sink.position();
        let written = write(&self.items, &mut self.sink).and_then(|()| {
            let (found, needed) = (self.sink.position() - start, len * self.items.header().dtype.itemsize());
            if found == needed as u64 { Ok(()) } else { Err(wrong_len(found, needed)) }
        });
        if written.is_err() {
            self.sink.truncate(start);
        }
        written?;
        self.items.set_count(count);
        self.begun = begun;
        Ok(())
    }

    fn located<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        work(self).map_err(|error| match &self.path {
            Some(path) => error.at_path(path),
            None => error,
        })
    }
}

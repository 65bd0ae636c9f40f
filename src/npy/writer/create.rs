//! Writers of arrays whose length nobody knows beforehand.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::Path;

use super::{BLOCK, Length, NpyWriter};
use crate::element::Element;
use crate::error::{Result, UnsupportedProblem};
use crate::header::{Decoded, Growth, Header};
use crate::limits::Limits;
use crate::npy::items::{Items, check_grows};

use crate::source::{Moves, Replacement, Sink, lock, replace};

impl NpyWriter<File> {
    /// A new file of items of that shape, in C order: `[]` of a 1-d array, `[4]` for rows of 4.
    ///
    /// An old file of that name is replaced at once by a whole one without items, as by [`save`](crate::save).
    ///
    /// # Errors
    /// As [`save`](crate::save); [`Error::Unsupported`](crate::Error::Unsupported) for a device or pipe, to which
    /// [`NpyWriter::new`] writes.
    pub fn create<T: Element>(path: impl AsRef<Path>, item_shape: &[usize]) -> Result<Self> {
        Self::create_with(path, Header::new(T::saved_dtype(), [&[0], item_shape].concat()))
    }

    /// [`NpyWriter::create`] with the dtype and order of a header: times with a unit, foreign byte order, records
    /// with other offsets, Fortran order. The axis that grows starts at 0, whatever the header says of it.
    ///
    /// # Errors
    /// As [`NpyWriter::create`], and where no array of that shape can grow or no header can hold the dtype.
    ///
    /// # Examples
    /// ```
    /// use npymap::{Header, NpyWriter, Order};
    ///
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-create-with-{}.npy", std::process::id()));
    /// let header = Header::new(">i2".parse()?, [3, 0]).with_order(Order::F);
    /// let mut writer = NpyWriter::create_with(&path, header)?;
    /// writer.write(&[1i16, 2, 3])?; // a column
    /// writer.finish()?;
    /// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [3, 1]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn create_with(path: impl AsRef<Path>, header: Header) -> Result<Self> {
        let path = path.as_ref();
        let create = || {
            let (items, growth) = without_items(header)?;
            if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
                let text = "it is not a regular file: write to it with NpyWriter::new and a known shape";
                return Err(UnsupportedProblem::System(text.to_string()).into());
            }
            let file = replace(path, Replacement::default(), |file| {
                lock(file)?;
                Ok(file.write_all(growth.bytes())?)
            })?;
            let data_offset = growth.bytes().len() as u64;
            let sink = Sink::new(file, Some(Moves::of_file()), BLOCK, data_offset);
            let path = Some(path.to_path_buf());
            let length = Length::Grows(growth, 0);
            Ok(Self { sink, items, length, data_offset, begun: 0, path, is_named: false })
        };
        create().map_err(|error: crate::Error| error.at_path(path))
    }
}

impl<W: Write + Seek> NpyWriter<W> {
    /// An array that grows, in a sink that can seek: a `Cursor`, a file between others. It starts where the sink
    /// stands. Of the header, the axis that grows starts at 0.
    ///
    /// # Errors
    /// As [`NpyWriter::create_with`].
    pub fn growing(mut writer: W, header: Header) -> Result<Self> {
        let (items, growth) = without_items(header)?;
        let moves = Moves::seeking(&mut writer)?;
        let mut sink = Sink::new(writer, Some(moves), BLOCK, 0);
        sink.put(growth.bytes())?;
        Ok(Self::over(sink, items, Length::Grows(growth, 0)))
    }
}

/// What a header without items has of it.
fn without_items(header: Header) -> Result<(Items, Growth)> {
    check_grows(&header)?;
    let mut items = Items::new(header)?;
    items.set_count(0);
    let bytes = items.header().try_encode()?;
    let decoded = Decoded::parse(&bytes, &Limits::highest())?;
    let growth = Growth::new(bytes, &decoded).ok_or_else(|| {
        UnsupportedProblem::Append(format!("shape {} cannot be counted", items.header().shape_text()))
    })?;
    Ok((items, growth))
}

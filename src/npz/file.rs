//! Stored arrays, read where they are: parts of them without the rest.

use std::fs::File;

use super::entry::{Entry, Method};
use super::reader::NpzReader;
use super::stream::EntryReader;
use crate::error::{MismatchProblem, Result};
use crate::header::Decoded;
use crate::limits::Limits;
use crate::npy::{NpyFile, Preview};
use crate::print::PrintOptions;

impl NpzReader {
    /// What NumPy would print of an entry's array. Of a stored entry only what is shown is read, and its checksum is not
    /// compared; a deflated one is read to its end.
    ///
    /// # Errors
    /// As [`NpzReader::header`], and those of [`NpyFile::preview`].
    pub fn preview(&self, name: &str, options: &PrintOptions) -> Result<Preview> {
        match self.directory.find(name).and_then(Entry::method) {
            Ok(Method::Stored) => self.file(name)?.preview(options),
            _ => self.with_array(name, |mut reader| reader.preview(options)),
        }
    }

    /// The array of a stored entry as a file of its own, of which slices, blocks of rows and previews are read without
    /// the rest. Its checksum is not compared, because that would read everything; [`NpzReader::verify`] does.
    ///
    /// # Errors
    /// As [`NpzReader::header`], [`Error::Mismatch`](crate::Error::Mismatch) where the entry is compressed, and [`Error::Unsupported`](crate::Error::Unsupported) for object
    /// arrays.
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-file-{}.npz", std::process::id()));
    /// use npymap::{NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::create(&path)?;
    /// archive.save("x", &(0..1_000_000).collect::<Vec<i32>>())?;
    /// archive.finish()?;
    ///
    /// let x = NpzReader::open(&path)?.file("x")?;
    /// assert_eq!(x.header().shape, [1_000_000]);
    /// assert_eq!(x.read_slice_vec::<i32>("::-300_000")?, [999_999, 699_999, 399_999, 99_999]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn file(&self, name: &str) -> Result<NpyFile> {
        let file = || {
            let entry = self.directory.find(name)?;
            let (data_start, decoded) = entry.stored_array(&self.file, &self.options.limits)?;
            NpyFile::in_entry(self.file.try_clone()?, self.path.clone(), name, decoded, data_start)
        };
        file().map_err(|error| self.located(error, name))
    }

    /// Part of the array of a stored entry, of which no more is read than it needs: [`NpyFile::read_slice`] of
    /// [`NpzReader::file`].
    ///
    /// # Errors
    /// As [`NpzReader::file`] and [`NpyFile::read_slice`].
    ///
    /// # Examples
    /// ```
    /// use ndarray::{Array2, s};
    /// use npymap::NpzReader;
    ///
    /// let archive = NpzReader::open("testdata/iris.npz")?;
    /// let part: Array2<f64> = archive.read_slice("measurements", s![10..20, ..;3])?;
    /// assert_eq!(part.shape(), [10, 2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn read_slice<T: crate::Load, D: ndarray::Dimension>(
        &self,
        name: &str,
        slice: impl TryInto<crate::Slice, Error: Into<crate::Error>>,
    ) -> Result<ndarray::Array<T, D>> {
        self.file(name)?.read_slice(slice)
    }
}

impl Entry {
    /// Where a stored entry starts, and the header of its array, all of whose data are there.
    pub(super) fn stored_array(&self, file: &File, limits: &Limits) -> Result<(u64, Decoded)> {
        if self.method().is_ok_and(|method| method != Method::Stored) {
            return Err(MismatchProblem::Compressed { method: self.method_name() }.into());
        }
        let mut reader = EntryReader::new(self, file, limits, false)?;
        let decoded = Decoded::read_from(&mut reader, limits)?;
        decoded.header.check_len(decoded.data_offset as u64, self.size)?;
        Ok((reader.data_start(), decoded))
    }
}

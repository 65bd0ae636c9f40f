//! Parts of the arrays of an archive, of stored ones without the rest.

use super::entry::{Method, NpzEntry};
use super::reader::NpzReader;
#[cfg(feature = "ndarray")]
use crate::array::Load;
use crate::array::Preview;
use crate::error::{Error, Result};
use crate::npy::NpyFile;
use crate::print::PrintOptions;
use crate::slice::Slice;
use crate::source::ReadAt;

impl<S: ReadAt> NpzReader<S> {
    /// The array of a stored entry as a file of its own, of which slices, blocks of rows and previews are read without
    /// the rest. Its checksum is not compared, because that would read everything; [`NpzReader::verify`] does.
    ///
    /// # Errors
    /// As [`NpzReader::header`], [`Error::Mismatch`] where the entry is compressed, and [`Error::Unsupported`] for object
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
    /// let archive = NpzReader::open(&path)?;
    /// let x = archive.file("x")?;
    /// assert_eq!(x.header().shape, [1_000_000]);
    /// assert_eq!(x.read_slice_vec::<i32>("::-300_000")?, [999_999, 699_999, 399_999, 99_999]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn file(&self, name: &str) -> Result<NpyFile<&S>> {
        let location = self.at(name);
        let entry = self.directory.find(name);
        let array = entry.and_then(|entry| entry.stored_array(&self.source, &self.options.limits));
        Ok(NpyFile::of(location.locate(array)?.at(location)))
    }

    /// [`NpzReader::file`] that takes the place of the archive, with its source.
    ///
    /// # Errors
    /// As [`NpzReader::file`].
    pub fn into_file(self, name: &str) -> Result<NpyFile<S>> {
        let location = self.at(name);
        let Self { source, options, directory, .. } = self;
        let array = directory.find(name).and_then(|entry| entry.stored_array(source, &options.limits));
        Ok(NpyFile::of(location.locate(array)?.at(location)))
    }

    /// Part of the array of an entry. Of a stored one no more is read than it needs ([`NpyFile::read_slice`] of
    /// [`NpzReader::file`]), and its checksum is not compared; a deflated one is inflated up to there.
    ///
    /// # Errors
    /// As [`NpzReader::load`] and [`NpyFile::read_slice`].
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
    pub fn read_slice<T: Load, D: ndarray::Dimension>(
        &self,
        name: &str,
        slice: impl TryInto<Slice, Error: Into<Error>>,
    ) -> Result<ndarray::Array<T, D>> {
        if self.is_stored(name) {
            return self.file(name)?.read_slice(slice);
        }
        self.with_array(name, |data| data.read_slice(slice))
    }

    /// What NumPy would print of an entry's array. Of a stored entry only what is shown is read, and its checksum is not
    /// compared; a deflated one is read to its end.
    ///
    /// # Errors
    /// As [`NpzReader::header`], and those of [`NpyFile::preview`].
    pub fn preview(&self, name: &str, options: &PrintOptions) -> Result<Preview> {
        self.preview_slice(name, Slice::all(), options)
    }

    /// What NumPy would print of part of an entry's array.
    ///
    /// # Errors
    /// As [`NpzReader::preview`], and [`Error::Mismatch`] where the array has no such part.
    pub fn preview_slice(
        &self,
        name: &str,
        slice: impl TryInto<Slice, Error: Into<Error>>,
        options: &PrintOptions,
    ) -> Result<Preview> {
        if self.is_stored(name) {
            return self.file(name)?.preview_slice(slice, options);
        }
        self.with_array(name, |data| Preview::read(data, slice, options))
    }

    fn is_stored(&self, name: &str) -> bool {
        let method = self.directory.find(name).and_then(NpzEntry::readable_method);
        method.is_ok_and(|method| method == Method::Stored)
    }
}

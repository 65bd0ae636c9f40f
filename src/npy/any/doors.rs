//! The doors that leave the element type to the file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ndarray::ArrayD;

use super::{AnyArray, AnyView, RawArray};
use crate::element::Load;
use crate::error::Result;
use crate::header::Header;
use crate::kernels::Claim;
use crate::limits::Limits;
use crate::npy::elements::Layout;
use crate::npy::{NpyFile, NpyMap, NpyReader};

/// The data of a file, still to be read.
pub(super) struct Source<'a> {
    pub(super) header: &'a Header,
    pub(super) data_offset: u64,
    pub(super) claim: Claim,
    pub(super) read: &'a mut dyn FnMut(&mut [u8]) -> Result<()>,
}

impl Source<'_> {
    /// All of it as elements of one type.
    pub(super) fn array<T: Load>(&mut self) -> Result<ArrayD<T>> {
        let layout = Layout::new::<T>(self.header, self.data_offset)?;
        layout.array(layout.collect(layout.len, self.claim, &mut self.read)?)
    }

    /// All of it as it stands in the file.
    pub(super) fn raw(&mut self) -> Result<RawArray<'static>> {
        RawArray::read(self.header, self.data_offset, self.claim, &mut self.read)
    }
}

impl AnyArray {
    /// The array of a `.npy` file, whatever its elements are.
    ///
    /// # Errors
    /// As [`load`](crate::load), but for the dtype and the number of axes.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &Limits::default())
    }

    /// [`AnyArray::load`] within other limits.
    ///
    /// # Errors
    /// As [`AnyArray::load`].
    pub fn load_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let load = || {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if !metadata.is_file() && !metadata.is_dir() {
                return NpyReader::with_limits(file, limits)?.read_any();
            }
            NpyFile::from_file(file, &metadata, path, limits)?.read_any()
        };
        load().map_err(|error: crate::Error| error.at_path(path))
    }
}

impl NpyFile {
    /// The whole array, whatever its elements are.
    ///
    /// # Errors
    /// As [`NpyFile::read`], but for the dtype and the number of axes.
    ///
    /// # Examples
    /// ```
    /// use npymap::{AnyArray, NpyFile};
    ///
    /// let any = NpyFile::open("testdata/numpy-2.4/U5-be-c.npy")?.read_any()?;
    /// assert!(matches!(any, AnyArray::Text(texts) if texts[[1, 2]] == "é"));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_any(&self) -> Result<AnyArray> {
        let mut position = self.data_offset() as u64;
        self.located(AnyArray::read(self.header(), position, Claim::Checked, &mut |piece| {
            self.read_at(position, piece)?;
            position += piece.len() as u64;
            Ok(())
        }))
    }
}

impl<R: Read> NpyReader<R> {
    /// The array, whatever its elements are.
    ///
    /// # Errors
    /// As [`NpyFile::read_any`], and [`Error::Mismatch`](crate::Error::Mismatch) where part of the array has been read.
    pub fn read_any(&mut self) -> Result<AnyArray> {
        self.start_once("read_any has read it")?;
        let (header, data_offset) = (self.header().clone(), self.data_offset() as u64);
        AnyArray::read(&header, data_offset, Claim::Unchecked, &mut |piece| self.read_data(piece))
    }
}

impl NpyMap {
    /// The array, whatever its elements are: without a copy where the file's bytes are the elements' own.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) for bytes that mean nothing in the dtype, and
    /// [`Error::Limit`](crate::Error::Limit) where a copy is needed for which there is no memory.
    pub fn view_any(&self) -> Result<AnyView<'_>> {
        AnyView::of(self)
    }
}

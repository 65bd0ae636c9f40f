//! What every map has: a file's bytes, and what they mean.

use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::MmapOptions;

use super::elements::Layout;
use super::file::{HEAD, NpyFile};
use crate::element::{Element, Load};
use crate::error::Result;
use crate::header::Header;
use crate::kernels;
use crate::limits::Limits;

/// What is known of a mapped file besides its bytes.
#[derive(Debug)]
pub(super) struct Mapped {
    path: PathBuf,
    pub(super) header: Header,
    /// Bytes from the start of the file to the data.
    pub(super) data_offset: u64,
    /// Bytes of the data.
    pub(super) nbytes: usize,
}

impl Mapped {
    /// An array of which nothing is checked yet but that it can be one.
    pub(super) fn new(path: &Path, header: Header, data_offset: u64) -> Result<Self> {
        header.check_readable()?;
        header.check_size()?;
        let nbytes = header.checked_nbytes()?;
        Ok(Self { path: path.to_path_buf(), header, data_offset, nbytes })
    }

    /// Reads and checks the header of a `.npy` file that is to be mapped.
    pub(super) fn open(path: &Path, file: File, limits: &Limits) -> Result<(File, Self)> {
        let metadata = file.metadata()?;
        let (file, decoded) =
            NpyFile::from_file(file, &metadata, path, limits, &mut [0; HEAD])?.0.into_parts();
        let mapped = Self::new(path, decoded.header, decoded.data_offset as u64)?;
        Ok((file, mapped))
    }

    /// The bytes of the file from its first to the last of the data.
    pub(super) fn file_len(&self) -> Result<u64> {
        self.data_offset
            .checked_add(self.nbytes as u64)
            .ok_or_else(|| crate::LimitProblem::Memory(u64::MAX).into())
    }

    /// The data and nothing else. The map starts at the page below, so that the data are aligned as they are in
    /// the file.
    pub(super) fn options(&self) -> MmapOptions {
        let mut options = MmapOptions::new();
        options.offset(self.data_offset).len(self.nbytes);
        options
    }

    pub(super) fn located<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.at_path(&self.path))
    }

    pub(super) fn layout<T: Load>(&self) -> Result<Layout<'_>> {
        Layout::new::<T>(&self.header, self.data_offset)
    }

    pub(super) fn elements<'a, T: Element>(&self, data: &'a [u8]) -> Result<(Layout<'_>, &'a [T])> {
        let elements = || {
            let layout = self.layout::<T>()?;
            let elements = kernels::view(&layout.conversion, layout.len, data)
                .map_err(|error| layout.view_error::<T>(error))?;
            Ok((layout, elements))
        };
        self.located(elements())
    }

    pub(super) fn elements_mut<'a, T: Element>(
        &self,
        data: &'a mut [u8],
    ) -> Result<(Layout<'_>, &'a mut [T])> {
        let layout = self.located(self.layout::<T>())?;
        match kernels::view_mut(&layout.conversion, layout.len, data) {
            Ok(elements) => Ok((layout, elements)),
            Err(error) => self.located(Err(layout.view_error::<T>(error))),
        }
    }
}

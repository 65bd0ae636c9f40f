//! `.npy` files mapped for writing.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::ops::{Deref, Range};
use std::path::Path;

use memmap2::MmapMut;

use super::map::NpyMap;
use super::mapped::Mapped;
use super::memory::Memory;
use crate::element::Element;
use crate::error::{Error, MismatchProblem, Result};
use crate::header::Order;
use crate::limits::Limits;
use crate::source;

/// A `.npy` file mapped into memory whose elements can be changed in place.
///
/// It gives all that an [`NpyMap`] gives, and the elements to be changed besides. What is written reaches the
/// file when the system sees fit, and at the latest with [`NpyMapMut::flush`] or [`NpyMapMut::close`];
/// dropping it swallows an error that `close` reports.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Ix2;
/// use npymap::{DType, Header, NpyMapMut};
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-map-mut-{}.npy", std::process::id()));
/// let header = Header::new(DType::of::<f64>(), [1000, 3]);
/// // SAFETY: nobody else changes the file meanwhile.
/// let mut map = unsafe { NpyMapMut::create(&path, &header)? };
/// map.view_mut::<f64, Ix2>()?.row_mut(0).fill(5.0);
/// map.close()?;
/// # std::fs::remove_file(&path)?;
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyMapMut {
    /// Its memory is writable.
    map: NpyMap,
}

impl NpyMapMut {
    /// Maps a file for reading and writing: NumPy's `mmap_mode='r+'`. A file that is cut off is refused, where
    /// NumPy lengthens it with zeros.
    ///
    /// # Safety
    /// As [`NpyMap::open`], but for changes through this map.
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_with(path, &Limits::default()) }
    }

    /// [`NpyMapMut::open`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`].
    ///
    /// # Errors
    /// As [`NpyMapMut::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            let (file, mapped) = Mapped::open(path, file, limits)?;
            // SAFETY: the caller's promise is this function's own; `open` has checked the length.
            unsafe { Self::from_file(&file, mapped) }
        };
        open().map_err(|error: Error| error.at_path(path))
    }

    /// Maps a file that is opened read-only; what is written stays in memory: NumPy's `mmap_mode='c'`.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open_copy(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_copy_with(path, &Limits::default()) }
    }

    /// [`NpyMapMut::open_copy`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`].
    ///
    /// # Errors
    /// As [`NpyMapMut::open_copy`].
    pub unsafe fn open_copy_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let (file, mapped) = Mapped::open(path, source::open(path)?, limits)?;
            // SAFETY: the caller's promise is this function's own; `open` has checked the length.
            unsafe { Self::from_file_copy(&file, mapped) }
        };
        open().map_err(|error: Error| error.at_path(path))
    }

    /// Maps the data of a file that is long enough; changes reach the file.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`], and the length of the file has been checked.
    pub(crate) unsafe fn from_file(file: &File, mapped: Mapped) -> Result<Self> {
        // SAFETY: that nobody else changes the file, and that it is long enough, is the caller's promise.
        let memory = unsafe { mapped.options().map_mut(file) }?;
        Ok(Self::writable(memory, mapped))
    }

    /// Maps the data of a file that is long enough; changes stay in memory.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`], and the length of the file has been checked.
    pub(super) unsafe fn from_file_copy(file: &File, mapped: Mapped) -> Result<Self> {
        // SAFETY: that nobody changes the file, and that it is long enough, is the caller's promise.
        let memory = unsafe { mapped.options().map_copy(file) }?;
        Ok(Self::writable(memory, mapped))
    }

    /// The map, whose memory is writable.
    #[cfg(feature = "ndarray")]
    pub(super) fn parts_mut(&mut self) -> &mut NpyMap {
        &mut self.map
    }

    fn writable(memory: MmapMut, mapped: Mapped) -> Self {
        Self { map: NpyMap { memory: Memory::Writable(memory), mapped } }
    }

    /// The elements in the order of the file, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyMap::as_slice`].
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        let NpyMap { memory, mapped } = &mut self.map;
        mapped.elements_mut(memory.bytes_mut()).map(|(_, elements)| elements)
    }

    /// The array, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyMap::view`], and [`Error::Mismatch`] for records with padding between their fields, where a write would
    /// leave whatever is in memory.
    #[cfg(feature = "ndarray")]
    pub fn view_mut<T: Element, D: ndarray::Dimension>(&mut self) -> Result<ndarray::ArrayViewMut<'_, T, D>> {
        let NpyMap { memory, mapped } = &mut self.map;
        mapped.view_mut(memory.bytes_mut())
    }

    /// Writes what has changed to the disk, and returns when it is there.
    ///
    /// # Errors
    /// [`Error::Io`] where the system cannot.
    pub fn flush(&self) -> Result<()> {
        self.flush_bytes(0, self.mapped.nbytes)
    }

    /// Begins to write what has changed to the disk, and does not wait for it.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn flush_async(&self) -> Result<()> {
        self.mapped.located(self.memory.flush_async().map_err(Error::from))
    }

    /// [`NpyMapMut::flush`] for some rows alone: elements of the first axis, or the elements of a 1-d array. In
    /// Fortran order, where no row is in one place, it flushes everything.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`], and [`Error::Mismatch`] where there are no such rows.
    pub fn flush_rows(&self, rows: Range<usize>) -> Result<()> {
        let header = &self.mapped.header;
        let count = header.shape.first().copied().unwrap_or(1);
        if rows.start > rows.end || rows.end > count {
            let shape = header.shape_text();
            return self.mapped.located(Err(MismatchProblem::Rows { rows, shape }.into()));
        }
        if rows.is_empty() || self.mapped.nbytes == 0 {
            return Ok(());
        }
        if header.order == Order::F && header.shape.len() > 1 {
            return self.flush();
        }
        let row = self.mapped.nbytes / count;
        self.flush_bytes(rows.start * row, rows.len() * row)
    }

    fn flush_bytes(&self, offset: usize, len: usize) -> Result<()> {
        self.mapped.located(self.memory.flush(offset, len).map_err(Error::from))
    }

    /// [`NpyMapMut::flush`], and unmaps the file: what a drop would swallow is an error here.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn close(self) -> Result<()> {
        self.flush()
    }
}

/// All that a map for reading gives.
impl Deref for NpyMapMut {
    type Target = NpyMap;

    fn deref(&self) -> &NpyMap {
        &self.map
    }
}

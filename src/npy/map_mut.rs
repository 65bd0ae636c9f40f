//! `.npy` files mapped for writing.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::path::Path;

use memmap2::MmapMut;

use super::advice::Advice;
use super::create::CreateOptions;
use super::mapped::Mapped;
use crate::element::Element;
use crate::error::{Error, MismatchProblem, Result};
use crate::header::{Header, Order};
use crate::limits::Limits;

/// A `.npy` file mapped into memory whose elements can be changed in place.
///
/// What is written reaches the file when the system sees fit, and at the latest with [`NpyMapMut::flush`] or
/// [`NpyMapMut::close`]; dropping it swallows an error that `close` reports.
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
    map: MmapMut,
    mapped: Mapped,
}

impl NpyMapMut {
    /// Maps a file for reading and writing: NumPy's `mmap_mode='r+'`. A file that is cut off is refused, where
    /// NumPy lengthens it with zeros.
    ///
    /// # Safety
    /// As [`NpyMap::open`](crate::NpyMap::open), but for changes through this map.
    ///
    /// # Errors
    /// As [`NpyMap::open`](crate::NpyMap::open).
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
    /// As [`NpyMap::open`](crate::NpyMap::open).
    ///
    /// # Errors
    /// As [`NpyMap::open`](crate::NpyMap::open).
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
            let (file, mapped) = Mapped::open(path, File::open(path)?, limits)?;
            // SAFETY: the caller's promise is this function's own; `open` has checked the length.
            unsafe { Self::from_file_copy(&file, mapped) }
        };
        open().map_err(|error: Error| error.at_path(path))
    }

    /// Creates a file of zeros and maps it for reading and writing: NumPy's `open_memmap(mode='w+')`. An existing
    /// file is emptied first. The zeros take no room on the disk until they are written.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`]; nobody has the old file mapped.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be created or be so large;
    /// [`Error::Unsupported`] for dtypes of objects, and those that no header can hold.
    pub unsafe fn create(path: impl AsRef<Path>, header: &Header) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { CreateOptions::new().create(path, header) }
    }

    /// [`NpyMapMut::create`], but an existing file is an error.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`].
    ///
    /// # Errors
    /// As [`NpyMapMut::create`], and [`Error::Io`] where the file exists.
    pub unsafe fn create_new(path: impl AsRef<Path>, header: &Header) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { CreateOptions::new().new_file(true).create(path, header) }
    }

    /// Maps the data of a file that is long enough; changes reach the file.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`], and the length of the file has been checked.
    pub(super) unsafe fn from_file(file: &File, mapped: Mapped) -> Result<Self> {
        // SAFETY: that nobody else changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { mapped.options().map_mut(file) }?;
        Ok(Self { map, mapped })
    }

    /// Maps the data of a file that is long enough; changes stay in memory.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`], and the length of the file has been checked.
    pub(super) unsafe fn from_file_copy(file: &File, mapped: Mapped) -> Result<Self> {
        // SAFETY: that nobody changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { mapped.options().map_copy(file) }?;
        Ok(Self { map, mapped })
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.mapped.header
    }

    /// Bytes from the start of the file to its data.
    pub fn data_offset(&self) -> u64 {
        self.mapped.data_offset
    }

    /// The data, byte by byte as they stand in the file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.map
    }

    /// The elements in the order of the file, without a copy.
    ///
    /// # Errors
    /// As [`NpyMap::as_slice`](crate::NpyMap::as_slice).
    pub fn as_slice<T: Element>(&self) -> Result<&[T]> {
        self.mapped.elements(&self.map).map(|(_, elements)| elements)
    }

    /// The elements in the order of the file, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyMap::as_slice`](crate::NpyMap::as_slice).
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        let Self { map, mapped } = self;
        mapped.elements_mut(map).map(|(_, elements)| elements)
    }

    /// The array, without a copy; of a Fortran-order file with column-major strides.
    ///
    /// # Errors
    /// As [`NpyMap::view`](crate::NpyMap::view).
    #[cfg(feature = "ndarray")]
    pub fn view<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::ArrayView<'_, T, D>> {
        self.mapped.view(&self.map)
    }

    /// The array, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyMap::view`](crate::NpyMap::view).
    #[cfg(feature = "ndarray")]
    pub fn view_mut<T: Element, D: ndarray::Dimension>(&mut self) -> Result<ndarray::ArrayViewMut<'_, T, D>> {
        let Self { map, mapped } = self;
        mapped.view_mut(map)
    }

    /// As [`NpyMap::view_cow`](crate::NpyMap::view_cow).
    ///
    /// # Errors
    /// As [`NpyMap::view_cow`](crate::NpyMap::view_cow).
    #[cfg(feature = "ndarray")]
    pub fn view_cow<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::CowArray<'_, T, D>> {
        self.mapped.view_cow(&self.map)
    }

    /// As [`NpyMap::to_array`](crate::NpyMap::to_array).
    ///
    /// # Errors
    /// As [`NpyMap::to_array`](crate::NpyMap::to_array).
    #[cfg(feature = "ndarray")]
    pub fn to_array<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.mapped.to_array(&self.map)
    }

    /// Writes what has changed to the disk, and returns when it is there.
    ///
    /// # Errors
    /// [`Error::Io`] where the system cannot.
    pub fn flush(&self) -> Result<()> {
        self.mapped.located(self.map.flush().map_err(Error::from))
    }

    /// Begins to write what has changed to the disk, and does not wait for it.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn flush_async(&self) -> Result<()> {
        self.mapped.located(self.map.flush_async().map_err(Error::from))
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
        let flushed = self.map.flush_range(rows.start * row, rows.len() * row);
        self.mapped.located(flushed.map_err(Error::from))
    }

    /// Tells the system how the array will be used; see [`NpyMap::advise`](crate::NpyMap::advise).
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the system takes no such advice.
    pub fn advise(&self, advice: Advice) -> Result<()> {
        self.mapped.located(advice.give_mut(&self.map))
    }

    /// [`NpyMapMut::flush`], and unmaps the file: what a drop would swallow is an error here.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn close(self) -> Result<()> {
        self.flush()
    }
}

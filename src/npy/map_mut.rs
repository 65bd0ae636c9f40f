//! `.npy` files mapped for writing.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use memmap2::MmapMut;

use super::map::Mapped;
use crate::element::Element;
use crate::error::{LimitProblem, Result};
use crate::header::{Decoded, Header};
use crate::kernels;
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
        let path = path.as_ref();
        let open = || {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            let (file, mapped) = Mapped::open(path, file, &Limits::default())?;
            // SAFETY: that nobody else changes the file is the caller's promise; its length has been checked.
            let map = unsafe { mapped.options().map_mut(&file) }?;
            Ok(Self { map, mapped })
        };
        open().map_err(|error: crate::Error| error.at_path(path))
    }

    /// Maps a file that is opened read-only; what is written stays in memory: NumPy's `mmap_mode='c'`.
    ///
    /// # Safety
    /// As [`NpyMap::open`](crate::NpyMap::open).
    ///
    /// # Errors
    /// As [`NpyMap::open`](crate::NpyMap::open).
    pub unsafe fn open_copy(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let (file, mapped) = Mapped::open(path, File::open(path)?, &Limits::default())?;
            // SAFETY: that nobody changes the file is the caller's promise; its length has been checked.
            let map = unsafe { mapped.options().map_copy(&file) }?;
            Ok(Self { map, mapped })
        };
        open().map_err(|error: crate::Error| error.at_path(path))
    }

    /// Creates a file of zeros and maps it for reading and writing: NumPy's `open_memmap(mode='w+')`. An existing
    /// file is emptied first. The zeros take no room on the disk until they are written.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`]; nobody has the old file mapped.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be created or be so large;
    /// [`Error::Unsupported`](crate::Error::Unsupported) for dtypes of objects, and those that no header can hold.
    pub unsafe fn create(path: impl AsRef<Path>, header: &Header) -> Result<Self> {
        let path = path.as_ref();
        let create = || {
            let bytes = header.try_encode()?;
            let decoded = Decoded::parse(&bytes, &Limits::default().header_chars(usize::MAX))?;
            decoded.check_readable()?;
            let nbytes = decoded.nbytes()?;
            let len =
                (nbytes as u64).checked_add(bytes.len() as u64).ok_or(LimitProblem::Memory(u64::MAX))?;
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
            file.write_all(&bytes)?;
            file.set_len(len)?;
            let mapped = Mapped { path: path.to_path_buf(), decoded, nbytes };
            // SAFETY: that nobody else changes the file is the caller's promise; its length has just been set.
            let map = unsafe { mapped.options().map_mut(&file) }?;
            Ok(Self { map, mapped })
        };
        create().map_err(|error: crate::Error| error.at_path(path))
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.mapped.decoded.header
    }

    /// The format version: (1, 0), (2, 0) or (3, 0).
    pub fn version(&self) -> (u8, u8) {
        self.mapped.decoded.version
    }

    /// Bytes from the start of the file to its data.
    pub fn data_offset(&self) -> usize {
        self.mapped.decoded.data_offset
    }

    /// The data, byte by byte as they stand in the file.
    pub fn as_bytes(&self) -> &[u8] {
        self.mapped.data(&self.map)
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
        let (layout, elements) = mapped.elements_mut(map)?;
        layout.view_mut(elements).map_err(|error| error.at_path(&mapped.path))
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
    /// [`Error::Io`](crate::Error::Io) where the system cannot.
    pub fn flush(&self) -> Result<()> {
        self.map.flush().map_err(|error| crate::Error::from(error).at_path(&self.mapped.path))
    }

    /// [`NpyMapMut::flush`], and unmaps the file.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn close(self) -> Result<()> {
        self.flush()
    }
}

impl Mapped {
    fn elements_mut<'a, T: Element>(&self, map: &'a mut [u8]) -> Result<(super::Layout<'_>, &'a mut [T])> {
        let at_path = |error: crate::Error| error.at_path(&self.path);
        let layout = super::Layout::new::<T>(&self.decoded).map_err(at_path)?;
        let data = map.get_mut(self.decoded.data_offset..).unwrap_or_default();
        match kernels::view_mut(&layout.conversion, layout.len, data) {
            Ok(elements) => Ok((layout, elements)),
            Err(error) => Err(at_path(layout.view_error::<T>(error))),
        }
    }
}

//! `.npy` files mapped for reading.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::File;
use std::path::Path;

use super::advice::Advice;
use super::mapped::Mapped;
use super::memory::Memory;
use crate::element::Element;
#[cfg(feature = "ndarray")]
use crate::element::Load;
use crate::error::{Error, Result};
use crate::header::Header;
use crate::limits::Limits;
use crate::source;

/// A `.npy` file mapped into memory: its elements are read as they are touched, and never copied.
///
/// The map lives as long as this value; views borrow it. It cannot be written; this does not compile:
///
/// ```compile_fail,E0599
/// # use npymap::NpyMap;
/// # let map = unsafe { NpyMap::open("testdata/iris.npy") }.unwrap();
/// map.as_mut_slice::<f64>(); // NpyMapMut has it
/// ```
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::ArrayView2;
/// use npymap::NpyMap;
///
/// // SAFETY: nobody changes the file meanwhile.
/// let map = unsafe { NpyMap::open("testdata/iris.npy")? };
/// let iris: ArrayView2<f64> = map.view()?;
/// assert_eq!(iris[[149, 3]], 1.8);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyMap {
    pub(super) memory: Memory,
    pub(super) mapped: Mapped,
}

impl NpyMap {
    /// Maps a file for reading: NumPy's `mmap_mode='r'`.
    ///
    /// # Safety
    /// Nobody, in this process or another, shortens the file while it is mapped, or changes it while a view, a
    /// slice or a call of the map is alive. Elements that change behind a reference are undefined behaviour,
    /// and a file that is cut off ends the process with a bus error when the missing part is touched. Where
    /// that cannot be promised, [`NpyFile`](crate::NpyFile) reads the same file safely.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for object arrays and what cannot be mapped; those of
    /// [`NpyFile::open`](crate::NpyFile::open), a file that is cut off among them: the map is checked before it exists.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_with(path, &Limits::default()) }
    }

    /// [`NpyMap::open`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let (file, mapped) = Mapped::open(path, source::open(path)?, limits)?;
            // SAFETY: the caller's promise is this function's own; `open` has checked the length.
            unsafe { Self::from_file(&file, mapped) }
        };
        open().map_err(|error: Error| error.at_path(path))
    }

    /// Maps the data of a file that is long enough.
    ///
    /// # Safety
    /// As [`NpyMap::open`], and the length of the file has been checked.
    pub(crate) unsafe fn from_file(file: &File, mapped: Mapped) -> Result<Self> {
        // SAFETY: that nobody changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { mapped.options().map(file) }?;
        Ok(Self { memory: Memory::ReadOnly(map), mapped })
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
        self.memory.bytes()
    }

    /// The elements in the order of the file, without a copy.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the file holds another dtype, another byte order, or its
    /// data are not aligned for `T`; [`Error::Format`] for bytes that mean nothing in the dtype,
    /// which takes a look at every `bool`.
    ///
    /// # Examples
    /// ```
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { npymap::NpyMap::open("testdata/iris.npy")? };
    /// assert_eq!(map.as_slice::<f64>()?[..4], [5.1, 3.5, 1.4, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn as_slice<T: Element>(&self) -> Result<&[T]> {
        self.mapped.elements(self.as_bytes()).map(|(_, elements)| elements)
    }

    /// The array, without a copy; of a Fortran-order file with column-major strides.
    ///
    /// # Errors
    /// As [`NpyMap::as_slice`], and [`Error::Mismatch`] for another number of axes.
    #[cfg(feature = "ndarray")]
    pub fn view<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::ArrayView<'_, T, D>> {
        self.mapped.view(self.as_bytes())
    }

    /// The array, without a copy where the file's bytes are the elements' own, and converted where byte order or
    /// alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read).
    ///
    /// # Examples
    /// ```
    /// use ndarray::Ix2;
    ///
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { npymap::NpyMap::open("testdata/iris.npy")? };
    /// assert!(map.view_cow::<f64, Ix2>()?.is_view());
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn view_cow<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::CowArray<'_, T, D>> {
        self.mapped.view_cow(self.as_bytes())
    }

    /// Tells the system how the array will be read.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the system takes no such advice.
    ///
    /// # Examples
    /// ```
    /// use npymap::{Advice, NpyMap};
    ///
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { NpyMap::open("testdata/iris.npy")? };
    /// # #[cfg(unix)]
    /// map.advise(Advice::Random)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn advise(&self, advice: Advice) -> Result<()> {
        self.mapped.located(advice.give(&self.memory))
    }

    /// Unmaps the file. Dropping the map does the same; there is nothing to write that could fail.
    ///
    /// # Errors
    /// None today; it is the counterpart of [`NpyMapMut::close`](crate::NpyMapMut::close).
    pub fn close(self) -> Result<()> {
        Ok(())
    }

    /// A copy of the array, converted where byte order or alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read).
    #[cfg(feature = "ndarray")]
    pub fn to_array<T: Load, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.mapped.to_array(self.as_bytes())
    }
}

//! `.npy` files mapped for reading.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::path::{Path, PathBuf};

use memmap2::{Mmap, MmapOptions};

use super::elements::Layout;
use super::file::NpyFile;
use crate::element::Element;
use crate::error::Result;
use crate::header::{Decoded, Header};
use crate::kernels;
use crate::limits::Limits;

/// A `.npy` file mapped into memory: its elements are read as they are touched, and never copied.
///
/// The map lives as long as this value; views borrow it.
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
    map: Mmap,
    pub(super) mapped: Mapped,
}

/// What is known of a mapped file besides its bytes.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) path: PathBuf,
    pub(super) decoded: Decoded,
    /// Bytes of the data.
    pub(super) nbytes: usize,
}

impl NpyMap {
    /// Maps a file for reading: NumPy's `mmap_mode='r'`.
    ///
    /// # Safety
    /// Nobody changes the file while it is mapped, in this process or another. Elements that change behind a
    /// reference are undefined behaviour, and a file that is cut off ends the process with a bus error when the
    /// missing part is touched. Where that cannot be promised, [`NpyFile`] reads the same file safely.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for object arrays and what cannot be mapped; those of
    /// [`NpyFile::open`], a file that is cut off among them: the map is checked before it exists.
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
            let (file, mapped) = Mapped::open(path, std::fs::File::open(path)?, limits)?;
            // SAFETY: that nobody changes the file is the caller's promise; its length has been checked.
            let map = unsafe { mapped.options().map(&file) }?;
            Ok(Self { map, mapped })
        };
        open().map_err(|error: crate::Error| error.at_path(path))
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
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the file holds another dtype, another byte order, or its
    /// data are not aligned for `T`; [`Error::Format`](crate::Error::Format) for bytes that mean nothing in the dtype,
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
        self.mapped.elements(&self.map).map(|(_, elements)| elements)
    }

    /// The array, without a copy; of a Fortran-order file with column-major strides.
    ///
    /// # Errors
    /// As [`NpyMap::as_slice`], and [`Error::Mismatch`](crate::Error::Mismatch) for another number of axes.
    #[cfg(feature = "ndarray")]
    pub fn view<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::ArrayView<'_, T, D>> {
        self.mapped.view(&self.map)
    }

    /// The array, without a copy where the file's bytes are the elements' own, and converted where byte order or
    /// alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`].
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
        self.mapped.view_cow(&self.map)
    }

    /// A copy of the array, converted where byte order or alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`].
    #[cfg(feature = "ndarray")]
    pub fn to_array<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.mapped.to_array(&self.map)
    }
}

impl Mapped {
    /// Reads and checks the header of a file that is to be mapped.
    pub(super) fn open(path: &Path, file: std::fs::File, limits: &Limits) -> Result<(std::fs::File, Self)> {
        let (file, decoded) =
            NpyFile::from_file(file, path, limits, &mut [0; super::file::HEAD])?.0.into_parts();
        decoded.check_readable()?;
        let nbytes = decoded.nbytes()?;
        Ok((file, Self { path: path.to_path_buf(), decoded, nbytes }))
    }

    /// From the first byte of the file, so that its alignment is the map's, to the last of the data.
    pub(super) fn options(&self) -> MmapOptions {
        let mut options = MmapOptions::new();
        options.len(self.decoded.data_offset + self.nbytes);
        options
    }

    pub(super) fn data<'a>(&self, map: &'a [u8]) -> &'a [u8] {
        map.get(self.decoded.data_offset..).unwrap_or_default()
    }

    pub(super) fn elements<'a, T: Element>(&self, map: &'a [u8]) -> Result<(Layout<'_>, &'a [T])> {
        let elements = || {
            let layout = Layout::new::<T>(&self.decoded)?;
            let elements = kernels::view(&layout.conversion, layout.len, self.data(map))
                .map_err(|error| layout.view_error::<T>(error))?;
            Ok((layout, elements))
        };
        elements().map_err(|error: crate::Error| error.at_path(&self.path))
    }
}

#[cfg(feature = "ndarray")]
impl Mapped {
    pub(super) fn view<'a, T: Element, D: ndarray::Dimension>(
        &self,
        map: &'a [u8],
    ) -> Result<ndarray::ArrayView<'a, T, D>> {
        let (layout, elements) = self.elements(map)?;
        layout.view(elements).map_err(|error| error.at_path(&self.path))
    }

    pub(super) fn view_cow<'a, T: Element, D: ndarray::Dimension>(
        &self,
        map: &'a [u8],
    ) -> Result<ndarray::CowArray<'a, T, D>> {
        match self.view(map) {
            Ok(view) => Ok(view.into()),
            Err(crate::Error::Mismatch { problem, .. })
                if matches!(*problem, crate::MismatchProblem::View { .. }) =>
            {
                Ok(self.to_array(map)?.into())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn to_array<T: Element, D: ndarray::Dimension>(
        &self,
        map: &[u8],
    ) -> Result<ndarray::Array<T, D>> {
        let array = || {
            let layout = Layout::new::<T>(&self.decoded)?;
            layout.check_ndim(D::NDIM)?;
            let elements = kernels::collect_from(&layout.conversion, layout.len, self.data(map))
                .map_err(|error| layout.fill_error::<T>(error))?;
            layout.array(elements)
        };
        array().map_err(|error| error.at_path(&self.path))
    }
}

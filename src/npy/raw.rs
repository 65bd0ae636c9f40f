//! Headerless files: `np.memmap`.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::create::{CreateOptions, file_len};
use super::map::{NpyMap, NpyMapMut};
use super::opened::OpenedArray;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, FormatProblem, Location, MismatchProblem, Result, UnsupportedProblem};
use crate::header::{Decoded, Header, Order};
use crate::limits::Limits;
use crate::source;

/// What a file without a header holds: NumPy's `np.memmap(path, dtype, mode, offset, shape, order)`.
///
/// | NumPy | here |
/// |---|---|
/// | `mode='r'` | [`RawOptions::map`] |
/// | `mode='r+'` | [`RawOptions::map_mut`]; a file that is too short is an error unless [`RawOptions::extend`] says otherwise, where NumPy lengthens it silently |
/// | `mode='c'` | [`RawOptions::map_copy`] |
/// | `mode='w+'` | [`RawOptions::create`] |
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::ArrayView1;
/// use npymap::RawOptions;
///
/// // The data of a .npy file are a raw file from byte 128 on.
/// // SAFETY: nobody changes the file meanwhile.
/// let map = unsafe { RawOptions::new::<f64>().offset(128).map("testdata/iris.npy")? };
/// let elements: ArrayView1<f64> = map.view()?;
/// assert_eq!(elements.len(), 600);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOptions {
    dtype: DType,
    offset: u64,
    shape: Option<Vec<usize>>,
    order: Order,
    extend: bool,
    create: CreateOptions,
    limits: Limits,
}

impl RawOptions {
    /// A file of elements of a Rust type, in the machine's byte order unless the type fixes another.
    pub fn new<T: Element>() -> Self {
        Self::with_dtype(T::dtype())
    }

    /// A file of elements of that dtype.
    pub fn with_dtype(dtype: DType) -> Self {
        let (create, limits) = (CreateOptions::new(), Limits::default());
        Self { dtype, offset: 0, shape: None, order: Order::C, extend: false, create, limits }
    }

    /// Where the data start, in bytes from the start of the file; any number. Default: 0.
    #[must_use]
    pub fn offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// Elements along each axis. Default: one axis, of as many elements as the file has from the offset on.
    #[must_use]
    pub fn shape(self, shape: impl Into<Vec<usize>>) -> Self {
        Self { shape: Some(shape.into()), ..self }
    }

    /// The order of the elements. Default: C.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// Whether [`RawOptions::map_mut`] lengthens a file that is too short for the shape with zeros. Default: no.
    #[must_use]
    pub fn extend(self, extend: bool) -> Self {
        Self { extend, ..self }
    }

    /// Whether [`RawOptions::create`] refuses an existing file. Default: no.
    #[must_use]
    pub fn new_file(self, new_file: bool) -> Self {
        Self { create: self.create.new_file(new_file), ..self }
    }

    /// Whether [`RawOptions::create`] reserves room on the disk; see [`CreateOptions::reserve`]. Default: no.
    #[must_use]
    pub fn reserve(self, reserve: bool) -> Self {
        Self { create: self.create.reserve(reserve), ..self }
    }

    /// How many fields, axes and bytes the array may have. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(self, limits: &Limits) -> Self {
        Self { limits: *limits, ..self }
    }

    /// Maps a file for reading.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be opened; [`Error::Format`] where it is empty, too short for the shape,
    /// or no whole number of elements; [`Error::Unsupported`] for dtypes of objects, and for a pipe or device;
    /// [`Error::Limit`] beyond [`RawOptions::limits`].
    pub unsafe fn map(self, path: impl AsRef<Path>) -> Result<NpyMap> {
        let path = path.as_ref();
        let map = || {
            let file = source::open(path)?;
            // SAFETY: the caller's promise is this function's own; `array` has checked the length.
            unsafe { NpyMap::map_file(self.array(path, file)?) }
        };
        map().map_err(|error: Error| error.at_path(path))
    }

    /// Maps a file for reading and writing.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`].
    ///
    /// # Errors
    /// As [`RawOptions::map`]; a missing file is one, [`RawOptions::create`] makes it.
    pub unsafe fn map_mut(self, path: impl AsRef<Path>) -> Result<NpyMapMut> {
        let path = path.as_ref();
        let map = || {
            let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| {
                if error.kind() == io::ErrorKind::NotFound {
                    let text = "the file does not exist, and only RawOptions::create makes a new one";
                    return io::Error::new(io::ErrorKind::NotFound, text);
                }
                error
            })?;
            if let (true, Some(shape)) = (self.extend, &self.shape) {
                let len = file_len(&self.decoded(shape.clone())?)?;
                if file.metadata()?.len() < len {
                    file.set_len(len)?;
                }
            }
            // SAFETY: the caller's promise is this function's own; `array` has checked the length.
            unsafe { NpyMapMut::map_file(self.array(path, file)?) }
        };
        map().map_err(|error: Error| error.at_path(path))
    }

    /// Maps a file that is opened read-only; what is written stays in memory.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`].
    ///
    /// # Errors
    /// As [`RawOptions::map`].
    pub unsafe fn map_copy(self, path: impl AsRef<Path>) -> Result<NpyMapMut> {
        let path = path.as_ref();
        let map = || {
            let file = source::open(path)?;
            // SAFETY: the caller's promise is this function's own; `array` has checked the length.
            unsafe { NpyMapMut::map_copy(self.array(path, file)?) }
        };
        map().map_err(|error: Error| error.at_path(path))
    }

    /// Creates a file of zeros, the bytes before the offset included, and maps it for reading and writing. It takes the
    /// place of an existing file, as with [`NpyMapMut::create`]. An array without bytes gives a file of one byte, as in NumPy, which can map no
    /// file without.
    ///
    /// # Safety
    /// As [`NpyMapMut::create`].
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be created or be so large, [`Error::Mismatch`] where no shape was given,
    /// [`Error::Format`] for a shape that no array can have, [`Error::Unsupported`] for dtypes of objects.
    pub unsafe fn create(self, path: impl AsRef<Path>) -> Result<NpyMapMut> {
        let path = path.as_ref();
        let create = || {
            let shape = self.shape.clone().ok_or(MismatchProblem::NoShape)?;
            let decoded = self.decoded(shape)?;
            // SAFETY: the caller's promise is this function's own.
            unsafe { self.create.create_mapped(path, &[], decoded) }
        };
        create().map_err(|error: Error| error.at_path(path))
    }

    /// What an array of that shape is, within the limits.
    fn decoded(&self, shape: Vec<usize>) -> Result<Decoded> {
        let header = Header::new(self.dtype.clone(), shape).with_order(self.order);
        let decoded = Decoded { header, version: (0, 0), data_offset: self.offset };
        file_len(&decoded)?;
        decoded.header.check_limits(&self.limits)?;
        Ok(decoded)
    }

    /// The array in a file, which is there.
    fn array(&self, path: &Path, file: File) -> Result<OpenedArray<File>> {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        if !metadata.is_file() {
            let text = "it is not a regular file: it cannot be mapped".to_string();
            return Err(UnsupportedProblem::System(text).into());
        }
        let len = metadata.len();
        if len == 0 {
            return Err(FormatProblem::Raw("the file is empty, there is nothing to map".to_string()).into());
        }
        if self.offset > len {
            let text = format!("the offset {} is beyond the end of the file (byte {len})", self.offset);
            return Err(FormatProblem::Raw(text).into());
        }
        let shape = match &self.shape {
            Some(shape) => shape.clone(),
            None => vec![elements_in(len - self.offset, self.offset, &self.dtype)?],
        };
        let decoded = self.decoded(shape)?;
        decoded.header.check_len(self.offset, len)?;
        Ok(OpenedArray { source: file, start: self.offset, location: Location::of_path(path), decoded })
    }
}

/// How many elements there are in the `bytes` that a file has from `offset` on.
///
/// Source: numpy/_core/memmap.py, `memmap.__new__`.
fn elements_in(bytes: u64, offset: u64, dtype: &DType) -> Result<usize> {
    let raw = |text: String| Error::from(FormatProblem::Raw(text));
    let size = dtype.itemsize() as u64;
    if size == 0 {
        return Err(raw(
            "the elements have no bytes, so that the file cannot tell how many there are".to_string()
        ));
    }
    if !bytes.is_multiple_of(size) {
        let text = format!(
            "{bytes} bytes from byte {offset} on are no whole number of elements of {size} bytes; give a shape"
        );
        return Err(raw(text));
    }
    usize::try_from(bytes / size).map_err(|_| raw("it has more elements than memory can address".to_string()))
}

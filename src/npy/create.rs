//! New files that are mapped at once.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::io::Write;
use std::path::Path;

use super::map::NpyMapMut;
use super::opened::OpenedArray;
use crate::error::{Error, LimitProblem, Location, Result};
use crate::header::{Decoded, Header};
use crate::limits::Limits;
use crate::source::{NewFile, Replacement, reserve};

/// How a new `.npy` file is created and mapped.
///
/// # Examples
/// ```
/// use npymap::{CreateOptions, DType, Header};
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-create-{}.npy", std::process::id()));
/// # let _ = std::fs::remove_file(&path);
/// let header = Header::new(DType::of::<f32>(), [1000, 3]);
/// // SAFETY: nobody else changes the file meanwhile.
/// let map = unsafe { CreateOptions::new().new_file(true).reserve(true).create(&path, &header)? };
/// assert_eq!(map.as_bytes().len(), 12_000);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CreateOptions {
    new_file: bool,
    reserve: bool,
}

impl CreateOptions {
    /// A file that replaces an existing one and takes room on the disk only where it is written.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether an existing file is an error. Default: no.
    #[must_use]
    pub fn new_file(self, new_file: bool) -> Self {
        Self { new_file, ..self }
    }

    /// Whether room on the disk is reserved at once (`posix_fallocate`), so that a full disk is an error here, and
    /// not a bus error at some later write. Default: no.
    #[must_use]
    pub fn reserve(self, reserve: bool) -> Self {
        Self { reserve, ..self }
    }

    /// Creates a file of zeros and maps it.
    ///
    /// # Safety
    /// As [`NpyMapMut::create`].
    ///
    /// # Errors
    /// As [`NpyMapMut::create`]; [`Error::Io`] where the file exists and must be new, or where the disk is full and
    /// room was to be reserved. Whatever fails, an existing file stays as it was.
    pub unsafe fn create(self, path: impl AsRef<Path>, header: &Header) -> Result<NpyMapMut> {
        let path = path.as_ref();
        let create = || {
            let bytes = header.try_encode()?;
            // What was encoded is checked as every file is.
            let decoded = Decoded::parse(&bytes, &Limits::highest())?;
            // SAFETY: the caller's promise is this function's own.
            unsafe { self.create_mapped(path, &bytes, decoded) }
        };
        create().map_err(|error: Error| error.at_path(path))
    }

    /// Creates a file that starts with `bytes` and goes on with zeros to the end of the data.
    ///
    /// # Safety
    /// As [`NpyMapMut::create`].
    pub(super) unsafe fn create_mapped(
        self,
        path: &Path,
        bytes: &[u8],
        decoded: Decoded,
    ) -> Result<NpyMapMut> {
        let len = file_len(&decoded)?;
        let new = NewFile::begin(path, Replacement { new_file: self.new_file, sync: false })?;
        let mut file = new.file();
        file.set_len(len)?;
        if self.reserve {
            reserve(file, len)?;
        }
        file.write_all(bytes)?;
        let start = decoded.data_offset;
        let array = OpenedArray { source: file, start, location: Location::of_path(path), decoded };
        // SAFETY: that nobody else changes the file is the caller's promise; its length has just been set.
        let map = unsafe { NpyMapMut::map_file(array) }?;
        new.finish()?;
        Ok(map)
    }
}

/// Bytes of a file that ends with its data. NumPy gives an empty raw file a byte, because it can map no file without.
pub(super) fn file_len(decoded: &Decoded) -> Result<u64> {
    let Decoded { header, data_offset, .. } = decoded;
    header.check_readable()?;
    header.check_size()?;
    let len = data_offset.checked_add(header.checked_nbytes()? as u64);
    Ok(len.ok_or(LimitProblem::Memory(u64::MAX))?.max(1))
}

impl NpyMapMut {
    /// Creates a file of zeros and maps it for reading and writing: NumPy's `open_memmap(mode='w+')`. It takes the
    /// place of an existing file, which stays as it is for those who have it open or mapped. The zeros take no room on
    /// the disk until they are written.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`].
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be created or be so large; [`Error::Format`] for a shape that no array
    /// can have; [`Error::Unsupported`] for dtypes of objects, those that no header can hold, and where there is
    /// something else than a file.
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
}

//! Arrays of an archive, mapped in place.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::entry::Entry;
use super::map_mut::{Checksums, NpzMapMut};
use super::reader::located;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::npy::{Mapped, NpyMap, NpyMapMut};
use crate::source;

/// A `.npz` archive whose stored arrays are mapped where they are, which NumPy cannot do.
///
/// An array can be seen as a slice or an ndarray view where its bytes lie at a multiple of the element's alignment:
/// in archives of [`NpzWriter`](crate::NpzWriter) they always do, in NumPy's own seldom.
/// [`NpyMap::view_cow`](crate::NpyMap::view_cow), and views as `Le` or `Be`, take any. Checksums are not
/// compared, because that would read everything; [`NpzReader::verify`](crate::NpzReader::verify) does.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-map-{}.npz", std::process::id()));
/// use ndarray::Ix1;
/// use npymap::{NpzMap, NpzWriter};
///
/// let mut archive = NpzWriter::create(&path)?;
/// archive.save("x", &vec![0.5f32; 1000])?;
/// archive.finish()?;
///
/// // SAFETY: nobody changes the file while it is mapped.
/// let archive = unsafe { NpzMap::open(&path)? };
/// let x = archive.get("x")?;
/// assert_eq!(x.view::<f32, Ix1>()?.sum(), 500.0);
/// # std::fs::remove_file(&path)?;
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzMap {
    file: File,
    path: PathBuf,
    limits: Limits,
    directory: Directory,
}

impl NpzMap {
    /// Opens an archive and reads its directory; arrays are mapped when they are asked for.
    ///
    /// # Safety
    /// Nobody, in this process or another, shortens the file while it or an array of it is mapped, or changes an array
    /// while a view, a slice or a call of its map is alive, as with [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpzReader::open`](crate::NpzReader::open).
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_with(path, &Limits::default()) }
    }

    /// [`NpzMap::open`] within other limits.
    ///
    /// # Safety
    /// As [`NpzMap::open`].
    ///
    /// # Errors
    /// As [`NpzMap::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || Self::new(source::open(path)?, path, limits);
        open().map_err(|error: Error| error.at_path(path))
    }

    fn new(file: File, path: &Path, limits: &Limits) -> Result<Self> {
        let directory = Directory::read(&file, limits)?;
        Ok(Self { file, path: path.to_path_buf(), limits: *limits, directory })
    }

    /// The names of the entries, as [`NpzReader::names`](crate::NpzReader::names) gives them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.directory.entries().iter().map(Entry::name)
    }

    /// Maps the array of a stored entry. The map stands for itself and outlives this value.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no entry of that name, or it is compressed; those of [`NpyMap::open`]
    /// otherwise.
    pub fn get(&self, name: &str) -> Result<NpyMap> {
        let get = || {
            let (_, mapped) = self.mapped(name)?;
            // SAFETY: that nobody changes the file was the caller's promise when the archive was opened; `mapped` has
            // checked that the data are within the file.
            unsafe { NpyMap::from_file(&self.file, mapped) }
        };
        get().map_err(|error| located(error, &self.path, name))
    }

    /// Maps the array of a stored entry for reading and writing. The archive's checksums are brought up to date by
    /// [`NpzMapMut::close`].
    ///
    /// # Safety
    /// As [`NpzMap::open`], but for changes through this map; nobody else changes the archive until it is closed.
    ///
    /// # Errors
    /// As [`NpzMap::get`].
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-map-mut-{}.npz", std::process::id()));
    /// use npymap::{NpzMap, NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::create(&path)?;
    /// archive.save("x", &[1.0, 2.0, 3.0])?;
    /// archive.finish()?;
    ///
    /// // SAFETY: nobody else changes the file meanwhile.
    /// let mut x = unsafe { NpzMap::map_mut(&path, "x")? };
    /// x.as_mut_slice::<f64>()?[1] = 20.0;
    /// x.close()?;
    /// assert_eq!(NpzReader::open(&path)?.load_vec::<f64>("x")?, [1.0, 20.0, 3.0]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub unsafe fn map_mut(path: impl AsRef<Path>, name: &str) -> Result<NpzMapMut> {
        let path = path.as_ref();
        let map = || {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            let archive = Self::new(file, path, &Limits::default())?;
            let (data_start, mapped) = archive.mapped(name)?;
            let entry = archive.directory.find(name)?.clone();
            // SAFETY: that nobody else changes the file is the caller's promise; `mapped` has checked that the data
            // are within the file.
            let map = unsafe { NpyMapMut::from_file(&archive.file, mapped)? };
            let checksums = Checksums::find(entry, data_start, &archive.file)?;
            Ok(NpzMapMut::new(map, archive.file, archive.path, checksums))
        };
        map().map_err(|error| located(error, path, name))
    }

    /// Where the entry starts, and its array in the file, of which is checked that it is there.
    fn mapped(&self, name: &str) -> Result<(u64, Mapped)> {
        let (data_start, decoded) = self.directory.find(name)?.stored_array(&self.file, &self.limits)?;
        let data_offset = data_start + decoded.data_offset as u64;
        let mapped = Mapped::new(&self.path, decoded.header, data_offset)?;
        Ok((data_start, mapped.in_entry(name)))
    }
}

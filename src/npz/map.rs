//! Arrays of an archive, mapped in place.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::checksums::{Checksums, EntryMap, NpzMapMut};
use super::directory::NpzDirectory;
use super::reader::{check_file, open_file};
use crate::error::{Error, Location, Result};
use crate::limits::Limits;
use crate::npy::{NpyMap, NpyMapMut};

/// A `.npz` archive whose stored arrays are mapped where they are, which NumPy cannot do.
///
/// An array can be seen as a slice or an ndarray view where its bytes lie at a multiple of the element's alignment:
/// in archives of [`NpzWriter`](crate::NpzWriter) they always do, in NumPy's own seldom.
/// [`NpyMap::view_cow`], and views as `Le` or `Be`, take any. Checksums are not
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
    location: Location,
    limits: Limits,
    directory: NpzDirectory,
}

impl NpzMap {
    /// Opens an archive and reads its directory; arrays are mapped when they are asked for.
    ///
    /// # Safety
    /// Nobody, in this process or another, shortens the file from this call on while it or an array of it is mapped, or
    /// changes an array while a view, a slice or a call of its map is alive, as with [`NpyMap::open`].
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
        Self::read(path, open_file(path), limits)
    }

    fn read(path: &Path, file: Result<File>, limits: &Limits) -> Result<Self> {
        let location = Location::of_path(path);
        let (file, directory) = location.locate(file.and_then(|file| {
            let directory = NpzDirectory::read(&file, limits)?;
            Ok((file, directory))
        }))?;
        Ok(Self { file, location, limits: *limits, directory })
    }

    /// The names of the entries, as [`NpzReader::names`](crate::NpzReader::names) gives them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.directory.names()
    }

    /// Whether there is an entry of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.directory.contains(name)
    }

    /// Maps the array of a stored entry. The map stands for itself and outlives this value.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no entry of that name, or it is compressed; those of [`NpyMap::open`]
    /// otherwise.
    pub fn get(&self, name: &str) -> Result<NpyMap> {
        let location = self.location.with_entry(name);
        location.locate(self.directory.find(name).and_then(|entry| {
            let array = entry.stored_array(&self.file, &self.limits)?.at(location.clone());
            // SAFETY: that nobody changes the file was the caller's promise when the archive was opened; it is checked
            // that the data are within the file.
            unsafe { NpyMap::map_file(array) }
        }))
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
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(Error::from);
        let file = file.and_then(|file| check_file(&file).map(|()| file));
        let Self { file, location, limits, directory } = Self::read(path, file, &Limits::default())?;
        let location = location.with_entry(name);
        location.locate(directory.find(name).and_then(|entry| {
            let array = entry.stored_array(&file, &limits)?.at(location.clone());
            let checksums = Checksums::find(entry, &file)?;
            // SAFETY: that nobody else changes the file is the caller's promise; it is checked that the data are within
            // the file.
            let map = unsafe { NpyMapMut::map_file(array)? };
            let file = file.try_clone()?;
            Ok(map.map_bytes(|map| EntryMap::new(map, file, checksums)))
        }))
    }
}

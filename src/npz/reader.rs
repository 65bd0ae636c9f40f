//! Arrays out of an archive.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::directory::Directory;
use super::entry::{Entry, NpzEntry, unwrapped};
use super::options::NpzOptions;
use super::stream::EntryReader;
use crate::error::{Error, LimitProblem, Place, Result};
use crate::header::Header;
use crate::limits::Limits;
use crate::npy::NpyReader;
use crate::source;

/// How far beyond an array its entry is read to come to the checksum. NumPy writes nothing there.
const TRAILING_MOST: u64 = 64 * 1024;

/// A `.npz` archive: its arrays are read one by one, when they are asked for.
///
/// Nothing in it changes by reading, so that several threads can read from one at the same time.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Array2;
/// use npymap::NpzReader;
///
/// let archive = NpzReader::open("testdata/iris.npz")?;
/// assert!(archive.names().any(|name| name == "measurements"));
/// let iris: Array2<f64> = archive.load("measurements")?;
/// assert_eq!(iris.shape(), [150, 4]);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzReader {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) options: NpzOptions,
    pub(super) directory: Directory,
}

impl NpzOptions {
    /// Opens an archive and reads its directory.
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<NpzReader> {
        let path = path.as_ref();
        let open = || {
            let file = source::open(path)?;
            let directory = Directory::read(&file, &self.limits)?;
            Ok(NpzReader { file, path: path.to_path_buf(), options: self, directory })
        };
        open().map_err(|error: Error| error.at_path(path))
    }
}

impl NpzReader {
    /// Opens an archive and reads its directory.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Format`] where it is no zip archive or a broken one,
    /// [`Error::Unsupported`] where it is no regular file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        NpzOptions::new().open(path)
    }

    /// [`NpzReader::open`] within other limits.
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        NpzOptions::new().limits(*limits).open(path)
    }

    /// The names of the entries as NumPy gives them, without `.npy`, in the order of the archive. Entries that are
    /// no arrays are among them, as in NumPy.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.directory.entries().iter().map(Entry::name)
    }

    /// What the archive says of each entry, and where its bytes are, in the order of the archive. The start of each is
    /// read when the iterator comes to it.
    ///
    /// # Errors
    /// Each entry has its own: [`Error::Io`], and [`Error::Format`] where the archive does not have it where it says.
    pub fn entries(&self) -> impl Iterator<Item = Result<NpzEntry>> {
        self.directory
            .entries()
            .iter()
            .map(|entry| NpzEntry::new(entry, &self.file).map_err(|error| self.located(error, entry.name())))
    }

    /// What an entry says of its array. Its data are not read.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no entry of that name, those of [`Header::read_from`] otherwise.
    pub fn header(&self, name: &str) -> Result<Header> {
        Ok(self.reader(name)?.header().clone())
    }

    /// The array of an entry, read straight into its memory. Its checksum is compared, unless
    /// [`NpzOptions::verify`] says otherwise, or more than 64 KiB of other bytes follow the array in its entry.
    ///
    /// # Errors
    /// As [`NpzReader::header`], those of [`load`](crate::load), and [`Error::Format`] where the checksum is wrong;
    /// [`Error::Limit`] where a deflated entry would become larger than [`Limits::DECOMPRESSED`].
    #[cfg(feature = "ndarray")]
    pub fn load<T: crate::Load, D: ndarray::Dimension>(&self, name: &str) -> Result<ndarray::Array<T, D>> {
        self.with_array(name, |mut reader| reader.read_array())
    }

    /// The array of an entry, whatever its elements are, as [`NpzReader::load`] reads it.
    ///
    /// # Errors
    /// As [`NpzReader::load`], but for the dtype and the number of axes.
    #[cfg(feature = "ndarray")]
    pub fn load_any(&self, name: &str) -> Result<crate::AnyArray> {
        self.with_array(name, |mut reader| reader.read_any())
    }

    /// The elements of an entry's array in the order of the file, as [`NpzReader::load`] reads them.
    ///
    /// # Errors
    /// As [`NpzReader::load`].
    pub fn load_vec<T: crate::Load>(&self, name: &str) -> Result<Vec<T>> {
        self.with_array(name, |mut reader| reader.read_vec())
    }

    /// All arrays of one type, with their names, in the order of the archive; on all cores with the feature `rayon`.
    /// Entries that are no arrays are passed over. Of entries of one name it has the last.
    ///
    /// Arrays of several types are loaded one by one; where that should be on several cores, several threads can
    /// call [`NpzReader::load`].
    ///
    /// # Errors
    /// As [`NpzReader::load`].
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-load-all-{}.npz", std::process::id()));
    /// use ndarray::Ix1;
    /// use npymap::{NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::create(&path)?;
    /// archive.save("a", &[1.0, 2.0])?;
    /// archive.save("b", &[3.0])?;
    /// archive.finish()?;
    /// let arrays = NpzReader::open(&path)?.load_all::<f64, Ix1>()?;
    /// assert_eq!(arrays.len(), 2);
    /// assert_eq!(arrays[1].0, "b");
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn load_all<T: crate::Load + Send, D: ndarray::Dimension>(
        &self,
    ) -> Result<Vec<(String, ndarray::Array<T, D>)>> {
        let entries = self.directory.entries();
        let names: Vec<&str> =
            entries.iter().filter_map(|entry| self.directory.shortest_name(entry)).collect();
        let load = |name: &&str| match self.is_array(name) {
            Ok(true) => self.load(name).map(|array| Some((name.to_string(), array))),
            Ok(false) => Ok(None),
            Err(error) => Err(self.located(error, name)),
        };
        #[cfg(feature = "rayon")]
        let arrays: Vec<_> = {
            use rayon::prelude::*;
            // One at a time, because they are of any size.
            names.par_iter().with_max_len(1).map(load).collect::<Result<_>>()?
        };
        #[cfg(not(feature = "rayon"))]
        let arrays: Vec<_> = names.iter().map(load).collect::<Result<_>>()?;
        Ok(arrays.into_iter().flatten().collect())
    }

    /// The bytes of an entry, decompressed, whether it is an array or not. Its checksum is compared.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no entry of that name, those of [`NpzReader::load`] otherwise.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let bytes = || {
            let mut entry = self.entry(name)?;
            let size = entry.size();
            let mut bytes = Vec::new();
            if entry.claim() == crate::kernels::Claim::Checked {
                let len = usize::try_from(size).map_err(|_| LimitProblem::Memory(size))?;
                bytes.try_reserve_exact(len).map_err(|_| LimitProblem::Memory(size))?;
            }
            entry.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        bytes().map_err(|error| self.located(error, name))
    }

    /// Reads an entry to its end and compares its checksum, whether it is an array or not.
    ///
    /// # Errors
    /// As [`NpzReader::bytes`].
    pub fn verify(&self, name: &str) -> Result<()> {
        let verify = || {
            let entry = self.directory.find(name)?;
            Ok(EntryReader::new(entry, &self.file, &self.options.limits, true)?.finish(u64::MAX)?)
        };
        verify().map_err(|error| self.located(error, name))
    }

    /// A stream of an entry's array. The checksum is compared with the last byte of the entry.
    ///
    /// # Errors
    /// As [`NpzReader::header`].
    pub fn reader(&self, name: &str) -> Result<NpyReader<impl Read>> {
        let reader = || array_reader(self.entry(name)?, &self.options.limits);
        reader().map_err(|error| self.located(error, name))
    }

    pub(super) fn with_array<R>(
        &self,
        name: &str,
        read: impl FnOnce(NpyReader<&mut EntryReader<'_>>) -> Result<R>,
    ) -> Result<R> {
        let array = || {
            let mut entry = self.entry(name)?;
            let result = read(array_reader(&mut entry, &self.options.limits)?)?;
            entry.finish(TRAILING_MOST)?;
            Ok(result)
        };
        array().map_err(|error| self.located(error, name))
    }

    #[cfg(feature = "ndarray")]
    fn is_array(&self, name: &str) -> Result<bool> {
        let mut start = Vec::new();
        self.entry(name)?.take(crate::header::MAGIC.len() as u64).read_to_end(&mut start)?;
        Ok(start == crate::header::MAGIC)
    }

    fn entry(&self, name: &str) -> Result<EntryReader<'_>> {
        EntryReader::new(self.directory.find(name)?, &self.file, &self.options.limits, self.options.verify)
    }

    pub(super) fn located(&self, error: Error, name: &str) -> Error {
        located(error, &self.path, name)
    }
}

/// Reads the header of an array; that its data are there is checked before any memory is taken for them.
fn array_reader<'a, R: Read + AsEntry<'a>>(reader: R, limits: &Limits) -> Result<NpyReader<R>> {
    let (size, claim) = (reader.as_entry().size(), reader.as_entry().claim());
    let reader = NpyReader::with_limits(reader, limits)?.with_claim(claim);
    reader.header().check_len(reader.data_offset() as u64, size)?;
    Ok(reader)
}

/// An entry, owned or borrowed.
trait AsEntry<'a> {
    fn as_entry(&self) -> &EntryReader<'a>;
}

impl<'a> AsEntry<'a> for EntryReader<'a> {
    fn as_entry(&self) -> &EntryReader<'a> {
        self
    }
}

impl<'a> AsEntry<'a> for &mut EntryReader<'a> {
    fn as_entry(&self) -> &EntryReader<'a> {
        self
    }
}

/// The error with its place, and what a stream has wrapped unwrapped.
pub(super) fn located(error: Error, path: &Path, name: &str) -> Error {
    let error = match error {
        Error::Io { place, error } if place == Place::default() => unwrapped(error),
        error => error,
    };
    error.at_entry(name).at_path(path)
}

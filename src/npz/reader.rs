//! Arrays out of an archive.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::directory::NpzDirectory;
use super::entry::NpzEntry;
use super::options::NpzOptions;
use super::stream::EntryReader;
use crate::array::{Data, Load};
use crate::error::{LimitProblem, Location, Result, UnsupportedProblem};
use crate::header::Header;
use crate::kernels::{Source, Trust};
use crate::limits::Limits;
use crate::npy::NpyReader;
use crate::source::{self, ReadAt};

/// How far beyond an array its entry is read to come to the checksum. NumPy writes nothing there.
const MAX_TRAILING: u64 = 64 * 1024;

/// A `.npz` archive: its arrays are read one by one, when they are asked for.
///
/// The archive may be anything that is read at positions ([`ReadAt`]): a file on the disk, bytes in memory, a source of
/// your own. Nothing in it changes by reading, so that several threads can read from one at the same time.
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
///
/// let in_memory = NpzReader::new(std::fs::read("testdata/iris.npz")?)?;
/// assert_eq!(in_memory.load::<f64, _>("measurements")?, iris);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzReader<S = File> {
    pub(super) source: S,
    location: Location,
    pub(super) options: NpzOptions,
    pub(super) directory: NpzDirectory,
}

impl NpzOptions {
    /// Opens an archive and reads its directory.
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<NpzReader> {
        let path = path.as_ref();
        let location = Location::of_path(path);
        let archive = location.locate(open_file(path).and_then(|file| self.read(file)))?;
        Ok(NpzReader { location, ..archive })
    }

    /// Reads the directory of an archive that is `source`.
    ///
    /// # Errors
    /// As [`NpzReader::new`].
    pub fn read<S: ReadAt>(self, source: S) -> Result<NpzReader<S>> {
        let directory = NpzDirectory::read(&source, &self.limits)?;
        Ok(NpzReader { source, location: Location::NONE, options: self, directory })
    }
}

/// Opens an archive, which is to be a file that can be read at positions.
pub(super) fn open_file(path: &Path) -> Result<File> {
    let file = source::open(path)?;
    check_file(&file)?;
    Ok(file)
}

/// Refuses what cannot be read at positions.
pub(super) fn check_file(file: &File) -> Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    if !metadata.is_file() {
        let text =
            "it is not a regular file: an archive is read from its end, which a stream does not have yet";
        return Err(UnsupportedProblem::System(text.to_string()).into());
    }
    Ok(())
}

impl NpzReader {
    /// Opens an archive and reads its directory.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be read, [`Error::Format`](crate::Error::Format) where it is no zip archive or a broken one,
    /// [`Error::Unsupported`](crate::Error::Unsupported) where it is no regular file.
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
}

impl<S: ReadAt> NpzReader<S> {
    /// Reads the directory of an archive that is `source`: NumPy's `np.load(BytesIO(b))`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the source cannot be read, [`Error::Format`](crate::Error::Format) where it is no zip archive or a broken one.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    ///
    /// use npymap::NpzReader;
    ///
    /// // The body of a request, say.
    /// let body: Arc<[u8]> = std::fs::read("testdata/iris.npz")?.into();
    /// let archive = NpzReader::new(body)?;
    /// assert_eq!(archive.load_vec::<u8>("species_code")?.len(), 150);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn new(source: S) -> Result<Self> {
        NpzOptions::new().read(source)
    }

    /// [`NpzReader::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpzReader::new`].
    pub fn new_with(source: S, limits: &Limits) -> Result<Self> {
        NpzOptions::new().limits(*limits).read(source)
    }

    /// The source that it reads.
    pub fn into_inner(self) -> S {
        self.source
    }

    /// What is in the archive and where.
    pub fn directory(&self) -> &NpzDirectory {
        &self.directory
    }

    /// The names of the entries as NumPy gives them, without `.npy`, in the order of the archive. Entries that are
    /// no arrays are among them, as in NumPy.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.directory.names()
    }

    /// Whether there is an entry of that name: NumPy's `name in z`.
    ///
    /// # Examples
    /// ```
    /// let archive = npymap::NpzReader::open("testdata/iris.npz")?;
    /// assert!(archive.contains("species") && archive.contains("species.npy") && !archive.contains("petals"));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn contains(&self, name: &str) -> bool {
        self.directory.contains(name)
    }

    /// What the archive says of each entry, in the order of its directory.
    pub fn entries(&self) -> &[NpzEntry] {
        self.directory.entries()
    }

    /// Bytes from the start of the archive to those of an entry. The entry's local header is read.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no entry of that name, [`Error::Io`](crate::Error::Io), and [`Error::Format`](crate::Error::Format) where the archive
    /// does not have it where it says.
    pub fn data_offset(&self, name: &str) -> Result<u64> {
        let located = self.directory.find(name).and_then(|entry| entry.locate(&self.source));
        self.at(name).locate(located.map(|located| located.data_start))
    }

    /// What an entry says of its array. Its data are not read.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no entry of that name, those of [`Header::read_from`] otherwise.
    pub fn header(&self, name: &str) -> Result<Header> {
        let header = self.entry(name).and_then(|mut entry| entry.header(&self.options.limits));
        Ok(self.at(name).locate(header)?.header)
    }

    /// The array of an entry, read straight into its memory. Its checksum is compared, unless
    /// [`NpzOptions::verify`] says otherwise, or more than 64 KiB of other bytes follow the array in its entry.
    ///
    /// # Errors
    /// As [`NpzReader::header`], those of [`load`](crate::load), and [`Error::Format`](crate::Error::Format) where the checksum is wrong;
    /// [`Error::Limit`](crate::Error::Limit) where a deflated entry would become larger than [`Limits::DECOMPRESSED`].
    #[cfg(feature = "ndarray")]
    pub fn load<T: Load, D: ndarray::Dimension>(&self, name: &str) -> Result<ndarray::Array<T, D>> {
        self.with_array(name, |data| data.read())
    }

    /// The array of an entry, whatever its elements are, as [`NpzReader::load`] reads it.
    ///
    /// # Errors
    /// As [`NpzReader::load`], but for the dtype and the number of axes.
    #[cfg(feature = "ndarray")]
    pub fn load_any(&self, name: &str) -> Result<crate::AnyArray> {
        self.with_array(name, crate::AnyArray::read)
    }

    /// The elements of an entry's array in the order of the file, as [`NpzReader::load`] reads them.
    ///
    /// # Errors
    /// As [`NpzReader::load`].
    pub fn load_vec<T: Load>(&self, name: &str) -> Result<Vec<T>> {
        self.with_array(name, |data| data.read_vec())
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
    pub fn load_all<T: Load + Send, D: ndarray::Dimension>(
        &self,
    ) -> Result<Vec<(String, ndarray::Array<T, D>)>> {
        let entries = self.directory.entries().iter();
        let names: Vec<&str> = entries.filter_map(|entry| self.directory.shortest_name(entry)).collect();
        let load = |name: &&str| match self.is_array(name) {
            Ok(true) => self.load(name).map(|array| Some((name.to_string(), array))),
            Ok(false) => Ok(None),
            Err(error) => self.at(name).locate(Err(error)),
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
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no entry of that name, those of [`NpzReader::load`] otherwise.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        self.at(name).locate(self.entry(name).and_then(|mut entry| {
            let (size, mut bytes) = (entry.size(), Vec::new());
            let len = usize::try_from(size).map_err(|_| LimitProblem::Memory(size))?;
            if entry.trust() == Trust::Checked {
                bytes.try_reserve_exact(len).map_err(|_| LimitProblem::Memory(size))?;
            }
            entry.append(&mut bytes, len)?;
            Ok(bytes)
        }))
    }

    /// Reads an entry to its end and compares its checksum, whether it is an array or not.
    ///
    /// # Errors
    /// As [`NpzReader::bytes`].
    pub fn verify(&self, name: &str) -> Result<()> {
        let entry = self.directory.find(name);
        let entry = entry.and_then(|entry| EntryReader::new(entry, &self.source, &self.options.limits, true));
        self.at(name).locate(entry.and_then(|entry| entry.finish(u64::MAX)))
    }

    /// A stream of an entry's array. The checksum is compared with the last byte of the entry.
    ///
    /// # Errors
    /// As [`NpzReader::header`].
    pub fn reader(&self, name: &str) -> Result<NpyReader<impl Read>> {
        let limits = &self.options.limits;
        let reader = self.entry(name).and_then(|entry| {
            let size = entry.size();
            let reader = NpyReader::new_with(entry.at(self.at(name)), limits)?;
            reader.header().check_len(reader.data_offset(), size)?;
            Ok(reader)
        });
        self.at(name).locate(reader)
    }

    /// What `read` makes of an entry's array, to whose end it is read besides.
    pub(super) fn with_array<R>(
        &self,
        name: &str,
        read: impl FnOnce(&mut Data<'_>) -> Result<R>,
    ) -> Result<R> {
        let location = self.at(name);
        location.locate(self.entry(name).and_then(|mut entry| {
            let decoded = entry.header(&self.options.limits)?;
            let (trust, mut position) = (entry.trust(), 0);
            let mut next = |wanted: u64, bytes: &mut [u8]| {
                entry.skip(wanted.saturating_sub(position))?;
                position = wanted + bytes.len() as u64;
                entry.read_exact(bytes)
            };
            let result = read(&mut Data::new(&location, &decoded, Source::Stream(trust, &mut next)))?;
            entry.finish(MAX_TRAILING)?;
            Ok(result)
        }))
    }

    #[cfg(feature = "ndarray")]
    fn is_array(&self, name: &str) -> Result<bool> {
        let mut start = Vec::new();
        self.entry(name)?.append(&mut start, crate::header::MAGIC.len())?;
        Ok(start == crate::header::MAGIC)
    }

    fn entry(&self, name: &str) -> Result<EntryReader<'_, S>> {
        let NpzOptions { limits, verify } = &self.options;
        EntryReader::new(self.directory.find(name)?, &self.source, limits, *verify)
    }

    pub(super) fn at(&self, name: &str) -> Location {
        self.location.with_entry(name)
    }
}

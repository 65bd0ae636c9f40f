//! Arrays out of an archive.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, FormatProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::header::{Header, describe_start};
use crate::limits::Limits;
use crate::literal::repr_str;
use crate::npy::{NpyReader, Preview};
use crate::print::PrintOptions;

/// How far beyond an array its entry is read to come to the checksum. NumPy writes nothing there.
const TRAILING_MOST: u64 = 64 * 1024;

/// A `.npz` archive: its arrays are read one by one, when they are asked for.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Array2;
/// use npymap::NpzReader;
///
/// let mut archive = NpzReader::open("testdata/iris.npz")?;
/// assert!(archive.names().any(|name| name == "measurements"));
/// let iris: Array2<f64> = archive.load("measurements")?;
/// assert_eq!(iris.shape(), [150, 4]);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzReader {
    archive: ZipArchive<BufReader<File>>,
    path: PathBuf,
    limits: Limits,
    /// Names as NumPy gives them, in the order of the archive.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The full name in the archive.
    full_name: String,
    index: usize,
}

impl Entry {
    /// The name as NumPy gives it.
    fn name(&self) -> &str {
        self.full_name.strip_suffix(".npy").unwrap_or(&self.full_name)
    }
}

impl NpzReader {
    /// Opens an archive and reads its directory.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Format`] where it is no zip archive or a broken one.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &Limits::default())
    }

    /// [`NpzReader::open`] within other limits.
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let mut file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
            }
            let mut start = Vec::new();
            (&mut file).take(64).read_to_end(&mut start)?;
            if !start.starts_with(b"PK\x03\x04") && !start.starts_with(b"PK\x05\x06") {
                return Err(FormatProblem::NotNpz(describe_start(&start, b"PK\x03\x04")).into());
            }
            // The directory is looked for from the end.
            let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
                ZipError::InvalidArchive(text) if text.contains("EOCD") => {
                    let text = "it has no directory at its end, so that it was cut off or damaged";
                    FormatProblem::Archive(text.to_string()).into()
                }
                error => zip_error(error),
            })?;
            let mut entries = Vec::with_capacity(archive.len());
            for index in 0..archive.len() {
                if let Some(name) = archive.name_for_index(index) {
                    entries.push(Entry { full_name: name.map_err(zip_error)?.into_owned(), index });
                }
            }
            Ok(Self { archive, path: path.to_path_buf(), limits: *limits, entries })
        };
        open().map_err(|error: Error| error.at_path(path))
    }

    /// The names of the entries as NumPy gives them, without `.npy`, in the order of the archive. Entries that are
    /// no arrays are among them, as in NumPy.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(Entry::name)
    }

    /// What an entry says of its array. Its data are not read.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no entry of that name, those of [`Header::read_from`] otherwise.
    pub fn header(&mut self, name: &str) -> Result<Header> {
        Ok(self.reader(name)?.header().clone())
    }

    /// The array of an entry. Its checksum is checked.
    ///
    /// # Errors
    /// As [`NpzReader::header`], those of [`load`](crate::load), and [`Error::Format`] where the checksum is wrong.
    #[cfg(feature = "ndarray")]
    pub fn load<T: crate::Load, D: ndarray::Dimension>(
        &mut self,
        name: &str,
    ) -> Result<ndarray::Array<T, D>> {
        self.with_entry(name, |mut reader| reader.read_array())
    }

    /// The array of an entry, whatever its elements are. Its checksum is checked.
    ///
    /// # Errors
    /// As [`NpzReader::load`], but for the dtype and the number of axes.
    #[cfg(feature = "ndarray")]
    pub fn load_any(&mut self, name: &str) -> Result<crate::AnyArray> {
        self.with_entry(name, |mut reader| reader.read_any())
    }

    /// What NumPy would print of an entry's array.
    ///
    /// # Errors
    /// As [`NpzReader::header`], and those of [`NpyFile::preview`](crate::NpyFile::preview).
    pub fn preview(&mut self, name: &str, options: &PrintOptions) -> Result<Preview> {
        self.with_entry(name, |mut reader| reader.preview(options))
    }

    /// A stream of an entry's array. The checksum is checked when the entry is read to its end.
    ///
    /// # Errors
    /// As [`NpzReader::header`].
    pub fn reader(&mut self, name: &str) -> Result<NpyReader<impl Read>> {
        let limits = self.limits;
        let path = self.path.clone();
        let reader = self.entry(name).and_then(|entry| NpyReader::with_limits(entry, &limits));
        reader.map_err(|error| error.at_entry(name).at_path(&path))
    }

    fn with_entry<R>(
        &mut self,
        name: &str,
        read: impl FnOnce(NpyReader<&mut dyn Read>) -> Result<R>,
    ) -> Result<R> {
        let limits = self.limits;
        let path = self.path.clone();
        let result = self.entry(name).and_then(|mut entry| {
            let result = read(NpyReader::with_limits(&mut entry as &mut dyn Read, &limits)?)?;
            // The zip crate compares the checksum when it comes to the end.
            io::copy(&mut entry.take(TRAILING_MOST), &mut io::sink())?;
            Ok(result)
        });
        result.map_err(|error| error.at_entry(name).at_path(&path))
    }

    /// The entry of that name: the full name wins over the one without `.npy`, and a later entry over an earlier.
    ///
    /// Source: numpy/lib/_npyio_impl.py, `NpzFile.__getitem__`.
    fn entry(&mut self, name: &str) -> Result<impl Read> {
        let with_suffix = |entry: &&Entry| entry.full_name == name;
        let without = |entry: &&Entry| entry.name() == name;
        let found = self.entries.iter().rfind(with_suffix).or_else(|| self.entries.iter().rfind(without));
        let Some(index) = found.map(|entry| entry.index) else {
            let problem = MismatchProblem::Entry { name: repr_str(name), found: self.some_names() };
            return Err(problem.into());
        };
        self.archive.by_index(index).map_err(zip_error)
    }

    /// The first names, for a message.
    fn some_names(&self) -> String {
        const MOST: usize = 5;
        let names: Vec<String> = self.names().take(MOST).map(repr_str).collect();
        match (names.as_slice(), self.entries.len()) {
            ([], _) => "no entries".to_string(),
            (names, len) if len > MOST => format!("{} and {} more", names.join(", "), len - MOST),
            (names, _) => names.join(", "),
        }
    }
}

fn zip_error(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => error.into(),
        ZipError::UnsupportedArchive(what) => UnsupportedProblem::Archive(what.to_string()).into(),
        ZipError::CompressionMethodNotSupported(method) => {
            let name = match method {
                9 => "deflate64".to_string(),
                12 => "bzip2".to_string(),
                14 => "lzma".to_string(),
                93 => "zstd".to_string(),
                95 => "xz".to_string(),
                method => format!("number {method}"),
            };
            let text = format!("the compression method {name}, only stored and deflated entries are read");
            UnsupportedProblem::Archive(text).into()
        }
        error => FormatProblem::Archive(error.to_string()).into(),
    }
}

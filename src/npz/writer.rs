//! New archives, and changed ones.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::append::Kept;
use super::body::{Body, BodyWriter};
use super::compression::Compression;
use super::entry::SUFFIX;
use super::records::{self, Record};
use super::sink::Sink;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, MismatchProblem, Result, UnsupportedProblem};
use crate::header::Header;
use crate::literal::repr_str;
use crate::npy::Save;

/// Writes a `.npz` archive: NumPy's `np.savez` and `np.savez_compressed`.
///
/// The archive appears whole or not at all: it is written beside its path, and [`NpzWriter::finish`] renames it. Where
/// anything fails before, or the writer is dropped, an old file stays as it is and nothing new is left behind.
///
/// Entries may be of any size. The bytes of each start at a multiple of 64 bytes, so that a stored array can be mapped
/// in place ([`NpzMap`](crate::NpzMap)). They bear the date that NumPy's have, so that equal arrays give equal files.
/// With the feature `rayon` they are deflated on all cores.
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-{}.npz", std::process::id()));
/// use npymap::{Compression, NpzReader, NpzWriter};
///
/// let mut archive = NpzWriter::create(&path)?.compression(Compression::DEFLATED);
/// archive.save("weights", &vec![0.5f32; 1000])?;
/// archive.save("labels", &[1i64, 2, 3])?;
/// archive.finish()?;
/// assert_eq!(NpzReader::open(&path)?.names().collect::<Vec<_>>(), ["weights", "labels"]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzWriter {
    sink: Sink,
    path: PathBuf,
    compression: Compression,
    /// What stays of an older archive.
    kept: Kept,
    records: Vec<Record>,
    names: HashSet<String>,
}

impl NpzWriter {
    /// Begins an archive. An existing file is replaced by [`NpzWriter::finish`].
    ///
    /// # Errors
    /// [`Error::Io`] where no file can be made beside it, [`Error::Unsupported`] where `path` is something else than a
    /// file.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::begin(path.as_ref(), Kept::default())
    }

    /// Begins an archive that has all entries of an existing one but for those of the same names as are saved. The
    /// old archive stays as it is until [`NpzWriter::finish`] replaces it.
    ///
    /// What is kept is copied as it is, compressed or not, and only moved to where stored arrays can be mapped; of what
    /// other programs know of an entry besides (comments, owners) nothing is kept.
    ///
    /// # Errors
    /// Those of [`NpzReader::open`](crate::NpzReader::open), a missing file among them, and of [`NpzWriter::create`].
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-append-{}.npz", std::process::id()));
    /// # std::fs::copy("testdata/iris.npz", &path)?;
    /// use npymap::{NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::append(&path)?;
    /// archive.save("weights", &[0.5, 0.25])?;
    /// archive.finish()?;
    /// let archive = NpzReader::open(&path)?;
    /// assert_eq!(archive.header("measurements")?.shape, [150, 4]);
    /// assert_eq!(archive.header("weights")?.shape, [2]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let kept = Kept::open(path).map_err(|error| error.at_path(path))?;
        Self::begin(path, kept)
    }

    fn begin(path: &Path, kept: Kept) -> Result<Self> {
        Ok(Self {
            sink: Sink::begin(path).map_err(|error| error.at_path(path))?,
            path: path.to_path_buf(),
            compression: Compression::Stored,
            kept,
            records: Vec::new(),
            names: HashSet::new(),
        })
    }

    /// How entries are kept from now on. Default: stored.
    #[must_use]
    pub fn compression(self, compression: Compression) -> Self {
        Self { compression, ..self }
    }

    /// Saves an array. Its name in the archive ends with `.npy`, which is appended where it is missing.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written; [`Error::Mismatch`] where an array of that name was saved
    /// before; [`Error::Unsupported`] for a dtype that no header can hold, and a name that no archive can. The archive
    /// is then as it was before the call.
    pub fn save(&mut self, name: &str, array: &(impl Save + ?Sized)) -> Result<()> {
        self.save_header(name, array, &array.header())
    }

    /// [`NpzWriter::save`] as elements of another dtype, as [`save_as`](crate::save_as) does.
    ///
    /// # Errors
    /// As [`NpzWriter::save`], and [`Error::Mismatch`] where the elements do not become that dtype.
    pub fn save_as(&mut self, name: &str, array: &(impl Save + ?Sized), dtype: &DType) -> Result<()> {
        self.save_header(name, array, &Header { dtype: dtype.clone(), ..array.header() })
    }

    /// [`NpzWriter::save`] of elements whose axes the header tells.
    pub(super) fn save_shaped<T: Element>(
        &mut self,
        name: &str,
        elements: &[T],
        header: &Header,
    ) -> Result<()> {
        self.save_header(name, elements, header)
    }

    fn save_header(&mut self, name: &str, array: &(impl Save + ?Sized), header: &Header) -> Result<()> {
        self.write_entry(&with_suffix(name), |writer| {
            writer.write_all(&header.try_encode()?)?;
            array.write_elements_as(&header.dtype, writer)
        })
    }

    /// Puts bytes into the archive as an entry of that very name: what is no array.
    ///
    /// # Errors
    /// As [`NpzWriter::save`].
    pub fn save_bytes(&mut self, full_name: &str, bytes: &[u8]) -> Result<()> {
        self.write_entry(full_name, |writer| Ok(writer.write_all(bytes)?))
    }

    fn write_entry(
        &mut self,
        full_name: &str,
        write: impl FnOnce(&mut BodyWriter<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut body = self.begin_entry(full_name)?;
        let written = write(&mut BodyWriter { body: &mut body, sink: &mut self.sink });
        match written {
            Ok(()) => self.finish_entry(body, &[]),
            Err(error) => {
                self.give_up(&body);
                Err(self.located(error, full_name))
            }
        }
    }

    /// Writes the directory and puts the archive in its place.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written; an old file stays as it was then.
    pub fn finish(self) -> Result<()> {
        let Self { mut sink, path, kept, records, names, .. } = self;
        let finish = || {
            let mut directory = kept.copy(&mut sink, &names)?;
            directory.extend(records);
            let start = sink.position();
            for record in &directory {
                sink.write(&record.central())?;
            }
            let len = sink.position() - start;
            sink.write(&records::end(directory.len() as u64, start, len, kept.comment()))?;
            Ok(())
        };
        finish().and_then(|()| sink.finish()).map_err(|error| error.at_path(path))
    }

    pub(super) fn begin_entry(&mut self, full_name: &str) -> Result<Body> {
        let mut begin = || {
            if full_name.len() > usize::from(u16::MAX) || full_name.contains('\0') {
                let text = "names of more than 65535 bytes or with NUL characters are in no archive";
                return Err(UnsupportedProblem::System(text.to_string()).into());
            }
            if self.names.contains(full_name) {
                return Err(MismatchProblem::EntryExists { name: repr_str(full_name) }.into());
            }
            let start = self.sink.position();
            Body::begin(&mut self.sink, full_name, self.compression).map_err(|error| {
                let _ = self.sink.cut(start);
                error.into()
            })
        };
        begin().map_err(|error| self.located(error, full_name))
    }

    pub(super) fn finish_entry(&mut self, body: Body, start: &[u8]) -> Result<()> {
        let header_start = body.header_start();
        match body.finish(&mut self.sink, start) {
            Ok(record) => {
                self.names.insert(record.full_name.clone());
                self.records.push(record);
                Ok(())
            }
            Err(error) => {
                let _ = self.sink.cut(header_start);
                Err(Error::from(error).at_path(&self.path))
            }
        }
    }

    /// Takes back what was written of an entry.
    pub(super) fn give_up(&mut self, body: &Body) {
        // It is an error path already; bytes that stay are between entries, and in nobody's way.
        let _ = self.sink.cut(body.header_start());
    }

    pub(super) fn write_start(&mut self, body: &mut Body, bytes: &[u8]) -> std::io::Result<bool> {
        body.write_start(&mut self.sink, bytes)
    }

    pub(super) fn write_body(&mut self, body: &mut Body, bytes: &[u8]) -> std::io::Result<()> {
        body.write(&mut self.sink, bytes)
    }

    pub(super) fn located(&self, error: Error, full_name: &str) -> Error {
        error.at_entry(full_name.strip_suffix(SUFFIX).unwrap_or(full_name)).at_path(&self.path)
    }
}

/// The name of an array in the archive.
pub(super) fn with_suffix(name: &str) -> String {
    if name.ends_with(SUFFIX) { name.to_string() } else { format!("{name}{SUFFIX}") }
}

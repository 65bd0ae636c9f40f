//! New archives, and changed ones.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use super::append::Existing;
use super::body::{Body, BodyWriter};
use super::compression::Compression;
use super::entry::SUFFIX;
use super::records::{self, Record};
use crate::array::Save;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, Location, MismatchProblem, Result, UnsupportedProblem};
use crate::header::Header;
use crate::literal::repr_str;
use crate::source::{Moves, NewFile, PendingFile, Replacement, Sink};

/// Writes end at multiples of this in the file, where there is enough to write.
///
/// The system keeps what comes in one write in pages as large as the write and its position allow, up to this. A file that
/// is written in pieces of 256 KiB that begin anywhere lies in twenty times as many pages as one written in blocks, and
/// each costs a fault where it is mapped: the sum over a map of 32 MiB ran at 14 GB/s instead of 28.
const BLOCK: usize = 2 * 1024 * 1024;

/// Writes a `.npz` archive: NumPy's `np.savez` and `np.savez_compressed`, to a file, into memory or to a stream.
///
/// **An archive is whole once [`NpzWriter::finish`] has returned: it writes the directory.** A writer that is dropped
/// before leaves no new file ([`NpzWriter::create`]) and the old one as it was, or in a sink of yours
/// ([`NpzWriter::new`], [`NpzWriter::stream`]) entries without a directory, which is no archive.
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
#[must_use = "an archive has no directory before finish, and no file before it is whole"]
pub struct NpzWriter<W = File> {
    sink: Sink<W>,
    location: Location,
    /// The name that the file gets when it is whole.
    pending: Option<Pending<W>>,
    compression: Compression,
    /// What stays of an older archive.
    existing: Existing,
    records: Vec<Record>,
    names: HashSet<String>,
}

/// A name, and what gives it to the file.
#[derive(Debug)]
struct Pending<W> {
    name: PendingFile,
    finish: fn(PendingFile, &W) -> Result<()>,
}

impl NpzWriter {
    /// Begins an archive. It appears whole or not at all: it is written beside its path, and [`NpzWriter::finish`]
    /// renames it. Where anything fails before, or the writer is dropped, an existing file stays as it is and nothing
    /// new is left behind.
    ///
    /// # Errors
    /// [`Error::Io`] where no file can be made beside it, [`Error::Unsupported`] where `path` is something else than a
    /// file.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::replace(path.as_ref(), Existing::default())
    }

    /// Begins an archive that has all entries of an existing one but for those of the same names as are saved. The
    /// old archive stays as it is until [`NpzWriter::finish`] replaces it.
    ///
    /// Entries are copied as they are, compressed or not, and only moved to where stored arrays can be mapped; what
    /// other programs know of an entry besides (comments, owners) is lost.
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
        let existing = Existing::open(path).map_err(|error| error.at_path(path))?;
        Self::replace(path, existing)
    }

    fn replace(path: &Path, existing: Existing) -> Result<Self> {
        let location = Location::of_path(path);
        let (file, name) = location.locate(NewFile::begin(path, Replacement::default()))?.into_parts();
        let finish = |name: PendingFile, file: &File| name.finish(file);
        let writer = Self::begin(file, Some(Moves::of_file()));
        Ok(Self { location, pending: Some(Pending { name, finish }), existing, ..writer })
    }

    /// Whether [`NpzWriter::finish`] waits until the archive and its name are on the disk, so that a power cut leaves
    /// the old file or the new one. Default: no. [`SaveOptions::sync`](crate::SaveOptions::sync) does so for one array.
    ///
    /// # Examples
    /// ```
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-npz-sync-{}.npz", std::process::id()));
    /// let mut archive = npymap::NpzWriter::create(&path)?.sync(true);
    /// archive.save("x", &[1, 2, 3])?;
    /// archive.finish()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn sync(mut self, sync: bool) -> Self {
        if let Some(pending) = &mut self.pending {
            pending.name.set_sync(sync);
        }
        self
    }
}

impl<W: Write + Seek> NpzWriter<W> {
    /// Begins an archive in whatever writes and seeks, from where it stands: NumPy's `np.savez(BytesIO())`.
    /// [`NpzWriter::finish`] gives it back.
    ///
    /// # Errors
    /// [`Error::Io`] where the sink cannot tell where it stands, and where bytes follow there: a reader, which finds an
    /// archive by its end, would find what these are.
    ///
    /// # Examples
    /// ```
    /// use std::io::Cursor;
    ///
    /// use npymap::{NpzReader, NpzWriter};
    ///
    /// let mut archive = NpzWriter::new(Cursor::new(Vec::new()))?;
    /// archive.save("x", &[1.5, 2.5])?;
    /// let bytes: Vec<u8> = archive.finish()?.into_inner();
    /// assert_eq!(NpzReader::new(bytes)?.load_vec::<f64>("x")?, [1.5, 2.5]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn new(mut writer: W) -> Result<Self> {
        let moves = Moves::at_end(&mut writer)?;
        Ok(Self::begin(writer, Some(moves)))
    }
}

impl<W: Write> NpzWriter<W> {
    /// Begins an archive in whatever writes: a socket, the body of a response, a pipe. [`NpzWriter::finish`] gives it
    /// back.
    ///
    /// Sizes and checksums follow the entries, in data descriptors of 64 bits, since nothing can be corrected; readers
    /// that go by the directory, as NumPy and unzip do, take it as any other. Arrays are saved whole: for
    /// [`NpzWriter::array`], whose length is known at its end alone, the sink must seek.
    ///
    /// # Errors
    /// None today: nothing is written before the first entry.
    ///
    /// # Examples
    /// ```
    /// use npymap::{Compression, NpzReader, NpzWriter};
    ///
    /// let mut body = Vec::new();
    /// let mut archive = NpzWriter::stream(&mut body)?.compression(Compression::DEFLATED);
    /// archive.save("x", &vec![0u8; 100_000])?;
    /// archive.finish()?;
    /// assert!(body.len() < 1000);
    /// assert_eq!(NpzReader::new(body)?.load_vec::<u8>("x")?.len(), 100_000);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn stream(writer: W) -> Result<Self> {
        Ok(Self::begin(writer, None))
    }

    fn begin(writer: W, moves: Option<Moves<W>>) -> Self {
        Self {
            sink: Sink::new(writer, moves, BLOCK, 0),
            location: Location::NONE,
            pending: None,
            compression: Compression::Stored,
            existing: Existing::default(),
            records: Vec::new(),
            names: HashSet::new(),
        }
    }

    /// How entries are compressed from now on. Default: stored.
    pub fn compression(self, compression: Compression) -> Self {
        Self { compression, ..self }
    }

    /// Saves an array. Its name in the archive ends with `.npy`, which is appended where it is missing.
    ///
    /// # Errors
    /// [`Error::Io`] where the sink fails; [`Error::Mismatch`] where an array of that name was saved before;
    /// [`Error::Unsupported`] for a dtype that no header can hold, and a name that no archive can. The archive is then as
    /// it was before the call; one that is written to a stream refuses everything after it, if bytes of the entry have
    /// gone out.
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
        write: impl FnOnce(&mut BodyWriter<'_, W>) -> Result<()>,
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

    /// Writes the directory, and gives the sink back; a file is put in its place.
    ///
    /// # Errors
    /// [`Error::Io`] where the sink fails; an existing file stays as it was then.
    pub fn finish(self) -> Result<W> {
        let Self { mut sink, location, pending, existing, records, names, .. } = self;
        let finish = || {
            let mut directory = existing.copy(&mut sink, &names)?;
            directory.extend(records);
            let start = sink.position();
            for record in &directory {
                sink.put(&record.central())?;
            }
            let len = sink.position() - start;
            sink.put(&records::end(directory.len() as u64, start, len, existing.comment()))?;
            let writer = sink.finish()?;
            // Some systems rename nothing over a file that is open.
            drop(existing);
            if let Some(Pending { name, finish }) = pending {
                finish(name, &writer)?;
            }
            Ok(writer)
        };
        location.locate(finish())
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
                self.sink.abandon(start);
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
                self.sink.abandon(header_start);
                self.location.locate(Err(error.into()))
            }
        }
    }

    /// Takes back what was written of an entry.
    pub(super) fn give_up(&mut self, body: &Body) {
        self.sink.abandon(body.header_start());
    }

    pub(super) fn write_start(&mut self, body: &mut Body, bytes: &[u8]) -> Result<()> {
        body.write_start(&mut self.sink, bytes)
    }

    pub(super) fn write_body(&mut self, body: &mut Body, bytes: &[u8]) -> io::Result<()> {
        body.write(&mut self.sink, bytes)
    }

    pub(super) fn located(&self, error: Error, full_name: &str) -> Error {
        let name = full_name.strip_suffix(SUFFIX).unwrap_or(full_name);
        self.location.with_entry(name).name(error)
    }
}

/// The name of an array in the archive.
pub(super) fn with_suffix(name: &str) -> String {
    if name.ends_with(SUFFIX) { name.to_string() } else { format!("{name}{SUFFIX}") }
}

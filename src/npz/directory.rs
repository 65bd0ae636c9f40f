//! The directory of an archive: its entries, found and parsed without I/O. The zip crate parses its records, and is
//! known here and in `entry` alone.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;

use super::end::{End, MAX_END, count_entries};
use super::entry::{NpzEntry, SUFFIX};
use super::records;
use crate::error::{Error, FormatProblem, LimitProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::header::describe_start;
use crate::limits::Limits;
use crate::literal::repr_str;
use crate::source::{At, ReadAt};

/// The directory of an archive, which says what is in it and where: without I/O, so that whoever reads object stores or
/// HTTP can fetch the bytes by means of their own.
///
/// The directory stands at the end of an archive. [`NpzDirectory::needs`] says how many of the last bytes it takes, and
/// [`NpzEntry::data_offset`] where an entry's data start.
///
/// # Examples
/// ```
/// use npymap::{Header, NpzDirectory};
///
/// let object = std::fs::read("testdata/iris.npz")?;
/// let len = object.len() as u64;
/// // Here an object store would be asked for the last bytes, or for a range.
/// let last = |count: u64| &object[(len - count) as usize..];
///
/// let mut tail = last(NpzDirectory::needs(&[], len)?);
/// while NpzDirectory::needs(tail, len)? > tail.len() as u64 {
///     tail = last(NpzDirectory::needs(tail, len)?);
/// }
/// let directory = NpzDirectory::parse(tail, len)?;
/// assert!(directory.contains("species_code"));
///
/// let entry = directory.find("measurements")?;
/// let range = entry.header_range();
/// let start = entry.data_offset(&object[range.start as usize..range.end as usize])?;
/// let (header, data_offset) = Header::parse(&object[start as usize..])?;
/// assert_eq!((header.shape, data_offset), (vec![150, 4], 128));
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpzDirectory {
    entries: Vec<NpzEntry>,
    /// Indices of the entries in the order of their full names.
    by_name: Vec<usize>,
    /// What stands after the directory for people to read.
    comment: Vec<u8>,
}

impl NpzDirectory {
    /// How many of the last bytes of an archive of `len` bytes [`NpzDirectory::parse`] needs, as far as `tail`, the last
    /// of them, tell: where it is more than there are, fetch them and ask again.
    ///
    /// # Errors
    /// [`Error::Format`] where there is no directory.
    pub fn needs(tail: &[u8], len: u64) -> Result<u64> {
        Ok(match End::find(tail, len)? {
            Some(end) => len - end.directory.start,
            None => len.min(MAX_END),
        })
    }

    /// The directory of an archive of `len` bytes, of which `tail` are the last.
    ///
    /// # Errors
    /// [`Error::Format`] where there is no directory, a broken one, or one that starts before `tail`;
    /// [`Error::Unsupported`] for archives of several files; [`Error::Limit`] for more entries than [`Limits::default`]
    /// has.
    pub fn parse(tail: &[u8], len: u64) -> Result<Self> {
        Self::parse_with(tail, len, &Limits::default())
    }

    /// [`NpzDirectory::parse`] within other limits.
    ///
    /// # Errors
    /// As [`NpzDirectory::parse`].
    pub fn parse_with(tail: &[u8], len: u64, limits: &Limits) -> Result<Self> {
        let cut_off =
            || FormatProblem::Archive("its directory starts before the bytes that are there".to_string());
        let end = End::find(tail, len)?.ok_or_else(cut_off)?;
        let range = |at: u64| usize::try_from((tail.len() as u64).checked_sub(len - at)?).ok();
        let bytes = range(end.directory.start).zip(range(end.directory.end));
        let bytes = bytes.and_then(|(start, end)| tail.get(start..end)).ok_or_else(cut_off)?;
        let count = count_entries(bytes)?;
        if count > limits.entries as u64 {
            return Err(LimitProblem::Entries { found: count, limit: limits.entries }.into());
        }
        // What the zip crate reads is the directory alone, with an end that is true of it.
        let records = records::end(count, 0, bytes.len() as u64, &[]);
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let reader = Cursor::new([bytes, &records].concat());
        let archive = ZipArchive::with_config(config, reader).map_err(zip_error)?;
        Self::new(&archive, end)
    }

    fn new<R: Read + io::Seek>(archive: &ZipArchive<R>, end: End) -> Result<Self> {
        let mut entries = Vec::new();
        let no_memory =
            |_| LimitProblem::Memory((archive.len() as u64).saturating_mul(size_of::<NpzEntry>() as u64));
        entries.try_reserve_exact(archive.len()).map_err(no_memory)?;
        for index in 0..archive.len() {
            let record = archive.by_index_data(index).map_err(zip_error)?;
            entries.push(NpzEntry::new(&record, &end).map_err(zip_error)?);
        }
        // Where one entry starts, the one before it has ended.
        let mut by_start: Vec<usize> = (0..entries.len()).collect();
        by_start.sort_by_key(|&index| entries.get(index).map(|entry| entry.header_start));
        let mut next = end.directory.start;
        for &index in by_start.iter().rev() {
            if let Some(entry) = entries.get_mut(index) {
                entry.end = next;
                next = next.min(entry.header_start);
            }
        }
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by(|&left, &right| full_name(&entries, left).cmp(full_name(&entries, right)));
        Ok(Self { entries, by_name, comment: end.comment })
    }

    /// Reads the directory at the end of an archive.
    pub(super) fn read(source: &(impl ReadAt + ?Sized), limits: &Limits) -> Result<Self> {
        let len = source.size()?;
        let last = |count: u64| -> Result<Vec<u8>> {
            let mut tail = Vec::new();
            let room = usize::try_from(count).map_err(|_| LimitProblem::Memory(count))?;
            tail.try_reserve_exact(room).map_err(|_| LimitProblem::Memory(count))?;
            At::new(source, len - count).take(count).read_to_end(&mut tail)?;
            if (tail.len() as u64) < count {
                let found = len - count + tail.len() as u64;
                let text = format!("it is said to have {len} bytes, but ends after {found}");
                return Err(FormatProblem::Archive(text).into());
            }
            Ok(tail)
        };
        let mut start = [0; 64];
        let mut tail = last(len.min(MAX_END))?;
        // All of a small archive is in its last bytes.
        let start = if tail.len() as u64 == len {
            tail.get(..tail.len().min(start.len())).unwrap_or_default()
        } else {
            let read = At::new(source, 0).read_most(&mut start)?;
            start.get(..read).unwrap_or_default()
        };
        // An archive that follows other bytes is none to NumPy.
        if !start.starts_with(b"PK\x03\x04") && !start.starts_with(b"PK\x05\x06") {
            return Err(FormatProblem::NotNpz(describe_start(start, b"PK\x03\x04")).into());
        }
        let needed = Self::needs(&tail, len)?;
        if needed > tail.len() as u64 {
            tail = last(needed)?;
        }
        Self::parse_with(&tail, len, limits)
    }

    /// What is in the archive, in the order of the directory.
    pub fn entries(&self) -> &[NpzEntry] {
        &self.entries
    }

    /// The names of the entries as NumPy gives them, without `.npy`, in the order of the directory. Entries that are
    /// no arrays are among them, as in NumPy.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(NpzEntry::name)
    }

    /// Whether there is an entry of that name, with or without `.npy`.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The entry of that name: a full name wins over one without `.npy`, and of several with one name the last.
    ///
    /// Source: numpy/lib/_npyio_impl.py, `NpzFile.__getitem__`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is none.
    pub fn find(&self, name: &str) -> Result<&NpzEntry> {
        self.get(name)
            .ok_or_else(|| MismatchProblem::Entry { name: repr_str(name), found: self.some_names() }.into())
    }

    fn get(&self, name: &str) -> Option<&NpzEntry> {
        self.full(name).or_else(|| self.full(&format!("{name}{SUFFIX}")))
    }

    /// The entry of that full name.
    fn full(&self, name: &str) -> Option<&NpzEntry> {
        // Two names of different bytes may be the same text; the last wins.
        let end = self.by_name.partition_point(|&index| full_name(&self.entries, index) <= name);
        let entry = self.entries.get(*self.by_name.get(end.checked_sub(1)?)?)?;
        (entry.full_name == name).then_some(entry)
    }

    pub(super) fn into_parts(self) -> (Vec<NpzEntry>, Vec<u8>) {
        (self.entries, self.comment)
    }

    /// The shortest name by which an entry is found; none where another entry has its full name.
    #[cfg(feature = "ndarray")]
    pub(super) fn shortest_name<'a>(&self, entry: &'a NpzEntry) -> Option<&'a str> {
        [entry.name(), &entry.full_name]
            .into_iter()
            .find(|name| self.get(name).is_some_and(|found| std::ptr::eq(found, entry)))
    }

    /// The first names, for a message.
    fn some_names(&self) -> String {
        const MAX_NAMES: usize = 5;
        let names: Vec<String> =
            self.entries.iter().take(MAX_NAMES).map(|entry| repr_str(entry.name())).collect();
        match (names.as_slice(), self.entries.len()) {
            ([], _) => "no entries".to_string(),
            (names, len) if len > MAX_NAMES => format!("{} and {} more", names.join(", "), len - MAX_NAMES),
            (names, _) => names.join(", "),
        }
    }
}

fn full_name(entries: &[NpzEntry], index: usize) -> &str {
    entries.get(index).map_or("", |entry| &entry.full_name)
}

fn zip_error(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        ZipError::UnsupportedArchive(what) => UnsupportedProblem::Archive(what.to_string()).into(),
        ZipError::InvalidArchive(text) => FormatProblem::Archive(text.to_string()).into(),
        ZipError::Io(_) => FormatProblem::Archive("an entry of its directory is cut off".to_string()).into(),
        error => FormatProblem::Archive(error.to_string()).into(),
    }
}

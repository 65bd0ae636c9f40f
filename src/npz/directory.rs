//! The entries of an archive. The zip crate reads the directory, and is known here alone.

use std::collections::TryReserveError;
use std::fs::File;
use std::io::{self, BufReader, Read};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;

use super::count::{check_counts, no_directory};
use super::entry::{Entry, SUFFIX};
use crate::error::{Error, FormatProblem, LimitProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::header::describe_start;
use crate::limits::Limits;
use crate::literal::repr_str;

/// The entries of an archive, in the order of its directory.
#[derive(Debug)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    /// Indices of the entries in the order of their full names.
    by_name: Vec<usize>,
    /// What stands behind the directory for people to read.
    comment: Vec<u8>,
}

impl Directory {
    /// Reads the directory at the end of a file.
    pub(super) fn read(mut file: &File, limits: &Limits) -> Result<Self> {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        if !metadata.is_file() {
            let text =
                "it is not a regular file: an archive is read from its end, which a stream does not have yet";
            return Err(UnsupportedProblem::System(text.to_string()).into());
        }
        let mut start = Vec::new();
        file.take(64).read_to_end(&mut start)?;
        if !start.starts_with(b"PK\x03\x04") && !start.starts_with(b"PK\x05\x06") {
            return Err(FormatProblem::NotNpz(describe_start(&start, b"PK\x03\x04")).into());
        }
        check_counts(file, metadata.len(), limits)?;
        // An archive behind other bytes is none to NumPy, so nothing has to be found out about its start.
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let archive = ZipArchive::with_config(config, BufReader::new(&mut file)).map_err(zip_error)?;
        Self::new(&archive)
    }

    fn new<R: Read + io::Seek>(archive: &ZipArchive<R>) -> Result<Self> {
        let mut entries = Vec::new();
        entries.try_reserve_exact(archive.len()).map_err(|error| no_memory(&error, archive.len()))?;
        for index in 0..archive.len() {
            entries.push(Entry::new(&archive.by_index_data(index).map_err(zip_error)?).map_err(zip_error)?);
        }
        // Where one entry starts, the one before it has ended.
        let mut by_start: Vec<usize> = (0..entries.len()).collect();
        by_start.sort_by_key(|&index| entries.get(index).map(|entry| entry.header_start));
        let mut end = entries.iter().map(|entry| entry.central_start).min().unwrap_or(0);
        for &index in by_start.iter().rev() {
            if let Some(entry) = entries.get_mut(index) {
                entry.end = end;
                end = end.min(entry.header_start);
            }
        }
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by(|&left, &right| full_name(&entries, left).cmp(full_name(&entries, right)));
        Ok(Self { entries, by_name, comment: archive.comment().to_vec() })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn into_parts(self) -> (Vec<Entry>, Vec<u8>) {
        (self.entries, self.comment)
    }

    /// The entry of that full name.
    fn full(&self, name: &str) -> Option<&Entry> {
        // Two names of different bytes may be the same text; the last wins.
        let end = self.by_name.partition_point(|&index| full_name(&self.entries, index) <= name);
        let entry = self.entries.get(*self.by_name.get(end.checked_sub(1)?)?)?;
        (entry.full_name == name).then_some(entry)
    }

    /// The entry of that name: the full name wins over the one without `.npy`.
    ///
    /// Source: numpy/lib/_npyio_impl.py, `NpzFile.__getitem__`.
    pub(super) fn find(&self, name: &str) -> Result<&Entry> {
        if let Some(entry) = self.full(name).or_else(|| self.full(&format!("{name}{SUFFIX}"))) {
            return Ok(entry);
        }
        Err(MismatchProblem::Entry { name: repr_str(name), found: self.some_names() }.into())
    }

    /// The shortest name by which an entry is found; none where another entry has its full name.
    #[cfg(feature = "ndarray")]
    pub(super) fn shortest_name<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        [entry.name(), &entry.full_name]
            .into_iter()
            .find(|name| self.find(name).is_ok_and(|found| std::ptr::eq(found, entry)))
    }

    /// The first names, for a message.
    fn some_names(&self) -> String {
        const MOST: usize = 5;
        let names: Vec<String> = self.entries.iter().take(MOST).map(|entry| repr_str(entry.name())).collect();
        match (names.as_slice(), self.entries.len()) {
            ([], _) => "no entries".to_string(),
            (names, len) if len > MOST => format!("{} and {} more", names.join(", "), len - MOST),
            (names, _) => names.join(", "),
        }
    }
}

fn full_name(entries: &[Entry], index: usize) -> &str {
    entries.get(index).map_or("", |entry| &entry.full_name)
}

fn no_memory(_: &TryReserveError, entries: usize) -> LimitProblem {
    LimitProblem::Memory((entries as u64).saturating_mul(size_of::<Entry>() as u64))
}

fn zip_error(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        ZipError::Io(_) => FormatProblem::Archive("the file ends within its directory".to_string()).into(),
        ZipError::UnsupportedArchive(what) => UnsupportedProblem::Archive(what.to_string()).into(),
        ZipError::InvalidArchive(text) if text.contains("EOCD") => no_directory(),
        error => FormatProblem::Archive(error.to_string()).into(),
    }
}

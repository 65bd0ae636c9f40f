//! What stays of an archive that is changed.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use super::directory::Directory;
use super::entry::Entry;
use super::entry::SUFFIX;
use super::records::Record;
use super::sink::Sink;
use crate::error::{Result, UnsupportedProblem};
use crate::limits::Limits;
use crate::source;

/// The entries of an older archive, and its comment.
#[derive(Debug, Default)]
pub(super) struct Kept {
    archive: Option<(File, Vec<Entry>)>,
    comment: Vec<u8>,
}

impl Kept {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = source::open(path)?;
        let (entries, comment) = Directory::read(&file, &Limits::default())?.into_parts();
        if let Some(entry) = entries.iter().find(|entry| entry.is_encrypted()) {
            let text = "an encrypted entry, which is not copied to a new archive".to_string();
            return Err(crate::Error::from(UnsupportedProblem::Archive(text)).at_entry(entry.name()));
        }
        Ok(Self { archive: Some((file, entries)), comment })
    }

    pub(super) fn comment(&self) -> &[u8] {
        &self.comment
    }

    /// Copies the entries to the end of `sink`, as they are, but for those of the names in `replaced`.
    pub(super) fn copy(&self, sink: &mut Sink, replaced: &HashSet<String>) -> Result<Vec<Record>> {
        let Some((file, entries)) = &self.archive else { return Ok(Vec::new()) };
        // An old array of a name without .npy would stand before the new one that has it.
        let is_replaced =
            |name: &str| replaced.contains(name) || replaced.contains(&format!("{name}{SUFFIX}"));
        let kept = entries.iter().filter(|entry| !is_replaced(&entry.full_name));
        kept.map(|entry| copy(entry, file, sink).map_err(|error| error.at_entry(entry.name()))).collect()
    }
}

fn copy(entry: &Entry, file: &File, sink: &mut Sink) -> Result<Record> {
    let data_start = entry.locate(file)?.data_start;
    let record = Record {
        full_name: entry.full_name.clone(),
        method: entry.method_number(),
        flags: entry.flags,
        modified: entry.modified,
        permissions: entry.permissions,
        crc32: entry.crc32,
        compressed_size: entry.compressed_size,
        size: entry.size,
        header_start: sink.position(),
    };
    sink.write(&record.local())?;
    sink.copy(file, data_start, entry.compressed_size)?;
    Ok(record)
}

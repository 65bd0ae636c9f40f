//! What stays of an archive that is changed.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::directory::NpzDirectory;
use super::entry::{NpzEntry, SUFFIX};
use super::reader::open_file;
use super::records::Record;
use crate::error::{Result, UnsupportedProblem};
use crate::limits::Limits;
use crate::source::Sink;

/// The entries of an older archive, and its comment.
#[derive(Debug, Default)]
pub(super) struct Existing {
    archive: Option<(File, Vec<NpzEntry>)>,
    comment: Vec<u8>,
}

impl Existing {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = open_file(path)?;
        let (entries, comment) = NpzDirectory::read(&file, &Limits::default())?.into_parts();
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
    pub(super) fn copy(
        &self,
        sink: &mut Sink<impl Write>,
        replaced: &HashSet<String>,
    ) -> Result<Vec<Record>> {
        let Some((file, entries)) = &self.archive else { return Ok(Vec::new()) };
        // An old array of a name without .npy would stand before the new one that has it.
        let is_replaced =
            |name: &str| replaced.contains(name) || replaced.contains(&format!("{name}{SUFFIX}"));
        let staying = entries.iter().filter(|entry| !is_replaced(&entry.full_name));
        staying.map(|entry| copy(entry, file, sink).map_err(|error| error.at_entry(entry.name()))).collect()
    }
}

fn copy(entry: &NpzEntry, file: &File, sink: &mut Sink<impl Write>) -> Result<Record> {
    let data_start = entry.locate(file)?.data_start;
    let record = Record {
        full_name: entry.full_name.clone(),
        method: entry.method,
        flags: entry.flags,
        modified: entry.modified,
        permissions: entry.permissions,
        crc32: entry.crc32,
        compressed_size: entry.compressed_size,
        size: entry.size,
        header_start: sink.position(),
        has_descriptor: false,
    };
    sink.put(&record.local())?;
    sink.copy(file, data_start, entry.compressed_size)?;
    Ok(record)
}

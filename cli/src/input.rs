//! What a FILE argument names: a `.npy` file, a stream, an archive, or one array of an archive.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use npymap::{
    Error, FormatProblem, Header, Limits, NpyFile, NpyReader, NpzReader, Order, Preview, PrintOptions,
    ReadAt, Slice, Strided,
};
use tempfile::SpooledTempFile;

use crate::array::{Array, Bytes};
use crate::failure::Failure;

/// What of a stream is held in memory where it must be read more than once; the rest goes to a file without a name.
const SPOOL: usize = 16 << 20;

/// An array that is named on the command line or stands in an archive that is.
pub(crate) struct Input<'a> {
    /// What to call it.
    pub(crate) name: String,
    source: Source<'a>,
}

enum Source<'a> {
    /// A file and its path.
    File(NpyFile, PathBuf),
    Stored(NpyFile<&'a File>),
    /// A pipe or a device; `None` once it has been read.
    Stream(Facts, Option<Stream>),
    Entry(&'a NpzReader, String),
    /// The bytes of an array that was a stream or an entry.
    Spooled(Facts, SpooledTempFile),
}

type Stream = NpyReader<Box<dyn Read>>;

/// What the header of an array says, and where its data are.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) header: Header,
    pub(crate) version: (u8, u8),
    pub(crate) data_offset: u64,
}

/// What a FILE argument names.
pub(crate) enum Opened {
    One(Box<Input<'static>>),
    /// An archive, its name, and the arrays of it that are meant.
    Archive {
        name: String,
        reader: Box<NpzReader>,
        entries: Vec<String>,
        /// Whether the argument names an array and not the whole.
        is_entry: bool,
    },
}

/// Opens what a FILE argument names.
pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Opened, Failure> {
    let name = path.display().to_string();
    if let Some((archive, entry)) = split_entry(path) {
        if !is_zip(&archive) && NpyFile::open_with(&archive, limits).is_ok() {
            let why = format!("it is no archive, so that it has no array '{entry}'");
            return Err(Failure::refused(archive.display().to_string(), why));
        }
        let reader = Box::new(NpzReader::open_with(&archive, limits)?);
        let name = archive.display().to_string();
        return Ok(Opened::Archive { name, reader, entries: vec![entry], is_entry: true });
    }
    if path.as_os_str() == "-" {
        return stream(Box::new(io::stdin()), "standard input", limits);
    }
    if is_stream(path) {
        let file = File::open(path).map_err(|error| Failure::File(name.clone(), error))?;
        return stream(Box::new(file), &name, limits);
    }
    if is_zip(path) {
        let reader = Box::new(NpzReader::open_with(path, limits)?);
        let entries = reader.names().map(str::to_string).collect();
        return Ok(Opened::Archive { name, reader, entries, is_entry: false });
    }
    let source = Source::File(NpyFile::open_with(path, limits)?, path.to_path_buf());
    Ok(Opened::One(Box::new(Input { name, source })))
}

/// Opens an archive, or one array of one.
pub(crate) fn open_archive(path: &Path, limits: &Limits) -> Result<Opened, Failure> {
    match open(path, limits)? {
        Opened::One(_) => Err(Failure::refused(path.display().to_string(), "it is one array and no archive")),
        archive => Ok(archive),
    }
}

/// What an entry of an archive holds.
pub(crate) enum Content<'a> {
    Array(Box<Input<'a>>),
    /// Something else.
    Bytes(Vec<u8>),
}

/// Bytes of an entry that is no array, which is held in memory.
const OTHER_MOST: u64 = 32 << 20;

/// A stream, of which nothing has been read.
fn stream(mut reader: Box<dyn Read>, name: &str, limits: &Limits) -> Result<Opened, Failure> {
    let mut start = Vec::new();
    let started = (&mut reader).take(4).read_to_end(&mut start);
    started.map_err(|error| Failure::File(name.to_string(), error))?;
    if starts_zip(&start) {
        let why = "an archive cannot be read from a pipe or device: save it to a file first";
        return Err(Failure::refused(name, why));
    }
    let reader: Box<dyn Read> = Box::new(io::Cursor::new(start).chain(reader));
    let reader = NpyReader::new_with(reader, limits).map_err(|error| error.at_path(name))?;
    let facts = Facts::of_reader(&reader);
    let source = Source::Stream(facts, Some(reader));
    Ok(Opened::One(Box::new(Input { name: name.to_string(), source })))
}

impl Opened {
    /// Calls `each` with every array that is meant, in the order of the archive.
    pub(crate) fn for_each<E>(self, mut each: impl FnMut(Input<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::One(input) => each(*input),
            Self::Archive { name, reader, entries, .. } => entries.into_iter().try_for_each(|entry| {
                let name = format!("{name}:{entry}");
                each(Input { name, source: Source::Entry(&reader, entry) })
            }),
        }
    }

    /// The names of the entries that are meant.
    pub(crate) fn entry_names(&self) -> Vec<String> {
        match self {
            Self::One(_) => Vec::new(),
            Self::Archive { entries, .. } => entries.clone(),
        }
    }

    /// Calls `each` with every entry that is meant, be it an array or not.
    pub(crate) fn for_each_entry(
        self,
        mut each: impl FnMut(&str, Content<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Self::Archive { name, reader, entries, .. } = self else { return Ok(()) };
        for entry in entries {
            let is_array = match reader.header(&entry) {
                Ok(_) => true,
                Err(Error::Format { problem, .. }) if matches!(*problem, FormatProblem::NotNpy(_)) => false,
                Err(error) => return Err(error.into()),
            };
            if is_array {
                let source = Source::Entry(&reader, entry.clone());
                let input = Input { name: format!("{name}:{entry}"), source };
                each(&entry, Content::Array(Box::new(input)))?;
                continue;
            }
            let sizes =
                reader.entries().iter().filter(|found| found.name() == entry).map(|found| found.size());
            if sizes.max().unwrap_or(0) > OTHER_MOST {
                let why =
                    format!("an entry that is no array and has more than {OTHER_MOST} bytes is not copied");
                return Err(Failure::refused(format!("{name}:{entry}"), why));
            }
            each(&entry, Content::Bytes(reader.bytes(&entry)?))?;
        }
        Ok(())
    }

    /// The only array that is meant.
    pub(crate) fn one(&mut self) -> Result<Input<'_>, Failure> {
        match self {
            Self::One(input) => {
                let name = input.name.clone();
                // It is not used again: the source is left empty.
                let source = std::mem::replace(&mut input.source, Source::Stream(Facts::nothing(), None));
                Ok(Input { name, source })
            }
            Self::Archive { name, reader, entries, .. } => match entries.as_slice() {
                [entry] => {
                    let name = format!("{name}:{entry}");
                    Ok(Input { name, source: Source::Entry(reader, entry.clone()) })
                }
                [] => Err(Failure::refused(name.clone(), "the archive holds no arrays")),
                [first, ..] => {
                    let why =
                        format!("the archive holds {} arrays: name one, as in {name}:{first}", entries.len());
                    Err(Failure::refused(name.clone(), why))
                }
            },
        }
    }

    /// One array of an archive.
    pub(crate) fn entry(&mut self, entry: &str) -> Option<Input<'_>> {
        match self {
            Self::One(_) => None,
            Self::Archive { name, reader, .. } => Some(Input {
                name: format!("{name}:{entry}"),
                source: Source::Entry(reader, entry.to_string()),
            }),
        }
    }
}

/// Calls `each` with every array that `path` names, in the order of the archive, or with the error that stands in
/// the way.
pub(crate) fn for_each<E>(
    path: &Path,
    limits: &Limits,
    mut each: impl FnMut(&str, Result<Input<'_>, Failure>) -> Result<(), E>,
) -> Result<(), E> {
    match open(path, limits) {
        Ok(opened) => opened.for_each(|input| each(&input.name.clone(), Ok(input))),
        Err(error) => each(&path.display().to_string(), Err(error)),
    }
}

/// The archive and the array of `FILE.npz:NAME`, unless there is a file of that very name.
fn split_entry(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    if path.exists() {
        return None;
    }
    // The name of an array may hold colons, and so may a path: the first split that leaves a file counts.
    splits(text)
        .find(|(archive, _)| Path::new(archive).is_file())
        .map(|(archive, entry)| (archive.into(), entry.to_string()))
}

/// The text before and behind each colon.
fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(':').filter_map(|(at, colon)| Some((text.get(..at)?, text.get(at + colon.len()..)?)))
}

/// Whether it can be read once only, from its start to its end.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Whether a file is an archive.
pub(crate) fn is_zip(path: &Path) -> bool {
    let mut start = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && starts_zip(&start)
}

/// Whether a file starts as a `.npy` file does.
pub(crate) fn is_npy(path: &Path) -> bool {
    let mut start = [0; 6];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"\x93NUMPY"
}

fn starts_zip(start: &[u8]) -> bool {
    matches!(start, b"PK\x03\x04" | b"PK\x05\x06")
}

impl Facts {
    fn of_file<S: ReadAt>(file: &NpyFile<S>) -> Self {
        Self { header: file.header().clone(), version: file.version(), data_offset: file.data_offset() }
    }

    fn of_reader<R: Read>(reader: &NpyReader<R>) -> Self {
        Self { header: reader.header().clone(), version: reader.version(), data_offset: reader.data_offset() }
    }

    /// Of no file.
    fn nothing() -> Self {
        Self { header: Header::new(npymap::DType::of::<u8>(), [0]), version: (1, 0), data_offset: 0 }
    }
}

impl Input<'_> {
    pub(crate) fn facts(&mut self) -> Result<Facts, Failure> {
        Ok(match &mut self.source {
            Source::File(file, _) => Facts::of_file(file),
            Source::Stored(file) => Facts::of_file(file),
            Source::Stream(facts, _) | Source::Spooled(facts, _) => facts.clone(),
            Source::Entry(reader, name) => Facts::of_reader(&reader.reader(name)?),
        })
    }

    /// What NumPy would print of part of the array.
    pub(crate) fn preview(&mut self, slice: &Slice, options: &PrintOptions) -> Result<Preview, Failure> {
        Ok(match &mut self.source {
            Source::File(file, _) => file.preview_slice(slice.clone(), options)?,
            Source::Stored(file) => file.preview_slice(slice.clone(), options)?,
            Source::Stream(_, reader) => {
                let mut reader = reader.take().ok_or_else(|| already_read(&self.name))?;
                reader.preview_slice(slice.clone(), options).map_err(|error| error.at_path(&self.name))?
            }
            Source::Entry(reader, name) => reader.preview_slice(name, slice.clone(), options)?,
            Source::Spooled(..) => return Err(already_read(&self.name)),
        })
    }

    /// Whether it can be read once only.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.source, Source::Stream(..))
    }

    /// Bytes of the file, where it is one.
    pub(crate) fn file_len(&self) -> Option<io::Result<u64>> {
        match &self.source {
            Source::File(_, path) => Some(std::fs::metadata(path).map(|metadata| metadata.len())),
            _ => None,
        }
    }

    /// The array, to be read from its start to its end; a pipe gives it once.
    pub(crate) fn array(&mut self) -> Result<Array<'_>, Failure> {
        let facts = self.facts()?;
        let bytes = match &mut self.source {
            Source::File(file, _) => Bytes::File(file),
            Source::Stored(file) => Bytes::Stored(file),
            Source::Stream(_, reader) => {
                let reader = reader.take().ok_or_else(|| already_read(&self.name))?;
                Bytes::Stream(reader.into_inner())
            }
            Source::Entry(reader, name) => Bytes::Stream(Box::new(reader.reader(name)?.into_inner())),
            Source::Spooled(_, file) => Bytes::Spooled(file),
        };
        Array::new(self.name.clone(), facts.header, bytes)
    }

    /// The array and the part of it that is meant, to be read in C order.
    pub(crate) fn view(&mut self, slice: Option<&Slice>) -> Result<(Array<'_>, Strided), Failure> {
        let facts = self.facts()?;
        // Of a stored entry no more is read than the slice needs.
        if let (Some(_), Source::Entry(reader, name)) = (slice, &self.source)
            && let Ok(file) = reader.file(name)
        {
            self.source = Source::Stored(file);
        }
        // A stream that is in C order already is not kept.
        if slice.is_some() || (facts.header.order == Order::F && facts.header.shape.len() > 1) {
            self.keep()?;
        }
        let array = self.array()?;
        let whole = array.view();
        let view = match slice {
            Some(slice) => whole.slice(slice).map_err(|error| error.at_path(&array.name))?,
            None => whole,
        };
        Ok((array, view))
    }

    /// Makes sure that the array can be read more than once, and anywhere.
    pub(crate) fn keep(&mut self) -> Result<(), Failure> {
        if matches!(self.source, Source::File(..) | Source::Stored(_) | Source::Spooled(..)) {
            return Ok(());
        }
        let facts = self.facts()?;
        let mut file = SpooledTempFile::new(SPOOL);
        let name = self.name.clone();
        self.array()?.scan(|_, bytes| {
            io::Write::write_all(&mut file, bytes)
                .map_err(|error| Failure::File(format!("{name}: a temporary copy"), error))
        })?;
        self.source = Source::Spooled(facts, file);
        Ok(())
    }
}

/// A stream is read once.
fn already_read(name: &str) -> Failure {
    Failure::refused(name, "the stream has been read already")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn an_argument_is_split_at_each_colon(text in "[a:/é.]{0,12}|\\PC{0,12}") {
            let found: Vec<_> = splits(&text).collect();
            prop_assert_eq!(found.len(), text.matches(':').count());
            for (archive, entry) in found {
                let again = format!("{archive}:{entry}");
                prop_assert_eq!(again, text.as_str());
            }
        }

        #[test]
        fn the_first_split_that_leaves_a_file_counts(name in "[a-z:]{1,6}", entry in "[a-z:/]{0,6}") {
            let folder = tempfile::TempDir::new().unwrap();
            let archive = folder.path().join(name.trim_end_matches(':').to_string() + "z");
            std::fs::write(&archive, b"").unwrap();
            let argument = PathBuf::from(format!("{}:{entry}", archive.display()));
            prop_assert_eq!(split_entry(&argument), Some((archive.clone(), entry)));
            // A file of the very name is that file.
            prop_assert_eq!(split_entry(&archive), None);
        }
    }
}

//! What a FILE argument names: a `.npy` file, an archive, or one array of an archive.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use npymap::{Header, NpyFile, NpyReader, NpzReader, Preview, PrintOptions};

/// An array that is named on the command line or stands in an archive that is.
pub(crate) struct Input<'a> {
    /// What to call it.
    pub(crate) name: String,
    source: Source<'a>,
}

enum Source<'a> {
    File(NpyFile),
    /// A pipe or a device; `None` once it has been read.
    Stream(Option<NpyReader<File>>),
    Entry(&'a mut NpzReader, String),
}

/// What the header of an array says, and where its data are.
pub(crate) struct Facts {
    pub(crate) header: Header,
    pub(crate) version: (u8, u8),
    pub(crate) data_offset: usize,
}

/// Calls `each` with every array that `path` names, in the order of the archive, or with the error that stands in
/// the way.
pub(crate) fn for_each<E>(
    path: &Path,
    mut each: impl FnMut(&str, Result<Input<'_>, npymap::Error>) -> Result<(), E>,
) -> Result<(), E> {
    let name = path.display().to_string();
    if let Some((archive, entry)) = split_entry(path) {
        return match NpzReader::open(&archive) {
            Ok(mut reader) => {
                let source = Source::Entry(&mut reader, entry);
                each(&name, Ok(Input { name: name.clone(), source }))
            }
            Err(error) => each(&name, Err(error)),
        };
    }
    if is_stream(path) {
        let source = File::open(path).map_err(npymap::Error::from).and_then(NpyReader::new);
        let source = source.map(|reader| Source::Stream(Some(reader))).map_err(|error| error.at_path(path));
        return each(&name, source.map(|source| Input { name: name.clone(), source }));
    }
    if !is_zip(path) {
        let input = NpyFile::open(path).map(|file| Input { name: name.clone(), source: Source::File(file) });
        return each(&name, input);
    }
    match NpzReader::open(path) {
        Ok(mut reader) => {
            let entries: Vec<String> = reader.names().map(str::to_string).collect();
            for entry in entries {
                let name = format!("{name}:{entry}");
                let source = Source::Entry(&mut reader, entry);
                each(&name, Ok(Input { name: name.clone(), source }))?;
            }
            Ok(())
        }
        Err(error) => each(&name, Err(error)),
    }
}

/// The archive and the array of `FILE.npz:NAME`, unless there is a file of that very name.
fn split_entry(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    if path.exists() {
        return None;
    }
    // The name of an array may hold colons, and so may a path: the first split that leaves a file counts.
    text.match_indices(':')
        .map(|(at, _)| text.split_at(at))
        .find(|(archive, _)| Path::new(archive).is_file())
        .map(|(archive, entry)| (archive.into(), entry.trim_start_matches(':').to_string()))
}

/// Whether it can be read once only, from its start to its end.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn is_zip(path: &Path) -> bool {
    let mut start = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && matches!(&start, b"PK\x03\x04" | b"PK\x05\x06")
}

/// A stream is shown once.
fn already_read() -> npymap::Error {
    std::io::Error::other("the stream has been read already").into()
}

impl Input<'_> {
    pub(crate) fn facts(&mut self) -> Result<Facts, npymap::Error> {
        Ok(match &mut self.source {
            Source::File(file) => Facts {
                header: file.header().clone(),
                version: file.version(),
                data_offset: file.data_offset(),
            },
            Source::Stream(reader) => {
                let reader = reader.as_ref().ok_or_else(already_read)?;
                Facts {
                    header: reader.header().clone(),
                    version: reader.version(),
                    data_offset: reader.data_offset(),
                }
            }
            Source::Entry(reader, name) => {
                let entry = reader.reader(name)?;
                Facts {
                    header: entry.header().clone(),
                    version: entry.version(),
                    data_offset: entry.data_offset(),
                }
            }
        })
    }

    pub(crate) fn preview(&mut self, options: &PrintOptions) -> Result<Preview, npymap::Error> {
        match &mut self.source {
            Source::File(file) => file.preview(options),
            Source::Stream(reader) => reader.take().ok_or_else(already_read)?.preview(options),
            Source::Entry(reader, name) => reader.preview(name, options),
        }
    }
}

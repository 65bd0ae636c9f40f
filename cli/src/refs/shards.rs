//! The arrays that references are made of, out of files and archives.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use npymap::{Error, FormatProblem, Header, Limits, NpzEntry};
use npymap_refs::{FileId, References};

use super::address::Addresses;
use super::note;
use crate::Failure;
use crate::input::{self, Opened};

/// The array that plain files are shards of where nobody names it.
const NAME: &str = "data";

/// Files, and the arrays that they hold shards of.
pub(super) struct Shards<'a> {
    references: References,
    limits: &'a Limits,
    /// What to open, and the array that it belongs to: entries of archives have names of their own.
    found: Vec<(PathBuf, Option<String>)>,
    /// The files that were added; their place is their number.
    paths: Vec<PathBuf>,
}

/// The files of a command line, and those of a list.
pub(super) fn listed(files: &[PathBuf], list: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = files.to_vec();
    let Some(list) = list else { return Ok(files) };
    let failed = |error| Failure::File(list.display().to_string(), error);
    let lines: Box<dyn BufRead> = if list.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(list).map_err(failed)?))
    };
    for line in lines.lines() {
        let line = line.map_err(failed)?;
        files.extend((!line.is_empty()).then(|| PathBuf::from(line)));
    }
    Ok(files)
}

impl<'a> Shards<'a> {
    pub(super) fn new(references: References, limits: &'a Limits) -> Self {
        Self { references, limits, found: Vec::new(), paths: Vec::new() }
    }

    /// The references, and the files by their numbers.
    pub(super) fn finish(self) -> (References, Vec<PathBuf>) {
        (self.references, self.paths)
    }

    /// Takes the files that are named, and finds those that are to be found.
    pub(super) fn find(&mut self, files: &[PathBuf], arrays: &[(String, String)]) -> Result<(), Failure> {
        let texts: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
        let swapped = texts.windows(2).find_map(|pair| match pair {
            [a, b] if natural(a, b) == Ordering::Greater => Some((a, b)),
            _ => None,
        });
        // What a shell makes of a pattern; any other order is what the user wants.
        if let Some((a, b)) = swapped
            && texts.is_sorted()
        {
            note(&format!("files are joined in the order in which they are named: {a} comes before {b}"));
        }
        self.found.extend(files.iter().map(|path| (path.clone(), None)));
        for (name, pattern) in arrays {
            let mut paths = matches(pattern)?;
            if paths.is_empty() {
                return Err(Failure::refused(pattern, format!("no file matches, for the array '{name}'")));
            }
            paths.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
            self.found.extend(paths.into_iter().map(|path| (path, Some(name.clone()))));
        }
        Ok(())
    }

    /// Opens all files and adds their arrays.
    pub(super) fn add(&mut self, prefix: Option<&str>, base: Option<&Path>) -> Result<(), Failure> {
        let found = std::mem::take(&mut self.found);
        let mut opened = None;
        let files: Vec<PathBuf> = found.iter().map(|(path, _)| file_of(path)).collect();
        let addresses = Addresses::new(prefix, base, &files)?;
        for ((path, name), file) in found.iter().zip(files) {
            // One archive may be named many times, an entry each time.
            let id = match opened.take() {
                Some((last, id)) if last == file => id,
                _ => self.file(&addresses, &file)?,
            };
            opened = Some((file, id));
            self.open(path, name.as_deref(), id)?;
        }
        Ok(())
    }

    fn file(&mut self, addresses: &Addresses, path: &Path) -> Result<FileId, Failure> {
        let name = path.display().to_string();
        let metadata = (path.as_os_str() != "-").then(|| fs::metadata(path)).transpose();
        let metadata = metadata.map_err(|error| Failure::File(name.clone(), error))?;
        let Some(metadata) = metadata.filter(fs::Metadata::is_file) else {
            return Err(Failure::refused(
                name,
                "it is no file, so that no reader could open it: save it to one",
            ));
        };
        let file = npymap_refs::File::new(addresses.of(path)?, metadata.len());
        let file = match metadata.modified() {
            Ok(time) => file.with_modified(time),
            Err(_) => file,
        };
        self.paths.push(path.to_path_buf());
        Ok(self.references.file(file))
    }

    /// Adds what one argument names.
    fn open(&mut self, path: &Path, name: Option<&str>, file: FileId) -> Result<(), Failure> {
        match input::open(path, self.limits)? {
            Opened::One(mut input) => {
                let facts = input.facts()?;
                self.shard(&input.name, name.unwrap_or(NAME), file, &facts.header, facts.data_offset)
            }
            Opened::Archive { name: archive, reader, entries, is_entry } => {
                let mut named: HashMap<&str, Vec<&NpzEntry>> = HashMap::new();
                for entry in reader.entries() {
                    named.entry(entry.name()).or_default().push(entry);
                }
                for entry in &entries {
                    let array = match name {
                        // The entries that are not named are a group.
                        Some(name) if !is_entry => format!("{name}/{entry}"),
                        Some(name) => name.to_string(),
                        None => entry.clone(),
                    };
                    let title = format!("{archive}:{entry}");
                    let stream = match reader.reader(entry) {
                        // What is no array is passed over where nobody asks for it.
                        Err(Error::Format { problem, .. })
                            if !is_entry && matches!(*problem, FormatProblem::NotNpy(_)) =>
                        {
                            continue;
                        }
                        stream => stream?,
                    };
                    let found = named.get(entry.as_str()).map(Vec::as_slice).unwrap_or_default();
                    check_stored(found).map_err(|why| Failure::refused(&title, why))?;
                    let data_offset = reader.data_offset(entry)? + stream.data_offset();
                    self.shard(&title, &array, file, stream.header(), data_offset)?;
                }
                Ok(())
            }
        }
    }

    fn shard(
        &mut self,
        title: &str,
        array: &str,
        file: FileId,
        header: &Header,
        offset: u64,
    ) -> Result<(), Failure> {
        let added = self.references.shard(array, file, header, offset);
        added.map_err(|error| match error {
            npymap_refs::Error::Shard { .. } if array == NAME => {
                Failure::refused(title, format!("{error} (--array NAME=GLOB)"))
            }
            error => Failure::refused(title, error.to_string()),
        })
    }
}

/// Refuses what is not one entry, or whose bytes are not in the archive as they are.
fn check_stored(entries: &[&NpzEntry]) -> Result<(), String> {
    let [entry] = entries else {
        return Err("the archive has several entries of that name; npymap repack has the last".to_string());
    };
    if entry.is_stored() {
        return Ok(());
    }
    let how = if entry.method() == "stored" { "encrypted".to_string() } else { entry.method() };
    Err(format!(
        "it is {how}, so that no bytes of the archive are its elements; npymap repack --store makes an archive whose arrays \
         can be read as they are"
    ))
}

/// The file that an argument names: the archive of `FILE.npz:NAME`.
fn file_of(path: &Path) -> PathBuf {
    if path.exists() {
        return path.to_path_buf();
    }
    let text = path.to_string_lossy();
    let file =
        text.match_indices(':').filter_map(|(at, _)| text.get(..at)).find(|file| Path::new(file).is_file());
    file.map_or_else(|| path.to_path_buf(), PathBuf::from)
}

/// The files that a pattern matches; of `GLOB:ENTRY` each with the entry.
fn matches(pattern: &str) -> Result<Vec<PathBuf>, Failure> {
    let invalid = |error: glob::PatternError| Failure::refused(pattern, format!("it is no pattern: {error}"));
    let find = |pattern: &str, entry: &str| {
        let mut found = Vec::new();
        for path in glob::glob(pattern).map_err(invalid)? {
            let path =
                path.map_err(|error| Failure::File(error.path().display().to_string(), error.into()))?;
            if path.is_file() {
                let mut path = path.into_os_string();
                path.push(entry);
                found.push(PathBuf::from(path));
            }
        }
        Ok::<_, Failure>(found)
    };
    let whole = find(pattern, "")?;
    if !whole.is_empty() {
        return Ok(whole);
    }
    for (at, _) in pattern.match_indices(':') {
        let (Some(files), Some(entry)) = (pattern.get(..at), pattern.get(at..)) else { continue };
        let found = find(files, entry)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Names in the order of the numbers in them, so that 2 comes before 10; by their bytes where these are the same.
fn natural(a: &str, b: &str) -> Ordering {
    let runs = |text: &str| {
        let mut runs: Vec<(bool, String)> = Vec::new();
        for c in text.chars() {
            match runs.last_mut() {
                Some((is_number, run)) if *is_number == c.is_ascii_digit() => run.push(c),
                _ => runs.push((c.is_ascii_digit(), c.to_string())),
            }
        }
        runs
    };
    let (a_runs, b_runs) = (runs(a), runs(b));
    for ((is_number, left), (both, right)) in a_runs.iter().zip(&b_runs) {
        let order = if *is_number && *both {
            let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        } else {
            left.cmp(right)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a_runs.len().cmp(&b_runs.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = ["x-10.npy", "x-2.npy", "x-1.npy", "a-3.npy", "x-02.npy", "x.npy", "x-1-1.npy"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["a-3.npy", "x-1-1.npy", "x-1.npy", "x-02.npy", "x-2.npy", "x-10.npy", "x.npy"]);
        let long = "9".repeat(400);
        assert_eq!(natural(&format!("a{long}0"), &format!("a{long}")), Ordering::Greater);
    }
}

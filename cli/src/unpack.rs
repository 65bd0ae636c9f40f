//! `npymap unpack`.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use npymap::Limits;

use crate::input::{self, Content};
use crate::output::Output;
use crate::pack::write_array;
use crate::{Failure, Outcome};

/// The arrays of an archive as .npy files.
///
/// Nothing is written outside DIR, whatever the entries are called: an entry whose name is absolute, has '..' or a
/// backslash, or means something else to some system is refused, and then nothing is written at all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  npymap unpack model.npz -d model\n  npymap unpack model.npz:weights")]
pub(crate) struct Unpack {
    /// The archive to read; IN.npz:NAME is one array of it
    #[arg(value_name = "IN.npz")]
    input: PathBuf,
    /// Where to write, a folder that is made where it is missing
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Unpack, limits: &Limits, _: &mut impl Write) -> Result<Outcome, Failure> {
    let archive = input::open_archive(&args.input, limits)?;
    let archive_name = args.input.display().to_string();
    let names = archive.entry_names();
    for name in &names {
        let problem = problem(name);
        if let Some(problem) = problem {
            let why = format!("entry {name:?} {problem}, so that it is not written to a folder");
            return Err(Failure::refused(archive_name, why));
        }
    }
    let failed = |path: &Path, error| Failure::File(path.display().to_string(), error);
    fs::create_dir_all(&args.directory).map_err(|error| failed(&args.directory, error))?;
    let mut done = HashSet::new();
    archive.for_each_entry(|name, content| {
        if !done.insert(name.to_string()) {
            return Ok(());
        }
        let file = match content {
            Content::Array(_) => format!("{}.npy", name.strip_suffix(".npy").unwrap_or(name)),
            Content::Bytes(_) => name.to_string(),
        };
        let path = place(&args.directory, &file, args.force)?;
        let mut output = Output::create(&path)?;
        match content {
            Content::Array(mut input) => {
                let name = output.name().to_string();
                write_array(&mut input, output.file(), |error| Failure::File(name.clone(), error))?;
            }
            Content::Bytes(bytes) => output.write(&bytes)?,
        }
        output.finish()
    })?;
    Ok(Outcome::Done)
}

/// Why an entry's name is no name of a file within a folder, on any system.
fn problem(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("has no name");
    }
    if name.starts_with('/') {
        return Some("is absolute");
    }
    if name.contains('\\') {
        return Some("has a backslash");
    }
    if name.contains(':') {
        return Some("has a colon");
    }
    if name.chars().any(char::is_control) {
        return Some("has control characters");
    }
    if name.len() > 4000 || name.split('/').any(|part| part.len() > 240) {
        return Some("is too long");
    }
    name.split('/').find_map(|part| match part {
        "" => Some("has an empty part"),
        "." | ".." => Some("leads elsewhere"),
        part if part.ends_with(['.', ' ']) || part.starts_with(' ') => {
            Some("has a part that begins or ends with a blank or a dot")
        }
        part if part.contains(['<', '>', '"', '|', '?', '*']) => {
            Some("has a character that is special in file names")
        }
        part if is_device(part) => Some("is a device of Windows"),
        _ => None,
    })
}

/// Names that Windows gives to devices, in any case and with any ending.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|rest| {
            matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
}

/// Where in the folder a file goes, whose folders are made. No link leads out of it.
fn place(directory: &Path, file: &str, force: bool) -> Result<PathBuf, Failure> {
    let mut path = directory.to_path_buf();
    let mut parts = file.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let failed = |error| Failure::File(path.display().to_string(), error);
        let found = fs::symlink_metadata(&path);
        let is_last = parts.peek().is_none();
        match found {
            Ok(metadata) if metadata.is_symlink() => {
                return Err(Failure::refused(
                    path.display().to_string(),
                    "it is a link, which may lead elsewhere",
                ));
            }
            Ok(metadata) if is_last && metadata.is_file() && !force => {
                return Err(Failure::refused(path.display().to_string(), "it exists; --force replaces it"));
            }
            Ok(_) => {}
            Err(_) if is_last => {}
            Err(_) => fs::create_dir(&path).map_err(failed)?,
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn a_name_that_is_taken_stays_in_the_folder(
            name in r"([a-z.]{0,3}[/\\:]){0,3}[a-zA-Z0-9 .]{0,5}|\PC{0,12}",
        ) {
            if problem(&name).is_none() {
                let path = Path::new("folder").join(&name);
                let parts: Vec<_> = path.components().collect();
                prop_assert_eq!(parts.len(), 2 + name.matches('/').count());
                prop_assert!(parts.iter().all(|part| matches!(part, std::path::Component::Normal(_))));
                let expected = format!("folder/{name}");
                prop_assert_eq!(path.to_str(), Some(expected.as_str()));
            }
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            "./a",
            "..",
            "a\\..\\b",
            "C:x",
            "c:/x",
            "a\0b",
            "a\nb",
            "NUL",
            "con.npy",
            "aux .x",
            "dir/Com1",
            "lpt9.tar.gz",
            "x.",
            "x ",
            "a?b",
            "COM¹",
        ] {
            assert!(problem(name).is_some(), "{name:?}");
        }
        for name in ["x", "x.npy", "a/b", "..x", "console", "com10", "é", "-rf", "a b", ".hidden"] {
            assert_eq!(problem(name), None, "{name:?}");
        }
    }
}

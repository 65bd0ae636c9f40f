//! `npymap refs --check`: whether files are still what references were made of.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::address::Addresses;
use crate::failure::report;
use crate::{Failure, Outcome, text};

/// Checks the files that references point into, or those of `only` where there are any.
pub(super) fn run(
    refs: &Path,
    only: &[PathBuf],
    prefix: Option<&str>,
    base: Option<&Path>,
    out: &mut impl Write,
) -> Result<Outcome, Failure> {
    let name = refs.display().to_string();
    let reader: Box<dyn Read> = if refs.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(refs).map_err(|error| Failure::File(name.clone(), error))?)
    };
    let files =
        npymap_refs::read_files(reader).map_err(|error| Failure::refused(&name, error.to_string()))?;
    let addresses = Addresses::new(prefix, base, only)?;
    let mut wanted = only.iter().map(|path| addresses.of(path)).collect::<Result<HashSet<_>, _>>()?;
    let (mut checked, mut changed) = (0usize, 0usize);
    for file in files {
        if !only.is_empty() && !wanted.remove(file.url()) {
            continue;
        }
        checked += 1;
        let problem = match addresses.path(file.url()) {
            Some(path) => problem(&file, &path).map(|why| Failure::refused(path.display().to_string(), why)),
            None => Some(Failure::refused(
                file.url(),
                "it is no local file: --url-prefix and --base name the folder that holds it",
            )),
        };
        if let Some(problem) = problem {
            changed += 1;
            report(&problem);
        }
    }
    let mut unknown: Vec<String> = wanted.into_iter().collect();
    unknown.sort();
    for url in &unknown {
        report(&Failure::refused(url, "the references do not point to it"));
    }
    let name = text::one_line(&name);
    let is_good = changed == 0 && unknown.is_empty();
    let found = if changed == 0 { "none changed".to_string() } else { format!("{changed} changed") };
    writeln!(out, "{name}: {checked} files, {found}").map_err(Failure::Stdout)?;
    Ok(if is_good { Outcome::Done } else { Outcome::Partly })
}

/// What has become of a file.
fn problem(file: &npymap_refs::File, path: &Path) -> Option<String> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some("it is missing".to_string()),
        Err(error) => return Some(error.to_string()),
    };
    if !metadata.is_file() {
        return Some("it is no regular file any more".to_string());
    }
    let (found, expected) = (metadata.len(), file.size());
    if found != expected {
        let how = if found < expected { "shorter" } else { "longer" };
        return Some(format!("it is {how}: {found} bytes, expected {expected}"));
    }
    let expected = file.modified_nanoseconds()?;
    let found = metadata.modified().ok().map(|time| npymap_refs::File::new("", 0).with_modified(time));
    let found = found.and_then(|file| file.modified_nanoseconds())?;
    (found != expected).then(|| {
        let seconds = (found as f64 - expected as f64) / 1e9;
        format!(
            "it was rewritten: modified {} s {} than expected",
            seconds.abs(),
            if seconds < 0.0 { "earlier" } else { "later" }
        )
    })
}

//! `npymap pack` and `npymap repack`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use npymap::{Compression, Header, Limits, NpzEntryWriter, NpzWriter};

use crate::input::{self, Content, Input, Opened};
use crate::output::Archive;
use crate::{Failure, Outcome};

/// Arrays into one archive, aligned so that they can be mapped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap pack model.npz weights.npy bias.npy\n  \
                        npymap pack --deflate all.npz first=a.npy second=old.npz:b")]
pub(crate) struct Pack {
    /// The archive to write
    #[arg(value_name = "OUT.npz")]
    output: PathBuf,
    /// The arrays; each has the name of its file, or the one before an =
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// An archive anew: deflated or stored, aligned so that stored arrays can be mapped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap repack compressed.npz mappable.npz\n  \
                        npymap repack --deflate --level 9 model.npz model.npz")]
pub(crate) struct Repack {
    /// The archive to read
    #[arg(value_name = "IN.npz")]
    input: PathBuf,
    /// The archive to write; it may be IN.npz
    #[arg(value_name = "OUT.npz")]
    output: PathBuf,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
struct How {
    /// Deflate
    #[arg(long)]
    deflate: bool,
    /// Deflate with a level from 1 (fast) to 9 (small) [default: 6]
    #[arg(long, value_name = "LEVEL", requires = "deflate", value_parser = clap::value_parser!(u8).range(1..=9))]
    level: Option<u8>,
    /// Store as they are [default]
    #[arg(long, conflicts_with = "deflate")]
    store: bool,
}

impl How {
    fn compression(&self) -> Compression {
        match self.level {
            Some(level) => Compression::Deflated(level),
            None if self.deflate => Compression::DEFLATED,
            None => Compression::Stored,
        }
    }
}

pub(crate) fn pack(args: &Pack, limits: &Limits, _: &mut impl Write) -> Result<Outcome, Failure> {
    let target = Archive::create(&args.output)?;
    let mut archive = begin(&target, &args.how)?;
    let mut names = HashSet::new();
    for argument in &args.files {
        let (given, path) = named(argument);
        let mut opened = input::open(&path, limits)?;
        let own = match &opened {
            Opened::Archive { entries, is_entry: true, .. } => entries.first().cloned().unwrap_or_default(),
            _ => path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let mut input = opened.one()?;
        let name = given.unwrap_or(own);
        if !names.insert(name.clone()) {
            let why =
                format!("another array is called '{name}' already; NAME={} gives it a name", path.display());
            return Err(Failure::refused(argument.display().to_string(), why));
        }
        let entry = archive.entry(&format!("{name}.npy")).map_err(|error| target.failed(error))?;
        array(&mut input, entry, &target)?;
    }
    archive.finish().map_err(|error| target.failed(error))?;
    target.finish()?;
    Ok(Outcome::Done)
}

pub(crate) fn repack(args: &Repack, limits: &Limits, _: &mut impl Write) -> Result<Outcome, Failure> {
    let opened = input::open_archive(&args.input, limits)?;
    let target = Archive::create(&args.output)?;
    let mut archive = begin(&target, &args.how)?;
    let mut names = HashSet::new();
    opened.for_each_entry(|name, content| {
        // Of two entries of one name readers see the last, which is the one that is read here.
        if !names.insert(name.to_string()) {
            return Ok(());
        }
        match content {
            Content::Array(mut input) => {
                let entry = archive.entry(&format!("{name}.npy")).map_err(|error| target.failed(error))?;
                array(&mut input, entry, &target)
            }
            Content::Bytes(bytes) => archive.save_bytes(name, &bytes).map_err(|error| target.failed(error)),
        }
    })?;
    archive.finish().map_err(|error| target.failed(error))?;
    target.finish()?;
    Ok(Outcome::Done)
}

fn begin(target: &Archive, how: &How) -> Result<NpzWriter, Failure> {
    let archive = NpzWriter::create(target.path()).map_err(|error| target.failed(error))?;
    Ok(archive.compression(how.compression()))
}

/// The name before an `=`, unless there is a file of that very name.
fn named(argument: &Path) -> (Option<String>, PathBuf) {
    let split = argument.to_str().filter(|_| !argument.exists()).and_then(|text| text.split_once('='));
    match split {
        Some((name, path)) if !name.is_empty() && !name.contains('/') => {
            (Some(name.to_string()), path.into())
        }
        _ => (None, argument.to_path_buf()),
    }
}

/// Copies an array.
fn array(input: &mut Input<'_>, mut entry: NpzEntryWriter<'_>, target: &Archive) -> Result<(), Failure> {
    write_array(input, &mut entry, |error| target.failed_io(error))?;
    entry.finish().map_err(|error| target.failed(error))
}

/// Writes an array as a `.npy` file has it.
pub(crate) fn write_array(
    input: &mut Input<'_>,
    writer: &mut dyn Write,
    failed: impl Fn(io::Error) -> Failure,
) -> Result<(), Failure> {
    let header: Header = input.facts()?.header;
    header.dtype.descr().map_err(|error| error.at_path(&input.name))?;
    writer.write_all(&header.encode()).map_err(&failed)?;
    input.array()?.scan(|_, bytes| writer.write_all(bytes).map_err(&failed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn a_name_stands_before_the_first_equals_sign(text in "[a=/é.]{0,8}|\\PC{0,12}") {
            let argument = Path::new("no-such-folder-\u{2603}").join("x");
            prop_assert_eq!(named(&argument), (None, argument.clone()));
            match named(Path::new(&text)) {
                (Some(name), path) => {
                    prop_assert!(!name.is_empty() && !name.contains(['/', '=']));
                    let again = format!("{name}={}", path.display());
                    prop_assert_eq!(again, text);
                }
                (None, path) => prop_assert_eq!(path, Path::new(&text)),
            }
        }
    }
}

//! `npymap refs`.

mod address;
mod check;
mod shards;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use npymap::Limits;
use npymap_refs::{Error, FileId, Grid, MAX_CHUNK, Options, Plan, References};

use crate::output::Output;
use crate::{Failure, Outcome, text};
use shards::Shards;

/// Write virtual Zarr references: zarr-python, xarray and Dask read the files as they are.
///
/// FILES are the shards of one array, 'data', in the order in which they are named: joined along the first axis, or the
/// last one of Fortran-order files. Stored entries of archives are arrays of their own name. Nothing but headers is read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                  npymap refs shard-*.npy -o refs.json\n  \
                  npymap refs shard-*.npy -o refs.json --url-prefix s3://bucket/run-1/\n  \
                  npymap refs --array x='x-*.npy' --array y='y-*.npy' --dims time,channel -o refs.json\n  \
                  npymap refs --check refs.json\n\
                  \n\
                  What to set in Python, and what it costs: https://docs.rs/npymap/latest/npymap/docs/cluster")]
pub(crate) struct Refs {
    /// .npy files, archives, or FILE.npz:NAME for one array of an archive
    #[arg(value_name = "FILES", required_unless_present_any = ["arrays", "files_from", "check"])]
    files: Vec<PathBuf>,
    /// Write the references to REFS; - is standard output
    #[arg(short, long, value_name = "REFS", default_value = "-")]
    output: PathBuf,
    /// Replace REFS where it exists
    #[arg(long)]
    force: bool,
    /// Join the files that match GLOB to the array NAME, by the numbers in their names; GLOB.npz:ENTRY takes one array of
    /// each archive
    #[arg(long = "array", value_name = "NAME=GLOB", value_parser = named)]
    arrays: Vec<(String, String)>,
    /// Read more file names, one a line, from LIST; - is standard input
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// Make chunks near SIZE, at most 2GiB
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = size)]
    chunk: u64,
    /// Which chunk grids to make
    #[arg(long, value_enum, default_value = "auto")]
    grid: GridArg,
    /// Let the references point to PREFIX and the path of each file below the folder of --base
    #[arg(long, value_name = "PREFIX")]
    url_prefix: Option<String>,
    /// Take DIR for the folder that PREFIX is: otherwise the current one where all files are below it, else the deepest
    /// that holds them all
    #[arg(long, value_name = "DIR", requires = "url_prefix")]
    base: Option<PathBuf>,
    /// Name the axes, of the array NAME or of all
    #[arg(long, value_name = "[NAME:]AXIS,...")]
    dims: Vec<String>,
    /// Give the array NAME an attribute, or the whole; VALUE is JSON, or else text
    #[arg(long = "attr", value_name = "[NAME:]KEY=VALUE", value_parser = named)]
    attributes: Vec<(String, String)>,
    /// Say which files are no longer what the references were made of, by size and modification time; - is standard input
    #[arg(long, value_name = "REFS", conflicts_with_all = ["arrays", "dims", "attributes", "output", "force"])]
    check: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GridArg {
    /// Regular where chunks near SIZE fit into all shards, else rectilinear, which readers must know
    Auto,
    /// Regular, which all readers take, however small its chunks become
    Regular,
}

/// `NAME=VALUE`.
fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_string(), value.to_string())),
        _ => Err("expected a name, '=' and a value".to_string()),
    }
}

/// A number of bytes with or without a unit.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let unit: u64 = match unit.trim_start() {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        _ => return Err("expected bytes, or a number and one of KiB, MiB, GiB, kB, MB, GB".to_string()),
    };
    let bytes = number.parse().ok().and_then(|number: u64| number.checked_mul(unit));
    let bytes = bytes.filter(|bytes| (1..=MAX_CHUNK).contains(bytes));
    bytes.ok_or_else(|| "expected 1 byte to 2GiB".to_string())
}

pub(crate) fn run(args: &Refs, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let files = shards::listed(&args.files, args.files_from.as_deref())?;
    let prefix = args.url_prefix.as_deref();
    if let Some(refs) = &args.check {
        return check::run(refs, &files, prefix, args.base.as_deref(), out);
    }
    let is_stdout = args.output.as_os_str() == "-";
    if !is_stdout && !args.force && fs::symlink_metadata(&args.output).is_ok_and(|found| !is_special(&found))
    {
        return Err(Failure::refused(args.output.display().to_string(), "it exists; --force replaces it"));
    }
    let grid = match args.grid {
        GridArg::Auto => Grid::Auto,
        GridArg::Regular => Grid::Regular,
    };
    let references = References::new(Options::new().chunk(args.chunk).grid(grid));
    let mut shards = Shards::new(references, limits);
    shards.find(&files, &args.arrays)?;
    shards.add(prefix, args.base.as_deref())?;
    let (mut references, paths) = shards.finish();
    describe(&mut references, args)?;
    let plan = references.plan().map_err(|error| Failure::refused("refs", error.to_string()))?;
    if is_stdout {
        write(&plan, &paths, out).map_err(|failure| failure.unwrap_or_else(Failure::Stdout))?;
    } else {
        if paths.iter().any(|path| same_file(path, &args.output)) {
            return Err(Failure::refused(
                args.output.display().to_string(),
                "it is one of the files, and is not replaced",
            ));
        }
        let mut output = Output::create(&args.output)?;
        let written = write(&plan, &paths, output.file());
        written.map_err(|failure| failure.unwrap_or_else(|error| output.failed(error)))?;
        output.finish()?;
    }
    for array in plan.arrays().iter().filter(|array| array.is_rectilinear()) {
        note(&format!(
            "array '{}' has a rectilinear chunk grid: zarr-python 3.2 and newer read it with \
             zarr.config.set({{'array.rectilinear_chunks': True}}); --grid regular makes none",
            array.name()
        ));
    }
    Ok(Outcome::Done)
}

/// Why nothing was written: what stands in the way of a file that is inlined, or what the output said.
enum Unwritten {
    Input(Failure),
    Output(io::Error),
}

impl Unwritten {
    fn unwrap_or_else(self, output: impl FnOnce(io::Error) -> Failure) -> Failure {
        match self {
            Self::Input(failure) => failure,
            Self::Output(error) => output(error),
        }
    }
}

fn write(plan: &Plan, paths: &[PathBuf], out: &mut dyn Write) -> Result<(), Unwritten> {
    let mut failure = None;
    let read = |file: FileId, offset: u64, bytes: &mut [u8]| {
        let path = paths.get(file.index()).ok_or(io::ErrorKind::NotFound)?;
        let read = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(bytes)
        });
        read.map_err(|error| {
            let kind = error.kind();
            failure = Some(Failure::File(path.display().to_string(), error));
            io::Error::from(kind)
        })
    };
    plan.write(out, read).map_err(|error| match (failure, error) {
        (Some(failure), _) => Unwritten::Input(failure),
        (None, Error::Io(error)) => Unwritten::Output(error),
        (None, error) => Unwritten::Input(Failure::refused("refs", error.to_string())),
    })
}

/// Names axes and gives attributes.
fn describe(references: &mut References, args: &Refs) -> Result<(), Failure> {
    let arrays: Vec<String> = references.arrays().map(|(name, _)| name.to_string()).collect();
    let refused = |option: &str, error: Error| Failure::refused(option, error.to_string());
    // The name of an array may hold colons.
    let split = |text: &str| {
        let name = arrays
            .iter()
            .find(|name| text.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(':')));
        match name {
            Some(name) => (Some(name.clone()), text.get(name.len() + 1..).unwrap_or_default().to_string()),
            None => (None, text.to_string()),
        }
    };
    for text in &args.dims {
        let (name, axes) = split(text);
        let named = arrays.iter().filter(|array| name.as_ref().is_none_or(|name| name == *array));
        for array in named {
            let axes = axes.split(',').map(str::trim).filter(|axis| !axis.is_empty());
            references.dimension_names(array, axes).map_err(|error| refused("--dims", error))?;
        }
    }
    for (key, value) in &args.attributes {
        let (name, key) = split(key);
        let json = match serde_json::from_str::<serde_json::Value>(value) {
            Ok(_) => value.clone(),
            Err(_) => serde_json::Value::from(value.as_str()).to_string(),
        };
        let given = references.attribute(name.as_deref().unwrap_or_default(), &key, &json);
        given.map_err(|error| refused("--attr", error))?;
    }
    Ok(())
}

/// Whether something is a pipe or a device, which nothing replaces.
fn is_special(found: &fs::Metadata) -> bool {
    !found.is_file() && !found.is_dir() && !found.is_symlink()
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// A line on standard error that is no failure.
fn note(line: &str) {
    let _ = writeln!(io::stderr(), "npymap: note: {}", text::one_line(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("16MiB"), Ok(16 << 20));
        assert_eq!(size("1000"), Ok(1000));
        assert_eq!(size("2 GiB"), Ok(2 << 30));
        assert_eq!(size("1MB"), Ok(1_000_000));
        for text in ["", "0", "3GiB", "16 mib", "-1", "1e6", "99999999999999999999GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}

//! `npymap info`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use npymap::{DType, Kind, Limits};

use crate::array::descr;
use crate::failure::report;
use crate::input::{self, Facts};
use crate::{Failure, Outcome, text};

/// One line a file: format version, dtype, memory order, shape and sizes.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  npymap info *.npy\n  find . -name '*.npy' | npymap info --json --files-from -"
)]
pub(crate) struct Info {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "FILE", required_unless_present = "files_from")]
    files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Read more file names, one a line, from LIST; - is standard input
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
}

pub(crate) fn run(args: &Info, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    let mut one = |path: &Path, out: &mut dyn Write| {
        input::for_each(path, limits, |name, input| {
            match input.and_then(|mut input| input.facts()) {
                Ok(facts) if args.json => writeln!(out, "{}", json(name, &facts)),
                Ok(facts) => writeln!(out, "{}", line(name, &facts)),
                Err(error) => {
                    outcome = Outcome::Partly;
                    if args.json {
                        writeln!(out, "{}", json_error(name, &error))
                    } else {
                        report(&error);
                        Ok(())
                    }
                }
            }
            .map_err(Failure::Stdout)
        })
    };
    for path in &args.files {
        one(path, out)?;
    }
    if let Some(list) = &args.files_from {
        let name = list.display().to_string();
        let failed = |error| Failure::File(name.clone(), error);
        let lines: Box<dyn BufRead> = if list.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(list).map_err(failed)?))
        };
        for line in lines.split(b'\n') {
            let line = line.map_err(failed)?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if !line.is_empty() {
                one(&path_of(line), out)?;
            }
        }
    }
    Ok(outcome)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    let path: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    path.into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn line(name: &str, facts: &Facts) -> String {
    let Facts { header, version, data_offset } = facts;
    format!(
        "{}: version {}.{}, descr {}{}, fortran_order {}, shape {}, itemsize {}, data_offset {data_offset}, nbytes {}",
        text::one_line(name),
        version.0,
        version.1,
        text::one_line(&descr(&header.dtype)),
        saved_so(&header.dtype),
        if header.order == npymap::Order::F { "True" } else { "False" },
        text::shape(&header.shape),
        header.dtype.itemsize(),
        nbytes(facts),
    )
}

/// The spaces are part of the contract: people compare these lines with `grep` and `diff`.
fn json(name: &str, facts: &Facts) -> String {
    let Facts { header, version, data_offset } = facts;
    let shape: Vec<String> = header.shape.iter().map(usize::to_string).collect();
    format!(
        "{{\"path\": {}, \"ok\": true, \"version\": [{},{}], \"descr\": {}, \"fortran_order\": {}, \
         \"shape\": [{}], \"itemsize\": {}, \"data_offset\": {data_offset}, \"nbytes\": {}}}",
        json_text(name),
        version.0,
        version.1,
        json_text(&descr(&header.dtype)),
        header.order == npymap::Order::F,
        shape.join(","),
        header.dtype.itemsize(),
        nbytes(facts),
    )
}

fn json_error(name: &str, error: &Failure) -> String {
    format!("{{\"path\": {}, \"ok\": false, \"error\": {}}}", json_text(name), json_text(&error.to_string()))
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What raw bytes may be besides. The dtypes of ml_dtypes have names, which `np.save` leaves out: nothing in the file
/// tells them from each other, or from any other raw bytes; all but one, whose descr is its own.
fn saved_so(dtype: &DType) -> &'static str {
    match dtype {
        DType::Scalar(scalar) if scalar.kind() == Kind::Void => match scalar.itemsize() {
            1 if descr(dtype).contains('f') => " (float8_e5m2 of ml_dtypes, as raw bytes)",
            1 => " (raw bytes; ml_dtypes saves its float8, float6, float4 and small integers so)",
            2 => " (raw bytes; ml_dtypes saves bfloat16 so)",
            _ => "",
        },
        _ => "",
    }
}

fn nbytes(facts: &Facts) -> usize {
    // The header was checked when it was read.
    facts.header.nbytes().unwrap_or(usize::MAX)
}

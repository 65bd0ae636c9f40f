//! `npymap ls`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use npymap::{Error, FormatProblem, Limits, NpzEntry, NpzReader, Order};
use serde_json::json;

use crate::array::descr;
use crate::failure::report;
use crate::table::Rows;
use crate::{Failure, Outcome, input, text};

/// The entries of an archive: name, dtype, shape, how they are kept, sizes, and whether they can be mapped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  npymap ls weights.npz\n  npymap ls --json weights.npz | jq -r .name")]
pub(crate) struct Ls {
    /// .npz files
    #[arg(required = true, value_name = "FILE.npz")]
    files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Ls, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        let name = path.display().to_string();
        let archive = if path.is_file() && !input::is_zip(path) && input::is_npy(path) {
            Err(Failure::refused(&name, "it is one array and no archive: npymap info tells about it"))
        } else {
            NpzReader::open_with(path, limits).map_err(Failure::from)
        };
        let archive = match archive {
            Ok(archive) => archive,
            Err(error) => {
                outcome = Outcome::Partly;
                report(&error);
                continue;
            }
        };
        if args.files.len() > 1 && !args.json {
            writeln!(out, "{}:", text::one_line(&name)).map_err(Failure::Stdout)?;
        }
        let mut rows =
            Rows::new(&["name", "dtype", "shape", "order", "kept", ">size", ">in file", "mappable"]);
        for entry in archive.entries() {
            let described = archive
                .data_offset(entry.full_name())
                .and_then(|offset| Ok((describe(&archive, entry)?, offset)));
            let (header, data_offset) = match described {
                Ok(described) => described,
                Err(error) => {
                    outcome = Outcome::Partly;
                    report(&error.at_path(path).into());
                    continue;
                }
            };
            if args.json {
                let object = json!({
                    "path": name,
                    "name": entry.name(),
                    "descr": header.as_ref().map(|header| descr(&header.dtype)),
                    "fortran_order": header.as_ref().map(|header| header.order == Order::F),
                    "shape": header.as_ref().map(|header| &header.shape),
                    "method": entry.method(),
                    "size": entry.size(),
                    "compressed_size": entry.compressed_size(),
                    "crc32": entry.crc32(),
                    "data_offset": data_offset,
                    "mappable": header.is_some() && entry.is_stored(),
                });
                writeln!(out, "{object}").map_err(Failure::Stdout)?;
                continue;
            }
            let of_header =
                |text: &dyn Fn(&npymap::Header) -> String| header.as_ref().map_or("-".to_string(), text);
            rows.push([
                entry.name().to_string(),
                of_header(&|header| header.dtype.to_string()),
                of_header(&|header| text::shape(&header.shape)),
                of_header(&|header| if header.order == Order::F { "F" } else { "C" }.to_string()),
                entry.method(),
                entry.size().to_string(),
                entry.compressed_size().to_string(),
                if header.is_some() && entry.is_stored() { "yes" } else { "no" }.to_string(),
            ]);
        }
        if !args.json {
            out.write_all(rows.text().as_bytes()).map_err(Failure::Stdout)?;
        }
    }
    Ok(outcome)
}

/// The header of an entry, if it is an array.
fn describe(archive: &NpzReader, entry: &NpzEntry) -> npymap::Result<Option<npymap::Header>> {
    match archive.header(entry.full_name()) {
        Ok(header) => Ok(Some(header)),
        // Other files are in archives, too, and some are kept in a way that is not read.
        Err(Error::Format { problem, .. }) if matches!(*problem, FormatProblem::NotNpy(_)) => Ok(None),
        Err(Error::Unsupported { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

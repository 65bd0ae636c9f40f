//! `npymap cat`.

mod csv;
mod json;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use npymap::{Limits, Slice};

use crate::order::Little;
use crate::{Failure, Outcome, input, strided};

/// Elements on standard output, all of them, in C order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap cat iris.npy > iris.csv\n  \
                        npymap cat --format json weights.npz:bias | jq length\n  \
                        npymap cat --format raw --slice ':1000' samples.npy | aplay -f FLOAT_LE -r 48000")]
pub(crate) struct Cat {
    /// A .npy or .npz file; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to write them
    #[arg(short, long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Part of the array, as between NumPy's brackets: '0:5, ::2, -1'
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    slice: Option<Slice>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each row of the last axis; of records a line each, under a line of names
    Csv,
    /// Lists within lists, records as objects; NaN is null, an infinity "inf" or "-inf"
    Json,
    /// The bytes, little-endian
    Raw,
}

pub(crate) fn run(args: &Cat, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut opened = input::open(&args.file, limits)?;
    let mut input = opened.one()?;
    let (mut array, view) = input.view(args.slice.as_ref())?;
    let dtype = array.dtype.clone();
    match args.format {
        Format::Csv => {
            let mut writer = csv::Writer::new(&dtype, view.shape(), out)?;
            array.in_c_order(&view, |bytes| writer.add(bytes))?;
            writer.finish(strided::len(&view))?;
        }
        Format::Json => {
            let mut writer = json::Writer::new(&dtype, view.shape(), out)?;
            array.in_c_order(&view, |bytes| writer.add(bytes))?;
            writer.finish()?;
        }
        Format::Raw => {
            let mut little = Little::new(&dtype);
            array.in_c_order(&view, |bytes| out.write_all(little.of(bytes)).map_err(Failure::Stdout))?;
        }
    }
    Ok(Outcome::Done)
}

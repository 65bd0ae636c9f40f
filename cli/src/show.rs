//! `npymap show`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use npymap::{Limits, Order, PrintOptions, Slice};

use crate::failure::report;
use crate::input::Input;
use crate::{Failure, Outcome, input, text};

/// Header and a preview of the array, as NumPy prints it; only what is shown is read.
#[derive(Debug, Default, Args)]
#[command(after_help = "Examples:\n  \
                        npymap show iris.npy\n  \
                        npymap show weights.npz:bias\n  \
                        npymap show cube.npy --slice '0, ::10, -1'\n  \
                        npymap show iris.npy --all | less")]
pub(crate) struct Show {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Part of the array, as between NumPy's brackets: '0:5, ::2, -1'
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    slice: Option<Slice>,
    /// Every element, however many there are
    #[arg(long)]
    all: bool,
    /// Digits after the point at most
    #[arg(long, value_name = "DIGITS", default_value_t = 8)]
    precision: usize,
    /// Characters of a line at most
    #[arg(long, value_name = "CHARS", default_value_t = 75)]
    width: usize,
}

pub(crate) fn run(args: &Show, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let mut options = PrintOptions::default().precision(args.precision).linewidth(args.width);
    if args.all {
        options = options.threshold(usize::MAX);
    }
    let slice = args.slice.clone().unwrap_or_else(Slice::all);
    let mut outcome = Outcome::Done;
    if let [word] = args.files.as_slice()
        && !word.exists()
        && word.to_str().is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase()))
    {
        // Most likely a command was meant.
        let why = "there is no such file, and no such command; npymap --help lists the commands";
        return Err(Failure::refused(word.display().to_string(), why));
    }
    for path in &args.files {
        input::for_each(path, limits, |_, input| {
            let shown = input.and_then(|mut input| {
                let title = title(&mut input)?;
                let preview = input.preview(&slice, &options)?;
                Ok((title, preview))
            });
            match shown {
                Ok((title, preview)) => {
                    let preview = text::lines(&preview.to_string());
                    writeln!(out, "{title}\n{preview}").map_err(Failure::Stdout)
                }
                Err(error) => {
                    outcome = Outcome::Partly;
                    report(&error);
                    Ok(())
                }
            }
        })?;
    }
    Ok(outcome)
}

fn title(input: &mut Input<'_>) -> Result<String, Failure> {
    let header = input.facts()?.header;
    Ok(format!(
        "{}: {}, shape {}, {} order, {} bytes",
        text::one_line(&input.name),
        text::one_line(&header.dtype.to_string()),
        text::shape(&header.shape),
        if header.order == Order::F { "Fortran" } else { "C" },
        header.nbytes().unwrap_or(usize::MAX),
    ))
}

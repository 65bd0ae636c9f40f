//! `npymap diff`.

mod arrays;
mod compare;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use npymap::Limits;

use crate::input::{self, Input, Opened};
use crate::{Failure, Outcome, text};

use arrays::{Difference, compare};
use compare::Tolerance;

/// Whether two arrays have the same shape and values, where they differ first, and by how much.
///
/// The rules are those of np.array_equal and, with --rtol or --atol, of np.allclose: dtype, byte order and memory order
/// may differ as long as the values are the same. Of two archives the arrays of the same name are compared.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        npymap diff old.npy new.npy\n  \
                        npymap diff --rtol 1e-5 --atol 1e-8 old.npz new.npz\n  \
                        npymap diff -q old.npy new.npz:x && echo same\n\
                        \n\
                        Exit status: 0 for equal, 1 for different or unreadable.")]
pub(crate) struct Diff {
    /// A .npy or .npz file; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "A")]
    a: PathBuf,
    /// What to compare it with; tolerances are relative to its values
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Allow |a - b| <= ATOL + RTOL * |b| [default: 1e-5 with --atol, else equality]
    #[arg(long, value_name = "RTOL")]
    rtol: Option<f64>,
    /// See --rtol [default: 1e-8 with --rtol, else equality]
    #[arg(long, value_name = "ATOL")]
    atol: Option<f64>,
    /// NaN equals NaN, and NaT equals NaT
    #[arg(long)]
    equal_nan: bool,
    /// Print nothing, the exit status tells
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn run(args: &Diff, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let close = match (args.rtol, args.atol) {
        (None, None) => None,
        // NumPy's own.
        (relative, absolute) => Some((relative.unwrap_or(1e-5), absolute.unwrap_or(1e-8))),
    };
    let tolerance = Tolerance { close, equal_nan: args.equal_nan };
    let (mut a, mut b) = (input::open(&args.a, limits)?, input::open(&args.b, limits)?);
    let mut outcome = Outcome::Done;
    let mut tell = |a: &str, b: &str, difference: Option<String>, len: usize, out: &mut dyn Write| {
        if difference.is_some() {
            outcome = Outcome::Partly;
        }
        if args.quiet {
            return Ok(());
        }
        let (a, b) = (text::one_line(a), text::one_line(b));
        match difference {
            Some(text) => writeln!(out, "{a} and {b} differ: {}", text::one_line(&text)),
            None if close.is_some() => writeln!(out, "{a} and {b} are close: {}", elements(len)),
            None => writeln!(out, "{a} and {b} are equal: {}", elements(len)),
        }
        .map_err(Failure::Stdout)
    };
    let mut pair = |a: &mut Input<'_>, b: &mut Input<'_>, out: &mut dyn Write| {
        let (difference, len) = compare(a, b, tolerance)?;
        tell(&a.name, &b.name, difference.map(|difference: Difference| difference.text), len, out)
    };
    let archives = match (&a, &b) {
        (
            Opened::Archive { entries: in_a, is_entry: false, .. },
            Opened::Archive { entries: in_b, is_entry: false, .. },
        ) => Some((in_a.clone(), in_b.clone())),
        _ => None,
    };
    let Some((in_a, in_b)) = archives else {
        pair(&mut a.one()?, &mut b.one()?, out)?;
        return Ok(outcome);
    };
    for name in &in_a {
        if in_b.contains(name)
            && let (Some(mut a), Some(mut b)) = (a.entry(name), b.entry(name))
        {
            pair(&mut a, &mut b, out)?;
        }
    }
    for (names, others, path, other) in [(&in_a, &in_b, &args.a, &args.b), (&in_b, &in_a, &args.b, &args.a)] {
        for name in names.iter().filter(|name| !others.contains(name)) {
            let (path, other) = (path.display().to_string(), other.display().to_string());
            tell(&path, &other, Some(format!("array '{name}' is in {path} alone")), 0, out)?;
        }
    }
    Ok(outcome)
}

fn elements(len: usize) -> String {
    if len == 1 { "1 element".to_string() } else { format!("{len} elements") }
}

//! `npymap bench`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use npymap::{Limits, NpyFile};

use crate::array::PIECE;
use crate::input::{self, Input};
use crate::table::Rows;
use crate::{Failure, Outcome, text};

/// How fast this file opens and reads on this machine, beside what the plainest system calls take for it.
///
/// Each line is the median of several runs. The first run of a file that has not been read lately waits for the disk; the
/// others find it in memory.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  npymap bench features.npy\n  npymap bench --seconds 5 model.npz:weights"
)]
pub(crate) struct Bench {
    /// A .npy or .npz file; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// About how long to measure each line
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    seconds: f64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number between 0 and 3600".to_string()),
    }
}

/// Runs of each measure, at least and at most.
const RUNS: std::ops::RangeInclusive<usize> = 3..=10_000;

pub(crate) fn run(args: &Bench, limits: &Limits, out: &mut impl Write) -> Result<Outcome, Failure> {
    let budget = Duration::from_secs_f64(args.seconds);
    let mut opened = input::open(&args.file, limits)?;
    let mut input = opened.one()?;
    if input.is_stream() {
        return Err(Failure::refused(input.name, "a stream cannot be read again and again"));
    }
    let nbytes = input.facts()?.header.nbytes().unwrap_or_default() as u64;
    let name = text::one_line(&input.name);
    writeln!(out, "{name}: {nbytes} bytes of data").map_err(Failure::Stdout)?;
    let mut rows = Rows::new(&["what", ">first", ">median", ">rate", ">runs"]);
    if input.file_len().is_some() {
        measure(&mut rows, "open, header", None, budget, || {
            NpyFile::open_with(&args.file, limits).map(drop).map_err(Failure::from)
        })?;
        measure(&mut rows, "  system calls alone", None, budget, || plain_open(&args.file))?;
    } else {
        measure(&mut rows, "header", None, budget, || input.facts().map(drop))?;
    }
    measure(&mut rows, "read", Some(nbytes), budget, || read(&mut input))?;
    if input.file_len().is_some() {
        measure(&mut rows, "  system calls alone", Some(nbytes), budget, || plain_read(&args.file))?;
    }
    out.write_all(rows.text().as_bytes()).map_err(Failure::Stdout)?;
    Ok(Outcome::Done)
}

/// Times `work` until the budget is spent.
fn measure(
    rows: &mut Rows,
    what: &str,
    nbytes: Option<u64>,
    budget: Duration,
    mut work: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < *RUNS.start() || (start.elapsed() < budget && times.len() < *RUNS.end()) {
        // Three runs of a file that takes minutes are not what anyone asked for.
        if times.len() == 1 && start.elapsed() > budget * 2 {
            break;
        }
        let run = Instant::now();
        work()?;
        times.push(run.elapsed());
    }
    let first = times.first().copied().unwrap_or_default();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let rate =
        nbytes.map(|nbytes| format!("{:.2} GB/s", nbytes as f64 / median.as_secs_f64().max(1e-9) / 1e9));
    let cells = [duration(first), duration(median), rate.unwrap_or_default(), times.len().to_string()];
    rows.push(std::iter::once(what.to_string()).chain(cells));
    Ok(())
}

fn duration(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1e-3 => format!("{:.1} us", seconds * 1e6),
        seconds if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// All bytes of the array, piece by piece.
fn read(input: &mut Input<'_>) -> Result<(), Failure> {
    input.array()?.scan(|_, bytes| {
        std::hint::black_box(bytes);
        Ok(())
    })
}

fn plain_open(path: &Path) -> Result<(), Failure> {
    let plain = || {
        let mut head = [0; 128];
        let mut file = File::open(path)?;
        let len = file.metadata()?.len();
        let read = file.read(&mut head)?;
        std::hint::black_box((len, read, head));
        Ok(())
    };
    plain().map_err(|error: io::Error| Failure::File(path.display().to_string(), error))
}

fn plain_read(path: &Path) -> Result<(), Failure> {
    let plain = || {
        let mut piece = vec![0; PIECE];
        let mut file = File::open(path)?;
        while file.read(&mut piece)? > 0 {
            std::hint::black_box(&piece);
        }
        Ok(())
    };
    plain().map_err(|error: io::Error| Failure::File(path.display().to_string(), error))
}

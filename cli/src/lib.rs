//! The `npymap` command: what is in a `.npy` or `.npz` file, without Python.
//!
//! It is a library for `main.rs`, and for tests and fuzz targets that call the command many times in one process.
//! Nothing in it is meant for other programs: they have the crate `npymap`.

// Nothing that a file says may end the process but by an error.
#![deny(clippy::expect_used, clippy::panic, clippy::todo, clippy::unimplemented, clippy::unreachable)]
#![deny(clippy::string_slice, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::expect_used, clippy::panic, clippy::string_slice, clippy::unreachable))]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod append;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod args;
mod array;
mod bench;
mod boxes;
mod cat;
mod convert;
mod diff;
mod failure;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod info;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod input;
mod leaves;
mod longdouble;
mod ls;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod number;
mod order;
mod output;
mod pack;
mod pages;
mod plot;
mod progress;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod refs;
mod show;
mod stats;
mod strided;
mod table;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod text;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
mod unpack;
mod value;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
use failure::{Failure, report};

/// Whether everything went well, or some input did not and has been reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Partly,
}

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    match run(args, &mut out).and_then(|outcome| out.flush().map(|()| outcome).map_err(Failure::Stdout)) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly) => ExitCode::FAILURE,
        // The reader of the pipe has seen enough; what is still buffered is of no use to anyone.
        Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            let _ = out.into_parts();
            ExitCode::SUCCESS
        }
        Err(failure) => {
            // What was found before it comes first.
            let _ = out.flush();
            report(&failure);
            ExitCode::FAILURE
        }
    }
}

/// What the command makes of its arguments, its own name left out, without running it; or the usage error.
///
/// # Errors
/// What the command would print on standard error, with exit status 2; help and version are such an error, too.
pub fn parse<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<String, String> {
    read(words).map(|args| format!("{args:?}"))
}

/// Runs the command with these arguments, its own name left out, and gives whether all went well: not where files were
/// left out that have been reported on standard error. What it prints goes to `out`.
///
/// # Errors
/// What the command would print on standard error at its end.
pub fn run_with<W: Into<OsString>>(
    words: impl IntoIterator<Item = W>,
    out: &mut impl Write,
) -> Result<bool, String> {
    let outcome = run(read(words)?, out).map_err(|failure| failure.to_string())?;
    Ok(outcome == Outcome::Done)
}

fn read<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<Args, String> {
    let words = words.into_iter().map(Into::into);
    let words = std::iter::once(OsString::from("npymap")).chain(words);
    Args::try_parse_from(words).map_err(|error| error.to_string())
}

fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Failure> {
    let limits = args.limits();
    match args.command() {
        Command::Show(args) => show::run(&args, &limits, out),
        Command::Info(args) => info::run(&args, &limits, out),
        Command::Stats(args) => stats::run(&args, &limits, out),
        Command::Diff(args) => diff::run(&args, &limits, out),
        Command::Cat(args) => cat::run(&args, &limits, out),
        Command::Convert(args) => convert::run(&args, &limits, out),
        Command::Verify(args) => verify::run(&args, &limits, out),
        Command::Plot(args) => plot::run(&args, &limits, out),
        Command::Refs(args) => refs::run(&args, &limits, out),
        Command::Bench(args) => bench::run(&args, &limits, out),
        Command::Ls(args) => ls::run(&args, &limits, out),
        Command::Pack(args) => pack::pack(&args, &limits, out),
        Command::Unpack(args) => unpack::run(&args, &limits, out),
        Command::Repack(args) => pack::repack(&args, &limits, out),
        Command::Append(args) => append::run(&args, &limits, out),
        Command::Completions(args) => pages::completions(&args, <Args as CommandFactory>::command(), out),
        Command::Man => pages::man(<Args as CommandFactory>::command(), out),
    }
}

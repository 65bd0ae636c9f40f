//! The `npymap` command: what is in a `.npy` or `.npz` file, without Python.

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

fn main() -> ExitCode {
    let args = Args::parse();
    let limits = args.limits();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let outcome = match args.command() {
        Command::Show(args) => show::run(&args, &limits, &mut out),
        Command::Info(args) => info::run(&args, &limits, &mut out),
        Command::Stats(args) => stats::run(&args, &limits, &mut out),
        Command::Diff(args) => diff::run(&args, &limits, &mut out),
        Command::Cat(args) => cat::run(&args, &limits, &mut out),
        Command::Convert(args) => convert::run(&args, &limits, &mut out),
        Command::Verify(args) => verify::run(&args, &limits, &mut out),
        Command::Plot(args) => plot::run(&args, &limits, &mut out),
        Command::Bench(args) => bench::run(&args, &limits, &mut out),
        Command::Ls(args) => ls::run(&args, &limits, &mut out),
        Command::Pack(args) => pack::pack(&args, &limits, &mut out),
        Command::Unpack(args) => unpack::run(&args, &limits, &mut out),
        Command::Repack(args) => pack::repack(&args, &limits, &mut out),
        Command::Append(args) => append::run(&args, &limits, &mut out),
        Command::Completions(args) => {
            pages::completions(&args, <Args as CommandFactory>::command(), &mut out)
        }
        Command::Man => pages::man(<Args as CommandFactory>::command(), &mut out),
    };
    match outcome.and_then(|outcome| out.flush().map(|()| outcome).map_err(Failure::Stdout)) {
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

//! The `npymap` command: what is in a `.npy` or `.npz` file, without Python.

mod args;
mod info;
mod input;
mod show;
mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// Whether everything went well, or some input did not and has been reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Partly,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let outcome = match args.command() {
        Command::Show(show) => show::run(&show, &mut out),
        Command::Info(info) => info::run(&info, &mut out),
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
            report(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Why the command ends early.
#[derive(Debug)]
enum Failure {
    Library(npymap::Error),
    Stdout(io::Error),
    Input(String, io::Error),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(error) => error.fmt(f),
            Self::Stdout(error) => write!(f, "standard output: {error}"),
            Self::Input(name, error) => write!(f, "{name}: {error}"),
        }
    }
}

impl From<npymap::Error> for Failure {
    fn from(error: npymap::Error) -> Self {
        Self::Library(error)
    }
}

/// One line on standard error. Where that is closed there is nobody left to tell.
fn report(failure: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "npymap: {}", text::one_line(&failure.to_string()));
}

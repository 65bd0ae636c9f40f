//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// What is in a .npy or .npz file, without Python. Nothing is mapped, executed or unpickled.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  npymap iris.npy\n  npymap show weights.npz:bias\n  npymap info --json *.npy"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    show: Option<Show>,
}

impl Args {
    pub(crate) fn command(self) -> Command {
        match (self.command, self.show) {
            (Some(command), _) => command,
            (None, Some(show)) => Command::Show(show),
            // The files of `show` are required where there is no subcommand.
            (None, None) => Command::Show(Show { files: Vec::new() }),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    Info(Info),
}

/// Header and a preview of the array, as NumPy prints it; only what is shown is read.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  npymap show iris.npy\n  npymap show weights.npz:bias")]
pub(crate) struct Show {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// One line a file: format version, dtype, memory order, shape and sizes.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  npymap info *.npy\n  find . -name '*.npy' | npymap info --json --files-from -"
)]
pub(crate) struct Info {
    /// .npy or .npz files; FILE.npz:NAME is one array of an archive
    #[arg(value_name = "FILE", required_unless_present = "files_from")]
    pub(crate) files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Read more file names, one a line, from LIST; - is standard input
    #[arg(long, value_name = "LIST")]
    pub(crate) files_from: Option<PathBuf>,
}

//! The command line: what all commands share. The options of each stand with it.

use clap::{Args as ClapArgs, Parser, Subcommand};
use npymap::Limits;

use crate::{
    append, bench, cat, convert, diff, info, ls, pack, pages, plot, refs, show, stats, unpack, verify,
};

/// What is in a .npy or .npz file, without Python. Nothing is mapped, executed or unpickled.
#[derive(Debug, Parser)]
#[command(
    name = "npymap",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "FILE is a .npy or .npz file, FILE.npz:NAME one array of an archive, and - standard input.\n\
                  \n\
                  Examples:\n  \
                  npymap iris.npy\n  \
                  npymap weights.npz:bias --slice '0:5, -1'\n  \
                  npymap info --json *.npy\n  \
                  npymap plot image.npy -o image.png\n\
                  \n\
                  Exit status: 0 if all went well, 1 if a file could not be read or differs, 2 for a wrong call."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    show: Option<show::Show>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// How much a file may ask of its reader.
#[derive(Debug, ClapArgs)]
struct LimitArgs {
    /// Read headers of up to CHARS characters instead of 10000
    #[arg(long, global = true, value_name = "CHARS", hide_short_help = true, help_heading = "Limits")]
    max_header: Option<usize>,
    /// Read headers with up to DEPTH open brackets instead of 200
    #[arg(long, global = true, value_name = "DEPTH", hide_short_help = true, help_heading = "Limits")]
    max_nesting: Option<usize>,
    /// Read records of up to COUNT fields instead of 10000
    #[arg(long, global = true, value_name = "COUNT", hide_short_help = true, help_heading = "Limits")]
    max_fields: Option<usize>,
}

impl Args {
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(chars) = self.limits.max_header {
            limits = limits.header_chars(chars);
        }
        if let Some(depth) = self.limits.max_nesting {
            limits = limits.nesting(depth);
        }
        if let Some(count) = self.limits.max_fields {
            limits = limits.fields(count);
        }
        limits
    }

    pub(crate) fn command(self) -> Command {
        match (self.command, self.show) {
            (Some(command), _) => command,
            // The files of `show` are required where there is no subcommand.
            (None, show) => Command::Show(show.unwrap_or_default()),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(show::Show),
    Info(info::Info),
    Ls(ls::Ls),
    Stats(stats::Stats),
    Diff(diff::Diff),
    Cat(cat::Cat),
    Convert(convert::Convert),
    Pack(pack::Pack),
    Unpack(unpack::Unpack),
    Repack(pack::Repack),
    Append(append::Append),
    Verify(verify::Verify),
    Plot(plot::Plot),
    Refs(refs::Refs),
    Bench(bench::Bench),
    Completions(pages::Completions),
    /// This manual, as a page for man.
    #[command(hide = true)]
    Man,
}

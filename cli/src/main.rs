//! The `npymap` command, which `lib.rs` is.

use std::process::ExitCode;

fn main() -> ExitCode {
    npymap_cli::main()
}

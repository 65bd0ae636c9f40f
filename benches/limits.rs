//! The doors beside the peers, and beside what the machine can do: runs the measurements in `measure/`, which have a
//! `Cargo.lock` of their own.

use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => target.into(),
        None => folder.join("../target"),
    };
    let status = Command::new(env!("CARGO"))
        .args(["bench", "--locked", "--manifest-path"])
        .arg(folder.join("measure/Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .arg("--")
        // Cargo says this to every bench, and will say it to that one.
        .args(std::env::args_os().skip(1).filter(|argument| argument != "--bench"))
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo: {error}");
            ExitCode::FAILURE
        }
    }
}

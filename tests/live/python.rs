//! Starts the scripts of this folder.

use std::path::Path;
use std::process::Command;

/// The script `name` of this folder, ready to run.
///
/// # Panics
/// Where there is no Python with NumPy, with a message that says how to get one.
pub fn script(name: &str) -> Command {
    let python = std::env::var_os("NPYMAP_PYTHON").unwrap_or_else(|| "python3".into());
    let probe = Command::new(&python).args(["-c", "import numpy"]).output();
    assert!(
        probe.as_ref().is_ok_and(|output| output.status.success()),
        "{} cannot import numpy ({}); make a virtual environment with `python3 -m venv .venv && \
         .venv/bin/pip install numpy` and set NPYMAP_PYTHON=.venv/bin/python",
        python.display(),
        match &probe {
            Ok(output) =>
                String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_string(),
            Err(error) => error.to_string(),
        },
    );
    let mut command = Command::new(python);
    command
        .args(["-B", "-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live").join(name));
    command
}

/// The number in an environment variable, or the default.
pub fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is {text:?}, expected a number")),
        Err(_) => default,
    }
}

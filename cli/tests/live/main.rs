//! The command beside NumPy: a script runs it and compares each answer with NumPy's own.
//!
//! The tests are ignored by default; `cargo test -p npymap-cli --test live -- --include-ignored` runs them, with the
//! Python that `NPYMAP_PYTHON` names.

use std::path::Path;
use std::process::Command;

fn check(subject: &str) {
    let python = std::env::var_os("NPYMAP_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(&python)
        .args(["-B", "-X", "utf8"])
        .arg(folder.join("tests/live/judge.py"))
        .arg(assert_cmd::cargo::cargo_bin("npymap"))
        .arg(folder.join("../testdata"))
        .arg(subject)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}; set NPYMAP_PYTHON", python.display()));
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

macro_rules! subjects {
    ($($name:ident)*) => {$(
        #[test]
        #[ignore = "needs Python with NumPy"]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

subjects! { show slices stats diff convert cat archives append }

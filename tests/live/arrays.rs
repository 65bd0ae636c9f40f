//! Arrays that went through us, as the NumPy of today sees them.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::common::entry_points::Sample;
use crate::golden::calls;
use crate::manifest::entries;
use crate::python::script;

#[test]
#[ignore = "needs Python with NumPy"]
fn arrays_are_loaded_and_saved_as_numpy_does() {
    let mut lines = String::new();
    for folder in ["numpy-1.26", "numpy-2.4", "crafted"] {
        let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live").join(folder);
        std::fs::create_dir_all(&copies).unwrap();
        for entry in entries(folder).into_iter().filter(|entry| entry.start == 0) {
            let Some(calls) = calls(&entry.descr) else { continue };
            let sample = Sample::open(&entry.path);
            let copy = copies.join(entry.path.file_name().unwrap());
            (calls.resave)(&sample, &copy).unwrap_or_else(|error| panic!("{error}"));
            // What NumPy compares: the array of each entry point.
            for (name, array) in (calls.arrays)(&sample) {
                let array = array.unwrap_or_else(|error| panic!("{name}: {error}"));
                let hex: String = array.data.iter().map(|byte| format!("{byte:02x}")).collect();
                lines += &format!("{}\t{}\t{hex}\n", entry.path.display(), copy.display());
            }
        }
    }

    let mut python =
        script("arrays.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    python.stdin.take().expect("stdin is piped").write_all(lines.as_bytes()).expect("Python reads");
    let output = python.wait_with_output().expect("Python ends");
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "arrays.py failed");
    assert_eq!(answer.trim(), format!("{} arrays agree", lines.lines().count()));
}

//! What the generators call valid, NumPy loads; what they call broken, it refuses, but for what it does not look at.

use npymap::testing::{BrokenFile, Fault, ValidFile};
use proptest::arbitrary::{Arbitrary, any};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::python::script;

const FILES: usize = 1000;

/// Many values, the same in each run.
fn values<T: Arbitrary>() -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let strategy = any::<T>();
    (0..FILES).map(|_| strategy.new_tree(&mut runner).expect("a value can be made").current()).collect()
}

/// NumPy's answers.
fn answers<'a>(files: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (number, bytes) in files.enumerate() {
        std::fs::write(folder.path().join(format!("{number:06}.npy")), bytes).unwrap();
    }
    let output = script("generated.py").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
}

#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_loads_what_is_called_valid() {
    let files = values::<ValidFile>();
    let answers = answers(files.iter().map(|file| file.bytes.as_slice()));
    assert_eq!(answers.len(), FILES);
    for (file, answer) in files.iter().zip(answers) {
        let shape: Vec<String> = file.header.shape.iter().map(usize::to_string).collect();
        let data: String = file.data().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(answer, format!("ok\t{}\t{data}", shape.join(" ")), "{file:?}");
    }
}

#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_refuses_what_is_called_broken() {
    let files = values::<BrokenFile>();
    let answers = answers(files.iter().map(|file| file.bytes.as_slice()));
    assert_eq!(answers.len(), FILES);
    for (file, answer) in files.iter().zip(answers) {
        // docs/differences.md lists these.
        let passes = matches!(file.fault, Fault::Bool { .. } | Fault::CodePoint { .. } | Fault::NegativeAxis);
        assert!(passes || answer.starts_with("refused"), "{answer}: {file:?}");
    }
}

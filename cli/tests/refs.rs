//! `npymap refs`, as a user runs it. What zarr-python, xarray and Dask make of its references: `refs/tests/proof`.

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use npymap::{Compression, NpzWriter, save};
use tempfile::TempDir;

/// The command, in a folder.
fn refs(folder: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("npymap").unwrap();
    command.current_dir(folder).arg("refs").args(args).output().unwrap()
}

/// Standard error of a call that ends with 1.
fn refused(folder: &TempDir, args: &[&str]) -> String {
    let output = refs(folder, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// The references that a call writes to standard output.
fn json(folder: &TempDir, args: &[&str]) -> serde_json::Value {
    let output = refs(folder, args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Three shards, one archive of two stored arrays, and one of a deflated array.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    for number in [1i32, 2, 10] {
        save(at(&format!("x-{number}.npy")), &vec![number; 4]).unwrap();
    }
    let mut archive = NpzWriter::create(at("z.npz")).unwrap();
    archive.save("weights", &[1.0f64, 2.0]).unwrap();
    archive.save("bias", &[3.0f32]).unwrap();
    archive.finish().unwrap();
    let mut archive = NpzWriter::create(at("deflated.npz")).unwrap().compression(Compression::DEFLATED);
    archive.save("weights", &[1.0f64, 2.0]).unwrap();
    archive.finish().unwrap();
    folder
}

#[test]
fn shards_are_joined_in_their_order() {
    let folder = folder();
    let found = json(&folder, &["--array", "x=x-*.npy", "--url-prefix", "s3://bucket/run"]);
    for (place, number) in [1, 2, 10].iter().enumerate() {
        let expected = serde_json::json!([format!("s3://bucket/run/x-{number}.npy"), 128, 16]);
        assert_eq!(found["refs"][format!("x/c/{place}")], expected);
    }
    // As they are named, where they are named.
    let found = json(&folder, &["x-2.npy", "x-1.npy", "--url-prefix", "https://host/a b/"]);
    assert_eq!(found["refs"]["data/c/0"][0], "https://host/a b/x-2.npy");
    // A shell sorts by letters.
    let output = refs(&folder, &["x-1.npy", "x-10.npy", "x-2.npy"]);
    let note = "npymap: note: files are joined in the order in which they are named: x-10.npy comes before x-2.npy\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), note);
}

#[test]
fn stored_entries_are_arrays() {
    let folder = folder();
    let found = json(&folder, &["z.npz", "--url-prefix", "s3://b"]);
    let bytes = fs::read(folder.path().join("z.npz")).unwrap();
    let range = &found["refs"]["weights/c/0"];
    let start = range[1].as_u64().unwrap() as usize;
    assert_eq!(range[2], 16);
    let expected: Vec<u8> = [1.0f64, 2.0].iter().flat_map(|number| number.to_le_bytes()).collect();
    assert_eq!(bytes[start..start + 16], expected);
    assert!(found["refs"]["bias/c/0"].is_array());
    assert_eq!(
        refused(&folder, &["deflated.npz"]),
        "npymap: deflated.npz:weights: it is deflated, so that no bytes of the archive are its elements; npymap repack \
         --store makes an archive whose arrays can be read as they are\n"
    );
}

#[test]
fn no_file_is_replaced_without_force() {
    let folder = folder();
    let out = folder.path().join("refs.json");
    assert!(refs(&folder, &["x-1.npy", "-o", "refs.json"]).status.success());
    let before = fs::read(&out).unwrap();
    assert_eq!(
        refused(&folder, &["x-2.npy", "-o", "refs.json"]),
        "npymap: refs.json: it exists; --force replaces it\n"
    );
    assert_eq!(fs::read(&out).unwrap(), before);
    assert!(refs(&folder, &["x-2.npy", "-o", "refs.json", "--force"]).status.success());
    assert_ne!(fs::read(&out).unwrap(), before);
    assert!(refused(&folder, &["x-1.npy", "-o", "x-1.npy", "--force"]).contains("it is one of the files"));
    // What fails leaves nothing.
    refused(&folder, &["x-1.npy", "z.npz:weights", "none.npy", "-o", "new.json"]);
    assert!(!folder.path().join("new.json").exists());
}

#[test]
fn changed_files_are_found() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    assert!(refs(&folder, &["x-1.npy", "x-2.npy", "x-10.npy", "-o", "refs.json"]).status.success());
    let output = refs(&folder, &["--check", "refs.json"]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"refs.json: 3 files, none changed\n");
    fs::write(at("x-1.npy"), "short").unwrap();
    fs::remove_file(at("x-2.npy")).unwrap();
    let later = fs::metadata(at("x-10.npy")).unwrap().modified().unwrap() + std::time::Duration::from_secs(1);
    fs::File::options().write(true).open(at("x-10.npy")).unwrap().set_modified(later).unwrap();
    let output = refs(&folder, &["--check", "refs.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"refs.json: 3 files, 3 changed\n");
    let problems = String::from_utf8(output.stderr).unwrap();
    let expected = [
        "x-1.npy: it is shorter: 5 bytes, expected 144",
        "x-2.npy: it is missing",
        "x-10.npy: it was rewritten: modified 1 s later than expected",
    ];
    for (line, expected) in problems.lines().zip(expected) {
        assert!(line.ends_with(expected), "{line}");
    }
    fs::write(at("other.json"), "{}").unwrap();
    assert_eq!(
        refused(&folder, &["--check", "other.json"]),
        "npymap: other.json: no references of npymap: it has no 'zarr.json'\n"
    );
}

#[test]
fn usage_errors_end_with_2() {
    let folder = folder();
    for args in
        [&["x-1.npy", "--chunk", "0"][..], &["x-1.npy", "--array", "x"], &[], &["--check", "a", "--force"]]
    {
        assert_eq!(refs(&folder, args).status.code(), Some(2), "{args:?}");
    }
}

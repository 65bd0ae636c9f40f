//! Files that are no arrays, are cut off, or lie about the length of their header.

use std::fs;
use std::path::{Path, PathBuf};

use npymap::{Header, Limits, NpyFile};

use crate::common::entry_points::{Attempt, data_attempts, header_attempts, open_attempts};
use crate::entry_points::{Hostile, claim};

#[test]
fn what_is_no_array_is_named() {
    for (bytes, expected) in [
        (&b""[..], "not an npy file: it is empty"),
        (b"\x93NUM", "header is truncated: it needs 10 bytes, found 4"),
        (b"\x93NUMPY\x01\x00v\x00", "header is truncated: it needs 128 bytes, found 10"),
        (b"\x93NUMPY\x02\x00v\x00\x00", "header is truncated: it needs 12 bytes, found 11"),
        (b"\x93NUMPY\x04\x00v\x00\x00\x00", "npy format version 4.0 is not known, expected 1.0, 2.0 or 3.0"),
        (
            b"PK\x03\x04\x14\0\0\0\0\0",
            r#"not an npy file: it starts with "PK\x03\x04\x14\x00", expected "\x93NUMPY" (a zip archive: open it with NpzReader)"#,
        ),
        (
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
            r#"not an npy file: it starts with "\x1f\x8b\x08\x00\x00\x00", expected "\x93NUMPY" (gzip: decompress it first, or while it is read)"#,
        ),
        (
            b"\x80\x04\x95\x05\0\0\0\0\0\0\0]\x94.",
            r#"not an npy file: it starts with "\x80\x04\x95\x05\x00\x00", expected "\x93NUMPY" (a Python pickle: it is never read because unpickling runs code; np.save the array in Python)"#,
        ),
        (
            b"\n<!DOCTYPE html>\n<html><title>404</title></html>\n",
            r#"not an npy file: it starts with "\n<!DOC", expected "\x93NUMPY" (an HTML page: the download gave a web page instead of the file)"#,
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:01\nsize 152\n",
            r#"not an npy file: it starts with "versio", expected "\x93NUMPY" (a Git LFS pointer: run 'git lfs pull' to get the file itself)"#,
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            r#"not an npy file: it starts with "\x89PNG\r\n", expected "\x93NUMPY" (a PNG image)"#,
        ),
        (b"0.5 0.25\n1 2\n", r#"not an npy file: it starts with "0.5 0.", expected "\x93NUMPY""#),
    ] {
        let file = Hostile::new(bytes);
        file.assert_refused(&data_attempts(), expected);
        file.assert_refused(&header_attempts(), expected);
    }
}

#[test]
fn a_header_may_not_lie_about_its_length() {
    let text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }\n";
    for (version, len, characters, needed) in [
        (1, 65_535, 65_535, 65_545u64),
        (2, u32::MAX, 4_294_967_295u64, 4_294_967_307),
        (3, u32::MAX, 1_073_741_824, 4_294_967_307),
    ] {
        let file = Hostile::new(&claim(version, len, text));
        let expected = format!(
            "header has {characters} characters, the limit is 10000; raise Limits::header_chars to read it"
        );
        file.assert_refused(&data_attempts(), &expected);
        file.assert_refused(&header_attempts(), &expected);
        if usize::try_from(needed).is_err() {
            continue;
        }
        // Without a limit the memory follows the bytes all the same.
        let expected = format!("header is truncated: it needs {needed} bytes, found {}", file.bytes.len());
        let highest = Limits::highest();
        let attempts: [(_, Attempt); 4] = [
            ("parse_with", Box::new(move |file| Header::parse_with(&file.bytes, &highest).map(drop))),
            (
                "read_from_with",
                Box::new(move |file| Header::read_from_with(file.bytes.as_slice(), &highest).map(drop)),
            ),
            ("open_with", Box::new(move |file| NpyFile::open_with(&file.path, &highest).map(drop))),
            ("new_with", Box::new(move |file| NpyFile::new_with(&file.bytes, &highest).map(drop))),
        ];
        file.assert_refused(&attempts, &expected);
    }
}

#[test]
fn every_prefix_of_a_file_is_an_error() {
    for path in golden_files() {
        let bytes = fs::read(&path).unwrap();
        let (header, data_offset) = Header::parse(&bytes).unwrap();
        for len in 0..data_offset as usize {
            Header::parse(&bytes[..len]).unwrap_err();
            Header::read_from(&bytes[..len]).unwrap_err();
        }
        if header.dtype.has_object() {
            continue;
        }
        let needed = header.nbytes().unwrap();
        let mut cut = Hostile::new(&bytes);
        let attempts = open_attempts();
        for len in (0..needed).rev() {
            cut.cut(data_offset as usize + len);
            for (name, open) in &attempts {
                let (message, _) = cut.refusal(name, open);
                let expected = format!("needs {needed} bytes, found {len}");
                assert!(message.ends_with(&expected), "{}: {message}", path.display());
            }
        }
    }
}

fn golden_files() -> Vec<PathBuf> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files: Vec<_> = ["crafted", "numpy-1.26", "numpy-2.4"]
        .iter()
        .flat_map(|folder| fs::read_dir(testdata.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            // An array that memory cannot address where sizes have 32 bits.
            let is_too_large = usize::BITS < 64 && name == "shape-0x1234567890.npy";
            name.ends_with(".npy") && !name.starts_with("x-") && !is_too_large
        })
        .collect();
    files.sort();
    assert!(files.len() > 100);
    files
}

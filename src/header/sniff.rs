//! What a file that is not NumPy's may be.

use super::MAGIC;

/// Starts of files that are taken for `.npy`, with what to do about each.
const KNOWN: [(&[u8], &str); 15] = [
    (b"PK\x03\x04", "a zip archive: open it with NpzReader"),
    (b"PK\x05\x06", "an empty zip archive: open it with NpzReader"),
    (b"\x1f\x8b", "gzip: decompress it first, or while it is read"),
    (b"BZh", "bzip2: decompress it first, or while it is read"),
    (b"\xfd7zXZ\0", "xz: decompress it first, or while it is read"),
    (b"\x28\xb5\x2f\xfd", "Zstandard: decompress it first, or while it is read"),
    (b"version https://git-lfs", "a Git LFS pointer: run 'git lfs pull' to get the file itself"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"MATLAB", "a MATLAB file"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG image"),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
];

/// A file that is taken for something else.
const NPY: (&[u8], &str) = (MAGIC, "a .npy file: open it with load or NpyFile");

const PICKLE: &str =
    "a Python pickle: it is never read because unpickling runs code; np.save the array in Python";

/// Starts of web pages, in any case and after any blanks.
const HTML: [&[u8]; 2] = [b"<!doctype html", b"<html"];

/// Bytes that tell every kind of file that is known here, but for web pages after many blanks.
pub(super) const TELLING: usize = 64;

/// Whether `bytes` are the start of a kind of file that takes more bytes to tell.
pub(super) fn is_undecided(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    KNOWN.iter().any(|(magic, _)| magic.len() > bytes.len() && magic.starts_with(bytes))
        || HTML.iter().any(|word| {
            text.len() < word.len()
                && word.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
        })
}

/// What `bytes` start with instead of `expected`, and what kind of file that is where it is known.
pub(crate) fn describe_start(bytes: &[u8], expected: &[u8]) -> String {
    if bytes.is_empty() {
        return "it is empty".to_string();
    }
    let start = bytes.get(..6).unwrap_or(bytes);
    let known = KNOWN
        .iter()
        .chain([&NPY])
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, name)| *name)
        .or_else(|| {
            let text = bytes.trim_ascii_start();
            let starts_with =
                |word: &&[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            HTML.iter()
                .any(starts_with)
                .then_some("an HTML page: the download gave a web page instead of the file")
        });
    let (start, expected) = (start.escape_ascii(), expected.escape_ascii());
    match known {
        Some(known) => format!("it starts with \"{start}\", expected \"{expected}\" ({known})"),
        None => format!("it starts with \"{start}\", expected \"{expected}\""),
    }
}

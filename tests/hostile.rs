//! Files that lie, are cut off, or are no arrays: each gives an error that says so, before memory is taken.
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

use std::fs;
use std::path::{Path, PathBuf};

use npymap::{
    DType, Error, Field, Header, Limits, NpyFile, NpyMap, NpyMapMut, NpyReader, PrintOptions, Structured,
    Subarray,
};
use tempfile::TempDir;

/// What a refusal may cost. The least result is larger than any of these files.
const PEAK_MOST: u64 = 64 * 1024;

/// A folder with one file, which is asked for through every door.
struct Hostile {
    _folder: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
}

type Door = (&'static str, fn(&Hostile) -> Result<(), Error>);

/// The doors that read a header only.
const HEADER_DOORS: [Door; 3] = [
    ("Header::parse", |file| Header::parse(&file.bytes).map(drop)),
    ("Header::read_from", |file| Header::read_from(file.bytes.as_slice()).map(drop)),
    ("NpyReader::new", |file| NpyReader::new(file.bytes.as_slice()).map(drop)),
];

/// The doors that read the data, or see to it that they are there.
const DATA_DOORS: &[Door] = &[
    #[cfg(feature = "ndarray")]
    ("load", |file| npymap::load::<f64, ndarray::IxDyn>(&file.path).map(drop)),
    ("NpyFile::open", |file| NpyFile::open(&file.path).map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMap::open", |file| unsafe { NpyMap::open(&file.path) }.map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMapMut::open", |file| unsafe { NpyMapMut::open(&file.path) }.map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMapMut::open_copy", |file| unsafe { NpyMapMut::open_copy(&file.path) }.map(drop)),
    ("NpyReader::read_vec", |file| NpyReader::new(file.bytes.as_slice())?.read_vec::<f64>().map(drop)),
    ("NpyReader::preview", |file| {
        NpyReader::new(file.bytes.as_slice())?.preview(&PrintOptions::default()).map(drop)
    }),
];

impl Hostile {
    fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hostile.npy");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path, bytes: bytes.to_vec() }
    }

    /// What goes wrong at `door`, without the path, and the most memory that was in use at a time.
    fn refusal(&self, (name, open): Door) -> (String, u64) {
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(open(self)));
        let error = result.unwrap().expect_err(name).to_string();
        let path = format!("{}: ", self.path.display());
        (error.strip_prefix(&path).unwrap_or(&error).to_string(), memory.bytes_max)
    }

    #[track_caller]
    fn assert_refused(&self, doors: &[Door], expected: &str) {
        for door in doors {
            let (message, peak) = self.refusal(*door);
            assert_eq!(message, expected, "{}", door.0);
            assert!(peak < PEAK_MOST, "{} took {peak} bytes", door.0);
        }
    }
}

/// A file of format version 1.0, without padding.
fn version_1(text: &str, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap();
    [b"\x93NUMPY\x01\x00", len.to_le_bytes().as_slice(), text.as_bytes(), data].concat()
}

/// A header of that format version which claims a text of `len` bytes.
fn claim(version: u8, len: u32, text: &[u8]) -> Vec<u8> {
    let len = len.to_le_bytes();
    let len = if version == 1 { &len[..2] } else { &len[..] };
    [b"\x93NUMPY", [version, 0].as_slice(), len, text].concat()
}

fn shaped(descr: &str, shape: &str) -> Vec<u8> {
    version_1(&format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n"), &[])
}

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
            r#"not an npy file: it starts with "\x1f\x8b\x08\x00\x00\x00", expected "\x93NUMPY" (gzip: decompress it first, or read through a decompressor with NpyReader)"#,
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
        file.assert_refused(DATA_DOORS, expected);
        file.assert_refused(&HEADER_DOORS, expected);
    }
}

#[test]
fn claimed_data_must_be_there() {
    // 140 bytes that claim 8 TB: as elements, as their size, and as both.
    let claims = [
        (
            "'<f8'",
            "(1000000000000,)",
            "data is truncated: shape (1000000000000,) of '<f8' needs 8000000000000 bytes, found 12",
        ),
        ("'<f8'", "(2, 6)", "data is truncated: shape (2, 6) of '<f8' needs 96 bytes, found 12"),
        (
            "'<f8'",
            "(6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6)",
            "data is truncated: shape (6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6) of '<f8' needs 17414258688 bytes, found 12",
        ),
    ];
    for (descr, shape, expected) in claims {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
        let file = Hostile::new(&version_1(&format!("{text:117}\n"), &[0; 12]));
        assert_eq!(file.bytes.len(), 140);
        file.assert_refused(DATA_DOORS, expected);
    }
    // One element of 2 GB, which only the doors that take any dtype can be asked for.
    let text = "{'descr': '|V2147483647', 'fortran_order': False, 'shape': (), }";
    let file = Hostile::new(&version_1(&format!("{text:117}\n"), &[0; 12]));
    let any_dtype = DATA_DOORS.iter().filter(|(name, _)| name.contains("open") || name.contains("preview"));
    file.assert_refused(
        &any_dtype.copied().collect::<Vec<_>>(),
        "data is truncated: shape () of '|V2147483647' needs 2147483647 bytes, found 12",
    );
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
        file.assert_refused(DATA_DOORS, &expected);
        file.assert_refused(&HEADER_DOORS, &expected);
        // Without a limit the memory follows the bytes all the same.
        let expected = format!("header is truncated: it needs {needed} bytes, found {}", file.bytes.len());
        file.assert_refused(
            &[
                ("parse_with", |file| Header::parse_with(&file.bytes, &unlimited()).map(drop)),
                ("read_from_with", |file| {
                    Header::read_from_with(file.bytes.as_slice(), &unlimited()).map(drop)
                }),
                ("open_with", |file| NpyFile::open_with(&file.path, &unlimited()).map(drop)),
            ],
            &expected,
        );
    }
}

fn unlimited() -> Limits {
    Limits::default().header_chars(usize::MAX).nesting(usize::MAX)
}

#[test]
fn shapes_beyond_memory_are_refused() {
    let many = |axis: &str, count: usize| format!("({})", vec![axis; count].join(", "));
    for (descr, shape, reason) in [
        ("'|u1'", "(9223372036854775808,)".to_string(), "an axis is larger than memory can be"),
        ("'|u1'", "(18446744073709551616,)".to_string(), "an axis is larger than memory can be"),
        ("'|u1'", "(-1,)".to_string(), "an axis is negative"),
        // Products that wrap: to 0, and to 8.
        ("'|u1'", many("4294967296", 2), "it has more bytes than memory can address"),
        ("'<f8'", "(2305843009213693953,)".to_string(), "it has more bytes than memory can address"),
        // A zero axis does not excuse the others, wherever it stands.
        ("'|u1'", "(0, 4294967296, 4294967296)".to_string(), "it has more bytes than memory can address"),
        ("'|u1'", "(4294967296, 4294967296, 0)".to_string(), "it has more bytes than memory can address"),
        ("'|V0'", many("4294967296", 2), "it has more bytes than memory can address"),
        ("'|u1'", many("1", 65), "it has more than 64 axes"),
        ("('|u1', (1,))", many("1", 64), "it has more than 64 axes"),
    ] {
        let file = Hostile::new(&shaped(descr, &shape));
        let expected = format!("shape {} is invalid: {reason}", cut(&shape, reason));
        file.assert_refused(&HEADER_DOORS, &expected);
        file.assert_refused(DATA_DOORS, &expected);
    }
    for shape in [many("1", 64), many("0", 64)] {
        Header::parse(&shaped("'|u1'", &shape)).unwrap();
    }
}

/// A shape whose axes cannot be told is shown by its first 40 bytes.
fn cut(shape: &str, reason: &str) -> String {
    let shown = if reason.starts_with("an axis") { 40 } else { shape.len() };
    shape[..shape.len().min(shown)].to_string()
}

#[test]
fn brackets_are_refused_in_linear_time_and_without_the_stack() {
    let deepest = Limits::NESTING_MOST;
    let [parentheses, brackets, braces] = ["(", "[", "{"];
    for open in [parentheses, brackets, braces, "('a',", "[('a',", "{0:", "-", "b'' ("] {
        // An exponential parser would not come back from 63.
        for count in [1, 24, 63, Limits::NESTING, deepest, 10_000, 1_000_000] {
            let text = open.repeat(count);
            for version in [1, 2, 3] {
                let Ok(len) = u32::try_from(text.len()) else { continue };
                if version == 1 && len > u32::from(u16::MAX) {
                    continue;
                }
                let bytes = claim(version, len, text.as_bytes());
                for limits in [unlimited(), unlimited().nesting(Limits::NESTING), Limits::default()] {
                    let error = Header::parse_with(&bytes, &limits).expect_err(open);
                    assert!(matches!(error, Error::Format { .. } | Error::Limit { .. }), "{error}");
                }
            }
        }
    }
    // Header text starts at byte 12 in version 2.
    let text = "[".repeat(1_000_000);
    let bytes = claim(2, 1_000_000, text.as_bytes());
    let message = |limits| Header::parse_with(&bytes, &limits).unwrap_err().to_string();
    assert_eq!(
        message(unlimited().nesting(200)),
        "brackets are nested deeper than 200 at byte 212; raise Limits::nesting to read it"
    );
    assert_eq!(
        message(unlimited()),
        "brackets are nested deeper than 400 at byte 412; raise Limits::nesting to read it"
    );
}

#[test]
fn the_deepest_dtypes_are_handled_on_the_stack_of_a_thread() {
    // The dictionary is one bracket, a record two.
    let records = (Limits::NESTING_MOST - 1) / 2;
    let subarrays = Header::NDIM_MOST;
    for text in [
        format!("{}'<f8'{}", "[('a',".repeat(records), ")]".repeat(records)),
        format!("{}'<f8'{}", "(".repeat(subarrays), ",(1,))".repeat(subarrays)),
        // Python 2's longs take another way.
        format!("{}'<f8'{}", "[('a',".repeat(records), ",1L)]".repeat(records)),
    ] {
        let text = format!("{{'descr': {text}, 'fortran_order': False, 'shape': (), }}");
        let bytes = claim(2, u32::try_from(text.len()).unwrap(), text.as_bytes());
        let (header, _) = Header::parse_with(&bytes, &unlimited()).unwrap();
        let again = header.clone();
        assert_eq!(header, again);
        assert!(!header.dtype.to_string().is_empty());
        assert!(!header.encode().is_empty());
        assert!(header.dtype.alignment() > 0);
        assert!(!header.dtype.has_object());
    }
}

#[test]
fn a_dtype_may_be_made_as_deep_as_memory_allows() {
    let mut dtype: DType = "<f8".parse().unwrap();
    for _ in 0..Limits::NESTING_MOST {
        let field = Field::new("a", 0, dtype);
        dtype = Structured::new(vec![field], 8).unwrap().into();
        dtype = Subarray::new(dtype, [1]).unwrap().into();
    }
    assert_eq!(dtype.itemsize(), 8);
}

#[test]
fn every_prefix_of_a_file_is_an_error() {
    for path in golden_files() {
        let bytes = fs::read(&path).unwrap();
        let (header, data_offset) = Header::parse(&bytes).unwrap();
        for len in 0..data_offset {
            Header::parse(&bytes[..len]).unwrap_err();
            Header::read_from(&bytes[..len]).unwrap_err();
        }
        if header.dtype.has_object() {
            continue;
        }
        let needed = header.nbytes().unwrap();
        let cut = Hostile::new(&bytes);
        let file = fs::File::options().write(true).open(&cut.path).unwrap();
        for len in (0..needed).rev() {
            file.set_len((data_offset + len) as u64).unwrap();
            for door in DATA_DOORS.iter().filter(|(name, _)| name.contains("open")) {
                let (message, _) = cut.refusal(*door);
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
            name.ends_with(".npy") && !name.starts_with("x-")
        })
        .collect();
    files.sort();
    assert!(files.len() > 100);
    files
}

/// Elements without bytes are as many as a header claims; printing them is refused before it begins.
#[test]
fn a_preview_of_nothing_ends() {
    let options = npymap::PrintOptions::default();
    for (descr, shape) in [
        ("'|V0'", format!("({})", "2, ".repeat(40))),
        ("'<U0'", format!("({})", "3, ".repeat(30))),
        ("[]", format!("({})", "2, ".repeat(50))),
        ("[('a', '<f4', (1000000000, 0))]", "(1,)".to_string()),
        ("[('a', '<f4', (1000000000, 0)), ('b', 'i1')]", "(1,)".to_string()),
        ("[('a', [], (2147483647,))]", "(3,)".to_string()),
    ] {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n");
        let mut bytes = claim(1, text.len() as u32, text.as_bytes());
        bytes.push(0);
        let error = NpyReader::new(bytes.as_slice()).unwrap().preview(&options).unwrap_err();
        assert!(matches!(error, Error::Limit { .. }), "{descr}: {error}");
    }
    // A thousand of them are printed.
    let bytes = Header::new("V0".parse().unwrap(), [1000]).encode();
    assert!(NpyReader::new(bytes.as_slice()).unwrap().preview(&options).is_ok());
}

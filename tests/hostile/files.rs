//! The files of `testdata/hostile`, each through every entry point.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use npymap::{DType, Header, NpyFile, NpyMap, NpyReader, PrintOptions, Unicode};

use crate::common::entry_points::{data_attempts, header_attempts, open_attempts, previews, read_attempts};
use crate::entry_points::{Hostile, fits};

/// Whose header is refused.
const HEADERS: &[(&str, &str)] = &[
    ("axes-3000", "shape (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... is invalid: it has more than 64 axes"),
    ("axes-65", "shape (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... is invalid: it has more than 64 axes"),
    (
        "axes-by-subarray",
        "shape (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... is invalid: it has more than 64 axes",
    ),
    ("axis-minus-one", "shape (-1,) is invalid: an axis is negative"),
    ("axis-negative", "shape (2, -9223372036854775808) is invalid: an axis is negative"),
    (
        "axis-of-4000-digits",
        "shape (999999999999999999999999999999999999999... is invalid: an axis is larger than memory can be",
    ),
    ("axis-of-64-bits", "shape (9223372036854775808,) is invalid: an axis is larger than memory can be"),
    (
        "beyond-unicode",
        r#"header is invalid at byte 24: found "U00110000", expected a character up to \U0010ffff"#,
    ),
    ("braces", "brackets are nested deeper than 200 at byte 212; raise Limits::nesting to read it"),
    ("brackets", "brackets are nested deeper than 200 at byte 210; raise Limits::nesting to read it"),
    ("byte-order-mark", r#"header is invalid at byte 12: found "\u{feff}", expected a value"#),
    ("call", r#"header is invalid at byte 20: found "__import__", expected a value"#),
    (
        "comma-string-wraps",
        "dtype 'i1,V2147483647' is invalid: an element has at most 2147483647 bytes (byte 20)",
    ),
    ("comprehension", r#"header is invalid at byte 60: found "tuple", expected a value"#),
    ("dictionaries", "brackets are nested deeper than 200 at byte 610; raise Limits::nesting to read it"),
    ("divided-by-zero", "dtype '<M8[s/0]' is invalid: the divisor of a unit is zero (byte 20)"),
    ("f-string", r#"header is invalid at byte 20: found "f", expected a value"#),
    (
        "header-of-10001",
        "header has 10001 characters, the limit is 10000; raise Limits::header_chars to read it",
    ),
    (
        "header-of-4-gb",
        "header has 4294967295 characters, the limit is 10000; raise Limits::header_chars to read it",
    ),
    (
        "header-of-4-gb-in-utf-8",
        "header has 1073741824 characters, the limit is 10000; raise Limits::header_chars to read it",
    ),
    (
        "header-of-65535",
        "header has 65535 characters, the limit is 10000; raise Limits::header_chars to read it",
    ),
    ("header-of-blanks", "header is invalid at byte 9010: found the end, expected a value"),
    ("header-of-nothing", "header is invalid at byte 10: found the end, expected a value"),
    ("header-one-byte-less", "header is invalid at byte 66: found the end, expected a value"),
    ("header-one-byte-more", "header is truncated: it needs 69 bytes, found 68"),
    ("lambda", r#"header is invalid at byte 21: found "lambda", expected a value"#),
    ("nul-behind", r#"header is invalid at byte 67: found "\0", expected the end"#),
    ("nul-in-dtype", r#"dtype '<f8\x00' is invalid: NumPy has no such type (byte 20)"#),
    ("parentheses", "brackets are nested deeper than 200 at byte 210; raise Limits::nesting to read it"),
    ("parentheses-closed", r#"header is invalid at byte 58: found "x", expected the end"#),
    (
        "pickle-alone",
        r#"not an npy file: it starts with "\x80\x02cpos", expected "\x93NUMPY" (a Python pickle: it is never read because unpickling runs code; np.save the array in Python)"#,
    ),
    ("power", r#"header is invalid at byte 62: found "*", expected ',' or ')'"#),
    (
        "product-behind-zero",
        "shape (0, 4294967296, 4294967296) is invalid: it has more bytes than memory can address",
    ),
    (
        "product-of-nothing",
        "shape (4294967296, 4294967296) is invalid: it has more bytes than memory can address",
    ),
    (
        "product-wraps-to-eight",
        "shape (2305843009213693953,) is invalid: it has more bytes than memory can address",
    ),
    (
        "product-wraps-to-zero",
        "shape (4294967296, 4294967296) is invalid: it has more bytes than memory can address",
    ),
    (
        "record-larger-than-an-int",
        "dtype [('a', '|V2147483647'), ('b', '|V2147483... is invalid: a record is larger than 2147483647 bytes (byte 20)",
    ),
    (
        "records-within-records",
        "brackets are nested deeper than 200 at byte 714; raise Limits::nesting to read it",
    ),
    ("repeated-string", r#"header is invalid at byte 26: found "*", expected ',' or '}'"#),
    (
        "same-name-in-300",
        "dtype [('a', '|u1'), ('a', '|u1'), ('a', '|u1'... is invalid: a name or title is used twice (byte 20)",
    ),
    (
        "same-name-twice",
        "dtype [('a', '<f4'), ('a', '<f4')] is invalid: a name or title is used twice (byte 20)",
    ),
    ("signs", r#"header is invalid at byte 11: found "-", expected a value"#),
    ("string-not-closed", "header is invalid at byte 524: found the end, expected a closing quote"),
    (
        "subarray-wraps",
        "dtype (65536, 65536) is invalid: a subarray has over 64 axes or is larger than 2147483647 bytes (byte 34)",
    ),
    (
        "surrogate",
        r#"header is invalid at byte 24: found "ud800", expected a character that is no surrogate"#,
    ),
    (
        "title-is-a-name",
        "dtype [(('b', 'a'), '<f4'), ('b', '<f4')] is invalid: a name or title is used twice (byte 20)",
    ),
    (
        "unit-wraps",
        "dtype '<M8[4294967297s]' is invalid: the multiple of a unit lies between 0 and 2147483647 (byte 20)",
    ),
    (
        "unknown-key-of-9000",
        "header has the unknown key 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk... at byte 11, expected 'descr', 'fortran_order' and 'shape'",
    ),
    ("utf-16", r#"header is invalid at byte 11: found "\0", expected a value"#),
    (
        "utf-8-cut",
        "header is invalid at byte 70: found bytes that are not UTF-8, expected UTF-8 text in format version 3.0",
    ),
    (
        "utf-8-surrogate",
        "header is invalid at byte 25: found bytes that are not UTF-8, expected UTF-8 text in format version 3.0",
    ),
    (
        "utf-8-too-long",
        "header is invalid at byte 25: found bytes that are not UTF-8, expected UTF-8 text in format version 3.0",
    ),
];

/// Whose data are not there.
const DATA: &[(&str, &str)] = &[
    ("claims-8-tb", "data is truncated: shape (1000000000000,) of '<f8' needs 8000000000000 bytes, found 16"),
    (
        "claims-an-element-of-2-gb",
        "data is truncated: shape () of '|V2147483647' needs 2147483647 bytes, found 16",
    ),
    (
        "claims-by-many-axes",
        "data is truncated: shape (6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6) of '<f8' needs 17414258688 bytes, found 16",
    ),
    ("claims-one-byte-more", "data is truncated: shape (2,) of '<f8' needs 16 bytes, found 15"),
];

/// Whose data are never read.
const OBJECTS: &[&str] = &["objects-in-a-record", "pickle"];

/// Whose elements mean nothing.
const ELEMENTS: &[&str] = &["beyond-unicode-in-data", "bool-2", "surrogate-in-data"];

/// Which are sound.
const SOUND: &[&str] = &[
    "comments",
    "control-characters",
    "elements-without-bytes",
    "fields-2000",
    "fields-without-bytes",
    "keys-300-times",
    "name-with-dots",
    "right-to-left",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/hostile/{name}.npy"))
}

fn hostile(name: &str) -> Hostile {
    Hostile::new(&fs::read(path(name)).unwrap())
}

#[test]
fn every_file_is_tested() {
    let folder = fs::read_dir(path("x").parent().unwrap()).unwrap();
    let files = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        files.filter_map(|name| name.strip_suffix(".npy").map(str::to_string)).collect();
    let refused = HEADERS.iter().chain(DATA).map(|(name, _)| *name);
    let tested = refused.chain([OBJECTS, ELEMENTS, SOUND].into_iter().flatten().copied());
    assert_eq!(files, tested.map(str::to_string).collect());
}

#[test]
fn headers_are_refused_by_every_door() {
    for (name, expected) in HEADERS.iter().filter(|(_, expected)| fits(expected)) {
        let file = hostile(name);
        file.assert_refused(&header_attempts(), expected);
        file.assert_refused(&data_attempts(), expected);
    }
}

#[test]
fn missing_data_are_missed_by_every_entry_point() {
    for (name, expected) in DATA.iter().filter(|(_, expected)| fits(expected)) {
        let file = hostile(name);
        file.assert_refused(&open_attempts(), expected);
        file.assert_refused(&previews(), expected);
        for (entry_point, read) in read_attempts() {
            // One for another type says so first.
            let (message, peak) = file.refusal(entry_point, &read);
            assert!(message == *expected || message.contains("cannot be read as f64"), "{name}: {message}");
            assert!(peak < crate::entry_points::MAX_PEAK, "{name}: {entry_point} took {peak} bytes");
        }
    }
}

#[test]
fn objects_are_named_and_never_read() {
    for name in OBJECTS {
        let file = hostile(name);
        assert!(NpyFile::open(&file.path).unwrap().header().dtype.has_object());
        let viewed =
            open_attempts().into_iter().filter(|(name, _)| name.contains("Map") || name.contains("View"));
        for (name, read) in viewed.chain(previews()).chain(read_attempts()) {
            let (message, _) = file.refusal(name, &read);
            assert!(message.contains("holds pickled Python objects, which are never read"), "{message}");
        }
    }
}

#[test]
fn elements_without_a_meaning_are_refused() {
    // SAFETY: nobody changes the file meanwhile.
    let map = |file: &Hostile| unsafe { NpyMap::open(&file.path) }.unwrap();
    let bools = hostile("bool-2");
    let expected = "element 15 (byte 84) is 0x02, expected 0x00 or 0x01 for dtype '|b1'";
    let read = NpyReader::new(bools.bytes.as_slice()).unwrap().read_vec::<bool>();
    assert_eq!(read.unwrap_err().to_string(), expected);
    let found = NpyFile::open(&bools.path).unwrap().read_vec::<bool>().unwrap_err().to_string();
    assert!(found.ends_with(expected), "{found}");
    assert!(map(&bools).as_slice::<bool>().unwrap_err().to_string().ends_with(expected));

    for (name, found) in [("beyond-unicode-in-data", "0x00110000"), ("surrogate-in-data", "0x0000d800")] {
        let texts = hostile(name);
        let read = NpyReader::new(texts.bytes.as_slice()).unwrap().read_vec::<Unicode<1>>();
        let message = read.unwrap_err().to_string();
        assert!(message.starts_with(&format!("element 3 (byte 80) is {found}, expected ")), "{message}");
        let from_file = NpyFile::open(&texts.path).unwrap().read_vec::<Unicode<1>>().unwrap_err().to_string();
        assert!(from_file.ends_with(&message), "{from_file}");
        assert!(map(&texts).as_slice::<Unicode<1>>().is_err());
    }
}

#[test]
fn what_is_sound_is_read_at_the_cost_of_its_bytes() {
    for name in SOUND {
        let file = hostile(name);
        if !fits(&String::from_utf8_lossy(&file.bytes)) {
            continue;
        }
        let mut header = None;
        let memory = allocation_counter::measure(|| header = Some(Header::parse(&file.bytes).unwrap().0));
        // A field of two characters, such as the 2,000 of one file, takes a name and a place.
        let most = 16 * 1024 + 256 * file.bytes.len() as u64;
        assert!(memory.bytes_max < most, "{name} took {} bytes", memory.bytes_max);
        let header = header.unwrap();
        assert_eq!(NpyFile::open(&file.path).unwrap().header(), &header);
        // SAFETY: nobody changes the file meanwhile.
        let map = unsafe { NpyMap::open(&file.path) }.unwrap();
        assert_eq!(Some(map.as_bytes().len()), header.nbytes());
    }
}

/// Names are text from the file: what prints them must not let them command a terminal.
#[test]
fn names_are_escaped_wherever_they_are_shown() {
    let file = hostile("control-characters");
    let opened = NpyFile::open(&file.path).unwrap();
    let DType::Structured(record) = &opened.header().dtype else { panic!("it is a record") };
    assert_eq!(record.fields()[0].name(), "\x1b[2J\x1b]0;x\x07");
    let shown = [
        opened.header().dtype.to_string(),
        opened.header().dtype.descr().unwrap(),
        opened.read_vec::<f64>().unwrap_err().to_string(),
        opened.preview(&PrintOptions::default()).unwrap().to_string(),
        format!("{:?}", opened.header()),
        #[cfg(feature = "ndarray")]
        {
            // SAFETY: nobody changes the file meanwhile.
            let map = unsafe { NpyMap::open(&file.path) }.unwrap();
            map.field::<f64, ndarray::Ix1>("\x1b[31m").unwrap_err().to_string()
        },
    ];
    for text in shown {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[cfg_attr(not(target_pointer_width = "64"), ignore = "sizes have 32 bits here")]
#[test]
fn elements_without_bytes_take_no_memory() {
    let file = hostile("elements-without-bytes");
    let memory = allocation_counter::measure(|| {
        let preview = NpyFile::open(&file.path).unwrap().preview(&PrintOptions::default()).unwrap();
        assert_eq!(preview.to_string(), "[b'' b'' b'' ... b'' b'' b'']");
    });
    assert!(memory.bytes_max < crate::entry_points::MAX_PEAK, "{} bytes", memory.bytes_max);
    let error = hostile("fields-without-bytes");
    let error =
        NpyFile::open(&error.path).unwrap().preview(&PrintOptions::default()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "the preview has 2000000004 values, of which the file holds few or no bytes; the limit is 1000016"
        ),
        "{error}"
    );
}

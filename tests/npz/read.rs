//! What archives hold comes back, whoever wrote them.

use std::fs;

use ndarray::{Array1, Ix1};
use npymap::{Compression, Error, Limits, NpzOptions, NpzReader};
use zip::CompressionMethod;

use crate::{common::temporary_file, find, message, npy, numbers, sample, zipped};

const METHODS: [CompressionMethod; 2] = [CompressionMethod::Stored, CompressionMethod::Deflated];

#[test]
fn the_full_name_wins_and_others_come_back_as_bytes() {
    for method in METHODS {
        let path = zipped(
            method,
            &[("x.npy", &npy(&[1.0])), ("x", &npy(&[2.0])), ("y.npy.npy", &npy(&[3.0])), ("a.txt", b"text")],
        );
        let archive = NpzReader::open(&path).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["x", "x", "y.npy", "a.txt"]);
        let load = |name| archive.load_vec::<f64>(name).unwrap();
        assert_eq!(
            [load("x"), load("x.npy"), load("y.npy"), load("y.npy.npy")].concat(),
            [2.0, 1.0, 3.0, 3.0]
        );
        assert_eq!(archive.bytes("a.txt").unwrap(), b"text");
        assert_eq!(archive.bytes("y.npy").unwrap(), npy(&[3.0]));
        let all: Vec<(String, Array1<f64>)> = archive.load_all().unwrap();
        let found: Vec<(&str, f64)> = all.iter().map(|(name, array)| (name.as_str(), array[0])).collect();
        assert_eq!(found, [("x.npy", 1.0), ("x", 2.0), ("y.npy", 3.0)]);
        for name in ["x", "y.npy", "a.txt"] {
            archive.verify(name).unwrap();
        }
    }
}

#[test]
fn the_last_of_one_name_wins() {
    let path = zipped(CompressionMethod::Stored, &[("a.npy", &npy(&[1.0])), ("b.npy", &npy(&[2.0]))]);
    let mut bytes = fs::read(&path).unwrap();
    while let Some(at) = bytes.windows(5).position(|window| window == b"b.npy") {
        bytes[at] = b'a';
    }
    fs::write(&path, bytes).unwrap();
    assert_eq!(NpzReader::open(&path).unwrap().load_vec::<f64>("a").unwrap(), [2.0]);
}

#[test]
fn entries_say_what_and_where_they_are() {
    let path = sample(Compression::Stored);
    let archive = NpzReader::open(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let entries: Vec<_> = archive.entries().map(Result::unwrap).collect();
    assert_eq!(entries.iter().map(|entry| entry.name()).collect::<Vec<_>>(), ["x", "y", "notes.txt"]);
    for entry in &entries {
        let start = entry.data_offset() as usize;
        let data = &bytes[start..start + entry.size() as usize];
        assert_eq!(data, archive.bytes(entry.full_name()).unwrap());
        assert_eq!((entry.method().as_str(), entry.is_mappable(), start % 64), ("stored", true, 0));
        assert_eq!(entry.size(), entry.compressed_size());
        assert_ne!(entry.crc32(), 0);
    }
    let path = sample(Compression::DEFLATED);
    let archive = NpzReader::open(&path).unwrap();
    let entry = archive.entries().next().unwrap().unwrap();
    assert_eq!((entry.method().as_str(), entry.is_mappable(), entry.size()), ("deflated", false, 800_128));
    assert!(entry.compressed_size() < 100_000);
}

#[test]
fn an_archive_may_have_a_comment_and_descriptors() {
    let path = temporary_file();
    // A stream cannot be corrected: sizes and checksums stand behind the data.
    let mut writer = zip::ZipWriter::new_stream(fs::File::create(&path).unwrap());
    for method in METHODS {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(format!("{method}.npy"), options).unwrap();
        std::io::Write::write_all(&mut writer, &npy(&numbers())).unwrap();
    }
    writer.set_comment("PK\u{5}\u{6} is no end").unwrap();
    writer.finish().unwrap();
    let archive = NpzReader::open(&path).unwrap();
    for method in METHODS {
        assert!(archive.load_vec::<f64>(&method.to_string()).unwrap() == numbers());
    }
}

#[test]
fn damage_is_found_unless_nobody_looks() {
    let path = sample(Compression::Stored);
    let mut bytes = fs::read(&path).unwrap();
    let at = find(&bytes, b"\x93NUMPY") + 128 + 8;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let archive = NpzReader::open(&path).unwrap();
    let error = archive.load::<f64, Ix1>("x").unwrap_err();
    assert!(matches!(error, Error::Format { .. }));
    let found = message(&error, &path);
    assert!(
        found.starts_with("x: checksum is ") && found.ends_with("the entry was damaged after it was written")
    );
    assert_eq!(message(&archive.verify("x").unwrap_err(), &path), found);
    assert_eq!(message(&archive.bytes("x").unwrap_err(), &path), found);
    assert!(archive.verify("y").is_ok());
    let unchecked = NpzOptions::new().verify(false).open(&path).unwrap();
    assert!(unchecked.load::<f64, Ix1>("x").unwrap()[1] != 0.125);
    assert!(unchecked.verify("x").is_err());
}

#[test]
fn limits_are_told_and_can_be_raised() {
    let path = sample(Compression::DEFLATED);
    let error = NpzReader::open_with(&path, &Limits::default().entries(2)).unwrap_err();
    let expected = "archive has 3 entries, the limit is 2; raise Limits::entries to read it";
    assert_eq!(message(&error, &path), expected);
    let archive = NpzReader::open_with(&path, &Limits::default().decompressed(800_127)).unwrap();
    let error = archive.load_vec::<f64>("x").unwrap_err();
    let expected = "x: the entry is 800128 bytes when it is decompressed, the limit is 800127; raise \
                    Limits::decompressed to read it";
    assert_eq!(message(&error, &path), expected);
    let limits = Limits::default().entries(3).decompressed(800_128);
    assert!(NpzReader::open_with(&path, &limits).unwrap().load_vec::<f64>("x").unwrap() == numbers());
}

#[test]
fn several_threads_read_one_archive() {
    for compression in [Compression::Stored, Compression::DEFLATED] {
        let path = sample(compression);
        let archive = NpzReader::open(&path).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(archive.load_vec::<f64>("x").unwrap() == numbers()));
                scope.spawn(|| assert_eq!(archive.load_vec::<i16>("y").unwrap(), [1, 2, 3]));
            }
        });
    }
}

#[test]
fn names_are_unicode_or_of_code_page_437() {
    let path = zipped(CompressionMethod::Stored, &[("größe.npy", &npy(&[1.0])), ("grxx.npy", &npy(&[2.0]))]);
    let mut bytes = fs::read(&path).unwrap();
    while let Some(at) = bytes.windows(4).position(|window| window == b"grxx") {
        // ö and ß as MS-DOS wrote them, which is no UTF-8.
        bytes[at + 2..at + 4].copy_from_slice(&[0x94, 0xe1]);
    }
    fs::write(&path, bytes).unwrap();
    let archive = NpzReader::open(&path).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["größe", "größ"]);
    assert_eq!(archive.load_vec::<f64>("größe").unwrap(), [1.0]);
    assert_eq!(archive.load_vec::<f64>("größ").unwrap(), [2.0]);
}

#[test]
fn other_methods_and_encryption_are_named() {
    let path = sample(Compression::Stored);
    let bytes = fs::read(&path).unwrap();
    let central = find(&bytes, b"PK\x01\x02");
    for (method, name) in [(12, "bzip2"), (14, "lzma"), (93, "zstd"), (9, "deflate64"), (77, "number 77")] {
        let mut bytes = bytes.clone();
        bytes[central + 10] = method;
        fs::write(&path, &bytes).unwrap();
        let archive = NpzReader::open(&path).unwrap();
        let expected = format!(
            "x: archive uses the compression method {name}, only stored and deflated entries are read"
        );
        assert_eq!(message(&archive.header("x").unwrap_err(), &path), expected);
        assert_eq!(archive.entries().next().unwrap().unwrap().method(), name);
        assert_eq!(archive.load_vec::<i16>("y").unwrap(), [1, 2, 3]);
    }
    let mut bytes = bytes.clone();
    bytes[central + 8] |= 1;
    fs::write(&path, &bytes).unwrap();
    let error = NpzReader::open(&path).unwrap().header("x").unwrap_err();
    let expected = "x: archive uses encryption or patches, only plain entries are read";
    assert_eq!(message(&error, &path), expected);
}

//! What archives hold comes back, whoever wrote them.

use std::fs;

use ndarray::{Array1, Ix1};
use npymap::{Compression, Error, Limits, NpzOptions, NpzReader, PrintOptions};
use zip::CompressionMethod;

use crate::common::{native, temporary_file};
use crate::{find, message, npy, numbers, sample, zipped};

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
    let entries = archive.entries();
    assert_eq!(entries.iter().map(|entry| entry.name()).collect::<Vec<_>>(), ["x", "y", "notes.txt"]);
    for entry in entries {
        let start = archive.data_offset(entry.full_name()).unwrap() as usize;
        let data = &bytes[start..start + entry.size() as usize];
        assert_eq!(data, archive.bytes(entry.full_name()).unwrap());
        assert_eq!((entry.method().as_str(), entry.is_stored(), start % 64), ("stored", true, 0));
        assert_eq!(entry.size(), entry.compressed_size());
        assert_ne!(entry.crc32(), 0);
    }
    let path = sample(Compression::DEFLATED);
    let archive = NpzReader::open(&path).unwrap();
    let entry = &archive.entries()[0];
    assert_eq!((entry.method().as_str(), entry.is_stored(), entry.size()), ("deflated", false, 800_128));
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
    writer.set_comment("no end").unwrap();
    writer.finish().unwrap();
    let archive = NpzReader::open(&path).unwrap();
    for method in METHODS {
        assert!(archive.load_vec::<f64>(&method.to_string()).unwrap() == numbers());
    }
    // With the signature of an end in its comment there is no archive to Python either.
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 6;
    bytes[at..at + 4].copy_from_slice(b"PK\x05\x06");
    let error = NpzReader::new(bytes).unwrap_err().to_string();
    assert_eq!(
        error,
        "archive is invalid: it has no directory at its end, so that it was cut off or damaged"
    );
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
        assert_eq!(archive.entries()[0].method(), name);
        assert_eq!(archive.load_vec::<i16>("y").unwrap(), [1, 2, 3]);
    }
    let mut bytes = bytes.clone();
    bytes[central + 8] |= 1;
    fs::write(&path, &bytes).unwrap();
    let error = NpzReader::open(&path).unwrap().header("x").unwrap_err();
    let expected = "x: archive uses encryption or patches, only plain entries are read";
    assert_eq!(message(&error, &path), expected);
}

#[test]
fn stored_entries_are_read_in_part() {
    let file = sample(Compression::Stored);
    let archive = NpzReader::open(&file).unwrap();
    let part: Array1<f64> = archive.read_slice("x", "99_990::-33_000").unwrap();
    assert_eq!(part.to_vec(), [990, 990, 990, 990].map(|number| f64::from(number) / 8.0));
    let entry = archive.file("x").unwrap();
    assert_eq!(entry.read_vec::<f64>().unwrap(), numbers());
    let of_entry = archive.data_offset("x").unwrap();
    assert_eq!(entry.data_offset(), of_entry + 128);
    let blocks: Vec<_> = entry.rows::<f64>(60_000).map(|block| block.unwrap().len()).collect();
    assert_eq!(blocks, [60_000, 40_000]);
    assert!(matches!(entry.read_any().unwrap(), npymap::AnyArray::F64(array) if array.len() == 100_000));
    // Its errors say where it is.
    let path = file.as_ref().display();
    let expected =
        format!("{path}:x: dtype '{}' cannot be read as i32, expected '<i4' or '>i4'", native("<f8"));
    assert_eq!(entry.read_vec::<i32>().unwrap_err().to_string(), expected);
    let entry = archive.into_file("x").unwrap();
    // What stands before and after the entry is not part of it.
    assert_eq!(entry.read_slice_vec::<f64>("-1").unwrap(), [999.0 / 8.0]);
    let error = entry.read_slice_vec::<f64>("100_000").unwrap_err().to_string();
    assert!(error.starts_with(&format!("{path}:x: ")), "{error}");
}

#[test]
fn deflated_entries_are_inflated_up_to_a_slice() {
    let file = sample(Compression::DEFLATED);
    let archive = NpzReader::open(&file).unwrap();
    let part: Array1<f64> = archive.read_slice("x", "99_990::-33_000").unwrap();
    assert_eq!(part, archive.load::<f64, Ix1>("x").unwrap().slice(ndarray::s![..=99_990;-33_000]));
    let error = archive.file("x").unwrap_err();
    let expected = "x: the entry is compressed (deflated), so that it can neither be mapped nor read in parts; read \
                    it with NpzReader::load, or write the archive anew with 'npymap repack --store'";
    assert_eq!(message(&error, &file), expected);
    assert!(matches!(archive.file("notes.txt"), Err(Error::Mismatch { .. })));
}

/// What is not shown is not read: its bytes are wrong, and nobody notices but `load` and `verify`.
#[test]
fn previews_of_stored_entries_read_what_they_show() {
    let file = sample(Compression::Stored);
    let options = PrintOptions::default();
    let shown = NpzReader::open(&file).unwrap().preview("x", &options).unwrap().to_string();
    assert_eq!(shown, "[  0.      0.125   0.25  ... 124.625 124.75  124.875]");
    let mut bytes = fs::read(&file).unwrap();
    bytes[400_000] ^= 0x55;
    fs::write(&file, bytes).unwrap();
    let archive = NpzReader::open(&file).unwrap();
    assert_eq!(archive.preview("x", &options).unwrap().to_string(), shown);
    assert!(archive.verify("x").is_err());
    assert!(archive.load::<f64, Ix1>("x").is_err());
    // A deflated one is read to its end, with its checksum.
    let file = sample(Compression::DEFLATED);
    assert_eq!(NpzReader::open(&file).unwrap().preview("x", &options).unwrap().to_string(), shown);
}

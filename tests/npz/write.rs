//! What is written, replaced and given up.

use std::fs;
use std::io::{Read, Write};

use ndarray::{Array2, Ix2, array};
use npymap::{Compression, Error, NpzReader, NpzWriter};
use proptest::prelude::*;

use crate::{common::temporary_file, find, message, npy, numbers, sample};

const COMPRESSIONS: [Compression; 4] =
    [Compression::Stored, Compression::DEFLATED, Compression::Deflated(0), Compression::Deflated(200)];

#[test]
fn every_reader_reads_what_is_written() {
    for compression in COMPRESSIONS {
        let path = sample(compression);
        let archive = NpzReader::open(&path).unwrap();
        assert!(archive.load_vec::<f64>("x").unwrap() == numbers());
        assert_eq!(archive.load_vec::<i16>("y").unwrap(), [1, 2, 3]);
        assert_eq!(archive.bytes("notes.txt").unwrap(), b"notes");
        let mut zip = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
        zip.validate_header_consistency().unwrap();
        let mut bytes = Vec::new();
        zip.by_name("x.npy").unwrap().read_to_end(&mut bytes).unwrap();
        assert!(bytes == npy(&numbers()));
        let modified = zip.by_name("y.npy").unwrap().last_modified().unwrap();
        assert_eq!((modified.datepart(), modified.timepart()), (33, 0));
    }
}

#[test]
fn equal_arrays_give_equal_files() {
    for compression in COMPRESSIONS {
        assert!(fs::read(sample(compression)).unwrap() == fs::read(sample(compression)).unwrap());
    }
}

#[test]
fn names_are_given_once_and_suffixes_too() {
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.save("x", &[1.0]).unwrap();
    let error = writer.save("x.npy", &[2.0]).unwrap_err();
    let expected = "x: array 'x.npy' is in the archive already, and no two may have one name";
    assert_eq!(message(&error, &path), expected);
    writer.save_bytes("x", b"no array").unwrap();
    assert!(matches!(writer.save("a\0b", &[1.0]), Err(Error::Unsupported { .. })));
    assert!(matches!(writer.save(&"n".repeat(65_536), &[1.0]), Err(Error::Unsupported { .. })));
    writer.save(&"n".repeat(65_531), &[3.0]).unwrap();
    writer.finish().unwrap();
    let archive = NpzReader::open(&path).unwrap();
    assert_eq!(archive.bytes("x").unwrap(), b"no array");
    assert_eq!(archive.load_vec::<f64>(&"n".repeat(65_531)).unwrap(), [3.0]);
}

#[test]
fn what_looks_like_the_end_of_an_archive_is_none_within_it() {
    // Names and arrays with the bytes of a last record, which claim more entries than there is room for.
    let end = b"PK\x05\x06\0\0\0\0\x71\x71\x71\x71\0\0\0\0\0\0\0\0\0\0";
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.save("PK\x05\x06q", &[1i16]).unwrap();
    writer.save("x", end).unwrap();
    writer.finish().unwrap();
    let mut writer = NpzWriter::append(&path).unwrap();
    writer.save("y", end).unwrap();
    writer.finish().unwrap();
    let archive = NpzReader::open(&path).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["PK\x05\x06q", "x", "y"]);
    assert_eq!(archive.load_vec::<i16>("PK\x05\x06q").unwrap(), [1]);
    assert_eq!(archive.load_vec::<u8>("y").unwrap(), end);
}

#[test]
fn what_fails_or_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    fs::write(&path, b"old").unwrap();
    for compression in COMPRESSIONS {
        let mut writer = NpzWriter::create(&path).unwrap().compression(compression);
        writer.save("x", &numbers()).unwrap();
        drop(writer);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    for compression in COMPRESSIONS {
        let mut writer = NpzWriter::create(&path).unwrap().compression(compression);
        writer.save("small", &[1u8]).unwrap();
        assert!(writer.save_as("x", &numbers(), &"<i4".parse().unwrap()).is_err());
        writer.entry("dropped").unwrap().write_all(&npy(&numbers())).unwrap();
        writer.array::<f64>("cut", &[3]).unwrap().write(&[1.0; 100_000]).unwrap();
        let mut rows = writer.array::<f64>("odd", &[3]).unwrap();
        rows.write(&[1.0; 10]).unwrap();
        let expected = "shape (3, 3) has 9 elements, expected 10";
        assert!(rows.finish().unwrap_err().to_string().ends_with(expected));
        writer.save("x", &[2.0]).unwrap();
        writer.finish().unwrap();
        let archive = NpzReader::open(&path).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["small", "x"]);
        assert_eq!(archive.load_vec::<u8>("small").unwrap(), [1]);
        assert_eq!(archive.load_vec::<f64>("x").unwrap(), [2.0]);
        assert!(fs::metadata(&path).unwrap().len() < 2000);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(NpzWriter::create(folder.path()).is_err());
}

#[test]
fn arrays_come_in_pieces_of_any_length() {
    for compression in COMPRESSIONS {
        let path = temporary_file();
        let mut writer = NpzWriter::create(&path).unwrap().compression(compression);
        let mut rows = writer.array::<f32>("rows", &[2]).unwrap();
        for number in 0..50_000u16 {
            rows.write(&[f32::from(number)]).unwrap();
            rows.write(&[-f32::from(number), 7.0, 8.0]).unwrap();
        }
        rows.finish().unwrap();
        writer.array::<f32>("none", &[2]).unwrap().finish().unwrap();
        writer.finish().unwrap();
        let archive = NpzReader::open(&path).unwrap();
        let rows: Array2<f32> = archive.load("rows").unwrap();
        assert_eq!(rows.shape(), [100_000, 2]);
        assert_eq!(rows.row(99_998), array![49_999.0, -49_999.0]);
        assert_eq!(archive.load::<f32, Ix2>("none").unwrap().shape(), [0, 2]);
    }
}

#[test]
fn an_archive_is_appended_to_and_its_arrays_replaced() {
    let path = sample(Compression::DEFLATED);
    let before = NpzReader::open(&path).unwrap().entries()[0].clone();
    let mut writer = NpzWriter::append(&path).unwrap();
    writer.save("y", &[9i16]).unwrap();
    writer.save("z", &[true]).unwrap();
    // Until the end the old archive is there.
    assert_eq!(NpzReader::open(&path).unwrap().load_vec::<i16>("y").unwrap(), [1, 2, 3]);
    writer.finish().unwrap();
    let archive = NpzReader::open(&path).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["x", "notes.txt", "y", "z"]);
    assert_eq!(archive.load_vec::<i16>("y").unwrap(), [9]);
    assert!(archive.load_vec::<f64>("x").unwrap() == numbers());
    assert_eq!(archive.entries()[0].compressed_size(), before.compressed_size());

    // An array without the suffix would be found before a new one that has it.
    let path = crate::zipped(zip::CompressionMethod::Stored, &[("x", &npy(&[1.0]))]);
    let mut writer = NpzWriter::append(&path).unwrap();
    writer.save("x", &[2.0]).unwrap();
    writer.finish().unwrap();
    assert_eq!(NpzReader::open(&path).unwrap().load_vec::<f64>("x").unwrap(), [2.0]);

    assert!(matches!(NpzWriter::append(temporary_file()), Err(Error::Io { .. })));
}

#[test]
fn what_others_keep_in_an_archive_survives() {
    let path = temporary_file();
    let mut writer = zip::ZipWriter::new_stream(fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o644);
    let modified = zip::DateTime::from_date_and_time(2024, 5, 6, 7, 8, 10).unwrap();
    writer.start_file("é.txt", options.last_modified_time(modified)).unwrap();
    writer.write_all(b"text").unwrap();
    writer.set_comment("kept").unwrap();
    writer.finish().unwrap();
    let mut writer = NpzWriter::append(&path).unwrap();
    writer.save("x", &[1.0]).unwrap();
    writer.finish().unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(zip.comment(), b"kept");
    let mut entry = zip.by_name("é.txt").unwrap();
    assert_eq!(
        (entry.last_modified(), entry.unix_mode().map(|mode| mode & 0o777)),
        (Some(modified), Some(0o644))
    );
    let mut text = String::new();
    entry.read_to_string(&mut text).unwrap();
    assert_eq!(text, "text");
}

#[test]
fn many_entries_need_records_of_64_bits() {
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap();
    for number in 0..70_000u32 {
        writer.save_bytes(&number.to_string(), &number.to_le_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    find(&bytes, b"PK\x06\x06");
    let archive = NpzReader::open(&path).unwrap();
    assert_eq!(archive.names().count(), 70_000);
    assert_eq!(archive.bytes("69999").unwrap(), 69_999u32.to_le_bytes());
    assert_eq!(zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap().len(), 70_000);
}

#[test]
#[ignore = "writes and reads more than 4 GiB of zeros"]
fn an_entry_may_be_larger_than_4_gib() {
    let rows = (4usize << 30) / 4096 + 3;
    for compression in [Compression::Deflated(1), Compression::Stored] {
        let path = temporary_file();
        let mut writer = NpzWriter::create(&path).unwrap().compression(compression);
        let mut zeros = writer.array::<u8>("zeros", &[4096]).unwrap();
        let piece = vec![0u8; 4096 * 256];
        for _ in 0..rows / 256 {
            zeros.write(&piece).unwrap();
        }
        zeros.write(&piece[..rows % 256 * 4096]).unwrap();
        zeros.finish().unwrap();
        writer.save("behind", &[1.5, 2.5]).unwrap();
        writer.finish().unwrap();
        let archive = NpzReader::open(&path).unwrap();
        assert_eq!(archive.header("zeros").unwrap().shape, [rows, 4096]);
        archive.verify("zeros").unwrap();
        assert_eq!(archive.load_vec::<f64>("behind").unwrap(), [1.5, 2.5]);
        if compression == Compression::Stored {
            assert!(fs::metadata(&path).unwrap().len() > 4 << 30);
            let zeros: Vec<u8> = archive.load_vec("zeros").unwrap();
            assert!(
                zeros.len() == rows * 4096
                    && zeros.chunks(piece.len()).all(|part| part == &piece[..part.len()])
            );
        }
    }
}

proptest! {
    #[test]
    fn arrays_survive_an_archive(
        arrays in prop::collection::vec((prop::collection::vec(any::<f32>(), 0..300), 0u8..12, "\\PC{0,8}"), 0..6),
    ) {
        let path = temporary_file();
        let mut kept = std::collections::BTreeMap::new();
        let mut writer = NpzWriter::create(&path).unwrap();
        for (number, (elements, level, name)) in arrays.into_iter().enumerate() {
            writer = writer.compression(if level > 9 { Compression::Stored } else { Compression::Deflated(level) });
            let name = format!("{name}{number}");
            writer.save(&name, &elements).unwrap();
            kept.insert(name, elements);
        }
        writer.finish().unwrap();
        let archive = NpzReader::open(&path).unwrap();
        prop_assert_eq!(archive.names().count(), kept.len());
        for (name, elements) in kept {
            let bits = |elements: &[f32]| elements.iter().map(|element| element.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&archive.load_vec::<f32>(&name).unwrap()), bits(&elements));
        }
    }
}

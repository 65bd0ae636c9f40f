//! Stored arrays, mapped in place.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "nobody else knows the files of these tests"
)]

use std::fs;
use std::io::Read;

use ndarray::{Ix1, Ix2, array};
use npymap::{Advice, Compression, Le, NpzMap, NpzReader, NpzWriter};
use zip::CompressionMethod;

use crate::{common::temporary_file, message, npy, numbers, sample, zipped};

#[test]
fn what_is_written_here_is_seen_as_it_is() {
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.save("f", &array![[1.0, 2.0], [3.0, 4.0]].t()).unwrap();
    writer.save("odd name", &[1u8, 2, 3]).unwrap();
    writer.save("x", &numbers()).unwrap();
    writer.save("none", &Vec::<f32>::new()).unwrap();
    writer.finish().unwrap();
    let archive = unsafe { NpzMap::open(&path).unwrap() };
    assert_eq!(archive.names().collect::<Vec<_>>(), ["f", "odd name", "x", "none"]);
    assert_eq!(archive.get("f").unwrap().view::<f64, Ix2>().unwrap(), array![[1.0, 3.0], [2.0, 4.0]]);
    assert_eq!(archive.get("odd name.npy").unwrap().as_slice::<u8>().unwrap(), [1, 2, 3]);
    assert!(archive.get("none").unwrap().as_slice::<f32>().unwrap().is_empty());
    let x = archive.get("x").unwrap();
    drop(archive);
    x.advise(Advice::Random).unwrap();
    assert!(x.as_slice::<f64>().unwrap() == numbers());
    assert_eq!(x.as_slice::<f64>().unwrap().as_ptr() as usize % 64, 0);
}

/// Nothing is mapped that is no longer there, which would end in a bus error.
#[test]
fn an_archive_that_was_cut_since_it_was_opened_is_refused() {
    let path = crate::sample(npymap::Compression::Stored);
    let archive = unsafe { NpzMap::open(&path).unwrap() };
    assert_eq!(archive.get("x").unwrap().header().shape, [100_000]);
    fs::File::options().write(true).open(&path).unwrap().set_len(10_000).unwrap();
    let expected =
        "x: archive is invalid: the entry ends at byte 800192, but the archive has become 10000 bytes long";
    assert_eq!(message(&archive.get("x").unwrap_err(), &path), expected);
}

#[test]
fn what_is_not_aligned_is_seen_by_other_ways() {
    let path = zipped(CompressionMethod::Stored, &[("abc.npy", &npy(&[1.5, 2.5]))]);
    let archive = unsafe { NpzMap::open(&path).unwrap() };
    let map = archive.get("abc").unwrap();
    let offset = NpzReader::open(&path).unwrap().data_offset("abc").unwrap() + 128;
    assert_ne!(offset % 8, 0);
    let expected = format!(
        "abc: dtype {} cannot be viewed as f64 without a copy: its data start at byte {offset}, which is not \
         aligned to {}; use view_cow, to_array or load",
        npymap::DType::of::<f64>().descr().unwrap(),
        align_of::<f64>()
    );
    assert_eq!(message(&map.view::<f64, Ix1>().unwrap_err(), &path), expected);
    assert_eq!(map.view_cow::<f64, Ix1>().unwrap(), array![1.5, 2.5]);
    if cfg!(target_endian = "little") {
        assert_eq!(map.view::<Le<f64>, Ix1>().unwrap()[1].get(), 2.5);
    } else {
        assert_eq!(map.view::<npymap::Be<f64>, Ix1>().unwrap()[1].get(), 2.5);
    }
}

#[test]
fn what_is_compressed_says_what_to_do() {
    let path = sample(Compression::DEFLATED);
    let archive = unsafe { NpzMap::open(&path).unwrap() };
    let expected = "x: the entry is compressed (deflated), so that it can neither be mapped nor read in parts; read it with \
                    NpzReader::load, or write the archive anew with 'npymap repack --store'";
    assert_eq!(message(&archive.get("x").unwrap_err(), &path), expected);
    assert_eq!(message(&unsafe { NpzMap::map_mut(&path, "x") }.unwrap_err(), &path), expected);
    let path = sample(Compression::Stored);
    let archive = unsafe { NpzMap::open(&path).unwrap() };
    let expected = "notes.txt: not an npy file: it starts with \"notes\", expected \"\\x93NUMPY\"";
    assert_eq!(message(&archive.get("notes.txt").unwrap_err(), &path), expected);
    let expected = "b: array 'b' is not in the archive, found 'x', 'y', 'notes.txt'";
    assert_eq!(message(&archive.get("b").unwrap_err(), &path), expected);
}

#[test]
fn a_change_in_place_takes_the_checksums_along() {
    let corrected = |path: &std::path::Path, name: &str| {
        NpzReader::open(path).unwrap().verify(name).unwrap();
        let mut zip = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
        zip.validate_header_consistency().unwrap();
        let mut bytes = Vec::new();
        zip.by_name(&format!("{name}.npy")).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let path = sample(Compression::Stored);
    let mut x = unsafe { NpzMap::map_mut(&path, "x").unwrap() };
    x.as_mut_slice::<f64>().unwrap()[1] = 7.5;
    x.view_mut::<f64, Ix1>().unwrap()[2] = 8.5;
    // The checksum is the old one until the end.
    x.flush().unwrap();
    assert!(NpzReader::open(&path).unwrap().verify("x").is_err());
    x.close().unwrap();
    let expected = [vec![0.0, 7.5, 8.5], numbers()[3..].to_vec()].concat();
    let data: Vec<u8> = expected.iter().flat_map(|element| element.to_ne_bytes()).collect();
    assert!(corrected(path.as_ref(), "x")[128..] == data);

    // A drop does as much.
    let mut y = unsafe { NpzMap::map_mut(&path, "y").unwrap() };
    y.as_mut_slice::<i16>().unwrap().fill(5);
    drop(y);
    assert_eq!(corrected(path.as_ref(), "y")[128..], [5i16; 3].map(i16::to_ne_bytes).concat());
}

#[test]
fn a_descriptor_has_the_checksum_too() {
    let path = temporary_file();
    let mut writer = zip::ZipWriter::new_stream(fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    // The data are aligned: 30 bytes of a header and 34 of a name.
    let name = "n".repeat(30);
    writer.start_file(format!("{name}.npy"), options).unwrap();
    std::io::Write::write_all(&mut writer, &npy(&[1.0, 2.0])).unwrap();
    writer.finish().unwrap();
    let with_signature = fs::read(&path).unwrap();
    let mut map = unsafe { NpzMap::map_mut(&path, &name).unwrap() };
    map.as_mut_slice::<f64>().unwrap()[0] = 9.0;
    map.close().unwrap();
    let changed = fs::read(&path).unwrap();
    assert_eq!(NpzReader::open(&path).unwrap().load_vec::<f64>(&name).unwrap(), [9.0, 2.0]);
    let checksum = NpzReader::open(&path).unwrap().entries()[0].crc32();
    let at = crate::find(&changed, b"PK\x07\x08") + 4;
    assert_eq!(changed[at..at + 4], checksum.to_le_bytes());
    assert_ne!(changed[at..at + 4], with_signature[at..at + 4]);

    // One that is not that of the directory is refused before anything is changed.
    let mut broken = with_signature.clone();
    broken[at] ^= 1;
    fs::write(&path, &broken).unwrap();
    let error = message(&unsafe { NpzMap::map_mut(&path, &name) }.unwrap_err(), &path);
    assert!(error.ends_with("is not that of the directory"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), broken);
}

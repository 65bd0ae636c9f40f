//! Archives that lie: an error or the right data, and memory in proportion to the file.

use std::fs;

use npymap::{Compression, Error, Limits, NpzOptions, NpzReader};
use proptest::prelude::*;
use zip::CompressionMethod;

use crate::common::entry_points::{Archive, READERS, Sample, VIEWERS};
use crate::common::{TemporaryFile, temporary_file};
use crate::{find, message, npy, numbers, sample, zipped};

fn written(bytes: &[u8]) -> TemporaryFile {
    let path = temporary_file();
    fs::write(&path, bytes).unwrap();
    path
}

/// Asks for everything through every entry point; what comes back, and the most memory in use at a time.
fn read_all(path: &TemporaryFile) -> (Result<(), Error>, u64) {
    let read = |archive: Result<Box<dyn Archive>, Error>| {
        let archive = archive?;
        archive.names().iter().try_for_each(|name| archive.numbers(name).map(drop))
    };
    let sample = Sample::open(path.as_ref());
    let text = |result: &Result<(), Error>| result.as_ref().err().map(|error| sample.message(error));
    let (mut first, mut peak): (Option<Result<(), Error>>, u64) = (None, 0);
    for (name, open) in READERS {
        let mut result = Ok(());
        // Its bytes are held in memory by the entry points that read no file.
        let copies = sample.bytes.len() as u64;
        let memory = allocation_counter::measure(|| result = read(open(&sample)));
        peak = peak.max(memory.bytes_max.saturating_sub(2 * copies));
        match &first {
            Some(expected) => assert_eq!(text(&result), text(expected), "{name}"),
            None => first = Some(result),
        }
    }
    for (_, open) in VIEWERS {
        // They take no deflated entries, and compare no checksums.
        let memory = allocation_counter::measure(|| drop(read(open(&sample))));
        peak = peak.max(memory.bytes_max.saturating_sub(2 * sample.bytes.len() as u64));
    }
    (first.unwrap(), peak)
}

#[track_caller]
fn assert_refused(bytes: &[u8], expected: &str) {
    let path = written(bytes);
    let (result, peak) = read_all(&path);
    assert_eq!(message(&result.unwrap_err(), &path), expected);
    assert!(peak < 300_000 + 8 * bytes.len() as u64, "{peak} bytes");
}

/// Two small arrays, without room for 64-bit sizes.
fn two() -> Vec<u8> {
    let path = temporary_file();
    let mut writer = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, element) in [("a.npy", 1.0), ("b.npy", 2.0)] {
        let options = zip::write::SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut writer, &npy(&[element])).unwrap();
    }
    writer.finish().unwrap();
    fs::read(&path).unwrap()
}

fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    for bytes in [two(), fs::read(sample(Compression::DEFLATED)).unwrap()] {
        let directory = find(&bytes, b"PK\x01\x02");
        let mut path = written(&bytes);
        for len in (directory..bytes.len()).chain([0, 1, 4, 30, directory / 2]) {
            fs::write(&path, &bytes[..len]).unwrap();
            let (result, peak) = read_all(&path);
            assert!(matches!(result, Err(Error::Format { .. })), "{len} bytes: {result:?}");
            assert!(peak < 300_000, "{len} bytes: {peak}");
        }
        // A byte of the directory that is another one: an error or the right data.
        for at in directory..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            path = written(&bytes);
            let (_, peak) = read_all(&path);
            assert!(peak < 8_000_000, "byte {at}: {peak}");
            if let Ok(values) = NpzReader::open(&path).and_then(|archive| archive.load_vec::<f64>("b")) {
                assert_eq!(values, [2.0], "byte {at}");
            }
        }
    }
}

#[test]
fn sizes_and_places_that_lie_are_refused() {
    let bytes = two();
    let first = find(&bytes, b"PK\x01\x02");
    let second = first + 1 + find(&bytes[first + 1..], b"PK\x01\x02");
    let start = u64::from(u32::from_le_bytes(bytes[second + 42..second + 46].try_into().unwrap()));
    let lie = |changes: &[(usize, u32)]| {
        let mut bytes = bytes.clone();
        changes.iter().for_each(|&(at, number)| put(&mut bytes, at, number));
        bytes
    };
    assert_refused(
        &lie(&[(first + 20, 500), (first + 24, 500)]),
        &format!(
            "a: archive is invalid: 500 bytes from byte {} on are claimed for the entry, but what comes next starts \
             at byte {start}",
            start - 136
        ),
    );
    assert_refused(
        &lie(&[(first + 20, 135)]),
        "a: archive is invalid: the entry is stored, but 135 bytes are said to be 136",
    );
    assert_refused(
        &lie(&[(first + 42, 7)]),
        "a: archive is invalid: the directory names byte 7, where no entry starts",
    );
    // Two entries in one place.
    assert_refused(
        &lie(&[(first + 42, start as u32)]),
        "a: archive is invalid: the entry has another name than in the directory",
    );
    let mut twice = lie(&[(second + 42, 0)]);
    twice[second + 46] = b'a';
    let path = written(&twice);
    // The last of one name has the checksum of other data.
    let error = NpzReader::open(&path).unwrap().load_vec::<f64>("a").unwrap_err();
    assert!(message(&error, &path).starts_with("a: checksum is "), "{error}");
}

#[test]
fn entries_that_share_bytes_are_refused() {
    // The second starts within the first, whose data are its header.
    let inner = two();
    let path = zipped(CompressionMethod::Stored, &[("a.npy", &inner), ("b.npy", &npy(&[1.0]))]);
    let mut bytes = fs::read(&path).unwrap();
    let second = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let within = find(&bytes[30..], b"PK\x03\x04") + 30;
    put(&mut bytes, second + 42, (within + find(&inner[4..], b"PK\x03\x04") + 4) as u32);
    fs::write(&path, &bytes).unwrap();
    let error = NpzReader::open(&path).unwrap().bytes("a").unwrap_err();
    assert!(message(&error, &path).contains("but what comes next starts at byte"), "{error}");
}

#[test]
fn claims_of_the_end_record_take_no_memory() {
    let mut bytes = two();
    let end = find(&bytes, b"PK\x05\x06");
    bytes[end + 8..end + 12].copy_from_slice(&[0xff, 0xfe, 0xff, 0xfe]);
    // The directory is what it is, as in Python, whatever its end says of the number of entries.
    let (result, peak) = read_all(&written(&bytes));
    assert!(result.is_ok() && peak < 300_000, "{result:?}: {peak} bytes");
    // A directory of 64 bits, larger than the archive.
    let mut wide = two();
    let record = wide.split_off(end);
    let start = wide.len() as u64;
    wide.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for number in [1u64 << 40, 1 << 40, 1 << 50, 0] {
        wide.extend(number.to_le_bytes());
    }
    wide.extend(b"PK\x06\x07\0\0\0\0");
    wide.extend(start.to_le_bytes());
    wide.extend(1u32.to_le_bytes());
    wide.extend(&record[..8]);
    wide.extend([0xff; 12]);
    wide.extend([0, 0]);
    assert_refused(
        &wide,
        &format!(
            "archive is invalid: its directory is said to have {} bytes, but only {start} stand before its end",
            1u64 << 50
        ),
    );
}

#[test]
fn a_bomb_stops_at_what_its_header_claims() {
    // A small array before 20 MB of zeros: they are never inflated.
    let mut content = npy(&[1.0, 2.0]);
    content.resize(20_000_000, 0);
    let path = zipped(CompressionMethod::Deflated, &[("x.npy", &content)]);
    let archive = NpzReader::open(&path).unwrap();
    let mut found = Vec::new();
    let memory = allocation_counter::measure(|| found = archive.load_vec::<f64>("x").unwrap());
    assert_eq!(found, [1.0, 2.0]);
    assert!(memory.bytes_max < 1_000_000, "{}", memory.bytes_max);
    let limits = Limits::default().decompressed(1_000_000);
    let error = NpzReader::open_with(&path, &limits).unwrap().bytes("x").unwrap_err();
    assert!(matches!(error, Error::Limit { .. }));

    // A size that deflate cannot reach.
    let mut bytes = fs::read(sample(Compression::DEFLATED)).unwrap();
    let central = find(&bytes, b"PK\x01\x02");
    put(&mut bytes, central + 24, 4_000_000_000);
    let path = written(&bytes);
    let error = NpzReader::open(&path).unwrap().load_vec::<f64>("x").unwrap_err();
    let text = message(&error, &path);
    assert!(text.contains("deflated bytes cannot become 4000000000"), "{text}");

    // One that it could: memory follows the bytes that come.
    let compressed = u32::from_le_bytes(bytes[central + 20..central + 24].try_into().unwrap());
    put(&mut bytes, central + 24, compressed * 1000);
    let path = written(&bytes);
    let archive = NpzOptions::new().verify(false).open(&path).unwrap();
    let memory = allocation_counter::measure(|| {
        let error = archive.bytes("x").unwrap_err();
        let text = message(&error, &path);
        assert!(text.contains("the entry ends after 800128 of"), "{text}");
    });
    assert!(memory.bytes_max < 4_000_000, "{}", memory.bytes_max);
}

#[test]
fn damaged_deflate_is_an_error() {
    let path = sample(Compression::DEFLATED);
    let bytes = fs::read(&path).unwrap();
    let start = NpzReader::open(&path).unwrap().data_offset("x").unwrap() as usize;
    for at in (start..start + 2000).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let archive = NpzReader::open(&path).unwrap();
        match archive.load_vec::<f64>("x") {
            Ok(values) => assert!(values == numbers()),
            Err(error) => assert!(matches!(error, Error::Format { .. }), "{error:?}"),
        }
    }
}

#[test]
fn names_are_no_paths() {
    let folder = tempfile::tempdir().unwrap();
    let evil = ["../../evil.npy", "/etc/evil.npy", "C:\\evil.npy", "a/b.npy", "..npy", ".npy", ""];
    let entries: Vec<(&str, Vec<u8>)> =
        evil.iter().zip(1..).map(|(name, at)| (*name, npy(&[f64::from(at)]))).collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let path = zipped(CompressionMethod::Stored, &entries);
    let archive = NpzReader::open(&path).unwrap();
    let expected = ["../../evil", "/etc/evil", "C:\\evil", "a/b", ".", "", ""];
    assert_eq!(archive.names().collect::<Vec<_>>(), expected);
    for (name, at) in evil.iter().zip(1..) {
        assert_eq!(archive.load_vec::<f64>(name).unwrap(), [f64::from(at)]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_hundred_thousand_entries_take_memory_in_proportion() {
    let content = npy(&[1.0]);
    let path = temporary_file();
    let mut writer = npymap::NpzWriter::create(&path).unwrap();
    for number in 0..100_000 {
        writer.save_bytes(&format!("{number:06}.npy"), &content).unwrap();
    }
    writer.finish().unwrap();
    let mut archive = None;
    let memory = allocation_counter::measure(|| archive = Some(NpzReader::open(&path).unwrap()));
    let archive = archive.unwrap();
    assert_eq!(archive.names().count(), 100_000);
    assert_eq!(archive.load_vec::<f64>("099999").unwrap(), [1.0]);
    assert!(memory.bytes_max < 3 * fs::metadata(&path).unwrap().len(), "{}", memory.bytes_max);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_bytes_are_an_error_or_the_right_data(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        deflated in any::<bool>(),
    ) {
        let compression = if deflated { Compression::DEFLATED } else { Compression::Stored };
        let path = temporary_file();
        let mut writer = npymap::NpzWriter::create(&path).unwrap().compression(compression);
        writer.save("a", &[1.0, 2.0, 3.0]).unwrap();
        writer.save("b", &[4i16; 40]).unwrap();
        writer.finish().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&path, &bytes).unwrap();
        if let Ok(archive) = NpzReader::open(&path) {
            if let Ok(a) = archive.load_vec::<f64>("a") {
                prop_assert_eq!(a, [1.0, 2.0, 3.0]);
            }
            if let Ok(b) = archive.load_vec::<i16>("b") {
                prop_assert_eq!(b, [4i16; 40]);
            }
            archive.entries().iter().for_each(|entry| drop(archive.data_offset(entry.full_name())));
        }
    }
}

//! Archives without a path: in memory, from odd sources, to writers of every sort.

use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::sync::Arc;

use npymap::{Compression, NpzDirectory, NpzReader, NpzView, NpzWriter, Save};
use proptest::prelude::*;

use crate::common::entry_points::{READERS, Sample, VIEWERS};
use crate::common::temporary_file;
use crate::{find, npy, numbers, sample};

/// An archive in memory.
fn archive(arrays: &[(&str, &dyn Save)], compression: Compression) -> Vec<u8> {
    let mut writer = NpzWriter::new(Cursor::new(Vec::new())).unwrap().compression(compression);
    arrays.iter().for_each(|(name, array)| writer.save(name, *array).unwrap());
    writer.finish().unwrap().into_inner()
}

#[test]
fn every_entry_point_reads_the_same() {
    for compression in [Compression::Stored, Compression::DEFLATED] {
        let sample = Sample::open(sample(compression).as_ref());
        // The file is gone, but for those that read bytes.
        std::fs::write(&sample.path, &sample.bytes).unwrap();
        for (name, open) in READERS {
            let archive = open(&sample).unwrap();
            assert_eq!(archive.names(), ["x", "y", "notes.txt"], "{name}");
            assert_eq!(archive.header("x").unwrap().shape, [100_000], "{name}");
            assert!(archive.numbers("x").unwrap() == numbers(), "{name}");
            assert!(archive.contains("x") && archive.contains("y.npy") && !archive.contains("z"), "{name}");
        }
        for (name, open) in VIEWERS {
            let archive = open(&sample).unwrap();
            assert!(archive.contains("x") && !archive.contains("z"), "{name}");
            match compression {
                Compression::Stored => assert!(archive.numbers("x").unwrap() == numbers(), "{name}"),
                _ => assert!(archive.numbers("x").unwrap_err().to_string().contains("compressed"), "{name}"),
            }
        }
        std::fs::remove_file(&sample.path).unwrap();
    }
}

#[test]
fn an_archive_in_memory_is_that_of_a_file() {
    let numbers = numbers();
    let arrays: [(&str, &dyn Save); 2] = [("x", &numbers), ("y", &[1i16, 2, 3])];
    for compression in [Compression::Stored, Compression::DEFLATED] {
        let path = temporary_file();
        let mut writer = NpzWriter::create(&path).unwrap().compression(compression).sync(true);
        arrays.iter().for_each(|(name, array)| writer.save(name, *array).unwrap());
        writer.finish().unwrap();
        assert!(std::fs::read(&path).unwrap() == archive(&arrays, compression));
    }
}

#[test]
fn the_last_of_two_archives_is_read() {
    let (one, two) =
        (archive(&[("a", &[1.0])], Compression::Stored), archive(&[("b", &[2.0])], Compression::Stored));
    let both = [one, two].concat();
    let reader = NpzReader::new(&both).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), ["b"]);
    assert_eq!(reader.load_vec::<f64>("b").unwrap(), [2.0]);
    assert_eq!(NpzView::new(&both).unwrap().get("b").unwrap().to_vec::<f64>().unwrap(), [2.0]);
}

/// As archives of 2013 are found that have lost bytes: what comes after the loss is read.
#[test]
fn an_archive_that_has_lost_bytes_gives_the_rest() {
    let bytes = archive(&[("a", &[1.0]), ("b", &[2.0])], Compression::Stored);
    let within_a = find(&bytes, b"\x93NUMPY") + 20;
    let lost = [&bytes[..within_a], &bytes[within_a + 3..]].concat();
    let reader = NpzReader::new(&lost).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(reader.load_vec::<f64>("b").unwrap(), [2.0]);
    let error = reader.load_vec::<f64>("a").unwrap_err().to_string();
    assert_eq!(error, "a: archive is invalid: the directory names a byte before the archive");
}

/// A writer that can only write.
#[derive(Debug, Default)]
struct Pipe(Vec<u8>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&bytes[..bytes.len().min(1000)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_gets_descriptors() {
    for compression in [Compression::Stored, Compression::DEFLATED] {
        let mut writer = NpzWriter::stream(Pipe::default()).unwrap().compression(compression);
        writer.save("x", &numbers()).unwrap();
        // An array whose length is known at its end alone cannot be told before it.
        let error = writer.array::<f64>("rows", &[3]).unwrap_err().to_string();
        assert!(
            error.starts_with("rows: an archive that is written to a stream takes whole arrays alone"),
            "{error}"
        );
        let mut entry = writer.entry("notes.txt").unwrap();
        entry.write_all(b"measured").unwrap();
        entry.finish().unwrap();
        writer.save("y", &[1i16, 2, 3]).unwrap();
        let bytes = writer.finish().unwrap().0;
        assert_eq!(bytes.windows(4).filter(|window| window == b"PK\x07\x08").count(), 3);
        let archive = NpzReader::new(&bytes).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["x", "notes.txt", "y"]);
        assert!(archive.load_vec::<f64>("x").unwrap() == numbers());
        assert_eq!(archive.load_vec::<i16>("y").unwrap(), [1, 2, 3]);
        assert_eq!(archive.bytes("notes.txt").unwrap(), b"measured");
        archive.names().for_each(|name| archive.verify(name).unwrap());
        // The zip crate reads it as well, by its directory.
        let mut judge = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(io::copy(&mut judge.by_name("y.npy").unwrap(), &mut io::sink()).unwrap(), 134);
    }
}

/// What fails in the middle of an entry is no part of the archive, wherever that is written.
#[test]
fn an_entry_that_fails_is_left_out() {
    struct Fails(Vec<f64>);

    impl Save for Fails {
        fn header(&self) -> npymap::Header {
            self.0.header()
        }

        fn write_elements_as(&self, dtype: &npymap::DType, writer: &mut dyn Write) -> npymap::Result<()> {
            self.0.write_elements_as(dtype, writer)?;
            Err(io::Error::other("the instrument was unplugged").into())
        }
    }

    for len in [10, 1_000_000] {
        let fails = Fails(vec![0.5; len]);
        let mut writer = NpzWriter::new(Cursor::new(Vec::new())).unwrap();
        writer.save("a", &[1.0]).unwrap();
        writer.save("b", &fails).unwrap_err();
        writer.save("b", &[2.0]).unwrap();
        let archive = NpzReader::new(writer.finish().unwrap().into_inner()).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(archive.load_vec::<f64>("b").unwrap(), [2.0]);
        archive.names().for_each(|name| archive.verify(name).unwrap());

        // Bytes that a stream has taken cannot be taken back: then it refuses the rest.
        let mut writer = NpzWriter::stream(Vec::new()).unwrap();
        writer.save("a", &[1.0]).unwrap();
        writer.save("b", &fails).unwrap_err();
        assert_eq!(writer.save("c", &[3.0]).is_ok(), len == 10);
        assert_eq!(writer.finish().is_ok(), len == 10);
    }
}

#[test]
fn a_writer_that_is_dropped_leaves_no_archive() {
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.save("x", &[1.0]).unwrap();
    drop(writer);
    assert!(!path.as_ref().exists());

    std::fs::write(&path, "an old file").unwrap();
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.save("x", &[1.0]).unwrap();
    drop(writer);
    assert_eq!(std::fs::read(&path).unwrap(), b"an old file");

    let mut bytes = Cursor::new(Vec::new());
    let mut writer = NpzWriter::new(&mut bytes).unwrap();
    writer.save("x", &numbers()).unwrap();
    drop(writer);
    assert!(NpzReader::new(bytes.into_inner()).is_err());
}

#[test]
fn an_archive_starts_where_the_writer_stands() {
    let mut cursor = Cursor::new(b"before".to_vec());
    cursor.seek(SeekFrom::End(0)).unwrap();
    let mut writer = NpzWriter::new(cursor).unwrap();
    writer.save("x", &[1.0]).unwrap();
    let mut rows = writer.array::<i32>("rows", &[2]).unwrap();
    rows.write(&[1, 2, 3, 4]).unwrap();
    rows.finish().unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let archive = NpzReader::new(&bytes[6..]).unwrap();
    assert_eq!(archive.header("rows").unwrap().shape, [2, 2]);
    assert_eq!(archive.load_vec::<f64>("x").unwrap(), [1.0]);
    // NumPy takes no archive that follows other bytes, but its offsets are right all the same.
    assert!(NpzReader::new(&bytes).is_err());
}

/// What follows would be found in its place: here an older, longer archive.
#[test]
fn a_writer_that_stands_before_other_bytes_is_refused() {
    let mut old = Cursor::new(archive(&[("old", &numbers())], Compression::Stored));
    let len = old.get_ref().len();
    let error = NpzWriter::new(&mut old).unwrap_err().to_string();
    assert_eq!(error, format!("{len} bytes follow where the writer stands; cut them off, or go to the end"));
    assert_eq!(old.position(), 0);
}

/// Long names stand in both headers, and are compared.
#[test]
fn a_long_name_is_compared() {
    let name = "n".repeat(3000);
    let mut bytes = archive(&[(&name, &[1.0])], Compression::Stored);
    assert_eq!(NpzReader::new(&bytes).unwrap().load_vec::<f64>(&name).unwrap(), [1.0]);
    bytes[2500] = b'm';
    let error = NpzReader::new(&bytes).unwrap().load_vec::<f64>(&name).unwrap_err().to_string();
    assert!(error.ends_with("the entry has another name than in the directory"), "{error}");
}

#[test]
fn errors_of_a_stream_of_an_entry_say_where_it_is() {
    let mut bytes = archive(&[("x", &numbers())], Compression::Stored);
    let at = find(&bytes, b"\x93NUMPY") + 200;
    bytes[at] ^= 1;
    let archive = NpzReader::new(bytes).unwrap();
    let error = archive.reader("x").unwrap().read_vec::<f64>().unwrap_err();
    assert!(matches!(error, npymap::Error::Format { .. }));
    assert!(error.to_string().starts_with("x: checksum is"), "{error}");
}

#[test]
fn arrays_are_loaded_from_several_threads() {
    let bytes: Arc<[u8]> = archive(&[("x", &numbers()), ("y", &[1.0, 2.0])], Compression::DEFLATED).into();
    let reader = NpzReader::new(bytes).unwrap();
    let all = reader.load_all::<f64, ndarray::Ix1>().unwrap();
    assert_eq!(
        all.iter().map(|(name, array)| (name.as_str(), array.len())).collect::<Vec<_>>(),
        [("x", 100_000), ("y", 2)]
    );
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(reader.load_vec::<f64>("x").unwrap() == numbers()));
        }
    });
}

/// Where the arrays of a view are aligned they are seen where they are.
#[test]
fn a_view_of_an_aligned_archive_copies_nothing() {
    let bytes = archive(&[("x", &numbers())], Compression::Stored);
    let aligned = crate::common::entry_points::Aligned::new(&bytes);
    let view = NpzView::new(&aligned).unwrap();
    let x = view.get("x").unwrap();
    assert!(x.as_slice::<f64>().unwrap() == numbers());
    let start = aligned.as_ref().as_ptr_range();
    assert!(start.contains(&x.as_bytes().as_ptr()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any bytes as the last of an archive: an answer or an error, never a panic.
    #[test]
    fn any_tail_is_a_directory_or_refused(
        mut tail in prop::collection::vec(any::<u8>(), 0..400),
        ends in prop::collection::vec(0..400usize, 0..4),
        more in prop_oneof![Just(0u64), any::<u64>(), 0..1000u64],
    ) {
        for end in ends {
            if let Some(at) = tail.get_mut(end..end + 4) {
                at.copy_from_slice(b"PK\x05\x06");
            }
        }
        let len = (tail.len() as u64).saturating_add(more);
        if let Ok(needed) = NpzDirectory::needs(&tail, len) {
            prop_assert!(needed <= len);
        }
        let _ = NpzDirectory::parse(&tail, len);
        let _ = NpzReader::new([npy(&[1.0]), tail].concat());
    }
}

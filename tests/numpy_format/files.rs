//! Files and archives, written without the crate's own writers but for the header.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use npymap::{FormatProblem, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::common::{TemporaryFile, temporary_file};

pub fn npy(header: &Header, data: &[u8]) -> Vec<u8> {
    [&header.encode(), data].concat()
}

/// Text in a header of version 1.0, as it stands.
pub fn version_1(text: &[u8]) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap();
    [b"\x93NUMPY\x01\x00", len.to_le_bytes().as_slice(), text].concat()
}

pub fn written(bytes: &[u8]) -> TemporaryFile {
    let path = temporary_file();
    fs::write(&path, bytes).unwrap();
    path
}

/// The archive that `np.savez` writes of these entries: uncompressed, with room for 64-bit sizes.
pub fn archive(entries: &[(&str, &[u8])]) -> TemporaryFile {
    archive_with(CompressionMethod::Stored, entries)
}

/// The archive that `np.savez_compressed` writes.
pub fn compressed_archive(entries: &[(&str, &[u8])]) -> TemporaryFile {
    archive_with(CompressionMethod::Deflated, entries)
}

fn archive_with(method: CompressionMethod, entries: &[(&str, &[u8])]) -> TemporaryFile {
    let path = temporary_file();
    let mut writer = ZipWriter::new(File::create(&path).unwrap());
    for (name, content) in entries {
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// An archive of two uncompressed entries. The first has `hole` bytes of zeros behind its content, which take no
/// room on the disk; they are beyond checking, so that its checksum is a wrong one.
pub fn archive_with_hole(first: (&str, &[u8]), hole: u64, second: (&str, &[u8])) -> TemporaryFile {
    let path = temporary_file();
    let mut file = File::create(&path).unwrap();
    let mut directory = Vec::new();
    for ((name, content), hole) in [(first, hole), (second, 0)] {
        let offset = file.stream_position().unwrap();
        let size = content.len() as u64 + hole;
        file.write_all(&local_header(name, crc32(content), size)).unwrap();
        file.write_all(content).unwrap();
        file.seek_relative(i64::try_from(hole).unwrap()).unwrap();
        directory.extend(directory_entry(name, crc32(content), size, offset));
    }
    let start = file.stream_position().unwrap();
    file.write_all(&directory).unwrap();
    file.write_all(&end_of_directory(2, directory.len() as u64, start)).unwrap();
    path
}

/// Version, flags, method, time and date of an entry, then its checksum, and sizes that stand elsewhere.
fn entry_head(crc: u32, name: &str, extra_len: u16) -> Vec<u8> {
    let mut bytes = vec![45, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    bytes.extend(crc.to_le_bytes());
    bytes.extend([0xff; 8]);
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend(extra_len.to_le_bytes());
    bytes
}

fn local_header(name: &str, crc: u32, size: u64) -> Vec<u8> {
    let extra = [&[1, 0, 16, 0], size.to_le_bytes().as_slice(), &size.to_le_bytes()].concat();
    [b"PK\x03\x04", entry_head(crc, name, 20).as_slice(), name.as_bytes(), &extra].concat()
}

fn directory_entry(name: &str, crc: u32, size: u64, offset: u64) -> Vec<u8> {
    let numbers = [size, size, offset].map(u64::to_le_bytes).concat();
    let head = [b"PK\x01\x02", [45, 0].as_slice(), &entry_head(crc, name, 28)].concat();
    // No comment, disk and attributes; the offset stands elsewhere.
    [head.as_slice(), &[0; 10], &[0xff; 4], name.as_bytes(), &[1, 0, 24, 0], &numbers].concat()
}

fn end_of_directory(entries: u64, size: u64, start: u64) -> Vec<u8> {
    let mut bytes = b"PK\x06\x06".to_vec();
    bytes.extend(44u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([entries, entries, size, start].map(u64::to_le_bytes).concat());
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend((start + size).to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

/// Writes `bytes` behind `hole` zeros that take no room on the disk.
pub fn written_behind_hole(hole: u64, bytes: &[u8]) -> TemporaryFile {
    let path = temporary_file();
    let mut file = File::create(&path).unwrap();
    file.seek(SeekFrom::Start(hole)).unwrap();
    file.write_all(bytes).unwrap();
    path
}

/// The problem of a file that is broken.
#[track_caller]
pub fn format_problem<T>(result: npymap::Result<T>) -> FormatProblem {
    match result {
        Err(npymap::Error::Format { problem, .. }) => *problem,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

/// How many descriptors of this process are of that file.
#[cfg(target_os = "linux")]
pub fn descriptors(path: impl AsRef<Path>) -> usize {
    let path = fs::canonicalize(path).unwrap();
    let open = fs::read_dir("/proc/self/fd").unwrap();
    // A descriptor of another test may be closed while they are counted.
    open.filter(|entry| fs::read_link(entry.as_ref().unwrap().path()).is_ok_and(|file| file == path)).count()
}

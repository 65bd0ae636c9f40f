//! Archives: read, written, mapped, changed in place, and attacked.

#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod map;
mod read;
mod sources;
mod sparse;
mod write;

use std::fs;
use std::path::Path;

use common::{TemporaryFile, temporary_file};
use npymap::{Compression, NpzWriter};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of the zip crate, as NumPy writes it.
fn zipped(method: CompressionMethod, entries: &[(&str, &[u8])]) -> TemporaryFile {
    let path = temporary_file();
    let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, content) in entries {
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        writer.start_file(*name, options).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// The file of a vector.
fn npy(elements: &[f64]) -> Vec<u8> {
    let data: Vec<u8> = elements.iter().flat_map(|element| element.to_ne_bytes()).collect();
    [npymap::Header::new(npymap::DType::of::<f64>(), [elements.len()]).encode(), data].concat()
}

/// An archive of this crate with a vector `x` of numbers and a text.
fn sample(compression: Compression) -> TemporaryFile {
    let path = temporary_file();
    let mut writer = NpzWriter::create(&path).unwrap().compression(compression);
    writer.save("x", &numbers()).unwrap();
    writer.save("y", &[1i16, 2, 3]).unwrap();
    writer.save_bytes("notes.txt", b"notes").unwrap();
    writer.finish().unwrap();
    path
}

/// Numbers that deflate, but not to nothing.
fn numbers() -> Vec<f64> {
    (0..100_000).map(|number| f64::from(number % 1000) / 8.0).collect()
}

/// A message without the path that it starts with.
fn message(error: &npymap::Error, path: impl AsRef<Path>) -> String {
    let text = error.to_string();
    text.strip_prefix(&format!("{}:", path.as_ref().display())).unwrap_or(&text).trim_start().to_string()
}

/// Where `needle` stands in `bytes` first.
fn find(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).expect("it is there")
}

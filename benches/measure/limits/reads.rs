//! Large arrays into memory of their own.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use ndarray::{Array1, Ix1};
use npymap::{DType, Element};

use crate::Bench;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::system::large_pages;

pub fn add(bench: &mut Bench) {
    let bytes = (512 << 20) / bench.effort.divisor;
    read::<f32>(bench, "read <f4, owned", bytes, "<f4", "load", 1.05);
    read::<f64>(bench, "read <f8, owned", bytes, "<f8", "load", 1.05);
    read::<f64>(bench, "read >f8, owned", bytes / 2, ">f8", "swapped", 1.15);
    read::<i16>(bench, "read >i2, owned", bytes / 2, ">i2", "swapped", 1.15);
    read::<bool>(bench, "read bool, owned and checked", bytes / 2, "|b1", "checked", 1.05);
}

/// A number of which there is one for each index.
trait Sample: Element + Send + ndarray_npy::ReadableElement + npyz::Deserialize + Into<f64> {
    fn numbered(number: usize) -> Self;

    /// That of these bytes, in the machine's order.
    fn of(bytes: &[u8]) -> Self;
}

impl Sample for f32 {
    fn numbered(number: usize) -> Self {
        (number % 1021) as f32
    }

    fn of(bytes: &[u8]) -> Self {
        Self::from_ne_bytes(*bytes.first_chunk().expect("it is as long"))
    }
}

impl Sample for f64 {
    fn numbered(number: usize) -> Self {
        number as f64
    }

    fn of(bytes: &[u8]) -> Self {
        Self::from_ne_bytes(*bytes.first_chunk().expect("it is as long"))
    }
}

impl Sample for i16 {
    fn numbered(number: usize) -> Self {
        (number % 30_011) as i16
    }

    fn of(bytes: &[u8]) -> Self {
        Self::from_ne_bytes(*bytes.first_chunk().expect("it is as long"))
    }
}

impl Sample for bool {
    fn numbered(number: usize) -> Self {
        number % 7 < 3
    }

    fn of(bytes: &[u8]) -> Self {
        bytes == [1]
    }
}

fn read<T: Sample>(
    bench: &mut Bench,
    name: &str,
    bytes: usize,
    dtype: &str,
    work: &'static str,
    budget: f64,
) {
    if !bench.wants(name) {
        return;
    }
    let len = bytes / size_of::<T>();
    let path = bench.folder.file("read.npy");
    let elements: Vec<T> = (0..len).map(T::numbered).collect();
    let is_swapped = dtype.starts_with('>') == cfg!(target_endian = "little");
    let dtype: DType = dtype.parse().expect("NumPy has it");
    npymap::save_as(&path, &elements, &dtype).expect("the folder can be written");
    drop(elements);
    let sum = |elements: &[T]| checksum(elements.len(), |index| elements[index].into().to_bits());
    let path = path.as_path();
    let peer = move || ndarray_npy::read_npy::<_, Array1<T>>(path).expect("the file is there");
    let load = move || npymap::load::<T, Ix1>(path).expect("the file is there");
    let loaded = move |array: &Array1<T>| sum(array.as_slice().expect("it is contiguous"));
    let mut contenders = vec![
        Contender::new("npymap", load, loaded),
        Contender::on_one_core(bytes, load, loaded),
        // Fresh memory in large pages, filled by the system.
        Contender::new(
            "limit",
            move || if work == "checked" { bare_bools(path, DATA, bytes) } else { bare(path, DATA, bytes) },
            move |memory| {
                checksum(len, |index| {
                    let mut bytes = memory[index * size_of::<T>()..][..size_of::<T>()].to_vec();
                    if is_swapped {
                        bytes.reverse();
                    }
                    T::of(&bytes).into().to_bits()
                })
            },
        ),
        Contender::new("ndarray-npy", peer, move |array| sum(array.as_slice().expect("it is contiguous"))),
        Contender::new(
            "npyz",
            move || {
                let file = BufReader::new(File::open(path).expect("the file is there"));
                npyz::NpyFile::new(file).and_then(npyz::NpyFile::into_vec::<T>).expect("it has them")
            },
            move |elements| sum(elements),
        ),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender(work, path)));
    let row = Row::measure(name, Unit::Bytes(bytes), budget, bytes, bench.effort, contenders);
    bench.add(row);
}

/// Bytes from the start of a file to its data, behind a short header.
pub const DATA: usize = 128;

/// The data of a file.
pub fn bare(path: &Path, offset: usize, bytes: usize) -> memmap2::MmapMut {
    let mut memory = large_pages(bytes);
    opened(path, offset).read_exact(&mut memory).expect("it has the data");
    memory
}

/// A file whose first `offset` bytes are passed over.
pub fn opened(path: &Path, offset: usize) -> File {
    let mut file = File::open(path).expect("the file is there");
    file.seek(SeekFrom::Start(offset as u64)).expect("it is a file");
    file
}

/// [`bare`] of bytes that must be 0 or 1: each piece is looked at while it is in the cache.
fn bare_bools(path: &Path, offset: usize, bytes: usize) -> memmap2::MmapMut {
    let mut memory = large_pages(bytes);
    let mut file = opened(path, offset);
    for piece in memory.chunks_mut(256 << 10) {
        file.read_exact(piece).expect("it has the data");
        assert!(piece.iter().fold(0, |all, &byte| all | byte) <= 1, "it holds no others");
    }
    memory
}

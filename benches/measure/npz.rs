//! How close archives come to what the machine can do: `cargo bench --bench npz`, or with `-- --quick`
//! behind it.
//!
//! As in the other bench, each row runs npymap and the plainest correct code for the same work in turn, and prints the
//! median of each and their ratio. What is limited by one core is divided by the number of cores, where npymap works on
//! all of them.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the limits are bare system calls")]

use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress};
use ndarray::Ix1;
use npymap::{Compression, NpyMap, NpzMap, NpzReader, NpzWriter};

/// Arrays of an archive.
const COUNT: usize = 8;
/// Bytes that are read and summed at a time.
const PIECE: usize = 256 * 1024;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (len, rounds) = if quick { (1 << 21, 5) } else { (1 << 23, 15) };
    let folder = Folder::new();
    println!("| what | npymap | limit | ratio |\n|---|---|---|---|");
    stored(&folder.0, len, rounds);
    mapped(&folder.0, len, rounds);
    deflated(&folder.0, len / 4, rounds.min(5));
    many(&folder.0, if quick { 10_000 } else { 100_000 }, rounds.min(5));
}

/// Runs both in turn, after one round that is not counted, and prints the line.
fn row<A, B>(
    name: &str,
    gigabytes: f64,
    rounds: usize,
    cores: f64,
    mut ours: impl FnMut() -> A,
    mut limit: impl FnMut() -> B,
) {
    drop((ours(), limit()));
    let (mut ours_seconds, mut limit_seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours_seconds.push(seconds(&mut ours));
        limit_seconds.push(seconds(&mut limit));
    }
    let (ours, limit) = (median(ours_seconds), median(limit_seconds) / cores);
    let [ours_rate, limit_rate] = [ours, limit].map(|seconds| gigabytes / seconds);
    println!("| {name} | {ours_rate:.3} GB/s | {limit_rate:.3} GB/s | {:.2} |", ours / limit);
}

fn seconds<R>(work: &mut impl FnMut() -> R) -> f64 {
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    drop(black_box(result));
    seconds
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Numbers of a slow wave, rounded: they deflate to about half.
fn numbers(len: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut value = 0.0f32;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            value += ((state >> 24) as f32 - 127.5) / 64.0;
            (value * 4.0).round() / 4.0
        })
        .collect()
}

fn archive(path: &Path, len: usize, compression: Compression) -> Vec<f32> {
    let numbers = numbers(len);
    let mut writer = NpzWriter::create(path).expect("the folder can be written").compression(compression);
    for number in 0..COUNT {
        writer.save(&number.to_string(), &numbers).expect("there is room");
    }
    writer.finish().expect("there is room");
    numbers
}

fn large_pages(len: usize) -> memmap2::MmapMut {
    let memory = memmap2::MmapMut::map_anon(len).expect("there is memory");
    #[cfg(target_os = "linux")]
    memory.advise(memmap2::Advice::HugePage).unwrap_or_else(|error| println!("no large pages here: {error}"));
    memory
}

/// Stored arrays against a read in pieces whose checksums are computed in the cache.
fn stored(folder: &Path, len: usize, rounds: usize) {
    let path = folder.join("stored.npz");
    archive(&path, len, Compression::Stored);
    let places: Vec<(u64, usize, u32)> = NpzReader::open(&path)
        .expect("it was written")
        .entries()
        .map(|entry| entry.expect("it was written"))
        .map(|entry| (entry.data_offset(), entry.size() as usize, entry.crc32()))
        .collect();
    let read = |&(offset, size, expected): &(u64, usize, u32)| {
        let file = File::open(&path).expect("it was written");
        let mut memory = large_pages(size);
        let mut checksum = crc32fast::Hasher::new();
        for (number, piece) in memory.chunks_mut(PIECE).enumerate() {
            file.read_exact_at(piece, offset + (number * PIECE) as u64).expect("it is there");
            checksum.update(piece);
        }
        assert_eq!(checksum.finalize(), expected);
        memory
    };
    let gigabytes = len as f64 * 4e-9;
    let load = |name: &str| {
        NpzReader::open(&path).and_then(|archive| archive.load::<f32, Ix1>(name)).expect("it was written")
    };
    row("stored, one array", gigabytes, rounds, 1.0, || load("3"), || read(&places[3]));
    let all = || (0..COUNT).map(|number| load(&number.to_string())).collect::<Vec<_>>();
    let read_all = || places.iter().map(read).collect::<Vec<_>>();
    row("stored, all arrays one by one", gigabytes * COUNT as f64, rounds, 1.0, all, read_all);
    let all =
        || NpzReader::open(&path).and_then(|archive| archive.load_all::<f32, Ix1>()).expect("it was written");
    row("stored, load_all against one core", gigabytes * COUNT as f64, rounds, 1.0, all, read_all);
}

/// A mapped entry against a mapped `.npy` file.
fn mapped(folder: &Path, len: usize, rounds: usize) {
    let (npz, npy) = (folder.join("stored.npz"), folder.join("one.npy"));
    npymap::save(&npy, &numbers(len)).expect("the folder can be written");
    let sum = |map: NpyMap| {
        map.as_slice::<f32>().expect("it is aligned").iter().map(|x| x.to_bits() as u64).sum::<u64>()
    };
    let of_archive =
        || sum(unsafe { NpzMap::open(&npz) }.and_then(|archive| archive.get("3")).expect("it was written"));
    let of_file = || sum(unsafe { NpyMap::open(&npy) }.expect("it was written"));
    assert_eq!(of_archive(), of_file());
    row("mapped entry against .npy, summed", len as f64 * 4e-9, rounds, 1.0, of_archive, of_file);
}

/// Deflated arrays against zlib-rs at once on one core, of which there are several.
fn deflated(folder: &Path, len: usize, rounds: usize) {
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let path = folder.join("deflated.npz");
    let numbers = archive(&path, len, Compression::DEFLATED);
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let deflate = || {
        let mut deflated = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 64);
        let mut compress = Compress::new(flate2::Compression::new(6), false);
        compress.compress_vec(&bytes, &mut deflated, FlushCompress::Finish).expect("it is deflated");
        deflated
    };
    let stream = deflate();
    let inflate = || {
        let mut memory = large_pages(bytes.len());
        Decompress::new(false)
            .decompress(&stream, &mut memory, FlushDecompress::Finish)
            .expect("it is inflated");
        memory
    };
    assert!(inflate()[..] == bytes[..]);
    let gigabytes = bytes.len() as f64 * 1e-9;
    let all =
        || NpzReader::open(&path).and_then(|archive| archive.load_all::<f32, Ix1>()).expect("it was written");
    let inflate_all = || (0..COUNT).map(|_| inflate()).collect::<Vec<_>>();
    row("deflated, load_all, against cores", gigabytes * COUNT as f64, rounds, cores, all, inflate_all);
    let one =
        || NpzReader::open(&path).and_then(|archive| archive.load::<f32, Ix1>("3")).expect("it was written");
    row("deflated, one array", gigabytes, rounds, 1.0, one, inflate);
    let save = || {
        let mut writer = NpzWriter::create(folder.join("new.npz")).expect("there is room");
        writer = writer.compression(Compression::DEFLATED);
        writer.save("x", &numbers).and_then(|()| writer.finish()).expect("there is room");
    };
    row("deflated, written, against cores", gigabytes, rounds, cores, save, deflate);
}

/// Archives of many small arrays: to open one, and to read all of it.
fn many(folder: &Path, count: usize, rounds: usize) {
    let path = folder.join("many.npz");
    let mut writer = NpzWriter::create(&path).expect("the folder can be written");
    for number in 0..count {
        writer.save(&number.to_string(), &[number as f64]).expect("there is room");
    }
    writer.finish().expect("there is room");
    let median_of = |work: &mut dyn FnMut()| median((0..rounds).map(|_| seconds(&mut || work())).collect());
    let open = median_of(&mut || drop(black_box(NpzReader::open(&path).expect("it was written"))));
    let archive = NpzReader::open(&path).expect("it was written");
    let all = median_of(&mut || drop(black_box(archive.load_all::<f64, Ix1>().expect("it was written"))));
    println!("| {count} entries: opened in {:.1} ms | all loaded in {:.1} ms | | |", open * 1e3, all * 1e3);
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("npymap-bench-npz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the system has a folder for temporary files");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

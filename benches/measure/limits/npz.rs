//! Archives of several arrays, stored and deflated.
//!
//! npyz is left out: its archives would bring the C libraries of every method that zip knows.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress};
use memmap2::MmapMut;
use ndarray::{Array1, Ix1};
use npymap::{Compression, NpyMap, NpzMap, NpzReader, NpzWriter};

use crate::Bench;
use crate::maps::sum_of;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::system::large_pages;

/// Arrays of an archive.
const COUNT: usize = 8;
/// Bytes that are read and summed at a time.
const PIECE: usize = 256 * 1024;

pub fn add(bench: &mut Bench) {
    stored(bench);
    mapped(bench);
    inflated(bench);
    deflated(bench);
    many(bench);
}

/// Numbers of a slow wave, rounded: they deflate to less than a third.
fn numbers(len: usize) -> Array1<f32> {
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

fn archive(path: &Path, len: usize, compression: Compression) -> Array1<f32> {
    let numbers = numbers(len);
    let mut writer = NpzWriter::create(path).expect("the folder can be written").compression(compression);
    for number in 0..COUNT {
        writer.save(&number.to_string(), &numbers).expect("there is room");
    }
    writer.finish().expect("there is room");
    numbers
}

fn sum(array: &Array1<f32>) -> u64 {
    checksum(array.len(), |index| u64::from(array[index].to_bits()))
}

/// Of the arrays behind headers of 128 bytes.
fn sum_of_entries(entries: &[MmapMut]) -> u64 {
    entries.iter().fold(0, |all, entry| {
        let (floats, _) = entry[128..].as_chunks::<4>();
        all ^ checksum(floats.len(), |index| u64::from(u32::from_ne_bytes(floats[index])))
    })
}

fn sum_of_all<N>(arrays: &[(N, Array1<f32>)]) -> u64 {
    arrays.iter().fold(0, |all, (_, array)| all ^ sum(array))
}

fn open(path: &Path) -> NpzReader {
    NpzReader::open(path).expect("it was written")
}

/// Where each entry starts, its size and its checksum.
fn entries(path: &Path) -> Vec<(u64, usize, u32)> {
    let archive = open(path);
    let entry = |entry: &npymap::NpzEntry| {
        let start = archive.data_offset(entry.full_name()).expect("it was written");
        (start, entry.size() as usize, entry.crc32())
    };
    archive.entries().iter().map(entry).collect()
}

fn peer(path: &Path) -> ndarray_npy::NpzReader<File> {
    ndarray_npy::NpzReader::new(File::open(path).expect("it was written")).expect("it is an archive")
}

fn by_peer(path: &Path, names: &[usize]) -> Vec<(usize, Array1<f32>)> {
    let mut archive = peer(path);
    names.iter().map(|&name| (name, archive.by_name(&name.to_string()).expect("it is there"))).collect()
}

/// Arrays one by one, against a read in pieces whose checksums are computed in the cache.
fn stored(bench: &mut Bench) {
    let rows: [(&str, &[usize], &'static str); 2] = [
        ("stored .npz, one array of it", &[3], "npz_one"),
        ("stored .npz, all arrays", &[0, 1, 2, 3, 4, 5, 6, 7], "npz_all"),
    ];
    if !rows.iter().any(|(name, ..)| bench.wants(name)) {
        return;
    }
    let len = (1 << 23) / bench.effort.divisor;
    let path = bench.folder.file("stored.npz");
    let path = path.as_path();
    archive(path, len, Compression::Stored);
    let places = entries(path);
    let read = |&(offset, size, expected): &(u64, usize, u32)| {
        let file = File::open(path).expect("it was written");
        let mut memory = large_pages(size);
        let mut checksum = crc32fast::Hasher::new();
        for (number, piece) in memory.chunks_mut(PIECE).enumerate() {
            file.read_exact_at(piece, offset + (number * PIECE) as u64).expect("it is there");
            checksum.update(piece);
        }
        assert_eq!(checksum.finalize(), expected);
        memory
    };
    for (name, numbers, work) in rows {
        if !bench.wants(name) {
            continue;
        }
        let ours = || {
            let load = |&number: &usize| {
                (number, open(path).load::<f32, Ix1>(&number.to_string()).expect("it was written"))
            };
            numbers.iter().map(load).collect::<Vec<_>>()
        };
        let limit = || numbers.iter().map(|&number| read(&places[number])).collect::<Vec<_>>();
        let mut contenders = vec![
            Contender::new("npymap", ours, |arrays| sum_of_all(arrays)),
            Contender::new("limit", limit, |entries| sum_of_entries(entries)),
            Contender::new("ndarray-npy", || by_peer(path, numbers), |arrays| sum_of_all(arrays)),
        ];
        contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender(work, path)));
        let bytes = numbers.len() * len * 4;
        let row = Row::measure(name, Unit::Bytes(bytes), 1.15, bytes, bench.effort, contenders);
        bench.add(row);
    }
    std::fs::remove_file(path).expect("it was made here");
}

/// A mapped entry, against a bare map of a `.npy` file.
fn mapped(bench: &mut Bench) {
    const NAME: &str = "sum over a mapped entry of a stored .npz";
    if !bench.wants(NAME) {
        return;
    }
    let len = (1 << 26) / bench.effort.divisor;
    let (npz, npy) = (bench.folder.file("mapped.npz"), bench.folder.file("mapped.npy"));
    let numbers = numbers(len);
    npymap::save(&npy, &numbers).expect("the folder can be written");
    let mut writer = NpzWriter::create(&npz).expect("the folder can be written");
    writer.save("x", &numbers).and_then(|()| writer.finish()).expect("there is room");
    drop(numbers);
    let ours = || {
        let entry = unsafe { NpzMap::open(&npz) }.and_then(|archive| archive.get("x"));
        let entry: NpyMap = entry.expect("it was written");
        sum_of(entry.as_slice().expect("it is aligned"))
    };
    let limit = || {
        let map = unsafe { memmap2::Mmap::map(&File::open(&npy).expect("it was written")) };
        let map = map.expect("it can be mapped");
        sum_of(unsafe { map[128..].align_to() }.1)
    };
    let bits = |sum: &f32| u64::from(sum.to_bits());
    let contenders = vec![Contender::new("npymap", ours, bits), Contender::new("limit", limit, bits)];
    let row = Row::measure(NAME, Unit::Bytes(len * 4), 1.05, 0, bench.effort, contenders);
    bench.add(row);
    [npz, npy].iter().for_each(|path| std::fs::remove_file(path).expect("it was made here"));
}

/// Work on as many threads as there are processors, each of which takes the next item when it is done with one.
fn on_all_cores<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (next, work) = (&AtomicUsize::new(0), &work);
    thread::scope(|scope| {
        let items = || std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let thread = |_| scope.spawn(move || items().take_while(|&item| item < count).map(work).collect());
        let threads: Vec<_> = (0..cores.min(count)).map(thread).collect();
        threads
            .into_iter()
            .flat_map(|thread| -> Vec<R> { thread.join().expect("it does not panic") })
            .collect()
    })
}

/// Deflated arrays, against zlib-rs at once, one array a core: the decoder alone, without a checksum.
fn inflated(bench: &mut Bench) {
    let rows: [(&str, &[usize], &'static str, Option<f64>); 2] = [
        ("deflated .npz, one array of it", &[3], "npz_one", None),
        ("deflated .npz, all arrays on all cores", &[0, 1, 2, 3, 4, 5, 6, 7], "npz_all", Some(1.05)),
    ];
    if !rows.iter().any(|(name, ..)| bench.wants(name)) {
        return;
    }
    let len = (1 << 22) / bench.effort.divisor;
    let path = bench.folder.file("deflated.npz");
    let path = path.as_path();
    archive(path, len, Compression::DEFLATED);
    let bytes = std::fs::read(path).expect("it was written");
    let opened = open(path);
    let stream = |entry: &npymap::NpzEntry| {
        let start = opened.data_offset(entry.full_name()).expect("it was written");
        &bytes[start as usize..][..entry.compressed_size() as usize]
    };
    let streams: Vec<&[u8]> = opened.entries().iter().map(stream).collect();
    // Each from its own bytes: those of the array before are no longer in the cache.
    let inflate = |number: usize| {
        let stream = streams[number];
        let mut memory = large_pages(len * 4 + 128);
        let inflated = Decompress::new(false).decompress(stream, &mut memory, FlushDecompress::Finish);
        inflated.expect("it was deflated");
        memory
    };
    for (name, numbers, work, budget) in rows {
        if !bench.wants(name) {
            continue;
        }
        let ours = || match numbers {
            [one] => {
                let array = open(path).load::<f32, Ix1>(&one.to_string()).expect("it was written");
                vec![(one.to_string(), array)]
            }
            _ => open(path).load_all::<f32, Ix1>().expect("it was written"),
        };
        let mut contenders = vec![
            Contender::new("npymap", ours, |arrays| sum_of_all(arrays)),
            Contender::new(
                "limit",
                || on_all_cores(numbers.len(), inflate),
                |entries| sum_of_entries(entries),
            ),
            Contender::new("ndarray-npy", || by_peer(path, numbers), |arrays| sum_of_all(arrays)),
        ];
        contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender(work, path)));
        let bytes = numbers.len() * len * 4;
        let row = Row::measure(name, Unit::Bytes(bytes), budget, bytes, bench.effort, contenders);
        bench.add(row);
    }
    std::fs::remove_file(path).expect("it was made here");
}

/// Arrays deflated at level 6, against zlib-rs at once, an equal part a core: the encoder alone.
fn deflated(bench: &mut Bench) {
    const NAME: &str = "deflated .npz, written at level 6";
    if !bench.wants(NAME) {
        return;
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let len = (1 << 22) / bench.effort.divisor;
    let array = numbers(len);
    let npy = bench.folder.file("deflate.npy");
    npymap::save(&npy, &array).expect("the folder can be written");
    let bytes: Vec<u8> = array.iter().flat_map(|number| number.to_le_bytes()).collect();
    let paths: Vec<PathBuf> = ["ours.npz", "peer.npz"].map(|name| bench.folder.file(name)).to_vec();
    let ours = || {
        let writer = NpzWriter::create(&paths[0]).expect("the folder can be written");
        let mut writer = writer.compression(Compression::DEFLATED);
        writer.save("x", &array).and_then(|()| writer.finish()).expect("there is room");
    };
    let limit = || {
        let parts: Vec<&[u8]> = bytes.chunks(bytes.len().div_ceil(cores)).collect();
        on_all_cores(parts.len(), |part| {
            let mut deflated = Vec::with_capacity(parts[part].len());
            let mut compress = Compress::new(flate2::Compression::new(6), false);
            let done = compress.compress_vec(parts[part], &mut deflated, FlushCompress::Finish);
            done.expect("it is deflated");
            deflated
        });
    };
    let peer = || {
        let file = File::create(&paths[1]).expect("the folder can be written");
        let mut writer = ndarray_npy::NpzWriter::new_compressed(file);
        writer.add_array("x", &array).expect("there is room");
        writer.finish().expect("there is room");
    };
    let mut contenders = vec![
        Contender::new("npymap", ours, |()| 0),
        Contender::new("limit", limit, |()| 0),
        Contender::new("ndarray-npy", peer, |()| 0),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("deflate", &npy)));
    let row = Row::measure(NAME, Unit::Bytes(len * 4), 1.11, 0, bench.effort, contenders);
    bench.add(row);
    for path in paths.iter().chain([&npy]) {
        // The peer's is not there where the peers are left out.
        let _ = std::fs::remove_file(path);
    }
}

/// Archives of many small arrays: to open one, and to read all of it.
fn many(bench: &mut Bench) {
    let count = 100_000 / bench.effort.divisor;
    let names = ["opened", "all loaded"].map(|what| format!(".npz of {count} arrays, {what}"));
    if !names.iter().any(|name| bench.wants(name)) {
        return;
    }
    let path = bench.folder.file("many.npz");
    let path = path.as_path();
    let mut writer = NpzWriter::create(path).expect("the folder can be written");
    for number in 0..count {
        writer.save(&number.to_string(), &[number as f64]).expect("there is room");
    }
    writer.finish().expect("there is room");
    let [opened, loaded] = names;
    let unit = Unit::Rate(count, "arrays");
    if bench.wants(&opened) {
        let ours = Contender::new("npymap", || open(path).names().count(), |&count| count as u64);
        let peer = Contender::new("ndarray-npy", || peer(path).len(), |&count| count as u64);
        let mut contenders = vec![ours, peer];
        contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("npz_open", path)));
        let row = Row::measure(opened, unit, None, 0, bench.effort, contenders);
        bench.add(row);
    }
    if bench.wants(&loaded) {
        let ours = || open(path).load_all::<f64, Ix1>().expect("it was written").len();
        let peer = || {
            let mut archive = peer(path);
            let load = |index| archive.by_index::<ndarray::OwnedRepr<f64>, Ix1>(index).expect("it is there");
            (0..count).map(load).map(|array| array.len()).sum::<usize>()
        };
        let ours = Contender::new("npymap", ours, |&count| count as u64);
        let peer = Contender::new("ndarray-npy", peer, |&count| count as u64);
        let mut contenders = vec![ours, peer];
        contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("npz_all", path)));
        let row = Row::measure(loaded, unit, None, 0, bench.effort, contenders);
        bench.add(row);
    }
    std::fs::remove_file(path).expect("it was made here");
}

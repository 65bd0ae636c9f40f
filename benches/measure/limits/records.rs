//! Packed records into structs of the file's layout and of the compiler's.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ndarray::{Array1, Ix1};
use npymap::Record;

use crate::Bench;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::reads::bare;
use crate::system::large_pages;

/// What a file of records holds.
#[derive(Record, Clone, Copy)]
#[repr(C, packed)]
struct Packed {
    value: f64,
    id: i32,
    kind: u8,
    weight: f32,
}

/// How a program would rather have it.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Aligned {
    value: f64,
    id: i32,
    kind: u8,
    weight: f32,
}

const SIZE: usize = size_of::<Packed>();
const ALIGNED: usize = size_of::<Aligned>();

fn record(number: usize) -> Packed {
    Packed { value: number as f64, id: number as i32, kind: number as u8, weight: number as f32 }
}

fn word(value: f64, weight: f32, kind: u8) -> u64 {
    value.to_bits() ^ u64::from(weight.to_bits()) ^ u64::from(kind)
}

pub fn add(bench: &mut Bench) {
    let len = 5_000_000 / bench.effort.divisor;
    let path = bench.folder.file("records.npy");
    npymap::save(&path, &(0..len).map(record).collect::<Vec<_>>()).expect("the folder can be written");
    let path = path.as_path();
    let data = std::fs::metadata(path).expect("it was saved").len() as usize;
    let (offset, bytes) = (data - len * SIZE, len * SIZE);
    // Of records of any layout: where the weight stands in them.
    let fields = move |record: &[u8], weight: usize| {
        let value = f64::from_le_bytes(*record.first_chunk().expect("it is as long"));
        let weight = f32::from_le_bytes(*record[weight..].first_chunk().expect("it is as long"));
        word(value, weight, record[12])
    };

    let name = "packed records into packed structs";
    if bench.wants(name) {
        let load = move || npymap::load::<Packed, Ix1>(path).expect("the file is there");
        let loaded = move |array: &Array1<Packed>| {
            checksum(len, |index| word(array[index].value, array[index].weight, array[index].kind))
        };
        let mut contenders = vec![
            Contender::new("npymap", load, loaded),
            Contender::on_one_core(bytes, load, loaded),
            Contender::new(
                "limit",
                move || bare(path, offset, bytes),
                move |memory| checksum(len, |index| fields(&memory[index * SIZE..][..SIZE], 13)),
            ),
        ];
        contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("load", path)));
        let row = Row::measure(name, Unit::Bytes(bytes), 1.1, bytes, bench.effort, contenders);
        bench.add(row);
    }
    let name = "packed records into aligned structs";
    if bench.wants(name) {
        let load = move || npymap::load::<Aligned, Ix1>(path).expect("the file is there");
        let loaded = move |array: &Array1<Aligned>| {
            checksum(len, |index| word(array[index].value, array[index].weight, array[index].kind))
        };
        let contenders = vec![
            Contender::new("npymap", load, loaded),
            Contender::on_one_core(len * ALIGNED, load, loaded),
            Contender::new(
                "limit",
                move || by_hand(path, offset, len),
                move |memory| checksum(len, |index| fields(&memory[index * ALIGNED..][..ALIGNED], 16)),
            ),
        ];
        let row = Row::measure(name, Unit::Bytes(bytes), 1.3, len * ALIGNED, bench.effort, contenders);
        bench.add(row);
    }
}

/// The fields moved by hand, from pieces that stay in the cache.
fn by_hand(path: &Path, offset: usize, len: usize) -> memmap2::MmapMut {
    let mut file = File::open(path).expect("the file is there");
    file.seek(SeekFrom::Start(offset as u64)).expect("it is a file");
    let mut elements = large_pages(len * ALIGNED);
    let mut piece = vec![0; 256 * 1024 / SIZE * SIZE];
    for elements in elements.chunks_mut(piece.len() / SIZE * ALIGNED) {
        let piece = &mut piece[..elements.len() / ALIGNED * SIZE];
        file.read_exact(piece).expect("it has the data");
        for (from, to) in piece.chunks_exact(SIZE).zip(elements.chunks_exact_mut(ALIGNED)) {
            to[..13].copy_from_slice(&from[..13]);
            to[16..20].copy_from_slice(&from[13..]);
        }
    }
    elements
}

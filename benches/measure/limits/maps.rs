//! Arrays that are mapped and never loaded.

use std::fs::File;
use std::path::Path;

use ndarray::{ArrayView1, ArrayView2, Ix1, Ix2};
use ndarray_npy::ViewNpyExt;
use npymap::NpyMap;

use crate::Bench;
use crate::measure::{Contender, Row, Unit};

pub fn add(bench: &mut Bench) {
    sum(bench);
    column(bench);
}

fn map(path: &Path) -> memmap2::Mmap {
    let file = File::open(path).expect("the file is there");
    unsafe { memmap2::Mmap::map(&file).expect("it can be mapped") }
}

/// The numbers of a map behind a header of 128 bytes.
fn floats(map: &memmap2::Mmap) -> &[f32] {
    let (start, floats, end) = unsafe { map[128..].align_to::<f32>() };
    assert!(start.is_empty() && end.is_empty());
    floats
}

/// In as many sums as the processor adds at a time. One copy for all, because where a loop lies decides about a tenth.
#[inline(never)]
pub fn sum_of(floats: &[f32]) -> f32 {
    let (chunks, rest) = floats.as_chunks::<64>();
    let mut sums = [0.0f32; 64];
    for chunk in chunks {
        for (sum, number) in sums.iter_mut().zip(chunk) {
            *sum += number;
        }
    }
    sums.iter().chain(rest).sum()
}

fn sum(bench: &mut Bench) {
    const NAME: &str = "sum over a map";
    if !bench.wants(NAME) {
        return;
    }
    let len = (1 << 28) / bench.effort.divisor;
    let path = bench.folder.file("sum.npy");
    npymap::save(&path, &(0..len).map(|number| (number % 2) as f32).collect::<Vec<_>>())
        .expect("the folder can be written");
    let path = path.as_path();
    let ours = || {
        let map = unsafe { NpyMap::open(path).expect("the file is there") };
        let view = map.view::<f32, Ix1>().expect("it has floats");
        sum_of(view.as_slice().expect("it is contiguous"))
    };
    let peer = || {
        let map = map(path);
        let view = ArrayView1::<f32>::view_npy(&map).expect("it has floats");
        sum_of(view.as_slice().expect("it is contiguous"))
    };
    let bits = |sum: &f32| u64::from(sum.to_bits());
    let mut contenders = vec![
        Contender::new("npymap", ours, bits),
        Contender::new("limit", || sum_of(floats(&map(path))), bits),
        Contender::new("ndarray-npy", peer, bits),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("sum", path)));
    let row = Row::measure(NAME, Unit::Bytes(len * 4), 1.05, 0, bench.effort, contenders);
    bench.add(row);
    std::fs::remove_file(path).expect("it was made here");
}

fn column(bench: &mut Bench) {
    const NAME: &str = "one column of a C-order file, mapped";
    const COLUMNS: usize = 256;
    if !bench.wants(NAME) {
        return;
    }
    let rows = 1_000_000 / bench.effort.divisor;
    let path = bench.folder.file("column.npy");
    let array = ndarray::Array2::from_shape_fn((rows, COLUMNS), |(row, column)| (row ^ column) as f32);
    npymap::save(&path, &array).expect("the folder can be written");
    drop(array);
    let path = path.as_path();
    let ours = || {
        let map = unsafe { NpyMap::open(path).expect("the file is there") };
        map.view::<f32, Ix2>().expect("it has floats").column(7).to_vec()
    };
    let peer = || {
        let map = map(path);
        ArrayView2::<f32>::view_npy(&map).expect("it has floats").column(7).to_vec()
    };
    let limit = || floats(&map(path)).iter().skip(7).step_by(COLUMNS).copied().collect::<Vec<_>>();
    let bits = |column: &Vec<f32>| {
        column.iter().fold(0, |sum, number| sum * 31 % 1_000_003 + number.to_bits() as u64)
    };
    let mut contenders = vec![
        Contender::new("npymap", ours, bits),
        Contender::new("limit", limit, bits),
        Contender::new("ndarray-npy", peer, bits),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("column", path)));
    let row = Row::measure(NAME, Unit::Microseconds(1), 1.05, 0, bench.effort, contenders);
    bench.add(row);
    std::fs::remove_file(path).expect("it was made here");
}

//! What costs the same however large the array is.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use ndarray::{Array1, Ix1};
use npymap::NpyMap;

use crate::Bench;
use crate::measure::{Contender, Row, Unit};

pub fn add(bench: &mut Bench) {
    open(bench);
    files(bench);
}

/// Open, map, typed view, and a touch in the middle.
fn open(bench: &mut Bench) {
    const NAME: &str = "open, map, view and touch";
    const RUNS: usize = 100;
    if !bench.wants(NAME) {
        return;
    }
    let len = (1 << 28) / bench.effort.divisor;
    let path = bench.folder.file("large.npy");
    npymap::save(&path, &vec![1.5f32; len]).expect("the folder can be written");
    let ours = || {
        (0..RUNS).fold(0.0, |sum, _| {
            let map = unsafe { NpyMap::open(&path).expect("the file is there") };
            sum + map.view::<f32, Ix1>().expect("it has floats")[len / 2]
        })
    };
    let limit = || {
        (0..RUNS).fold(0.0, |sum, _| {
            let file = File::open(&path).expect("the file is there");
            let file_len = file.metadata().expect("it is open").len() as usize;
            let map =
                unsafe { memmap2::MmapOptions::new().len(file_len).map(&file).expect("it can be mapped") };
            // The header, which a reader must have looked at, and the same element.
            black_box(map[8]);
            sum + f32::from_ne_bytes(*map[128 + len / 2 * 4..].first_chunk().expect("four bytes"))
        })
    };
    let ndarray_npy = || {
        (0..RUNS).fold(0.0, |sum, _| {
            let file = File::open(&path).expect("the file is there");
            let map = unsafe { memmap2::Mmap::map(&file).expect("it can be mapped") };
            let view = <ndarray::ArrayView1<f32> as ndarray_npy::ViewNpyExt>::view_npy(&map);
            sum + view.expect("it has floats")[len / 2]
        })
    };
    let bits = |sum: &f32| u64::from(sum.to_bits());
    let mut contenders = vec![
        Contender::new("npymap", ours, bits),
        Contender::new("limit", limit, bits),
        Contender::new("ndarray-npy", ndarray_npy, bits),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("touch", &path)));
    let row = Row::measure(NAME, Unit::Microseconds(RUNS), 1.15, 0, bench.effort, contenders);
    bench.add(row);
    std::fs::remove_file(&path).expect("it was made here");
}

/// Many files of 1 KB into arrays of their own.
fn files(bench: &mut Bench) {
    let count = 10_000 / bench.effort.divisor;
    let name = format!("{count} files of 1 KB");
    if !bench.wants(&name) {
        return;
    }
    let folder = bench.folder.file("small");
    std::fs::create_dir(&folder).expect("the folder can be written");
    let paths: Vec<PathBuf> = (0..count).map(|number| folder.join(format!("{number}.npy"))).collect();
    for path in &paths {
        npymap::save(path, &[1.0f64; 112]).expect("the folder can be written");
    }
    let each = |load: fn(&PathBuf) -> usize| paths.iter().map(load).sum::<usize>();
    let ours = || each(|path| npymap::load::<f64, Ix1>(path).expect("it is there").len());
    let limit = || {
        each(|path| {
            let mut buffer = [0; 2048];
            let read = File::open(path).and_then(|mut file| file.read(&mut buffer)).expect("it is there");
            let (elements, _) = buffer[128..read].as_chunks::<8>();
            let elements: Vec<f64> = elements.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
            black_box(elements).len()
        })
    };
    let ndarray_npy =
        || each(|path| ndarray_npy::read_npy::<_, Array1<f64>>(path).expect("it is there").len());
    let npyz = || {
        each(|path| {
            let file = BufReader::new(File::open(path).expect("it is there"));
            npyz::NpyFile::new(file).and_then(npyz::NpyFile::into_vec::<f64>).expect("it has floats").len()
        })
    };
    let npy = || {
        each(|path| {
            let bytes = std::fs::read(path).expect("it is there");
            npy::NpyData::<f64>::from_bytes(&bytes).expect("it has floats").to_vec().len()
        })
    };
    let len = |len: &usize| *len as u64;
    let mut contenders = vec![
        Contender::new("npymap", ours, len),
        Contender::new("limit", limit, len),
        Contender::new("ndarray-npy", ndarray_npy, len),
        Contender::new("npyz", npyz, len),
        Contender::new("npy", npy, len),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("small", &folder)));
    let row = Row::measure(name, Unit::Rate(count, "files"), 1.35, 0, bench.effort, contenders);
    bench.add(row);
    std::fs::remove_dir_all(&folder).expect("it was made here");
}

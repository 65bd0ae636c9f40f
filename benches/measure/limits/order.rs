//! Fortran order to C order.
//!
//! Elements that get other places cannot be read straight into the result: they go through a stage, which is a second
//! copy, and leave it past the cache. The staged limit shows what that costs by itself. A map would need no stage, but a
//! file that shrinks under it ends the process.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ndarray::{Array, Array2, ArrayView2, Ix2, ShapeBuilder};
use npymap::{NpyFile, Order};

use crate::Bench;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::reads::{DATA, bare, opened};
use crate::system::large_pages;

pub fn add(bench: &mut Bench) {
    let divisor = bench.effort.divisor;
    row(bench, "Fortran order to C order, square", 6000 / divisor, 5600);
    row(bench, "Fortran order to C order, tall", (1 << 20) / divisor, 32);
    let name = "C order to Fortran order, tall";
    if bench.wants(name) {
        to_fortran(bench, name, (1 << 20) / divisor, 32);
    }
}

fn sum(array: &ArrayView2<'_, f64>) -> u64 {
    let columns = array.ncols();
    checksum(array.len(), |index| array[[index / columns, index % columns]].to_bits())
}

/// As [`sum`], of the data of a file in which the element of each index stands at `place`.
fn words(memory: &[u8], place: impl Fn(usize) -> usize) -> u64 {
    let (words, _) = memory.as_chunks();
    checksum(words.len(), |index| f64::from_ne_bytes(words[place(index)]).to_bits())
}

fn row(bench: &mut Bench, name: &str, rows: usize, columns: usize) {
    if !bench.wants(name) {
        return;
    }
    let path = bench.folder.file("order.npy");
    let elements = (0..rows * columns).map(|number| number as f64).collect();
    let array = Array::from_shape_vec((rows, columns).f(), elements).expect("as many as that");
    npymap::save(&path, &array).expect("the folder can be written");
    drop(array);
    let (path, bytes) = (path.as_path(), rows * columns * 8);
    let as_c = |array: Array2<f64>| Array2::from_shape_vec(array.dim(), array.iter().copied().collect());
    let read =
        move || NpyFile::open(path).and_then(|file| file.read_in::<f64, Ix2>(Order::C)).expect("it is there");
    let read_sum = |array: &Array2<f64>| if array.is_standard_layout() { sum(&array.view()) } else { 0 };
    let mut contenders = vec![
        Contender::new("npymap", read, read_sum),
        Contender::on_one_core(bytes, read, read_sum),
        // The bytes as they are: the most that anything owned can reach.
        Contender::new(
            "limit",
            move || bare(path, DATA, bytes),
            move |memory| words(memory, |index| index % columns * rows + index / columns),
        ),
        Contender::new(
            "staged limit",
            move || staged(path, DATA, bytes),
            move |memory| words(memory, |index| index % columns * rows + index / columns),
        ),
        Contender::new(
            "ndarray-npy",
            move || {
                as_c(ndarray_npy::read_npy::<_, Array2<f64>>(path).expect("it is there")).expect("its shape")
            },
            |array| sum(&array.view()),
        ),
        Contender::new(
            "npyz",
            move || {
                let file = BufReader::new(File::open(path).expect("the file is there"));
                let elements =
                    npyz::NpyFile::new(file).and_then(npyz::NpyFile::into_vec::<f64>).expect("it has them");
                as_c(Array::from_shape_vec((rows, columns).f(), elements).expect("its shape"))
                    .expect("its shape")
            },
            |array| sum(&array.view()),
        ),
    ];
    contenders.extend(bench.numpy.as_ref().map(|numpy| numpy.contender("reordered", path)));
    let row = Row::measure(name, Unit::Bytes(bytes), 1.3, bytes, bench.effort, contenders);
    bench.add(row);
}

fn to_fortran(bench: &mut Bench, name: &str, rows: usize, columns: usize) {
    let path = bench.folder.file("order.npy");
    let elements = (0..rows * columns).map(|number| number as f64).collect();
    let array = Array2::from_shape_vec((rows, columns), elements).expect("as many as that");
    npymap::save(&path, &array).expect("the folder can be written");
    drop(array);
    let (path, bytes) = (path.as_path(), rows * columns * 8);
    let read =
        move || NpyFile::open(path).and_then(|file| file.read_in::<f64, Ix2>(Order::F)).expect("it is there");
    let read_sum = |array: &Array2<f64>| if array.t().is_standard_layout() { sum(&array.view()) } else { 0 };
    let contenders = vec![
        Contender::new("npymap", read, read_sum),
        Contender::on_one_core(bytes, read, read_sum),
        Contender::new("limit", move || bare(path, DATA, bytes), |memory| words(memory, |index| index)),
        Contender::new(
            "staged limit",
            move || staged(path, DATA, bytes),
            |memory| words(memory, |index| index),
        ),
    ];
    let row = Row::measure(name, Unit::Bytes(bytes), 1.3, bytes, bench.effort, contenders);
    bench.add(row);
}

/// [`bare`] by way of a stage that stays in the cache.
fn staged(path: &Path, offset: usize, bytes: usize) -> memmap2::MmapMut {
    let mut memory = large_pages(bytes);
    let mut file = opened(path, offset);
    let mut stage = vec![0; 2 << 20];
    for piece in memory.chunks_mut(stage.len()) {
        let stage = &mut stage[..piece.len()];
        file.read_exact(stage).expect("it has the data");
        stream(stage, piece);
    }
    memory
}

/// Copies past the cache, where the processor can; both are whole lines of it.
fn stream(from: &[u8], to: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};

        let (from, _) = from.as_chunks::<16>();
        let (to, _) = to.as_chunks_mut::<16>();
        for (from, to) in from.iter().zip(to) {
            // SAFETY: 16 bytes on both sides; the destination is a multiple of 16 bytes after the start of a page.
            unsafe {
                _mm_stream_si128(
                    to.as_mut_ptr().cast::<__m128i>(),
                    _mm_loadu_si128(from.as_ptr().cast::<__m128i>()),
                );
            }
        }
        // SAFETY: every processor of this architecture has it.
        unsafe { _mm_sfence() };
    }
    #[cfg(not(target_arch = "x86_64"))]
    to.copy_from_slice(from);
}

//! What reading and writing take in memory: the result, and at most 8 MiB more.
#![cfg(all(feature = "derive", feature = "ndarray"))]
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

mod common;

use std::fs::File;
use std::path::Path;

use common::{TemporaryFile, temporary_file};
use ndarray::{Array, Array1, ArrayD, IxDyn, ShapeBuilder, s};
use npymap::{Bytes, DType, Element, NpyFile, NpyMap, NpyReader, Order, Record, load, save, save_as};

/// What may be needed besides the result.
const BESIDES: u64 = 8 * 1024 * 1024;
/// Bytes of an array that is larger than that.
const LARGE: usize = 12 * 1024 * 1024;

#[derive(Record, Clone, Copy)]
#[repr(C, packed)]
struct Packed {
    value: f64,
    kind: u8,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Aligned {
    kind: u8,
    value: f64,
}

/// The most memory that was in use at a time beyond what was before, and how often some was taken.
fn memory(work: impl FnOnce()) -> (u64, u64) {
    let info = allocation_counter::measure(work);
    (info.bytes_max, info.count_total)
}

/// `work` makes a result of `result` bytes.
#[track_caller]
fn assert_lean(name: &str, result: usize, work: impl FnOnce()) {
    let (peak, _) = memory(work);
    assert!(peak <= result as u64 + BESIDES, "{name} takes {peak} bytes for {result}");
    // Nor does it count something else.
    assert!(peak >= result as u64, "{name} takes {peak} bytes for {result}");
}

/// Every way to read the file as `T`, of `result` bytes in memory.
fn assert_reads_lean<T: Element>(name: &str, path: &Path, result: usize) {
    assert_lean(&format!("{name}: load"), result, || drop(load::<T, IxDyn>(path).unwrap()));
    let file = NpyFile::open(path).unwrap();
    assert_lean(&format!("{name}: read_vec"), result, || drop(file.read_vec::<T>().unwrap()));
    for order in [Order::C, Order::F] {
        let name = format!("{name}: read_in {order:?}");
        assert_lean(&name, result, || drop(file.read_in::<T, IxDyn>(order).unwrap()));
    }
    // SAFETY: nobody changes the file while it is mapped.
    let map = unsafe { NpyMap::open(path) }.unwrap();
    assert_lean(&format!("{name}: to_array"), result, || drop(map.to_array::<T, IxDyn>().unwrap()));
}

fn saved<T: Element>(shape: &[usize], order: Order, dtype: &DType, element: T) -> TemporaryFile {
    let array = match order {
        Order::C => ArrayD::from_elem(IxDyn(shape), element),
        Order::F => ArrayD::from_elem(IxDyn(shape).f(), element),
    };
    let file = temporary_file();
    save_as(&file, &array, dtype).unwrap();
    file
}

#[test]
fn reads_take_the_result_and_little_more() {
    for order in [Order::C, Order::F] {
        for shape in [[LARGE / 8 / 32, 32], [1500, LARGE / 8 / 1500]] {
            let len: usize = shape.iter().product();
            for dtype in ["<f8", ">f8"] {
                let file = saved(&shape, order, &dtype.parse().unwrap(), 1.5f64);
                assert_reads_lean::<f64>(dtype, file.as_ref(), len * 8);
            }
            let file = saved(&shape, order, &"?".parse().unwrap(), true);
            assert_reads_lean::<bool>("?", file.as_ref(), len);
        }
        let record = Packed { value: 1.5, kind: 2 };
        let file = saved(&[900, 1000], order, &DType::of::<Packed>(), record);
        assert_reads_lean::<Packed>("packed", file.as_ref(), 900 * 1000 * 9);
        assert_reads_lean::<Aligned>("aligned", file.as_ref(), 900 * 1000 * size_of::<Aligned>());
        let file = saved(&[900, 1000], order, &"S3".parse().unwrap(), Bytes::<3>::new("abc").unwrap());
        assert_reads_lean::<Bytes<7>>("S3", file.as_ref(), 900 * 1000 * 7);
    }
}

/// Nobody knows beforehand how much comes, so that memory is doubled, which may need both halves at a time.
#[test]
fn streams_take_twice_the_result_at_most() {
    let file = saved(&[LARGE / 8], Order::C, &DType::of::<f64>(), 1.5f64);
    let (peak, _) = memory(|| {
        let mut reader = NpyReader::new(File::open(&file).unwrap()).unwrap();
        drop(reader.read_vec::<f64>().unwrap());
    });
    assert!((LARGE as u64..=2 * LARGE as u64 + BESIDES).contains(&peak), "{peak}");
}

#[test]
fn saves_take_little() {
    let array = Array::from_elem((3, 1000, LARGE / 8 / 3000), 1.5f64);
    let records: Array1<Aligned> = Array::from_elem(LARGE / 16, Aligned { kind: 1, value: 1.5 });
    let file = temporary_file();
    let assert_little = |name: &str, save: &dyn Fn()| {
        let (peak, _) = memory(save);
        assert!(peak <= BESIDES, "{name} takes {peak} bytes");
    };
    assert_little("C order", &|| save(&file, &array).unwrap());
    assert_little("Fortran order", &|| save(&file, &array.t()).unwrap());
    assert_little("neither", &|| save(&file, &array.view().permuted_axes([1, 0, 2])).unwrap());
    assert_little("last axis first", &|| save(&file, &array.view().permuted_axes([2, 0, 1])).unwrap());
    assert_little("stepped", &|| save(&file, &array.slice(s![.., ..;-2, ..;3])).unwrap());
    assert_little("swapped", &|| save_as(&file, &array, &">f8".parse().unwrap()).unwrap());
    assert_little("records", &|| save(&file, &records).unwrap());
}

#[test]
#[cfg(feature = "npz")]
fn archives_take_the_result_and_little_more() {
    use npymap::{Compression, NpzReader, NpzWriter};

    let numbers: Vec<f64> = (0..LARGE / 8).map(|number| (number % 65_536 * 7919 % 65_536) as f64).collect();
    // Bytes that cannot be deflated are the most on their way.
    let mut state = 1u64;
    let noise: Vec<f64> = (0..LARGE / 8)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from_bits(state ^ state >> 31)
        })
        .collect();
    let file = temporary_file();
    for compression in [Compression::Stored, Compression::DEFLATED] {
        for (name, array) in [("numbers", &numbers), ("noise", &noise)] {
            let name = format!("{name}, {compression:?}");
            let (peak, _) = memory(|| {
                let mut writer = NpzWriter::create(&file).unwrap().compression(compression);
                writer.save("x", array).unwrap();
                writer.finish().unwrap();
            });
            assert!(peak <= BESIDES, "{name}: save takes {peak} bytes");
            assert_lean(&format!("{name}: load_vec"), LARGE, || {
                drop(NpzReader::open(&file).unwrap().load_vec::<f64>("x").unwrap());
            });
            let (peak, _) = memory(|| {
                let mut writer = NpzWriter::append(&file).unwrap().compression(compression);
                let mut pieces = writer.array::<f64>("y", &[]).unwrap();
                array.chunks(1000).for_each(|piece| pieces.write(piece).unwrap());
                pieces.finish().unwrap();
                writer.finish().unwrap();
            });
            assert!(peak <= BESIDES, "{name}: append takes {peak} bytes");
            let archive = NpzReader::open(&file).unwrap();
            assert!(
                archive
                    .load_vec::<f64>("y")
                    .unwrap()
                    .iter()
                    .map(|x| x.to_bits())
                    .eq(array.iter().map(|x| x.to_bits()))
            );
        }
    }
}

/// What deflates to less than a sixteenth is as little known beforehand as a stream.
#[test]
#[cfg(feature = "npz")]
fn entries_that_claim_much_take_twice_the_result_at_most() {
    use npymap::{Compression, NpzReader, NpzWriter};

    let file = temporary_file();
    let mut writer = NpzWriter::create(&file).unwrap().compression(Compression::DEFLATED);
    writer.save("x", &vec![1.5; LARGE / 8]).unwrap();
    writer.finish().unwrap();
    let (peak, _) = memory(|| drop(NpzReader::open(&file).unwrap().load_vec::<f64>("x").unwrap()));
    assert!((LARGE as u64..=2 * LARGE as u64).contains(&peak), "{peak}");
}

/// The elements, and the shape of the header.
#[test]
fn a_small_file_takes_memory_twice() {
    /// The least that a vector of numbers takes, of which one is used.
    const SHAPE: u64 = 4 * size_of::<usize>() as u64;
    let file = temporary_file();
    for dtype in ["<f8", ">f8"] {
        save_as(&file, &[1.0f64; 112], &dtype.parse().unwrap()).unwrap();
        assert_eq!(memory(|| drop(load::<f64, ndarray::Ix1>(&file).unwrap())), (112 * 8 + SHAPE, 2));
    }
    save(&file, &[true; 112]).unwrap();
    assert_eq!(memory(|| drop(load::<bool, ndarray::Ix1>(&file).unwrap())), (112 + SHAPE, 2));
}

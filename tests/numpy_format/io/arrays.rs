//! `np.save` and `np.load`; round trips go through an archive as well.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ndarray::{Array1, Array2, ArrayD, Axis, Ix0, Ix2, IxDyn, ShapeBuilder, Slice, arr0, array};
use npymap::{
    ByteOrder, DType, Element, Error, Header, Limits, NpyFile, NpyMap, NpyMapMut, NpyReader, NpzReader,
    Order, PrintOptions, load, save,
};

use crate::arrays::{file_of, is_fortran, long_names_dtype, packed, scalar};
use crate::common::{TemporaryFile, temporary_file};
use crate::files::{archive, npy, written};

/// NumPy's `check_roundtrips`: the array, the same in Fortran order, and that without its first row.
fn layouts<T: Element>(array: ArrayD<T>) -> Vec<ArrayD<T>> {
    let mut fortran = ArrayD::from_shape_fn(array.raw_dim().f(), |index| array[index]);
    let mut layouts = vec![array, fortran.clone()];
    if fortran.len_of(Axis(0)) > 1 {
        fortran.slice_axis_inplace(Axis(0), Slice::from(1..));
        layouts.push(fortran);
    }
    layouts
}

/// Saves and loads by way of `save`, of a stream, of a map and of an archive.
fn check_roundtrips<T: Element + PartialEq + std::fmt::Debug>(array: ArrayD<T>) {
    for array in layouts(array) {
        let path = temporary_file();
        save(&path, &array).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(NpyFile::open(&path).unwrap().header().dtype, DType::of::<T>());
        let npz = archive(&[("arr_0.npy", &bytes)]);
        let map = unsafe { NpyMap::open(&path).unwrap() };
        let loaded: [ArrayD<T>; 4] = [
            load(&path).unwrap(),
            NpyReader::new(bytes.as_slice()).unwrap().read().unwrap(),
            map.to_array().unwrap(),
            NpzReader::open(&npz).unwrap().load("arr_0").unwrap(),
        ];
        for loaded in loaded {
            assert_eq!(loaded, array);
            assert_eq!(is_fortran(&loaded), is_fortran(&array));
        }
        assert_eq!(is_fortran(&map.view::<T, IxDyn>().unwrap()), is_fortran(&array));
    }
}

#[test]
fn test_array() {
    check_roundtrips(Array1::<f64>::from_vec(Vec::new()).into_dyn());
    check_roundtrips(array![[1f64, 2.0], [3.0, 4.0]].into_dyn());
    check_roundtrips(array![[1i64, 2], [3, 4]].into_dyn());
    #[cfg(feature = "complex")]
    {
        use npymap::num_complex::Complex;
        let number = Complex::<f32>::new;
        let complex = array![[number(1., 5.), number(2., 6.)], [number(3., 7.), number(4., 8.)]];
        check_roundtrips(
            complex.mapv(|number| Complex::new(f64::from(number.re), number.im.into())).into_dyn(),
        );
        check_roundtrips(complex.into_dyn());
    }
}

// Objects are not written: whatever their shape and order, they are refused before there is a file.
#[test]
fn test_array_object() {
    for (shape, order) in [(vec![0], Order::C), (vec![2, 2], Order::C), (vec![2, 2], Order::F)] {
        let path = temporary_file();
        let header = Header::new(scalar("O"), shape).with_order(order);
        assert!(matches!(unsafe { NpyMapMut::create(&path, &header) }, Err(Error::Unsupported { .. })));
        assert!(!path.as_ref().exists());
        // Nor read, though an empty one has no pickle to run.
        fs::write(&path, header.encode()).unwrap();
        assert!(matches!(load::<u64, IxDyn>(&path), Err(Error::Unsupported { .. })));
    }
}

#[test]
#[allow(non_snake_case, reason = "NumPy's name")]
fn test_1D() {
    check_roundtrips(array![1i64, 2, 3, 4].into_dyn());
}

#[test]
fn test_mmap() {
    for array in layouts(array![[1f64, 2.5], [4.0, 7.3]].into_dyn()) {
        let path = temporary_file();
        save(&path, &array).unwrap();
        let map = unsafe { NpyMap::open(&path).unwrap() };
        let view = map.view::<f64, IxDyn>().unwrap();
        assert_eq!(view, array);
        assert_eq!(is_fortran(&view), is_fortran(&array));
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
struct Pair {
    x: i32,
    y: i32,
}

// SAFETY: two numbers without padding, as the dtype says.
unsafe impl Element for Pair {
    fn dtype() -> DType {
        packed(&[("x", DType::of::<i32>()), ("y", DType::of::<i32>())])
    }
}

#[test]
fn test_record() {
    let pairs = [Pair { x: 1, y: 2 }, Pair { x: 3, y: 4 }];
    check_roundtrips(Array1::from(pairs.to_vec()).into_dyn());
    let path = temporary_file();
    save(&path, &pairs).unwrap();
    let text = b"{'descr': [('x', '<i4'), ('y', '<i4')], 'fortran_order': False, 'shape': (2,), }";
    let expected = [text.as_slice(), &[b' '; 128 - 10 - 80 - 1], b"\n"].concat();
    if ByteOrder::NATIVE == ByteOrder::Little {
        assert_eq!(fs::read(&path).unwrap()[10..128], expected);
    }
}

#[test]
fn test_format_2_0() {
    let header = Header::new(long_names_dtype(), [1000]);
    let data = 1f64.to_le_bytes().repeat(500 * 1000);
    let bytes = npy(&header, &data);
    let limits = Limits::default().header_chars(200_000);
    let path = written(&bytes);
    let map = unsafe { NpyMap::open_with(&path, &limits).unwrap() };
    assert_eq!(map.header(), &header);
    assert!(map.as_bytes() == data);
    let path = archive(&[("arr_0.npy", &bytes)]);
    let npz = NpzReader::open_with(&path, &limits).unwrap();
    assert_eq!(npz.header("arr_0").unwrap(), header);
    let some = PrintOptions::default().threshold(1).edgeitems(1).linewidth(usize::MAX);
    let preview = npz.preview("arr_0", &some).unwrap().to_string();
    assert_eq!(preview.matches("1.").count(), 2 * 500, "the first and the last record");
}

// Archives are not written yet: it is `save` that must not disturb another one, even of the same file.
#[test]
fn test_savez_filename_clashes() {
    let folder = tempfile::tempdir().unwrap();
    let array = |number: u8| Array2::from_elem((500, 500), f64::from(number));
    let shared = folder.path().join("shared.npy");
    std::thread::scope(|scope| {
        for number in 0..3 {
            let (folder, shared) = (folder.path(), &shared);
            scope.spawn(move || {
                for _ in 0..10 {
                    save(folder.join(format!("{number}.npy")), &array(number)).unwrap();
                    save(shared, &array(number)).unwrap();
                    let loaded: Array2<f64> = load(shared).unwrap();
                    assert!(loaded.iter().all(|&element| element == loaded[[0, 0]]), "two saves are mixed");
                }
            });
        }
    });
    for number in 0..3 {
        assert!(load::<f64, Ix2>(folder.path().join(format!("{number}.npy"))).unwrap() == array(number));
    }
    // Nothing temporary is left.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn test_not_closing_opened_fid() {
    let path = written(&file_of(&array![1i64, 2, 3].into_dyn(), ByteOrder::NATIVE));
    let mut file = File::open(&path).unwrap();
    for _ in 0..2 {
        assert_eq!(NpyReader::new(&mut file).unwrap().read_vec::<i64>().unwrap(), [1, 2, 3]);
        file.rewind().unwrap();
    }
}

fn saved() -> (TemporaryFile, Array2<i64>) {
    let (path, array) = (temporary_file(), array![[1i64, 2], [3, 4]]);
    save(PathBuf::from(path.as_ref()), &array).unwrap();
    (path, array)
}

#[test]
fn test_save_load() {
    let (path, array) = saved();
    assert_eq!(load::<i64, Ix2>(path.as_ref()).unwrap(), array);
    assert_eq!(load::<i64, Ix2>(path.as_ref().to_str().unwrap()).unwrap(), array);
    assert_eq!(load::<i64, Ix2>(path.as_ref().as_os_str()).unwrap(), array);
}

#[test]
fn test_save_load_memmap() {
    let (path, array) = saved();
    let map = unsafe { NpyMap::open(path.as_ref()).unwrap() };
    assert_eq!(map.view::<i64, Ix2>().unwrap(), array);
}

#[test]
fn test_save_load_memmap_readwrite() {
    let (path, mut array) = saved();
    let mut map = unsafe { NpyMapMut::open(path.as_ref().to_str().unwrap()).unwrap() };
    map.view_mut::<i64, Ix2>().unwrap()[[0, 0]] = 5;
    array[[0, 0]] = 5;
    drop(map);
    assert_eq!(load::<i64, Ix2>(&path).unwrap(), array);
}

#[test]
fn test_gzip_load() {
    let array = Array2::from_shape_fn((5, 5), |(row, column)| (row as f64).sin() + column as f64).into_dyn();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&file_of(&array, ByteOrder::NATIVE)).unwrap();
    let compressed = encoder.finish().unwrap();
    let mut reader = NpyReader::new(GzDecoder::new(compressed.as_slice())).unwrap();
    assert_eq!(reader.read::<f64, IxDyn>().unwrap(), array);
    // Compressed by Python, it says what it is, and is read through a decompressor.
    let path = "testdata/crafted/x-gzip.npy";
    let error = NpyFile::open(path).unwrap_err().to_string();
    assert!(error.ends_with("(gzip: decompress it first, or while it is read)"), "{error}");
    let mut reader = NpyReader::new(GzDecoder::new(File::open(path).unwrap())).unwrap();
    assert_eq!(reader.read_vec::<f32>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

/// A reader that has nothing but what it must have.
struct JustReader<'a>(&'a [u8]);

impl Read for JustReader<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

// A writer of streams is not there yet.
#[test]
fn test_ducktyping() {
    let array = Array2::from_shape_fn((5, 5), |(row, column)| (row as f64).cos() * column as f64).into_dyn();
    let bytes = file_of(&array, ByteOrder::NATIVE);
    let mut reader = NpyReader::new(JustReader(&bytes)).unwrap();
    assert_eq!(reader.read::<f64, IxDyn>().unwrap(), array);
}

#[test]
fn test_load_multiple_arrays_until_eof() {
    let one_and_two = [1i64, 2].map(|number| file_of(&arr0(number).into_dyn(), ByteOrder::NATIVE)).concat();
    let mut stream = one_and_two.as_slice();
    for number in [1, 2] {
        let mut reader = NpyReader::new(&mut stream).unwrap();
        assert_eq!(reader.read::<i64, Ix0>().unwrap()[()], number);
    }
    // The end is told from an array that is cut off.
    let end = NpyReader::new(&mut stream).unwrap_err().to_string();
    assert_eq!(end, "not an npy file: it is empty");
    let cut = NpyReader::new(&one_and_two[..5]).unwrap_err().to_string();
    assert_eq!(cut, "header is truncated: it needs 10 bytes, found 5");
}

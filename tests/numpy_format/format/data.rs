//! Round trips, truncated files, large files, objects.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};

use ndarray::{Array1, Array2, ArrayD, Ix1, IxDyn, array};
use npymap::{
    ByteOrder, DType, Error, FormatProblem, Header, Le, NpyFile, NpyMap, NpyMapMut, NpyReader, NpzReader,
    Order, PrintOptions, RawOptions, load, save,
};

use crate::arrays::{
    BYTE_ORDERS, Sample, basic_arrays, file_of, for_each_type, header_of, record_arrays, scalar,
};
use crate::common::temporary_file;
use crate::files::{
    archive, archive_with_hole, compressed_archive, format_problem, npy, version_1, written,
    written_behind_hole,
};

const OBJECTS: &str = "holds pickled Python objects, which are never read because unpickling runs code; save the \
                       array with a numeric or text dtype in Python";

// The object arrays of NumPy's list are in test_pickle_python2_python3 and test_pickle_disallow.
#[test]
fn test_roundtrip() {
    fn check<T: Sample>() {
        for byte_order in BYTE_ORDERS {
            for array in basic_arrays::<T>() {
                let bytes = file_of(&array, byte_order);
                let path = written(&bytes);
                assert_eq!(load::<T, IxDyn>(&path).unwrap(), array);
                assert_eq!(NpyFile::open(&path).unwrap().header(), &header_of(&array, byte_order));
                let mut reader = NpyReader::new(bytes.as_slice()).unwrap();
                assert_eq!(reader.read::<T, IxDyn>().unwrap(), array);
                if byte_order == ByteOrder::NATIVE {
                    save(&path, &array).unwrap();
                    assert!(fs::read(&path).unwrap() == bytes, "{array:?} is saved as other bytes");
                }
            }
        }
    }
    for_each_type!(check);
    for records in record_arrays() {
        let path = written(&npy(&records.header, &records.data));
        let map = unsafe { NpyMap::open(&path).unwrap() };
        assert_eq!((map.header(), map.as_bytes()), (&records.header, records.data.as_slice()));
        let preview = NpyFile::open(&path).unwrap().preview(&PrintOptions::default()).unwrap();
        assert_eq!(preview.to_string(), records.printed);
    }
}

/// A reader that gives fewer bytes than it is asked for.
struct RandomSize<R>(R, u64);

impl<R: Read> Read for RandomSize<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        // Knuth's MMIX generator; the upper bits are the random ones.
        self.1 = self.1.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let most = bytes.len().min(1 + (self.1 >> 33) as usize % bytes.len().max(1));
        self.0.read(&mut bytes[..most])
    }
}

#[test]
fn test_roundtrip_randsize() {
    fn check<T: Sample>() {
        for byte_order in BYTE_ORDERS {
            for (seed, array) in (0..).zip(basic_arrays::<T>()) {
                let bytes = file_of(&array, byte_order);
                let mut reader = NpyReader::new(RandomSize(bytes.as_slice(), seed)).unwrap();
                assert_eq!(reader.read::<T, IxDyn>().unwrap(), array);
            }
        }
    }
    for_each_type!(check);
    for (seed, records) in (0..).zip(record_arrays()) {
        let bytes = npy(&records.header, &records.data);
        let mut reader = NpyReader::new(RandomSize(bytes.as_slice(), seed)).unwrap();
        assert_eq!(reader.preview(&PrintOptions::default()).unwrap().to_string(), records.printed);
    }
}

/// What is wrong with the file of `array` without its last byte.
fn one_byte_short<T: Sample>(array: &ArrayD<T>, byte_order: ByteOrder) -> FormatProblem {
    let header = header_of(array, byte_order);
    let needed = header.nbytes().unwrap() as u64;
    if needed == 0 {
        return FormatProblem::HeaderTruncated { needed: 128, found: 127 };
    }
    let shape = match *array.shape() {
        [axis] => format!("({axis},)"),
        [rows, columns] => format!("({rows}, {columns})"),
        _ => "()".to_string(),
    };
    let dtype = header.dtype.descr().unwrap();
    FormatProblem::DataTruncated { shape, dtype, needed, found: needed - 1 }
}

#[test]
fn test_roundtrip_truncated() {
    fn check<T: Sample>() {
        for byte_order in BYTE_ORDERS {
            for array in basic_arrays::<T>() {
                let bytes = file_of(&array, byte_order);
                let short = &bytes[..bytes.len() - 1];
                let read = NpyReader::new(short).and_then(|mut reader| reader.read::<T, IxDyn>());
                assert_eq!(format_problem(read), one_byte_short(&array, byte_order));
            }
        }
    }
    for_each_type!(check);
}

#[test]
fn test_file_truncated() {
    fn check<T: Sample>() {
        for byte_order in BYTE_ORDERS {
            for array in basic_arrays::<T>() {
                let bytes = file_of(&array, byte_order);
                let path = written(&bytes[..bytes.len() - 1]);
                let expected = one_byte_short(&array, byte_order);
                assert_eq!(format_problem(load::<T, IxDyn>(&path)), expected);
                assert_eq!(format_problem(NpyFile::open(&path)), expected);
                assert_eq!(format_problem(unsafe { NpyMap::open(&path) }), expected);
            }
        }
    }
    for_each_type!(check);
}

#[test]
fn test_long_str() {
    const CHARS: usize = 262_145;
    let text: String = "1".repeat(CHARS - 1) + "9";
    let data: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let header = Header::new(scalar("<U262145"), [1]);
    assert_eq!(header.nbytes(), Some(4 * CHARS));
    let bytes = npy(&header, &data);
    let path = written(&bytes);
    let map = unsafe { NpyMap::open(&path).unwrap() };
    assert_eq!(map.header(), &header);
    assert!(map.as_bytes() == data);
    let preview = NpyReader::new(bytes.as_slice()).unwrap().preview(&PrintOptions::default()).unwrap();
    assert!(preview.to_string() == format!("['{text}']"));
}

#[test]
fn test_memmap_roundtrip() {
    fn check<T: Sample>() {
        for array in basic_arrays::<T>() {
            let (normal, mapped) = (temporary_file(), temporary_file());
            save(&normal, &array).unwrap();
            let header = header_of(&array, ByteOrder::NATIVE);
            let mut map = unsafe { NpyMapMut::create(&mapped, &header).unwrap() };
            map.view_mut::<T, IxDyn>().unwrap().assign(&array);
            map.flush().unwrap();
            // A file without data has a header all the same.
            assert!(fs::read(&normal).unwrap() == fs::read(&mapped).unwrap(), "{array:?}");
            let map = unsafe { NpyMap::open(&normal).unwrap() };
            assert_eq!(map.view::<T, IxDyn>().unwrap(), array);
        }
    }
    for_each_type!(check);
    // No Rust type is a view of foreign numbers and these records: their bytes are written through a raw map.
    let check_bytes = |header: &Header, bytes: &[u8]| {
        let path = temporary_file();
        let map = unsafe { NpyMapMut::create(&path, header).unwrap() };
        let data_offset = map.data_offset();
        map.close().unwrap();
        let mut map = unsafe { RawOptions::new::<u8>().offset(data_offset).map_mut(&path).unwrap() };
        map.as_mut_slice::<u8>().unwrap().copy_from_slice(&bytes[bytes.len() - header.nbytes().unwrap()..]);
        map.close().unwrap();
        assert!(fs::read(&path).unwrap() == bytes, "{header:?}");
        assert_eq!(unsafe { NpyMap::open(&path).unwrap() }.header(), header);
    };
    for records in record_arrays() {
        check_bytes(&records.header, &npy(&records.header, &records.data));
    }
    let foreign = if ByteOrder::NATIVE == ByteOrder::Little { ByteOrder::Big } else { ByteOrder::Little };
    for array in basic_arrays::<f64>() {
        check_bytes(&header_of(&array, foreign), &file_of(&array, foreign));
    }
}

#[test]
fn test_compressed_roundtrip() {
    let array = Array2::from_shape_fn((200, 200), |(row, column)| ((row * column) as f64).sqrt());
    let bytes = file_of(&array.clone().into_dyn(), ByteOrder::Little);
    let path = compressed_archive(&[("arr.npy", &bytes)]);
    assert!(fs::metadata(&path).unwrap().len() < bytes.len() as u64, "it is not compressed");
    let loaded: Array2<f64> = NpzReader::open(&path).unwrap().load("arr").unwrap();
    assert_eq!(loaded, array);
}

// NumPy warns of such a file, which it reads through Python's tokenizer.
#[test]
fn test_python2_python3_interoperability() {
    // NumPy's data/win64python2.npy.
    let text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }           \n";
    let bytes = [version_1(text), [1f64, 1.0].map(f64::to_le_bytes).concat()].concat();
    assert_eq!(bytes.len(), 96);
    let path = written(&bytes);
    assert_eq!(load::<f64, Ix1>(&path).unwrap(), array![1.0, 1.0]);
    let map = unsafe { NpyMap::open(&path).unwrap() };
    assert!(map.view::<Le<f64>, Ix1>().unwrap().iter().all(|number| number.get() == 1.0));
}

// Objects are not unpickled: the headers of each Python are read, and the data are refused by name.
#[test]
fn test_pickle_python2_python3() {
    // Those of NumPy's data/py2-np0-objarr.npy, py2-objarr.npy and py3-objarr.npy, and how their pickles start.
    let pickles = [
        ("'|O8'", 70, b"\x80\x02cnumpy.core._internal\n_reconstruct\n".as_slice()),
        ("'|O8'", 70, b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n"),
        ("'|O'", 118, b"\x80\x03cnumpy.core.multiarray\n_reconstruct\n"),
    ];
    for (descr, len, pickle) in pickles {
        let mut text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (4,), }}");
        text = format!("{text:0$}\n", len - 1);
        let bytes = [&version_1(text.as_bytes()), pickle].concat();
        let path = written(&bytes);
        let file = NpyFile::open(&path).unwrap();
        assert_eq!(file.header(), &Header::new(scalar("O"), [4]));
        assert_eq!(file.data_offset(), 10 + len as u64);
        let expected = format!("{}: dtype '|O' {OBJECTS}", path.as_ref().display());
        assert_eq!(load::<u64, Ix1>(&path).unwrap_err().to_string(), expected);
        assert_eq!(unsafe { NpyMap::open(&path) }.unwrap_err().to_string(), expected);

        let path = archive(&[("x.npy", &bytes)]);
        let npz = NpzReader::open(&path).unwrap();
        assert_eq!(npz.header("x").unwrap(), Header::new(scalar("O"), [4]));
        let expected = format!("{}:x: dtype '|O' {OBJECTS}", path.as_ref().display());
        assert_eq!(npz.load::<u64, Ix1>("x").unwrap_err().to_string(), expected);
    }
}

// No Rust type is an object: to write them is to ask for a header of them.
#[test]
fn test_pickle_disallow() {
    let load_objects = || load::<u64, Ix1>("testdata/numpy-2.4/object.npy");
    assert!(matches!(load_objects(), Err(Error::Unsupported { .. })));
    let content = fs::read("testdata/numpy-2.4/object.npy").unwrap();
    let path = archive(&[("x.npy", &content)]);
    // Only the access is an error.
    let npz = NpzReader::open(&path).unwrap();
    assert!(matches!(npz.load::<u64, Ix1>("x"), Err(Error::Unsupported { .. })));

    let path = temporary_file();
    let error = unsafe { NpyMapMut::create(&path, &Header::new(scalar("O"), [1])) }.unwrap_err();
    assert_eq!(error.to_string(), format!("{}: dtype '|O' {OBJECTS}", path.as_ref().display()));
    assert!(!path.as_ref().exists());
}

#[test]
fn test_large_file_support() {
    const HOLE: u64 = 5_368_709_120;
    let array = Array1::from_iter(0i64..5).into_dyn();
    let path = written_behind_hole(HOLE, &file_of(&array, ByteOrder::NATIVE));
    let mut file = File::open(&path).unwrap();
    file.seek(SeekFrom::Start(HOLE)).unwrap();
    assert_eq!(NpyReader::new(&mut file).unwrap().read::<i64, IxDyn>().unwrap(), array);
    assert_eq!(file.stream_position().unwrap(), HOLE + 128 + 40);
    // The same as a raw file, whose offset has 64 bits as well.
    let map = unsafe { RawOptions::new::<i64>().offset(HOLE + 128).map(&path).unwrap() };
    assert_eq!(map.view::<i64, IxDyn>().unwrap(), array);
}

// Two gigabytes are counted and passed by, not read.
#[cfg_attr(not(target_pointer_width = "64"), ignore = "sizes have 32 bits here")]
#[test]
fn test_large_archive() {
    let header = Header::new(DType::of::<u8>(), [1 << 30, 2]);
    let behind = file_of(&Array1::from_iter(0i64..5).into_dyn(), ByteOrder::Little);
    let path = archive_with_hole(("arr.npy", &header.encode()), 1 << 31, ("behind.npy", &behind));
    let npz = NpzReader::open(&path).unwrap();
    let found = npz.header("arr").unwrap();
    assert_eq!((found.shape.as_slice(), found.order), ([1 << 30, 2].as_slice(), Order::C));
    assert_eq!((found.len(), found.nbytes()), (Some(1 << 31), Some(1 << 31)));
    assert_eq!(npz.load::<i64, Ix1>("behind").unwrap(), array![0, 1, 2, 3, 4]);
}

#[test]
fn test_empty_npz() {
    let path = archive(&[]);
    assert!(fs::read(&path).unwrap().starts_with(b"PK\x05\x06"));
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.names().count(), 0);
    let expected =
        format!("{}:x: array 'x' is not in the archive, found no entries", path.as_ref().display());
    assert_eq!(npz.header("x").unwrap_err().to_string(), expected);
}

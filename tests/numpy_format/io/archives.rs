//! `np.savez`, and `np.load` of what it wrote.

use std::fs;

use ndarray::{Array1, Array2, Ix1, Ix2, array};
use npymap::{ByteOrder, DType, Error, Header, NpzReader, PrintOptions};

use crate::arrays::{Sample, file_of, scalar};
use crate::common::TemporaryFile;
use crate::files::{archive, archive_with_hole, compressed_archive, npy};

// The bytes of an entry that is no array come back from no call yet: it is named in the error.
#[test]
fn test_load_non_npy() {
    let ten = file_of(&Array1::from_iter(0i64..10).into_dyn(), ByteOrder::NATIVE);
    let path = archive(&[("test1.npy", &ten), ("test2", &ten), ("metadata", b"Name: Test")]);
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.names().collect::<Vec<_>>(), ["test1", "test2", "metadata"]);
    for name in ["test1", "test1.npy", "test2"] {
        assert_eq!(npz.load::<i64, Ix1>(name).unwrap(), Array1::from_iter(0..10), "{name}");
    }
    let expected = r#"metadata: not an npy file: it starts with "Name: ", expected "\x93NUMPY""#;
    let error = npz.header("metadata").unwrap_err().to_string();
    assert_eq!(error, format!("{}:{expected}", path.as_ref().display()));
}

// Two gigabytes are counted and passed by, not read.
#[cfg_attr(not(target_pointer_width = "64"), ignore = "sizes have 32 bits here")]
#[test]
fn test_big_arrays() {
    let len = (1 << 31) + 100_000;
    let header = Header::new(DType::of::<u8>(), [len]);
    let behind = file_of(&array![2.5f64].into_dyn(), ByteOrder::NATIVE);
    let path = archive_with_hole(("a.npy", &header.encode()), len as u64, ("b.npy", &behind));
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.header("a").unwrap(), header);
    assert_eq!(npz.header("a").unwrap().nbytes(), Some(2_147_583_648));
    assert_eq!(npz.load::<f64, Ix1>("b").unwrap(), array![2.5]);
}

/// Two arrays, of which NumPy's second is of complex numbers.
fn two_arrays(names: [&str; 2]) -> TemporaryFile {
    let a = file_of(&array![[1f64, 2.0], [3.0, 4.0]].into_dyn(), ByteOrder::NATIVE);
    let b = [1f64, 2.0, 2.0, 7.0, 3.0, -6.0, 4.0, 12.0].map(|part| part.bytes(ByteOrder::Little)).concat();
    let b = npy(&Header::new(scalar("<c16"), [2, 2]), &b);
    let [first, second] = names.map(|name| format!("{name}.npy"));
    archive(&[(&first, &a), (&second, &b)])
}

#[track_caller]
fn assert_two_arrays(names: [&str; 2]) {
    let path = two_arrays(names);
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.names().collect::<Vec<_>>(), names);
    assert_eq!(npz.load::<f64, Ix2>(names[0]).unwrap(), array![[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(npz.header(names[1]).unwrap(), Header::new(scalar("<c16"), [2, 2]));
    let preview = npz.preview(names[1], &PrintOptions::default()).unwrap();
    assert_eq!(preview.to_string(), "[[1. +2.j 2. +7.j]\n [3. -6.j 4.+12.j]]");
    #[cfg(feature = "complex")]
    {
        use npymap::num_complex::Complex;
        let number = Complex::<f64>::new;
        let expected = array![[number(1., 2.), number(2., 7.)], [number(3., -6.), number(4., 12.)]];
        assert_eq!(npz.load::<Complex<f64>, Ix2>(names[1]).unwrap(), expected);
    }
}

#[test]
fn test_multiple_arrays() {
    assert_two_arrays(["arr_0", "arr_1"]);
}

#[test]
fn test_named_arrays() {
    assert_two_arrays(["file_a", "file_b"]);
}

// Python's attributes are names here, and sorted as NumPy's test sorts them.
#[test]
#[allow(non_snake_case, reason = "NumPy's name")]
fn test_BagObj() {
    let path = two_arrays(["file_b", "file_a"]);
    let npz = NpzReader::open(&path).unwrap();
    let mut names: Vec<&str> = npz.names().collect();
    assert_eq!(names, ["file_b", "file_a"]);
    names.sort_unstable();
    assert_eq!(names, ["file_a", "file_b"]);
}

// A tuple is no key in Rust: any name that is not there is named in the error.
#[test]
fn test_tuple_getitem_raises() {
    let path = archive(&[("a.npy", &file_of(&array![1i64, 2, 3].into_dyn(), ByteOrder::NATIVE))]);
    let npz = NpzReader::open(&path).unwrap();
    let error = npz.load::<i64, Ix1>("(1, 2)").unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }));
    let expected = "(1, 2): array '(1, 2)' is not in the archive, found 'a'";
    assert_eq!(error.to_string(), format!("{}:{expected}", path.as_ref().display()));
}

#[test]
fn test_closing_fid() {
    let path = lovely_load();
    for _ in 1..1025 {
        NpzReader::open(&path).unwrap().header("data").unwrap();
    }
    #[cfg(target_os = "linux")]
    assert_eq!(crate::files::descriptors(&path), 0);
}

/// `np.savez(tmp, data='LOVELY LOAD')`.
fn lovely_load() -> TemporaryFile {
    archive(&[("data.npy", &text_array("LOVELY LOAD"))])
}

/// The file of a 0-d text.
fn text_array(text: &str) -> Vec<u8> {
    let data: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    npy(&Header::new(scalar(&format!("<U{}", text.chars().count())), []), &data)
}

#[test]
#[cfg(target_os = "linux")]
fn test_closing_zipfile_after_load() {
    let path = lovely_load();
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(crate::files::descriptors(&path), 1);
    drop(npz);
    assert_eq!(crate::files::descriptors(&path), 0);
}

// There is no `repr`: the names stand in the error of one that is not there, and no more than five.
#[test]
fn test_repr_lists_keys() {
    let content = file_of(&array![[1f64, 2.0], [3.0, 4.0]].into_dyn(), ByteOrder::NATIVE);
    for (count, expected) in [
        (1, "'arr_0'"),
        (5, "'arr_0', 'arr_1', 'arr_2', 'arr_3', 'arr_4'"),
        (6, "'arr_0', 'arr_1', 'arr_2', 'arr_3', 'arr_4' and 1 more"),
    ] {
        let names: Vec<String> = (0..count).map(|number| format!("arr_{number}.npy")).collect();
        let entries: Vec<_> = names.iter().map(|name| (name.as_str(), content.as_slice())).collect();
        let path = archive(&entries);
        let error = NpzReader::open(&path).unwrap().header("x").unwrap_err().to_string();
        let place = path.as_ref().display();
        assert_eq!(error, format!("{place}:x: array 'x' is not in the archive, found {expected}"));
    }
}

// An archive of more than four gigabytes is read here, not written: sizes and offsets need 64 bits.
#[cfg_attr(not(target_pointer_width = "64"), ignore = "sizes have 32 bits here")]
#[test]
fn test_large_zip() {
    let len = 5 << 30;
    let header = Header::new(DType::of::<u8>(), [len]);
    let behind = file_of(&array![1i64, 2, 3].into_dyn(), ByteOrder::NATIVE);
    let path = archive_with_hole(("a.npy", &header.encode()), len as u64, ("b.npy", &behind));
    assert!(fs::metadata(&path).unwrap().len() > 5 << 30);
    let npz = NpzReader::open(&path).unwrap();
    assert_eq!(npz.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(npz.header("a").unwrap(), header);
    assert_eq!(npz.load::<i64, Ix1>("b").unwrap(), array![1, 2, 3]);
}

#[test]
fn test_savez_load() {
    assert_place_holder(&archive(&[("lab.npy", &text_array("place holder"))]));
}

#[test]
fn test_savez_compressed_load() {
    assert_place_holder(&compressed_archive(&[("lab.npy", &text_array("place holder"))]));
}

#[track_caller]
fn assert_place_holder(path: &TemporaryFile) {
    for path in [path.as_ref(), path.as_ref().to_str().unwrap().as_ref()] {
        let npz = NpzReader::open(path).unwrap();
        assert_eq!(npz.header("lab").unwrap(), Header::new(scalar("<U12"), []));
        let preview = npz.preview("lab", &PrintOptions::default()).unwrap();
        assert_eq!(preview.to_string(), "place holder");
    }
}

#[test]
fn test_npzfile_dict() {
    let zeros = file_of(&Array2::<f64>::zeros((3, 3)).into_dyn(), ByteOrder::NATIVE);
    let path = archive(&[("x.npy", &zeros), ("y.npy", &zeros)]);
    let npz = NpzReader::open(&path).unwrap();
    let names: Vec<String> = npz.names().map(str::to_string).collect();
    assert_eq!(names, ["x", "y"]);
    for name in &names {
        assert_eq!(npz.header(name).unwrap().shape, [3, 3]);
        assert_eq!(npz.load::<f64, Ix2>(name).unwrap(), Array2::<f64>::zeros((3, 3)));
    }
    assert!(matches!(npz.header("z"), Err(Error::Mismatch { .. })));
}

// Neither archives nor objects are written; an archive that has both kinds gives the arrays that it can.
#[test]
fn test_savez_nopickle() {
    let objects = fs::read("testdata/numpy-2.4/object.npy").unwrap();
    let numbers = file_of(&array![1i64, 2].into_dyn(), ByteOrder::NATIVE);
    for write in [archive, compressed_archive] {
        let path = write(&[("arr_0.npy", &objects), ("arr_1.npy", &numbers)]);
        let npz = NpzReader::open(&path).unwrap();
        assert_eq!(npz.header("arr_0").unwrap().dtype, scalar("O"));
        assert!(matches!(npz.load::<i64, Ix1>("arr_0"), Err(Error::Unsupported { .. })));
        assert_eq!(npz.load::<i64, Ix1>("arr_1").unwrap(), array![1, 2]);
    }
}

//! Text of any width as `String` and `Vec<u8>`: read by every door, and saved as the narrowest dtype.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; nobody changes the files of testdata")]

mod common;

use std::path::Path;

use common::{native, temporary_file};
use ndarray::{Array, Array1, Array2, ArrayD, Dimension, Ix1, Ix2, IxDyn, ShapeBuilder, array, s};
use npymap::{Header, Load, NpyFile, NpyMap, NpyReader, Order, Save};
use proptest::prelude::*;

const FOLDERS: [&str; 2] = ["testdata/numpy-1.26", "testdata/numpy-2.4"];
const TEXTS: [&str; 12] =
    ["", "abcde", "a", "a", "a\0c", "\0\0c", "é", "中文", "😀", "\u{10ffff}", " a ", "'\"\\"];

/// The array by every door, which all give the same.
fn load<T: Load + PartialEq + std::fmt::Debug, D: Dimension>(path: impl AsRef<Path>) -> Array<T, D> {
    let path = path.as_ref();
    let array: Array<T, D> = npymap::load(path).unwrap();
    assert_eq!(NpyFile::open(path).unwrap().read::<T, D>().unwrap(), array);
    let stream = || NpyReader::new(std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(stream().read::<T, D>().unwrap(), array);
    // SAFETY: nobody changes the files of testdata, and each other file belongs to one test.
    let map = unsafe { NpyMap::open(path) }.unwrap();
    assert_eq!(map.to_array::<T, D>().unwrap(), array);
    assert_eq!(NpyFile::open(path).unwrap().read_vec::<T>().unwrap(), stream().read_vec::<T>().unwrap());
    array
}

fn error<T: Load>(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let error = npymap::load::<T, IxDyn>(path).err().expect("an error").to_string();
    error.strip_prefix(&format!("{}: ", path.display())).expect("the path").to_string()
}

fn bytes_of(array: &(impl Save + ?Sized)) -> Vec<u8> {
    let file = temporary_file();
    npymap::save(&file, array).unwrap();
    std::fs::read(&file).unwrap()
}

/// The dtype as the header shows it.
fn descr(array: &(impl Save + ?Sized)) -> String {
    array.header().dtype.descr().unwrap()
}

#[test]
fn text_of_any_width_is_read_by_every_door() {
    for folder in FOLDERS.map(Path::new) {
        for name in ["U5-le-c.npy", "U5-be-c.npy"] {
            let texts: Array2<String> = load(folder.join(name));
            assert_eq!(texts.shape(), [3, 4]);
            assert!(texts.iter().eq(TEXTS.iter()));
        }
        for name in ["U5-le-f.npy", "U5-be-f.npy"] {
            let texts: Array2<String> = load(folder.join(name));
            assert_eq!(texts.strides(), [1, 3]);
        }
        let bytes: Array2<Vec<u8>> = load(folder.join("S3-c.npy"));
        let expected: [&[u8]; 4] = [b"", b"abc", b"a", b"a"];
        assert_eq!(bytes.row(0).to_vec(), expected);
        assert_eq!(bytes[[1, 0]], b"a\0c");
        let raw: Array2<Vec<u8>> = load(folder.join("V3-c.npy"));
        assert!(raw.iter().all(|bytes| bytes.len() == 3));
        assert_eq!(load::<String, IxDyn>(folder.join("U5-le-0d.npy")).ndim(), 0);
        assert_eq!(load::<String, IxDyn>(folder.join("U5-le-empty.npy")).len(), 0);
        assert_eq!(load::<String, Ix1>(folder.join("U0.npy")).to_vec(), ["", "", ""]);
        assert_eq!(load::<Vec<u8>, Ix1>(folder.join("S0.npy")).to_vec(), [b"", b"", b""]);
        assert_eq!(load::<Vec<u8>, Ix1>(folder.join("V0.npy")).len(), 3);
    }
}

#[cfg(feature = "npz")]
#[test]
fn text_is_read_out_of_archives() {
    let archive = npymap::NpzReader::open("testdata/iris.npz").unwrap();
    let names: Array1<String> = archive.load("feature_names").unwrap();
    assert_eq!(names[3], "petal width (cm)");
}

#[test]
fn what_is_no_text_is_refused() {
    let path = |name: &str| Path::new(FOLDERS[1]).join(name);
    for (name, dtype) in
        [("S3-c.npy", "|S3"), ("V3-c.npy", "|V3"), ("i4-le-c.npy", "<i4"), ("u4-be-c.npy", ">u4")]
    {
        let expected =
            format!("dtype '{dtype}' cannot be read as String, expected '<U' or '>U' of any width");
        assert_eq!(error::<String>(path(name)), expected);
    }
    for (name, dtype) in
        [("U5-le-c.npy", "<U5"), ("u1-c.npy", "|u1"), ("i1-c.npy", "|i1"), ("b1-c.npy", "|b1")]
    {
        let expected =
            format!("dtype '{dtype}' cannot be read as Vec<u8>, expected '|S' or '|V' of any width");
        assert_eq!(error::<Vec<u8>>(path(name)), expected);
    }
    assert!(error::<Vec<u8>>(path("record-packed.npy")).contains("cannot be read as Vec<u8>, expected '|S'"));
    assert!(error::<String>(path("object.npy")).contains("pickled Python objects"));
}

#[test]
fn a_code_unit_that_is_no_character_is_found() {
    for (name, unit) in [("U5-le-c.npy", 0xd800u32.to_le_bytes()), ("U5-be-c.npy", 0xd800u32.to_be_bytes())] {
        let mut bytes = std::fs::read(Path::new(FOLDERS[1]).join(name)).unwrap();
        let dtype = if name.contains("le") { "<U5" } else { ">U5" };
        bytes[128 + 44..128 + 48].copy_from_slice(&unit);
        let file = temporary_file();
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(
            error::<String>(&file),
            format!(
                "element 2 (byte 172) is 0x0000d800, expected a Unicode scalar value for dtype '{dtype}'"
            )
        );
    }
}

/// More elements than memory has bytes: 2⁴⁰, or 2³⁰ where there are no such numbers.
const FAR: usize = 1 << if usize::BITS == 64 { 40 } else { 30 };

#[test]
fn memory_follows_the_bytes_and_not_the_claims() {
    for dtype in ["<U536870911", "S2147483647", "V2147483647", "<U1", "S1"] {
        let len = if dtype.len() > 4 { 1 } else { FAR / 4 };
        let header = Header::new(dtype.parse().unwrap(), [len]).encode();
        let bytes = [header, vec![0; 1000]].concat();
        let mut message = String::new();
        let memory = allocation_counter::measure(|| {
            let mut reader = NpyReader::new(bytes.as_slice()).unwrap();
            message = match dtype.contains('U') {
                true => reader.read_vec::<String>().unwrap_err().to_string(),
                false => reader.read_vec::<Vec<u8>>().unwrap_err().to_string(),
            };
        });
        assert!(message.starts_with("data is truncated"), "{message}");
        assert!(memory.bytes_max < 2 << 20, "{dtype}: {} bytes", memory.bytes_max);
    }
    for dtype in ["<U0", "S0"] {
        let bytes = Header::new(dtype.parse().unwrap(), [FAR]).encode();
        let reader = || NpyReader::new(bytes.as_slice()).unwrap();
        let error = match dtype.contains('U') {
            true => reader().read_vec::<String>().unwrap_err(),
            false => reader().read_vec::<Vec<u8>>().unwrap_err(),
        };
        assert!(error.to_string().contains("bytes of memory cannot be allocated"), "{error}");
    }
}

#[test]
fn a_text_longer_than_a_piece_is_whole() {
    let file = temporary_file();
    let texts = ["x".repeat(300_000) + "é", String::new(), "😀".repeat(70_000)];
    npymap::save(&file, &texts).unwrap();
    assert_eq!(NpyFile::open(&file).unwrap().header().dtype, "U300001".parse().unwrap());
    assert_eq!(load::<String, Ix1>(&file).to_vec(), texts);
    let bytes: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
    npymap::save(&file, &bytes).unwrap();
    assert_eq!(load::<Vec<u8>, Ix1>(&file).to_vec(), bytes);
}

#[test]
fn text_is_saved_as_the_narrowest_dtype() {
    assert_eq!(descr(&["ab", "c"]), native("'<U2'"));
    assert_eq!(descr(&vec!["größe".to_string()]), native("'<U5'"));
    assert_eq!(descr(&[""]), native("'<U1'"));
    assert_eq!(descr(&Vec::<String>::new()), native("'<U1'"));
    assert_eq!(descr(&[b"abc".as_slice(), b""]), "'|S3'");
    assert_eq!(descr(&[Vec::<u8>::new()]), "'|S1'");
    assert_eq!(descr(&Array2::<Vec<u8>>::default((0, 3))), "'|S1'");
    // As NumPy, which counts the NUL and does not give it back.
    assert_eq!(descr(&["a\0"]), native("'<U2'"));

    let texts = Array2::from_shape_vec((3, 4), TEXTS.map(str::to_string).to_vec()).unwrap();
    let order = if cfg!(target_endian = "little") { "le" } else { "be" };
    for folder in FOLDERS.map(Path::new) {
        let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
        assert_eq!(bytes_of(&texts), file(&format!("U5-{order}-c.npy")));
        let columns = Array2::from_shape_vec((3, 4).f(), TEXTS.to_vec()).unwrap();
        assert_eq!(bytes_of(&columns), file(&format!("U5-{order}-f.npy")));
        assert_eq!(bytes_of(&columns.map(|text| text.to_string())), file(&format!("U5-{order}-f.npy")));
        assert_eq!(bytes_of(&load::<Vec<u8>, Ix2>(folder.join("S3-f.npy"))), file("S3-f.npy"));
    }
    // Elements that lie apart are in C order.
    let every_other = texts.slice(s![.., ..;2]);
    let copy = temporary_file();
    npymap::save(&copy, &every_other).unwrap();
    assert_eq!(NpyFile::open(&copy).unwrap().header().order, Order::C);
    assert_eq!(load::<String, Ix2>(&copy), every_other);
}

#[test]
fn text_is_saved_as_what_it_is_told() {
    let copy = temporary_file();
    for (name, dtype) in [("U5-be-c.npy", ">U5"), ("U5-le-c.npy", "<U5")] {
        let path = Path::new(FOLDERS[1]).join(name);
        npymap::save_as(&copy, &load::<String, Ix2>(&path), &dtype.parse().unwrap()).unwrap();
        assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(path).unwrap());
    }
    let path = Path::new(FOLDERS[1]).join("V3-c.npy");
    npymap::save_as(&copy, &load::<Vec<u8>, Ix2>(&path), &"V3".parse().unwrap()).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(path).unwrap());

    let message = |array: &dyn Save, dtype: &str| {
        let copy = temporary_file();
        let error = npymap::save_as(&copy, array, &dtype.parse().unwrap()).unwrap_err().to_string();
        assert!(!copy.as_ref().exists());
        error.split_once(": ").unwrap().1.to_string()
    };
    assert_eq!(message(&["größe"], "<U4"), "text of 5 characters does not fit '<U4'");
    assert_eq!(message(&[b"abc".to_vec()], "S2"), "text of 3 bytes does not fit '|S2'");
    assert_eq!(
        message(&["a"], "S1"),
        "&str cannot be saved as dtype '|S1', expected '<U' or '>U' of any width"
    );
    assert_eq!(
        message(&[vec![0u8]], "<U1"),
        "Vec<u8> cannot be saved as dtype '<U1', expected '|S' or '|V' of any width"
    );
}

#[test]
fn axes_of_a_subarray_on_top_are_appended_for_text_too() {
    let mut bytes = std::fs::read("testdata/crafted/subarray-on-top.npy").unwrap();
    let at = bytes.windows(3).position(|bytes| bytes == b"<f4").unwrap();
    bytes[at..at + 3].copy_from_slice(b"|S4");
    let Ok((header, _)) = Header::parse(&bytes) else { panic!("a header") };
    assert_eq!(NpyReader::new(bytes.as_slice()).unwrap().read::<Vec<u8>, Ix2>().unwrap().shape(), [3, 2]);
    assert_eq!(header.shape, [3]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn text_comes_back(texts in prop::collection::vec("[a-c\u{e9}\u{4e2d}\u{1f600}\0]{0,6}", 0..20), foreign in any::<bool>()) {
        let array = Array1::from_vec(texts.clone());
        let file = temporary_file();
        let header = array.header();
        let dtype = if foreign { descr(&array).replace(&native("<"), &native(">")).trim_matches('\'').parse().unwrap() } else { header.dtype };
        npymap::save_as(&file, &array, &dtype).unwrap();
        let expected: Vec<&str> = texts.iter().map(|text| text.trim_end_matches('\0')).collect();
        prop_assert_eq!(load::<String, Ix1>(&file).to_vec(), expected);
    }

    #[test]
    fn bytes_come_back(texts in prop::collection::vec(prop::collection::vec(0u8..4, 0..6), 0..20)) {
        let file = temporary_file();
        npymap::save(&file, &texts).unwrap();
        let trimmed = |text: &Vec<u8>| {
            text[..text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)].to_vec()
        };
        let expected: Vec<Vec<u8>> = texts.iter().map(trimmed).collect();
        prop_assert_eq!(load::<Vec<u8>, Ix1>(&file).to_vec(), expected);
    }
}

#[test]
fn arrays_of_text_are_arrays() {
    let file = temporary_file();
    npymap::save(&file, &array![["a", "bc"], ["", "d"]]).unwrap();
    let texts: ArrayD<String> = npymap::load(&file).unwrap();
    assert_eq!(texts, array![["a", "bc"], ["", "d"]].into_dyn());
}

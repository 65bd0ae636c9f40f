//! Text, times, arrays and foreign bytes as elements.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; nobody changes the files of testdata")]

mod common;

use std::path::Path;

use common::{native, native_copy, temporary_file};
use ndarray::{Array1, Array2, ArrayD, Ix0, Ix1, Ix2, IxDyn, ShapeBuilder, array};
use npymap::half::bf16;
use npymap::{
    Be, Bytes, DType, DateTime64, Element, Header, Le, LongComplex, LongDouble, NpyFile, NpyMap, NpyMapMut,
    NpyReader, Order, TimeDelta64, Unicode,
};

/// More elements than memory has bytes: 2⁴⁰, or 2³⁰ where there are no such numbers.
const FAR: usize = 1 << if usize::BITS == 64 { 40 } else { 30 };

const FOLDERS: [&str; 2] = ["testdata/numpy-1.26", "testdata/numpy-2.4"];

/// The file of this machine's byte order, given the name of the little-endian one.
fn native_name(name: &str) -> String {
    if cfg!(target_endian = "little") { name.to_string() } else { name.replace("-le", "-be") }
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(FOLDERS[1]).join(name)
}

/// A map for reading.
fn map(path: impl AsRef<Path>) -> NpyMap {
    // SAFETY: nobody changes the files of testdata, and each other file belongs to one test.
    unsafe { NpyMap::open(path) }.unwrap()
}

/// A new file and its map.
fn create(path: impl AsRef<Path>, header: &Header) -> NpyMapMut {
    // SAFETY: the file belongs to one test.
    unsafe { NpyMapMut::create(path, header) }.unwrap()
}

fn error<T: Element>(name: &str) -> String {
    let path = path(name);
    let error = npymap::load::<T, IxDyn>(&path).err().expect("an error").to_string();
    error.strip_prefix(&format!("{}: ", path.display())).expect("the path").to_string()
}

/// Whether an array that is loaded as `T` is saved as the very same file.
fn assert_resaved<T: Element>(name: &str) {
    let copy = temporary_file();
    npymap::save(&copy, &npymap::load::<T, IxDyn>(path(name)).unwrap()).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(path(name)).unwrap(), "{name}");
}

/// Whether an array that is loaded as `T` and saved as the file's dtype is the very same file.
fn assert_resaved_as<T: Element>(name: &str) {
    let copy = temporary_file();
    let array = npymap::load::<T, IxDyn>(path(name)).unwrap();
    npymap::save_as(&copy, &array, &NpyFile::open(path(name)).unwrap().header().dtype).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(path(name)).unwrap(), "{name}");
}

#[test]
fn text_is_read_in_both_orders_and_wider() {
    let expected = ["", "abcde", "a", "a", "a\0c", "\0\0c", "é", "中文", "😀", "\u{10ffff}", " a ", "'\"\\"];
    for folder in FOLDERS {
        for name in ["U5-le-c.npy", "U5-be-c.npy"] {
            let path = Path::new(folder).join(name);
            let texts: Array2<Unicode<5>> = npymap::load(&path).unwrap();
            assert_eq!(texts.iter().map(Unicode::to_string).collect::<Vec<_>>(), expected);
            let wide: Array2<Unicode<9>> = npymap::load(&path).unwrap();
            assert!(wide.iter().zip(&texts).all(|(wide, text)| wide.as_chars() == text.as_chars()));
            let mut stream = NpyReader::new(std::fs::File::open(&path).unwrap()).unwrap();
            assert_eq!(stream.read::<Unicode<9>, Ix2>().unwrap(), wide);
        }
        let bytes: Array2<Bytes<3>> = npymap::load(Path::new(folder).join("S3-c.npy")).unwrap();
        let texts: Vec<&[u8]> = bytes.iter().map(Bytes::as_bytes).collect();
        let expected: [&[u8]; 12] = [
            b"",
            b"abc",
            b"a",
            b"a",
            b"a\0c",
            b"\0\0c",
            b"\xff\xfe\xfd",
            b"",
            b" a ",
            b"'\"\\",
            b"\n\t",
            b"xyz",
        ];
        assert_eq!(texts, expected);
        let wide: Array2<Bytes<4>> = npymap::load(Path::new(folder).join("S3-f.npy")).unwrap();
        assert_eq!(wide.strides(), [1, 3]);
        assert_eq!(wide.t().iter().map(Bytes::as_bytes).collect::<Vec<_>>(), expected);
    }
    assert_resaved::<Unicode<5>>(&native_name("U5-le-c.npy"));
    assert_resaved::<Unicode<5>>(&native_name("U5-le-f.npy"));
    assert_resaved_as::<Unicode<5>>("U5-le-0d.npy");
    assert_resaved_as::<Unicode<5>>("U5-le-c.npy");
    assert_resaved_as::<Unicode<5>>("U5-be-c.npy");
    assert_resaved::<Bytes<3>>("S3-c.npy");
    assert_resaved::<[u8; 3]>("V3-c.npy");
    assert_resaved::<[u8; 3]>("V3-f.npy");
}

#[test]
fn text_that_is_too_wide_is_an_error_that_says_so() {
    assert_eq!(
        error::<Unicode<4>>("U5-le-c.npy"),
        format!("dtype '<U5' cannot be read as Unicode<4>, expected '{}' or narrower", native("<U4"))
    );
    assert_eq!(
        error::<Bytes<2>>("S3-c.npy"),
        "dtype '|S3' cannot be read as Bytes<2>, expected '|S2' or narrower"
    );
    assert_eq!(
        error::<Bytes<3>>("V3-c.npy"),
        "dtype '|V3' cannot be read as Bytes<3>, expected '|S3' or narrower"
    );
    assert_eq!(error::<[u8; 4]>("V3-c.npy"), "dtype '|V3' cannot be read as [u8; 4], expected '|V4'");
    let map = map(path("S3-c.npy"));
    assert!(map.view::<Bytes<3>, Ix2>().is_ok());
    assert!(map.view::<Bytes<4>, Ix2>().unwrap_err().to_string().contains("its elements are narrower"));
    assert!(!map.view_cow::<Bytes<4>, Ix2>().unwrap().is_view());
}

#[test]
fn text_without_bytes_does_not_fill_memory() {
    let texts: Array1<Bytes<4>> = npymap::load(path("S0.npy")).unwrap();
    assert_eq!(texts.to_vec(), [Bytes::default(); 3]);
    let texts: Array1<Unicode<2>> = npymap::load(path("U0.npy")).unwrap();
    assert_eq!(texts.to_vec(), [Unicode::default(); 3]);
    assert_eq!(npymap::load::<Bytes<0>, Ix1>(path("S0.npy")).unwrap().len(), 3);
    let bytes = Header::new("S0".parse().unwrap(), [FAR]).encode();
    let error = NpyReader::new(bytes.as_slice()).unwrap().read_vec::<Bytes<4>>().unwrap_err().to_string();
    assert!(error.contains("bytes of memory cannot be allocated"), "{error}");
}

#[test]
fn code_units_that_are_no_characters_are_found() {
    let mut bytes = std::fs::read(path(&native_name("U5-le-c.npy"))).unwrap();
    bytes[128 + 24..128 + 28].copy_from_slice(&0x11_0000u32.to_ne_bytes());
    let file = temporary_file();
    std::fs::write(&file, &bytes).unwrap();
    let expected =
        native("element 1 (byte 152) is 0x00110000, expected a Unicode scalar value for dtype '<U5'");
    let map = map(&file);
    for error in [
        map.as_slice::<Unicode<5>>().unwrap_err(),
        map.to_array::<Unicode<6>, IxDyn>().unwrap_err(),
        npymap::load::<Unicode<5>, Ix2>(&file).unwrap_err(),
    ] {
        assert!(error.to_string().ends_with(&expected), "{error}");
    }
}

#[test]
fn times_are_counts_of_the_files_unit() {
    for folder in FOLDERS {
        for (name, expected) in [
            ("M8-D-le.npy", ["NaT", "1970-01-01", "1970-01-02", "1969-12-31"]),
            ("M8-25s-be.npy", ["NaT", "1970-01-01T00:00:00", "1970-01-01T00:00:25", "1969-12-31T23:59:35"]),
        ] {
            let path = Path::new(folder).join(name);
            let unit = NpyFile::open(&path).unwrap().header().dtype.time_unit().unwrap();
            let times: Array1<DateTime64> = npymap::load(&path).unwrap();
            let texts: Vec<String> =
                times.iter().take(4).map(|time| time.display(unit).to_string()).collect();
            assert_eq!(texts, expected);
        }
        let path = Path::new(folder).join(native_name("m8-7ms-le.npy"));
        let map = map(&path);
        let unit = map.header().dtype.time_unit().unwrap();
        let deltas = map.as_slice::<TimeDelta64>().unwrap();
        assert_eq!((deltas[0], deltas[2].count()), (TimeDelta64::NAT, Some(1)));
        assert_eq!(deltas[2].display(unit).to_string(), "7 milliseconds");
    }
    for name in ["M8-D-le.npy", "M8-25s-be.npy", "M8-ns-le.npy", "M8-be.npy", "M8-Y-be.npy"] {
        assert_resaved_as::<DateTime64>(name);
    }
    assert_resaved::<DateTime64>(&native_name("M8-le.npy"));
    assert_resaved_as::<TimeDelta64>("m8-7ms-be.npy");
    assert_resaved::<TimeDelta64>(&native_name("m8-le.npy"));
    assert_eq!(
        error::<TimeDelta64>("M8-D-le.npy"),
        format!("dtype '<M8[D]' cannot be read as TimeDelta64, expected '{}' of any unit", native("<m8"))
    );
    assert_eq!(error::<i64>("M8-D-le.npy"), "dtype '<M8[D]' cannot be read as i64, expected '<i8' or '>i8'");
}

#[test]
fn bfloat16_is_saved_as_ml_dtypes_does() {
    for name in ["bfloat16-c.npy", "bfloat16-f.npy"] {
        let mut bytes = std::fs::read(path(name)).unwrap();
        if cfg!(target_endian = "big") {
            // NumPy spells the dtype as that of the machine, and forgets the order when it reads it.
            bytes[..128].iter_mut().filter(|byte| **byte == b'<').for_each(|byte| *byte = b'>');
            bytes[128..].as_chunks_mut::<2>().0.iter_mut().for_each(|number| number.reverse());
        }
        let (file, copy) = (temporary_file(), temporary_file());
        std::fs::write(&file, &bytes).unwrap();
        let array: Array2<bf16> = npymap::load(&file).unwrap();
        if name == "bfloat16-c.npy" {
            assert_eq!((array[[1, 0]], array[[0, 1]]), (bf16::ONE, bf16::INFINITY));
            assert!(array[[0, 0]].is_nan());
        }
        npymap::save(&copy, &array).unwrap();
        assert_eq!(std::fs::read(&copy).unwrap(), bytes, "{name}");
    }
    assert_eq!(DType::of::<bf16>().to_string(), "bfloat16");
    // Two bytes of anything else are none.
    let file = temporary_file();
    npymap::save(&file, &vec![[1u8, 2], [3, 4]]).unwrap();
    assert!(npymap::load::<bf16, Ix1>(&file).is_ok());
    npymap::save(&file, &array![[1u8, 2], [3, 4]]).unwrap();
    assert!(npymap::load::<bf16, Ix1>(&file).is_err());
}

/// NumPy itself does not load it; its header and its bytes are kept.
#[test]
fn float8_is_read_as_raw_bytes_that_keep_their_name() {
    let name = "float8_e5m2.npy";
    let header = NpyFile::open(native_copy(path(name))).unwrap().header().clone();
    assert_eq!(
        (header.dtype.to_string(), header.shape.as_slice()),
        ("float8_e5m2".to_string(), &[16, 16][..])
    );
    let array: Array2<[u8; 1]> = npymap::load(path(name)).unwrap();
    assert_eq!(array.iter().flatten().copied().collect::<Vec<_>>(), (0..=255).collect::<Vec<_>>());
    assert_resaved_as::<[u8; 1]>(name);
    let map = map(path(name));
    assert_eq!(map.view::<[u8; 1], Ix2>().unwrap(), array);
    assert_eq!(error::<u8>(name), "dtype '<f1' cannot be read as u8, expected '|u1'");
    assert_eq!(error::<f32>(name), "dtype '<f1' cannot be read as f32, expected '<f4' or '>f4'");
    assert_eq!(
        error::<[u8; 1]>("i1-c.npy"),
        "dtype '|i1' cannot be read as [u8; 1], expected '|V1' or '<f1'"
    );
}

#[test]
fn an_array_as_element_takes_the_last_axes() {
    let rows: Array1<[f64; 4]> = npymap::load("testdata/iris.npy").unwrap();
    assert_eq!((rows.len(), rows[0]), (150, [5.1, 3.5, 1.4, 0.2]));
    let iris = native_copy("testdata/iris.npy");
    let map = map(&iris);
    assert_eq!(map.as_slice::<[f64; 4]>().unwrap()[149][3], 1.8);
    assert_eq!(map.view::<[[f64; 4]; 150], Ix0>().unwrap().into_scalar()[149][3], 1.8);
    let copy = temporary_file();
    npymap::save(&copy, &rows).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&iris).unwrap());

    let message = npymap::load::<[f64; 3], Ix1>("testdata/iris.npy").unwrap_err().to_string();
    assert_eq!(message, "testdata/iris.npy: shape (150, 4) does not end with the axes (3,) of [f64; 3]");
    let message = npymap::load::<[f32; 4], Ix1>("testdata/iris.npy").unwrap_err().to_string();
    assert_eq!(
        message,
        "testdata/iris.npy: dtype ('<f8', (4,)) cannot be read as [f32; 4], expected ('<f4', (4,)) or ('>f4', (4,))"
    );
    assert_eq!(
        error::<[f64; 4]>("f8-le-f.npy"),
        "shape (3, 4) is in Fortran order, in which the items of [f64; 4] do not lie side by side; read it as an \
         array of the items"
    );
    // Foreign byte order, and a dtype that is a subarray on top of the file.
    assert_eq!(npymap::load::<[f64; 4], Ix1>(path("f8-be-c.npy")).unwrap().len(), 3);
    let pairs: Array1<[f32; 2]> = npymap::load("testdata/crafted/subarray-on-top.npy").unwrap();
    assert_eq!(pairs.to_vec(), [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]);
}

#[test]
fn arrays_of_arrays_are_saved_in_c_order() {
    let file = temporary_file();
    let array = Array2::from_shape_fn((2, 3).f(), |(row, column)| [row as i16, column as i16]);
    npymap::save(&file, &array).unwrap();
    let header = NpyFile::open(&file).unwrap().header().clone();
    assert_eq!((header.shape.as_slice(), header.order), (&[2, 3, 2][..], Order::C));
    let loaded: Array2<[i16; 2]> = npymap::load(&file).unwrap();
    assert_eq!(loaded, array);
    let numbers: ArrayD<i16> = npymap::load(&file).unwrap();
    assert_eq!(numbers[[1, 2, 1]], 2);
    // None in each, and none at all.
    npymap::save(&file, &vec![[0f32; 0]; 3]).unwrap();
    assert_eq!(NpyFile::open(&file).unwrap().header().shape, [3, 0]);
    assert_eq!(npymap::load::<[f32; 0], Ix1>(&file).unwrap().len(), 3);
    npymap::save(&file, &Vec::<[f32; 2]>::new()).unwrap();
    assert_eq!(npymap::load::<[f32; 2], Ix1>(&file).unwrap().len(), 0);
    npymap::save(&file, &vec![[0u8; 0]; 3]).unwrap();
    assert_eq!(NpyFile::open(&file).unwrap().header().dtype, "V0".parse().unwrap());
}

#[test]
fn raw_bytes_are_also_an_axis_of_bytes() {
    let file = temporary_file();
    npymap::save(&file, &array![[1u8, 2, 3], [4, 5, 6]]).unwrap();
    let pixels: Array1<[u8; 3]> = npymap::load(&file).unwrap();
    assert_eq!(pixels.to_vec(), [[1, 2, 3], [4, 5, 6]]);
    let image: Array1<[[u8; 3]; 2]> = npymap::load::<_, Ix0>(&file).unwrap().into_iter().collect();
    assert_eq!(image[0], [[1, 2, 3], [4, 5, 6]]);
    assert!(npymap::load::<[u8; 2], Ix1>(&file).is_err());
    npymap::save(&file, &pixels).unwrap();
    assert_eq!(NpyFile::open(&file).unwrap().header().dtype, "V3".parse().unwrap());
    assert_eq!(npymap::load::<[u8; 3], Ix1>(&file).unwrap(), pixels);
}

#[test]
fn foreign_bytes_are_viewed_as_they_are() {
    for folder in FOLDERS {
        let map = map(Path::new(folder).join("f8-be-c.npy"));
        let native: Array2<f64> = map.to_array().unwrap();
        let view = map.view::<Be<f64>, Ix2>().unwrap();
        assert!(view.iter().zip(&native).all(|(be, native)| be.get().to_bits() == native.to_bits()));
        let converted: Array2<Le<f64>> = map.to_array().unwrap();
        assert!(converted.iter().zip(&native).all(|(le, native)| le.get().to_bits() == native.to_bits()));
        assert!(map.view::<Le<f64>, Ix2>().is_err());
    }
    for name in ["i2-be-c.npy", "i2-be-f.npy"] {
        assert_resaved::<Be<i16>>(name);
        assert_resaved_as::<i16>(name);
        assert_resaved_as::<Le<i16>>(name);
    }
    assert_resaved::<Be<u64>>("u8-be-c.npy");
    let file = temporary_file();
    let mut map = create(&file, &Header::new(DType::of::<Be<i32>>(), [2]));
    map.as_mut_slice::<Be<i32>>().unwrap()[1].set(-2);
    map.close().unwrap();
    assert_eq!(npymap::load::<i32, Ix1>(&file).unwrap().to_vec(), [0, -2]);
}

#[test]
fn a_new_map_takes_arrays_and_times_with_their_unit() {
    let file = temporary_file();
    let header = Header::new(DType::of::<[f32; 3]>(), [2]);
    assert_eq!((header.shape.as_slice(), &header.dtype), (&[2, 3][..], &"f4".parse().unwrap()));
    let mut map = create(&file, &header);
    map.as_mut_slice::<[f32; 3]>().unwrap()[1] = [1.0, 2.0, 3.0];
    map.close().unwrap();
    assert_eq!(npymap::load::<f32, Ix2>(&file).unwrap(), array![[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]);
    let mut map = create(&file, &Header::new("M8[ms]".parse().unwrap(), [2]));
    map.as_mut_slice::<DateTime64>().unwrap()[0] = DateTime64::new(1500);
    assert_eq!(map.header().dtype.to_string(), "datetime64[ms]");
}

#[test]
fn long_doubles_are_read_in_both_orders_and_of_both_sizes() {
    for folder in FOLDERS.map(Path::new) {
        let native: Array2<LongDouble> = npymap::load(folder.join("f16-le-c.npy")).unwrap();
        let foreign: Array2<LongDouble> = npymap::load(folder.join("f16-be-c.npy")).unwrap();
        let same = |(a, b): (&LongDouble, &LongDouble)| a == b || (a.is_nan() && b.is_nan());
        assert!(native.iter().zip(&foreign).all(same));
        assert_eq!(native[[0, 1]].to_f64(), f64::INFINITY);
        let numbers: Array2<LongComplex> = npymap::load(folder.join("c32-be-f.npy")).unwrap();
        assert_eq!(numbers.strides(), [1, 3]);
    }
    assert_resaved::<LongDouble>("f16-le-c.npy");
    assert_resaved_as::<LongDouble>("f16-be-f.npy");
    assert_resaved_as::<LongComplex>("c32-be-c.npy");
    // Those of 32-bit systems have less padding.
    for (dtype, order) in [("<f12", 1), (">f12", -1)] {
        let mut bytes = LongDouble::from(-2.5).to_le_bytes()[..12].to_vec();
        if order < 0 {
            bytes.reverse();
        }
        let header = Header::new(dtype.parse().unwrap(), [2]).encode();
        let file = [header, bytes.clone(), bytes.clone()].concat();
        let read = || NpyReader::new(file.as_slice()).unwrap();
        assert_eq!(read().read_vec::<LongDouble>().unwrap(), [LongDouble::from(-2.5); 2]);
        let header = Header::new(dtype.replace("f12", "c24").parse().unwrap(), [1]).encode();
        let file = [header, bytes.clone(), bytes].concat();
        let number = NpyReader::new(file.as_slice()).unwrap().read_vec::<LongComplex>().unwrap()[0];
        assert_eq!(number.to_f64(), (-2.5, -2.5));
    }
    assert_eq!(error::<f64>("f16-le-c.npy"), "dtype '<f16' cannot be read as f64, expected '<f8' or '>f8'");
    assert_eq!(
        error::<LongDouble>("f8-le-c.npy"),
        "dtype '<f8' cannot be read as LongDouble, expected '<f16' or '>f16'"
    );
}

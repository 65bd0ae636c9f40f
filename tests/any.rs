//! Arrays whose element type the file decides.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; nobody changes the files of testdata")]

mod common;

use std::fs::File;
use std::path::{Path, PathBuf};

use common::temporary_file;
use ndarray::{Array1, Array2, ArrayD, Ix1};
use npymap::{
    AnyArray, AnyView, ByteOrder, DType, Field, Header, Kind, NpyFile, NpyMap, NpyReader, Order,
    PrintOptions, RawArray, Save, Structured, Subarray,
};

const FOLDERS: [&str; 3] = ["testdata/numpy-1.26", "testdata/numpy-2.4", "testdata/crafted"];

/// Every file of testdata whose data can be read.
fn files() -> Vec<PathBuf> {
    let folders = FOLDERS.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<_> = folders.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "npy"));
    paths.retain(|path| NpyFile::open(path).is_ok_and(|file| !file.header().dtype.has_object()));
    assert!(paths.len() > 250, "{} files", paths.len());
    paths.sort();
    paths
}

fn map(path: &Path) -> NpyMap {
    // SAFETY: nobody changes the files of testdata, and each other file belongs to one test.
    unsafe { NpyMap::open(path) }.unwrap()
}

fn load(name: &str) -> AnyArray {
    AnyArray::load(Path::new(FOLDERS[1]).join(name)).unwrap()
}

fn records(name: &str) -> RawArray<'static> {
    match load(name) {
        AnyArray::Record(records) => records,
        other => panic!("{} is no record", other.dtype()),
    }
}

/// Whether elements have one byte order, which is not the machine's.
fn is_foreign(dtype: &DType) -> bool {
    match dtype {
        DType::Scalar(scalar) => {
            // Long doubles are those of x86 in memory, whatever the machine.
            let is_long = match scalar.kind() {
                Kind::Float => scalar.itemsize() > 8,
                Kind::Complex => scalar.itemsize() > 16,
                _ => false,
            };
            let native = if is_long { ByteOrder::Little } else { ByteOrder::NATIVE };
            ![ByteOrder::NotApplicable, native].contains(&scalar.byte_order())
        }
        _ => false,
    }
}

fn kind(dtype: &DType) -> Option<Kind> {
    match dtype {
        DType::Scalar(scalar) => Some(scalar.kind()),
        _ => None,
    }
}

#[test]
fn every_file_is_the_same_by_every_door() {
    for path in files() {
        let file = NpyFile::open(&path).unwrap();
        let any = AnyArray::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let printed = file.preview(&PrintOptions::default()).unwrap().to_string();
        assert_eq!(any.to_string(), printed, "{}", path.display());
        assert_eq!(file.read_any().unwrap().to_string(), printed);
        let mut stream = NpyReader::new(File::open(&path).unwrap()).unwrap();
        assert_eq!(stream.read_any().unwrap().to_string(), printed);

        let map = map(&path);
        let view = map.view_any().unwrap();
        assert_eq!(view.to_string(), printed, "{}", path.display());
        assert_eq!((view.shape(), view.len()), (any.shape(), any.len()));
        let owned = view.into_owned().unwrap();
        assert_eq!(owned.to_string(), printed);
        assert_eq!((owned.dtype(), owned.shape()), (any.dtype(), any.shape()));
    }
}

#[test]
fn every_file_is_saved_again_as_it_was() {
    let (copy, copy_of_view) = (temporary_file(), temporary_file());
    for path in files() {
        let file = NpyFile::open(&path).unwrap();
        let header = file.header();
        // As NumPy, which forgets the number that fields lie over.
        if matches!(&header.dtype, DType::Structured(record) if record.scalar().is_some()) {
            continue;
        }
        let any = file.read_any().unwrap();
        npymap::save(&copy, &any).unwrap();
        let saved = NpyFile::open(&copy).unwrap();
        let is_text = matches!(kind(&header.dtype), Some(Kind::Bytes | Kind::Unicode));
        let is_written = !matches!(header.dtype, DType::Subarray(_));
        if !is_foreign(&header.dtype) && !is_text && is_written {
            let found = saved.header();
            assert_eq!((&found.dtype, &found.shape), (&header.dtype, &header.shape), "{}", path.display());
            // Of one axis both orders are the same, and NumPy says C.
            assert!(found.order == header.order || header.shape.len() < 2, "{}", path.display());
            let data = |path: &Path, offset: u64| {
                let bytes = std::fs::read(path).unwrap();
                bytes[offset as usize..][..header.nbytes().unwrap()].to_vec()
            };
            assert_eq!(data(copy.as_ref(), saved.data_offset()), data(&path, file.data_offset()));
        }
        assert_eq!(saved.read_any().unwrap().to_string(), any.to_string(), "{}", path.display());
        let map = map(&path);
        npymap::save(&copy_of_view, &map.view_any().unwrap()).unwrap();
        let again = AnyArray::load(&copy_of_view).unwrap();
        assert_eq!((again.dtype(), again.shape()), (any.dtype(), any.shape()));
    }
}

#[test]
fn variants_follow_the_dtype() {
    let name = |any: &AnyArray| match any {
        AnyArray::Bool(_) => "bool",
        AnyArray::I8(_) => "i8",
        AnyArray::I16(_) => "i16",
        AnyArray::I32(_) => "i32",
        AnyArray::I64(_) => "i64",
        AnyArray::U8(_) => "u8",
        AnyArray::U16(_) => "u16",
        AnyArray::U32(_) => "u32",
        AnyArray::U64(_) => "u64",
        AnyArray::F16(_) => "f16",
        AnyArray::F32(_) => "f32",
        AnyArray::F64(_) => "f64",
        AnyArray::LongDouble(_) => "long double",
        #[cfg(feature = "complex")]
        AnyArray::C64(_) => "complex",
        #[cfg(feature = "complex")]
        AnyArray::C128(_) => "complex",
        AnyArray::Void(raw) if kind(raw.dtype()) == Some(Kind::Complex) => "complex",
        AnyArray::LongComplex(_) => "long complex",
        AnyArray::Bytes(_) => "bytes",
        AnyArray::Text(_) => "text",
        AnyArray::DateTime64(..) => "datetime",
        AnyArray::TimeDelta64(..) => "timedelta",
        AnyArray::Void(_) => "void",
        AnyArray::Record(_) => "record",
        other => panic!("{} has a variant that is not listed", other.dtype()),
    };
    for (file, expected) in [
        ("b1-c.npy", "bool"),
        ("i1-c.npy", "i8"),
        ("i2-be-c.npy", "i16"),
        ("i4-le-f.npy", "i32"),
        ("i8-be-f.npy", "i64"),
        ("u1-c.npy", "u8"),
        ("u2-le-c.npy", "u16"),
        ("u4-be-c.npy", "u32"),
        ("u8-le-c.npy", "u64"),
        ("f2-be-c.npy", "f16"),
        ("f4-le-c.npy", "f32"),
        ("f8-be-c.npy", "f64"),
        ("f16-be-c.npy", "long double"),
        ("c8-be-c.npy", "complex"),
        ("c16-le-c.npy", "complex"),
        ("c32-le-c.npy", "long complex"),
        ("S3-c.npy", "bytes"),
        ("S0.npy", "bytes"),
        ("U5-be-c.npy", "text"),
        ("M8-25s-be.npy", "datetime"),
        ("m8-7ms-le.npy", "timedelta"),
        ("V3-c.npy", "void"),
        ("bfloat16-c.npy", "void"),
        ("float8_e5m2.npy", "void"),
        ("record-packed.npy", "record"),
        ("record-no-fields.npy", "record"),
    ] {
        assert_eq!(name(&load(file)), expected, "{file}");
    }
    let AnyArray::DateTime64(_, unit) = load("M8-25s-be.npy") else { panic!() };
    assert_eq!(unit.multiple(), 25);
    assert_eq!(load("M8-25s-be.npy").dtype().to_string(), "datetime64[25s]");
    let error = AnyArray::load(Path::new(FOLDERS[1]).join("object.npy")).unwrap_err().to_string();
    assert!(error.contains("object.npy: dtype '|O' holds pickled Python objects"), "{error}");
}

#[test]
fn what_can_be_borrowed_is() {
    let native = map(&Path::new(FOLDERS[1]).join("f8-le-c.npy"));
    let foreign = map(&Path::new(FOLDERS[1]).join("f8-be-c.npy"));
    let is_view = |map: &NpyMap| matches!(map.view_any().unwrap(), AnyView::F64(array) if array.is_view());
    assert_eq!(
        (is_view(&native), is_view(&foreign)),
        (cfg!(target_endian = "little"), cfg!(target_endian = "big"))
    );
    let text = map(&Path::new(FOLDERS[1]).join("U5-be-c.npy"));
    let AnyView::Text(raw) = text.view_any().unwrap() else { panic!() };
    assert_eq!(raw.as_bytes().as_ptr(), text.as_bytes().as_ptr());
    let texts: Array2<String> = raw.to_array().unwrap();
    assert_eq!(texts[[1, 3]], "中文");
}

#[test]
fn fields_are_those_of_the_map() {
    let nested = records("record-nested-aligned.npy");
    let AnyArray::F64(y) = nested.field("at.y").unwrap() else { panic!() };
    assert_eq!(y.as_slice(), Some(&[1.75, 2.0, 2.25][..]));
    let AnyArray::Record(at) = nested.field("at").unwrap() else { panic!() };
    assert_eq!(at.field("y").unwrap().to_string(), "[1.75 2.   2.25]");
    let error = nested.field("at.z").unwrap_err().to_string();
    assert!(error.starts_with("field 'at.z' is not in dtype [('"), "{error}");
    // As a struct, and as one of its own bytes.
    let raw: Array1<npymap::Le<f64>> = at
        .field("y")
        .map(|any| match any {
            AnyArray::F64(y) => y.mapv(npymap::Le::new).into_dimensionality::<Ix1>().unwrap(),
            _ => panic!(),
        })
        .unwrap();
    assert_eq!(raw[1].get(), 2.0);
    assert!(nested.to_array::<f64, Ix1>().is_err());
}

#[test]
fn fields_of_every_record_file_are_all_of_it() {
    // What the fields hold, side by side, is the file but for its padding.
    let mut checked = 0;
    for path in files() {
        let Ok(AnyArray::Record(records)) = AnyArray::load(&path) else { continue };
        let DType::Structured(dtype) = records.dtype() else { panic!() };
        for field in dtype.fields().iter().filter(|field| !field.name().is_empty()) {
            let any = records.field(field.name()).unwrap_or_else(|error| panic!("{error}"));
            let axes = match field.dtype() {
                DType::Subarray(subarray) => subarray.flattened().0,
                _ => Vec::new(),
            };
            assert_eq!(any.shape(), [records.shape(), &axes].concat(), "{} {}", path.display(), field.name());
            let size = field.dtype().itemsize();
            if size == 0 || any.is_empty() || is_foreign(&any.dtype()) {
                continue;
            }
            // The text of the field, gathered by hand.
            let mut bytes = Vec::new();
            for record in records.as_bytes().chunks(dtype.itemsize()) {
                bytes.extend_from_slice(&record[field.offset()..][..size]);
            }
            let header = Header::new(field.dtype().clone(), records.shape());
            if records.header().order == Order::F && records.shape().len() > 1 && axes.is_empty() {
                let file = [header.with_order(Order::F).encode(), bytes].concat();
                assert_eq!(
                    NpyReader::new(file.as_slice()).unwrap().read_any().unwrap().to_string(),
                    any.to_string()
                );
            } else if records.header().order == Order::C {
                let file = [header.encode(), bytes].concat();
                assert_eq!(
                    NpyReader::new(file.as_slice()).unwrap().read_any().unwrap().to_string(),
                    any.to_string()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked} fields");
}

#[test]
fn fields_of_subarrays_of_records_are_in_the_order_of_the_array() {
    let field = |name: &str, offset, dtype: DType| Field::new(name, offset, dtype);
    let fields = vec![field("x", 0, "i1".parse().unwrap()), field("y", 1, "(2,)>u2".parse().unwrap())];
    let point: DType = Structured::new(fields, 6).unwrap().into();
    let at = Subarray::new(point, [2]).unwrap().into();
    let record: DType =
        Structured::new(vec![field("id", 0, "u1".parse().unwrap()), field("at", 1, at)], 14).unwrap().into();
    for order in [Order::C, Order::F] {
        let header = Header::new(record.clone(), [2, 3]).with_order(order);
        // Each x is ten times the record's place in the array and the point's in the record; y is more of the same.
        let mut bytes = Vec::new();
        for number in 0..6u8 {
            let (row, column) =
                if order == Order::C { (number / 3, number % 3) } else { (number % 2, number / 2) };
            bytes.push(number);
            for point in 0..2 {
                let x = 40 * row + 10 * column + point;
                bytes.extend([x, 1, x, 2, x, 0]);
            }
            bytes.push(0);
        }
        let file = [header.encode(), bytes].concat();
        let any = NpyReader::new(file.as_slice()).unwrap().read_any().unwrap();
        let AnyArray::Record(records) = any else { panic!() };
        let AnyArray::I8(x) = records.field("at.x").unwrap() else { panic!() };
        let expected = |row: usize, column: usize, point: usize| 40 * row + 10 * column + point;
        assert_eq!(x, ArrayD::from_shape_fn(vec![2, 3, 2], |i| expected(i[0], i[1], i[2]) as i8));
        let AnyArray::U16(y) = records.field("at.y").unwrap() else { panic!() };
        let high = |last| (last as u16 + 1) << 8;
        assert_eq!(
            y,
            ArrayD::from_shape_fn(vec![2, 3, 2, 2], |i| high(i[3]) | expected(i[0], i[1], i[2]) as u16)
        );
        let AnyArray::Record(at) = records.field("at").unwrap() else { panic!() };
        assert_eq!((at.shape(), at.header().order), (&[2, 3, 2][..], Order::C));
        assert_eq!(at.field("x").unwrap().to_string(), AnyArray::I8(x).to_string());
        let AnyArray::U8(id) = records.field("id").unwrap() else { panic!() };
        assert_eq!(id.t().is_standard_layout(), order == Order::F);
        assert_eq!(id[[1, 0]], if order == Order::C { 3 } else { 1 });
    }
}

#[test]
fn a_bad_bool_of_a_record_is_found_where_it_stands() {
    let dtype: DType = "i1,i2,?".parse().unwrap();
    let header = Header::new(dtype, [3]).encode();
    let bytes = [header.clone(), vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]].concat();
    let AnyArray::Record(records) = NpyReader::new(bytes.as_slice()).unwrap().read_any().unwrap() else {
        panic!()
    };
    let error = records.field("f2").unwrap_err().to_string();
    let at = header.len() + 11;
    assert_eq!(error, format!("element 2 (byte {at}) is 0x07, expected 0x00 or 0x01 for dtype '|b1'"));
}

#[test]
fn a_bad_character_below_a_subarray_is_told_alike_by_each_door() {
    let text = "{'descr': ('<U3', (4,)), 'fortran_order': False, 'shape': (1,), }\n";
    let mut bytes = [b"\x93NUMPY\x01\0", &[text.len() as u8, 0][..], text.as_bytes(), &[0; 48]].concat();
    let at = bytes.len() - 24;
    bytes[at + 3] = 0xc6;
    let path = temporary_file();
    std::fs::write(&path, &bytes).unwrap();
    let expected =
        format!("element 2 (byte {at}) is 0xc6000000, expected a Unicode scalar value for dtype '<U3'");
    let is_told = |read: npymap::Result<AnyArray>| {
        let error = read.unwrap_err().to_string();
        assert!(error.ends_with(&expected), "{error}");
    };
    is_told(AnyArray::load(&path));
    is_told(NpyReader::new(bytes.as_slice()).unwrap().read_any());
    is_told(map(path.as_ref()).view_any().unwrap().into_owned());
}

#[test]
fn raw_arrays_are_saved_as_they_are_and_as_nothing_else() {
    let records = records("record-packed.npy");
    let copy = temporary_file();
    npymap::save_as(&copy, &records, &records.header().dtype.clone()).unwrap();
    assert_eq!(
        std::fs::read(&copy).unwrap(),
        std::fs::read(Path::new(FOLDERS[1]).join("record-packed.npy")).unwrap()
    );
    let error = npymap::save_as(&copy, &records, &"<f8".parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("RawArray cannot be saved as dtype '<f8', expected [('"), "{error}");
    assert_eq!(Save::header(&records), *records.header());
}

#[cfg(feature = "npz")]
#[test]
fn archives_have_any_array() {
    let archive = npymap::NpzReader::open("testdata/iris.npz").unwrap();
    assert!(matches!(archive.load_any("measurements").unwrap(), AnyArray::F64(_)));
    assert!(matches!(archive.load_any("feature_names").unwrap(), AnyArray::Text(_)));
}

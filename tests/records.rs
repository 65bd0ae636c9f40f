//! Structs with `#[derive(Record)]`: read by name, viewed where the layouts agree, saved as NumPy saves them.
#![cfg(all(feature = "derive", feature = "ndarray"))]
#![allow(unsafe_code, reason = "mapping is an unsafe call; nobody changes the files of testdata")]

mod common;

use std::path::Path;

use common::{native, native_copy, temporary_file};
use ndarray::{Array0, Array1, Array2, Ix1};
use npymap::half::f16;
use npymap::{Be, Bytes, DType, DateTime64, Le, NpyFile, NpyMap, NpyMapMut, NpyReader, Record, Unicode};

const FOLDERS: [&str; 2] = ["testdata/numpy-1.26", "testdata/numpy-2.4"];

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Aligned {
    a: i8,
    b: f64,
    c: i16,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C, packed)]
struct Packed {
    flag: bool,
    id: u32,
    value: f64,
    name: Unicode<3>,
    tag: Bytes<2>,
}

/// The fields of [`Packed`] in another order, wider, and where the compiler puts them.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
struct Plain {
    tag: Bytes<5>,
    value: f64,
    flag: bool,
    name: Unicode<4>,
    id: u32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
struct Point<X, Y> {
    x: X,
    y: Y,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
struct Rest {
    r: i16,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
struct Deep {
    p: Point<f64, f32>,
    q: Rest,
}

#[derive(Record, Clone, Copy, Debug, PartialEq)]
struct Nested {
    deep: Deep,
    id: u8,
    at: Point<f64, f32>,
}

fn load<T: npymap::Element>(folder: &str, name: &str) -> Array1<T> {
    npymap::load(Path::new(folder).join(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// A map for reading.
fn mapped(path: impl AsRef<Path>) -> NpyMap {
    // SAFETY: nobody changes the files of testdata, and each other file belongs to one test.
    unsafe { NpyMap::open(path) }.unwrap()
}

/// A map for writing.
fn map_mut(path: impl AsRef<Path>) -> NpyMapMut {
    // SAFETY: the file belongs to one test.
    unsafe { NpyMapMut::open(path) }.unwrap()
}

fn error<T: npymap::Element>(name: &str) -> String {
    let path = Path::new("testdata/numpy-2.4").join(name);
    let error = npymap::load::<T, Ix1>(&path).err().expect("an error").to_string();
    error.strip_prefix(&format!("{}: ", path.display())).expect("the path").to_string()
}

/// The bytes that `save` makes of `array`.
fn saved(array: &impl npymap::Save) -> Vec<u8> {
    let path = temporary_file();
    npymap::save(&path, array).unwrap();
    std::fs::read(&path).unwrap()
}

/// What NumPy saves on this machine.
fn saved_by_numpy(name: &str) -> Vec<u8> {
    std::fs::read(native_copy(Path::new(FOLDERS[1]).join(name))).unwrap()
}

// C has a place every four bytes for doubles there.
#[cfg_attr(target_arch = "x86", ignore = "structs have another layout")]
#[test]
fn a_record_of_the_same_layout_is_viewed() {
    for folder in FOLDERS {
        let path = native_copy(Path::new(folder).join("record-aligned.npy"));
        let map = mapped(&path);
        let records = map.as_slice::<Aligned>().unwrap();
        let expected = [(1, 1.0, 7), (2, 1.25, 8), (3, 1.5, 9)].map(|(a, b, c)| Aligned { a, b, c });
        assert_eq!(records, expected);

        let path = native_copy(Path::new(folder).join("record-packed.npy"));
        let map = mapped(&path);
        let view = map.view::<Packed, Ix1>().unwrap();
        let (id, value) = (view[2].id, view[2].value);
        assert_eq!((view[2].flag, id, value, view[2].tag), (true, 6, 2.25, Bytes::new("15").unwrap()));
        assert_eq!({ view[0].name }, "10");
    }
}

#[test]
fn fields_are_gathered_by_name() {
    for folder in FOLDERS {
        let records = load::<Plain>(folder, "record-packed.npy");
        let expected = Plain {
            tag: Bytes::new("14").unwrap(),
            value: 2.0,
            flag: true,
            name: Unicode::new("11").unwrap(),
            id: 5,
        };
        assert_eq!(records[1], expected);
        let zero: Array0<Plain> = npymap::load(Path::new(folder).join("record-packed-0d.npy")).unwrap();
        assert_eq!(zero.into_scalar().value, 0.75);
        assert_eq!(load::<Plain>(folder, "record-packed-empty.npy").len(), 0);
    }
}

#[test]
fn foreign_byte_order_is_converted_or_viewed() {
    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Native {
        a: i16,
        b: i16,
        c: f16,
        d: f64,
        e: [u8; 3],
    }
    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Foreign {
        a: Le<i16>,
        b: Be<i16>,
        c: f16,
        d: Be<f64>,
        e: [u8; 3],
    }
    for folder in FOLDERS {
        let record = load::<Native>(folder, "record-mixed.npy")[1];
        assert_eq!((record.a, record.b, record.c.to_f32(), record.d), (2, 5, 2.0, 2.75));
        assert_eq!(record.e, [14; 3]);
        let path = Path::new(folder).join("record-mixed.npy");
        let map = mapped(path);
        let error = map.as_slice::<Native>().err().unwrap().to_string();
        assert!(error.ends_with("use view_cow, to_array or load"), "{error}");
        // Its size is even for the sake of `c`, that of the file's records is not.
        assert!(map.as_slice::<Foreign>().is_err());
        let record = map.to_array::<Foreign, Ix1>().unwrap()[2];
        assert_eq!((record.b.get(), record.d.get()), (6, 3.0));
    }
}

#[test]
fn records_within_records_are_matched_by_name() {
    let expected = Nested {
        id: 2,
        at: Point { x: 1.25, y: 2.0 },
        deep: Deep { p: Point { x: 2.75, y: 3.5 }, q: Rest { r: 17 } },
    };
    for folder in FOLDERS {
        assert_eq!(load::<Nested>(folder, "record-nested.npy")[1], expected);
        let path = Path::new(folder).join("record-nested-2x3-f.npy");
        let records: Array2<Nested> = npymap::load(&path).unwrap();
        assert_eq!((records.strides(), records[[0, 1]].id, records[[1, 0]].deep.q.r), (&[1, 2][..], 3, 32));
        let mut stream = NpyReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(stream.header().shape, [2, 3]);
        stream = NpyReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(stream.read::<Nested, ndarray::Ix2>().unwrap(), records);
    }
}

#[test]
fn arrays_are_fields() {
    #[derive(Record, Clone, Copy)]
    struct Arrays {
        none: [i64; 0],
        v: [i16; 2],
        one: [i16; 1],
        m: [[f32; 3]; 2],
    }
    #[derive(Record, Clone, Copy)]
    struct OfRecords {
        k: u8,
        p: [Point<f64, f32>; 2],
    }
    for folder in FOLDERS {
        let record = load::<Arrays>(folder, "record-subarrays.npy")[1];
        assert_eq!(record.m, [[1.75, 2.0, 2.25], [2.5, 2.75, 3.0]]);
        assert_eq!((record.v, record.one, record.none), ([21, 22], [26], []));
        let record = load::<OfRecords>(folder, "record-subarray-of-records.npy")[2];
        assert_eq!((record.k, record.p), (15, [Point { x: 1.25, y: 2.75 }, Point { x: 1.5, y: 3.0 }]));
    }
}

#[test]
fn names_and_titles_are_what_the_attributes_say() {
    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct Odd {
        #[npy(rename = " ")]
        blank: i8,
        #[npy(rename = "a\tb\nc\\")]
        control: i8,
        #[npy(rename = "\u{7f}\u{a0}\u{200b}")]
        invisible: i8,
        #[npy(rename = "a.b")]
        dotted: i16,
    }
    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct Titled {
        #[npy(title = "The first")]
        a: i32,
        #[npy(title = "")]
        b: f32,
        #[npy(rename = "c", title = "µ 中")]
        other: i8,
    }
    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct Raw {
        r#type: u8,
    }
    let odd = load::<Odd>(FOLDERS[1], "record-odd-names.npy");
    let dotted = odd[2].dotted;
    assert_eq!((odd[2].blank, odd[2].control, odd[2].invisible, dotted), (3, 6, 9, 12));
    let titled = load::<Titled>(FOLDERS[1], "record-titles.npy");
    let (a, b) = (titled[1].a, titled[1].b);
    assert_eq!((a, b, titled[1].other), (2, 1.25, 8));
    for (name, bytes) in [("record-odd-names.npy", saved(&odd)), ("record-titles.npy", saved(&titled))] {
        assert_eq!(bytes, saved_by_numpy(name), "{name}");
    }
    assert_eq!(DType::of::<Raw>().descr().unwrap(), "[('type', '|u1')]");
    assert_eq!(Raw { r#type: 1 }.r#type, 1);
}

#[test]
fn what_does_not_match_is_an_error_that_names_the_field() {
    #[derive(Record, Clone, Copy)]
    struct Missing {
        a: i8,
        b: f64,
        c: i16,
        d: i16,
    }
    #[derive(Record, Clone, Copy)]
    struct Wrong {
        a: i8,
        b: f64,
        c: [i16; 2],
    }
    #[derive(Record, Clone, Copy)]
    struct Few {
        b: f64,
    }
    #[derive(Record, Clone, Copy)]
    struct Inner {
        id: u8,
        at: Few,
    }
    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct Narrow {
        flag: bool,
        id: u32,
        value: f64,
        name: Unicode<2>,
        tag: Bytes<2>,
    }
    let dtype = "[('a', '|i1'), ('', '|V7'), ('b', '<f8'), ('c', '<i2'), ('', '|V6')]";
    assert_eq!(
        error::<Missing>("record-aligned.npy"),
        format!("records of dtype {dtype} cannot be read as Missing: field 'd' is missing in the file")
    );
    assert_eq!(
        error::<Wrong>("record-aligned.npy"),
        format!(
            "records of dtype {dtype} cannot be read as Wrong: field 'c' is '<i2', expected ('<i2', (2,)) or \
             ('>i2', (2,))"
        )
    );
    assert_eq!(
        error::<Few>("record-aligned.npy"),
        format!(
            "records of dtype {dtype} cannot be read as Few: it has no field 'a'; #[npy(subset)] leaves it out"
        )
    );
    let message = error::<Inner>("record-nested-aligned.npy");
    assert!(message.ends_with("it has no field 'at.x'; #[npy(subset)] leaves it out"), "{message}");
    let message = error::<Narrow>("record-packed.npy");
    let expected = format!("field 'name' is '<U3', expected '{}' or narrower", native("<U2"));
    assert!(message.ends_with(&expected), "{message}");
    assert_eq!(
        error::<f64>("record-aligned.npy"),
        format!("dtype {dtype} cannot be read as f64, expected '<f8' or '>f8'")
    );
    assert_eq!(
        error::<Rest>("i2-le-empty.npy"),
        format!("dtype '<i2' cannot be read as Rest, expected {}", native("[('r', '<i2')]"))
    );
}

#[test]
fn a_subset_reads_the_fields_that_it_has() {
    #[derive(Record, Clone, Copy)]
    #[npy(subset)]
    struct Y {
        y: f32,
    }
    #[derive(Record, Clone, Copy)]
    #[npy(subset)]
    struct Some {
        at: Y,
    }
    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    #[npy(subset)]
    struct Ends {
        a: i8,
        // Where the file has a field, this has padding.
        #[npy(rename = "c")]
        c: [i64; 1],
    }
    for folder in FOLDERS {
        let records = load::<Some>(folder, "record-nested.npy");
        assert_eq!(records.map(|record| record.at.y).to_vec(), [1.75, 2.0, 2.25]);
    }
    let (header, _) = npymap::Header::parse(&saved(&vec![Some { at: Y { y: 1.0 } }])).unwrap();
    assert_eq!(header.dtype.descr().unwrap(), native("[('at', [('y', '<f4')])]"));

    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct All {
        a: i8,
        b: i8,
        c: [i64; 1],
    }
    let path = temporary_file();
    npymap::save(&path, &vec![All { a: 1, b: 2, c: [3] }]).unwrap();
    let mut map = map_mut(&path);
    assert_eq!(map.as_slice::<Ends>().unwrap()[0].c, [3]);
    let error = map.as_mut_slice::<Ends>().err().unwrap().to_string();
    assert!(error.contains("a write would change fields that the type does not have"), "{error}");
    // A struct with padding would leave what is on the stack in the file.
    let error = map.as_mut_slice::<All>().err().unwrap().to_string();
    assert!(error.contains("repr(C, packed) has nothing there"), "{error}");

    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct Tight {
        a: i8,
        b: i16,
    }
    npymap::save(&path, &vec![Tight { a: 1, b: 2 }]).unwrap();
    let mut map = map_mut(&path);
    map.as_mut_slice::<Tight>().unwrap()[0].b = 7;
    assert_eq!({ map.as_slice::<Tight>().unwrap()[0].b }, 7);
}

// C has a place every four bytes for doubles there.
#[cfg_attr(target_arch = "x86", ignore = "structs have another layout")]
#[test]
fn records_are_saved_as_numpy_saves_them() {
    for (name, bytes) in [
        ("record-aligned.npy", saved(&load::<Aligned>(FOLDERS[1], "record-aligned.npy"))),
        ("record-packed.npy", saved(&load::<Packed>(FOLDERS[1], "record-packed.npy"))),
        ("record-packed-empty.npy", saved(&load::<Packed>(FOLDERS[1], "record-packed-empty.npy"))),
    ] {
        assert_eq!(bytes, saved_by_numpy(name), "{name}");
    }
    assert!(DType::of::<Aligned>().to_string().ends_with("'itemsize': 24, 'aligned': True}"));
}

#[test]
fn what_the_compiler_lays_out_is_saved_packed_in_the_order_of_the_source() {
    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Holder {
        first: u8,
        plain: [Point<u8, f64>; 2],
    }
    let holders = vec![Holder { first: 9, plain: [Point { x: 1, y: 2.0 }, Point { x: 3, y: 4.0 }] }; 2];
    let bytes = saved(&holders);
    let (header, data) = npymap::Header::parse(&bytes).unwrap();
    assert_eq!(
        header.dtype.descr().unwrap(),
        native("[('first', '|u1'), ('plain', [('x', '|u1'), ('y', '<f8')], (2,))]")
    );
    let one = [&[9, 1][..], &2f64.to_ne_bytes(), &[3], &4f64.to_ne_bytes()].concat();
    assert_eq!(bytes[data as usize..], [one.clone(), one].concat());

    let plain = load::<Plain>(FOLDERS[1], "record-packed.npy");
    let path = temporary_file();
    npymap::save(&path, &plain).unwrap();
    let dtype = &NpyFile::open(&path).unwrap().header().dtype.descr().unwrap();
    let expected = "[('tag', '|S5'), ('value', '<f8'), ('flag', '|b1'), ('name', '<U4'), ('id', '<u4')]";
    assert_eq!(dtype, &native(expected));
    assert_eq!(npymap::load::<Plain, Ix1>(&path).unwrap(), plain);
}

// C has a place every four bytes for doubles there.
#[cfg_attr(target_arch = "x86", ignore = "structs have another layout")]
#[test]
fn padding_is_written_as_zeros() {
    // Bytes of memory that were something else before.
    let dirty = vec![0xffu8; 24 * 3].into_boxed_slice();
    std::hint::black_box(&dirty);
    drop(dirty);
    let records: Vec<Aligned> = (0..3).map(|a| Aligned { a: -1, b: f64::from(a), c: -1 }).collect();
    for bytes in [saved(&records), saved(&Array1::from(records.clone()).slice(ndarray::s![..;2]))] {
        let (_, data) = npymap::Header::parse(&bytes).unwrap();
        for record in bytes[data as usize..].chunks(24) {
            assert_eq!((&record[1..8], &record[18..]), (&[0; 7][..], &[0; 6][..]));
        }
    }
}

#[test]
fn a_record_is_saved_as_another_with_the_same_fields() {
    let path = temporary_file();
    let records = vec![Point { x: DateTime64::new(5), y: 1i32 }];
    npymap::save_as(&path, &records, &"<M8[s],>i4".parse::<DType>().map(renamed).unwrap()).unwrap();
    let file = NpyFile::open(&path).unwrap();
    assert_eq!(file.header().dtype.to_string(), "[('x', '<M8[s]'), ('y', '>i4')]");
    assert_eq!(file.read_vec::<Point<DateTime64, i32>>().unwrap(), records);
    let error = npymap::save_as(&path, &records, &"<i4".parse().unwrap()).unwrap_err().to_string();
    let expected =
        format!("cannot be saved as dtype '<i4', expected {}", native("[('x', '<M8'), ('y', '<i4')]"));
    assert!(error.ends_with(&format!("Point<DateTime64, i32> {expected}")), "{error}");
    // The old file is still there.
    assert_eq!(NpyFile::open(&path).unwrap().read_vec::<Point<DateTime64, i32>>().unwrap(), records);
}

/// `f0` and `f1` as `x` and `y`.
fn renamed(dtype: DType) -> DType {
    let DType::Structured(record) = dtype else { panic!("{dtype}") };
    let fields = record.fields().iter().zip(["x", "y"]);
    let fields = fields.map(|(field, name)| npymap::Field::new(name, field.offset(), field.dtype().clone()));
    npymap::Structured::new(fields.collect(), record.itemsize()).unwrap().into()
}

#[test]
fn a_bool_in_a_record_is_checked_where_it_stands() {
    let mut bytes = saved_by_numpy("record-packed.npy");
    let (header, data) = npymap::Header::parse(&bytes).unwrap();
    let data = data as usize;
    bytes[data + header.dtype.itemsize()] = 2;
    let path = temporary_file();
    std::fs::write(&path, &bytes).unwrap();
    let place = format!("element 1 (byte {}) is 0x02, expected 0x00 or 0x01", data + 27);
    let map = mapped(&path);
    for error in [
        npymap::load::<Packed, Ix1>(&path).unwrap_err(),
        npymap::load::<Plain, Ix1>(&path).unwrap_err(),
        map.as_slice::<Packed>().unwrap_err(),
    ] {
        assert!(error.to_string().contains(&place), "{error}");
    }
    // A lone surrogate in the last name.
    bytes[data + 27] = 0;
    let name = data + 2 * 27 + 13 + 4;
    bytes[name..name + 4].copy_from_slice(&0xd800u32.to_ne_bytes());
    let error = NpyReader::new(bytes.as_slice()).unwrap().read_vec::<Plain>().unwrap_err().to_string();
    let expected = format!("element 2 (byte {name}) is 0x0000d800, expected a Unicode scalar value");
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn a_struct_without_fields_is_a_record_without_fields() {
    #[derive(Record, Clone, Copy)]
    struct Nothing {}
    let records = load::<Nothing>(FOLDERS[1], "record-no-fields.npy");
    assert_eq!(records.len(), 3);
    let expected = std::fs::read(Path::new(FOLDERS[1]).join("record-no-fields.npy")).unwrap();
    assert_eq!(saved(&records), expected);
}

#[test]
fn layouts_that_only_the_compiler_knows_round_trip() {
    #[derive(Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C, align(32))]
    struct Large {
        a: u8,
    }
    #[derive(Record, Clone, Copy, Debug, PartialEq)]
    #[repr(transparent)]
    struct One {
        value: [Large; 2],
    }
    #[derive(Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C, packed(2))]
    struct Halfway {
        a: u8,
        b: u64,
    }
    let ones = vec![One { value: [Large { a: 1 }, Large { a: 2 }] }, One { value: [Large { a: 3 }; 2] }];
    let path = temporary_file();
    npymap::save(&path, &ones).unwrap();
    let file = NpyFile::open(&path).unwrap();
    let descr = "[('value', [('a', '|u1'), ('', '|V31')], (2,))]";
    assert_eq!(file.header().dtype.descr().unwrap(), descr);
    assert_eq!(file.read_vec::<One>().unwrap(), ones);
    assert_eq!(DType::of::<Halfway>().descr().unwrap(), native("[('a', '|u1'), ('', '|V1'), ('b', '<u8')]"));
}

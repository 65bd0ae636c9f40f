//! Views of one field of mapped records.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; nobody changes the files of testdata")]

mod common;

use std::path::Path;

use common::{native, native_copy, temporary_file};
use ndarray::{Array2, Ix0, Ix1, Ix2, Ix3, IxDyn, s};
use npymap::{Be, Bytes, DType, Element, Field, Header, Le, NpyMap, Order, Structured, Subarray, Unicode};

fn map(name: &str) -> NpyMap {
    // SAFETY: nobody changes the files of testdata.
    unsafe { NpyMap::open(Path::new("testdata/numpy-2.4").join(name)) }.unwrap()
}

/// A file in the byte order of this machine, and its map.
fn native_map(name: &str) -> (common::TemporaryFile, NpyMap) {
    let file = native_copy(Path::new("testdata/numpy-2.4").join(name));
    // SAFETY: the file belongs to one test.
    let map = unsafe { NpyMap::open(&file) }.unwrap();
    (file, map)
}

fn error<T: Element>(name: &str, path: &str) -> String {
    let error = map(name).field::<T, IxDyn>(path).err().expect("an error").to_string();
    error.split_once(".npy: ").expect("the path").1.to_string()
}

/// Records of (id u1, at (2,) of (x f4, y (3,) i4), flag b1) with room, and what they hold.
fn nested(order: Order, change: impl FnOnce(&mut [u8])) -> (common::TemporaryFile, NpyMap) {
    let field = |name: &str, offset, dtype: DType| Field::new(name, offset, dtype);
    let inner = Structured::new(
        vec![field("x", 0, DType::of::<f32>()), field("y.z", 4, DType::of::<[i32; 3]>())],
        16,
    );
    let at = Subarray::new(inner.unwrap().into(), [2]).unwrap();
    let fields = vec![
        field("id", 0, DType::of::<u8>()),
        field("at", 4, at.into()),
        field("flag", 36, DType::of::<[bool; 2]>()),
    ];
    let dtype = DType::from(Structured::new(fields, 40).unwrap());
    let header = Header::new(dtype, [2, 3]).with_order(order);
    let mut data: Vec<u8> = (0..6u8)
        .flat_map(|n| {
            let mut record = [0; 40];
            record[0] = n;
            for (index, bytes) in record[4..36].chunks_mut(4).enumerate() {
                let number = i32::from(n) * 100 + index as i32;
                let is_x = index % 4 == 0;
                bytes.copy_from_slice(&if is_x {
                    (number as f32).to_ne_bytes()
                } else {
                    number.to_ne_bytes()
                });
            }
            record[36..38].copy_from_slice(&[n % 2, 1]);
            record
        })
        .collect();
    change(&mut data);
    let file = temporary_file();
    std::fs::write(&file, [header.encode(), data].concat()).unwrap();
    // SAFETY: the file belongs to one test.
    let map = unsafe { NpyMap::open(&file) }.unwrap();
    (file, map)
}

#[test]
fn a_field_is_viewed_where_it_stands() {
    let (_file, aligned) = native_map("record-aligned.npy");
    let b = aligned.field::<f64, Ix1>("b").unwrap();
    assert_eq!((b.to_vec(), b.strides()), (vec![1.0, 1.25, 1.5], &[3][..]));
    assert_eq!(b.as_ptr().cast(), aligned.as_bytes()[8..].as_ptr());
    assert_eq!(aligned.field::<i8, Ix1>("a").unwrap().to_vec(), [1, 2, 3]);
    assert_eq!(aligned.field::<i16, Ix1>("c").unwrap().slice(s![..;2]).to_vec(), [7, 9]);
    assert_eq!(map("record-titles.npy").field::<i8, Ix1>("µ 中").unwrap().to_vec(), [7, 8, 9]);
    assert_eq!(native_map("record-packed-empty.npy").1.field::<f64, Ix1>("value").unwrap().len(), 0);
    assert_eq!(map("record-packed-0d.npy").field::<Le<f64>, Ix0>("value").unwrap()[()].get(), 0.75);
    assert_eq!(map("record-packed.npy").field::<bool, Ix1>("flag").unwrap().to_vec(), [true; 3]);
}

#[test]
fn axes_of_subarrays_are_appended() {
    for order in [Order::C, Order::F] {
        let (_file, map) = nested(order, |_| {});
        // The number of the record at each place.
        let ids = map.field::<u8, Ix2>("id").unwrap();
        let expected = match order {
            Order::C => [[0, 1, 2], [3, 4, 5]],
            Order::F => [[0, 2, 4], [1, 3, 5]],
        };
        assert_eq!(ids, Array2::from(expected.to_vec()));
        let x = map.field::<f32, Ix3>("at.x").unwrap();
        let y = map.field::<i32, IxDyn>("at.y.z").unwrap();
        // Twelve bytes do not divide the forty of the records.
        assert!(map.field::<[i32; 3], Ix3>("at.y.z").is_err());
        assert_eq!((x.shape(), y.shape()), (&[2, 3, 2][..], &[2, 3, 2, 3][..]));
        for ((row, column), &id) in ids.indexed_iter() {
            for item in 0..2 {
                let start = i32::from(id) * 100 + item as i32 * 4;
                assert_eq!(x[[row, column, item]], start as f32);
                assert_eq!(y[[row, column, item, 2]], start + 3);
            }
        }
        assert_eq!(map.field::<bool, Ix3>("flag").unwrap()[[1, 0, 0]], ids[[1, 0]] % 2 == 1);
        assert_eq!(map.field::<[bool; 2], Ix2>("flag").unwrap().len(), 6);
    }
}

#[test]
fn what_a_field_is_not_is_an_error() {
    let dtype = "[('a', '|i1'), ('', '|V7'), ('b', '<f8'), ('c', '<i2'), ('', '|V6')]";
    assert_eq!(error::<f64>("record-aligned.npy", "z"), format!("field 'z' is not in dtype {dtype}"));
    assert_eq!(error::<f64>("record-aligned.npy", "b.x"), format!("field 'b.x' is not in dtype {dtype}"));
    assert_eq!(error::<f64>("f8-le-c.npy", "b"), "field 'b' is not in dtype '<f8'");
    assert_eq!(
        error::<f32>("record-aligned.npy", "b"),
        format!(
            "records of dtype {dtype} cannot be read as f32: field 'b' is '<f8', expected '<f4' or '>f4'"
        )
    );
    let (_file, packed) = native_map("record-packed.npy");
    assert!(packed.field::<f64, Ix1>("value").unwrap_err().to_string().ends_with(&native(
        "dtype '<f8' cannot be viewed as f64 without a copy: an array can only have its elements a multiple of 8 \
         bytes apart, and the records have 27; use load of a struct with #[npy(subset)]"
    )));
    let foreign = if cfg!(target_endian = "little") { "record-big.npy" } else { "record-packed.npy" };
    assert_eq!(
        error::<u32>(foreign, "id"),
        native(
            "dtype '>u4' cannot be viewed as u32 without a copy: its bytes are in another order; use Be, Le or load \
             of a struct with #[npy(subset)]"
        )
    );
    assert_eq!(map("record-big.npy").field::<Be<u32>, Ix1>("id").unwrap()[2].get(), 3);
    assert!(error::<Unicode<4>>("record-packed.npy", "name").contains("cannot be viewed"));
    let (_file, aligned) = native_map("record-aligned.npy");
    assert!(aligned.field::<f64, Ix2>("b").unwrap_err().to_string().contains("has 1 axes, expected 2"));
    assert_eq!(map("record-odd-names.npy").field::<i8, Ix1>(" ").unwrap().to_vec(), [1, 2, 3]);
    assert!(error::<Le<i16>>("record-odd-names.npy", "a.b").contains("the records have 5"));
    assert!(
        map("record-zero-size-field.npy").field::<Bytes<0>, Ix1>("s").unwrap().iter().all(|text| *text == "")
    );
}

#[test]
fn a_bool_that_is_none_is_found_in_its_field_alone() {
    let (_file, map) = nested(Order::C, |data| data[40 * 4 + 37] = 2);
    let message = map.field::<bool, Ix3>("flag").unwrap_err().to_string();
    let at = map.data_offset() + 40 * 4 + 37;
    let expected = format!("element 4 (byte {at}) is 0x02, expected 0x00 or 0x01 for dtype '|b1'");
    assert!(message.ends_with(&expected), "{message}");
    assert!(map.field::<[bool; 2], Ix2>("flag").is_err());
    assert!(map.field::<u8, Ix2>("id").is_ok());
}

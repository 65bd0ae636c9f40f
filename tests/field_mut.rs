//! One field of mapped records, changed in place.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; each file belongs to one test")]

mod common;

use std::path::Path;

use common::{TemporaryFile, native, native_copy, temporary_file};
use ndarray::{Array, Ix0, Ix1, Ix2, Ix3, IxDyn};
use npymap::{Be, Bytes, DType, Element, Field, Header, Le, NpyMapMut, Order, Structured, Subarray, Unicode};
use proptest::prelude::*;

/// A copy of a file of testdata, mapped so that changes reach it.
fn copy_of(name: &str) -> (TemporaryFile, NpyMapMut) {
    let file = temporary_file();
    std::fs::copy(Path::new("testdata/numpy-2.4").join(name), &file).unwrap();
    // SAFETY: the file belongs to one test.
    let map = unsafe { NpyMapMut::open(&file) }.unwrap();
    (file, map)
}

/// A copy in the byte order of this machine.
fn native_copy_of(name: &str) -> (TemporaryFile, NpyMapMut) {
    let file = native_copy(Path::new("testdata/numpy-2.4").join(name));
    // SAFETY: the file belongs to one test.
    let map = unsafe { NpyMapMut::open(&file) }.unwrap();
    (file, map)
}

/// A new file of zeros.
fn create(dtype: DType, shape: &[usize], order: Order) -> (TemporaryFile, NpyMapMut) {
    let file = temporary_file();
    let header = Header::new(dtype, shape).with_order(order);
    // SAFETY: the file belongs to one test.
    let map = unsafe { NpyMapMut::create(&file, &header) }.unwrap();
    (file, map)
}

fn record(fields: Vec<Field>, itemsize: usize) -> DType {
    Structured::new(fields, itemsize).unwrap().into()
}

/// The message without the path.
fn error<T: Element>(map: &mut NpyMapMut, path: &str) -> String {
    let error = map.field_mut::<T, IxDyn>(path).err().expect("an error").to_string();
    error.split_once(": ").expect("the path").1.to_string()
}

#[test]
fn what_is_written_reaches_the_field_in_the_file_alone() {
    let (file, mut map) = native_copy_of("record-aligned.npy");
    let before = std::fs::read(&file).unwrap();
    map.field_mut::<f64, Ix1>("b").unwrap()[1] = -2.5;
    map.field_mut::<i16, Ix1>("c").unwrap().fill(99);
    assert_eq!(map.field::<f64, Ix1>("b").unwrap().to_vec(), [1.0, -2.5, 1.5]);
    assert_eq!(map.field::<i8, Ix1>("a").unwrap().to_vec(), [1, 2, 3]);
    let data_offset = map.data_offset() as usize;
    map.close().unwrap();
    let mut expected = before;
    expected[data_offset + 24 + 8..][..8].copy_from_slice(&(-2.5f64).to_ne_bytes());
    for record in 0..3 {
        expected[data_offset + 24 * record + 16..][..2].copy_from_slice(&99i16.to_ne_bytes());
    }
    assert_eq!(std::fs::read(&file).unwrap(), expected);
}

#[test]
fn what_is_written_to_a_copy_stays_in_memory() {
    let path = native_copy("testdata/numpy-2.4/record-nested-aligned.npy");
    // SAFETY: the file belongs to one test.
    let mut map = unsafe { NpyMapMut::open_copy(&path) }.unwrap();
    map.field_mut::<f64, Ix1>("at.y").unwrap().fill(0.5);
    assert_eq!(map.field::<f64, Ix1>("at.y").unwrap().to_vec(), [0.5; 3]);
    // SAFETY: as above.
    let again = unsafe { npymap::NpyMap::open(&path) }.unwrap();
    assert_eq!(again.field::<f64, Ix1>("at.y").unwrap().to_vec(), [1.75, 2.0, 2.25]);
}

/// Records of (id u1, at (2,) of (x f4, "y.z" (3,) i4), flag b1 (2,)) with room.
fn nested() -> DType {
    let inner = record(
        vec![Field::new("x", 0, DType::of::<f32>()), Field::new("y.z", 4, DType::of::<[i32; 3]>())],
        16,
    );
    let at = Subarray::new(inner, [2]).unwrap();
    let fields = vec![
        Field::new("id", 0, DType::of::<u8>()),
        Field::new("at", 4, at.into()),
        Field::new("flag", 36, DType::of::<[bool; 2]>()),
    ];
    record(fields, 40)
}

#[test]
fn nested_fields_and_subarrays_have_their_axes_appended() {
    for order in [Order::C, Order::F] {
        let (_file, mut map) = create(nested(), &[2, 3], order);
        let x =
            Array::from_shape_fn((2, 3, 2), |(row, column, item)| (row * 100 + column * 10 + item) as f32);
        map.field_mut::<f32, Ix3>("at.x").unwrap().assign(&x);
        map.field_mut::<i32, IxDyn>("at.y.z").unwrap().fill(-7);
        map.field_mut::<i32, IxDyn>("at.y.z").unwrap()[[1, 2, 0, 1]] = 8;
        map.field_mut::<bool, Ix3>("flag").unwrap()[[0, 1, 1]] = true;
        map.field_mut::<[bool; 2], Ix2>("flag").unwrap()[[1, 1]] = [true; 2];
        map.field_mut::<u8, Ix2>("id").unwrap()[[1, 2]] = 12;

        assert_eq!(map.field::<f32, Ix3>("at.x").unwrap(), x);
        let z = map.field::<i32, IxDyn>("at.y.z").unwrap();
        assert_eq!((z.sum(), z[[1, 2, 0, 1]]), (-7 * 35 + 8, 8));
        let flags = map.field::<bool, Ix3>("flag").unwrap();
        let set: Vec<_> = flags.indexed_iter().filter(|(_, flag)| **flag).map(|(at, _)| at).collect();
        assert_eq!(set, [(0, 1, 1), (1, 1, 0), (1, 1, 1)]);
        // The record where it stands: the last of both orders.
        assert_eq!(map.as_bytes()[40 * 5], 12);
        assert_eq!(map.as_bytes()[40 * 5 + 4..][..4], 120f32.to_ne_bytes());
        // Nothing but fields has been written.
        assert!(map.as_bytes().chunks(40).all(|record| record[1..4] == [0; 3] && record[38..] == [0; 2]));
    }
}

#[test]
fn arrays_without_axes_or_elements() {
    let (_file, mut map) = native_copy_of("record-packed-empty.npy");
    assert_eq!(map.field_mut::<f64, Ix1>("value").unwrap().len(), 0);
    let (_file, mut map) = copy_of("record-packed-0d.npy");
    map.field_mut::<Le<f64>, Ix0>("value").unwrap()[()].set(7.5);
    assert_eq!(map.field::<Le<f64>, Ix0>("value").unwrap()[()].get(), 7.5);
    let (_file, mut map) = copy_of("record-zero-size-field.npy");
    assert_eq!(map.field_mut::<Bytes<0>, Ix1>("s").unwrap().len(), 3);
    let (_file, mut map) = copy_of("record-titles.npy");
    map.field_mut::<i8, Ix1>("µ 中").unwrap().fill(1);
    assert_eq!(map.field::<i8, Ix1>("c").unwrap().to_vec(), [1, 1, 1]);
}

#[test]
fn foreign_and_unaligned_numbers_are_changed_by_be_and_le() {
    let foreign = if cfg!(target_endian = "little") { "record-big.npy" } else { "record-packed.npy" };
    assert_eq!(
        error::<u32>(&mut copy_of(foreign).1, "id"),
        native(
            "dtype '>u4' cannot be viewed as u32 without a copy: its bytes are in another order; use Be or Le"
        )
    );
    let (_file, mut map) = copy_of("record-big.npy");
    map.field_mut::<Be<u32>, Ix1>("id").unwrap()[2].set(1 << 24);
    assert_eq!(map.as_bytes()[2 * map.header().dtype.itemsize()..][..4], [1, 0, 0, 0]);

    let unaligned = |x: DType| {
        let dtype = record(vec![Field::new("n", 0, DType::of::<u8>()), Field::new("x", 1, x)], 16);
        create(dtype, &[2], Order::C)
    };
    let (_file, mut map) = unaligned(DType::of::<f64>());
    let at = map.data_offset() + 1;
    assert_eq!(
        error::<f64>(&mut map, "x"),
        format!(
            "dtype '{}' cannot be viewed as f64 without a copy: it starts at byte {at}, which is not aligned to {}; \
             use Le or Be",
            native("<f8"),
            align_of::<f64>()
        )
    );
    let message = map.field::<f64, Ix1>("x").unwrap_err().to_string();
    let way_out = "use Le, Be or load of a struct with #[npy(subset)]";
    assert!(message.ends_with(&format!("not aligned to {}; {way_out}", align_of::<f64>())), "{message}");
    let (_file, mut map) = unaligned(DType::of::<Le<f64>>());
    map.field_mut::<Le<f64>, Ix1>("x").unwrap().fill(Le::new(1.5));
    assert_eq!(map.as_bytes()[16..25], [&[0][..], &1.5f64.to_le_bytes()].concat());
}

#[test]
fn what_a_field_is_not_is_an_error() {
    let dtype = "[('a', '|i1'), ('', '|V7'), ('b', '<f8'), ('c', '<i2'), ('', '|V6')]";
    let (_file, mut map) = copy_of("record-aligned.npy");
    assert_eq!(error::<f64>(&mut map, "z"), format!("field 'z' is not in dtype {dtype}"));
    assert_eq!(
        error::<f32>(&mut map, "b"),
        format!(
            "records of dtype {dtype} cannot be read as f32: field 'b' is '<f8', expected '<f4' or '>f4'"
        )
    );
    let message = map.field_mut::<f64, Ix2>("b").unwrap_err().to_string();
    assert!(message.ends_with("shape (3,) has 1 axes, expected 2"), "{message}");
    let (_file, mut map) = copy_of("f8-le-c.npy");
    assert_eq!(error::<f64>(&mut map, "b"), "field 'b' is not in dtype '<f8'");
    let (_file, mut map) = copy_of("record-packed.npy");
    assert_eq!(
        error::<Le<f64>>(&mut map, "value"),
        "dtype '<f8' cannot be viewed as Le<f64> without a copy: an array can only have its elements a multiple of 8 \
         bytes apart, and the records have 27; use view_mut of a struct with repr(C, packed)"
    );
    assert!(
        error::<Unicode<4>>(&mut map, "name")
            .contains("its bytes lie elsewhere; use field_mut of each field")
    );
}

#[test]
fn a_bool_that_is_none_is_found_before_it_is_seen() {
    let (file, map) = create(nested(), &[2, 3], Order::C);
    let at = map.data_offset() + 40 * 4 + 37;
    map.close().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[at as usize] = 2;
    std::fs::write(&file, bytes).unwrap();
    // SAFETY: the file belongs to this test.
    let mut map = unsafe { NpyMapMut::open(&file) }.unwrap();
    let expected = format!("element 4 (byte {at}) is 0x02, expected 0x00 or 0x01 for dtype '|b1'");
    assert_eq!(error::<bool>(&mut map, "flag"), expected);
    assert!(map.field_mut::<u8, Ix2>("id").is_ok());
}

#[cfg(feature = "derive")]
mod records {
    use npymap::Record;

    use super::*;

    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Padded {
        x: i8,
        y: f32,
    }

    #[derive(Record, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Full {
        p: i32,
        q: f32,
    }

    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    #[npy(subset)]
    struct Part {
        p: i32,
        #[npy(rename = "q")]
        q: f32,
    }

    #[test]
    fn a_field_that_is_a_record_is_changed_whole_where_nothing_else_is() {
        let inner = |name: &str, offset| Field::new(name, offset, DType::of::<Full>());
        let (_file, mut map) = create(record(vec![inner("a", 0), inner("b", 8)], 16), &[2], Order::C);
        map.field_mut::<Full, Ix1>("b").unwrap()[1] = Full { p: -1, q: 0.5 };
        assert_eq!(map.field::<f32, Ix1>("b.q").unwrap().to_vec(), [0.0, 0.5]);
        assert_eq!(map.field::<Full, Ix1>("a").unwrap().to_vec(), [Full { p: 0, q: 0.0 }; 2]);

        let padded = record(vec![Field::new("at", 0, DType::of::<Padded>())], 16);
        let (_file, mut map) = create(padded, &[2], Order::C);
        assert_eq!(
            error::<Padded>(&mut map, "at"),
            native(
                "dtype [('x', '|i1'), ('', '|V3'), ('y', '<f4')] cannot be viewed as Padded without a copy: a write \
                 would leave what it finds in memory between the fields; repr(C, packed) has nothing there; use \
                 field_mut of each field"
            )
        );
        assert!(map.field::<Padded, Ix1>("at").is_ok());
        let more = record(
            vec![
                Field::new("p", 0, DType::of::<i32>()),
                Field::new("q", 4, DType::of::<f32>()),
                Field::new("r", 8, "S0".parse().unwrap()),
            ],
            8,
        );
        let (_file, mut map) = create(record(vec![Field::new("n", 0, more)], 8), &[2], Order::C);
        assert!(
            map.field::<Part, Ix1>("n")
                .is_ok_and(|part| part.iter().all(|part| part.p == 0 && part.q == 0.0))
        );
        let message = error::<Part>(&mut map, "n");
        assert!(message.ends_with(
            "a write would change fields that the type does not have; use field_mut of each field"
        ));
    }
}

/// Fills one field and checks that the file has changed there and nowhere else.
fn fill_and_check<T: Element + PartialEq + std::fmt::Debug>(map: &mut NpyMapMut, field: &Field, value: T) {
    let before = map.as_bytes().to_vec();
    let seen = map.field::<T, IxDyn>(field.name()).map(|view| view.shape().to_vec());
    match map.field_mut::<T, IxDyn>(field.name()) {
        Ok(mut view) => {
            assert_eq!(view.shape(), seen.unwrap());
            view.fill(value);
        }
        Err(error) => {
            // Nothing keeps a number from being written but what keeps it from being seen.
            let (error, seen) = (error.to_string(), seen.unwrap_err().to_string());
            assert_eq!(error.rsplit_once("; use").unwrap().0, seen.rsplit_once("; use").unwrap().0);
            return;
        }
    }
    assert!(map.field::<T, IxDyn>(field.name()).unwrap().iter().all(|found| *found == value));
    let size = map.header().dtype.itemsize();
    let range = field.offset()..field.offset() + field.dtype().itemsize();
    for (at, (old, new)) in before.iter().zip(map.as_bytes()).enumerate() {
        assert!(range.contains(&(at % size)) || old == new, "byte {at} of {}", map.header().dtype);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_field_is_changed_and_nothing_else(
        kinds in prop::collection::vec((0usize..6, 0usize..9), 1..6),
        tail in 0usize..9,
        shape in prop::collection::vec(0usize..4, 0..4),
        is_f in any::<bool>(),
    ) {
        let dtypes = ["u1", "<i2", "<f4", ">f8", "(2,)<i4", "S3"];
        let (mut end, mut fields) = (0, Vec::new());
        for (number, &(kind, gap)) in kinds.iter().enumerate() {
            let dtype: DType = dtypes[kind].parse().unwrap();
            let offset = end + gap;
            end = offset + dtype.itemsize();
            fields.push(Field::new(format!("f{number}"), offset, dtype));
        }
        let dtype = record(fields.clone(), end + tail);
        let (_file, mut map) = create(dtype, &shape, if is_f { Order::F } else { Order::C });
        for (field, &(kind, _)) in fields.iter().zip(&kinds) {
            match kind {
                0 => fill_and_check(&mut map, field, 201u8),
                1 => fill_and_check(&mut map, field, Le::new(-12_345i16)),
                2 => fill_and_check(&mut map, field, 1.25f32),
                3 => fill_and_check(&mut map, field, Be::new(-0.1f64)),
                4 => fill_and_check(&mut map, field, [Le::new(1i32 << 30), Le::new(-3)]),
                _ => fill_and_check(&mut map, field, Bytes::<3>::new("xyz").unwrap()),
            }
        }
    }
}

//! Arrays of a stream, in parts and one after the other, however the stream is cut.
#![cfg(feature = "ndarray")]

mod common;

use std::fs::File;
use std::io::{self, Read};

use common::temporary_file;
use ndarray::{Array2, ArrayD, Axis, Ix2, Slice as Range};
use npymap::{DType, Error, Header, Load, NpyFile, NpyReader, Order};
use proptest::prelude::*;

/// A stream that hands out its bytes in pieces of these lengths, again and again; 0 is an interruption.
struct Cut<'a> {
    rest: &'a [u8],
    lengths: &'a [usize],
    calls: usize,
}

impl<'a> Cut<'a> {
    fn new(rest: &'a [u8], lengths: &'a [usize]) -> Self {
        Self { rest, lengths, calls: 0 }
    }
}

impl Read for Cut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.lengths[self.calls % self.lengths.len()];
        self.calls += 1;
        if length == 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = length.min(buffer.len());
        self.rest.read(&mut buffer[..length])
    }
}

/// A file of numbers that count up from `first`.
fn numbers(shape: &[usize], order: Order, first: i32) -> Vec<u8> {
    let header = Header::new("<i4".parse().unwrap(), shape).with_order(order);
    let mut bytes = header.encode();
    let count = header.len().unwrap() as i32;
    bytes.extend((first..first + count).flat_map(i32::to_le_bytes));
    bytes
}

fn message<T>(result: npymap::Result<T>) -> String {
    result.err().expect("an error").to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_cut_and_any_parts_give_the_same(
        shapes in prop::collection::vec(prop::collection::vec(0..9usize, 0..4), 1..4),
        is_f in any::<bool>(),
        (lengths, parts) in (
            prop::collection::vec(0..40usize, 1..8).prop_filter("bytes come", |all| all.iter().any(|&len| len > 0)),
            prop::collection::vec(0..30usize, 0..6),
        ),
        rest in 0..5usize,
        trailing in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let order = if is_f { Order::F } else { Order::C };
        let files: Vec<_> = shapes.iter().enumerate().map(|(n, shape)| numbers(shape, order, n as i32 * 1000)).collect();
        // What is no array follows the last one only where nobody asks for a next.
        let mut stream = files.concat();
        stream.extend(&trailing);
        let mut reader = NpyReader::new(Cut::new(&stream, &lengths)).unwrap();
        for (n, shape) in shapes.iter().enumerate() {
            if n > 0 {
                let header = reader.next_array().unwrap().expect("another array");
                prop_assert_eq!(&header.shape, shape);
            }
            let count: usize = shape.iter().product();
            let expected: Vec<i32> = (0..count as i32).map(|at| n as i32 * 1000 + at).collect();
            let mut done = 0;
            for &part in &parts {
                let mut elements = vec![-1; part];
                if part > count - done {
                    let left = count - done;
                    let expected = format!("{left} elements are left, expected {part}");
                    prop_assert!(message(reader.read_into(&mut elements)).ends_with(&expected));
                    prop_assert!(elements.iter().all(|&element| element == -1));
                    continue;
                }
                reader.read_into(&mut elements).unwrap();
                prop_assert_eq!(&elements, &expected[done..done + part]);
                done += part;
            }
            match rest {
                0 => prop_assert_eq!(reader.read_vec::<i32>().unwrap(), &expected[done..]),
                1 if done == 0 => {
                    let array: ArrayD<i32> = reader.read().unwrap();
                    prop_assert_eq!(array.shape(), shape.as_slice());
                    let elements = if is_f { array.t().iter().copied().collect() } else { array.into_iter().collect::<Vec<_>>() };
                    prop_assert_eq!(elements, expected);
                }
                1 => prop_assert!(message(reader.read::<i32, Ix2>()).len() > 10),
                2 if order == Order::C && !shape.is_empty() && done == 0 => {
                    let rows: Vec<ArrayD<i32>> = reader.rows(2).collect::<Result<_, _>>().unwrap();
                    prop_assert_eq!(rows.iter().map(|block| block.len_of(Axis(0))).sum::<usize>(), shape[0]);
                    prop_assert_eq!(rows.into_iter().flatten().collect::<Vec<_>>(), expected);
                }
                _ => {}
            }
        }
        // Not a byte more was taken than the arrays have.
        let end = reader.next_array();
        if trailing.is_empty() {
            prop_assert!(end.unwrap().is_none());
            prop_assert!(reader.next_array().unwrap().is_none());
        } else {
            prop_assert!(end.is_err());
            prop_assert!(reader.next_array().is_err());
        }
    }

    #[test]
    fn blocks_of_a_file_are_its_rows(
        shape in prop::collection::vec(0..7usize, 1..4),
        is_f in any::<bool>(),
        n in 1..9usize,
    ) {
        let order = if is_f { Order::F } else { Order::C };
        let path = temporary_file();
        std::fs::write(&path, numbers(&shape, order, 0)).unwrap();
        let file = NpyFile::open(&path).unwrap();
        let whole: ArrayD<i32> = file.read().unwrap();
        let mut next = 0;
        for block in file.rows::<i32>(n) {
            let block = block.unwrap();
            let end = shape[0].min(next + n);
            prop_assert_eq!(&block, &whole.slice_axis(Axis(0), Range::from(next..end)));
            next = end;
        }
        prop_assert_eq!(next, shape[0]);
        let mut elements = vec![0; whole.len()];
        file.read_into(&mut elements).unwrap();
        prop_assert_eq!(elements, file.read_vec::<i32>().unwrap());
    }
}

#[test]
fn what_follows_an_array_stays_readable() {
    let stream = [numbers(&[3], Order::C, 0), b"and more".to_vec()].concat();
    let mut reader = NpyReader::new(stream.as_slice()).unwrap();
    assert_eq!(reader.read_vec::<i32>().unwrap(), [0, 1, 2]);
    assert_eq!(reader.read_vec::<i32>().unwrap(), []);
    let mut text = String::new();
    reader.into_inner().read_to_string(&mut text).unwrap();
    assert_eq!(text, "and more");
}

#[test]
fn a_stream_that_breaks_off_is_no_clean_end() {
    let (first, second) = (numbers(&[3], Order::C, 0), numbers(&[2], Order::C, 7));
    let stream = [first.clone(), second].concat();
    for len in 0..=stream.len() {
        let cut = &stream[..len];
        let mut reader = match NpyReader::new(cut) {
            Ok(reader) => reader,
            Err(error) => {
                assert!(len < first.len() - 12, "{error}");
                assert_eq!(len == 0, error.to_string() == "not an npy file: it is empty");
                continue;
            }
        };
        let next = reader.next_array().map(|header| header.cloned());
        if len < first.len() {
            let found = len - (first.len() - 12);
            let expected = format!("data is truncated: shape (3,) of '<i4' needs 12 bytes, found {found}");
            assert_eq!(message(next), expected);
            assert_eq!(message(reader.next_array()), expected);
            continue;
        }
        match next {
            Ok(None) => assert_eq!(len, first.len()),
            Ok(Some(header)) => {
                assert!(len >= stream.len() - 8);
                assert_eq!(header.shape, [2]);
                assert_eq!(reader.read_vec::<i32>().is_ok(), len == stream.len());
            }
            Err(error) => {
                assert!((first.len() + 1..stream.len() - 8).contains(&len), "{len}: {error}");
                assert!(matches!(error, Error::Format { .. }), "{error}");
                let lost = "a broken header came before, so that nothing tells where the next array starts";
                assert_eq!(message(reader.next_array()), lost);
                let spoilt = "the array of shape (3,) cannot be read on: a broken header came behind it";
                assert_eq!(message(reader.read_vec::<i32>()), spoilt);
            }
        }
    }
}

#[test]
fn calls_that_cannot_go_on_say_so() {
    let stream = numbers(&[3, 4], Order::C, 0);
    let reader = || NpyReader::new(stream.as_slice()).unwrap();
    let not_on = |reason: &str| format!("the array of shape (3, 4) cannot be read on: {reason}");
    let not_in_rows = |shape: &str, reason: &str| format!("shape {shape} cannot be read in rows: {reason}");

    let mut part = reader();
    part.read_into(&mut [0i32; 3]).unwrap();
    let reason = "part of it has been read; read_vec, read_into and rows read the rest";
    assert_eq!(message(part.read::<i32, Ix2>()), not_on(reason));
    let rows = part.rows::<i32>(2).next().unwrap();
    assert_eq!(message(rows), not_in_rows("(3, 4)", "part of a row has been read; read_into reads its rest"));
    assert_eq!(message(part.preview(&Default::default())), not_on("part of it has been read"));
    part.read_into(&mut [0i32; 1]).unwrap();
    // At the start of a row again.
    let blocks: Vec<_> = part.rows::<i32>(5).map(Result::unwrap).collect();
    assert_eq!(blocks, [ndarray::array![[4, 5, 6, 7], [8, 9, 10, 11]].into_dyn()]);

    let mut shown = reader();
    assert!(shown.preview(&Default::default()).is_ok());
    assert_eq!(message(shown.read_vec::<i32>()), not_on("a preview has passed over elements of it"));
    assert!(shown.next_array().unwrap().is_none());

    let mut wrong = reader();
    assert_eq!(
        message(wrong.read_vec::<f32>()),
        "dtype '<i4' cannot be read as f32, expected '<f4' or '>f4'"
    );
    assert_eq!(wrong.read::<i32, Ix2>().unwrap()[[2, 3]], 11);

    let fortran = numbers(&[3, 4], Order::F, 0);
    let rows = NpyReader::new(fortran.as_slice()).unwrap().rows::<i32>(2).next().unwrap();
    let way_out = "they do not lie side by side in Fortran order; read reads the whole, and NpyFile::rows blocks of a file";
    assert_eq!(message(rows), not_in_rows("(3, 4)", way_out));
    let column = numbers(&[3, 1], Order::F, 0);
    assert_eq!(NpyReader::new(column.as_slice()).unwrap().rows::<i32>(2).count(), 2);

    let scalar = numbers(&[], Order::C, 0);
    let mut scalar = NpyReader::new(scalar.as_slice()).unwrap();
    let rows = scalar.rows::<i32>(2).next().unwrap();
    assert_eq!(message(rows), not_in_rows("()", "it has no axis; read gives the one element"));
    let mut none = reader();
    let mut rows = none.rows::<i32>(0);
    let reason = "blocks of 0 rows have no end; ask for one row at least";
    assert_eq!(message(rows.next().unwrap()), not_in_rows("(3, 4)", reason));
    assert!(rows.next().is_none());
}

#[test]
fn after_an_invalid_element_the_next_array_follows() {
    let mut bools = Header::new(DType::of::<bool>(), [4]).encode();
    bools.extend([1, 0, 9, 1]);
    let stream = [bools, numbers(&[2], Order::C, 5)].concat();
    let mut reader = NpyReader::new(stream.as_slice()).unwrap();
    reader.read_into(&mut [false; 2]).unwrap();
    let mut elements = [true; 2];
    let expected = "element 2 (byte 130) is 0x09, expected 0x00 or 0x01 for dtype '|b1'";
    assert_eq!(message(reader.read_into(&mut elements)), expected);
    assert_eq!(elements, [false; 2]);
    let expected = "the array of shape (4,) cannot be read on: an earlier read of it failed";
    assert_eq!(message(reader.read_vec::<bool>()), expected);
    assert_eq!(reader.next_array().unwrap().unwrap().shape, [2]);
    assert_eq!(reader.read_vec::<i32>().unwrap(), [5, 6]);
}

#[test]
fn parts_may_be_of_several_types() {
    let mut bytes = Header::new(DType::of::<u8>(), [2, 4]).encode();
    bytes.extend(1..=8);
    let mut reader = NpyReader::new(bytes.as_slice()).unwrap();
    reader.read_into(&mut [0u8; 2]).unwrap();
    let message = message(reader.read_vec::<[u8; 4]>());
    assert_eq!(message, "the array of shape (2,) cannot be read on: 6 bytes are left, and an element has 4");
    reader.read_into(&mut [0u8; 2]).unwrap();
    assert_eq!(reader.read_vec::<[u8; 4]>().unwrap(), [[5, 6, 7, 8]]);
}

#[test]
fn elements_without_bytes_are_counted() {
    let bytes = Header::new("S0".parse().unwrap(), [6]).encode();
    let mut reader = NpyReader::new(bytes.as_slice()).unwrap();
    reader.read_into(&mut [npymap::Bytes::<0>::default(); 4]).unwrap();
    assert!(
        message(reader.read_into(&mut [npymap::Bytes::<0>::default(); 3])).contains("2 elements are left")
    );
    assert_eq!(reader.read_vec::<Vec<u8>>().unwrap(), [b"", b""]);
    assert!(reader.next_array().unwrap().is_none());
}

#[test]
fn a_file_that_shrinks_meanwhile_is_an_error() {
    let path = temporary_file();
    std::fs::write(&path, numbers(&[100, 10], Order::C, 0)).unwrap();
    let file = NpyFile::open(&path).unwrap();
    let mut rows = file.rows::<i32>(30);
    assert_eq!(rows.next().unwrap().unwrap().len(), 300);
    File::options().write(true).open(&path).unwrap().set_len(128 + 2000).unwrap();
    let place = path.as_ref().display().to_string();
    let expected = "data is truncated: shape (100, 10) of '<i4' needs 4000 bytes, found 2000";
    assert_eq!(message(rows.next().unwrap()), format!("{place}: {expected}"));
    assert!(rows.next().is_none());
    assert_eq!(message(file.read_into(&mut [0i32; 1000])), format!("{place}: {expected}"));
    assert_eq!(
        message(file.read_into(&mut [0i32; 999])),
        format!("{place}: shape (100, 10) has 1000 elements, expected 999")
    );
}

#[test]
fn blocks_take_the_memory_of_one() {
    fn blocks<T: Load>(file: &NpyFile) -> usize {
        file.rows::<T>(1000).map(|block| block.unwrap().len()).sum()
    }
    for order in [Order::C, Order::F] {
        let path = temporary_file();
        std::fs::write(&path, numbers(&[50_000, 16], order, 0)).unwrap();
        let file = NpyFile::open(&path).unwrap();
        let memory = allocation_counter::measure(|| assert_eq!(blocks::<i32>(&file), 800_000));
        // One block of 64 kB, and the pieces on the way to it.
        assert!(memory.bytes_max < 1_000_000, "{order:?} {memory:?}");
    }
    let path = temporary_file();
    std::fs::write(&path, numbers(&[50_000, 16], Order::C, 0)).unwrap();
    let mut stream = NpyReader::new(File::open(&path).unwrap()).unwrap();
    let memory = allocation_counter::measure(|| assert_eq!(stream.rows::<i32>(1000).count(), 50));
    assert!(memory.bytes_max < 1_000_000, "{memory:?}");
}

#[test]
fn what_is_read_into_memory_is_checked_and_converted() {
    let path = temporary_file();
    let mut bytes = Header::new(">f8".parse().unwrap(), [40_000]).encode();
    bytes.extend((0..40_000).flat_map(|number| f64::from(number).to_be_bytes()));
    std::fs::write(&path, &bytes).unwrap();
    let mut elements = vec![-1.0; 40_000];
    NpyFile::open(&path).unwrap().read_into(&mut elements).unwrap();
    assert!(elements.iter().enumerate().all(|(at, &element)| element == at as f64));

    let mut bytes = Header::new(DType::of::<bool>(), [600_000]).encode();
    bytes.resize(bytes.len() + 600_000, 1);
    bytes[128 + 500_000] = 2;
    std::fs::write(&path, &bytes).unwrap();
    let mut elements = vec![true; 600_000];
    let error = message(NpyFile::open(&path).unwrap().read_into(&mut elements));
    assert!(error.ends_with("element 500000 (byte 500128) is 0x02, expected 0x00 or 0x01 for dtype '|b1'"));
    assert!(elements.iter().all(|&element| !element));
    let whole: Result<Array2<bool>, _> = NpyFile::open(&path).unwrap().read();
    assert!(whole.is_err());
}

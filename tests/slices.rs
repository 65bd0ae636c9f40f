//! Parts of files: whatever the slice, as ndarray slices the whole array.
#![cfg(feature = "ndarray")]

mod common;

use std::fmt::Debug;

use common::temporary_file;
use ndarray::{Array1, Array2, ArrayD, IxDyn, Slice as Range, SliceInfoElem, s};
use npymap::{
    Bytes, DType, Element, Error, Header, Index, MismatchProblem, NpyFile, NpyReader, Order, PrintOptions,
    SlicePlan, Unicode,
};
use proptest::prelude::*;

/// A file of an array whose bytes count up.
fn file_of(dtype: &str, shape: &[usize], order: Order) -> (common::TemporaryFile, Vec<u8>) {
    let header = Header::new(dtype.parse().unwrap(), shape).with_order(order);
    let mut bytes = header.encode();
    // Small code points, so that texts are valid.
    let itemsize = header.dtype.itemsize();
    bytes.extend((0..header.nbytes().unwrap()).map(|at| match dtype.as_bytes() {
        [b'<', b'U', ..] if at % 4 == 0 => (at % 126 + 1) as u8,
        [b'<', b'U', ..] => 0,
        [b'|', b'b', ..] => (at % 2) as u8,
        _ => (at * 7 + at / itemsize.max(1) * 31 + 1) as u8 | 1,
    }));
    let path = temporary_file();
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes)
}

/// Which part of an axis, for ndarray: any that does not panic there.
fn element(len: usize) -> impl Strategy<Value = SliceInfoElem> {
    let length = len as isize;
    let steps =
        prop_oneof![Just(1), Just(1), Just(-1), 2..5isize, -4..0isize, Just(isize::MAX), Just(-isize::MAX)];
    let range = (-length..=length, proptest::option::weighted(0.7, -length..=length), steps)
        .prop_map(|(start, end, step)| SliceInfoElem::Slice { start, end, step });
    let whole = Just(SliceInfoElem::Slice { start: 0, end: None, step: 1 });
    if len == 0 {
        return prop_oneof![range, whole].boxed();
    }
    prop_oneof![3 => range, 2 => whole, 1 => (-length..length).prop_map(SliceInfoElem::Index)].boxed()
}

/// A shape, and a slice of it for ndarray.
fn case() -> impl Strategy<Value = (Vec<usize>, Vec<SliceInfoElem>)> {
    let shape = prop_oneof![
        8 => prop::collection::vec(0..6usize, 0..5),
        1 => prop::collection::vec(1..2usize, 0..4),
        1 => prop::collection::vec(1..40usize, 2),
    ];
    shape.prop_flat_map(|shape| {
        let elements: Vec<_> = shape.iter().map(|&len| element(len)).collect();
        let new_axis = prop::option::weighted(0.2, 0..=shape.len());
        (Just(shape), elements, new_axis).prop_map(|(shape, mut elements, new_axis)| {
            if let Some(at) = new_axis {
                elements.insert(at, SliceInfoElem::NewAxis);
            }
            (shape, elements)
        })
    })
}

/// The same slice in the text that NumPy reads: ndarray's backward ranges are NumPy's forward ones, turned round.
fn numpy_text(shape: &[usize], elements: &[SliceInfoElem]) -> String {
    let mut axes = shape.iter();
    let parts = elements.iter().map(|element| match *element {
        SliceInfoElem::NewAxis => "None".to_string(),
        SliceInfoElem::Index(index) => {
            axes.next();
            index.to_string()
        }
        SliceInfoElem::Slice { start, end, step } => {
            let len = *axes.next().unwrap() as isize;
            let place = |bound: isize| if bound < 0 { bound + len } else { bound };
            let (start, end) = (place(start), end.map_or(len, place));
            if step > 0 {
                return format!("{start}:{end}:{step}");
            }
            let stop = if start == 0 { String::new() } else { (start - 1).to_string() };
            if end <= start { "0:0".to_string() } else { format!("{}:{stop}:{step}", end - 1) }
        }
    });
    let text: Vec<String> = parts.collect();
    if text.is_empty() { "()".to_string() } else { text.join(",") }
}

fn check<T: Element + PartialEq + Debug>(
    dtype: &str,
    order: Order,
    shape: &[usize],
    elements: &[SliceInfoElem],
    (gap, most): (u64, usize),
) {
    let (path, bytes) = file_of(dtype, shape, order);
    let file = NpyFile::open(&path).unwrap();
    let whole: ArrayD<T> = file.read().unwrap();
    let expected = whole.slice(elements);

    let part: ArrayD<T> = file.read_slice(elements).unwrap();
    assert_eq!(part, expected);
    let is_standard = match order {
        Order::C => part.is_standard_layout(),
        Order::F => part.t().is_standard_layout(),
    };
    assert!(is_standard, "{:?}", part.strides());
    let text = numpy_text(shape, elements);
    assert_eq!(file.read_slice::<T, IxDyn>(text.as_str()).unwrap(), expected, "{text}");
    assert_eq!(file.read_slice_vec::<T>(elements).unwrap(), part.into_raw_vec_and_offset().0);

    // What is shown of it is what is shown of a file of its own.
    let options = PrintOptions::default().threshold(most % 30).edgeitems(gap as usize % 4);
    let saved = temporary_file();
    let own = Header::new(file.header().dtype.clone(), expected.shape()).with_order(order);
    let plain = SlicePlan::new(file.header(), file.data_offset(), text.as_str()).unwrap();
    let mut data = vec![0; plain.nbytes()];
    for range in plain.ranges() {
        let asked = range.bytes();
        range.place(&bytes[asked.start as usize..asked.end as usize], &mut data).unwrap();
    }
    std::fs::write(&saved, [own.encode(), data].concat()).unwrap();
    let shown = NpyFile::open(&saved).unwrap().preview(&options).unwrap().to_string();
    assert_eq!(file.preview_slice(elements, &options).unwrap().to_string(), shown);
    let mut stream = NpyReader::new(bytes.as_slice()).unwrap();
    assert_eq!(stream.preview_slice(elements, &options).unwrap().to_string(), shown);

    // The plan by itself, of a file of the elements alone.
    let header = file.header();
    let data_offset = file.data_offset();
    let plan = SlicePlan::new(header, data_offset, elements).unwrap().gap(gap).max_range(most);
    assert_eq!(plan.shape(), expected.shape());
    let mut part = vec![0; plan.nbytes()];
    let (mut end, mut wanted) = (data_offset, 0);
    for range in plan.ranges() {
        let asked = range.bytes();
        assert!(asked.start >= end && asked.end > asked.start, "{asked:?} after {end}");
        assert!(asked.end - asked.start <= most as u64);
        let runs: Vec<_> = range
            .parts()
            .flat_map(|part| (0..part.count).map(move |n| (part.from + n * part.from_step, part.len)))
            .collect();
        // It begins and ends with bytes that are wanted, and gaps within are small.
        assert_eq!(
            (runs[0].0, runs.last().map(|(at, len)| (at + len) as u64)),
            (0, Some(asked.end - asked.start))
        );
        assert!(runs.windows(2).all(|runs| ((runs[1].0 - runs[0].0 - runs[0].1) as u64) < gap.max(1)));
        assert_eq!(runs.iter().map(|run| run.1).sum::<usize>(), range.nbytes());
        range.place(&bytes[asked.start as usize..asked.end as usize], &mut part).unwrap();
        (end, wanted) = (asked.end, wanted + range.nbytes());
    }
    assert_eq!(wanted, plan.nbytes());
    // As a file of its own it is the same array.
    let copy = temporary_file();
    let header = Header::new(header.dtype.clone(), plan.shape()).with_order(order);
    std::fs::write(&copy, [header.encode(), part].concat()).unwrap();
    assert_eq!(NpyFile::open(&copy).unwrap().read::<T, IxDyn>().unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1200))]

    #[test]
    fn slices_are_ndarrays(
        (shape, elements) in case(),
        is_f in any::<bool>(),
        kind in 0..8usize,
        gap in prop_oneof![Just(0), 1..64u64, Just(SlicePlan::GAP)],
        most in prop_oneof![1..64usize, Just(SlicePlan::MAX_RANGE)],
    ) {
        let order = if is_f { Order::F } else { Order::C };
        let limits = (gap, most);
        match kind {
            0 => check::<i32>("<i4", order, &shape, &elements, limits),
            1 => check::<i64>(">i8", order, &shape, &elements, limits),
            2 => check::<u8>("|u1", order, &shape, &elements, limits),
            3 => check::<bool>("|b1", order, &shape, &elements, limits),
            4 => check::<Bytes<5>>("|S3", order, &shape, &elements, limits),
            5 => check::<Unicode<2>>("<U2", order, &shape, &elements, limits),
            6 => check::<[u8; 11]>("|V11", order, &shape, &elements, limits),
            _ => check::<Bytes<0>>("|S0", order, &shape, &elements, limits),
        }
    }
}

#[test]
fn long_runs_and_wide_gaps_are_read_in_both_orders() {
    // Rows of 256 kB, and columns that lie further apart than what is read at once.
    for order in [Order::C, Order::F] {
        let (path, _) = file_of(">i4", &[9, 65_600], order);
        let file = NpyFile::open(&path).unwrap();
        let whole: Array2<i32> = file.read().unwrap();
        let part: Array2<i32> = file.read_slice(s![..;2, ..]).unwrap();
        assert_eq!(part, whole.slice(s![..;2, ..]));
        let part: Array2<i32> = file.read_slice(s![1..8;-3, 5..65_595;-1]).unwrap();
        assert_eq!(part, whole.slice(s![1..8;-3, 5..65_595;-1]));
        let part: Array2<i32> = file.read_slice(s![.., ..;16_000]).unwrap();
        assert_eq!(part, whole.slice(s![.., ..;16_000]));
        let part: Array1<i32> = file.read_slice(s![3, ..;7]).unwrap();
        assert_eq!(part, whole.slice(s![3, ..;7]));
    }
}

#[test]
fn subarrays_are_the_last_axes() {
    let (path, _) = file_of("<i2", &[4, 3, 2], Order::C);
    let file = NpyFile::open(&path).unwrap();
    let whole: ArrayD<i16> = file.read().unwrap();
    let pairs: Array2<[i16; 2]> = file.read_slice(s![1..;2, ..;-1]).unwrap();
    assert_eq!(pairs.shape(), [2, 3]);
    for ((row, column), pair) in pairs.indexed_iter() {
        assert_eq!(pair, &[0, 1].map(|item| whole[[1 + 2 * row, 2 - column, item]]));
    }

    let mut header = Header::new(DType::of::<i16>(), [2]);
    header.dtype = "('<i2', (3,))".parse().unwrap();
    let plan = SlicePlan::new(&header, 10, "::-1, 1").unwrap();
    assert_eq!((plan.shape(), plan.nbytes()), (&[2][..], 4));
    let mut part = [0; 4];
    for range in plan.ranges() {
        let bytes: Vec<u8> = range.bytes().map(|byte| byte as u8).collect();
        range.place(&bytes, &mut part).unwrap();
    }
    assert_eq!(part, [18, 19, 12, 13]);
}

#[test]
fn bounds_are_refused_as_ndarray_refuses_them() {
    let (path, _) = file_of("<i4", &[3, 4], Order::C);
    let file = NpyFile::open(&path).unwrap();
    let message = |slice: &[SliceInfoElem]| {
        let error = file.read_slice::<i32, IxDyn>(slice).unwrap_err();
        let Error::Mismatch { problem, .. } = error else { panic!("{error}") };
        problem.to_string()
    };
    assert_eq!(
        message(s![..4, ..].as_ref()),
        "slice [0:4, 0:] is not in shape (3, 4): 4 is beyond axis 0 with size 3"
    );
    assert_eq!(
        message(s![.., -5..;-1].as_ref()),
        "slice [0:, :-6:-1] is not in shape (3, 4): -5 is beyond axis 1 with size 4"
    );
    assert_eq!(message(s![0].as_ref()), "slice [0] is not in shape (3, 4): it has 1 indices for 2 axes");
    assert_eq!(
        message(s![3, ..].as_ref()),
        "slice [3, 0:] is not in shape (3, 4): index 3 is out of bounds for axis 0 with size 3"
    );
    // What ndarray panics at, for each bound there is.
    for len in 0..4usize {
        let (path, _) = file_of("|u1", &[len], Order::C);
        let file = NpyFile::open(&path).unwrap();
        let whole: Array1<u8> = file.read().unwrap();
        for start in -5..=5isize {
            for end in (-5..=5isize).map(Some).chain([None]) {
                for step in [-2, -1, 1, 2] {
                    let slice = [SliceInfoElem::Slice { start, end, step }];
                    let expected = std::panic::catch_unwind(|| {
                        whole.slice_axis(ndarray::Axis(0), Range { start, end, step }).to_vec()
                    });
                    let found = file.read_slice::<u8, IxDyn>(slice.as_slice());
                    assert_eq!(
                        found.ok().map(|part| part.iter().copied().collect()),
                        expected.ok(),
                        "{slice:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let (path, _) = file_of("<i4", &[3, 4], Order::C);
    let file = NpyFile::open(&path).unwrap();
    let place = format!("{}: ", path.as_ref().display());
    let message = |error: Error| error.to_string().strip_prefix(&place).expect("the path").to_string();
    let error = file.read_slice::<i32, ndarray::Ix2>(s![0, ..]).unwrap_err();
    assert_eq!(message(error), "shape (4,) has 1 axes, expected 2");
    let error = file.read_slice::<f32, ndarray::Ix1>(s![0, ..]).unwrap_err();
    assert_eq!(message(error), "dtype '<i4' cannot be read as f32, expected '<f4' or '>f4'");
    let error = file.read_slice::<i32, ndarray::Ix1>("0:x").unwrap_err();
    assert_eq!(
        message(error),
        "slice '0:x' is invalid: part 1, '0:x', holds 'x' where an integer should stand"
    );
    let error = file.read_slice_vec::<i32>([Index::At(0), Index::At(0), Index::At(0)]).unwrap_err();
    let Error::Mismatch { problem, .. } = &error else { panic!("{error}") };
    assert!(matches!(**problem, MismatchProblem::Slice { .. }));

    // The file is cut off after it was opened: what is there still is read.
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(128 + 20).unwrap();
    assert_eq!(file.read_slice::<i32, ndarray::Ix1>(s![0, ..]).unwrap().len(), 4);
    let error = file.read_slice::<i32, ndarray::Ix1>(s![2, ..]).unwrap_err();
    assert_eq!(message(error), "data is truncated: shape (3, 4) of '<i4' needs 48 bytes, found 20");
}

#[test]
fn an_invalid_element_is_named_by_its_place_in_the_file() {
    let (path, mut bytes) = file_of("|b1", &[4, 5], Order::C);
    bytes[128 + 13] = 7;
    std::fs::write(&path, &bytes).unwrap();
    let file = NpyFile::open(&path).unwrap();
    for slice in ["::2, 3", "2::-2, 3::-3", "2:, 1:"] {
        let error = file.read_slice_vec::<bool>(slice).unwrap_err().to_string();
        let expected = "element 13 (byte 141) is 0x07, expected 0x00 or 0x01 for dtype '|b1'";
        assert!(error.ends_with(expected), "{slice}: {error}");
    }
    assert!(file.read_slice_vec::<bool>("::2, 2").is_ok());
}

// Where an array of that size has a name.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_plan_for_an_array_beyond_memory_takes_no_memory() {
    let header = Header::new("<f8".parse().unwrap(), [1 << 30, 1 << 20]);
    let plan = SlicePlan::new(&header, 128, ":, 5").unwrap();
    let memory = allocation_counter::measure(|| {
        let mut ranges = plan.ranges();
        assert_eq!(ranges.nth(1000).unwrap().bytes(), 8_388_608_168..8_388_608_176);
    });
    assert!(memory.bytes_max < 1024, "{memory:?}");
    // Its bytes cannot be counted; those of a part of it can.
    let header = Header::new("<f8".parse().unwrap(), [1 << 40, 1 << 40]);
    assert_eq!(
        SlicePlan::new(&header, 128, "0, 0").unwrap_err().to_string(),
        "shape (1099511627776, 1099511627776) is invalid: it has more elements than a file can hold"
    );
    let plan = SlicePlan::new(&Header::new("<f8".parse().unwrap(), [0, 1 << 40, 1 << 40]), 128, "..., ::-3")
        .unwrap();
    assert_eq!((plan.nbytes(), plan.ranges().count()), (0, 0));
    let huge = npymap::Slice::from([Index::NewAxis, Index::Ellipsis]);
    assert_eq!(SlicePlan::new(&Header::new("<f8".parse().unwrap(), []), 8, huge).unwrap().shape(), [1]);
}

#[test]
fn what_was_fetched_must_be_what_was_asked_for() {
    let header = Header::new("<f8".parse().unwrap(), [4]);
    let plan = SlicePlan::new(&header, 64, "1:3").unwrap();
    let range = plan.ranges().next().unwrap();
    let error = range.place(&[0; 15], &mut [0; 16]).unwrap_err();
    assert_eq!(error.to_string(), "bytes 72 to 88 were asked for, found 15 bytes");
    let error = range.place(&[0; 16], &mut [0; 15]).unwrap_err();
    assert_eq!(error.to_string(), "the slice has 16 bytes, and the result 15");
    let objects = Header::new("O".parse().unwrap(), [4]);
    assert!(matches!(SlicePlan::new(&objects, 64, "0"), Err(Error::Unsupported { .. })));
}

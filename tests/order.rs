//! Arrays read in the memory order that is asked for, and saved from any: ndarray's own assignment is the judge.
#![cfg(all(feature = "derive", feature = "ndarray"))]

mod common;

use std::fmt::Debug;

use common::{native, temporary_file};
use ndarray::{Array, Array2, ArrayD, Axis, IxDyn, ShapeBuilder, Slice};
use npymap::{DType, Element, NpyFile, Order, Record, Unicode, load, save, save_as};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// A record of an odd size, which no tile is made for.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C, packed)]
struct Packed {
    value: f64,
    kind: u8,
    flag: bool,
}

/// The same with the compiler's padding: read from the above, it is gathered.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Aligned {
    kind: u8,
    value: f64,
    flag: bool,
}

trait Sample: Element + PartialEq + Debug {
    fn numbered(number: usize) -> Self;
}

macro_rules! samples {
    ($($type:ty: $number:ident => $value:expr),+ $(,)?) => {$(
        impl Sample for $type {
            fn numbered($number: usize) -> Self {
                $value
            }
        }
    )+};
}

samples! {
    bool: number => number.count_ones() % 2 == 1,
    u8: number => number.wrapping_mul(31) as u8,
    i16: number => number.wrapping_mul(31) as i16,
    f32: number => number as f32,
    u64: number => number as u64,
    [u16; 3]: number => [number as u16, (number >> 8) as u16, (number >> 16) as u16],
    [f64; 2]: number => [number as f64, -(number as f64)],
    Unicode<3>: number => Unicode::new(format!("{:03}", number % 1000)).unwrap(),
    Packed: number => Packed { value: number as f64, kind: number as u8, flag: number % 3 == 1 },
}

fn array<T: Sample>(shape: &[usize], order: Order) -> ArrayD<T> {
    let elements = (0..shape.iter().product()).map(T::numbered).collect();
    let array = ArrayD::from_shape_vec(shape, elements).unwrap();
    match order {
        Order::C => array,
        Order::F => {
            let mut other = Array::from_elem(IxDyn(shape).f(), T::numbered(0));
            other.assign(&array);
            other
        }
    }
}

/// The dtypes that the elements are saved as: their own, and that in foreign byte order where it is a number's.
fn dtypes<T: Sample>() -> Vec<DType> {
    let item = match T::saved_dtype() {
        DType::Subarray(subarray) => subarray.base().clone(),
        dtype => dtype,
    };
    match item {
        DType::Scalar(scalar) => vec![scalar.into(), scalar.swapped().into()],
        dtype => vec![dtype],
    }
}

/// What is read in an order has that order, and the elements of the array that was saved.
#[track_caller]
fn assert_read_in<T: Sample>(shape: &[usize]) {
    let file = temporary_file();
    for saved_order in [Order::C, Order::F] {
        let saved = array::<T>(shape, saved_order);
        for dtype in dtypes::<T>() {
            save_as(&file, &saved, &dtype).unwrap();
            let file = NpyFile::open(&file).unwrap();
            for order in [Order::C, Order::F] {
                let read: ArrayD<T> = file.read_in(order).unwrap();
                assert!(read == saved, "{shape:?} of {dtype} from {saved_order:?} to {order:?}");
                let in_order = if order == Order::C { read.view() } else { read.t() };
                assert!(in_order.is_standard_layout(), "{shape:?} from {saved_order:?} to {order:?}");
            }
        }
    }
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        2 => prop::collection::vec(0usize..4, 0..5),
        3 => prop::collection::vec(1usize..40, 2..3),
        3 => prop::collection::vec(1usize..12, 3..4),
        1 => prop::collection::vec(1usize..7, 4..6),
        1 => (1usize..4, 100usize..300).prop_map(|(few, many)| vec![few, many]),
    ]
}

fn hold(property: fn(&[usize])) {
    for shape in [&[][..], &[0], &[1], &[1, 1], &[0, 3], &[3, 0, 2], &[2, 1, 2], &[16, 16], &[17, 33]] {
        property(shape);
    }
    let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&shapes(), |shape| {
            property(&shape);
            Ok(())
        })
        .unwrap();
}

#[test]
fn arrays_of_every_element_are_read_in_both_orders() {
    hold(assert_read_in::<bool>);
    hold(assert_read_in::<u8>);
    hold(assert_read_in::<i16>);
    hold(assert_read_in::<f32>);
    hold(assert_read_in::<u64>);
    hold(assert_read_in::<[u16; 3]>);
    hold(assert_read_in::<[f64; 2]>);
    hold(assert_read_in::<Unicode<3>>);
    hold(assert_read_in::<Packed>);
}

/// Large enough for several boxes, and for stores past the cache.
#[test]
fn large_arrays_are_read_in_both_orders() {
    assert_read_in::<u64>(&[1030, 600]);
    assert_read_in::<u64>(&[32, 20_000]);
    assert_read_in::<u64>(&[33, 17_001]);
    assert_read_in::<u64>(&[512, 2048]);
    assert_read_in::<u8>(&[2501, 2003]);
    assert_read_in::<i16>(&[3, 1200, 800]);
    assert_read_in::<f32>(&[41, 3, 101, 97]);
    assert_read_in::<Packed>(&[900, 501]);
}

#[test]
fn records_are_gathered_in_both_orders() {
    let file = temporary_file();
    for order in [Order::C, Order::F] {
        let saved = array::<Packed>(&[300, 70], order);
        save(&file, &saved).unwrap();
        let expected = saved.mapv(|Packed { value, kind, flag }| Aligned { kind, value, flag });
        for order in [Order::C, Order::F] {
            let read: ArrayD<Aligned> = NpyFile::open(&file).unwrap().read_in(order).unwrap();
            assert!(read == expected, "{order:?}");
        }
    }
}

/// The position is that in the file, whichever way the elements go.
#[test]
fn an_element_that_means_nothing_is_found_in_both_orders() {
    let file = temporary_file();
    for (order, at) in [(Order::C, 5 * 300 + 7), (Order::F, 7 * 200 + 5)] {
        save(&file, &array::<bool>(&[200, 300], order)).unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[128 + at] = 2;
        std::fs::write(&file, bytes).unwrap();
        for order in [Order::C, Order::F] {
            let error = NpyFile::open(&file).unwrap().read_in::<bool, IxDyn>(order).unwrap_err().to_string();
            let expected =
                format!("element {at} (byte {}) is 0x02, expected 0x00 or 0x01 for dtype '|b1'", 128 + at);
            assert_eq!(error, format!("{}: {expected}", file.as_ref().display()));
        }
    }
}

#[test]
fn a_file_that_shrinks_is_an_error_in_both_orders() {
    let file = temporary_file();
    save(&file, &array::<u64>(&[20, 30], Order::F)).unwrap();
    let open = NpyFile::open(&file).unwrap();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1128).unwrap();
    let error = open.read_in::<u64, IxDyn>(Order::C).unwrap_err().to_string();
    let dtype = native("<u8");
    let expected = format!("data is truncated: shape (20, 30) of '{dtype}' needs 4800 bytes, found 1000");
    assert_eq!(error, format!("{}: {expected}", file.as_ref().display()));
}

/// Views whose elements lie apart are saved as ndarray shows them, in C order.
#[track_caller]
fn assert_saved<T: Sample>(shape: &[usize], turns: &[(usize, isize)], first: usize) {
    let array = array::<T>(shape, Order::C);
    let mut view = array.view();
    for (axis, &(start, step)) in turns.iter().enumerate().take(shape.len()) {
        let start = start.min(view.len_of(Axis(axis))) as isize;
        view.slice_axis_inplace(Axis(axis), Slice::new(start, None, step));
    }
    let axes: Vec<usize> = (0..shape.len()).map(|axis| (axis + first) % shape.len()).collect();
    let file = temporary_file();
    for view in [view.view(), view.view().permuted_axes(axes), view.t()] {
        save(&file, &view).unwrap();
        let loaded: ArrayD<T> = load(&file).unwrap();
        assert!(loaded == view, "{shape:?} turned by {turns:?} and {first}");
    }
}

#[test]
fn views_of_any_layout_are_saved() {
    let turn = || (0usize..3, prop_oneof![Just(1isize), Just(-1), Just(2), Just(-3)]);
    let cases = (shapes(), prop::collection::vec(turn(), 6), 0usize..4);
    let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&cases, |(shape, turns, first)| {
            assert_saved::<u8>(&shape, &turns, first);
            assert_saved::<u64>(&shape, &turns, first);
            assert_saved::<Packed>(&shape, &turns, first);
            Ok(())
        })
        .unwrap();
}

/// More than one block of elements that are put side by side before they are written.
#[test]
fn large_views_of_any_layout_are_saved() {
    assert_saved::<u64>(&[70, 60, 50], &[(0, 1), (0, 1), (0, 1)], 1);
    assert_saved::<u64>(&[3, 200_000], &[(0, 1), (1, 1)], 1);
    assert_saved::<u64>(&[200_000, 3], &[(0, 1), (0, 2)], 1);
    assert_saved::<u8>(&[1500, 1501], &[(0, -1), (0, 1)], 1);
    let file = temporary_file();
    let row = Array::from_iter((0..300u16).map(f32::from));
    let repeated = row.broadcast((2000, 300)).unwrap();
    save(&file, &repeated).unwrap();
    assert!(load::<f32, ndarray::Ix2>(&file).unwrap() == repeated);
    let none: Array2<f32> = Array2::zeros((0, 5));
    save(&file, &none.slice(ndarray::s![.., ..;2])).unwrap();
    assert_eq!(load::<f32, ndarray::Ix2>(&file).unwrap().shape(), [0, 3]);
}

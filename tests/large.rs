//! Arrays that are large enough to be read by several cores, where the feature `rayon` is on.
#![cfg(feature = "ndarray")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::native;
use ndarray::{Array, Array1, Array2, Array3, Ix1, Ix2, Ix3, ShapeBuilder};
use npymap::{NpyFile, Order};
use tempfile::TempDir;

/// A folder, and a path in it.
fn fresh() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.npy");
    (folder, path)
}

#[test]
fn every_element_arrives_swapped() {
    let (_folder, path) = fresh();
    for len in [1_048_575, 1_048_576, 1_700_001] {
        let numbers: Vec<u64> =
            (0..len).map(|number: u64| number.wrapping_mul(0x0101_0203_0507_0b0d)).collect();
        npymap::save_as(&path, &numbers, &native(">u8").parse().unwrap()).unwrap();
        assert!(npymap::load::<u64, Ix1>(&path).unwrap().iter().eq(&numbers), "{len}");
        let mut into = vec![0; numbers.len()];
        NpyFile::open(&path).unwrap().read_into(&mut into).unwrap();
        assert!(into == numbers, "{len}");
        let bytes: Vec<[u8; 3]> = numbers.iter().flat_map(|n| [[1, 2, *n as u8], [4, 5, 6]]).collect();
        npymap::save(&path, &bytes).unwrap();
        assert!(npymap::load::<[u8; 3], Ix1>(&path).unwrap().iter().eq(&bytes), "{len}");
    }
}

#[test]
fn the_first_of_several_bad_elements_is_named() {
    let (_folder, path) = fresh();
    npymap::save(&path, &Array1::from_elem(12_000_000, true)).unwrap();
    let mut file = fs::read(&path).unwrap();
    for at in [11_999_999, 9_500_000, 5_500_001, 5_500_000] {
        file[128 + at] = 7;
        fs::write(&path, &file).unwrap();
        let position = 128 + at;
        let expected = format!(
            "{}: element {at} (byte {position}) is 0x07, expected 0x00 or 0x01 for dtype '|b1'",
            path.display()
        );
        let error = npymap::load::<bool, Ix1>(&path).unwrap_err();
        assert_eq!(error.to_string(), expected);
        let mut into = vec![true; 12_000_000];
        let error = NpyFile::open(&path).unwrap().read_into(&mut into).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_file_that_has_shrunk_is_an_error() {
    let (_folder, path) = fresh();
    npymap::save(&path, &Array2::<f64>::ones((2000, 1000))).unwrap();
    let opened = NpyFile::open(&path).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(10_000_128).unwrap();
    let expected = format!(
        "{}: data is truncated: shape (2000, 1000) of '{}' needs 16000000 bytes, found 10000000",
        path.display(),
        native("<f8")
    );
    assert_eq!(opened.read::<f64, Ix2>().unwrap_err().to_string(), expected);
    assert_eq!(opened.read_in::<f64, Ix2>(Order::F).unwrap_err().to_string(), expected);
    assert_eq!(opened.read_into(&mut vec![0.0; 2_000_000]).unwrap_err().to_string(), expected);
}

/// Reads arrays of both orders in both orders.
fn assert_orders<T: npymap::Element + Copy + PartialEq>(rows: usize, columns: usize, number: fn(usize) -> T) {
    let (_folder, path) = fresh();
    let elements: Vec<T> = (0..rows * columns).map(number).collect();
    for array in [
        Array::from_shape_vec((rows, columns), elements.clone()).unwrap(),
        Array::from_shape_vec((rows, columns).f(), elements).unwrap(),
    ] {
        npymap::save(&path, &array).unwrap();
        let file = NpyFile::open(&path).unwrap();
        for order in [Order::C, Order::F] {
            let read = file.read_in::<T, Ix2>(order).unwrap();
            assert!(read == array, "{rows} by {columns} of {} bytes as {order:?}", size_of::<T>());
            let is_as_asked = match order {
                Order::C => read.is_standard_layout(),
                Order::F => read.t().is_standard_layout(),
            };
            assert!(is_as_asked);
        }
    }
}

#[test]
fn every_element_arrives_in_the_other_order() {
    for (rows, columns) in [(1100, 1000), (32, 33_000), (33_001, 33)] {
        assert_orders::<u64>(rows, columns, |number| number as u64 * 0x0101_0307);
        assert_orders::<f32>(rows, 2 * columns, |number| number as f32);
        assert_orders::<u16>(2 * rows, 2 * columns, |number| (number * 77 / 5) as u16);
        assert_orders::<u8>(3 * rows, 3 * columns, |number| (number * 7 / 11) as u8);
        assert_orders::<[u8; 16]>(rows / 2, columns, |number| (number as u128 * 0x1001_0001).to_le_bytes());
        assert_orders::<[u8; 5]>(rows, columns, |number| [1, 2, 3, number as u8, (number >> 8) as u8]);
    }
}

#[test]
fn axes_of_three_arrive_in_the_other_order() {
    let (_folder, path) = fresh();
    let array = Array3::from_shape_fn((121, 130, 140), |(x, y, z)| (x * 20_000 + y * 141 + z) as u64);
    npymap::save_as(&path, &array, &native(">u8").parse().unwrap()).unwrap();
    let read = NpyFile::open(&path).unwrap().read_in::<u64, Ix3>(Order::F).unwrap();
    assert!(read == array && read.t().is_standard_layout());
}

//! numpy/_core/tests/test_memmap.py: what of it is about files.

use std::fs;

use ndarray::{Array2, ArrayView1, Ix1, Ix2, IxDyn, s};
use npymap::{Error, NpyMap, NpyMapMut, RawOptions};

use crate::common::{TemporaryFile, temporary_file};
use crate::files::written;

/// A multiple of the pages of every system; NumPy's `mmap.ALLOCATIONGRANULARITY`.
const GRANULARITY: u64 = 65_536;

/// The twelve numbers of NumPy's `setup_method`.
fn data() -> Array2<f32> {
    Array2::from_shape_fn((3, 4), |(row, column)| (4 * row + column) as f32)
}

fn data_bytes() -> Vec<u8> {
    data().iter().flat_map(|number| number.to_ne_bytes()).collect()
}

fn options() -> RawOptions {
    RawOptions::new::<f32>().shape([3, 4])
}

/// A new file of the data, still mapped.
fn created() -> (TemporaryFile, NpyMapMut) {
    let path = temporary_file();
    let mut map = unsafe { options().create(&path).unwrap() };
    map.view_mut::<f32, Ix2>().unwrap().assign(&data());
    (path, map)
}

// That a map of mode `r` cannot be written is a matter of types: `NpyMap` has no view to write to.
#[test]
fn test_roundtrip() {
    let (path, map) = created();
    drop(map);
    let map: NpyMap = unsafe { options().map(&path).unwrap() };
    assert_eq!(map.view::<f32, Ix2>().unwrap(), data());
    // A file that may not be written is mapped for reading all the same.
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let map = unsafe { options().map(&path).unwrap() };
    assert_eq!(map.as_bytes(), data_bytes());
}

#[test]
fn test_open_with_filename() {
    let (path, map) = created();
    drop(map);
    assert_eq!(fs::read(&path).unwrap(), data_bytes());
}

// The caller has the path; maps tell it in errors alone.
#[test]
fn test_path() {
    let (path, map) = created();
    let error = map.view::<f64, Ix2>().unwrap_err();
    assert_eq!(error.location().path(), Some(path.as_ref()));
}

// The mode is the type of the map.
#[test]
fn test_attributes() {
    let path = temporary_file();
    let map: NpyMapMut = unsafe { options().offset(1).create(&path).unwrap() };
    assert_eq!(map.data_offset(), 1);
    assert_eq!(map.header().shape, [3, 4]);
    assert_eq!(fs::metadata(&path).unwrap().len(), 49);
    // NumPy gives floats at odd addresses; no reference of Rust's can be one.
    assert!(matches!(map.view::<f32, Ix2>(), Err(Error::Mismatch { .. })));
    assert_eq!(map.view_cow::<f32, Ix2>().unwrap(), Array2::<f32>::zeros((3, 4)));
}

#[test]
fn test_mmap_offset_greater_than_allocation_granularity() {
    let path = temporary_file();
    let (size, offset) = (5 * GRANULARITY as usize, GRANULARITY + 1);
    let mut map = unsafe { RawOptions::new::<u8>().shape([size]).offset(offset).create(&path).unwrap() };
    assert_eq!(map.data_offset(), offset);
    let bytes = map.as_mut_slice::<u8>().unwrap();
    bytes[0] = 1;
    bytes[size - 1] = 2;
    map.close().unwrap();
    let content = fs::read(&path).unwrap();
    assert_eq!(content.len() as u64, offset + size as u64);
    let written: Vec<_> = content.iter().enumerate().filter(|(_, byte)| **byte != 0).collect();
    assert_eq!(written, [(offset as usize, &1), (content.len() - 1, &2)]);
}

#[test]
fn test_empty_array_with_offset_multiple_of_allocation_granularity() {
    let path = written(&vec![b'a'; GRANULARITY as usize]);
    let none = || RawOptions::new::<u8>().shape([0]).offset(GRANULARITY);
    // NumPy's w+ leaves a file that is open as it is, and so does r+ here.
    for map in [unsafe { none().map_mut(&path).unwrap() }, unsafe { none().map_copy(&path).unwrap() }] {
        assert_eq!((map.data_offset(), map.as_bytes()), (GRANULARITY, [].as_slice()));
        map.flush().unwrap();
    }
    assert_eq!(fs::read(&path).unwrap(), vec![b'a'; GRANULARITY as usize]);
    let map = unsafe { none().create(&path).unwrap() };
    assert_eq!(map.data_offset(), GRANULARITY);
    assert_eq!(fs::read(&path).unwrap(), vec![0; GRANULARITY as usize]);
}

#[test]
fn test_no_shape() {
    let path = written(&[b'a'; 16]);
    let map = unsafe { RawOptions::new::<f64>().map(&path).unwrap() };
    assert_eq!(map.header().shape, [2]);
    assert_eq!(map.as_slice::<f64>().unwrap(), [f64::from_ne_bytes([b'a'; 8]); 2]);
}

#[test]
fn test_empty_array() {
    let path = written(b"");
    let none = || RawOptions::new::<u8>().shape([0, 4]);
    let error = unsafe { none().map(&path) }.unwrap_err().to_string();
    let place = path.as_ref().display();
    assert_eq!(error, format!("{place}: the file is empty, there is nothing to map"));
    // NumPy's r+ lengthens a file; here it must be told to.
    assert!(unsafe { none().map_mut(&path) }.is_err());
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    let map = unsafe { none().extend(true).map_mut(&path).unwrap() };
    assert_eq!(map.view::<u8, Ix2>().unwrap().dim(), (0, 4));
    assert_eq!(fs::metadata(&path).unwrap().len(), 1);
    drop(map);
    fs::write(&path, b"").unwrap();
    for _ in 0..2 {
        let map = unsafe { none().create(&path).unwrap() };
        assert_eq!(map.view::<u8, Ix2>().unwrap().dim(), (0, 4));
        assert_eq!(fs::metadata(&path).unwrap().len(), 1);
    }
}

#[test]
fn test_shape_type() {
    let path = temporary_file();
    let shape = vec![3, 4];
    let slice: &[usize] = &shape;
    for (options, expected) in [
        (RawOptions::new::<u8>().shape([3]), [3].as_slice()),
        (RawOptions::new::<u8>().shape([3, 4]), &[3, 4]),
        (RawOptions::new::<u8>().shape(slice), &[3, 4]),
        (RawOptions::new::<u8>().shape(shape.clone()), &[3, 4]),
    ] {
        let map = unsafe { options.create(&path).unwrap() };
        assert_eq!(map.view::<u8, IxDyn>().unwrap().shape(), expected);
        assert_eq!(fs::metadata(&path).unwrap().len(), expected.iter().product::<usize>() as u64);
    }
}

#[test]
fn test_flush() {
    let (path, map) = created();
    assert_eq!(map.view::<f32, Ix2>().unwrap().row(0), data().row(0));
    map.flush().unwrap();
    assert_eq!(fs::read(&path).unwrap(), data_bytes());
    drop(map);
}

// That no view outlives its map is a matter of lifetimes: a view that goes must leave the map alone.
#[test]
fn test_del() {
    let (path, mut map) = created();
    map.view_mut::<f32, Ix2>().unwrap().row_mut(0).fill(5.0);
    {
        let view = map.view::<f32, Ix2>().unwrap();
        assert_eq!(view.slice(s![0..1, ..]), Array2::from_elem((1, 4), 5.0));
    }
    assert_eq!(map.as_slice::<f32>().unwrap()[..5], [5.0, 5.0, 5.0, 5.0, 4.0]);
    map.view_mut::<f32, Ix2>().unwrap().row_mut(0).fill(6.0);
    assert_eq!(map.as_slice::<f32>().unwrap()[..5], [6.0, 6.0, 6.0, 6.0, 4.0]);
    map.close().unwrap();
    assert_eq!(fs::read(&path).unwrap()[..16], 6f32.to_ne_bytes().repeat(4));
}

// Whose memory a view is, its address tells.
#[test]
fn test_view() {
    let (_path, map) = created();
    let view = map.view::<f32, Ix2>().unwrap();
    assert_eq!(view.as_ptr().cast(), map.as_bytes().as_ptr());
    assert_eq!(view.view().as_ptr(), view.as_ptr());
    let again: ArrayView1<f32> = ArrayView1::from(map.as_slice::<f32>().unwrap());
    assert_eq!(again.as_ptr(), view.as_ptr());
    assert!(map.view_cow::<f32, Ix2>().unwrap().is_view());
    // An array of its own is a copy.
    assert_ne!(map.to_array::<f32, Ix2>().unwrap().as_ptr(), view.as_ptr());
}

#[test]
fn test_slicing_keeps_references() {
    let (path, mut map) = created();
    let mut view = map.view_mut::<f32, Ix2>().unwrap();
    view.slice_mut(s![..2, ..2]).fill(9.0);
    drop(map);
    let map = unsafe { RawOptions::new::<f32>().map(&path).unwrap() };
    let expected = [9.0, 9.0, 2.0, 3.0, 9.0, 9.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0];
    assert_eq!(map.view::<f32, Ix1>().unwrap().to_vec(), expected);
}

//! What is written comes back bit for bit: every scalar type, both memory orders, both byte orders, any layout.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

use std::fs;
use std::path::Path;

use bytemuck::NoUninit;
use ndarray::{Array, ArrayD, ArrayView, Axis, IxDyn, ShapeBuilder, Slice};
use npymap::{
    ByteOrder, DType, Element, Error, Header, MismatchProblem, NpyFile, NpyMap, NpyMapMut, NpyReader, Order,
    load, save,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Cases of each property for each type.
const CASES: u32 = 256;

/// An element that any bytes can be made into.
trait Sample: Element + NoUninit {
    /// The element of `size_of::<Self>()` bytes in the machine's order.
    fn from_bytes(bytes: &[u8]) -> Self;
}

impl Sample for bool {
    fn from_bytes(bytes: &[u8]) -> Self {
        bytes[0] & 1 == 1
    }
}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Sample for $type {
            fn from_bytes(bytes: &[u8]) -> Self {
                bytemuck::pod_read_unaligned(bytes)
            }
        }
    )+};
}

numbers!(i8, i16, i32, i64, u8, u16, u32, u64, half::f16, f32, f64);
#[cfg(feature = "complex")]
numbers!(num_complex::Complex<f32>, num_complex::Complex<f64>);

/// Holds `$property` against made-up inputs, for every type.
macro_rules! for_every_type {
    ($property:ident) => {
        for_every_type!(@ $property: bool, i8, i16, i32, i64, u8, u16, u32, u64, half::f16, f32, f64);
        #[cfg(feature = "complex")]
        for_every_type!(@ $property: num_complex::Complex<f32>, num_complex::Complex<f64>);
    };
    (@ $property:ident: $($type:ty),+) => {$( hold::<$type>($property::<$type>); )+};
}

#[track_caller]
fn hold<T: Sample>(property: fn(&Case, &Path) -> Result<(), TestCaseError>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("array.npy");
    let size = size_of::<T>();
    // The last is more than a piece that is read and converted at a time, for elements of 8 bytes.
    let always =
        [vec![], vec![0], vec![1], vec![2, 0, 3], vec![0, 0], vec![1, 1, 1], vec![3, 2], vec![33_001]];
    for shape in always {
        let count: usize = shape.iter().product();
        for order in [Order::C, Order::F] {
            let bytes = random_bytes(1, count * size);
            let turns = shape.iter().map(|_| (0, -1)).collect();
            property(&Case { shape: shape.clone(), bytes, order, turns }, &path).unwrap();
        }
    }
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    runner.run(&cases(size), |case| property(&case, &path)).unwrap();
}

/// One made-up array.
#[derive(Debug, Clone)]
struct Case {
    shape: Vec<usize>,
    /// The elements in C order, each in the machine's order.
    bytes: Vec<u8>,
    order: Order,
    /// For each axis how many elements are cut off its start, and the step from one element to the next.
    turns: Vec<(usize, isize)>,
}

fn cases(size: usize) -> impl Strategy<Value = Case> {
    let shape = prop_oneof![
        1 => Just(vec![]),
        1 => prop::collection::vec(0usize..3, 1..5),
        6 => prop::collection::vec(1usize..5, 1..5),
        1 => (100usize..400).prop_map(|len| vec![len]),
    ];
    shape.prop_flat_map(move |shape| {
        let count: usize = shape.iter().product();
        let turn = (0usize..3, prop_oneof![Just(1isize), Just(-1), Just(2), Just(-2), Just(3)]);
        let order = prop_oneof![Just(Order::C), Just(Order::F)];
        let turns = prop::collection::vec(turn, shape.len());
        (any::<u64>(), order, turns).prop_map(move |(seed, order, turns)| Case {
            shape: shape.clone(),
            bytes: random_bytes(seed, count * size),
            order,
            turns,
        })
    })
}

/// Bytes by Marsaglia's xorshift: to make them up one by one, and to shrink them, would take most of the time.
fn random_bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15 | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(len.div_ceil(8)).flatten().take(len).collect()
}

impl Case {
    /// The array, in the memory order of the case.
    fn array<T: Sample>(&self) -> ArrayD<T> {
        let elements: Vec<T> = self.bytes.chunks_exact(size_of::<T>()).map(T::from_bytes).collect();
        let array = ArrayD::from_shape_vec(self.shape.as_slice(), elements).unwrap();
        match self.order {
            Order::C => array,
            Order::F => {
                let mut other =
                    Array::from_elem(IxDyn(&self.shape).f(), T::from_bytes(&[0; 16][..size_of::<T>()]));
                other.assign(&array);
                other
            }
        }
    }

    /// The file, made without the crate's own writer.
    fn file<T: Sample>(&self, big: bool) -> Vec<u8> {
        let scalar = scalar::<T>();
        let order = match (scalar.byte_order(), big) {
            (ByteOrder::NotApplicable, _) => '|',
            (_, true) => '>',
            (_, false) => '<',
        };
        let axes: String = self.shape.iter().map(|axis| format!("{axis}, ")).collect();
        let fortran = if self.order == Order::F { "True" } else { "False" };
        let descr = format!("{order}{}{}", scalar.kind().as_char(), size_of::<T>());
        let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({axes}), }}");
        let mut file = b"\x93NUMPY\x01\x00\xf6\x00".to_vec();
        file.extend(format!("{text:245}\n").bytes());
        assert_eq!(file.len(), 256);
        let array = self.array::<T>();
        // The transposed array runs through the elements with the first axis fastest.
        let in_order = if self.order == Order::F { array.t() } else { array.view() };
        for element in in_order {
            let start = file.len();
            file.extend(bytemuck::bytes_of(element));
            if big != cfg!(target_endian = "big") {
                file[start..].chunks_mut(scalar.swap_width()).for_each(<[u8]>::reverse);
            }
        }
        file
    }
}

fn scalar<T: Element>() -> npymap::Scalar {
    match DType::of::<T>() {
        DType::Scalar(scalar) => scalar,
        dtype => panic!("{dtype} is no scalar"),
    }
}

/// Shape and elements bit by bit, so that NaN equals itself.
fn raw<'a, T: Sample>(array: impl Into<ArrayView<'a, T, IxDyn>>) -> (Vec<usize>, Vec<u8>) {
    let array = array.into();
    let mut bytes = Vec::with_capacity(array.len() * size_of::<T>());
    for element in &array {
        bytes.extend_from_slice(bytemuck::bytes_of(element));
    }
    (array.shape().to_vec(), bytes)
}

#[test]
fn headers_come_back() {
    fn property<T: Sample>(case: &Case, _: &Path) -> Result<(), TestCaseError> {
        for scalar in [scalar::<T>(), scalar::<T>().swapped()] {
            let header = Header::new(scalar.into(), case.shape.as_slice()).with_order(case.order);
            let bytes = header.encode();
            prop_assert_eq!(bytes.len() % 64, 0);
            prop_assert_eq!(Header::parse(&bytes).unwrap(), (header.clone(), bytes.len() as u64));
            prop_assert_eq!(Header::read_from(bytes.as_slice()).unwrap(), header);
        }
        Ok(())
    }
    for_every_type!(property);
}

#[test]
fn saved_views_of_any_layout_come_back() {
    fn property<T: Sample>(case: &Case, path: &Path) -> Result<(), TestCaseError> {
        let array = case.array::<T>();
        let mut views = vec![array.view(), array.t()];
        let mut stepped = array.view();
        for (axis, &(start, step)) in case.turns.iter().enumerate() {
            let start = start.min(stepped.len_of(Axis(axis)));
            stepped.slice_axis_inplace(Axis(axis), Slice::new(start as isize, None, step));
        }
        views.push(stepped.clone());
        if stepped.ndim() > 1 {
            // Neither C nor Fortran order.
            let axes: Vec<usize> = (1..stepped.ndim()).chain([0]).collect();
            views.push(stepped.permuted_axes(axes));
        }
        for view in views {
            save(path, &view).unwrap();
            let loaded: ArrayD<T> = load(path).unwrap();
            prop_assert_eq!(raw(&loaded), raw(view.view()));
            let file = NpyFile::open(path).unwrap();
            let is_fortran = !view.is_standard_layout() && view.t().is_standard_layout();
            prop_assert_eq!(file.header().order, if is_fortran { Order::F } else { Order::C });
            prop_assert_eq!(raw(&file.read::<T, IxDyn>().unwrap()), raw(&loaded));
            let mut reader = NpyReader::new(fs::File::open(path).unwrap()).unwrap();
            prop_assert_eq!(raw(&reader.read::<T, IxDyn>().unwrap()), raw(&loaded));
            // What was loaded is saved as the same bytes.
            let bytes = fs::read(path).unwrap();
            save(path, &loaded).unwrap();
            prop_assert!(fs::read(path).unwrap() == bytes);
        }
        Ok(())
    }
    for_every_type!(property);
}

#[test]
fn slices_come_back() {
    fn property<T: Sample>(case: &Case, path: &Path) -> Result<(), TestCaseError> {
        let elements: Vec<T> = case.bytes.chunks_exact(size_of::<T>()).map(T::from_bytes).collect();
        save(path, &elements).unwrap();
        let loaded: Vec<T> = NpyFile::open(path).unwrap().read_vec().unwrap();
        prop_assert!(bytemuck::cast_slice::<T, u8>(&loaded) == bytemuck::cast_slice::<T, u8>(&elements));
        Ok(())
    }
    for_every_type!(property);
}

#[test]
fn maps_show_what_load_reads() {
    fn property<T: Sample>(case: &Case, path: &Path) -> Result<(), TestCaseError> {
        fs::write(path, case.file::<T>(cfg!(target_endian = "big"))).unwrap();
        let loaded: ArrayD<T> = load(path).unwrap();
        prop_assert_eq!(raw(&loaded), raw(&case.array::<T>()));
        // SAFETY: nobody changes the file while it is mapped.
        let map = unsafe { NpyMap::open(path) }.unwrap();
        let view = map.view::<T, IxDyn>().unwrap();
        prop_assert_eq!(raw(view.view()), raw(&loaded));
        prop_assert_eq!(view.strides(), loaded.strides());
        prop_assert!(map.view_cow::<T, IxDyn>().unwrap().is_view());
        prop_assert_eq!(raw(&map.to_array::<T, IxDyn>().unwrap()), raw(&loaded));
        prop_assert!(bytemuck::cast_slice::<T, u8>(map.as_slice().unwrap()) == map.as_bytes());
        Ok(())
    }
    for_every_type!(property);
}

#[test]
fn what_is_written_to_a_map_comes_back() {
    fn property<T: Sample>(case: &Case, path: &Path) -> Result<(), TestCaseError> {
        let array = case.array::<T>();
        let header = Header::new(DType::of::<T>(), case.shape.as_slice()).with_order(case.order);
        // SAFETY: nobody else changes the file while it is mapped.
        let mut map = unsafe { NpyMapMut::create(path, &header) }.unwrap();
        prop_assert!(map.as_bytes().iter().all(|&byte| byte == 0));
        map.view_mut::<T, IxDyn>().unwrap().assign(&array);
        // What is in a map is in the file; to wait for the disk thousands of times would only take long.
        drop(map);
        prop_assert_eq!(raw(&load::<T, IxDyn>(path).unwrap()), raw(&array));

        // SAFETY: as above.
        let mut copy = unsafe { NpyMapMut::open_copy(path) }.unwrap();
        copy.as_mut_slice::<T>().unwrap().reverse();
        drop(copy);
        prop_assert_eq!(raw(&load::<T, IxDyn>(path).unwrap()), raw(&array));

        // SAFETY: as above.
        let mut map = unsafe { NpyMapMut::open(path) }.unwrap();
        map.as_mut_slice::<T>().unwrap().reverse();
        drop(map);
        let mut reversed = array;
        for axis in 0..reversed.ndim() {
            reversed.invert_axis(Axis(axis));
        }
        prop_assert_eq!(raw(&load::<T, IxDyn>(path).unwrap()), raw(&reversed));
        Ok(())
    }
    for_every_type!(property);
}

#[test]
fn both_byte_orders_are_read() {
    fn property<T: Sample>(case: &Case, path: &Path) -> Result<(), TestCaseError> {
        let expected = raw(&case.array::<T>());
        for big in [false, true] {
            let file = case.file::<T>(big);
            fs::write(path, &file).unwrap();
            prop_assert_eq!(raw(&load::<T, IxDyn>(path).unwrap()), expected.clone());
            let mut reader = NpyReader::new(file.as_slice()).unwrap();
            prop_assert_eq!(raw(&reader.read::<T, IxDyn>().unwrap()), expected.clone());
            // SAFETY: nobody changes the file while it is mapped.
            let map = unsafe { NpyMap::open(path) }.unwrap();
            prop_assert_eq!(raw(&map.to_array::<T, IxDyn>().unwrap()), expected.clone());
            let cow = map.view_cow::<T, IxDyn>().unwrap();
            prop_assert_eq!(raw(cow.view()), expected.clone());
            let is_native = big == cfg!(target_endian = "big") || scalar::<T>().swapped() == scalar::<T>();
            prop_assert_eq!(cow.is_view(), is_native);
            match map.view::<T, IxDyn>() {
                Ok(view) => prop_assert!(is_native && raw(view) == expected),
                Err(Error::Mismatch { problem, .. }) => {
                    let is_view = matches!(*problem, MismatchProblem::View { .. });
                    prop_assert!(!is_native && is_view);
                }
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
        }
        Ok(())
    }
    for_every_type!(property);
}

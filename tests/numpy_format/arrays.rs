//! The arrays that NumPy's tests save: numpy/lib/tests/test_format.py, `basic_arrays` and `record_arrays`.

use std::fmt::Debug;

use ndarray::{Array, ArrayBase, ArrayD, Data, Dimension, arr0, s};
use npymap::{ByteOrder, DType, Element, Field, Header, Order, Structured, Subarray};

use crate::files::npy;

pub const BYTE_ORDERS: [ByteOrder; 2] = [ByteOrder::Little, ByteOrder::Big];

/// A number type of NumPy's `scalars`.
pub trait Sample: Element + PartialEq + Debug {
    /// One element of `np.arange(..).astype(dtype)`.
    fn from_number(number: u16) -> Self;

    fn bytes(&self, order: ByteOrder) -> Vec<u8>;
}

macro_rules! samples {
    ($($type:ty),+) => {$(
        impl Sample for $type {
            fn from_number(number: u16) -> Self {
                number as Self
            }

            fn bytes(&self, order: ByteOrder) -> Vec<u8> {
                if order == ByteOrder::Big { self.to_be_bytes().to_vec() } else { self.to_le_bytes().to_vec() }
            }
        }
    )+};
}

samples!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);

#[cfg(feature = "complex")]
macro_rules! complex_samples {
    ($($part:ty),+) => {$(
        impl Sample for npymap::num_complex::Complex<$part> {
            fn from_number(number: u16) -> Self {
                Self::new(number.into(), 0.0)
            }

            fn bytes(&self, order: ByteOrder) -> Vec<u8> {
                [self.re.bytes(order), self.im.bytes(order)].concat()
            }
        }
    )+};
}

#[cfg(feature = "complex")]
complex_samples!(f32, f64);

/// Calls `$check` for every type of NumPy's `scalars`; objects are no type of Rust's.
macro_rules! for_each_type {
    ($check:ident) => {
        for_each_type!(@ $check: u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);
        #[cfg(feature = "complex")]
        for_each_type!(@ $check: npymap::num_complex::Complex<f32>, npymap::num_complex::Complex<f64>);
    };
    (@ $check:ident: $($type:ty),+) => {$( $check::<$type>(); )+};
}
pub(crate) use for_each_type;

/// NumPy's `basic_arrays` of one type: empty, 0-d, 1-d, C order, Fortran order, and neither.
pub fn basic_arrays<T: Sample>() -> Vec<ArrayD<T>> {
    let basic = Array::from_iter((0..1500).map(T::from_number));
    let table = || basic.clone().into_shape_with_order((30, 50)).unwrap();
    vec![
        Array::from_vec(Vec::new()).into_dyn(),
        arr0(T::from_number(10)).into_dyn(),
        basic.clone().into_dyn(),
        table().into_dyn(),
        table().reversed_axes().into_dyn(),
        table().slice_move(s![..;-1, ..;2]).into_dyn(),
    ]
}

/// NumPy's `flags.fnc`: in Fortran order and not in C order.
pub fn is_fortran<S: Data, D: Dimension>(array: &ArrayBase<S, D>) -> bool {
    !array.is_standard_layout() && array.t().is_standard_layout()
}

/// The header that NumPy writes for an array, with its numbers in that order.
pub fn header_of<T: Sample>(array: &ArrayD<T>, byte_order: ByteOrder) -> Header {
    let dtype = match DType::of::<T>() {
        DType::Scalar(scalar) if byte_order != ByteOrder::NATIVE => scalar.swapped().into(),
        dtype => dtype,
    };
    let order = if is_fortran(array) { Order::F } else { Order::C };
    Header::new(dtype, array.shape()).with_order(order)
}

/// The file that NumPy writes for an array, with its numbers in that order.
pub fn file_of<T: Sample>(array: &ArrayD<T>, byte_order: ByteOrder) -> Vec<u8> {
    let elements = if is_fortran(array) { array.t() } else { array.view() };
    let data: Vec<u8> = elements.iter().flat_map(|element| element.bytes(byte_order)).collect();
    npy(&header_of(array, byte_order), &data)
}

/// An array of records as a file holds it.
pub struct Records {
    pub header: Header,
    pub data: Vec<u8>,
    /// NumPy's `str` of the array.
    pub printed: &'static str,
}

/// NumPy's `record_arrays`.
pub fn record_arrays() -> Vec<Records> {
    let of_order = |order| {
        [
            Records {
                header: Header::new(plain_dtype(order), [2]),
                data: Row(order, Vec::new())
                    .i4(&[3, 2])
                    .f8(&[6., 4., 6., 4.])
                    .raw(&[8])
                    .i4(&[4, 3])
                    .f8(&[7., 5., 7., 5.])
                    .raw(&[9])
                    .1,
                printed: "[([3, 2], [[6., 4.], [6., 4.]], 8) ([4, 3], [[7., 5.], [7., 5.]], 9)]",
            },
            Records {
                header: Header::new(nested_dtype(order), [2]),
                data: [
                    nested_row(order, [3, 2], 6., "n", "c", [1, 2], [1, 8]),
                    nested_row(order, [4, 3], 7., "o", "d", [2, 1], [0, 9]),
                ]
                .concat(),
                printed: "[([3, 2], (0.+6.j, 6., (b'nn', [0.+6.j, 0.+4.j], [6., 4.], [1, 2]), b'NN',  True), \
                          b'cc', ('NN', 0.+6.j), [[6., 4.], [6., 4.]], 8)\n \
                          ([4, 3], (0.+7.j, 7., (b'oo', [0.+7.j, 0.+5.j], [7., 5.], [2, 1]), b'OO', False), \
                          b'dd', ('OO', 0.+7.j), [[7., 5.], [7., 5.]], 9)]",
            },
        ]
    };
    let mut arrays: Vec<Records> = BYTE_ORDERS.into_iter().flat_map(of_order).collect();
    let doubly = subarray(subarray(scalar("<f8"), &[5]), &[2]);
    arrays.push(Records {
        header: Header::new(packed(&[("c", doubly)]), [1]),
        data: vec![0; 80],
        printed: "[([[0., 0., 0., 0., 0.], [0., 0., 0., 0., 0.]],)]",
    });
    arrays
}

/// NumPy's `Pdescr`.
pub fn plain_dtype(order: ByteOrder) -> DType {
    packed(&[
        ("x", subarray(ordered(order, "i4"), &[2])),
        ("y", subarray(ordered(order, "f8"), &[2, 2])),
        ("z", scalar("u1")),
    ])
}

/// NumPy's `Ndescr`.
pub fn nested_dtype(order: ByteOrder) -> DType {
    let info2 = packed(&[
        ("name", scalar("S2")),
        ("value", subarray(ordered(order, "c16"), &[2])),
        ("y3", subarray(ordered(order, "f8"), &[2])),
        ("z3", subarray(ordered(order, "u4"), &[2])),
    ]);
    let upper_info = packed(&[
        ("value", ordered(order, "c16")),
        ("y2", ordered(order, "f8")),
        ("Info2", info2),
        ("name", scalar("S2")),
        ("z2", scalar("b1")),
    ]);
    let lower_info = packed(&[("Name", ordered(order, "U8")), ("Value", ordered(order, "c16"))]);
    packed(&[
        ("x", subarray(ordered(order, "i4"), &[2])),
        ("Info", upper_info),
        ("color", scalar("S2")),
        ("info", lower_info),
        ("y", subarray(ordered(order, "f8"), &[2, 2])),
        ("z", scalar("u1")),
    ])
}

fn nested_row(
    order: ByteOrder,
    x: [i32; 2],
    y: f64,
    name: &str,
    color: &str,
    z3: [i32; 2],
    [z2, z]: [u8; 2],
) -> Vec<u8> {
    let upper = name.to_uppercase().repeat(2);
    let mut code_points = [0; 8];
    for (code_point, c) in code_points.iter_mut().zip(upper.chars()) {
        *code_point = c as i32;
    }
    let value = Row(order, Vec::new()).i4(&x).f8(&[0., y]).f8(&[y]);
    let info2 = value.raw(name.repeat(2).as_bytes()).f8(&[0., y, 0., y - 2.]).f8(&[y, y - 2.]).i4(&z3);
    let info = info2.raw(upper.as_bytes()).raw(&[z2]).raw(color.repeat(2).as_bytes());
    info.i4(&code_points).f8(&[0., y]).f8(&[y, y - 2., y, y - 2.]).raw(&[z]).1
}

/// The bytes of a record so far, and the order of its numbers.
struct Row(ByteOrder, Vec<u8>);

impl Row {
    fn i4(mut self, numbers: &[i32]) -> Self {
        self.1.extend(numbers.iter().flat_map(|number| number.bytes(self.0)));
        self
    }

    fn f8(mut self, numbers: &[f64]) -> Self {
        self.1.extend(numbers.iter().flat_map(|number| number.bytes(self.0)));
        self
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.1.extend(bytes);
        self
    }
}

pub fn scalar(text: &str) -> DType {
    text.parse().unwrap()
}

fn ordered(order: ByteOrder, text: &str) -> DType {
    scalar(&format!("{}{text}", order.as_char()))
}

pub fn subarray(base: DType, shape: &[usize]) -> DType {
    Subarray::new(base, shape).unwrap().into()
}

/// A record whose fields follow each other without padding.
pub fn packed<N: AsRef<str>>(fields: &[(N, DType)]) -> DType {
    let mut itemsize = 0;
    let place = |(name, dtype): &(N, DType)| {
        let field = Field::new(name.as_ref(), itemsize, dtype.clone());
        itemsize += dtype.itemsize();
        field
    };
    let fields = fields.iter().map(place).collect();
    Structured::new(fields, itemsize).unwrap().into()
}

/// A record of fields at given offsets.
pub fn placed(fields: &[(&str, usize, DType)], itemsize: usize) -> DType {
    let fields = fields.iter().map(|(name, offset, dtype)| Field::new(*name, *offset, dtype.clone()));
    Structured::new(fields.collect(), itemsize).unwrap().into()
}

/// `[(("%d" % i) * 100, float) for i in range(500)]`: a header of more than 65,535 bytes.
pub fn long_names_dtype() -> DType {
    let fields: Vec<_> =
        (0..500).map(|number: u16| (number.to_string().repeat(100), scalar("<f8"))).collect();
    packed(&fields)
}

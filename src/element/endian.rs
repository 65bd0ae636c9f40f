//! Numbers of one byte order at any address.
#![allow(unsafe_code, reason = "implementations of unsafe traits; there is no unsafe block here")]

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use bytemuck::{Pod, Zeroable};

use super::Element;
use crate::dtype::{ByteOrder, DType};

/// A number of more than one byte, which [`Be`] and [`Le`] hold: integers and floats from 16 to 64 bits, and
/// complex numbers.
///
/// It cannot be implemented outside this crate.
pub trait Number: Element + sealed::Bytes {}

mod sealed {
    pub trait Bytes: Sized {
        type Bytes: bytemuck::Pod + Send + Sync;
        fn to_le(self) -> Self::Bytes;
        fn to_be(self) -> Self::Bytes;
        fn from_le(bytes: Self::Bytes) -> Self;
        fn from_be(bytes: Self::Bytes) -> Self;
    }
}

macro_rules! numbers {
    ($($type:ty)+) => {$(
        impl Number for $type {}

        impl sealed::Bytes for $type {
            type Bytes = [u8; size_of::<$type>()];

            fn to_le(self) -> Self::Bytes {
                self.to_le_bytes()
            }

            fn to_be(self) -> Self::Bytes {
                self.to_be_bytes()
            }

            fn from_le(bytes: Self::Bytes) -> Self {
                Self::from_le_bytes(bytes)
            }

            fn from_be(bytes: Self::Bytes) -> Self {
                Self::from_be_bytes(bytes)
            }
        }
    )+};
}

numbers! { i16 i32 i64 u16 u32 u64 half::f16 f32 f64 }

#[cfg(feature = "complex")]
macro_rules! complex_numbers {
    ($($part:ty)+) => {$(
        impl Number for num_complex::Complex<$part> {}

        impl sealed::Bytes for num_complex::Complex<$part> {
            type Bytes = [[u8; size_of::<$part>()]; 2];

            fn to_le(self) -> Self::Bytes {
                [self.re.to_le_bytes(), self.im.to_le_bytes()]
            }

            fn to_be(self) -> Self::Bytes {
                [self.re.to_be_bytes(), self.im.to_be_bytes()]
            }

            fn from_le([re, im]: Self::Bytes) -> Self {
                Self::new(<$part>::from_le_bytes(re), <$part>::from_le_bytes(im))
            }

            fn from_be([re, im]: Self::Bytes) -> Self {
                Self::new(<$part>::from_be_bytes(re), <$part>::from_be_bytes(im))
            }
        }
    )+};
}

#[cfg(feature = "complex")]
complex_numbers! { f32 f64 }

macro_rules! ordered {
    ($(#[$doc:meta])* $name:ident, $order:ident, $to:ident, $from:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub struct $name<T: Number>(T::Bytes);

        impl<T: Number> $name<T> {
            /// The number in this byte order.
            pub fn new(number: T) -> Self {
                Self(number.$to())
            }

            /// The number in the machine's byte order.
            pub fn get(self) -> T {
                T::$from(self.0)
            }

            /// Puts another number in its place.
            pub fn set(&mut self, number: T) {
                self.0 = number.$to();
            }
        }

        // SAFETY: the bytes are those of the number in the order that the dtype tells, and any are valid.
        unsafe impl<T: Number> Element for $name<T> {
            fn dtype() -> DType {
                match T::dtype() {
                    DType::Scalar(scalar) if scalar.byte_order() != ByteOrder::$order => scalar.swapped().into(),
                    dtype => dtype,
                }
            }
        }

        // SAFETY: the one field is a `Zeroable`.
        unsafe impl<T: Number> Zeroable for $name<T> {}
        // SAFETY: the one field is a `Pod`, and the layout is its own.
        unsafe impl<T: Number> Pod for $name<T> {}

        impl<T: Number> From<T> for $name<T> {
            fn from(number: T) -> Self {
                Self::new(number)
            }
        }

        impl<T: Number> Default for $name<T> {
            fn default() -> Self {
                Self::zeroed()
            }
        }

        impl<T: Number + fmt::Display> fmt::Display for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(f)
            }
        }

        impl<T: Number + fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(f)
            }
        }

        impl<T: Number + PartialEq> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.get() == other.get()
            }
        }

        impl<T: Number + Eq> Eq for $name<T> {}

        impl<T: Number + PartialOrd> PartialOrd for $name<T> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                self.get().partial_cmp(&other.get())
            }
        }

        impl<T: Number + Ord> Ord for $name<T> {
            fn cmp(&self, other: &Self) -> Ordering {
                self.get().cmp(&other.get())
            }
        }

        impl<T: Number + Hash> Hash for $name<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.get().hash(state);
            }
        }
    };
}

ordered! {
    /// A big-endian number, aligned to one byte: views of foreign or unaligned data have it as their element.
    ///
    /// # Examples
    /// ```
    /// use npymap::Be;
    ///
    /// let mut number = Be::new(1.5f64);
    /// assert_eq!(bytemuck::bytes_of(&number), 1.5f64.to_be_bytes());
    /// number.set(2.5);
    /// assert_eq!(number.get(), 2.5);
    /// ```
    Be, Big, to_be, from_be
}

ordered! {
    /// A little-endian number, aligned to one byte: views of foreign or unaligned data have it as their element.
    ///
    /// # Examples
    /// ```
    /// # #[cfg(feature = "ndarray")] {
    /// use ndarray::Ix1;
    /// use npymap::{Le, RawOptions};
    ///
    /// // Byte 129 is no place for a reference to an i32.
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { RawOptions::new::<Le<i32>>().offset(129).shape([10]).map("testdata/iris.npy")? };
    /// let view = map.view::<Le<i32>, Ix1>()?;
    /// assert_eq!(view[0].get(), i32::from_le_bytes(*map.as_bytes().first_chunk().unwrap()));
    /// # }
    /// # Ok::<(), npymap::Error>(())
    /// ```
    Le, Little, to_le, from_le
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dtypes_tell_the_order() {
        assert_eq!(Be::<f64>::dtype(), ">f8".parse().unwrap());
        assert_eq!(Le::<u16>::dtype(), "<u2".parse().unwrap());
        assert_eq!((align_of::<Be<f64>>(), size_of::<Be<f64>>()), (1, 8));
    }

    #[test]
    fn numbers_come_back() {
        assert_eq!(Be::new(-2i64).get(), -2);
        assert_eq!(Le::from(half::f16::from_f32(0.5)).get().to_f32(), 0.5);
        assert_eq!(bytemuck::bytes_of(&Be::new(0x0102u16)), [1, 2]);
        assert_eq!(bytemuck::bytes_of(&Le::new(0x0102u16)), [2, 1]);
        assert_eq!(format!("{} {:?} {:>4}", Be::new(7u32), Le::new(1.0f32), Be::new(5i16)), "7 1.0    5");
    }

    #[test]
    fn the_order_is_that_of_the_numbers() {
        assert!(Be::new(1i32) < Be::new(256));
        assert!(Le::new(-1i16) < Le::new(0));
        assert_ne!(Be::new(f32::NAN), Be::new(f32::NAN));
        assert_eq!(Be::new(0.0f64), Be::new(-0.0));
        assert_eq!(Be::<u64>::default().get(), 0);
    }

    #[cfg(feature = "complex")]
    #[test]
    fn the_parts_of_complex_numbers_are_swapped_each() {
        let number = num_complex::Complex::new(1.0f32, 2.0);
        let bytes = [1.0f32.to_be_bytes(), 2.0f32.to_be_bytes()].concat();
        assert_eq!(bytemuck::bytes_of(&Be::new(number)), bytes);
        assert_eq!(Be::new(number).get(), number);
    }
}

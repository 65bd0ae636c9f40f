//! Arrays whose element type is known only when they are read.

mod contents;
mod raw;

use ndarray::{ArrayD, CowArray, IxDyn};

use crate::array::{Data, DataView};
use crate::dtype::{DType, Kind, TimeUnit};
use crate::element::{DateTime64, LongComplex, LongDouble, TimeDelta64, descr};
use crate::error::{Result, UnsupportedProblem};
use contents::Contents;
pub use raw::RawArray;

macro_rules! kinds {
    ($($doc:literal $([$cfg:meta])? $variant:ident($type:ty): $kind:pat, $size:pat,)+) => {
        /// An array of any element type, of which the file decides: `match` on it.
        ///
        /// Elements are in the machine's byte order, and the memory order is the file's, as with [`load`](crate::load).
        /// It can be printed, as NumPy prints it, and saved: text as the narrowest dtype that holds it, all else as
        /// what it was.
        ///
        /// # Examples
        /// ```
        /// use npymap::AnyArray;
        ///
        /// let any = AnyArray::load("testdata/iris.npy")?;
        /// assert_eq!((any.dtype().to_string(), any.shape()), ("float64".to_string(), &[150, 4][..]));
        /// assert!(any.to_string().starts_with("[[5.1 3.5 1.4 0.2]\n"));
        /// match any {
        ///     AnyArray::F64(array) => assert_eq!(array[[0, 0]], 5.1),
        ///     other => panic!("{} is no float64", other.dtype()),
        /// }
        /// # Ok::<(), npymap::Error>(())
        /// ```
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum AnyArray {
            $(#[doc = $doc] $(#[$cfg])? $variant(ArrayD<$type>),)+
            /// `S`, without the NULs at the end.
            Bytes(ArrayD<Vec<u8>>),
            /// `U`, without the NULs at the end.
            Text(ArrayD<String>),
            /// `M8`, counts of a unit.
            DateTime64(ArrayD<DateTime64>, TimeUnit),
            /// `m8`, counts of a unit.
            TimeDelta64(ArrayD<TimeDelta64>, TimeUnit),
            /// `V` and the `float8_e5m2` of ml_dtypes, raw bytes; and, without the feature `complex`, complex numbers:
            /// as the dtype says.
            Void(RawArray<'static>),
            /// Records, whose fields are asked for by name.
            Record(RawArray<'static>),
        }

        /// A viewed array of any element type: a view where the file's bytes are the elements' own, and a copy
        /// where byte order or alignment stand in the way.
        ///
        /// Text, raw bytes and records are always a view: [`RawArray::to_array`] and [`RawArray::field`] read them.
        ///
        /// # Examples
        /// ```
        /// use npymap::{AnyView, NpyMap};
        ///
        /// // SAFETY: nobody changes the file meanwhile.
        /// let map = unsafe { NpyMap::open("testdata/iris.npy")? };
        /// match map.view_any()? {
        ///     AnyView::F64(array) => assert!(array.is_view() && array[[149, 3]] == 1.8),
        ///     other => panic!("{} is no float64", other.dtype()),
        /// }
        /// # Ok::<(), npymap::Error>(())
        /// ```
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum AnyView<'a> {
            $(#[doc = $doc] $(#[$cfg])? $variant(CowArray<'a, $type, IxDyn>),)+
            /// `S`, as it stands in the file.
            Bytes(RawArray<'a>),
            /// `U`, as it stands in the file.
            Text(RawArray<'a>),
            /// `M8`, counts of a unit.
            DateTime64(CowArray<'a, DateTime64, IxDyn>, TimeUnit),
            /// `m8`, counts of a unit.
            TimeDelta64(CowArray<'a, TimeDelta64, IxDyn>, TimeUnit),
            /// `V` and the `float8_e5m2` of ml_dtypes, raw bytes; and, without the feature `complex`, complex numbers:
            /// as the dtype says.
            Void(RawArray<'a>),
            /// Records, whose fields are asked for by name.
            Record(RawArray<'a>),
        }

        impl AnyArray {
            fn contents(&self) -> &dyn Contents {
                match self {
                    $($(#[$cfg])? Self::$variant(array) => array,)+
                    Self::Bytes(array) => array,
                    Self::Text(array) => array,
                    Self::DateTime64(array, _) => array,
                    Self::TimeDelta64(array, _) => array,
                    Self::Void(array) | Self::Record(array) => array,
                }
            }

            /// The array, whatever its elements are.
            pub(crate) fn read(data: &mut Data<'_>) -> Result<Self> {
                data.located(|data| Ok(match sort(&data.header().dtype)? {
                    Sort::Record => Self::Record(RawArray::read(data)?),
                    Sort::Scalar(kind, size) => match (kind, size) {
                        $($(#[$cfg])? ($kind, $size) => Self::$variant(data.read()?),)+
                        (Kind::Bytes, _) => Self::Bytes(data.read()?),
                        (Kind::Unicode, _) => Self::Text(data.read()?),
                        (Kind::DateTime64(unit), _) => Self::DateTime64(data.read()?, unit),
                        (Kind::TimeDelta64(unit), _) => Self::TimeDelta64(data.read()?, unit),
                        _ => Self::Void(RawArray::read(data)?),
                    },
                }))
            }
        }

        impl<'a> AnyView<'a> {
            fn contents(&self) -> &dyn Contents {
                match self {
                    $($(#[$cfg])? Self::$variant(array) => array,)+
                    Self::DateTime64(array, _) => array,
                    Self::TimeDelta64(array, _) => array,
                    Self::Bytes(array) | Self::Text(array) | Self::Void(array) | Self::Record(array) => array,
                }
            }

            /// The array of a file whose bytes are at hand.
            pub(crate) fn of(file: DataView<'a>) -> Result<Self> {
                let raw = || RawArray::view(file);
                Ok(match sort(&file.header().dtype)? {
                    Sort::Record => Self::Record(raw()),
                    Sort::Scalar(kind, size) => match (kind, size) {
                        $($(#[$cfg])? ($kind, $size) => Self::$variant(file.view_cow()?),)+
                        (Kind::Bytes, _) => Self::Bytes(raw()),
                        (Kind::Unicode, _) => Self::Text(raw()),
                        (Kind::DateTime64(unit), _) => Self::DateTime64(file.view_cow()?, unit),
                        (Kind::TimeDelta64(unit), _) => Self::TimeDelta64(file.view_cow()?, unit),
                        _ => Self::Void(raw()),
                    },
                })
            }

            /// The same array with elements of its own, where it was a view.
            ///
            /// # Errors
            /// [`Error::Format`](crate::Error::Format) for text with code units that are no characters, and
            /// [`Error::Limit`](crate::Error::Limit) where there is no memory for it.
            pub fn into_owned(self) -> Result<AnyArray> {
                Ok(match self {
                    $($(#[$cfg])? Self::$variant(array) => AnyArray::$variant(array.into_owned()),)+
                    Self::Bytes(array) => AnyArray::Bytes(array.to_array()?),
                    Self::Text(array) => AnyArray::Text(array.to_array()?),
                    Self::DateTime64(array, unit) => AnyArray::DateTime64(array.into_owned(), unit),
                    Self::TimeDelta64(array, unit) => AnyArray::TimeDelta64(array.into_owned(), unit),
                    Self::Void(array) => AnyArray::Void(array.into_owned()?),
                    Self::Record(array) => AnyArray::Record(array.into_owned()?),
                })
            }
        }
    };
}

kinds! {
    "`?`" Bool(bool): Kind::Bool, _,
    "`i1`" I8(i8): Kind::Int, 1,
    "`i2`" I16(i16): Kind::Int, 2,
    "`i4`" I32(i32): Kind::Int, 4,
    "`i8`" I64(i64): Kind::Int, 8,
    "`u1`" U8(u8): Kind::Uint, 1,
    "`u2`" U16(u16): Kind::Uint, 2,
    "`u4`" U32(u32): Kind::Uint, 4,
    "`u8`" U64(u64): Kind::Uint, 8,
    "`f2`" F16(half::f16): Kind::Float, 2,
    "`f4`" F32(f32): Kind::Float, 4,
    "`f8`" F64(f64): Kind::Float, 8,
    "`f16` of x86, and `f12`" LongDouble(LongDouble): Kind::Float, 12 | 16,
    "`c8` (feature `complex`)" [cfg(feature = "complex")]
    C64(num_complex::Complex<f32>): Kind::Complex, 8,
    "`c16` (feature `complex`)" [cfg(feature = "complex")]
    C128(num_complex::Complex<f64>): Kind::Complex, 16,
    "`c32` of x86, and `c24`" LongComplex(LongComplex): Kind::Complex, 24 | 32,
}

/// What decides the variant.
enum Sort {
    Record,
    Scalar(Kind, usize),
}

/// The variant of arrays of that dtype; none of objects.
fn sort(dtype: &DType) -> Result<Sort> {
    if dtype.has_object() {
        return Err(UnsupportedProblem::Objects { dtype: descr(dtype) }.into());
    }
    Ok(match dtype.flattened().1 {
        DType::Scalar(scalar) => Sort::Scalar(scalar.kind(), scalar.itemsize()),
        _ => Sort::Record,
    })
}

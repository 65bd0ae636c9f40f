//! What arrays of every element type have: a dtype, a shape, their text, and their bytes in a file.

use std::fmt;
use std::io::Write;

use ndarray::{ArrayBase, Axis, CowArray, IxDyn};

use super::{AnyArray, AnyView, RawArray};
use crate::array::{Data, Items as _, Preview, Save, Store};
use crate::dtype::{DType, Kind, Scalar, TimeUnit};
use crate::error::Result;
use crate::header::Header;
use crate::print::{Items, PrintOptions, stored_shape, write_array};
use crate::slice::Slice;

/// An array of some element type.
pub(super) trait Contents {
    fn shape(&self) -> &[usize];

    fn header(&self) -> Header;

    fn write(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()>;

    /// Writes what NumPy prints of an array with these elements, of that dtype.
    fn print(&self, dtype: &DType, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<S> Contents for ArrayBase<S, IxDyn>
where
    S: ndarray::Data,
    S::Elem: Store + Clone,
{
    fn shape(&self) -> &[usize] {
        self.shape()
    }

    fn header(&self) -> Header {
        Save::header(self)
    }

    fn write(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        self.write_elements_as(dtype, writer)
    }

    fn print(&self, dtype: &DType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = PrintOptions::default();
        let mut shown: CowArray<'_, S::Elem, IxDyn> = self.view().into();
        for (axis, (&len, kept)) in self.shape().iter().zip(stored_shape(self.shape(), &options)).enumerate()
        {
            if kept < len {
                let first = kept / 2;
                let indices: Vec<usize> = (0..first).chain(len - (kept - first)..len).collect();
                shown = shown.select(Axis(axis), &indices).into();
            }
        }
        let mut bytes = Vec::new();
        let written = S::Elem::encoding(dtype)
            .and_then(|encoding| S::Elem::write_view(&encoding, &shown.view(), &mut bytes));
        written.map_err(|_| fmt::Error)?;
        write_array(f, &Items { dtype, shape: self.shape(), bytes: &bytes }, &options)
    }
}

impl Contents for RawArray<'_> {
    fn shape(&self) -> &[usize] {
        self.shape()
    }

    fn header(&self) -> Header {
        Save::header(self)
    }

    fn write(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        self.write_elements_as(dtype, writer)
    }

    fn print(&self, _: &DType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What NumPy prints of it.
impl fmt::Display for RawArray<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut data = Data::of_memory(self.header(), 0, self.as_bytes());
        let preview = Preview::read(&mut data, Slice::all(), &PrintOptions::default());
        match preview {
            Ok(preview) => fmt::Display::fmt(&preview, f),
            // Of elements without bytes there can be more than anybody wants to see.
            Err(error) => write!(f, "[{error}]"),
        }
    }
}

macro_rules! accessors {
    ($($name:ty),+) => {$(
        impl $name {
            /// What one element is, in the machine's byte order where the array has elements of a Rust type; of owned
            /// text the narrowest dtype that holds it.
            pub fn dtype(&self) -> DType {
                let time = |kind: fn(TimeUnit) -> Kind, unit| {
                    const SIZE: usize = size_of::<i64>();
                    let scalar = Scalar::new(kind(unit), SIZE, crate::ByteOrder::NATIVE);
                    scalar.map_or_else(|| self.contents().header().dtype, DType::from)
                };
                match self {
                    Self::DateTime64(_, unit) => time(Kind::DateTime64, *unit),
                    Self::TimeDelta64(_, unit) => time(Kind::TimeDelta64, *unit),
                    _ => self.contents().header().dtype,
                }
            }

            /// Elements along each axis; empty for a 0-d array.
            pub fn shape(&self) -> &[usize] {
                self.contents().shape()
            }

            /// How many axes it has.
            pub fn ndim(&self) -> usize {
                self.shape().len()
            }

            /// Elements in all.
            pub fn len(&self) -> usize {
                self.shape().iter().product()
            }

            /// Whether there is no element.
            pub fn is_empty(&self) -> bool {
                self.shape().contains(&0)
            }
        }

        /// What NumPy prints of it.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.contents().print(&self.dtype(), f)
            }
        }

        impl Save for $name {
            fn header(&self) -> Header {
                Header { dtype: self.dtype(), ..self.contents().header() }
            }

            fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
                self.contents().write(dtype, writer)
            }
        }
    )+};
}

accessors!(AnyArray, AnyView<'_>);

//! Which arrays can be saved.

use std::io::Write;

#[cfg(feature = "ndarray")]
use super::reorder::is_in;
use super::reorder::write_turned;
#[cfg(feature = "ndarray")]
use super::store::Items as _;
use super::store::Store;
use crate::dtype::DType;
use crate::error::Result;
use crate::header::{Header, Order};

/// What can be saved as an array: ndarray arrays and views of any layout, slices, vectors and Rust arrays, of whatever
/// can be stored: [`Store`].
pub trait Save {
    /// What the file will say of the array.
    fn header(&self) -> Header;

    /// Writes the elements in the order that [`Save::header`] tells, as those of another dtype.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the elements do not become that dtype without a loss, and
    /// whatever `writer` fails with.
    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()>;

    /// Writes the elements in that order, whichever [`Save::header`] tells, as those of another dtype.
    ///
    /// # Errors
    /// As [`Save::write_elements_as`].
    fn write_elements_in(&self, order: Order, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        write_turned(&self.header(), order, dtype, |writer| self.write_elements_as(dtype, writer), writer)
    }

    /// Writes the elements as [`Save::header`] tells.
    ///
    /// # Errors
    /// Whatever `writer` fails with.
    fn write_elements(&self, writer: &mut dyn Write) -> Result<()> {
        self.write_elements_as(&self.header().dtype, writer)
    }
}

impl<T: Store> Save for [T] {
    fn header(&self) -> Header {
        Header::new(T::dtype_of(self.iter()), [self.len()])
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        T::write_slice(&T::encoding(dtype)?, self, writer)
    }
}

impl<T: Store, const N: usize> Save for [T; N] {
    fn header(&self) -> Header {
        self.as_slice().header()
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        self.as_slice().write_elements_as(dtype, writer)
    }
}

impl<T: Store> Save for Vec<T> {
    fn header(&self) -> Header {
        self.as_slice().header()
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        self.as_slice().write_elements_as(dtype, writer)
    }
}

/// NumPy writes an array as it lies in memory where it is contiguous in C or in Fortran order, which it asks in
/// that order, and copies it to C order otherwise. Elements that are arrays themselves have their items side by side,
/// which they are in C order only.
///
/// Source: numpy/lib/_format_impl.py, `header_data_from_array_1_0`.
#[cfg(feature = "ndarray")]
impl<S, D> Save for ndarray::ArrayBase<S, D>
where
    S: ndarray::Data,
    S::Elem: Store,
    D: ndarray::Dimension,
{
    fn header(&self) -> Header {
        let header = Header::new(S::Elem::dtype_of(self.iter()), self.shape());
        if is_fortran(self) { header.with_order(Order::F) } else { header }
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        let encoding = S::Elem::encoding(dtype)?;
        if let Some(elements) = self.as_slice() {
            return S::Elem::write_slice(&encoding, elements, writer);
        }
        if let (true, Some(elements)) = (is_fortran(self), self.t().to_slice()) {
            return S::Elem::write_slice(&encoding, elements, writer);
        }
        S::Elem::write_view(&encoding, &self.view().into_dyn(), writer)
    }

    fn write_elements_in(&self, order: Order, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        let header = self.header();
        if is_in(&header, order) {
            return self.write_elements_as(dtype, writer);
        }
        match order {
            Order::C => S::Elem::write_view(&S::Elem::encoding(dtype)?, &self.view().into_dyn(), writer),
            // The transposed array runs through the elements with the first axis fastest.
            Order::F if !S::Elem::has_axes() => {
                S::Elem::write_view(&S::Elem::encoding(dtype)?, &self.t().into_dyn(), writer)
            }
            Order::F => {
                write_turned(&header, order, dtype, |writer| self.write_elements_as(dtype, writer), writer)
            }
        }
    }
}

/// Whether an array is saved in Fortran order.
#[cfg(feature = "ndarray")]
fn is_fortran<S, D>(array: &ndarray::ArrayBase<S, D>) -> bool
where
    S: ndarray::Data,
    S::Elem: Store,
    D: ndarray::Dimension,
{
    !S::Elem::has_axes() && !array.is_standard_layout() && array.t().is_standard_layout()
}

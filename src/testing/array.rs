//! Arrays.

use arbitrary::{Error, Result, Unstructured};
use ndarray::{Array, Dimension};

use super::data::data;
use super::header;
use crate::dtype::DType;
use crate::element::Element;
use crate::header::Order;
use crate::npy::NpyReader;

/// An array of any elements that are valid, in C or Fortran order; of any number of axes where `D` leaves it open.
///
/// # Errors
/// Those of [`Unstructured`], and where one element has over [`DATA_MOST`](super::DATA_MOST) bytes.
///
/// # Examples
/// ```
/// use arbitrary::Unstructured;
/// use ndarray::Array2;
///
/// let array: Array2<f32> = npymap::testing::array(&mut Unstructured::new(b"any bytes"))?;
/// assert_eq!(array.ndim(), 2);
/// # Ok::<(), arbitrary::Error>(())
/// ```
pub fn array<T: Element, D: Dimension>(u: &mut Unstructured<'_>) -> Result<Array<T, D>> {
    let dtype = T::dtype();
    let is_scattered = matches!(dtype, DType::Subarray(_));
    let own_axes = dtype.flattened().0;
    // The axes of an element that is an array itself stand behind those of the array.
    let mut header = header::small(u, dtype, D::NDIM)?;
    if is_scattered {
        header.order = Order::C;
        let ndim = header.shape.len() - own_axes.len();
        header.shape.truncate(ndim);
        header.shape.extend(own_axes);
    }
    let mut file = header.encode();
    file.extend(data(u, &header)?);
    NpyReader::new(file.as_slice()).and_then(|mut reader| reader.read()).map_err(|_| Error::IncorrectFormat)
}

//! Layer 2: the header of a `.npy` file.
//!
//! ```text
//! offset  bytes  what
//!      0      6  magic: 93 4e 55 4d 50 59, "\x93NUMPY"
//!      6      1  major version: 1, 2 or 3
//!      7      1  minor version: 0
//!      8    2|4  length of the text in bytes, little-endian: 2 bytes in version 1, 4 in 2 and 3
//!  10|12      n  text: a Python dictionary, blanks, a newline; latin-1 in versions 1 and 2, UTF-8 in 3
//!             -  data: the elements, in C or Fortran order, from a multiple of 64 bytes (old files: 16)
//! ```
//! The text is `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. NumPy leaves blanks after
//! it, so that the axis that grows can have 21 digits without moving the data.
//!
//! Source: numpy/lib/_format_impl.py. Where this differs from NumPy stands in docs/differences.md.

mod check;
mod decode;
mod encode;
mod growth;
mod sniff;
mod text;

use std::io::Read;

pub(crate) use decode::Decoded;
pub(crate) use growth::Growth;
#[cfg(feature = "npz")]
pub(crate) use sniff::describe_start;

use crate::dtype::{DType, Subarray, write_shape};
use crate::error::Result;
use crate::limits::Limits;

/// The first bytes of every `.npy` file.
pub(crate) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The order in which the elements of an array stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Row-major: the last axis runs fastest. NumPy's default.
    #[default]
    C,
    /// Column-major: the first axis runs fastest (`fortran_order: True`).
    F,
}

/// What a `.npy` file says of its array.
///
/// # Examples
/// ```
/// use npymap::{DType, Header, Order};
///
/// let (header, data_offset) = Header::parse(&std::fs::read("testdata/iris.npy")?)?;
/// assert_eq!(header.dtype, DType::of::<f64>());
/// assert_eq!(header.shape, [150, 4]);
/// assert_eq!(header.order, Order::C);
/// assert_eq!(data_offset, 128);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Header {
    /// What one element is.
    pub dtype: DType,
    /// The order of the elements.
    pub order: Order,
    /// Elements along each axis; empty for a 0-d array.
    pub shape: Vec<usize>,
}

impl Header {
    /// The most axes that NumPy lets an array have.
    pub const NDIM_MOST: usize = Subarray::NDIM_MOST;

    /// The header of an array of that dtype and shape, in C order. The axes of a subarray become the array's last,
    /// as in NumPy, whose arrays have no such dtype.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Header};
    ///
    /// let header = Header::new(DType::of::<f32>(), [3, 4]);
    /// assert_eq!(header.nbytes(), Some(48));
    /// ```
    pub fn new(dtype: DType, shape: impl Into<Vec<usize>>) -> Self {
        let mut shape = shape.into();
        let dtype = match dtype {
            DType::Subarray(subarray) => {
                let (axes, base) = subarray.flattened();
                shape.extend(axes);
                base.clone()
            }
            dtype => dtype,
        };
        Self { dtype, order: Order::C, shape }
    }

    /// The same header in another order.
    #[must_use]
    pub fn with_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// Reads the header at the start of `bytes`, which may go on with the data, and the offset of the data in
    /// bytes from their start.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) where `bytes` are no `.npy` file, end within the header, or hold
    /// what NumPy refuses; [`Error::Unsupported`](crate::Error::Unsupported) for another format version;
    /// [`Error::Limit`](crate::Error::Limit) beyond [`Limits::default`].
    pub fn parse(bytes: &[u8]) -> Result<(Self, u64)> {
        Self::parse_with(bytes, &Limits::default())
    }

    /// [`Header::parse`] within other limits.
    ///
    /// # Errors
    /// As [`Header::parse`].
    pub fn parse_with(bytes: &[u8], limits: &Limits) -> Result<(Self, u64)> {
        Decoded::parse(bytes, limits).map(|decoded| (decoded.header, decoded.data_offset))
    }

    /// How many bytes from the start of a file [`Header::parse`] needs, as far as `bytes`, the first of them, tell:
    /// where it is more than there are, fetch them and ask again. Nearly every header is within the first 2 KiB.
    ///
    /// # Errors
    /// As [`Header::parse`], as far as `bytes` tell.
    ///
    /// # Examples
    /// ```
    /// use npymap::Header;
    ///
    /// let file = std::fs::read("testdata/iris.npy")?;
    /// assert_eq!(Header::needs(&[])?, 10);
    /// assert_eq!(Header::needs(&file[..10])?, 128);
    /// assert_eq!(Header::parse(&file[..128])?.1, 128);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn needs(bytes: &[u8]) -> Result<usize> {
        Self::needs_with(bytes, &Limits::default())
    }

    /// [`Header::needs`] within other limits.
    ///
    /// # Errors
    /// As [`Header::needs`].
    pub fn needs_with(bytes: &[u8], limits: &Limits) -> Result<usize> {
        // Of nothing nobody knows yet that it is no header.
        if bytes.is_empty() { Decoded::needs(MAGIC, limits) } else { Decoded::needs(bytes, limits) }
    }

    /// Reads a header from a stream and not a byte beyond it; the data come next.
    ///
    /// # Errors
    /// As [`Header::parse`], and [`Error::Io`](crate::Error::Io) where the stream fails.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Header};
    ///
    /// let mut file = std::fs::File::open("testdata/iris.npy")?;
    /// let header = Header::read_from(&mut file)?;
    /// assert_eq!(header.shape, [150, 4]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_from(reader: impl Read) -> Result<Self> {
        Self::read_from_with(reader, &Limits::default())
    }

    /// [`Header::read_from`] within other limits.
    ///
    /// # Errors
    /// As [`Header::read_from`].
    pub fn read_from_with(reader: impl Read, limits: &Limits) -> Result<Self> {
        Decoded::read_from(reader, limits).map(|decoded| decoded.header)
    }

    /// Elements in all, or `None` where they are more than `usize` can count.
    pub fn len(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis))
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Bytes of the data, or `None` where they are more than `usize` can count.
    pub fn nbytes(&self) -> Option<usize> {
        self.len()?.checked_mul(self.dtype.itemsize())
    }

    /// The shape as Python shows it.
    pub(crate) fn shape_text(&self) -> String {
        shape_text(&self.shape)
    }
}

/// A shape as Python shows it.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    _ = write_shape(&mut text, shape);
    text
}

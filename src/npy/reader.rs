//! Arrays out of a stream.

use std::io::{self, Read};

use super::elements::Layout;
use crate::element::Load;
use crate::error::Result;
use crate::header::{Decoded, Header};
use crate::kernels::Claim;
use crate::limits::Limits;

/// Reads an array from a pipe, a socket or a decompressor.
///
/// It never reads past the array's end, so that what follows stays readable. Memory follows the bytes that come,
/// whatever the header claims.
///
/// # Examples
/// ```
/// use npymap::NpyReader;
///
/// let mut reader = NpyReader::new(std::fs::File::open("testdata/iris.npy")?)?;
/// assert_eq!(reader.header().shape, [150, 4]);
/// let elements: Vec<f64> = reader.read_vec()?;
/// assert_eq!(elements.len(), 600);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyReader<R> {
    reader: R,
    decoded: Decoded,
}

impl<R: Read> NpyReader<R> {
    /// Reads the header from `reader`.
    ///
    /// # Errors
    /// As [`Header::read_from`].
    pub fn new(reader: R) -> Result<Self> {
        Self::with_limits(reader, &Limits::default())
    }

    /// [`NpyReader::new`] within other limits.
    ///
    /// # Errors
    /// As [`Header::read_from`].
    pub fn with_limits(mut reader: R, limits: &Limits) -> Result<Self> {
        let decoded = Decoded::read_from(&mut reader, limits)?;
        Ok(Self { reader, decoded })
    }

    /// What the stream says of its array.
    pub fn header(&self) -> &Header {
        &self.decoded.header
    }

    /// The format version: (1, 0), (2, 0) or (3, 0).
    pub fn version(&self) -> (u8, u8) {
        self.decoded.version
    }

    /// Bytes from the start of the array in the stream to its data.
    pub fn data_offset(&self) -> usize {
        self.decoded.data_offset
    }

    /// All elements, in the order of the stream.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`](crate::NpyFile::read_vec).
    pub fn read_vec<T: Load>(self) -> Result<Vec<T>> {
        let Self { reader, decoded } = self;
        let layout = Layout::new::<T>(&decoded.header, decoded.data_offset as u64)?;
        elements(reader, &decoded, &layout)
    }

    /// The array, in the stream's memory order.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read).
    #[cfg(feature = "ndarray")]
    pub fn read_array<T: Load, D: ndarray::Dimension>(self) -> Result<ndarray::Array<T, D>> {
        let Self { reader, decoded } = self;
        let layout = Layout::new::<T>(&decoded.header, decoded.data_offset as u64)?;
        layout.check_ndim(D::NDIM)?;
        layout.array(elements(reader, &decoded, &layout)?)
    }

    pub(super) fn into_parts(self) -> (R, Decoded) {
        (self.reader, self.decoded)
    }
}

fn elements<T: Load>(mut reader: impl Read, decoded: &Decoded, layout: &Layout<'_>) -> Result<Vec<T>> {
    let mut received = 0;
    layout
        .collect(layout.len, Claim::Unchecked, |piece| read_piece(&mut reader, decoded, piece, &mut received))
}

/// [`read_counted`] of the data of an array.
pub(super) fn read_piece(
    reader: &mut impl Read,
    decoded: &Decoded,
    piece: &mut [u8],
    received: &mut u64,
) -> Result<()> {
    read_counted(reader, piece, received).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => decoded.header.truncated(*received),
        _ => error.into(),
    })
}

/// `read_exact` that counts what came, so that the error can tell.
pub(super) fn read_counted(
    reader: &mut impl Read,
    mut bytes: &mut [u8],
    received: &mut u64,
) -> io::Result<()> {
    while !bytes.is_empty() {
        match reader.read(bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                *received += read as u64;
                bytes = bytes.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

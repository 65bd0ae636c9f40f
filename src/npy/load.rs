//! `np.load`, of a file and of bytes.

use std::path::Path;

use ndarray::{Array, Dimension};

use super::file::open_file;
use super::opened::{HEAD, OpenedArray};
use super::reader::NpyReader;
use super::view::NpyView;
use crate::any::AnyArray;
use crate::array::{Data, Load};
use crate::error::{Location, Result};
use crate::header::Decoded;
use crate::kernels::{RandomAccess, Source};
use crate::limits::Limits;
use crate::source::ReadAt;

/// The array of a `.npy` file: NumPy's `np.load`.
///
/// Foreign byte order is converted, and text of any width is read as `String` and `Vec<u8>`, see [`Load`]. The
/// memory order is the file's, as in NumPy: an array of a Fortran-order file has column-major strides, so that
/// nothing is moved and [`save`](crate::save) writes the same bytes again. A pipe or device is read as a
/// stream. With the feature `rayon`, files of 8 MB and more are read on several cores, those of the thread pool that
/// the caller is in.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be read; [`Error::Format`](crate::Error::Format) where it
/// is no `.npy` file, is broken or cut off; [`Error::Mismatch`](crate::Error::Mismatch) where it holds another
/// dtype than `T` or another number of axes than `D`; [`Error::Unsupported`](crate::Error::Unsupported) for object
/// arrays; [`Error::Limit`](crate::Error::Limit) for a header beyond [`Limits::default`].
///
/// # Examples
/// ```
/// use ndarray::Array2;
///
/// let iris: Array2<f64> = npymap::load("testdata/iris.npy")?;
/// assert_eq!(iris.shape(), [150, 4]);
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn load<T: Load, D: Dimension>(path: impl AsRef<Path>) -> Result<Array<T, D>> {
    load_with(path, &Limits::default())
}

/// [`load`] within other limits.
///
/// # Errors
/// As [`load`].
///
/// # Examples
/// ```
/// use npymap::{Error, Limits};
///
/// let result = npymap::load_with::<f64, ndarray::Ix2>("testdata/iris.npy", &Limits::default().nbytes(1000));
/// assert!(matches!(result, Err(Error::Limit { .. })));
/// ```
pub fn load_with<T: Load, D: Dimension>(path: impl AsRef<Path>, limits: &Limits) -> Result<Array<T, D>> {
    load_path(path.as_ref(), limits, |data| data.read(), |mut reader| reader.read())
}

/// The array of a `.npy` file that is in memory: NumPy's `np.load(BytesIO(b))`.
///
/// `bytes` may go on after the array. [`NpyView`] sees them without a copy.
///
/// # Errors
/// As [`load`].
///
/// # Examples
/// ```
/// use ndarray::Array2;
///
/// let bytes = std::fs::read("testdata/iris.npy")?;
/// let iris: Array2<f64> = npymap::from_bytes(&bytes)?;
/// assert_eq!(iris.shape(), [150, 4]);
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn from_bytes<T: Load, D: Dimension>(bytes: &[u8]) -> Result<Array<T, D>> {
    from_bytes_with(bytes, &Limits::default())
}

/// [`from_bytes`] within other limits.
///
/// # Errors
/// As [`from_bytes`].
pub fn from_bytes_with<T: Load, D: Dimension>(bytes: &[u8], limits: &Limits) -> Result<Array<T, D>> {
    NpyView::new_with(bytes, limits)?.to_array()
}

impl AnyArray {
    /// The array of a `.npy` file, whatever its elements are.
    ///
    /// # Errors
    /// As [`load`], but for the dtype and the number of axes.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, &Limits::default())
    }

    /// [`AnyArray::load`] within other limits.
    ///
    /// # Errors
    /// As [`AnyArray::load`].
    pub fn load_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        load_path(path.as_ref(), limits, Self::read, |mut reader| reader.read_any())
    }

    /// The array of a `.npy` file that is in memory, whatever its elements are.
    ///
    /// # Errors
    /// As [`AnyArray::load`].
    ///
    /// # Examples
    /// ```
    /// use npymap::AnyArray;
    ///
    /// let any = AnyArray::from_bytes(&std::fs::read("testdata/iris.npy")?)?;
    /// assert_eq!(any.shape(), [150, 4]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_with(bytes, &Limits::default())
    }

    /// [`AnyArray::from_bytes`] within other limits.
    ///
    /// # Errors
    /// As [`AnyArray::from_bytes`].
    pub fn from_bytes_with(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Self::read(&mut NpyView::new_with(bytes, limits)?.data_view()?.data())
    }
}

/// Opens a file, and reads it by `read`, or as a stream where it is none with positions.
fn load_path<R>(
    path: &Path,
    limits: &Limits,
    read: impl FnOnce(&mut Data<'_>) -> Result<R>,
    stream: impl FnOnce(NpyReader<std::fs::File>) -> Result<R>,
) -> Result<R> {
    let load = || {
        let file = std::fs::File::open(path)?;
        let mut head = [0; HEAD];
        // What cannot be read at a position, a pipe or a folder, fails and has lost nothing; but on Windows a pipe
        // would lose it.
        let len = if cfg!(unix) { file.read_at(0, &mut head).unwrap_or(0) } else { 0 };
        let head = head.get(..len).unwrap_or_default();
        if let Some((decoded, data)) = whole_file(head, limits) {
            let source = Source::RandomAccess(RandomAccess::Memory(data));
            return read(&mut Data::new(&Location::NONE, &decoded, source));
        }
        let metadata = file.metadata()?;
        if !metadata.is_file() && !metadata.is_dir() {
            return stream(NpyReader::new_with(file, limits)?);
        }
        let array = match head.len() as u64 {
            len if len == HEAD as u64 && len <= metadata.len() => {
                OpenedArray::decode(file, 0..metadata.len(), head, limits)
            }
            _ => open_file(file, &metadata, limits),
        };
        read(&mut array?.data())
    };
    load().map_err(|error: crate::Error| error.at_path(path))
}

/// The header and the data of a small file, which has come with one call of the system; no more is asked of it.
fn whole_file<'a>(head: &'a [u8], limits: &Limits) -> Option<(Decoded, &'a [u8])> {
    if head.is_empty() || head.len() == HEAD {
        return None;
    }
    let decoded = Decoded::parse(head, limits).ok()?;
    decoded.header.check_len(decoded.data_offset, head.len() as u64).ok()?;
    let data = head.get(usize::try_from(decoded.data_offset).ok()?..)?;
    Some((decoded, data))
}

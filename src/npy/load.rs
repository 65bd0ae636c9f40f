//! `np.load`.

use std::path::{Path, PathBuf};

use ndarray::{Array, Dimension};

use super::file::{HEAD, NpyFile, read_most, read_once};
use super::reader::NpyReader;
use crate::element::Load;
use crate::error::Result;
use crate::limits::Limits;
use crate::source::At;

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
    let path = path.as_ref();
    load_path(path, limits).map_err(|error| error.at_path(path))
}

fn load_path<T: Load, D: Dimension>(path: &Path, limits: &Limits) -> Result<Array<T, D>> {
    let file = std::fs::File::open(path)?;
    let mut head = [0; HEAD];
    // What cannot be read at a position, a pipe or a folder, fails and has lost nothing; but on Windows a pipe would
    // lose it.
    let mut read = if cfg!(unix) { read_once(&mut At::new(&file, 0), &mut head).unwrap_or(0) } else { 0 };
    let file = match head.get(..read).filter(|head| (1..HEAD).contains(&head.len())) {
        // All of a small file is there with one call of the system, and no more is asked of it.
        Some(whole) => match NpyFile::from_whole(file, limits, whole) {
            Ok(file) => return file.read_after(whole),
            Err(file) => {
                let rest = head.get_mut(read..).unwrap_or_default();
                read += read_most(&mut At::new(&file, read as u64), rest)?;
                file
            }
        },
        None => file,
    };
    let file_len = match read {
        1..HEAD => read as u64,
        _ => {
            let metadata = file.metadata()?;
            if !metadata.is_file() && !metadata.is_dir() {
                return NpyReader::with_limits(file, limits)?.read_array();
            }
            if read == 0 {
                return NpyFile::from_file(file, &metadata, path, limits)?.read_after(&[]);
            }
            metadata.len()
        }
    };
    let head = head.get(..read).unwrap_or_default();
    // Errors get the path in `load_with`.
    NpyFile::from_head(file, file_len, PathBuf::new(), limits, head)?.read_after(head)
}

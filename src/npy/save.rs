//! `np.save`.

use std::io::{BufWriter, Write};
use std::path::Path;

#[cfg(feature = "ndarray")]
use super::reorder::is_in;
use super::reorder::write_turned;
use crate::dtype::DType;
#[cfg(feature = "ndarray")]
use crate::element::Items as _;
use crate::element::Store;
use crate::error::Result;
use crate::header::{Header, Order};
use crate::source::{Replacement, announce, replace};

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

/// Saves an array as a `.npy` file: the very bytes of NumPy's `np.save`.
///
/// An array that is contiguous in column-major order only is written in Fortran order, every other in C order. The
/// file appears whole or not at all: it is written beside `path` and then renamed, so that an old file stays as it is
/// where anything fails. A symbolic link stays one, and permissions are kept; the owner is whoever saves, other hard
/// links to the old file keep its content, and the folder must be writable. It does not wait for the disk: after a
/// power cut the file may be the old or the new one, or one without content; [`SaveOptions`](crate::SaveOptions) waits.
/// A process that is killed meanwhile leaves what it has written in a file beside `path` whose name ends with `.tmp`.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be written;
/// [`Error::Unsupported`](crate::Error::Unsupported) for a path that names no file, and a dtype that no header can hold.
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-save-{}.npy", std::process::id()));
/// npymap::save(&path, &vec![1i16, 2, 3])?;
/// assert_eq!(std::fs::read(&path)?.len(), 128 + 6);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn save(path: impl AsRef<Path>, array: &(impl Save + ?Sized)) -> Result<()> {
    save_header(path.as_ref(), array, array.header(), Replacement::default())
}

/// [`save`], but anything that is at `path` already is an error, whoever comes first.
///
/// # Errors
/// As [`save`], and [`Error::Io`](crate::Error::Io) where `path` exists.
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-save-new-{}.npy", std::process::id()));
/// npymap::save_new(&path, &[1, 2, 3])?;
/// assert!(npymap::save_new(&path, &[4]).is_err());
/// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [3]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn save_new(path: impl AsRef<Path>, array: &(impl Save + ?Sized)) -> Result<()> {
    let how = Replacement { new_file: true, ..Replacement::default() };
    save_header(path.as_ref(), array, array.header(), how)
}

/// [`save`] as elements of another dtype: in foreign byte order, times with their unit, records with other offsets.
///
/// What is read as a Rust type can be saved from it: [`DateTime64`](crate::DateTime64) as datetimes of any unit, `f64`
/// as `<f8` and `>f8`, a record as any with the same fields.
///
/// # Errors
/// As [`save`], and [`Error::Mismatch`](crate::Error::Mismatch) where the elements do not become that dtype.
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-save-as-{}.npy", std::process::id()));
/// use npymap::DateTime64;
///
/// npymap::save_as(&path, &vec![DateTime64::new(0), DateTime64::NAT], &"M8[s]".parse()?)?;
/// assert_eq!(npymap::NpyFile::open(&path)?.header().dtype.to_string(), "datetime64[s]");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn save_as(path: impl AsRef<Path>, array: &(impl Save + ?Sized), dtype: &DType) -> Result<()> {
    let header = Header { dtype: dtype.clone(), ..array.header() };
    save_header(path.as_ref(), array, header, Replacement::default())
}

pub(super) fn save_header(
    path: &Path,
    array: &(impl Save + ?Sized),
    header: Header,
    how: Replacement,
) -> Result<()> {
    replace(path, how, |file| {
        let bytes = header.try_encode()?;
        if let Some(nbytes) = header.nbytes() {
            announce(file, bytes.len() as u64 + nbytes as u64)?;
        }
        let mut writer = BufWriter::new(file);
        writer.write_all(&bytes)?;
        array.write_elements_as(&header.dtype, &mut writer)?;
        writer.flush()?;
        Ok(())
    })
    .map(drop)
    .map_err(|error| error.at_path(path))
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

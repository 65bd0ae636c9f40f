//! `np.save`.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::element::Element;
use crate::error::Result;
use crate::header::Header;
use crate::kernels::{PIECE, bytes_of, copy_bytes};
use crate::source::replace;

/// What can be saved as an array: ndarray arrays and views of any layout, slices, vectors and Rust arrays.
pub trait Save {
    /// What the file will say of the array.
    fn header(&self) -> Header;

    /// Writes the elements in the order that [`Save::header`] tells.
    ///
    /// # Errors
    /// Whatever `writer` fails with.
    fn write_elements(&self, writer: &mut dyn Write) -> Result<()>;
}

/// Saves an array as a `.npy` file: the very bytes of NumPy's `np.save`.
///
/// An array that is contiguous in column-major order only is written in Fortran order, every other in C order. The
/// file appears whole or not at all: it is written beside `path` and then renamed, so that an old file stays as it is
/// where anything fails. A symbolic link stays one, and permissions are kept; the owner is whoever saves, other hard
/// links to the old file keep its content, and the folder must be writable. It does not wait for the disk: after a
/// power cut the file may be the old or the new one, or one without content.
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
    let path = path.as_ref();
    replace(path, |file| {
        let header = array.header().try_encode()?;
        let mut writer = BufWriter::new(file);
        writer.write_all(&header)?;
        array.write_elements(&mut writer)?;
        writer.flush()?;
        Ok(())
    })
    .map_err(|error| error.at_path(path))
}

impl<T: Element> Save for [T] {
    fn header(&self) -> Header {
        Header::new(T::dtype(), [self.len()])
    }

    fn write_elements(&self, writer: &mut dyn Write) -> Result<()> {
        write_slice(self, writer)
    }
}

impl<T: Element, const N: usize> Save for [T; N] {
    fn header(&self) -> Header {
        self.as_slice().header()
    }

    fn write_elements(&self, writer: &mut dyn Write) -> Result<()> {
        self.as_slice().write_elements(writer)
    }
}

impl<T: Element> Save for Vec<T> {
    fn header(&self) -> Header {
        self.as_slice().header()
    }

    fn write_elements(&self, writer: &mut dyn Write) -> Result<()> {
        self.as_slice().write_elements(writer)
    }
}

/// NumPy writes an array as it lies in memory where it is contiguous in C or in Fortran order, which it asks in
/// that order, and copies it to C order otherwise.
///
/// Source: numpy/lib/_format_impl.py, `header_data_from_array_1_0`.
#[cfg(feature = "ndarray")]
impl<S, D> Save for ndarray::ArrayBase<S, D>
where
    S: ndarray::Data,
    S::Elem: Element,
    D: ndarray::Dimension,
{
    fn header(&self) -> Header {
        let header = Header::new(S::Elem::dtype(), self.shape());
        if !self.is_standard_layout() && self.t().is_standard_layout() {
            return header.with_order(crate::Order::F);
        }
        header
    }

    fn write_elements(&self, writer: &mut dyn Write) -> Result<()> {
        if let Some(elements) = self.as_slice() {
            return write_slice(elements, writer);
        }
        if let Some(elements) = self.t().to_slice() {
            return write_slice(elements, writer);
        }
        let piece_len = (PIECE / size_of::<S::Elem>().max(1)).max(1);
        let mut piece = Vec::with_capacity(piece_len.min(self.len()));
        for element in self {
            piece.push(*element);
            if piece.len() == piece_len {
                write_slice(&piece, writer)?;
                piece.clear();
            }
        }
        write_slice(&piece, writer)
    }
}

fn write_slice<T: Element>(elements: &[T], writer: &mut dyn Write) -> Result<()> {
    if let Some(bytes) = bytes_of(elements) {
        return Ok(writer.write_all(bytes)?);
    }
    let dtype = T::dtype();
    let mut bytes = Vec::new();
    for elements in elements.chunks((PIECE / size_of::<T>().max(1)).max(1)) {
        bytes.clear();
        elements.iter().for_each(|element| copy_bytes(element, &dtype, &mut bytes));
        writer.write_all(&bytes)?;
    }
    Ok(())
}

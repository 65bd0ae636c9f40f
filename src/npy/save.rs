//! `np.save`, to a file, a writer and memory.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::array::Save;
use crate::dtype::DType;
use crate::error::{LimitProblem, Result};
use crate::header::Header;
use crate::source::{Replacement, announce, replace};

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

/// Writes an array as a `.npy` file: NumPy's `np.save(f, a)`. What `writer` takes are the very bytes of [`save`].
///
/// Several arrays can follow each other in one stream; [`NpyReader::next_array`](crate::NpyReader::next_array) reads them
/// one by one. The writer is asked for many small writes where there are many fields, so that a
/// [`BufWriter`] helps where each costs something; it is not flushed.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the writer fails, and [`Error::Unsupported`](crate::Error::Unsupported) for a
/// dtype that no header can hold.
///
/// # Examples
/// ```
/// let mut body = Vec::new();
/// npymap::write(&mut body, &[1.5f32, 2.5])?;
/// npymap::write(&mut body, &["a", "bc"])?;
/// let mut reader = npymap::NpyReader::new(body.as_slice())?;
/// assert_eq!(reader.read_vec::<f32>()?, [1.5, 2.5]);
/// assert!(reader.next_array()?.is_some());
/// assert_eq!(reader.read_vec::<String>()?, ["a", "bc"]);
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn write(mut writer: impl Write, array: &(impl Save + ?Sized)) -> Result<()> {
    let header = array.header();
    write_with(&mut writer, array, &header, &header.try_encode()?)
}

/// The bytes of a `.npy` file: NumPy's `np.save(BytesIO(), a)`.
///
/// # Errors
/// As [`write()`], and [`Error::Limit`](crate::Error::Limit) where there is no memory for them.
///
/// # Examples
/// ```
/// let bytes = npymap::to_bytes(&[1i16, 2, 3])?;
/// assert_eq!(bytes.len(), 128 + 6);
/// # Ok::<(), npymap::Error>(())
/// ```
pub fn to_bytes(array: &(impl Save + ?Sized)) -> Result<Vec<u8>> {
    let header = array.header();
    let start = header.try_encode()?;
    let mut bytes = Vec::new();
    let len = start.len().saturating_add(header.nbytes().unwrap_or(0));
    bytes.try_reserve_exact(len).map_err(|_| LimitProblem::Memory(len as u64))?;
    write_with(&mut bytes, array, &header, &start)?;
    Ok(bytes)
}

/// Writes the bytes of a header, and the elements of an array as it says.
fn write_with(
    writer: &mut dyn Write,
    array: &(impl Save + ?Sized),
    header: &Header,
    start: &[u8],
) -> Result<()> {
    writer.write_all(start)?;
    array.write_elements_as(&header.dtype, writer)
}

pub(super) fn save_header(
    path: &Path,
    array: &(impl Save + ?Sized),
    header: Header,
    how: Replacement,
) -> Result<()> {
    replace(path, how, |file| {
        let start = header.try_encode()?;
        if let Some(nbytes) = header.nbytes() {
            announce(file, start.len() as u64 + nbytes as u64)?;
        }
        let mut writer = BufWriter::new(file);
        write_with(&mut writer, array, &header, &start)?;
        Ok(writer.flush()?)
    })
    .map(drop)
    .map_err(|error| error.at_path(path))
}

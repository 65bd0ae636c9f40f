//! Positioned reads of a `.npy` file, without a map.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::elements::Layout;
use crate::element::{Element, Load};
use crate::error::{MismatchProblem, Result, UnsupportedProblem};
use crate::header::{Decoded, Header, shape_text};
use crate::kernels::Claim;
use crate::limits::Limits;
use crate::source::{self, At};

/// What is read of a file at first: the header of nearly every file, and all of a small one.
pub(super) const HEAD: usize = 2048;

/// A `.npy` file that is read at need and never mapped: a file that shrinks meanwhile is an error, not a crash.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Array2;
/// use npymap::NpyFile;
///
/// let file = NpyFile::open("testdata/iris.npy")?;
/// assert_eq!(file.header().shape, [150, 4]);
/// let iris: Array2<f64> = file.read()?;
/// assert_eq!(iris[[0, 0]], 5.1);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyFile {
    file: File,
    path: PathBuf,
    /// The entry of the archive, where the array stands in one.
    entry: Option<String>,
    /// Its data start at a byte of the archive there.
    decoded: Decoded,
}

impl NpyFile {
    /// Opens a file, reads its header, and checks that all of its data are there.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where it cannot be opened;
    /// [`Error::Unsupported`](crate::Error::Unsupported) where it is a pipe or device, which
    /// [`NpyReader`](crate::NpyReader) reads; those of [`Header::parse`], and
    /// [`Error::Format`](crate::Error::Format) where the data are cut off.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &Limits::default())
    }

    /// [`NpyFile::open`] within other limits.
    ///
    /// # Errors
    /// As [`NpyFile::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let file = source::open(path)?;
            let metadata = file.metadata()?;
            Self::from_file(file, &metadata, path, limits)
        };
        open().map_err(|error| error.at_path(path))
    }

    /// Reads the header of an open file.
    pub(super) fn from_file(file: File, metadata: &Metadata, path: &Path, limits: &Limits) -> Result<Self> {
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        if !metadata.is_file() {
            let text = "it is not a regular file: read it as a stream with load or NpyReader";
            return Err(UnsupportedProblem::System(text.to_string()).into());
        }
        let mut head = [0; HEAD];
        let read = read_most(&mut At::new(&file, 0), &mut head)?;
        let head = head.get(..read).unwrap_or_default();
        Self::from_head(file, metadata.len(), path.to_path_buf(), limits, head)
    }

    /// The file whose first bytes are `head`, all of them where it has less than [`HEAD`].
    pub(super) fn from_head(
        file: File,
        file_len: u64,
        path: PathBuf,
        limits: &Limits,
        head: &[u8],
    ) -> Result<Self> {
        let decoded = if Decoded::needs(head, limits)? <= head.len() || head.len() < HEAD {
            Decoded::parse(head, limits)?
        } else {
            Decoded::read_from(At::new(&file, 0), limits)?
        };
        decoded.header.check_len(decoded.data_offset as u64, file_len)?;
        Ok(Self { file, path, entry: None, decoded })
    }

    /// The file whose header and data are all in `head`; where they are not, or are no array, the file again.
    #[cfg(feature = "ndarray")]
    pub(super) fn from_whole(file: File, limits: &Limits, head: &[u8]) -> Result<Self, File> {
        let is_whole = |decoded: &Decoded| {
            decoded.header.check_len(decoded.data_offset as u64, head.len() as u64).is_ok()
        };
        match Decoded::parse(head, limits).ok().filter(is_whole) {
            Some(decoded) => Ok(Self { file, path: PathBuf::new(), entry: None, decoded }),
            None => Err(file),
        }
    }

    /// The array of an entry of an archive, which is checked to be there and not compressed: it starts `data_start`
    /// bytes after the start of the archive, and so do the data count from there.
    #[cfg(feature = "npz")]
    pub(crate) fn in_entry(
        file: File,
        path: PathBuf,
        entry: &str,
        decoded: Decoded,
        data_start: u64,
    ) -> Result<Self> {
        let data_offset = usize::try_from(data_start)
            .ok()
            .and_then(|start| start.checked_add(decoded.data_offset))
            .ok_or(crate::error::LimitProblem::Memory(data_start))?;
        decoded.header.check_readable()?;
        let decoded = Decoded { data_offset, ..decoded };
        Ok(Self { file, path, entry: Some(entry.to_string()), decoded })
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.decoded.header
    }

    /// The format version: (1, 0), (2, 0) or (3, 0).
    pub fn version(&self) -> (u8, u8) {
        self.decoded.version
    }

    /// Bytes from the start of the file to its data; of the archive, where it is an entry of one.
    pub fn data_offset(&self) -> usize {
        self.decoded.data_offset
    }

    /// The whole array, in the file's memory order: an array of a Fortran-order file has column-major strides, as
    /// in NumPy.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the file holds another dtype or number of axes;
    /// [`Error::Unsupported`](crate::Error::Unsupported) for object arrays; [`Error::Format`](crate::Error::Format)
    /// for bytes that mean nothing in the dtype, and where the file has shrunk.
    #[cfg(feature = "ndarray")]
    pub fn read<T: Load, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.located(self.read_after(&[]))
    }

    #[cfg(feature = "ndarray")]
    pub(super) fn read_after<T: Load, D: ndarray::Dimension>(
        &self,
        head: &[u8],
    ) -> Result<ndarray::Array<T, D>> {
        let layout = self.layout::<T>()?;
        layout.check_ndim(D::NDIM)?;
        let elements = self.elements(&layout, head)?;
        layout.array(elements)
    }

    /// All elements, in the order of the file.
    ///
    /// # Errors
    /// As [`NpyFile::read`], but for the number of axes.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let elements: Vec<f64> = NpyFile::open("testdata/iris.npy")?.read_vec()?;
    /// assert_eq!(elements.len(), 600);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_vec<T: Load>(&self) -> Result<Vec<T>> {
        let read = || self.elements(&self.layout::<T>()?, &[]);
        self.located(read())
    }

    /// All elements into memory of the caller's, in the order of the file: no memory is taken for them.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`], and [`Error::Mismatch`](crate::Error::Mismatch) where `elements` are more or fewer
    /// than the array has. Which elements are in them after an error is not said.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let mut elements = vec![0.0; 600];
    /// NpyFile::open("testdata/iris.npy")?.read_into(&mut elements)?;
    /// assert_eq!(elements[..4], [5.1, 3.5, 1.4, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_into<T: Element>(&self, elements: &mut [T]) -> Result<()> {
        let mut read = || {
            let layout = self.layout::<T>()?;
            if elements.len() != layout.len {
                let shape = shape_text(&layout.shape);
                let (found, expected) = (layout.len, elements.len());
                return Err(MismatchProblem::Len { shape, found, expected }.into());
            }
            layout.fill_at(elements, |position, bytes| self.read_at(layout.data_offset() + position, bytes))
        };
        self.located(read())
    }

    /// The result, where it is an error with its place.
    pub(super) fn located<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| match &self.entry {
            Some(entry) => error.at_entry(entry).at_path(&self.path),
            None => error.at_path(&self.path),
        })
    }

    pub(super) fn into_parts(self) -> (File, Decoded) {
        (self.file, self.decoded)
    }

    pub(super) fn layout<T: Load>(&self) -> Result<Layout<'_>> {
        Layout::new::<T>(&self.decoded.header, self.decoded.data_offset as u64)
    }

    /// The elements, the first bytes of the file being in `head` already.
    pub(super) fn elements<T: Load>(&self, layout: &Layout<'_>, head: &[u8]) -> Result<Vec<T>> {
        let start = self.decoded.data_offset;
        let mut read = head.get(start..).unwrap_or_default();
        if self.decoded.header.nbytes().is_some_and(|nbytes| nbytes <= read.len()) {
            // All of a small file has been read already.
            return layout.collect(layout.len, Claim::Checked, |piece| Ok(read.read_exact(piece)?));
        }
        layout.collect_at(|position, bytes| self.read_at(start as u64 + position, bytes))
    }

    /// Reads bytes of the data that start `offset` bytes after the start of the file.
    pub(super) fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        // A file that has become shorter since it was opened says so.
        At::new(&self.file, offset).read_exact(bytes).or_else(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                let found = self.file.metadata()?.len().saturating_sub(self.decoded.data_offset as u64);
                return Err(self.decoded.header.truncated(found));
            }
            Err(error.into())
        })
    }
}

/// Fills `bytes` as far as the file goes.
pub(super) fn read_most(reader: &mut impl Read, bytes: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read_once(reader, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Fills as much of `bytes` as comes at once: nothing at the end of the file.
pub(super) fn read_once(reader: &mut impl Read, bytes: &mut [u8]) -> Result<usize> {
    loop {
        match reader.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return Ok(result?),
        }
    }
}

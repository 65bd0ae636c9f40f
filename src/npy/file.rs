//! Positioned reads of a `.npy` file, without a map.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use super::opened::OpenedArray;
use crate::array::{Data, Load, Preview};
use crate::element::Element;
use crate::error::{Error, Location, Result, UnsupportedProblem};
use crate::header::Header;
use crate::limits::Limits;
use crate::print::PrintOptions;
use crate::slice::Slice;
use crate::source::{self, ReadAt};

/// A `.npy` file that is read at need and never mapped: a file that shrinks meanwhile is an error, not a crash.
///
/// The file may be anything that is read at positions ([`ReadAt`]): one on the disk, bytes in memory, a stored entry of
/// an archive, a source of your own. Every call reads what it needs, and several threads can call at the same time.
/// With the feature `rayon`, arrays of 8 MB and more are read on several cores, those of the thread pool that the caller
/// is in.
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
///
/// let bytes = std::fs::read("testdata/iris.npy")?;
/// assert_eq!(NpyFile::new(&bytes)?.read::<f64, _>()?, iris);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpyFile<S = File> {
    array: OpenedArray<S>,
}

impl NpyFile {
    /// Opens a file, reads its header, and checks that all of its data are there.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be opened; [`Error::Unsupported`] where it is a pipe or device, which
    /// [`NpyReader`](crate::NpyReader) reads; those of [`Header::parse`], and [`Error::Format`] where the data are cut
    /// off.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &Limits::default())
    }

    /// [`NpyFile::open`] within other limits.
    ///
    /// # Errors
    /// As [`NpyFile::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path = path.as_ref();
        let location = Location::of_path(path);
        let array = location.locate(source::open(path).map_err(Error::from).and_then(|file| {
            let metadata = file.metadata()?;
            open_file(file, &metadata, limits)
        }))?;
        Ok(Self { array: array.at(location) })
    }
}

/// Reads the header of an open file, which is to be one that can be read at positions.
pub(super) fn open_file(file: File, metadata: &Metadata, limits: &Limits) -> Result<OpenedArray<File>> {
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    if !metadata.is_file() {
        let text = "it is not a regular file: read it as a stream with load or NpyReader";
        return Err(UnsupportedProblem::System(text.to_string()).into());
    }
    OpenedArray::open(file, 0..metadata.len(), limits)
}

impl<S: ReadAt> NpyFile<S> {
    /// Reads the header of a `.npy` file that is `source`, and checks that all of its data are there.
    ///
    /// # Errors
    /// [`Error::Io`] where the source cannot be read, and those of [`NpyFile::open`].
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    ///
    /// use npymap::NpyFile;
    ///
    /// let object: Arc<[u8]> = std::fs::read("testdata/iris.npy")?.into();
    /// let file = NpyFile::new(object)?;
    /// assert_eq!(file.read_slice_vec::<f64>("-1")?, [5.9, 3.0, 5.1, 1.8]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn new(source: S) -> Result<Self> {
        Self::new_with(source, &Limits::default())
    }

    /// [`NpyFile::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpyFile::new`].
    pub fn new_with(source: S, limits: &Limits) -> Result<Self> {
        let len = source.size()?;
        Ok(Self { array: OpenedArray::open(source, 0..len, limits)? })
    }

    /// The file of an array that has been opened.
    #[cfg(feature = "npz")]
    pub(crate) fn of(array: OpenedArray<S>) -> Self {
        Self { array }
    }

    /// The data, to be read.
    pub(super) fn data(&self) -> Data<'_> {
        self.array.data()
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.array.decoded.header
    }

    /// The format version: (1, 0), (2, 0) or (3, 0).
    pub fn version(&self) -> (u8, u8) {
        self.array.decoded.version
    }

    /// Bytes from the start of the file to its data; of the archive, where it is an entry of one.
    pub fn data_offset(&self) -> u64 {
        self.array.decoded.data_offset
    }

    /// The source that it reads.
    pub fn into_inner(self) -> S {
        self.array.source
    }

    /// The whole array, in the file's memory order: an array of a Fortran-order file has column-major strides, as
    /// in NumPy.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the file holds another dtype or number of axes; [`Error::Unsupported`] for object
    /// arrays; [`Error::Format`] for bytes that are no value of the dtype, and where the file has shrunk.
    #[cfg(feature = "ndarray")]
    pub fn read<T: Load, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.data().read()
    }

    /// The whole array in the memory order that is asked for, whatever the file's: [`Order::C`](crate::Order::C) makes
    /// row-major arrays of Fortran-order files, [`Order::F`](crate::Order::F) column-major ones of C-order files. The
    /// elements go from the file to their places by blocks, so that no second array is held meanwhile.
    ///
    /// # Errors
    /// As [`NpyFile::read`]. Of several elements that are not valid, any is named.
    ///
    /// # Examples
    /// ```
    /// use ndarray::Array2;
    /// use npymap::{NpyFile, Order};
    ///
    /// let columns: Array2<f64> = NpyFile::open("testdata/iris.npy")?.read_in(Order::F)?;
    /// assert_eq!(columns.shape(), [150, 4]);
    /// assert_eq!(columns.strides(), [1, 150]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn read_in<T: Element, D: ndarray::Dimension>(
        &self,
        order: crate::Order,
    ) -> Result<ndarray::Array<T, D>> {
        self.data().read_in(order)
    }

    /// The whole array, whatever its elements are.
    ///
    /// # Errors
    /// As [`NpyFile::read`], but for the dtype and the number of axes.
    ///
    /// # Examples
    /// ```
    /// use npymap::{AnyArray, NpyFile};
    ///
    /// let any = NpyFile::open("testdata/numpy-2.4/U5-be-c.npy")?.read_any()?;
    /// assert!(matches!(any, AnyArray::Text(texts) if texts[[1, 2]] == "é"));
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn read_any(&self) -> Result<crate::AnyArray> {
        crate::AnyArray::read(&mut self.data())
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
        self.data().read_vec()
    }

    /// All elements into memory of the caller's, in the order of the file: no memory is taken for them.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`], and [`Error::Mismatch`] where `elements` are more or fewer than the array has. Which
    /// elements are in them after an error is not said.
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
        self.data().read_into(elements)
    }

    /// Part of the array: NumPy's `np.load(p, mmap_mode='r')[slice]`, of which no more is read than it needs.
    ///
    /// `slice` is ndarray's `s![..]`, NumPy's text, or a [`Slice`]. Elements that lie closer together than
    /// [`SlicePlan::GAP`](crate::SlicePlan::GAP) are read at once. The memory order is the file's, as with
    /// [`NpyFile::read`].
    ///
    /// # Errors
    /// As [`NpyFile::read`], and [`Error::Mismatch`] where the array has no such part. The number of axes that counts is
    /// the result's.
    ///
    /// # Examples
    /// ```
    /// use ndarray::{Array1, Array2, s};
    /// use npymap::NpyFile;
    ///
    /// let file = NpyFile::open("testdata/iris.npy")?;
    /// let part: Array2<f64> = file.read_slice(s![10..20, ..;3])?;
    /// assert_eq!(part.shape(), [10, 2]);
    /// let widths: Array1<f64> = file.read_slice("::-50, -1")?;
    /// assert_eq!(widths.to_vec(), [1.8, 1.3, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn read_slice<T: Load, D: ndarray::Dimension>(
        &self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
    ) -> Result<ndarray::Array<T, D>> {
        self.data().read_slice(slice)
    }

    /// The elements of part of the array, in the order of the file; [`Slice::shape`] tells their number.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`], and [`Error::Mismatch`] where the array has no such part.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let row: Vec<f64> = NpyFile::open("testdata/iris.npy")?.read_slice_vec("0")?;
    /// assert_eq!(row, [5.1, 3.5, 1.4, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_slice_vec<T: Load>(&self, slice: impl TryInto<Slice, Error: Into<Error>>) -> Result<Vec<T>> {
        self.data().read_slice_vec(slice)
    }

    /// Fills `bytes` with those of the array that start `offset` bytes after its first one, in the order and byte
    /// order of the file; nothing in them is checked. For callers who know the dtype only at run time.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, and [`Error::Format`] where it ends before `bytes` are full.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let mut element = [0; 8];
    /// NpyFile::open("testdata/iris.npy")?.read_bytes_at(8, &mut element)?;
    /// assert_eq!(f64::from_le_bytes(element), 3.5);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_bytes_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.data().read_bytes_at(offset, bytes)
    }

    /// What NumPy would print of the array, reading only the elements that it shows.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for object arrays, [`Error::Io`] where the file cannot be read, and [`Error::Format`]
    /// where it has shrunk.
    pub fn preview(&self, options: &PrintOptions) -> Result<Preview> {
        self.preview_slice(Slice::all(), options)
    }

    /// What NumPy would print of part of the array.
    ///
    /// # Errors
    /// As [`NpyFile::preview`], and [`Error::Mismatch`] where the array has no such part.
    ///
    /// # Examples
    /// ```
    /// use npymap::{NpyFile, PrintOptions};
    ///
    /// let file = NpyFile::open("testdata/iris.npy")?;
    /// let preview = file.preview_slice("::-50, -1", &PrintOptions::default())?;
    /// assert_eq!(preview.to_string(), "[1.8 1.3 0.2]");
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn preview_slice(
        &self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
        options: &PrintOptions,
    ) -> Result<Preview> {
        Preview::read(&mut self.data(), slice, options)
    }
}

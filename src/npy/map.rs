//! `.npy` files mapped into memory: views whose bytes are a map.
#![allow(unsafe_code, reason = "mapping is the one thing whose safety only the caller can know")]

use std::borrow::Borrow;
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::MmapOptions;

use super::file::open_file;
use super::opened::OpenedArray;
use super::view::NpyView;
use crate::error::{Error, Location, MismatchProblem, Result};
use crate::header::Order;
use crate::limits::Limits;
use crate::source;

/// The data of a file, mapped for reading.
#[derive(Debug)]
pub struct Map(memmap2::Mmap);

/// The data of a file, mapped for writing.
#[derive(Debug)]
pub struct MapMut(memmap2::MmapMut);

/// A `.npy` file mapped into memory: its elements are read as they are touched, and never copied.
///
/// It is an [`NpyView`] whose bytes are a map, so that it has all of its calls. The map lives as long as this value;
/// views borrow it. It cannot be written; this does not compile:
///
/// ```compile_fail,E0599
/// # use npymap::NpyMap;
/// # let mut map = unsafe { NpyMap::open("testdata/iris.npy") }.unwrap();
/// map.as_mut_slice::<f64>(); // NpyMapMut has it
/// ```
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::ArrayView2;
/// use npymap::NpyMap;
///
/// // SAFETY: nobody changes the file meanwhile.
/// let map = unsafe { NpyMap::open("testdata/iris.npy")? };
/// let iris: ArrayView2<f64> = map.view()?;
/// assert_eq!(iris[[149, 3]], 1.8);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
pub type NpyMap = NpyView<Map>;

/// A `.npy` file mapped into memory whose elements can be changed in place.
///
/// It is an [`NpyView`] whose bytes are a map, so that it has all of its calls. What is written reaches the file when the
/// system sees fit, and at the latest with [`flush`](NpyMapMut::flush) or [`close`](NpyMapMut::close); dropping it
/// swallows an error that `close` reports.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Ix2;
/// use npymap::{DType, Header, NpyMapMut};
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-map-mut-{}.npy", std::process::id()));
/// let header = Header::new(DType::of::<f64>(), [1000, 3]);
/// // SAFETY: nobody else changes the file meanwhile.
/// let mut map = unsafe { NpyMapMut::create(&path, &header)? };
/// map.view_mut::<f64, Ix2>()?.row_mut(0).fill(5.0);
/// map.close()?;
/// # std::fs::remove_file(&path)?;
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
pub type NpyMapMut = NpyView<MapMut>;

impl AsRef<[u8]> for Map {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for MapMut {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for MapMut {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// What maps can do besides holding bytes.
pub trait Mapped: AsRef<[u8]> {
    /// Tells the system how the bytes will be read.
    #[cfg(unix)]
    #[doc(hidden)]
    fn give_advice(&self, advice: memmap2::Advice) -> io::Result<()>;
}

/// What maps for writing can do besides holding bytes.
pub trait MappedMut: Mapped {
    /// The map for writing.
    #[doc(hidden)]
    fn map(&self) -> &memmap2::MmapMut;
}

impl Mapped for Map {
    #[cfg(unix)]
    fn give_advice(&self, advice: memmap2::Advice) -> io::Result<()> {
        self.0.advise(advice)
    }
}

impl<M: MappedMut> Mapped for M {
    #[cfg(unix)]
    fn give_advice(&self, advice: memmap2::Advice) -> io::Result<()> {
        self.map().advise(advice)
    }
}

impl MappedMut for MapMut {
    fn map(&self) -> &memmap2::MmapMut {
        &self.0
    }
}

/// The data and nothing else. The map starts at the page below, so that the data are aligned as they are in the file.
fn options<S>(array: &OpenedArray<S>) -> Result<MmapOptions> {
    let header = &array.decoded.header;
    header.check_readable()?;
    let mut options = MmapOptions::new();
    options.offset(array.decoded.data_offset).len(header.checked_nbytes()?);
    Ok(options)
}

/// Opens a file by `open`, and maps it by `map`, whose errors name it.
fn open_map<M>(
    path: &Path,
    limits: &Limits,
    open: impl FnOnce(&Path) -> io::Result<File>,
    map: impl FnOnce(OpenedArray<File>) -> Result<M>,
) -> Result<M> {
    let location = Location::of_path(path);
    location.locate(open(path).map_err(Error::from).and_then(|file| {
        let metadata = file.metadata()?;
        map(open_file(file, &metadata, limits)?.at(location.clone()))
    }))
}

impl NpyMap {
    /// Maps a file for reading: NumPy's `mmap_mode='r'`.
    ///
    /// # Safety
    /// Nobody, in this process or another, shortens the file from this call on while it is mapped, or changes it while a
    /// view, a slice or a call of the map is alive. Elements that change behind a reference are undefined behaviour,
    /// and a file that is cut off ends the process with a bus error when the missing part is touched. Where
    /// that cannot be promised, [`NpyFile`](crate::NpyFile) reads the same file safely.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for object arrays and what cannot be mapped; those of
    /// [`NpyFile::open`](crate::NpyFile::open), a file that is cut off among them: the map is checked before it exists.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_with(path, &Limits::default()) }
    }

    /// [`NpyMap::open`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        open_map(path.as_ref(), limits, source::open, |array| {
            // SAFETY: the caller's promise is this function's own; the length has been checked.
            unsafe { Self::map_file(array) }
        })
    }

    /// Maps the data of a file.
    ///
    /// # Safety
    /// As [`NpyMap::open`], and the length of the file has been checked.
    pub(crate) unsafe fn map_file(array: OpenedArray<impl Borrow<File>>) -> Result<Self> {
        // SAFETY: that nobody changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { options(&array)?.map(array.source.borrow()) }?;
        Self::of(array.with_source(Map(map), 0))
    }

    /// Unmaps the file. Dropping the map does the same; there is nothing to write that could fail.
    ///
    /// # Errors
    /// None today; it is the counterpart of [`NpyMapMut::close`].
    pub fn close(self) -> Result<()> {
        Ok(())
    }
}

impl NpyMapMut {
    /// Maps a file for reading and writing: NumPy's `mmap_mode='r+'`. A file that is cut off is refused, where
    /// NumPy lengthens it with zeros.
    ///
    /// # Safety
    /// As [`NpyMap::open`], but for changes through this map.
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_with(path, &Limits::default()) }
    }

    /// [`NpyMapMut::open`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`].
    ///
    /// # Errors
    /// As [`NpyMapMut::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path);
        open_map(path.as_ref(), limits, open, |array| {
            // SAFETY: the caller's promise is this function's own; the length has been checked.
            unsafe { Self::map_file(array) }
        })
    }

    /// Maps a file that is opened read-only; what is written stays in memory: NumPy's `mmap_mode='c'`.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open_copy(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the caller's promise is this function's own.
        unsafe { Self::open_copy_with(path, &Limits::default()) }
    }

    /// [`NpyMapMut::open_copy`] within other limits.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`].
    ///
    /// # Errors
    /// As [`NpyMapMut::open_copy`].
    pub unsafe fn open_copy_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        open_map(path.as_ref(), limits, source::open, |array| {
            // SAFETY: the caller's promise is this function's own; the length has been checked.
            unsafe { Self::map_copy(array) }
        })
    }

    /// Maps the data of a file; changes reach the file.
    ///
    /// # Safety
    /// As [`NpyMapMut::open`], and the length of the file has been checked.
    pub(crate) unsafe fn map_file(array: OpenedArray<impl Borrow<File>>) -> Result<Self> {
        // SAFETY: that nobody else changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { options(&array)?.map_mut(array.source.borrow()) }?;
        Self::of(array.with_source(MapMut(map), 0))
    }

    /// Maps the data of a file; changes stay in memory.
    ///
    /// # Safety
    /// As [`NpyMapMut::open_copy`], and the length of the file has been checked.
    pub(super) unsafe fn map_copy(array: OpenedArray<impl Borrow<File>>) -> Result<Self> {
        // SAFETY: that nobody changes the file, and that it is long enough, is the caller's promise.
        let map = unsafe { options(&array)?.map_copy(array.source.borrow()) }?;
        Self::of(array.with_source(MapMut(map), 0))
    }

    /// [`NpyMapMut::flush`], and unmaps the file: what a drop would swallow is an error here.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn close(self) -> Result<()> {
        self.flush()
    }
}

impl<M: MappedMut> NpyView<M> {
    /// Writes what has changed to the disk, and returns when it is there.
    ///
    /// # Errors
    /// [`Error::Io`] where the system cannot.
    pub fn flush(&self) -> Result<()> {
        self.flush_bytes(0, self.nbytes())
    }

    /// Begins to write what has changed to the disk, and does not wait for it.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`].
    pub fn flush_async(&self) -> Result<()> {
        self.located(self.source().map().flush_async().map_err(Error::from))
    }

    /// [`NpyMapMut::flush`] for some rows alone: elements of the first axis, or the elements of a 1-d array. In
    /// Fortran order, where no row is in one place, it flushes everything.
    ///
    /// # Errors
    /// As [`NpyMapMut::flush`], and [`Error::Mismatch`] where there are no such rows.
    pub fn flush_rows(&self, rows: Range<usize>) -> Result<()> {
        let header = self.header();
        let count = header.shape.first().copied().unwrap_or(1);
        if rows.start > rows.end || rows.end > count {
            let shape = header.shape_text();
            return self.located(Err(MismatchProblem::Rows { rows, shape }.into()));
        }
        if rows.is_empty() || self.nbytes() == 0 {
            return Ok(());
        }
        if header.order == Order::F && header.shape.len() > 1 {
            return self.flush();
        }
        let row = self.nbytes() / count;
        self.flush_bytes(rows.start * row, rows.len() * row)
    }

    fn flush_bytes(&self, offset: usize, len: usize) -> Result<()> {
        self.located(self.source().map().flush_range(offset, len).map_err(Error::from))
    }
}

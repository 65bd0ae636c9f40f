//! Bytes that are read, and files that are written, at a position.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that can be read from any position, by several threads at once: what [`NpyFile`](crate::NpyFile) and
/// [`NpzReader`](crate::NpzReader) read.
///
/// Files and bytes in memory are such, and what is borrowed or shared of them; [`Seekable`] makes one of whatever reads
/// and seeks. A source of your own is one as well: an object in a store, a device, a decompressor with an index.
///
/// # Examples
/// ```
/// use std::io;
///
/// use npymap::{NpyFile, ReadAt};
///
/// /// The bytes of another source, from one of them on.
/// struct Tail<S>(S, u64);
///
/// impl<S: ReadAt> ReadAt for Tail<S> {
///     fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
///         self.0.read_at(offset + self.1, buf)
///     }
///
///     fn size(&self) -> io::Result<u64> {
///         Ok(self.0.size()?.saturating_sub(self.1))
///     }
/// }
///
/// let bytes = [b"after this:  ".as_slice(), &std::fs::read("testdata/iris.npy")?].concat();
/// let file = NpyFile::new(Tail(bytes, 13))?;
/// assert_eq!(file.read_slice_vec::<f64>("0, :2")?, [5.1, 3.5]);
/// # Ok::<(), npymap::Error>(())
/// ```
pub trait ReadAt: Sync {
    /// Reads bytes from `offset` on, which counts from the first byte, into `buf`: as many as come at once. Tells how
    /// many; none at the end.
    ///
    /// # Errors
    /// Whatever the source fails with. A call that fails with `Interrupted` is repeated.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// How many bytes there are.
    ///
    /// # Errors
    /// Whatever the source fails with.
    fn size(&self) -> io::Result<u64>;
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buf, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        // It moves the file's own position, which nothing here relies on.
        std::os::windows::fs::FileExt::seek_read(self, buf, offset)
    }

    #[cfg(not(any(unix, windows)))]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read(buf)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let len = rest.len().min(buf.len());
        if let (Some(from), Some(to)) = (rest.get(..len), buf.get_mut(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

macro_rules! through {
    ($([$($generics:tt)*] $type:ty: $self:ident => $inner:expr;)+) => {$(
        impl<$($generics)*> ReadAt for $type {
            fn read_at(&$self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
                $inner.read_at(offset, buf)
            }

            fn size(&$self) -> io::Result<u64> {
                $inner.size()
            }
        }
    )+};
}

through! {
    [] Vec<u8>: self => self.as_slice();
    [const N: usize] [u8; N]: self => self.as_slice();
    [T: AsRef<[u8]> + Sync] Cursor<T>: self => self.get_ref().as_ref();
    [T: ReadAt + ?Sized] &T: self => (**self);
    [T: ReadAt + ?Sized] Box<T>: self => (**self);
    [T: ReadAt + Send + ?Sized] Arc<T>: self => (**self);
}

/// A [`ReadAt`] of whatever reads and seeks. Positions count from its first byte; a lock keeps threads apart.
///
/// # Examples
/// ```
/// use std::io::BufReader;
///
/// use npymap::{NpyFile, Seekable};
///
/// let reader = BufReader::new(std::fs::File::open("testdata/iris.npy")?);
/// let file = NpyFile::new(Seekable::new(reader))?;
/// assert_eq!(file.header().shape, [150, 4]);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Seekable<R>(Mutex<R>);

impl<R> Seekable<R> {
    /// Reads `reader`, which may stand anywhere.
    pub fn new(reader: R) -> Self {
        Self(Mutex::new(reader))
    }

    /// The reader, which stands anywhere.
    pub fn into_inner(self) -> R {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Read + Seek + Send> ReadAt for Seekable<R> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        // Each call seeks first, so that what a panic has left is of no consequence.
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(offset))?;
        reader.read(buf)
    }

    fn size(&self) -> io::Result<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seek(SeekFrom::End(0))
    }
}

/// Reads a source, or writes a file, from a position on.
#[derive(Debug)]
pub(crate) struct At<'a, S: ?Sized> {
    source: &'a S,
    position: u64,
}

impl<'a, S: ?Sized> At<'a, S> {
    /// `source` from `position` on, in bytes from its start.
    pub(crate) fn new(source: &'a S, position: u64) -> Self {
        Self { source, position }
    }

    /// Where the next byte is read or written.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }
}

impl<S: ReadAt + ?Sized> At<'_, S> {
    /// Fills `bytes` as far as the source goes.
    pub(crate) fn read_most(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

impl<S: ReadAt + ?Sized> Read for At<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(self.position, buffer)?;
        if read > buffer.len() {
            let text = format!("read_at says that it has read {read} bytes, asked for {}", buffer.len());
            return Err(io::Error::other(text));
        }
        self.position = self.position.saturating_add(read as u64);
        Ok(read)
    }
}

impl Write for At<'_, File> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = write_at(self.source, bytes, self.position)?;
        self.position += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, position)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, position)
}

#[cfg(not(any(unix, windows)))]
fn write_at(mut file: &File, bytes: &[u8], position: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(position))?;
    file.write(bytes)
}

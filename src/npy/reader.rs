//! Arrays out of a stream.

use std::io::{self, Read};

use super::elements::Layout;
use crate::element::{Element, Load};
use crate::error::{MismatchProblem, Result};
use crate::header::{Decoded, Header, shape_text};
use crate::kernels::Claim;
use crate::limits::Limits;

/// Reads arrays from a pipe, a socket or a decompressor, one after the other.
///
/// It never reads past the array's end, so that what follows stays readable. Memory follows the bytes that come,
/// whatever the header claims. Short reads of any size are fine; a stream that is slow with them wants a
/// [`BufReader`](io::BufReader).
///
/// An array can be read in parts: [`read_into`](NpyReader::read_into) and [`rows`](NpyReader::rows) go on where the last
/// call ended, and [`read_vec`](NpyReader::read_vec) takes the rest. After an error within the data what it had read
/// is lost, and [`next_array`](NpyReader::next_array) goes on behind the array.
///
/// # Examples
/// ```
/// use npymap::NpyReader;
///
/// // Three arrays in one stream, as `np.save` into one open file leaves them.
/// let stream = std::fs::read("testdata/iris.npy")?.repeat(3);
/// let mut reader = NpyReader::new(stream.as_slice())?;
/// assert_eq!(reader.header().shape, [150, 4]);
/// let mut first = [0.0; 4];
/// reader.read_into(&mut first)?;
/// assert_eq!(first, [5.1, 3.5, 1.4, 0.2]);
/// let rest: Vec<f64> = reader.read_vec()?;
/// assert_eq!(rest.len(), 596);
///
/// while let Some(header) = reader.next_array()? {
///     assert_eq!(header.shape, [150, 4]);
/// }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyReader<R> {
    reader: R,
    decoded: Decoded,
    limits: Limits,
    progress: Progress,
}

/// How much of an array has been read.
#[derive(Debug, Default)]
struct Progress {
    /// Bytes of its data that have come.
    received: u64,
    /// Elements without bytes that have been handed out.
    taken: usize,
    /// Why no more elements of it can be read, if that is so.
    spoilt: Option<&'static str>,
    /// Whether a header was broken, so that nobody knows where the next one is.
    lost: bool,
}

impl<R: Read> NpyReader<R> {
    /// Reads the header from `reader`.
    ///
    /// # Errors
    /// As [`Header::read_from`]; of an empty stream, too, which is no array.
    pub fn new(reader: R) -> Result<Self> {
        Self::with_limits(reader, &Limits::default())
    }

    /// [`NpyReader::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpyReader::new`].
    pub fn with_limits(mut reader: R, limits: &Limits) -> Result<Self> {
        let decoded = Decoded::read_from(&mut reader, limits)?;
        Ok(Self { reader, decoded, limits: *limits, progress: Progress::default() })
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

    /// Fills `elements` with the next ones, in the order of the stream.
    ///
    /// # Errors
    /// As [`NpyFile::read_into`](crate::NpyFile::read_into), and [`Error::Mismatch`](crate::Error::Mismatch) where
    /// fewer elements are left in the array; nothing is read then.
    pub fn read_into<T: Element>(&mut self, elements: &mut [T]) -> Result<()> {
        let (layout, mut source) = self.source::<T>();
        let layout = layout?;
        let (left, expected) = (source.left(&layout)?, elements.len());
        if expected > left {
            return Err(stream_error(&layout, format!("{left} elements are left, expected {expected}")));
        }
        let first = layout.len - left;
        source.read(layout.conversion.file_size(), expected, |read| {
            layout.fill_of(elements, |index| first + index, read)
        })
    }

    /// All elements that are left, in the order of the stream.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`](crate::NpyFile::read_vec).
    pub fn read_vec<T: Load>(&mut self) -> Result<Vec<T>> {
        let (layout, mut source) = self.source::<T>();
        let layout = layout?;
        let left = source.left(&layout)?;
        source.collect(&layout, left, Claim::Unchecked)
    }

    /// The array, in the stream's memory order.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read), and [`Error::Mismatch`](crate::Error::Mismatch) where part of it has
    /// been read.
    #[cfg(feature = "ndarray")]
    pub fn read_array<T: Load, D: ndarray::Dimension>(&mut self) -> Result<ndarray::Array<T, D>> {
        let (layout, mut source) = self.source::<T>();
        let layout = layout?;
        layout.check_ndim(D::NDIM)?;
        if source.left(&layout)? < layout.len {
            let reason = "part of it has been read; read_vec, read_into and rows read the rest";
            return Err(stream_error(&layout, reason.to_string()));
        }
        layout.array(source.collect(&layout, layout.len, Claim::Unchecked)?)
    }

    /// Goes on to the next array of the stream, over what is left of this one, and reads its header: `None` where the
    /// stream ends behind this array.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) where the stream ends within this array or the next one's header, and
    /// those of [`Header::read_from`] otherwise; after these there is no telling where an array starts, and this call
    /// gives an error for ever. [`Error::Unsupported`](crate::Error::Unsupported) where this is an object array, which
    /// does not say where it ends.
    pub fn next_array(&mut self) -> Result<Option<&Header>> {
        if self.progress.lost {
            let text = "a broken header came before, so that nothing tells where the next array starts";
            return Err(io::Error::other(text).into());
        }
        self.decoded.header.check_readable()?;
        let nbytes = self.decoded.header.checked_nbytes()? as u64;
        self.skip_to(nbytes)?;
        let mut first = [0];
        if let Err(error) = read_counted(&mut self.reader, &mut first, &mut 0) {
            return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error.into()) };
        }
        // Until the header is read.
        self.progress.lost = true;
        self.progress.spoilt = Some("a broken header came behind it");
        self.decoded = Decoded::read_from(first.as_slice().chain(&mut self.reader), &self.limits)?;
        self.progress = Progress::default();
        Ok(Some(&self.decoded.header))
    }

    /// The stream, as far as it has been read.
    pub fn into_inner(self) -> R {
        self.reader
    }

    /// What reads the array as elements of `T`.
    pub(super) fn source<T: Load>(&mut self) -> (Result<Layout<'_>>, Source<'_, R>) {
        let Self { reader, decoded, progress, .. } = self;
        let layout = Layout::new::<T>(&decoded.header, decoded.data_offset as u64);
        (layout, Source { reader, header: &decoded.header, progress })
    }

    /// Refuses a call that needs the whole array, and has every later read of elements refused because of `reason`.
    pub(super) fn start_once(&mut self, reason: &'static str) -> Result<()> {
        let progress = &mut self.progress;
        if progress.received > 0 || progress.taken > 0 || progress.spoilt.is_some() {
            let shape = self.decoded.header.shape_text();
            let reason = progress.spoilt.unwrap_or("part of it has been read").to_string();
            return Err(MismatchProblem::Stream { shape, reason }.into());
        }
        progress.spoilt = Some(reason);
        Ok(())
    }

    /// Goes on to the byte `position` of the data.
    pub(super) fn skip_to(&mut self, position: u64) -> Result<()> {
        let mut skipped = [0; 8192];
        while self.progress.received < position {
            let left = usize::try_from(position - self.progress.received).unwrap_or(usize::MAX);
            let piece = skipped.get_mut(..left.min(8192)).unwrap_or_default();
            self.read_data(piece)?;
            self.progress.spoilt.get_or_insert("next_array has passed over elements of it");
        }
        Ok(())
    }

    /// Reads the next bytes of the data.
    pub(super) fn read_data(&mut self, bytes: &mut [u8]) -> Result<()> {
        let Self { reader, decoded, progress, .. } = self;
        Source { reader, header: &decoded.header, progress }.read_data(bytes)
    }
}

/// An array of a stream while it is read.
pub(super) struct Source<'a, R> {
    reader: &'a mut R,
    header: &'a Header,
    progress: &'a mut Progress,
}

impl<R: Read> Source<'_, R> {
    /// How many elements of `layout` are left.
    pub(super) fn left(&self, layout: &Layout<'_>) -> Result<usize> {
        if let Some(reason) = self.progress.spoilt {
            return Err(stream_error(layout, reason.to_string()));
        }
        let size = layout.conversion.file_size();
        if size == 0 {
            return Ok(layout.len.saturating_sub(self.progress.taken));
        }
        // A claim of more bytes than there can be is found when they do not come.
        let left = (layout.len as u128 * size as u128).saturating_sub(self.progress.received.into());
        if left % size as u128 != 0 {
            let reason = format!("{left} bytes are left, and an element has {size}");
            return Err(stream_error(layout, reason));
        }
        Ok(usize::try_from(left / size as u128).unwrap_or(usize::MAX))
    }

    /// The next `len` elements, which are left.
    pub(super) fn collect<T: Load>(
        &mut self,
        layout: &Layout<'_>,
        len: usize,
        claim: Claim,
    ) -> Result<Vec<T>> {
        let first = layout.len - self.left(layout)?;
        self.read(layout.conversion.file_size(), len, |read| {
            layout.collect_of(len, claim, |index| first + index, read)
        })
    }

    /// What `fill` makes of `len` elements of `size` bytes, which it reads by the function that it gets.
    fn read<T>(
        &mut self,
        size: usize,
        len: usize,
        fill: impl FnOnce(&mut dyn FnMut(&mut [u8]) -> Result<()>) -> Result<T>,
    ) -> Result<T> {
        let before = self.progress.received;
        let result = fill(&mut |piece| self.read_data(piece));
        if result.is_err() && self.progress.received > before {
            self.progress.spoilt = Some("an earlier read of it failed");
        }
        if result.is_ok() && size == 0 {
            self.progress.taken += len;
        }
        result
    }

    fn read_data(&mut self, bytes: &mut [u8]) -> Result<()> {
        let received = &mut self.progress.received;
        read_counted(self.reader, bytes, received).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.header.truncated(*received),
            _ => error.into(),
        })
    }
}

fn stream_error(layout: &Layout<'_>, reason: String) -> crate::Error {
    MismatchProblem::Stream { shape: shape_text(&layout.shape), reason }.into()
}

/// `read_exact` that counts what came, so that the error can tell.
fn read_counted(reader: &mut impl Read, mut bytes: &mut [u8], received: &mut u64) -> io::Result<()> {
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

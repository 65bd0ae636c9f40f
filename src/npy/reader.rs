//! Arrays out of a stream.

use std::io::{self, Read};

use crate::array::{Data, Layout, Load, Preview};
use crate::element::Element;
use crate::error::{Error, Location, MismatchProblem, Result};
use crate::header::{Decoded, Header, shape_text};
use crate::kernels::{Source, Trust};
use crate::limits::Limits;
use crate::print::PrintOptions;
use crate::slice::Slice;

/// Reads arrays from a pipe, a socket or a decompressor, one after the other.
///
/// It never reads past the array's end, so that what follows stays readable. Memory follows the bytes that come,
/// whatever the header claims. Short reads of any size are fine; a stream that is slow with them wants a
/// [`BufReader`](io::BufReader).
///
/// An array can be read in parts: [`read_into`](NpyReader::read_into) and [`rows`](NpyReader::rows) go on where the last
/// call ended, and [`read_vec`](NpyReader::read_vec) takes the rest. After an error within the data what it had read
/// is lost, and [`next_array`](NpyReader::next_array) goes on after the array.
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
    unreadable: Option<&'static str>,
    /// Whether a header was broken, so that nobody knows where the next one is.
    lost: bool,
}

impl<R: Read> NpyReader<R> {
    /// Reads the header from `reader`.
    ///
    /// # Errors
    /// As [`Header::read_from`]; of an empty stream, too, which is no array.
    pub fn new(reader: R) -> Result<Self> {
        Self::new_with(reader, &Limits::default())
    }

    /// [`NpyReader::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpyReader::new`].
    pub fn new_with(mut reader: R, limits: &Limits) -> Result<Self> {
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
    pub fn data_offset(&self) -> u64 {
        self.decoded.data_offset
    }

    /// Fills `elements` with the next ones, in the order of the stream.
    ///
    /// # Errors
    /// As [`NpyFile::read_into`](crate::NpyFile::read_into), and [`Error::Mismatch`] where
    /// fewer elements are left in the array; nothing is read then.
    pub fn read_into<T: Element>(&mut self, elements: &mut [T]) -> Result<()> {
        let (layout, mut stream) = self.stream::<T>();
        let layout = layout?;
        let (left, expected) = (stream.left(&layout)?, elements.len());
        if expected > left {
            return Err(stream_error(&layout, format!("{left} elements are left, expected {expected}")));
        }
        let first = layout.len - left;
        stream.data(&layout, expected, |data| data.read_part_into(&layout, first, elements))
    }

    /// All elements that are left, in the order of the stream.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`](crate::NpyFile::read_vec).
    pub fn read_vec<T: Load>(&mut self) -> Result<Vec<T>> {
        let (layout, mut stream) = self.stream::<T>();
        let layout = layout?;
        let left = stream.left(&layout)?;
        stream.read(&layout, left)
    }

    /// The array, in the stream's memory order.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read), and [`Error::Mismatch`] where part of it has been read.
    #[cfg(feature = "ndarray")]
    pub fn read<T: Load, D: ndarray::Dimension>(&mut self) -> Result<ndarray::Array<T, D>> {
        let (layout, mut stream) = self.stream::<T>();
        let layout = layout?;
        layout.check_ndim(D::NDIM)?;
        if stream.left(&layout)? < layout.len {
            let reason = "part of it has been read; read_vec, read_into and rows read the rest";
            return Err(stream_error(&layout, reason.to_string()));
        }
        layout.array(stream.read(&layout, layout.len)?)
    }

    /// The array, whatever its elements are.
    ///
    /// # Errors
    /// As [`NpyFile::read_any`](crate::NpyFile::read_any), and [`Error::Mismatch`] where part of the array has been
    /// read.
    #[cfg(feature = "ndarray")]
    pub fn read_any(&mut self) -> Result<crate::AnyArray> {
        self.whole("read_any has read it", crate::AnyArray::read)
    }

    /// What NumPy would print of the array, keeping only the elements that it shows. The others are passed over, so
    /// that nothing else can be read of it.
    ///
    /// # Errors
    /// As [`NpyFile::preview`](crate::NpyFile::preview), and [`Error::Mismatch`] where part of the array has been read.
    pub fn preview(&mut self, options: &PrintOptions) -> Result<Preview> {
        self.preview_slice(Slice::all(), options)
    }

    /// What NumPy would print of part of the array, keeping only the elements that it shows.
    ///
    /// # Errors
    /// As [`NpyReader::preview`], and [`Error::Mismatch`] where the array has no such part.
    pub fn preview_slice(
        &mut self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
        options: &PrintOptions,
    ) -> Result<Preview> {
        let slice = slice.try_into().map_err(Into::into)?;
        self.whole("a preview has passed over elements of it", |data| Preview::read(data, slice, options))
    }

    /// Goes on to the next array of the stream, over what is left of this one, and reads its header: `None` where the
    /// stream ends after this array.
    ///
    /// # Errors
    /// [`Error::Format`] where the stream ends within this array or the next one's header, and
    /// those of [`Header::read_from`] otherwise; after these there is no telling where an array starts, and this call
    /// gives an error for ever. [`Error::Unsupported`] where this is an object array, which
    /// does not say where it ends.
    pub fn next_array(&mut self) -> Result<Option<&Header>> {
        if self.progress.lost {
            let text = "a broken header came before, so that nothing tells where the next array starts";
            return Err(io::Error::other(text).into());
        }
        self.decoded.header.check_readable()?;
        let nbytes = self.decoded.header.checked_nbytes()? as u64;
        let mut stream = self.stream_of();
        if stream.progress.received < nbytes {
            stream.progress.unreadable.get_or_insert("next_array has passed over elements of it");
        }
        stream.skip_to(nbytes)?;
        let mut first = [0];
        if let Err(error) = read_counted(&mut self.reader, &mut first, &mut 0) {
            return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error.into()) };
        }
        // Until the header is read.
        self.progress.lost = true;
        self.progress.unreadable = Some("a broken header came behind it");
        self.decoded = Decoded::read_from(first.as_slice().chain(&mut self.reader), &self.limits)?;
        self.progress = Progress::default();
        Ok(Some(&self.decoded.header))
    }

    /// The stream, as far as it has been read.
    pub fn into_inner(self) -> R {
        self.reader
    }

    fn stream_of(&mut self) -> Stream<'_, R> {
        let Self { reader, decoded, progress, .. } = self;
        Stream { reader, decoded, progress }
    }

    /// What reads the array as elements of `T`.
    pub(super) fn stream<T: Load>(&mut self) -> (Result<Layout<'_>>, Stream<'_, R>) {
        let stream = self.stream_of();
        (Layout::of::<T>(stream.decoded), stream)
    }

    /// What `read` makes of the whole array, of which nothing can be read later because of `reason`.
    fn whole<T>(&mut self, reason: &'static str, read: impl FnOnce(&mut Data<'_>) -> Result<T>) -> Result<T> {
        self.start_once(reason)?;
        self.stream_of().read_by(read)
    }

    /// Refuses a call that needs the whole array, and has every later read of elements refused because of `reason`.
    fn start_once(&mut self, reason: &'static str) -> Result<()> {
        let progress = &mut self.progress;
        if progress.received > 0 || progress.taken > 0 || progress.unreadable.is_some() {
            let shape = self.decoded.header.shape_text();
            let reason = progress.unreadable.unwrap_or("part of it has been read").to_string();
            return Err(MismatchProblem::Stream { shape, reason }.into());
        }
        progress.unreadable = Some(reason);
        Ok(())
    }
}

/// An array of a stream while it is read.
pub(super) struct Stream<'a, R> {
    reader: &'a mut R,
    decoded: &'a Decoded,
    progress: &'a mut Progress,
}

impl<R: Read> Stream<'_, R> {
    /// How many elements of `layout` are left.
    pub(super) fn left(&self, layout: &Layout<'_>) -> Result<usize> {
        if let Some(reason) = self.progress.unreadable {
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
    pub(super) fn read<T: Load>(&mut self, layout: &Layout<'_>, len: usize) -> Result<Vec<T>> {
        let first = layout.len - self.left(layout)?;
        self.data(layout, len, |data| data.read_part(layout, first, len))
    }

    /// What `read` makes of the next `len` elements.
    fn data<T>(
        &mut self,
        layout: &Layout<'_>,
        len: usize,
        read: impl FnOnce(&mut Data<'_>) -> Result<T>,
    ) -> Result<T> {
        let before = self.progress.received;
        let result = self.read_by(read);
        if result.is_err() && self.progress.received > before {
            self.progress.unreadable = Some("an earlier read of it failed");
        }
        if result.is_ok() && layout.conversion.file_size() == 0 {
            self.progress.taken += len;
        }
        result
    }

    /// What `read` makes of the data that are left.
    fn read_by<T>(&mut self, read: impl FnOnce(&mut Data<'_>) -> Result<T>) -> Result<T> {
        let (decoded, first) = (self.decoded, self.progress.received);
        let mut next = |position, bytes: &mut [u8]| {
            self.skip_to(first + position)?;
            self.read_data(bytes)
        };
        let source = Source::Stream(Trust::Unchecked, &mut next);
        read(&mut Data::new(&Location::NONE, decoded, source))
    }

    /// Goes on to the byte `position` of the data.
    fn skip_to(&mut self, position: u64) -> Result<()> {
        let mut skipped = [0; 8192];
        while self.progress.received < position {
            let left = usize::try_from(position - self.progress.received).unwrap_or(usize::MAX);
            self.read_data(skipped.get_mut(..left.min(8192)).unwrap_or_default())?;
        }
        Ok(())
    }

    fn read_data(&mut self, bytes: &mut [u8]) -> Result<()> {
        let received = &mut self.progress.received;
        read_counted(self.reader, bytes, received).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.decoded.header.truncated(*received),
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

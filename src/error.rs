//! Layer 0: what can go wrong, sorted by who must act.
//!
//! The layers below the doors know neither files nor archives, so they return an [`Error`] without
//! a [`Place`]; a door adds its path or entry with [`Error::at_path`] or [`Error::at_entry`].

mod limit;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use limit::LimitProblem;

/// What every fallible call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not give what it was asked for, by who must act.
///
/// `Display` is one line: the file and entry where they are known, what is wrong, where, what was
/// found, what was expected, and the way out. It holds the cause too, so `source()` is empty.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use npymap::Error;
///
/// let error = npymap::load::<f32, ndarray::Ix1>("testdata/no-such-file.npy").unwrap_err();
/// assert!(matches!(error, Error::Io { .. }));
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment: a missing file, a full disk, a closed pipe.
    #[error("{place}{error}")]
    Io {
        /// The file and entry, where they are known.
        place: Place,
        /// What the system said.
        error: io::Error,
    },
    /// The file is broken, or is no file of NumPy's.
    #[error("{place}{problem}")]
    Format {
        /// The file and entry, where they are known.
        place: Place,
        /// What is wrong with it.
        problem: Box<FormatProblem>,
    },
    /// The file is sound, but holds what this crate does not read.
    #[error("{place}{problem}")]
    Unsupported {
        /// The file and entry, where they are known.
        place: Place,
        /// What it holds.
        problem: Box<UnsupportedProblem>,
    },
    /// The caller asked for another type, shape, order or alignment than the file has.
    #[error("{place}{problem}")]
    Mismatch {
        /// The file and entry, where they are known.
        place: Place,
        /// What differs.
        problem: Box<MismatchProblem>,
    },
    /// A limit that the caller can raise, see [`Limits`](crate::Limits).
    #[error("{place}{problem}")]
    Limit {
        /// The file and entry, where they are known.
        place: Place,
        /// Which limit.
        problem: Box<LimitProblem>,
    },
}

/// The file is broken, or is no file of NumPy's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatProblem {
    /// The file starts with something else than NumPy's magic bytes.
    #[error("not an npy file: {0}")]
    NotNpy(String),
    /// The file starts with something else than a zip archive.
    #[error("not an npz archive: {0}")]
    NotNpz(String),
    /// The file ends within its header.
    #[error("header is truncated: it needs {needed} bytes, found {found}")]
    HeaderTruncated {
        /// Bytes from the start of the file to the end of the header.
        needed: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// The header's text is not the Python literal that it should be.
    #[error("header is invalid at byte {at}: found {found}, expected {expected}")]
    HeaderSyntax {
        /// Bytes from the start of the file.
        at: usize,
        /// What stands there, escaped, at most 40 bytes.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// The header's dictionary lacks a key, or has one too many, or a value of the wrong sort.
    #[error("header has {0}")]
    HeaderContent(String),
    /// The text of a dtype is none that NumPy knows.
    #[error("dtype {text} is invalid: {reason}")]
    DType {
        /// The text as Python shows it, at most 40 bytes.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A shape that no array can have.
    #[error("shape {shape} is invalid: {reason}")]
    Shape {
        /// The shape as Python shows it.
        shape: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file ends before its array does.
    #[error("data is truncated: shape {shape} of {dtype} needs {needed} bytes, found {found}")]
    DataTruncated {
        /// The shape as Python shows it.
        shape: String,
        /// The dtype as the header shows it.
        dtype: String,
        /// Bytes of data that the header claims.
        needed: u64,
        /// Bytes of data that there are.
        found: u64,
    },
    /// An element whose bytes mean nothing in its dtype.
    #[error("element {index} (byte {at}) is {found}, expected {expected} for dtype {dtype}")]
    Element {
        /// The element's number in file order.
        index: usize,
        /// Bytes from the start of the file.
        at: u64,
        /// The offending byte or code unit.
        found: String,
        /// What is valid there.
        expected: &'static str,
        /// The dtype as the header shows it.
        dtype: String,
    },
    /// A file without a header that cannot be the array that it is said to be.
    #[error("{0}")]
    Raw(String),
    /// The archive around the arrays is broken.
    #[error("archive is invalid: {0}")]
    Archive(String),
    /// An entry of an archive is not what was written.
    #[error("checksum is {found:08x}, expected {expected:08x}: the entry was damaged after it was written")]
    Checksum {
        /// The CRC-32 of the entry's bytes.
        found: u32,
        /// The CRC-32 in the directory of the archive.
        expected: u32,
    },
    /// The arrays of a sparse matrix do not belong together.
    #[error("sparse array is invalid: {0}")]
    Sparse(String),
}

/// The file is sound, but holds what this crate does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnsupportedProblem {
    /// A format version that no NumPy has written.
    #[error("npy format version {major}.{minor} is not known, expected 1.0, 2.0 or 3.0")]
    Version {
        /// The seventh byte of the file.
        major: u8,
        /// The eighth byte of the file.
        minor: u8,
    },
    /// Python objects, which only running pickled code could bring back.
    #[error(
        "dtype {dtype} holds pickled Python objects, which are never read because unpickling runs code; \
         save the array with a numeric or text dtype in Python"
    )]
    Objects {
        /// The dtype as the header shows it.
        dtype: String,
    },
    /// A record whose fields overlap, or stand in another order than their bytes.
    #[error(
        "field {name} starts at byte {offset}, before the end of the field before it (byte {end}), which a \
         header cannot tell; order the fields by their offsets, without overlaps"
    )]
    FieldOrder {
        /// The field's name as Python shows it.
        name: String,
        /// Bytes from the start of the record to the field.
        offset: usize,
        /// Bytes from the start of the record to the end of the field before it.
        end: usize,
    },
    /// An array to which nothing can be appended where it stands.
    #[error("{0}")]
    Append(String),
    /// A part of the zip format that is not read.
    #[error("archive uses {0}")]
    Archive(String),
    /// Something that this system or this kind of file does not offer.
    #[error("{0}")]
    System(String),
}

/// The caller asked for another type, shape, order or alignment than the file has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MismatchProblem {
    /// The file's dtype is not that of the Rust type.
    #[error("dtype {dtype} cannot be read as {wanted}, expected {expected}")]
    DType {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// The dtypes that would do.
        expected: String,
    },
    /// A record's field does not fit the Rust type's.
    #[error("records of dtype {dtype} cannot be read as {wanted}: {reason}")]
    Record {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// Which field, and what is wrong with it.
        reason: String,
    },
    /// The Rust type is an array, and the file's last axes are not its own.
    #[error("shape {shape} does not end with the axes {axes} of {wanted}")]
    Axes {
        /// The shape as Python shows it.
        shape: String,
        /// The axes of the Rust type as Python shows them.
        axes: String,
        /// The Rust type.
        wanted: String,
    },
    /// The Rust type is an array, whose items do not lie side by side in the file.
    #[error(
        "shape {shape} is in Fortran order, in which the items of {wanted} do not lie side by side; read it as \
         an array of the items"
    )]
    Scattered {
        /// The shape as Python shows it.
        shape: String,
        /// The Rust type.
        wanted: String,
    },
    /// A text is longer than the Rust type.
    #[error("text of {found} {unit} does not fit {wanted}")]
    TextLen {
        /// Bytes or characters of the text.
        found: usize,
        /// What is counted.
        unit: &'static str,
        /// The Rust type.
        wanted: String,
    },
    /// A time that has no count of a unit, or a count that is no time.
    #[error("{found} does not fit {wanted}")]
    Time {
        /// The time, or the count and its unit.
        found: String,
        /// The Rust type, or the dtype.
        wanted: String,
    },
    /// The Rust type cannot be saved as the dtype.
    #[error("{wanted} cannot be saved as dtype {dtype}, expected {expected}")]
    SavedAs {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// The dtypes that would do.
        expected: String,
    },
    /// The file's records have no such field.
    #[error("field {path} is not in dtype {dtype}")]
    Field {
        /// The field that was asked for, as Python shows it.
        path: String,
        /// The dtype as the header shows it.
        dtype: String,
    },
    /// The bytes would have to change to become the Rust type, so there can be no reference to them.
    #[error("dtype {dtype} cannot be viewed as {wanted} without a copy: {reason}; use {way_out}")]
    View {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// Byte order, layout or alignment.
        reason: String,
        /// The calls that do read it.
        way_out: &'static str,
    },
    /// The file has another number of axes than the Rust type.
    #[error("shape {shape} has {found} axes, expected {expected}")]
    Ndim {
        /// The shape as Python shows it.
        shape: String,
        /// Axes in the file.
        found: usize,
        /// Axes in the Rust type.
        expected: usize,
    },
    /// The caller's buffer or argument has another number of elements.
    #[error("shape {shape} has {found} elements, expected {expected}")]
    Len {
        /// The shape as Python shows it.
        shape: String,
        /// Elements in the file.
        found: usize,
        /// Elements that the caller brought.
        expected: usize,
    },
    /// The text of a slice is not NumPy's.
    #[error("slice {text} is invalid: {reason}")]
    SliceText {
        /// The text as Python shows it, at most 40 bytes.
        text: String,
        /// Which part is wrong, and why.
        reason: String,
    },
    /// The array has no such part.
    #[error("slice [{slice}] is not in shape {shape}: {reason}")]
    Slice {
        /// What stands between the brackets in Python.
        slice: String,
        /// The shape as Python shows it.
        shape: String,
        /// Which axis, and why.
        reason: String,
    },
    /// An array of a stream cannot be read any further like this.
    #[error("the array of shape {shape} cannot be read on: {reason}")]
    Stream {
        /// The shape as Python shows it.
        shape: String,
        /// What is left of it, and the way out.
        reason: String,
    },
    /// The array cannot be read in blocks of rows.
    #[error("shape {shape} cannot be read in rows: {reason}")]
    Blocks {
        /// The shape as Python shows it.
        shape: String,
        /// Why, and the way out.
        reason: String,
    },
    /// The array does not continue that of the file.
    #[error("shape {found} does not continue shape {shape}, expected {expected}")]
    Continuation {
        /// The array's shape as Python shows it.
        found: String,
        /// The file's shape as Python shows it.
        shape: String,
        /// The shape that would do, `n` along the axis that grows.
        expected: String,
    },
    /// The array is no item of the file's array.
    #[error("shape {found} is not that of an item of shape {shape}, expected {expected}")]
    Item {
        /// The array's shape as Python shows it.
        found: String,
        /// The file's shape as Python shows it.
        shape: String,
        /// The shape of an item.
        expected: String,
    },
    /// The last item is not whole.
    #[error("the last item of shape {item} is not whole: it has {needed} elements, found {found}")]
    PartialItem {
        /// The shape of an item as Python shows it.
        item: String,
        /// Elements of an item.
        needed: usize,
        /// Elements of it that were written.
        found: usize,
    },
    /// More or fewer elements than the header that has been written tells.
    #[error("shape {shape} needs {needed} elements, found {found}")]
    Written {
        /// The shape as Python shows it.
        shape: String,
        /// Elements of that shape.
        needed: usize,
        /// Elements that were written, or were to be.
        found: usize,
    },
    /// A new raw file of an unknown size.
    #[error("a new raw file needs a shape: call RawOptions::shape first")]
    NoShape,
    /// The array has no such rows.
    #[error("rows {} to {} are not in shape {shape}", rows.start, rows.end)]
    Rows {
        /// The rows that were asked for.
        rows: std::ops::Range<usize>,
        /// The shape as Python shows it.
        shape: String,
    },
    /// The archive has no array of that name.
    #[error("array {name} is not in the archive, found {found}")]
    Entry {
        /// The name as Python shows it.
        name: String,
        /// Some of the names that are there.
        found: String,
    },
    /// The archive has an array of that name already.
    #[error("array {name} is in the archive already, and no two may have one name")]
    EntryExists {
        /// The name as Python shows it.
        name: String,
    },
    /// The sparse array is in another format.
    #[error("the sparse array is in the format '{found}', expected {expected}")]
    SparseFormat {
        /// The format in Python's name.
        found: &'static str,
        /// The formats that would do.
        expected: &'static str,
    },
    /// An entry is compressed, so that its array is nowhere in the file.
    #[error(
        "the entry is compressed ({method}), so that it can neither be mapped nor read in parts; read it with \
         NpzReader::load, or write the archive anew with 'npymap repack --store'"
    )]
    Compressed {
        /// The compression method.
        method: String,
    },
}

/// Where an [`Error`] happened: a path, an entry of an archive, both or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place(Option<Box<Location>>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Location {
    path: Option<PathBuf>,
    entry: Option<String>,
}

impl Place {
    /// The file, where it is known.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref()?.path.as_deref()
    }

    /// The entry of the archive, where it is known.
    pub fn entry(&self) -> Option<&str> {
        self.0.as_ref()?.entry.as_deref()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path(), self.entry()) {
            (Some(path), Some(entry)) => write!(f, "{}:{entry}: ", path.display()),
            (Some(path), None) => write!(f, "{}: ", path.display()),
            (None, Some(entry)) => write!(f, "{entry}: "),
            (None, None) => Ok(()),
        }
    }
}

impl Error {
    /// Where it happened.
    pub fn place(&self) -> &Place {
        match self {
            Self::Io { place, .. }
            | Self::Format { place, .. }
            | Self::Unsupported { place, .. }
            | Self::Mismatch { place, .. }
            | Self::Limit { place, .. } => place,
        }
    }

    fn location(&mut self) -> &mut Location {
        let (Self::Io { place, .. }
        | Self::Format { place, .. }
        | Self::Unsupported { place, .. }
        | Self::Mismatch { place, .. }
        | Self::Limit { place, .. }) = self;
        place.0.get_or_insert_default()
    }

    /// The same error, with the file where it happened: for readers of streams, which do not know it.
    #[must_use]
    pub fn at_path(mut self, path: impl AsRef<Path>) -> Self {
        self.location().path = Some(path.as_ref().to_path_buf());
        self
    }

    /// The same error, with the entry of the archive where it happened.
    pub(crate) fn at_entry(mut self, entry: &str) -> Self {
        self.location().entry = Some(entry.to_string());
        self
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io { place: Place::default(), error }
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<FormatProblem> for Error {
    fn from(problem: FormatProblem) -> Self {
        Self::Format { place: Place::default(), problem: Box::new(problem) }
    }
}

impl From<UnsupportedProblem> for Error {
    fn from(problem: UnsupportedProblem) -> Self {
        Self::Unsupported { place: Place::default(), problem: Box::new(problem) }
    }
}

impl From<MismatchProblem> for Error {
    fn from(problem: MismatchProblem) -> Self {
        Self::Mismatch { place: Place::default(), problem: Box::new(problem) }
    }
}

impl From<LimitProblem> for Error {
    fn from(problem: LimitProblem) -> Self {
        Self::Limit { place: Place::default(), problem: Box::new(problem) }
    }
}

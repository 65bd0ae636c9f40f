//! Layer 0: what can go wrong, sorted by who must act.
//!
//! The lower layers know neither files nor archives, so they return an [`Error`] without a [`Location`]; whoever knows
//! the path or the entry adds it ([`Location::locate`]).

mod format;
mod limit;
mod mismatch;
mod unsupported;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use format::FormatProblem;
pub use limit::LimitProblem;
pub use mismatch::MismatchProblem;
pub use unsupported::UnsupportedProblem;

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
    #[error("{location}{error}")]
    Io {
        /// The file and entry, where they are known.
        location: Location,
        /// What the system said.
        error: io::Error,
    },
    /// The file is broken, or is no file of NumPy's.
    #[error("{location}{problem}")]
    Format {
        /// The file and entry, where they are known.
        location: Location,
        /// What is wrong with it.
        problem: Box<FormatProblem>,
    },
    /// The file is valid, but holds what this crate does not read.
    #[error("{location}{problem}")]
    Unsupported {
        /// The file and entry, where they are known.
        location: Location,
        /// What it holds.
        problem: Box<UnsupportedProblem>,
    },
    /// The caller asked for another type, shape, order or alignment than the file has.
    #[error("{location}{problem}")]
    Mismatch {
        /// The file and entry, where they are known.
        location: Location,
        /// What differs.
        problem: Box<MismatchProblem>,
    },
    /// A limit that the caller can raise, see [`Limits`](crate::Limits).
    #[error("{location}{problem}")]
    Limit {
        /// The file and entry, where they are known.
        location: Location,
        /// Which limit.
        problem: Box<LimitProblem>,
    },
}

/// Where an [`Error`] happened: a file, an array of an archive, both or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location(Option<Box<Names>>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Names {
    path: Option<PathBuf>,
    entry: Option<String>,
}

impl Location {
    /// No file and no entry is known.
    pub(crate) const NONE: Self = Self(None);

    /// The file, where it is known.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref()?.path.as_deref()
    }

    /// The entry of the archive, where it is known.
    pub fn entry(&self) -> Option<&str> {
        self.0.as_ref()?.entry.as_deref()
    }

    /// A file.
    pub(crate) fn of_path(path: &Path) -> Self {
        Self(Some(Box::new(Names { path: Some(path.to_path_buf()), entry: None })))
    }

    /// An entry of the archive that this is.
    #[cfg(feature = "npz")]
    pub(crate) fn with_entry(&self, entry: &str) -> Self {
        let path = self.path().map(Path::to_path_buf);
        Self(Some(Box::new(Names { path, entry: Some(entry.to_string()) })))
    }

    /// The result, whose error says that it happened here.
    pub(crate) fn locate<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.name(error))
    }

    /// The error, which says that it happened here.
    pub(crate) fn name(&self, error: Error) -> Error {
        let Some(names) = &self.0 else { return error };
        let error = names.path.iter().fold(error, Error::at_path);
        names.entry.iter().fold(error, |error, entry| error.at_entry(entry))
    }
}

impl fmt::Display for Location {
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
    pub fn location(&self) -> &Location {
        match self {
            Self::Io { location, .. }
            | Self::Format { location, .. }
            | Self::Unsupported { location, .. }
            | Self::Mismatch { location, .. }
            | Self::Limit { location, .. } => location,
        }
    }

    fn names(&mut self) -> &mut Names {
        let (Self::Io { location, .. }
        | Self::Format { location, .. }
        | Self::Unsupported { location, .. }
        | Self::Mismatch { location, .. }
        | Self::Limit { location, .. }) = self;
        location.0.get_or_insert_default()
    }

    /// The same error, with the file where it happened: for readers of streams, which do not know it.
    #[must_use]
    pub fn at_path(mut self, path: impl AsRef<Path>) -> Self {
        self.names().path = Some(path.as_ref().to_path_buf());
        self
    }

    /// The same error, with the entry of the archive where it happened.
    pub(crate) fn at_entry(mut self, entry: &str) -> Self {
        self.names().entry = Some(entry.to_string());
        self
    }
}

/// An error of this crate that came through a [`Read`](io::Read) or [`Write`](io::Write) is what it was before.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(|error| Self::Io { location: Location::default(), error })
    }
}

/// For implementations of [`Read`](io::Read) and [`Write`](io::Write), which know no other errors.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Io { error, .. } => error.kind(),
            Error::Format { .. } => io::ErrorKind::InvalidData,
            Error::Unsupported { .. } => io::ErrorKind::Unsupported,
            Error::Mismatch { .. } => io::ErrorKind::InvalidInput,
            Error::Limit { .. } => io::ErrorKind::OutOfMemory,
        };
        Self::new(kind, error)
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<FormatProblem> for Error {
    fn from(problem: FormatProblem) -> Self {
        Self::Format { location: Location::default(), problem: Box::new(problem) }
    }
}

impl From<UnsupportedProblem> for Error {
    fn from(problem: UnsupportedProblem) -> Self {
        Self::Unsupported { location: Location::default(), problem: Box::new(problem) }
    }
}

impl From<MismatchProblem> for Error {
    fn from(problem: MismatchProblem) -> Self {
        Self::Mismatch { location: Location::default(), problem: Box::new(problem) }
    }
}

impl From<LimitProblem> for Error {
    fn from(problem: LimitProblem) -> Self {
        Self::Limit { location: Location::default(), problem: Box::new(problem) }
    }
}

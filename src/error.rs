//! Layer 0: what can go wrong, sorted by who must act.
//!
//! The layers below the doors know neither files nor archives, so they return an [`Error`] without
//! a [`Place`]; a door adds its path or entry with [`Error::at_path`] or [`Error::at_entry`].

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

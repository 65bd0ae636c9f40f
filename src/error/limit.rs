//! What goes beyond a limit.

use std::fmt;

/// A limit of [`Limits`](crate::Limits), which the caller can raise.
///
/// `Display` tells [what](LimitProblem::what) is too much and which call raises the limit. A program whose users raise
/// it in another way, by an option or a setting, matches on the variant and adds its own way out to `what`.
///
/// # Examples
/// ```
/// use npymap::{Error, Header, LimitProblem, Limits};
///
/// let iris = std::fs::read("testdata/iris.npy")?;
/// let error = Header::parse_with(&iris, &Limits::default().header_chars(100)).unwrap_err();
/// let Error::Limit { problem, .. } = error else { panic!("{error}") };
/// let way_out = match *problem {
///     LimitProblem::HeaderChars { found, .. } => format!("; use --max-header {found} to read it"),
///     _ => String::new(),
/// };
/// assert_eq!(
///     problem.what() + &way_out,
///     "header has 118 characters, the limit is 100; use --max-header 118 to read it",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", self.what(), WayOut(self))]
#[non_exhaustive]
pub enum LimitProblem {
    /// The header's text is longer than NumPy's own limit.
    HeaderChars {
        /// Characters after decoding, padding included.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Brackets are nested too deep.
    Nesting {
        /// Bytes from the start of the file.
        at: usize,
        /// The limit.
        limit: usize,
    },
    /// The dtype has too many fields.
    Fields {
        /// Fields in all, those of fields included.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The array has more axes than the caller wants, but no more than NumPy lets it have.
    Axes {
        /// Axes of the shape and of subarrays on top of the dtype.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The array has too many bytes.
    Nbytes {
        /// Bytes of the data.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A preview would print more than the file can justify.
    Printed {
        /// Values that would be printed.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The memory for the result cannot be had.
    Memory(u64),
}

impl LimitProblem {
    /// What is too much, and the limit where there is one: the text of `Display` without the way out.
    pub fn what(&self) -> String {
        match self {
            Self::HeaderChars { found, limit } => {
                format!("header has {found} characters, the limit is {limit}")
            }
            Self::Nesting { at, limit } => format!("brackets are nested deeper than {limit} at byte {at}"),
            Self::Fields { found, limit } => format!("dtype has {found} fields, the limit is {limit}"),
            Self::Axes { found, limit } => format!("array has {found} axes, the limit is {limit}"),
            Self::Nbytes { found, limit } => format!("array has {found} bytes, the limit is {limit}"),
            Self::Printed { found, limit } => format!(
                "the preview has {found} values, of which the file holds few or no bytes; the limit is {limit}"
            ),
            Self::Memory(bytes) => format!("{bytes} bytes of memory cannot be allocated"),
        }
    }
}

/// What the caller can do about it.
struct WayOut<'a>(&'a LimitProblem);

impl fmt::Display for WayOut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setter = match self.0 {
            LimitProblem::HeaderChars { .. } => "header_chars",
            LimitProblem::Nesting { .. } => "nesting",
            LimitProblem::Fields { .. } => "fields",
            LimitProblem::Axes { .. } => "axes",
            LimitProblem::Nbytes { .. } => "nbytes",
            LimitProblem::Printed { .. } => return Ok(()),
            LimitProblem::Memory(_) => return f.write_str("; read the array in parts or map it"),
        };
        write!(f, "; raise Limits::{setter} to read it")
    }
}

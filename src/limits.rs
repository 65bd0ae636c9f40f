//! Layer 0: how much a file may ask of its reader.

/// How much a file may ask of its reader, whichever call reads it. The defaults are NumPy's and Python's own, and
/// safe for strangers' files.
///
/// # Examples
/// ```
/// use npymap::{Limits, NpyFile};
///
/// // A server that takes small arrays.
/// let limits = Limits::default().nbytes(4096).axes(2);
/// let error = NpyFile::open_with("testdata/iris.npy", &limits).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "testdata/iris.npy: array has 4800 bytes, the limit is 4096; raise Limits::nbytes to read it",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) header_chars: usize,
    pub(crate) nesting: usize,
    pub(crate) fields: usize,
    pub(crate) axes: usize,
    pub(crate) nbytes: usize,
}

impl Limits {
    /// Characters of a header, after decoding and with its padding.
    ///
    /// Source: numpy/lib/_format_impl.py, `_MAX_HEADER_SIZE`.
    pub const HEADER_CHARS: usize = 10_000;

    /// Brackets that may be open at a time.
    ///
    /// Source: CPython's Parser/tokenizer.h, `MAXLEVEL`.
    pub const NESTING: usize = 200;

    /// The most brackets that [`Limits::nesting`] takes: records within records of more could exhaust the 2 MiB of
    /// stack that a thread of Rust's has, in a program that is not optimised.
    pub const NESTING_MOST: usize = 400;

    /// Fields of a dtype in all, those of fields included: far more than a header of [`Limits::HEADER_CHARS`] can
    /// name, so that it matters to whoever raises that, and more than the 10,001 of NumPy's own test of long headers.
    pub const FIELDS: usize = 100_000;

    /// Axes of an array, and the most that [`Limits::axes`] takes.
    ///
    /// Source: numpy/_core/include/numpy/ndarraytypes.h, `NPY_MAXDIMS`.
    pub const AXES: usize = 64;

    /// Bytes of one array's data: as many as the file has, or as come out of a stream.
    pub const NBYTES: usize = usize::MAX;

    /// Every limit as high as it goes, for files that you trust.
    ///
    /// # Examples
    /// ```
    /// use npymap::Limits;
    ///
    /// let limits = Limits::highest();
    /// assert_eq!(limits.nesting(1_000), limits);
    /// ```
    #[must_use]
    pub fn highest() -> Self {
        Self {
            header_chars: usize::MAX,
            nesting: Self::NESTING_MOST,
            fields: usize::MAX,
            axes: Self::AXES,
            nbytes: usize::MAX,
        }
    }

    /// The same limits, with another number of characters for a header ([`Limits::HEADER_CHARS`] by default).
    #[must_use]
    pub fn header_chars(self, header_chars: usize) -> Self {
        Self { header_chars, ..self }
    }

    /// The same limits, with another number of open brackets ([`Limits::NESTING`] by default, at most
    /// [`Limits::NESTING_MOST`]).
    #[must_use]
    pub fn nesting(self, nesting: usize) -> Self {
        Self { nesting: nesting.min(Self::NESTING_MOST), ..self }
    }

    /// The same limits, with another number of fields of a dtype, those of fields included ([`Limits::FIELDS`] by
    /// default).
    #[must_use]
    pub fn fields(self, fields: usize) -> Self {
        Self { fields, ..self }
    }

    /// The same limits, with another number of axes, those of a subarray on top of the dtype included
    /// ([`Limits::AXES`] by default and at most).
    #[must_use]
    pub fn axes(self, axes: usize) -> Self {
        Self { axes: axes.min(Self::AXES), ..self }
    }

    /// The same limits, with another number of bytes for the data of one array ([`Limits::NBYTES`] by default).
    ///
    /// What the header claims is compared, before memory is taken and before any of the data are read.
    #[must_use]
    pub fn nbytes(self, nbytes: usize) -> Self {
        Self { nbytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_chars: Self::HEADER_CHARS,
            nesting: Self::NESTING,
            fields: Self::FIELDS,
            axes: Self::AXES,
            nbytes: Self::NBYTES,
        }
    }
}

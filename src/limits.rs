//! Layer 0: how much a file may ask of its reader.

/// How much a file may ask of its reader; the defaults for headers are NumPy's and Python's own.
///
/// # Examples
/// ```
/// use npymap::Limits;
///
/// let limits = Limits::default().header_chars(180_000);
/// assert_eq!(limits, Limits::default().header_chars(180_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) header_chars: usize,
    pub(crate) nesting: usize,
    pub(crate) entries: usize,
    pub(crate) decompressed: u64,
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

    /// Entries of an archive. Each takes some hundred bytes of memory, and at least 46 in the file.
    pub const ENTRIES: usize = 1_000_000;

    /// Bytes that one deflated entry of an archive may become: 16 GiB. A file of a thousandth of that could hold them,
    /// and memory grows only as they come; stored entries, whose bytes are in the file, have no limit.
    pub const DECOMPRESSED: u64 = 16 << 30;

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

    /// The same limits, with another number of entries for an archive ([`Limits::ENTRIES`] by default).
    #[must_use]
    pub fn entries(self, entries: usize) -> Self {
        Self { entries, ..self }
    }

    /// The same limits, with another number of bytes that a deflated entry may become ([`Limits::DECOMPRESSED`] by
    /// default).
    #[must_use]
    pub fn decompressed(self, decompressed: u64) -> Self {
        Self { decompressed, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_chars: Self::HEADER_CHARS,
            nesting: Self::NESTING,
            entries: Self::ENTRIES,
            decompressed: Self::DECOMPRESSED,
        }
    }
}

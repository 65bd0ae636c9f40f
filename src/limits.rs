//! Layer 0: how much a file may ask of its reader.

/// How much a header may ask of its reader; the defaults are NumPy's and Python's own.
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

    /// The most brackets that [`Limits::nesting`] takes: deeper ones could exhaust the stack. A program that is
    /// not optimised spends up to 5 KiB of it on each, and a thread of Rust's has 2 MiB.
    pub const NESTING_MOST: usize = 300;

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
}

impl Default for Limits {
    fn default() -> Self {
        Self { header_chars: Self::HEADER_CHARS, nesting: Self::NESTING }
    }
}

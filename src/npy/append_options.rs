//! How an appender treats a file.

use crate::limits::Limits;

/// How an [`NpyAppender`](crate::NpyAppender) treats a file: when the header is written, and what may be mended.
///
/// # Examples
/// ```
/// use npymap::AppendOptions;
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-append-options-{}.npy", std::process::id()));
/// npymap::save(&path, &[1.5f64])?;
/// let mut appender = AppendOptions::new().header_at_sync(true).open(&path)?;
/// appender.append(&[2.5f64, 3.5])?;
/// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [1]);
/// appender.sync()?;
/// assert_eq!(npymap::NpyFile::open(&path)?.header().shape, [3]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AppendOptions {
    pub(super) header_at_sync: bool,
    pub(super) rewrite: bool,
    pub(super) repair: bool,
    pub(super) limits: Limits,
}

impl AppendOptions {
    /// As [`NpyAppender::open`](crate::NpyAppender::open) does it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the header counts new items only at [`NpyAppender::sync`](crate::NpyAppender::sync), once they are on the disk. Default: no, at
    /// each call that appends.
    ///
    /// With it a power cut at any instant leaves a file that loads, with the items of the last `sync`; so does a
    /// kill, and who reads the file meanwhile sees those. Without it the items survive a kill at once, but the disk
    /// may have got the header before the items that it counts when the power goes: such a file is cut off, and
    /// [`AppendOptions::repair`] mends it.
    #[must_use]
    pub fn header_at_sync(self, header_at_sync: bool) -> Self {
        Self { header_at_sync, ..self }
    }

    /// Whether a file whose header has no room for the digits of its count is written anew, with room for all:
    /// beside the old one, which it then replaces. Default: no, it is an error.
    ///
    /// Files of NumPy before 1.23 have little room, those of others may have none.
    #[must_use]
    pub fn rewrite(self, rewrite: bool) -> Self {
        Self { rewrite, ..self }
    }

    /// Whether a file that ends before its array does is set back to the items that are whole. Default: no, it is
    /// an error.
    #[must_use]
    pub fn repair(self, repair: bool) -> Self {
        Self { repair, ..self }
    }

    /// How much the header may ask of its reader. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

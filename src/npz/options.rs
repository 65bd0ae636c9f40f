//! How an archive is opened.

use crate::limits::Limits;

/// How an archive is opened.
///
/// # Examples
/// ```
/// use npymap::{Limits, NpzOptions};
///
/// let limits = Limits::default().entries(2_000_000);
/// let archive = NpzOptions::new().limits(limits).verify(false).open("testdata/iris.npz")?;
/// assert!(archive.names().any(|name| name == "measurements"));
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NpzOptions {
    pub(super) limits: Limits,
    pub(super) verify: bool,
}

impl NpzOptions {
    /// The default limits; checksums are compared.
    pub fn new() -> Self {
        Self { limits: Limits::default(), verify: true }
    }

    /// Other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Whether the checksum of what is read is compared with that of the archive. Default: yes. It costs about a
    /// seventh of the time of a read.
    #[must_use]
    pub fn verify(self, verify: bool) -> Self {
        Self { verify, ..self }
    }
}

impl Default for NpzOptions {
    fn default() -> Self {
        Self::new()
    }
}

//! What is known of a file.

use std::time::{SystemTime, UNIX_EPOCH};

/// A file that references point into, and the facts by which a reader can tell whether it is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub(crate) url: String,
    pub(crate) size: u64,
    pub(crate) modified: Option<i64>,
    pub(crate) etag: Option<String>,
}

/// A file of [`References`](crate::References).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId(pub(crate) usize);

impl FileId {
    /// How many files were added before it.
    pub fn index(self) -> usize {
        self.0
    }
}

impl File {
    /// A file of `size` bytes. `url` is what a reader opens: `s3://bucket/a.npy`, `https://host/a.npy`,
    /// `file:///data/a.npy`; it stands in the references as it is.
    pub fn new(url: impl Into<String>, size: u64) -> Self {
        Self { url: url.into(), size, modified: None, etag: None }
    }

    /// The same file with the time of its last modification.
    #[must_use]
    pub fn with_modified(self, time: SystemTime) -> Self {
        Self { modified: nanoseconds(time), ..self }
    }

    /// The same file with its entity tag, as an object store or a web server gives it.
    #[must_use]
    pub fn with_etag(self, etag: impl Into<String>) -> Self {
        Self { etag: Some(etag.into()), ..self }
    }

    /// What a reader opens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The entity tag, where there is one.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Nanoseconds from 1970-01-01 in UTC to its last modification, where that is known.
    pub fn modified_nanoseconds(&self) -> Option<i64> {
        self.modified
    }
}

/// Nanoseconds since 1970, which 64 bits count until 2262; `None` beyond.
fn nanoseconds(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos().try_into().ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok()?.checked_neg(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_counted_in_nanoseconds() {
        let file = File::new("a", 0);
        assert_eq!(file.modified_nanoseconds(), None);
        let after = file.clone().with_modified(UNIX_EPOCH + Duration::new(3, 7));
        assert_eq!(after.modified_nanoseconds(), Some(3_000_000_007));
        let before = file.with_modified(UNIX_EPOCH - Duration::new(1, 0));
        assert_eq!(before.modified_nanoseconds(), Some(-1_000_000_000));
    }
}

//! What several test programs share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file name in a folder of the build that no other test uses.
pub fn temporary_file() -> TemporaryFile {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("npymap-test-{}-{number}.npy", std::process::id());
    TemporaryFile(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
}

/// A file that is removed with the value.
#[derive(Debug)]
pub struct TemporaryFile(PathBuf);

impl AsRef<std::path::Path> for TemporaryFile {
    fn as_ref(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

//! What several test programs share.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod manifest;
pub mod scalars;

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use npymap::{Element, Save};

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

/// The bytes of elements in the order of the iterator.
pub fn element_bytes<'a, T: Element>(elements: impl Iterator<Item = &'a T>) -> Vec<u8> {
    let elements: Vec<T> = elements.copied().collect();
    let mut bytes = Vec::new();
    elements.write_elements(&mut bytes as &mut dyn Write).unwrap();
    bytes
}

//! A file that is asked for through every entry point, and what a refusal there costs.

use std::fs;
use std::ops::Deref;

use tempfile::TempDir;

use crate::common::entry_points::{Attempt, Sample};

/// What a refusal may cost besides the values of the header's text. The least result is larger than any of these files.
pub const MAX_PEAK: u64 = 64 * 1024;
/// What a value of the text may cost, for each byte of it.
pub const PEAK_A_BYTE: u64 = 64;

/// A folder with one file.
pub struct Hostile {
    _folder: TempDir,
    pub sample: Sample,
}

impl Deref for Hostile {
    type Target = Sample;

    fn deref(&self) -> &Sample {
        &self.sample
    }
}

impl Hostile {
    pub fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hostile.npy");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, sample: Sample { path, bytes: bytes.to_vec() } }
    }

    /// Leaves the first `len` bytes alone.
    pub fn cut(&mut self, len: usize) {
        let file = fs::File::options().write(true).open(&self.path).unwrap();
        file.set_len(len as u64).unwrap();
        self.sample.bytes.truncate(len);
    }

    /// What is wrong, without the path, and the most memory that was in use at a time.
    pub fn refusal(&self, name: &str, open: &Attempt) -> (String, u64) {
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(open(self)));
        (self.message(&result.unwrap().expect_err(name)), memory.bytes_max)
    }

    #[track_caller]
    pub fn assert_refused(&self, attempts: &[(&'static str, Attempt)], expected: &str) {
        for (name, open) in attempts {
            let (message, peak) = self.refusal(name, open);
            assert_eq!(message, expected, "{name}");
            let max = MAX_PEAK + PEAK_A_BYTE * self.bytes.len() as u64;
            assert!(peak < max, "{name} took {peak} bytes");
        }
    }
}

/// Whether all numbers of a text are sizes here. With 32 bits some are not, and the header is refused before anything
/// else of it is looked at.
pub fn fits(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    usize::BITS >= 64 || numbers.all(|number| number.parse::<usize>().is_ok())
}

/// A file of format version 1.0, without padding.
pub fn version_1(text: &str, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap();
    [b"\x93NUMPY\x01\x00", len.to_le_bytes().as_slice(), text.as_bytes(), data].concat()
}

/// A header of that format version which claims a text of `len` bytes.
pub fn claim(version: u8, len: u32, text: &[u8]) -> Vec<u8> {
    let len = len.to_le_bytes();
    let len = if version == 1 { &len[..2] } else { &len[..] };
    [b"\x93NUMPY", [version, 0].as_slice(), len, text].concat()
}

//! Every way into a file, and what a refusal there costs.

use std::fs;
use std::path::PathBuf;

use npymap::{Error, Header, NpyFile, NpyMap, NpyMapMut, NpyReader, PrintOptions};
use tempfile::TempDir;

/// What a refusal may cost besides the values of the header's text. The least result is larger than any of these files.
pub const PEAK_MOST: u64 = 64 * 1024;
/// What a value of the text may cost, for each byte of it.
pub const PEAK_A_BYTE: u64 = 64;

/// A folder with one file, which is asked for through every door.
pub struct Hostile {
    _folder: TempDir,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

pub type Door = (&'static str, fn(&Hostile) -> Result<(), Error>);

/// The doors that read a header only.
pub const HEADER_DOORS: [Door; 3] = [
    ("Header::parse", |file| Header::parse(&file.bytes).map(drop)),
    ("Header::read_from", |file| Header::read_from(file.bytes.as_slice()).map(drop)),
    ("NpyReader::new", |file| NpyReader::new(file.bytes.as_slice()).map(drop)),
];

/// The doors that read the data, or see to it that they are there.
pub const DATA_DOORS: &[Door] = &[
    #[cfg(feature = "ndarray")]
    ("load", |file| npymap::load::<f64, ndarray::IxDyn>(&file.path).map(drop)),
    ("NpyFile::open", |file| NpyFile::open(&file.path).map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMap::open", |file| unsafe { NpyMap::open(&file.path) }.map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMapMut::open", |file| unsafe { NpyMapMut::open(&file.path) }.map(drop)),
    // SAFETY: nobody changes the file meanwhile.
    ("NpyMapMut::open_copy", |file| unsafe { NpyMapMut::open_copy(&file.path) }.map(drop)),
    ("NpyReader::read_vec", |file| NpyReader::new(file.bytes.as_slice())?.read_vec::<f64>().map(drop)),
    ("NpyReader::preview", |file| {
        NpyReader::new(file.bytes.as_slice())?.preview(&PrintOptions::default()).map(drop)
    }),
];

impl Hostile {
    pub fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hostile.npy");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path, bytes: bytes.to_vec() }
    }

    /// What goes wrong at `door`, without the path, and the most memory that was in use at a time.
    pub fn refusal(&self, (name, open): Door) -> (String, u64) {
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(open(self)));
        let error = result.unwrap().expect_err(name).to_string();
        let path = format!("{}: ", self.path.display());
        (error.strip_prefix(&path).unwrap_or(&error).to_string(), memory.bytes_max)
    }

    #[track_caller]
    pub fn assert_refused(&self, doors: &[Door], expected: &str) {
        for door in doors {
            let (message, peak) = self.refusal(*door);
            assert_eq!(message, expected, "{}", door.0);
            let most = PEAK_MOST + PEAK_A_BYTE * self.bytes.len() as u64;
            assert!(peak < most, "{} took {peak} bytes", door.0);
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

//! One entry of an archive, and where its bytes are.

use std::fs::File;
use std::io::{self, Read};

use zip::read::ZipFileEntry;
use zip::result::ZipError;

use super::records::{DESCRIPTOR_FLAG, LOCAL_LEN, u16_at};
use crate::error::{FormatProblem, Result, UnsupportedProblem};
use crate::source::At;

/// The suffix that NumPy gives to the names of arrays in an archive, and takes away again.
pub(super) const SUFFIX: &str = ".npy";

/// What is read of an entry at first: its local header, and all of a small array.
const HEAD: usize = 2048;

/// Flag of an encrypted entry.
const ENCRYPTED: u16 = 1;
/// Flags of patches and of strong encryption, which nobody writes.
const STRANGE: u16 = 1 << 5 | 1 << 6;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// What the directory of an archive says of an entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) full_name: String,
    method: u16,
    pub(super) flags: u16,
    pub(super) modified: (u16, u16),
    pub(super) permissions: u32,
    pub(super) crc32: u32,
    pub(super) compressed_size: u64,
    pub(super) size: u64,
    pub(super) header_start: u64,
    pub(super) central_start: u64,
    /// Where the next entry or the directory starts.
    pub(super) end: u64,
}

/// How the bytes of an entry are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// Where the bytes of an entry are.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) data_start: u64,
    /// The first of its bytes, which came with its header.
    pub(super) head: Vec<u8>,
}

impl Entry {
    pub(super) fn new(entry: &ZipFileEntry<'_>) -> Result<Self, ZipError> {
        Ok(Self {
            full_name: entry.name()?.into_owned(),
            #[expect(
                deprecated,
                reason = "there is no other way to the number of a method that zip does not know"
            )]
            method: entry.compression().to_u16(),
            flags: entry.flags().as_u16(),
            modified: entry.last_modified().map_or((0, 0), |time| (time.datepart(), time.timepart())),
            permissions: entry.external_attributes(),
            crc32: entry.crc32(),
            compressed_size: entry.compressed_size(),
            size: entry.size(),
            header_start: entry.header_start(),
            central_start: entry.central_header_start(),
            end: 0,
        })
    }

    /// The name as NumPy gives it.
    pub(super) fn name(&self) -> &str {
        self.full_name.strip_suffix(SUFFIX).unwrap_or(&self.full_name)
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & DESCRIPTOR_FLAG != 0
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    pub(super) fn method_number(&self) -> u16 {
        self.method
    }

    /// The compression method in words.
    pub(super) fn method_name(&self) -> String {
        let name = match self.method {
            STORED => "stored",
            DEFLATED => "deflated",
            9 => "deflate64",
            12 => "bzip2",
            14 => "lzma",
            93 => "zstd",
            95 => "xz",
            method => return format!("number {method}"),
        };
        name.to_string()
    }

    /// How its bytes are kept, where they can be read.
    pub(super) fn method(&self) -> Result<Method> {
        if self.is_encrypted() || self.flags & STRANGE != 0 {
            let text = "encryption or patches, only plain entries are read".to_string();
            return Err(UnsupportedProblem::Archive(text).into());
        }
        match self.method {
            STORED => Ok(Method::Stored),
            DEFLATED => Ok(Method::Deflated),
            _ => {
                let name = self.method_name();
                let text =
                    format!("the compression method {name}, only stored and deflated entries are read");
                Err(UnsupportedProblem::Archive(text).into())
            }
        }
    }

    /// Reads its local header, and sees to it that its bytes are in the file and nobody else's.
    pub(super) fn locate(&self, file: &File) -> Result<Located> {
        let invalid = |text: String| FormatProblem::Archive(text);
        let mut head = Vec::with_capacity(HEAD);
        At::new(file, self.header_start).take(HEAD as u64).read_to_end(&mut head)?;
        let lens = u16_at(&head, 26).zip(u16_at(&head, 28)).filter(|_| head.starts_with(b"PK\x03\x04"));
        let Some((name_len, extra_len)) = lens else {
            let text = format!("the directory names byte {}, where no entry starts", self.header_start);
            return Err(invalid(text).into());
        };
        let name = head.get(LOCAL_LEN..LOCAL_LEN + usize::from(name_len));
        if self.full_name.is_ascii() && name.is_some_and(|name| name != self.full_name.as_bytes()) {
            return Err(invalid("the entry has another name than in the directory".to_string()).into());
        }
        let header_len = LOCAL_LEN + usize::from(name_len) + usize::from(extra_len);
        let data_start = self.header_start.saturating_add(header_len as u64);
        if data_start.checked_add(self.compressed_size).is_none_or(|end| end > self.end) {
            let text = format!(
                "{} bytes from byte {data_start} on are claimed for the entry, but what comes next starts at byte {}",
                self.compressed_size, self.end
            );
            return Err(invalid(text).into());
        }
        if self.method == STORED && self.size != self.compressed_size {
            let text = format!(
                "the entry is stored, but {} bytes are said to be {}",
                self.compressed_size, self.size
            );
            return Err(invalid(text).into());
        }
        head.drain(..header_len.min(head.len()));
        head.truncate(usize::try_from(self.compressed_size).unwrap_or(usize::MAX));
        Ok(Located { data_start, head })
    }
}

/// What an archive says of an entry, and where its bytes are.
///
/// # Examples
/// ```
/// use npymap::NpzReader;
///
/// let archive = NpzReader::open("testdata/iris.npz")?;
/// for entry in archive.entries() {
///     let entry = entry?;
///     println!("{} {} {}", entry.name(), entry.size(), entry.method());
/// }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpzEntry {
    entry: Entry,
    data_offset: u64,
}

impl NpzEntry {
    pub(super) fn new(entry: &Entry, file: &File) -> Result<Self> {
        let data_offset = entry.locate(file)?.data_start;
        Ok(Self { entry: entry.clone(), data_offset })
    }

    /// The name as NumPy gives it, without `.npy`.
    pub fn name(&self) -> &str {
        self.entry.name()
    }

    /// The name in the archive.
    pub fn full_name(&self) -> &str {
        &self.entry.full_name
    }

    /// How the bytes are kept: `stored`, `deflated`, or the name of a method that is not read.
    pub fn method(&self) -> String {
        self.entry.method_name()
    }

    /// Bytes of the entry, the header of an array included.
    pub fn size(&self) -> u64 {
        self.entry.size
    }

    /// Bytes in the archive.
    pub fn compressed_size(&self) -> u64 {
        self.entry.compressed_size
    }

    /// The checksum that the archive has for the entry.
    pub fn crc32(&self) -> u32 {
        self.entry.crc32
    }

    /// Bytes from the start of the archive to those of the entry.
    pub fn data_offset(&self) -> u64 {
        self.data_offset
    }

    /// Whether [`NpzMap`](crate::NpzMap) can map the entry, if it is an array: its bytes are in the file as they are.
    pub fn is_mappable(&self) -> bool {
        self.entry.method().is_ok_and(|method| method == Method::Stored)
    }
}

/// The error of a stream, which knows no errors but those of the system, as it was before it went through one.
pub(super) fn unwrapped(error: io::Error) -> crate::Error {
    match error.downcast::<FormatProblem>() {
        Ok(problem) => problem.into(),
        Err(error) => error.into(),
    }
}

//! One entry of an archive, and where its bytes are.

use std::io::Read;
use std::ops::Range;

use zip::read::ZipFileEntry;
use zip::result::ZipError;

use super::end::End;
use super::records::{DESCRIPTOR_FLAG, LOCAL_LEN, u16_at};
use crate::error::{FormatProblem, MismatchProblem, Result, UnsupportedProblem};
use crate::limits::Limits;
use crate::npy::OpenedArray;
use crate::source::{At, ReadAt};

/// The suffix that NumPy gives to the names of arrays in an archive, and takes away again.
pub(super) const SUFFIX: &str = ".npy";

/// What is read of an entry at first: its local header, and all of a small array.
const HEAD: u64 = 2048;

/// Flag of an encrypted entry.
const ENCRYPTED: u16 = 1;
/// Flags of patches and of strong encryption, which nobody writes.
const STRANGE: u16 = 1 << 5 | 1 << 6;

/// Where an entry starts that is said to start before the archive.
const NOWHERE: u64 = u64::MAX;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// What the directory of an archive says of an entry.
///
/// # Examples
/// ```
/// use npymap::NpzReader;
///
/// let archive = NpzReader::open("testdata/iris.npz")?;
/// for entry in archive.entries() {
///     println!("{} {} {}", entry.name(), entry.size(), entry.method());
/// }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpzEntry {
    pub(super) full_name: String,
    pub(super) method: u16,
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

/// How the bytes of an entry are compressed.
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

impl NpzEntry {
    /// An entry of a directory whose bytes alone were parsed.
    pub(super) fn new(record: &ZipFileEntry<'_>, end: &End) -> Result<Self, ZipError> {
        let header_start = u64::try_from(i128::from(record.header_start()) + end.shift).unwrap_or(NOWHERE);
        Ok(Self {
            full_name: record.name()?.into_owned(),
            #[expect(
                deprecated,
                reason = "there is no other way to the number of a method that zip does not know"
            )]
            method: record.compression().to_u16(),
            flags: record.flags().as_u16(),
            modified: record.last_modified().map_or((0, 0), |time| (time.datepart(), time.timepart())),
            permissions: record.external_attributes(),
            crc32: record.crc32(),
            compressed_size: record.compressed_size(),
            size: record.size(),
            header_start,
            central_start: end.directory.start + record.central_header_start(),
            end: 0,
        })
    }

    /// The name as NumPy gives it, without `.npy`.
    pub fn name(&self) -> &str {
        self.full_name.strip_suffix(SUFFIX).unwrap_or(&self.full_name)
    }

    /// The name in the archive.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// How the bytes are compressed: `stored` (not at all), `deflated`, or the name of a method that is not read.
    pub fn method(&self) -> String {
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

    /// Bytes of the entry, the header of an array included.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes in the archive.
    pub fn compressed_size(&self) -> u64 {
        self.compressed_size
    }

    /// The checksum that the archive has for the entry.
    pub fn crc32(&self) -> u32 {
        self.crc32
    }

    /// Whether the entry, if it is an array, can be viewed and read in parts: its bytes are in the archive as they are.
    pub fn is_stored(&self) -> bool {
        self.readable_method().is_ok_and(|method| method == Method::Stored)
    }

    /// The bytes of the archive that [`NpzEntry::data_offset`] needs: the entry's local header, and a little more, since
    /// nobody knows how long it is.
    pub fn header_range(&self) -> Range<u64> {
        // The directory comes after all entries.
        let len = HEAD + self.full_name.len() as u64;
        let end = self.header_start.saturating_add(len).min(self.central_start);
        self.header_start..end.max(self.header_start)
    }

    /// Bytes from the start of the archive to those of the entry, which are [`NpzEntry::compressed_size`]. `local` are
    /// the bytes of the archive from the start of [`NpzEntry::header_range`] on.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) where no entry of that name starts there, or its bytes are not all in the
    /// archive and nobody else's.
    pub fn data_offset(&self, local: &[u8]) -> Result<u64> {
        let lens = u16_at(local, 26).zip(u16_at(local, 28)).filter(|_| local.starts_with(b"PK\x03\x04"));
        let Some((name_len, extra_len)) = lens else {
            let text = match self.header_start {
                NOWHERE => "the directory names a byte before the archive".to_string(),
                at => format!("the directory names byte {at}, where no entry starts"),
            };
            return Err(FormatProblem::Archive(text).into());
        };
        let name = local.get(LOCAL_LEN..LOCAL_LEN + usize::from(name_len));
        if self.full_name.is_ascii() && name != Some(self.full_name.as_bytes()) {
            let text = "the entry has another name than in the directory".to_string();
            return Err(FormatProblem::Archive(text).into());
        }
        let header_len = LOCAL_LEN as u64 + u64::from(name_len) + u64::from(extra_len);
        let start = self.header_start.saturating_add(header_len);
        if start.checked_add(self.compressed_size).is_none_or(|end| end > self.end) {
            let text = format!(
                "{} bytes from byte {start} on are claimed for the entry, but what comes next starts at byte {}",
                self.compressed_size, self.end
            );
            return Err(FormatProblem::Archive(text).into());
        }
        if self.method == STORED && self.size != self.compressed_size {
            let text = format!(
                "the entry is stored, but {} bytes are said to be {}",
                self.compressed_size, self.size
            );
            return Err(FormatProblem::Archive(text).into());
        }
        Ok(start)
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & DESCRIPTOR_FLAG != 0
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// How its bytes are compressed, where they can be read.
    pub(super) fn readable_method(&self) -> Result<Method> {
        if self.is_encrypted() || self.flags & STRANGE != 0 {
            let text = "encryption or patches, only plain entries are read".to_string();
            return Err(UnsupportedProblem::Archive(text).into());
        }
        match self.method {
            STORED => Ok(Method::Stored),
            DEFLATED => Ok(Method::Deflated),
            _ => {
                let name = self.method();
                let text =
                    format!("the compression method {name}, only stored and deflated entries are read");
                Err(UnsupportedProblem::Archive(text).into())
            }
        }
    }

    /// Reads its local header, and makes sure that its bytes are in the archive and nobody else's.
    pub(super) fn locate(&self, source: &(impl ReadAt + ?Sized)) -> Result<Located> {
        let range = self.header_range();
        let mut head = Vec::with_capacity(HEAD as usize);
        At::new(source, range.start).take(range.end - range.start).read_to_end(&mut head)?;
        let data_start = self.data_offset(&head)?;
        let header_len = usize::try_from(data_start - self.header_start).unwrap_or(usize::MAX);
        head.drain(..header_len.min(head.len()));
        head.truncate(usize::try_from(self.compressed_size).unwrap_or(usize::MAX));
        Ok(Located { data_start, head })
    }

    /// The array of a stored entry, all of whose data are there.
    pub(super) fn stored_array<S: ReadAt>(&self, source: S, limits: &Limits) -> Result<OpenedArray<S>> {
        if self.readable_method()? != Method::Stored {
            return Err(MismatchProblem::Compressed { method: self.method() }.into());
        }
        let start = self.locate(&source)?.data_start;
        let (end, len) = (start + self.size, source.size()?);
        if len < end {
            // It was cut off since its directory was read.
            let text = format!("the entry ends at byte {end}, but the archive has become {len} bytes long");
            return Err(FormatProblem::Archive(text).into());
        }
        let array = OpenedArray::open(source, start..end, limits)?;
        array.decoded.header.check_readable()?;
        Ok(array)
    }
}

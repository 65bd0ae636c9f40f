//! Arrays to which more is appended.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::append_options::AppendOptions;
use super::items::{Items, NotCounted, check_grows, publish, wrong_len};
use crate::array::Save;
use crate::element::Element;
use crate::error::{Error, Result, UnsupportedProblem};
use crate::header::{Decoded, Growth, Header, MAGIC};
use crate::limits::Limits;
use crate::source::{At, Replacement, is_at, lock, open_alone, replace};

/// Appends to a `.npy` file in place, whoever made it.
///
/// The array grows along its first axis in C order, along its last in Fortran order. Each call writes the data, then
/// has the header count them: **a process that is killed at any instant leaves a file that loads, with all items of
/// the calls that returned.** After [`NpyAppender::sync`] they survive a power cut too; where the file must load after
/// one at any other instant, [`AppendOptions::header_at_sync`] sees to it.
///
/// What stands behind the array, such as an item that a crash has cut off, is no part of it: it is written over, and
/// cut by the first call that appends. A second array behind the first is an error of [`NpyAppender::open`]. Nobody else
/// can open the file with an appender meanwhile, in this process or another, as far as the file system has locks.
///
/// A call that fails leaves the array as it was, and may be repeated.
///
/// # Examples
/// ```
/// use npymap::NpyAppender;
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-appender-{}.npy", std::process::id()));
/// npymap::save(&path, &[1.5f64, 2.5])?;
/// let mut appender = NpyAppender::open(&path)?;
/// appender.append(&[3.5f64])?;
/// appender.sync()?;
/// assert_eq!(appender.header().shape, [3]);
/// assert_eq!(npymap::NpyFile::open(&path)?.read_vec::<f64>()?, [1.5, 2.5, 3.5]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyAppender {
    file: File,
    path: PathBuf,
    options: AppendOptions,
    items: Items,
    /// The header, if its count can be written over.
    growth: Option<Growth>,
    data_offset: u64,
    /// Items that the header counts.
    counted: usize,
    /// Whether something stands behind the array.
    has_tail: bool,
    /// Whether nobody knows what the header says.
    is_broken: bool,
}

impl AppendOptions {
    /// Opens a file to append to it.
    ///
    /// # Errors
    /// As [`NpyAppender::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<NpyAppender> {
        let path = path.as_ref();
        NpyAppender::open_with(path, self).map_err(|error| error.at_path(path))
    }
}

impl NpyAppender {
    /// Opens a file to append to it; nothing in it changes yet.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be opened for writing, or somebody else appends to it;
    /// [`Error::Unsupported`] where nothing can be appended: a 0-d array, objects, a second array behind it, a device;
    /// those of [`Header::parse`], and [`Error::Format`] where the data are cut off, which [`AppendOptions::repair`]
    /// mends.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        AppendOptions::new().open(path)
    }

    fn open_with(path: &Path, options: AppendOptions) -> Result<Self> {
        let file = open_alone(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let text = "it is not a regular file: nothing can be appended to it in place";
            return Err(UnsupportedProblem::System(text.to_string()).into());
        }
        let decoded = Decoded::read_from(At::new(&file, 0), &options.limits)?;
        let (header, data_offset) = (&decoded.header, decoded.data_offset);
        check_grows(header)?;
        header.check_readable()?;
        let nbytes = header.checked_nbytes()? as u64;
        let found = metadata.len().saturating_sub(data_offset);
        if found < nbytes && !options.repair {
            return Err(header.truncated(found));
        }
        // It has just been read.
        let mut bytes = vec![0; usize::try_from(data_offset).unwrap_or(0)];
        At::new(&file, 0).read_exact(&mut bytes)?;
        let growth = Growth::new(bytes, &decoded);
        let items = Items::new(header.clone())?;
        let counted = items.count();
        let (has_tail, is_broken) = (found > nbytes, false);
        let path = path.to_path_buf();
        let mut appender =
            Self { file, path, options, items, growth, data_offset, counted, has_tail, is_broken };
        appender.check_tail()?;
        if found < nbytes {
            appender.set_back(found)?;
        }
        Ok(appender)
    }

    /// What the array is, with all that was appended.
    pub fn header(&self) -> &Header {
        self.items.header()
    }

    /// Appends an array of any layout: of the file's shape but for the axis that grows.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the shape does not continue the file's, or the elements do not become its dtype
    /// without a loss; [`Error::Unsupported`] where the header has no room for the count, which
    /// [`AppendOptions::rewrite`] makes; [`Error::Io`] where the file cannot be written.
    pub fn append(&mut self, array: &(impl Save + ?Sized)) -> Result<()> {
        self.located(|appender| {
            let header = array.header();
            let count = appender.items.count_in(&header.shape)?;
            appender.add(count, |items, at| items.write(array, &header, at))
        })
    }

    /// Appends one item: an array of the file's shape without the axis that grows.
    ///
    /// # Errors
    /// As [`NpyAppender::append`].
    pub fn push(&mut self, item: &(impl Save + ?Sized)) -> Result<()> {
        self.located(|appender| {
            let header = item.header();
            appender.items.check_item(&header.shape)?;
            appender.add(1, |items, at| items.write(item, &header, at))
        })
    }

    /// Appends elements in the order of the file, which are whole items. Unlike [`NpyAppender::append`], it takes no
    /// memory from call to call where the bytes need not change.
    ///
    /// # Errors
    /// As [`NpyAppender::append`], and [`Error::Mismatch`] where the last item is not whole.
    pub fn write<T: Element>(&mut self, elements: &[T]) -> Result<()> {
        self.located(|appender| {
            let encoded = appender.items.take_encoded::<T>()?;
            let (len, item_len) = (elements.len().saturating_mul(encoded.len), appender.items.item_len());
            let result = match len.checked_rem(item_len).unwrap_or(len) {
                0 => appender.add(len.checked_div(item_len).unwrap_or(0), |_, at| {
                    encoded.encoding.encode(elements, |bytes| Ok(at.write_all(bytes)?))
                }),
                found => Err(appender.items.partial(found)),
            };
            appender.items.keep_encoded(encoded);
            result
        })
    }

    /// Waits until all that was appended is on the disk and counted by the header.
    ///
    /// # Errors
    /// [`Error::Io`] where the disk fails.
    pub fn sync(&mut self) -> Result<()> {
        self.located(|appender| {
            appender.check()?;
            appender.file.sync_data()?;
            if appender.counted != appender.items.count() {
                appender.publish(appender.items.count())?;
                appender.file.sync_data()?;
            }
            Ok(())
        })
    }

    /// Has the header count all that was appended, and closes the file. A drop does the same, but for items that
    /// wait for a [`NpyAppender::sync`].
    ///
    /// # Errors
    /// As [`NpyAppender::sync`], which it calls where there are such items.
    pub fn finish(mut self) -> Result<()> {
        if self.counted == self.items.count() {
            self.located(|appender| appender.check())
        } else {
            self.sync()
        }
    }

    /// Refuses a file whose array is followed by another.
    fn check_tail(&self) -> Result<()> {
        let mut start = [0; MAGIC.len()];
        let end = self.end();
        let filled = At::new(&self.file, end).read(&mut start)?;
        if filled == start.len() && start == *MAGIC {
            let text = format!(
                "another array starts behind the first, at byte {end}, which an append would write over; \
                 cut the file there, or write both arrays anew"
            );
            return Err(UnsupportedProblem::Append(text).into());
        }
        Ok(())
    }

    /// Has the header count no more items than `found` bytes hold.
    fn set_back(&mut self, found: u64) -> Result<()> {
        // There are too few bytes for the items, so that each has some.
        let whole = found / self.items.item_nbytes().max(1) as u64;
        self.has_tail = true;
        self.items.set_count(whole as usize);
        match &self.growth {
            Some(_) => self.publish(whole as usize),
            None => self.make_room(whole as usize),
        }
    }

    /// Where the array ends, in bytes from the start of the file.
    fn end(&self) -> u64 {
        self.data_offset + self.items.count() as u64 * self.items.item_nbytes() as u64
    }

    fn check(&self) -> Result<()> {
        if self.is_broken {
            let text = "an earlier write of the header failed and could not be undone";
            return Err(io::Error::other(text).into());
        }
        Ok(())
    }

    /// Appends so many items, which `write` writes, or nothing.
    fn add(
        &mut self,
        count: usize,
        write: impl FnOnce(&Items, &mut At<'_, File>) -> Result<()>,
    ) -> Result<()> {
        self.check()?;
        let new = self.items.count().saturating_add(count);
        self.items.check_count(new)?;
        self.make_room(new)?;
        let start = self.end();
        let mut at = At::new(&self.file, start);
        let needed = count * self.items.item_nbytes();
        let written = write(&self.items, &mut at).and_then(|()| {
            let found = at.position() - start;
            if found == needed as u64 { Ok(()) } else { Err(wrong_len(found, needed)) }
        });
        let end = at.position();
        let counted = written.and_then(|()| {
            if self.has_tail && count > 0 {
                self.file.set_len(end)?;
                self.has_tail = false;
            }
            if self.options.header_at_sync { Ok(()) } else { self.publish(new) }
        });
        match counted {
            Ok(()) => self.items.set_count(new),
            // What was written is no part of the array; that it stays is the lesser evil.
            Err(_) if end > start && !self.is_broken => {
                self.has_tail |= self.file.set_len(start).is_err();
            }
            Err(_) => {}
        }
        counted
    }

    /// Writes the count over that in the header.
    fn publish(&mut self, new: usize) -> Result<()> {
        let Some(growth) = &mut self.growth else { return Err(no_room(self.items.header())) };
        let file = &self.file;
        match publish(growth, self.counted, new, |at, bytes| At::new(file, at).write_all(bytes)) {
            Ok(()) => self.counted = new,
            Err(NotCounted { error, is_broken }) => {
                self.is_broken = is_broken;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Sees to it that the header has room for a count, before a byte is written.
    fn make_room(&mut self, count: usize) -> Result<()> {
        if self.growth.as_ref().is_some_and(|growth| growth.fits(count)) {
            return Ok(());
        }
        if !self.options.rewrite {
            return Err(no_room(self.items.header()));
        }
        // All items so far are counted by the new header.
        let header = self.items.header();
        let bytes = header.try_encode()?;
        let decoded = Decoded::parse(&bytes, &Limits::highest())?;
        let growth = Growth::new(bytes, &decoded).filter(|growth| growth.fits(count));
        let (true, Some(growth)) = (decoded.header == *header, growth) else {
            return Err(no_room(header));
        };
        if !is_at(&self.file, &self.path)? {
            let text = "the file was moved or replaced while it was open";
            return Err(io::Error::other(text).into());
        }
        let nbytes = self.end() - self.data_offset;
        let how = Replacement { sync: true, new_file: false };
        let file = replace(&self.path, how, |file| {
            lock(file)?;
            file.write_all(growth.bytes())?;
            let mut data = &self.file;
            data.seek(SeekFrom::Start(self.data_offset))?;
            let copied = io::copy(&mut data.take(nbytes), file)?;
            if copied < nbytes { Err(header.truncated(copied)) } else { Ok(()) }
        })?;
        self.data_offset = growth.bytes().len() as u64;
        (self.file, self.growth, self.counted) = (file, Some(growth), self.items.count());
        self.has_tail = false;
        Ok(())
    }

    fn located<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        work(self).map_err(|error| error.at_path(&self.path))
    }
}

/// The error of a header that cannot count more items.
fn no_room(header: &Header) -> Error {
    UnsupportedProblem::HeaderRoom { shape: header.shape_text() }.into()
}

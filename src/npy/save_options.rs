//! How an array is saved.

use std::path::Path;

use super::save::save_header;
use crate::array::Save;
use crate::dtype::DType;
use crate::error::Result;
use crate::header::Header;
use crate::source::Replacement;

/// How an array is saved: over an old file or not, as which dtype, and whether to wait for the disk.
///
/// [`save`](crate::save), [`save_new`](crate::save_new) and [`save_as`](crate::save_as) are short for the usual ones.
///
/// # Examples
/// ```
/// use npymap::SaveOptions;
///
/// # let path = std::env::temp_dir().join(format!("npymap-doc-save-options-{}.npy", std::process::id()));
/// SaveOptions::new().new_file(true).sync(true).dtype(">i2".parse()?).save(&path, &[1i16, 2, 3])?;
/// assert!(std::fs::read(&path)?.ends_with(&[0, 1, 0, 2, 0, 3]));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaveOptions {
    how: Replacement,
    dtype: Option<DType>,
}

impl SaveOptions {
    /// As [`save`](crate::save) does it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether anything that is at the path already is an error. Default: no.
    #[must_use]
    pub fn new_file(mut self, new_file: bool) -> Self {
        self.how.new_file = new_file;
        self
    }

    /// Whether the call waits until the file and its name are on the disk, so that a power cut leaves the old file
    /// or the new one. Default: no.
    #[must_use]
    pub fn sync(mut self, sync: bool) -> Self {
        self.how.sync = sync;
        self
    }

    /// The dtype in the file, as of [`save_as`](crate::save_as). Default: that of the array.
    #[must_use]
    pub fn dtype(mut self, dtype: DType) -> Self {
        self.dtype = Some(dtype);
        self
    }

    /// Saves an array.
    ///
    /// # Errors
    /// As [`save`](crate::save), [`save_new`](crate::save_new) and [`save_as`](crate::save_as). Where the disk fails
    /// after the file has its name, the error is [`Error::Io`](crate::Error::Io) and the file is the new one.
    pub fn save(self, path: impl AsRef<Path>, array: &(impl Save + ?Sized)) -> Result<()> {
        let header = array.header();
        let header = Header { dtype: self.dtype.unwrap_or_else(|| header.dtype.clone()), ..header };
        save_header(path.as_ref(), array, header, self.how)
    }
}

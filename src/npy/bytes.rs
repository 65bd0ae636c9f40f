//! The bytes of an array as they lie in the file, for callers who know the dtype only at run time.

use super::file::NpyFile;
use crate::error::Result;

impl NpyFile {
    /// Fills `bytes` with those of the array that start `offset` bytes after its first one, in the order and byte
    /// order of the file; nothing in them is checked.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be read, and [`Error::Format`](crate::Error::Format)
    /// where it ends before `bytes` are full.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let mut element = [0; 8];
    /// NpyFile::open("testdata/iris.npy")?.read_bytes_at(8, &mut element)?;
    /// assert_eq!(f64::from_le_bytes(element), 3.5);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_bytes_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.located(self.read_at((self.data_offset() as u64).saturating_add(offset), bytes))
    }
}

//! Whether the data that a header claims can be there, and can be read.

use super::Header;
use crate::error::{Error, FormatProblem, Result, UnsupportedProblem};

impl Header {
    pub(crate) fn too_large(&self) -> Error {
        let reason = "it has more elements than memory can address".to_string();
        FormatProblem::Shape { shape: self.shape_text(), reason }.into()
    }

    /// Bytes of the data, or why there can be none.
    pub(crate) fn checked_nbytes(&self) -> Result<usize> {
        self.nbytes().ok_or_else(|| self.too_large())
    }

    /// Refuses a file of `file_len` bytes that ends before its array does. The data of object arrays are a
    /// pickle of any length.
    pub(crate) fn check_len(&self, data_offset: u64, file_len: u64) -> Result<()> {
        if self.dtype.has_object() {
            return Ok(());
        }
        let needed = self.checked_nbytes()? as u64;
        let found = file_len.saturating_sub(data_offset);
        if found < needed { Err(self.truncated(found)) } else { Ok(()) }
    }

    /// The error of a file that has only `found` bytes of data.
    pub(crate) fn truncated(&self, found: u64) -> Error {
        FormatProblem::DataTruncated {
            shape: self.shape_text(),
            dtype: self.dtype.field_descr(),
            needed: self.nbytes().map_or(u64::MAX, |nbytes| nbytes as u64),
            found,
        }
        .into()
    }

    /// Refuses the data of object arrays.
    pub(crate) fn check_readable(&self) -> Result<()> {
        if self.dtype.has_object() {
            return Err(UnsupportedProblem::Objects { dtype: self.dtype.field_descr() }.into());
        }
        Ok(())
    }
}

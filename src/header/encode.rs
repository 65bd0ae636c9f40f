//! From a [`Header`] to bytes: those of `np.save`.

use super::text::write_header;
use super::{Header, MAGIC};
use crate::error::Result;

/// The data of a file that NumPy writes start at a multiple of this.
///
/// Source: numpy/lib/_format_impl.py, `ARRAY_ALIGN`.
const ARRAY_ALIGN: usize = 64;

impl Header {
    /// The very bytes that `np.save` puts before the data: the oldest format version that fits, blanks that
    /// leave room for the growing axis, the data aligned to 64 bytes.
    ///
    /// A dtype that no header can hold, because its fields overlap or are out of order, is written as raw
    /// bytes of its item size; [`DType::descr`](crate::DType::descr) tells, and every call of this crate that
    /// writes a file refuses it.
    ///
    /// Source: numpy/lib/_format_impl.py, `_write_array_header` and `_wrap_header_guess_version`.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Header};
    ///
    /// let bytes = Header::new(DType::of::<f32>(), [3, 4]).encode();
    /// assert_eq!(bytes.len(), 128);
    /// assert!(bytes[10..].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"));
    /// ```
    pub fn encode(&self) -> Vec<u8> {
        let descr = self.dtype.descr().unwrap_or_else(|_| format!("'|V{}'", self.dtype.itemsize()));
        self.encode_descr(&descr)
    }

    /// [`Header::encode`], or why no header can hold the dtype.
    pub(crate) fn try_encode(&self) -> Result<Vec<u8>> {
        Ok(self.encode_descr(&self.dtype.descr()?))
    }

    fn encode_descr(&self, descr: &str) -> Vec<u8> {
        let mut text = String::new();
        // Writing to a String cannot fail.
        _ = write_header(&mut text, self, descr);
        wrap_latin1(&text).unwrap_or_else(|| wrap(3, text.as_bytes(), 4))
    }
}

/// The text in version 1, or 2 where it is too long for 1; `None` where it is not latin-1.
fn wrap_latin1(text: &str) -> Option<Vec<u8>> {
    let latin1: Vec<u8> = if text.is_ascii() {
        text.into()
    } else {
        text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?
    };
    let fits = padded_len(latin1.len(), 2) <= usize::from(u16::MAX);
    Some(if fits { wrap(1, &latin1, 2) } else { wrap(2, &latin1, 4) })
}

/// Bytes of the text with its blanks and newline. NumPy adds a whole unit where none was needed.
fn padded_len(text_len: usize, length_len: usize) -> usize {
    let unpadded = MAGIC.len() + 2 + length_len + text_len + 1;
    text_len + 1 + (ARRAY_ALIGN - unpadded % ARRAY_ALIGN)
}

fn wrap(major: u8, text: &[u8], length_len: usize) -> Vec<u8> {
    let padded_len = padded_len(text.len(), length_len);
    let total = MAGIC.len() + 2 + length_len + padded_len;
    let mut bytes = Vec::with_capacity(total);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[major, 0]);
    // Little-endian, so that the first bytes are the low ones; the caller saw to it that the others are 0.
    bytes.extend(padded_len.to_le_bytes().into_iter().take(length_len));
    bytes.extend_from_slice(text);
    bytes.resize(total - 1, b' ');
    bytes.push(b'\n');
    bytes
}

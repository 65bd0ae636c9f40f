//! Whole files that every reader must take.

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::data::data;
use super::draft::Draft;
use super::header;
use crate::header::Header;

/// A `.npy` file that NumPy loads, and what is in it.
///
/// Half of them are the very bytes of `np.save`; the others are spelled in another way that NumPy takes: another format
/// version, another order of the keys, comments, Python 2's longs, no padding, bytes behind the data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidFile {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What its header says.
    pub header: Header,
    /// Bytes from the start of the file to the data.
    pub data_offset: u64,
}

impl ValidFile {
    /// The data of the array: the elements, byte by byte.
    pub fn data(&self) -> &[u8] {
        let nbytes = self.header.nbytes().unwrap_or_default();
        self.bytes.get(self.data_offset as usize..).and_then(|rest| rest.get(..nbytes)).unwrap_or_default()
    }

    pub(super) fn from_parts(header: Header, mut start: Vec<u8>, data: &[u8]) -> Self {
        let data_offset = start.len() as u64;
        start.extend(data);
        Self { bytes: start, header, data_offset }
    }
}

/// The bytes as text: numbers, one a line, would fill screens.
impl fmt::Debug for ValidFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidFile")
            .field("header", &self.header)
            .field("data_offset", &self.data_offset)
            .field("bytes", &format_args!("b\"{}\"", self.bytes.escape_ascii()))
            .finish()
    }
}

impl<'a> Arbitrary<'a> for ValidFile {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let dtype = u.arbitrary()?;
        let header = header::small(u, dtype, None)?;
        let data = data(u, &header)?;
        let start = if u.arbitrary()? { Draft::new(u, &header)?.encode() } else { header.encode() };
        let mut file = Self::from_parts(header, start, &data);
        if u.ratio(1, 8)? {
            let behind: [u8; 5] = u.arbitrary()?;
            file.bytes.extend(behind);
        }
        Ok(file)
    }
}

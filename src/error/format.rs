//! What is wrong with a broken file.

/// The file is broken, or is no file of NumPy's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatProblem {
    /// The file starts with something else than NumPy's magic bytes.
    #[error("not an npy file: {0}")]
    NotNpy(String),
    /// The file starts with something else than a zip archive.
    #[error("not an npz archive: {0}")]
    NotNpz(String),
    /// The file ends within its header.
    #[error("header is truncated: it needs {needed} bytes, found {found}")]
    HeaderTruncated {
        /// Bytes from the start of the file to the end of the header.
        needed: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// The header's text is not the Python literal that it should be.
    #[error("header is invalid at byte {at}: found {found}, expected {expected}")]
    HeaderSyntax {
        /// Bytes from the start of the file.
        at: usize,
        /// What stands there, escaped, at most 40 bytes.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// The header's dictionary lacks a key, or has one too many, or a value of the wrong sort.
    #[error("header has {0}")]
    HeaderContent(String),
    /// The text of a dtype is none that NumPy knows.
    #[error("dtype {text} is invalid: {reason}")]
    DType {
        /// The text as Python shows it, at most 40 bytes.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A shape that no array can have.
    #[error("shape {shape} is invalid: {reason}")]
    Shape {
        /// The shape as Python shows it.
        shape: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file ends before its array does.
    #[error("data is truncated: shape {shape} of {dtype} needs {needed} bytes, found {found}")]
    DataTruncated {
        /// The shape as Python shows it.
        shape: String,
        /// The dtype as the header shows it.
        dtype: String,
        /// Bytes of data that the header claims.
        needed: u64,
        /// Bytes of data that there are.
        found: u64,
    },
    /// An element whose bytes mean nothing in its dtype.
    #[error("element {index} (byte {at}) is {found}, expected {expected} for dtype {dtype}")]
    Element {
        /// The element's number in file order.
        index: usize,
        /// Bytes from the start of the file.
        at: u64,
        /// The offending byte or code unit.
        found: String,
        /// What is valid there.
        expected: &'static str,
        /// The dtype of an element, as a header shows it.
        dtype: String,
    },
    /// A file without a header that cannot be the array that it is said to be.
    #[error("{0}")]
    Raw(String),
    /// The archive around the arrays is broken.
    #[error("archive is invalid: {0}")]
    Archive(String),
    /// An entry of an archive is not what was written.
    #[error("checksum is {found:08x}, expected {expected:08x}: the entry was damaged after it was written")]
    Checksum {
        /// The CRC-32 of the entry's bytes.
        found: u32,
        /// The CRC-32 in the directory of the archive.
        expected: u32,
    },
    /// The arrays of a sparse matrix do not belong together.
    #[error("sparse array is invalid: {0}")]
    Sparse(String),
}

//! What sound files hold that is not read or written here.

/// The file is sound, but holds what this crate does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnsupportedProblem {
    /// A format version that no NumPy has written.
    #[error("npy format version {major}.{minor} is not known, expected 1.0, 2.0 or 3.0")]
    Version {
        /// The seventh byte of the file.
        major: u8,
        /// The eighth byte of the file.
        minor: u8,
    },
    /// Python objects, which only running pickled code could bring back.
    #[error(
        "dtype {dtype} holds pickled Python objects, which are never read because unpickling runs code; \
         save the array with a numeric or text dtype in Python"
    )]
    Objects {
        /// The dtype as the header shows it.
        dtype: String,
    },
    /// A record whose fields overlap, or stand in another order than their bytes.
    #[error(
        "field {name} starts at byte {offset}, before the end of the field before it (byte {end}), which a \
         header cannot tell; order the fields by their offsets, without overlaps"
    )]
    FieldOrder {
        /// The field's name as Python shows it.
        name: String,
        /// Bytes from the start of the record to the field.
        offset: usize,
        /// Bytes from the start of the record to the end of the field before it.
        end: usize,
    },
    /// A header without room for the digits of a larger count: [`AppendOptions::rewrite`](crate::AppendOptions::rewrite)
    /// makes it.
    #[error(
        "the header has no room for more digits in shape {shape}; AppendOptions::rewrite(true) moves the data to make room"
    )]
    HeaderRoom {
        /// The shape as Python shows it.
        shape: String,
    },
    /// An array to which nothing can be appended where it stands.
    #[error("{0}")]
    Append(String),
    /// A part of the zip format that is not read.
    #[error("archive uses {0}")]
    Archive(String),
    /// Something that this system or this kind of file does not offer.
    #[error("{0}")]
    System(String),
}

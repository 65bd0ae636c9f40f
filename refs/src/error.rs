//! What stands in the way of references.

use std::io;

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there are no references.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Zarr readers have no data type that reads the elements as NumPy does.
    #[error("{}Zarr readers cannot read {found}; {way_out}", in_field(.field))]
    #[non_exhaustive]
    DType {
        /// The field of a record, as `a.b`; empty where the elements are no records.
        field: String,
        /// What it is.
        found: String,
        /// What to do instead.
        way_out: &'static str,
    },
    /// The data reach beyond the end of the file.
    #[error("data is truncated: bytes {start} to {end} are the array, found {size} bytes")]
    #[non_exhaustive]
    Truncated {
        /// Where the data start, in bytes from the start of the file.
        start: u64,
        /// Where they end.
        end: u128,
        /// Bytes of the file.
        size: u64,
    },
    /// An array cannot be a shard of the array that has its name.
    #[error("{found} does not continue {expected} of array '{array}'; {way_out}")]
    #[non_exhaustive]
    Shard {
        /// The name.
        array: String,
        /// What the shard is.
        found: String,
        /// What those before it are.
        expected: String,
        /// What to do instead.
        way_out: &'static str,
    },
    /// A name that Zarr does not take for an array or a group.
    #[error("'{name}' cannot be the name of an array: {why}")]
    #[non_exhaustive]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A name that no shard has been added for.
    #[error("there is no array '{0}'")]
    NoArray(String),
    /// Dimension names that do not fit the array.
    #[error("array '{array}' has {ndim} axes, found {found} dimension names")]
    #[non_exhaustive]
    DimensionNames {
        /// The name.
        array: String,
        /// Its axes.
        ndim: usize,
        /// How many names were given.
        found: usize,
    },
    /// Two axes of one name, which xarray refuses.
    #[error("array '{array}' has two axes called '{name}', expected a name for each")]
    #[non_exhaustive]
    DimensionTwice {
        /// The array.
        array: String,
        /// The name that is there twice.
        name: String,
    },
    /// An attribute whose value is no JSON.
    #[error("the value of attribute '{key}' is not valid JSON: {error}")]
    #[non_exhaustive]
    Attribute {
        /// The key.
        key: String,
        /// What is wrong.
        error: String,
    },
    /// The attribute that holds the facts of the files.
    #[error("the attribute '{0}' of the root group holds the facts of the files; take another key")]
    ReservedAttribute(&'static str),
    /// A chunk length that is none.
    #[error("{0} bytes cannot be the size of a chunk, expected 1 to {MAX}", MAX = crate::limits::MAX_CHUNK)]
    ChunkSize(u64),
    /// So many chunks that the references would be larger than what they save.
    #[error("array '{array}' would have {found} chunks, expected at most {MAX}; larger chunks make fewer", MAX = crate::limits::MAX_CHUNKS)]
    #[non_exhaustive]
    Chunks {
        /// The array.
        array: String,
        /// How many there would be.
        found: u128,
    },
    /// More rows than can be counted.
    #[error("the shards of array '{0}' have more rows than 64 bits can count")]
    Rows(String),
    /// What was to be checked is no JSON with references of this crate.
    #[error("no references of npymap: {0}")]
    Recorded(String),
    /// The references cannot be written or read, or the bytes that are inlined cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn in_field(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("field '{field}': ") }
}

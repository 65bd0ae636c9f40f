//! Layer 5: files to test a reader with: valid ones of every kind, and ones that are broken in one known place.
//!
//! With the feature `arbitrary`, [`DType`](crate::DType), [`Header`](crate::Header), [`ValidFile`] and [`BrokenFile`]
//! are made by the crate of that name, for fuzz targets; with the feature `proptest`, `any::<ValidFile>()` makes them
//! for property tests, and [`arrays`] makes arrays. What is made is small: at most [`DATA_MOST`] bytes of data.
//!
//! # Examples
//! A property test of one's own reader, here of the shape alone:
//! ```
//! # #[cfg(feature = "proptest")] {
//! use npymap::testing::{BrokenFile, ValidFile};
//! use proptest::prelude::*;
//!
//! /// The reader under test.
//! fn read(file: &[u8]) -> Result<Vec<usize>, String> {
//!     npymap::Header::parse(file).map(|(header, _)| header.shape).map_err(|error| error.to_string())
//! }
//!
//! proptest!(|(file: ValidFile)| {
//!     prop_assert_eq!(read(&file.bytes), Ok(file.header.shape));
//! });
//! proptest!(|(file: BrokenFile)| {
//!     // The data are another matter.
//!     prop_assert!(!file.fault.is_in_header() || read(&file.bytes).is_err(), "{}", file.fault);
//! });
//! # }
//! ```
//! A fuzz target:
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use npymap::testing::ValidFile;
//!
//! // fuzz_target!(|file: ValidFile| { ... })
//! let file = ValidFile::arbitrary(&mut Unstructured::new(b"whatever the fuzzer brings"))?;
//! assert_eq!(npymap::Header::parse(&file.bytes).unwrap(), (file.header.clone(), file.data_offset));
//! assert_eq!(Some(file.data().len()), file.header.nbytes());
//! # Ok::<(), arbitrary::Error>(())
//! ```

#[cfg(feature = "ndarray")]
mod array;
mod broken;
mod data;
mod draft;
mod dtype;
mod fault;
mod header;
#[cfg(feature = "proptest")]
mod strategy;
mod valid;

#[cfg(feature = "ndarray")]
pub use array::array;
pub use broken::BrokenFile;
pub use fault::Fault;
#[cfg(all(feature = "ndarray", feature = "proptest"))]
pub use strategy::arrays;
pub use valid::ValidFile;

/// The most bytes of data in a file that is made here.
pub const DATA_MOST: usize = 4096;

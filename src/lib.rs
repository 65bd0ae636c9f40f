//! NumPy's files from Rust: `.npy`, `.npz` and raw `np.memmap` files, mapped without a copy.
//!
//! ```
//! # #[cfg(feature = "ndarray")] {
//! use ndarray::{Array2, ArrayView2};
//! use npymap::NpyMap;
//!
//! let iris: Array2<f64> = npymap::load("testdata/iris.npy")?;
//!
//! // SAFETY: nobody changes the file while it is mapped.
//! let map = unsafe { NpyMap::open("testdata/iris.npy")? };
//! let view: ArrayView2<f64> = map.view()?;
//! assert_eq!(view, iris);
//!
//! let bytes: Vec<u8> = npymap::to_bytes(&iris)?;
//! assert_eq!(npymap::from_bytes::<f64, _>(&bytes)?, iris);
//! # }
//! # Ok::<(), npymap::Error>(())
//! ```
//!
//! The pages to read: [the guide by task](docs::guide), [from memory, from the network](docs::memory), [what a map asks of you](docs::maps),
//! [the file format](docs::format), and [where this differs from NumPy](docs::differences).

// docs.rs names the feature of each item that needs one.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Nothing that a file says may end the process.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, clippy::todo)]
#![deny(clippy::unimplemented, clippy::unreachable, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice))]
#![cfg_attr(test, allow(clippy::unreachable, clippy::unwrap_used))]

#[doc = include_str!("../README.md")]
#[cfg(all(doctest, feature = "ndarray", feature = "npz"))]
struct Readme;

#[cfg(feature = "ndarray")]
mod any;
mod array;
pub mod docs;
// Sizes and offsets are numbers of the file here.
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod dtype;
mod element;
mod error;
mod header;
mod kernels;
mod limits;
mod literal;
mod npy;
#[cfg(feature = "npz")]
mod npz;
mod print;
mod slice;
mod source;
#[cfg(feature = "arbitrary")]
pub mod testing;

#[cfg(feature = "arbitrary")]
pub use arbitrary;
pub use half;
#[cfg(feature = "jiff")]
pub use jiff;
#[cfg(feature = "ndarray")]
pub use ndarray;
#[cfg(feature = "complex")]
pub use num_complex;
#[cfg(feature = "proptest")]
pub use proptest;
#[cfg(feature = "sprs")]
pub use sprs;

#[cfg(feature = "ndarray")]
pub use any::{AnyArray, AnyView, RawArray};
pub use array::{Load, Preview, Save, SliceBuffer, Store};
pub use dtype::{ByteOrder, DType, Field, Kind, Scalar, Structured, Subarray, TimeUnit, Title, Unit};
pub use element::{
    Be, Bytes, DateTime64, Element, Le, LongComplex, LongDouble, Number, TimeDelta64, Unicode,
};
pub use error::{Error, FormatProblem, LimitProblem, Location, MismatchProblem, Result, UnsupportedProblem};
pub use header::{Header, Order};
pub use limits::Limits;
pub use npy::{
    Advice, AppendOptions, CreateOptions, Map, MapMut, NpyAppender, NpyFile, NpyMap, NpyMapMut, NpyReader,
    NpyView, NpyWriter, RawOptions, SaveOptions, save, save_as, save_new, to_bytes, write,
};
#[cfg(feature = "ndarray")]
pub use npy::{from_bytes, from_bytes_with, load, load_with};
#[cfg(feature = "derive")]
pub use npymap_derive::Record;
#[cfg(feature = "npz")]
pub use npz::{
    Compression, EntryMap, NpzArrayWriter, NpzDirectory, NpzEntry, NpzEntryWriter, NpzMap, NpzMapMut,
    NpzOptions, NpzReader, NpzView, NpzWriter, Sparse, SparseBlocks, SparseCompressed, SparseCoordinates,
    SparseDiagonals, SparseFormat, SparseKind, load_sparse, load_sparse_with, save_sparse, save_sparse_with,
};
pub use print::PrintOptions;
pub use slice::{Index, Slice, SlicePart, SlicePlan, SliceRange, Strided};
pub use source::{ReadAt, Seekable};

/// What the code of `#[derive(Record)]` calls; nobody else may.
#[doc(hidden)]
pub mod __private {
    pub use crate::element::record::{Layout, Others, RecordField, dtype, field, saved_dtype};
}

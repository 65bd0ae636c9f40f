//! Virtual Zarr references to NumPy's `.npy` and `.npz` files.
//!
//! [`References`] takes the header, the place and the size of each file; [`References::plan`] joins the shards of each
//! array and cuts them into chunks; [`Plan::write`] writes Zarr v3 metadata with byte ranges, in the JSON of kerchunk
//! (version 1). Nothing is opened or fetched here.
//!
//! ```
//! use npymap::{DType, Header};
//! use npymap_refs::{File, Options, References};
//!
//! let header = Header::new(DType::of::<f64>(), [150, 4]);
//! let mut references = References::new(Options::new());
//! let file = references.file(File::new("https://host/iris.npy", 128 + 4800));
//! references.shard("iris", file, &header, 128)?;
//! let mut json = Vec::new();
//! references.plan()?.write(&mut json, |_, _, _| unreachable!("nothing of this file is inlined"))?;
//! assert!(String::from_utf8(json).unwrap().contains(r#""iris/c/0/0":["https://host/iris.npy",128,4800]"#));
//! # Ok::<(), npymap_refs::Error>(())
//! ```
//!
//! What a Zarr reader would read differently from NumPy, or not at all, is an [`Error`] that says why: Python objects,
//! long doubles, records that mix byte orders, hold subarrays or titles, or whose fields overlap.

#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, clippy::todo)]
#![deny(clippy::unimplemented, clippy::unreachable, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice))]
#![cfg_attr(test, allow(clippy::unreachable, clippy::unwrap_used))]

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

mod array;
mod array_plan;
mod chunks;
mod data_type;
mod error;
mod file;
mod grid;
mod json;
mod limits;
mod metadata;
mod name;
mod plan;
mod recorded;
mod references;

pub use array_plan::ArrayPlan;
pub use error::{Error, Result};
pub use file::{File, FileId};
pub use grid::Grid;
pub use limits::{MAX_CHUNK, MAX_CHUNKS, MAX_INLINED};
pub use plan::Plan;
pub use recorded::read_files;
pub use references::{Options, References};

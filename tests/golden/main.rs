//! The files of `testdata/` against the manifests that the NumPy of each folder wrote beside them.

#[cfg(feature = "ndarray")]
mod arrays;
#[path = "../common/mod.rs"]
mod common;
#[cfg(feature = "ndarray")]
mod elements;
mod headers;
mod manifest;

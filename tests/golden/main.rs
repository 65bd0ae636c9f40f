//! The files of `testdata/` against the manifests that the NumPy of each folder wrote beside them.

#[cfg(feature = "ndarray")]
mod arrays;
#[cfg(feature = "ndarray")]
mod doors;
mod headers;
mod manifest;

//! The files of `testdata/` against the manifests that the NumPy of each folder wrote beside them.

mod headers;
mod manifest;

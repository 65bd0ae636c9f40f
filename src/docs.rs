//! Pages to read.

/// The file format, byte by byte.
#[doc = include_str!("../docs/format.md")]
pub mod format {}

/// Where npymap differs from NumPy, and why.
#[doc = include_str!("../docs/differences.md")]
pub mod differences {}

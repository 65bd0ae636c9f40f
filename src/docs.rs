//! Pages to read: the guide by task, files in memory and from the network, what a map asks of you, the file format, the
//! differences from NumPy, and clusters.

/// The guide: what to call for which task, each with an example that runs.
#[doc = include_str!("../docs/guide.md")]
// Its examples use these features.
#[cfg(any(not(doctest), all(feature = "ndarray", feature = "npz")))]
pub mod guide {}

/// From memory, from the network: files and archives without a path.
#[doc = include_str!("../docs/memory.md")]
// Its examples use these features.
#[cfg(any(not(doctest), all(feature = "ndarray", feature = "npz")))]
pub mod memory {}

/// Maps: when they are valid, what happens when they are not, and what to use instead.
#[doc = include_str!("../docs/maps.md")]
pub mod maps {}

/// The file format, byte by byte.
#[doc = include_str!("../docs/format.md")]
pub mod format {}

/// Where npymap differs from NumPy, and why.
#[doc = include_str!("../docs/differences.md")]
pub mod differences {}

/// From one machine to a cluster: Dask, xarray and zarr-python read the files as they are.
#[doc = include_str!("../docs/cluster.md")]
pub mod cluster {}

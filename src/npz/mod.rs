//! Layer 4: the doors to `.npz` archives. The zip crate is known here alone.

mod reader;

pub use reader::NpzReader;

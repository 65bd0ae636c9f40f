//! Layer 4: the doors to `.npz` archives.

mod append;
mod body;
mod compression;
mod count;
mod deflate;
mod directory;
mod entry;
mod file;
mod inflate;
mod map;
mod map_mut;
mod open_entry;
mod options;
mod reader;
mod records;
mod sink;
mod sparse;
mod stream;
mod writer;

pub use compression::Compression;
pub use entry::NpzEntry;
pub use map::NpzMap;
pub use map_mut::NpzMapMut;
pub use open_entry::{NpzArrayWriter, NpzEntryWriter};
pub use options::NpzOptions;
pub use reader::NpzReader;
pub use sparse::{
    Sparse, SparseBlocks, SparseCompressed, SparseCoordinates, SparseDiagonals, SparseFormat, SparseKind,
    load_sparse, load_sparse_with, save_sparse, save_sparse_with,
};
pub use writer::NpzWriter;

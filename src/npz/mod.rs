//! Layer 5: `.npz` archives. `end`, `directory` and `entry` find what is in one, without I/O; `reader` and `parts` read
//! entries (`stream`, `inflate`), `view` and `map` see stored arrays where they are, `writer` writes (`body`, `deflate`,
//! `records`). May use everything below.

mod append;
mod body;
mod checksums;
mod compression;
mod deflate;
mod directory;
mod end;
mod entry;
mod inflate;
mod map;
mod open_entry;
mod options;
mod parts;
mod reader;
mod records;
mod sparse;
mod stream;
mod view;
mod writer;

pub use checksums::{EntryMap, NpzMapMut};
pub use compression::Compression;
pub use directory::NpzDirectory;
pub use entry::NpzEntry;
pub use map::NpzMap;
pub use open_entry::{NpzArrayWriter, NpzEntryWriter};
pub use options::NpzOptions;
pub use reader::NpzReader;
pub use sparse::{
    Sparse, SparseBlocks, SparseCompressed, SparseCoordinates, SparseDiagonals, SparseFormat, SparseKind,
    load_sparse, load_sparse_with, save_sparse, save_sparse_with,
};
pub use view::NpzView;
pub use writer::NpzWriter;

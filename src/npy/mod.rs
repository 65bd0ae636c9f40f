//! Layer 3: the doors to `.npy` files.

#[cfg(feature = "ndarray")]
mod arrays;
mod elements;
mod file;
#[cfg(feature = "ndarray")]
mod load;
mod map;
mod map_mut;
mod preview;
mod reader;
mod save;

pub(crate) use elements::Layout;
pub use file::NpyFile;
#[cfg(feature = "ndarray")]
pub use load::load;
pub use map::NpyMap;
pub use map_mut::NpyMapMut;
pub use preview::Preview;
pub use reader::NpyReader;
pub use save::{Save, save};

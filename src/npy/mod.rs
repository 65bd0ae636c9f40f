//! Layer 3: the doors to `.npy` files.

mod advice;
#[cfg(feature = "ndarray")]
mod any;
#[cfg(feature = "ndarray")]
mod arrays;
mod create;
mod elements;
#[cfg(feature = "ndarray")]
mod field;
mod file;
mod gathered;
#[cfg(feature = "ndarray")]
mod load;
mod map;
mod map_mut;
mod mapped;
mod memory;
mod preview;
mod raw;
mod reader;
#[cfg(feature = "ndarray")]
mod rows;
mod save;
mod slice;

pub use advice::Advice;
#[cfg(feature = "ndarray")]
pub use any::{AnyArray, AnyView, RawArray};
pub use create::CreateOptions;
pub use file::NpyFile;
#[cfg(feature = "ndarray")]
pub use load::{load, load_with};
pub use map::NpyMap;
pub use map_mut::NpyMapMut;
pub use preview::Preview;
pub use raw::RawOptions;
pub use reader::NpyReader;
pub use save::{Save, save, save_as};

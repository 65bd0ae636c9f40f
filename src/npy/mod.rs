//! Layer 3: the doors to `.npy` files.

mod advice;
#[cfg(feature = "ndarray")]
mod any;
mod append_options;
mod appender;
#[cfg(feature = "ndarray")]
mod arrays;
mod bytes;
mod create;
mod elements;
#[cfg(feature = "ndarray")]
mod field;
#[cfg(feature = "ndarray")]
mod field_mut;
mod file;
mod gathered;
mod items;
#[cfg(feature = "ndarray")]
mod load;
mod map;
mod map_mut;
mod mapped;
mod memory;
#[cfg(feature = "ndarray")]
mod order;
#[cfg(feature = "ndarray")]
mod place;
mod preview;
mod raw;
mod reader;
mod reorder;
#[cfg(feature = "ndarray")]
mod rows;
mod save;
mod save_options;
mod sink;
mod slice;
mod writer;

pub use advice::Advice;
#[cfg(feature = "ndarray")]
pub use any::{AnyArray, AnyView, RawArray};
pub use append_options::AppendOptions;
pub use appender::NpyAppender;
pub use create::CreateOptions;
pub use file::NpyFile;
#[cfg(feature = "ndarray")]
pub use load::{load, load_with};
pub use map::NpyMap;
pub use map_mut::NpyMapMut;
#[cfg(feature = "npz")]
pub(crate) use mapped::Mapped;
pub use preview::Preview;
pub use raw::RawOptions;
pub use reader::NpyReader;
pub use save::{Save, save, save_as, save_new};
pub use save_options::SaveOptions;
pub use writer::NpyWriter;

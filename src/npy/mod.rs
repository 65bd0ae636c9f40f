//! Layer 4: `.npy` and raw files: read at positions, viewed, mapped, streamed, written, appended to.

mod advice;
mod append_options;
mod appender;
mod create;
mod file;
mod items;
#[cfg(feature = "ndarray")]
mod load;
mod map;
mod opened;
mod raw;
mod reader;
#[cfg(feature = "ndarray")]
mod rows;
mod save;
mod save_options;
mod view;
mod writer;

pub use advice::Advice;
pub use append_options::AppendOptions;
pub use appender::NpyAppender;
pub use create::CreateOptions;
pub use file::NpyFile;
#[cfg(feature = "ndarray")]
pub use load::{from_bytes, from_bytes_with, load, load_with};
#[cfg(feature = "npz")]
pub(crate) use map::MappedMut;
pub use map::{Map, MapMut, NpyMap, NpyMapMut};
#[cfg(feature = "npz")]
pub(crate) use opened::OpenedArray;
pub use raw::RawOptions;
pub use reader::NpyReader;
pub use save::{save, save_as, save_new, to_bytes, write};
pub use save_options::SaveOptions;
pub use view::NpyView;
pub use writer::NpyWriter;

//! Layer 3: where bytes come from and go to: sources that are read at positions, and files that are replaced whole.

mod at;
mod lock;
mod open;
mod replace;
mod reserve;
mod sink;

pub(crate) use at::At;
pub use at::{ReadAt, Seekable};
pub(crate) use lock::{is_at, lock, open_alone};
pub(crate) use open::open;
#[cfg(feature = "npz")]
pub(crate) use replace::PendingFile;
pub(crate) use replace::{NewFile, Replacement, replace, sync_folder};
pub(crate) use reserve::{announce, reserve};
pub(crate) use sink::{Moves, Sink};

//! Layer 3: where bytes come from and go to.

mod at;
mod lock;
#[cfg(feature = "npz")]
mod new_file;
mod open;
mod replace;
mod reserve;

pub(crate) use at::At;
pub(crate) use lock::{is_at, lock, open_alone};
#[cfg(feature = "npz")]
pub(crate) use new_file::NewFile;
pub(crate) use open::open;
pub(crate) use replace::{Replacement, replace, sync_folder};
pub(crate) use reserve::{announce, reserve};

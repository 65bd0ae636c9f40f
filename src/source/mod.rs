//! Layer 3: where bytes come from and go to.

mod at;
mod lock;
mod open;
mod replace;
mod reserve;

pub(crate) use at::At;
pub(crate) use lock::{is_at, lock, open_alone};
pub(crate) use open::open;
pub(crate) use replace::{NewFile, Replacement, replace, sync_folder};
pub(crate) use reserve::{announce, reserve};

//! Layer 3: where bytes come from and go to.

mod at;
#[cfg(feature = "npz")]
mod new_file;
mod replace;
mod reserve;

pub(crate) use at::At;
#[cfg(feature = "npz")]
pub(crate) use new_file::NewFile;
pub(crate) use replace::replace;
pub(crate) use reserve::reserve;

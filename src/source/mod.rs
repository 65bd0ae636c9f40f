//! Layer 3: where bytes come from and go to.

mod at;
mod replace;
mod reserve;

pub(crate) use at::At;
#[cfg(feature = "npz")]
pub(crate) use replace::Replacement;
pub(crate) use replace::replace;
pub(crate) use reserve::reserve;

//! Layer 3: where bytes come from and go to.

mod at;
mod replace;
mod reserve;

pub(crate) use at::At;
pub(crate) use replace::replace;
pub(crate) use reserve::{announce, reserve};

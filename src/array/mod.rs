//! Layer 3: from the bytes of an array to elements in memory and back, wherever the bytes are. Nothing here does I/O.
//!
//! [`Layout`] plans: what a Rust type makes of a header, by two dtypes. [`Data`] reads owned elements by such a plan from
//! any source, whole or by slices (`gathered`); [`FieldLayout`] and the views of `ndarray` see elements where they are.
//! [`Load`] and [`Store`] say which types can be read and saved, [`Save`] which arrays; [`Preview`] is what NumPy prints.

mod convert;
mod data;
#[cfg(feature = "ndarray")]
mod field;
#[cfg(feature = "ndarray")]
mod field_path;
mod gathered;
mod layout;
mod load;
#[cfg(feature = "ndarray")]
mod ndarray;
mod preview;
mod reorder;
mod save;
mod slice_buffer;
mod store;
mod view;

#[cfg(feature = "npz")]
pub(crate) use convert::encoding;
pub(crate) use data::Data;
#[cfg(feature = "ndarray")]
pub(crate) use field::FieldLayout;
#[cfg(feature = "ndarray")]
pub(crate) use field_path::{FieldPath, record_strides, with_strides};
pub(crate) use layout::Layout;
pub use load::Load;
pub use preview::Preview;
pub(crate) use reorder::is_in;
pub use save::Save;
pub use slice_buffer::SliceBuffer;
pub(crate) use store::Items;
pub use store::Store;
pub(crate) use view::DataView;

//! Layer 2: how the bytes of a file become elements in memory.
//!
//! [`Conversion`] is worked out once from two dtypes, that of the file and that of the Rust type; its
//! kernels then run over pieces of bytes that fit the processor's cache. With [`memory`] it is the one
//! place, besides the map, where memory is seen as another type.

#[cfg(feature = "ndarray")]
mod boxes;
mod convert;
mod encode;
mod few;
mod fill;
mod gather;
mod huge;
mod memory;
mod parallel;
#[cfg(feature = "ndarray")]
mod reorder;
mod source;
#[cfg(feature = "ndarray")]
mod square;
#[cfg(feature = "ndarray")]
mod stream;
#[cfg(feature = "ndarray")]
mod strided;
mod swap;
mod texts;
#[cfg(feature = "ndarray")]
mod transpose;
mod valid;
mod wide;

pub(crate) use convert::{Conversion, Incompatible};
pub(crate) use encode::Encoding;
pub(crate) use fill::{FillError, ViewError, collect, convert_buffer, fill_elements, view, view_mut};
pub(crate) use gather::copy_strided;
pub(crate) use memory::{Buffer, zeroed_bytes};
#[cfg(feature = "ndarray")]
pub(crate) use reorder::collect_reversed;
pub(crate) use source::{RandomAccess, ReadData, ReadNext, Source, Trust};
#[cfg(feature = "ndarray")]
pub(crate) use strided::for_each_block;
pub(crate) use texts::{bytes_of_raw, bytes_of_text, collect_texts, string_of};
pub(crate) use valid::Invalid;

/// Bytes that are read, checked and converted at a time: they stay in the second-level cache meanwhile.
pub(crate) const PIECE: usize = 256 * 1024;

//! From elements in memory to the bytes of a file.
#![allow(unsafe_code, reason = "the bytes of elements with padding are seen here, but for the padding")]

use std::mem::MaybeUninit;

use super::few::Few;
use super::gather::{Part, gather};
use super::{Conversion, PIECE, memory};
use crate::element::Element;
use crate::error::Result;

/// What turns the elements of a Rust type into those of a file. Bytes of the file that belong to no field are
/// zero.
#[derive(Debug, Clone)]
pub struct Encoding {
    /// Bytes of one element in memory, and in the file.
    sizes: (usize, usize),
    parts: Few<Part>,
    /// Whether the bytes are the same, but for those of padding.
    is_copy: bool,
}

impl Encoding {
    /// The way back from what `conversion` reads; `None` where something would be lost.
    pub(crate) fn new(conversion: Conversion) -> Option<Self> {
        let is_copy = conversion.is_copy();
        let (parts, sizes) = conversion.backward()?;
        Some(Self { sizes, parts, is_copy })
    }

    /// Hands the file's bytes of `elements` to `write`, piece by piece. `T` is the type of the conversion.
    pub(crate) fn encode<T: Element>(
        &self,
        elements: &[T],
        mut write: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        if let Some(bytes) = memory::bytes_of(elements).filter(|_| self.is_copy) {
            return write(bytes);
        }
        let (size, file_size) = self.sizes;
        let items = (PIECE / size.max(file_size).max(1)).max(1).min(elements.len());
        let mut file = vec![MaybeUninit::new(0u8); items * file_size];
        for piece in elements.chunks(items.max(1)) {
            let file = file.get_mut(..piece.len() * file_size).unwrap_or_default();
            gather(self.parts.as_slice(), self.sizes, memory::maybe_bytes_of(piece), file);
            // SAFETY: `file` was made of zeros, and `gather` has written nothing to it but bytes of the parts, which
            // belong to fields of a `T::dtype()` and are initialised by `Element`'s promise.
            write(unsafe { memory::assume_init(file) })?;
        }
        Ok(())
    }
}

//! Memory seen as elements, and elements seen as bytes.
#![allow(unsafe_code, reason = "the one place, besides the map, where memory is seen as another type")]

use std::alloc::{Layout, alloc_zeroed};
use std::mem::{MaybeUninit, size_of, size_of_val};
use std::ptr::NonNull;
use std::slice;

use super::huge;
use crate::element::Element;
use crate::error::{LimitProblem, Result};

/// Room for elements whose bytes are still to be read and checked.
///
/// Its memory is zeroed, which costs nothing for large arrays: they get fresh pages from the system,
/// which are zero already. So there is no byte in it that a reader could see uninitialised.
pub(crate) struct Buffer<T>(Vec<MaybeUninit<T>>);

impl<T: Element> Buffer<T> {
    /// Room for `len` elements.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) where there is no such memory.
    pub(crate) fn zeroed(len: usize) -> Result<Self> {
        let too_large = || LimitProblem::Memory((len as u64).saturating_mul(size_of::<T>() as u64));
        let layout = Layout::array::<T>(len).map_err(|_| too_large())?;
        if layout.size() == 0 {
            let mut empty = Self(Vec::new());
            empty.grow(len)?;
            return Ok(empty);
        }
        // SAFETY: the layout's size is not zero, by the line above.
        let memory = unsafe { alloc_zeroed(layout) };
        if memory.is_null() {
            return Err(too_large().into());
        }
        huge::ask(memory, layout.size());
        // SAFETY: the memory comes from the global allocator with the layout of an array of `len` `T`, which
        // is that of `MaybeUninit<T>` too, and elements that may be uninitialised need no initialisation.
        Ok(Self(unsafe { Vec::from_raw_parts(memory.cast(), len, len) }))
    }

    /// Room for `len` elements in all, those that are there kept.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) where there is no such memory.
    pub(crate) fn grow(&mut self, len: usize) -> Result<()> {
        let more = len.saturating_sub(self.0.len());
        self.0
            .try_reserve_exact(more)
            .map_err(|_| LimitProblem::Memory((len as u64).saturating_mul(size_of::<T>() as u64)))?;
        let spare = self.0.spare_capacity_mut().as_mut_ptr();
        huge::ask(spare.cast(), more.saturating_mul(size_of::<T>()));
        // SAFETY: room for `more` elements has just been reserved. They are zeroed as bytes, padding included, which
        // a `MaybeUninit` that is moved would not keep.
        unsafe { spare.write_bytes(0, more) };
        // SAFETY: the room is there, and elements that may be uninitialised need no initialisation.
        unsafe { self.0.set_len(self.0.len() + more) };
        Ok(())
    }

    /// The memory as bytes.
    pub(crate) fn as_bytes_mut(&mut self) -> &mut [u8] {
        let len = size_of_val(self.0.as_slice());
        // SAFETY: the bytes belong to `self.0`, are borrowed from it, and are initialised: `zeroed` and `grow` make
        // them zero, and what is written to them since are bytes.
        unsafe { slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), len) }
    }

    /// The memory as elements.
    ///
    /// # Safety
    /// Every element's bytes are valid for `T::dtype()`.
    pub(crate) unsafe fn assume_valid(self) -> Vec<T> {
        let mut elements = std::mem::ManuallyDrop::new(self.0);
        // SAFETY: pointer, length and capacity are those of a vector that is not dropped, of a type of the same
        // layout; that each element is a valid `T` follows from the caller's promise and `Element`'s.
        unsafe { Vec::from_raw_parts(elements.as_mut_ptr().cast(), elements.len(), elements.capacity()) }
    }
}

/// `bytes` as elements, or `None` where they are not aligned for them or not a whole number of them.
///
/// # Safety
/// The bytes are valid for `T::dtype()`.
pub(crate) unsafe fn slice_of<T: Element>(bytes: &[u8], len: usize) -> Option<&[T]> {
    // Elements without bytes stand nowhere, so that they are aligned everywhere.
    let start =
        if bytes.is_empty() { NonNull::<T>::dangling().as_ptr().cast_const() } else { bytes.as_ptr().cast() };
    let fits = len.checked_mul(size_of::<T>()) == Some(bytes.len()) && start.is_aligned();
    // SAFETY: the pointer is aligned and the memory is `len` elements long, by the line above; it is borrowed
    // from `bytes`; that each element is a valid `T` follows from the caller's promise and `Element`'s.
    fits.then(|| unsafe { slice::from_raw_parts(start, len) })
}

/// [`slice_of`] for memory that may be written.
///
/// # Safety
/// The bytes are valid for `T::dtype()`, and whatever a `T` leaves in them is.
pub(crate) unsafe fn slice_of_mut<T: Element>(bytes: &mut [u8], len: usize) -> Option<&mut [T]> {
    let start = if bytes.is_empty() { NonNull::<T>::dangling().as_ptr() } else { bytes.as_mut_ptr().cast() };
    let fits = len.checked_mul(size_of::<T>()) == Some(bytes.len()) && start.is_aligned();
    // SAFETY: as in `slice_of`, and the borrow is exclusive.
    fits.then(|| unsafe { slice::from_raw_parts_mut(start, len) })
}

/// Elements as bytes that may be written. Where their dtype has padding they are zeroed first, because bytes of
/// padding may be uninitialised.
///
/// # Safety
/// The bytes are valid for `T::dtype()` when the borrow ends.
pub(super) unsafe fn bytes_of_mut<T: Element>(elements: &mut [T]) -> &mut [u8] {
    let (start, len) = (elements.as_mut_ptr().cast::<u8>(), size_of_val(elements));
    if T::dtype().has_padding() {
        // SAFETY: the memory is that of `elements`, borrowed exclusively.
        unsafe { start.write_bytes(0, len) };
    }
    // SAFETY: as above; without padding every byte belongs to a field or to an element that is no record, and so is
    // initialised by `Element`'s promise, and with padding all are by the lines above. That elements are valid
    // afterwards is the caller's promise.
    unsafe { slice::from_raw_parts_mut(start, len) }
}

/// `len` bytes of zero.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) where there is no such memory.
pub(crate) fn zeroed_bytes(len: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).map_err(|_| LimitProblem::Memory(len as u64))?;
    bytes.resize(len, 0);
    Ok(bytes)
}

/// Elements as bytes, or `None` where their dtype has padding, whose bytes may be uninitialised.
pub(super) fn bytes_of<T: Element>(elements: &[T]) -> Option<&[u8]> {
    let len = size_of_val(elements);
    // SAFETY: the memory is that of `elements`, borrowed from it; without padding every byte of it belongs to a
    // field or to an element that is no record, and so is initialised by `Element`'s promise.
    (!T::dtype().has_padding()).then(|| unsafe { slice::from_raw_parts(elements.as_ptr().cast(), len) })
}

/// Elements as bytes, of which those of padding may be uninitialised.
pub(super) fn maybe_bytes_of<T: Element>(elements: &[T]) -> &[MaybeUninit<u8>] {
    let len = size_of_val(elements);
    // SAFETY: the memory is that of `elements`, borrowed from it; any byte is a `MaybeUninit<u8>`.
    unsafe { slice::from_raw_parts(elements.as_ptr().cast(), len) }
}

/// Bytes that are known to be initialised.
///
/// # Safety
/// Each of them is.
pub(super) unsafe fn assume_init(bytes: &[MaybeUninit<u8>]) -> &[u8] {
    // SAFETY: the same memory, borrowed from `bytes`; that it is initialised is the caller's promise.
    unsafe { slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) }
}

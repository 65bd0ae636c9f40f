//! Memory in large pages.
//!
//! A fresh page of 4 KiB costs more than the copy that fills it: the system must find it, clear it and enter it into
//! the page table. In pages of 2 MiB the same array is read three to four times as fast. NumPy asks for them too.
#![cfg_attr(target_os = "linux", allow(unsafe_code, reason = "a call of the system that std does not offer"))]

/// Bytes of a large page on most processors.
pub(super) const PAGE: usize = 2 * 1024 * 1024;

/// Asks the system for large pages under fresh memory that has not been touched yet, where it is large enough to
/// have some. It may decline.
#[cfg(target_os = "linux")]
pub(super) fn ask(memory: *mut u8, len: usize) {
    use std::ffi::{c_int, c_void};

    /// Smaller arrays would waste much of their last page. NumPy's figure too.
    const LEAST: usize = 4 * 1024 * 1024;
    /// The advice applies to whole pages of the usual size.
    const PAGE: usize = 4096;
    const MADV_HUGEPAGE: c_int = 14;

    // The system's C library, which std is linked with.
    unsafe extern "C" {
        fn madvise(address: *mut c_void, length: usize, advice: c_int) -> c_int;
    }

    if len < LEAST {
        return;
    }
    let skip = memory.align_offset(PAGE);
    let Some(whole) = len.checked_sub(skip).map(|len| len - len % PAGE) else { return };
    // SAFETY: the page is within the memory, by the line above.
    let start = unsafe { memory.add(skip) };
    // SAFETY: the pages belong to the memory from its start to its end, and the advice changes nothing in them. That
    // a system declines, or has larger pages and finds the address unaligned, is no error to anyone.
    unsafe { madvise(start.cast(), whole, MADV_HUGEPAGE) };
}

/// Other systems choose their pages themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn ask(_memory: *mut u8, _len: usize) {}

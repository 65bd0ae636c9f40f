//! Stores past the cache.
#![allow(
    unsafe_code,
    reason = "stores past the cache are instructions of the processor that std offers unsafe"
)]

/// Copies `len` bytes; whole lines of the destination are written without being fetched first.
///
/// # Safety
/// `len` bytes can be read from `from` and written to `to`, and do not overlap. All of them are initialised.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_stream_si128};

    /// Bytes of a line of the cache.
    const LINE: usize = 64;
    let head = to.align_offset(LINE).min(len);
    let lines = (len - head) / LINE * LINE;
    // SAFETY: `head` is at most `len`.
    unsafe { to.copy_from_nonoverlapping(from, head) };
    for at in (head..head + lines).step_by(size_of::<__m128i>()) {
        // SAFETY: `at` and the 16 bytes from it on are within the first `len` bytes.
        let bytes = unsafe { _mm_loadu_si128(from.wrapping_add(at).cast()) };
        // SAFETY: as above; `head` bytes after `to` starts a line, so that the address is a multiple of 16.
        unsafe { _mm_stream_si128(to.wrapping_add(at).cast(), bytes) };
    }
    let done = head + lines;
    // SAFETY: `done` is at most `len`.
    unsafe { to.wrapping_add(done).copy_from_nonoverlapping(from.wrapping_add(done), len - done) };
}

/// As above, where the cache decides itself.
///
/// # Safety
/// As above.
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
pub(super) unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: the caller's promise is this function's own.
    unsafe { to.copy_from_nonoverlapping(from, len) };
}

/// Waits until what [`copy`] has written can be seen by other threads.
pub(super) fn finish() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every processor of this architecture has the instruction.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

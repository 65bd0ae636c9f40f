//! Calls of the system that read and write less than they are asked to.
//!
//! The functions have the names that the C library has for them, so that the linker takes these for the whole program.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a call reads or writes at most; zero where they do as they are told.
static MOST: AtomicUsize = AtomicUsize::new(0);
/// How often that mattered.
static CUT: AtomicUsize = AtomicUsize::new(0);

pub fn begin(most: Option<String>) {
    let most = most.map_or(0, |most| most.parse().expect("the parent wrote it"));
    MOST.store(most, Ordering::Relaxed);
}

/// How many calls were cut.
pub fn end() -> usize {
    MOST.store(0, Ordering::Relaxed);
    CUT.load(Ordering::Relaxed)
}

fn cut(count: usize) -> usize {
    let most = MOST.load(Ordering::Relaxed);
    if most == 0 || count <= most {
        return count;
    }
    CUT.fetch_add(1, Ordering::Relaxed);
    most
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// The C library's own function of that name.
fn original(name: &CStr) -> *mut c_void {
    // `RTLD_NEXT`: the one behind that of this program.
    let next = std::ptr::without_provenance_mut(usize::MAX);
    // SAFETY: the name ends with a zero byte.
    let function = unsafe { dlsym(next, name.as_ptr()) };
    assert!(!function.is_null(), "{name:?} is in the C library");
    function
}

macro_rules! shortened {
    ($($name:ident($pointer:ty $(, $offset:ident: $of:ty)?) as $text:literal;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(file: c_int, bytes: $pointer, count: usize $(, $offset: $of)?) -> isize {
            type Function = unsafe extern "C" fn(c_int, $pointer, usize $(, $of)?) -> isize;
            // SAFETY: the function of that name has this type.
            let original: Function = unsafe { std::mem::transmute(original($text)) };
            // SAFETY: the caller's promise; fewer bytes are within it.
            unsafe { original(file, bytes, cut(count) $(, $offset)?) }
        }
    )*};
}

shortened! {
    read(*mut c_void) as c"read";
    write(*const c_void) as c"write";
    pread64(*mut c_void, offset: i64) as c"pread64";
    pwrite64(*const c_void, offset: i64) as c"pwrite64";
}

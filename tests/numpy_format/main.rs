//! NumPy's own tests of its file format, each under the name that NumPy gave it.
//!
//! `format` follows numpy/lib/tests/test_format.py, `io` numpy/lib/tests/test_io.py, `memmap`
//! numpy/_core/tests/test_memmap.py; `elsewhere` holds the rest. What a test asks of Python alone (pickles, file
//! handles, format versions as arguments) has no counterpart in Rust: its comment says what is checked instead.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; each file here belongs to its test alone"
)]

mod arrays;
#[path = "../common/mod.rs"]
mod common;
mod elsewhere;
mod files;
mod format;
mod io;
mod memmap;

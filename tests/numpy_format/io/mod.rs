//! numpy/lib/tests/test_io.py: what of it saves and loads. Its classes are one here: `TestSaveLoad`, `TestSavezLoad`
//! and `TestPathUsage`.

mod archives;
mod arrays;

//! numpy/lib/tests/test_format.py.

mod data;
mod dtypes;
mod headers;
mod versions;
